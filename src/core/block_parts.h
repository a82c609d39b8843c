/* Shared-internal: layouts of the block formats, and the names of the functions that fill and
 * read them. The files behind are compiled once per CPU level; BCI_LEVEL makes the names differ. */
#ifndef BCI_BLOCK_PARTS_H
#define BCI_BLOCK_PARTS_H

#include "bitcrush/blocks.h"
#include "core/half.h"

#define BCI_JOIN_(name, level) name##_##level
#define BCI_JOIN(name, level)  BCI_JOIN_(name, level)
#define BCI_AT_LEVEL(name)     BCI_JOIN(name, BCI_LEVEL)
#define BCI_ENCODE(format)     BCI_AT_LEVEL(bci_encode_##format)
#define BCI_DECODE(format)     BCI_AT_LEVEL(bci_decode_##format)

/* The layouts. A field of two bytes is a binary16 unless it says otherwise. */

typedef struct {
    uint8_t value[2];
} bci_block_16;

typedef struct {
    uint8_t d[2], q[32]; /* signed bytes */
} bci_block_q8_0;

typedef struct {
    uint8_t d[2], q[16]; /* code j in the low nibble of byte j, code 16 + j in its high one */
} bci_block_q4_0;        /* and of iq4_nl */

typedef struct {
    uint8_t d[2], m[2], q[16];
} bci_block_q4_1;

typedef struct {
    uint8_t d[2], high[4], q[16]; /* bit 4 of code j is bit j of `high` */
} bci_block_q5_0;

typedef struct {
    uint8_t d[2], m[2], high[4], q[16];
} bci_block_q5_1;

typedef struct {
    uint8_t d[2], q[16]; /* one bit each, low bits first */
} bci_block_q1_0;

typedef struct {
    uint8_t d[2], q[16]; /* two bits each, low bits first */
} bci_block_q2_0;

typedef struct {
    uint8_t scales[16]; /* scale of a sub-block in the low nibble, minimum in the high one */
    uint8_t q[64], d[2], dmin[2];
} bci_block_q2_k;

typedef struct {
    uint8_t high[32], q[64], scales[12], d[2];
} bci_block_q3_k;

typedef struct {
    uint8_t d[2], dmin[2], scales[12], q[128];
} bci_block_q4_k;

typedef struct {
    uint8_t d[2], dmin[2], scales[12], high[32], q[128];
} bci_block_q5_k;

typedef struct {
    uint8_t q[128], high[64], scales[16], d[2]; /* signed scales */
} bci_block_q6_k;

typedef struct {
    uint8_t d[2], scales_high[2], scales_low[4], q[128];
} bci_block_iq4_xs;

typedef struct {
    uint8_t q[48], last[4], d[2];
} bci_block_tq1_0;

typedef struct {
    uint8_t q[64], d[2];
} bci_block_tq2_0;

typedef struct {
    uint8_t e, q[16];
} bci_block_mxfp4;

typedef struct {
    uint8_t d[4], q[32];
} bci_block_nvfp4;

typedef struct {
    uint8_t absmax[4], q[32]; /* a binary32; the first of two codes in the high nibble */
} bci_block_bnb;

typedef struct {
    uint8_t e, q[32];
} bci_block_mx8;

typedef struct {
    uint8_t e, q[24];
} bci_block_mx6;

typedef struct {
    uint8_t e, q[16];
} bci_block_mx4;

typedef struct {
    uint8_t d, q[8];
} bci_block_nvfp4_modelopt;

