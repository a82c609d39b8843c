/* The contact sheet of a sweep: a picture at every depth, side by side. */
#ifndef BITCRUSH_SWEEP_SHEET_H
#define BITCRUSH_SWEEP_SHEET_H

#include "sweep.h"

/* Draw it into the PNG file that --sheet names: a row undithered, one with dither, and for colours
 * one of each channel. The picture is made smaller first, in linear light, and reduced then, so
 * that every pixel of the sheet is one of the reduction. BC_E_EXISTS, BC_E_WRITE, BC_E_LIMIT. */
BC_NODISCARD bc_status sweep_sheet(const options *o, const sweep *measured, bc_error *err);

#endif
