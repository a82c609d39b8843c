/* Knows how a test puts a safetensors file together by hand. */
#ifndef SAFETENSORS_MADE_H
#define SAFETENSORS_MADE_H

#include "weights.h"

/* The text as the header and n bytes of data. */
static inline made make_safetensors(const char *text, size_t n_data)
{
    made m = { .n = 0 };

    put_le(&m, strlen(text), 8);
    put_text(&m, text);
    put_ramp(&m, n_data);
    return m;
}

static inline void save_safetensors(const char *name, const char *text, size_t n_data)
{
    const made m = make_safetensors(text, n_data);

    save_bytes(path_of(name), m.data, m.n);
}

#endif
