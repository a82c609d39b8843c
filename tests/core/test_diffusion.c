/* Error diffusion follows its definition: against a walk in double beside it. */
#include "bits.h"
#include "diffusion_walk.h"

enum { WIDTH = 41, HEIGHT = 33, MAX = WIDTH * HEIGHT * 4 };

static float x[MAX];
static uint16_t codes[MAX];
static uint8_t opaque[WIDTH * HEIGHT];
static float light_table[2 << 16];

static const float uneven[6] = { -0.5f, -0.1f, 0.0f, 0.3f, 0.8f, 1.0f };

/* A gradient with texture over the span of the grid, a tenth of it past the ends; a mask with
 * holes, lines and a border. */
static void make_picture(const bc_grid *g)
{
    const double low = level(g, 0), span = level(g, (size_t)bc_grid_levels(g) - 1) - low;
    uint64_t seed = 71;

    for (size_t i = 0; i < MAX; i++) {
        const double ramp = (double)(i % (WIDTH * HEIGHT)) / (WIDTH * HEIGHT);

        x[i] = (float)(low + span * (0.9 * ramp + random_between(&seed, -0.05, 0.15)));
    }
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        opaque[i] = random_bits(&seed) % 4 != 0 && i % WIDTH > 1 && i / WIDTH != 7;
}

/* Floats of 24 bits lose 2^-24 of the span per operation; a few dozen of them meet in a pixel,
 * and a border pixel of a raster scan, which keeps its whole error, gathers those of the lines
 * above: twice as much. */
static double tolerance_of(const bc_grid *g)
{
    return 8e-6 * (level(g, (size_t)bc_grid_levels(g) - 1) - level(g, 0));
}

static void compare(const char *name, const bc_grid *g)
{
    const bc_diffusion *kernel;
    const size_t n_kernels = bc_diffusion_rows(&kernel);

    make_picture(g);
    for (size_t k = 0; k < n_kernels; k++) {
        /* Weights by tone are walked in test_tone_kernels.c. */
        for (int variant = kernel[k].keys ? 16 : 0; variant < 16; variant++) {
            char row[96];
            diffusion d = { .name = row,
                            .grid = g,
                            .kernel = &kernel[k],
                            .scan = variant & 1 ? BC_SCAN_RASTER : BC_SCAN_SERPENTINE,
                            .strength = variant & 2 ? 0.6 : 1.0,
                            .width = WIDTH,
                            .height = HEIGHT,
                            .n_channels = (size_t)variant / 4 + 1 };

            snprintf(row, sizeof row, "%s on %s, %s, strength %g, %zu channels", kernel[k].name,
                     name, variant & 1 ? "raster" : "serpentine", d.strength, d.n_channels);
            diffuse(&d, x, NULL, codes);
            walk(&d, x, NULL, codes, tolerance_of(g));
            diffuse(&d, x, opaque, codes);
            walk(&d, x, opaque, codes, tolerance_of(g));
        }
    }
}

static void every_kernel_and_grid(void **state)
{
    bc_grid g;

    (void)state;
    for (int n = 1; n <= 16; n++) {
        char name[32];

        g = grid_of_bits("uniform", n);
        snprintf(name, sizeof name, "uniform%d", n);
        compare(name, &g);
        assert_int_equal(bc_grid_light(n, NULL, light_table, &g, NULL), BC_OK);
        snprintf(name, sizeof name, "light%d", n);
        compare(name, &g);
    }
    g = grid_of("pcm1");
    compare("pcm1", &g);
    g = grid_of("pcm5");
    compare("pcm5", &g);
    g = grid_of("int3");
    compare("int3", &g);
    g = grid_of("e2m1");
    compare("e2m1", &g);
    g = grid_of("e4m3");
    compare("e4m3", &g);
    assert_int_equal(bc_grid_codebook(uneven, 6, &g, NULL), BC_OK);
    compare("a codebook", &g);
}

