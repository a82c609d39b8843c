/* Shared-internal: elements, lengths and text of SVG. */
#ifndef BCI_SVG_H
#define BCI_SVG_H

#include "report/buffer.h"

/* Pixels in tenths, in which everything is placed. */
long bci_svg_tenths(double px);

/* A length as short as it can be: 12.5, .3, -7. */
void bci_svg_length(bci_buffer *b, long tenths);

/* A text as character data or attribute value. */
void bci_svg_escaped(bci_buffer *b, const char *text, size_t n);

/* How wide a text is about, in pixels: the font is the reader's. */
double bci_svg_text_width(const char *text, size_t n, double size_px);

/* A text element at a place in pixels; `classes` may be "". */
void bci_svg_text(bci_buffer *b, const char *classes, double x, double y, const char *text,
                  size_t n);

/* A path, written in steps from the point before. Zero it to start. */
typedef struct {
    bci_buffer *b;
    long x, y; /* where it is, in tenths */
    char command;
} bci_path;

/* Open the element (class attribute and path data begun), go on, close it. */
bci_path bci_path_begin(bci_buffer *b, const char *classes);
void bci_path_move(bci_path *p, long x, long y);
void bci_path_line(bci_path *p, long x, long y);
void bci_path_close(bci_path *p); /* back to where the last move went */
void bci_path_end(bci_path *p);

#endif
