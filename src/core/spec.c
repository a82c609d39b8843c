/* Knows the grammar of a SPEC: bits, levels, grids and formats of blocks. */
#include "bitcrush/spec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digits.h"
#include "base/fail.h"
#include "base/lower_case.h"
#include "bitcrush/setting.h"
#include "core/block_layout.h"

enum { MOST_BITS = 32, MOST_UNEVEN_BITS = 24, MOST_UNIFORM_BITS = 16 };

/* A plain number, or NaN. */
static double number(const char *text)
{
    const size_t n = strlen(text);
    double v;

    return n > 0 && text[strspn(text, "0123456789.")] == '\0' &&
                   bci_read_digits(text, n, '.', &v) == n
               ? v
               : NAN;
}

static bc_status even(const char *text, double levels, bc_spec *out, bc_error *err)
{
    if (!(levels >= 2.0 && levels <= 0x1p32) || levels != floor(levels))
        return bci_fail(err, BC_E_USAGE, "%s: expected a whole number of levels from 2 to 2^24",
                        text);
    out->kind = BC_SPEC_EVEN;
    out->levels = levels;
    out->bits = log2(levels);
    if (out->bits <= MOST_UNIFORM_BITS && out->bits == floor(out->bits))
        return bc_grid_uniform((int)out->bits, &out->grid, err);
    return levels <= 0x1p24 ? bc_grid_integers(0, (int32_t)levels - 1, &out->grid, err) : BC_OK;
}

static bc_status of_bits(const char *text, double bits, bc_spec *out, bc_error *err)
{
    if (!(bits >= 1.0 && bits <= MOST_BITS))
        return bci_fail(err, BC_E_USAGE, "bits %s: expected a number from 1 to %d", text,
                        MOST_BITS);
    if (bits > MOST_UNEVEN_BITS && bits != floor(bits))
        return bci_fail(err, BC_E_USAGE, "bits %s: expected a whole number from %d on", text,
                        MOST_UNEVEN_BITS);
    return even(text, floor(exp2(bits) + 0.5), out, err);
}

/* "out.png": no number, and with an ending. */
static bool is_called_like_file(const char *text)
{
    const char *dot = strrchr(text, '.');

    return strchr(text, '/') || (dot && dot > text && (dot[1] < '0' || dot[1] > '9') && dot[1]);
}

bc_status bc_spec_is_file(const char *text, bc_error *err)
{
    return is_called_like_file(text)
               ? bci_fail(err, BC_E_USAGE,
                          "%s: looks like a file, expected a number of bits or a format, and "
                          "`output=%s` where it is the output",
                          text, text)
               : BC_OK;
}

static bc_status unknown(const char *text, bc_error *err)
{
    if (bc_spec_is_file(text, err))
        return BC_E_USAGE;
    const bc_grid_row *grids;
    const bc_block_format *blocks;
    const size_t n_grids = bc_grid_rows(&grids), n_blocks = bc_block_rows(&blocks);
    const char *near = NULL;

    for (size_t i = 0; i < n_grids; i++)
        near = bc_nearer_name(near, grids[i].name, text);
    for (size_t i = 0; i < n_blocks; i++)
        near = bc_nearer_name(near, blocks[i].name, text);
    if (near && strcmp(near, text) == 0)
        return bci_fail(err, BC_E_USAGE, "%s: expected a number of bits behind it, such as %s4",
                        text, near);
    return bci_fail(
        err, BC_E_USAGE,
        "%s: unknown, expected a number of bits, or a grid or format that `list` shows%s%s",
        *text ? text : "\"\"", near ? "; nearest: " : "", near ? near : "");
}

/* Even marks that have names, of weights of so many values. */
static double levels_called(const char *text)
{
    static const struct {
        const char *name;
        double levels;
    } few[] = { { "binary", 2.0 }, { "ternary", 3.0 } };

    for (size_t i = 0; i < sizeof few / sizeof *few; i++)
        if (strcmp(text, few[i].name) == 0)
            return few[i].levels;
    return 0.0;
}

/* In small letters, or too long. */
static bc_status named(const char *text, bc_spec *out, bc_error *err)
{
    const double bits = number(text);
    const bool is_levels = strncmp(text, "levels", 6) == 0 && !isnan(number(text + 6));
    bc_spec s = { .kind = BC_SPEC_GRID };
    bc_status st = BC_OK;

    if (strlen(text) >= sizeof s.name)
        return unknown(text, err);
    snprintf(s.name, sizeof s.name, "%s", text);
    if (!isnan(bits)) {
        st = of_bits(text, bits, &s, err);
    } else if (is_levels && number(text + 6) <= 0x1p24) {
        st = even(text, number(text + 6), &s, err);
    } else if (levels_called(text) > 0.0) {
        st = even(text, levels_called(text), &s, err);
    } else if (bc_grid_named(text, &s.grid, NULL) == BC_OK) {
        s.bits = s.grid.family == BC_GRID_AFFINE ? log2((double)bc_grid_levels(&s.grid))
                                                 : (double)s.grid.bits;
    } else if (bc_block_find(text) && bci_layout_of(bc_block_find(text))->grid) { /* f16 */
        st = bc_grid_named(bci_layout_of(bc_block_find(text))->grid, &s.grid, err);
        s.bits = s.grid.bits;
    } else if (bc_block_find(text)) {
        s.kind = BC_SPEC_BLOCKS;
        s.blocks = bc_block_find(text);
        s.bits = s.blocks->bits_per_weight;
    } else {
        st = unknown(text, err);
    }
    if (!st)
        *out = s;
    return st;
}

bc_status bc_spec_named(const char *text, bc_spec *out, bc_error *err)
{
    char lower[sizeof out->name];

    return named(bci_lower_case(text, lower, sizeof lower) ? lower : text, out, err);
}
