/* Knows where a cell of a table ends, by RFC 4180 and its relatives, and what it says. */
#include "numbers/cells.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Blanks around what a cell says. */
static const char *skip_blanks(const bci_dialect *d, const char *p)
{
    const char tab = d->separator == '\t' ? ' ' : '\t';

    while (*p == ' ' || *p == tab)
        p++;
    return p;
}

/* Whether the cell ends at p, behind the blanks that follow what it says, which ends at `said`. */
static bool ends_at(const bci_dialect *d, const char *said, const char *p)
{
    return *p == d->separator || bci_is_line_end(p) || (d->separator == ' ' && p > said);
}

/* The end of a cell without quotes. */
static const char *plain_end(const bci_dialect *d, const char *p)
{
    const char stop = d->separator, also = stop == ' ' ? '\t' : stop;

    while (*p != stop && *p != also && !bci_is_line_end(p))
        p++;
    return p;
}

/* The quote that closes the one before p, or NULL. */
static const char *closing_quote(const char *p, const char *end)
{
    while ((p = memchr(p, '"', (size_t)(end - p))) && p + 1 < end && p[1] == '"')
        p += 2;
    return p;
}

/* ---- what a text says */

static bool is_word(const char *p, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

static bool names_nonfinite(const char *p, size_t n, double *value)
{
    const bool is_negative = n > 0 && *p == '-', is_signed = is_negative || (n > 0 && *p == '+');

    p += is_signed;
    n -= is_signed;
    if (is_word(p, n, "nan")) {
        *value = NAN;
        return true;
    }
    *value = is_negative ? -INFINITY : INFINITY;
    return is_word(p, n, "inf") || is_word(p, n, "infinity");
}

/* Digits in groups of three behind the first: "1,234", "-12,345,678.9" */
static bool has_thousands(const char *p, size_t n, char comma, char point)
{
    size_t i = n > 0 && (*p == '-' || *p == '+'), n_digits = 0, n_groups = 0;

    for (; i < n && is_digit(p[i]); i++)
        n_digits++;
    if (n_digits < 1 || n_digits > 3)
        return false;
    for (; i + 3 < n && p[i] == comma && is_digit(p[i + 1]) && is_digit(p[i + 2]) &&
           is_digit(p[i + 3]);
         i += 4)
        n_groups++;
    if (i < n && p[i] == point)
        for (i++; i < n && is_digit(p[i]);)
            i++;
    return n_groups > 0 && i == n;
}

/* Text that is no number: is it one of another country? */
static bci_cell_kind foreign_kind(const bci_dialect *d, const char *p, size_t n)
{
    const char other = d->point == '.' ? ',' : '.';
    double unused;

    if (!memchr(p, other, n))
        return BCI_CELL_TEXT;
    const bool is_grouped = has_thousands(p, n, other, d->point);
    const bool is_number = bci_read_digits(p, n, other, &unused) == n;

    /* "1,234" can be both: beside commas that part cells somebody wrote thousands. */
    if (is_grouped && (!is_number || d->separator == ',' || d->point == ','))
        return BCI_CELL_THOUSANDS;
    return is_number ? BCI_CELL_OTHER_POINT : BCI_CELL_TEXT;
}

static void classify(const bci_dialect *d, bci_cell *c)
{
    const size_t n = (size_t)(c->end - c->start);

    if (n == 0)
        c->kind = BCI_CELL_EMPTY;
    else if (bci_read_digits(c->start, n, d->point, &c->value) == n)
        c->kind = isfinite(c->value) ? BCI_CELL_NUMBER : BCI_CELL_NONFINITE;
    else if (names_nonfinite(c->start, n, &c->value))
        c->kind = BCI_CELL_NONFINITE;
    else
        c->kind = foreign_kind(d, c->start, n);
}

/* ---- cells */

static void trim(bci_cell *c)
{
    while (c->end > c->start && (c->end[-1] == ' ' || c->end[-1] == '\t'))
        c->end--;
    while (c->start < c->end && (*c->start == ' ' || *c->start == '\t'))
        c->start++;
}

/* Go on behind a cell that ends at p. */
static void step_over(const bci_dialect *d, const char *p, const char **at, bool *is_last)
{
    *is_last = bci_is_line_end(p);
    if (!*is_last && d->separator != ' ')
        p++;
    *at = p;
}

static bci_cell quoted(const bci_dialect *d, const char *p, const char *end, const char **at,
                       bool *is_last)
{
    const char *close = closing_quote(p + 1, end);
    bci_cell c = { .start = p + 1, .end = close ? close : end, .is_quoted = true };

    *is_last = true;
    if (!close) {
        *at = end;
        c.kind = BCI_CELL_UNCLOSED;
        return c;
    }
    p = skip_blanks(d, close + 1);
    if (!ends_at(d, close + 1, p)) {
        *at = p;
        c.kind = BCI_CELL_STRAY;
        return c;
    }
    trim(&c);
    classify(d, &c);
    step_over(d, p, at, is_last);
    return c;
}

bci_cell bci_cell_read(const bci_dialect *d, const char **at, const char *end, bool *is_last)
{
    const char *p = skip_blanks(d, *at);
    bci_cell c = { .start = p };

    if (*p == '"')
        return quoted(d, p, end, at, is_last);
    /* Where commas part cells and are decimal ones, these stand in quotes. */
    const char *most = d->separator == d->point ? plain_end(d, p) : end;
    const size_t n = bci_read_digits(p, (size_t)(most - p), d->point, &c.value);
    const char *behind = skip_blanks(d, p + n);

    if (n > 0 && ends_at(d, p + n, behind)) {
        c.end = p + n;
        c.kind = isfinite(c.value) ? BCI_CELL_NUMBER : BCI_CELL_NONFINITE;
        step_over(d, behind, at, is_last);
        return c;
    }
    behind = c.end = plain_end(d, p);
    trim(&c);
    classify(d, &c);
    step_over(d, d->separator == ' ' ? skip_blanks(d, behind) : behind, at, is_last);
    return c;
}

/* ---- records */

const char *bci_next_line(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));

    return feed ? feed + 1 : end;
}

bci_line_kind bci_line_at(const bci_dialect *d, const char *at)
{
    const char *p = skip_blanks(d, at);

    if (bci_is_line_end(p))
        return BCI_LINE_BLANK;
    if (*p == '#' && (p[1] == ' ' || p[1] == '\t' || p[1] == '#' || bci_is_line_end(p + 1)))
        return BCI_LINE_COMMENT;
    return BCI_LINE_RECORD;
}

/* Behind the record at p, or NULL where it does not end before `end`. */
static const char *record_end(const bci_dialect *d, const char *p, const char *end)
{
    const bool is_record = bci_line_at(d, p) == BCI_LINE_RECORD;

    while (is_record && p < end) {
        p = skip_blanks(d, p);
        if (*p == '"' && !(p = closing_quote(p + 1, end)))
            return NULL;
        p = plain_end(d, p);
        if (bci_is_line_end(p))
            break;
        p++;
    }
    const char *feed = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;

    return feed ? feed + 1 : NULL;
}

size_t bci_last_record_end(const bci_dialect *d, char *text, size_t n)
{
    if (!memchr(text, '"', n)) {
        while (n > 0 && text[n - 1] != '\n')
            n--;
        return n;
    }
    const char *at = text;
    const char before = text[n];

    text[n] = '\n';
    for (const char *next = text; next; next = at < text + n ? record_end(d, at, text + n) : NULL)
        at = next;
    text[n] = before;
    return (size_t)(at - text);
}