_Static_assert(sizeof(bci_block_16) == 2, "f16, bf16");
_Static_assert(sizeof(bci_block_q8_0) == 34, "q8_0");
_Static_assert(sizeof(bci_block_q4_0) == 18, "q4_0, iq4_nl");
_Static_assert(sizeof(bci_block_q4_1) == 20, "q4_1");
_Static_assert(sizeof(bci_block_q5_0) == 22, "q5_0");
_Static_assert(sizeof(bci_block_q5_1) == 24, "q5_1");
_Static_assert(sizeof(bci_block_q1_0) == 18, "q1_0");
_Static_assert(sizeof(bci_block_q2_0) == 18, "q2_0");
_Static_assert(sizeof(bci_block_q2_k) == 84, "q2_k");
_Static_assert(sizeof(bci_block_q3_k) == 110, "q3_k");
_Static_assert(sizeof(bci_block_q4_k) == 144, "q4_k");
_Static_assert(sizeof(bci_block_q5_k) == 176, "q5_k");
_Static_assert(sizeof(bci_block_q6_k) == 210, "q6_k");
_Static_assert(sizeof(bci_block_iq4_xs) == 136, "iq4_xs");
_Static_assert(sizeof(bci_block_tq1_0) == 54, "tq1_0");
_Static_assert(sizeof(bci_block_tq2_0) == 66, "tq2_0");
_Static_assert(sizeof(bci_block_mxfp4) == 17, "mxfp4");
_Static_assert(sizeof(bci_block_nvfp4) == 36, "nvfp4");
_Static_assert(sizeof(bci_block_bnb) == 36, "nf4, fp4");
_Static_assert(sizeof(bci_block_mx8) == 33, "mxfp8, mxint8");
_Static_assert(sizeof(bci_block_mx6) == 25, "mxfp6");
_Static_assert(sizeof(bci_block_mx4) == 17, "mxfp4_e2m1");
_Static_assert(sizeof(bci_block_nvfp4_modelopt) == 9, "nvfp4_modelopt");

/* The functions, under the names of the rows. */
typedef void bci_block_encoder(const float *x, const float *importance, size_t n_blocks, void *out);
typedef void bci_block_decoder(const void *blocks, size_t n_blocks, float *y);

bci_block_encoder BCI_ENCODE(f16), BCI_ENCODE(bf16);
bci_block_decoder BCI_DECODE(f16), BCI_DECODE(bf16);

bci_block_encoder BCI_ENCODE(q8_0), BCI_ENCODE(q4_0), BCI_ENCODE(q4_1), BCI_ENCODE(q5_0),
    BCI_ENCODE(q5_1), BCI_ENCODE(q1_0), BCI_ENCODE(q2_0);
bci_block_decoder BCI_DECODE(q8_0), BCI_DECODE(q4_0), BCI_DECODE(q4_1), BCI_DECODE(q5_0),
    BCI_DECODE(q5_1), BCI_DECODE(q1_0), BCI_DECODE(q2_0);

bci_block_encoder BCI_ENCODE(q2_k), BCI_ENCODE(q3_k), BCI_ENCODE(q4_k), BCI_ENCODE(q5_k),
    BCI_ENCODE(q6_k);
bci_block_decoder BCI_DECODE(q2_k), BCI_DECODE(q3_k), BCI_DECODE(q4_k), BCI_DECODE(q5_k),
    BCI_DECODE(q6_k);

bci_block_encoder BCI_ENCODE(iq4_nl), BCI_ENCODE(iq4_xs);
bci_block_decoder BCI_DECODE(iq4_nl), BCI_DECODE(iq4_xs);

bci_block_encoder BCI_ENCODE(tq1_0), BCI_ENCODE(tq2_0);
bci_block_decoder BCI_DECODE(tq1_0), BCI_DECODE(tq2_0);

bci_block_encoder BCI_ENCODE(mxfp4), BCI_ENCODE(nvfp4);
bci_block_decoder BCI_DECODE(mxfp4), BCI_DECODE(nvfp4);

bci_block_encoder BCI_ENCODE(nf4), BCI_ENCODE(fp4);
bci_block_decoder BCI_DECODE(nf4), BCI_DECODE(fp4);

