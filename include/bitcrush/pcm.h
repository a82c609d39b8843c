/* Samples of sound as files hold them, and as numbers.
 *
 * A file interleaves its channels; the routines here work on one plane per channel. The scale of
 * integers is 2^-(b-1), both ways: b-bit codes lie in [-1, 1), exactly. Pure functions, any
 * thread; nothing is allocated. */
#ifndef BITCRUSH_PCM_H
#define BITCRUSH_PCM_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_SAMPLE_U8, /* 128 is 0, as in WAV */
    BC_SAMPLE_S8,
    BC_SAMPLE_S16LE,
    BC_SAMPLE_S16BE,
    BC_SAMPLE_S24LE, /* 3 bytes */
    BC_SAMPLE_S24BE,
    BC_SAMPLE_S32LE,
    BC_SAMPLE_S32BE,
    BC_SAMPLE_F32LE,
    BC_SAMPLE_F32BE,
    BC_SAMPLE_F64LE,
    BC_SAMPLE_F64BE,
    BC_SAMPLE_MULAW, /* ITU-T G.711, one byte */
    BC_SAMPLE_ALAW,
} bc_sample_layout;

enum { BC_SAMPLE_LAYOUTS = BC_SAMPLE_ALAW + 1 };

/* Bytes of a sample, 1..8. */
BC_API size_t bc_sample_size(bc_sample_layout layout);

/* "s16le", ...; static text. */
BC_API const char *bc_sample_layout_name(bc_sample_layout layout);

/* The layout of 32-bit integers in this machine's byte order. */
BC_API bc_sample_layout bc_sample_native_s32(void);

/* The layout of doubles in this machine's byte order. */
BC_API bc_sample_layout bc_sample_native_f64(void);

/* Values of n_frames frames of n_channels samples: planes[c][i] is that of channel c in frame i.
 * Integers are scaled by 2^-(b-1), floats handed out as they are (NaN and infinity too), mu-law
 * and A-law decoded by the tables of G.711 on the scale of 16-bit PCM. `interleaved` needs no
 * alignment and does not overlap the planes. */
BC_API void bc_pcm_unpack(bc_sample_layout layout, const void *interleaved, size_t n_frames,
                          size_t n_channels, double *const *planes);

/* The bytes of codes[c][i], signed integers of N bits, shifted left by `shift` (bits of the
 * container less N) so that the lowest bits of the container are zero. Codes of mu-law and
 * A-law are the bytes themselves, shift 0. Not for the float layouts. */
BC_API void bc_pcm_pack(bc_sample_layout layout, const int32_t *const *codes, int shift,
                        size_t n_frames, size_t n_channels, void *interleaved);

/* The same for values in one of the float layouts; f32 rounds to nearest, ties to even. */
BC_API void bc_pcm_pack_values(bc_sample_layout layout, const double *const *planes,
                               size_t n_frames, size_t n_channels, void *interleaved);

#ifdef __cplusplus
}
#endif
#endif
