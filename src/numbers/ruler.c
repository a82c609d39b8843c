/* Knows how marks are laid on columns of numbers, by the grids and scales of the core, and how a
 * step that is short in decimals makes marks that are. */
#include "numbers/ruler.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digits.h"
#include "base/fail.h"
#include "bitcrush/notation.h"
#include "bitcrush/setting.h"
#include "bitcrush/spec.h"
#include "medium/shared_settings.h"

/* Texts of so many marks are written in advance. */
enum { MOST_TEXTS = 4096, MAX_EVEN_BITS = 24, MAX_TENTHS = 22 };

/* ---- depths */

bc_status bc_numbers_depth_named(const char *text, bc_numbers_depth *out, bc_error *err)
{
    const bool is_number = *text >= '0' && *text <= '9';
    bc_numbers_depth d = { 0 };
    bc_spec spec = { 0 };
    const bc_status st = bc_spec_named(text, &spec, err);

    if (is_number && (st || spec.levels > 0x1p24))
        return bci_fail(err, BC_E_USAGE, "bits %s: expected a number from 1 to %d", text,
                        MAX_EVEN_BITS);
    if (st)
        return st;
    bci_grid_name(&spec, d.name, sizeof d.name);
    d.grid = spec.grid;
    d.bits = spec.bits;
    d.blocks = spec.blocks;
    *out = d;
    return BC_OK;
}

const bc_scale_row *bc_numbers_usual_scale(const bc_numbers_depth *depth)
{
    const bc_grid *g = &depth->grid;

    if (g->family == BC_GRID_AFFINE)
        return bci_scale_row(BC_SCALE_MINMAX);
    return bci_scale_row(g->family == BC_GRID_FLOAT && g->bits >= 16 ? BC_SCALE_FULL
                                                                     : BC_SCALE_ABSMAX);
}

/* ---- settings */

const bci_groups bci_groups_of_numbers = {
    .words = " all column ", .counted = "cells", .least = 2, .most = 65536, .factor = 1
};

/* Marks are given by a depth or by a step, whose numbers make sense. */
static bc_status check_marks(const bc_numbers_settings *s, bc_error *err)
{
    const bool has_step = s->step != 0.0;

    if (has_step && !(s->step > 0.0 && isfinite(s->step)))
        return bci_fail(err, BC_E_USAGE, "`step=%g`: expected a number above 0", s->step);
    if (s->has_range && !(isfinite(s->low) && isfinite(s->high) && s->low < s->high))
        return bci_fail(err, BC_E_USAGE,
                        "`range=%g..%g`: expected two numbers, the lower one first", s->low,
                        s->high);
    if (has_step && *s->depth.name)
        return bci_fail(err, BC_E_USAGE,
                        "`step=%g` makes as many marks as the data need, expected no %s beside it",
                        s->step, s->depth.name);
    if (!has_step && !*s->depth.name)
        return bci_fail(err, BC_E_USAGE, "neither a depth nor a step is given, expected one");
    return BC_OK;
}

/* Runs: groups of numbers with a scale each. */
static bc_status check_groups(const bc_numbers_settings *s, bc_error *err)
{
    const bc_scale_row *scale = bci_ruler_scale(s);

    bc_scale_group per = s->per;
    uint32_t group = s->group;
    const bc_status st = per == BC_PER_ROW
                             ? bci_group_read("row", &bci_groups_of_numbers, &per, &group, err)
                         : per == BC_PER_BLOCK ? bci_group_check(group, &bci_groups_of_numbers, err)
                                               : BC_OK;

    if (st)
        return st;
    if (s->per != BC_PER_BLOCK)
        return BC_OK;
    if (!scale || scale->method == BC_SCALE_FULL)
        return bci_fail(
            err, BC_E_USAGE,
            "`group`: %s is the same for all numbers, expected a `scale` that is fitted, "
            "such as `scale=absmax`",
            scale            ? "full scale"
            : s->step != 0.0 ? "the step"
                             : "the range");
    if (s->codes)
        return bci_fail(err, BC_E_USAGE,
                        "`codes`: they mean nothing without the scale of each group, expected no "
                        "`group`");
    return BC_OK;
}

