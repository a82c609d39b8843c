/* Knows how the blocks of each row are put together: which codes there are and what they stand for,
 * where they lie, and the fields of the scales. */
#include "core/block_layout.h"

#include <math.h>

#include "core/block_packing.h"
#include "core/block_values.h"

/* ---- what codes stand for */

/* clang-format off */
static float whole(uint32_t c)        { return (float)(int32_t)c; }
static float less_1(uint32_t c)       { return (float)((int32_t)c - 1); }
static float less_4(uint32_t c)       { return (float)((int32_t)c - 4); }
static float less_8(uint32_t c)       { return (float)((int32_t)c - 8); }
static float less_16(uint32_t c)      { return (float)((int32_t)c - 16); }
static float less_32(uint32_t c)      { return (float)((int32_t)c - 32); }
static float sign(uint32_t c)         { return c ? 1.0f : -1.0f; }
static float signed_byte(uint32_t c)  { return (float)(int8_t)c; }
static float sixty_fourth(uint32_t c) { return (float)(int8_t)c * 0x1p-6f; }
static float iq4(uint32_t c)          { return (float)bci_iq4_values[c]; }
static float nf4(uint32_t c)          { return bci_nf4_values[c]; }
static float fp4(uint32_t c)          { return bci_fp4_values[c]; }
static float e2m1_doubled(uint32_t c) { return (float)bci_e2m1_doubled[c]; }
static float e2m1(uint32_t c)         { return bci_element_value(&bci_e2m1, c); }
static float e2m3(uint32_t c)         { return bci_element_value(&bci_e2m3, c); }
static float e3m2(uint32_t c)         { return bci_element_value(&bci_e3m2, c); }
static float e4m3(uint32_t c)         { return bci_element_value(&bci_e4m3, c); }
static float e5m2(uint32_t c)         { return bci_element_value(&bci_e5m2, c); }
static float half(uint32_t c)         { return bci_f16_to_f32((uint16_t)c); }
static float bfloat(uint32_t c)       { return bci_bf16_to_f32((uint16_t)c); }
/* clang-format on */

/* ---- where codes lie */

static void widen(const uint8_t *bytes, size_t n, uint16_t *codes)
{
    for (size_t i = 0; i < n; i++)
        codes[i] = bytes[i];
}

static void narrow(const uint16_t *codes, size_t n, uint8_t *bytes)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)codes[i];
}

/* Two functions for blocks `b` of a type with n codes `c`, from expressions for either way. */
#define CODES(name, type, n, reading, writing)                                                     \
    static void unpack_##name(const void *block, uint16_t *codes)                                  \
    {                                                                                              \
        const type *b = block;                                                                     \
        uint8_t c[n] = { 0 };                                                                      \
                                                                                                   \
        reading;                                                                                   \
        widen(c, n, codes);                                                                        \
    }                                                                                              \
    static void pack_##name(const uint16_t *codes, void *block)                                    \
    {                                                                                              \
        type *b = block;                                                                           \
        uint8_t c[n];                                                                              \
                                                                                                   \
        narrow(codes, n, c);                                                                       \
        writing;                                                                                   \
    }

CODES(q8_0, bci_block_q8_0, 32, memcpy(c, b->q, 32), memcpy(b->q, c, 32))
CODES(q4_0, bci_block_q4_0, 32, bci_unpack_nibbles(b->q, 32, c), bci_pack_nibbles(c, 32, b->q))
CODES(q4_1, bci_block_q4_1, 32, bci_unpack_nibbles(b->q, 32, c), bci_pack_nibbles(c, 32, b->q))
CODES(q5_0, bci_block_q5_0, 32, bci_unpack_fives(b->q, b->high, c),
      bci_pack_fives(c, b->q, b->high))
CODES(q5_1, bci_block_q5_1, 32, bci_unpack_fives(b->q, b->high, c),
      bci_pack_fives(c, b->q, b->high))
CODES(q1_0, bci_block_q1_0, 128, bci_unpack_bits(b->q, 128, 0, c), bci_pack_bits(c, 128, 0, b->q))
CODES(q2_0, bci_block_q2_0, 64, bci_unpack_quarters(b->q, 64, c), bci_pack_quarters(c, 64, b->q))
CODES(q2_k, bci_block_q2_k, 256, bci_unpack_far_quarters(b->q, c), bci_pack_far_quarters(c, b->q))
CODES(q3_k, bci_block_q3_k, 256,
      (bci_unpack_far_quarters(b->q, c), bci_unpack_far_bits(b->high, 2, c)),
      (bci_pack_far_quarters(c, b->q), bci_pack_far_bits(c, 2, b->high)))
