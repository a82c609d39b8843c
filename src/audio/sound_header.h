/* Shared-internal: where the samples of a sound file lie, by its own header. */
#ifndef BCI_SOUND_HEADER_H
#define BCI_SOUND_HEADER_H

#include "audio/sound_input.h"

/* A chunk beside the samples and their format; of AU the annotation, "text"; of FLAC metadata
 * blocks, "appl", "vorb", "cues", "pict". */
typedef struct {
    char id[5];
    uint64_t offset, size; /* of its content */
} bci_sound_chunk;

enum { BCI_MAX_SOUND_CHUNKS = 256 };

/* What the header says that libsndfile does not tell: it shortens, without a word, samples that a
 * file does not have. */
typedef struct {
    const char *container; /* "WAV", "RF64", "W64", "AIFF", "AU", "CAF"; NULL: another */
    bool is_big_endian;    /* of the container */
    uint64_t data_offset;
    uint64_t data_size;    /* bytes of samples; UINT64_MAX: up to the end of a pipe */
    uint64_t n_frames;     /* counted by the header itself (AIFF), else UINT64_MAX */
    bool is_open_ended;    /* written to a pipe: the header says no size */
    int valid_bits;        /* 0 when it does not say */
    uint64_t size_field;   /* where the size of the samples is, */
    int size_field_bytes;  /* in so many bytes, or 0 */
    bool is_wave_float;    /* the format of WAV and W64 says floats */
    uint32_t channel_mask; /* of WAVE_FORMAT_EXTENSIBLE, else 0 */
    bci_sound_chunk chunks[BCI_MAX_SOUND_CHUNKS];
    size_t n_chunks;
    bool has_more_chunks; /* than are listed */
    uint64_t size_extra;  /* the field counts so many bytes besides */
} bci_sound_header;

/* BC_E_FORMAT for a header that ends early, says what cannot be, or promises more than there is;
 * BC_E_UNSUPPORTED for a pipe that does not say beforehand what its samples are. */
BC_NODISCARD bc_status bci_sound_header_read(bci_sound_input *in, bci_sound_header *out,
                                             bc_error *err);

#endif
