/* Curves of bits against SNR on pages. */
#ifndef BITCRUSH_CURVE_H
#define BITCRUSH_CURVE_H

#include "page.h"

/* That of the page's file, measured at 1 to 8 bits (or as many as it was reduced to), with the
 * reduction as a point on it. */
BC_NODISCARD bc_status curve_of_one(bc_html *h, const page *p, bc_error *err);

/* The page of several files of any medium on one axis, at 1 to 8 bits each: the operands. */
BC_NODISCARD bc_status curve_of_all(const options *o, bc_error *err);

#endif
