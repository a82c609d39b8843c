/* Knows how to ask for memory without keeping it. */
#include "base/room.h"

#include <stdlib.h>

bool bci_has_room(size_t n)
{
    void *volatile piece = malloc(n); /* volatile: or the compiler leaves both calls out */
    const bool has = piece != NULL;

    free(piece);
    return has;
}
