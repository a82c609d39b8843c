/* Knows how a test puts files of weights together by hand, and what it looks at. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "../base/scratch_dir.h"
#include "bitcrush/tensor.h"

typedef struct {
    uint8_t data[8192];
    size_t n;
} made;

static inline void put_bytes(made *m, const void *bytes, size_t n)
{
    assert_true(n <= sizeof m->data - m->n);
    memcpy(m->data + m->n, bytes, n);
    m->n += n;
}

static inline void put_text(made *m, const char *text)
{
    put_bytes(m, text, strlen(text));
}

static inline void put_le(made *m, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        put_bytes(m, &(uint8_t){ i < 8 ? (uint8_t)(v >> (8 * i)) : 0 }, 1);
}

/* 1, 2, 3, ... */
static inline void put_ramp(made *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_le(m, i + 1, 1);
}

/* Zeros up to a multiple of `alignment`. */
static inline void put_padding(made *m, size_t alignment)
{
    while (m->n % alignment != 0)
        put_le(m, 0, 1);
}

static inline bc_status open_made(const made *m, const char *name, bc_tensor_file **f,
                                  bc_error *err)
{
    save_bytes(path_of(name), m->data, m->n);
    return bc_tensor_file_open(path_of(name), f, err);
}

static inline bc_tensor_file *must_open(const char *name)
{
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };

    EXPECT(bc_tensor_file_open(path_of(name), &f, &err) == BC_OK, "%s", err.text);
    return f;
}

static inline void expect_fault(const made *m, const char *name, bc_status status,
                                const char *words)
{
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };
    const bc_status st = open_made(m, name, &f, &err);

    EXPECT(st == status && strstr(err.text, words) && strstr(err.text, name) && !f,
           "status %d, \"%s\", expected %d and \"%s\"", (int)st, err.text, (int)status, words);
}

/* The bytes of a tensor, all at once, are these. */
static inline void expect_data(const bc_tensor_file *f, const char *name, const void *bytes,
                               size_t n)
{
    static uint8_t got[8192];
    const size_t i = bc_tensor_find(f, name);
    bc_error err = { 0 };

    EXPECT(i != SIZE_MAX, "%s is not found", name);
    EXPECT(bc_tensor_at(f, i)->size_bytes == n && n <= sizeof got, "%s: %llu bytes, expected %zu",
           name, (unsigned long long)bc_tensor_at(f, i)->size_bytes, n);
    EXPECT(bc_tensor_read(f, i, 0, got, n, &err) == BC_OK, "%s", err.text);
    assert_memory_equal(got, bytes, n);
}

/* "F32 2x3": type and dimensions. */
static inline const char *shape_of(const bc_tensor_file *f, const char *name)
{
    static char text[200];
    const size_t i = bc_tensor_find(f, name);
    size_t n;

    EXPECT(i != SIZE_MAX, "%s is not found", name);
    const bc_tensor_info *info = bc_tensor_at(f, i);

    n = (size_t)snprintf(text, sizeof text, "%s", info->type->name);
    for (uint32_t k = 0; k < info->n_dims; k++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%c%llu", k ? 'x' : ' ',
                              (unsigned long long)info->dims[k]);
    return text;
}

/* "type value" of a key. */
static inline const char *pair_of(const bc_tensor_file *f, const char *key)
{
    static char text[200];
    const size_t n = bc_tensor_file_summary(f).n_metadata;

    for (size_t i = 0; i < n; i++) {
        bc_tensor_metadata m;

        bc_tensor_metadata_at(f, i, &m);
        if (strcmp(m.key, key) == 0) {
            snprintf(text, sizeof text, "%s %s", m.type, m.value);
            return text;
        }
    }
    return "nothing";
}

/* Cut after every byte, the file is refused: by FORMAT. */
static inline void expect_no_prefix(const made *m, const char *name)
{
    for (size_t n = 0; n < m->n; n++) {
        made cut = *m;
        bc_tensor_file *f = NULL;
        bc_error err = { 0 };

        cut.n = n;
        const bc_status st = open_made(&cut, name, &f, &err);

        EXPECT(st == BC_E_FORMAT && err.text[0] && !f,
               "%s cut to %zu of %zu bytes: status %d, "
               "\"%s\"",
               name, n, m->n, (int)st, err.text);
    }
}

/* With any one bit turned, it is opened or refused, and then all of it can be read. */
static inline void expect_no_crash(const made *m, const char *name, size_t n_head)
{
    static uint8_t data[8192];
    static float values[8192];

    for (size_t bit = 0; bit < 8 * n_head; bit++) {
        made changed = *m;
        bc_tensor_file *f = NULL;
        bc_error err = { 0 };

        changed.data[bit / 8] = (uint8_t)(changed.data[bit / 8] ^ 1u << bit % 8);
        if (open_made(&changed, name, &f, &err) != BC_OK) {
            EXPECT(err.text[0], "bit %zu of %s: no sentence", bit, name);
            continue;
        }
        for (size_t i = 0; i < bc_tensor_count(f); i++) {
            const bc_tensor_info *info = bc_tensor_at(f, i);

            if (info->type->kind == BC_ELEMENT_CODES) {
                EXPECT(info->n_elements <= 8192 &&
                           bc_tensor_read_f32(f, i, 0, (size_t)info->n_elements, values, &err) ==
                               BC_OK,
                       "bit %zu of %s: %s", bit, name, err.text);
                continue;
            }
            EXPECT(info->size_bytes <= sizeof data &&
                       bc_tensor_read(f, i, 0, data, (size_t)info->size_bytes, &err) == BC_OK,
                   "bit %zu of %s: %s", bit, name, err.text);
        }
        for (size_t i = 0; i < bc_tensor_file_summary(f).n_metadata; i++) {
            bc_tensor_metadata pair;

            bc_tensor_metadata_at(f, i, &pair);
            assert_non_null(memchr(pair.value, 0, sizeof pair.value));
        }
        bc_tensor_file_free(f);
    }
}

#endif
