/* Knows where ZIP archives say what is in them: a record at the end of the file, with ZIP64 another
 * before it, points to a directory, whose rows point to the members. Source: APPNOTE.TXT 6.3 of
 * PKWARE. */
#include "tensor/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"

enum {
    HEAD = 30, /* bytes of each record without what varies */
    ROW = 46,
    END = 22,
    LOCATOR = 20,
    END_64 = 56,
    MAX_COMMENT = 65535,
    EXTRA_64 = 1, /* the number of the extra field that has sizes of 64 bits */
    IS_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13,
};

/* What the end of the file says of the directory. */
typedef struct {
    uint64_t n, n_bytes, at;
    uint64_t limit; /* where the record begins that says so: the directory is before it */
} ending;

static uint64_t le(const uint8_t *p, int n)
{
    uint64_t v = 0;

    for (int i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static bool is_signature(const uint8_t *p, const char *two)
{
    return p[0] == 'P' && p[1] == 'K' && p[2] == two[0] && p[3] == two[1];
}

bool bci_zip_begins(const uint8_t *head, size_t n, const char *tail)
{
    const size_t n_tail = strlen(tail);

    if (n < HEAD || !is_signature(head, "\3\4"))
        return false;
    const size_t n_name = (size_t)le(head + 26, 2);

    return n_name > n_tail && n_name <= n - HEAD &&
           memcmp(head + HEAD + n_name - n_tail, tail, n_tail) == 0;
}

bci_zip_subject bci_zip_show(const bci_seekable *in, const bci_zip_member *m)
{
    bci_zip_subject s;

    snprintf(s.text, sizeof s.text, "%.300s: byte %llu: member %s", in->name,
             (unsigned long long)m->entry, bci_show(m->name, m->n_name).text);
    return s;
}

/* The last record, which ends with a comment and the file. */
static bc_status find_end(const bci_seekable *in, uint8_t record[END], uint64_t *at, bc_error *err)
{
    const size_t n =
        in->size_bytes < END + MAX_COMMENT ? (size_t)in->size_bytes : END + MAX_COMMENT;
    const uint64_t first = in->size_bytes - n;
    uint8_t *tail = malloc(n + 1);
    bool is_found = false;
    bc_status st =
        tail ? bci_seekable_read(in, first, tail, n, err) : bci_tensor_short(in->name, err);

    for (size_t i = n < END ? 0 : n - END + 1; !st && !is_found && i-- > 0;) {
        is_found = is_signature(tail + i, "\5\6") && le(tail + i + 20, 2) == n - END - i;
        if (is_found) {
            memcpy(record, tail + i, END);
            *at = first + i;
        }
    }
    if (!st && !is_found)
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: ends at byte %llu without the directory of its members, expected the "
                      "whole archive",
                      in->name, (unsigned long long)in->size_bytes);
    free(tail);
    return st;
}

/* The record of ZIP64, where the one at `end` has no room for its numbers and a locator is before
 * it. */
static bc_status read_end_64(const bci_seekable *in, uint64_t end, ending *e, bc_error *err)
{
    uint8_t locator[LOCATOR], record[END_64];

    if (end < LOCATOR)
        return BC_OK;
    bc_status st = bci_seekable_read(in, end - LOCATOR, locator, LOCATOR, err);

    if (st || !is_signature(locator, "\6\7"))
        return st;
    const uint64_t at = le(locator + 8, 8);

    if (at > end - LOCATOR || end - LOCATOR - at < END_64)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte %llu: the directory's record is at byte %llu, expected it before",
                        in->name, (unsigned long long)(end - LOCATOR), (unsigned long long)at);
    st = bci_seekable_read(in, at, record, END_64, err);
    if (st)
        return st;
    if (!is_signature(record, "\6\6"))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte %llu: begins with \"%s\", expected the directory's record",
                        in->name, (unsigned long long)at, bci_show((const char *)record, 4).text);
    if (le(record + 16, 4) != 0 || le(record + 20, 4) != 0 ||
        le(record + 24, 8) != le(record + 32, 8))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: byte %llu: is one of several files of an archive, expected it in one",
                        in->name, (unsigned long long)at);
    *e = (ending){ le(record + 32, 8), le(record + 40, 8), le(record + 48, 8), at };
    return BC_OK;
}

