/* Shared-internal: pairs of key and value that stand beside tensors. Values are kept in the
 * bytes and types of GGUF, so that what is only carried through stays as it is. */
#ifndef BCI_PAIRS_H
#define BCI_PAIRS_H

#include "bitcrush/tensor.h"

/* The numbers are those of GGUF. */
typedef enum {
    BCI_VALUE_U8,
    BCI_VALUE_I8,
    BCI_VALUE_U16,
    BCI_VALUE_I16,
    BCI_VALUE_U32,
    BCI_VALUE_I32,
    BCI_VALUE_F32,
    BCI_VALUE_BOOL,
    BCI_VALUE_STRING, /* u64 length, bytes */
    BCI_VALUE_ARRAY,  /* u32 type, u64 number, that many values */
    BCI_VALUE_U64,
    BCI_VALUE_I64,
    BCI_VALUE_F64,
} bci_value_type;

enum { BCI_VALUE_TYPES = BCI_VALUE_F64 + 1 };

/* Bytes of a value, 0 for strings and arrays. */
size_t bci_value_size(bci_value_type type);

typedef struct {
    char *key;
    bci_value_type type;
    uint8_t *bytes; /* as in GGUF, well-formed */
    size_t n;
    uint64_t entry; /* byte of the file where it stands, for messages; 0: in none */
} bci_pair;

/* Zero it. */
typedef struct {
    bci_pair *items;
    size_t n, room;
} bci_pairs;

/* All of these copy what they are given; false: out of memory. `set` replaces the pair of the
 * key in its place, or appends one; `add` does not look for one. */
BC_NODISCARD bool bci_pairs_add(bci_pairs *p, const char *key, bci_value_type type,
                                const void *bytes, size_t n);
BC_NODISCARD bool bci_pairs_set(bci_pairs *p, const char *key, bci_value_type type,
                                const void *bytes, size_t n);
BC_NODISCARD bool bci_pairs_set_u32(bci_pairs *p, const char *key, uint32_t value);
BC_NODISCARD bool bci_pairs_add_string(bci_pairs *p, const char *key, const char *text);
BC_NODISCARD bool bci_pairs_set_string(bci_pairs *p, const char *key, const char *text);
BC_NODISCARD bool bci_pairs_copy(const bci_pairs *from, bci_pairs *to);

/* NULL where there is none. */
const bci_pair *bci_pairs_find(const bci_pairs *p, const char *key);
void bci_pairs_remove(bci_pairs *p, const char *key);

/* A pair whose key an earlier one has, or NULL when all differ. *is_short: out of memory. */
const bci_pair *bci_pairs_duplicate(const bci_pairs *p, bool *is_short);
void bci_pairs_free(bci_pairs *p);

/* The value where it is a whole number from 0 on; true when it is. */
bool bci_pair_number(const bci_pair *pair, uint64_t *value);

/* The text of a string, without a final 0; NULL for other types. */
const char *bci_pair_text(const bci_pair *pair, size_t *n);

/* The same of the first string in an array of them, or of a string; NULL: there is none. */
const char *bci_pair_first_text(const bci_pair *pair, size_t *n);

/* Type and value for people. */
void bci_pair_describe(const bci_pair *pair, bc_tensor_metadata *out);

#endif
