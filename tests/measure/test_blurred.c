/* The blurred error: closed forms of a Gaussian, the definition in double, and SciPy. */
#include <stdlib.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "bitcrush/quality.h"
#include "pictures.h"

static const double pi = 3.14159265358979323846;

static bc_blurred *begin(size_t width, size_t height, size_t n_channels, double sigma,
                         bc_blurred_rows rows)
{
    bc_blurred *b = NULL;
    bc_error err = { .status = BC_OK };

    EXPECT(bc_blurred_new((uint32_t)width, (uint32_t)height, (uint32_t)n_channels, sigma, rows, &b,
                          &err) == BC_OK,
           "%zu x %zu x %zu: %s", width, height, n_channels, err.text);
    return b;
}

/* Add a whole picture, each row from memory that is overwritten right after the call. */
static void add_picture(bc_blurred *b, const float *e, size_t row_samples, size_t height)
{
    float *row = malloc(row_samples * sizeof *row);

    assert_non_null(row);
    for (size_t y = 0; y < height; y++) {
        memcpy(row, e + y * row_samples, row_samples * sizeof *row);
        bc_blurred_add_row(b, row);
        for (size_t i = 0; i < row_samples; i++)
            row[i] = NAN;
    }
    free(row);
}

static double mean_square_of(const float *e, size_t width, size_t height, size_t n_channels,
                             double sigma, bc_blurred_rows rows)
{
    bc_blurred *b = begin(width, height, n_channels, sigma, rows);
    double result;

    add_picture(b, e, width * n_channels, height);
    result = bc_blurred_mean_square(b);
    bc_blurred_free(b);
    return result;
}

/* The definition: weights of 2 radius + 1 pixels that sum to 1; returns the radius. */
static ptrdiff_t gaussian(double sigma, double *weights)
{
    const ptrdiff_t radius = (ptrdiff_t)ceil(4.0 * sigma);
    double sum = 0.0;

    for (ptrdiff_t d = -radius; d <= radius; d++)
        sum += weights[d + radius] = exp(-(double)(d * d) / (2.0 * sigma * sigma));
    for (ptrdiff_t d = 0; d <= 2 * radius; d++)
        weights[d] /= sum;
    return radius;
}

/* The definition, pixel by pixel over the whole square, in double. */
static double literal_mean_square(const float *e, size_t width, size_t height, size_t n_channels,
                                  double sigma)
{
    const ptrdiff_t w = (ptrdiff_t)width, h = (ptrdiff_t)height, n = (ptrdiff_t)n_channels;
    double weights[64], sum = 0.0;
    const ptrdiff_t radius = gaussian(sigma, weights);

    for (ptrdiff_t y = 0; y < h; y++)
        for (ptrdiff_t i = 0; i < w * n; i++) {
            double blurred = 0.0;

            for (ptrdiff_t dy = -radius; dy <= radius; dy++)
                for (ptrdiff_t dx = -radius; dx <= radius; dx++) {
                    const ptrdiff_t pixel = reflected(y + dy, h) * w + reflected(i / n + dx, w);

                    blurred +=
                        weights[dy + radius] * weights[dx + radius] * (double)e[pixel * n + i % n];
                }
            sum += blurred * blurred;
        }
    return sum / (double)(w * h * n);
}

static float *noise(size_t n, double amplitude, uint64_t seed)
{
    float *e = malloc(n * sizeof *e);

    assert_non_null(e);
    for (size_t i = 0; i < n; i++)
        e[i] = (float)random_between(&seed, -amplitude, amplitude);
    return e;
}

/* One wrong pixel far from the edges is spread to the squared weights, whose sum over all
 * pixels is that of the Gaussian: 1 / (4 pi sigma^2). Cutting it at 4 sigma and summing at
 * whole pixels changes that by less than 3e-4 from sigma 1 up. */
static void impulse(void **state)
{
    enum { SIDE = 64 };
    static const double sigmas[] = { 1.0, 1.5, 2.0, 3.0 };
    static float e[SIDE * SIDE * 3];

    (void)state;
    for (size_t s = 0; s < sizeof sigmas / sizeof *sigmas; s++) {
        for (size_t c = 0; c < 3; c++) {
            const double height = 0.75;
            const double want = height * height / (4.0 * pi * sigmas[s] * sigmas[s]);

            memset(e, 0, sizeof e);
            e[(30 * SIDE + 33) * 3 + c] = (float)height;
            EXPECT_NEAR(mean_square_of(e, SIDE, SIDE, 3, sigmas[s], BC_BLURRED_ALL_ROWS) *
                            (SIDE * SIDE * 3),
                        want, 3e-4 * want, "sigma %g, channel %zu", sigmas[s], c);
        }
    }
}

