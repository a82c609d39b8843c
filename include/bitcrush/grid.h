/* Grids: which values may be stored.
 *
 * A grid is a ruler. Its marks are numbered by integer codes lo..hi, in rising
 * order of value. position(x) is the place of x on the ruler: a real number that
 * is k exactly at value(k) and linear in between. So on every grid
 *   - the nearest value is value(rint(position(x))); ties go to the even code,
 *     which on the float grids is IEEE 754 rounding;
 *   - dither is added to the position, in steps;
 *   - the error is value(k) - x, in the units of the data.
 *
 * Grids built from parameters are plain values: copy them freely, nothing to free.
 * A grid over a list (bc_grid_codebook, bc_grid_light) points into a table that the
 * caller owns and must keep alive. */
#ifndef BITCRUSH_GRID_H
#define BITCRUSH_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/light.h"
#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_GRID_AFFINE, /* value(k) = (k + rise) / den */
    BC_GRID_FLOAT,  /* sign, exponent, mantissa */
    BC_GRID_TABLE,  /* value(k) = values[k] */
} bc_grid_family;

/* What the codes past the largest finite value of a float format mean. */
typedef enum {
    BC_FLOAT_IEEE,   /* top exponent: infinity and NaN; overflow rounds to infinity */
    BC_FLOAT_FN,     /* only all-ones is NaN (OCP E4M3); overflow saturates */
    BC_FLOAT_FINITE, /* every code is a number (OCP E3M2, E2M3, E2M1); overflow saturates */
} bc_float_flavour;

/* How the codes of a table grid are stored. */
typedef enum {
    BC_STORED_PLAIN, /* as they are */
    BC_STORED_MULAW, /* as bytes of G.711 */
    BC_STORED_ALAW,
    BC_STORED_SIGNED, /* as sign and magnitude: the upper half of the codes is positive */
} bc_stored;

typedef struct {
    bc_grid_family family;
    int32_t lo, hi; /* lowest and highest code */
    double den;     /* affine: codes per unit of value */
    double rise; /* affine: steps from 0 up to the mark of code 0; 1/2 on mid-rise grids, else 0 */
    double shift_gain; /* truncation is floor(position * shift_gain); see bc_rounding */
    int exponent_bits; /* float */
    int mantissa_bits; /* float */
    int exponent_bias; /* float */
    bc_float_flavour flavour;
    const float *values;     /* table: hi + 1 rising values */
    const float *thresholds; /* table: hi points of decision between neighbours, or NULL
                              * for half way; used by error diffusion */
    bc_stored stored;        /* table */
    int bits;                /* bits that store one code */
} bc_grid;

/* n-bit uniform grid over full scale [0, 1]: codes 0 .. 2^n - 1, value k / (2^n - 1).
 * n is 1..16, else BC_E_USAGE. What pixels use. */
BC_API BC_NODISCARD bc_status bc_grid_uniform(int bits, bc_grid *out, bc_error *err);

/* n-bit two's complement PCM, mid-tread: codes -2^(n-1) .. 2^(n-1) - 1, value
 * k / 2^(n-1), so that +1.0 is one step past the top. n is 1..32, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_pcm(int bits, bc_grid *out, bc_error *err);

/* n-bit mid-rise: no mark at 0, but as many on either side: codes -2^(n-1) .. 2^(n-1) - 1, value
 * (k + 1/2) / 2^(n-1), so that the ends lie half a step inside of -1 and 1 and nothing in between
 * clips. By name it is "midrise4". n is 1..24, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_midrise(int bits, bc_grid *out, bc_error *err);

/* bc_grid_pcm with any number of marks from 2 on, for depths between two whole numbers of bits:
 * codes -(levels / 2) .. (levels - 1) / 2, both rounded toward 0, value 2 k / levels. 2^n levels
 * are bc_grid_pcm(n). Fewer are BC_E_USAGE. Between powers of two a value is a rounded quotient:
 * BC_ROUND_NEAREST keeps a mark, BC_ROUND_TRUNCATE may take it for the one below. */
BC_API BC_NODISCARD bc_status bc_grid_pcm_levels(uint32_t levels, bc_grid *out, bc_error *err);

