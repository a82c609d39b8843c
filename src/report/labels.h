/* Shared-internal: labels beside the right ends of lines. */
#ifndef BCI_LABELS_H
#define BCI_LABELS_H

#include "report/figure.h"

#define BCI_TEXT_PX     12.0
#define BCI_LINE_PX     15.0 /* from line to line of text */
#define BCI_LABEL_LINES 4

typedef struct {
    const bci_series *series;
    size_t start[BCI_LABEL_LINES], length[BCI_LABEL_LINES], n_lines;
    double width, height, y; /* y of its middle */
    double key;              /* room for the key before the text */
} bci_label;

/* Labels that touch: they stand together, from `top` on, at the mean of where they want to be. */
typedef struct {
    size_t n;
    double height, wanted; /* wanted: the sum of the tops that each would give the block */
    double top;
} bci_label_block;

/* The label of a series, broken into lines of `width` pixels; its y is left to be set. */
bci_label bci_label_of(const bci_series *s, double width);

/* Move n labels apart, within half a line around an area `height` pixels high, which has room for
 * all of them; sorts them from top to bottom. `blocks` is room for n. */
void bci_labels_spread(bci_label *labels, size_t n, double height, bci_label_block *blocks);

/* The key and the lines of a label, at x from the left of the area. */
void bci_label_draw(bci_buffer *b, const bci_label *l, double x);

#endif
