/* Knows the loops that run over every sample. Plain C, compiled once per CPU level
 * (BCI_LEVEL names it) with contraction off; no level may change a result. */
#include "core/kernels.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/floats.h"
#include "core/block_parts.h"
#include "core/lanes.h"

#ifdef BCI_WITH_RANDOM123
#include <Random123/philox.h>
#else
#include "core/philox.h"
#endif

#define REAL        float
#define AFFINE      bci_affine_f32
#define QUANTIZE    quantize_f32
#define QUANTIZE_AS quantize_as_f32
#define ROUNDER     12582912.0f
#include "core/affine_kernel.h"
#undef REAL
#undef AFFINE
#undef QUANTIZE
#undef QUANTIZE_AS
#undef ROUNDER

#define REAL        double
#define AFFINE      bci_affine_f64
#define QUANTIZE    quantize_f64
#define QUANTIZE_AS quantize_as_f64
#define ROUNDER     6755399441055744.0
#include "core/affine_kernel.h"
#include "core/feedback_kernel.h"

#include "core/pcm_kernel.h"

static void error_lane(bci_error_lanes *s, size_t j, double x, double y)
{
    const double finite = fabs(x) <= DBL_MAX && fabs(y) <= DBL_MAX ? 1.0 : 0.0;
    const double xf = finite != 0.0 ? x : 0.0;
    const double e = finite != 0.0 ? y - x : 0.0;
    const double magnitude = fabs(e);

    s->n_finite[j] += finite;
    s->x[j] += xf;
    s->x2[j] += xf * xf;
    s->e[j] += e;
    s->e2[j] += e * e;
    s->max_abs_e[j] = s->max_abs_e[j] > magnitude ? s->max_abs_e[j] : magnitude;
}

/* As many lanes as a register holds, side by side; the loop over lanes above is not always made
 * into vectors. */
#if defined __AVX512F__
enum { WIDTH = 8 };
#elif defined __AVX__
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif
typedef double wide __attribute__((vector_size(8 * WIDTH)));
typedef int64_t wide_bits __attribute__((vector_size(8 * WIDTH)));
typedef float narrow __attribute__((vector_size(4 * WIDTH)));

static inline wide widen(const float *x)
{
    narrow v;

    memcpy(&v, x, sizeof v);
    return __builtin_convertvector(v, wide);
}

/* Numbers of which none is NaN or infinite, in groups of BCI_LANES. */
static inline void error_finite(bci_error_lanes *lanes, const float *x, const float *y, size_t n)
{
    for (size_t j = 0; j < BCI_LANES; j += WIDTH) {
        wide sum_x, sum_x2, sum_e, sum_e2, most;

        memcpy(&sum_x, &lanes->x[j], sizeof sum_x);
        memcpy(&sum_x2, &lanes->x2[j], sizeof sum_x);
        memcpy(&sum_e, &lanes->e[j], sizeof sum_x);
        memcpy(&sum_e2, &lanes->e2[j], sizeof sum_x);
        memcpy(&most, &lanes->max_abs_e[j], sizeof sum_x);
        for (size_t i = j; i < n; i += BCI_LANES) {
            const wide xd = widen(x + i), e = widen(y + i) - xd;
            const wide magnitude = (wide)((wide_bits)e & INT64_MAX);
            const wide_bits is_more = magnitude > most;

            sum_x += xd;
            sum_x2 += xd * xd;
            sum_e += e;
            sum_e2 += e * e;
            most = (wide)(((wide_bits)magnitude & is_more) | ((wide_bits)most & ~is_more));
        }
        memcpy(&lanes->x[j], &sum_x, sizeof sum_x);
        memcpy(&lanes->x2[j], &sum_x2, sizeof sum_x);
        memcpy(&lanes->e[j], &sum_e, sizeof sum_x);
        memcpy(&lanes->e2[j], &sum_e2, sizeof sum_x);
        memcpy(&lanes->max_abs_e[j], &most, sizeof sum_x);
    }
    for (size_t j = 0; j < BCI_LANES; j++)
        lanes->n_finite[j] += (double)(n / BCI_LANES);
}

