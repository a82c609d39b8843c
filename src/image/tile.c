/* Knows how a picture becomes small enough for a sheet. */
#include "image/tile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* On the way from rows to a row of the tile. */
typedef struct {
    bc_image_reader *reader;
    bc_image_info from;
    uint32_t factor;    /* squares of so many pixels a side */
    uint32_t n_colours; /* of the input: 1 or 3 */
    double *light_of;   /* by sample */
    void *row;          /* of the input */
    double *sums;       /* of light, a row of the tile */
    bci_tile *tile;
} shrinking;

static bc_status short_of_memory(const char *path, bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory for a small copy", path);
}

static uint32_t sample_at(const shrinking *s, size_t i)
{
    return s->from.maxval > 255 ? ((const uint16_t *)s->row)[i] : ((const uint8_t *)s->row)[i];
}

/* Light of one colour of pixel x, on white where it is translucent. */
static double light_at(const shrinking *s, uint32_t x, uint32_t c)
{
    const size_t first = (size_t)x * s->from.n_channels;
    const double light = s->light_of[sample_at(s, first + c)];

    if (!s->from.has_alpha)
        return light;
    const double alpha =
        sample_at(s, first + s->from.n_channels - 1) / (double)s->from.alpha_maxval;

    return alpha * light + (1.0 - alpha);
}

static void add_row(shrinking *s)
{
    const uint32_t n = s->tile->info.n_channels;

    for (uint32_t x = 0; x < s->from.width; x++) {
        double *sum = &s->sums[(size_t)(x / s->factor) * n];

        if (n == s->n_colours)
            for (uint32_t c = 0; c < n; c++)
                sum[c] += light_at(s, x, c);
        else
            *sum += 0.2126 * light_at(s, x, 0) + 0.7152 * light_at(s, x, 1) +
                    0.0722 * light_at(s, x, 2);
    }
}

/* Sums over squares, which are cut at the right and lower edge, become samples. */
static void put_row(shrinking *s, uint32_t y, uint32_t n_rows)
{
    const bc_image_info *to = &s->tile->info;
    uint16_t *out = s->tile->samples + (size_t)y * to->width * to->n_channels;

    for (uint32_t x = 0; x < to->width; x++) {
        const uint32_t left = s->from.width - x * s->factor;
        const double area = (double)(left < s->factor ? left : s->factor) * n_rows;

        for (uint32_t c = 0; c < to->n_channels; c++, out++) {
            const double light = s->sums[(size_t)x * to->n_channels + c] / area;

            *out = (uint16_t)lrint(65535.0 * bc_transfer_encode(&to->transfer, light));
        }
    }
    memset(s->sums, 0, (size_t)to->width * to->n_channels * sizeof *s->sums);
}

static bc_status shrink(shrinking *s, bc_error *err)
{
    const bc_image_info *to = &s->tile->info;

    for (uint32_t y = 0; y < to->height; y++) {
        uint32_t n_rows = 0;

        while (n_rows < s->factor && y * s->factor + n_rows < s->from.height) {
            const bc_status st = bc_image_read(s->reader, s->row, 1, err);

            if (st)
                return st;
            add_row(s);
            n_rows++;
        }
        put_row(s, y, n_rows);
    }
    return BC_OK;
}

static bc_image_info small_info(const shrinking *s, bool grey)
{
    bc_image_info info = s->from;

    info.width = (s->from.width - 1) / s->factor + 1;
    info.height = (s->from.height - 1) / s->factor + 1;
    info.n_channels = grey ? 1 : s->n_colours;
    info.has_alpha = false;
    info.maxval = info.alpha_maxval = 65535;
    info.depth = info.true_depth = 16;
    return info;
}

static bc_status allocate(shrinking *s, const char *path, bc_error *err)
{
    const bc_image_info *to = &s->tile->info;
    const size_t n = (size_t)to->width * to->n_channels;

    s->light_of = malloc(((size_t)s->from.maxval + 1) * sizeof *s->light_of);
    s->row = malloc((size_t)s->from.width * s->from.n_channels * sizeof(uint16_t));
    s->sums = calloc(n, sizeof *s->sums);
    s->tile->samples = malloc(n * to->height * sizeof *s->tile->samples);
    if (!s->light_of || !s->row || !s->sums || !s->tile->samples)
        return short_of_memory(path, err);
    for (uint32_t v = 0; v <= s->from.maxval; v++)
        s->light_of[v] = bc_transfer_decode(&s->from.transfer, v / (double)s->from.maxval);
    return BC_OK;
}

bc_status bci_tile_read(const char *path, const bc_reading *reading, uint32_t side, bool grey,
                        bci_tile *out, bc_error *err)
{
    shrinking s = { .tile = out };
    bc_status st = bc_image_open_with(path, reading, &s.reader, err);

    out->samples = NULL;
    if (st)
        return st;
    s.from = *bc_image_get_info(s.reader);
    s.n_colours = s.from.n_channels - s.from.has_alpha;
    const uint32_t longer = s.from.width > s.from.height ? s.from.width : s.from.height;

    s.factor = (longer - 1) / side + 1;
    out->info = small_info(&s, grey);
    st = allocate(&s, path, err);
    if (!st)
        st = shrink(&s, err);
    if (st) {
        free(out->samples);
        out->samples = NULL;
    }
    free(s.light_of);
    free(s.row);
    free(s.sums);
    bc_image_reader_free(s.reader);
    return st;
}
