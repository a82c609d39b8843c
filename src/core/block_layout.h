/* Shared-internal: how blocks are put together: the fields of their scales beside the codes. */
#ifndef BCI_BLOCK_LAYOUT_H
#define BCI_BLOCK_LAYOUT_H

#include "bitcrush/blocks.h"

enum { BCI_MAX_GROUPS = BC_BLOCK_MAX_GROUPS, BCI_MAX_BLOCK = 256 };

/* What a field holds. Its bits, without a sign, are ordered as the magnitudes are. */
typedef enum {
    BCI_NO_FIELD,
    BCI_F16,
    BCI_F32,
    BCI_E8M0,       /* a power of two */
    BCI_E8M0_HALF,  /* half of one, for values that are doubled */
    BCI_E4M3,       /* E4M3 */
    BCI_UE4M3_HALF, /* half of one, as GGML reads it */
    BCI_MULTIPLE,   /* a whole number of units, d or dmin */
} bci_field_kind;

typedef struct {
    bc_block_codes codes;
    const char *grid; /* of single numbers, else NULL */
    bci_field_kind field;
    uint32_t scale_at,
        minimum_at;      /* bytes before the field of the first group, or before d and dmin */
    int32_t least, most; /* multiples of d; those of dmin are 0..most */
    void (*get)(const void *block, int32_t *scale, int32_t *minimum); /* multiples */
    void (*put)(const int32_t *scale, const int32_t *minimum, void *block);
} bci_block_layout;

/* Of a row. */
static inline const bci_block_layout *bci_layout_of(const bc_block_format *format)
{
    return (const bci_block_layout *)(const void *)format->codes;
}

/* The fields of the scales of a block: bits, or multiples of the numbers whose bits are d and
 * dmin. */
typedef struct {
    int32_t d, dmin;
    int32_t scale[BCI_MAX_GROUPS], minimum[BCI_MAX_GROUPS];
} bci_block_fields;

void bci_fields_get(const bc_block_format *format, const void *block, bci_block_fields *f);
void bci_fields_put(const bc_block_format *format, const bci_block_fields *f, void *block);

/* The number that a field stands for. */
float bci_field_value(bci_field_kind kind, float unit, int32_t bits);

/* The largest bits of a field, without a sign, that stand for a finite number. */
int32_t bci_field_top(bci_field_kind kind);

/* The bits nearest to a number; 0 for NaN. */
int32_t bci_field_near(bci_field_kind kind, float v);

/* The multiple of a unit nearest to a number, from lo to hi. */
int32_t bci_multiple_near(float v, float unit, int32_t lo, int32_t hi);

/* Move bits (a multiple: from lo to hi) `by` steps along; false where there are none. */
bool bci_field_step(bci_field_kind kind, int32_t lo, int32_t hi, int by, int32_t *bits);

/* Scale and minimum of group g. */
float bci_group_scale(const bci_block_layout *l, const bci_block_fields *f, size_t g);
float bci_group_minimum(const bci_block_layout *l, const bci_block_fields *f, size_t g);

/* The values that encoders may write, rising, and their codes. */
typedef struct {
    size_t n;
    float values[256];
    uint8_t codes[256];
    float step; /* where they are neighbouring multiples of it; else 0 */
} bci_ladder;

/* Of a format with at most 256 codes. */
void bci_ladder_of(const bc_block_codes *codes, bci_ladder *out);

/* Of the rows, by name. */
extern const bci_block_layout bci_layout_f16, bci_layout_bf16, bci_layout_q8_0, bci_layout_q4_0,
    bci_layout_q4_1, bci_layout_q5_0, bci_layout_q5_1, bci_layout_q2_k, bci_layout_q3_k,
    bci_layout_q4_k, bci_layout_q5_k, bci_layout_q6_k, bci_layout_iq4_nl, bci_layout_iq4_xs,
    bci_layout_tq1_0, bci_layout_tq2_0, bci_layout_mxfp4, bci_layout_nvfp4, bci_layout_q1_0,
    bci_layout_q2_0, bci_layout_nf4, bci_layout_fp4, bci_layout_mxfp8_e4m3, bci_layout_mxfp8_e5m2,
    bci_layout_mxfp6_e2m3, bci_layout_mxfp6_e3m2, bci_layout_mxfp4_e2m1, bci_layout_mxint8,
    bci_layout_nvfp4_modelopt;

#endif
