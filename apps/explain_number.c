/* Knows how `explain VALUE FORMAT...` shows a number: its bits taken apart, the formula that they
 * fill in, what was lost and what it takes to keep it. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "explain.h"

/* What a number is shown as when no format is named. */
static const char *const usual[] = { "float32", "float16",  "bfloat16", "e4m3",   "e5m2",
                                     "e3m2",    "e2m3",     "e2m1",     "float5", "int8",
                                     "uint8",   "signmag8", "bias8" };

typedef struct {
    bc_notation notation;
    bc_written written;
    double lost; /* NaN where x or what is stored is not finite, unless they are equal */
} row;

/* A rounded quotient is not a loss: a gain like 0.1 has no exact double. */
static double lost_of(const bc_notation *n, double x, double stored)
{
    const double lost = stored - x;
    const bool is_scaled = n->scale.gain != 1.0;

    if (stored == x || (isnan(x) && isnan(stored)))
        return 0.0;
    return is_scaled && fabs(lost) <= 4.0 * DBL_EPSILON * fabs(x) ? 0.0 : lost;
}

char *explain_fields(const bc_notation *n, uint32_t bits, char *to, size_t size)
{
    char all[40];

    digits_binary(all, sizeof all, bits, n->bits);
    if (n->kind == BC_NOTATION_FLOAT && n->grid.mantissa_bits > 0)
        snprintf(to, size, "%.1s %.*s %s", all, n->grid.exponent_bits, all + 1,
                 all + 1 + n->grid.exponent_bits);
    else if (n->kind == BC_NOTATION_FLOAT || n->kind == BC_NOTATION_SIGNED)
        snprintf(to, size, "%.1s %s", all, all + 1);
    else
        snprintf(to, size, "%s", all);
    return to;
}

static void show_memory(const bc_notation *n, char *to, size_t size)
{
    const bool is_bytes = n->bits % 8 == 0;

    digits_count(to, size, (uint64_t)(is_bytes ? n->bits / 8 : n->bits), is_bytes ? "byte" : "bit");
}

/* The distance of two marks around a finite value. */
static double step_at(const row *r)
{
    const bc_notation *n = &r->notation;

    if (n->kind == BC_NOTATION_FLOAT)
        return ldexp(n->scale.gain, r->written.power - n->grid.mantissa_bits);
    return n->grid.family == BC_GRID_AFFINE ? n->scale.gain / n->grid.den : NAN;
}

/* "0.1 x (", and what closes it, around the number that integers and floats stand for. */
static void show_scaled(const bc_notation *n, const char *number, char to[240])
{
    const int64_t zero = n->scale.zero + n->origin;

    if (n->scale.gain == 1.0 && zero == 0)
        snprintf(to, 240, "%s", number);
    else if (zero == 0)
        snprintf(to, 240, "%.10g x %s", n->scale.gain, number);
    else
        snprintf(to, 240, "%.10g x (%s %c %lld)", n->scale.gain, number, zero < 0 ? '+' : '-',
                 (long long)(zero < 0 ? -zero : zero));
}

static void print_value(const bc_notation *n, const bc_written *w, const char *how)
{
    char exact[64], near[40], power[64] = "";

    digits_exact(exact, sizeof exact, w->value);
    if (*exact) {
        printf("  value     %s = %s\n", how, exact);
        return;
    }
    if (n->kind == BC_NOTATION_FLOAT && n->scale.gain == 1.0) /* all digits, as a power of two */
        snprintf(power, sizeof power,
                 "%.0f x 2^%d = ", ldexp(w->significand, n->grid.mantissa_bits),
                 w->power - n->grid.mantissa_bits);
    printf("  value     %s\n            = %s%s\n", how, power,
           digits_to(near, sizeof near, w->value, fabs(w->value) * 1e-9));
}

