/* Shared-internal: a page in the making. */
#ifndef BCI_PAGE_H
#define BCI_PAGE_H

#include "bitcrush/html.h"
#include "report/buffer.h"

struct bc_html {
    bci_buffer b;
    unsigned n_ids; /* given to elements so far */
    bool is_open;   /* a section is */
    size_t n_media;
    bc_error fault; /* the first one */
};

/* A text as character data or attribute value; NULL is "". */
void bci_page_text(bc_html *h, const char *text);

/* Style and script of all pages. */
extern const char bci_page_style[], bci_page_script[];

#endif
