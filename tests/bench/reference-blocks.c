/* Knows the block formats of GGML as their definitions read: one number after the other, with
 * branches and the functions of libm, as plain C would be written by whoever needs a format and
 * not speed. The yardstick of the tensor benchmark, which compiles it as a project that knows of no
 * CPU would (-O3, no -march), and a second opinion on the bytes. */
#include "reference-blocks.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* ---- 16 bits */

static uint16_t half_of(float x)
{
    const uint32_t bits = bits_of(x), sign = bits >> 16 & 0x8000;
    const int exponent = (int)(bits >> 23 & 0xFF) - 127 + 15;
    uint32_t mantissa = bits & 0x7FFFFF;
    int shift = 13;

    if (exponent == 255 - 127 + 15)
        return (uint16_t)(sign | (mantissa ? 0x7E00 : 0x7C00));
    if (exponent >= 31)
        return (uint16_t)(sign | 0x7C00);
    if (exponent < -10)
        return (uint16_t)sign;
    if (exponent <= 0) {
        mantissa |= 0x800000;
        shift = 14 - exponent;
    }
    uint32_t h = mantissa >> shift;
    const uint32_t rest = mantissa & ((1u << shift) - 1), middle = 1u << (shift - 1);

    if (exponent > 0)
        h |= (uint32_t)exponent << 10;
    if (rest > middle || (rest == middle && (h & 1)))
        h++;
    return (uint16_t)(sign | h);
}

static float of_half(uint16_t h)
{
    const int exponent = h >> 10 & 31;
    const float mantissa = (float)(h & 0x3FF), sign = h & 0x8000 ? -1.0f : 1.0f;

    if (exponent == 31)
        return h & 0x3FF ? NAN : sign * INFINITY;
    if (exponent == 0)
        return sign * ldexpf(mantissa, -24);
    return sign * ldexpf(mantissa + 1024.0f, exponent - 25);
}

static void put16(uint8_t *out, uint16_t v)
{
    out[0] = (uint8_t)v;
    out[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *out, uint32_t v)
{
    put16(out, (uint16_t)v);
    put16(out + 2, (uint16_t)(v >> 16));
}

/* Stores a scale, and gives what was stored. */
static float put_half(uint8_t *out, float x)
{
    const uint16_t h = half_of(x);

    put16(out, h);
    return of_half(h);
}

static void f16(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        put16(out + 2 * i, half_of(x[i]));
}

static void bf16(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t u = bits_of(x[i]);

        if (isnan(x[i]))
            put16(out + 2 * i, (uint16_t)(u >> 16 | 0x40));
        else
            put16(out + 2 * i, (uint16_t)((u + 0x7FFF + (u >> 16 & 1)) >> 16));
    }
}

/* ---- blocks of 32 */

static float largest_of(const float *x, int n)
{
    float largest = 0.0f;

    for (int i = 0; i < n; i++)
        if (fabsf(x[i]) > largest)
            largest = fabsf(x[i]);
    return largest;
}

/* With its sign, the first of equals. */
static float extreme_of(const float *x, int n)
{
    float largest = 0.0f, extreme = 0.0f;

    for (int i = 0; i < n; i++)
        if (fabsf(x[i]) > largest) {
            largest = fabsf(x[i]);
            extreme = x[i];
        }
    return extreme;
}

static void q8_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 34) {
        const float d = largest_of(x, 32) / 127.0f;
        const float inverse = d != 0.0f ? 1.0f / d : 0.0f;

        put_half(out, d);
        for (int j = 0; j < 32; j++)
            out[2 + j] = (uint8_t)(int8_t)roundf(x[j] * inverse);
    }
}

static void q4_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 18) {
        const float d = extreme_of(x, 32) / -8.0f;
        const float inverse = d != 0.0f ? 1.0f / d : 0.0f;

        put_half(out, d);
        for (int j = 0; j < 16; j++) {
            int a = (int)(x[j] * inverse + 8.5f), b = (int)(x[16 + j] * inverse + 8.5f);

            if (a > 15)
                a = 15;
            if (b > 15)
                b = 15;
            out[2 + j] = (uint8_t)(a | b << 4);
        }
    }
}

