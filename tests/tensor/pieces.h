/* Knows how a test looks at the tensors of a safetensors file one by one, without the reader under
 * test. */
#ifndef PIECES_H
#define PIECES_H

#include "reduced.h"

typedef struct {
    uint8_t *bytes;
    size_t n;
} whole_file;

/* Dtype and shape, as "U8 [2,128]", and the bytes of a tensor. */
typedef struct {
    char type[80];
    const uint8_t *data;
    size_t n;
} piece;

static inline whole_file load_file(const char *path)
{
    whole_file f;

    f.bytes = load_bytes(path, &f.n);
    return f;
}

static inline const char *head_of(const whole_file *f)
{
    static char text[8192];
    const size_t n = f->bytes[0] | (size_t)f->bytes[1] << 8;

    assert_true(n < sizeof text);
    memcpy(text, f->bytes + 8, n);
    text[n] = 0;
    return text;
}

/* The piece of a name; n is SIZE_MAX where there is none. */
static inline piece piece_of(const whole_file *f, const char *name)
{
    char key[200], dtype[24] = "", shape[40] = "";
    unsigned long begin, end;
    const char *head = head_of(f);
    piece p = { .n = SIZE_MAX };

    snprintf(key, sizeof key, "\"%s\":{\"dtype\":\"", name);
    const char *at = strstr(head, key);

    if (!at)
        return p;
    EXPECT(sscanf(at + strlen(key), "%23[^\"]\",\"shape\":%39[^]]],\"data_offsets\":[%lu,%lu]",
                  dtype, shape, &begin, &end) == 4,
           "%s", at);
    snprintf(p.type, sizeof p.type, "%s %s]", dtype, shape);
    p.data = f->bytes + 8 + strlen(head) + begin;
    p.n = end - begin;
    return p;
}

static inline float float_at(const uint8_t *p)
{
    const uint32_t bits = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
