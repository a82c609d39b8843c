/* Knows how it is shown what rounding does to a product, and to a sum of products. */
#include "bitcrush/product.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "explain/digits.h"
#include "explain/formats.h"
#include "explain/parts.h"

enum { MAX_TERMS_DRAWN = 4 << 20, MAX_TRIALS = 20000 };

/* A way of rounding the factors, and what comes of it. */
typedef struct {
    char name[24];
    bc_grid grid;
    bc_scale scale;
    bc_product product;
    double step;   /* NaN: not the same everywhere */
    bool is_fixed; /* a number of bits */
} row;

/* "4" is fixed point of 4 bits, anything else a format. */
static bc_status make_row(const bc_explain_request *asked, const char *word, row *r, bc_error *err)
{
    const double a = asked->product[0], b = asked->product[1];
    bc_notation n;
    bc_status st;

    if (strspn(word, "0123456789") == strlen(word) && *word) {
        const int bits = strlen(word) > 2 ? 99 : (int)strtol(word, NULL, 10);

        if (bits < 1 || bits > 32)
            return bc_setting_refuse(err, "bits", word, "expected 1 to 32 bits, or a format");
        bci_digits_count(r->name, sizeof r->name, (uint64_t)bits, "bit");
        r->is_fixed = true;
        st = bc_product_fixed_point(bits, a, b, &r->grid, &r->scale, err);
    } else {
        st = bci_explain_format(asked, word, &n, err);
        if (!st) {
            snprintf(r->name, sizeof r->name, "%s", n.name);
            r->grid = n.grid;
            r->scale = n.scale;
        }
    }
    if (st)
        return st;
    r->product = bc_product_rounded(&r->grid, &r->scale, a, b);
    r->step = r->grid.family == BC_GRID_AFFINE ? r->scale.gain / r->grid.den : NAN;
    return BC_OK;
}

static bc_status make_rows(const bc_explain_request *asked, row *rows, size_t *n, bc_error *err)
{
    const char *list = asked->bits ? asked->bits : "2,4,8,16,e4m3,float16";
    char word[40];
    bc_status st = BC_OK;

    *n = 0;
    for (const char *at = list; !st;) {
        const size_t length = strcspn(at, ",");

        if (*n == BC_EXPLAIN_MAX_FORMATS || length >= sizeof word)
            return bc_setting_refuse(err, "bits", list, "too many, expected %d format(s) at most",
                                     BC_EXPLAIN_MAX_FORMATS);
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        st = make_row(asked, word, &rows[*n], err);
        ++*n;
        if (!at[length])
            break;
        at += length + 1;
    }
    return st;
}

/* As many dot products as show the error to a percent or so, in a moment. */
static uint32_t trials_for(uint32_t n_terms)
{
    const uint32_t n = MAX_TERMS_DRAWN / n_terms;

    return n < 64 ? 64 : n > MAX_TRIALS ? MAX_TRIALS : n;
}

/* A number with the digits that the error leaves, and 0 without a sign. */
static char *show(char *to, size_t size, double v, double slack)
{
    return bci_digits_to(to, size, v + 0.0, fmax(fabs(slack), fabs(v) * 1e-8));
}

/* A figure, where there is one: what overflows has no error. */
static char *show_figure(char *to, size_t size, const char *sign, double v)
{
    const int n = bci_format(to, size, "%s%.3g", v < 0.0 ? "" : sign, v + 0.0);

    if (n < 0 || !isfinite(v))
        snprintf(to, size, "-");
    return to;
}