static void q5_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 22) {
        const float d = extreme_of(x, 32) / -16.0f;
        const float inverse = d != 0.0f ? 1.0f / d : 0.0f;

        uint32_t high = 0;

        put_half(out, d);
        for (int j = 0; j < 16; j++) {
            int a = (int)(x[j] * inverse + 16.5f), b = (int)(x[16 + j] * inverse + 16.5f);

            if (a > 31)
                a = 31;
            if (b > 31)
                b = 31;
            out[6 + j] = (uint8_t)((a & 15) | (b & 15) << 4);
            high |= (uint32_t)(a >> 4) << j | (uint32_t)(b >> 4) << (16 + j);
        }
        put32(out + 2, high);
    }
}

/* Scale and minimum of 32 numbers; returns the inverse of the scale. */
static float range_of(const float *x, float top, uint8_t *out, float *low)
{
    float high = x[0];

    *low = x[0];
    for (int j = 1; j < 32; j++) {
        if (x[j] < *low)
            *low = x[j];
        if (x[j] > high)
            high = x[j];
    }
    const float d = (high - *low) / top;

    put_half(out, d);
    put_half(out + 2, *low);
    return d != 0.0f ? 1.0f / d : 0.0f;
}

static void q4_1(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 20) {
        float low;
        const float inverse = range_of(x, 15.0f, out, &low);

        for (int j = 0; j < 16; j++) {
            int a = (int)((x[j] - low) * inverse + 0.5f);
            int b = (int)((x[16 + j] - low) * inverse + 0.5f);

            if (a > 15)
                a = 15;
            if (b > 15)
                b = 15;
            out[4 + j] = (uint8_t)(a | b << 4);
        }
    }
}

static void q5_1(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 24) {
        float low;
        const float inverse = range_of(x, 31.0f, out, &low);

        uint32_t high = 0;

        for (int j = 0; j < 16; j++) {
            const int a = (int)((x[j] - low) * inverse + 0.5f);
            const int b = (int)((x[16 + j] - low) * inverse + 0.5f);

            out[8 + j] = (uint8_t)((a & 15) | (b & 15) << 4);
            high |= (uint32_t)(a >> 4 & 1) << j | (uint32_t)(b >> 4 & 1) << (16 + j);
        }
        put32(out + 4, high);
    }
}

/* ---- signs and trits */

static void q1_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 128, x += 128, out += 18) {
        float sum = 0.0f;

        memset(out, 0, 18);
        for (int j = 0; j < 128; j++) {
            sum += fabsf(x[j]);
            if (x[j] >= 0.0f)
                out[2 + j / 8] |= (uint8_t)(1 << j % 8);
        }
        put_half(out, sum / 128.0f);
    }
}

static int trit_of(float x, float inverse)
{
    return (int)lroundf(x * inverse) + 1;
}

static void q2_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 64, x += 64, out += 18) {
        const float d = largest_of(x, 64), inverse = d != 0.0f ? 1.0f / d : 0.0f;

        memset(out, 0, 18);
        put_half(out, d);
        for (int j = 0; j < 64; j++)
            out[2 + j / 4] |= (uint8_t)(trit_of(x[j], inverse) << 2 * (j % 4));
    }
}

static void tq2_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 256, x += 256, out += 66) {
        const float d = largest_of(x, 256), inverse = d != 0.0f ? 1.0f / d : 0.0f;

        memset(out, 0, 64);
        put_half(out + 64, d);
        for (int j = 0; j < 256; j++)
            out[j / 128 * 32 + j % 32] |= (uint8_t)(trit_of(x[j], inverse) << 2 * (j % 128 / 32));
    }
}

/* The byte of five trits, `step` apart, or of four. */
static uint8_t pack_trits(const float *x, int step, int n, float inverse)
{
    int v = 0;

    for (int i = 0; i < n; i++)
        v = v * 3 + trit_of(x[i * step], inverse);
    if (n == 4)
        v *= 3;
    return (uint8_t)((v * 256 + 242) / 243);
}

