/* Knows how a table is read: which bytes are whole records, what its columns are called, and where
 * its cells are. */
#include "numbers/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digits.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "base/source.h"
#include "base/spool.h"
#include "numbers/dialect.h"

enum { BATCH = 1 << 16, SPOOL_MEMORY = 1 << 20, ROOM = BCI_RECORD_MAX + BATCH };

struct bci_table {
    bci_source *in;
    bc_reading reading;
    bci_dialect dialect;
    bool has_header, is_doubtful;
    size_t n_columns;
    char **names;
    uint64_t n_skipped; /* bytes before the first row */
    uint64_t history;
    /* Read and not yet handed out: ahead[ahead_at .. n_ahead). */
    char *ahead;
    size_t n_ahead, ahead_at;
    bool is_second, is_spooled;
    bci_spool *spool;
    uint64_t n_read;  /* bytes of the input in this pass, */
    uint64_t n_first; /* and in all of the first */
    uint64_t next_byte, next_line;
    uint64_t memory; /* taken for records longer than a batch */
};

/* ---- bytes */

/* Up to n more bytes; fewer only at the end. */
static bc_status take(bci_table *t, char *to, size_t n, size_t *got, bc_error *err)
{
    bc_status st = BC_OK;

    if (!t->is_second) {
        *got = bci_source_read(t->in, to, n);
        st = bci_source_status(t->in, err);
        if (!st && t->is_spooled)
            st = bci_spool_put(t->spool, to, *got, err);
    } else {
        const uint64_t left = t->n_first - t->n_read; /* the file may have grown since */

        *got = n < left ? n : (size_t)left;
        if (t->is_spooled)
            st = bci_spool_get(t->spool, to, *got, err);
        else
            *got = bci_source_read_at(t->in, t->n_read, to, *got);
        if (!st)
            st = bci_source_status(t->in, err);
    }
    t->n_read += *got;
    return st;
}

/* Up to n bytes, those read ahead first. */
static bc_status take_ahead(bci_table *t, char *to, size_t n, size_t *got, bc_error *err)
{
    const size_t left = t->n_ahead - t->ahead_at, m = n < left ? n : left;
    size_t more = 0;
    bc_status st = BC_OK;

    memcpy(to, t->ahead + t->ahead_at, m);
    t->ahead_at += m;
    if (m < n)
        st = take(t, to + m, n - m, &more, err);
    *got = m + more;
    return st;
}

/* Put n bytes back, the last that were taken. */
static void put_back(bci_table *t, const char *from, size_t n)
{
    const size_t left = t->n_ahead - t->ahead_at;

    if (t->ahead_at < n) {
        memmove(t->ahead + n, t->ahead + t->ahead_at, left);
        t->ahead_at = n;
        t->n_ahead = n + left;
    }
    t->ahead_at -= n;
    memcpy(t->ahead + t->ahead_at, from, n);
}

bc_status bci_table_begin(bci_table *t, bool again, bc_error *err)
{
    const bool is_file = t->in->size_bytes != UINT64_MAX;
    bc_status st = BC_OK;

    if (t->n_first > 0) { /* the first time is over */
        t->is_second = true;
        t->n_read = t->n_ahead = t->ahead_at = 0;
    } else if (again && !is_file) {
        st = bci_spool_new(SPOOL_MEMORY, &t->spool, err);
        if (!st)
            st = bci_spool_put(t->spool, t->ahead, t->n_ahead, err);
        t->is_spooled = !st;
    }
    t->next_line = t->next_byte = t->memory = 0;
    return st;
}

/* ---- batches */

static uint64_t count_lines(const char *text, size_t n)
{
    uint64_t count = 0;

    for (size_t i = 0; i < n; i += 128) { /* a byte holds the count of so many */
        const size_t m = n - i < 128 ? n - i : 128;
        uint8_t few = 0;

        for (size_t j = 0; j < m; j++)
            few = (uint8_t)(few + (text[i + j] == '\n'));
        count += few;
    }
    return count;
}

/* No record ends in what is as much as one may have. */
static bc_status refuse_record(const bci_table *t, const bci_batch *b, bc_error *err)
{
    const unsigned long long line = b->first_line + 1;

    if (memchr(b->text, '"', b->n_text))
        return bci_fail(
            err, BC_E_FORMAT,
            "%s: the record in line %llu has a quote without an end within 1 MiB, expected "
            "another quote",
            t->in->name, line);
    return bci_fail(err, BC_E_LIMIT, "%s: the record in line %llu has over 1 MiB, expected less",
                    t->in->name, line);
}

/* For n bytes of text, and what a parser may look at behind them. Records longer than usual make a
 * batch take more: of each byte a cell, its mark, and what is between them. */
