/* Knows the Netpbm formats: PBM, PGM and PPM, each as text (P1 P2 P3) and as binary
 * (P4 P5 P6), and PAM (P7). https://netpbm.sourceforge.net/doc/pnm.html and pam.html. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "image/pnm_write.h"

enum { MAX_MAXVAL = 65535, PAM_LINE_SIZE = 128 };

/* --- bytes and numbers of a header ------------------------------------------------------ */

typedef struct {
    bci_source *source;
    int kind;     /* the digit of the magic number */
    uint8_t *row; /* of P4, packed */
    size_t chunk; /* bytes to read at once: 1 in a header, so that binary rows follow it */
    size_t n_ahead, pos;
    uint8_t ahead[1 << 14];
} pnm_reader;

/* The next byte, or EOF. */
static int next_byte(pnm_reader *p)
{
    if (p->pos == p->n_ahead) {
        p->n_ahead = bci_source_read(p->source, p->ahead, p->chunk);
        p->pos = 0;
        if (p->n_ahead == 0)
            return EOF;
    }
    return p->ahead[p->pos++];
}

/* The next byte outside of comments. A comment runs from # to the end of its line and counts
 * as that line's end, even in the middle of a number, as in Netpbm's own reader. */
static int next_char(pnm_reader *p)
{
    int c = next_byte(p);

    if (c == '#')
        do
            c = next_byte(p);
        while (c != '\n' && c != '\r' && c != EOF);
    return c;
}

static unsigned long long offset_of(const pnm_reader *p)
{
    return (unsigned long long)(p->source->offset - (p->n_ahead - p->pos));
}

static bool is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* 10 v + digit, or UINT64_MAX past that, which is over every limit. */
static uint64_t append_digit(uint64_t v, int c)
{
    const uint64_t digit = (uint64_t)(c - '0');

    return v > (UINT64_MAX - digit) / 10 ? UINT64_MAX : v * 10 + digit;
}

/* The input is over where more of it was needed. */
static bc_status fail_early_end(const pnm_reader *p, const char *expected, bc_error *err)
{
    const bc_status st = bci_source_status(p->source, err);

    if (st)
        return st;
    return bci_fail(err, BC_E_FORMAT, "%s: ends after %llu byte(s), expected %s", p->source->name,
                    offset_of(p), expected);
}

/* A decimal number called `what` and the one white space character after it, which the end
 * of the input may stand for. */
static bc_status read_number(pnm_reader *p, const char *what, uint64_t *out, bc_error *err)
{
    uint64_t v = 0;
    int c;

    do
        c = next_char(p);
    while (is_space(c));
    if (c == EOF)
        return fail_early_end(p, what, err);
    const unsigned long long at = offset_of(p) - 1;

    if (!is_digit(c))
        return bci_fail(err, BC_E_FORMAT, "%s: byte 0x%02x at byte %llu, expected %s",
                        p->source->name, (unsigned)c, at, what);
    for (; is_digit(c); c = next_char(p))
        v = append_digit(v, c);
    if (!is_space(c) && c != EOF)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte 0x%02x after %s at byte %llu, expected white space",
                        p->source->name, (unsigned)c, what, at);
    *out = v;
    return BC_OK;
}

/* --- headers ---------------------------------------------------------------------------- */

static bool probe(const uint8_t *head, size_t n)
{
    if (n < 3 || head[0] != 'P')
        return false;
    if (head[1] == '7') /* "P7 332" is another format, of the program xv */
        return head[2] == '\n';
    return head[1] >= '1' && head[1] <= '6' && (is_space(head[2]) || head[2] == '#');
}

enum { WIDTH, HEIGHT, DEPTH, MAXVAL, N_FIELDS };

static const char *const field_names[] = { "WIDTH", "HEIGHT", "DEPTH", "MAXVAL" };

typedef struct {
    uint64_t field[N_FIELDS];       /* 0 while not seen */
    char tuple_type[PAM_LINE_SIZE]; /* "" when absent */
} header;

static bc_status read_classic_header(pnm_reader *p, header *h, bc_error *err)
{
    bc_status st = read_number(p, "a width", &h->field[WIDTH], err);

    if (!st)
        st = read_number(p, "a height", &h->field[HEIGHT], err);
    h->field[MAXVAL] = 1;
    if (!st && p->kind != 1 && p->kind != 4)
        st = read_number(p, "a maxval", &h->field[MAXVAL], err);
    h->field[DEPTH] = p->kind == 3 || p->kind == 6 ? 3 : 1;
    return st;
}