static void tq1_0(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 256, x += 256, out += 54) {
        const float d = largest_of(x, 256), inverse = d != 0.0f ? 1.0f / d : 0.0f;

        for (int m = 0; m < 32; m++)
            out[m] = pack_trits(x + m, 32, 5, inverse);
        for (int m = 0; m < 16; m++)
            out[32 + m] = pack_trits(x + 160 + m, 16, 5, inverse);
        for (int j = 0; j < 4; j++)
            out[48 + j] = pack_trits(x + 240 + j, 4, 4, inverse);
        put_half(out + 52, d);
    }
}

/* ---- floats of four bits */

static const float doubled[16] = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 };

/* The nearest of all 16, the first of equals. */
static int nearest_of(float x, float s)
{
    float least = fabsf(doubled[0] * s - x);
    int best = 0;

    for (int k = 1; k < 16; k++) {
        const float e = fabsf(doubled[k] * s - x);

        if (e < least) {
            least = e;
            best = k;
        }
    }
    return best;
}

static void mxfp4(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 17) {
        const float largest = largest_of(x, 32);
        const int e = largest > 0.0f ? (int)floorf(log2f(largest)) - 2 + 127 : 0;
        const float s = ldexpf(1.0f, (e > 0 ? e : 0) - 128);

        out[0] = (uint8_t)(e > 0 ? e : 0);
        for (int j = 0; j < 16; j++)
            out[1 + j] = (uint8_t)(nearest_of(x[j], s) | nearest_of(x[16 + j], s) << 4);
    }
}

/* Without sign: 4 bits of exponent, 3 of mantissa, halves up. */
static int ue4m3_of(float x)
{
    if (!(x > 0.0f))
        return 0;
    if (x > 448.0f)
        x = 448.0f;

    int exponent = (int)(bits_of(x) >> 23) - 127 + 7;
    int mantissa = (int)(bits_of(x) >> 20 & 7);

    if (exponent <= 0) {
        mantissa = (int)(x * 512.0f + 0.5f);
        return mantissa > 7 ? 7 : mantissa;
    }
    if (exponent >= 15)
        return 0x7E;
    if (bits_of(x) >> 19 & 1)
        mantissa++;
    if (mantissa == 8) {
        mantissa = 0;
        exponent++;
    }
    return exponent >= 15 ? 0x7E : exponent << 3 | mantissa;
}

static float of_ue4m3(int code)
{
    if (code >> 3 == 0)
        return ldexpf((float)code, -9);
    return ldexpf((float)(8 + (code & 7)), (code >> 3) - 10);
}

static void nvfp4(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 64, out += 36)
        for (int g = 0; g < 4; g++, x += 16) {
            const int code = ue4m3_of(largest_of(x, 16) / 6.0f);
            const float s = of_ue4m3(code) / 2.0f;

            out[g] = (uint8_t)code;
            for (int j = 0; j < 8; j++)
                out[4 + 8 * g + j] = (uint8_t)(nearest_of(x[j], s) | nearest_of(x[8 + j], s) << 4);
        }
}

/* ---- blocks of 256 whose scales are quantized */

static int to_code(float x, int low, int high)
{
    const float k = rintf(x);

    return k < (float)low ? low : k > (float)high ? high : (int)k;
}

typedef struct {
    int n, top;
    float first, step;
    int n_steps;
    bool by_magnitude;
} affine_search;

static float affine_error(const affine_search *how, const float *x, const float *w, float scale,
                          float low, const uint8_t *q)
{
    float sum = 0.0f;

    for (int i = 0; i < how->n; i++) {
        const float e = scale * (float)q[i] + low - x[i];

        sum += w[i] * (how->by_magnitude ? fabsf(e) : e * e);
    }
    return sum;
}