/* Blocks have all that a scale says in them. */
static bc_status check_blocks(const bc_numbers_settings *s, bc_error *err)
{
    const char *name = s->depth.name;

    if (s->scale || s->has_range)
        return bci_refuse_beside_blocks(s->depth.blocks, s->scale ? "scale" : "range", err);
    if (s->per != BC_PER_CHANNEL)
        return bci_refuse_beside_blocks(s->depth.blocks, "group", err);
    if (s->codes)
        return bci_fail(err, BC_E_USAGE,
                        "%s: a block is codes and scales together, which cells of numbers cannot "
                        "say, expected no `codes`",
                        name);
    if (s->rounding == BC_ROUND_TRUNCATE)
        return bci_fail(err, BC_E_USAGE,
                        "%s: blocks are encoded as their format says, expected `rounding=nearest`",
                        name);
    return BC_OK;
}

static bc_status check_scale(const bc_numbers_settings *s, bc_error *err)
{
    if (!s->scale)
        return BC_OK;
    if (s->step != 0.0 || s->has_range)
        return bci_fail(err, BC_E_USAGE,
                        "`scale=%s`: the %s says how marks lie, expected one of both",
                        s->scale->name, s->step != 0.0 ? "step" : "range");
    if (s->per != BC_PER_BLOCK &&
        (s->scale->method == BC_SCALE_PERCENTILE || s->scale->method == BC_SCALE_MSE))
        return bc_setting_refuse(
            err, "scale", s->scale->name,
            "needs all numbers at once, and files of any length go by here, expected minmax, "
            "absmax, zero-point, absmean or full, or `group=N`");
    return BC_OK;
}

bc_status bci_ruler_check(const bc_numbers_settings *s, bc_error *err)
{
    bc_status st = bci_refuse_mask(s->noise, err);

    if (!st)
        st = bci_check_cut(s->rounding, s->noise, err);
    if (!st)
        st = check_marks(s, err);
    if (!st && s->depth.blocks)
        return check_blocks(s, err);
    if (!st)
        st = check_scale(s, err);
    return st ? st : check_groups(s, err);
}

bool bci_numbers_have_runs(const bc_numbers_settings *s)
{
    return s->depth.blocks || s->per == BC_PER_BLOCK;
}

bci_laying bci_numbers_laying(const bc_numbers_settings *s)
{
    const bc_scale_row *scale = bci_ruler_scale(s);

    return (bci_laying){ .blocks = s->depth.blocks,
                         .grid = s->depth.grid,
                         .scale = scale ? scale->method : BC_SCALE_FULL,
                         .percent = s->percent,
                         .group = s->per == BC_PER_BLOCK ? s->group : 0,
                         .scale_bits = 64, /* numbers are doubles, and so are their ends */
                         .rounding = s->rounding,
                         .keeps_infinity = true };
}

const bc_scale_row *bci_ruler_scale(const bc_numbers_settings *s)
{
    if (s->step != 0.0 || s->has_range || s->depth.blocks)
        return NULL;
    return s->scale ? s->scale : bc_numbers_usual_scale(&s->depth);
}

bool bci_ruler_is_fitted(const bc_numbers_settings *s)
{
    const bc_scale_row *scale = bci_ruler_scale(s);

    return scale && scale->method != BC_SCALE_FULL;
}

bool bci_ruler_needs_data(const bc_numbers_settings *s)
{
    return !s->has_range && !bci_numbers_have_runs(s) && (s->step != 0.0 || bci_ruler_is_fitted(s));
}

/* ---- laying */

/* Whole numbers of 10^-places that step and origin are, and all marks between two codes. */
static void find_decimals(bci_ruler *r, double step, double origin)
{
    int step_power, origin_power;
    const uint64_t w = bci_shortest_decimal(step, &step_power);
    const uint64_t o = bci_shortest_decimal(origin, &origin_power);
    const int least = step_power < origin_power ? step_power : origin_power;
    const int places = least < 0 ? -least : 0;

    if (places > MAX_TENTHS || step_power > MAX_TENTHS || origin_power > MAX_TENTHS)
        return;
    const double each = bci_double_of_digits(w, step_power + places);
    const double first = copysign(bci_double_of_digits(o, origin_power + places), origin);
    const double most = fmax(fabs((double)r->grid.lo), fabs((double)r->grid.hi));

    if (!(fabs(first) + most * each <= 0x1p53))
        return;
    r->is_decimal = true;
    r->first = first;
    r->each = each;
    r->tenths = bci_double_of_digits(1, places);
}

