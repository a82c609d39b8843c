/* Shared-internal: letters in pictures: a small font of bits. */
#ifndef BCI_LETTERING_H
#define BCI_LETTERING_H

#include <stddef.h>
#include <stdint.h>

/* A letter is 5 pixels wide and 9 high, the last two below the line; each is drawn as a square of
 * BCI_LETTER_SCALE. */
enum {
    BCI_LETTER_SCALE = 2,
    BCI_LETTER_ADVANCE = 6 * BCI_LETTER_SCALE,
    BCI_LETTER_HEIGHT = 9 * BCI_LETTER_SCALE
};

/* The width of a text in pixels. */
size_t bci_lettering_width(const char *text);

/* Write a text in black into 8-bit RGB rows of `width` pixels: its upper left corner at (x, y), all
 * of it inside the picture. Small letters, digits and ".,-+"; anything else is a blank. */
void bci_lettering_write(uint8_t *rgb, size_t width, size_t x, size_t y, const char *text);

#endif
