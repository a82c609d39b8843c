/* Shared-internal: lists of names for reports, "title artist bext". */
#ifndef BCI_NAME_LIST_H
#define BCI_NAME_LIST_H

#include <stddef.h>

#include "bitcrush/audio.h"

/* Add a name once, the spaces behind it cut off. A name is never cut: where there is no room for it
 * the list ends in "...". */
void bci_names_add(char list[BC_AUDIO_NAMES], const char *name);

/* The same for n bytes. */
void bci_names_add_n(char list[BC_AUDIO_NAMES], const char *name, size_t n);

#endif
