/* Truncation is the bit shift of the textbooks. */
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

/* v / (2^b - 1) on the n-bit uniform grid becomes v >> (b - n), in both precisions. */
static void uniform_row(int b, int n, uint32_t stride)
{
    const bc_grid g = grid_of_bits("uniform", n);
    const double top = ldexp(1.0, b) - 1.0;

    for (uint32_t v = 0; v <= (uint32_t)top; v += stride) {
        const double x = v / top;
        const float narrow = (float)x;
        int32_t code, narrow_code = -1;

        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &x, NULL, 1, NULL, &code);
        EXPECT(code == (int32_t)(v >> (b - n)), "f64: %d-bit %u to %d bits is %d, expected %u", b,
               v, n, code, v >> (b - n));
        if (b > 16)
            continue; /* neighbouring v are one and the same float */
        bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &narrow, NULL, 1, NULL,
                        &narrow_code);
        EXPECT(narrow_code == (int32_t)(v >> (b - n)),
               "f32: %d-bit %u to %d bits is %d, expected %u", b, v, n, narrow_code, v >> (b - n));
    }
}

static void uniform_shift(void **state)
{
    (void)state;
    for (int b = 1; b <= 16; b++)
        for (int n = 1; n <= b; n++)
            uniform_row(b, n, 1);
}

/* Of 24-bit values a spread, and all that lie beside the edge of a cell. */
static void uniform_shift_24(void **state)
{
    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("uniform", n);

        uniform_row(24, n, 1009);
        for (uint32_t edge = 1u << (24 - n); edge < 1u << 24; edge += 1u << (24 - n)) {
            const double x[2] = { (edge - 1) / 16777215.0, edge / 16777215.0 };
            int32_t codes[2];

            bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, x, NULL, 2, NULL, codes);
            EXPECT(codes[0] == (int32_t)(edge >> (24 - n)) - 1 &&
                       codes[1] == (int32_t)(edge >> (24 - n)),
                   "24-bit %u to %d bits: codes %d, %d beside the edge", edge, n, codes[0],
                   codes[1]);
        }
    }
}

/* floor(x 2^n), x on the edge of a cell, where double holds both exactly. */
static void uniform_edges(void **state)
{
    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("uniform", n);

        for (int32_t k = 0; k <= g.hi; k++) {
            const double edge = k / ldexp(1.0, n);
            const double x[2] = { edge, nextafter(edge, -1.0) };
            int32_t codes[2];

            bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, x, NULL, 2, NULL, codes);
            EXPECT(codes[0] == k && codes[1] == (k ? k - 1 : 0),
                   "uniform%d: codes %d, %d at and below %d / 2^n", n, codes[0], codes[1], k);
        }
    }
}

/* v / 2^(b-1) on the n-bit PCM grid becomes the arithmetic shift; the error of all v of b bits
 * has mean -(2^d - 1) / 2^(d+1) steps, d = b - n bits lost: -1/2 step and the half of a last
 * bit that v itself has. */
static void pcm_shift(void **state)
{
    static const int depths[] = { 8, 16, 20 };

    (void)state;
    for (size_t d = 0; d < 3; d++) {
        const int b = depths[d];
        const int32_t half = 1 << (b - 1);

        for (int n = 1; n <= b; n++) {
            const bc_grid g = grid_of_bits("pcm", n);
            const int lost = b - n;
            double sum = 0.0;

            for (int32_t v = -half; v < half; v++) {
                const double x = (double)v / half;
                const float narrow = (float)x;
                const int32_t want = (int32_t)floor((double)v / (1 << lost));
                double y;
                int32_t code, narrow_code;

                bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &x, NULL, 1, &y, &code);
                bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &narrow, NULL, 1, NULL,
                                &narrow_code);
                EXPECT(code == want && narrow_code == want,
                       "%d-bit %d to %d bits is %d in f64, %d in f32, expected %d", b, v, n, code,
                       narrow_code, want);
                sum += y - x;
            }
            const double mean_steps = sum / (2.0 * half) * ldexp(1.0, n - 1);

            /* All terms and sums are multiples of 2^-20 below 2^20: exact. */
            EXPECT_NEAR(mean_steps, -(ldexp(1.0, lost) - 1.0) / ldexp(1.0, lost + 1), 0.0,
                        "mean error of %d to %d bits", b, n);
        }
    }
}

