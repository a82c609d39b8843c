/* Knows which few colours suit a picture. Pixels are gathered in bins of 6 bits a channel, each
 * with its exact mean; a codebook is fitted to the bins.
 *
 * It is fitted in coded values, where 16 colours of 13 photographs came out 0.1 to 0.6 dB (PSNR)
 * better than by pngquant at its speed 3; fitted in OKLab 0.2 to 0.9 dB worse, with the RMS
 * error in OKLab smaller by 3 to 12 %.
 *
 * Colours that dither mixes need not lie where the picture's are, but around them. So for these
 * the fit stretches coded values (to the power 5/4, nearer to light; and away from grey by 1.4,
 * so that colours do not line up along the greys, where mixing covers the ground between them) and
 * then moves the colours a little outward. At 16 colours that is worth 1.4 dB of PSNR blurred
 * with a Gaussian of sigma 2, for 0.3 dB of plain PSNR (means of 13 photographs). */
#include "image/palette_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/codebook.h"
#include "image/codec.h"
#include "image/oklab.h"
#include "image/palette_map.h"

enum { BIN_BITS = 6, N_BINS = 1 << (3 * BIN_BITS), N_SLOTS = 1024 };

static const float STRETCH = 1.4f;

/* Sums of weight and of weight * sample: below 2^64 for 10 gigapixels of 16 bits. */
typedef struct {
    uint64_t weight, sums[3];
} bin;

struct bci_histogram {
    const bc_image_info *info;
    bin *bins;
    int shift; /* of a sample to its part of the bin's number */
    bool has_transparent;
    bc_palette few; /* the colours, while they are few; else with n_colours past the maximum */
    uint16_t slots[N_SLOTS]; /* 1 + place among the few, by hash */
};

bc_status bci_histogram_new(bc_image_reader *r, const bc_image_info *info, bci_histogram **out,
                            bc_error *err)
{
    const bc_status st =
        bci_image_take_memory(r, N_BINS, sizeof(bin), "fitting a palette to the colours", err);

    if (st)
        return st;
    bci_histogram *h = calloc(1, sizeof *h);

    if (h)
        h->bins = calloc(N_BINS, sizeof *h->bins);
    if (!h || !h->bins) {
        bci_histogram_free(h);
        return bci_fail(err, BC_E_LIMIT, "palette: out of memory for %d bin(s)", N_BINS);
    }
    h->info = info;
    for (uint32_t v = info->maxval; v >> BIN_BITS; v >>= 1)
        h->shift++;
    *out = h;
    return BC_OK;
}

void bci_histogram_free(bci_histogram *h)
{
    if (h)
        free(h->bins);
    free(h);
}

/* Note a colour among the few; samples of 16 bits as they would be stored. */
static void note(bci_histogram *h, const uint32_t v[3])
{
    bc_palette *p = &h->few;
    uint8_t c[3];

    for (int i = 0; i < 3; i++)
        c[i] = (uint8_t)((v[i] * 510 + h->info->maxval) / (2 * h->info->maxval));
    uint32_t slot = (c[0] * 37u ^ c[1] * 101u ^ c[2] * 239u) % N_SLOTS;

    for (; h->slots[slot]; slot = (slot + 1) % N_SLOTS)
        if (memcmp(p->colours[h->slots[slot] - 1], c, 3) == 0)
            return;
    if (p->n_colours < BC_PALETTE_MAX_COLOURS)
        memcpy(p->colours[p->n_colours], c, 3);
    h->slots[slot] = (uint16_t)++p->n_colours;
}

static inline void count(bci_histogram *h, const uint32_t v[3], uint64_t weight)
{
    bin *b = &h->bins[(v[0] >> h->shift) << 2 * BIN_BITS | (v[1] >> h->shift) << BIN_BITS |
                      v[2] >> h->shift];

    if (h->few.n_colours <= BC_PALETTE_MAX_COLOURS && weight > 0)
        note(h, v);
    b->weight += weight;
    for (int c = 0; c < 3; c++)
        b->sums[c] += weight * v[c];
}

/* Weights are alpha in 8 bits. */
static void add_any(bci_histogram *h, const void *rows, size_t n_pixels)
{
    const bc_image_info *info = h->info;
    const bool is_wide = info->maxval > 255;
    const size_t n_channels = info->n_channels, step = n_channels >= 3;

    for (size_t i = 0; i < n_pixels; i++) {
        const size_t at = i * n_channels;
        const uint32_t v[3] = { bci_sample_at(rows, is_wide, at),
                                bci_sample_at(rows, is_wide, at + step),
                                bci_sample_at(rows, is_wide, at + 2 * step) };
        uint32_t weight = 255;

        if (info->has_alpha) {
            const uint32_t alpha = bci_sample_at(rows, is_wide, at + n_channels - 1);

            weight = (255 * alpha + info->alpha_maxval - 1) / info->alpha_maxval;
            h->has_transparent |= alpha == 0;
        }
        count(h, v, weight);
    }
}

void bci_histogram_add(bci_histogram *h, const void *rows, uint32_t n)
{
    const bc_image_info *info = h->info;
    const size_t n_pixels = (size_t)info->width * n;

    if (info->n_channels != 3 || info->maxval > 255) {
        add_any(h, rows, n_pixels);
        return;
    }
    const uint8_t *at = rows;

    for (size_t i = 0; i < n_pixels; i++, at += 3)
        count(h, (const uint32_t[3]){ at[0], at[1], at[2] }, 255);
}

