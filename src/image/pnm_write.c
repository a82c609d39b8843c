/* Knows how codes become PBM, PGM, PPM and PAM files. */
#include "image/pnm_write.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/png_layout.h"

typedef struct {
    int kind; /* 4, 5, 6 or 7 */
    uint32_t maxval;
    uint32_t tops[4];  /* of the codes that come in, by channel */
    bool is_rescaled;  /* not all tops are the file's maxval */
    size_t row_length; /* samples */
    size_t row_size;   /* bytes */
    uint8_t row[];
} pnm_writer;

static bool has_extension(const char *path, const char *extension)
{
    const size_t n = strlen(path), n_extension = strlen(extension);

    return n >= n_extension && strcasecmp(path + n - n_extension, extension) == 0;
}

/* A name that promises less than the picture needs is a misunderstanding. */
static bc_status check_name(const bci_picture *pic, bool has_colour, bc_error *err)
{
    const bool is_pbm = has_extension(pic->path, ".pbm");
    const bool is_pgm = has_extension(pic->path, ".pgm");
    const bool is_ppm = has_extension(pic->path, ".ppm");

    if (pic->has_alpha && (is_pbm || is_pgm || is_ppm))
        return bci_fail(err, BC_E_USAGE,
                        "%s: holds no alpha, expected .pam or .pnm for a picture with alpha",
                        pic->path);
    if (has_colour && (is_pbm || is_pgm))
        return bci_fail(err, BC_E_USAGE,
                        "%s: holds grey only, expected .ppm, .pnm or .pam for a colour picture",
                        pic->path);
    if (pic->bits > 1 && is_pbm)
        return bci_fail(
            err, BC_E_USAGE,
            "%s: holds 1 bit only, expected .pgm, .pnm or .pam for a picture of %d bit(s)",
            pic->path, pic->bits);
    return BC_OK;
}

static bc_status write_header(bci_image_writer *w, bool has_colour, bc_error *err)
{
    const bci_picture *pic = &w->picture;
    const pnm_writer *p = w->state;
    char text[160];
    int n;

    if (p->kind == 4)
        n = snprintf(text, sizeof text, "P4\n%u %u\n", pic->width, pic->height);
    else if (p->kind != 7)
        n = snprintf(text, sizeof text, "P%d\n%u %u\n%u\n", p->kind, pic->width, pic->height,
                     p->maxval);
    else
        n = snprintf(text, sizeof text,
                     "P7\nWIDTH %u\nHEIGHT %u\nDEPTH %u\nMAXVAL %u\nTUPLTYPE %s%s\nENDHDR\n",
                     pic->width, pic->height, pic->n_channels, p->maxval,
                     has_colour ? "RGB" : "GRAYSCALE", pic->has_alpha ? "_ALPHA" : "");
    return bci_sink_write(w->sink, text, (size_t)n, err);
}

/* Full scale of the codes of channel c. */
static uint32_t top_of(const bci_picture *pic, uint32_t c)
{
    const bool is_alpha = pic->has_alpha && c == pic->n_channels - 1;

    return is_alpha ? pic->alpha_maxval : (UINT32_C(1) << pic->channel_bits[c]) - 1;
}

/* A file has one maxval: that of the deepest channel, alpha included. */
uint32_t bci_pnm_sample_maxval(const bci_picture *pic, bool is_opaque)
{
    uint32_t most = 0;

    (void)is_opaque; /* alpha is written in any case */
    for (uint32_t c = 0; c < pic->n_channels; c++)
        most = top_of(pic, c) > most ? top_of(pic, c) : most;
    return most;
}

bc_status bci_pnm_begin(bci_image_writer *w, bc_error *err)
{
    const bci_picture *pic = &w->picture;
    const bool has_colour = pic->n_channels >= 3;
    const size_t row_length = (size_t)pic->width * pic->n_channels;
    const bc_status st = check_name(pic, has_colour, err);

    assert(pic->bits >= 1 && pic->bits <= 16);
    assert(!pic->has_alpha || (pic->alpha_maxval >= 1 && pic->alpha_maxval <= 65535));
    if (st)
        return st;
    pnm_writer *p = calloc(1, sizeof *p + 2 * row_length);

    if (!p)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for a row", pic->path);
    w->state = p;
    p->maxval = bci_pnm_sample_maxval(pic, false);
    for (uint32_t c = 0; c < pic->n_channels; c++) {
        p->tops[c] = top_of(pic, c);
        p->is_rescaled |= p->tops[c] != p->maxval;
    }
    p->row_length = row_length;
    p->row_size = p->maxval > 255 ? 2 * row_length : row_length;
    w->depth = p->maxval > 255 ? 16 : 8;
    w->palette = 0;
    if (pic->has_alpha)
        w->layout = has_colour ? "RGBA" : "grey + alpha";
    else
        w->layout = has_colour ? "RGB" : "grey";
    if (pic->has_alpha || has_extension(pic->path, ".pam")) {
        p->kind = 7;
    } else if (has_colour) {
        p->kind = 6;
    } else if (pic->bits > 1) {
        p->kind = 5;
    } else {
        p->kind = 4;
        p->row_size = (row_length + 7) / 8;
        w->depth = 1;
    }
    return write_header(w, has_colour, err);
}

static void pack_row(uint8_t *out, const uint16_t *codes, size_t n)
{
    memset(out, 0, (n + 7) / 8);
    for (size_t i = 0; i < n; i++)
        out[i / 8] |= (uint8_t)((codes[i] == 0) << (7 - i % 8)); /* 1 is black */
}

/* Codes to bytes, for a file whose maxval is that of the codes. */
static void put_row(uint8_t *out, const uint16_t *codes, size_t n, uint32_t maxval)
{
    if (maxval <= 255) {
        for (size_t i = 0; i < n; i++)
            out[i] = (uint8_t)codes[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)(codes[i] >> 8);
        out[2 * i + 1] = (uint8_t)codes[i];
    }
}

/* The same where channels have to be brought to one maxval. */
static void put_rescaled_row(const pnm_writer *p, uint8_t *out, const uint16_t *codes,
                             uint32_t n_channels)
{
    for (size_t i = 0; i < p->row_length; i++) {
        const uint32_t v = bci_rescale(codes[i], p->tops[i % n_channels], p->maxval);

        if (p->maxval > 255)
            *out++ = (uint8_t)(v >> 8);
        *out++ = (uint8_t)v;
    }
}

bc_status bci_pnm_write(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows, bc_error *err)
{
    pnm_writer *p = w->state;
    bc_status st = BC_OK;

    for (uint32_t y = 0; y < n_rows && !st; y++, codes += p->row_length) {
        if (p->kind == 4)
            pack_row(p->row, codes, p->row_length);
        else if (p->is_rescaled)
            put_rescaled_row(p, p->row, codes, w->picture.n_channels);
        else
            put_row(p->row, codes, p->row_length, p->maxval);
        st = bci_sink_write(w->sink, p->row, p->row_size, err);
    }
    return st;
}

bc_status bci_pnm_finish(bci_image_writer *w, bc_error *err)
{
    (void)w; /* nothing follows the last row */
    (void)err;
    return BC_OK;
}

void bci_pnm_abandon(bci_image_writer *w)
{
    free(w->state);
    w->state = NULL;
}
