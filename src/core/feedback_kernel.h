/* The loop of error feedback in time on affine grids, included by kernels.c.
 *
 * Each sample waits for the error of the one before, so its speed is the latency of that chain.
 * It runs in steps, where an error is code - position and needs no way back through scale and
 * grid; the term of the newest error comes last and is all that waits; clipping is left to a
 * branch that is seldom taken. Two channels go side by side in the lanes of a vector, as a
 * vector type, because compilers do not find lanes in a serial loop: that was half as fast. */

typedef double pair __attribute__((vector_size(16)));
typedef double quad __attribute__((vector_size(32))); /* two frames of two channels */

static inline pair load_pair(const double *from)
{
    pair v;

    memcpy(&v, from, sizeof v);
    return v;
}

static inline pair both(double v)
{
    return (pair){ v, v };
}

/* True for numbers in lo..hi in both lanes, false for NaN. */
static inline bool lie_within(pair v, double lo, double hi)
{
    return (v[0] >= lo) & (v[0] <= hi) & (v[1] >= lo) & (v[1] <= hi);
}

/* Position without feedback. What is not finite counts as 0, and so does infinity times 0. */
static double safe_position(const bci_affine_f64 *g, double x)
{
    const double p = ((fabs(x) <= DBL_MAX ? x : 0.0) - g->offset) * g->inv + g->zero;

    return p == p ? p : g->zero;
}

/* One sample that clips, or is not finite. Half a step of rounding, the noise, and half a step
 * of slack: an error beyond that is clipping, and passing it on in full would never end. */
static double clipped(const bci_affine_f64 *g, double x, double d, double older, double second,
                      double newest, double *error)
{
    const double p = safe_position(g, x) - older - second, bound = 1.0 + fabs(d);
    const double rounded = (((p + d) - newest) + ROUNDER) - ROUNDER;
    const double code = rounded < g->lo ? g->lo : rounded > g->hi ? g->hi : rounded;
    const double e = code - (p - newest);

    *error = e > bound ? bound : e < -bound ? -bound : e;
    return code;
}

/* What a frame needs and makes. */
typedef struct {
    bci_affine_f64 g;
    const double *x[2], *noise[2];
    double *y[2];
    int32_t *codes[2];
} frames;

/* Quantize frame i, where the older errors sum up to `older`, and newest and second are the terms
 * of the last one and of the one before; returns its error. */
static inline __attribute__((always_inline)) pair feedback_frame(const frames *f, size_t i,
                                                                 const bool has_values, pair older,
                                                                 pair second, pair newest)
{
    const bci_affine_f64 g = f->g;
    const pair d = { f->noise[0][i], f->noise[1][i] };
    const pair p = ((pair){ f->x[0][i], f->x[1][i] } - g.offset) * g.inv + g.zero - older - second;
    pair code = (((p + d) - newest) + ROUNDER) - ROUNDER;
    pair error = code - (p - newest);

    if (!lie_within(code, g.lo, g.hi)) {
        for (int j = 0; j < 2; j++) {
            double e;

            code[j] = clipped(&g, f->x[j][i], d[j], older[j], second[j], newest[j], &e);
            error[j] = e;
        }
    }
    for (int j = 0; j < 2; j++)
        f->codes[j][i] = (int32_t)code[j];
    if (has_values) {
        const pair value = (code - g.origin) / g.den * g.gain + g.offset;

        for (int j = 0; j < 2; j++)
            f->y[j][i] = value[j];
    }
    return error;
}

/* Two frames share the loads of past errors: lanes 0 and 1 sum for the first, 2 and 3 for the
 * second. Each term goes to one of four sums by its age, so that a sample comes out the same as
 * first and as second. */
static inline __attribute__((always_inline)) void feed_back(const frames *given,
                                                            const bool has_values,
                                                            const bci_feedback_taps *taps,
                                                            double *errors, size_t n)
{
    const frames f = *given;
    const pair second_tap = both(taps->second), newest_tap = both(taps->newest);
    pair before = load_pair(errors + 2 * (taps->n_rows - 1));
    pair last = load_pair(errors + 2 * taps->n_rows);

    for (size_t i = 0; i < n; i += 2) {
        const double *past = errors + 2 * i;
        double *made = errors + 2 * (taps->n_rows + 1 + i);
        quad sums[4] = { { 0.0 } };

        for (size_t k = 0; k < taps->n_rows; k += 4) {
            for (size_t m = 0; m < 4; m++) {
                const pair e = load_pair(past + 2 * (k + m));
                quad row;

                memcpy(&row, taps->rows[k + m], sizeof row);
                sums[m] += row * (quad){ e[0], e[1], e[0], e[1] };
            }
        }
        /* The second frame meets each tap one row later. */
        pair first[4], second[4];

        for (size_t m = 0; m < 4; m++) {
            first[m] = (pair){ sums[m][0], sums[m][1] };
            second[m] = (pair){ sums[(m + 1) % 4][2], sums[(m + 1) % 4][3] };
        }
        before = feedback_frame(&f, i, has_values, (first[0] + first[1]) + (first[2] + first[3]),
                                second_tap * before, newest_tap * last);
        memcpy(made, &before, sizeof before);
        if (i + 1 == n)
            break;
        last =
            feedback_frame(&f, i + 1, has_values, (second[0] + second[1]) + (second[2] + second[3]),
                           second_tap * last, newest_tap * before);
        memcpy(made + 2, &last, sizeof last);
    }
}

static void feedback_f64(const bci_affine_f64 *a, const bci_feedback_taps *taps, double *errors,
                         const double *const x[2], const double *const noise[2], size_t n,
                         double *const y[2], int32_t *const codes[2])
{
    const frames f = {
        *a, { x[0], x[1] }, { noise[0], noise[1] }, { y[0], y[1] }, { codes[0], codes[1] }
    };

    if (y[0])
        feed_back(&f, true, taps, errors, n);
    else
        feed_back(&f, false, taps, errors, n);
}
