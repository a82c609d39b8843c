/* Knows how labels beside a plot are broken into lines and moved apart where they would touch. */
#include "report/labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Break a label at spaces; what does not fit into the last line stays in it. */
static void break_label(bci_label *l, double width)
{
    const char *text = l->series->label;
    const size_t end = strlen(text);
    size_t start = 0;

    while (start < end && l->n_lines < BCI_LABEL_LINES) {
        size_t stop = end;

        while (l->n_lines + 1 < BCI_LABEL_LINES &&
               bci_svg_text_width(text + start, stop - start, BCI_TEXT_PX) > width) {
            size_t space = stop;

            while (space > start && text[space - 1] != ' ')
                space--;
            if (space <= start + 1)
                break;
            stop = space - 1;
        }
        l->start[l->n_lines] = start;
        l->length[l->n_lines++] = stop - start;
        l->width = fmax(l->width, bci_svg_text_width(text + start, stop - start, BCI_TEXT_PX));
        start = stop + (text[stop] == ' ');
    }
    l->height = BCI_LINE_PX * (double)l->n_lines;
}

bci_label bci_label_of(const bci_series *s, double width)
{
    const bool has_key = s->given.kind != BC_PLOT_MARKS; /* whose label stands in its row */
    bci_label l = { .series = s, .key = has_key ? BCI_KEY_PX + 6.0 : 0.0 };

    break_label(&l, width);
    return l;
}

static int by_y(const void *a, const void *b)
{
    const bci_label *one = a, *other = b;

    if (one->y != other->y)
        return one->y < other->y ? -1 : 1;
    return one->series < other->series ? -1 : one->series > other->series;
}

static double top_of(const bci_label_block *b, double height)
{
    const double top = b->wanted / (double)b->n;

    return fmax(fmin(top, height + 0.5 * BCI_LINE_PX - b->height), -0.5 * BCI_LINE_PX);
}

/* Move labels apart, as little as possible in squares: blocks of one label are joined as long as
 * one reaches into the next (pool adjacent violators). */
void bci_labels_spread(bci_label *labels, size_t n, double height, bci_label_block *blocks)
{
    size_t n_blocks = 0, k = 0;

    qsort(labels, n, sizeof *labels, by_y);
    for (size_t i = 0; i < n; i++) {
        bci_label_block now = { 1, labels[i].height, labels[i].y - 0.5 * labels[i].height, 0.0 };

        now.top = top_of(&now, height);
        while (n_blocks > 0 && blocks[n_blocks - 1].top + blocks[n_blocks - 1].height > now.top) {
            const bci_label_block *before = &blocks[--n_blocks];

            now.wanted += before->wanted - (double)now.n * before->height;
            now.n += before->n;
            now.height += before->height;
            now.top = top_of(&now, height);
        }
        blocks[n_blocks++] = now;
    }
    for (size_t i = 0; i < n_blocks; i++) {
        double y = blocks[i].top;

        for (size_t last = k + blocks[i].n; k < last; k++) {
            labels[k].y = y + 0.5 * labels[k].height;
            y += labels[k].height;
        }
    }
}

void bci_label_draw(bci_buffer *b, const bci_label *l, double x)
{
    const double top = l->y - 0.5 * l->height;

    bci_series_key(b, l->series, x, top + 0.5 * BCI_LINE_PX);
    for (size_t i = 0; i < l->n_lines; i++)
        bci_svg_text(b, "", x + l->key, top + BCI_LINE_PX * ((double)i + 0.5) + 4.0,
                     l->series->label + l->start[i], l->length[i]);
}