/* x ~ scale * q - minimum; returns the scale. */
static float search_affine(const affine_search *how, const float *x, const float *w, uint8_t *q,
                           float *minimum)
{
    const int n = how->n;
    float low = x[0], high = x[0], sum_w = w[0], sum_x = w[0] * x[0];

    for (int i = 1; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        sum_w += w[i];
        sum_x += w[i] * x[i];
    }
    if (low > 0.0f)
        low = 0.0f;
    if (high == low) {
        memset(q, 0, (size_t)n);
        *minimum = -low;
        return 0.0f;
    }
    float inverse = (float)how->top / (high - low);
    float scale = 1.0f / inverse;

    for (int i = 0; i < n; i++)
        q[i] = (uint8_t)to_code(inverse * (x[i] - low), 0, how->top);

    float least = affine_error(how, x, w, scale, low, q);

    for (int k = 0; k <= how->n_steps; k++) {
        float sum_l = 0.0f, sum_l2 = 0.0f, sum_xl = 0.0f;
        uint8_t try[32];

        inverse = (how->first + how->step * (float)k + (float)how->top) / (high - low);
        for (int i = 0; i < n; i++) {
            const int l = to_code(inverse * (x[i] - low), 0, how->top);

            try[i] = (uint8_t)l;
            sum_l += w[i] * (float)l;
            sum_l2 += w[i] * (float)l * (float)l;
            sum_xl += w[i] * (float)l * x[i];
        }
        const float determinant = sum_w * sum_l2 - sum_l * sum_l;

        if (!(determinant > 0.0f))
            continue;

        float s = (sum_w * sum_xl - sum_x * sum_l) / determinant;
        float m = (sum_l2 * sum_x - sum_l * sum_xl) / determinant;

        if (m > 0.0f) {
            m = 0.0f;
            s = sum_xl / sum_l2;
        }
        const float error = affine_error(how, x, w, s, m, try);

        if (error < least) {
            memcpy(q, try, (size_t)n);
            least = error;
            scale = s;
            low = m;
        }
    }
    *minimum = -low;
    return scale;
}

static float most_of(const float *x, int n)
{
    float most = 0.0f;

    for (int i = 0; i < n; i++)
        if (x[i] > most)
            most = x[i];
    return most;
}

/* Codes once more, by the scale and minimum that are stored. */
static void requantize(const float *x, int n, float scale, float minimum, int top, uint8_t *q)
{
    if (scale == 0.0f)
        return;
    for (int i = 0; i < n; i++)
        q[i] = (uint8_t)to_code((x[i] + minimum) / scale, 0, top);
}

static void q2_k(const float *x, size_t n, uint8_t *out)
{
    static const affine_search how = { 16, 3, -0.5f, 0.1f, 15, true };

    for (; n > 0; n -= 256, x += 256, out += 84) {
        float scales[16], minimums[16], w[16];
        uint8_t q[256], sc[16] = { 0 }, mn[16] = { 0 };

        for (int g = 0; g < 16; g++) {
            for (int i = 0; i < 16; i++)
                w[i] = fabsf(x[16 * g + i]);
            scales[g] = search_affine(&how, x + 16 * g, w, q + 16 * g, &minimums[g]);
        }
        const float most_scale = most_of(scales, 16), most_minimum = most_of(minimums, 16);

        for (int g = 0; g < 16; g++) {
            if (most_scale > 0.0f)
                sc[g] = (uint8_t)to_code(15.0f / most_scale * scales[g], 0, 15);
            if (most_minimum > 0.0f)
                mn[g] = (uint8_t)to_code(15.0f / most_minimum * minimums[g], 0, 15);
            out[g] = (uint8_t)(sc[g] | mn[g] << 4);
        }
        const float d = put_half(out + 80, most_scale > 0.0f ? most_scale / 15.0f : 0.0f);
        const float dmin = put_half(out + 82, most_minimum > 0.0f ? most_minimum / 15.0f : 0.0f);

        for (int g = 0; g < 16; g++)
            requantize(x + 16 * g, 16, d * (float)sc[g], dmin * (float)mn[g], 3, q + 16 * g);
        memset(out + 16, 0, 64);
        for (int i = 0; i < 256; i++)
            out[16 + i / 128 * 32 + i % 32] |= (uint8_t)(q[i] << i % 128 / 32 * 2);
    }
}

