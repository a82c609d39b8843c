/* Noise is a pure function of kind, seed, stream and place: calls may be cut anywhere. */
#include <string.h>

#include "bitcrush/noise.h"
#include "bits.h"
#include "expect.h"

enum { N = 1300 }; /* more than two inner chunks of 512 */

static const bc_noise *rows;
static size_t n_rows;

static int find_rows(void **state)
{
    (void)state;
    n_rows = bc_noise_rows(&rows);
    return n_rows >= 9 ? 0 : 1;
}

static void any_cut(void **state)
{
    static const uint64_t firsts[] = {
        0, 1, 2, 3, 4, 5, 511, 512, 513, 1000003, UINT64_C(1) << 32, (UINT64_C(1) << 40) + 7
    };
    static const size_t lengths[] = { 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 511, 512, 513, 1025 };

    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
            float whole[N], piece[N];

            bc_noise_fill(&rows[k], 7, 3, firsts[f], whole, N);
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
                for (size_t i = 0; i < N; i += lengths[l]) {
                    const size_t n = N - i < lengths[l] ? N - i : lengths[l];

                    bc_noise_fill(&rows[k], 7, 3, firsts[f] + i, piece, n);
                    EXPECT(memcmp(piece, whole + i, n * sizeof *piece) == 0,
                           "%s: samples %zu + %llu .. of a call of %zu differ from one call",
                           rows[k].name, i, (unsigned long long)firsts[f], n);
                }
            }
        }
    }
}

static void no_samples(void **state)
{
    float guard = 42.0f;
    double wide = 42.0;

    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        bc_noise_fill(&rows[k], 1, 1, 5, &guard, 0);
        bc_noise_fill_f64(&rows[k], 1, 1, 5, &wide, 0);
        bc_noise_fill_row(&rows[k], 1, 1, 10, 3, 3, &guard, 0);
        EXPECT(guard == 42.0f && wide == 42.0, "%s wrote a sample", rows[k].name);
    }
}

static void doubles(void **state)
{
    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        for (uint64_t first = 0; first < 9; first++) {
            static float narrow[N];
            static double wide[N];

            bc_noise_fill(&rows[k], 8, 4, first, narrow, N);
            bc_noise_fill_f64(&rows[k], 8, 4, first, wide, N);
            for (size_t i = 0; i < N; i++)
                EXPECT((double)narrow[i] == wide[i], "%s: sample %zu is %a, and %a in f64",
                       rows[k].name, i, (double)narrow[i], wide[i]);
        }
    }
}

/* Line y of a picture of width w holds samples y w .. y w + w - 1 of the stream; ordered kinds
 * read their tile instead. Pictures may have more than 2^32 samples. */
static void lines(void **state)
{
    static const struct {
        uint32_t width, x, y;
    } places[] = { { 100, 0, 0 },
                   { 100, 0, 1 },
                   { 100, 37, 5 },
                   { 1, 0, 77 },
                   { 4096, 4000, 9 },
                   { 100000, 99000, 99999 },
                   { 0xFFFFFFFF, 12, 0xFFFFFFFF } };

    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            const uint32_t x = places[p].x, y = places[p].y;
            float row[65], want[65];

            bc_noise_fill_row(&rows[k], 9, 5, places[p].width, x, y, row, 65);
            if (rows[k].mask_side != 0) {
                const uint32_t side = rows[k].mask_side;

                /* The same line and columns of the first tile, column by column. */
                for (uint32_t i = 0; i < 65; i++)
                    bc_noise_fill_row(&rows[k], 0, 0, side, (x + i) % side, y % side, want + i, 1);
            } else {
                bc_noise_fill(&rows[k], 9, 5, (uint64_t)y * places[p].width + x, want, 65);
            }
            EXPECT(memcmp(row, want, sizeof row) == 0, "%s: line %u from column %u, width %u",
                   rows[k].name, y, x, places[p].width);
        }
    }
}

/* Another seed or stream gives other noise; the same ones give the same. */
static void seeds_and_streams(void **state)
{
    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        const bool is_random = rows[k].form != BC_NOISE_NONE && rows[k].mask_side == 0;
        float a[64], b[64];

        bc_noise_fill(&rows[k], 1, 1, 0, a, 64);
        bc_noise_fill(&rows[k], 1, 1, 0, b, 64);
        EXPECT(memcmp(a, b, sizeof a) == 0, "%s: not repeatable", rows[k].name);
        bc_noise_fill(&rows[k], 2, 1, 0, b, 64);
        EXPECT((memcmp(a, b, sizeof a) != 0) == is_random, "%s: seed", rows[k].name);
        bc_noise_fill(&rows[k], UINT64_C(1) << 32 | 1, 1, 0, b, 64);
        EXPECT((memcmp(a, b, sizeof a) != 0) == is_random, "%s: high half of the seed",
               rows[k].name);
        bc_noise_fill(&rows[k], 1, 2, 0, b, 64);
        EXPECT((memcmp(a, b, sizeof a) != 0) == is_random, "%s: stream", rows[k].name);
    }
}

static void names(void **state)
{
    (void)state;
    for (size_t k = 0; k < n_rows; k++) {
        EXPECT(bc_noise_find(rows[k].name) == &rows[k], "%s", rows[k].name);
        EXPECT(rows[k].doc[0], "%s has no doc", rows[k].name);
    }
    assert_null(bc_noise_find(""));
    assert_null(bc_noise_find("TPDF"));
    assert_null(bc_noise_find("bayer3"));
    assert_null(bc_noise_find("tpdf "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("any cut into calls gives the same noise", any_cut),
        SENTENCE("no samples are no samples", no_samples),
        SENTENCE("noise in double is noise in float, widened", doubles),
        SENTENCE("a line of a picture is its place in the stream", lines),
        SENTENCE("seed and stream decide the noise", seeds_and_streams),
        SENTENCE("every kind is found by its name", names),
    };

    return cmocka_run_group_tests_name("noise calls", tests, find_rows, NULL);
}
