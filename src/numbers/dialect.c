/* Knows how the separator of a table, and whether it has a header, is told by its first records;
 * and first bytes that may be a table. */
#include "numbers/dialect.h"

#include <string.h>
#include <strings.h>

#include "bitcrush/input.h"

enum { MOST_RECORDS = 100, MOST_COLUMNS = 4096 };

/* What a separator would make of the records. */
typedef struct {
    bci_dialect dialect;
    size_t n_records, n_first; /* cells of the first record, */
    size_t n_usual, n_alike;   /* of the second (or the only one), and records with as many */
    size_t n_cells, n_numbers;
    size_t n_most;          /* of any record, */
    size_t n_quoted_points; /* and its numbers in quotes with a decimal comma or point in them */
    bool first_has_number, first_has_text;
    bool second_has_number;
    bool are_whole;      /* cells behind the first record are whole numbers, */
    bool first_is_whole; /* and those of the first */
    bool is_unclosed;    /* a quote does not end, or has something behind it */
} trial;

static bool is_number(bci_cell_kind kind)
{
    return kind == BCI_CELL_NUMBER || kind == BCI_CELL_NONFINITE || kind == BCI_CELL_OTHER_POINT ||
           kind == BCI_CELL_THOUSANDS;
}

/* What may stand before a decimal comma, or behind it, where there is no sign. */
static bool is_whole(const bci_cell *c, bool may_have_sign)
{
    const char *p = c->start + (may_have_sign && c->kind == BCI_CELL_NUMBER && *c->start == '-');

    if (p == c->end || c->is_quoted)
        return false;
    for (; p < c->end; p++)
        if (*p < '0' || *p > '9')
            return false;
    return true;
}

/* "1,5" of decimal commas that part cells, too: quotes tell one from the other. */
static bool has_quoted_point(const trial *t, const bci_cell *c)
{
    return c->kind == BCI_CELL_NUMBER && c->is_quoted &&
           memchr(c->start, t->dialect.point, (size_t)(c->end - c->start));
}

/* Add the record at `at`; returns what follows it, or NULL where it is none. */
static const char *try_record(trial *t, const char *at, const char *end)
{
    size_t n = 0;
    bool is_last = false;

    while (!is_last) {
        const bci_cell c = bci_cell_read(&t->dialect, &at, end, &is_last);

        t->is_unclosed = c.kind == BCI_CELL_UNCLOSED || c.kind == BCI_CELL_STRAY;
        if (t->is_unclosed)
            return NULL;
        n++;
        t->n_cells++;
        t->n_numbers += is_number(c.kind);
        t->n_quoted_points += has_quoted_point(t, &c);
        t->second_has_number |= t->n_records == 1 && is_number(c.kind);
        bool *are_whole = t->n_records > 0 ? &t->are_whole : &t->first_is_whole;

        *are_whole = *are_whole && is_whole(&c, n == 1);
        if (t->n_records > 0)
            continue;
        t->first_has_number = t->first_has_number || is_number(c.kind);
        t->first_has_text = t->first_has_text || c.kind == BCI_CELL_TEXT;
        t->n_first = n;
    }
    t->n_most = n > t->n_most ? n : t->n_most;
    if (t->n_records <= 1) {
        t->n_usual = n;
        t->n_alike = t->n_records == 1 && t->n_first == n;
    }
    t->n_alike += n == t->n_usual;
    t->n_records++;
    return bci_next_line(at, end);
}

static trial try_separator(char separator, char point, const char *text, size_t n)
{
    trial t = { .dialect = { separator, point }, .are_whole = true, .first_is_whole = true };
    const char *end = text + n;

    for (const char *at = text; at && at < end && t.n_records < MOST_RECORDS;) {
        if (bci_line_at(&t.dialect, at) == BCI_LINE_RECORD)
            at = try_record(&t, at, end);
        else
            at = bci_next_line(at, end);
    }
    return t;
}

/* Whether it parts records alike. A first record without it, before others with one each: that are
 * decimal commas below a name. */
static bool is_plausible(const trial *t)
{
    const bool are_decimals =
        t->dialect.separator == ',' && t->n_first == 1 && t->n_usual == 2 && t->are_whole;

    return t->n_usual > 1 && 2 * t->n_alike >= t->n_records && !are_decimals;
}

/* Whether a first record of numbers, or one of names above one with numbers, says that this is a
 * table, whatever is wrong with it further on. */
static bool begins_like_table(const trial *t)
{
    const bool is_only = t->n_records == 0 && t->is_unclosed; /* the first is not whole */
    const bool are_decimals = t->dialect.separator == ',' && t->n_most <= 2 && !t->is_unclosed &&
                              t->first_is_whole && t->are_whole;
    const bool are_names = !t->first_has_number && t->first_has_text &&
                           strchr("\t;,|", t->dialect.separator) && t->second_has_number;

    return t->n_first + is_only > 1 && !are_decimals &&
           (are_names || (t->first_has_number && !t->first_has_text));
}

/* Whether more of the cells of a are numbers. */
static bool is_better(const trial *a, const trial *b)
{
    return a->n_numbers * b->n_cells > b->n_numbers * a->n_cells;
}

static trial choose(const char *text, size_t n, const bc_numbers_format *asked)
{
    static const char separators[] = "\t;,| ";
    const char point = asked->decimal ? asked->decimal : '.';
    trial best = { 0 }, broken = { 0 };

    if (asked->separator)
        return try_separator(asked->separator, point, text, n);
    for (const char *s = separators; *s; s++) {
        const trial t = try_separator(*s, point, text, n);
        const bool may_be = *s != point || t.n_quoted_points > 0;

        if (may_be && is_plausible(&t) && (best.n_records == 0 || is_better(&t, &best)))
            best = t;
        if (may_be && begins_like_table(&t) && broken.n_first == 0)
            broken = t;
    }
    if (best.n_records == 0)
        best = broken.n_first > 0 ? broken : try_separator('\n', point, text, n);
    return best;
}

