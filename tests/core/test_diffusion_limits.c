/* What error diffusion keeps, and what it does at its limits. */
#include "bits.h"
#include "diffusion_walk.h"

enum { SIDE = 48, MAX = SIDE * SIDE * 4 };

static float x[MAX], other[MAX];
static uint16_t codes[MAX], other_codes[MAX];
static uint8_t opaque[SIDE * SIDE];
static float light_table[2 << 16];

static diffusion square(const bc_grid *g, bc_scan scan, double strength, size_t n_channels)
{
    return (diffusion){ .name = "square",
                        .grid = g,
                        .kernel = bc_diffusion_find("floyd-steinberg"),
                        .scan = scan,
                        .strength = strength,
                        .width = SIDE,
                        .height = SIDE,
                        .n_channels = n_channels };
}

static void fill_random(float *to, size_t n, double low, double high, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)random_between(&seed, low, high);
}

/* The largest distance of a value from the level it is given. */
static double largest_error(const bc_grid *g)
{
    double largest = 0.0;

    for (size_t k = 0; k + 1 < bc_grid_levels(g); k++) {
        const double below = level(g, k), above = level(g, k + 1);
        const double at = g->thresholds ? (double)g->thresholds[k] : 0.5 * (below + above);

        largest = fmax(largest, fmax(at - below, above - at));
    }
    return largest;
}

/* No error exceeds E, the largest of rounding; a line loses at most 11/16 E at its two borders,
 * and the last line all of its errors. So the mean of a grey moves by no more than
 * E (11/16 H + W) / (W H). */
static void check_grey(const bc_grid *g, bc_scan scan, double grey)
{
    const diffusion d = square(g, scan, 1.0, 1);
    const double bound = largest_error(g) * (11.0 / 16 * SIDE + SIDE) / (SIDE * SIDE);
    double sum = 0.0;

    for (size_t i = 0; i < SIDE * SIDE; i++)
        x[i] = (float)grey;
    diffuse(&d, x, NULL, codes);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        sum += level(g, codes[i]);
    EXPECT_NEAR(sum / (SIDE * SIDE), (double)x[0], bound + 1e-6, "%d bits%s, scan %d: grey %g",
                g->bits, g->thresholds ? " of light" : "", (int)scan, grey);
}

static void greys_keep_their_mean(void **state)
{
    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid uniform = grid_of_bits("uniform", n);
        bc_grid light;

        assert_int_equal(bc_grid_light(n, NULL, light_table, &light, NULL), BC_OK);
        for (int grey = 0; grey <= 20; grey++) {
            check_grey(&uniform, BC_SCAN_SERPENTINE, grey / 20.0);
            check_grey(&uniform, BC_SCAN_RASTER, grey / 20.0);
            check_grey(&light, BC_SCAN_SERPENTINE, grey / 20.0);
        }
    }
}

/* Levels of the picture stay levels: nothing to diffuse. */
static void levels_stay(void **state)
{
    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("uniform", n);
        const diffusion d = square(&g, BC_SCAN_SERPENTINE, 1.0, 1);
        uint64_t seed = 81;

        for (size_t i = 0; i < SIDE * SIDE; i++) {
            other_codes[i] = (uint16_t)(random_bits(&seed) % bc_grid_levels(&g));
            x[i] = (float)bc_grid_value(&g, other_codes[i]);
        }
        diffuse(&d, x, NULL, codes);
        EXPECT(memcmp(codes, other_codes, SIDE * SIDE * sizeof *codes) == 0, "%d bits", n);
    }
}

/* Strength 0 rounds each pixel by itself. */
static void no_strength(void **state)
{
    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("uniform", n);
        const diffusion d = square(&g, BC_SCAN_SERPENTINE, 0.0, 3);
        const double top = ldexp(1.0, n) - 1.0;

        fill_random(x, SIDE * SIDE * 3, -0.3, 1.3, 82);
        for (size_t i = 0; i < 40; i++) /* the steps beside both ends, too */
            x[i] = (float)(fabs((i % 2 ? top : 0.0) - ((double)i + 0.5) / 10.0) / top);
        diffuse(&d, x, NULL, codes);
        for (size_t i = 0; i < SIDE * SIDE * 3; i++) {
            const double at = fmin(fmax((double)x[i], 0.0), 1.0) * top;

            EXPECT(fabs(at - codes[i]) <= 0.5 + 1e-6 * top, "%d bits: %.9g became %d", n,
                   (double)x[i], codes[i]);
        }
    }
}