static bool are_finite(const float *x, size_t n)
{
    uint32_t found = 0;

    for (size_t i = 0; i < n; i++)
        found |= (bci_f32_bits(x[i]) & 0x7F800000) == 0x7F800000;
    return !found;
}

static void error_f32(bci_error_lanes *lanes, const float *x, const float *y, size_t n)
{
    enum { CHUNK = 64 * BCI_LANES };
    size_t i = 0;

    for (size_t m; i < n; i += m) {
        m = n - i < CHUNK ? n - i : CHUNK;
        if (m == CHUNK && are_finite(x + i, m) && are_finite(y + i, m)) {
            error_finite(lanes, x + i, y + i, m);
            continue;
        }
        for (size_t k = 0; k < m; k++)
            error_lane(lanes, k % BCI_LANES, (double)x[i + k], (double)y[i + k]);
    }
}

static void error_f64(bci_error_lanes *lanes, const double *x, const double *y, size_t n)
{
    bci_error_lanes s = *lanes;
    size_t i = 0;

    for (; i + BCI_LANES <= n; i += BCI_LANES)
        for (size_t j = 0; j < BCI_LANES; j++)
            error_lane(&s, j, x[i + j], y[i + j]);
    for (; i < n; i++)
        error_lane(&s, i % BCI_LANES, x[i], y[i]);
    *lanes = s;
}

/* NaN and infinity are left out. */
static inline uint32_t overload_1(double x, double y, double *e2)
{
    const double e = y - x;

    if (!(fabs(x) <= FLT_MAX))
        return 0;
    *e2 += fabs(e) <= DBL_MAX ? e * e : 0.0;
    return 1;
}

/* Of at most 64 numbers. Few clip, if any: they are looked for first, and they alone are summed. */
static inline uint32_t overload_64(const float *x, const float *y, size_t n, float low, float high,
                                   double *e2)
{
    const size_t whole = n - n % BCI_WIDTH;
    uint64_t beyond = 0;
    uint32_t count = 0;

    for (size_t i = 0; i < whole; i += BCI_WIDTH) {
        bci_lanes v;

        memcpy(&v, x + i, sizeof v);
        beyond |= (uint64_t)bci_bits((v < low) | (v > high)) << i;
    }
    for (size_t i = whole; i < n; i++)
        beyond |= (uint64_t)(x[i] < low || x[i] > high) << i;
    for (; beyond; beyond &= beyond - 1) {
        const int i = __builtin_ctzll(beyond);

        count += overload_1((double)x[i], (double)y[i], e2);
    }
    return count;
}

static uint64_t overload_f32(const float *x, const float *y, size_t n_groups, size_t length,
                             const float *low, const float *high, double *e2)
{
    uint64_t count = 0;

    for (size_t g = 0; g < n_groups; g++, x += length, y += length)
        for (size_t i = 0; i < length; i += 64)
            count +=
                overload_64(x + i, y + i, length - i < 64 ? length - i : 64, low[g], high[g], e2);
    return count;
}

static void add_products_f32(float *restrict to, const float *restrict a, const float *restrict b,
                             const float *restrict c, const float weights[3], size_t n)
{
    const float of_a = weights[2], of_b = weights[1], of_c = weights[0];

    for (size_t i = 0; i < n; i++)
        to[i] = ((to[i] + a[i] * of_a) + b[i] * of_b) + c[i] * of_c;
}

#ifdef __AVX512F__
#include "core/philox_wide.h"
#endif

static void random_words(uint64_t seed, uint64_t first, uint32_t stream, uint32_t purpose,
                         uint32_t *out, size_t n_blocks)
{
    const philox4x32_key_t key = { { (uint32_t)seed, (uint32_t)(seed >> 32) } };
    size_t b = 0;

#ifdef __AVX512F__
    for (; b + WIDE_BLOCKS <= n_blocks; b += WIDE_BLOCKS)
        random_words_wide(seed, first + b, stream, purpose, out + 4 * b);
#endif
    for (; b < n_blocks; b++) {
        const uint64_t block = first + b;
        const philox4x32_ctr_t counter = { { (uint32_t)block, (uint32_t)(block >> 32), stream,
                                             purpose } };
        const philox4x32_ctr_t r = philox4x32(counter, key);

        out[4 * b + 0] = r.v[0];
        out[4 * b + 1] = r.v[1];
        out[4 * b + 2] = r.v[2];
        out[4 * b + 3] = r.v[3];
    }
}

