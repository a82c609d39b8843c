/* Knows the walk over a line of error diffusion: what a pixel waits for, from the error of its
 * neighbour to its own, is an addition, two bounds, a conversion, two loads, a subtraction and a
 * product; everything else is known before. */
#include "core/walk.h"

/* The code for v when its position on the grid moves by `shift` steps before it is rounded. */
static inline uint32_t decide(const bci_marks *l, bool half_way, float v, float shift, float *value)
{
    float fraction;
    const uint32_t k = bci_interval(l, v, &fraction);
    const float *mark = &l->values[k];

    if (!half_way)
        shift = shift + 0.5f - (l->thresholds[k] - mark[0]) / (mark[1] - mark[0]);
    /* No code is further away; a conversion and a comparison are floorf without a call. */
    const float place = bci_bounded(fraction + shift + 0.5f, -65536.0f, 65536.0f);
    int32_t code = (int32_t)k + (int32_t)place - (place < (float)(int32_t)place);

    code = code > 0 ? code : 0;
    code = code < (int32_t)l->n ? code : (int32_t)l->n - 1;
    *value = l->values[code];
    return (uint32_t)code;
}

/* The same for v in the only interval of two marks, the first of which is 0. */
static inline uint32_t decide_of_two(const bci_marks *l, bool half_way, float v, float shift,
                                     float *value)
{
    const float top = l->values[1];

    if (!half_way)
        shift = shift + 0.5f - l->thresholds[0] / top;
    const bool is_above = v / top + shift + 0.5f >= 1.0f;

    *value = is_above ? top : 0.0f;
    return is_above;
}

/* What is literal in every call of walk_line, so that its loops unroll and its branches
 * vanish. */
typedef struct {
    size_t n_channels;
    int n_ahead;    /* pixels ahead that errors go to */
    bool is_keyed;  /* weights by tone */
    bool is_plain;  /* all opaque, and cells suffice */
    bool is_binary; /* plain, and two marks only */
} shape;

/* The marks of a line: levels, for each channel the same. */
typedef struct {
    shape how;
    bci_marks levels; /* a copy, which stores of errors cannot change */
    const float *x, *shift;
    const uint8_t *opaque;
    uint16_t *codes;
    bool has_shift; /* literal, as well */
} line_marks;

/* bci_nearest where there are two marks: no table to wait for. */
static inline uint32_t nearest_of_two(const bci_marks *l, float v, float *value)
{
    const bool is_above = v >= l->thresholds[0];

    *value = is_above ? l->values[1] : 0.0f; /* the first mark is 0 cells from itself */
    return is_above;
}

static inline uint32_t code_for(const bci_marks *l, const shape how, float v, const float *shift,
                                float *value)
{
    if (shift && how.is_binary)
        return decide_of_two(l, how.is_keyed, v, *shift, value);
    if (shift)
        return decide(l, how.is_keyed, v, *shift, value);
    if (how.is_binary)
        return nearest_of_two(l, v, value);
    return bci_nearest(l, how.is_plain || l->cells_suffice, v, value);
}

static inline __attribute__((always_inline)) void
find_levels(const void *marks, size_t pixel, const float *here, const float *ahead, float *e)
{
    const line_marks *m = marks;
    const bci_marks *levels = &m->levels;
    const bool given = m->how.is_plain || !m->opaque || m->opaque[pixel];

#pragma GCC unroll 4
    for (size_t c = 0; c < m->how.n_channels; c++) {
        const size_t at = pixel * m->how.n_channels + c;
        const float known = bci_known_of(levels, m->x[at]);
        const float v =
            bci_bounded(given ? (known + here[c]) + ahead[c] : known, levels->v_min, levels->v_max);
        float value;

        m->codes[at] =
            (uint16_t)code_for(levels, m->how, v, m->has_shift ? &m->shift[at] : NULL, &value);
        e[c] = given ? v - value : 0.0f;
    }
}

static inline __attribute__((always_inline)) void walk_shifted(const bc_diffuser *d, bci_line *line,
                                                               const shape how, bool has_shift,
                                                               size_t from, size_t to)
{
    const line_marks marks = { how,          d->levels,
                               line->x,      how.is_keyed ? line->room.shift : line->noise,
                               line->opaque, line->codes,
                               has_shift };

    bci_walk_line(d, line, (bci_walk_shape){ how.n_channels, how.n_ahead, how.is_keyed }, from, to,
                  find_levels, &marks);
}

static inline __attribute__((always_inline)) void walk_line(const bc_diffuser *d, bci_line *line,
                                                            const shape how, size_t from, size_t to)
{
    if (line->noise)
        walk_shifted(d, line, how, true, from, to);
    else
        walk_shifted(d, line, how, false, from, to);
}

/* Each call below is two loops of its own, with noise and without. The common cases have one: grey
 * of 1 bit or, where errors go no further than the next pixel, of more, and RGB. Those whose
 * weights go by the tone: */
static void walk_keyed(const bc_diffuser *d, bci_line *line, bool is_plain, size_t from, size_t to)
{
    const size_t n = d->n_channels;

    if (is_plain && n == 1 && d->levels.n == 2)
        walk_line(d, line, (shape){ 1, 1, true, true, true }, from, to);
    else if (is_plain && n == 3)
        walk_line(d, line, (shape){ 3, 1, true, true, false }, from, to);
    else
        walk_line(d, line, (shape){ n, 1, true, false, false }, from, to);
}

void bci_walk(const bc_diffuser *d, bci_line *line, size_t from, size_t to)
{
    const bool is_plain = !line->opaque && d->levels.cells_suffice;
    const bool is_binary = d->levels.n == 2;
    const size_t n = d->n_channels;
    const int n_ahead = d->ahead[1] != 0.0f ? 2 : 1;

    if (d->tones)
        walk_keyed(d, line, is_plain, from, to);
    else if (is_plain && n == 1 && is_binary && n_ahead == 1)
        walk_line(d, line, (shape){ 1, 1, false, true, true }, from, to);
    else if (is_plain && n == 1 && is_binary)
        walk_line(d, line, (shape){ 1, 2, false, true, true }, from, to);
    else if (is_plain && n == 1 && n_ahead == 1)
        walk_line(d, line, (shape){ 1, 1, false, true, false }, from, to);
    else if (is_plain && n == 3 && n_ahead == 1)
        walk_line(d, line, (shape){ 3, 1, false, true, false }, from, to);
    else if (is_plain && n == 3)
        walk_line(d, line, (shape){ 3, 2, false, true, false }, from, to);
    else
        walk_line(d, line, (shape){ n, 2, false, false, false }, from, to);
}
