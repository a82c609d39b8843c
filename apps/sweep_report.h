/* The report of a sweep. */
#ifndef BITCRUSH_SWEEP_REPORT_H
#define BITCRUSH_SWEEP_REPORT_H

#include "sweep.h"

/* Print it as text or JSON. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status sweep_report(const options *o, const sweep *s, bc_error *err);

#endif