static void print_float(const bc_notation *n, const bc_written *w)
{
    const int bias = n->grid.exponent_bias;
    const bool is_small = w->what == BC_WRITTEN_SUBNORMAL || w->what == BC_WRITTEN_ZERO;
    const int top = (1 << n->grid.exponent_bits) - 1;
    char significand[64], formula[120], scaled[240];

    printf("  fields    sign %u, exponent %u", w->sign, w->exponent);
    if (n->grid.mantissa_bits)
        printf(", mantissa %u of 2^%d", w->mantissa, n->grid.mantissa_bits);
    printf("\n");
    if (w->what == BC_WRITTEN_INFINITE) {
        printf("  value     exponent %d is all ones and the mantissa 0: %sinfinity\n", top,
               w->sign ? "minus " : "");
        return;
    }
    if (w->what == BC_WRITTEN_NAN) {
        printf("  value     exponent %d is all ones and the mantissa %s: not a number\n", top,
               n->grid.flavour == BC_FLOAT_FN ? "as well" : "not 0");
        return;
    }
    digits_exact(significand, sizeof significand, w->significand);
    snprintf(formula, sizeof formula, "(-1)^%u x 2^(%u-%d) x %s", w->sign,
             is_small ? 1 : w->exponent, bias, significand);
    show_scaled(n, formula, scaled);
    print_value(n, w, scaled);
    if (is_small)
        printf(
            "            exponent 0 %s\n",
            w->what == BC_WRITTEN_ZERO
                ? "and mantissa 0 are zero"
                : "is a subnormal: no leading 1 before the mantissa, and the power of exponent 1");
}

/* How the number comes out of the bits. */
static void print_integer(const bc_notation *n, const bc_written *w)
{
    const long long number = w->number, top = 1LL << (n->bits - 1);
    char how[80], text[32], scaled[240];

    snprintf(text, sizeof text, w->sign && number == 0 ? "-0" : "%lld", number);
    if (n->kind == BC_NOTATION_TWOS && w->sign)
        snprintf(how, sizeof how, "-%lld + %lld = %lld", top, number + top, number);
    else if (n->kind == BC_NOTATION_SIGNED)
        snprintf(how, sizeof how, "sign %u, magnitude %lld: %s", w->sign,
                 number < 0 ? -number : number, text);
    else if (n->kind == BC_NOTATION_BIASED)
        snprintf(how, sizeof how, "%u - %lld (the bias) = %lld", w->bits, (long long)n->bias,
                 number);
    else
        snprintf(how, sizeof how, "%s", text);
    if (n->scale.gain == 1.0 && n->scale.zero + n->origin == 0) {
        printf("  value     %s\n", how);
        return;
    }
    printf("  number    %s\n", how);
    show_scaled(n, text, scaled);
    digits_to(text, sizeof text, w->value, fabs(w->value) * 1e-9);
    printf("  value     %s = %s\n", scaled, text);
}

static void print_mark(const bc_notation *n, const bc_written *w)
{
    char how[60];

    snprintf(how, sizeof how, "mark %lld of %lld to %lld", (long long)w->number,
             (long long)n->grid.lo, (long long)n->grid.hi);
    print_value(n, w, how);
}

/* What did not go by the rule, aloud. */
static void print_remarks(const row *r, double x)
{
    const bc_notation *n = &r->notation;
    const bc_written *w = &r->written;
    const bc_notation_ends ends = bc_notation_range(n);
    char at[40], end[40];

    digits_to(at, sizeof at, x, 0.0);
    digits_to(end, sizeof end, x < 0 ? ends.low : ends.high, 0.0);
    if (w->is_overflow)
        printf("  overflow  %s is beyond the last finite value %s: infinity is stored\n", at, end);
    if (w->is_saturated)
        printf("  saturated %s is beyond the range: its end %s is stored\n", at, end);
    if (isnan(x) && !isnan(w->value))
        printf("  no NaN    the format has none: what is nearest to zero is stored\n");
    if (w->value == 0.0 && x != 0.0 && !isnan(x) && n->kind == BC_NOTATION_FLOAT)
        printf("  underflow %s is nearer to zero than to the smallest value %s\n", at,
               digits_to(end, sizeof end, ends.smallest, ends.smallest * 1e-6));
}

