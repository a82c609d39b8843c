/* Knows how a test puts a GGUF file together by hand. */
#ifndef GGUF_MADE_H
#define GGUF_MADE_H

#include "weights.h"

enum {
    T_U8,
    T_I8,
    T_U16,
    T_I16,
    T_U32,
    T_I32,
    T_F32,
    T_BOOL,
    T_STRING,
    T_ARRAY,
    T_U64,
    T_I64,
    T_F64
};

static inline void put_string(made *m, const char *text)
{
    put_le(m, strlen(text), 8);
    put_text(m, text);
}

static inline void put_head(made *m, uint32_t version, uint64_t n_tensors, uint64_t n_pairs)
{
    put_text(m, "GGUF");
    put_le(m, version, 4);
    put_le(m, n_tensors, 8);
    put_le(m, n_pairs, 8);
}

/* A pair whose value is a number of `size` bytes. */
static inline void put_pair(made *m, const char *key, int type, uint64_t value, int size)
{
    put_string(m, key);
    put_le(m, (uint64_t)type, 4);
    put_le(m, value, size);
}

static inline void put_u32(made *m, const char *key, uint32_t value)
{
    put_pair(m, key, T_U32, value, 4);
}

static inline void put_text_pair(made *m, const char *key, const char *text)
{
    put_string(m, key);
    put_le(m, T_STRING, 4);
    put_string(m, text);
}

/* ne is fastest first, as in the file. */
static inline void put_tensor(made *m, const char *name, uint32_t n_dims, const uint64_t *ne,
                              uint32_t type, uint64_t offset)
{
    put_string(m, name);
    put_le(m, n_dims, 4);
    for (uint32_t i = 0; i < n_dims; i++)
        put_le(m, ne[i], 8);
    put_le(m, type, 4);
    put_le(m, offset, 8);
}

#endif