/* Marks are laid by the distance of the ends, which has to be a number. */
static bc_status check_span(const bc_numbers_settings *s, double low, double high, bc_error *err)
{
    if (isfinite(high - low))
        return BC_OK;
    return s->has_range
               ? bci_fail(err, BC_E_USAGE,
                          "`range=%g..%g`: its ends are further apart than a double can say, "
                          "expected closer ones",
                          low, high)
               : bci_fail(err, BC_E_FORMAT,
                          "numbers from %g to %g are further apart than a double can say, expected "
                          "smaller ones, or `scale=absmax` and a grid with a sign, such as e4m3",
                          low, high);
}

/* Places on the ruler are found by the inverse of its step, which has to be a number, too. */
static bc_status check_gain(const bci_ruler *r, double low, double high, bc_error *err)
{
    const double den = r->grid.family == BC_GRID_AFFINE ? r->grid.den : 1.0;

    if (!(r->scale.gain > 0.0) || isfinite(den / r->scale.gain))
        return BC_OK;
    return bci_fail(
        err, BC_E_FORMAT,
        "numbers from %g to %g lie too close for a ruler of doubles, expected larger ones", low,
        high);
}

static bc_status lay_steps(const bc_numbers_settings *s, const bci_seen *seen, bci_ruler *r,
                           bc_error *err)
{
    const double origin = s->has_range ? s->low : 0.0;
    double lo = 0.0, hi;
    uint64_t levels;
    int bits;
    bc_status st = BC_OK;

    if (s->has_range) {
        st = bc_levels_of_range(s->low, s->high, s->step, &levels, &bits, err);
        hi = st ? 1.0 : (double)levels - 1.0;
    } else {
        const bool is_any = seen->n_numbers > 0;

        lo = is_any ? rint(seen->min / s->step) : 0.0;
        hi = is_any ? rint(seen->max / s->step) : 0.0;
        hi = hi > lo ? hi : lo + 1.0;
    }
    if (st)
        return st;
    if (!(lo >= -0x1p30 && hi <= 0x1p30))
        return bci_fail(err, BC_E_USAGE,
                        "step %g: numbers lie over 2^30 steps from 0, expected a larger step",
                        s->step);
    st = bc_grid_integers((int32_t)lo, (int32_t)hi, &r->grid, err);
    r->scale = (bc_scale){ s->step, origin, 0 };
    if (!st)
        find_decimals(r, s->step, origin);
    return st;
}

static bc_status lay_scale(const bc_numbers_settings *s, const bci_seen *seen, bci_ruler *r,
                           bc_error *err)
{
    const bc_scale_row *scale = bci_ruler_scale(s);
    const bc_scale_method method = scale ? scale->method : BC_SCALE_MINMAX;
    const double n = (double)seen->n_numbers;
    const double ends[2] = { s->has_range ? s->low : seen->min,
                             s->has_range ? s->high : seen->max };
    const double mean = n > 0.0 ? seen->sum_size / n : 0.0;
    const size_t n_ends = s->has_range || n > 0.0 ? 2 : 0;

    const bool needs_span =
        s->has_range || method == BC_SCALE_MINMAX || method == BC_SCALE_ZERO_POINT;
    bc_status st = n_ends > 0 && needs_span ? check_span(s, ends[0], ends[1], err) : BC_OK;

    if (st)
        return st;
    if (method == BC_SCALE_ABSMEAN && isinf(mean))
        return bci_fail(
            err, BC_E_FORMAT,
            "the magnitudes of %.0f numbers have no sum that a double can say, expected "
            "smaller ones, or another `scale` than absmean",
            n);
    r->grid = s->depth.grid;
    r->is_fitted = bci_ruler_is_fitted(s);
    r->is_pinned = method == BC_SCALE_MINMAX && n_ends > 0;
    r->low = ends[0] + 0.0; /* -0 is written as 0 */
    r->high = ends[1] + 0.0;
    st = method == BC_SCALE_ABSMEAN
             ? bc_scale_fit_f64(method, 100.0, &r->grid, &mean, 1, 1, NULL, &r->scale, err)
             : bc_scale_fit_f64(method, 100.0, &r->grid, ends, n_ends, 1, NULL, &r->scale, err);
    return st ? st : check_gain(r, ends[0], ends[1], err);
}

