/* mu-law and A-law against ITU-T G.711 and its decoders, and grids of any number of levels. */
#include <inttypes.h>

#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "grids.h"

/* Decoded bytes, over 32768: the ends, the zeros and one in the middle (G.711, tables 1 and 2, in
 * the 16-bit scale of the reference decoders). */
static const struct {
    const char *name;
    uint8_t byte;
    int value;
} bytes[] = {
    { "mulaw", 0x00, -32124 }, { "mulaw", 0x80, 32124 }, { "mulaw", 0x7F, 0 },
    { "mulaw", 0xFF, 0 },      { "mulaw", 0x7E, -8 },    { "mulaw", 0xFE, 8 },
    { "mulaw", 0xAA, 5372 },   { "mulaw", 0x55, -716 },  { "alaw", 0x55, -8 },
    { "alaw", 0xD5, 8 },       { "alaw", 0x2A, -32256 }, { "alaw", 0xAA, 32256 },
    { "alaw", 0x00, -5504 },   { "alaw", 0xFF, 848 },
};

static void known_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        const bc_grid g = grid_of(bytes[i].name);

        EXPECT_NEAR(bc_grid_value(&g, bc_grid_code_from_bits(&g, bytes[i].byte)) * 32768.0,
                    bytes[i].value, 0.0, "%s byte %02x", bytes[i].name, bytes[i].byte);
    }
}

/* FNV-1a over the 256 decoded bytes as 16-bit little-endian words: what SoX 14.4 and FFmpeg 5.1
 * make of them. */
static void every_byte(void **state)
{
    static const struct {
        const char *name;
        uint64_t hash;
    } rows[] = { { "mulaw", 0xb91e65d68481a1a8 }, { "alaw", 0x693a40ca62a3d2a5 } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const bc_grid g = grid_of(rows[i].name);
        uint64_t hash = UINT64_C(14695981039346656037);

        for (uint32_t b = 0; b < 256; b++) {
            const int32_t code = bc_grid_code_from_bits(&g, b);
            const double v = bc_grid_value(&g, code) * 32768.0;
            const uint16_t word = (uint16_t)(int16_t)v;

            EXPECT(code >= g.lo && code <= g.hi && v == rint(v), "%s byte %02x", rows[i].name, b);
            EXPECT(bc_grid_code_to_bits(&g, code) == (v == 0.0 ? 0xFF : b), "%s byte %02x",
                   rows[i].name, b);
            hash = (hash ^ (word & 0xFF)) * UINT64_C(1099511628211);
            hash = (hash ^ (word >> 8)) * UINT64_C(1099511628211);
        }
        EXPECT(hash == rows[i].hash, "%s: hash 0x%016" PRIx64, rows[i].name, hash);
        for (int32_t k = g.lo; k < g.hi; k++)
            EXPECT(bc_grid_value(&g, k + 1) > bc_grid_value(&g, k), "%s: code %d", rows[i].name, k);
    }
}

/* TPDF noise is in steps: inside a segment the mean of the codes is the position, and the power
 * of the error a quarter of its own squared step, small or large. */
static void dither_follows_the_step(void **state)
{
    enum { N = 40000 };
    static double x[N], d[N], y[N];
    static const struct {
        const char *name;
        double value, step; /* over 32768 */
    } rows[] = {
        { "mulaw", 60.3, 8.0 },  { "mulaw", -1003.7, 64.0 }, { "mulaw", 24000.1, 1024.0 },
        { "alaw", 200.9, 16.0 }, { "alaw", 3.0, 16.0 },      { "alaw", -24000.1, 1024.0 }
    };

    (void)state;
    bc_noise_fill_f64(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 1, 0, d, N);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bc_grid g = grid_of(rows[r].name);
        double sum = 0.0, squares = 0.0;

        for (size_t i = 0; i < N; i++)
            x[i] = rows[r].value / 32768.0;
        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, d, N, y, NULL);
        for (size_t i = 0; i < N; i++) {
            const double e = (y[i] - x[i]) * 32768.0 / rows[r].step;

            sum += e;
            squares += e * e;
        }
        /* 5 sigma: the error has variance 1/4 and its square less than 1/4. */
        EXPECT_NEAR(sum / N, 0.0, 5.0 * 0.5 / sqrt(N), "%s at %g: mean", rows[r].name,
                    rows[r].value);
        EXPECT_NEAR(squares / N, 0.25, 5.0 * 0.5 / sqrt(N), "%s at %g: power", rows[r].name,
                    rows[r].value);
    }
}

static void fractional_depths(void **state)
{
    static const struct {
        uint32_t levels;
        int64_t lo, hi;
        int bits;
    } rows[] = { { 2, -1, 0, 1 },
                 { 3, -1, 1, 2 },
                 { 5, -2, 2, 3 },
                 { 6, -3, 2, 3 },
                 { 100, -50, 49, 7 },
                 { 257, -128, 128, 9 },
                 { 46341, -23170, 23170, 16 },
                 { UINT32_MAX, -INT64_C(2147483647), 2147483647, 32 } };
    bc_error err;
    bc_grid g;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(bc_grid_pcm_levels(rows[i].levels, &g, NULL), BC_OK);
        EXPECT(g.lo == rows[i].lo && g.hi == rows[i].hi && g.bits == rows[i].bits &&
                   bc_grid_levels(&g) == rows[i].levels,
               "%u levels: %d..%d in %d bits", rows[i].levels, g.lo, g.hi, g.bits);
        EXPECT_NEAR(bc_grid_value(&g, g.hi), 2.0 * g.hi / rows[i].levels, 1e-16, "%u levels: top",
                    rows[i].levels);
        assert_int_equal(bc_grid_code_from_bits(&g, bc_grid_code_to_bits(&g, g.lo)), g.lo);
    }
    for (uint32_t levels = 2; levels < 1000; levels++) { /* marks stay */
        static double marks[1000], y[1000];
        static int32_t codes[1000];

        assert_int_equal(bc_grid_pcm_levels(levels, &g, NULL), BC_OK);
        for (uint32_t i = 0; i < levels; i++)
            marks[i] = bc_grid_value(&g, g.lo + (int32_t)i);
        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, marks, NULL, levels, y, codes);
        for (uint32_t i = 0; i < levels; i++)
            EXPECT(codes[i] == g.lo + (int32_t)i && y[i] == marks[i], "%u levels: mark %d", levels,
                   codes[i]);
    }
    for (int bits = 1; bits <= 31; bits++) {
        const bc_grid pcm = grid_of_bits("pcm", bits);

        assert_int_equal(bc_grid_pcm_levels(UINT32_C(1) << bits, &g, NULL), BC_OK);
        EXPECT(g.lo == pcm.lo && g.hi == pcm.hi && g.den == pcm.den && g.bits == pcm.bits &&
                   g.shift_gain == pcm.shift_gain,
               "%d bits", bits);
    }
    for (uint32_t levels = 0; levels < 2; levels++)
        EXPECT(bc_grid_pcm_levels(levels, &g, &err) == BC_E_USAGE, "%u levels", levels);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("bytes of G.711 have their values", known_bytes),
        SENTENCE("every byte is that of other decoders", every_byte),
        SENTENCE("dither follows the step", dither_follows_the_step),
        SENTENCE("PCM has any number of levels", fractional_depths),
    };

    return cmocka_run_group_tests_name("companded", tests, NULL, NULL);
}
