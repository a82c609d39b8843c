/* The envelope of a long signal, in constant memory. */
#ifndef BITCRUSH_ENVELOPE_H
#define BITCRUSH_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bc_envelope bc_envelope;

/* What is known of consecutive samples. Samples that are not finite are not counted; where
 * there are none, low and high are NaN. */
typedef struct {
    double low, high, sum_squares;
    uint64_t n;
} bc_envelope_column;

/* An envelope in at most n_columns (2 to 2^20, made even) of equal width, for about n_expected
 * samples, or 0 where that is not known. Whenever the columns are full, neighbours are put
 * together and the width doubles, so that any number of samples fits. BC_E_USAGE, BC_E_LIMIT. */
BC_API BC_NODISCARD bc_status bc_envelope_new(uint64_t n_expected, size_t n_columns,
                                              bc_envelope **out, bc_error *err);

/* Add n samples x[0], x[stride], ... The result does not depend on how a signal is cut into
 * calls. Cannot fail. */
BC_API void bc_envelope_add(bc_envelope *e, const double *x, size_t n, size_t stride);

/* The columns so far, valid until the next call with e: their number; their width in samples
 * (the last one may hold fewer) in *width unless NULL. */
BC_API size_t bc_envelope_columns(const bc_envelope *e, const bc_envelope_column **columns,
                                  uint64_t *width);

/* Release; NULL is fine. */
BC_API void bc_envelope_free(bc_envelope *e);

#ifdef __cplusplus
}
#endif
#endif