/* The ends that are numbers: IEEE floats end at infinity. */
static void find_ends(bci_ruler *r)
{
    const bool has_infinity = r->grid.family == BC_GRID_FLOAT && r->grid.flavour == BC_FLOAT_IEEE;
    const int32_t lo = r->grid.lo + has_infinity, hi = r->grid.hi - has_infinity;

    if (!r->is_pinned) {
        r->low = bci_ruler_value(r, lo);
        r->high = bci_ruler_value(r, hi);
    }
    r->region = bc_granular_of(&r->grid, &r->scale);
}

bc_status bci_ruler_lay(const bc_numbers_settings *s, const bci_seen *seen, bci_ruler *r,
                        bc_error *err)
{
    *r = (bci_ruler){ .tenths = 1.0 };
    const bc_status st = s->step > 0.0 ? lay_steps(s, seen, r, err) : lay_scale(s, seen, r, err);

    if (!st)
        find_ends(r);
    return st;
}

double bci_ruler_step(const bci_ruler *r)
{
    return r->grid.family == BC_GRID_AFFINE ? r->scale.gain / r->grid.den : 0.0;
}

void bci_ruler_round(const bci_ruler *r, bc_rounding rounding, const double *x, const double *noise,
                     size_t n, double *y, int32_t *codes)
{
    bc_quantize_f64(&r->grid, &r->scale, rounding, x, noise, n, y, codes);
    for (size_t i = 0; r->is_decimal && i < n; i++)
        y[i] = (r->first + (double)codes[i] * r->each) / r->tenths;
    for (size_t i = 0; r->grid.family == BC_GRID_FLOAT && i < n; i++)
        y[i] += 0.0; /* -0 is written as 0 */
    for (size_t i = 0; r->is_pinned && i < n; i++)
        y[i] = codes[i] == r->grid.lo ? r->low : codes[i] == r->grid.hi ? r->high : y[i];
}

double bci_ruler_value(const bci_ruler *r, int32_t code)
{
    double y;

    if (r->is_decimal)
        return (r->first + (double)code * r->each) / r->tenths;
    if (r->is_pinned && (code == r->grid.lo || code == r->grid.hi))
        return code == r->grid.lo ? r->low : r->high;
    bc_dequantize_f64(&r->grid, &r->scale, &code, 1, &y);
    return y;
}

/* ---- texts */

size_t bci_ruler_spell(const bci_ruler *r, bool as_code, int32_t code, double value, char point,
                       char *out)
{
    if (as_code && r->grid.family == BC_GRID_AFFINE)
        return (size_t)bci_format(out, BCI_MARK_ROOM, "%d", (int)code);
    if (as_code)
        return (size_t)bci_format(out, BCI_MARK_ROOM, "%u",
                                  (unsigned)bc_grid_code_to_bits(&r->grid, code));
    if (isinf(value))
        return (size_t)bci_format(out, BCI_MARK_ROOM, "%s", value < 0 ? "-inf" : "inf");
    return bci_write_shortest(value, point, out);
}

bc_status bci_ruler_write_texts(bci_ruler *r, bool as_codes, char point, bc_error *err)
{
    const uint64_t n = bc_grid_levels(&r->grid);

    if (n > MOST_TEXTS)
        return BC_OK;
    r->texts = calloc((size_t)n, sizeof *r->texts);
    if (!r->texts)
        return bci_fail(err, BC_E_LIMIT, "out of memory for marks");
    for (size_t i = 0; i < n; i++) {
        const int32_t code = r->grid.lo + (int32_t)i;

        r->texts[i][BCI_MARK_LENGTH] =
            (char)bci_ruler_spell(r, as_codes, code, bci_ruler_value(r, code), point, r->texts[i]);
    }
    return BC_OK;
}

void bci_ruler_free(bci_ruler *r)
{
    free(r->texts);
    r->texts = NULL;
}