CODES(q4_k, bci_block_q4_k, 256, bci_unpack_far_nibbles(b->q, c), bci_pack_far_nibbles(c, b->q))
CODES(q5_k, bci_block_q5_k, 256,
      (bci_unpack_far_nibbles(b->q, c), bci_unpack_far_bits(b->high, 4, c)),
      (bci_pack_far_nibbles(c, b->q), bci_pack_far_bits(c, 4, b->high)))
CODES(q6_k, bci_block_q6_k, 256, bci_unpack_sixes(b->q, b->high, c),
      bci_pack_sixes(c, b->q, b->high))
CODES(tq1_0, bci_block_tq1_0, 256, bci_unpack_trits(b, c), bci_pack_trits(c, b))
CODES(tq2_0, bci_block_tq2_0, 256, bci_unpack_far_quarters(b->q, c), bci_pack_far_quarters(c, b->q))
CODES(mxfp4, bci_block_mxfp4, 32, bci_unpack_nibbles(b->q, 32, c), bci_pack_nibbles(c, 32, b->q))
CODES(bnb, bci_block_bnb, 64, bci_unpack_high_first(b->q, 64, c), bci_pack_high_first(c, 64, b->q))
CODES(mx8, bci_block_mx8, 32, bci_unpack_string(b->q, 32, 8, c), bci_pack_string(c, 32, 8, b->q))
CODES(mx6, bci_block_mx6, 32, bci_unpack_string(b->q, 32, 6, c), bci_pack_string(c, 32, 6, b->q))
CODES(mx4, bci_block_mx4, 32, bci_unpack_string(b->q, 32, 4, c), bci_pack_string(c, 32, 4, b->q))
CODES(nvfp4_modelopt, bci_block_nvfp4_modelopt, 16, bci_unpack_string(b->q, 16, 4, c),
      bci_pack_string(c, 16, 4, b->q))

/* Four times 16. */
static void unpack_nvfp4(const void *block, uint16_t *codes)
{
    const bci_block_nvfp4 *b = block;
    uint8_t c[64];

    for (size_t g = 0; g < 4; g++)
        bci_unpack_nibbles(b->q + 8 * g, 16, c + 16 * g);
    widen(c, 64, codes);
}

static void pack_nvfp4(const uint16_t *codes, void *block)
{
    bci_block_nvfp4 *b = block;
    uint8_t c[64];

    narrow(codes, 64, c);
    for (size_t g = 0; g < 4; g++)
        bci_pack_nibbles(c + 16 * g, 16, b->q + 8 * g);
}

/* Eight times 32. */
static void unpack_iq4_xs(const void *block, uint16_t *codes)
{
    const bci_block_iq4_xs *b = block;
    uint8_t c[256];

    for (size_t g = 0; g < 8; g++)
        bci_unpack_nibbles(b->q + 16 * g, 32, c + 32 * g);
    widen(c, 256, codes);
}

static void pack_iq4_xs(const uint16_t *codes, void *block)
{
    bci_block_iq4_xs *b = block;
    uint8_t c[256];

    narrow(codes, 256, c);
    for (size_t g = 0; g < 8; g++)
        bci_pack_nibbles(c + 32 * g, 32, b->q + 16 * g);
}

static void unpack_16(const void *block, uint16_t *codes)
{
    *codes = bci_load16(block);
}

static void pack_16(const uint16_t *codes, void *block)
{
    bci_store16(block, *codes);
}

/* ---- multiples */

/* Two functions for the n multiples of blocks `b`, which are `bias` more in bytes `s` and `m`. */
#define MULTIPLES(name, type, n, bias, reading, writing)                                           \
    static void get_##name(const void *block, int32_t *scale, int32_t *minimum)                    \
    {                                                                                              \
        const type *b = block;                                                                     \
        uint8_t s[n] = { 0 }, m[n] = { 0 };                                                        \
                                                                                                   \
        reading;                                                                                   \
        for (size_t g = 0; g < (n); g++) {                                                         \
            scale[g] = s[g] - (bias);                                                              \
            minimum[g] = m[g];                                                                     \
        }                                                                                          \
    }                                                                                              \
    static void put_##name(const int32_t *scale, const int32_t *minimum, void *block)              \
    {                                                                                              \
        type *b = block;                                                                           \
        uint8_t s[n], m[n];                                                                        \
                                                                                                   \
        for (size_t g = 0; g < (n); g++) {                                                         \
            s[g] = (uint8_t)(scale[g] + (bias));                                                   \
            m[g] = (uint8_t)minimum[g];                                                            \
        }                                                                                          \
        writing;                                                                                   \
        (void)m;                                                                                   \
    }

