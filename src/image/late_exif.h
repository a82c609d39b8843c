/* Shared-internal: looking ahead in a PNG file. */
#ifndef BCI_LATE_EXIF_H
#define BCI_LATE_EXIF_H

#include "base/source.h"

/* The orientation that an eXIf chunk behind the samples tells, 1..8; 1 when there is none, and
 * for a pipe, where one cannot look ahead. Does not move the source. */
BC_NODISCARD bc_status bci_late_orientation(bci_source *source, int *out, bc_error *err);

#endif
