/* Shared-internal: writing a file of weights. Its layout is made from names, types and dimensions
 * alone, so that its size is known before the first byte of data. */
#ifndef BCI_TENSOR_WRITER_H
#define BCI_TENSOR_WRITER_H

#include "base/bytes.h"
#include "base/sink.h"
#include "tensor/file.h"

/* What is to be written. */
typedef struct {
    const bci_tensor_format *format;
    const char *path; /* as for bci_sink_open: "-" is standard output, NULL only counts */
    bool force;
    const bc_tensor_info *tensors; /* names, types and dimensions; the rest is computed */
    size_t n_tensors;
    const bci_pairs *pairs;    /* or NULL */
    const uint32_t *file_type; /* general.file_type of GGUF; NULL: by the type of most elements */
    const char *name;          /* for messages, where the path is NULL */
    bool is_gated;             /* a pipe gets nothing before bci_tensor_writer_commit */
} bci_tensor_output;

typedef struct bci_tensor_writer {
    const char *name; /* for messages; while it is opened only */
    const bc_tensor_info *tensors;
    const bci_pairs *pairs;
    const uint32_t *file_type; /* these four, too */
    size_t n_tensors;
    uint64_t *sizes; /* by tensor, bytes */
    size_t *order;   /* place in the file -> tensor */
    uint64_t alignment;
    uint64_t total_bytes; /* of the file */
    size_t n_left_out;    /* pairs that the format cannot hold */
    bci_bytes head;
    bci_sink *sink;
    size_t turn;        /* the place that is being written */
    uint64_t turn_done; /* bytes of it */
} bci_tensor_writer;

/* Check that the format holds these tensors, lay the file out, open it and write its head.
 *
 * GGUF takes pairs as they are but for split.*; general.file_type becomes file_type, and
 * general.quantization_version 2 where there are blocks. safetensors takes texts, and numbers as
 * texts; .npy takes none. n_left_out counts what stays behind.
 *
 * BC_E_UNSUPPORTED for what the format has not, BC_E_USAGE for two tensors of one name, or as
 * bci_sink_open. */
BC_NODISCARD bc_status bci_tensor_writer_open(const bci_tensor_output *output,
                                              bci_tensor_writer **out, bc_error *err);

/* The tensor whose data are due next, or SIZE_MAX when all is written. Formats have orders of
 * their own. */
size_t bci_tensor_writer_next(const bci_tensor_writer *w);

/* A hint for a tensor that the file format cannot hold: "`drop=NAME` leaves it out", unless that
 * leaves none. */
typedef struct {
    char text[256];
} bci_drop_hint;
bci_drop_hint bci_hint_to_drop(const bci_tensor_writer *w, const bc_tensor_info *info);

/* Append n bytes of that tensor, no more than it has left. */
BC_NODISCARD bc_status bci_tensor_writer_put(bci_tensor_writer *w, const void *data, size_t n,
                                             bc_error *err);

/* All is written: put the file in its place. */
BC_NODISCARD bc_status bci_tensor_writer_commit(bci_tensor_writer *w, bc_error *err);

/* Release; without a commit no file appears. NULL is fine. */
void bci_tensor_writer_free(bci_tensor_writer *w);

#endif
