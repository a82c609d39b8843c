/* Knows what is measured of a pair of sounds: errors, levels, spectra, a tone, codes. */
#include "audio/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/zoom.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "bitcrush/level.h"
#include "bitcrush/quantize.h"

enum { STRIP = 1024, MAX_HISTOGRAM = 1 << 16, ENVELOPE_COLUMNS = 1600, MAX_ZOOM = 3072 };

/* What is kept for a channel. */
typedef struct {
    bc_error_sums error;
    bc_level_sums x_level, y_level;
    bc_used_bits x_bits, y_bits;
    bc_spectrum *y, *e; /* NULL in a build without FFTW */
} channel;

struct bci_audio_quality {
    bc_grid grid;
    const bc_scale *scales; /* of the channels, or NULL */
    bool only_errors, counts_as_0;
    uint32_t rate_hz, segment;
    size_t n_channels;
    channel *channels;
    uint64_t *histogram; /* of codes from the lowest up, or NULL */
    size_t n_codes;
    double **x, **y; /* planes of a strip */
    double *memory;
    bc_envelope *signal, *error; /* of channel 1; NULL unless there will be plots */
    bci_zoom *zoom;              /* the same */
};

/* Segments as long as memory for all channels allows: about 1.2 MB a channel for 2^14. */
static uint32_t segment_for(size_t n_channels)
{
    return n_channels <= 4 ? 1u << 14 : n_channels <= 16 ? 1u << 12 : 1u << 10;
}

static bc_status begin_spectra(bci_audio_quality *q, bc_error *err)
{
    bc_status st = BC_OK;

    q->segment = segment_for(q->n_channels);
    for (size_t c = 0; !st && c < q->n_channels; c++) {
        st = bc_spectrum_new(q->rate_hz, q->segment, &q->channels[c].y, err);
        if (!st)
            st = bc_spectrum_new(q->rate_hz, q->segment, &q->channels[c].e, err);
    }
    if (st == BC_E_UNSUPPORTED) { /* spectra are left out then, the rest is not */
        q->segment = 0;
        return BC_OK;
    }
    return st;
}

static bc_status begin_envelopes(bci_audio_quality *q, const bc_audio_info *info, bc_error *err)
{
    const uint64_t n = info->n_frames == UINT64_MAX ? 0 : info->n_frames;
    bc_status st = bc_envelope_new(n, ENVELOPE_COLUMNS, &q->signal, err);

    if (!st)
        st = bc_envelope_new(n, ENVELOPE_COLUMNS, &q->error, err);
    return st ? st : bci_zoom_new(&q->zoom, err);
}

/* Before it is taken: strips of both, and two spectra a channel. */
static bc_status take_memory(bci_sound *in, bool only_errors, bc_error *err)
{
    enum { SPECTRUM = 6 }; /* doubles for a sample of a segment: window, halves, sums, transform */
    const size_t n = bci_sound_info(in)->n_channels;
    const size_t segment = only_errors ? 0 : segment_for(n);
    char subject[256];

    bci_format(subject, sizeof subject, "%.150s: measuring %zu channel(s)", bci_sound_name(in), n);
    return bci_take_memory(bci_sound_reading(in), bci_sound_memory(in), n,
                           sizeof(channel) + 2 * (STRIP + SPECTRUM * segment) * sizeof(double),
                           subject, err);
}

