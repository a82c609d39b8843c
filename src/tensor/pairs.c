/* Knows the list of pairs of key and value, and the bytes of a value in GGUF. */
#include "tensor/pairs.h"

#include <stdlib.h>
#include <string.h>

size_t bci_value_size(bci_value_type type)
{
    switch (type) {
    case BCI_VALUE_U8:
    case BCI_VALUE_I8:
    case BCI_VALUE_BOOL: return 1;
    case BCI_VALUE_U16:
    case BCI_VALUE_I16: return 2;
    case BCI_VALUE_U32:
    case BCI_VALUE_I32:
    case BCI_VALUE_F32: return 4;
    case BCI_VALUE_U64:
    case BCI_VALUE_I64:
    case BCI_VALUE_F64: return 8;
    case BCI_VALUE_STRING:
    case BCI_VALUE_ARRAY: return 0;
    }
    return 0;
}

/* A copy of n bytes, or NULL; not NULL for n = 0. */
static uint8_t *copy_of(const void *bytes, size_t n)
{
    uint8_t *copy = malloc(n + 1);

    if (copy && n)
        memcpy(copy, bytes, n);
    return copy;
}

bool bci_pairs_add(bci_pairs *p, const char *key, bci_value_type type, const void *bytes, size_t n)
{
    if (p->n == p->room) {
        const size_t room = 2 * p->room + 16;
        bci_pair *grown = realloc(p->items, room * sizeof *grown);

        if (!grown)
            return false;
        p->items = grown;
        p->room = room;
    }
    const bci_pair pair = { strdup(key), type, copy_of(bytes, n), n, 0 };

    if (!pair.key || !pair.bytes) {
        free(pair.key);
        free(pair.bytes);
        return false;
    }
    p->items[p->n++] = pair;
    return true;
}

static bci_pair *find(const bci_pairs *p, const char *key)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->items[i].key, key) == 0)
            return &p->items[i];
    return NULL;
}

const bci_pair *bci_pairs_find(const bci_pairs *p, const char *key)
{
    return find(p, key);
}

bool bci_pairs_set(bci_pairs *p, const char *key, bci_value_type type, const void *bytes, size_t n)
{
    bci_pair *old = find(p, key);

    if (!old)
        return bci_pairs_add(p, key, type, bytes, n);

    uint8_t *copy = copy_of(bytes, n);

    if (!copy)
        return false;
    free(old->bytes);
    *old = (bci_pair){ old->key, type, copy, n, 0 };
    return true;
}

bool bci_pairs_set_u32(bci_pairs *p, const char *key, uint32_t value)
{
    const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                               (uint8_t)(value >> 24) };

    return bci_pairs_set(p, key, BCI_VALUE_U32, bytes, sizeof bytes);
}

typedef bool put_pair(bci_pairs *p, const char *key, bci_value_type type, const void *bytes,
                      size_t n);

static bool put_string(put_pair *put, bci_pairs *p, const char *key, const char *text)
{
    const size_t n = strlen(text);
    uint8_t *bytes = malloc(8 + n);

    if (!bytes)
        return false;
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)n >> (8 * i));
    memcpy(bytes + 8, text, n);

    const bool ok = put(p, key, BCI_VALUE_STRING, bytes, 8 + n);

    free(bytes);
    return ok;
}

bool bci_pairs_add_string(bci_pairs *p, const char *key, const char *text)
{
    return put_string(bci_pairs_add, p, key, text);
}

bool bci_pairs_set_string(bci_pairs *p, const char *key, const char *text)
{
    return put_string(bci_pairs_set, p, key, text);
}

bool bci_pairs_copy(const bci_pairs *from, bci_pairs *to)
{
    for (size_t i = 0; i < from->n; i++) {
        const bci_pair *pair = &from->items[i];

        if (!bci_pairs_add(to, pair->key, pair->type, pair->bytes, pair->n))
            return false;
    }
    return true;
}

static void free_pair(bci_pair *pair)
{
    free(pair->key);
    free(pair->bytes);
}

void bci_pairs_remove(bci_pairs *p, const char *key)
{
    bci_pair *old = find(p, key);

    if (!old)
        return;
    free_pair(old);
    memmove(old, old + 1, (size_t)(p->items + p->n - (old + 1)) * sizeof *old);
    p->n--;
}

void bci_pairs_free(bci_pairs *p)
{
    for (size_t i = 0; i < p->n; i++)
        free_pair(&p->items[i]);
    free(p->items);
    *p = (bci_pairs){ 0 };
}

/* Of equals the first in the file. */
static int by_key(const void *a, const void *b)
{
    const bci_pair *const *x = a, *const *y = b;
    const int order = strcmp((*x)->key, (*y)->key);

    return order ? order : (*x > *y) - (*x < *y);
}

const bci_pair *bci_pairs_duplicate(const bci_pairs *p, bool *is_short)
{
    const bci_pair **sorted = malloc((p->n + 1) * sizeof(bci_pair *));
    const bci_pair *twice = NULL;

    *is_short = !sorted;
    if (!sorted)
        return NULL;
    for (size_t i = 0; i < p->n; i++)
        sorted[i] = &p->items[i];
    qsort(sorted, p->n, sizeof(bci_pair *), by_key);
    for (size_t i = 1; i < p->n && !twice; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            twice = sorted[i];
    free(sorted);
    return twice;
}
