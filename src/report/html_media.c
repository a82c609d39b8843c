/* Knows how pictures and sounds lie in a page: base64 (RFC 4648) in data URIs. */
#include <string.h>

#include "report/page.h"

static void put(bc_html *h, const char *text)
{
    bci_put(&h->b, text, strlen(text));
}

static void put_base64(bc_html *h, const uint8_t *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char four[4];

    for (size_t i = 0; i < n; i += 3) {
        const uint32_t left = n - i < 3 ? (uint32_t)(n - i) : 3;
        uint32_t v = (uint32_t)data[i] << 16;

        v |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        v |= left > 2 ? data[i + 2] : 0;
        for (uint32_t k = 0; k < 4; k++)
            four[k] = k <= left ? digits[v >> (18 - 6 * k) & 63] : '=';
        bci_put(&h->b, four, 4);
    }
}

/* src="data:..." */
static void put_source(bc_html *h, const bc_html_media *m)
{
    const size_t before = h->b.n;

    bci_putf(&h->b, " src=\"data:%s;base64,", m->type);
    put_base64(h, m->data, m->n);
    put(h, "\"");
    h->n_media += h->b.n - before;
}

static void put_caption(bc_html *h, const char *caption)
{
    if (!caption)
        return;
    put(h, "<figcaption>");
    bci_page_text(h, caption);
    put(h, "</figcaption>\n");
}

static void put_picture(bc_html *h, const bc_html_media *m)
{
    bci_putf(&h->b, "<img width=\"%u\" height=\"%u\"%s alt=\"", m->width, m->height,
             m->shows_pixels ? " class=\"pixels\"" : "");
    bci_page_text(h, m->alt);
    put(h, "\"");
    put_source(h, m);
    put(h, "/>\n");
}

void bc_html_picture(bc_html *h, const bc_html_media *m)
{
    put(h, "<figure>\n");
    put_picture(h, m);
    put_caption(h, m->caption);
    put(h, "</figure>\n");
}

void bc_html_pair(bc_html *h, const bc_html_media *before, const bc_html_media *after)
{
    const unsigned id = ++h->n_ids;

    put(h, "<div class=\"pair\">\n");
    bc_html_picture(h, before);
    bc_html_picture(h, after);
    bci_putf(&h->b,
             "<p class=\"slide\" hidden=\"hidden\"><label for=\"r%u\">Slide between the pictures: "
             "left of the line “",
             id);
    bci_page_text(h, before->caption);
    put(h, "”, right of it “");
    bci_page_text(h, after->caption);
    bci_putf(
        &h->b,
        "”</label>\n<input id=\"r%u\" type=\"range\" min=\"0\" max=\"100\" value=\"50\"/></p>\n"
        "</div>\n",
        id);
}

void bc_html_player(bc_html *h, const bc_html_media *m)
{
    put(h, "<figure class=\"player\">\n");
    put_caption(h, m->caption);
    put(h, "<audio controls=\"controls\" preload=\"metadata\" aria-label=\"");
    bci_page_text(h, m->alt);
    put(h, "\"");
    put_source(h, m);
    put(h, "></audio>\n</figure>\n");
}
