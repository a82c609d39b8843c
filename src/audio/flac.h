/* Shared-internal: FLAC, encoded by libFLAC into a sink. */
#ifndef BCI_FLAC_H
#define BCI_FLAC_H

#include "base/bytes.h"
#include "base/sink.h"

typedef struct {
    uint32_t rate_hz, n_channels;
    int bits;                /* 8, 16 or 24 */
    uint64_t n_frames;       /* UINT64_MAX: not known */
    const bci_bytes *blocks; /* of metadata, at least one, each with its head of 4 bytes */
} bci_flac_settings;

typedef struct bci_flac bci_flac;

/* What libFLAC calls itself in comments; static text. */
const char *bci_flac_vendor(void);

/* The sink, which can be rewritten, stays the caller's and is not to be freed before. */
BC_NODISCARD bc_status bci_flac_open(bci_sink *sink, const char *name,
                                     const bci_flac_settings *settings, bci_flac **out,
                                     bc_error *err);

/* Append frames of 32-bit integers, the bits in the high ones. */
BC_NODISCARD bc_status bci_flac_write(bci_flac *f, const void *raw, size_t n_frames, bc_error *err);

/* Finish the file and release, whatever comes back. */
BC_NODISCARD bc_status bci_flac_close(bci_flac *f, bc_error *err);

/* Release; the file is not finished. NULL is fine. */
void bci_flac_free(bci_flac *f);

#endif
