/* Block formats whose documents are formulas: OCP Microscaling beside the definitions of its
 * floats, bitsandbytes beside its published values. */
#include <stdlib.h>

#include "bitcrush/blocks.h"
#include "expect.h"
#include "float_formats.h"

enum { N = 4096, MX = 32 };

static float x[N], y[N];
static uint8_t blocks[2 * N];

/* Magnitudes over many powers of two, with zeros, and blocks that end on a power of two. */
static int prepare(void **state)
{
    uint64_t seed = 21;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        const int block = (int)(i / MX);
        const double scale = power_of_two(block % 60 - 30 - (int)(random_bits(&seed) % 9));

        x[i] = (float)(random_between(&seed, -1, 1) * scale);
        if (random_bits(&seed) % 16 == 0)
            x[i] = 0;
        if (i % MX == 7 && block % 3 == 0) /* on the power, or the last float below */
            x[i] = f32_of(f32_bits((float)power_of_two(block % 60 - 30)) - (block % 2 == 0));
    }
    return 0;
}

static const float_format *element(const char *name)
{
    const float_format *f = float_formats;

    while (strcmp(f->name, name) != 0)
        f++;
    return f;
}

/* floor(log2 |x|) of a number that is not 0. */
static int binade(double value)
{
    int e;

    frexp(value, &e);
    return e - 1;
}

static double largest(const float *v, size_t n)
{
    double max = 0;

    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs((double)v[i]));
    return max;
}

static const struct mx_row {
    const char *name, *element;
    int emax; /* of the table in clause 5.2.1 */
    size_t bits;
} mx_rows[] = {
    { "mxfp8_e5m2", "e5m2", 15, 8 }, { "mxfp8_e4m3", "e4m3", 8, 8 }, { "mxfp6_e3m2", "e3m2", 4, 6 },
    { "mxfp6_e2m3", "e2m3", 2, 6 },  { "mxfp4_e2m1", "e2m1", 2, 4 },
};

/* n bits from bit `first` of a string of bytes, low bits first. */
static uint32_t bits_at(const uint8_t *bytes, size_t first, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)(bytes[(first + i) / 8] >> (first + i) % 8 & 1) << i;
    return v;
}

static void microscaling(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof mx_rows / sizeof *mx_rows; r++) {
        const bc_block_format *row = bc_block_find(mx_rows[r].name);
        const float_format *f = element(mx_rows[r].element);
        const size_t bits = mx_rows[r].bits;

        assert_non_null(row);
        assert_int_equal(row->block_bytes, 1 + MX * bits / 8);
        row->encode(x, NULL, N / MX, blocks);
        row->decode(blocks, N / MX, y);
        for (size_t b = 0; b < N / MX; b++) {
            const uint8_t *block = blocks + b * row->block_bytes;
            const int shared = binade(largest(x + b * MX, MX)) - mx_rows[r].emax;

            EXPECT(block[0] == shared + 127, "%s, block %zu: exponent %d, expected %d", row->name,
                   b, block[0] - 127, shared);
            for (size_t j = 0; j < MX; j++) {
                const double v = (double)x[b * MX + j];
                const double scaled = v / power_of_two(shared);
                uint32_t want = round_bits(f, scaled, TIES_TO_EVEN);

                want = want > f->max_bits ? f->max_bits : want;
                want |= (uint32_t)(v < 0) << (bits - 1);

                const uint32_t got = bits_at(block + 1, j * bits, bits);
                const double value = decode_bits(f, want) * power_of_two(shared);

                EXPECT(got == want, "%s of %g over 2^%d: %02x, expected %02x", row->name, v, shared,
                       got, want);
                EXPECT((double)y[b * MX + j] == value, "%s %02x: %g, expected %g", row->name, got,
                       (double)y[b * MX + j], value);
            }
        }
    }
}