static void put_products(bci_buffer *out, const bc_explain_request *asked, const row *rows,
                         size_t n)
{
    const double exact = asked->product[0] * asked->product[1] + 0.0;

    bci_putf(out, "%.10g x %.10g = %.12g\n\n", asked->product[0], asked->product[1], exact);
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].is_fixed)
            continue;
        bci_putf(out, "N bits: two's complement from %g in steps of %g / 2^N\n\n",
                 -rows[i].scale.gain, 2.0 * rows[i].scale.gain);
        break;
    }
    bci_putf(out, "%-9s %11s  %12s %12s %14s  %10s %10s\n", "rounded", "step", "A", "B", "product",
             "error", "of it");
    for (size_t i = 0; i < n; i++) {
        const bc_product *p = &rows[i].product;
        char step[40] = "varies", a[40], b[40], product[40], error[40];
        const double slack = fabs(p->error) > 0.0 ? p->error : exact * 1e-9;

        if (!isnan(rows[i].step))
            bci_digits_error(step, sizeof step, rows[i].step);
        bci_putf(out, "%-9s %11s  %12s %12s %14s  %10s", rows[i].name, step,
                 show(a, sizeof a, p->a, slack), show(b, sizeof b, p->b, slack),
                 show(product, sizeof product, p->product, slack),
                 isfinite(p->error) ? bci_digits_error(error, sizeof error, p->error + 0.0) : "-");
        if (!isfinite(p->error))
            bci_putf(out, " %10s", "-");
        else if (exact != 0.0)
            bci_putf(out, " %8s %%",
                     bci_digits_percent(error, sizeof error, fabs(p->error / exact)));
        bci_putf(out, "\n");
    }
}

/* Where the errors come from. */
static void put_sources(bci_buffer *out, const row *rows, size_t n)
{
    bci_putf(out, "\n%-9s %14s %14s %14s\n", "error is", "A\'s, times B", "B\'s, times A",
             "and A\'s x B\'s");
    for (size_t i = 0; i < n; i++) {
        const bc_product *p = &rows[i].product;

        const double both = p->error - p->error_a - p->error_b;
        char of_a[32], of_b[32], of_both[32];

        bci_putf(out, "%-9s %14s %14s %14s\n", rows[i].name, show_figure(of_a, 32, "+", p->error_a),
                 show_figure(of_b, 32, "+", p->error_b), show_figure(of_both, 32, "+", both));
    }
}

/* 1, 10, 100, .. and at last --terms. */
static size_t counts_of_terms(const bc_explain_request *asked, uint32_t counts[8])
{
    size_t n = 0;

    for (uint32_t terms = 1; terms < asked->terms; terms *= 10)
        counts[n++] = terms;
    counts[n++] = (uint32_t)asked->terms;
    return n;
}

/* What the error of a sum of random products is, measured and expected. */
typedef struct {
    double measured, expected, signal; /* expected: NaN where the assumptions do not hold at all */
} sum_error;

/* A step that is wider than what the factors span, or a factor that clips, leaves nothing of errors
 * that are uniform over the step. */
static bool is_expectable(const row *r, double a, double b)
{
    return r->step <= 2.0 * fmin(fabs(a), fabs(b)) && fabs(r->product.a - a) <= r->step &&
           fabs(r->product.b - b) <= r->step;
}

static sum_error error_of_sum(const bc_explain_request *asked, const row *r, uint32_t terms)
{
    const double a = asked->product[0], b = asked->product[1];
    sum_error e = { .expected = NAN };

    if (is_expectable(r, a, b))
        e.expected = bc_dot_error_expected(&r->grid, &r->scale, a, b, terms);
    e.measured = bc_dot_error_measured(&r->grid, &r->scale, a, b, terms, trials_for(terms),
                                       asked->seed, &e.signal);
    return e;
}

