/* Notations: how a number is written in bits.
 *
 * A notation is a grid with its stored bits taken apart: sign, exponent and mantissa of a float, or
 * the whole number that an integer stands for. Values are rounded by bc_quantize_f64, like
 * everything else. Notations are plain values: nothing to free. */
#ifndef BITCRUSH_NOTATION_H
#define BITCRUSH_NOTATION_H

#include "bitcrush/quantize.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_NOTATION_TWOS,     /* two's complement: -2^(n-1) .. 2^(n-1) - 1 */
    BC_NOTATION_UNSIGNED, /* 0 .. 2^n - 1 */
    BC_NOTATION_SIGNED,   /* sign and magnitude: -(2^(n-1) - 1) .. 2^(n-1) - 1 */
    BC_NOTATION_BIASED,   /* number + bias, bias 2^(n-1) - 1: -bias .. 2^(n-1) */
    BC_NOTATION_FLOAT,    /* sign, exponent, mantissa */
    BC_NOTATION_MARKS,    /* any other grid: the code of a mark */
} bc_notation_kind;

typedef struct {
    char name[24];
    const char *doc;    /* "two's complement"; static text */
    const char *source; /* who defines it; static text */
    bc_notation_kind kind;
    int bits;
    bc_grid grid;
    bc_scale scale;      /* value = gain * (number - zero-point), see bc_notation_lay */
    int64_t origin;      /* integers: number = code + origin, which keeps 32 bits inside a code */
    int64_t bias;        /* BC_NOTATION_BIASED */
    bool has_subnormals; /* floats: exponent field 0 means zero and subnormals */
} bc_notation;

/* A notation by name, in upper or lower case: "int8", "uint8", "signmag8" and "bias8" (of 1 to 32
 * bits, signmag from 2), whose values are whole numbers; "float32", "float16", "bfloat16", any
 * "eXmY", "float5", and every other grid (bc_grid_named). "fp16", "f16", "bf16", "fp32" and "f32"
 * are other names of floats. BC_E_USAGE for names that are none. */
BC_API BC_NODISCARD bc_status bc_notation_named(const char *name, bc_notation *out, bc_error *err);

/* The rows of names, to choose from and to suggest; returns their number. A row of a family stands
 * for its stem followed by a number of bits. */
typedef struct {
    const char *name;
    const char *doc;
    int min_bits, max_bits; /* 0, 0: the name stands alone */
} bc_notation_row;
BC_API size_t bc_notation_rows(const bc_notation_row **out);

/* Lay it on data: value = gain * (number - zero_point), gain > 0 and finite; of floats zero_point
 * is 0, of integers in their range. Else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_notation_lay(bc_notation *n, double gain, int64_t zero_point,
                                              bc_error *err);

typedef enum {
    BC_WRITTEN_NORMAL,
    BC_WRITTEN_SUBNORMAL,
    BC_WRITTEN_ZERO,
    BC_WRITTEN_INFINITE,
    BC_WRITTEN_NAN,
} bc_written_class;

/* A number as bits, taken apart. */
typedef struct {
    uint32_t bits;
    double value; /* that the bits stand for */
    bc_written_class what;
    int64_t number;                    /* of integers; of BC_NOTATION_MARKS the code */
    uint32_t sign, exponent, mantissa; /* the fields of floats; `sign` also of the signed forms */
    int power;                         /* floats: value = (-1)^sign * 2^power * significand */
    double significand;                /* 1 + mantissa / 2^m, without the 1 in subnormals */
    bool is_saturated; /* x lay more than half a step beyond the last finite value, and got it */
    bool is_overflow;  /* x was finite and became infinite */
} bc_written;

/* Write x: the nearest value, ties to even. NaN goes where bc_grid_nan_code says. */
BC_API bc_written bc_notation_write(const bc_notation *n, double x);

/* Read bits (the low n->bits of them). Every pattern has a meaning, except of BC_NOTATION_MARKS
 * that do not fill their bits: these give the nearer end. */
BC_API bc_written bc_notation_read(const bc_notation *n, uint32_t bits);

/* The ends of the finite values, and the smallest that is above 0. */
typedef struct {
    double low, high, smallest;
} bc_notation_ends;
BC_API bc_notation_ends bc_notation_range(const bc_notation *n);

/* How many marks lie `step` apart on low .. high, both ends among them, and the bits that number
 * them. A last step that is off by less than a millionth counts as whole: 0.1 has no exact double.
 * BC_E_USAGE unless low < high, 0 < step <= high - low, all finite, and the marks are at most
 * 2^53. */
BC_API BC_NODISCARD bc_status bc_levels_of_range(double low, double high, double step,
                                                 uint64_t *levels, int *bits, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
