/* Feedback: where the error of a rounded sample goes.
 *
 * Forward in time (FIR noise shaping), to neighbours in the plane (error diffusion), or to the
 * weights of a row not yet rounded (GPTQ): the same loop, v = x + what earlier errors sent here;
 * code = round(position(v) + noise); e = v - value(code). In time and in the plane the error of a
 * sample is bounded before it is passed on, so that clipping cannot run away. */
#ifndef BITCRUSH_FEEDBACK_H
#define BITCRUSH_FEEDBACK_H

#include "bitcrush/quantize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The kinds of feedback: who gets the error. */
typedef enum {
    BC_FEEDBACK_NONE,
    BC_FEEDBACK_TIME,  /* bc_quantize_fir_f64 */
    BC_FEEDBACK_PLANE, /* bc_diffuse_row */
    BC_FEEDBACK_ROWS,  /* bc_quantize_row_f64 */
} bc_feedback_kind;

typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    bc_feedback_kind kind;
    const char *elsewhere; /* what it does that other data have no place for; NULL: it suits all */
} bc_feedback_row;

/* The rows of the registry, in the order of the kinds; returns the number of rows. */
BC_API size_t bc_feedback_rows(const bc_feedback_row **out);

/* The kind that a name asks for: "none", an error diffusion, a noise shaper or "ath", or "rows";
 * NULL where it is none of them. */
BC_API const bc_feedback_row *bc_feedback_find(const char *name);

#define BC_FIR_MAX_TAPS 64

/* A causal filter of past errors and its state, for one channel on one grid and scale. To start,
 * set n_taps and taps (c_1 .. c_n of v = x - sum c_k e[i-k], with e = value - v; the noise is
 * then shaped by 1 - sum c_k z^-k; Lipshitz et al., JAES 39(11), 1991) and zero the rest. */
typedef struct {
    uint32_t n_taps;
    double taps[BC_FIR_MAX_TAPS];
    double errors[BC_FIR_MAX_TAPS]; /* past errors, the newest first: on affine grids in steps,
                                     * else in units of the data */
} bc_fir;

/* Quantize x[0..n) with error feedback in time; other arguments as bc_quantize_f64, except
 * that x that is not finite counts as 0. The passed-on error is bounded to one step (the
 * wider one beside the mark taken) plus the noise of the moment. `fir` is advanced: two
 * calls on the halves of a signal equal one on the whole. */
BC_API void bc_quantize_fir_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *fir,
                                const double *x, const double *noise, size_t n, double *y,
                                int32_t *codes);

/* The same for n_channels channels apart, each with its filter, all with the same taps: channel
 * c takes x[c], noise[c], y[c] and codes[c], n samples each; noise, y and codes may be NULL as a
 * whole. Every channel becomes what it becomes alone; on affine grids two take the time of
 * one. */
BC_API void bc_quantize_fir_channels_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *firs,
                                         size_t n_channels, const double *const *x,
                                         const double *const *noise, size_t n, double *const *y,
                                         int32_t *const *codes);

#define BC_DIFFUSION_MAX_TAPS 12

/* One weight of an error-diffusion kernel: the share that the pixel `dx` to the right (in
 * the direction of travel) and `dy` below receives is weight / divisor. */
typedef struct {
    int8_t dx, dy;
    uint8_t weight;
} bc_diffusion_tap;

/* Weights of the taps {right, below left, below} for inputs of one level, of 0..127 in the
 * lower half of the interval between two codes; the upper half mirrors it. */
typedef struct {
    uint8_t level;
    uint32_t right, below_left, below;
} bc_diffusion_key;

/* How far noise raises the threshold at a level: percent of half the interval. */
typedef struct {
    uint8_t level, percent;
} bc_diffusion_modulation;

/* A row of the registry. Weights may sum to less than the divisor: then light is lost, and
 * `doc` says so. A kernel with keys takes its weights from them, by where the input lies
 * between its two codes, and decides half way between the codes (raised by noise where it has
 * modulations); as published it is for 1 bit. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    int divisor;
    int n_taps;
    bc_diffusion_tap taps[BC_DIFFUSION_MAX_TAPS];
    const bc_diffusion_key *keys;
    size_t n_keys;
    const bc_diffusion_modulation *modulations;
    size_t n_modulations;
} bc_diffusion;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_diffusion_rows(const bc_diffusion **out);

/* The row of that name, or NULL. */
BC_API const bc_diffusion *bc_diffusion_find(const char *name);

