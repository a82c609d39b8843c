/* Knows NumPy's .npy: a magic number, a Python literal that says type, order and shape, and one
 * array. Versions 1.0, 2.0 and 3.0 differ in the length of the length and in the encoding.
 * Source: numpy.lib.format. */
#include "tensor/npy.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/fortran_order.h"
#include "tensor/npy_write.h"

enum { MAX_TEXT = 1 << 16 }; /* bytes; numpy itself writes about 120, and reads 10000 */

static bool probe(const uint8_t *head, size_t n)
{
    return n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

/* What the literal says. */
typedef struct {
    char descr[16];
    bool is_fortran, has_fields;
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    unsigned seen; /* bits: descr, fortran_order, shape */
} header;

/* The text, and where the parser is; it ends in a 0. */
typedef struct {
    const char *file;
    const char *text;
    const char *at;
    bc_error *err;
} parser;

static bc_status fault(const parser *p, const char *expected)
{
    return bci_fail(p->err, BC_E_FORMAT, "%s: byte %zu of the header is \"%s\", expected %s",
                    p->file, (size_t)(p->at - p->text), bci_show(p->at, strnlen(p->at, 12)).text,
                    expected);
}

static void skip_spaces(parser *p)
{
    p->at += strspn(p->at, " \t\n");
}

static bool take(parser *p, const char *token)
{
    const size_t n = strlen(token);

    skip_spaces(p);
    if (strncmp(p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* A string in quotes of either kind, without escapes. */
static bc_status take_string(parser *p, char *out, size_t room)
{
    const char *begin;

    skip_spaces(p);
    const char quote[3] = { *p->at, '\\', 0 };

    if (*p->at != '\'' && *p->at != '"')
        return fault(p, "a string");
    begin = ++p->at;
    const size_t n = strcspn(p->at, quote);

    if (p->at[n] != quote[0] || n >= room) {
        p->at = begin;
        return fault(p, "a short string");
    }
    memcpy(out, begin, n);
    out[n] = 0;
    p->at += n + 1;
    return BC_OK;
}

static bc_status take_number(parser *p, uint64_t *out)
{
    uint64_t n = 0;

    skip_spaces(p);
    if (*p->at < '0' || *p->at > '9')
        return fault(p, "a whole number");
    for (; *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (n > (uint64_t)INT64_MAX / 10 - 1)
            return fault(p, "a number of at most 63 bits");
        n = 10 * n + (uint64_t)(*p->at - '0');
    }
    (void)take(p, "L"); /* written by Python 2 */
    *out = n;
    return BC_OK;
}

static bc_status take_shape(parser *p, header *h)
{
    bc_status st = BC_OK;
    bool has_comma = true;

    if (!take(p, "("))
        return fault(p, "( of a shape");
    while (!st && !take(p, ")")) {
        if (!has_comma)
            return fault(p, ", or )");
        if (h->n_dims == BC_TENSOR_MAX_DIMS)
            return bci_fail(p->err, BC_E_LIMIT,
                            "%s: more than %u dimension(s), expected at most that many", p->file,
                            BC_TENSOR_MAX_DIMS);
        st = take_number(p, &h->dims[h->n_dims]);
        h->n_dims++;
        has_comma = !st && take(p, ",");
    }
    if (!st && h->n_dims == 1 && !has_comma)
        return fault(p, "a tuple, (n,)");
    return st;
}

/* A list of fields, from its [ to its ], over the strings between. */
static bc_status take_fields(parser *p, header *h)
{
    unsigned depth = 0;
    char quote = '\0';

    h->has_fields = true;
    for (; *p->at; p->at++) {
        if (quote && *p->at == '\\' && p->at[1])
            p->at++;
        else if (quote)
            quote = *p->at == quote ? '\0' : quote;
        else if (*p->at == '\'' || *p->at == '"')
            quote = *p->at;
        else if (*p->at == '[')
            depth++;
        else if (*p->at == ']' && --depth == 0)
            break;
    }
    if (!*p->at)
        return fault(p, "] of a list of fields");
    p->at++;
    return BC_OK;
}

static bc_status take_entry(parser *p, header *h)
{
    char key[32];
    bc_status st = take_string(p, key, sizeof key);
    const unsigned bit = strcmp(key, "descr") == 0           ? 1
                         : strcmp(key, "fortran_order") == 0 ? 2
                         : strcmp(key, "shape") == 0         ? 4
                                                             : 0;

    if (st)
        return st;
    if (bit == 0 || (h->seen & bit))
        return fault(p, "descr, fortran_order and shape, once each, before it");
    h->seen |= bit;
    if (!take(p, ":"))
        return fault(p, ":");
    skip_spaces(p);
    if (bit == 1)
        return *p->at == '[' ? take_fields(p, h) : take_string(p, h->descr, sizeof h->descr);
    if (bit == 4)
        return take_shape(p, h);
    h->is_fortran = take(p, "True");
    return h->is_fortran || take(p, "False") ? BC_OK : fault(p, "True or False");
}

static bc_status parse(parser *p, header *h)
{
    bool has_comma = true;

    if (!take(p, "{"))
        return fault(p, "{");
    while (!take(p, "}")) {
        if (!has_comma)
            return fault(p, ", or }");
        const bc_status st = take_entry(p, h);

        if (st)
            return st;
        has_comma = take(p, ",");
    }
    skip_spaces(p);
    if (*p->at)
        return fault(p, "spaces to the end");
    return h->seen == 7 ? BC_OK : fault(p, "descr, fortran_order and shape before it");
}

/* What an array is that holds no plain numbers, by the letter behind the byte order; NULL for a
 * letter that NumPy does not have. Real and complex numbers are those of more bytes than others
 * read. */
static const bc_element_type *opaque_of(const header *h)
{
    static const struct {
        const char *letters, *type;
    } rows[] = { { "SUaT", "TEXT" }, { "O", "OBJECT" }, { "VMmfc", "OTHER" } };

    if (h->has_fields)
        return bc_element_type_named("RECORD");
    for (size_t i = 0; h->descr[0] && h->descr[1] && i < sizeof rows / sizeof *rows; i++)
        if (strchr(rows[i].letters, h->descr[1]))
            return bc_element_type_named(rows[i].type);
    return NULL;
}

/* Byte order and type. '|' stands where there is no order, '=' is never written to a file. Beside
 * other arrays of an archive one that holds no numbers is the bytes that it is. */
static bc_status read_descr(const parser *p, const header *h, bool is_member, bci_tensor *t)
{
    const char order = h->has_fields ? '|' : h->descr[0];
    const bool is_known = order && strchr("<>|", order);

    t->info.type = is_known && !h->has_fields ? bci_element_of_npy(h->descr + 1) : NULL;
    if (!t->info.type && is_known && is_member)
        t->info.type = opaque_of(h);
    if (!t->info.type && h->has_fields)
        return bci_fail(p->err, BC_E_UNSUPPORTED,
                        "%s: is an array of records, expected one of numbers", p->file);
    if (!t->info.type || (order == '|' && t->info.type->block_bytes > 1))
        return bci_fail(p->err, BC_E_UNSUPPORTED,
                        "%s: descr is '%s', expected a plain number such as '<f4'%s", p->file,
                        bci_show_name(h->descr).text,
                        strchr("|<", order) && h->descr[1] == 'V'
                            ? " (bfloat16 and float8 lose their names in .npy files)"
                            : "");
    t->is_big_endian = order == '>';
    return BC_OK;
}

/* Read n bytes, `at` counted from the beginning of the array's file or member. */
static bc_status read_at(const bci_npy_place *p, uint64_t at, void *buf, size_t n, bc_error *err)
{
    if (at > p->size_bytes || n > p->size_bytes - at)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: ends at byte %llu, expected %zu byte(s) from byte %llu on", p->subject,
                        (unsigned long long)p->size_bytes, n, (unsigned long long)at);
    return bci_seekable_read(p->in, p->begin + at, buf, n, err);
}

/* Add the tensor, whose data begin at byte n_head of the place. */
static bc_status add_array(bc_tensor_file *f, const bci_npy_place *p, bci_tensor *t,
                           uint64_t n_head, bc_error *err)
{
    t->info.name = p->name;
    const bc_status st = bci_tensor_file_add(f, t, p->n_name, err);

    if (st)
        return st;
    const uint64_t n = bc_tensor_at(f, f->n_tensors - 1)->size_bytes, end = n_head + n;

    if (end != p->size_bytes)
        return bci_fail(err, end > p->size_bytes ? BC_E_FORMAT : BC_E_UNSUPPORTED,
                        "%s: the array ends at byte %llu, the file at %llu, expected one array in "
                        "a file",
                        p->subject, (unsigned long long)end, (unsigned long long)p->size_bytes);
    return BC_OK;
}

static bc_status turn(bc_tensor_file *f, const bci_npy_place *p, bci_tensor *t, bc_error *err)
{
    const bc_status st =
        f->bands ? BC_OK
                 : bci_bands_new(&f->reading, &f->memory, f->parts[0]->name, &f->bands, err);

    if (st)
        return st;
    t->turned = bci_turned_new(f->bands, p->in, t->offset, &t->info);
    return t->turned ? BC_OK : bci_tensor_short(p->subject, err);
}

static bc_status read_text(bc_tensor_file *f, const bci_npy_place *place, char *text, uint64_t at,
                           uint64_t n, bci_tensor *t, bc_error *err)
{
    parser p = { place->subject, text, text, err };
    header h = { .n_dims = 0 };
    bc_status st = read_at(place, at, text, (size_t)n, err);

    if (st)
        return st;
    text[n] = 0;
    if (strlen(text) != n)
        return bci_fail(err, BC_E_FORMAT, "%s: byte %zu of the header is 0, expected text",
                        place->subject, strlen(text));
    st = parse(&p, &h);
    if (!st)
        st = read_descr(&p, &h, place->is_member, t);
    if (st)
        return st;
    const bool is_opaque = t->info.type->kind == BC_ELEMENT_OPAQUE;

    t->info.n_dims = is_opaque ? 1 : h.n_dims;
    memcpy(t->info.dims, h.dims, sizeof t->info.dims);
    if (is_opaque)
        t->info.dims[0] = place->size_bytes - at - n;
    t->offset = place->begin + at + n;
    st = add_array(f, place, t, at + n, err);
    return !st && h.is_fortran && t->info.n_dims >= 2
               ? turn(f, place, &f->tensors[f->n_tensors - 1], err)
               : st;
}

bc_status bci_npy_add(bc_tensor_file *f, const bci_npy_place *p, bci_tensor *t, uint32_t *version,
                      bc_error *err)
{
    uint8_t head[12];
    bc_status st = read_at(p, 0, head, 10, err);

    if (st)
        return st;
    if (!probe(head, 10))
        return bci_fail(err, BC_E_FORMAT, "%s: begins with \"%s\", expected \\x93NUMPY", p->subject,
                        bci_show((const char *)head, 6).text);
    if (head[6] < 1 || head[6] > 3)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: is version %u.%u of .npy, expected 1.0 to 3.0",
                        p->subject, head[6], head[7]);
    *version = head[6];
    const uint64_t n_length = head[6] == 1 ? 2 : 4;
    uint64_t n = 0;

    st = read_at(p, 8, head, (size_t)n_length, err);
    if (st)
        return st;
    for (uint64_t i = 0; i < n_length; i++)
        n |= (uint64_t)head[i] << (8 * i);
    if (n > MAX_TEXT)
        return bci_fail(err, BC_E_LIMIT, "%s: header of %llu byte(s), expected at most %d",
                        p->subject, (unsigned long long)n, MAX_TEXT);
    char *text = malloc((size_t)n + 1);

    if (!text)
        return bci_tensor_short(p->subject, err);
    st = read_text(f, p, text, 8 + n_length, n, t, err);
    free(text);
    return st;
}

/* The array is called like its file. */
static bc_status open_file(bc_tensor_file *f, bc_error *err)
{
    const bci_seekable *in = f->parts[0];
    const char *slash = strrchr(in->name, '/');
    const char *stem = slash ? slash + 1 : in->name, *dot = strrchr(stem, '.');
    const size_t n = dot && dot > stem ? (size_t)(dot - stem) : strlen(stem);
    const bool is_text = bci_is_utf8(stem, n);
    const bci_npy_place place = {
        .in = in,
        .size_bytes = in->size_bytes,
        .subject = in->name,
        .name = is_text ? stem : "array",
        .n_name = is_text ? n : strlen("array"),
    };
    bci_tensor t = { .entry = 10 };

    return bci_npy_add(f, &place, &t, &f->version, err);
}

const bci_tensor_format bci_npy = {
    .format = { "npy", "NumPy's file of one array", ".npy", true },
    .probe = probe,
    .open = open_file,
    .plan = bci_npy_plan,
};
