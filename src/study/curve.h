/* Shared-internal: the curve of bits and SNR on a page. */
#ifndef BCI_CURVE_H
#define BCI_CURVE_H

#include "bitcrush/study.h"

/* Put the curve of the file of a page, with its result of snr_db as a dot. */
BC_NODISCARD bc_status bci_curve_of_one(bc_html *h, const bc_page *p, double snr_db, bc_error *err);

/* Behind the last slash. */
const char *bci_base_name(const char *path);

/* Say so where a file has no point in a plot. */
void bci_mention_missing(bc_html *h, const bc_sweep *s);

/* "12.34", "infinite", or a dash for NaN. */
void bci_show_db(char *to, size_t size, double db);

#endif
