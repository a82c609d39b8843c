/* Blue-noise masks: the tables are what the program in the tree makes, and their patterns have
 * no low frequencies. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "bitcrush/noise.h"
#include "core/blue_noise.h"
#include "core/void_and_cluster.h"
#include "expect.h"

enum { SIDE = 64, CELLS = SIDE * SIDE };

static void made_from_the_seed(void **state)
{
    static uint16_t rank[CELLS];

    (void)state;
    assert_true(bci_void_and_cluster(SIDE, BCI_BLUE_NOISE_SEED, rank));
    assert_memory_equal(rank, bci_blue_noise_64, sizeof rank);
}

static void every_rank_once(void **state)
{
    static const struct {
        const uint16_t *mask;
        uint32_t n;
    } masks[] = { { bci_blue_noise_64, 64 * 64 }, { bci_blue_noise_128, 128 * 128 } };

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        static bool seen[128 * 128];

        memset(seen, 0, sizeof seen);
        for (uint32_t i = 0; i < masks[m].n; i++) {
            EXPECT(masks[m].mask[i] < masks[m].n && !seen[masks[m].mask[i]], "mask %zu, cell %u", m,
                   i);
            seen[masks[m].mask[i]] = true;
        }
    }
}

/* Power of the 64 x 64 pattern "rank below share" at low frequencies, over that of white noise of
 * the same share, g (1 - g) a cell. Low is below 0.35 of the principal frequency sqrt(g) (of the
 * minority, in cycles per pixel; Ulichney 1987). The transform is a sum by its definition. */
static double low_power(double share)
{
    static double pattern[SIDE][SIDE];
    static double complex lines[SIDE][SIDE]; /* transformed along x */
    const double minority = share < 0.5 ? share : 1.0 - share;
    const double cut = 0.35 * sqrt(minority);
    double sum = 0.0;
    int n = 0;

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            pattern[y][x] = (bci_blue_noise_64[y * SIDE + x] + 0.5) / CELLS < share ? 1 : 0;
    const int reach = (int)(cut * SIDE) + 1;

    for (int y = 0; y < SIDE; y++)
        for (int u = 0; u < SIDE; u++) {
            lines[y][u] = 0.0;
            for (int x = 0; x < SIDE && (u <= reach || u >= SIDE - reach); x++)
                lines[y][u] += pattern[y][x] * cexp(-2 * I * acos(-1.0) * u * x / SIDE);
        }
    for (int v = -reach; v <= reach; v++)
        for (int u = -reach; u <= reach; u++) {
            const double f = hypot(u, v) / SIDE;
            double complex term = 0.0;

            if (f == 0.0 || f >= cut)
                continue;
            for (int y = 0; y < SIDE; y++)
                term += lines[y][(u + SIDE) % SIDE] * cexp(-2 * I * acos(-1.0) * v * y / SIDE);
            sum += creal(term * conj(term));
            n++;
        }
    return sum / n / (share * (1.0 - share) * CELLS);
}

/* White noise has 1; 0.1 leaves room above the measured 0.04 to 0.06. */
static void low_frequencies_are_empty(void **state)
{
    static const double shares[] = { 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 3.0 / 4, 7.0 / 8 };

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        EXPECT(low_power(shares[i]) < 0.1, "share %g: %.4f of white noise below 0.35 of the "
               "principal frequency", shares[i], low_power(shares[i]));
}

/* The noise row reads the tile, and its mean is 0. */
static void noise_is_the_tile(void **state)
{
    const bc_noise *kind = bc_noise_find("blue64");
    double sum = 0.0;

    (void)state;
    for (uint32_t y = 0; y < SIDE; y++) {
        float line[SIDE];

        bc_noise_fill_row(kind, 1, 2, 500, 128, y + SIDE, line, SIDE);
        for (int x = 0; x < SIDE; x++) {
            EXPECT(line[x] == 0.5f - ((float)bci_blue_noise_64[y * SIDE + (uint32_t)x] + 0.5f) / CELLS,
                   "column %d, line %u", x, y);
            sum += (double)line[x];
        }
    }
    assert_true(sum == 0.0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the mask of 64 x 64 comes from its seed", made_from_the_seed),
        SENTENCE("every rank is there once", every_rank_once),
        SENTENCE("patterns have no low frequencies", low_frequencies_are_empty),
        SENTENCE("the dither reads the tile", noise_is_the_tile),
    };

    return cmocka_run_group_tests_name("blue noise", tests, NULL, NULL);
}
