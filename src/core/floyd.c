/* Knows the fast way through a line of Floyd-Steinberg where there are two marks.
 *
 * Pixel after pixel goes only what the next one waits for: an addition, a subtraction, a
 * product and a choice. Which mark wins is as good as random, so that a branch would be
 * mispredicted every few pixels: both outcomes are computed and the compiler makes a selection
 * of the choice (-fno-trapping-math). Codes and the errors for the line below are made of the
 * whole line afterwards. The bounds of the general walk act on no ordinary picture; a piece
 * of a line where they would have acted is walked a second time, with them. */
#include "core/floyd.h"

#include <math.h>

/* Vectors of the compiler: a selection in C is a branch whenever it likes. */
typedef float lanes __attribute__((vector_size(16)));
typedef int32_t mask __attribute__((vector_size(16)));

static inline float bounded(float v, float low, float high)
{
    v = v > low ? v : low;
    return v < high ? v : high;
}

/* Values in cells, bounded, with the errors that came from above. */
static void add_known(const bci_marks *l, const float *restrict x, size_t n, float *restrict here)
{
    const float first = l->first, gain = l->cell_gain, zero = l->zero;
    const float low = l->v_min, high = l->v_max;

    for (size_t i = 0; i < n; i++) {
        const float own = (x[i] - first) * gain;

        here[i] += bounded(own == own ? own : zero, low, high);
    }
}

/* `a` where the mask is set, else `b`. */
static inline lanes choose(mask m, lanes a, lanes b)
{
    return (lanes)((m & (mask)a) | (~m & (mask)b));
}

/* Values with the error of the pixel before, one pixel in the first lane; `before` and what is
 * returned is that of the last one, weighted. */
static inline __attribute__((always_inline)) float walk(const bci_marks *l, float weight,
                                                        const ptrdiff_t step, const bool holds,
                                                        const float *restrict known, size_t n,
                                                        float before, float *restrict values)
{
    const lanes threshold = { l->thresholds[0] }, upper = { l->values[1] };
    const lanes low = { l->v_min }, high = { l->v_max }, weights = { weight };
    lanes ahead = { before };

    for (ptrdiff_t i = 0, at = step > 0 ? 0 : (ptrdiff_t)n - 1; i < (ptrdiff_t)n; i++, at += step) {
        lanes v = (lanes){ known[at] } + ahead;

        if (holds)
            v = choose(v > low, v, low);
        if (holds)
            v = choose(v < high, v, high);
        values[at] = v[0];
        /* The lower mark is 0 cells from itself. */
        ahead = choose(v >= threshold, (v - upper) * weights, v * weights);
    }
    return ahead[0];
}

static bool are_bounded(const bci_marks *l, const float *values, size_t n)
{
    const float low = l->v_min, high = l->v_max;
    int n_outside = 0;

    for (size_t i = 0; i < n; i++)
        n_outside |= (values[i] < low) | (values[i] > high);
    return n_outside == 0;
}

static void decide(const bci_marks *l, const float *restrict values, size_t n,
                   float *restrict errors, uint16_t *restrict codes)
{
    const float threshold = l->thresholds[0], upper = l->values[1];

    for (size_t i = 0; i < n; i++) {
        const bool is_above = values[i] >= threshold;

        codes[i] = is_above;
        errors[i] = values[i] - (is_above ? upper : 0.0f);
    }
}

float bci_floyd_walk(const bci_marks *l, float weight, bool backward, const float *x, size_t n,
                     float before, float *here, float *below, uint16_t *codes)
{
    float ahead;

    add_known(l, x, n, here);
    ahead = backward ? walk(l, weight, -1, false, here, n, before, below)
                     : walk(l, weight, 1, false, here, n, before, below);
    if (!are_bounded(l, below, n))
        ahead = walk(l, weight, backward ? -1 : 1, true, here, n, before, below);
    decide(l, below, n, here, codes);
    return ahead;
}

/* The sums are those of shares that arrive in the order of the walk. */
void bci_floyd_spread(const float *restrict errors, size_t n, const float weights[4], bool backward,
                      float *restrict below)
{
    const float behind = weights[1], down = weights[2], across = weights[3];
    const ptrdiff_t step = backward ? -1 : 1;

    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++)
        below[i] = (errors[i - step] * across + errors[i] * down) + errors[i + step] * behind;
}