static void print_lost(const row *r, double x)
{
    char memory[24], lost[40], step[40], percent[40];

    show_memory(&r->notation, memory, sizeof memory);
    if (isnan(r->lost) || isinf(r->lost)) {
        printf("  lost      %s, in %s\n", isnan(x) || isinf(x) ? "what it was" : "everything",
               memory);
        return;
    }
    digits_loss(lost, sizeof lost, fabs(r->lost));
    printf("  lost      %s", r->lost == 0.0 ? "nothing" : lost);
    if (r->lost != 0.0 && x != 0.0)
        printf(" (%s %%)", digits_percent(percent, sizeof percent, fabs(r->lost / x)));
    printf(", in %s", memory);
    if (isfinite(r->written.value) && !isnan(step_at(r)))
        printf("; values here are %s apart", digits_loss(step, sizeof step, step_at(r)));
    printf("\n");
}

static void print_range(const bc_notation *n)
{
    const bc_notation_ends ends = bc_notation_range(n);
    char low[40], high[40], smallest[40];
    const double relative = 1e-7;

    printf("  range     %s to %s", digits_to(low, sizeof low, ends.low, ends.low * relative),
           digits_to(high, sizeof high, ends.high, ends.high * relative));
    if (n->kind == BC_NOTATION_FLOAT)
        printf(", smallest above zero %s",
               digits_to(smallest, sizeof smallest, ends.smallest, ends.smallest * relative));
    printf("\n");
}

static void print_section(const options *o, const row *r, double x)
{
    const bc_notation *n = &r->notation;
    char fields[64];

    printf("%s: %s%s%s%s, %s\n", n->name, n->doc, *n->source ? " (" : "", n->source,
           *n->source ? ")" : "", digits_count(fields, sizeof fields, (uint64_t)n->bits, "bit"));
    explain_fields(n, r->written.bits, fields, sizeof fields);
    printf("  bits      %s   (%0*X in hexadecimal)\n", fields, (n->bits + 3) / 4, r->written.bits);
    if (n->kind == BC_NOTATION_FLOAT)
        print_float(n, &r->written);
    else if (n->kind == BC_NOTATION_MARKS)
        print_mark(n, &r->written);
    else
        print_integer(n, &r->written);
    print_remarks(r, x);
    print_lost(r, x);
    print_range(n);
    if (o->steps)
        explain_steps(n, &r->written, x);
}

/* A line for each format. */
static void print_table(const row *rows, size_t n, double x)
{
    printf("%-9s  %-34s  %20s  %9s  %s\n", "format", "bits", "stored", "lost", "memory");
    for (size_t i = 0; i < n; i++) {
        char fields[64], stored[40], lost[40] = "-", memory[24];
        const row *r = &rows[i];
        const double slack = r->lost != 0.0 && isfinite(r->lost) ? r->lost : x * 1e-9;

        explain_fields(&r->notation, r->written.bits, fields, sizeof fields);
        digits_to(stored, sizeof stored, r->written.value, slack);
        if (isfinite(r->lost))
            digits_loss(lost, sizeof lost, fabs(r->lost));
        show_memory(&r->notation, memory, sizeof memory);
        printf("%-9s  %-34s  %20s  %9s  %s%s\n", r->notation.name, fields, stored, lost, memory,
               r->written.is_saturated  ? ", saturated"
               : r->written.is_overflow ? ", overflow"
                                        : "");
    }
}

static const char *const classes[] = { "normal", "subnormal", "zero", "infinite", "nan" };