static bc_status make_text_room(bci_table *t, bci_batch *b, size_t n, bc_error *err)
{
    enum { A_BYTE = sizeof(char) + sizeof(bci_table_cell) + 64 };
    bc_status st = BC_OK;
    char *text;

    if (n <= b->text_room)
        return BC_OK;
    if (n > BATCH)
        st = bci_take_memory(&t->reading, &t->memory, n, A_BYTE, t->in->name, err);
    if (st)
        return st;
    text = realloc(b->text, n + 2);
    if (!text)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", t->in->name);
    b->text = text;
    b->text_room = n;
    return BC_OK;
}

bc_status bci_table_read(bci_table *t, bci_batch *b, bc_error *err)
{
    bool is_end = false;
    size_t want = BATCH, cut = 0;
    bc_status st = bci_check_stop(&t->reading, err);

    b->n_text = b->n_rows = b->n_comments = 0;
    b->first_line = t->next_line;
    b->first_byte = t->next_byte;
    while (!st && !is_end && cut == 0 && b->n_text < ROOM) {
        size_t got = 0;

        st = make_text_room(t, b, want, err);
        if (st)
            break;
        st = take_ahead(t, b->text + b->n_text, want - b->n_text, &got, err);
        b->n_text += got;
        is_end = b->n_text < want;
        cut = st || is_end ? b->n_text : bci_last_record_end(&t->dialect, b->text, b->n_text);
        want = ROOM;
    }
    if (st)
        return st;
    if (cut == 0 && !is_end)
        return refuse_record(t, b, err);
    if (is_end && !t->is_second)
        __atomic_store_n(&t->n_first, t->n_read, __ATOMIC_RELAXED); /* who tells progress looks */
    put_back(t, b->text + cut, b->n_text - cut);
    b->n_text = cut;
    b->n_lines = count_lines(b->text, cut);
    t->next_line += b->n_lines;
    t->next_byte += cut;
    return BC_OK;
}

/* Room for what the text can hold at most: a cell takes a byte, and so does a row. */
static bc_status make_room(const bci_table *t, bci_batch *b, bc_error *err)
{
    const size_t cells = b->n_text + t->n_columns + 1, rows = b->n_lines + 1;

    if (cells > b->cell_room) {
        free(b->cells);
        b->cell_room = cells;
        b->cells = malloc(cells * sizeof *b->cells);
    }
    if (rows > b->row_room) {
        free(b->lines);
        b->row_room = rows;
        b->lines = malloc(rows * sizeof *b->lines);
    }
    if (b->cells && b->lines)
        return BC_OK;
    b->cell_room = b->cells ? b->cell_room : 0;
    b->row_room = b->lines ? b->row_room : 0;
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory for cells", t->in->name);
}

static bc_status refuse_cell(const bci_table *t, const bci_cell *c, uint64_t line, bc_error *err)
{
    if (c->kind == BCI_CELL_UNCLOSED)
        return bci_fail(
            err, BC_E_FORMAT,
            "%s: the record in line %llu has a quote without an end, expected another quote",
            t->in->name, (unsigned long long)line + 1);
    return bci_fail(
        err, BC_E_FORMAT,
        "%s: the record in line %llu has text behind a closing quote, expected the next "
        "cell",
        t->in->name, (unsigned long long)line + 1);
}

static bc_status refuse_ragged(const bci_table *t, size_t n, bool is_more, uint64_t line,
                               bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT,
                    "%s: the record in line %llu has %s%zu cell(s), expected %zu as in the first",
                    t->in->name, (unsigned long long)line + 1, is_more ? "more than " : "", n,
                    t->n_columns);
}

/* Where the usual number at p ends, with nothing but a separator or the end of its line behind it;
 * or NULL. */
static const char *usual_end(const bci_dialect *d, const char *p, double *value)
{
    const bool is_plain = d->separator != ' ' && d->separator != d->point;
    const char *end = is_plain ? bci_read_plain(p, d->point, value) : NULL;

    return end && (*end == d->separator || bci_is_line_end(end)) ? end : NULL;
}

/* The cells of the record at *at, which then stands at its end. */
static bc_status parse_record(const bci_table *t, bci_batch *b, uint64_t line, const char **at,
                              bc_error *err)
{
    const bci_dialect d = t->dialect;
    const char *text = b->text, *end = text + b->n_text, *p = *at;
    bci_table_cell *to = b->cells + b->n_rows * t->n_columns;
    size_t n = 0;

    for (bool is_last = false; !is_last;) {
        bci_cell c = { .start = p, .kind = BCI_CELL_NUMBER };

        if ((c.end = usual_end(&d, p, &c.value))) {
            is_last = bci_is_line_end(c.end);
            p = c.end + !is_last;
        } else {
            c = bci_cell_read(&d, &p, end, &is_last);
        }
        if (c.kind >= BCI_CELL_UNCLOSED)
            return refuse_cell(t, &c, line, err);
        if (n == t->n_columns)
            return refuse_ragged(t, n, true, line, err);
        to[n++] = (bci_table_cell){ .start = (uint32_t)(c.start - text),
                                    .length = (uint32_t)(c.end - c.start) & 0xFFFFFF,
                                    .kind = (uint8_t)c.kind,
                                    .value = c.value };
    }
    *at = p;
    if (n < t->n_columns)
        return refuse_ragged(t, n, false, line, err);
    b->lines[b->n_rows++] = (uint32_t)(line - b->first_line);
    return BC_OK;
}