/* On the mid-rise grid the shift gives the nearest mark: cells begin at multiples of a step. */
static void midrise_shift(void **state)
{
    enum { BITS = 16, HALF = 1 << (BITS - 1) };

    (void)state;
    for (int n = 1; n <= BITS; n++) {
        const bc_grid g = grid_of_bits("midrise", n);

        for (int32_t v = -HALF; v < HALF; v++) {
            const double x = (double)v / HALF, want = floor((double)v / (1 << (BITS - n)));
            const float narrow = (float)x;
            double y;
            int32_t code, narrow_code;

            bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &x, NULL, 1, &y, &code);
            bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_TRUNCATE, &narrow, NULL, 1, NULL,
                            &narrow_code);
            EXPECT(code == (int32_t)want && narrow_code == (int32_t)want,
                   "%d to %d bits is %d in f64, %d in f32, expected %.0f", v, n, code, narrow_code,
                   want);
            EXPECT(fabs(y - x) <= ldexp(1.0, -n), "%d to %d bits is %g from its mark", v, n,
                   fabs(y - x));
        }
    }
}

static const struct {
    const char *grid;
    bc_scale scale;
    double x, noise;
    int32_t code;
} rows[] = {
    { "pcm3", { 1.0, 0.0, 0 }, 0.74, 0.0, 2 },
    { "pcm3", { 1.0, 0.0, 0 }, -0.01, 0.0, -1 },
    { "pcm3", { 1.0, 0.0, 0 }, -9.0, 0.0, -4 },
    { "pcm3", { 1.0, 0.0, 0 }, 9.0, 0.0, 3 },
    { "int3", { 1.0, 0.0, 0 }, -0.5, 0.0, -2 },
    { "int3", { 3.0, 0.0, 0 }, 2.9, 0.0, 2 },
    { "uint8", { 255.0, 0.0, 10 }, 2.9, 0.0, 12 },
    { "uint8", { 255.0, 0.0, 10 }, -2.1, 0.0, 7 },
    { "uniform8", { 255.0, 0.0, 0 }, 128.0, 0.0, 128 },
    { "uniform1", { 255.0, 0.0, 0 }, 127.0, 0.0, 0 },
    { "uniform1", { 255.0, 0.0, 0 }, 128.0, 0.0, 1 },
    { "uniform8", { 1.0, 0.0, 0 }, 0.0, 0.0, 0 },
    { "uniform8", { 1.0, 0.0, 0 }, 1.0, 0.0, 255 },
    { "uniform8", { 1.0, 0.0, 0 }, 1.0, 3.0, 255 },
    { "pcm8", { 128.0, 0.0, 0 }, 3.0, -0.25, 2 },
    { "pcm8", { 128.0, 0.0, 0 }, 3.0, 0.75, 3 },
    /* e2m1 counts 0, 0.5, 1, 1.5, 2, 3, 4, 6: with noise too, the sum goes toward zero. */
    { "e2m1", { 1.0, 0.0, 0 }, 5.9, 0.0, 6 },
    { "e2m1", { 1.0, 0.0, 0 }, -5.9, 0.0, -6 },
    { "e2m1", { 1.0, 0.0, 0 }, 99.0, 0.0, 7 },
    { "e2m1", { 1.0, 0.0, 0 }, 2.0, -0.5, 3 },
    { "e2m1", { 1.0, 0.0, 0 }, 3.0, -0.4, 4 },
    { "e2m1", { 1.0, 0.0, 0 }, 3.0, 0.4, 5 },
    { "e2m1", { 1.0, 0.0, 0 }, -2.0, 0.5, -3 },
    { "e2m1", { 1.0, 0.0, 0 }, -3.0, 0.4, -4 },
    { "e2m1", { 1.0, 0.0, 0 }, 0.5, -1.6, 0 },
    { "e2m1", { 1.0, 0.0, 0 }, 0.5, -2.5, -1 },
    { "e2m1", { 1.0, 0.0, 0 }, 2.0, -5.5, -1 },
};

static void literal_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_grid g = grid_of(rows[i].grid);
        const float narrow = (float)rows[i].x, narrow_noise = (float)rows[i].noise;
        int32_t code, narrow_code;

        bc_quantize_f64(&g, &rows[i].scale, BC_ROUND_TRUNCATE, &rows[i].x, &rows[i].noise, 1, NULL,
                        &code);
        bc_quantize_f32(&g, &rows[i].scale, BC_ROUND_TRUNCATE, &narrow, &narrow_noise, 1, NULL,
                        &narrow_code);
        EXPECT(code == rows[i].code && narrow_code == rows[i].code,
               "row %zu, %s: %g + %g steps became code %d in f64, %d in f32, expected %d", i,
               rows[i].grid, rows[i].x, rows[i].noise, code, narrow_code, rows[i].code);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("uniform grids shift every v of 1 to 16 bits right", uniform_shift),
        SENTENCE("uniform grids shift 24-bit v right in double", uniform_shift_24),
        SENTENCE("the edges of the cells are the multiples of 2^-n", uniform_edges),
        SENTENCE("PCM grids shift arithmetically, with mean error -1/2 step", pcm_shift),
        SENTENCE("on a mid-rise grid the shift gives the nearest mark", midrise_shift),
        SENTENCE("integers truncate to floor, floats toward zero", literal_rows),
    };

    return cmocka_run_group_tests_name("truncation", tests, NULL, NULL);
}