typedef enum {
    BC_SCAN_SERPENTINE, /* every other line from right to left */
    BC_SCAN_RASTER,
} bc_scan;

/* The state of one diffusion over a picture, line after line. */
typedef struct bc_diffuser bc_diffuser;

/* A diffuser for lines of `width` pixels of `n_channels` (1..4) interleaved channels onto
 * `grid`, whose tables must outlive it. `strength` (0..1) multiplies every weight.
 * BC_E_LIMIT when memory is short, BC_E_USAGE for arguments out of range. */
BC_API BC_NODISCARD bc_status bc_diffuser_new(const bc_diffusion *kernel, const bc_grid *grid,
                                              bc_scan scan, double strength, size_t width,
                                              size_t n_channels, bc_diffuser **out, bc_error *err);

/* Quantize the next line. x: width * n_channels values in the units of the grid. noise: as
 * many values in steps, added to the position that decides (a modulated kernel takes it for
 * its threshold, RPDF as published), or NULL for none.
 * opaque: width flags, or NULL for all; a pixel with flag 0 is rounded by itself and
 * neither takes nor gives error. codes receives width * n_channels codes, counted from
 * the lowest of the grid. NaN counts as 0 and values far outside the grid are clamped to
 * one span beyond it. Errors that fall beside the picture go to its border pixels; what
 * is left below the last line is lost. To start as in the middle of a picture, with the errors
 * that a picture has there, pass the first line some 32 times and drop those codes. */
BC_API void bc_diffuse_row(bc_diffuser *d, const float *x, const float *noise,
                           const uint8_t *opaque, uint16_t *codes);

/* Let bc_diffuse_rows use up to n_threads threads, or as many as OpenMP gives when it is 0;
 * before the first line. *n_used receives how many it will use, 16 at most. More than one takes
 * memory for so many lines. It is one where threads would only wait for each other: for a
 * serpentine, of which a line starts where the one above ends, and with less than 512 pixels of
 * a line for each thread. BC_E_LIMIT when memory is short. */
BC_API BC_NODISCARD bc_status bc_diffuser_share(bc_diffuser *d, int n_threads, int *n_used,
                                                bc_error *err);

/* Quantize the next n_rows lines, which follow each other in all arguments: the same as
 * bc_diffuse_row for each of them, to the last bit. In a parallel region of OpenMP, idle threads
 * of the team take lines as tasks; outside of one it opens its own. */
BC_API void bc_diffuse_rows(bc_diffuser *d, size_t n_rows, const float *x, const float *noise,
                            const uint8_t *opaque, uint16_t *codes);

/* Release a diffuser; NULL is fine. */
BC_API void bc_diffuser_free(bc_diffuser *d);

/* Along a row: n weights w that meet inputs with the second moments h[i * n + j] = mean of u_i u_j,
 * so that errors d of the weights are a mean square error d' H d of the output. shares[i * n + j],
 * j > i, receives what weight j gives back of the error of weight i, all others 0: with it the
 * weights not yet rounded are where the error of the output is least, given those that are. It is
 * the greedy rule of GPTQ (Frantar et al., arXiv 2210.17323: the rows of the Cholesky factor of
 * H^-1 over its diagonal, with another sign). `shares` may be `h`. BC_E_USAGE where H is not
 * positive definite: add a little to its diagonal. Takes n^3 / 2 steps. */
BC_API BC_NODISCARD bc_status bc_row_shares(size_t n, const double *h, double *shares,
                                            bc_error *err);

/* Quantize a row from the first weight to the last; other arguments as bc_quantize_f64, except that
 * x that is not finite counts as 0 and y must not be NULL. y may be x; codes may be NULL. A weight
 * that clips passes its whole error on: a row ends, and others can make up for it. */
BC_API void bc_quantize_row_f64(const bc_grid *grid, const bc_scale *scale, const double *shares,
                                const double *x, const double *noise, size_t n, double *y,
                                int32_t *codes);

#ifdef __cplusplus
}
#endif
#endif
