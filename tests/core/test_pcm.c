/* Layouts of sound samples: closed forms of a few bytes, and every CPU level gives the same. */
#include <string.h>

#include "base/cpu.h"
#include "bits.h"
#include "core/kernels.h"
#include "expect.h"

extern const bci_kernels bci_kernels_baseline;
#ifdef BCI_X86_LEVELS
extern const bci_kernels bci_kernels_v2, bci_kernels_v3, bci_kernels_v4;
static const bci_kernels *const tables[] = { &bci_kernels_baseline, &bci_kernels_v2,
                                             &bci_kernels_v3, &bci_kernels_v4 };
#else
static const bci_kernels *const tables[] = { &bci_kernels_baseline };
#endif

enum { MAX = 300, CHANNELS = 3 };

/* Bytes of one sample and the value they mean, from the definitions of the formats; of mu-law and
 * A-law the ends and the middle of the tables of ITU-T G.711, on the scale of 16 bits. */
static const struct sample_row {
    bc_sample_layout layout;
    uint8_t bytes[8];
    double value;
} samples[] = {
    { BC_SAMPLE_U8, { 0x00 }, -1.0 },
    { BC_SAMPLE_U8, { 0x80 }, 0.0 },
    { BC_SAMPLE_U8, { 0xFF }, 127.0 / 128 },
    { BC_SAMPLE_S8, { 0x80 }, -1.0 },
    { BC_SAMPLE_S8, { 0x7F }, 127.0 / 128 },
    { BC_SAMPLE_S16LE, { 0x01, 0x80 }, -32767.0 / 32768 },
    { BC_SAMPLE_S16BE, { 0x80, 0x01 }, -32767.0 / 32768 },
    { BC_SAMPLE_S16LE, { 0xFF, 0x7F }, 32767.0 / 32768 },
    { BC_SAMPLE_S24LE, { 0x01, 0x00, 0x80 }, -8388607.0 / 8388608 },
    { BC_SAMPLE_S24BE, { 0x80, 0x00, 0x01 }, -8388607.0 / 8388608 },
    { BC_SAMPLE_S24LE, { 0xFF, 0xFF, 0xFF }, -1.0 / 8388608 },
    { BC_SAMPLE_S32LE, { 0x01, 0x00, 0x00, 0x80 }, -2147483647.0 / 2147483648 },
    { BC_SAMPLE_S32BE, { 0x80, 0x00, 0x00, 0x01 }, -2147483647.0 / 2147483648 },
    { BC_SAMPLE_F32LE, { 0x00, 0x00, 0xC0, 0x3F }, 1.5 },
    { BC_SAMPLE_F32BE, { 0xBF, 0xC0, 0x00, 0x00 }, -1.5 },
    { BC_SAMPLE_F64LE, { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F }, 1.5 },
    { BC_SAMPLE_F64BE, { 0xBF, 0xF8, 0, 0, 0, 0, 0, 0 }, -1.5 },
    { BC_SAMPLE_MULAW, { 0x00 }, -32124.0 / 32768 }, /* 8031 of 14 bits, times 4 */
    { BC_SAMPLE_MULAW, { 0x80 }, 32124.0 / 32768 },
    { BC_SAMPLE_MULAW, { 0xFF }, 0.0 },
    { BC_SAMPLE_MULAW, { 0xFE }, 8.0 / 32768 },
    { BC_SAMPLE_ALAW, { 0xAA }, 32256.0 / 32768 }, /* 4032 of 13 bits, times 8 */
    { BC_SAMPLE_ALAW, { 0x2A }, -32256.0 / 32768 },
    { BC_SAMPLE_ALAW, { 0xD5 }, 8.0 / 32768 },
    { BC_SAMPLE_ALAW, { 0x55 }, -8.0 / 32768 },
};

