/* Shared-internal: the JSON texts of safetensors, one entry after the other. */
#ifndef BCI_JSON_HEADER_H
#define BCI_JSON_HEADER_H

#include "base/seekable.h"
#include "bitcrush/tensor.h"

/* An entry of a header; texts live until the call returns. */
typedef struct {
    const char *name;
    size_t at; /* byte of the text where the name begins */
    const char *dtype;
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    uint64_t begin, end; /* of its data, from the end of the header */
} bci_json_tensor;

/* What the pair "bitcrush.formats" says of a tensor. */
typedef struct {
    const char *name, *format;
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    const char *named_group; /* "row", "tensor", or NULL: */
    uint64_t group;
    bool zero_point;
} bci_json_coded;

/* What bitsandbytes says of one. */
typedef struct {
    char quant_type[8];
    uint64_t blocksize;
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    bool is_nested;
    uint64_t nested_blocksize;
    double nested_offset;
} bci_json_state;

/* Who is told. A status other than BC_OK ends the walk and is handed on. */
typedef struct {
    void *context;
    bc_status (*tensor)(void *context, const bci_json_tensor *t, bc_error *err);
    bc_status (*shard)(void *context, const char *tensor, const char *shard, bc_error *err);
    bc_status (*coded)(void *context, const bci_json_coded *t, bc_error *err);
    bc_status (*pair)(void *context, const char *key, const char *value, bc_error *err);
} bci_json_visitor;

/* The header of a safetensors file, the n bytes from `at` on: calls pair and tensor, in the order
 * of the text, of which a window is held in memory. Keys that occur twice in an entry, and whatever
 * the format does not have, are BC_E_FORMAT; a build without JSON BC_E_UNSUPPORTED. That a tensor
 * occurs twice is left to the visitor. */
BC_NODISCARD bc_status bci_json_walk_header(const bci_seekable *in, uint64_t at, size_t n,
                                            const bci_json_visitor *v, bc_error *err);

/* The index of a sharded file, all of it: calls pair for its metadata, and shard. */
BC_NODISCARD bc_status bci_json_walk_index(const bci_seekable *in, const bci_json_visitor *v,
                                           bc_error *err);

/* The text of the pair "bitcrush.formats": calls coded. `file` is its name, for messages. */
BC_NODISCARD bc_status bci_json_walk_formats(const char *file, const char *text, size_t n,
                                             const bci_json_visitor *v, bc_error *err);

/* The text of a quant_state of bitsandbytes, `name`. */
BC_NODISCARD bc_status bci_json_read_state(const char *file, const char *name, const char *text,
                                           size_t n, bci_json_state *out, bc_error *err);

#endif