/* Where the header ends in the batch: no cells are before it. */
static const char *rows_start(const bci_table *t, const bci_batch *b)
{
    const uint64_t left = b->first_byte < t->n_skipped ? t->n_skipped - b->first_byte : 0;

    return b->text + (left < b->n_text ? (size_t)left : b->n_text);
}

bc_status bci_table_parse(const bci_table *t, bci_batch *b, bc_error *err)
{
    const char *end = b->text + b->n_text, *at = rows_start(t, b);
    const bool has_quotes = memchr(b->text, '"', b->n_text) != NULL;
    uint64_t line = b->first_line + count_lines(b->text, (size_t)(at - b->text));
    bc_status st = make_room(t, b, err);

    b->text[b->n_text] = '\n'; /* where the last line has none */
    b->n_rows = b->n_comments = 0;
    while (!st && at < end) {
        const char *start = at;
        const bci_line_kind kind = bci_line_at(&t->dialect, at);

        if (kind == BCI_LINE_RECORD)
            st = parse_record(t, b, line, &at, err);
        b->n_comments += kind == BCI_LINE_COMMENT;
        at = *at == '\n' ? at + 1 : bci_next_line(at, end);
        line += has_quotes ? count_lines(start, (size_t)(at - start)) : 1;
    }
    return st;
}

void bci_batch_free(bci_batch *b)
{
    free(b->text);
    free(b->cells);
    free(b->lines);
}

/* ---- opening */

/* "temperature" of the header cell "temperature ""outside""" without doubled quotes. */
static char *unquoted(const bci_cell *c)
{
    const size_t n = (size_t)(c->end - c->start);
    char *name = malloc(n + 1);
    size_t m = 0;

    for (size_t i = 0; name && i < n; i++) {
        name[m++] = c->start[i];
        i += c->is_quoted && c->start[i] == '"';
    }
    if (name)
        name[m] = '\0';
    return name;
}

static char *numbered(size_t column)
{
    char *name = malloc(32);

    if (name)
        bci_format(name, 32, "column %zu", column + 1);
    return name;
}

static bc_status read_names(bci_table *t, const char *at, const char *end, bc_error *err)
{
    bool is_last = !t->has_header;
    uint64_t memory = 0;
    bc_status st = bci_take_memory(&t->reading, &memory, t->n_columns, 256, t->in->name, err);

    if (st)
        return st;
    t->names = calloc(t->n_columns, sizeof *t->names);
    for (size_t i = 0; t->names && i < t->n_columns; i++) {
        const bci_cell c =
            is_last ? (bci_cell){ 0 } : bci_cell_read(&t->dialect, &at, end, &is_last);

        t->names[i] = c.end > c.start ? unquoted(&c) : numbered(i);
        if (!t->names[i])
            return bci_fail(err, BC_E_LIMIT, "%s: out of memory", t->in->name);
    }
    if (!t->names)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", t->in->name);
    return BC_OK;
}

/* What cannot be a table that is read here. */
static bc_status check_text(const bci_table *t, const char *text, size_t n, bc_error *err)
{
    const char *name = t->in->name;

    if (n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return bci_fail(
            err, BC_E_UNSUPPORTED,
            "%s: is text in UTF-16, expected UTF-8, which `iconv -f UTF-16 -t UTF-8` makes "
            "of it",
            name);
    if (memchr(text, '\0', n))
        return bci_fail(err, BC_E_FORMAT, "%s: holds bytes that are 0, expected text", name);
    if (!memchr(text, '\n', n) && memchr(text, '\r', n) && ((char *)memchr(text, '\r', n))[1])
        return bci_fail(
            err, BC_E_UNSUPPORTED,
            "%s: its lines end in CR alone, expected LF or CRLF, which `tr '\\r' '\\n'` "
            "makes of it",
            name);
    return BC_OK;
}

/* Look at the whole records of the beginning, text[0..n) and text[n] == '\n'. */
static bc_status look(bci_table *t, const bc_numbers_format *format, const char *text, size_t n,
                      bc_error *err)
{
    const size_t mark = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const char *at = text + mark, *end = text + n;
    const bci_look l = bci_look_at(at, n - mark, format);

    t->dialect = l.dialect;
    t->has_header = l.has_header;
    t->is_doubtful = l.is_doubtful;
    t->n_columns = l.n_columns;
    while (at < end && bci_line_at(&t->dialect, at) != BCI_LINE_RECORD)
        at = bci_next_line(at, end);
    if (at >= end)
        return bci_fail(err, BC_E_FORMAT, "%s: has no records, expected numbers", t->in->name);
    const uint64_t line = count_lines(text, (size_t)(at - text));
    bc_status st = t->n_columns > 0 ? read_names(t, at, end, err) : BC_OK;

    for (bool is_last = false; !st && !is_last;) {
        const bci_cell c = bci_cell_read(&t->dialect, &at, end, &is_last);

        if (c.kind >= BCI_CELL_UNCLOSED)
            st = refuse_cell(t, &c, line, err);
    }
    at = t->has_header ? bci_next_line(at, end) : text + mark;
    t->n_skipped = (uint64_t)(at - text);
    /* FNV-1a of rows, which differ once their numbers were rounded */
    t->history = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < 4096 && at < end; i++)
        t->history = (t->history ^ (uint8_t)*at++) * UINT64_C(1099511628211);
    return st;
}

