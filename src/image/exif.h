/* Shared-internal: EXIF data, as far as they say how a picture lies. */
#ifndef BCI_EXIF_H
#define BCI_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for a TIFF header, which EXIF data begin with. */
bool bci_exif_is_valid(const uint8_t *exif, size_t n);

/* The orientation tag, 1..8; 1 when there is none or it makes no sense. */
int bci_exif_orientation(const uint8_t *exif, size_t n);

/* After the picture was turned upright to width x height: orientation 1, the new sides where
 * sides are given, and no thumbnail, which would lie on its side. */
void bci_exif_set_upright(uint8_t *exif, size_t n, uint32_t width, uint32_t height);

#endif
