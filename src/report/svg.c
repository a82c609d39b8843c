/* Knows how SVG is written: lengths in tenths of a pixel, escaped text, paths in relative
 * steps, and about how wide letters are. */
#include "report/svg.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

long bci_svg_tenths(double px)
{
    /* The shift keeps values that are halves on paper, and a bit off in one libm or
     * another, on one side. */
    return (long)floor(10.0 * fmin(fmax(px, -1e6), 1e6) + 0.5 + 1e-6);
}

void bci_svg_length(bci_buffer *b, long tenths)
{
    const long whole = labs(tenths) / 10, rest = labs(tenths) % 10;

    if (tenths < 0)
        bci_put(b, "-", 1);
    if (whole || !rest)
        bci_putf(b, "%ld", whole);
    if (rest)
        bci_putf(b, ".%ld", rest);
}

/* --- text ------------------------------------------------------------------------------ */

/* The length of the character at `text`, of which n bytes are left; 0 where there is no UTF-8
 * of a character that XML allows. */
static size_t character(const char *text, size_t n)
{
    const unsigned char *u = (const unsigned char *)text;
    const size_t length = bci_utf8_length(u, n);

    if (length == 1 && u[0] < 0x20)
        return u[0] == '\t' || u[0] == '\n' || u[0] == '\r';
    if (length == 3 && u[0] == 0xEF && u[1] == 0xBF && u[2] >= 0xBE) /* U+FFFE and U+FFFF */
        return 0;
    return length;
}

void bci_svg_escaped(bci_buffer *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        const size_t length = character(text + i, n - i);

        if (length == 0)
            bci_put(b, "\xef\xbf\xbd", 3); /* U+FFFD */
        else if (text[i] == '<')
            bci_put(b, "&lt;", 4);
        else if (text[i] == '>')
            bci_put(b, "&gt;", 4);
        else if (text[i] == '&')
            bci_put(b, "&amp;", 5);
        else if (text[i] == '"')
            bci_put(b, "&quot;", 6);
        else
            bci_put(b, text + i, length);
        i += length ? length : 1;
    }
}

double bci_svg_text_width(const char *text, size_t n, double size_px)
{
    double ems = 0.0;

    for (size_t i = 0; i < n; i++) {
        const char c = text[i];

        if ((c & 0xc0) == 0x80)
            continue; /* the rest of a character */
        if (strchr("ijlft.,:;|!'()[]/ ", c))
            ems += 0.33;
        else if (strchr("mwMW@%", c))
            ems += 0.9;
        else if (c >= 'A' && c <= 'Z')
            ems += 0.68;
        else
            ems += 0.58;
    }
    return ems * size_px;
}

void bci_svg_text(bci_buffer *b, const char *classes, double x, double y, const char *text,
                  size_t n)
{
    bci_putf(b, "<text");
    if (*classes)
        bci_putf(b, " class=\"%s\"", classes);
    bci_putf(b, " x=\"");
    bci_svg_length(b, bci_svg_tenths(x));
    bci_putf(b, "\" y=\"");
    bci_svg_length(b, bci_svg_tenths(y));
    bci_putf(b, "\">");
    bci_svg_escaped(b, text, n);
    bci_putf(b, "</text>\n");
}

/* --- paths ----------------------------------------------------------------------------- */

bci_path bci_path_begin(bci_buffer *b, const char *classes)
{
    bci_putf(b, "<path class=\"%s\" d=\"", classes);
    return (bci_path){ .b = b };
}

/* A number after a command or another number; a minus separates by itself. */
static void put_next(bci_path *p, long tenths, bool is_first)
{
    if (!is_first && tenths >= 0)
        bci_put(p->b, " ", 1);
    bci_svg_length(p->b, tenths);
}

static bool put_command(bci_path *p, char command)
{
    const bool is_new = p->command != command;

    if (is_new)
        bci_put(p->b, &command, 1);
    p->command = command;
    return is_new;
}

void bci_path_move(bci_path *p, long x, long y)
{
    bci_put(p->b, "M", 1);
    put_next(p, x, true);
    put_next(p, y, false);
    p->x = x;
    p->y = y;
    p->command = 'M';
}

void bci_path_line(bci_path *p, long x, long y)
{
    const long dx = x - p->x, dy = y - p->y;

    p->x = x;
    p->y = y;
    if (dx == 0 && dy == 0 && p->command != 'M')
        return;
    if (dy == 0) {
        put_next(p, dx, put_command(p, 'h'));
    } else if (dx == 0) {
        put_next(p, dy, put_command(p, 'v'));
    } else {
        put_next(p, dx, put_command(p, 'l'));
        put_next(p, dy, false);
    }
}

void bci_path_close(bci_path *p)
{
    put_command(p, 'z');
}

void bci_path_end(bci_path *p)
{
    bci_putf(p->b, "\"/>\n");
}
