/* Shared-internal: FLAC, written by libsndfile into a sink. */
#ifndef BCI_FLAC_H
#define BCI_FLAC_H

#include "audio/soundfile.h"
#include "base/sink.h"

typedef struct {
    uint32_t rate_hz, n_channels;
    int bits;                     /* 8, 16 or 24 */
    const char *texts[BCI_TEXTS]; /* NULL: none */
} bci_flac_settings;

typedef struct bci_flac bci_flac;

/* The sink, which can be rewritten, stays the caller's and is not to be freed before. */
BC_NODISCARD bc_status bci_flac_open(bci_sink *sink, const char *name,
                                     const bci_flac_settings *settings, bci_flac **out,
                                     bc_error *err);

/* Append frames of 32-bit integers, the bits in the high ones. */
BC_NODISCARD bc_status bci_flac_write(bci_flac *f, const void *raw, size_t n_frames, bc_error *err);

/* Finish the file and release, whatever comes back. */
BC_NODISCARD bc_status bci_flac_close(bci_flac *f, bc_error *err);

#endif