static bc_status read_end(const bci_seekable *in, ending *e, bc_error *err)
{
    uint8_t record[END];
    uint64_t at = 0;
    bc_status st = find_end(in, record, &at, err);

    if (st)
        return st;
    *e = (ending){ le(record + 10, 2), le(record + 12, 4), le(record + 16, 4), at };
    if (e->n == UINT16_MAX || e->n_bytes == UINT32_MAX || e->at == UINT32_MAX)
        st = read_end_64(in, at, e, err);
    if (!st && e->limit == at &&
        (le(record + 4, 2) != 0 || le(record + 6, 2) != 0 || le(record + 8, 2) != e->n))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: byte %llu: is one of several files of an archive, expected it in one",
                        in->name, (unsigned long long)at);
    if (!st && (e->at > e->limit || e->n_bytes != e->limit - e->at || e->n > e->n_bytes / ROW))
        return bci_fail(
            err, BC_E_FORMAT,
            "%s: byte %llu: says that the directory has %llu member(s) in %llu byte(s) from "
            "byte %llu on, expected it to end here",
            in->name, (unsigned long long)e->limit, (unsigned long long)e->n,
            (unsigned long long)e->n_bytes, (unsigned long long)e->at);
    return st;
}

/* Numbers that have no room in a row are in an extra field, in this order. */
static bool take_64(bci_zip_member *m, const uint8_t *extra, size_t n)
{
    uint64_t *const wanted[] = { &m->n, &m->n_packed, &m->head };
    bool is_whole = true;

    while (n >= 4 && le(extra, 2) != EXTRA_64) {
        const size_t skip = 4 + (size_t)le(extra + 2, 2);

        if (skip > n)
            return false;
        extra += skip;
        n -= skip;
    }
    size_t left = n >= 4 ? (size_t)le(extra + 2, 2) : 0;

    if (left > 0 && left > n - 4)
        return false;
    for (size_t i = 0, at = 4; i < sizeof wanted / sizeof *wanted; i++) {
        if (*wanted[i] != UINT32_MAX)
            continue;
        is_whole = is_whole && left >= 8;
        if (is_whole) {
            *wanted[i] = le(extra + at, 8);
            at += 8;
            left -= 8;
        }
    }
    return is_whole;
}

/* The row at byte *at of the directory, of n bytes; *at goes past it. */
static bc_status read_row(const bci_seekable *in, const ending *e, const uint8_t *directory,
                          uint64_t *at, bci_zip_member *m, bc_error *err)
{
    const uint8_t *row = directory + *at;
    const uint64_t left = e->n_bytes - *at, entry = e->at + *at;

    if (left < ROW || !is_signature(row, "\1\2"))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte %llu: begins no member of the directory, expected PK 1 2",
                        in->name, (unsigned long long)entry);
    const size_t n_name = (size_t)le(row + 28, 2), n_extra = (size_t)le(row + 30, 2);
    const uint64_t n = ROW + n_name + n_extra + le(row + 32, 2);

    if (n > left)
        return bci_fail(
            err, BC_E_FORMAT,
            "%s: byte %llu: a member takes %llu byte(s) of the directory, expected at most %llu",
            in->name, (unsigned long long)entry, (unsigned long long)n, (unsigned long long)left);
    *m = (bci_zip_member){
        .name = (const char *)row + ROW,
        .n_name = n_name,
        .entry = entry,
        .head = le(row + 42, 4),
        .n_packed = le(row + 20, 4),
        .n = le(row + 24, 4),
        .crc = (uint32_t)le(row + 16, 4),
        .method = (unsigned)le(row + 10, 2),
        .is_encrypted = (le(row + 8, 2) & IS_ENCRYPTED) != 0,
    };
    if (!take_64(m, row + ROW + n_name, n_extra))
        return bci_fail(err, BC_E_FORMAT,
                        "%s has sizes of more than 32 bits, expected them in a field of ZIP64",
                        bci_zip_show(in, m).text);
    *at += n;
    return BC_OK;
}

