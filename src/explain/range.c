/* Knows how the levels of a range, and their bits, are counted. */
#include <math.h>

#include "bitcrush/notation.h"
#include "explain/digits.h"
#include "explain/parts.h"

/* The step that 2^bits levels leave. */
static double step_of(double span, int bits)
{
    return span / (exp2(bits) - 1.0);
}

static void put_range(bci_buffer *out, double low, double high, double step, uint64_t levels,
                      int bits)
{
    const double span = high - low;
    const uint64_t codes = bits < 63 ? UINT64_C(1) << bits : 0;
    const double last = low + (double)(levels - 1) * step;
    const double rest = high - last > 1e-6 * step ? high - last : 0.0; /* beyond the last level */
    char text[40];

    bci_putf(out, "range     %.10g to %.10g, %.10g wide\n", low + 0.0, high + 0.0, span);
    bci_putf(out, "step      %.10g: no value is off by more than %.10g\n", step,
             fmax(step / 2.0, rest));
    bci_putf(out, "levels    %.10g / %.10g + 1 = %llu", span, step, (unsigned long long)levels);
    if (rest > 0.0)
        bci_putf(out, ", rounded down: the last is %.10g", last);
    bci_putf(out, "\n");
    bci_putf(out, "bits      %d: 2^%d = %llu codes are enough, 2^%d = %llu %s not\n", bits, bits,
             (unsigned long long)codes, bits - 1, (unsigned long long)codes / 2,
             codes == 2 ? "is" : "are");
    bci_putf(out, "unused    %s\n\n", bci_digits_count(text, sizeof text, codes - levels, "code"));
    bci_putf(out, "bits  step over the same range\n");
    for (int n = bits > 2 ? bits - 2 : 1; n <= bits + 2; n++)
        bci_putf(out, "%4d  %s\n", n,
                 bci_digits_to(text, sizeof text, step_of(span, n), step_of(span, n) * 1e-3));
}

bc_status bci_explain_range(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    const double low = asked->range[0], high = asked->range[1], step = asked->step;
    bc_report *r = to->report;
    uint64_t levels;
    int bits;
    const bc_status st = bc_levels_of_range(low, high, step, &levels, &bits, err);

    if (st)
        return st;
    if (to->text)
        put_range(to->text, low, high, step, levels, bits);
    if (r) {
        bc_report_number(r, "", "low", low);
        bc_report_number(r, "", "high", high);
        bc_report_number(r, "", "step", step);
        bc_report_integer(r, "", "levels", levels);
        bc_report_integer(r, "", "bits", (uint64_t)bits);
    }
    return BC_OK;
}
