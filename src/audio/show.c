/* Knows what the page of a sound has: waveforms, players, spectra, codes. */
#include "audio/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/draw.h"
#include "audio/fitted.h"
#include "audio/request.h"
#include "base/decimal.h"
#include "base/fail.h"

enum { EXCERPT_S = 8, MAX_CHANNELS = 2 };

/* What can be listened to: a stretch of both sounds, of the first two channels. */
typedef struct {
    uint32_t rate_hz, n_channels; /* of the players */
    uint64_t first;               /* frame */
    size_t n;                     /* frames */
    double *memory;
    double *in[MAX_CHANNELS], *out[MAX_CHANNELS], *error[MAX_CHANNELS];
    double gain; /* of the error */
    int bits;
} excerpt;

/* The middle of the loudest column of the envelope, as the middle of the excerpt where it fits. */
static uint64_t loudest_frame(const bc_envelope *e)
{
    const bc_envelope_column *columns;
    uint64_t width;
    const size_t n = bc_envelope_columns(e, &columns, &width);
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (columns[i].sum_squares > columns[best].sum_squares)
            best = i;
    return best * width + width / 2;
}

static bc_status plan(excerpt *x, const bc_audio_settings *s, const bc_audio_result *m,
                      bc_error *err)
{
    const uint64_t most = (uint64_t)EXCERPT_S * m->input.rate_hz;
    const uint64_t middle = loudest_frame(m->quality.curves->signal);

    x->rate_hz = m->input.rate_hz;
    x->n_channels = m->input.n_channels < MAX_CHANNELS ? m->input.n_channels : MAX_CHANNELS;
    x->bits = s->depth.encoding == BC_ENCODING_PCM && s->depth.valid_bits <= 16 ? 16 : 24;
    x->n = (size_t)(m->n_frames < most ? m->n_frames : most);
    x->first = middle > x->n / 2 ? middle - x->n / 2 : 0;
    if (x->first + x->n > m->n_frames)
        x->first = m->n_frames - x->n;
    x->memory = malloc((3 * MAX_CHANNELS * x->n + 1) * sizeof *x->memory);
    if (!x->memory)
        return bci_fail(err, BC_E_LIMIT, "out of memory for sound on a page");
    for (size_t c = 0; c < MAX_CHANNELS; c++) {
        x->in[c] = x->memory + (3 * c) * x->n;
        x->out[c] = x->memory + (3 * c + 1) * x->n;
        x->error[c] = x->memory + (3 * c + 2) * x->n;
    }
    return BC_OK;
}

/* Frames first .. first+n-1 of a file; the channels behind the first two are read over. */
static bc_status read_excerpt(const excerpt *x, const char *path, const bc_reading *reading,
                              double *const *to, bc_error *err)
{
    enum { STRIP = 4096 };
    bc_audio_reader *r = NULL;
    bc_status st = bc_audio_open_with(path, reading, &r, err);
    const uint32_t n_channels = st ? 0 : bc_audio_get_info(r)->n_channels;
    double *memory = malloc(((size_t)n_channels * STRIP + 1) * sizeof *memory);
    double **planes = malloc((n_channels + 1) * sizeof *planes);
    uint64_t at = 0;
    size_t got = 1;

    if (!st && (!memory || !planes))
        st = bci_fail(err, BC_E_LIMIT, "out of memory for sound on a page");
    for (uint32_t c = 0; !st && c < n_channels; c++)
        planes[c] = memory + (size_t)c * STRIP;
    for (; !st && got > 0 && at < x->first + x->n; at += got) {
        st = bc_audio_read(r, planes, STRIP, &got, err);
        for (size_t i = 0; !st && i < got; i++)
            for (uint32_t c = 0;
                 at + i >= x->first && at + i < x->first + x->n && c < x->n_channels; c++)
                to[c][at + i - x->first] = planes[c][i];
    }
    if (!st && at < x->first + x->n)
        st = bci_fail(err, BC_E_FORMAT, "%s: ends after %llu frame(s), expected %llu", path,
                      (unsigned long long)at, (unsigned long long)(x->first + x->n));
    free(memory);
    free(planes);
    bc_audio_reader_free(r);
    return st;
}

/* The error, as loud as a power of two makes it without clipping. */
static void make_error(excerpt *x, double signal_gain)
{
    double peak = 0.0;

    for (uint32_t c = 0; c < x->n_channels; c++) {
        for (size_t i = 0; i < x->n; i++) {
            const double e = x->out[c][i] - signal_gain * x->in[c][i];

            x->error[c][i] = isfinite(e) ? e : 0.0;
            peak = fmax(peak, fabs(x->error[c][i]));
        }
    }
    x->gain = peak > 0.0 ? exp2(floor(-log2(peak) - 1e-9)) : 1.0;
    for (uint32_t c = 0; c < x->n_channels; c++)
        for (size_t i = 0; i < x->n; i++)
            x->error[c][i] *= x->gain;
}