static bc_status check_format(const bc_numbers_format *f, bc_error *err)
{
    if (f->separator && !strchr(",;|\t \n", f->separator))
        return bci_fail(err, BC_E_USAGE,
                        "`separator`: expected one of , ; | tab, blank or line feed");
    if (f->decimal && f->decimal != '.' && f->decimal != ',')
        return bci_fail(err, BC_E_USAGE, "`decimal`: expected . or ,");
    return BC_OK;
}

static bc_status look_ahead(bci_table *t, const bc_numbers_format *format, bc_error *err)
{
    size_t n;
    bc_status st = take(t, t->ahead, BATCH, &n, err);

    if (!st && n == BATCH) { /* one record may need more */
        size_t more = 0;

        if (!memchr(t->ahead + BATCH / 2, '\n', BATCH / 2))
            st = take(t, t->ahead + BATCH, ROOM - BATCH, &more, err);
        n += more;
    }
    if (st)
        return st;
    t->n_ahead = n;
    st = check_text(t, t->ahead, n, err);
    while (n >= BATCH && n > 0 && t->ahead[n - 1] != '\n') /* whole lines, where it may go on */
        n--;
    n = n > 0 ? n : t->n_ahead;
    const char before = t->ahead[n];

    t->ahead[n] = '\n';
    if (!st)
        st = look(t, format, t->ahead, n, err);
    t->ahead[n] = before;
    return st;
}

bc_status bci_table_open(const char *path, const bc_numbers_format *format,
                         const bc_reading *reading, bci_table **out, bc_error *err)
{
    bci_table *t = calloc(1, sizeof *t);
    bc_status st = check_format(format, err);

    if (!st && (!t || !(t->ahead = malloc(2 * ROOM + 2))))
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory", path);
    if (!st) {
        t->reading = reading ? *reading : (bc_reading){ 0 };
        st = bci_source_open(path, reading, &t->in, err);
    }
    if (!st)
        st = look_ahead(t, format, err);
    if (st) {
        bci_table_free(t);
        return st;
    }
    *out = t;
    return BC_OK;
}

const char *bci_table_name(const bci_table *t)
{
    return t->in->name;
}

const bci_dialect *bci_table_dialect(const bci_table *t)
{
    return &t->dialect;
}

size_t bci_table_n_columns(const bci_table *t)
{
    return t->n_columns;
}

const char *bci_table_column(const bci_table *t, size_t column)
{
    return t->names[column];
}

bool bci_table_is_named(const bci_table *t)
{
    return t->has_header;
}

uint64_t bci_table_history(const bci_table *t)
{
    return t->history;
}

uint64_t bci_table_size(const bci_table *t)
{
    const uint64_t size = t->in->size_bytes;
    const uint64_t n_first = __atomic_load_n(&t->n_first, __ATOMIC_RELAXED);

    if (n_first > 0)
        return n_first;
    return size == UINT64_MAX ? size : size - t->in->start;
}

bc_numbers_summary bci_table_summary(const bci_table *t)
{
    bc_numbers_summary s = { .separator = t->dialect.separator,
                             .decimal = t->dialect.point,
                             .has_header = t->has_header,
                             .size_bytes = t->n_first,
                             .n_columns = t->n_columns };

    if (t->is_doubtful)
        bci_format(
            s.note, sizeof s.note,
            "commas are taken to part the cells; with decimal comma they are part of numbers");
    return s;
}

void bci_table_free(bci_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->names && i < t->n_columns; i++)
        free(t->names[i]);
    free(t->names);
    bci_spool_free(t->spool);
    bci_source_free(t->in);
    free(t->ahead);
    free(t);
}
