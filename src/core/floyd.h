/* Shared-internal: Floyd-Steinberg on one channel between two marks, the line that 1-bit
 * pictures are made of. */
#ifndef BCI_FLOYD_H
#define BCI_FLOYD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/marks.h"

/* Walk over n pixels of x, from the last to the first if `backward`. `here` are the errors that
 * fell on them and receives their own; `below` is room for n. `before` is what the pixel before
 * sends, which gets `weight` of its error; returns what is sent on. The codes and errors are
 * those of the general walk of core/walk.c. */
float bci_floyd_walk(const bci_marks *l, float weight, bool backward, const float *x, size_t n,
                     float before, float *here, float *below, uint16_t *codes);

/* What falls on n pixels below errors[-1 .. n]: weights[1..3] go below to the previous, the same
 * and the next pixel. */
void bci_floyd_spread(const float *restrict errors, size_t n, const float weights[4], bool backward,
                      float *restrict below);

#endif
