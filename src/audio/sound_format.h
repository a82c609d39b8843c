/* Shared-internal: the fields of headers of sound files. */
#ifndef BCI_SOUND_FORMAT_H
#define BCI_SOUND_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

enum { BCI_SOUND_FORMAT_BYTES = 40 };

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

/* n bytes, at most 8, as an unsigned number. */
uint64_t bci_sound_number(const uint8_t *p, size_t n, bool big);

/* True for sizes that programs write when they cannot come back to correct them. */
bool bci_sound_size_is_placeholder(uint64_t size);

/* BC_E_FORMAT for no channels and rates that cannot be. */
BC_NODISCARD bc_status bci_sound_check_shape(uint64_t n_channels, uint64_t rate_hz,
                                             const char *container, const char *name,
                                             bc_error *err);

/* What out->format says of samples: p are its first BCI_SOUND_FORMAT_BYTES, missing ones 0. */
BC_NODISCARD bc_status bci_sound_format_read(bci_sound_header *out, const uint8_t *p,
                                             const char *name, bc_error *err);

/* Add to the note, or to what was salvaged, as printf. */
void bci_sound_header_note(bci_sound_header *h, const char *format, ...) BC_PRINTF(2, 3);
void bci_sound_header_salvaged(bci_sound_header *h, const char *format, ...) BC_PRINTF(2, 3);

#endif
