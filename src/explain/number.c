/* Knows how a number is shown in formats: its bits taken apart, the formula that they fill in, what
 * was lost and what it takes to keep it. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "explain/digits.h"
#include "explain/formats.h"
#include "explain/lines.h"
#include "explain/parts.h"
#include "explain/steps.h"
#include "explain/value.h"

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

static void show_memory(const bc_notation *n, char *to, size_t size)
{
    const bool is_bytes = n->bits % 8 == 0;

    bci_digits_count(to, size, (uint64_t)(is_bytes ? n->bits / 8 : n->bits),
                     is_bytes ? "byte" : "bit");
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
        bci_format(to, 240, "%.10g x %s", n->scale.gain, number);
    else
        bci_format(to, 240, "%.10g x (%s %c %lld)", n->scale.gain, number, zero < 0 ? '+' : '-',
                   (long long)(zero < 0 ? -zero : zero));
}

static void put_value(bci_buffer *out, const bc_notation *n, const bc_written *w, const char *how)
{
    char exact[64], near[40], power[64] = "";

    bci_digits_exact(exact, sizeof exact, w->value);
    if (*exact) {
        bci_putf(out, "  value     %s = %s\n", how, exact);
        return;
    }
    if (n->kind == BC_NOTATION_FLOAT && n->scale.gain == 1.0) /* all digits, as a power of two */
        bci_format(power, sizeof power,
                   "%.0f x 2^%d = ", ldexp(w->significand, n->grid.mantissa_bits),
                   w->power - n->grid.mantissa_bits);
    bci_putf(out, "  value     %s\n            = %s%s\n", how, power,
             bci_digits_to(near, sizeof near, w->value, fabs(w->value) * 1e-9));
}

static void put_float(bci_buffer *out, const bc_notation *n, const bc_written *w)
{
    const int bias = n->grid.exponent_bias;
    const bool is_small = w->what == BC_WRITTEN_SUBNORMAL || w->what == BC_WRITTEN_ZERO;
    const int top = (1 << n->grid.exponent_bits) - 1;
    char significand[64], formula[120], scaled[240];

    bci_putf(out, "  fields    sign %u, exponent %u", w->sign, w->exponent);
    if (n->grid.mantissa_bits)
        bci_putf(out, ", mantissa %u of 2^%d", w->mantissa, n->grid.mantissa_bits);
    bci_putf(out, "\n");
    if (w->what == BC_WRITTEN_INFINITE) {
        bci_putf(out, "  value     exponent %d is all ones and the mantissa 0: %sinfinity\n", top,
                 w->sign ? "minus " : "");
        return;
    }
    if (w->what == BC_WRITTEN_NAN) {
        bci_putf(out, "  value     exponent %d is all ones and the mantissa %s: not a number\n",
                 top, n->grid.flavour == BC_FLOAT_FN ? "as well" : "not 0");
        return;
    }
    bci_digits_exact(significand, sizeof significand, w->significand);
    snprintf(formula, sizeof formula, "(-1)^%u x 2^(%u-%d) x %s", w->sign,
             is_small ? 1 : w->exponent, bias, significand);
    show_scaled(n, formula, scaled);
    put_value(out, n, w, scaled);
    if (is_small)
        bci_putf(
            out, "            exponent 0 %s\n",
            w->what == BC_WRITTEN_ZERO
                ? "and mantissa 0 are zero"
                : "is a subnormal: no leading 1 before the mantissa, and the power of exponent 1");
}

/* How the number comes out of the bits. */
static void put_integer(bci_buffer *out, const bc_notation *n, const bc_written *w)
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
        bci_putf(out, "  value     %s\n", how);
        return;
    }
    bci_putf(out, "  number    %s\n", how);
    show_scaled(n, text, scaled);
    bci_digits_to(text, sizeof text, w->value, fabs(w->value) * 1e-9);
    bci_putf(out, "  value     %s = %s\n", scaled, text);
}

static void put_mark(bci_buffer *out, const bc_notation *n, const bc_written *w)
{
    char how[60];

    snprintf(how, sizeof how, "mark %lld of %lld to %lld", (long long)w->number,
             (long long)n->grid.lo, (long long)n->grid.hi);
    put_value(out, n, w, how);
}

