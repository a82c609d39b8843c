/* Knows JSON as RFC 8259 has it: values, one after the other, in a text that nobody has to trust
 * and that need not lie in memory as a whole. */
#include "tensor/json_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "base/utf8.h"

enum { FEW_NAMES = 8 }; /* are compared each with each, more are sorted */

void bci_json_begin(bci_json_reader *r, const char *file, const char *text, size_t n, bc_error *err)
{
    *r = (bci_json_reader){ .file = file, .text = text, .n = n, .err = err };
}

void bci_json_fault(bci_json_reader *r, size_t at, const char *what)
{
    if (!r->status)
        r->status =
            bci_fail(r->err, BC_E_FORMAT, "%s: byte %zu of the JSON text: %s", r->file, at, what);
}

static void check_memory(bci_json_reader *r, const bci_bytes *b)
{
    if (b->is_short && !r->status)
        r->status = bci_fail(r->err, BC_E_LIMIT, "%s: out of memory", r->file);
}

/* ---- the window */

void bci_json_begin_file(bci_json_reader *r, const bci_seekable *in, uint64_t at, size_t n,
                         size_t room, bc_error *err)
{
    *r = (bci_json_reader){ .file = in->name, .left = n, .in = in, .in_at = at, .err = err };
    r->room = room < n ? room : n ? n : 1;
    r->text = r->window = malloc(r->room);
    if (!r->window)
        r->status = bci_fail(err, BC_E_LIMIT, "%s: out of memory", r->file);
}

/* Where in the whole text the reader is. */
static size_t place_of(const bci_json_reader *r)
{
    return r->before + r->at;
}

static bool widen(bci_json_reader *r)
{
    char *wider = realloc(r->window, 2 * r->room);

    if (!wider) {
        r->status = bci_fail(r->err, BC_E_LIMIT, "%s: out of memory", r->file);
        return false;
    }
    r->text = r->window = wider;
    r->room *= 2;
    return true;
}

/* Have more bytes at hand, and drop those before r->at; false at the end of the text. */
static bool read_on(bci_json_reader *r)
{
    if (r->left == 0 || r->status)
        return false;

    const size_t kept = r->n - r->at;

    if (kept == r->room && !widen(r))
        return false;
    memmove(r->window, r->window + r->at, kept);
    r->before += r->at;
    r->at = 0;
    r->n = kept;

    const size_t more = r->left < r->room - kept ? r->left : r->room - kept;

    r->status =
        bci_seekable_read(r->in, r->in_at + r->before + kept, r->window + kept, more, r->err);
    if (r->status)
        return false;
    r->n += more;
    r->left -= more;
    return true;
}

/* True when n bytes are left; then they are at hand, else all that are. */
static bool has(bci_json_reader *r, size_t n)
{
    while (r->n - r->at < n)
        if (!read_on(r))
            return false;
    return true;
}

/* The next character that is no blank; 0 at the end and after a fault. */
static char next_of(bci_json_reader *r)
{
    do {
        while (r->at < r->n && (r->text[r->at] == ' ' || r->text[r->at] == '\n' ||
                                r->text[r->at] == '\t' || r->text[r->at] == '\r'))
            r->at++;
    } while (r->at >= r->n && read_on(r));
    return r->at < r->n && !r->status ? r->text[r->at] : 0;
}

static bool take(bci_json_reader *r, char wanted)
{
    char what[] = "expected ?";

    if (next_of(r) == wanted) {
        r->at++;
        return true;
    }
    what[sizeof what - 2] = wanted;
    bci_json_fault(r, place_of(r), what);
    return false;
}

bc_status bci_json_end(bci_json_reader *r)
{
    if (!r->status && (next_of(r) || r->at < r->n))
        bci_json_fault(r, place_of(r), "expected the end of the text");
    bci_bytes_free(&r->names);
    bci_bytes_free(&r->names_at);
    bci_bytes_free(&r->digits);
    free(r->window);
    r->window = NULL;
    return r->status;
}

/* ---- strings */

/* Four hexadecimal digits from `at` on, or -1. */
static long hex4(const bci_json_reader *r, size_t at)
{
    long v = 0;

    for (size_t i = at; i < at + 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *found = i < r->n && r->text[i] ? strchr(digits, r->text[i]) : NULL;

        if (!found)
            return -1;
        v = v * 16 + (found - digits) % 16;
    }
    return v;
}

