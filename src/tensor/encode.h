/* Shared-internal: floats to elements of a type. */
#ifndef BCI_ENCODE_H
#define BCI_ENCODE_H

#include "bitcrush/blocks.h"
#include "bitcrush/tensor.h"

/* What is seen of weights while they are reduced. */
typedef struct {
    bc_error_sums *error; /* takes what clips */
    uint64_t *codes;      /* how often each occurs; NULL: not counted */
    double *steps2;       /* takes the square of the step of each weight on even marks */
} bci_observed;

/* The block format of a type, or NULL. */
const bc_block_format *bci_blocks_of(const bc_element_type *type);

/* The name of the grid that floats of a type are rounded on; NULL for F32, F64, and for what is no
 * float. */
const char *bci_grid_of(const bc_element_type *type);

/* The end of floats that are rounded. */
typedef struct {
    uint32_t largest; /* bits of the largest finite value */
    float safe;       /* smaller magnitudes are finite, with noise too */
    float clips_from; /* more than this is rounded down to the largest; infinity: overflows */
} bci_float_end;

/* Of a type that bci_grid_of has a name for; else NULL. */
const bci_float_end *bci_float_end_of(const bc_element_type *type);

/* How values are rounded, and the noise for them. */
typedef struct {
    bc_tensor_encoder encoder;
    bc_rounding rounding;
    const bc_noise *noise; /* or NULL */
    uint64_t seed, first;  /* place of the first value in its tensor */
    uint32_t stream;
} bci_encoding;

bool bci_has_noise(const bci_encoding *how);

/* n values, whole blocks, by the encoder asked for and with the noise. importance: as for
 * bc_block_format, or NULL. */
void bci_encode_blocks(const bc_block_format *format, const bci_encoding *how, const float *x,
                       const float *importance, size_t n, void *out);

/* n values as they are, little-endian. */
void bci_encode_f32(const float *x, size_t n, uint8_t *out);

/* n values, whole blocks, as elements, little-endian. Floats round to nearest, ties to even,
 * unless they are to be truncated.
 * importance: as for bc_block_format, or NULL. */
void bci_encode(const bc_element_type *type, const bci_encoding *how, const float *x,
                const float *importance, size_t n, uint8_t *out);

#endif