/* What did not go by the rule, aloud. */
static void put_remarks(bci_buffer *out, const row *r, double x)
{
    const bc_notation *n = &r->notation;
    const bc_written *w = &r->written;
    const bc_notation_ends ends = bc_notation_range(n);
    char at[40], end[40];

    bci_digits_to(at, sizeof at, x, 0.0);
    bci_digits_to(end, sizeof end, x < 0 ? ends.low : ends.high, 0.0);
    if (w->is_overflow)
        bci_putf(out, "  overflow  %s is beyond the last finite value %s: infinity is stored\n", at,
                 end);
    if (w->is_saturated)
        bci_putf(out, "  saturated %s is beyond the range: its end %s is stored\n", at, end);
    if (isnan(x) && !isnan(w->value))
        bci_putf(out, "  no NaN    the format has none: what is nearest to zero is stored\n");
    if (w->value == 0.0 && x != 0.0 && !isnan(x) && n->kind == BC_NOTATION_FLOAT)
        bci_putf(out, "  underflow %s is nearer to zero than to the smallest value %s\n", at,
                 bci_digits_to(end, sizeof end, ends.smallest, ends.smallest * 1e-6));
}

static void put_lost(bci_buffer *out, const row *r, double x)
{
    char memory[24], lost[40], step[40], percent[40];

    show_memory(&r->notation, memory, sizeof memory);
    if (isnan(r->lost) || isinf(r->lost)) {
        bci_putf(out, "  lost      %s, in %s\n",
                 isnan(x) || isinf(x) ? "what it was" : "everything", memory);
        return;
    }
    bci_digits_loss(lost, sizeof lost, fabs(r->lost));
    bci_putf(out, "  lost      %s", r->lost == 0.0 ? "nothing" : lost);
    if (r->lost != 0.0 && x != 0.0)
        bci_putf(out, " (%s %%)", bci_digits_percent(percent, sizeof percent, fabs(r->lost / x)));
    bci_putf(out, ", in %s", memory);
    if (isfinite(r->written.value) && !isnan(step_at(r)))
        bci_putf(out, "; values here are %s apart", bci_digits_loss(step, sizeof step, step_at(r)));
    bci_putf(out, "\n");
}

static void put_range(bci_buffer *out, const bc_notation *n)
{
    const bc_notation_ends ends = bc_notation_range(n);
    char low[40], high[40], smallest[40];
    const double relative = 1e-7;

    bci_putf(out, "  range     %s to %s",
             bci_digits_to(low, sizeof low, ends.low, ends.low * relative),
             bci_digits_to(high, sizeof high, ends.high, ends.high * relative));
    if (n->kind == BC_NOTATION_FLOAT)
        bci_putf(out, ", smallest above zero %s",
                 bci_digits_to(smallest, sizeof smallest, ends.smallest, ends.smallest * relative));
    bci_putf(out, "\n");
}

static void put_section(bci_buffer *out, const row *r, double x, bool has_steps)
{
    const bc_notation *n = &r->notation;
    char fields[64];

    bci_putf(out, "%s: %s%s%s%s, %s\n", n->name, n->doc, *n->source ? " (" : "", n->source,
             *n->source ? ")" : "",
             bci_digits_count(fields, sizeof fields, (uint64_t)n->bits, "bit"));
    bci_explain_fields(n, r->written.bits, fields, sizeof fields);
    bci_putf(out, "  bits      %s   (%0*X in hexadecimal)\n", fields, (n->bits + 3) / 4,
             r->written.bits);
    if (n->kind == BC_NOTATION_FLOAT)
        put_float(out, n, &r->written);
    else if (n->kind == BC_NOTATION_MARKS)
        put_mark(out, n, &r->written);
    else
        put_integer(out, n, &r->written);
    put_remarks(out, r, x);
    put_lost(out, r, x);
    put_range(out, n);
    if (has_steps)
        bci_explain_steps(out, n, &r->written, x);
}

