/* Shared-internal: strings of JSON (RFC 8259, 7). */
#ifndef BCI_JSON_TEXT_H
#define BCI_JSON_TEXT_H

#include "base/bytes.h"

/* Append n bytes of UTF-8 in quotes, with what has to be escaped. */
void bci_json_string(bci_bytes *head, const char *text, size_t n);

#endif
