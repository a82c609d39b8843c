/* Knows the frame of a page: its head, sections, paragraphs and plots. */
#include "bitcrush/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/figure.h"
#include "report/page.h"

enum { WIDE_PX = 900, NARROW_PX = 352 };

static void put(bc_html *h, const char *text)
{
    bci_put(&h->b, text, strlen(text));
}

void bci_page_text(bc_html *h, const char *text)
{
    if (text)
        bci_svg_escaped(&h->b, text, strlen(text));
}

/* <tag>text</tag> */
static void put_element(bc_html *h, const char *tag, const char *text)
{
    bci_putf(&h->b, "<%s>", tag);
    bci_page_text(h, text);
    bci_putf(&h->b, "</%s>\n", tag);
}

bc_status bc_html_new(const char *title, const char *lead, bc_html **out, bc_error *err)
{
    /* The page may load nothing, whatever gets into it. */
    static const char head[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
        "media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>\n"
        "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
        "<meta name=\"generator\" content=\"bitcrush " BC_VERSION "\"/>\n"
        "<link rel=\"icon\" href=\"data:,\"/>\n";
    bc_html *h = calloc(1, sizeof *h);

    if (!h)
        return bci_fail(err, BC_E_LIMIT, "page: out of memory");
    put(h, head);
    put_element(h, "title", title);
    put(h, "<style>\n");
    put(h, bci_page_style);
    put(h, bci_plot_style);
    put(h, "\n</style>\n</head>\n<body>\n<header>\n");
    put_element(h, "h1", title);
    if (lead)
        put_element(h, "p", lead);
    put(h, "</header>\n<main>\n");
    *out = h;
    return BC_OK;
}

static void close_section(bc_html *h)
{
    if (h->is_open)
        put(h, "</section>\n");
    h->is_open = false;
}

void bc_html_section(bc_html *h, const char *heading)
{
    const unsigned id = ++h->n_ids;

    close_section(h);
    h->is_open = true;
    bci_putf(&h->b, "<section aria-labelledby=\"s%u\">\n<h2 id=\"s%u\">", id, id);
    bci_page_text(h, heading);
    put(h, "</h2>\n");
}

void bc_html_heading(bc_html *h, const char *heading)
{
    put_element(h, "h3", heading);
}

void bc_html_paragraph(bc_html *h, const char *text)
{
    put_element(h, "p", text);
}

void bc_html_command(bc_html *h, const char *text)
{
    put(h, "<pre><code>");
    bci_page_text(h, text);
    put(h, "</code></pre>\n");
}

void bc_html_plot(bc_html *h, bc_plot *p, const char *caption)
{
    bc_status st;

    put(h, "<figure class=\"plot\">\n");
    bc_plot_width(p, WIDE_PX);
    st = bci_plot_put(&h->b, p, "bcp wide", h->fault.status ? NULL : &h->fault);
    bc_plot_width(p, NARROW_PX);
    if (!st)
        st = bci_plot_put(&h->b, p, "bcp narrow", h->fault.status ? NULL : &h->fault);
    if (caption)
        put_element(h, "figcaption", caption);
    put(h, "</figure>\n");
}

bc_status bc_html_finish(bc_html *h, char **out, size_t *n, size_t *n_media, bc_error *err)
{
    close_section(h);
    put(h, "</main>\n<footer>\n<p>Made by bitcrush " BC_VERSION
           ". This page is one file, and loads nothing.</p>\n</footer>\n<script>\n");
    put(h, bci_page_script);
    put(h, "</script>\n</body>\n</html>\n");
    if (h->fault.status)
        return bci_fail(err, h->fault.status, "%s", h->fault.text);
    if (h->b.is_short_of_memory)
        return bci_fail(err, BC_E_LIMIT, "page: out of memory");
    *out = h->b.text;
    *n = h->b.n;
    *n_media = h->n_media;
    h->b = (bci_buffer){ 0 };
    return BC_OK;
}

void bc_html_free(bc_html *h)
{
    if (!h)
        return;
    free(h->b.text);
    free(h);
}
