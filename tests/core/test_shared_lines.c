/* Lines of a diffusion that threads share are those of one thread, to the last code. */
#include <stdlib.h>
#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/noise.h"
#include "bits.h"
#include "grids.h"

/* Wide enough for two threads, two with an odd piece, and seven; lines in batches of 4, 1 and 6. */
enum { HEIGHT = 11, MAX = 3601 * HEIGHT * 4 };

static const struct {
    size_t width;
    int n_threads, n_used;
} rows[] = {
    { 1, 7, 1 },    { 5, 2, 1 },    { 1023, 2, 1 }, { 1024, 2, 2 }, { 1025, 2, 2 },
    { 1279, 7, 2 }, { 1281, 1, 1 }, { 1283, 2, 2 }, { 1538, 3, 3 }, { 3601, 7, 7 },
};

static float x[MAX], noise[MAX];
static uint8_t opaque[MAX];
static uint16_t want[MAX], got[MAX];

/* Ramps and texture, a tenth of it past the ends of the grid, where errors are bounded. */
static void make_picture(void)
{
    uint64_t seed = 5;

    for (size_t i = 0; i < MAX; i++) {
        x[i] = (float)((double)(i % 7919) / 7919 + random_between(&seed, -0.1, 0.1));
        noise[i] = (float)random_between(&seed, -0.5, 0.5);
        opaque[i] = random_bits(&seed) % 4 != 0;
    }
}

static bc_diffuser *diffuser_for(const bc_diffusion *kernel, const bc_grid *g, bc_scan scan,
                                 size_t width, size_t n_channels)
{
    bc_diffuser *d = NULL;

    assert_int_equal(bc_diffuser_new(kernel, g, scan, 0.9, width, n_channels, &d, NULL), BC_OK);
    return d;
}

static void diffuse_in_batches(bc_diffuser *d, size_t width, size_t n_channels, const float *n,
                               const uint8_t *o)
{
    static const size_t ends[] = { 4, 5, HEIGHT };
    size_t y = 0;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; y = ends[i++]) {
        const size_t at = y * width * n_channels;

        bc_diffuse_rows(d, ends[i] - y, x + at, n ? n + at : NULL, o ? o + y * width : NULL,
                        got + at);
    }
}

static void compare(const bc_diffusion *kernel, const bc_grid *g, size_t row, size_t n_channels,
                    const float *n, const uint8_t *o)
{
    const size_t width = rows[row].width, line = width * n_channels;
    bc_diffuser *one = diffuser_for(kernel, g, BC_SCAN_RASTER, width, n_channels);
    bc_diffuser *shared = diffuser_for(kernel, g, BC_SCAN_RASTER, width, n_channels);
    int n_used = 0;

    for (size_t y = 0; y < HEIGHT; y++)
        bc_diffuse_row(one, x + y * line, n ? n + y * line : NULL, o ? o + y * width : NULL,
                       want + y * line);
    assert_int_equal(bc_diffuser_share(shared, rows[row].n_threads, &n_used, NULL), BC_OK);
#ifdef _OPENMP
    assert_int_equal(n_used, rows[row].n_used);
#endif
    diffuse_in_batches(shared, width, n_channels, n, o);
    for (size_t i = 0; i < line * HEIGHT; i++)
        EXPECT(got[i] == want[i],
               "%s, %d levels, width %zu, %zu channels, %d threads%s%s: line %zu, sample %zu "
               "became %d, expected %d",
               kernel->name, (int)bc_grid_levels(g), width, n_channels, rows[row].n_threads,
               n ? ", noise" : "", o ? ", holes" : "", i / line, i % line, got[i], want[i]);
    bc_diffuser_free(one);
    bc_diffuser_free(shared);
}

/* Depth, noise and holes take turns, so that rows and kernels meet all of them. */
static void every_kernel(void **state)
{
    const bc_grid grids[] = { grid_of("uniform1"), grid_of("uniform4") };
    const bc_diffusion *kernels;
    const size_t n_kernels = bc_diffusion_rows(&kernels);

    (void)state;
    make_picture();
    for (size_t k = 0; k < n_kernels; k++)
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
            for (size_t v = 0; v < 8; v++)
                compare(&kernels[k], &grids[(v + row) % 2], row, v / 2 + 1,
                        (v / 2 + k + row / 2) % 2 ? noise : NULL,
                        (v + row + k) % 3 == 0 ? opaque : NULL);
}

/* Errors of Floyd-Steinberg at 1 bit that run out of bounds are bounded in every piece. */
static void far_outside(void **state)
{
    const bc_grid g = grid_of("uniform1");

    (void)state;
    make_picture();
    for (size_t i = 0; i < MAX; i++)
        x[i] = i / 700 % 3 == 0 ? 40.0f : i / 700 % 3 == 1 ? -40.0f : x[i];
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        compare(bc_diffusion_find("floyd-steinberg"), &g, row, 1, NULL, NULL);
}

#ifdef _OPENMP
/* As the task of a team it gets its helpers from the team. */
static void in_a_team(void **state)
{
    const bc_grid g = grid_of("uniform4");

    (void)state;
    make_picture();
#pragma omp parallel num_threads(3)
#pragma omp single
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        for (size_t n_channels = 1; n_channels <= 3; n_channels += 2)
            compare(bc_diffusion_find("jarvis"), &g, row, n_channels, noise, NULL);
}
#endif

static void serpentine(void **state)
{
    const bc_grid g = grid_of("uniform4");
    bc_diffuser *d = diffuser_for(bc_diffusion_find("stucki"), &g, BC_SCAN_SERPENTINE, 3601, 1);
    int n_used = 0;

    (void)state;
    make_picture();
    assert_int_equal(bc_diffuser_share(d, 7, &n_used, NULL), BC_OK);
    assert_int_equal(n_used, 1);
    diffuse_in_batches(d, 3601, 1, NULL, NULL);
    bc_diffuser_free(d);
    d = diffuser_for(bc_diffusion_find("stucki"), &g, BC_SCAN_SERPENTINE, 3601, 1);
    for (size_t y = 0; y < HEIGHT; y++)
        bc_diffuse_row(d, x + y * 3601, NULL, NULL, want + y * 3601);
    bc_diffuser_free(d);
    assert_memory_equal(got, want, (size_t)3601 * HEIGHT * sizeof *got);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("codes are those of one thread", every_kernel),
        SENTENCE("so are those far outside the grid", far_outside),
#ifdef _OPENMP
        SENTENCE("so are those of a task in a team", in_a_team),
#endif
        SENTENCE("the lines of a serpentine are not shared", serpentine),
    };

    return cmocka_run_group_tests_name("shared lines", tests, NULL, NULL);
}