/* q4_k, q5_k: d, dmin, twelve bytes of scales and minimums; codes in q. */
static void affine_256(const float *x, const affine_search *how, uint8_t *out, uint8_t *q)
{
    float scales[8], minimums[8];
    uint8_t sc[8], mn[8];

    for (int g = 0; g < 8; g++) {
        float w[32], sum = 0.0f;

        for (int i = 0; i < 32; i++)
            sum += x[32 * g + i] * x[32 * g + i];
        for (int i = 0; i < 32; i++)
            w[i] = sqrtf(sum / 32.0f) + fabsf(x[32 * g + i]);
        scales[g] = search_affine(how, x + 32 * g, w, q + 32 * g, &minimums[g]);
    }
    const float most_scale = most_of(scales, 8), most_minimum = most_of(minimums, 8);
    const float inverse = most_scale > 0.0f ? 63.0f / most_scale : 0.0f;
    const float inverse_minimum = most_minimum > 0.0f ? 63.0f / most_minimum : 0.0f;

    memset(out, 0, 16);
    for (int g = 0; g < 8; g++) {
        sc[g] = (uint8_t)to_code(inverse * scales[g], 0, 63);
        mn[g] = (uint8_t)to_code(inverse_minimum * minimums[g], 0, 63);
        if (g < 4) {
            out[4 + g] |= sc[g];
            out[8 + g] |= mn[g];
        } else {
            out[8 + g] = (uint8_t)((sc[g] & 15) | (mn[g] & 15) << 4);
            out[g] |= (uint8_t)(sc[g] >> 4 << 6);
            out[4 + g] |= (uint8_t)(mn[g] >> 4 << 6);
        }
    }
    const float d = put_half(out, most_scale / 63.0f);
    const float dmin = put_half(out + 2, most_minimum / 63.0f);

    for (int g = 0; g < 8; g++)
        requantize(x + 32 * g, 32, d * (float)sc[g], dmin * (float)mn[g], how->top, q + 32 * g);
}

static void q4_k(const float *x, size_t n, uint8_t *out)
{
    static const affine_search how = { 32, 15, -1.0f, 0.1f, 20, false };
    uint8_t q[256];

    for (; n > 0; n -= 256, x += 256, out += 144) {
        affine_256(x, &how, out, q);
        for (int g = 0; g < 4; g++)
            for (int l = 0; l < 32; l++)
                out[16 + 32 * g + l] = (uint8_t)(q[64 * g + l] | q[64 * g + 32 + l] << 4);
    }
}

static void q5_k(const float *x, size_t n, uint8_t *out)
{
    static const affine_search how = { 32, 31, -0.5f, 0.1f, 15, false };
    uint8_t q[256];

    for (; n > 0; n -= 256, x += 256, out += 176) {
        affine_256(x, &how, out, q);
        memset(out + 16, 0, 32);
        for (int g = 0; g < 4; g++)
            for (int l = 0; l < 32; l++) {
                const uint8_t a = q[64 * g + l], b = q[64 * g + 32 + l];

                out[48 + 32 * g + l] = (uint8_t)((a & 15) | (b & 15) << 4);
                if (a > 15)
                    out[16 + l] |= (uint8_t)(1 << 2 * g);
                if (b > 15)
                    out[16 + l] |= (uint8_t)(2 << 2 * g);
            }
    }
}

/* 16 numbers of q3_k: codes 0..7; returns the scale. */
static float search_q3(const float *x, uint8_t *q)
{
    const float extreme = extreme_of(x, 16);
    float sum_lx = 0.0f, sum_l2 = 0.0f;
    int l[16];

    memset(q, 0, 16);
    if (fabsf(extreme) < 1e-15f)
        return 0.0f;
    for (int i = 0; i < 16; i++) {
        const float w = x[i] * x[i];

        l[i] = to_code(-4.0f / extreme * x[i], -4, 3);
        sum_lx += w * x[i] * (float)l[i];
        sum_l2 += w * (float)l[i] * (float)l[i];
    }
    for (int sweep = 0, n_changed = 1; sweep < 5 && n_changed; sweep++) {
        n_changed = 0;
        for (int i = 0; i < 16; i++) {
            const float w = x[i] * x[i];
            float lx = sum_lx - w * x[i] * (float)l[i];

            if (!(lx > 0.0f))
                continue;

            float l2 = sum_l2 - w * (float)l[i] * (float)l[i];
            const int other = to_code(x[i] * l2 / lx, -4, 3);

            if (other == l[i])
                continue;
            lx += w * x[i] * (float)other;
            l2 += w * (float)other * (float)other;
            if (l2 > 0.0f && lx * lx * sum_l2 > sum_lx * sum_lx * l2) {
                l[i] = other;
                sum_lx = lx;
                sum_l2 = l2;
                n_changed++;
            }
        }
    }
    for (int i = 0; i < 16; i++)
        q[i] = (uint8_t)(l[i] + 4);
    return sum_l2 > 0.0f ? sum_lx / sum_l2 : 0.0f;
}

