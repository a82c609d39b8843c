/* Shared-internal: loops over the samples of sound, for kernels.c. A macro makes a loop per
 * layout; its copies for one and two channels, where strides are constants, are what compilers
 * turn into vectors. */
#include <stdbool.h>
#include <string.h>

#include "bitcrush/pcm.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IS_BIG_HOST 0
#else
#define IS_BIG_HOST 1
#endif

static inline uint16_t load_16(const uint8_t *p, bool big)
{
    uint16_t v;

    memcpy(&v, p, sizeof v);
    return big != IS_BIG_HOST ? __builtin_bswap16(v) : v;
}

static inline uint32_t load_32(const uint8_t *p, bool big)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return big != IS_BIG_HOST ? __builtin_bswap32(v) : v;
}

static inline uint64_t load_64(const uint8_t *p, bool big)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return big != IS_BIG_HOST ? __builtin_bswap64(v) : v;
}

static inline void store_16(uint8_t *p, uint16_t v, bool big)
{
    v = big != IS_BIG_HOST ? __builtin_bswap16(v) : v;
    memcpy(p, &v, sizeof v);
}

static inline void store_32(uint8_t *p, uint32_t v, bool big)
{
    v = big != IS_BIG_HOST ? __builtin_bswap32(v) : v;
    memcpy(p, &v, sizeof v);
}

static inline void store_64(uint8_t *p, uint64_t v, bool big)
{
    v = big != IS_BIG_HOST ? __builtin_bswap64(v) : v;
    memcpy(p, &v, sizeof v);
}

/* 24 bits as the high ones of 32. */
static inline int32_t load_24(const uint8_t *p, bool big)
{
    const uint32_t high = p[big ? 0 : 2], middle = p[1], low = p[big ? 2 : 0];

    return (int32_t)(high << 24 | middle << 16 | low << 8);
}

static inline void store_24(uint8_t *p, uint32_t v, bool big)
{
    p[big ? 0 : 2] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[big ? 2 : 0] = (uint8_t)v;
}