/* One line without its end, cut to fit: only a comment may be longer than a field. */
static bc_status read_pam_line(pnm_reader *p, char line[PAM_LINE_SIZE], bc_error *err)
{
    size_t n = 0;
    int c;

    while ((c = next_byte(p)) != '\n') {
        if (c == EOF)
            return fail_early_end(p, "a PAM header with ENDHDR", err);
        if (n < PAM_LINE_SIZE - 1)
            line[n++] = (char)c;
        else if (line[0] != '#')
            return bci_fail(err, BC_E_FORMAT,
                            "%s: line over %d byte(s) at byte %llu, expected a PAM header",
                            p->source->name, PAM_LINE_SIZE - 1, offset_of(p));
    }
    while (n > 0 && is_space(line[n - 1]))
        n--;
    line[n] = '\0';
    return BC_OK;
}

/* The number that is all of `text`; false when it is something else. */
static bool parse_number(const char *text, uint64_t *out)
{
    uint64_t v = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (!is_digit(*text))
            return false;
        v = append_digit(v, *text);
    }
    *out = v;
    return true;
}

/* Several TUPLTYPE lines are one, with spaces between. */
static bool append_tuple_type(header *h, const char *text)
{
    const size_t n = strlen(h->tuple_type);
    const int put =
        snprintf(h->tuple_type + n, sizeof h->tuple_type - n, "%s%s", n ? " " : "", text);

    return put >= 0 && (size_t)put < sizeof h->tuple_type - n;
}

/* "WIDTH 640" and the like. */
static bool parse_pam_field(header *h, const char *line)
{
    const size_t n_name = strcspn(line, " \t");
    const char *value = line + n_name + strspn(line + n_name, " \t");

    for (size_t i = 0; i < N_FIELDS; i++)
        if (strlen(field_names[i]) == n_name && strncmp(line, field_names[i], n_name) == 0)
            return parse_number(value, &h->field[i]);
    return n_name == strlen("TUPLTYPE") && strncmp(line, "TUPLTYPE", n_name) == 0 &&
           append_tuple_type(h, value);
}

static bc_status read_pam_header(pnm_reader *p, header *h, bc_error *err)
{
    for (;;) {
        char line[PAM_LINE_SIZE];
        const unsigned long long at = offset_of(p);
        const bc_status st = read_pam_line(p, line, err);

        if (st)
            return st;
        if (strcmp(line, "ENDHDR") == 0)
            break;
        if (line[0] != '#' && line[0] != '\0' && !parse_pam_field(h, line))
            return bci_fail(err, BC_E_FORMAT,
                            "%s: header line at byte %llu, expected WIDTH, HEIGHT, DEPTH or "
                            "MAXVAL with a number, TUPLTYPE or ENDHDR",
                            p->source->name, at);
    }
    for (size_t i = 0; i < N_FIELDS; i++)
        if (h->field[i] == 0)
            return bci_fail(err, BC_E_FORMAT,
                            "%s: %s is 0 or absent in the header, expected at least 1",
                            p->source->name, field_names[i]);
    return BC_OK;
}

/* The tuple types that are defined; others say nothing about the meaning of the samples. */
static const struct {
    const char *name;
    uint32_t depth;
} tuple_types[] = {
    { "BLACKANDWHITE", 1 },       { "GRAYSCALE", 1 },       { "RGB", 3 },
    { "BLACKANDWHITE_ALPHA", 2 }, { "GRAYSCALE_ALPHA", 2 }, { "RGB_ALPHA", 4 },
};

static bc_status check_tuple_type(const char *name, const header *h, bc_error *err)
{
    const uint64_t depth = h->field[DEPTH];

    for (size_t i = 0; i < sizeof tuple_types / sizeof *tuple_types; i++)
        if (strcmp(h->tuple_type, tuple_types[i].name) == 0 && depth != tuple_types[i].depth)
            return bci_fail(err, BC_E_FORMAT, "%s: tuple type %s with a depth of %llu, expected %u",
                            name, h->tuple_type, (unsigned long long)depth, tuple_types[i].depth);
    if (strncmp(h->tuple_type, "CMYK", 4) == 0) /* Ghostscript's; depth 4 is not RGBA then */
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: colours are CMYK, expected grey or RGB", name);
    if (depth > 4)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: has %llu sample(s) per pixel, expected 1 to 4",
                        name, (unsigned long long)depth);
    return BC_OK;
}

static int bits_for(uint32_t maxval)
{
    int bits = 1;

    while (maxval >> bits)
        bits++;
    return bits;
}