/* Sums of 1, 10, 100 .. --terms products. */
static void put_sums(bci_buffer *out, const bc_explain_request *asked, const row *rows, size_t n)
{
    uint32_t counts[8];
    const size_t n_counts = counts_of_terms(asked, counts);

    bci_putf(
        out,
        "\nA dot product of n of them has n times this error when all terms are the same. Of random\n"
        "factors, uniform up to A and B with both signs, the root mean square error grows with\n"
        "sqrt(n) only, as the sum itself does:\n%-9s %9s",
        "rounded", "n");
    for (size_t k = 0; k < n_counts; k++)
        bci_putf(out, " %9u", counts[k]);
    bci_putf(out, "\n");
    for (size_t i = 0; i < n; i++) {
        sum_error e[8];
        char figure[32];

        bci_putf(out, "%-9s %9s", rows[i].name, "measured");
        for (size_t k = 0; k < n_counts; k++) {
            e[k] = error_of_sum(asked, &rows[i], counts[k]);
            bci_putf(out, " %9s", show_figure(figure, sizeof figure, "", e[k].measured));
        }
        if (e[0].measured > 0.0 && isfinite(e[0].measured) && e[0].signal > 0.0)
            bci_putf(out, "  SNR %.1f dB",
                     20.0 * log10(e[n_counts - 1].signal / e[n_counts - 1].measured));
        if (!isnan(e[0].expected))
            bci_putf(out, "\n%-9s %9s", "", "expected");
        for (size_t k = 0; k < n_counts && !isnan(e[0].expected); k++)
            bci_putf(out, " %9.3g", e[k].expected);
        bci_putf(out, "\n");
    }
    bci_putf(out,
             "seed %llu; expected: errors uniform and independent, which few bits are not quite\n",
             (unsigned long long)asked->seed);
}

static void report(bc_report *r, const bc_explain_request *asked, const row *rows, size_t n)
{
    static const char table[] = "products";
    uint32_t counts[8];
    const size_t n_counts = counts_of_terms(asked, counts);

    bc_report_number(r, "", "a", asked->product[0]);
    bc_report_number(r, "", "b", asked->product[1]);
    bc_report_number(r, "", "exact", asked->product[0] * asked->product[1]);
    bc_report_integer(r, "", "seed", asked->seed);
    for (size_t i = 0; i < n * n_counts; i++) {
        const row *at = &rows[i / n_counts];
        const uint32_t terms = counts[i % n_counts];
        const sum_error e = error_of_sum(asked, at, terms);

        bc_report_row(r, table);
        bc_report_string(r, table, "rounded", at->name);
        bc_report_number(r, table, "step", at->step);
        bc_report_number(r, table, "a", at->product.a);
        bc_report_number(r, table, "b", at->product.b);
        bc_report_number(r, table, "product", at->product.product);
        bc_report_number(r, table, "error", at->product.error);
        bc_report_integer(r, table, "terms", terms);
        bc_report_number(r, table, "sum_rms_error", e.measured);
        bc_report_number(r, table, "sum_rms_error_expected", e.expected);
    }
}

/* Factors and terms that something can be said of. */
static bc_status check(const bc_explain_request *asked, bc_error *err)
{
    const double a = asked->product[0], b = asked->product[1];
    char typed[32], factors[64];

    snprintf(typed, sizeof typed, "%llu", (unsigned long long)asked->terms);
    bci_format(factors, sizeof factors, "%g %g", a, b);
    if (asked->terms < 1)
        return bc_setting_refuse(err, "terms", typed, "expected a whole number from 1 on");
    if (asked->terms > BC_EXPLAIN_MAX_TERMS)
        return bc_setting_refuse(err, "terms", typed, "expected at most %d", BC_EXPLAIN_MAX_TERMS);
    if (a == 0.0 && b == 0.0)
        return bc_setting_refuse(err, "product", factors, "expected a factor that is not 0");
    if ((a != 0.0 && fabs(a) < 1e-100) || (b != 0.0 && fabs(b) < 1e-100))
        return bc_setting_refuse(err, "product", factors,
                                 "expected factors that are 0, or 1e-100 and more");
    if (!(fabs(a) <= 1e100 && fabs(b) <= 1e100))
        return bc_setting_refuse(err, "product", factors, "expected factors up to 1e100");
    return BC_OK;
}

bc_status bci_explain_product(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    row rows[BC_EXPLAIN_MAX_FORMATS] = { 0 };
    size_t n;
    bc_status st = check(asked, err);

    if (!st)
        st = make_rows(asked, rows, &n, err);
    if (st)
        return st;
    if (to->report)
        report(to->report, asked, rows, n);
    if (to->text) {
        put_products(to->text, asked, rows, n);
        put_sources(to->text, rows, n);
        put_sums(to->text, asked, rows, n);
    }
    return BC_OK;
}
