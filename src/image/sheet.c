/* Knows how a contact sheet is laid out and filled. */
#include "image/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/lettering.h"
#include "image/request.h"
#include "image/tile.h"

/* Pixels. A tile is at most TILE_SIDE on its longer side; one much smaller is drawn in squares. */
enum { TILE_SIDE = 240, LEAST_SIDE = 96, GAP = 12, PAPER = 232 };

/* A row of the sheet: one dither, and all channels or one of them. */
typedef struct {
    char caption[96];
    const char *dither;
    int channel; /* -1: all */
} band;

typedef struct {
    const bc_request *request;
    const int *bits; /* of each column */
    size_t n_bits;
    bci_tile tile;
    band bands[5];
    int n_bands;
    uint32_t zoom; /* a pixel of the tile is a square of so many */
    size_t cell_width, cell_height, band_height;
    size_t width, height;
    uint8_t *rgb;
    uint16_t *codes;           /* of one tile */
    uint8_t shade_of[1 << 16]; /* by code, of one depth */
} sheet;

static void add_band(sheet *s, const char *what, const char *dither, int channel)
{
    band *b = &s->bands[s->n_bands++];
    const bool is_dithered = strcmp(dither, "none") != 0;

    snprintf(b->caption, sizeof b->caption, "%s%s%s%s", what, *what ? ", " : "",
             is_dithered ? "dither " : "undithered", is_dithered ? dither : "");
    b->dither = dither;
    b->channel = channel;
}

static void choose_bands(sheet *s, const char *const *dithers, size_t n)
{
    static const char *const names[] = { "red", "green", "blue" };

    for (size_t i = 0; i < n; i++)
        add_band(s, "", dithers[i], -1);
    for (int c = 0; c < 3 && s->tile.info.n_channels == 3; c++)
        add_band(s, names[c], "none", c);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void lay_out(sheet *s)
{
    const bc_image_info *tile = &s->tile.info;
    const uint32_t longer = tile->width > tile->height ? tile->width : tile->height;

    s->zoom = longer < LEAST_SIDE ? LEAST_SIDE / longer : 1;
    s->cell_width = larger((size_t)tile->width * s->zoom, bci_lettering_width("16 bits"));
    s->cell_height = (size_t)tile->height * s->zoom;
    s->band_height = s->cell_height + 2 * (BCI_LETTER_HEIGHT + GAP / 2) + GAP;
    s->width = GAP + s->n_bits * (s->cell_width + GAP);
    for (int i = 0; i < s->n_bands; i++)
        s->width = larger(s->width, 2 * GAP + bci_lettering_width(s->bands[i].caption));
    s->height = GAP + (size_t)s->n_bands * s->band_height;
}

/* What an sRGB picture shows for a code. */
static void make_shades(sheet *s, int bits)
{
    const uint32_t top = (1u << bits) - 1;

    for (uint32_t k = 0; k <= top; k++) {
        const double light = bc_transfer_decode(&s->tile.info.transfer, k / (double)top);

        s->shade_of[k] = (uint8_t)lrint(255.0 * bc_coded_from_light(light));
    }
}

/* The tile as codes, in its place. */
static void draw_tile(sheet *s, const band *b, size_t x0, size_t y0)
{
    const bc_image_info *tile = &s->tile.info;
    const uint32_t n = tile->n_channels;

    for (size_t y = 0; y < s->cell_height; y++) {
        const uint16_t *row = s->codes + y / s->zoom * tile->width * n;
        uint8_t *out = s->rgb + 3 * ((y0 + y) * s->width + x0);

        for (size_t x = 0; x < (size_t)tile->width * s->zoom; x++)
            for (int c = 0; c < 3; c++, out++) {
                const uint16_t code = row[x / s->zoom * n + (n == 3 ? (size_t)c : 0)];

                *out = b->channel >= 0 && b->channel != c ? 0 : s->shade_of[code];
            }
    }
}

static bc_status draw_depth(sheet *s, const band *b, int bits, size_t x, size_t y, bc_error *err)
{
    bci_image_job job;
    char label[16];
    bc_status st = bci_image_prepare_bits(bits, s->request, &job, err);

    job.dither = b->dither;
    job.feedback = NULL; /* which the dither has in it */
    if (!st)
        st = bci_image_settle(&job, err);
    if (!st)
        st = bc_image_codes(&s->tile.info, s->tile.samples, &job.settings, s->codes, err);
    if (st)
        return st;
    make_shades(s, bits);
    draw_tile(s, b, x, y);
    snprintf(label, sizeof label, bits == 1 ? "%d bit" : "%d bits", bits);
    bci_lettering_write(s->rgb, s->width, x, y + s->cell_height + GAP / 2, label);
    return BC_OK;
}

static bc_status draw(sheet *s, bc_error *err)
{
    bc_status st = BC_OK;

    for (int i = 0; i < s->n_bands; i++) {
        const size_t top = GAP + (size_t)i * s->band_height;

        bci_lettering_write(s->rgb, s->width, GAP, top, s->bands[i].caption);
        for (size_t k = 0; !st && k < s->n_bits; k++)
            st = draw_depth(s, &s->bands[i], s->bits[k], GAP + k * (s->cell_width + GAP),
                            top + BCI_LETTER_HEIGHT + GAP / 2, err);
    }
    return st;
}

static bc_status allocate(sheet *s, bc_error *err)
{
    const bc_image_info *tile = &s->tile.info;

    s->rgb = malloc(3 * s->width * s->height);
    s->codes = malloc((size_t)tile->width * tile->height * tile->n_channels * sizeof *s->codes);
    if (!s->rgb || !s->codes)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a sheet of %zu x %zu pixels", s->width,
                        s->height);
    memset(s->rgb, PAPER, 3 * s->width * s->height);
    return BC_OK;
}

bc_status bci_image_sheet(const bc_request *request, const char *path, const int *bits, size_t n,
                          const char *const *dithers, size_t n_dithers, uint8_t **png, size_t *size,
                          bc_error *err)
{
    sheet s = { .request = request, .bits = bits, .n_bits = n };
    bci_image_job job;
    bc_status st = bci_image_prepare_bits(1, request, &job, err);

    if (!st)
        st = bci_tile_read(path, &job.settings.reading, TILE_SIDE, job.settings.grey, &s.tile, err);
    if (st)
        return st;
    choose_bands(&s, dithers, n_dithers);
    lay_out(&s);
    st = allocate(&s, err);
    if (!st)
        st = draw(&s, err);
    if (!st)
        st = bc_image_encode(s.rgb, (uint32_t)s.width, (uint32_t)s.height, 3, png, size, err);
    free(s.rgb);
    free(s.codes);
    free(s.tile.samples);
    return st;
}