bc_status bci_audio_quality_new(bci_sound *in, const bc_grid *grid, bool only_errors, bool curves,
                                bci_audio_quality **out, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(in);
    const size_t n = info->n_channels;
    bc_status st = take_memory(in, only_errors, err);

    if (st)
        return st;
    bci_audio_quality *q = calloc(1, sizeof *q);

    if (!q)
        goto short_of_memory;
    q->only_errors = only_errors;
    q->rate_hz = info->rate_hz;
    q->n_channels = n;
    q->channels = calloc(n, sizeof *q->channels);
    q->memory = malloc(2 * n * STRIP * sizeof *q->memory);
    q->x = malloc(2 * n * sizeof *q->x);
    if (!q->channels || !q->memory || !q->x)
        goto short_of_memory;
    q->y = q->x + n;
    for (size_t c = 0; c < 2 * n; c++)
        q->x[c] = q->memory + c * STRIP;
    if (grid && !only_errors && bc_grid_levels(grid) <= MAX_HISTOGRAM) {
        q->grid = *grid;
        q->n_codes = (size_t)bc_grid_levels(grid);
        q->histogram = calloc(q->n_codes, sizeof *q->histogram);
        if (!q->histogram)
            goto short_of_memory;
    }
    if (!only_errors)
        st = begin_spectra(q, err);
    if (!st && curves)
        st = begin_envelopes(q, info, err);
    if (!st) {
        *out = q;
        return BC_OK;
    }
    bci_audio_quality_free(q);
    return st;

short_of_memory:
    bci_audio_quality_free(q);
    return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", n);
}

static void count_codes(bci_audio_quality *q, const bc_scale *of_channel, const double *y, size_t n)
{
    int32_t codes[STRIP];
    const bc_scale scale = of_channel ? *of_channel : BC_SCALE_IDENTITY;

    if (!q->histogram)
        return;
    bc_quantize_f64(&q->grid, &scale, BC_ROUND_NEAREST, y, NULL, n, NULL, codes);
    for (size_t i = 0; i < n; i++)
        if (isfinite(y[i]))
            q->histogram[(size_t)((int64_t)codes[i] - q->grid.lo)]++;
}

static void add_strip(bci_audio_quality *q, channel *c, double *x, const double *y, size_t n)
{
    bc_error_add_f64(&c->error, x, y, n);
    if (q->only_errors)
        return;
    bc_level_add(&c->x_level, x, n);
    bc_level_add(&c->y_level, y, n);
    bc_used_bits_add(&c->x_bits, x, n);
    bc_used_bits_add(&c->y_bits, y, n);
    count_codes(q, q->scales ? &q->scales[c - q->channels] : NULL, y, n);
    if (q->zoom && c == q->channels)
        bci_zoom_add(q->zoom, x, y, n);
    for (size_t i = 0; i < n; i++)
        x[i] = y[i] - x[i];
    if (q->signal && c == q->channels) {
        bc_envelope_add(q->signal, y, n, 1);
        bc_envelope_add(q->error, x, n, 1);
    }
    if (!q->segment)
        return;
    bc_spectrum_add(c->y, y, n);
    bc_spectrum_add(c->e, x, n);
}

void bci_audio_quality_scale(bci_audio_quality *q, const bc_scale *scales)
{
    q->scales = scales;
}

void bci_audio_quality_give_codes(bci_audio_quality *q, uint64_t *histogram, size_t n_codes)
{
    free(q->histogram);
    q->histogram = histogram;
    q->n_codes = n_codes;
}

void bci_audio_quality_count_as_0(bci_audio_quality *q)
{
    q->counts_as_0 = true;
}

void bci_audio_quality_add(bci_audio_quality *q, bc_sample_layout x_layout, const void *x,
                           double gain, bc_sample_layout y_layout, const void *y, size_t n)
{
    const size_t x_bytes = q->n_channels * bc_sample_size(x_layout);
    const size_t y_bytes = q->n_channels * bc_sample_size(y_layout);

    for (size_t i = 0; i < n; i += STRIP) {
        const size_t m = n - i < STRIP ? n - i : STRIP;

        bc_pcm_unpack(x_layout, (const uint8_t *)x + i * x_bytes, m, q->n_channels, q->x);
        bc_pcm_unpack(y_layout, (const uint8_t *)y + i * y_bytes, m, q->n_channels, q->y);
        for (size_t c = 0; c < q->n_channels; c++) {
            for (size_t k = 0; q->counts_as_0 && k < m; k++)
                q->x[c][k] = isfinite(q->x[c][k]) ? q->x[c][k] : 0.0;
            for (size_t k = 0; gain != 1.0 && k < m; k++)
                q->x[c][k] *= gain;
            add_strip(q, &q->channels[c], q->x[c], q->y[c], m);
        }
    }
}

