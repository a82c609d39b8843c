/* The report of one picture. */
#ifndef BITCRUSH_IMAGE_REPORT_H
#define BITCRUSH_IMAGE_REPORT_H

#include "bitcrush/image.h"
#include "bitcrush/report.h"
#include "options.h"

/* The SNR by the closed form, which holds where errors are independent of the signal in coded
 * values; NaN elsewhere. */
double image_expected_snr_db(const bc_image_settings *s, const bc_image_result *m);

/* The facts of an input that its header tells. */
void image_report_input(bc_report *r, const char *path, const bc_image_info *info);

/* What it says beside its samples, and what became of it. */
void image_report_metadata(bc_report *r, const bc_image_info *info);

/* Print what became of `in`, as text or JSON: to standard output, or to standard error when the
 * picture itself went there. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status image_report(const options *o, const bc_image_settings *s, const char *in,
                                    const char *out, const bc_image_result *m, bc_error *err);

/* The same for a comparison of picture b with picture a. */
BC_NODISCARD bc_status image_comparison_report(const options *o, const char *a, const char *b,
                                               const bc_image_comparison *m, bc_error *err);

#endif