static bc_status put_player(bc_html *h, const excerpt *x, double *const *planes, const char *name,
                            const char *caption, bc_error *err)
{
    uint8_t *data = NULL;
    bc_html_media media = { .type = "audio/wav", .alt = name, .caption = caption };
    const bc_status st = bc_audio_encode((const double *const *)planes, x->n, x->n_channels,
                                         x->rate_hz, x->bits, &data, &media.n, err);

    if (!st) {
        media.data = data;
        bc_html_player(h, &media);
    }
    free(data);
    return st;
}

static void say_what_is_heard(bc_html *h, const excerpt *x, const bc_audio_result *m)
{
    const double rate = x->rate_hz;
    char where[128] = "All of it", text[384];

    if (x->n < m->n_frames)
        bci_format(where, sizeof where, "Seconds %.2f to %.2f of %.2f, around the loudest place",
                   (double)x->first / rate, (double)(x->first + x->n) / rate,
                   (double)m->n_frames / rate);
    snprintf(text, sizeof text, "%s%s, as %d-bit WAV.", where,
             x->n_channels < m->input.n_channels ? ", its first two channels" : "", x->bits);
    bc_html_paragraph(h, text);
}

static bc_status put_players(bc_html *h, const char *in, const char *out,
                             const bc_audio_settings *s, const bc_audio_result *m, bc_error *err)
{
    excerpt x = { 0 };
    char caption[160];
    bc_status st = plan(&x, s, m, err);

    if (!st)
        st = read_excerpt(&x, in, &s->reading, x.in, err);
    if (!st)
        st = read_excerpt(&x, out, &s->reading, x.out, err);
    if (!st) {
        make_error(&x, m->gain);
        bc_html_section(h, "Listen");
        say_what_is_heard(h, &x, m);
        st = put_player(h, &x, x.in, "Original", "Original", err);
    }
    if (!st)
        st = put_player(h, &x, x.out, "Result", "Result", err);
    if (!st && x.gain == 1.0 && bc_error_is_exact(&m->quality.error)) {
        bc_html_paragraph(h, "There is no error to listen to.");
    } else if (!st) {
        bci_format(caption, sizeof caption, "Error alone, %g times (%.0f dB) amplified", x.gain,
                   20.0 * log10(x.gain));
        st = put_player(h, &x, x.error, "Error, amplified", caption, err);
    }
    free(x.memory);
    return st;
}

/* A figure of its own for panels that audio_plot.c draws. */
static bc_status put_plot(bc_html *h, const bci_audio_drawing *d, const char *title,
                          bc_status (*draw)(bc_plot *, const bci_audio_drawing *, bc_error *),
                          const char *caption, bc_error *err)
{
    bc_plot *p = NULL;
    bc_status st = bc_plot_new(title, NULL, &p, err);

    if (!st)
        st = draw(p, d, err);
    if (!st)
        bc_html_plot(h, p, caption);
    bc_plot_free(p);
    return st;
}

static bc_status put_all(bc_html *h, const char *in, const char *out, const bc_audio_settings *s,
                         const bc_audio_result *m, bc_error *err)
{
    const bc_audio_curves *c = m->quality.curves;
    const bci_audio_drawing d = {
        .rate_hz = m->input.rate_hz, .curves = c, .depth = &s->depth, .has_ruler = !bci_is_fitted(s)
    };
    bc_status st;

    if (m->n_frames == 0) {
        bc_html_section(h, "Sound");
        bc_html_paragraph(h, "There is no sample to play or to draw.");
        return BC_OK;
    }
    st = put_players(h, in, out, s, m, err);
    if (!st) {
        bc_html_section(h, "Waveforms");
        st = put_plot(
            h, &d, "Original, result and error over time", bci_audio_draw_waveforms,
            "Channel 1: a few periods, close enough to see each sample go to a mark, and the whole. "
            "The error has a scale of its own. An error that follows the shape of the signal is "
            "distortion; one that does not is noise.",
            err);
    }
    if (!st && c->n_bins > 0) {
        bc_html_section(h, "Spectra");
        st = put_plot(h, &d, "Level by frequency", bci_audio_draw_spectra,
                      c->theory_power
                          ? "Where the error lies on the line “expected” it is what theory says; "
                            "peaks that stand out of it follow the signal."
                          : "The error by frequency; there is no closed form for this grid.",
                      err);
    }
    if (!st)
        bc_html_section(h, "Codes");
    if (!st && c->histogram)
        st = put_plot(h, &d, "Histogram of the codes of the result", bci_audio_draw_codes,
                      "How often each code is taken, all channels together.", err);
    else if (!st)
        bc_html_paragraph(h, "The grid has more than 65536 codes: their histogram is that of the "
                             "samples.");
    return st;
}

bc_status bci_audio_show(const void *job, const bc_outcome *o, const bc_account *a, bc_html *h,
                         bc_error *err)
{
    const bci_audio_job *j = job;

    return put_all(h, a->in, a->out, &j->settings, o->own, err);
}
