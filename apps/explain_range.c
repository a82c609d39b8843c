/* Knows how `explain --range A B --step S` counts levels and bits. */
#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* One end of "A..B", n characters. */
static bc_status read_end(const char *text, size_t n, double *to, bc_error *err)
{
    static const bc_setting_row row = {
        "range", BC_SETTING_NUMBER, 0, sizeof(double), -1e300, 1e300, NULL
    };
    char word[64];

    snprintf(word, sizeof word, "%.*s", (int)n, text);
    return bc_setting_set(&row, word, to, err);
}

bc_status explain_range(const options *o, bc_error *err)
{
    const char *text = options_setting(o, "range"), *dots = strstr(text, "..");
    const double step = explain_step(o);
    bc_report *r = NULL;
    double low = 0.0, high = 0.0;
    uint64_t levels;
    int bits;
    bc_status st = read_end(text, (size_t)(dots - text), &low, err);

    if (!st)
        st = read_end(dots + 2, strlen(dots + 2), &high, err);
    if (!st)
        st = bc_levels_of_range(low, high, step, &levels, &bits, err);

    if (!st && o->json)
        st = explain_report_new("range", &r, err);
    if (st)
        return st;
    if (!o->json) {
        print_range(low, high, step, levels, bits);
        return BC_OK;
    }
    bc_report_number(r, "", "low", low);
    bc_report_number(r, "", "high", high);
    bc_report_number(r, "", "step", step);
    bc_report_integer(r, "", "levels", levels);
    bc_report_integer(r, "", "bits", (uint64_t)bits);
    return explain_report_print(r, o, err);
}
