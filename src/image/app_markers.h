/* Shared-internal: the application markers of JPEG as metadata. */
#ifndef BCI_APP_MARKERS_H
#define BCI_APP_MARKERS_H

#include "image/metadata.h"

enum { BCI_MAX_PROFILE_PARTS = 255 };

/* An ICC profile comes in up to 255 markers, which may stand in any order. Zero to begin with. */
typedef struct {
    struct {
        uint8_t *data;
        size_t n;
    } parts[BCI_MAX_PROFILE_PARTS];
    unsigned n_parts; /* as the markers say; 0 before the first */
    bool is_broken;   /* parts that contradict each other */
} bci_profile_parts;

/* Take the n bytes of marker `code` (0xe0..0xef for APP0..15, 0xfe for a comment). */
BC_NODISCARD bc_status bci_app_marker(bci_metadata *m, bci_profile_parts *p, int code,
                                      const uint8_t *data, size_t n, const char *source_name,
                                      bc_error *err);

/* After the last marker: join the profile, if it is complete, and release the parts. */
BC_NODISCARD bc_status bci_app_markers_end(bci_metadata *m, bci_profile_parts *p,
                                           const char *source_name, bc_error *err);

/* Release the parts only. */
void bci_profile_parts_free(bci_profile_parts *p);

/* The density of JFIF: pixels per inch (unit 1) or centimetre (2), or only the shape of a
 * pixel (0). */
BC_NODISCARD bc_status bci_jfif_density(bci_metadata *m, int unit, uint32_t x, uint32_t y,
                                        const char *source_name, bc_error *err);

#endif
