/* Knows how colours become grey: light adds up, coded values do not, so the weights of BT.709
 * are applied in linear light and the sum is coded again, in 16 bits. */
#include "image/grey.h"

#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"

/* Interpolating between so many points of the coding curve is within 0.01 of a 16-bit step. */
enum { N_POINTS = 1 << 16 };

typedef struct {
    bc_image_reader *inner;
    float *light_of[3]; /* by sample, weighted; 1 is N_POINTS */
    float *coded;       /* by linear light; a point more for sums that are rounded up */
    void *row;
} grey;

static bc_status grey_read(bc_image_reader *r, void *rows, uint32_t n, bc_error *err);
static void grey_close(bc_image_reader *r);

static const bci_image_codec codec = { .read = grey_read, .close = grey_close };

static bc_status fill_tables(grey *g, bc_error *err)
{
    static const double weights[3] = { 0.2126, 0.7152, 0.0722 }; /* ITU-R BT.709, sum 1 */
    const uint32_t maxval = g->inner->info.maxval;

    g->coded = malloc((N_POINTS + 2) * sizeof *g->coded);
    g->row = malloc((size_t)g->inner->info.width * g->inner->info.n_channels * sizeof(uint16_t));
    for (int c = 0; c < 3; c++)
        g->light_of[c] = malloc(((size_t)maxval + 1) * sizeof **g->light_of);
    if (!g->coded || !g->row || !g->light_of[0] || !g->light_of[1] || !g->light_of[2])
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", g->inner->source->name);
    for (uint32_t i = 0; i <= N_POINTS; i++)
        g->coded[i] = (float)bc_transfer_encode(&g->inner->info.transfer, i / (double)N_POINTS);
    g->coded[N_POINTS + 1] = g->coded[N_POINTS];
    for (uint32_t v = 0; v <= maxval; v++) {
        const double light = bc_transfer_decode(&g->inner->info.transfer, v / (double)maxval);

        for (int c = 0; c < 3; c++)
            g->light_of[c][v] = (float)(N_POINTS * weights[c] * light);
    }
    return BC_OK;
}

bc_status bci_grey_reader_new(bc_image_reader *inner, bc_image_reader **out, bc_error *err)
{
    bc_image_reader *r = calloc(1, sizeof *r);
    grey *g = calloc(1, sizeof *g);
    bc_status st = BC_OK;

    if (!r || !g) {
        free(r);
        free(g);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", inner->source->name);
    }
    g->inner = inner;
    *r = (bc_image_reader){ .codec = &codec,
                            .source = inner->source,
                            .info = inner->info,
                            .metadata = inner->metadata,
                            .reading = inner->reading,
                            .state = g };
    r->info.n_channels = inner->info.has_alpha ? 2 : 1;
    r->info.maxval = 65535;
    st = fill_tables(g, err);
    if (st) {
        g->inner = NULL; /* stays the caller's */
        r->source = NULL;
        r->metadata = NULL;
        bc_image_reader_free(r);
        return st;
    }
    *out = r;
    return BC_OK;
}

bc_status bci_image_open_as(const char *path, const bc_reading *reading, bool as_grey,
                            bc_image_reader **out, bc_image_info *file_info, bc_error *err)
{
    bc_image_reader *r;
    bc_status st = bc_image_open_with(path, reading, &r, err);

    if (st)
        return st;
    if (file_info)
        *file_info = r->info;
    if (as_grey && r->info.n_channels >= 3)
        st = bci_grey_reader_new(r, &r, err);
    if (st) {
        bc_image_reader_free(r);
        return st;
    }
    *out = r;
    return BC_OK;
}

static inline uint16_t coded_sample(const float *coded, float light)
{
    const int32_t i = (int32_t)light;
    const float at = coded[i] + (light - (float)i) * (coded[i + 1] - coded[i]);

    return (uint16_t)(int32_t)(at * 65535.0f + 0.5f);
}

/* The next n pixels; what is literal in every call makes a loop of its own. */
static inline __attribute__((always_inline)) void
grey_pixels(const grey *g, const void *pixels, size_t n, bool is_wide, bool has_alpha, uint16_t *to)
{
    const size_t n_channels = has_alpha ? 4 : 3;
    const float *red = g->light_of[0], *green = g->light_of[1], *blue = g->light_of[2];
    const float *coded = g->coded;
    const uint8_t *bytes = pixels;
    const uint16_t *words = pixels;

    for (size_t x = 0, at = 0; x < n; x++, at += n_channels) {
        const float light = (red[is_wide ? words[at] : bytes[at]] +
                             green[is_wide ? words[at + 1] : bytes[at + 1]]) +
                            blue[is_wide ? words[at + 2] : bytes[at + 2]];

        *to++ = coded_sample(coded, light);
        if (has_alpha)
            *to++ = is_wide ? words[at + 3] : bytes[at + 3];
    }
}

bc_image_reader *bci_grey_inner(const bc_image_reader *r)
{
    return r->codec == &codec && !r->replay ? ((const grey *)r->state)->inner : NULL;
}

void bci_grey_rows(const bc_image_reader *r, const void *colours, uint32_t n, void *rows)
{
    const grey *g = r->state;
    const bc_image_info *from = &g->inner->info;
    const size_t n_pixels = (size_t)from->width * n;

    if (from->maxval > 255)
        grey_pixels(g, colours, n_pixels, true, from->has_alpha, rows);
    else if (from->has_alpha)
        grey_pixels(g, colours, n_pixels, false, true, rows);
    else
        grey_pixels(g, colours, n_pixels, false, false, rows);
}

static bc_status grey_read(bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    const grey *g = r->state;
    uint8_t *to = rows;

    for (uint32_t y = 0; y < n; y++, to += bci_image_row_bytes(&r->info)) {
        const bc_status st = bc_image_read(g->inner, g->row, 1, err);

        if (st)
            return st;
        bci_grey_rows(r, g->row, 1, to);
    }
    return BC_OK;
}

static void grey_close(bc_image_reader *r)
{
    grey *g = r->state;

    if (!g)
        return;
    for (int c = 0; c < 3; c++)
        free(g->light_of[c]);
    free(g->coded);
    free(g->row);
    if (g->inner) {
        r->source = NULL; /* these are freed with the inner reader */
        r->metadata = NULL;
        bc_image_reader_free(g->inner);
    }
    free(g);
}