/* Symmetric n-bit integers -(2^(n-1) - 1) .. 2^(n-1) - 1 as k / (2^(n-1) - 1), so
 * that the extreme codes are exactly -1 and 1 before scaling; zero is a mark.
 * n is 2..16, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_int_symmetric(int bits, bc_grid *out, bc_error *err);

/* Unsigned n-bit integers 0 .. 2^n - 1 as k / (2^n - 1), to be laid on data by a
 * scale with a zero-point. n is 1..16, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_int_zero_point(int bits, bc_grid *out, bc_error *err);

/* The integers lo .. hi as they are: value k. lo < hi, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_integers(int32_t lo, int32_t hi, bc_grid *out, bc_error *err);

/* Binary floating point with 1 sign bit, `exponent_bits` (1..8), `mantissa_bits`
 * (0..23), `exponent_bias`, subnormals included. A code counts magnitudes: code k and
 * -k are the k-th finite magnitude with either sign, 0 is zero. BC_FLOAT_IEEE adds
 * infinity as code hi. At most 32 bits in all, else BC_E_USAGE; an IEEE or FN grid needs
 * room for its reserved codes. NaN data becomes bc_grid_nan_code where the format has NaN. */
BC_API BC_NODISCARD bc_status bc_grid_float(int exponent_bits, int mantissa_bits, int exponent_bias,
                                            bc_float_flavour flavour, bc_grid *out, bc_error *err);

/* A grid over values[0..n), strictly rising and finite, 2 <= n <= 65536, else
 * BC_E_USAGE. Keeps the pointer. */
BC_API BC_NODISCARD bc_status bc_grid_codebook(const float *values, size_t n, bc_grid *out,
                                               bc_error *err);

/* The levels of bc_grid_uniform(bits) seen in linear light through a transfer function
 * (NULL: sRGB). `table` has room for 2 * 2^bits floats and is kept: the levels come first,
 * then the points half way between them in coded values, seen in linear light, where
 * error diffusion picks the nearest level. bits is 1..16, else BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_light(int bits, const bc_transfer *transfer, float *table,
                                            bc_grid *out, bc_error *err);

/* The position of x, in steps, as an even code plus a remainder of less than 2 in magnitude
 * (or more beyond the ends), whose sign is that of x on the float grids and + elsewhere.
 * The split keeps every bit of x: on the float grids the sum need not fit a double. x is
 * finite. */
typedef struct {
    int32_t base;
    double rest;
} bc_position;
BC_API bc_position bc_grid_position(const bc_grid *grid, double x);

/* The value of a code, lo <= code <= hi (or bc_grid_nan_code). */
BC_API double bc_grid_value(const bc_grid *grid, int32_t code);

/* The code that NaN data take: of NaN, one past hi, or where the grid has no NaN the code
 * nearest to the value 0. */
BC_API int32_t bc_grid_nan_code(const bc_grid *grid);

/* The bits that store a code, low bits first: two's complement for signed integers,
 * sign and magnitude for floats (NaN is a quiet one), the byte of G.711 for "mulaw" and "alaw"
 * (0 of mu-law is FF, +0), the code itself otherwise. */
BC_API uint32_t bc_grid_code_to_bits(const bc_grid *grid, int32_t code);

/* The code of a stored bit pattern; inverse of bc_grid_code_to_bits. Negative zero gives
 * 0, every NaN gives bc_grid_nan_code, and negative infinity lo. Patterns that no code has (as of a
 * codebook whose size is not a power of two) give the nearer of lo and hi. */
BC_API int32_t bc_grid_code_from_bits(const bc_grid *grid, uint32_t bits);

/* The number of marks, hi - lo + 1. */
BC_API uint64_t bc_grid_levels(const bc_grid *grid);

/* Named grids: {"uniform", "e4m3", ...}, each built by bc_grid_named. A name with a
 * trailing number of bits is split off first ("pcm16"): bits is 0 for names without. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    int min_bits, max_bits; /* 0, 0: the name stands alone */
} bc_grid_row;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_grid_rows(const bc_grid_row **out);

/* Build a grid by name: "uniform4", "pcm16", "midrise4", "int8", "uint8", "mulaw", "alaw",
 * "float16", "bfloat16", "e4m3", "e5m2", "e3m2", "e2m3", "e2m1", "float32", "float5". "eXmY" is a
 * float of X exponent bits (1..8), bias 2^(X-1) - 1, and Y mantissa bits (0..23): with infinities
 * and NaN from 5 exponent bits on, as IEEE 754 and OCP E5M2 have them, with NaN alone at 4 (OCP
 * E4M3), all finite below (OCP E3M2, E2M3, E2M1). Unknown names and bits out of range are
 * BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_grid_named(const char *name, bc_grid *out, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