/* By square roots, as these are the same everywhere. */
static float bent(double coded)
{
    return (float)(coded * sqrt(sqrt(coded)));
}

/* Away from grey by a factor. */
static void stretch(float v[3], float factor)
{
    const float grey = (v[0] + v[1] + v[2]) / 3.0f;

    for (int c = 0; c < 3; c++)
        v[c] = grey + factor * (v[c] - grey);
}

/* Away from the mean of all points. Less where there are many colours: these leave less outside. */
static void spread(const bc_points *points, uint32_t k, float *centres)
{
    const double more = k <= 16 ? 0.03 : 0.48 / k;
    double weight = 0.0, sums[3] = { 0 };

    for (size_t i = 0; i < points->n_points; i++) {
        weight += (double)points->weights[i];
        for (size_t c = 0; c < 3; c++)
            sums[c] += (double)points->weights[i] * (double)points->coordinates[3 * i + c];
    }
    for (size_t i = 0; i < 3 * (size_t)k; i++)
        centres[i] += (float)(more * ((double)centres[i] - sums[i % 3] / weight));
}

static uint8_t nearest_bent(float v)
{
    int best = 0;

    for (int i = 1; i < 256; i++)
        if (fabsf(bent(i / 255.0) - v) < fabsf(bent(best / 255.0) - v))
            best = i;
    return (uint8_t)best;
}

/* The bins that are not empty, as points of coded values, or of stretched ones. */
static size_t gather(const bci_histogram *h, bool to_mix, float *places, float *weights)
{
    size_t n = 0;

    for (size_t i = 0; i < N_BINS; i++) {
        const bin *b = &h->bins[i];

        if (b->weight == 0)
            continue;
        for (int c = 0; c < 3; c++) {
            const double coded = (double)b->sums[c] / (double)b->weight / h->info->maxval;

            places[3 * n + (size_t)c] = to_mix ? bent(coded) : (float)coded;
        }
        if (to_mix)
            stretch(places + 3 * n, STRETCH);
        weights[n++] = (float)b->weight;
    }
    return n;
}

/* Colours from dark to light, equal ones once. */
static void sort_palette(bc_palette *p)
{
    float lightness[BC_PALETTE_MAX_COLOURS];
    uint8_t sorted[BC_PALETTE_MAX_COLOURS][3];
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->n_colours; i++) {
        const uint8_t *c = p->colours[i];
        const float own = bci_oklab_of_colour(c)[0];
        uint32_t to = n;

        for (; to > 0 && lightness[to - 1] > own; to--)
            ;
        if (to > 0 && memcmp(sorted[to - 1], c, 3) == 0)
            continue;
        memmove(lightness + to + 1, lightness + to, (n - to) * sizeof *lightness);
        memmove(sorted + to + 1, sorted + to, (n - to) * sizeof *sorted);
        lightness[to] = own;
        memcpy(sorted[to], c, 3);
        n++;
    }
    memcpy(p->colours, sorted, n * sizeof *sorted);
    p->n_colours = n;
}

static bc_status fit_bins(const bci_histogram *h, uint32_t k, bool to_mix, int n_threads,
                          bc_palette *out, bc_error *err)
{
    bc_codebook_rules rules = bc_codebook_rules_default();
    float *places = malloc((size_t)N_BINS * 3 * sizeof *places);
    float *weights = malloc((size_t)N_BINS * sizeof *weights);
    float centres[BC_PALETTE_MAX_COLOURS * 3];
    bc_status st = BC_OK;

    if (!places || !weights) {
        st = bci_fail(err, BC_E_LIMIT, "palette: out of memory for %d bin(s)", N_BINS);
        goto done;
    }
    const bc_points points = { places, weights, gather(h, to_mix, places, weights), 3 };

    rules.n_threads = n_threads;
    st = bc_codebook_split(&points, k, centres, &k, err);
    if (!st)
        st = bc_codebook_refine(&points, k, &rules, centres, NULL, NULL, err);
    if (!st && to_mix)
        spread(&points, k, centres);
    for (uint32_t i = 0; !st && i < k; i++) {
        float *v = centres + 3 * (size_t)i;

        if (to_mix)
            stretch(v, 1.0f / STRETCH);
        for (int c = 0; c < 3; c++)
            out->colours[i][c] = to_mix ? nearest_bent(v[c]) : (uint8_t)lrintf(255.0f * v[c]);
    }
    out->n_colours = k;
done:
    free(places);
    free(weights);
    return st;
}

bc_status bci_histogram_fit(const bci_histogram *h, uint32_t n_colours, bool to_mix, int n_threads,
                            bc_palette *out, bc_error *err)
{
    const uint32_t k = n_colours - (h->has_transparent && n_colours > 1);
    bc_palette palette = { 0 };
    bc_status st = BC_OK;

    if (n_colours < 2 || n_colours > BC_PALETTE_MAX_COLOURS)
        return bci_fail(err, BC_E_USAGE, "palette: %u colour(s), expected 2 to %d", n_colours,
                        BC_PALETTE_MAX_COLOURS);
    if (h->few.n_colours <= k)
        palette = h->few; /* all of them; none where all is transparent */
    else
        st = fit_bins(h, k, to_mix, n_threads, &palette, err);
    if (st)
        return st;
    if (palette.n_colours == 0)
        palette.n_colours = 1; /* black */
    sort_palette(&palette);
    *out = palette;
    return BC_OK;
}
