/* Shared-internal: is there memory for a library that does not bear a shortage? */
#ifndef BCI_ROOM_H
#define BCI_ROOM_H

#include <stdbool.h>
#include <stddef.h>

/* True when n bytes can be had at this moment. FFTW aborts, and libsndfile reads through NULL,
 * where some small piece is refused: who asks first, for more than they take, does not get
 * there. */
bool bci_has_room(size_t n);

#endif
