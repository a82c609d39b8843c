/* Quantizing on a float grid is the rounding of IEEE 754 to that format: against integer
 * arithmetic on the bits of the input, and against the machine where it has the format. */
#include "bitcrush/quantize.h"
#include "float_formats.h"
#include "grids.h"

enum { BATCH = 4096 };

/* Collects inputs and compares them batch by batch. */
typedef struct {
    const float_format *f;
    bc_grid g;
    float_rounding rounding;
    double x[BATCH];
    size_t n;
} probe;

static void compare(const probe *p, const char *precision, double x, double y, int32_t code)
{
    const uint32_t magnitude = round_bits(p->f, x, p->rounding);
    const int32_t want_code = signbit(x) ? -(int32_t)magnitude : (int32_t)magnitude;
    const double want = copysign(decode_bits(p->f, magnitude), x);

    EXPECT(code == want_code && same_f64(y, want),
           "%s %s: %a (%.17g) became code %d, %a; expected code %d, %a", p->f->name, precision, x,
           x, code, y, want_code, want);
}

static void flush(probe *p)
{
    static double y[BATCH];
    static float narrow_x[BATCH], narrow_y[BATCH];
    static int32_t codes[BATCH];
    const bc_rounding rounding = p->rounding == TIES_TO_EVEN ? BC_ROUND_NEAREST : BC_ROUND_TRUNCATE;
    size_t n_narrow = 0;

    bc_quantize_f64(&p->g, &BC_SCALE_IDENTITY, rounding, p->x, NULL, p->n, y, codes);
    for (size_t i = 0; i < p->n; i++)
        compare(p, "f64", p->x[i], y[i], codes[i]);
    for (size_t i = 0; i < p->n; i++)
        if (same_f64((double)(float)p->x[i], p->x[i]))
            narrow_x[n_narrow++] = (float)p->x[i];
    bc_quantize_f32(&p->g, &BC_SCALE_IDENTITY, rounding, narrow_x, NULL, n_narrow, narrow_y, codes);
    for (size_t i = 0; i < n_narrow; i++)
        compare(p, "f32", (double)narrow_x[i], (double)narrow_y[i], codes[i]);
    p->n = 0;
}

static void add(probe *p, double x)
{
    if (!isfinite(x))
        return;
    p->x[p->n++] = x;
    if (p->n == BATCH)
        flush(p);
}

static void add_with_neighbours(probe *p, double x)
{
    const float narrow = (float)x;

    add(p, x);
    add(p, -x);
    add(p, nextafter(x, INFINITY));
    add(p, nextafter(x, -INFINITY));
    add(p, (double)nextafterf(narrow, INFINITY));
    add(p, (double)nextafterf(narrow, -INFINITY));
    add(p, -(double)nextafterf(narrow, INFINITY));
    add(p, -(double)nextafterf(narrow, -INFINITY));
}

static void on_every_format(float_rounding rounding, void (*feed)(probe *p))
{
    for (size_t i = 0; i < N_FLOAT_FORMATS; i++) {
        static probe p;

        p = (probe){ .f = &float_formats[i],
                     .g = grid_of(float_formats[i].name),
                     .rounding = rounding };
        feed(&p);
        flush(&p);
    }
}

/* A million floats of any bits; doubles of any bits; numbers near the range of the format. */
static void random_numbers(probe *p)
{
    const int low = -p->f->bias - p->f->mantissa_bits - 2;
    uint64_t seed = 3;

    for (int i = 0; i < 1000000; i++)
        add(p, (double)f32_of((uint32_t)random_bits(&seed)));
    for (int i = 0; i < 100000; i++) {
        add(p, f64_of(random_bits(&seed)));
        const int e = low + (int)(random_bits(&seed) % (1u << p->f->exponent_bits)) +
                      (int)(random_bits(&seed) % 32);

        add(p, ldexp(random_between(&seed, -2.0, 2.0), e));
    }
}

