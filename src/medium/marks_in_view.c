/* Knows which marks of a ruler lie where a plot looks. */
#include "medium/marks_in_view.h"

#include <math.h>

size_t bci_marks_in_view(const bc_grid *grid, const bc_scale *scale, double low, double high,
                         double marks[BCI_MOST_MARKS])
{
    const double view[] = { low, high };
    int32_t ends[2];

    if (!grid || grid->hi <= grid->lo || !(low <= high) || !isfinite(low) || !isfinite(high))
        return 0;
    bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, view, NULL, 2, NULL, ends);
    const int64_t n = (int64_t)ends[1] - ends[0] + 1;

    if (n < 1 || n > BCI_MOST_MARKS)
        return 0;
    for (int32_t k = ends[0]; k <= ends[1]; k++)
        bc_dequantize_f64(grid, scale, &k, 1, &marks[k - ends[0]]);
    return (size_t)n;
}
