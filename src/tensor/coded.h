/* Shared-internal: formats that are codes and scales, each in a tensor of its own. What a layout
 * is, how one tensor is coded, and what its pieces look like in a file. */
#ifndef BCI_CODED_H
#define BCI_CODED_H

#include "base/bytes.h"
#include "bitcrush/pack.h"
#include "bitcrush/scale.h"
#include "medium/grouping.h"
#include "tensor/cut.h"
#include "tensor/file.h"

enum { BCI_MAX_PIECES = 6 };

typedef struct bci_layout bci_layout;
typedef struct bci_coding bci_coding;

/* A format of a layout. */
typedef struct {
    const char *name; /* of its element type */
    const bci_layout *layout;
    int bits;               /* of a code */
    const char *grid;       /* of the codes: a grid's name, "sign" for -1 and 1, or NULL: */
    const char *blocks;     /* a row of the block formats, a scale and codes of `bits` bits */
    const char *scale_type; /* element type of scales */
    bc_scale_method method; /* BC_SCALE_ABSMAX: what the settings say */
    uint32_t group;         /* weights under a scale, or BC_TENSOR_GROUP_* */
    bool takes_zero_point;  /* the grid has a form that counts from 0, "u" before its name */
} bci_coded_format;

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

typedef struct bci_joiner bci_joiner;         /* coded_join.h */
typedef struct bci_piece_list bci_piece_list; /* below */

/* Whose conventions: names and shapes of pieces, and what stands beside codes and scales. Codes
 * and scales themselves are dealt with alike (coded_decode.h, coded_encode.h). Functions that are
 * NULL have nothing to do. */
struct bci_layout {
    const char *name;
    const bci_coded_format *formats;
    size_t n_formats;
    bc_bit_order order;      /* of codes in a byte */
    bool is_flat;            /* groups run on over the ends of rows, and the last may be short */
    bool takes_nested;       /* scales may be bytes under scales of their own */
    float largest_for_whole; /* what a whole scale of 1 is for; 0: there is no whole scale */

    /* Find what is stored so in a file that is being opened, and join it. */
    bc_status (*join)(bci_joiner *j, bc_error *err);
    /* Add the pieces of a tensor whose groups are known to the list, that of the codes first. */
    void (*list_pieces)(bci_piece_list *list);

    /* Reading. What holds for all of a tensor, into c; scales of groups first .. first + n - 1. */
    bc_status (*read_constants)(const bc_tensor_file *f, bci_coding *c, bc_error *err);
    bc_status (*read_scales)(const bc_tensor_file *f, const bci_coding *c, uint64_t first, size_t n,
                             float *out, bc_error *err);

    /* Writing. The bytes of a piece that no weights are needed for; those of nested scales, and
     * what a reader makes of these; all return the number of bytes. */
    size_t (*put_constant)(const bci_coding *c, bci_role role, uint8_t *out);
    size_t (*put_nested)(const bci_coding *c, bci_role role, const float *scales, size_t n,
                         uint8_t *out);
    void (*reread_nested)(const bci_coding *c, float *scales, size_t n);
    /* Append what the pair BCI_FORMATS_KEY says of a tensor, where names do not say it all. */
    void (*describe)(const bci_coding *c, bci_bytes *text);
};

extern const bci_layout bci_layout_own, bci_layout_bitsandbytes, bci_layout_modelopt;

/* A format of a layout by its name, or NULL. */
const bci_coded_format *bci_layout_format(const bci_layout *layout, const char *name);

/* What shares a scale: groups of a row begin at a byte in every format. */
extern const bci_groups bci_groups_of_weights;

/* How one tensor is coded. The shape is flattened where that changes nothing: rows begin at a byte,
 * and groups do not reach from one into the next. */
struct bci_coding {
    const bci_coded_format *format;
    const bc_element_type *from; /* what the weights are, or were */
    uint64_t n_rows, row;
    uint64_t group;          /* weights under a scale; the last of a row may have fewer */
    bool is_whole;           /* one scale for the whole tensor */
    bool has_zero;           /* zero-points */
    bool is_nested;          /* scales are bytes under scales of their own */
    const char *named_group; /* "tensor", "row" or NULL: `group` */
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    float whole_scale; /* on top of all scales; 1 where there is none */
    float nested_offset;
    float *map;            /* 16 values of codes, then 256 of nested scales; bitsandbytes only */
    bc_scale *long_scales; /* of groups that are no part of a batch, while it is written */
    size_t n_pieces;
    bci_role roles[BCI_MAX_PIECES];
    bci_tensor pieces[BCI_MAX_PIECES]; /* the first is that of the codes; names are its own */
};

/* What is free to choose. */
typedef struct {
    uint32_t group; /* as in bc_tensor_settings */
    bool zero_point, is_nested;
    float nested_offset; /* where it is known before */
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

/* Groups of a row. */
uint64_t bci_coding_groups(const bci_coding *c);

/* The piece of a role, or NULL. */
const bci_tensor *bci_coding_piece(const bci_coding *c, bci_role role);

/* Whether a piece needs no weights. */
bool bci_role_is_constant(const bci_coding *c, bci_role role);

/* Groups that are longer than a batch or cut by one: their scales are found before all else. */
bool bci_coding_is_long(const bci_coding *c);

/* How it goes through in batches. */
bci_cut bci_coding_cut(const bci_coding *c);

/* How scales of a format are made under the settings. */
bc_scale_method bci_coded_method(const bci_coded_format *format, const bc_tensor_settings *s);

/* BC_E_USAGE for a scale that codes of a format, which has none of its own, cannot have. */
BC_NODISCARD bc_status bci_scale_for_codes(const bci_coded_format *format, bc_scale_method method,
                                           bc_error *err);

/* How the scale is fitted. The best encoder looks for the least error where absmax is asked for. */
bc_scale_method bci_coding_method(const bci_coding *c, const bc_tensor_settings *settings);

/* What a file has for a scale: of integers the step between two codes. */
float bci_coding_step(const bci_coding *c, const bc_scale *scale);

/* The grid of codes; false for blocks. */
bool bci_coding_grid(const bci_coding *c, bc_grid *grid);

/* ---- for layouts */

/* Pieces in the making. */
struct bci_piece_list {
    bci_coding *coding;
    const char *name; /* of the tensor */
    bool is_short;    /* memory was */
};

/* Add a piece: the tensor's name and a suffix; one number, n of them, or the shape of the tensor
 * with n in the place of a row. */
bci_tensor *bci_piece_add(bci_piece_list *list, bci_role role, const char *suffix,
                          const char *type);
void bci_piece_add_line(bci_piece_list *list, bci_role role, const char *suffix, const char *type,
                        uint64_t n);
void bci_piece_add_rows(bci_piece_list *list, bci_role role, const char *suffix, const char *type,
                        uint64_t n);

/* Codes, W_scale, and W_zero_point where there are zero-points, rows as in the tensor. */
void bci_piece_add_usual(bci_piece_list *list);

enum { BCI_MAX_SCALES = 4096 }; /* that are read at a time */

/* Numbers first .. first + n - 1 of a piece of floats. */
BC_NODISCARD bc_status bci_piece_read(const bc_tensor_file *f, const bci_tensor *piece,
                                      uint64_t first, size_t n, float *out, bc_error *err);

/* read_scales where they are floats. */
BC_NODISCARD bc_status bci_coding_read_scales(const bc_tensor_file *f, const bci_coding *c,
                                              uint64_t first, size_t n, float *out, bc_error *err);

#endif
