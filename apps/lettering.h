/* Letters in pictures: a small font of bits. */
#ifndef BITCRUSH_LETTERING_H
#define BITCRUSH_LETTERING_H

#include <stddef.h>
#include <stdint.h>

/* A letter is 5 pixels wide and 9 high, the last two below the line; each is drawn as a square of
 * LETTER_SCALE. */
enum { LETTER_SCALE = 2, LETTER_ADVANCE = 6 * LETTER_SCALE, LETTER_HEIGHT = 9 * LETTER_SCALE };

/* The width of a text in pixels. */
size_t lettering_width(const char *text);

/* Write a text in black into 8-bit RGB rows of `width` pixels: its upper left corner at (x, y), all
 * of it inside the picture. Small letters, digits and ".,-+"; anything else is a blank. */
void lettering_write(uint8_t *rgb, size_t width, size_t x, size_t y, const char *text);

#endif