/* The middle of one of 2^23 equal cells of (-1/2, 1/2): exact in float, mean exactly 0. */
static void rpdf(const uint32_t *words, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ((float)((int32_t)(words[i] >> 9) - (1 << 22)) + 0.5f) * 0x1p-23f;
}

/* The sum of two 16-bit uniforms: exact in float, mean exactly 0. */
static void tpdf(const uint32_t *words, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] =
            (float)((int32_t)(words[i] >> 16) + (int32_t)(words[i] & 0xFFFF) - 0xFFFF) * 0x1p-16f;
}

/* Natural logarithm of u in (0, 1], by the series of 2 atanh((m - 1) / (m + 1)) on
 * m in [sqrt(1/2), sqrt(2)): the error stays below 1e-12, and only basic operations decide. */
static double log_of(double u)
{
    int exponent;
    double m = frexp(u, &exponent);

    if (m < 0.70710678118654752) {
        m *= 2.0;
        exponent--;
    }
    const double s = (m - 1.0) / (m + 1.0), q = s * s;
    double sum = 1.0 / 17;

    for (int k = 15; k >= 1; k -= 2)
        sum = sum * q + 1.0 / k;
    return 2.0 * s * sum + exponent * 0.69314718055994531;
}

/* Sine of t quarter turns, 0 <= t <= 1: Taylor to degree 15, error below 1e-11. */
static double sin_quarter(double t)
{
    const double a = t * 1.5707963267948966, q = a * a;
    double term = a, sum = a;

    for (int k = 2; k <= 14; k += 2) {
        term *= -q / (k * (k + 1));
        sum += term;
    }
    return sum;
}

/* Sine of u turns. */
static double sin_turns(double u)
{
    const double quarters = u * 4.0;
    const int quadrant = (int)quarters;
    const double t = quarters - quadrant;
    const double magnitude = quadrant & 1 ? sin_quarter(1.0 - t) : sin_quarter(t);

    return quadrant & 2 ? -magnitude : magnitude;
}

/* Box and Muller 1958, sigma 1/2, words taken in pairs. */
static void gaussian(const uint32_t *words, float *out, size_t n)
{
    for (size_t i = 0; i < n; i += 2) {
        const double radius = 0.5 * sqrt(-2.0 * log_of((words[i] + 0.5) * 0x1p-32));
        const double turns = (words[i + 1] + 0.5) * 0x1p-32;
        const double ahead = turns < 0.75 ? turns + 0.25 : turns - 0.75;

        out[i] = (float)(radius * sin_turns(ahead));
        out[i + 1] = (float)(radius * sin_turns(turns));
    }
}

#define TEXT_(level) #level
#define TEXT(level)  TEXT_(level)

extern const bci_kernels BCI_AT_LEVEL(bci_kernels);
const bci_kernels BCI_AT_LEVEL(bci_kernels) = {
    .name = TEXT(BCI_LEVEL),
    .quantize_f32 = quantize_f32,
    .quantize_f64 = quantize_f64,
    .feedback_f64 = feedback_f64,
    .error_f32 = error_f32,
    .error_f64 = error_f64,
    .overload_f32 = overload_f32,
    .add_products_f32 = add_products_f32,
    .random_words = random_words,
    .rpdf = rpdf,
    .tpdf = tpdf,
    .gaussian = gaussian,
    .pcm_unpack = pcm_unpack,
    .pcm_pack = pcm_pack,
    .pcm_pack_values = pcm_pack_values,
    .block_formats = BCI_AT_LEVEL(bci_block_formats),
};