static void put_utf8(bci_bytes *to, long c)
{
    const uint8_t tail = (uint8_t)(0x80 | (c & 0x3F));

    if (c < 0x80)
        bci_bytes_put(to, &(uint8_t){ (uint8_t)c }, 1);
    else if (c < 0x800)
        bci_bytes_put(to, (uint8_t[]){ (uint8_t)(0xC0 | c >> 6), tail }, 2);
    else if (c < 0x10000)
        bci_bytes_put(
            to, (uint8_t[]){ (uint8_t)(0xE0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3F)), tail },
            3);
    else
        bci_bytes_put(to,
                      (uint8_t[]){ (uint8_t)(0xF0 | c >> 18), (uint8_t)(0x80 | (c >> 12 & 0x3F)),
                                   (uint8_t)(0x80 | (c >> 6 & 0x3F)), tail },
                      4);
}

/* "\u0041" or, past U+FFFF, two of them; the digits begin here and are at hand. */
static void take_unicode(bci_json_reader *r, bci_bytes *to)
{
    const size_t at = r->at;
    long c = hex4(r, at);

    r->at += 4;
    if (c >= 0xD800 && c < 0xDC00) {
        const bool has_low = r->n - at >= 10 && memcmp(r->text + at + 4, "\\u", 2) == 0;
        const long low = has_low ? hex4(r, at + 6) : -1;

        r->at += 6;
        c = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : -1;
    } else if (c >= 0xDC00 && c < 0xE000) {
        c = -1;
    }
    if (c <= 0)
        bci_json_fault(r, r->before + at - 2,
                       c == 0 ? "a character 0 in a string, expected none"
                              : "\\u without the digits of a character");
    else if (to)
        put_utf8(to, c);
}

/* What follows a backslash. */
static void take_escape(bci_json_reader *r, bci_bytes *to)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    enum { LONGEST = sizeof "u0123\\u4567" - 1 };

    (void)has(r, LONGEST);

    const char c = r->at < r->n ? r->text[r->at] : 0;
    const char *found = c ? strchr(names, c) : NULL;

    r->at++;
    if (c == 'u' && r->n - r->at >= 4)
        take_unicode(r, to);
    else if (!found)
        bci_json_fault(r, place_of(r) - 2, "a backslash before nothing that JSON has");
    else if (to)
        bci_bytes_put(to, &values[found - names], 1);
}

/* Printable characters of ASCII that stand for themselves. */
static size_t count_plain(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && text[i] >= 0x20 && text[i] < 0x7F && text[i] != '"' && text[i] != '\\')
        i++;
    return i;
}

static void take_bytes(bci_json_reader *r, size_t n, bci_bytes *to)
{
    if (to)
        bci_bytes_put(to, r->text + r->at, n);
    r->at += n;
}

/* Characters that stand for themselves, up to the next that does not. */
static void take_plain(bci_json_reader *r, bci_bytes *to)
{
    enum { LONGEST = 4 /* bytes of a character */ };

    for (;;) {
        take_bytes(r, count_plain(r->text + r->at, r->n - r->at), to);
        if (!has(r, 1) || r->text[r->at] == '"' || r->text[r->at] == '\\')
            return;
        (void)has(r, LONGEST);

        const uint8_t *p = (const uint8_t *)r->text + r->at;
        const size_t length = bci_utf8_length(p, r->n - r->at);

        if (*p < 0x20 || length == 0) {
            bci_json_fault(r, place_of(r),
                           length == 0
                               ? "expected UTF-8"
                               : "a control character in a string, expected \\u and digits");
            return;
        }
        take_bytes(r, length, to);
    }
}

/* The string that begins here. */
static void take_string(bci_json_reader *r, bci_bytes *to)
{
    const size_t from = place_of(r);

    if (to)
        to->n = 0;
    for (r->at++;;) {
        take_plain(r, to);
        if (!r->status && r->at >= r->n)
            bci_json_fault(r, from, "a string without its closing quote");
        if (r->status || r->text[r->at++] == '"')
            break;
        take_escape(r, to);
        if (r->status) /* which may have gone past the end */
            break;
    }
    if (!to)
        return;
    if (r->status)
        to->n = 0;
    bci_bytes_put(to, "", 1);
    check_memory(r, to);
}

/* ---- numbers */

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static size_t skip_digits(const bci_json_reader *r, size_t at)
{
    while (at < r->n && r->text[at] >= '0' && r->text[at] <= '9')
        at++;
    return at;
}