static void q3_k(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 256, x += 256, out += 110) {
        float scales[16], d = 0.0f;
        uint8_t q[256];

        memset(out, 0, 110);
        for (int g = 0; g < 16; g++)
            scales[g] = search_q3(x + 16 * g, q + 16 * g);

        const float extreme = extreme_of(scales, 16);

        if (extreme != 0.0f)
            d = put_half(out + 108, 1.0f / (-32.0f / extreme));
        for (int g = 0; g < 16; g++) {
            const int s = extreme != 0.0f ? to_code(-32.0f / extreme * scales[g], -32, 31) : -32;
            const float scale = d * (float)s;

            out[96 + g % 8] |= (uint8_t)(((s + 32) & 15) << g / 8 * 4);
            out[104 + g % 4] |= (uint8_t)((s + 32) >> 4 << g / 4 * 2);
            for (int i = 16 * g; scale != 0.0f && i < 16 * g + 16; i++)
                q[i] = (uint8_t)(to_code(x[i] / scale, -4, 3) + 4);
        }
        for (int i = 0; i < 256; i++) {
            if (q[i] > 3)
                out[i % 32] |= (uint8_t)(1 << i / 32);
            out[32 + i / 128 * 32 + i % 32] |= (uint8_t)((q[i] & 3) << i % 128 / 32 * 2);
        }
    }
}

/* 16 numbers of q6_k: codes 0..63; returns the scale. */
static float search_q6(const float *x, uint8_t *q)
{
    const float extreme = extreme_of(x, 16);
    float scale = 0.0f, best = 0.0f;
    bool is_first = true;

    memset(q, 0, 16);
    if (fabsf(extreme) < 1e-15f)
        return 0.0f;
    for (int k = -10; k <= 9; k++) { /* -10 stands for 0, which comes first */
        const float inverse = -(32.0f + 0.1f * (float)(k == -10 ? 0 : k)) / extreme;
        float sum_lx = 0.0f, sum_l2 = 0.0f;
        int l[16];

        if (k == 0)
            continue;
        for (int i = 0; i < 16; i++) {
            const float w = x[i] * x[i];

            l[i] = to_code(inverse * x[i], -32, 31);
            sum_lx += w * x[i] * (float)l[i];
            sum_l2 += w * (float)l[i] * (float)l[i];
        }
        if (is_first || (sum_l2 > 0.0f && sum_lx * sum_lx > best * sum_l2)) {
            for (int i = 0; i < 16; i++)
                q[i] = (uint8_t)(l[i] + 32);
            scale = sum_l2 != 0.0f ? sum_lx / sum_l2 : 0.0f;
            best = scale * sum_lx;
        }
        is_first = false;
    }
    return scale;
}

static void q6_k(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 256, x += 256, out += 210) {
        float scales[16];
        uint8_t q[256];

        memset(out, 0, 210);
        for (int g = 0; g < 16; g++)
            scales[g] = search_q6(x + 16 * g, q + 16 * g);

        const float extreme = extreme_of(scales, 16);

        if (fabsf(extreme) < 1e-15f)
            continue;

        const float inverse = -128.0f / extreme, d = put_half(out + 208, 1.0f / inverse);

        for (int g = 0; g < 16; g++) {
            const int s = to_code(inverse * scales[g], -128, 127);
            const float scale = d * (float)s;

            out[192 + g] = (uint8_t)s;
            for (int i = 16 * g; scale != 0.0f && i < 16 * g + 16; i++)
                q[i] = (uint8_t)(to_code(x[i] / scale, -32, 31) + 32);
        }
        for (int i = 0; i < 256; i++) {
            const int h = i / 128, l = i % 32, quarter = i % 128 / 32;

            out[64 * h + quarter % 2 * 32 + l] |= (uint8_t)((q[i] & 15) << quarter / 2 * 4);
            out[128 + 32 * h + l] |= (uint8_t)(q[i] >> 4 << 2 * quarter);
        }
    }
}

