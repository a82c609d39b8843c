/* Knows the files that hold palettes: pictures, GIMP palettes and lists of hex colours. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/source.h"
#include "bitcrush/palette.h"
#include "image/codec.h"

enum { MAX_TEXT = 1 << 20 };

/* Add a colour unless it is there. */
static bc_status add(bc_palette *p, const uint8_t colour[3], const char *name, bc_error *err)
{
    for (uint32_t i = 0; i < p->n_colours; i++)
        if (memcmp(p->colours[i], colour, 3) == 0)
            return BC_OK;
    if (p->n_colours == BC_PALETTE_MAX_COLOURS)
        return bci_fail(err, BC_E_LIMIT, "%s: has more than %d colour(s), expected a palette", name,
                        BC_PALETTE_MAX_COLOURS);
    memcpy(p->colours[p->n_colours++], colour, 3);
    return BC_OK;
}

/* --- pictures ------------------------------------------------------------------------ */

/* A sample in 8 bits. */
static uint8_t in_8_bits(const bc_image_info *info, const void *row, size_t i)
{
    const uint32_t v = info->maxval > 255 ? ((const uint16_t *)row)[i] : ((const uint8_t *)row)[i];

    return (uint8_t)((v * 510 + info->maxval) / (2 * info->maxval));
}

static bc_status add_row(bc_palette *p, const bc_image_info *info, const void *row,
                         const char *name, bc_error *err)
{
    const size_t n = info->n_channels, step = n >= 3;
    bc_status st = BC_OK;

    for (size_t x = 0; !st && x < info->width; x++) {
        const uint8_t colour[3] = { in_8_bits(info, row, x * n), in_8_bits(info, row, x * n + step),
                                    in_8_bits(info, row, x * n + 2 * step) };

        if (!info->has_alpha || in_8_bits(info, row, x * n + n - 1) > 0)
            st = add(p, colour, name, err);
    }
    return st;
}

static bc_status load_picture(const char *path, bc_palette *out, bc_error *err)
{
    bc_image_reader *r = NULL;
    void *row = NULL;
    bc_status st = bc_image_open(path, &r, err);

    if (st)
        return st;
    const bc_image_info *info = &r->info;

    for (uint32_t i = 0; !st && i < r->palette.n_colours; i++)
        st = add(out, r->palette.colours[i], path, err);
    if (st || r->palette.n_colours > 0)
        goto done;
    row = malloc((size_t)info->width * info->n_channels * 2);
    if (!row)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory for a row", path);
    for (uint32_t y = 0; !st && y < info->height; y++) {
        st = bc_image_read(r, row, 1, err);
        if (!st)
            st = add_row(out, info, row, path, err);
    }
done:
    free(row);
    bc_image_reader_free(r);
    return st;
}

/* --- text ---------------------------------------------------------------------------- */

/* "RRGGBB" or "#RRGGBB" and nothing else but blanks. */
static bool parse_hex(const char *line, uint8_t colour[3])
{
    char *end;

    line += strspn(line, " \t");
    line += *line == '#';
    if (strspn(line, "0123456789abcdefABCDEF") != 6)
        return false;
    const unsigned long rgb = strtoul(line, &end, 16);

    for (int c = 0; c < 3; c++)
        colour[c] = (uint8_t)(rgb >> (16 - 8 * c));
    return end[strspn(end, " \t\r")] == '\0';
}

/* Three decimal numbers, then a name. */
static bool parse_gimp(const char *line, uint8_t colour[3])
{
    for (int c = 0; c < 3; c++) {
        char *end;

        line += strspn(line, " \t");
        const unsigned long v = strtoul(line, &end, 10);

        if (*line < '0' || *line > '9' || v > 255)
            return false;
        colour[c] = (uint8_t)v;
        line = end;
    }
    return *line == '\0' || strchr(" \t\r", *line);
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

static void cut_comment(char *line)
{
    char *slashes = strstr(line, "//");

    line[strcspn(line, ";")] = '\0';
    if (slashes)
        *slashes = '\0';
}

/* What GIMP puts before the colours. */
static bool is_gimp_header(const char *line)
{
    return strncmp(line, "GIMP Palette", 12) == 0 || strncmp(line, "Name:", 5) == 0 ||
           strncmp(line, "Columns:", 8) == 0 || line[strspn(line, " \t")] == '#';
}

static bc_status parse_text(char *text, const char *path, bc_palette *out, bc_error *err)
{
    const bool is_gimp = strncmp(text, "GIMP Palette", 12) == 0;
    unsigned number = 1;
    bc_status st = BC_OK;

    for (char *line = text, *next; !st && line; line = next, number++) {
        uint8_t colour[3];

        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!is_gimp)
            cut_comment(line);
        if (is_blank(line) || (is_gimp && is_gimp_header(line)))
            continue;
        if (is_gimp ? parse_gimp(line, colour) : parse_hex(line, colour))
            st = add(out, colour, path, err);
        else
            st = bci_fail(err, BC_E_FORMAT, "%s: line %u is no colour, expected %s", path, number,
                          is_gimp ? "three numbers from 0 to 255" : "six hex digits, as #RRGGBB");
    }
    return st;
}

static bc_status load_text(bci_source *source, bc_palette *out, bc_error *err)
{
    char *text = malloc(MAX_TEXT + 1);
    bc_status st = BC_OK;

    if (!text)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", source->name);
    const size_t n = bci_source_read(source, text, MAX_TEXT + 1);

    st = bci_source_status(source, err);
    if (st) {
        ; /* said already */
    } else if (n > MAX_TEXT) {
        st = bci_fail(err, BC_E_LIMIT, "%s: is larger than %d byte(s), expected a palette",
                      source->name, MAX_TEXT);
    } else {
        text[n] = '\0';
        st = parse_text(text, source->name, out, err);
    }
    free(text);
    return st;
}

bc_status bc_palette_load(const char *path, bc_palette *out, bc_error *err)
{
    bc_palette palette = { 0 };
    bci_source *source = NULL;
    bc_status st = bci_source_open(path, NULL, &source, err);

    if (st)
        return st;
    const bool is_picture = bc_image_probe(source->peeked, source->n_peeked);

    if (!is_picture)
        st = load_text(source, &palette, err);
    bci_source_free(source);
    if (is_picture)
        st = load_picture(path, &palette, err);
    if (st)
        return st;
    if (palette.n_colours == 0)
        return bci_fail(err, BC_E_FORMAT, "%s: holds no colour, expected at least one", path);
    *out = palette;
    return BC_OK;
}
