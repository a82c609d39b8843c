/* Knows how any grid under scales of its own, or any format of blocks, is laid on runs of
 * samples. */
#include "medium/laid.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

enum { MOST_LEVELS = 1 << 16, SCALE_BITS = 32 };

static size_t length_of(const bci_laying *l, size_t n)
{
    return l->blocks ? l->blocks->block_length : l->group && l->group < n ? l->group : n;
}

static size_t rounded_up(const bci_laying *l, size_t n)
{
    const size_t length = l->blocks ? l->blocks->block_length : 1;

    return (n + length - 1) / length * length;
}

bc_status bci_lay_room_new(const bci_laying *l, size_t n, bci_lay_room *out, bc_error *err)
{
    const size_t m = rounded_up(l, n) + 1;
    bci_lay_room r = { .codes = malloc(m * sizeof *r.codes) };
    bool is_whole = r.codes != NULL;

    if (!l->blocks && l->scale == BC_SCALE_PERCENTILE) {
        r.sorted = malloc(m * sizeof *r.sorted);
        is_whole &= r.sorted != NULL;
    }
    if (l->blocks) {
        r.x = malloc(m * sizeof *r.x);
        r.y = malloc(m * sizeof *r.y);
        r.noise = malloc(m * sizeof *r.noise);
        r.blocks = malloc(m / l->blocks->block_length * l->blocks->block_bytes + 1);
        is_whole &= r.x && r.y && r.noise && r.blocks;
    }
    if (!is_whole) {
        bci_lay_room_free(&r);
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu sample(s)", n);
    }
    *out = r;
    return BC_OK;
}

void bci_lay_room_free(bci_lay_room *room)
{
    free(room->x);
    free(room->y);
    free(room->noise);
    free(room->blocks);
    free(room->codes);
    free(room->sorted);
    *room = (bci_lay_room){ 0 };
}

size_t bci_laid_levels(const bci_laying *l)
{
    const uint64_t n = l->blocks ? l->blocks->codes->n_codes : bc_grid_levels(&l->grid);

    return n <= MOST_LEVELS ? (size_t)n : 0;
}

static uint64_t numbers_of_scale(const bci_laying *l)
{
    switch (l->scale) {
    case BC_SCALE_FULL: return 0;
    case BC_SCALE_MINMAX:
    case BC_SCALE_ZERO_POINT: return 2;
    case BC_SCALE_ABSMAX:
    case BC_SCALE_PERCENTILE:
    case BC_SCALE_ABSMEAN:
    case BC_SCALE_MSE: break;
    }
    return 1;
}

uint64_t bci_laid_bits(const bci_laying *l, size_t n)
{
    const size_t length = length_of(l, n);
    const uint64_t n_groups = n ? (n + length - 1) / length : 1;
    const uint64_t scale_bits = l->scale_bits ? l->scale_bits : SCALE_BITS;

    return l->blocks ? n_groups * l->blocks->block_bytes * 8
                     : n * (uint64_t)l->grid.bits + n_groups * numbers_of_scale(l) * scale_bits;
}

/* The codes of n samples, as they stand in the blocks. */
static void unpack(const bc_block_format *f, const uint8_t *blocks, size_t n, int32_t *codes)
{
    uint16_t unpacked[BC_BLOCK_MAX_LENGTH];

    for (size_t i = 0; i < n; i++) {
        if (i % f->block_length == 0)
            f->codes->unpack(blocks + i / f->block_length * f->block_bytes, unpacked);
        codes[i] = unpacked[i % f->block_length];
    }
}