MULTIPLES(q2_k, bci_block_q2_k, 16, 0, bci_unpack_scales_q2(b->scales, s, m),
          bci_pack_scales_q2(s, m, b->scales))
MULTIPLES(q3_k, bci_block_q3_k, 16, 32, bci_unpack_scales_q3(b->scales, s),
          bci_pack_scales_q3(s, b->scales))
MULTIPLES(q4_k, bci_block_q4_k, 8, 0, bci_unpack_scales_q4(b->scales, s, m),
          bci_pack_scales_q4(s, m, b->scales))
MULTIPLES(q5_k, bci_block_q5_k, 8, 0, bci_unpack_scales_q4(b->scales, s, m),
          bci_pack_scales_q4(s, m, b->scales))
MULTIPLES(iq4_xs, bci_block_iq4_xs, 8, 32, bci_unpack_scales_iq4(b, s), bci_pack_scales_iq4(s, b))

/* Signed bytes. */
static void get_q6_k(const void *block, int32_t *scale, int32_t *minimum)
{
    const bci_block_q6_k *b = block;

    for (size_t g = 0; g < 16; g++) {
        scale[g] = (int8_t)b->scales[g];
        minimum[g] = 0;
    }
}

static void put_q6_k(const int32_t *scale, const int32_t *minimum, void *block)
{
    bci_block_q6_k *b = block;

    (void)minimum;
    for (size_t g = 0; g < 16; g++)
        b->scales[g] = (uint8_t)scale[g];
}

/* ---- the rows */

#define D(type) offsetof(type, d)

#define SINGLE(name, grid_name, top, value)                                                        \
    const bci_block_layout bci_layout_##name = {                                                   \
        .codes = { 1, 65536, -(top), top, false, value, unpack_16, pack_16 }, .grid = grid_name    \
    };

/* One scale for all of a block, or a field for each group; scale and minimum; multiples. */
#define PLAIN(name, group, n, lo, hi, value, kind, at, way)                                        \
    const bci_block_layout bci_layout_##name = { .codes = { group, n, lo, hi, false, value,        \
                                                            unpack_##way, pack_##way },            \
                                                 .field = kind,                                    \
                                                 .scale_at = at };
#define AFFINE(name, group, n, type)                                                               \
    const bci_block_layout bci_layout_##name = { .codes = { group, n, 0.0f, (n)-1, true, whole,    \
                                                            unpack_##name, pack_##name },          \
                                                 .field = BCI_F16,                                 \
                                                 .scale_at = D(type),                              \
                                                 .minimum_at = offsetof(type, m) };
#define NESTED(name, group, n, lo, hi, value, type, lo_multiple, hi_multiple)                      \
    const bci_block_layout bci_layout_##name = { .codes = { group, n, lo, hi, false, value,        \
                                                            unpack_##name, pack_##name },          \
                                                 .field = BCI_MULTIPLE,                            \
                                                 .scale_at = D(type),                              \
                                                 .least = lo_multiple,                             \
                                                 .most = hi_multiple,                              \
                                                 .get = get_##name,                                \
                                                 .put = put_##name };
#define NESTED_AFFINE(name, group, n, type, top)                                                   \
    const bci_block_layout bci_layout_##name = { .codes = { group, n, 0.0f, (n)-1, true, whole,    \
                                                            unpack_##name, pack_##name },          \
                                                 .field = BCI_MULTIPLE,                            \
                                                 .scale_at = D(type),                              \
                                                 .minimum_at = offsetof(type, dmin),               \
                                                 .most = top,                                      \
                                                 .get = get_##name,                                \
                                                 .put = put_##name };