/* Floyd and Steinberg 1976: 7/16 ahead, 3/16, 5/16, 1/16 below from behind to ahead. */
static void floyd_steinberg(void **state)
{
    static const bc_diffusion_tap taps[4] = { { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 } };
    const bc_diffusion *k = bc_diffusion_find("floyd-steinberg");

    (void)state;
    assert_non_null(k);
    assert_int_equal(k->divisor, 16);
    assert_int_equal(k->n_taps, 4);
    for (int want = 0; want < 4; want++) {
        int found = 0;

        for (int t = 0; t < 4; t++)
            found += k->taps[t].dx == taps[want].dx && k->taps[t].dy == taps[want].dy &&
                     k->taps[t].weight == taps[want].weight;
        EXPECT(found == 1, "the tap %d, %d is there %d times", taps[want].dx, taps[want].dy, found);
    }
}

/* 1 bit, value plus errors sent, then the level and the error:
 *   0.25       0  0.25      0.671875 1 -0.328   0.356 0 0.356   0.531 1 -0.469
 * Errors beside the picture go to its border: line 2 gets +0.063, -0.020, +0.003, -0.359.
 *   serpentine, from the right: 0.391 0  0.391; 0.424 0  0.424; 0.665 1 -0.335; 0.542 1
 *   raster, from the left:      0.688 1 -0.312; 0.344 0  0.344; 0.403 0  0.403; 0.568 1 */
static void small_picture_by_hand(void **state)
{
    static const float picture[8] = { 0.25f, 0.5625f, 0.5f, 0.375f, 0.625f, 0.5f, 0.25f, 0.75f };
    static const uint16_t serpentine[8] = { 0, 1, 0, 1, 1, 1, 0, 0 };
    static const uint16_t raster[8] = { 0, 1, 0, 1, 1, 0, 0, 1 };
    const bc_grid one_bit = grid_of("uniform1");
    diffusion d = { .name = "by hand",
                    .grid = &one_bit,
                    .kernel = bc_diffusion_find("floyd-steinberg"),
                    .scan = BC_SCAN_SERPENTINE,
                    .strength = 1.0,
                    .width = 4,
                    .height = 2,
                    .n_channels = 1 };

    (void)state;
    diffuse(&d, picture, NULL, codes);
    assert_memory_equal(codes, serpentine, sizeof serpentine);
    d.scan = BC_SCAN_RASTER;
    diffuse(&d, picture, NULL, codes);
    assert_memory_equal(codes, raster, sizeof raster);
}

static void kernel_registry(void **state)
{
    const bc_diffusion *row;
    const size_t n = bc_diffusion_rows(&row);

    (void)state;
    assert_true(n >= 1);
    for (size_t k = 0; k < n; k++, row++) {
        int sum = 0;

        EXPECT(bc_diffusion_find(row->name) == row && row->doc[0] && row->source[0], "row %zu", k);
        assert_true(row->n_taps >= 1 && row->n_taps <= BC_DIFFUSION_MAX_TAPS);
        for (int t = 0; t < row->n_taps; t++) {
            const bc_diffusion_tap tap = row->taps[t];

            sum += tap.weight;
            EXPECT(tap.dy > 0 || tap.dx > 0, "%s: tap %d, %d goes back", row->name, tap.dx, tap.dy);
            for (int u = 0; u < t; u++)
                EXPECT(tap.dx != row->taps[u].dx || tap.dy != row->taps[u].dy,
                       "%s: tap %d, %d is there twice", row->name, tap.dx, tap.dy);
        }
        EXPECT(sum <= row->divisor, "%s: weights %d of %d", row->name, sum, row->divisor);
    }
    assert_null(bc_diffusion_find("none"));
    assert_null(bc_diffusion_find(""));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every kernel, grid, scan, strength and mask follows the definition",
                 every_kernel_and_grid),
        SENTENCE("Floyd-Steinberg has the printed weights", floyd_steinberg),
        SENTENCE("a picture of 4 x 2 pixels comes out as by hand", small_picture_by_hand),
        SENTENCE("kernels go forward and sum to at most 1", kernel_registry),
    };

    return cmocka_run_group_tests_name("diffusion", tests, NULL, NULL);
}