/* ---- 16 values that are dense near 0 */

static const int8_t table[16] = { -127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113 };

/* By halves; the upper of two equally near ones. */
static int table_index(float x)
{
    int low = 0, high = 15;

    if (x <= table[0])
        return 0;
    if (x >= table[15])
        return 15;
    while (high - low > 1) {
        const int middle = (low + high) / 2;

        if (x < table[middle])
            high = middle;
        else
            low = middle;
    }
    return x - table[low] < table[high] - x ? low : high;
}

static float search_iq4(const float *x)
{
    const float extreme = extreme_of(x, 32);
    float scale = 0.0f, best = 0.0f;
    bool is_first = true;

    if (fabsf(extreme) < 1e-15f)
        return 0.0f;
    for (int k = -8; k <= 7; k++) { /* -8 stands for the start */
        const float start = -extreme / table[0];
        const float inverse = is_first ? 1.0f / start : (float)(k + table[0]) / extreme;
        float sum_qx = 0.0f, sum_q2 = 0.0f;

        for (int i = 0; i < 32; i++) {
            const float w = x[i] * x[i], q = table[table_index(inverse * x[i])];

            sum_qx += w * q * x[i];
            sum_q2 += w * q * q;
        }
        if (is_first || (sum_q2 > 0.0f && sum_qx * sum_qx > best * sum_q2)) {
            scale = sum_q2 > 0.0f ? sum_qx / sum_q2 : 0.0f;
            best = scale * sum_qx;
        }
        is_first = false;
    }
    return scale;
}

static void iq4_codes(const float *x, float inverse, uint8_t *out)
{
    for (int j = 0; j < 16; j++)
        out[j] = (uint8_t)(table_index(x[j] * inverse) | table_index(x[16 + j] * inverse) << 4);
}

static void iq4_nl(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 32, x += 32, out += 18) {
        const float d = search_iq4(x);

        put_half(out, d);
        iq4_codes(x, d != 0.0f ? 1.0f / d : 0.0f, out + 2);
    }
}

static void iq4_xs(const float *x, size_t n, uint8_t *out)
{
    for (; n > 0; n -= 256, x += 256, out += 136) {
        float scales[8];
        unsigned high = 0;

        memset(out, 0, 136);
        for (int g = 0; g < 8; g++)
            scales[g] = search_iq4(x + 32 * g);

        const float d = -extreme_of(scales, 8) / 32.0f;
        const float inverse = d != 0.0f ? 1.0f / d : 0.0f;

        put_half(out, d);
        for (int g = 0; g < 8; g++) {
            const int l = to_code(scales[g] * inverse, -32, 31);
            const float scale = d * (float)l;

            iq4_codes(x + 32 * g, scale != 0.0f ? 1.0f / scale : 0.0f, out + 8 + 16 * g);
            out[4 + g / 2] |= (uint8_t)(((l + 32) & 15) << g % 2 * 4);
            high |= (unsigned)(l + 32) >> 4 << 2 * g;
        }
        put16(out + 2, (uint16_t)high);
    }
}

const reference_row reference_rows[] = {
    { "f16", f16 },       { "bf16", bf16 },     { "q8_0", q8_0 },   { "q4_0", q4_0 },
    { "q4_1", q4_1 },     { "q5_0", q5_0 },     { "q5_1", q5_1 },   { "q2_k", q2_k },
    { "q3_k", q3_k },     { "q4_k", q4_k },     { "q5_k", q5_k },   { "q6_k", q6_k },
    { "iq4_nl", iq4_nl }, { "iq4_xs", iq4_xs }, { "tq1_0", tq1_0 }, { "tq2_0", tq2_0 },
    { "mxfp4", mxfp4 },   { "nvfp4", nvfp4 },   { "q1_0", q1_0 },   { "q2_0", q2_0 },
    { NULL, NULL },
};