static void bytes_have_their_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample_row *row = &samples[i];
        double value = 9;
        double *const planes[] = { &value };

        bc_pcm_unpack(row->layout, row->bytes, 1, 1, planes);
        EXPECT(value == row->value, "%s %02x: %.17g, expected %.17g",
               bc_sample_layout_name(row->layout), row->bytes[0], value, row->value);
    }
}

static bool is_float(bc_sample_layout layout)
{
    return layout >= BC_SAMPLE_F32LE && layout <= BC_SAMPLE_F64BE;
}

static bool is_g711(bc_sample_layout layout)
{
    return layout >= BC_SAMPLE_MULAW;
}

/* Every pattern of 16 bits, as samples of every size: the codes that values are multiples of give
 * the bytes back. */
static void packing_undoes_unpacking(void **state)
{
    static uint8_t in[1 << 19], out[1 << 19];
    static double values[1 << 16];
    static int32_t codes[1 << 16];
    uint64_t seed = 5;

    (void)state;
    for (int l = 0; l < BC_SAMPLE_LAYOUTS; l++) {
        const bc_sample_layout layout = (bc_sample_layout)l;
        const size_t size = bc_sample_size(layout), n = sizeof in / 8;
        double *const planes[] = { values };
        const double *const reals[] = { values };
        const int32_t *const ints[] = { codes };

        for (size_t i = 0; i < n * size; i++)
            in[i] = (uint8_t)(size <= 2 ? i / 2 >> (i % 2 * 8) : random_bits(&seed));
        if (is_g711(layout))
            continue;
        if (is_float(layout)) /* no NaN: their payload need not survive a conversion */
            for (size_t i = 0; i < n; i++)
                in[i * size +
                   (layout == BC_SAMPLE_F32LE || layout == BC_SAMPLE_F64LE ? size - 1 : 0)] &= 0xBF;
        bc_pcm_unpack(layout, in, n, 1, planes);
        for (size_t i = 0; i < n; i++)
            codes[i] = is_float(layout)
                           ? 0
                           : (int32_t)(values[i] * (double)(UINT64_C(1) << (8 * size - 1)));
        if (is_float(layout))
            bc_pcm_pack_values(layout, reals, n, 1, out);
        else
            bc_pcm_pack(layout, ints, 0, n, 1, out);
        EXPECT(memcmp(in, out, n * size) == 0, "%s", bc_sample_layout_name(layout));
    }
}

static void codes_of_fewer_bits_lie_high(void **state)
{
    static const int32_t codes[] = { -2048, 2047, 1 };
    const int32_t *const planes[] = { codes };
    static const uint8_t s16[] = { 0x00, 0x80, 0xF0, 0x7F, 0x10, 0x00 };
    static const uint8_t u8[] = { 0x00, 0xF0, 0x90 }; /* -8, 7 and 1 of 4 bits */
    static const int32_t nibbles[] = { -8, 7, 1 };
    const int32_t *const small[] = { nibbles };
    uint8_t out[6];

    (void)state;
    bc_pcm_pack(BC_SAMPLE_S16LE, planes, 4, 3, 1, out);
    assert_memory_equal(out, s16, 6);
    bc_pcm_pack(BC_SAMPLE_U8, small, 4, 3, 1, out);
    assert_memory_equal(out, u8, 3);
}

static size_t n_tables(void)
{
    const size_t n = (size_t)bci_cpu_detect() + 1;

    return n < sizeof tables / sizeof *tables ? n : sizeof tables / sizeof *tables;
}

