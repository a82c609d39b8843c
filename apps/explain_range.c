/* Knows how `explain --range A B --step S` counts levels and bits. */
#include <math.h>
#include <stdio.h>

#include "digits.h"
#include "explain.h"

/* The step that 2^bits levels leave. */
static double step_of(double span, int bits)
{
    return span / (exp2(bits) - 1.0);
}

static void print_range(double low, double high, double step, uint64_t levels, int bits)
{
    const double span = high - low;
    const uint64_t codes = bits < 63 ? UINT64_C(1) << bits : 0;
    const double last = low + (double)(levels - 1) * step;
    const double rest = high - last > 1e-6 * step ? high - last : 0.0; /* beyond the last level */
    char text[40];

    printf("range     %.10g to %.10g, %.10g wide\n", low + 0.0, high + 0.0, span);
    printf("step      %.10g: no value is off by more than %.10g\n", step, fmax(step / 2.0, rest));
    printf("levels    %.10g / %.10g + 1 = %llu", span, step, (unsigned long long)levels);
    if (rest > 0.0)
        printf(", rounded down: the last is %.10g", last);
    printf("\n");
    printf("bits      %d: 2^%d = %llu codes are enough, 2^%d = %llu %s not\n", bits, bits,
           (unsigned long long)codes, bits - 1, (unsigned long long)codes / 2,
           codes == 2 ? "is" : "are");
    printf("unused    %s\n\n", digits_count(text, sizeof text, codes - levels, "code"));
    printf("bits  step over the same range\n");
    for (int n = bits > 2 ? bits - 2 : 1; n <= bits + 2; n++)
        printf("%4d  %s\n", n,
               digits_to(text, sizeof text, step_of(span, n), step_of(span, n) * 1e-3));
}

bc_status explain_range(const options *o, bc_error *err)
{
    const double low = o->range[0], high = o->range[1];
    bc_report *r = NULL;
    uint64_t levels;
    int bits;
    bc_status st = bc_levels_of_range(low, high, o->step, &levels, &bits, err);

    if (!st && o->json)
        st = explain_report_new("range", &r, err);
    if (st)
        return st;
    if (!o->json) {
        print_range(low, high, o->step, levels, bits);
        return BC_OK;
    }
    bc_report_number(r, "", "low", low);
    bc_report_number(r, "", "high", high);
    bc_report_number(r, "", "step", o->step);
    bc_report_integer(r, "", "levels", levels);
    bc_report_integer(r, "", "bits", (uint64_t)bits);
    return explain_report_print(r, o, err);
}
