/* Knows how a pixel finds its colour of a palette: the nearest one, one of several that mix to
 * it, or the nearest to what is left of it and of its neighbours' errors.
 *
 * Light mixes as light: errors and mixtures are summed in linear RGB. A single colour is nearest
 * as it is seen, in OKLab. For a colour that others will make up for this is wrong: it picks
 * what mixes badly, errors grow without bound, and a dithered photograph comes out 3 to 25 dB
 * worse once blurred than with the power 3/4 of linear light, which of the powers 0.33 to 1 did
 * best over devices' palettes and fitted ones. (All in coded values where that is asked for.) */
#include "image/palette_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "core/walk.h"
#include "image/dithered.h"
#include "image/palette_search.h"

enum {
    N_PARTS = 4,
    N_WARM_UP = 32, /* walks of the first line before it counts, as in rows.c */
    N_MIX = 16,     /* colours of a mixture */
    KEPT_BITS = 14,
    N_KEPT = 1 << KEPT_BITS, /* mixtures made last */
};

/* The mixture for a colour, from dark to light. */
typedef struct {
    uint64_t key; /* 1 + its samples; 0: none yet */
    uint8_t indices[N_MIX];
} mixture;

/* Where nearness is told. */
typedef enum {
    VIEW_CODED,
    VIEW_OKLAB,
    VIEW_MIXED, /* linear light to the power 3/4 */
} view;

struct bci_palette_map {
    const bc_image_info *info;
    const bc_image_settings *settings;
    view view;
    uint32_t n_colours;
    float *place_of;                         /* by sample: coded value or linear light */
    bci_vec places[BC_PALETTE_MAX_COLOURS];  /* the same of the palette */
    float lightness[BC_PALETTE_MAX_COLOURS]; /* orders a mixture */
    bci_search search;                       /* in the view */
    float spacing;                           /* typical, to the nearest other, in the view */
    bci_vec low, high;                       /* of what diffusion may ask for */
    float most_owed;                         /* squared; beyond it a fifth is let go */
    uint32_t streams[3];
    float *noise[N_PARTS]; /* three rows */
    mixture *kept[N_PARTS];
    bc_diffuser *diffuser; /* NULL without a kernel */
    const void *row;       /* in work: its samples, */
    uint8_t *indices;      /* and what they become */
};

/* --- preparing ----------------------------------------------------------------------- */

/* RMS distance to the nearest other. */
static float spacing_of(const bci_vec *points, uint32_t n)
{
    double sum = 0.0;

    for (uint32_t i = 0; i < n; i++) {
        float least = 4.0f;

        for (uint32_t j = 0; j < n; j++) {
            const float square = bci_vec_square(points[i], points[j]);

            least = j != i && square < least ? square : least;
        }
        sum += (double)least;
    }
    return (float)sqrt(sum / n);
}

/* A place as it is seen: within the gamut. */
static inline bci_vec seen(view how, bci_vec place)
{
    const bci_vec v = bci_vec_bounded(place, bci_vec_all(0.0f), bci_vec_all(1.0f));

    switch (how) {
    case VIEW_CODED: return v;
    case VIEW_OKLAB: return bci_oklab_from_light(v);
    case VIEW_MIXED: {
        const bci_vec root = bci_vec_sqrt(v);

        return root * bci_vec_sqrt(root);
    }
    }
    return v;
}

static bc_status place_palette(bci_palette_map *m, const bc_palette *palette, bc_error *err)
{
    /* The gamut of sRGB in OKLab is L 0..1, a -0.234..0.277, b -0.312..0.199. */
    const bool is_lab = m->view == VIEW_OKLAB;
    const bci_vec low = is_lab ? (bci_vec){ 0.0f, -0.24f, -0.32f, 0.0f } : bci_vec_all(0.0f);
    const bci_vec high = is_lab ? (bci_vec){ 1.0f, 0.28f, 0.2f, 1.0f } : bci_vec_all(1.0f);
    bci_vec points[BC_PALETTE_MAX_COLOURS];

    for (uint32_t i = 0; i < palette->n_colours; i++) {
        bci_vec light = { 0 };

        for (int c = 0; c < 3; c++) {
            const double coded = palette->colours[i][c] / 255.0;

            light[c] = (float)bc_transfer_decode(&m->info->transfer, coded);
            m->places[i][c] = m->view == VIEW_CODED ? (float)coded : light[c];
        }
        m->lightness[i] = bci_oklab_from_light(light)[0];
        points[i] = seen(m->view, m->places[i]);
    }
    m->spacing = spacing_of(points, m->n_colours);
    return bci_search_init(&m->search, points, m->n_colours, low, high, err);
}

