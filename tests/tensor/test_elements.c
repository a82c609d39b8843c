/* Element types: sizes as their formats define them, and the numbers that their bits mean. */
#include "../core/bits.h"
#include "../core/expect.h"
#include "../core/float_formats.h"
#include "bitcrush/tensor.h"

#include <string.h>

static void table(void **state)
{
    /* Bytes of a block by the fields of its struct in ggml-common.h. */
    static const struct {
        const char *name;
        int ggml_type;
        uint32_t length, bytes;
    } known[] = {
        { "f32", 0, 1, 4 },
        { "f16", 1, 1, 2 },
        { "bf16", 30, 1, 2 },
        { "q4_0", 2, 32, 2 + 16 },
        { "q4_1", 3, 32, 2 + 2 + 16 },
        { "q5_0", 6, 32, 2 + 4 + 16 },
        { "q5_1", 7, 32, 2 + 2 + 4 + 16 },
        { "q8_0", 8, 32, 2 + 32 },
        { "q8_1", 9, 32, 2 + 2 + 32 },
        { "q2_k", 10, 256, 16 + 64 + 2 + 2 },
        { "q3_k", 11, 256, 32 + 64 + 12 + 2 },
        { "q4_k", 12, 256, 2 + 2 + 12 + 128 },
        { "q5_k", 13, 256, 2 + 2 + 12 + 32 + 128 },
        { "q6_k", 14, 256, 128 + 64 + 16 + 2 },
        { "q8_k", 15, 256, 4 + 256 + 2 * 16 },
        { "iq2_xxs", 16, 256, 2 + 2 * 32 },
        { "iq2_xs", 17, 256, 2 + 2 * 32 + 8 },
        { "iq3_xxs", 18, 256, 2 + 3 * 32 },
        { "iq1_s", 19, 256, 2 + 32 + 2 * 8 },
        { "iq4_nl", 20, 32, 2 + 16 },
        { "iq3_s", 21, 256, 2 + 64 + 8 + 32 + 4 },
        { "iq2_s", 22, 256, 2 + 64 + 8 + 8 },
        { "iq4_xs", 23, 256, 2 + 2 + 4 + 128 },
        { "iq1_m", 29, 256, 32 + 16 + 8 },
        { "tq1_0", 34, 256, 48 + 4 + 2 },
        { "tq2_0", 35, 256, 64 + 2 },
        { "mxfp4", 39, 32, 1 + 16 },
        { "nvfp4", 40, 64, 4 + 32 },
        { "q1_0", 41, 128, 2 + 16 },
        { "q2_0", 42, 64, 2 + 16 },
        { "f8_e4m3", -1, 1, 1 },
        { "f6_e2m3", -1, 4, 3 },
        { "f4", -1, 2, 1 },
    };
    const bc_element_type *rows;
    const size_t n = bc_element_types(&rows);

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const bc_element_type *t = bc_element_type_named(known[i].name);

        EXPECT(t && t->ggml_type == known[i].ggml_type && t->block_length == known[i].length &&
                   t->block_bytes == known[i].bytes,
               "%s", known[i].name);
    }
    assert_null(bc_element_type_named("f31"));
    for (size_t i = 0; i < n; i++) {
        EXPECT(rows[i].block_length == 1 || rows[i].kind == BC_ELEMENT_BLOCKS ||
                   rows[i].kind == BC_ELEMENT_CODES,
               "%s", rows[i].name);
        for (size_t k = 0; k < i; k++) /* two forms of MXFP4 and NVFP4: of GGUF and safetensors */
            EXPECT((strcmp(rows[i].name, rows[k].name) != 0 || rows[i].kind != rows[k].kind) &&
                       (rows[i].ggml_type != rows[k].ggml_type || rows[i].ggml_type < 0),
                   "%s and %s", rows[i].name, rows[k].name);
    }
}

static void check_number(const char *name, uint64_t bits, double want)
{
    const bc_element_type *t = bc_element_type_named(name);
    uint8_t bytes[8];
    float got;

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(bits >> (8 * i));
    t->decode(bytes, 1, &got);
    EXPECT(isnan(want) ? isnan(got) : (double)got == want && !signbit(got) == !signbit(want),
           "%s %llx: %.9g, expected %.9g", name, (unsigned long long)bits, (double)got, want);
}

/* Every code of the small formats, as their definitions say. */
static void every_code(void **state)
{
    static const struct {
        const char *type, *format;
    } pairs[] = {
        { "f16", "float16" }, { "bf16", "bfloat16" }, { "f8_e5m2", "e5m2" }, { "f8_e4m3", "e4m3" }
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const float_format *f = float_formats;

        while (strcmp(f->name, pairs[i].format) != 0)
            f++;
        for (uint32_t bits = 0; bits < UINT32_C(2) << (f->exponent_bits + f->mantissa_bits); bits++)
            check_number(pairs[i].type, bits, decode_bits(f, bits));
    }
}

/* The FNUZ formats are those with one more on the bias and 0x80 as the only NaN (LLVM's
 * Float8E4M3FNUZ and Float8E5M2FNUZ); E8M0 is 2^(e - 127), 0xFF NaN (OCP MX 1.0, 5.4.1). */
static void fnuz_and_scales(void **state)
{
    static const float_format wide_e4m3 = { "", 4, 3, 8, 0x7F, 0, 0, 0, false, false };
    static const float_format wide_e5m2 = { "", 5, 2, 16, 0x7F, 0, 0, 0, false, false };

    (void)state;
    for (uint32_t bits = 0; bits < 256; bits++) {
        check_number("f8_e4m3fnuz", bits,
                     bits == 0x80 ? (double)NAN : decode_bits(&wide_e4m3, bits));
        check_number("f8_e5m2fnuz", bits,
                     bits == 0x80 ? (double)NAN : decode_bits(&wide_e5m2, bits));
        check_number("f8_e8m0", bits, bits == 255 ? (double)NAN : ldexp(1, (int)bits - 127));
    }
    check_number("f8_e4m3fnuz", 0x7F, 240); /* the largest, as LLVM has them */
    check_number("f8_e5m2fnuz", 0x7F, 57344);
}

static void wide_floats(void **state)
{
    static const double values[] = { 0.0, -0.0, 1.5, -3.25e-20, 65504, 1e-45 };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const float f = (float)values[i];
        uint32_t bits;

        memcpy(&bits, &f, sizeof bits);
        check_number("f32", bits, (double)f);
        check_number("f64", f64_bits((double)f), (double)f);
    }
    /* To the nearest float, ties to the even one; past the largest, infinity. */
    check_number("f64", f64_bits(1 + 0x1p-24), 1);
    check_number("f64", f64_bits(1 + 3 * 0x1p-24), 1 + 0x1p-22);
    check_number("f64", f64_bits(1 + 0x1.000001p-24), 1 + 0x1p-23);
    check_number("f64", f64_bits(-1e300), -(double)INFINITY);
    check_number("f64", f64_bits((double)NAN), (double)NAN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("types have the sizes and numbers of their formats", table),
        SENTENCE("every code of 16 and 8 bits has its number", every_code),
        SENTENCE("FNUZ floats and E8M0 scales have their numbers", fnuz_and_scales),
        SENTENCE("32 and 64 bits become the nearest floats", wide_floats),
    };

    return cmocka_run_group_tests_name("elements", tests, NULL, NULL);
}