static void report_row(bc_report *r, const row *at)
{
    static const char table[] = "formats";
    const bc_notation *n = &at->notation;
    const bc_written *w = &at->written;
    const bc_notation_ends ends = bc_notation_range(n);
    char text[64];

    bc_report_row(r, table);
    bc_report_string(r, table, "name", n->name);
    bc_report_string(r, table, "doc", n->doc);
    bc_report_integer(r, table, "bits", (uint64_t)n->bits);
    bc_report_string(r, table, "stored", digits_binary(text, sizeof text, w->bits, n->bits));
    bc_report_string(r, table, "class", classes[w->what]);
    if (n->kind == BC_NOTATION_FLOAT) {
        bc_report_integer(r, table, "sign", w->sign);
        bc_report_integer(r, table, "exponent", w->exponent);
        bc_report_number(r, table, "bias", n->grid.exponent_bias);
        bc_report_integer(r, table, "mantissa", w->mantissa);
        bc_report_integer(r, table, "mantissa_bits", (uint64_t)n->grid.mantissa_bits);
    } else {
        bc_report_number(r, table, "number", (double)w->number);
    }
    bc_report_number(r, table, "value", w->value);
    digits_exact(text, sizeof text, w->value);
    bc_report_string(r, table, "exact", *text && isfinite(w->value) ? text : NULL);
    bc_report_number(r, table, "lost", fabs(at->lost));
    bc_report_number(r, table, "step", isfinite(w->value) ? step_at(at) : NAN);
    bc_report_flag(r, table, "saturated", w->is_saturated);
    bc_report_flag(r, table, "overflow", w->is_overflow);
    bc_report_number(r, table, "lowest", ends.low);
    bc_report_number(r, table, "highest", ends.high);
}

static bc_status print_json(const options *o, const row *rows, size_t n, double x, bc_error *err)
{
    bc_report *r = NULL;
    const bc_status st = explain_report_new("value", &r, err);

    if (st)
        return st;
    bc_report_number(r, "", "value", x);
    for (size_t i = 0; i < n; i++)
        report_row(r, &rows[i]);
    return explain_report_print(r, o, err);
}

static bc_status make_rows(const options *o, double x, row *rows, size_t n, bc_error *err)
{
    const bool is_usual = o->n_operands == 1;
    const bool is_laid = options_given(o, "zero");
    bc_status st = BC_OK;

    if (is_usual && is_laid)
        return tool_usage(err, "--zero", "", "expected a format of integers beside it");
    for (size_t i = 0; !st && i < n; i++) {
        row *r = &rows[i];

        st = explain_notation(o, is_usual ? usual[i] : o->operands[1 + i], &r->notation, err);
        if (st)
            break;
        r->written = bc_notation_write(&r->notation, x);
        r->lost = lost_of(&r->notation, x, r->written.value);
    }
    return st;
}

/* Whole numbers from 2^53 on need not be doubles. */
static void print_if_rounded(const char *typed, double x)
{
    char exact[400];

    snprintf(exact, sizeof exact, "%.0f", x);
    if (strspn(typed, "-0123456789") == strlen(typed) && fabs(x) >= 0x1p53 && isfinite(x) &&
        strcmp(typed, exact) != 0)
        printf("%.60s is read as the nearest 64-bit float, %.60s\n\n", typed, exact);
}

bc_status explain_number(const options *o, bc_error *err)
{
    const bool is_usual = o->n_operands == 1;
    const size_t n = is_usual ? sizeof usual / sizeof *usual : (size_t)o->n_operands - 1;
    row rows[EXPLAIN_MAX_FORMATS];
    bc_notation notations[EXPLAIN_MAX_FORMATS];
    size_t n_drawn = 0;
    double x;
    bc_status st = explain_value(o->operands[0], &x, err);

    if (!st)
        st = make_rows(o, x, rows, n, err);
    for (size_t i = 0; !st && i < n; i++)
        if (!is_usual || rows[i].notation.bits <= EXPLAIN_DRAWN_BITS)
            notations[n_drawn++] = rows[i].notation;
    if (!st && o->plot)
        st = explain_plot(o, notations, n_drawn, x, err);
    if (st)
        return st;
    if (o->json)
        return print_json(o, rows, n, x, err);
    print_if_rounded(o->operands[0], x);
    for (size_t i = 0; i < n && (!is_usual || o->steps); i++) {
        print_section(o, &rows[i], x);
        if (n > 1)
            printf("\n");
    }
    if (n > 1)
        print_table(rows, n, x);
    return BC_OK;
}