/* All marks of 16 bits and less, and the middles between them; a spread of float32. */
static void marks_and_middles(probe *p)
{
    const bool all = p->f->max_bits < 1 << 16;
    const uint32_t n = all ? p->f->max_bits : 100000;
    uint64_t seed = 4;

    for (uint32_t i = 0; i < n; i++) {
        const uint32_t k = all ? i : (uint32_t)(random_bits(&seed) % p->f->max_bits);
        const double below = decode_bits(p->f, k), above = decode_bits(p->f, k + 1);

        add_with_neighbours(p, below);
        add_with_neighbours(p, below + 0.5 * (above - below));
    }
}

/* The largest value, the half step past it where rounding turns, one step and far past it. */
static void overflow(probe *p)
{
    const double step = p->f->max - decode_bits(p->f, p->f->max_bits - 1);

    for (double past = 0.0; past <= 4.0; past += 0.25)
        add_with_neighbours(p, p->f->max + past * step);
    for (double far = 1.0; far <= 0x1p300; far *= 2.0)
        add_with_neighbours(p, p->f->max * far);
    add(p, 0x1.FFFFFFFFFFFFFp1023);
    add(p, -0x1.FFFFFFFFFFFFFp1023);
    add(p, (double)0x1.FFFFFEp127f);
}

static void tiny(probe *p)
{
    for (double x = p->f->min_normal * 4.0; x > 0.0; x *= 0.5) {
        add_with_neighbours(p, x);
        add_with_neighbours(p, 1.5 * x);
    }
    add(p, 0.0);
    add(p, -0.0);
}

static void nearest_random(void **state)
{
    (void)state;
    on_every_format(TIES_TO_EVEN, random_numbers);
}

static void nearest_middles(void **state)
{
    (void)state;
    on_every_format(TIES_TO_EVEN, marks_and_middles);
}

static void nearest_ends(void **state)
{
    (void)state;
    on_every_format(TIES_TO_EVEN, overflow);
    on_every_format(TIES_TO_EVEN, tiny);
}

static void truncation(void **state)
{
    (void)state;
    on_every_format(TOWARD_ZERO, random_numbers);
    on_every_format(TOWARD_ZERO, marks_and_middles);
    on_every_format(TOWARD_ZERO, overflow);
    on_every_format(TOWARD_ZERO, tiny);
}

/* The hardware and two identities on the bits of a float: the reference is right. */
static void the_witness(void **state)
{
    uint64_t seed = 5;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        const uint32_t bits = (uint32_t)random_bits(&seed) & 0x7FFFFFFF;
        const double wide = f64_of(random_bits(&seed)), x = (double)f32_of(bits);

        if (isfinite(wide))
            EXPECT(same_f64(copysign(decode_bits(&float_formats[0],
                                                 round_bits(&float_formats[0], wide, TIES_TO_EVEN)),
                                     wide),
                            (double)(float)wide),
                   "float32: %a", wide);
        if (bits >= 0x7F800000)
            continue;
        EXPECT(round_bits(&float_formats[2], x, TIES_TO_EVEN) ==
                   (bits + 0x7FFF + (bits >> 16 & 1)) >> 16,
               "bfloat16: %a", x);
        EXPECT(round_bits(&float_formats[2], x, TOWARD_ZERO) == bits >> 16, "bfloat16 cut: %a", x);
#ifdef __FLT16_MANT_DIG__
        EXPECT(
            same_f64(decode_bits(&float_formats[1], round_bits(&float_formats[1], x, TIES_TO_EVEN)),
                     (double)(_Float16)x),
            "float16: %a", x);
#endif
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the reference of this test agrees with the machine", the_witness),
        SENTENCE("a million random floats round as IEEE 754 says", nearest_random),
        SENTENCE("marks, ties and their neighbours round to nearest, ties to even",
                 nearest_middles),
        SENTENCE("overflow and underflow follow the format", nearest_ends),
        SENTENCE("truncation cuts mantissa bits off, toward zero", truncation),
    };

    return cmocka_run_group_tests_name("float rounding", tests, NULL, NULL);
}