static void merge_used(bc_used_bits *a, const bc_used_bits *b)
{
    a->places |= b->places;
    a->n_finer += b->n_finer;
}

static double mean_square(const bc_level_sums *s)
{
    const double rms = bc_level_rms(s);

    return rms * rms;
}

static bc_audio_levels levels_of(const bci_audio_quality *q, bool of_y)
{
    double power = 0.0, mean = 0.0, peak = 0.0;
    bc_used_bits used = { 0 };

    for (size_t i = 0; i < q->n_channels; i++) {
        const channel *c = &q->channels[i];
        const bc_level_sums *s = of_y ? &c->y_level : &c->x_level;

        power += mean_square(s) / (double)q->n_channels;
        mean += bc_level_mean(s) / (double)q->n_channels;
        peak = s->peak > peak ? s->peak : peak;
        merge_used(&used, of_y ? &c->y_bits : &c->x_bits);
    }
    return (bc_audio_levels){ .peak_dbfs = 20.0 * log10(peak),
                              .rms_dbfs = bc_level_dbfs(power),
                              .dc = mean,
                              .used_bits = bc_used_bits_depth(&used) };
}

/* Power of the error over the whole band under a weighting, as dBFS. */
static double weighted_dbfs(const bci_audio_quality *q, const char *name)
{
    const bc_weighting *w = bc_weighting_find(name);
    double power = 0.0;

    for (size_t c = 0; c < q->n_channels; c++)
        power += bc_spectrum_band_power(q->channels[c].e, 0.0, 0.5 * q->rate_hz, w) /
                 (double)q->n_channels;
    return bc_level_dbfs(power);
}

static void mean_spectrum(const bci_audio_quality *q, bool of_y, size_t n_bins, double *scratch,
                          double *out)
{
    memset(out, 0, n_bins * sizeof *out);
    for (size_t c = 0; c < q->n_channels; c++) {
        bc_spectrum_power(of_y ? q->channels[c].y : q->channels[c].e, scratch);
        for (size_t i = 0; i < n_bins; i++)
            out[i] += scratch[i] / (double)q->n_channels;
    }
}

static bool keep_zoom(bci_audio_quality *q, bc_audio_curves *c)
{
    const bci_zoomed part = bci_zoom_get(q->zoom, MAX_ZOOM);

    c->zoom_x = malloc((part.n + 1) * sizeof *c->zoom_x);
    c->zoom_y = malloc((part.n + 1) * sizeof *c->zoom_y);
    if (!c->zoom_x || !c->zoom_y)
        return false;
    memcpy(c->zoom_x, part.x, part.n * sizeof *part.x);
    memcpy(c->zoom_y, part.y, part.n * sizeof *part.y);
    c->zoom_first = part.first;
    c->n_zoom = part.n;
    return true;
}

static bc_status make_curves(bci_audio_quality *q, bc_audio_curves **out, bc_error *err)
{
    bc_audio_curves *c = calloc(1, sizeof *c);
    const size_t n_bins = q->segment ? bc_spectrum_bins(q->channels[0].y) : 0;
    double *scratch = malloc((n_bins + 1) * sizeof *scratch);

    if (c && n_bins > 0) {
        c->n_bins = n_bins;
        c->bin_hz = bc_spectrum_bin_hz(q->channels[0].y);
        c->signal_power = malloc(n_bins * sizeof *c->signal_power);
        c->error_power = malloc(n_bins * sizeof *c->error_power);
    }
    if (c && q->histogram) {
        c->n_codes = q->n_codes;
        c->histogram = malloc(q->n_codes * sizeof *c->histogram);
    }
    if (!c || !scratch || (n_bins > 0 && (!c->signal_power || !c->error_power)) ||
        (q->histogram && !c->histogram) || !keep_zoom(q, c)) {
        free(scratch);
        bc_audio_curves_free(c);
        return bci_fail(err, BC_E_LIMIT, "out of memory for spectra");
    }
    if (n_bins > 0) {
        mean_spectrum(q, true, n_bins, scratch, c->signal_power);
        mean_spectrum(q, false, n_bins, scratch, c->error_power);
    }
    if (q->histogram)
        memcpy(c->histogram, q->histogram, q->n_codes * sizeof *c->histogram);
    free(scratch);
    c->signal = q->signal; /* now the caller's */
    c->error = q->error;
    q->signal = q->error = NULL;
    *out = c;
    return BC_OK;
}

