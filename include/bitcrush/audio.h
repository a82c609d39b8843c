/* Sound: files of it, reducing and comparing them, frame by frame. Samples are of full scale 1. */
#ifndef BITCRUSH_AUDIO_H
#define BITCRUSH_AUDIO_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/envelope.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/pcm.h"
#include "bitcrush/quantize.h"
#include "bitcrush/shaper.h"
#include "bitcrush/tone.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a sample is in a file that is written. */
typedef enum {
    BC_ENCODING_PCM, /* integers of 1..32 bits, in a container of whole bytes */
    BC_ENCODING_F32,
    BC_ENCODING_F64,
    BC_ENCODING_MULAW, /* ITU-T G.711 */
    BC_ENCODING_ALAW,
} bc_audio_encoding;

enum { BC_AUDIO_ENCODINGS = BC_ENCODING_ALAW + 1 };

/* "PCM", "32-bit float", "64-bit float", "mu-law", "A-law"; static text. */
BC_API const char *bc_audio_encoding_name(bc_audio_encoding encoding);

/* What a sound file holds. Texts are static. */
typedef struct {
    const char *container; /* "WAV", "AIFF", "FLAC", ... */
    const char *encoding;  /* "16-bit PCM", "32-bit float", "mu-law", "Vorbis", ... */
    uint32_t rate_hz;      /* frames a second, above 0 */
    uint32_t n_channels;   /* above 0 */
    uint64_t n_frames;     /* UINT64_MAX when it is not known (a pipe) */
    int container_bits;    /* of a sample; 0 when lossily compressed */
    int valid_bits;        /* the high ones of these that the header says are real; 0 for floats
                            * and for lossy encodings, mu-law and A-law too */
    bool is_float;
    bool is_lossy;           /* compressed with loss, mu-law and A-law too */
    bc_sample_layout layout; /* of the samples handed out: those of the file where it holds plain
                              * ones, else 32-bit integers in the high bits, or doubles */
} bc_audio_info;

/* File formats that can be written: {"wav", "Waveform Audio File Format", ...}. Everything that
 * libsndfile knows is read. */
typedef struct {
    const char *name;
    const char *doc;
    const char *extensions; /* ".wav .wave", the first is used for new files */
    unsigned encodings;     /* bit 1 << bc_audio_encoding: it holds that one */
    const char *pcm_bits;   /* containers of integers, "8 16 24 32" */
} bc_audio_format;
BC_API size_t bc_audio_formats(const bc_audio_format **out);

/* True when the first n bytes of a file look like sound that some reader knows. */
BC_API bool bc_audio_probe(const uint8_t *head, size_t n);

#ifdef __cplusplus
}
#endif
#endif