static void place_samples(bci_palette_map *m)
{
    for (uint32_t v = 0; v <= m->info->maxval; v++) {
        const double coded = v / (double)m->info->maxval;

        m->place_of[v] =
            (float)(m->view == VIEW_CODED ? coded : bc_transfer_decode(&m->info->transfer, coded));
    }
}

/* What diffusion may ask for: a quarter of the typical spacing beyond what the palette reaches,
 * or all of it where noise makes errors larger. A picture may lie outside of its palette for long
 * stretches, and error that can never be paid back would smear over what comes after. For the
 * same reason a fifth is let go of errors above the spacing: colours within reach of the palette
 * owe less, and keep their mean. */
static void bound_errors(bci_palette_map *m)
{
    const float spacing = spacing_of(m->places, m->n_colours);
    const float reach = bci_image_has_noise(m->settings) ? 2.0f * spacing : spacing;
    const bci_vec room = bci_vec_all((bci_image_has_noise(m->settings) ? 1.0f : 0.25f) * spacing);

    m->most_owed = reach * reach;
    m->low = m->high = m->places[0];
    for (uint32_t i = 1; i < m->n_colours; i++) {
        for (int c = 0; c < 3; c++) {
            m->low[c] = m->places[i][c] < m->low[c] ? m->places[i][c] : m->low[c];
            m->high[c] = m->places[i][c] > m->high[c] ? m->places[i][c] : m->high[c];
        }
    }
    m->low = m->low - room;
    m->high = m->high + room;
    m->low[3] = m->high[3] = 0.0f;
}

/* Streams differ by the depth that samples come with, as they do without a palette. */
static void choose_streams(bci_palette_map *m)
{
    static const char *const names[] = { "palette", "palette 2", "palette 3" };
    const uint64_t history = (uint64_t)m->info->true_depth << 32 | m->info->maxval;

    for (int c = 0; c < 3; c++)
        m->streams[c] = bc_noise_stream(names[c], history);
}

static bool allocate(bci_palette_map *m)
{
    const bc_image_settings *s = m->settings;
    const size_t width = m->info->width;
    bool ok = (m->place_of = malloc(((size_t)m->info->maxval + 1) * sizeof(float))) != NULL;

    for (int i = 0; ok && bci_image_has_noise(s) && i < N_PARTS; i++)
        ok = (m->noise[i] = malloc(3 * width * sizeof(float))) &&
             (s->kernel || (m->kept[i] = calloc(N_KEPT, sizeof(mixture))));
    return ok;
}

static bci_walker walk_colours;

static bc_status begin_diffusion(bci_palette_map *m, bc_error *err)
{
    const bc_image_settings *s = m->settings;

    bound_errors(m);
    return bci_diffuser_over(s->kernel, s->scan, s->strength, m->info->width, 4, walk_colours, m,
                             &m->diffuser, err);
}