/* Of equals the first in the directory. */
static int by_head(const void *a, const void *b)
{
    const bci_zip_member *x = a, *y = b;

    return x->head != y->head ? (x->head > y->head) - (x->head < y->head)
                              : (x->entry > y->entry) - (x->entry < y->entry);
}

static bc_status read_rows(const bci_seekable *in, const ending *e, bci_zip *z, bc_error *err)
{
    uint64_t at = 0;
    bc_status st = BC_OK;

    for (z->n = 0; !st && z->n < e->n; z->n++)
        st = read_row(in, e, z->directory, &at, &z->members[z->n], err);
    if (!st && at != e->n_bytes)
        return bci_fail(
            err, BC_E_FORMAT,
            "%s: byte %llu: the directory ends after %zu member(s), expected its end at byte %llu",
            in->name, (unsigned long long)(e->at + at), z->n, (unsigned long long)e->limit);
    return st;
}

/* The member's own head, which repeats its name; data end before `limit`, the next head. */
static bc_status find_data(const bci_seekable *in, uint64_t limit, bci_zip_member *m, bc_error *err)
{
    uint8_t head[HEAD];
    char name[256];
    bc_status st = BC_OK;

    if (m->head > limit || limit - m->head < HEAD)
        return bci_fail(
            err, BC_E_FORMAT, "%s begins at byte %llu, expected at least 30 bytes before byte %llu",
            bci_zip_show(in, m).text, (unsigned long long)m->head, (unsigned long long)limit);
    st = bci_seekable_read(in, m->head, head, HEAD, err);
    if (st)
        return st;
    const size_t n_name = (size_t)le(head + 26, 2);
    const uint64_t n = HEAD + n_name + le(head + 28, 2), room = limit - m->head;

    if (!is_signature(head, "\3\4") || n_name != m->n_name ||
        (unsigned)le(head + 8, 2) != m->method)
        return bci_fail(err, BC_E_FORMAT,
                        "%s begins at byte %llu, expected a head there with its name and method",
                        bci_zip_show(in, m).text, (unsigned long long)m->head);
    if (n > room || m->n_packed > room - n)
        return bci_fail(
            err, BC_E_FORMAT,
            "%s has %llu byte(s) from byte %llu on, expected their end before byte %llu",
            bci_zip_show(in, m).text, (unsigned long long)m->n_packed,
            (unsigned long long)(m->head + n), (unsigned long long)limit);
    m->data = m->head + n;
    for (size_t at = 0; !st && at < n_name; at += sizeof name) {
        const size_t now = n_name - at < sizeof name ? n_name - at : sizeof name;

        st = bci_seekable_read(in, m->head + HEAD + at, name, now, err);
        if (!st && memcmp(name, m->name + at, now) != 0)
            return bci_fail(err, BC_E_FORMAT, "%s has another name at byte %llu, expected the same",
                            bci_zip_show(in, m).text, (unsigned long long)(m->head + HEAD));
    }
    return st;
}

bc_status bci_zip_read(bc_tensor_file *f, bci_zip *z, bc_error *err)
{
    const bci_seekable *in = f->parts[0];
    ending e = { 0 };
    bc_status st;

    *z = (bci_zip){ 0 };
    st = read_end(in, &e, err);
    if (!st)
        st = bci_tensor_check_header(f, in, e.n_bytes, UINT64_MAX, err);
    if (!st)
        st = bci_tensor_check_header(f, in, e.n * sizeof *z->members, UINT64_MAX, err);
    if (st)
        return st;
    z->directory = malloc((size_t)e.n_bytes + 1);
    z->members = calloc((size_t)e.n + 1, sizeof *z->members);
    if (!z->directory || !z->members)
        return bci_tensor_short(in->name, err);
    st = bci_seekable_read(in, e.at, z->directory, (size_t)e.n_bytes, err);
    if (!st)
        st = read_rows(in, &e, z, err);
    if (st)
        return st;
    qsort(z->members, z->n, sizeof *z->members, by_head);
    for (size_t i = 0; i < z->n && !st; i++)
        st = find_data(in, i + 1 < z->n ? z->members[i + 1].head : e.at, &z->members[i], err);
    return st;
}

void bci_zip_free(bci_zip *z)
{
    free(z->members);
    free(z->directory);
}