static inline double float_of(uint32_t bits)
{
    float f;

    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline double double_of(uint64_t bits)
{
    double d;

    memcpy(&d, &bits, sizeof d);
    return d;
}

static inline uint32_t bits_of_float(double value)
{
    const float f = (float)value;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static inline uint64_t bits_of_double(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* G.711 table 2: 14 bits with a bias of 33, here times 4 for the scale of 16. */
static inline double mulaw_of(uint8_t byte)
{
    const uint32_t code = byte ^ 0xFFu;
    const int32_t magnitude = (int32_t)((((code & 15) << 3) + 0x84) << (code >> 4 & 7)) - 0x84;

    return (code & 0x80 ? -magnitude : magnitude) * 0x1p-15;
}

/* G.711 table 1: 13 bits, here times 8. */
static inline double alaw_of(uint8_t byte)
{
    const uint32_t code = byte ^ 0x55u, segment = code >> 4 & 7;
    const uint32_t step = ((code & 15) << 4) + 8;
    const int32_t magnitude = (int32_t)(segment ? (step + 0x100) << (segment - 1) : step);

    return (code & 0x80 ? magnitude : -magnitude) * 0x1p-15;
}

#define UNPACKER(name, size, expression)                                                           \
    static inline __attribute__((always_inline)) void unpack_every_##name(                         \
        const uint8_t *restrict in, size_t stride, size_t n, double *restrict out)                 \
    {                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                           \
            const uint8_t *p = in + stride * i;                                                    \
                                                                                                   \
            out[i] = expression;                                                                   \
        }                                                                                          \
    }                                                                                              \
    static void unpack_##name(const uint8_t *in, size_t n, size_t n_channels, double *const *out)  \
    {                                                                                              \
        for (size_t c = 0; c < n_channels; c++, in += (size)) {                                    \
            if (n_channels == 1)                                                                   \
                unpack_every_##name(in, (size), n, out[c]);                                        \
            else if (n_channels == 2)                                                              \
                unpack_every_##name(in, 2 * (size), n, out[c]);                                    \
            else                                                                                   \
                unpack_every_##name(in, n_channels *(size), n, out[c]);                            \
        }                                                                                          \
    }

UNPACKER(u8, 1, (p[0] - 128) * 0x1p-7)
UNPACKER(s8, 1, (int8_t)p[0] * 0x1p-7)
UNPACKER(s16le, 2, (int16_t)load_16(p, false) * 0x1p-15)
UNPACKER(s16be, 2, (int16_t)load_16(p, true) * 0x1p-15)
UNPACKER(s24le, 3, load_24(p, false) * 0x1p-31)
UNPACKER(s24be, 3, load_24(p, true) * 0x1p-31)
UNPACKER(s32le, 4, (int32_t)load_32(p, false) * 0x1p-31)
UNPACKER(s32be, 4, (int32_t)load_32(p, true) * 0x1p-31)
UNPACKER(f32le, 4, float_of(load_32(p, false)))
UNPACKER(f32be, 4, float_of(load_32(p, true)))
UNPACKER(f64le, 8, double_of(load_64(p, false)))
UNPACKER(f64be, 8, double_of(load_64(p, true)))
UNPACKER(mulaw, 1, mulaw_of(p[0]))
UNPACKER(alaw, 1, alaw_of(p[0]))

/* Stereo of 24 bits by loads of 8 bytes, which hold a frame and 2 bytes of the next: compilers do
 * not find a way for 3 bytes. The last frame, which no 2 bytes follow, goes the other way. */
static void unpack_stereo_24le(const uint8_t *restrict in, size_t n, double *restrict a,
                               double *restrict b)
{
    for (size_t i = 0; i + 1 < n; i++) {
        const uint64_t frame = load_64(in + 6 * i, false);

        a[i] = (int32_t)(uint32_t)(frame << 8) * 0x1p-31;
        b[i] = (int32_t)((uint32_t)(frame >> 16) & 0xFFFFFF00u) * 0x1p-31;
    }
    if (n > 0) {
        a[n - 1] = load_24(in + 6 * (n - 1), false) * 0x1p-31;
        b[n - 1] = load_24(in + 6 * (n - 1) + 3, false) * 0x1p-31;
    }
}

static void pcm_unpack(bc_sample_layout layout, const uint8_t *in, size_t n, size_t n_channels,
                       double *const *out)
{
    if (layout == BC_SAMPLE_S24LE && n_channels == 2) {
        unpack_stereo_24le(in, n, out[0], out[1]);
        return;
    }
    switch (layout) {
    case BC_SAMPLE_U8: unpack_u8(in, n, n_channels, out); break;
    case BC_SAMPLE_S8: unpack_s8(in, n, n_channels, out); break;
    case BC_SAMPLE_S16LE: unpack_s16le(in, n, n_channels, out); break;
    case BC_SAMPLE_S16BE: unpack_s16be(in, n, n_channels, out); break;
    case BC_SAMPLE_S24LE: unpack_s24le(in, n, n_channels, out); break;
    case BC_SAMPLE_S24BE: unpack_s24be(in, n, n_channels, out); break;
    case BC_SAMPLE_S32LE: unpack_s32le(in, n, n_channels, out); break;
    case BC_SAMPLE_S32BE: unpack_s32be(in, n, n_channels, out); break;
    case BC_SAMPLE_F32LE: unpack_f32le(in, n, n_channels, out); break;
    case BC_SAMPLE_F32BE: unpack_f32be(in, n, n_channels, out); break;
    case BC_SAMPLE_F64LE: unpack_f64le(in, n, n_channels, out); break;
    case BC_SAMPLE_F64BE: unpack_f64be(in, n, n_channels, out); break;
    case BC_SAMPLE_MULAW: unpack_mulaw(in, n, n_channels, out); break;
    case BC_SAMPLE_ALAW: unpack_alaw(in, n, n_channels, out); break;
    }
}

/* Every channel at once, so that bytes are written in order. */
#define PACKER(name, type, size, statement)                                                        \
    static inline __attribute__((always_inline)) void pack_every_##name(                           \
        const type *restrict a, const type *restrict b, int shift, size_t n, size_t stride,        \
        uint8_t *restrict out)                                                                     \
    {                                                                                              \
        (void)shift;                                                                               \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint8_t *p = out + stride * i;                                                         \
            type v = a[i];                                                                         \
                                                                                                   \
            statement;                                                                             \
            if (b) {                                                                               \
                p += (size);                                                                       \
                v = b[i];                                                                          \
                statement;                                                                         \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void pack_##name(const type *const *in, int shift, size_t n, size_t n_channels,         \
                            uint8_t *out)                                                          \
    {                                                                                              \
        if (n_channels == 1)                                                                       \
            pack_every_##name(in[0], NULL, shift, n, (size), out);                                 \
        else if (n_channels == 2)                                                                  \
            pack_every_##name(in[0], in[1], shift, n, 2 * (size), out);                            \
        else                                                                                       \
            for (size_t c = 0; c < n_channels; c++)                                                \
                pack_every_##name(in[c], NULL, shift, n, n_channels *(size), out + c * (size));    \
    }

PACKER(byte, int32_t, 1, p[0] = (uint8_t)((uint32_t)v << shift))
PACKER(u8, int32_t, 1, p[0] = (uint8_t)(((uint32_t)v << shift) + 128))
PACKER(s16le, int32_t, 2, store_16(p, (uint16_t)((uint32_t)v << shift), false))
PACKER(s16be, int32_t, 2, store_16(p, (uint16_t)((uint32_t)v << shift), true))
PACKER(s24le, int32_t, 3, store_24(p, (uint32_t)v << shift, false))
PACKER(s24be, int32_t, 3, store_24(p, (uint32_t)v << shift, true))
PACKER(s32le, int32_t, 4, store_32(p, (uint32_t)v << shift, false))
PACKER(s32be, int32_t, 4, store_32(p, (uint32_t)v << shift, true))
PACKER(f32le, double, 4, store_32(p, bits_of_float(v), false))
PACKER(f32be, double, 4, store_32(p, bits_of_float(v), true))
PACKER(f64le, double, 8, store_64(p, bits_of_double(v), false))
PACKER(f64be, double, 8, store_64(p, bits_of_double(v), true))

static void pcm_pack(bc_sample_layout layout, const int32_t *const *in, int shift, size_t n,
                     size_t n_channels, uint8_t *out)
{
    switch (layout) {
    case BC_SAMPLE_U8: pack_u8(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S8:
    case BC_SAMPLE_MULAW:
    case BC_SAMPLE_ALAW: pack_byte(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S16LE: pack_s16le(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S16BE: pack_s16be(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S24LE: pack_s24le(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S24BE: pack_s24be(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S32LE: pack_s32le(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_S32BE: pack_s32be(in, shift, n, n_channels, out); break;
    case BC_SAMPLE_F32LE:
    case BC_SAMPLE_F32BE:
    case BC_SAMPLE_F64LE:
    case BC_SAMPLE_F64BE: break;
    }
}

static void pcm_pack_values(bc_sample_layout layout, const double *const *in, size_t n,
                            size_t n_channels, uint8_t *out)
{
    if (layout == BC_SAMPLE_F32LE)
        pack_f32le(in, 0, n, n_channels, out);
    else if (layout == BC_SAMPLE_F32BE)
        pack_f32be(in, 0, n, n_channels, out);
    else if (layout == BC_SAMPLE_F64LE)
        pack_f64le(in, 0, n, n_channels, out);
    else if (layout == BC_SAMPLE_F64BE)
        pack_f64be(in, 0, n, n_channels, out);
}