/* Every code of a byte, among them infinities and NaN, and the scales at the ends. */
static void every_element(void **state)
{
    static const uint8_t scales[] = { 0, 1, 126, 127, 128, 254, 255 };

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        const bc_block_format *row = bc_block_find(mx_rows[r].name);
        const float_format *f = element(mx_rows[r].element);

        for (size_t s = 0; s < sizeof scales; s++) {
            for (uint32_t code = 0; code < 256; code++) {
                uint8_t block[1 + MX] = { scales[s] };

                memset(block + 1, (int)code, MX);
                row->decode(block, 1, y);

                const double scale = scales[s] == 255 ? (double)NAN : power_of_two(scales[s] - 127);
                const float want = (float)(decode_bits(f, code) * scale);

                EXPECT(same_f32(y[31], want), "%s %02x over exponent %u: %a, expected %a",
                       row->name, code, scales[s], (double)y[31], (double)want);
            }
        }
    }
}

static void microscaled_integers(void **state)
{
    const bc_block_format *row = bc_block_find("mxint8");

    (void)state;
    row->encode(x, NULL, N / MX, blocks);
    row->decode(blocks, N / MX, y);
    for (size_t b = 0; b < N / MX; b++) {
        const uint8_t *block = blocks + b * row->block_bytes;
        const int shared = binade(largest(x + b * MX, MX));

        EXPECT(block[0] == shared + 127, "block %zu: exponent %d, expected %d", b, block[0] - 127,
               shared);
        for (size_t j = 0; j < MX; j++) {
            const double steps = rint((double)x[b * MX + j] / power_of_two(shared) * 64);
            const double want = fmax(-127, fmin(steps, 127));

            EXPECT((int8_t)block[1 + j] == want, "%g over 2^%d: %d, expected %g",
                   (double)x[b * MX + j], shared, (int8_t)block[1 + j], want);
            EXPECT((double)y[b * MX + j] == want / 64 * power_of_two(shared), "%g: %g", want,
                   (double)y[b * MX + j]);
        }
    }
}

static void two_levels(void **state)
{
    const bc_block_format *row = bc_block_find("nvfp4_modelopt");
    const float_format *scales = element("e4m3"), *elements = element("e2m1");

    (void)state;
    row->encode(x, NULL, N / 16, blocks);
    row->decode(blocks, N / 16, y);
    for (size_t i = 0; i < N; i++) {
        const uint8_t *block = blocks + i / 16 * 9;
        const double top = (double)(float)(largest(x + i / 16 * 16, 16) / 6);
        const uint32_t code = round_bits(scales, top, TIES_TO_EVEN);
        const double scale = decode_bits(scales, code < 0x7E ? code : 0x7E);
        uint32_t want = 0;

        if (scale > 0)
            want = round_bits(elements, (double)(float)((double)x[i] / scale), TIES_TO_EVEN) |
                   (uint32_t)(x[i] < 0) << 3;
        EXPECT(block[0] == (code < 0x7E ? code : 0x7E), "scale of %g: %02x, expected %02x", top,
               block[0], code);
        EXPECT(bits_at(block + 1, i % 16 * 4, 4) == want, "%g over %g: %x, expected %x",
               (double)x[i], scale, bits_at(block + 1, i % 16 * 4, 4), want);
        EXPECT((double)y[i] == decode_bits(elements, want) * scale, "%x: %g", want, (double)y[i]);
    }
}

/* Values as published, in the order of the codes. */
static const double nf4[16] = { -1.0,
                                -0.6961928009986877,
                                -0.5250730514526367,
                                -0.39491748809814453,
                                -0.28444138169288635,
                                -0.18477343022823334,
                                -0.09105003625154495,
                                0.0,
                                0.07958029955625534,
                                0.16093020141124725,
                                0.24611230194568634,
                                0.33791524171829224,
                                0.44070982933044434,
                                0.5626170039176941,
                                0.7229568362236023,
                                1.0 };
static const double fp4[16] = { 0.0 / 12,  0.0625 / 12,  8.0 / 12,  12.0 / 12,
                                4.0 / 12,  6.0 / 12,     2.0 / 12,  3.0 / 12,
                                -0.0 / 12, -0.0625 / 12, -8.0 / 12, -12.0 / 12,
                                -4.0 / 12, -6.0 / 12,    -2.0 / 12, -3.0 / 12 };

