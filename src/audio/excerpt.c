/* Knows which samples of a sound are shown: a few periods where it is loudest. */
#include "audio/excerpt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/soundfile.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/pcm.h"

enum { BATCH = 4096, LEAST = 64, PERIODS = 3 };

typedef struct {
    double now[BATCH], loudest[BATCH], *planes[1];
    size_t n; /* of the loudest */
    double energy;
    uint64_t first;
} search;

static void look(search *s, size_t n, uint64_t first)
{
    double energy = 0.0;

    for (size_t i = 0; i < n; i++)
        energy += isfinite(s->now[i]) ? s->now[i] * s->now[i] : 0.0;
    if (s->n > 0 && energy <= s->energy)
        return;
    memcpy(s->loudest, s->now, n * sizeof *s->now);
    s->n = n;
    s->energy = energy;
    s->first = first;
}

/* The first channel of frames, for which there is room. */
static void unpack_first(const bc_audio_info *info, const char *raw, size_t n, double *to,
                         double **planes, double *others)
{
    planes[0] = to;
    for (size_t c = 1; c < info->n_channels; c++)
        planes[c] = others;
    bc_pcm_unpack(info->layout, raw, n, info->n_channels, planes);
}

static bc_status walk(bci_sound *in, search *s, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(in);
    const size_t channels = info->n_channels;
    char *raw = malloc(BATCH * channels * bc_sample_size(info->layout));
    double **planes = malloc(channels * sizeof *planes), *others = malloc(BATCH * sizeof *others);
    bc_status st = raw && planes && others
                       ? BC_OK
                       : bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", channels);
    uint64_t first = 0;

    for (size_t got = 1; !st && got > 0; first += got) {
        st = bci_sound_read(in, raw, BATCH, &got, err);
        if (st || got == 0)
            break;
        unpack_first(info, raw, got, s->now, planes, others);
        look(s, got, first);
    }
    free(raw);
    free(planes);
    free(others);
    return st;
}

/* Samples of a period, by how often it rises through 0. */
static size_t period_of(const search *s)
{
    size_t n_rises = 0;

    for (size_t i = 1; i < s->n; i++)
        n_rises += s->loudest[i - 1] < 0.0 && s->loudest[i] >= 0.0;
    return n_rises ? s->n / n_rises : s->n;
}

static void take(const search *s, double rate_hz, bc_excerpt *out)
{
    const size_t wanted = PERIODS * period_of(s);
    const size_t n = wanted < LEAST ? LEAST : wanted < BC_EXCERPT_MOST ? wanted : BC_EXCERPT_MOST;

    out->n = s->n < n ? s->n : n;
    for (size_t i = 0; i < out->n; i++)
        out->x[i] = isfinite(s->loudest[i]) ? s->loudest[i] : 0.0;
    out->scale = BC_SCALE_IDENTITY;
    out->along = "sample";
    out->values = "sample value";
    bci_format(out->what, sizeof out->what,
               "%zu sample(s) of the first channel where it is loudest, at %.1f s", out->n,
               (double)s->first / rate_hz);
}

bc_status bci_audio_excerpt(const char *path, const bc_reading *reading, bc_excerpt *out,
                            bc_error *err)
{
    search *s = calloc(1, sizeof *s);
    bci_sound *in = NULL;
    bc_status st = s ? bci_sound_open(path, reading, &in, err)
                     : bci_fail(err, BC_E_LIMIT, "%s: out of memory", path);

    if (!st)
        st = walk(in, s, err);
    if (!st && s->n == 0)
        st = bci_fail(err, BC_E_UNSUPPORTED, "%s: no samples", path);
    if (!st)
        st = bc_grid_pcm(3, &out->grid, err);
    if (!st)
        take(s, bci_sound_info(in)->rate_hz, out);
    bci_sound_free(in);
    free(s);
    return st;
}