static bc_status check_header(const bc_image_reader *r, const header *h, bc_error *err)
{
    const char *name = r->source->name;
    const bc_status st = bci_image_check_size(r, h->field[WIDTH], h->field[HEIGHT], err);

    if (st)
        return st;
    if (h->field[MAXVAL] < 1 || h->field[MAXVAL] > MAX_MAXVAL)
        return bci_fail(err, BC_E_FORMAT, "%s: maxval is %llu, expected 1 to %d", name,
                        (unsigned long long)h->field[MAXVAL], MAX_MAXVAL);
    return check_tuple_type(name, h, err);
}

static bc_status open_pnm(bc_image_reader *r, bc_error *err)
{
    const char *name = r->source->name;
    pnm_reader *p = calloc(1, sizeof *p);
    header h = { 0 };
    bc_status st;

    if (!p)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
    r->state = p;
    p->source = r->source;
    p->chunk = 1;
    (void)next_byte(p); /* the magic number, which probe has seen */
    p->kind = next_byte(p) - '0';
    if (p->kind == 7)
        (void)next_byte(p);
    st = p->kind == 7 ? read_pam_header(p, &h, err) : read_classic_header(p, &h, err);
    if (!st)
        st = check_header(r, &h, err);
    if (st)
        return st;
    if (p->kind <= 3)
        p->chunk = sizeof p->ahead;
    if (p->kind == 4 && !(p->row = malloc(((size_t)h.field[WIDTH] + 7) / 8)))
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for a row", name);
    r->info.width = (uint32_t)h.field[WIDTH];
    r->info.height = (uint32_t)h.field[HEIGHT];
    r->info.n_channels = (uint32_t)h.field[DEPTH];
    r->info.has_alpha = r->info.n_channels % 2 == 0;
    r->info.maxval = (uint32_t)h.field[MAXVAL];
    r->info.depth = bits_for(r->info.maxval);
    r->info.true_depth = r->info.depth;
    return BC_OK;
}

/* --- rows ------------------------------------------------------------------------------- */

/* With salvage, what a file that is cut lacks is 0. Told once, of the row where it ends. */
static void note_end(const bc_image_reader *r, uint32_t row)
{
    if (!r->metadata->damage[0])
        bci_image_note_damage(r, "ends after %llu byte(s), in row %u of %u, the rest is blank",
                              (unsigned long long)r->source->offset, row, r->info.height);
}

/* Read n_rows * row_size bytes of binary rows. */
static bc_status read_bytes(const bc_image_reader *r, void *out, size_t row_size, uint32_t n_rows,
                            uint32_t first_row, bc_error *err)
{
    const size_t n = row_size * n_rows, got = bci_source_read(r->source, out, n);

    if (got == n)
        return BC_OK;

    const bc_status st = bci_source_status(r->source, err);

    if (st)
        return st;
    if (r->reading.salvage && (got > 0 || first_row > 0)) {
        memset((uint8_t *)out + got, 0, n - got);
        note_end(r, first_row + (uint32_t)(got / row_size) + 1);
        return BC_OK;
    }
    return bci_fail(err, BC_E_FORMAT,
                    "%s: ends in row %u of %u with %zu byte(s) of it, expected %zu byte(s) a row",
                    r->source->name, first_row + (uint32_t)(got / row_size) + 1, r->info.height,
                    got % row_size, row_size);
}

/* P4: 8 pixels in a byte, leftmost highest, rows padded to bytes, 1 is black. */
static bc_status read_packed_rows(const bc_image_reader *r, uint8_t *rows, uint32_t n,
                                  bc_error *err)
{
    const pnm_reader *p = r->state;
    const uint32_t width = r->info.width;

    for (uint32_t y = 0; y < n; y++, rows += width) {
        const bc_status st = read_bytes(r, p->row, (width + 7) / 8, 1, r->rows_read + y, err);

        if (st)
            return st;
        for (uint32_t x = 0; x < width; x++)
            rows[x] = ~p->row[x / 8] >> (7 - x % 8) & 1;
    }
    return BC_OK;
}

/* "row 3, column 5" of sample i from the next row on, counted from 1. */
static bc_status fail_over_maxval(const bc_image_reader *r, size_t i, uint64_t v, bc_error *err)
{
    const size_t row_length = (size_t)r->info.width * r->info.n_channels;

    return bci_fail(err, BC_E_FORMAT,
                    "%s: sample %llu in row %zu, column %zu is over the maxval, expected at most "
                    "%u",
                    r->source->name, (unsigned long long)v, r->rows_read + i / row_length + 1,
                    i % row_length / r->info.n_channels + 1, r->info.maxval);
}

