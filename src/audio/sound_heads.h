/* Shared-internal: headers of the sound files that are written. */
#ifndef BCI_SOUND_HEADS_H
#define BCI_SOUND_HEADS_H

#include "base/bytes.h"
#include "bitcrush/audio.h"

/* Formats whose chunks mean the same. */
typedef enum {
    BCI_FAMILY_WAVE, /* WAV, RF64 */
    BCI_FAMILY_W64,
    BCI_FAMILY_AIFF,
    BCI_FAMILY_CAF,
    BCI_FAMILY_AU,
    BCI_FAMILY_FLAC,
} bci_sound_family;

/* What the samples are. */
typedef struct {
    bc_audio_encoding encoding;
    int container_bits, valid_bits;
    uint32_t rate_hz, n_channels;
    uint32_t channel_mask; /* of bci_channels_of, or 0 */
    uint64_t n_frames;     /* UINT64_MAX while it is not known */
    bool hides_valid_bits; /* the header is to say container_bits */
    bool changes_level;    /* other than the source's */
    bool has_even_chunks;  /* a chunk of odd size counts the zero behind it, too */
    bool has_short_fmt;    /* never as WAVE_FORMAT_EXTENSIBLE */
} bci_sound_shape;

typedef struct {
    bc_audio_format format;
    const char *container; /* "WAV" */
    bci_sound_family family;
    bool is_big_endian;
    bool has_u8;        /* 8 bits are unsigned */
    int least_valid;    /* so many valid bits and more can be told; 99: there is no field */
    bool can_be_open;   /* there is a way to leave the length open */
    uint64_t max_bytes; /* of samples */
    /* The bytes up to the samples. Their number does not depend on n_frames. NULL: FLAC. */
    void (*head)(const bci_sound_shape *shape, const bci_bytes *chunks, bci_bytes *out);
} bci_sound_row;

/* A WAV header with room to become one of RF64, for when the length is not known at first. */
void bci_sound_open_wave_head(const bci_sound_shape *s, bool is_rf64, const bci_bytes *chunks,
                              bci_bytes *out);

/* A chunk as WAV, AIFF or CAF has it, with the zero that makes its size even. */
void bci_sound_put_chunk(bci_sound_family family, const char *id, const void *data, size_t n,
                         bci_bytes *out);

/* The rows behind bc_audio_formats. */
size_t bci_sound_rows(const bci_sound_row **out);

/* The row of that name, or NULL. */
const bci_sound_row *bci_sound_row_named(const char *name);

/* Bytes of the samples; UINT64_MAX when their number is not known or does not fit. */
uint64_t bci_sound_data_bytes(const bci_sound_shape *shape);

#endif