bc_status bci_palette_map_new(const bc_image_info *info, const bc_image_settings *settings,
                              const bc_palette *palette, bool in_coded, bci_palette_map **out,
                              bc_error *err)
{
    bci_palette_map *m;
    bc_status st;

    if (settings->kernel && settings->kernel->keys)
        return bci_fail(err, BC_E_USAGE,
                        "`dither=%s`: its weights go by levels of one channel, "
                        "expected a kernel of fixed weights with a palette",
                        settings->kernel->name);
    m = calloc(1, sizeof *m);
    if (!m)
        return bci_fail(err, BC_E_LIMIT, "palette: out of memory");
    m->info = info;
    m->settings = settings;
    m->view = in_coded ? VIEW_CODED : bci_image_is_dithered(settings) ? VIEW_MIXED : VIEW_OKLAB;
    m->n_colours = palette->n_colours;
    st = allocate(m) ? place_palette(m, palette, err)
                     : bci_fail(err, BC_E_LIMIT, "palette: out of memory for rows of %u pixel(s)",
                                info->width);
    if (st) {
        bci_palette_map_free(m);
        return st;
    }
    place_samples(m);
    choose_streams(m);
    if (settings->kernel)
        st = begin_diffusion(m, err);
    if (st)
        bci_palette_map_free(m);
    else
        *out = m;
    return st;
}

void bci_palette_map_free(bci_palette_map *m)
{
    if (!m)
        return;
    for (int i = 0; i < N_PARTS; i++) {
        free(m->noise[i]);
        free(m->kept[i]);
    }
    bc_diffuser_free(m->diffuser);
    bci_search_free(&m->search);
    free(m->place_of);
    free(m);
}

/* --- mapping ------------------------------------------------------------------------- */

/* The place of a pixel; grey counts as equal red, green and blue. */
static inline bci_vec place_at(const bci_palette_map *m, const void *row, size_t x)
{
    const bc_image_info *info = m->info;
    const bool is_wide = info->maxval > 255;
    const size_t at = x * info->n_channels, step = info->n_channels >= 3;

    return (bci_vec){ m->place_of[bci_sample_at(row, is_wide, at)],
                      m->place_of[bci_sample_at(row, is_wide, at + step)],
                      m->place_of[bci_sample_at(row, is_wide, at + 2 * step)], 0.0f };
}

static inline bool is_transparent(const bci_palette_map *m, const void *row, size_t x)
{
    const size_t n = m->info->n_channels;

    return m->info->has_alpha && bci_sample_at(row, m->info->maxval > 255, x * n + n - 1) == 0;
}

static void nearest_row(const bci_palette_map *m, const void *row, uint8_t *indices)
{
    const size_t width = m->info->width;
    bci_vec last = bci_vec_all(-1.0f);

    for (size_t x = 0; x < width; x++) {
        const bci_vec place = place_at(m, row, x);

        if (is_transparent(m, row, x))
            indices[x] = 0;
        else if (x > 0 && memcmp(&place, &last, sizeof place) == 0)
            indices[x] = indices[x - 1];
        else
            indices[x] = (uint8_t)bci_search_nearest(&m->search, seen(m->view, place));
        last = is_transparent(m, row, x) ? bci_vec_all(-1.0f) : place;
    }
}

/* Colours whose mean comes near to the place: each is the nearest to the place and what the
 * ones before it are short of (T. Knoll, US patent 6606166, 1999, expired 2019). */
static void mix(const bci_palette_map *m, bci_vec place, uint8_t *indices)
{
    bci_vec owed = { 0 };

    for (int i = 0; i < N_MIX; i++) {
        const bci_vec wanted = bci_vec_bounded(place + owed, bci_vec_all(-1.0f), bci_vec_all(2.0f));
        const uint32_t k = bci_search_nearest(&m->search, seen(m->view, wanted));
        int to = i;

        owed = owed + (place - m->places[k]);
        for (; to > 0 && m->lightness[indices[to - 1]] > m->lightness[k]; to--)
            indices[to] = indices[to - 1];
        indices[to] = (uint8_t)k;
    }
}

/* The mixture for a pixel, made or found among those made last. */
static const uint8_t *mixture_at(bci_palette_map *m, int part, const void *row, size_t x)
{
    const bc_image_info *info = m->info;
    const size_t step = info->n_channels >= 3;
    uint64_t key = 0;

    for (size_t c = 0; c < 3; c++)
        key = key << 16 | bci_sample_at(row, info->maxval > 255, x * info->n_channels + c * step);
    mixture *found = &m->kept[part][(key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - KEPT_BITS)];

    if (found->key != key + 1) {
        found->key = key + 1;
        mix(m, place_at(m, row, x), found->indices);
    }
    return found->indices;
}