static bc_status check_samples(const bc_image_reader *r, const void *rows, size_t n, bc_error *err)
{
    const uint32_t maxval = r->info.maxval;

    if (maxval == 255 || maxval == MAX_MAXVAL)
        return BC_OK;
    for (size_t i = 0; i < n; i++) {
        const uint32_t v = maxval > 255 ? ((const uint16_t *)rows)[i] : ((const uint8_t *)rows)[i];

        if (v > maxval)
            return fail_over_maxval(r, i, v, err);
    }
    return BC_OK;
}

/* P5, P6, P7: a byte per sample, or two, the high one first, from a maxval of 256 on. */
static bc_status read_binary_rows(const bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    const size_t row_length = (size_t)r->info.width * r->info.n_channels;
    const size_t sample_size = r->info.maxval > 255 ? 2 : 1;
    const bc_status st = read_bytes(r, rows, row_length * sample_size, n, r->rows_read, err);

    if (st)
        return st;
    if (sample_size == 2) {
        const uint8_t *bytes = rows;
        uint16_t *samples = rows;

        for (size_t i = 0; i < row_length * n; i++)
            samples[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    }
    return check_samples(r, rows, row_length * n, err);
}

/* One sample of a text form. P1 needs no white space between its digits, and 1 is black. */
static bc_status read_text_sample(pnm_reader *p, uint64_t *v, bc_error *err)
{
    int c;

    if (p->kind != 1)
        return read_number(p, "a sample", v, err);
    do
        c = next_char(p);
    while (is_space(c));
    if (c == EOF)
        return fail_early_end(p, "a 0 or 1", err);
    if (c != '0' && c != '1')
        return bci_fail(err, BC_E_FORMAT, "%s: byte 0x%02x at byte %llu, expected a 0 or 1",
                        p->source->name, (unsigned)c, offset_of(p) - 1);
    *v = c == '0';
    return BC_OK;
}

/* Samples from `from` on are 0. */
static void blank_text_rows(const bc_image_reader *r, void *rows, uint32_t n, size_t from)
{
    const size_t size = r->info.maxval > 255 ? 2 : 1;
    const size_t row_length = (size_t)r->info.width * r->info.n_channels;

    memset((uint8_t *)rows + from * size, 0, (row_length * n - from) * size);
    note_end(r, r->rows_read + (uint32_t)(from / row_length) + 1);
}

static bc_status read_text_rows(const bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    const pnm_reader *p = r->state;
    const size_t row_length = (size_t)r->info.width * r->info.n_channels;

    for (size_t i = 0; i < row_length * n; i++) {
        uint64_t v;
        bc_error why;
        const bc_status st = read_text_sample(r->state, &v, &why);

        const bool is_end = st == BC_E_FORMAT && p->n_ahead == 0;

        if (is_end && r->reading.salvage && (i > 0 || r->rows_read > 0)) {
            blank_text_rows(r, rows, n, i);
            return BC_OK;
        }
        if (st)
            return bci_fail(err, st, "%s, in row %zu of %u", why.text,
                            r->rows_read + i / row_length + 1, r->info.height);
        if (v > r->info.maxval)
            return fail_over_maxval(r, i, v, err);
        if (r->info.maxval > 255)
            ((uint16_t *)rows)[i] = (uint16_t)v;
        else
            ((uint8_t *)rows)[i] = (uint8_t)v;
    }
    return BC_OK;
}

static bc_status read_rows(bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    const pnm_reader *p = r->state;

    if (p->kind <= 3)
        return read_text_rows(r, rows, n, err);
    return p->kind == 4 ? read_packed_rows(r, rows, n, err) : read_binary_rows(r, rows, n, err);
}

static void close_pnm(bc_image_reader *r)
{
    pnm_reader *p = r->state;

    if (!p)
        return;
    free(p->row);
    free(p);
    r->state = NULL;
}

const bci_image_codec bci_pnm = {
    .format = { "pnm", "Netpbm: PBM, PGM, PPM and PAM", ".pnm .pbm .pgm .ppm .pam", true, true },
    .probe = probe,
    .open = open_pnm,
    .read = read_rows,
    .close = close_pnm,
    .sample_maxval = bci_pnm_sample_maxval,
    .begin = bci_pnm_begin,
    .write = bci_pnm_write,
    .finish = bci_pnm_finish,
    .abandon = bci_pnm_abandon,
};
