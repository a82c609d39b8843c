/* Knows a sound file as libsndfile is to see it: nothing in it that is wrong, nothing that it does
 * not need, and of a pipe a file that ends with the samples. */
#include "audio/sound_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { MAX_CHUNK = 64 << 20, MAX_TEXT = 1 << 20 };

static const uint8_t w64_riff[12] = { 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6,
                                      0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00 };
static const uint8_t w64_tail[12] = { 0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1,
                                      0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A };

typedef struct {
    bci_sound_view *v;
    const bci_sound_header *header;
    bool is_w64, is_caf, is_big;
} making;

static void put_number(making *m, uint64_t n, int bytes)
{
    (m->is_big ? bci_bytes_put_be : bci_bytes_put_le)(&m->v->head, n, bytes);
}

/* Identifier and size of a chunk; sizes that do not fit are the largest. */
static void put_chunk_head(making *m, const char *id, uint64_t size)
{
    bci_bytes_put(&m->v->head, id, 4);
    if (m->is_w64)
        bci_bytes_put(&m->v->head, w64_tail, sizeof w64_tail);
    if (m->is_w64 || m->is_caf)
        put_number(m, m->is_w64 ? size + 24 : size, 8);
    else
        put_number(m, size < UINT32_MAX ? size : UINT32_MAX, 4);
}

/* A chunk of the input; of one that cannot be read whole nothing. */
static bc_status put_chunk(making *m, const bci_sound_chunk *chunk, bc_error *err)
{
    bci_bytes *head = &m->v->head;
    const size_t n = (size_t)chunk->size, alignment = m->is_w64 ? 8 : m->is_caf ? 1 : 2;
    uint8_t *data = malloc(n + 1);

    if (!data)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for its header",
                        bci_sound_input_name(m->v->input));
    if (bci_sound_input_at(m->v->input, chunk->offset, data, n) == n) {
        put_chunk_head(m, chunk->id, n);
        if (strcmp(chunk->id, "fmt ") == 0 && n >= 14 && m->header->frame_size <= UINT16_MAX)
            for (int i = 0; i < 2; i++)
                data[12 + i] = (uint8_t)(m->header->frame_size >> 8 * (m->is_big ? 1 - i : i));
        bci_bytes_put(head, data, n);
        bci_bytes_put(head, NULL, (alignment - n % alignment) % alignment);
    }
    free(data);
    return BC_OK;
}

/* Whether libsndfile decodes by a chunk, or has its texts of it. */
static bool is_needed(const bci_sound_chunk *chunk)
{
    static const char *const decoding[] = { "fact", "kuki", "pakt", "chan" };
    static const char *const texts[] = { "LIST", "NAME", "AUTH", "(c) ",
                                         "ANNO", "APPL", "COMT", "info" };

    for (size_t i = 0; i < sizeof decoding / sizeof *decoding; i++)
        if (strcmp(chunk->id, decoding[i]) == 0)
            return chunk->size <= MAX_CHUNK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(chunk->id, texts[i]) == 0)
            return chunk->size <= MAX_TEXT;
    return false;
}

static bc_status put_chunks(making *m, bc_error *err)
{
    const bci_sound_header *h = m->header;
    bc_status st = put_chunk(m, &h->format, err);

    for (size_t i = 0; !st && i < h->n_chunks; i++)
        if (is_needed(&h->chunks[i]))
            st = put_chunk(m, &h->chunks[i], err);
    return st;
}

static void put_au(making *m, uint64_t n_data)
{
    uint8_t p[24] = { 0 };

    (void)bci_sound_input_at(m->v->input, 0, p, sizeof p);
    bci_bytes_put(&m->v->head, p, 4);
    put_number(m, sizeof p, 4);
    put_number(m, n_data < UINT32_MAX ? n_data : UINT32_MAX, 4);
    bci_bytes_put(&m->v->head, p + 12, 12);
}

/* The outermost chunk up to the others; its size is filled in when it is known. */
static void put_outer(making *m)
{
    bci_bytes *head = &m->v->head;
    uint8_t p[12] = { 0 };

    (void)bci_sound_input_at(m->v->input, 0, p, sizeof p);
    if (m->is_w64) {
        bci_bytes_put(head, "riff", 4);
        bci_bytes_put(head, w64_riff, sizeof w64_riff);
        bci_bytes_put(head, NULL, 8);
        bci_bytes_put(head, "wave", 4);
        bci_bytes_put(head, w64_tail, sizeof w64_tail);
    } else if (m->is_caf) {
        bci_bytes_put(head, p, 8);
    } else {
        bci_bytes_put(head, p[0] == 'F' ? "FORM" : m->is_big ? "RIFX" : "RIFF", 4);
        bci_bytes_put(head, NULL, 4);
        bci_bytes_put(head, p + 8, 4);
    }
}

