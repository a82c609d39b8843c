/* Knows NumPy's .npz: a ZIP archive whose members NAME.npy are the arrays NAME. What is stored is
 * read where it is; what is compressed is unpacked once, into a temporary file, to be read at any
 * place. Either is compared with its CRC at opening. Source: numpy.savez and savez_compressed. */
#include <stdio.h>
#include <string.h>

#include "base/crc32.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "tensor/inflate.h"
#include "tensor/npy.h"
#include "tensor/zip.h"

#define ENDING ".npy"

enum {
    N_ENDING = sizeof ENDING - 1,
    MOST_PER_BYTE = 1032, /* of deflate: 258 bytes of two bits */
    PIECE = 1 << 16
};

static bool probe(const uint8_t *head, size_t n)
{
    return bci_zip_begins(head, n, ENDING);
}

/* A member as it is read. */
typedef struct {
    bc_tensor_file *file;
    const bci_zip_member *member;
    bci_zip_subject subject;
    uint64_t n; /* bytes so far, and their CRC */
    uint32_t crc;
} reader;

static bc_status check_member(const reader *r, bc_error *err)
{
    const bci_zip_member *m = r->member;
    const char *subject = r->subject.text;

    if (m->n_name <= N_ENDING || memcmp(m->name + m->n_name - N_ENDING, ENDING, N_ENDING) != 0)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s is no array, expected NAME.npy", subject);
    if (m->is_encrypted)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s is encrypted, expected it in plain", subject);
    if (m->method != BCI_ZIP_STORED && m->method != BCI_ZIP_DEFLATED)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s is compressed by method %u, expected 0 (stored) or 8 (deflated)",
                        subject, m->method);
    if (m->method == BCI_ZIP_STORED && m->n != m->n_packed)
        return bci_fail(err, BC_E_FORMAT,
                        "%s has %llu byte(s) and is stored in %llu, expected the same number",
                        subject, (unsigned long long)m->n, (unsigned long long)m->n_packed);
    if (m->n / MOST_PER_BYTE > m->n_packed)
        return bci_fail(err, BC_E_FORMAT,
                        "%s has %llu byte(s) in %llu, more than deflate can pack, expected at most "
                        "%d for each",
                        subject, (unsigned long long)m->n, (unsigned long long)m->n_packed,
                        MOST_PER_BYTE);
    return BC_OK;
}

static bc_status check_stored(reader *r, bc_error *err)
{
    const bci_zip_member *m = r->member;
    uint8_t piece[PIECE];

    while (r->n < m->n) {
        const size_t now = m->n - r->n < PIECE ? (size_t)(m->n - r->n) : PIECE;
        bc_status st = bci_check_stop(&r->file->reading, err);

        if (!st)
            st = bci_seekable_read(r->file->parts[0], m->data + r->n, piece, now, err);
        if (st)
            return st;
        r->crc = bci_crc32_of(r->crc, piece, now);
        r->n += now;
    }
    return BC_OK;
}

static bc_status keep(void *context, const uint8_t *data, size_t n, bc_error *err)
{
    reader *r = context;

    if (n > r->member->n - r->n)
        return bci_fail(err, BC_E_FORMAT, "%s unpacks to more than %llu byte(s), expected no more",
                        r->subject.text, (unsigned long long)r->member->n);
    r->crc = bci_crc32_of(r->crc, data, n);
    r->n += n;
    return bci_seekable_append(r->file->unpacked, data, n, err);
}

/* Where temporary files are kept in memory, they count as memory. */
static bc_status take_room(reader *r, bc_error *err)
{
    char subject[sizeof r->subject.text + 64];

    snprintf(subject, sizeof subject, "%s, unpacked into memory (TMPDIR may name a disk),",
             r->subject.text);
    return bci_take_memory(&r->file->reading, &r->file->memory, r->member->n, 1, subject, err);
}

static bc_status unpack(reader *r, bc_error *err)
{
    const bci_zip_member *m = r->member;
    bc_tensor_file *f = r->file;
    bc_status st = BC_OK;

    if (!f->unpacked)
        st = bci_seekable_temporary(f->parts[0]->name, &f->unpacked, err);
    if (!st && bci_seekable_is_in_memory(f->unpacked))
        st = take_room(r, err);
    if (!st)
        st = bci_inflate(f->parts[0], m->data, m->n_packed, r->subject.text, &f->reading, keep, r,
                         err);
    if (!st && r->n != m->n)
        st = bci_fail(err, BC_E_FORMAT, "%s unpacks to %llu byte(s), expected %llu",
                      r->subject.text, (unsigned long long)r->n, (unsigned long long)m->n);
    return st;
}

static bc_status add_member(bc_tensor_file *f, const bci_zip_member *m, bc_error *err)
{
    reader r = { .file = f, .member = m, .subject = bci_zip_show(f->parts[0], m) };
    const bool is_packed = m->method == BCI_ZIP_DEFLATED;
    bci_tensor t = { .entry = m->entry, .is_unpacked = is_packed };
    uint64_t begin = m->data;
    uint32_t version;
    bc_status st = check_member(&r, err);

    if (!st && is_packed) {
        begin = f->unpacked ? f->unpacked->size_bytes : 0;
        st = unpack(&r, err);
    } else if (!st) {
        st = check_stored(&r, err);
    }
    if (st)
        return st;
    if (r.crc != m->crc)
        return bci_fail(
            err, BC_E_FORMAT, "%s is damaged: its CRC from byte %llu on is %08x, expected %08x",
            r.subject.text, (unsigned long long)m->data, (unsigned)r.crc, (unsigned)m->crc);
    const bci_npy_place place = {
        .in = is_packed ? f->unpacked : f->parts[0],
        .begin = begin,
        .size_bytes = m->n,
        .subject = r.subject.text,
        .name = m->name,
        .n_name = m->n_name - N_ENDING,
        .is_member = true,
    };

    return bci_npy_add(f, &place, &t, &version, err);
}

static bc_status open_file(bc_tensor_file *f, bc_error *err)
{
    bci_zip z;
    bc_status st = bci_zip_read(f, &z, err);

    for (size_t i = 0; !st && i < z.n; i++)
        st = add_member(f, &z.members[i], err);
    bci_zip_free(&z);
    return st;
}

const bci_tensor_format bci_npz = {
    .format = { "npz", "NumPy's archive of arrays", ".npz", false },
    .probe = probe,
    .open = open_file,
};