/* Where the number that begins at `from` ends, `from` where there is none. */
static size_t end_of_number(const bci_json_reader *r, size_t from, bool *is_whole)
{
    const size_t first = from + (r->text[from] == '-');
    size_t at = skip_digits(r, first);

    if (at == first || (r->text[first] == '0' && at > first + 1))
        return from;
    *is_whole = true;
    if (at < r->n && r->text[at] == '.') {
        const size_t end = skip_digits(r, at + 1);

        if (end == at + 1)
            return from;
        *is_whole = false;
        at = end;
    }
    if (at < r->n && (r->text[at] == 'e' || r->text[at] == 'E')) {
        const bool has_sign = at + 1 < r->n && (r->text[at + 1] == '-' || r->text[at + 1] == '+');
        const size_t begin = at + 1 + has_sign, end = skip_digits(r, begin);

        if (end == begin)
            return from;
        *is_whole = false;
        at = end;
    }
    return at;
}

static double real_of(bci_json_reader *r, size_t from, size_t end)
{
    bci_bytes *b = &r->digits;

    b->n = 0;
    bci_bytes_put(b, r->text + from, end - from);
    bci_bytes_put(b, "", 1);
    check_memory(r, b);
    return r->status ? 0.0 : bci_read_double((const char *)b->data, NULL);
}

/* Have all of the number at hand that begins here. */
static void gather_number(bci_json_reader *r)
{
    size_t n = 0;

    do {
        while (r->at + n < r->n && is_of_number(r->text[r->at + n]))
            n++;
    } while (r->at + n >= r->n && read_on(r));
}

static bci_json_value take_number(bci_json_reader *r)
{
    gather_number(r);

    const size_t from = r->at;
    bool is_whole = false;
    const size_t end = end_of_number(r, from, &is_whole);
    const bool is_negative = r->text[from] == '-';
    const uint64_t limit = (uint64_t)INT64_MAX + is_negative;
    bci_json_value v = { .kind = is_whole ? BCI_JSON_INTEGER : BCI_JSON_REAL };
    uint64_t magnitude = 0;

    if (end == from) {
        bci_json_fault(r, place_of(r), "expected a number");
        return (bci_json_value){ 0 };
    }
    r->at = end;
    if (!is_whole) {
        v.real = real_of(r, from, end);
        if (isinf(v.real))
            bci_json_fault(r, r->before + from, "a number past every double");
        return v;
    }
    for (size_t i = from + is_negative; i < end && !r->status; i++) {
        const uint64_t digit = (uint64_t)(r->text[i] - '0');

        if (magnitude > (limit - digit) / 10)
            bci_json_fault(r, r->before + from, "a whole number of more than 64 bits");
        magnitude = magnitude * 10 + digit;
    }
    if (!r->status && is_negative && magnitude > 0) /* -limit is a number, limit is none */
        v.integer = -(int64_t)(magnitude - 1) - 1;
    else if (!r->status)
        v.integer = (int64_t)magnitude;
    v.real = (double)v.integer;
    return v;
}

/* ---- objects and arrays */

/* A step deeper. */
static void enter(bci_json_reader *r, char bracket)
{
    if (take(r, bracket) && ++r->depth > BCI_JSON_MAX_DEPTH)
        bci_json_fault(r, place_of(r) - 1, "deeper than 100 levels, expected fewer");
}

/* True when there is one more; past the bracket when not. */
static bool has_more(bci_json_reader *r, bool is_first, char bracket)
{
    const char next = next_of(r);
    char what[] = "expected , or ?";

    if (r->status)
        return false;
    if (next == bracket) {
        r->at++;
        r->depth--;
        return false;
    }
    if (is_first)
        return true;
    if (next == ',') {
        r->at++;
        return true;
    }
    what[sizeof what - 2] = bracket;
    bci_json_fault(r, place_of(r), what);
    return false;
}

void bci_json_enter_object(bci_json_reader *r, bool is_checked, bci_json_object *o)
{
    *o = (bci_json_object){ .is_checked = is_checked,
                            .names = r->names.n,
                            .names_at = r->names_at.n };
    enter(r, '{');
}

void bci_json_enter_array(bci_json_reader *r)
{
    enter(r, '[');
}

typedef struct {
    const char *name;
    size_t at;
} named;

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    const int order = strcmp(x->name, y->name);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* The names of an object that ends. */
static void list_names(const bci_json_reader *r, const bci_json_object *o, named *out)
{
    const char *name = (const char *)r->names.data + o->names;

    for (size_t i = 0; i < o->n_members; i++) {
        memcpy(&out[i].at, r->names_at.data + o->names_at + i * sizeof(size_t), sizeof(size_t));
        out[i].name = name;
        name += strlen(name) + 1;
    }
}