/* Levels so close that no table of equal cells keeps them apart: below, within and on top. */
static void dense_levels(void **state)
{
    static const float book[8] = { 0.0f, 3e-6f, 6e-6f, 0.5f, 0.500004f, 0.99999f, 0.999995f, 1.0f };
    static const float picture[10] = { 2e-6f,     4e-6f,     5e-6f,     1.0f,      0.499999f,
                                       0.500003f, 0.999991f, 0.999994f, 0.999998f, -1.0f };
    static const uint16_t want[10] = { 1, 1, 2, 7, 3, 4, 5, 6, 7, 0 };
    diffusion d = { .name = "dense",
                    .kernel = bc_diffusion_find("floyd-steinberg"),
                    .width = 10,
                    .height = 1,
                    .n_channels = 1 };
    bc_grid g;

    (void)state;
    assert_int_equal(bc_grid_codebook(book, 8, &g, NULL), BC_OK);
    d.grid = &g;
    diffuse(&d, picture, NULL, codes);
    for (size_t i = 0; i < 10; i++)
        EXPECT(codes[i] == want[i], "%.9g became level %d, expected %d", (double)picture[i],
               codes[i], want[i]);
}

/* A value half way between two marks takes the upper one, with every kernel, number of channels
 * and way through the code: for two marks and for more, alone and with noise of 0, which moves no
 * decision. The marks are sums of few powers of two, so that half way is exact. */
static void half_way_goes_up(void **state)
{
    static const float book[4] = { 0.0f, 1.0f, 2.0f, 4.0f };
    static const float halves[2][3] = { { 0.5f, 0.5f, 0.5f }, { 0.5f, 1.5f, 3.0f } };
    static const float none[12] = { 0 };
    const bc_diffusion *kernels;
    const size_t n_kernels = bc_diffusion_rows(&kernels);
    bc_grid grids[2] = { grid_of("uniform1") };

    (void)state;
    assert_int_equal(bc_grid_codebook(book, 4, &grids[1], NULL), BC_OK);
    for (size_t run = 0; run < n_kernels * 2 * 4 * 2 * 3; run++) {
        const bc_diffusion *kernel = &kernels[run % n_kernels];
        const size_t g = run / n_kernels % 2, n_channels = run / n_kernels / 2 % 4 + 1;
        const bool has_noise = run / n_kernels / 8 % 2;
        const float half = halves[g][run / n_kernels / 16];
        const uint16_t want = (uint16_t)(g == 0 ? 1 : run / n_kernels / 16 + 1);
        float line[4];
        bc_diffuser *d = NULL;
        bc_error err;

        for (size_t c = 0; c < n_channels; c++)
            line[c] = half;
        assert_int_equal(
            bc_diffuser_new(kernel, &grids[g], BC_SCAN_RASTER, 1.0, 1, n_channels, &d, &err),
            BC_OK);
        /* The threshold of a modulated kernel moves with noise, at -1/2 by nothing. */
        const float still[4] = { -0.5f, -0.5f, -0.5f, -0.5f };

        bc_diffuse_row(d, line,
                       !has_noise              ? NULL
                       : kernel->n_modulations ? still
                                               : none,
                       NULL, codes);
        bc_diffuser_free(d);
        for (size_t c = 0; c < n_channels; c++)
            EXPECT(codes[c] == want, "%s, %zu channels%s: %g became mark %u, expected %u",
                   kernel->name, n_channels, has_noise ? ", noise" : "", (double)half, codes[c],
                   want);
    }
}

/* And the error that goes on is that of the upper mark: a value just above half, beside one half
 * way, takes the lower. */
static void half_way_leaves_the_upper_error(void **state)
{
    static const char *const names[] = { "floyd-steinberg", "jarvis", "atkinson", "zhou-fang" };
    const bc_grid g = grid_of("uniform1");

    (void)state;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t n_channels = 1; n_channels <= 4; n_channels++) {
            diffusion d = square(&g, BC_SCAN_RASTER, 1.0, n_channels);

            d.kernel = bc_diffusion_find(names[k]);
            d.width = 2;
            d.height = 1;
            for (size_t i = 0; i < 2 * n_channels; i++)
                x[i] = i < n_channels ? 0.5f : 0.51f;
            diffuse(&d, x, NULL, codes);
            for (size_t i = 0; i < 2 * n_channels; i++)
                EXPECT(codes[i] == (i < n_channels), "%s, %zu channels: code %u of pixel %zu",
                       names[k], n_channels, codes[i], i / n_channels);
        }
}

