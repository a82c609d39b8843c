/* The plot of a sweep. */
#ifndef BITCRUSH_SWEEP_PLOT_H
#define BITCRUSH_SWEEP_PLOT_H

#include "sweep.h"

/* Draw bits against SNR into the file that --plot names. BC_E_EXISTS, BC_E_WRITE. */
BC_NODISCARD bc_status sweep_plot(const options *o, const sweep *s, bc_error *err);

#endif
