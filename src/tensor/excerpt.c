/* Knows which weights of a file are shown: the first ones of the largest tensor of floats. */
#include "tensor/excerpt.h"

#include <math.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "bitcrush/tensor.h"

enum { WIDTH = 96 };

static size_t largest(const bc_tensor_file *f)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < bc_tensor_count(f); i++) {
        const bc_tensor_info *t = bc_tensor_at(f, i);

        if (t->n_elements > 0 && t->type->decode &&
            (best == SIZE_MAX || t->n_elements > bc_tensor_at(f, best)->n_elements))
            best = i;
    }
    return best;
}

static bc_status take(const bc_tensor_file *f, size_t i, bc_excerpt *out, bc_error *err)
{
    const bc_tensor_info *t = bc_tensor_at(f, i);
    const size_t n = t->n_elements < WIDTH ? (size_t)t->n_elements : WIDTH;
    float values[WIDTH];
    bc_status st = bc_tensor_read_f32(f, i, 0, n, values, err);

    for (size_t k = 0; !st && k < n; k++)
        out->x[k] = isfinite(values[k]) ? (double)values[k] : 0.0;
    out->n = n;
    out->along = "weight";
    out->values = "value";
    bci_format(out->what, sizeof out->what, "%zu weight(s) at the beginning of %.40s", n,
               bci_show_name(t->name).text);
    if (!st)
        st = bc_grid_int_symmetric(3, &out->grid, err);
    return st ? st
              : bc_scale_fit_f64(BC_SCALE_ABSMAX, 100.0, &out->grid, out->x, n, 1, NULL,
                                 &out->scale, err);
}

bc_status bci_tensor_excerpt(const char *path, const bc_reading *reading, bc_excerpt *out,
                             bc_error *err)
{
    bc_tensor_file *f = NULL;
    bc_status st = bc_tensor_file_open_with(path, reading, &f, err);
    const size_t i = st ? SIZE_MAX : largest(f);

    if (!st)
        st = i == SIZE_MAX ? bci_fail(err, BC_E_UNSUPPORTED, "%s: no weights to show", path)
                           : take(f, i, out, err);
    bc_tensor_file_free(f);
    return st;
}