/* Transparent pixels are rounded by themselves, and what they hold changes no other pixel. */
static void transparency(void **state)
{
    const bc_grid g = grid_of("uniform2");
    uint64_t seed = 83;

    (void)state;
    for (size_t n_channels = 1; n_channels <= 4; n_channels++) {
        const diffusion d = square(&g, BC_SCAN_SERPENTINE, 1.0, n_channels);
        const size_t n = SIDE * SIDE * n_channels;

        fill_random(x, n, 0.0, 1.0, 84);
        fill_random(other, n, -2.0, 3.0, 85);
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            opaque[i] = random_bits(&seed) % 3 ? (uint8_t)(1 + i % 255) : 0;
            for (size_t c = 0; c < n_channels && opaque[i]; c++)
                other[i * n_channels + c] = x[i * n_channels + c];
        }
        diffuse(&d, x, opaque, codes);
        diffuse(&d, other, opaque, other_codes);
        for (size_t i = 0; i < n; i++) {
            const double at = fmin(fmax((double)x[i], 0.0), 1.0) * 3.0;

            EXPECT(!opaque[i / n_channels] || codes[i] == other_codes[i],
                   "%zu channels: sample %zu took from a transparent pixel", n_channels, i);
            EXPECT(opaque[i / n_channels] || fabs(at - codes[i]) <= 0.5 + 1e-6,
                   "%zu channels: transparent %g became %d", n_channels, (double)x[i], codes[i]);
        }
        memset(opaque, 255, sizeof opaque);
        diffuse(&d, x, opaque, codes);
        diffuse(&d, x, NULL, other_codes);
        assert_memory_equal(codes, other_codes, n * sizeof *codes);
    }
}

/* Channels do not see each other: each is the picture of its own. */
static void channels_are_apart(void **state)
{
    const bc_grid g = grid_of("uniform1");

    (void)state;
    for (size_t n_channels = 2; n_channels <= 4; n_channels++) {
        const diffusion all = square(&g, BC_SCAN_SERPENTINE, 1.0, n_channels);
        const diffusion one = square(&g, BC_SCAN_SERPENTINE, 1.0, 1);

        fill_random(x, SIDE * SIDE * n_channels, 0.0, 1.0, 86);
        diffuse(&all, x, NULL, codes);
        for (size_t c = 0; c < n_channels; c++) {
            for (size_t i = 0; i < SIDE * SIDE; i++)
                other[i] = x[i * n_channels + c];
            diffuse(&one, other, NULL, other_codes);
            for (size_t i = 0; i < SIDE * SIDE; i++)
                EXPECT(codes[i * n_channels + c] == other_codes[i],
                       "channel %zu of %zu, sample %zu", c, n_channels, i);
        }
    }
}

static void narrow_pictures(void **state)
{
    const bc_grid g = grid_of("uniform2");

    (void)state;
    for (size_t width = 1; width <= 5; width++) {
        for (size_t n_channels = 1; n_channels <= 4; n_channels++) {
            diffusion d = square(&g, BC_SCAN_SERPENTINE, 1.0, n_channels);

            d.width = width;
            fill_random(x, width * SIDE * n_channels, -0.2, 1.2, 87);
            diffuse(&d, x, NULL, codes);
            walk(&d, x, NULL, codes, 1e-5);
            d.scan = BC_SCAN_RASTER;
            diffuse(&d, x, NULL, codes);
            walk(&d, x, NULL, codes, 1e-5);
        }
    }
}

/* Being told that every pixel is opaque is no news: what is quick where nothing is transparent
 * gives the codes of what is general, also when errors run up to their bounds. */
static void all_opaque_is_no_mask(void **state)
{
    static const char *const names[] = { "uniform1", "pcm1", "uniform2", "uniform4" };

    (void)state;
    memset(opaque, 1, sizeof opaque);
    for (size_t i = 0; i < 2 * 2 * 4 * SIDE; i++) {
        const bc_grid g = grid_of(names[i % 4]);
        const double reach = i / 4 % 2 ? 3.0 : 0.2;
        diffusion d = square(&g, i / 8 % 2 ? BC_SCAN_SERPENTINE : BC_SCAN_RASTER, 1.0, 1);

        d.width = i / 16 + 1;
        fill_random(x, d.width * SIDE, -reach, 1.0 + reach, 89 + i);
        for (size_t k = 0; i % 16 >= 12 && k < d.width * SIDE; k++)
            x[k] = k % 11 == 10 ? NAN : fabsf(x[k]);
        diffuse(&d, x, NULL, codes);
        diffuse(&d, x, opaque, other_codes);
        EXPECT(memcmp(codes, other_codes, d.width * SIDE * sizeof *codes) == 0,
               "%s, width %zu, reach %g", names[i % 4], d.width, reach);
    }
}

/* NaN counts as 0, on grids that start at 0 and on others; far values are bounded, so that lines
 * later the picture is what it was without them. */
