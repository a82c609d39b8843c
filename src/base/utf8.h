/* Shared-internal: UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing past
 * U+10FFFF. */
#ifndef BCI_UTF8_H
#define BCI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at p, of which n bytes are left, or 0 where there is none. */
size_t bci_utf8_length(const uint8_t *p, size_t n);

#endif
