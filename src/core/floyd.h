/* Shared-internal: Floyd-Steinberg on one channel between two marks, the line that 1-bit
 * pictures are made of. */
#ifndef BCI_FLOYD_H
#define BCI_FLOYD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/levels.h"

/* Diffuse n pixels of x, from the last to the first if `backward`. `here` are the errors that
 * fell on the line and is used up; `below` receives those for the next line. Both have two
 * pixels more at either end, of which the inner one receives errors too. Weights go to the
 * next pixel and below to the previous, the same and the next one. The codes and errors are
 * those of the general walk of core/diffuse.c. */
void bci_floyd_line(const bci_levels *l, const float weights[4], bool backward, const float *x,
                    size_t n, float *here, float *below, uint16_t *codes);

#endif