/* A constant error is its own blur, whatever the size. Float weights sum to 1 within a few
 * 2^-24 both ways: 1e-6 of the square. */
static void constant_errors(void **state)
{
    static const size_t sides[] = { 1, 2, 3, 5, 8, 9, 16, 17, 40, 90 };
    static const double constants[] = { 0.25, -1.0, 1e-20 };
    static float e[90 * 90 * 4];

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof e / sizeof *e; i++)
            e[i] = (float)constants[k];
        for (size_t i = 0; i < 100; i++)
            for (size_t n = 1; n <= 4; n++)
                for (int rows = BC_BLURRED_ALL_ROWS; rows <= BC_BLURRED_SPARSE_ROWS; rows++) {
                    const double want = constants[k] * constants[k];

                    EXPECT_NEAR(mean_square_of(e, sides[i / 10], sides[i % 10], n, 2.0,
                                               (bc_blurred_rows)rows),
                                want, 1e-6 * want, "%zu x %zu, %zu channels, rows %d, error %g",
                                sides[i / 10], sides[i % 10], n, rows, constants[k]);
                }
    }
}

/* White noise of variance v keeps v / (4 pi sigma^2) of it away from the edges. Near an edge a
 * pixel meets its mirror image, which adds the integral of 2 g(c - y) g(c + y) over the quarter
 * plane c, y > 0, or 1/4 of the plane's 1, to the n / (2 sigma sqrt(pi)) of n rows: a factor
 * 1 + sigma sqrt(pi) / n for the two edges. */
static void white_noise(void **state)
{
    enum { WIDTH = 700, HEIGHT = 500, N = WIDTH * HEIGHT * 3 };
    const double sigma = 2.0, variance = 0.1 * 0.1 / 3.0, edge = sigma * sqrt(pi);
    const double want =
        variance / (4.0 * pi * sigma * sigma) * (1.0 + edge / WIDTH) * (1.0 + edge / HEIGHT);
    /* Squares of blurred noise are alike over 2 pi sigma^2 pixels: 5 standard deviations. */
    const double chance = 5.0 * sqrt(2.0 * 2.0 * pi * sigma * sigma / N);
    float *e = noise(N, 0.1, 11);

    (void)state;
    for (int rows = BC_BLURRED_ALL_ROWS; rows <= BC_BLURRED_SPARSE_ROWS; rows++)
        EXPECT_NEAR(mean_square_of(e, WIDTH, HEIGHT, 3, sigma, (bc_blurred_rows)rows), want,
                    chance * want, "rows %d", rows);
    free(e);
}

/* Against the definition, down to pictures much smaller than the blur. Floats carry 17 products
 * each way: 2e-6 of the mean square. */
static void literal_definition(void **state)
{
    static const struct {
        size_t width, height;
    } sizes[] = { { 1, 1 },  { 1, 7 },   { 7, 1 },   { 3, 2 },   { 2, 3 },  { 5, 40 },
                  { 17, 8 }, { 16, 17 }, { 17, 16 }, { 18, 33 }, { 40, 30 } };
    static const double sigmas[] = { 0.1, 0.4, 1.0, 2.0, 3.3 };

    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t w = sizes[k].width, h = sizes[k].height;

        for (size_t n = 1; n <= 3; n += 2) {
            float *e = noise(w * h * n, 0.5, 100 * k + n);

            for (size_t s = 0; s < sizeof sigmas / sizeof *sigmas; s++) {
                const double want = literal_mean_square(e, w, h, n, sigmas[s]);

                EXPECT_NEAR(mean_square_of(e, w, h, n, sigmas[s], BC_BLURRED_ALL_ROWS), want,
                            2e-6 * want, "%zu x %zu x %zu, sigma %g", w, h, n, sigmas[s]);
            }
            free(e);
        }
    }
}

/* Numbers of scipy.ndimage.gaussian_filter1d (1.10.1, mode "reflect", truncate 4) along both
 * axes, for the error of reducing the restless picture to 4 bits. */
