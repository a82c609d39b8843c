/* Shared-internal: the iCCP chunk around an ICC profile. */
#ifndef BCI_ICCP_H
#define BCI_ICCP_H

#include "image/metadata.h"

/* Read the profile of the iCCP chunk, if there is one; a chunk that cannot be unpacked is marked
 * as dropped. BC_E_LIMIT for a profile over BCI_MAX_METADATA. */
BC_NODISCARD bc_status bci_iccp_look(bci_metadata *m, const char *source_name, bc_error *err);

/* The chunk's data for a bare profile; the caller frees *data. */
BC_NODISCARD bc_status bci_iccp_pack(const bci_chunk *bare, uint8_t **data, size_t *n,
                                     bc_error *err);

#endif
