/* Shared-internal: formats that are codes and scales, each in a tensor of its own. How one tensor
 * is coded, and what its pieces look like in a file. */
#ifndef BCI_CODED_H
#define BCI_CODED_H

#include "base/bytes.h"
#include "bitcrush/pack.h"
#include "bitcrush/scale.h"
#include "tensor/cut.h"
#include "tensor/encode.h"
#include "tensor/file.h"

enum { BCI_MAX_PIECES = 6 };

/* Whose layout: names, order of codes, what stands beside them. */
typedef enum {
    BCI_LAYOUT_OWN,      /* W, W_scale, W_zero_point */
    BCI_LAYOUT_BNB,      /* bitsandbytes: W, W.absmax, W.quant_map, ... over the flattened tensor */
    BCI_LAYOUT_MODELOPT, /* NVIDIA's Model Optimizer: W, W_scale, W_scale_2 */
} bci_layout;

/* A format. */
typedef struct {
    const char *name; /* of its element type */
    bci_layout layout;
    int bits;               /* of a code */
    const char *grid;       /* of the codes: a grid's name, "sign" for -1 and 1, or NULL: */
    const char *blocks;     /* a row of the block formats, a scale and codes of `bits` bits */
    const char *scale_type; /* element type of scales */
    bc_scale_method method; /* BC_SCALE_ABSMAX: what the settings say */
    uint32_t group;         /* weights under a scale, or BC_TENSOR_GROUP_* */
    bool takes_zero_point;  /* the grid has a form that counts from 0, "u" before its name */
} bci_coded_format;

/* The row of a type of kind BC_ELEMENT_CODES. */
const bci_coded_format *bci_coded_find(const char *name);

/* Whether so many weights of a row can share a scale: they begin at a byte in every format. */
bool bci_is_group(uint64_t n);

/* What a piece holds. */
typedef enum {
    BCI_CODES,
    BCI_SCALES,
    BCI_ZEROS,
    BCI_NESTED_SCALES,
    BCI_WHOLE_SCALE, /* one number for the tensor */
    BCI_MAP,
    BCI_NESTED_MAP,
    BCI_STATE, /* JSON */
} bci_role;

/* How one tensor is coded. The shape is flattened where that changes nothing: rows begin at a byte,
 * and groups do not reach from one into the next. */
typedef struct bci_coding {
    const bci_coded_format *format;
    uint64_t n_rows, row;
    uint64_t group;          /* weights under a scale; the last of a row may have fewer */
    bool is_whole;           /* one scale for the whole tensor */
    bool has_zero;           /* zero-points */
    bool is_nested;          /* scales are bytes under scales of their own */
    const char *named_group; /* "tensor", "row" or NULL: `group` */
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    const char *float_name; /* what bitsandbytes decodes to: "float32" */
    float whole_scale;      /* on top of all scales; 1 where there is none */
    float nested_offset;
    float *map;            /* 16 values of codes, then 256 of nested scales; bitsandbytes only */
    bc_scale *long_scales; /* of groups that are no part of a batch, while it is written */
    size_t n_pieces;
    bci_role roles[BCI_MAX_PIECES];
    bci_tensor pieces[BCI_MAX_PIECES]; /* the first is that of the codes; names are its own */
} bci_coding;

/* What is free to choose. */
typedef struct {
    uint32_t group; /* as in bc_tensor_settings */
    bool zero_point, is_nested;
} bci_coding_choice;

/* How a tensor of this name and shape, whose product fits 63 bits, is coded, and its pieces.
 * BC_E_LIMIT when memory is short or sizes do not fit. */
BC_NODISCARD bc_status bci_coding_new(const bci_coded_format *format, const bc_tensor_info *info,
                                      const bci_coding_choice *choice, bci_coding **out,
                                      bc_error *err);

/* Release; NULL is fine. */
void bci_coding_free(bci_coding *c);

/* Bytes of all pieces. */
uint64_t bci_coding_bytes(const bci_coding *c);

/* Bytes of n codes. */
uint64_t bci_code_bytes(const bci_coding *c, uint64_t n);

/* The 16 values of "nf4" or "fp4" and the 256 of nested scales, to be freed; NULL: out of
 * memory. */
float *bci_bnb_maps(const char *blocks);

/* The piece of a role, or NULL. */
const bci_tensor *bci_coding_piece(const bci_coding *c, bci_role role);

/* Groups that are longer than a batch or cut by one: their scales are found before all else. */
bool bci_coding_is_long(const bci_coding *c);

/* How it goes through in batches. */
bci_cut bci_coding_cut(const bci_coding *c);

/* Whether rows have to be whole blocks of the type. */
bool bci_coded_needs_whole_blocks(const bc_element_type *type);

/* How the scale is fitted. The best encoder looks for the least error where absmax is asked for. */
bc_scale_method bci_coding_method(const bci_coding *c, const bc_tensor_settings *settings);

/* What a file has for a scale: of integers the step between two codes. */
float bci_coding_step(const bci_coding *c, const bc_scale *scale);

/* The grid of codes; false for blocks. */
bool bci_coding_grid(const bci_coding *c, bc_grid *grid);

/* Room for one batch. */
typedef struct bci_coder bci_coder;
bci_coder *bci_coder_new(void); /* NULL: out of memory */
void bci_coder_free(bci_coder *c);

/* The bytes of a piece for the weights x of a range; returns their number. With BCI_CODES y, or
 * NULL, receives what a reader makes of them, and `sums`, or NULL, what of it is overload. how->first
 * is that of the range. */
size_t bci_coded_encode(bci_coder *room, const bci_coding *c, bci_role role,
                        const bc_tensor_settings *settings, const bci_encoding *how, const float *x,
                        const bci_range *at, uint8_t *out, float *y, bc_error_sums *sums);

/* The bytes of a piece that no weights are needed for; returns their number, `out` may be NULL. */
size_t bci_coded_constant(const bci_coding *c, bci_role role, uint8_t *out);
bool bci_role_is_constant(const bci_coding *c, bci_role role);

/* Append what the pair BCI_FORMATS_KEY says of the tensor, if anything. */
void bci_coded_describe(const bci_coding *c, bci_bytes *text);

/* Values of n codes of `bits` from a byte on: y = (mark - zero) * scale. scales and zeros (or NULL)
 * are those of groups of `group` weights. `room` has n places. */
void bci_coded_values(const bci_coding *c, const uint8_t *codes, size_t n, size_t group,
                      const float *scales, const uint8_t *zeros, uint16_t *room, float *y);

/* Weights first .. first + n - 1 of a coded tensor of a file. */
BC_NODISCARD bc_status bci_coded_read(const bc_tensor_file *f, const bci_coding *c, uint64_t first,
                                      size_t n, float *out, bc_error *err);

/* The levels of weight `at`: what its codes mean under the scale of its group, in the order of the
 * codes. */
BC_NODISCARD bc_status bci_coded_levels(const bc_tensor_file *f, const bci_coding *c, uint64_t at,
                                        bc_tensor_levels *out, bc_error *err);

#endif