static void scipy_numbers(void **state)
{
    static const struct {
        size_t width, height, n_channels;
        double sigma, mean_square;
    } rows[] = {
        { 40, 30, 1, 2.0, 1.2951585035804976e-05 },
        { 40, 30, 3, 2.0, 1.1993566981636596e-05 },
        { 7, 5, 3, 1.0, 5.446527841260436e-05 },
        { 61, 47, 1, 3.5, 2.952245671165122e-06 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const size_t n = rows[r].n_channels, w = rows[r].width, h = rows[r].height;
        float *e = malloc(w * h * n * sizeof *e);

        assert_non_null(e);
        for (size_t i = 0; i < w * h * n; i++) {
            const uint32_t v = restless(i / n % w, i / n / w, i % n);

            e[i] = (float)((v + 8) / 17 / 15.0 - v / 255.0);
        }
        EXPECT_NEAR(mean_square_of(e, w, h, n, rows[r].sigma, BC_BLURRED_AUTO), rows[r].mean_square,
                    2e-6 * rows[r].mean_square, "%zu x %zu x %zu", w, h, n);
        free(e);
    }
}

static void expect_sparse_near_all(const float *e, size_t w, size_t h, double tolerance_db,
                                   const char *what, double parameter)
{
    const double all = mean_square_of(e, w, h, 1, 2.0, BC_BLURRED_ALL_ROWS);
    const double sparse = mean_square_of(e, w, h, 1, 2.0, BC_BLURRED_SPARSE_ROWS);

    EXPECT_NEAR(10.0 * log10(sparse / all), 0.0, tolerance_db, "%s %g: dB", what, parameter);
}

/* Noise whose strength differs from place to place, over slow waves. Sparse rows leave out a
 * fifth of the independent samples: with 1200 x 800 / (8 pi) of them, 0.05 dB are 3 standard
 * deviations. */
static void sparse_noise(void **state)
{
    enum { WIDTH = 1200, HEIGHT = 800 };
    float *e = noise((size_t)WIDTH * HEIGHT, 0.4, 5);

    (void)state;
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++) {
        const double wave = waves(i % WIDTH, i / WIDTH) / 255.0;

        e[i] = (float)((double)e[i] * wave + 0.01 * (wave - 0.5));
    }
    expect_sparse_near_all(e, WIDTH, HEIGHT, 0.05, "noise and waves of", 0.4);
    free(e);
}

/* Errors that repeat down the rows, as ordered dither makes them: with a constant spacing of 5
 * rows the periods 5 and 10 would be met at one or two phases only, up to 3 dB wrong. Of 2048
 * rows some 380 are taken, whose phases fall short of an even spread by a few rows: 6 / 380 is
 * 0.07 dB. */
static void sparse_patterns(void **state)
{
    enum { WIDTH = 40, HEIGHT = 2048 };
    static float e[WIDTH * HEIGHT];

    (void)state;
    for (int period = 2; period <= 64; period++) {
        for (int phase = 0; phase < 4; phase++) {
            for (size_t i = 0; i < WIDTH * HEIGHT; i++)
                e[i] = (float)sin(2.0 * pi * ((double)(i / WIDTH) / period + phase / 8.0));
            expect_sparse_near_all(e, WIDTH, HEIGHT, 0.07, "period", period);
        }
    }
}

/* Where a pattern meets its mirror image it no longer cancels: the rows at the edges hold much
 * of the sum and are all evaluated. All of this error lies there. */
static void sparse_edges(void **state)
{
    enum { WIDTH = 40, HEIGHT = 200 };
    static float e[WIDTH * HEIGHT];

    (void)state;
    for (size_t y = 0; y < 3; y++) {
        memset(e, 0, sizeof e);
        for (size_t i = 0; i < WIDTH; i++)
            e[y * WIDTH + i] = e[(HEIGHT - 1 - y) * WIDTH + i] = 1.0f;
        expect_sparse_near_all(e, WIDTH, HEIGHT, 0.01, "only row", (double)y);
    }
}

