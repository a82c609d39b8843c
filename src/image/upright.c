/* Knows the eight ways a picture may lie in its file (CIPA DC-008, tag 0x0112; TIFF 6.0) and
 * how to read it upright. */
#include "image/upright.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Pixel (x, y) of the upright picture is at column c and row r of the file's, where (c, r) is
 * (x, y), or (y, x) when the axes change places, each counted from the other end if reversed. */
static const struct {
    bool swaps_axes, reverses_columns, reverses_rows;
} ways[9] = {
    [1] = { false, false, false }, [2] = { false, true, false }, /* mirrored left to right */
    [3] = { false, true, true },                                 /* upside down */
    [4] = { false, false, true },                                /* mirrored top to bottom */
    [5] = { true, false, false }, /* the file's rows are columns: first left, from the top */
    [6] = { true, false, true },  /* first right, from the top: to be turned clockwise */
    [7] = { true, true, true },   /* first right, from the bottom */
    [8] = { true, true, false },  /* first left, from the bottom: counterclockwise */
};

enum { MIRRORED = 2, READ_BYTES = 1 << 20 };

typedef struct {
    bc_image_reader *inner;
    int orientation;
    size_t pixel_bytes, row_bytes; /* of the file's rows */
    uint8_t *whole;                /* the file's rows, once all are read; MIRRORED: one */
} upright;

static bc_status upright_read(bc_image_reader *r, void *rows, uint32_t n, bc_error *err);
static void upright_close(bc_image_reader *r);

static const bci_image_codec codec = { .read = upright_read, .close = upright_close };

bc_status bci_upright_reader_new(bc_image_reader *inner, int orientation, bc_image_reader **out,
                                 bc_error *err)
{
    bc_image_reader *r = calloc(1, sizeof *r);
    upright *u = calloc(1, sizeof *u);

    if (!r || !u) {
        free(r);
        free(u);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", inner->source->name);
    }
    u->inner = inner;
    u->orientation = orientation;
    u->pixel_bytes = (size_t)inner->info.n_channels * (inner->info.maxval > 255 ? 2 : 1);
    u->row_bytes = u->pixel_bytes * inner->info.width;
    *r = (bc_image_reader){ .codec = &codec,
                            .source = inner->source,
                            .info = inner->info,
                            .palette = inner->palette,
                            .metadata = inner->metadata,
                            .reading = inner->reading,
                            .state = u };
    if (ways[orientation].swaps_axes) {
        r->info.width = inner->info.height;
        r->info.height = inner->info.width;
    }
    *out = r;
    return BC_OK;
}

/* Pixels have 1, 2, 3, 4, 6 or 8 bytes; copies of a size that is known are moves. */
static inline void copy_pixels(uint8_t *to, ptrdiff_t to_step, const uint8_t *from,
                               ptrdiff_t from_step, size_t n, size_t pixel_bytes)
{
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++)
        memcpy(to + i * to_step, from + i * from_step, pixel_bytes);
}

static void copy(uint8_t *to, ptrdiff_t to_step, const uint8_t *from, ptrdiff_t from_step, size_t n,
                 size_t pixel_bytes)
{
    switch (pixel_bytes) {
    case 1: copy_pixels(to, to_step, from, from_step, n, 1); return;
    case 2: copy_pixels(to, to_step, from, from_step, n, 2); return;
    case 3: copy_pixels(to, to_step, from, from_step, n, 3); return;
    case 4: copy_pixels(to, to_step, from, from_step, n, 4); return;
    case 6: copy_pixels(to, to_step, from, from_step, n, 6); return;
    default: copy_pixels(to, to_step, from, from_step, n, 8); return;
    }
}

/* One of the file's rows as a row from right to left. */
static void mirror_row(const upright *u, const uint8_t *from, uint8_t *to)
{
    const ptrdiff_t step = (ptrdiff_t)u->pixel_bytes;

    copy(to, step, from + u->row_bytes - u->pixel_bytes, -step, u->inner->info.width,
         u->pixel_bytes);
}

static bc_status read_whole(upright *u, bc_error *err)
{
    const bc_image_info *info = &u->inner->info;
    const uint32_t step = u->row_bytes < READ_BYTES ? (uint32_t)(READ_BYTES / u->row_bytes) : 1;
    bc_status st =
        bci_image_take_memory(u->inner, info->height, u->row_bytes, "turning a picture", err);

    if (st)
        return st;
    u->whole = malloc(u->row_bytes * info->height);
    if (!u->whole)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for turning a picture of %u x %u",
                        u->inner->source->name, info->width, info->height);
    for (uint32_t y = 0; y < info->height && !st; y += step)
        st = bc_image_read(u->inner, u->whole + y * u->row_bytes,
                           step < info->height - y ? step : info->height - y, err);
    if (st) { /* half a picture is none */
        free(u->whole);
        u->whole = NULL;
    }
    return st;
}

static bc_status read_mirrored(upright *u, uint8_t *to, uint32_t n, bc_error *err)
{
    bc_status st = BC_OK;

    if (!u->whole && !(u->whole = malloc(u->row_bytes)))
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for a row", u->inner->source->name);
    for (uint32_t y = 0; y < n && !st; y++, to += u->row_bytes) {
        st = bc_image_read(u->inner, u->whole, 1, err);
        if (!st)
            mirror_row(u, u->whole, to);
    }
    return st;
}

/* Upright rows first .. first + n - 1 of columns: each of the file's rows gives one pixel to
 * every one of them. */
static void turn(const upright *u, uint32_t first, uint32_t n, uint8_t *to)
{
    const bc_image_info *info = &u->inner->info;
    const bool from_last = ways[u->orientation].reverses_columns;
    const size_t column = from_last ? info->width - 1 - first : first;
    const ptrdiff_t step = (ptrdiff_t)u->pixel_bytes;

    for (size_t x = 0; x < info->height; x++) {
        const size_t y = ways[u->orientation].reverses_rows ? info->height - 1 - x : x;

        copy(to + x * u->pixel_bytes, (ptrdiff_t)(info->height * u->pixel_bytes),
             u->whole + y * u->row_bytes + column * u->pixel_bytes, from_last ? -step : step, n,
             u->pixel_bytes);
    }
}

static bc_status upright_read(bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    upright *u = r->state;
    uint8_t *to = rows;

    if (u->orientation == MIRRORED)
        return read_mirrored(u, to, n, err);
    if (!u->whole) {
        const bc_status st = read_whole(u, err);

        if (st)
            return st;
    }
    if (ways[u->orientation].swaps_axes) {
        turn(u, r->rows_read, n, to);
        return BC_OK;
    }
    for (uint32_t y = 0; y < n; y++, to += u->row_bytes) {
        const uint8_t *from =
            u->whole + (size_t)(r->info.height - 1 - (r->rows_read + y)) * u->row_bytes;

        if (ways[u->orientation].reverses_columns)
            mirror_row(u, from, to);
        else
            memcpy(to, from, u->row_bytes);
    }
    return BC_OK;
}

static void upright_close(bc_image_reader *r)
{
    upright *u = r->state;

    bc_image_reader_free(u->inner);
    r->source = NULL; /* were the inner reader's */
    r->metadata = NULL;
    free(u->whole);
    free(u);
}
