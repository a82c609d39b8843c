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
    const char *container; /* "WAV", "RF64", "BW64", "W64", "AIFF", "AU", "CAF"; NULL: another */
    bool is_big_endian;    /* of the container */
    uint64_t data_offset;
    uint64_t data_size;     /* bytes of samples; UINT64_MAX: up to the end of a pipe */
    uint64_t n_frames;      /* counted by the header itself (AIFF), else UINT64_MAX */
    uint64_t n_fact_frames; /* counted by a chunk `fact`, else UINT64_MAX */
    uint64_t block_size;    /* of AIFF: samples may be followed by less than so many bytes */
    bool is_open_ended;     /* written to a pipe: the header says no size */
    int valid_bits;         /* 0 when it does not say */
    uint64_t frame_size;    /* bytes, by the format */
    bool is_wave_float;     /* the format of WAV and W64 says floats */
    uint32_t channel_mask;  /* of WAVE_FORMAT_EXTENSIBLE, else 0 */
    bci_sound_chunk format; /* fmt, COMM or desc */
    bci_sound_chunk chunks[BCI_MAX_SOUND_CHUNKS];
    size_t n_chunks;
    bool has_more_chunks; /* than are listed */
    char note[256];       /* what is wrong and does no harm to the samples, "; " between, or "" */
    char salvaged[256];   /* the same of samples that are not there */
} bci_sound_header;

/* BC_E_FORMAT for a header that ends early, says what cannot be, or promises more samples than there
 * are; BC_E_UNSUPPORTED for a pipe that does not say beforehand what its samples are. What is wrong
 * otherwise is forgiven, and noted; with salvage samples that are not there, too. */
BC_NODISCARD bc_status bci_sound_header_read(bci_sound_input *in, bool salvage,
                                             bci_sound_header *out, bc_error *err);

#endif