static void choice_of_rows(void **state)
{
    static const struct {
        size_t width, height;
        double sigma;
        bc_blurred_rows rows;
        double spacing;
    } rows[] = {
        { 2048, 1024, 2.0, BC_BLURRED_AUTO, 5.236068 },
        { 2047, 1024, 2.0, BC_BLURRED_AUTO, 1.0 },
        { 4096, 512, 2.0, BC_BLURRED_AUTO, 5.236068 },
        { 8192, 511, 2.0, BC_BLURRED_AUTO, 1.0 },
        { 2048, 1024, 1.0, BC_BLURRED_AUTO, 2.618034 },
        { 2048, 1024, 0.3, BC_BLURRED_AUTO, 1.0 },
        { 2048, 1024, 2.0, BC_BLURRED_ALL_ROWS, 1.0 },
        { 30, 30, 2.0, BC_BLURRED_SPARSE_ROWS, 5.236068 },
        { 30, 22, 2.0, BC_BLURRED_SPARSE_ROWS, 5.236068 },
        { 30, 21, 2.0, BC_BLURRED_SPARSE_ROWS, 1.0 }, /* 5 rows between the edges */
        { 30, 1, 2.0, BC_BLURRED_SPARSE_ROWS, 1.0 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_blurred *b = begin(rows[r].width, rows[r].height, 1, rows[r].sigma, rows[r].rows);

        EXPECT_NEAR(bc_blurred_row_spacing(b), rows[r].spacing, 1e-6, "%zu x %zu, sigma %g",
                    rows[r].width, rows[r].height, rows[r].sigma);
        bc_blurred_free(b);
    }
}

static void figures(void **state)
{
    static const float zeros[6], tenths[6] = { 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f };
    static const float broken[6] = { 0, 0, NAN, 0, 0, 0 };
    bc_blurred *b = begin(3, 2, 2, BC_BLURRED_SIGMA, BC_BLURRED_AUTO);

    (void)state;
    assert_true(isnan(bc_blurred_mean_square(b)));
    bc_blurred_add_row(b, zeros);
    assert_true(isnan(bc_blurred_mean_square(b)));
    assert_true(isnan(bc_blurred_psnr_db(b)));
    bc_blurred_add_row(b, zeros);
    assert_true(bc_blurred_mean_square(b) == 0.0);
    assert_true(bc_blurred_psnr_db(b) == (double)INFINITY);
    bc_blurred_free(b);

    b = begin(3, 2, 2, BC_BLURRED_SIGMA, BC_BLURRED_AUTO);
    bc_blurred_add_row(b, tenths);
    bc_blurred_add_row(b, tenths);
    EXPECT_NEAR(bc_blurred_psnr_db(b), 20.0, 1e-5, "an error of 0.1");
    bc_blurred_free(b);

    b = begin(3, 2, 2, BC_BLURRED_SIGMA, BC_BLURRED_AUTO);
    bc_blurred_add_row(b, tenths);
    bc_blurred_add_row(b, broken);
    assert_true(isnan(bc_blurred_mean_square(b)));
    assert_true(isnan(bc_blurred_psnr_db(b)));
    bc_blurred_free(b);
    bc_blurred_free(NULL);
}

static void refusals(void **state)
{
    static const struct {
        uint32_t width, height, n_channels;
        double sigma;
    } rows[] = { { 0, 5, 1, 2.0 },  { 5, 0, 1, 2.0 },  { 5, 5, 0, 2.0 }, { 5, 5, 1, 0.0 },
                 { 5, 5, 1, -2.0 }, { 5, 5, 1, 64.5 }, { 5, 5, 1, NAN }, { 5, 5, 1, INFINITY } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_blurred *b = NULL;
        bc_error err = { .status = BC_OK };

        const bc_status st = bc_blurred_new(rows[r].width, rows[r].height, rows[r].n_channels,
                                            rows[r].sigma, BC_BLURRED_AUTO, &b, &err);

        assert_int_equal(st, BC_E_USAGE);
        assert_null(b);
        assert_int_equal(err.status, BC_E_USAGE);
        assert_non_null(strstr(err.text, "expected"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("one wrong pixel leaves the squared Gaussian", impulse),
        SENTENCE("a constant error keeps its square at every size", constant_errors),
        SENTENCE("white noise falls by 4 pi sigma^2", white_noise),
        SENTENCE("every small picture follows the definition", literal_definition),
        SENTENCE("SciPy finds the same numbers", scipy_numbers),
        SENTENCE("sparse rows tell the same of noise and waves", sparse_noise),
        SENTENCE("sparse rows meet every phase of a pattern", sparse_patterns),
        SENTENCE("sparse rows see all of the edges", sparse_edges),
        SENTENCE("rows are sparse from 2 megapixels and 512 rows up", choice_of_rows),
        SENTENCE("figures are absent, infinite or right", figures),
        SENTENCE("sizes of 0 and blurs out of range are refused", refusals),
    };

    return cmocka_run_group_tests_name("blurred error", tests, NULL, NULL);
}
