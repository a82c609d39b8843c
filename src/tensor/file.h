/* Shared-internal: an open file of weights, and what its readers put into it. */
#ifndef BCI_TENSOR_FILE_H
#define BCI_TENSOR_FILE_H

#include "base/seekable.h"
#include "bitcrush/tensor.h"
#include "tensor/pairs.h"

struct bci_coding;
struct bci_bands;
struct bci_turned;

typedef struct {
    bc_tensor_info info;
    size_t part;
    uint64_t entry;  /* byte of the part where its head says what it is, for messages */
    uint64_t offset; /* of its bytes in the part, or in what was unpacked */
    bool is_unpacked;
    bool is_big_endian;
    struct bci_turned *turned; /* of an array in Fortran order, else NULL */
    struct bci_coding *coding; /* of a type of kind BC_ELEMENT_CODES: where its pieces are */
} bci_tensor;

struct bci_tensor_writer;

/* A file format. */
typedef struct {
    bc_tensor_format format;
    bool (*probe)(const uint8_t *head, size_t n);
    /* Part 0 is open; adds tensors, pairs and further parts. */
    bc_status (*open)(bc_tensor_file *f, bc_error *err);
    /* Orders the tensors and makes the head of a file; NULL where it is not written. */
    bc_status (*plan)(struct bci_tensor_writer *w, bc_error *err);
} bci_tensor_format;

extern const bci_tensor_format bci_gguf;
extern const bci_tensor_format bci_safetensors;
extern const bci_tensor_format bci_safetensors_index;
extern const bci_tensor_format bci_npy;
extern const bci_tensor_format bci_npz;

struct bc_tensor_file {
    bc_reading reading;
    uint64_t memory; /* bytes that were taken for what the heads hold */
    const bci_tensor_format *format;
    uint32_t version;
    uint64_t n_left_out;
    uint32_t shard, n_shards; /* as in the summary */
    bci_seekable **parts;
    size_t n_parts;
    bci_seekable *unpacked;  /* the members that were compressed, one after the other, or NULL */
    struct bci_bands *bands; /* of what is turned, or NULL */
    bci_tensor *tensors;
    size_t n_tensors, room, n_counted; /* there is room for; memory was counted for */
    bci_tensor **by_name;              /* once it is open */
    struct bci_name_page *names;       /* of the tensors, also of those that were dropped */
    bci_pairs pairs;
};

/* What the bytes of a tensor are in. */
const bci_seekable *bci_tensor_bytes_of(const bc_tensor_file *f, const bci_tensor *t);

/* As bc_tensor_file_open_with, where `taken` bytes of what reading limits are taken by others. */
BC_NODISCARD bc_status bci_tensor_file_open_beside(const char *path, const bc_reading *reading,
                                                   uint64_t taken, bc_tensor_file **out,
                                                   bc_error *err);

/* Open a further part: f->parts[f->n_parts - 1]. */
BC_NODISCARD bc_status bci_tensor_file_add_part(bc_tensor_file *f, const char *path, bc_error *err);

/* Forget tensors from `first` on; no pieces were joined yet. */
void bci_tensor_file_drop(bc_tensor_file *f, size_t first);

/* Release all but the codings of its tensors. */
void bci_tensor_file_close(bc_tensor_file *f);

/* Read n bytes of a tensor, or of a piece of one, as bc_tensor_read does. */
BC_NODISCARD bc_status bci_tensor_read_raw(const bc_tensor_file *f, const bci_tensor *t,
                                           uint64_t byte_offset, void *buf, size_t n,
                                           bc_error *err);

/* The pair that says which tensors of a file are the codes, scales and so on of one. */
#define BCI_FORMATS_KEY "bitcrush.formats"

/* Make the index of names; two equal ones are a fault of the file. */
BC_NODISCARD bc_status bci_tensor_file_index(bc_tensor_file *f, bc_error *err);

/* The place of a name among the tensors that are indexed, or NULL. */
bci_tensor *bci_tensor_file_find(const bc_tensor_file *f, const char *name);

/* Add a tensor: name (n_name bytes, copied), type, dimensions, part and offset are given,
 * elements and bytes are computed here and checked against the part. */
BC_NODISCARD bc_status bci_tensor_file_add(bc_tensor_file *f, const bci_tensor *t, size_t n_name,
                                           bc_error *err);

/* About n tensors may be added to a list that is empty: have room where that is to be had. What is
 * not written to is no memory yet, and is not counted. */
void bci_tensor_file_expect(bc_tensor_file *f, uint64_t n);

/* No more come for now: give back the room of those that did not. */
void bci_tensor_file_settle(bc_tensor_file *f);

/* A pair of texts, in the place of one with the same key; but each part has a BCI_FORMATS_KEY of
 * its own, and all stay until their tensors are joined. */
BC_NODISCARD bc_status bci_tensor_file_set_text(bc_tensor_file *f, const char *path,
                                                const char *key, const char *value, bc_error *err);

/* A header has n bytes, no more than there may be, of which up to `window` are held at a time; call
 * it before they are taken. */
BC_NODISCARD bc_status bci_tensor_check_header(bc_tensor_file *f, const bci_seekable *in,
                                               uint64_t n, uint64_t window, bc_error *err);

/* "PATH: out of memory", BC_E_LIMIT. */
bc_status bci_tensor_short(const char *path, bc_error *err);

#endif