static void strange_values(void **state)
{
    static const char *const names[] = { "uniform1", "uniform4", "uniform16", "pcm1",
                                         "pcm4",     "int3",     "e2m1" };
    static const float far[] = { INFINITY, -INFINITY, 1e30f, -1e30f, 100.0f };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_grid g = grid_of(names[i]);
        const diffusion d = square(&g, BC_SCAN_SERPENTINE, 1.0, 1);
        const size_t top = (size_t)bc_grid_levels(&g) - 1;

        fill_random(x, SIDE * SIDE, level(&g, 0), level(&g, top), 88);
        memcpy(other, x, sizeof x);
        for (size_t k = 5; k < SIDE * SIDE; k += 97) {
            x[k] = NAN;
            other[k] = 0.0f;
        }
        diffuse(&d, x, NULL, codes);
        diffuse(&d, other, NULL, other_codes);
        EXPECT(memcmp(codes, other_codes, SIDE * SIDE * sizeof *codes) == 0, "%s: NaN", names[i]);

        for (size_t f = 0; f < sizeof far / sizeof *far; f++) {
            double sum = 0.0;

            for (size_t k = 0; k < SIDE * SIDE; k++)
                x[k] = 0.0f;
            x[SIDE / 2] = far[f];
            diffuse(&d, x, NULL, codes);
            EXPECT(codes[SIDE / 2] == (far[f] > 0.0f ? top : 0), "%s: %g became level %d", names[i],
                   (double)far[f], codes[SIDE / 2]);
            for (size_t k = 0; k < SIDE * SIDE; k++)
                sum += level(&g, codes[k]);
            /* Its own level and at most one span to give away, which is lost light at an end. */
            EXPECT(fabs(sum) <= 2.2 * (level(&g, top) - level(&g, 0)) + 1e-3, "%s: %g lit %g",
                   names[i], (double)far[f], sum);
        }
    }
}

static void refusals(void **state)
{
    const bc_grid g = grid_of("uniform4");
    const struct {
        const char *grid;
        double strength;
        size_t width, n_channels;
    } bad[] = { { "uniform4", -0.01, 4, 1 },
                { "uniform4", 1.01, 4, 1 },
                { "uniform4", (double)NAN, 4, 1 },
                { "uniform4", 1, 0, 1 },
                { "uniform4", 1, 4, 0 },
                { "uniform4", 1, 4, 5 },
                { "uniform4", 1, SIZE_MAX, 4 },
                { "uniform4", 1, SIZE_MAX / 4, 4 },
                { "pcm17", 1, 4, 1 },
                { "float16", 1, 4, 1 },
                { "e5m2", 1, 4, 1 },
                { "float32", 1, 4, 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const bc_grid grid = grid_of(bad[i].grid);
        bc_diffuser *d = (bc_diffuser *)&bad;
        bc_error err = { .status = BC_OK };

        EXPECT(bc_diffuser_new(bc_diffusion_find("floyd-steinberg"), &grid, BC_SCAN_RASTER,
                               bad[i].strength, bad[i].width, bad[i].n_channels, &d,
                               &err) == BC_E_USAGE &&
                   err.text[0],
               "row %zu was not refused", i);
        EXPECT((void *)d == (void *)&bad, "row %zu: a result was written", i);
    }
    bc_diffuser *d = NULL;

    assert_int_equal(bc_diffuser_new(bc_diffusion_find("floyd-steinberg"), &g, BC_SCAN_RASTER, 1.0,
                                     SIZE_MAX / 64, 1, &d, NULL),
                     BC_E_LIMIT);
    assert_null(d);
    bc_diffuser_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("flat greys keep their mean, coded and in linear light", greys_keep_their_mean),
        SENTENCE("levels stay as they are", levels_stay),
        SENTENCE("strength 0 rounds to nearest", no_strength),
        SENTENCE("levels closer than any table are told apart", dense_levels),
        SENTENCE("half way between two marks goes up", half_way_goes_up),
        SENTENCE("half way leaves the error of the upper mark", half_way_leaves_the_upper_error),
        SENTENCE("transparent pixels neither give nor take", transparency),
        SENTENCE("channels are diffused apart", channels_are_apart),
        SENTENCE("pictures of 1 to 5 columns follow the definition", narrow_pictures),
        SENTENCE("a mask that hides nothing changes nothing", all_opaque_is_no_mask),
        SENTENCE("NaN counts as 0 and far values are bounded", strange_values),
        SENTENCE("arguments out of range are refused", refusals),
    };

    return cmocka_run_group_tests_name("diffusion limits", tests, NULL, NULL);
}
