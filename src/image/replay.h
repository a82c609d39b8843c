/* Shared-internal: reading a picture twice. */
#ifndef BCI_REPLAY_H
#define BCI_REPLAY_H

#include "image/codec.h"

/* Hand all rows of *r, which has read none, to `see`, batch by batch; afterwards *r reads them
 * again from the first. Up to 64 MiB of samples wait in memory. More are decoded again from
 * `path` (`as_grey` as in bci_image_open_as), or where that is no regular file wait in a
 * temporary one. `stop` as in bc_image_settings. On failure *r is still to be freed. */
BC_NODISCARD bc_status bci_image_replay(bc_image_reader **r, const char *path, bool as_grey,
                                        void (*see)(void *context, const void *rows, uint32_t n),
                                        void *context, bc_error *err);

#endif