/* Noise in steps has no meaning among colours, its place within a step has: it is uniform for
 * every kind (of Gaussian noise to 1.5 %), and picks one of the mixture. */
static void mixed_row(bci_palette_map *m, int part, const void *row, uint32_t y, uint8_t *indices)
{
    const uint32_t width = m->info->width;
    float *noise = m->noise[part];

    bc_noise_fill_row(m->settings->noise, m->settings->seed, m->streams[0], width, 0, y, noise,
                      width);
    for (size_t x = 0; x < width; x++) {
        const float place = noise[x] + 0.5f, within = place - floorf(place);
        const int i = (int)(within * N_MIX);

        indices[x] =
            is_transparent(m, row, x) ? 0 : mixture_at(m, part, row, x)[i < N_MIX ? i : N_MIX - 1];
    }
}

static void make_noise(bci_palette_map *m, uint32_t y)
{
    const uint32_t width = m->info->width;

    for (int c = 0; c < 3; c++)
        bc_noise_fill_row(m->settings->noise, m->settings->seed, m->streams[c], width, 0, y,
                          m->noise[0] + (size_t)c * width, width);
}

/* The colour for a pixel and what its neighbours owe it. */
static inline __attribute__((always_inline)) void
find_colour(const void *marks, size_t x, const float *here, const float *ahead, float *error)
{
    const bci_palette_map *m = marks;
    const size_t width = m->info->width;
    const float *noise = bci_image_has_noise(m->settings) ? m->noise[0] : NULL;
    bci_vec e = { 0 }, above, before;

    if (is_transparent(m, m->row, x)) {
        m->indices[x] = 0;
        memcpy(error, &e, sizeof e);
        return;
    }
    memcpy(&above, here, sizeof above);
    memcpy(&before, ahead, sizeof before);
    bci_vec owed = above + before;

    if (bci_vec_square(owed, (bci_vec){ 0 }) > m->most_owed)
        owed *= bci_vec_all(0.8f);
    const bci_vec v = bci_vec_bounded(place_at(m, m->row, x) + owed, m->low, m->high);
    bci_vec look = seen(m->view, v);

    if (noise)
        look += bci_vec_all(0.5f * m->spacing) *
                (bci_vec){ noise[x], noise[width + x], noise[2 * width + x], 0.0f };
    m->indices[x] = (uint8_t)bci_search_nearest(&m->search, look);
    e = v - m->places[m->indices[x]];
    memcpy(error, &e, sizeof e);
}

/* A palette is a grid in space: a pixel goes to the nearest colour as a whole. Its values are
 * vectors of four, the last 0. */
static void walk_colours(const bc_diffuser *d, bci_line *line, size_t from, size_t to)
{
    if (d->ahead[1] != 0.0f)
        bci_walk_line(d, line, (bci_walk_shape){ 4, 2, false }, from, to, find_colour, d->marks);
    else
        bci_walk_line(d, line, (bci_walk_shape){ 4, 1, false }, from, to, find_colour, d->marks);
}

static void walk(bci_palette_map *m, const void *row, uint8_t *indices)
{
    bci_line line = { 0 };

    m->row = row;
    m->indices = indices;
    bci_diffuse_line(m->diffuser, &line);
}

void bci_palette_map_row(bci_palette_map *m, int part, const void *samples, uint32_t y,
                         uint8_t *indices)
{
    const bc_image_settings *s = m->settings;

    if (!s->kernel) {
        if (bci_image_has_noise(s))
            mixed_row(m, part, samples, y, indices);
        else
            nearest_row(m, samples, indices);
        return;
    }
    if (bci_image_has_noise(s))
        make_noise(m, y);
    for (int i = 0; y == 0 && i < N_WARM_UP; i++)
        walk(m, samples, indices);
    walk(m, samples, indices);
}