/* clang-format off */
SINGLE(f16,  "float16",  65504.0f, half)
SINGLE(bf16, "bfloat16", 0x1.FEp127f, bfloat)
PLAIN(q8_0,   32,  256,   -127.0f, 127.0f, signed_byte,      BCI_F16, D(bci_block_q8_0),       q8_0)
PLAIN(q4_0,   32,  16,    -8.0f,   7.0f,   less_8,           BCI_F16, D(bci_block_q4_0),       q4_0)
PLAIN(q5_0,   32,  32,    -16.0f,  15.0f,  less_16,          BCI_F16, D(bci_block_q5_0),       q5_0)
PLAIN(iq4_nl, 32,  16,    -127.0f, 113.0f, iq4,              BCI_F16, D(bci_block_q4_0),       q4_0)
PLAIN(q1_0,   128, 2,     -1.0f,   1.0f,   sign,             BCI_F16, D(bci_block_q1_0),       q1_0)
PLAIN(q2_0,   64,  4,     -1.0f,   2.0f,   less_1,           BCI_F16, D(bci_block_q2_0),       q2_0)
PLAIN(tq1_0,  256, 3,     -1.0f,   1.0f,   less_1,           BCI_F16, D(bci_block_tq1_0),      tq1_0)
PLAIN(tq2_0,  256, 4,     -1.0f,   1.0f,   less_1,           BCI_F16, D(bci_block_tq2_0),      tq2_0)
PLAIN(mxfp4,  32,  16,    -12.0f,  12.0f,  e2m1_doubled,     BCI_E8M0_HALF, 0,                 mxfp4)
PLAIN(nvfp4,  16,  16,    -12.0f,  12.0f,  e2m1_doubled,     BCI_UE4M3_HALF, 0,                nvfp4)
PLAIN(nf4,    64,  16,    -1.0f,   1.0f,   nf4,              BCI_F32, 0,                       bnb)
PLAIN(fp4,    64,  16,    -1.0f,   1.0f,   fp4,              BCI_F32, 0,                       bnb)
PLAIN(mxfp8_e4m3,  32, 256, -448.0f,   448.0f,   e4m3,       BCI_E8M0, 0,                      mx8)
PLAIN(mxfp8_e5m2,  32, 256, -57344.0f, 57344.0f, e5m2,       BCI_E8M0, 0,                      mx8)
PLAIN(mxfp6_e2m3,  32, 64,  -7.5f,     7.5f,     e2m3,       BCI_E8M0, 0,                      mx6)
PLAIN(mxfp6_e3m2,  32, 64,  -28.0f,    28.0f,    e3m2,       BCI_E8M0, 0,                      mx6)
PLAIN(mxfp4_e2m1,  32, 16,  -6.0f,     6.0f,     e2m1,       BCI_E8M0, 0,                      mx4)
PLAIN(mxint8,      32, 256, -127.0f / 64, 127.0f / 64, sixty_fourth, BCI_E8M0, 0,              mx8)
PLAIN(nvfp4_modelopt, 16, 16, -6.0f,   6.0f,     e2m1,       BCI_E4M3, 0,                      nvfp4_modelopt)
AFFINE(q4_1, 32, 16, bci_block_q4_1)
AFFINE(q5_1, 32, 32, bci_block_q5_1)
NESTED(q3_k,   16, 8,  -4.0f,   3.0f,   less_4,  bci_block_q3_k,   -32,  31)
NESTED(q6_k,   16, 64, -32.0f,  31.0f,  less_32, bci_block_q6_k,   -128, 127)
NESTED(iq4_xs, 32, 16, -127.0f, 113.0f, iq4,     bci_block_iq4_xs, -32,  31)
NESTED_AFFINE(q2_k, 16, 4,  bci_block_q2_k, 15)
NESTED_AFFINE(q4_k, 32, 16, bci_block_q4_k, 63)
NESTED_AFFINE(q5_k, 32, 32, bci_block_q5_k, 63)
/* clang-format on */

/* ---- values in order */

void bci_ladder_of(const bc_block_codes *codes, bci_ladder *out)
{
    out->n = 0;
    for (uint32_t c = 0; c < codes->n_codes; c++) {
        const float v = codes->value(c);
        size_t at = out->n;

        if (!(v >= codes->lowest && v <= codes->highest))
            continue;
        while (at > 0 && out->values[at - 1] > v)
            at--;
        if (at > 0 && out->values[at - 1] == v) /* negative zero */
            continue;
        memmove(out->values + at + 1, out->values + at, (out->n - at) * sizeof *out->values);
        memmove(out->codes + at + 1, out->codes + at, out->n - at);
        out->values[at] = v;
        out->codes[at] = (uint8_t)c;
        out->n++;
    }
    out->step = out->values[1] - out->values[0];
    for (size_t i = 0; i < out->n; i++)
        if (out->values[i] != out->step * rintf(out->values[0] / out->step + (float)(int32_t)i)) {
            out->step = 0.0f;
            break;
        }
}