static void measure_all(const bci_audio_quality *q, bc_audio_quality *out)
{
    out->x = levels_of(q, false);
    out->y = levels_of(q, true);
    if (q->segment) {
        out->noise_a_dbfs = weighted_dbfs(q, "a");
        out->noise_468_dbfs = weighted_dbfs(q, "itu468");
        out->noise_ath_dbfs = weighted_dbfs(q, "ath");
        bc_tone_find(q->channels[0].y, &out->tone);
    }
    if (q->histogram) {
        out->entropy_bits = bc_entropy_bits(q->histogram, q->n_codes);
        out->n_levels_used = bc_levels_used(q->histogram, q->n_codes);
    }
}

bc_audio_quality bci_audio_quality_unknown(void)
{
    const bc_audio_levels unknown = { .peak_dbfs = NAN, .rms_dbfs = NAN, .dc = NAN };

    return (bc_audio_quality){ .x = unknown,
                               .y = unknown,
                               .noise_dbfs = NAN,
                               .noise_a_dbfs = NAN,
                               .noise_468_dbfs = NAN,
                               .noise_ath_dbfs = NAN,
                               .tone = { .frequency_hz = NAN,
                                         .level_dbfs = NAN,
                                         .sinad_db = NAN,
                                         .enob_bits = NAN,
                                         .thd_db = NAN,
                                         .thdn_db = NAN },
                               .entropy_bits = NAN };
}

bc_status bci_audio_quality_measure(bci_audio_quality *q, bc_audio_quality *out, bc_error *err)
{
    bc_audio_quality r = bci_audio_quality_unknown();
    bc_status st = BC_OK;

    for (size_t c = 0; c < q->n_channels; c++)
        bc_error_merge(&r.error, &q->channels[c].error);
    r.noise_dbfs = bc_level_dbfs(bc_error_e2(&r.error) / (double)r.error.n);
    if (!q->only_errors)
        measure_all(q, &r);
    if (r.error.n_lost > 0) { /* spectra have 0 where something is not finite */
        r.noise_a_dbfs = r.noise_468_dbfs = r.noise_ath_dbfs = INFINITY;
        r.tone = bci_audio_quality_unknown().tone;
    }
    if (q->signal)
        st = make_curves(q, &r.curves, err);
    if (!st)
        *out = r;
    return st;
}

void bc_audio_curves_free(bc_audio_curves *c)
{
    if (!c)
        return;
    free(c->signal_power);
    free(c->error_power);
    free(c->theory_power);
    free(c->histogram);
    free(c->zoom_x);
    free(c->zoom_y);
    bc_envelope_free(c->signal);
    bc_envelope_free(c->error);
    free(c);
}

void bci_audio_quality_free(bci_audio_quality *q)
{
    if (!q)
        return;
    for (size_t c = 0; q->channels && c < q->n_channels; c++) {
        bc_spectrum_free(q->channels[c].y);
        bc_spectrum_free(q->channels[c].e);
    }
    free(q->channels);
    bc_envelope_free(q->signal);
    bc_envelope_free(q->error);
    bci_zoom_free(q->zoom);
    free(q->histogram);
    free(q->x);
    free(q->memory);
    free(q);
}