static void lay_blocks(const bci_laying *l, const bci_lay_room *room, const double *x,
                       const double *noise, size_t n, double *y, bc_error_sums *sums,
                       uint64_t *histogram)
{
    const size_t whole = rounded_up(l, n), n_blocks = whole / l->blocks->block_length;

    for (size_t i = 0; i < whole; i++)
        room->x[i] = (float)x[i < n ? i : n - 1];
    for (size_t i = 0; noise && i < whole; i++)
        room->noise[i] = (float)noise[i < n ? i : n - 1];
    l->blocks->encode(room->x, NULL, n_blocks, room->blocks);
    if (noise)
        bc_block_dither(l->blocks, room->x, room->noise, n_blocks, room->blocks);
    l->blocks->decode(room->blocks, n_blocks, room->y);
    for (size_t i = n; i < whole; i++)
        room->x[i] = room->y[i]; /* what fills a block clips nowhere */
    for (size_t i = 0; l->given && i < n; i++)
        if (l->given[i] != x[i])
            room->x[i] = room->y[i];
    if (sums)
        bc_error_add_overload_blocks(sums, l->blocks, room->blocks, room->x, room->y, whole);
    if (histogram)
        bc_block_count_codes(l->blocks, room->blocks, n, histogram);
    if (l->codes)
        unpack(l->blocks, room->blocks, n, l->codes);
    for (size_t i = 0; i < n; i++) /* what a float of 32 bits cannot hold, no block can */
        y[i] = isinf(room->x[i]) ? copysign(INFINITY, x[i]) : (double)room->y[i];
}

/* What clipping brought, but of samples that were lowered. */
static void add_overload(const bc_granular *region, const double *given, const double *x,
                         const double *y, size_t n, bc_error_sums *sums)
{
    if (!given)
        bc_error_add_overload_f64(sums, region, x, y, n);
    for (size_t i = 0; given && i < n; i++)
        if (given[i] == x[i])
            bc_error_add_overload_pair(sums, region, x[i], y[i], 1);
}

/* What became infinite, as the largest number that the grid has. */
static void saturate(const bci_laying *l, const bc_scale *scale, const double *x, size_t n,
                     double *y, int32_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        if (!isinf(y[i]))
            continue;
        *l->n_saturated += isfinite(x[i]) != 0;
        codes[i] = y[i] < 0.0 ? l->grid.lo + 1 : l->grid.hi - 1;
        bc_dequantize_f64(&l->grid, scale, &codes[i], 1, &y[i]);
    }
}

/* The samples from `at` on, n of them. */
static bc_status lay_group(const bci_laying *l, const bci_lay_room *room, size_t at,
                           const double *x, const double *noise, size_t n, double *y,
                           bc_error_sums *sums, uint64_t *histogram, bc_error *err)
{
    bc_scale scale = BC_SCALE_IDENTITY;
    bc_status st = BC_OK;

    if (l->known)
        scale = *l->known;
    else if (l->scale != BC_SCALE_FULL)
        st = bc_scale_fit_f64(l->scale, l->percent, &l->grid, x, n, 1, room->sorted, &scale, err);
    if (st)
        return st;
    bc_quantize_f64(&l->grid, &scale, l->rounding, x, noise, n, y, room->codes);
    if (l->n_saturated)
        saturate(l, &scale, x, n, y, room->codes);
    if (l->steps2 && l->grid.family == BC_GRID_AFFINE)
        *l->steps2 += (double)n * pow(scale.gain / l->grid.den, 2.0);
    if (sums) {
        const bc_granular region = bc_granular_of(&l->grid, &scale);

        add_overload(&region, l->given ? l->given + at : NULL, x, y, n, sums);
    }
    for (size_t i = 0; histogram && i < n; i++)
        if (room->codes[i] <= l->grid.hi) /* a NaN that is kept has no code */
            histogram[room->codes[i] - l->grid.lo]++;
    for (size_t i = 0; l->codes && i < n; i++)
        l->codes[at + i] = room->codes[i];
    return BC_OK;
}

bc_status bci_lay(const bci_laying *l, const bci_lay_room *room, const double *x,
                  const double *noise, size_t n, double *y, bc_error_sums *sums,
                  uint64_t *histogram, bc_error *err)
{
    const size_t length = length_of(l, n);
    bc_status st = BC_OK;

    if (l->blocks && n > 0)
        lay_blocks(l, room, x, noise, n, y, sums, histogram);
    for (size_t at = 0; !st && !l->blocks && at < n; at += length)
        st = lay_group(l, room, at, x + at, noise ? noise + at : NULL,
                       n - at < length ? n - at : length, y + at, sums, histogram, err);
    for (size_t i = 0; !st && !l->keeps_infinity && i < n; i++)
        if (!isfinite(y[i]))
            st =
                bci_fail(err, BC_E_FORMAT, "%g becomes %g, more than the format holds", x[i], y[i]);
    return st;
}