bci_block_encoder BCI_ENCODE(mxfp8_e5m2), BCI_ENCODE(mxfp8_e4m3), BCI_ENCODE(mxfp6_e3m2),
    BCI_ENCODE(mxfp6_e2m3), BCI_ENCODE(mxfp4_e2m1), BCI_ENCODE(mxint8), BCI_ENCODE(nvfp4_modelopt);
bci_block_decoder BCI_DECODE(mxfp8_e5m2), BCI_DECODE(mxfp8_e4m3), BCI_DECODE(mxfp6_e3m2),
    BCI_DECODE(mxfp6_e2m3), BCI_DECODE(mxfp4_e2m1), BCI_DECODE(mxint8), BCI_DECODE(nvfp4_modelopt);

/* The rows, and one without a name. */
extern const bc_block_format BCI_AT_LEVEL(bci_block_formats)[];

/* x itself if its n numbers are finite, else `room` with NaN as 0 and infinities as the largest
 * floats. */
static inline const float *bci_finite(const float *x, size_t n, float *room)
{
    uint32_t largest = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t magnitude = bci_f32_bits(x[i]) & 0x7FFFFFFF;

        largest = largest > magnitude ? largest : magnitude;
    }
    if (largest < 0x7F800000)
        return x;
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = bci_f32_bits(x[i]), magnitude = bits & 0x7FFFFFFF;

        room[i] = magnitude < 0x7F800000    ? x[i]
                  : magnitude == 0x7F800000 ? bci_f32_of(bits - 1)
                                            : 0.0f;
    }
    return room;
}

/* The largest magnitude of n finite numbers. Magnitudes are ordered as their bits are. */
static inline float bci_largest(const float *x, size_t n)
{
    int32_t largest = 0;

    for (size_t i = 0; i < n; i++) {
        const int32_t magnitude = (int32_t)(bci_f32_bits(x[i]) & 0x7FFFFFFF);

        largest = largest > magnitude ? largest : magnitude;
    }
    return bci_f32_of((uint32_t)largest);
}

/* 1 / d, or 0 where that is not finite. */
static inline float bci_inverse(float d)
{
    const float inverse = 1.0f / d;

    return (bci_f32_bits(inverse) & 0x7FFFFFFF) < 0x7F800000 ? inverse : 0.0f;
}

/* The nearest whole number, halves away from 0, |x| < 2^22: the addend is the float below 1/2, so
 * that the one below a half stays below. */
static inline int32_t bci_round_away(float x)
{
    return (int32_t)(x + bci_f32_of((bci_f32_bits(x) & 0x80000000) | 0x3EFFFFFF));
}

/* Eight bytes as one number, the first of them lowest. Codes are put together and taken apart eight
 * at a time by it: in loops over bytes compilers move them one by one between registers. */
static inline uint64_t bci_load_eight(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline void bci_store_eight(uint8_t *p, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(p, &v, sizeof v);
#else
    for (size_t i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> 8 * i);
#endif
}

/* `byte` in each of the eight. */
static inline uint64_t bci_eight_of(uint8_t byte)
{
    return byte * UINT64_C(0x0101010101010101);
}

/* Code j in the low nibble of byte j, code n / 2 + j in its high one; n is a multiple of 16. */
static inline void bci_pack_nibbles(const uint8_t *codes, size_t n, uint8_t *out)
{
    const uint64_t low = bci_eight_of(15);

    for (size_t j = 0; j < n / 2; j += 8)
        bci_store_eight(out + j, (bci_load_eight(codes + j) & low) |
                                     (bci_load_eight(codes + n / 2 + j) & low) << 4);
}

static inline void bci_unpack_nibbles(const uint8_t *in, size_t n, uint8_t *codes)
{
    const uint64_t low = bci_eight_of(15);

    for (size_t j = 0; j < n / 2; j += 8) {
        const uint64_t pairs = bci_load_eight(in + j);

        bci_store_eight(codes + j, pairs & low);
        bci_store_eight(codes + n / 2 + j, pairs >> 4 & low);
    }
}

#endif
