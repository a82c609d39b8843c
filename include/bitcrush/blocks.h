/* Block formats: how weights of neural networks are stored in a few bits each.
 *
 * A block holds a fixed number of neighbouring weights of a row: small integer codes, and the
 * scales that give them their size. Every format is a row of one table with the two functions
 * that fill blocks and read them. Blocks are bytes without alignment, numbers in them are
 * little-endian; the k-th block begins k * block_bytes after the first.
 *
 * Encoders write the bytes that the format's reference writes (GGML without fused multiply-add for
 * those with a GGML type), on every machine. Data are finite by contract. Where the reference is
 * undefined, this is what is written:
 *   - a NaN is read as 0, an infinity as the largest float of its sign (f16 and bf16 keep both);
 * - a block whose largest magnitude has no finite inverse scale (below about 1e-37) gets the codes
 *     of zeros where codes are made by multiplying, and codes in range in any case;
 *   - a scale that is too large for its field (65504 in 16 bits) becomes infinite, and such a
 *     block then decodes to infinities and NaN, as the reference's does; where a search meets
 *     squares that overflow (magnitudes from about 1e18 on) it may be NaN. */
#ifndef BITCRUSH_BLOCKS_H
#define BITCRUSH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Three formats of files keep a block's scale apart from its codes: "nf4" and "fp4" begin with
 * absmax, a 32-bit float, "nvfp4_modelopt" with the byte of its E4M3 scale, and the rest are the
 * codes in the order of the file. Data for the last are divided by the scale of their tensor,
 * absmax / (6 * 448), before. */

/* What is inside a block: a code for each weight, and scales, each for group_length neighbouring
 * weights, some with a minimum:
 *     weight = value(code) * scale - minimum, in binary32, each operation rounded. */
enum { BC_BLOCK_MAX_LENGTH = 256, BC_BLOCK_MAX_GROUPS = 16 };

typedef struct {
    uint32_t group_length;
    uint32_t n_codes;      /* codes are 0 .. n_codes - 1, as they stand in the file */
    float lowest, highest; /* values that encoders write lie between these */
    bool has_minimum;      /* else it is 0 */
    float (*value)(uint32_t code);

    /* The block_length codes of a block, in the order of the weights. */
    void (*unpack)(const void *block, uint16_t *codes);

    /* Write codes into a block whose scales stay. */
    void (*pack)(const uint16_t *codes, void *block);
} bc_block_codes;

typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    uint32_t block_length;  /* weights in a block */
    uint32_t block_bytes;   /* bytes of a block */
    double bits_per_weight; /* 8 * block_bytes / block_length */
    int ggml_type;          /* its number in GGUF files, -1: none */
    bool uses_importance;   /* encode looks at `importance` */

    /* Fill n_blocks blocks at `out` from x[0 .. n_blocks * block_length). importance: what the
     * error of each weight counts (finite, not negative), as many numbers as weights, or NULL when
     * no statistics are known. The blocks are one row then: some formats look at the mean square of
     * the whole row. Without importance, any split into calls gives the same bytes. */
    void (*encode)(const float *x, const float *importance, size_t n_blocks, void *out);

    /* The values of n_blocks blocks; any bytes may stand in them. */
    void (*decode)(const void *blocks, size_t n_blocks, float *y);

    const bc_block_codes *codes;
} bc_block_format;

/* The rows of the registry, in order; returns the number of rows. The functions are those of the
 * CPU level in use (bc_cpu_level), which never changes a result. */
BC_API size_t bc_block_rows(const bc_block_format **out);

/* The row of a name ("q4_0"), or NULL. */
BC_API const bc_block_format *bc_block_find(const char *name);

/* Scale and minimum of each group of a block, in order, as its fields say: at most
 * BC_BLOCK_MAX_GROUPS numbers each. Single numbers (f16, bf16) have scale 1. Returns the number
 * of groups, block_length / group_length. */
BC_API size_t bc_block_scales(const bc_block_format *format, const void *block, float *scales,
                              float *minimums);

/* Add to counts[code] how often each code, below format->codes->n_codes, stands for one of the
 * first n weights of the blocks. */
BC_API void bc_block_count_codes(const bc_block_format *format, const void *blocks, size_t n,
                                 uint64_t *counts);

/* Round the codes of n_blocks blocks anew, with noise, under the scales that they have: the code of
 * x[i] is the one nearest to its position on the group's values plus noise[i] steps, as in
 * bc_quantize_f32. noise (bc_noise_fill) has as many numbers as x. With uniform noise 1 step wide
 * (rpdf) a weight between the smallest and largest value of its group is itself in the mean. Groups
 * whose scale is 0 or not finite keep their codes. NaN counts as 0. */
BC_API void bc_block_dither(const bc_block_format *format, const float *x, const float *noise,
                            size_t n_blocks, void *blocks);

/* Fill n_blocks blocks as encode does, then look for better scales and codes: the squared error of
 * a block, of each weight times its importance, is never larger than that of encode, and mostly
 * smaller. Any reader of the format reads it. The same bytes on every machine, and for any split
 * into calls where encode has that. importance: as for encode, but every format minds it. */
BC_API void bc_block_encode_best(const bc_block_format *format, const float *x,
                                 const float *importance, size_t n_blocks, void *blocks);

#ifdef __cplusplus
}
#endif
#endif