/* No name occurs twice. Sorted when all are there: a table would have to be one of which nobody can
 * make all names fall into one place. */
static void check_names(bci_json_reader *r, const bci_json_object *o)
{
    named few[FEW_NAMES], *all = few;

    if (o->n_members > FEW_NAMES)
        all = malloc(o->n_members * sizeof *all);
    if (!all) {
        r->status = bci_fail(r->err, BC_E_LIMIT, "%s: out of memory", r->file);
        return;
    }
    list_names(r, o, all);
    qsort(all, o->n_members, sizeof *all, by_name);
    for (size_t i = 1; i < o->n_members; i++) {
        char what[160];

        if (strcmp(all[i - 1].name, all[i].name) != 0)
            continue;
        snprintf(what, sizeof what, "%s occurs twice, expected once",
                 bci_show_name(all[i].name).text);
        bci_json_fault(r, all[i].at, what);
    }
    if (all != few)
        free(all);
}

bool bci_json_next_member(bci_json_reader *r, bci_json_object *o, bci_bytes *name, size_t *at)
{
    if (!has_more(r, o->n_members == 0, '}')) {
        if (!r->status && o->is_checked && o->n_members > 1)
            check_names(r, o);
        r->names.n = o->names;
        r->names_at.n = o->names_at;
        return false;
    }
    if (next_of(r) != '"') {
        bci_json_fault(r, place_of(r), "expected a name in double quotes");
        return false;
    }
    *at = place_of(r);
    take_string(r, name);
    if (o->is_checked && !r->status) {
        bci_bytes_put(&r->names, name->data, name->n);
        bci_bytes_put(&r->names_at, at, sizeof *at);
        check_memory(r, &r->names);
        check_memory(r, &r->names_at);
    }
    o->n_members++;
    return !r->status && take(r, ':');
}

bool bci_json_next_item(bci_json_reader *r, uint64_t *n)
{
    const bool is_there = has_more(r, *n == 0, ']');

    *n += is_there;
    return is_there;
}

/* ---- any value */

bci_json_kind bci_json_peek(bci_json_reader *r)
{
    const char c = next_of(r);

    switch (c) {
    case '{': return BCI_JSON_OBJECT;
    case '[': return BCI_JSON_ARRAY;
    case '"': return BCI_JSON_STRING;
    case 't': return BCI_JSON_TRUE;
    case 'f': return BCI_JSON_FALSE;
    case 'n': return BCI_JSON_NULL;
    }
    return c == '-' || (c >= '0' && c <= '9') ? BCI_JSON_INTEGER : BCI_JSON_NOTHING;
}

static void take_word(bci_json_reader *r, const char *word)
{
    const size_t n = strlen(word);

    if (!has(r, n) || memcmp(r->text + r->at, word, n) != 0)
        bci_json_fault(r, place_of(r), "expected a value");
    r->at += n;
}

static void skip_object(bci_json_reader *r)
{
    bci_bytes name = { 0 };
    bci_json_object o;
    size_t at;

    bci_json_enter_object(r, true, &o);
    while (bci_json_next_member(r, &o, &name, &at))
        (void)bci_json_take(r, NULL);
    bci_bytes_free(&name);
}

static void skip_array(bci_json_reader *r)
{
    uint64_t n = 0;

    bci_json_enter_array(r);
    while (bci_json_next_item(r, &n))
        (void)bci_json_take(r, NULL);
}

bci_json_value bci_json_take(bci_json_reader *r, bci_bytes *string)
{
    const bci_json_kind kind = bci_json_peek(r);

    switch (kind) {
    case BCI_JSON_OBJECT: skip_object(r); break;
    case BCI_JSON_ARRAY: skip_array(r); break;
    case BCI_JSON_STRING: take_string(r, string); break;
    case BCI_JSON_INTEGER:
    case BCI_JSON_REAL: return take_number(r);
    case BCI_JSON_TRUE: take_word(r, "true"); break;
    case BCI_JSON_FALSE: take_word(r, "false"); break;
    case BCI_JSON_NULL: take_word(r, "null"); break;
    case BCI_JSON_NOTHING: bci_json_fault(r, place_of(r), "expected a value"); break;
    }
    return (bci_json_value){ .kind = r->status ? BCI_JSON_NOTHING : kind };
}
