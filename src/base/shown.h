/* Shared-internal: names out of files, fit to stand in a sentence. */
#ifndef BCI_SHOWN_H
#define BCI_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char text[96];
} bci_shown;

/* UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing past U+10FFFF. */
bool bci_is_utf8(const char *text, size_t n);

/* The next character of n > 0 bytes, or "\x1b" for each of its bytes where a terminal would obey it
 * or it is no UTF-8; returns the number of bytes that it takes of the text. */
enum { BCI_SHOWN_CHARACTER = 17 };
size_t bci_show_character(const char *text, size_t n, char out[BCI_SHOWN_CHARACTER]);

/* The text with what cannot be shown as "\x1b", and "..." for what does not fit. */
bci_shown bci_show(const char *text, size_t n);
bci_shown bci_show_name(const char *name);

/* The same into any room (above 8). */
void bci_show_into(const char *text, size_t n, char *out, size_t room);

#endif