static void every_level_unpacks_the_same(void **state)
{
    static uint8_t in[MAX * CHANNELS * 8];
    static double out[2][CHANNELS][MAX + 1];
    double *const planes[2][CHANNELS] = { { out[0][0], out[0][1], out[0][2] },
                                          { out[1][0], out[1][1], out[1][2] } };
    uint64_t seed = 6;

    (void)state;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)random_bits(&seed);
    for (size_t t = 1; t < n_tables(); t++)
        for (int l = 0; l < BC_SAMPLE_LAYOUTS; l++)
            for (size_t c = 1; c <= CHANNELS; c++)
                for (size_t n = 0; n < 70; n++) {
                    const bc_sample_layout layout = (bc_sample_layout)l;

                    memset(out, 0, sizeof out);
                    out[0][c - 1][n] = out[1][c - 1][n] = 0.25; /* stays */
                    tables[0]->pcm_unpack(layout, in, n, c, planes[0]);
                    tables[t]->pcm_unpack(layout, in, n, c, planes[1]);
                    EXPECT(memcmp(out[0], out[1], sizeof out[0]) == 0 && out[1][c - 1][n] == 0.25,
                           "%s: %s, %zu channels, %zu frames", tables[t]->name,
                           bc_sample_layout_name(layout), c, n);
                }
}

static void every_level_packs_the_same(void **state)
{
    static int32_t codes[CHANNELS][MAX];
    static double values[CHANNELS][MAX];
    static uint8_t out[2][MAX * CHANNELS * 8];
    const int32_t *const ints[] = { codes[0], codes[1], codes[2] };
    const double *const reals[] = { values[0], values[1], values[2] };
    uint64_t seed = 7;

    (void)state;
    for (size_t i = 0; i < MAX; i++)
        for (size_t c = 0; c < CHANNELS; c++) {
            codes[c][i] = (int32_t)random_bits(&seed);
            values[c][i] = random_between(&seed, -2.0, 2.0);
        }
    for (size_t t = 1; t < n_tables(); t++)
        for (int l = 0; l < BC_SAMPLE_LAYOUTS; l++)
            for (size_t k = 0; k < 70 * CHANNELS; k++) {
                const bc_sample_layout layout = (bc_sample_layout)l;
                const size_t n = k / CHANNELS, c = k % CHANNELS + 1;
                const int shift = (int)(k % 8);

                memset(out, 0x5A, sizeof out);
                for (size_t side = 0; side < 2; side++) {
                    const bci_kernels *table = tables[side ? t : 0];

                    if (is_float(layout))
                        table->pcm_pack_values(layout, reals, n, c, out[side]);
                    else
                        table->pcm_pack(layout, ints, shift, n, c, out[side]);
                }
                EXPECT(memcmp(out[0], out[1], sizeof out[0]) == 0,
                       "%s: %s, %zu channels, %zu frames", tables[t]->name,
                       bc_sample_layout_name(layout), c, n);
                assert_int_equal(out[1][n * c * bc_sample_size(layout)], 0x5A);
            }
}

/* Channels lie beside each other: three planes are one plane of every third sample. */
static void channels_are_interleaved(void **state)
{
    int32_t codes[CHANNELS][5];
    const int32_t *const planes[] = { codes[0], codes[1], codes[2] };

    (void)state;
    for (int i = 0; i < 5; i++)
        for (int c = 0; c < CHANNELS; c++)
            codes[c][i] = 10 * i + c;
    for (size_t n_channels = 1; n_channels <= CHANNELS; n_channels++) {
        uint8_t out[5 * CHANNELS];
        double values[CHANNELS][5];
        double *const back[] = { values[0], values[1], values[2] };

        bc_pcm_pack(BC_SAMPLE_S8, planes, 0, 5, n_channels, out);
        bc_pcm_unpack(BC_SAMPLE_S8, out, 5, n_channels, back);
        for (size_t i = 0; i < 5; i++)
            for (size_t c = 0; c < n_channels; c++) {
                assert_int_equal(out[i * n_channels + c], 10 * i + c);
                assert_true(values[c][i] == (double)(10 * i + c) / 128);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_their_values),
        cmocka_unit_test(packing_undoes_unpacking),
        cmocka_unit_test(codes_of_fewer_bits_lie_high),
        cmocka_unit_test(every_level_unpacks_the_same),
        cmocka_unit_test(every_level_packs_the_same),
        cmocka_unit_test(channels_are_interleaved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
