/* Knows what the page of a picture shows: both pictures, their difference, the codes. */
#include "image/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "image/request.h"
#include "image/ruler.h"
#include "image/views.h"

enum {
    SMALL_SIDE = 480, /* smaller pictures have larger pixels, if that is a whole number of times, */
    MAX_ZOOM = 8,     /* this at most */
};

/* How many times as large a picture is shown. */
static uint32_t zoom_of(uint32_t width, uint32_t height)
{
    const uint32_t zoom = SMALL_SIDE / (width > height ? width : height);

    return zoom < 1 ? 1 : zoom < MAX_ZOOM ? zoom : MAX_ZOOM;
}

static bc_status encode(const uint8_t *rows, uint32_t width, uint32_t height, uint32_t n_channels,
                        uint8_t **data, bc_html_media *to, bc_error *err)
{
    const bc_status st = bc_image_encode(rows, width, height, n_channels, data, &to->n, err);

    to->type = "image/png";
    to->data = *data;
    to->width = width * zoom_of(width, height);
    to->height = height * zoom_of(width, height);
    to->shows_pixels |= zoom_of(width, height) > 1;
    return st;
}

static bc_status put_pair(bc_html *h, const uint8_t *a, const uint8_t *b, uint32_t width,
                          uint32_t height, bool shows_pixels, const char *what, bc_error *err)
{
    uint8_t *data[2] = { NULL, NULL };
    char alts[2][128];
    bc_html_media media[2] = { { .alt = alts[0], .caption = "original" },
                               { .alt = alts[1], .caption = "result" } };
    bc_status st = encode(a, width, height, BCI_VIEW_CHANNELS, &data[0], &media[0], err);

    if (!st)
        st = encode(b, width, height, BCI_VIEW_CHANNELS, &data[1], &media[1], err);
    if (!st) {
        media[0].shows_pixels |= shows_pixels;
        media[1].shows_pixels |= shows_pixels;
        snprintf(alts[0], sizeof *alts, "The original picture%s", what);
        snprintf(alts[1], sizeof *alts, "The reduced picture%s", what);
        bc_html_pair(h, &media[0], &media[1]);
    }
    free(data[0]);
    free(data[1]);
    return st;
}

static bc_status put_before_and_after(bc_html *h, const bci_image_views *p, bc_error *err)
{
    char text[256];
    bc_status st = BC_OK;

    bc_html_section(h, "Before and after");
    if (p->a.info->maxval > 255)
        bc_html_paragraph(h, "Screens show 8 bits: both pictures are rounded to them here.");
    if (p->factor > 1) {
        snprintf(text, sizeof text,
                 "The pictures have %u x %u pixels; here they are 1/%u as wide, averaged in linear "
                 "light, and the middle %u x %u pixels below as they are.",
                 p->a.info->width, p->a.info->height, p->factor, p->width, p->height);
        bc_html_paragraph(h, text);
        st = put_pair(h, p->a.small, p->b.small, p->small_width, p->small_height, false, "", err);
        bc_html_heading(h, "Detail");
    }
    return st ? st
              : put_pair(h, p->a.part, p->b.part, p->width, p->height, p->factor > 1,
                         p->factor > 1 ? ", its middle" : "", err);
}

static bc_status put_error(bc_html *h, const bci_image_views *p, const bc_image_result *m,
                           bc_error *err)
{
    uint8_t *data = NULL;
    char caption[384];
    bc_html_media media = { .alt = "The error of the result, amplified",
                            .caption = caption,
                            .shows_pixels = true };
    bc_status st;

    bc_html_section(h, "Error");
    if (bc_error_is_exact(&m->coded)) {
        bc_html_paragraph(h, "There is none: every sample is what it was.");
        return BC_OK;
    }
    st = encode(p->error, p->width, p->height, 3, &data, &media, err);
    if (!st) {
        bci_format(
            caption, sizeof caption,
            "Result minus original%s in coded values, amplified %g times: grey is no error, "
            "brighter is too bright, darker too dark. Whatever you recognize here is what the "
            "error took from the picture; dither turns it into noise.%s",
            p->is_grey ? " (as grey)" : "", p->gain,
            p->factor > 1 ? " The same detail as above." : "");
        bc_html_picture(h, &media);
    }
    free(data);
    return st;
}

static bc_status put_colours(bc_html *h, const bci_image_views *p, bc_error *err)
{
    const uint32_t n = p->palette->n_colours;
    char caption[256];
    bc_status st = BC_OK;

    bc_html_section(h, "Codes");
    snprintf(caption, sizeof caption, "How often each of the %u colours of the palette is taken.",
             n);
    bc_html_codes(h, "Histogram of the colours of the result", p->counts, n, 0.0, "index", caption,
                  err, &st);
    return st;
}

static bc_status put_codes(bc_html *h, const bc_image_code_counts *codes, bool has_blocks,
                           bc_error *err)
{
    static const char *const channels[] = { "Red", "Green", "Blue" };
    char caption[256];
    bc_status st = BC_OK;

    bc_html_section(h, "Codes");
    for (uint32_t i = 0; i < codes->n; i++) {
        if (codes->n > 1)
            bc_html_heading(h, channels[i]);
        snprintf(caption, sizeof caption,
                 "How often each of the %u codes is taken, from the lowest mark %sup%s.",
                 codes->n_codes[i], has_blocks ? "of a block " : "",
                 codes->n > 1 ? "" : ", all colour samples together");
        bc_html_codes(h, "Histogram of the codes of the result", codes->counts[i],
                      codes->n_codes[i], 0.0, "code", caption, err, &st);
    }
    if (codes->n == 0)
        bc_html_paragraph(h, "There are more than 65536 codes: their histogram is that of the "
                             "samples.");
    return st;
}

bc_status bci_image_show(const void *job, const bc_outcome *o, const bc_account *a, bc_html *h,
                         bc_error *err)
{
    const bci_image_job *j = job;
    const bc_image_result *m = o->own;
    bci_image_views v = { 0 };
    bc_status st = bci_image_views_read(&v, a->in, a->out, &j->settings, m, err);

    if (!st)
        st = put_before_and_after(h, &v, err);
    if (!st)
        st = put_error(h, &v, m, err);
    if (!st)
        st = v.palette ? put_colours(h, &v, err)
                       : put_codes(h, m->codes, bci_image_has_runs(&j->settings), err);
    bci_image_views_free(&v);
    return st;
}
