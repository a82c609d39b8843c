/* The page about a file: where it goes, and when it can be made. */
#ifndef BITCRUSH_PAGES_H
#define BITCRUSH_PAGES_H

#include "bitcrush/study.h"
#include "options.h"

/* BC_E_USAGE where the options ask for a page that cannot be made: of several files into one, of a
 * pipe, of nothing that is written. */
BC_NODISCARD bc_status page_check(const options *o, int n_files, bc_error *err);

/* What would keep `what` ("a page") of that path from being made, told before any work: no room by
 * --max-memory, a file that may not be replaced. */
BC_NODISCARD bc_status page_output_check(const options *o, const char *path, const char *what,
                                         bc_error *err);

/* Where the page goes: as asked, or beside the input under the name of the output. */
void page_path(const options *o, const char *in, const char *out, char *to, size_t size);

/* The same of the page of `in`, where one is asked for. */
BC_NODISCARD bc_status page_may_be_written(const options *o, const char *in, const char *out,
                                           bc_error *err);

/* Write a page to its path and release it. `done`: of making it; anything but BC_OK only
 * releases. */
BC_NODISCARD bc_status page_write(bc_html *h, bc_status done, const char *path, const options *o,
                                  bc_error *err);

/* The last part of a path. */
const char *page_name(const char *path);

#endif