/* A column that is all numbers below the header: each cell of the second record's number
 * columns. */
static bool has_number_column(const trial *t, const char *text, size_t n, bool has_header)
{
    bool may[MOST_COLUMNS];
    const size_t n_columns = t->n_first < MOST_COLUMNS ? t->n_first : MOST_COLUMNS;
    const char *end = text + n;
    size_t n_seen = 0;
    bool is_any = false;

    for (size_t i = 0; i < n_columns; i++)
        may[i] = true;
    for (const char *at = text; at < end && n_seen < t->n_records; at = bci_next_line(at, end)) {
        bool is_last = bci_line_at(&t->dialect, at) != BCI_LINE_RECORD;

        n_seen += !is_last;
        for (size_t i = 0; !is_last; i++) {
            const bci_cell c = bci_cell_read(&t->dialect, &at, end, &is_last);

            if (i < n_columns && !(has_header && n_seen == 1))
                may[i] = may[i] && (is_number(c.kind) || c.kind == BCI_CELL_EMPTY);
        }
    }
    for (size_t i = 0; i < n_columns; i++)
        is_any = is_any || may[i];
    return is_any && n_seen > (has_header ? 1 : 0) && t->n_numbers > 0;
}

bci_look bci_look_at(const char *text, size_t n, const bc_numbers_format *asked)
{
    const trial t = choose(text, n, asked);
    bci_look l = { .dialect = t.dialect, .n_columns = t.n_first };

    l.has_header = asked->header == BC_NUMBERS_HEADER_AUTO ? t.first_has_text && !t.first_has_number
                                                           : asked->header == BC_NUMBERS_HEADER_YES;
    l.is_doubtful = !asked->separator && !asked->decimal && t.dialect.separator == ',' &&
                    t.n_first == 2 && t.first_is_whole && t.are_whole;
    l.is_numbers = t.n_alike == t.n_records && has_number_column(&t, text, n, l.has_header);
    l.is_broken = begins_like_table(&t) && (t.is_unclosed || t.n_alike < t.n_records);
    l.begins_with_numbers = begins_like_table(&t) || (t.first_has_number && !t.first_has_text);
    l.is_names = t.n_records == 1 && l.has_header && strchr("\t;,|", t.dialect.separator);
    return l;
}

/* ---- first bytes */

/* Text in ASCII or one of its extensions: no control characters but those of lines. */
static bool is_text(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((head[i] < ' ' && head[i] != '\t' && head[i] != '\r' && head[i] != '\n') ||
            head[i] == 0x7F)
            return false;
    return true;
}

/* Text of other kinds that may have numbers in it: PNM, JSON, XML, lists of colours, programs. */
static bool is_of_others(const uint8_t *head, size_t n)
{
    static const char *const beginnings[] = { "#!", "#define", "#include", "#?", "%!", "%PDF" };

    while (n > 0 && (*head == ' ' || *head == '\t' || *head == '\r' || *head == '\n')) {
        head++;
        n--;
    }
    if (n > 0 && strchr("{[<", *head))
        return true;
    if (n > 2 && head[0] == 'P' && strchr("1234567fF", head[1]) && strchr(" \t\r\n", head[2]))
        return true;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (n >= strlen(beginnings[i]) && memcmp(head, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* Look at first bytes; false of those that are no text of tables. */
static bool look_at_head(const uint8_t *head, size_t n, bci_look *l)
{
    static const bc_numbers_format any = { 0 };
    const size_t skipped = n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const bool is_cut = n >= BC_HEAD_SIZE;
    char text[BC_HEAD_SIZE + 1];
    size_t n_text = (is_cut ? BC_HEAD_SIZE : n) - skipped, n_whole = n_text;

    if (n_text > 0 && head[0] >= 0xFE) /* UTF-16, JPEG XL */
        return false;
    if (!is_text(head + skipped, n_text) || is_of_others(head + skipped, n_text))
        return false;
    memcpy(text, head + skipped, n_text);
    while (n_whole > 0 && text[n_whole - 1] != '\n')
        n_whole--;
    if (is_cut && n_whole > 0) /* the last line may go on */
        n_text = n_whole;
    text[n_text] = '\n';
    *l = bci_look_at(text, n_text, &any);
    return true;
}

/* A record that is not like the first, or a quote without an end, is for the reader to name; a
 * quote in first bytes that are not all may end later. */
bool bc_numbers_probe(const uint8_t *head, size_t n)
{
    const bool is_cut = n >= BC_HEAD_SIZE;
    bci_look l;

    return look_at_head(head, n, &l) &&
           (l.is_numbers || l.is_broken || (is_cut && l.is_names && l.n_columns >= 4));
}

bool bc_numbers_probe_named(const char *path, const uint8_t *head, size_t n)
{
    static const char *const of_tables[] = { ".csv", ".tsv" };
    const char *dot = strrchr(path, '.');
    bci_look l;

    if (!dot || !look_at_head(head, n, &l))
        return false;
    for (size_t i = 0; i < sizeof of_tables / sizeof *of_tables; i++)
        if (strcasecmp(dot, of_tables[i]) == 0)
            return true;
    return strcasecmp(dot, ".txt") == 0 && l.begins_with_numbers;
}