/* A line for each format. */
static void put_table(bci_buffer *out, const row *rows, size_t n, double x)
{
    bci_putf(out, "%-9s  %-34s  %20s  %9s  %s\n", "format", "bits", "stored", "lost", "memory");
    for (size_t i = 0; i < n; i++) {
        char fields[64], stored[40], lost[40] = "-", memory[24];
        const row *r = &rows[i];
        const double slack = r->lost != 0.0 && isfinite(r->lost) ? r->lost : x * 1e-9;

        bci_explain_fields(&r->notation, r->written.bits, fields, sizeof fields);
        bci_digits_to(stored, sizeof stored, r->written.value, slack);
        if (isfinite(r->lost))
            bci_digits_loss(lost, sizeof lost, fabs(r->lost));
        show_memory(&r->notation, memory, sizeof memory);
        bci_putf(out, "%-9s  %-34s  %20s  %9s  %s%s\n", r->notation.name, fields, stored, lost,
                 memory,
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
    bc_report_string(r, table, "stored", bci_digits_binary(text, sizeof text, w->bits, n->bits));
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
    bci_digits_exact(text, sizeof text, w->value);
    bc_report_string(r, table, "exact", *text && isfinite(w->value) ? text : NULL);
    bc_report_number(r, table, "lost", fabs(at->lost));
    bc_report_number(r, table, "step", isfinite(w->value) ? step_at(at) : NAN);
    bc_report_flag(r, table, "saturated", w->is_saturated);
    bc_report_flag(r, table, "overflow", w->is_overflow);
    bc_report_number(r, table, "lowest", ends.low);
    bc_report_number(r, table, "highest", ends.high);
}

static bc_status make_rows(const bc_explain_request *asked, double x, row *rows, size_t n,
                           bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n; i++) {
        row *r = &rows[i];

        st = bci_explain_format(asked, asked->n_formats ? asked->formats[i] : usual[i],
                                &r->notation, err);
        if (st)
            break;
        r->written = bc_notation_write(&r->notation, x);
        r->lost = lost_of(&r->notation, x, r->written.value);
    }
    return st;
}

/* Whole numbers from 2^53 on need not be doubles. */
static void put_if_rounded(bci_buffer *out, const char *typed, double x)
{
    char exact[400];

    bci_format(exact, sizeof exact, "%.0f", x);
    if (strspn(typed, "-0123456789") == strlen(typed) && fabs(x) >= 0x1p53 && isfinite(x) &&
        strcmp(typed, exact) != 0)
        bci_putf(out, "%.60s is read as the nearest 64-bit float, %.60s\n\n", typed, exact);
}

/* All of the formats that were asked for; of the usual ones a line each, unless steps are. */
static void put_rows(bci_buffer *out, const bc_explain_request *asked, const row *rows, size_t n,
                     double x)
{
    put_if_rounded(out, asked->value, x);
    for (size_t i = 0; i < n && (asked->n_formats || asked->steps); i++) {
        put_section(out, &rows[i], x, asked->steps);
        if (n > 1)
            bci_putf(out, "\n");
    }
    if (n > 1)
        put_table(out, rows, n, x);
}

bc_status bci_explain_number(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    const size_t n = asked->n_formats ? asked->n_formats : sizeof usual / sizeof *usual;
    row rows[BC_EXPLAIN_MAX_FORMATS];
    bc_notation notations[BC_EXPLAIN_MAX_FORMATS];
    size_t n_drawn = 0;
    double x;
    bc_status st = bci_explain_value(asked->value, &x, err);

    if (!st)
        st = make_rows(asked, x, rows, n, err);
    for (size_t i = 0; !st && i < n; i++)
        if (asked->n_formats || rows[i].notation.bits <= BCI_EXPLAIN_DRAWN_BITS)
            notations[n_drawn++] = rows[i].notation;
    if (!st && to->plot)
        st = bci_explain_lines(to->plot, notations, n_drawn, x, err);
    if (st)
        return st;
    if (to->report)
        bc_report_number(to->report, "", "value", x);
    for (size_t i = 0; to->report && i < n; i++)
        report_row(to->report, &rows[i]);
    if (to->text)
        put_rows(to->text, asked, rows, n, x);
    return BC_OK;
}