static void fill_outer(making *m, uint64_t n_data)
{
    const size_t at = m->is_w64 ? 16 : 4;
    bci_bytes head = m->v->head;

    if (m->is_caf || head.n < at + 8)
        return;
    m->v->head.n = at;
    if (m->is_w64)
        put_number(m, head.n + n_data, 8);
    else
        put_number(m, head.n - 8 + n_data < UINT32_MAX ? head.n - 8 + n_data : UINT32_MAX, 4);
    m->v->head.n = head.n;
}

static bc_status make_head(making *m, uint64_t n_data, bc_error *err)
{
    const bool is_aiff = strcmp(m->header->container, "AIFF") == 0;
    const uint64_t extra = is_aiff ? 8 : m->is_caf ? 4 : 0;

    put_outer(m);
    const bc_status st = put_chunks(m, err);

    if (st)
        return st;
    put_chunk_head(m, is_aiff ? "SSND" : "data", extra + n_data);
    bci_bytes_put(&m->v->head, NULL, (size_t)extra);
    fill_outer(m, n_data);
    return BC_OK;
}

bc_status bci_sound_view_init(bci_sound_view *v, bci_sound_input *input,
                              const bci_sound_header *header, bc_error *err)
{
    const uint64_t size = bci_sound_input_size(input);
    making m = { .v = v, .header = header, .is_big = header->is_big_endian };
    bc_status st = BC_OK;

    *v = (bci_sound_view){ .input = input };
    if (!header->container) {
        v->size = size != UINT64_MAX ? size : INT64_MAX / 4;
        return BC_OK;
    }
    /* Of a pipe without an end more than libsndfile will ask for. */
    const uint64_t n_data = header->data_size != UINT64_MAX ? header->data_size : 0x7FFF0000;

    m.is_w64 = strcmp(header->container, "W64") == 0;
    m.is_caf = strcmp(header->container, "CAF") == 0;
    if (strcmp(header->container, "AU") == 0)
        put_au(&m, n_data);
    else
        st = make_head(&m, n_data, err);
    if (!st && v->head.is_short)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory for its header",
                      bci_sound_input_name(input));
    v->data_offset = header->data_offset;
    v->size = v->head.n + n_data;
    return st;
}

void bci_sound_view_free(bci_sound_view *v)
{
    bci_bytes_free(&v->head);
}

int64_t bci_sound_view_size(void *user)
{
    return (int64_t)((const bci_sound_view *)user)->size;
}

int64_t bci_sound_view_seek(int64_t offset, int whence, void *user)
{
    bci_sound_view *v = user;
    const int64_t from = whence == SEEK_SET   ? 0
                         : whence == SEEK_CUR ? (int64_t)v->position
                                              : (int64_t)v->size;

    if (offset < -from)
        return -1;
    v->position = (uint64_t)(from + offset);
    return (int64_t)v->position;
}

int64_t bci_sound_view_read(void *buf, int64_t n, void *user)
{
    bci_sound_view *v = user;
    const uint64_t left = v->position < v->size ? v->size - v->position : 0;
    const size_t wanted = (uint64_t)n < left ? (size_t)n : (size_t)left;
    size_t got = 0;

    if (v->position < v->head.n) {
        const size_t there = v->head.n - (size_t)v->position;

        got = wanted < there ? wanted : there;
        memcpy(buf, v->head.data + v->position, got);
        v->position += got;
    }
    if (got < wanted) {
        const uint64_t at = v->data_offset + (v->position - v->head.n);
        /* A stream that is decoded as it comes need not wait for a whole buffer. */
        const size_t more = (v->head.n ? bci_sound_input_at : bci_sound_input_some)(
            v->input, at, (uint8_t *)buf + got, wanted - got);

        v->position += more;
        got += more;
    }
    return (int64_t)got;
}

int64_t bci_sound_view_tell(void *user)
{
    return (int64_t)((const bci_sound_view *)user)->position;
}
