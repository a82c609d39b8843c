/* Knows the level of a signal and the binary places that its samples use. */
#include "bitcrush/level.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

static void add_one(bc_level_sums *s, double x)
{
    const size_t lane = (s->n + s->n_nonfinite) % BC_LEVEL_LANES;

    if (!(fabs(x) <= DBL_MAX)) {
        s->n_nonfinite++;
        return;
    }
    s->n++;
    s->sum[lane] += x;
    s->sum2[lane] += x * x;
    s->peak = fabs(x) > s->peak ? fabs(x) : s->peak;
}

/* Whole turns through the lanes. */
static void add_turns(bc_level_sums *s, const double *x, size_t n)
{
    double sum[BC_LEVEL_LANES], sum2[BC_LEVEL_LANES], peak[BC_LEVEL_LANES] = { 0 };
    double bad[BC_LEVEL_LANES] = { 0 };
    uint64_t n_bad = 0;

    memcpy(sum, s->sum, sizeof sum);
    memcpy(sum2, s->sum2, sizeof sum2);
    for (size_t i = 0; i < n; i += BC_LEVEL_LANES)
        for (size_t j = 0; j < BC_LEVEL_LANES; j++) {
            const double size = fabs(x[i + j]);
            const double v = size <= DBL_MAX ? x[i + j] : 0.0;

            sum[j] += v;
            sum2[j] += v * v;
            peak[j] = fabs(v) > peak[j] ? fabs(v) : peak[j];
            bad[j] += size <= DBL_MAX ? 0.0 : 1.0;
        }
    for (size_t j = 0; j < BC_LEVEL_LANES; j++) {
        n_bad += (uint64_t)bad[j];
        s->peak = peak[j] > s->peak ? peak[j] : s->peak;
    }
    memcpy(s->sum, sum, sizeof sum);
    memcpy(s->sum2, sum2, sizeof sum2);
    s->n += n - n_bad;
    s->n_nonfinite += n_bad;
}

void bc_level_add(bc_level_sums *s, const double *x, size_t n)
{
    for (; n && (s->n + s->n_nonfinite) % BC_LEVEL_LANES != 0; n--)
        add_one(s, *x++);
    const size_t whole = n - n % BC_LEVEL_LANES;

    add_turns(s, x, whole);
    for (size_t i = whole; i < n; i++)
        add_one(s, x[i]);
}

static double total(const double *lanes)
{
    double sum = 0.0;

    for (int j = 0; j < BC_LEVEL_LANES; j++)
        sum += lanes[j];
    return sum;
}

double bc_level_mean(const bc_level_sums *s)
{
    return s->n ? total(s->sum) / (double)s->n : NAN;
}

double bc_level_rms(const bc_level_sums *s)
{
    return s->n ? sqrt(total(s->sum2) / (double)s->n) : NAN;
}

double bc_level_dbfs(double mean_square)
{
    return 10.0 * log10(2.0 * mean_square);
}

void bc_used_bits_add_codes(bc_used_bits *u, int bits, const int32_t *codes, size_t n)
{
    uint32_t any = 0;

    assert(bits >= 1 && bits <= 32);
    for (size_t i = 0; i < n; i++)
        any |= (uint32_t)codes[i];
    u->places |= (uint64_t)any << (32 - bits);
}

/* Multiples of 2^-31 below 2^19 keep all their bits when 1.5 * 2^21 is added: its last place is
 * worth 2^-31, and the sum's mantissa is the multiple in two's complement. */
static const double aligner = 0x1.8p21;

enum { BLOCK = 1024 };

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Whether all of x[0..n), n <= BLOCK, are multiples of 2^-31 below 2^19; then *any has the
 * binary places of them all. */
static int aligned(const double *x, size_t n, uint64_t *any)
{
    uint64_t places = 0, wrong = 0;

    for (size_t i = 0; i < n; i++) {
        const double sum = x[i] + aligner;

        wrong |= !(sum - aligner == x[i] && fabs(x[i]) < 0x1p19);
        places |= bits_of(sum) - bits_of(aligner);
    }
    *any = places;
    return !wrong;
}

static void add_sample(bc_used_bits *u, double x)
{
    int exponent;

    if (x == 0.0)
        return;
    if (!(fabs(x) <= DBL_MAX)) {
        u->n_finer++;
        return;
    }
    /* x is an integer of 53 bits times 2^(exponent - 53). */
    const int64_t integer = (int64_t)ldexp(frexp(x, &exponent), 53);
    uint64_t last = (uint64_t)(integer & -integer);
    int place = exponent - 53 + 31;

    for (; last > 1; last >>= 1)
        place++;
    if (place < 0)
        u->n_finer++;
    else
        u->places |= UINT64_C(1) << (place < 31 ? place : 31);
}

void bc_used_bits_add(bc_used_bits *u, const double *x, size_t n)
{
    uint64_t places;

    for (size_t at = 0; at < n && u->n_finer == 0; at += BLOCK) {
        const size_t m = n - at < BLOCK ? n - at : BLOCK;

        if (aligned(x + at, m, &places))
            u->places |= places;
        else
            for (size_t i = 0; i < m; i++)
                add_sample(u, x[at + i]);
    }
}

int bc_used_bits_depth(const bc_used_bits *u)
{
    int depth = 32;

    if (u->n_finer)
        return 33;
    if (u->places == 0)
        return 0;
    for (uint64_t places = u->places; !(places & 1) && depth > 1; places >>= 1)
        depth--;
    return depth;
}