static void codebooks(void **state)
{
    static const struct {
        const char *name;
        const double *values;
        double slack; /* of a limit: bitsandbytes writes those of fp4 with 6 digits */
    } rows[] = { { "nf4", nf4, 1e-7 }, { "fp4", fp4, 4e-7 } };

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        const bc_block_format *row = bc_block_find(rows[r].name);

        row->encode(x, NULL, N / 64, blocks);
        row->decode(blocks, N / 64, y);
        for (size_t i = 0; i < N; i++) {
            const uint8_t *block = blocks + i / 64 * 36;
            const double absmax = largest(x + i / 64 * 64, 64);
            const uint32_t code = block[4 + i % 64 / 2] >> (i % 2 ? 0 : 4) & 15;
            const double v = (double)x[i] / absmax;
            float stored;
            double nearest = 9;

            memcpy(&stored, block, 4);
            EXPECT((double)stored == absmax, "%s: absmax %g, expected %g", row->name,
                   (double)stored, absmax);
            for (size_t k = 0; k < 16; k++)
                nearest = fmin(nearest, fabs(rows[r].values[k] - v));
            EXPECT_NEAR(fabs(rows[r].values[code] - v), nearest, rows[r].slack, "%s of %g: code %u",
                        row->name, v, code);
            EXPECT_NEAR((double)y[i], rows[r].values[code] * absmax, absmax * 0x1p-23,
                        "%s, code %u", row->name, code);
        }
    }
}

/* By hand: ties go to the lower code, the first of a pair to the high nibble. */
static void codebook_ties(void **state)
{
    const bc_block_format *row = bc_block_find("nf4");
    const float tie = (0.0f + 0.07958029955625534f) / 2;

    (void)state;
    memset(x, 0, 64 * sizeof *x);
    x[0] = -1.0f;
    x[1] = 1.0f;
    x[2] = tie;
    x[3] = f32_of(f32_bits(tie) + 1);
    row->encode(x, NULL, 1, blocks);
    assert_int_equal(blocks[4], 0x0F);
    assert_int_equal(blocks[5], 0x78);
    assert_int_equal(blocks[6], 0x77);
}

/* The smallest number of a block is the first of which none is smaller, and zeros are equal: it
 * is stored with its own sign, bit 15 of 16. */
static void signs_of_zero(void **state)
{
    static const struct {
        float first, second, last;
        uint8_t sign;
    } rows[] = {
        { 0.0f, -0.0f, 1.0f, 0x00 },   { -0.0f, 0.0f, 1.0f, 0x80 },  { 1.0f, -0.0f, 0.0f, 0x80 },
        { 1.0f, 0.0f, -0.0f, 0x00 },   { -0.0f, 0.0f, -0.0f, 0x80 }, { 0.0f, -0.0f, 0.0f, 0x00 },
        { -0.0f, -0.0f, -0.0f, 0x80 },
    };
    const char *const names[] = { "q4_1", "q5_1" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < 2; k++) {
            for (size_t j = 0; j < MX; j++)
                x[j] = rows[i].last;
            x[0] = rows[i].first;
            x[1] = rows[i].second;
            bc_block_find(names[k])->encode(x, NULL, 1, blocks);
            EXPECT(blocks[1] >> 7 == 0, "%s of row %zu: scale %02x", names[k], i, blocks[1]);
            EXPECT(blocks[2] == 0 && blocks[3] == rows[i].sign,
                   "%s of row %zu: minimum %02x%02x, expected %02x00", names[k], i, blocks[3],
                   blocks[2], rows[i].sign);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("floats under a power of two are those of MX 1.0", microscaling),
        SENTENCE("every byte has its value under every scale", every_element),
        SENTENCE("integers under a power of two are those of MX 1.0", microscaled_integers),
        SENTENCE("E2M1 under E4M3 rounds both to nearest", two_levels),
        SENTENCE("codes of bitsandbytes are the nearest values", codebooks),
        SENTENCE("ties and order of bitsandbytes", codebook_ties),
        SENTENCE("of zeros of both signs the first is the smallest", signs_of_zero),
    };

    return cmocka_run_group_tests_name("elements of block formats", tests, prepare, NULL);
}
