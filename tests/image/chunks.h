/* Knows PNG files as lists of chunks, without any library: for putting chunks into a file and
 * for looking at what a file holds. */
#ifndef CHUNKS_H
#define CHUNKS_H

#include "../base/scratch_dir.h"

typedef struct {
    char name[5];
    const uint8_t *data; /* in the file's bytes */
    size_t n;
} chunk;

typedef struct {
    uint8_t *bytes;
    chunk list[1024];
    size_t n;
} chunk_list;

static inline uint32_t chunk_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The CRC of the PNG specification, annex D, bit by bit. */
static inline uint32_t chunk_crc(const uint8_t *bytes, size_t n)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
    return ~crc;
}

/* All chunks of a file; every length and CRC must be right. */
static inline chunk_list chunks_of(const char *path)
{
    chunk_list l = { 0 };
    size_t size, at = 8;

    l.bytes = load_bytes(path, &size);
    EXPECT(size > 8 && memcmp(l.bytes, "\x89PNG\r\n\x1a\n", 8) == 0, "%s: no PNG", path);
    while (at < size) {
        EXPECT(size - at >= 12 && l.n < 1024, "%s: chunk %zu is cut", path, l.n);
        chunk *c = &l.list[l.n++];

        c->n = chunk_u32(l.bytes + at);
        EXPECT(c->n <= size - at - 12, "%s: chunk %zu is cut", path, l.n - 1);
        memcpy(c->name, l.bytes + at + 4, 4);
        c->data = l.bytes + at + 8;
        EXPECT(chunk_crc(l.bytes + at + 4, c->n + 4) == chunk_u32(c->data + c->n), "%s: CRC of %s",
               path, c->name);
        at += c->n + 12;
    }
    return l;
}

static inline void chunks_free(chunk_list *l)
{
    free(l->bytes);
}

/* The i-th chunk of that name (from 0), or NULL. */
static inline const chunk *chunk_named(const chunk_list *l, const char *name, size_t i)
{
    for (size_t k = 0; k < l->n; k++)
        if (strcmp(l->list[k].name, name) == 0 && i-- == 0)
            return &l->list[k];
    return NULL;
}

/* The place of the first chunk of that name, or l->n. */
static inline size_t chunk_place(const chunk_list *l, const char *name)
{
    const chunk *c = chunk_named(l, name, 0);

    return c ? (size_t)(c - l->list) : l->n;
}

static inline size_t count_chunks(const chunk_list *l, const char *name)
{
    size_t n = 0;

    while (chunk_named(l, name, n))
        n++;
    return n;
}

static inline void put_chunk(FILE *f, const char *name, const void *data, size_t n)
{
    uint8_t *bytes = malloc(n + 12);

    assert_non_null(bytes);
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(n >> (24 - 8 * i));
    memcpy(bytes + 4, name, 4);
    if (n > 0)
        memcpy(bytes + 8, data, n);
    const uint32_t crc = chunk_crc(bytes + 4, n + 4);

    for (int i = 0; i < 4; i++)
        bytes[n + 8 + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
    assert_int_equal(fwrite(bytes, 1, n + 12, f), n + 12);
    free(bytes);
}

/* Write `from` again as `to` with more chunks in it: before PLTE and IDAT, before IDAT, and
 * before IEND. */
enum { BEFORE_PLTE, BEFORE_IDAT, BEFORE_IEND };
typedef struct {
    int place;
    const char *name;
    const void *data;
    size_t n;
} new_chunk;

static inline void add_chunks(const char *from, const char *to, const new_chunk *more, size_t n)
{
    chunk_list l = chunks_of(from);
    bool is_done[3] = { false };
    FILE *f = fopen(to, "wb");

    EXPECT(f, "%s: %s", to, strerror(errno));
    assert_int_equal(fwrite(l.bytes, 1, 8, f), 8);
    for (size_t i = 0; i < l.n; i++) {
        const char *name = l.list[i].name;
        const int last = strcmp(name, "PLTE") == 0   ? BEFORE_PLTE
                         : strcmp(name, "IDAT") == 0 ? BEFORE_IDAT
                         : strcmp(name, "IEND") == 0 ? BEFORE_IEND
                                                     : -1;

        for (int place = 0; place <= last; place++) {
            for (size_t k = 0; k < n && !is_done[place]; k++)
                if (more[k].place == place)
                    put_chunk(f, more[k].name, more[k].data, more[k].n);
            is_done[place] = true;
        }
        put_chunk(f, name, l.list[i].data, l.list[i].n);
    }
    assert_int_equal(fclose(f), 0);
    chunks_free(&l);
}

#endif
