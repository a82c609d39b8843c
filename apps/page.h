/* The page of one reduced file: what all media have on it, around what one of them has. */
#ifndef BITCRUSH_PAGE_H
#define BITCRUSH_PAGE_H

#include "bitcrush/html.h"
#include "bitcrush/report.h"
#include "file_plan.h"
#include "options.h"

/* One file and what became of it. */
typedef struct {
    const options *o;
    unsigned tool; /* TOOL_... */
    const char *in, *out;
    const char *spec; /* "4 bits", for the title */
    const bc_report *facts;
    double snr_db; /* of the reduction, NaN: none */
    double bits;   /* where it stands on the curve of bits and SNR; NaN: nowhere */
} page;

/* BC_E_USAGE where the options ask for a page that cannot be made: of several files into one, of a
 * pipe, of nothing that is written. */
BC_NODISCARD bc_status page_check(const options *o, int n_files, bc_error *err);

/* BC_E_EXISTS where there is a file and it may not be replaced: told before any work. */
BC_NODISCARD bc_status page_is_free(const char *path, bool force, bc_error *err);

/* BC_E_LIMIT where --max-memory leaves no room for making `what` ("a page") of that path: it takes
 * a few views of a fixed size, whatever the input is. */
BC_NODISCARD bc_status page_has_memory(const options *o, const char *path, const char *what,
                                       bc_error *err);

/* Add the page of `in` to the files of the run. */
void page_plan(const options *o, const char *in, const char *out, file_plan *p);

/* page_is_free of the page of `in`. */
BC_NODISCARD bc_status page_may_be_written(const options *o, const char *in, const char *out,
                                           bc_error *err);

/* Facts of the output: its path, what becomes of it, and where the page is. */
void page_add_output(bc_report *r, const options *o, const char *in, const char *out);

/* Begin a page: title, command and settings. Then what the medium has, then page_end: figures, the
 * curve, files; written to its place. NULL is fine for page_end, which releases h. */
BC_NODISCARD bc_status page_begin(const page *p, bc_html **h, bc_error *err);
BC_NODISCARD bc_status page_end(const page *p, bc_html *h, bc_error *err);

/* The last part of a path. */
const char *page_name(const char *path);

/* Write a page to its path and release it. `done`: of making it; anything but BC_OK only
 * releases. */
BC_NODISCARD bc_status page_write(bc_html *h, bc_status done, const char *path, bool force,
                                  bc_error *err);

/* A histogram as bars, in a figure. counts[0..n), the first at code `first`. */
void page_codes(bc_html *h, const char *heading, const uint64_t *counts, size_t n, double first,
                const char *label, const char *caption, bc_error *err, bc_status *st);

#endif
