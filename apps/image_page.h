/* The page of one picture. */
#ifndef BITCRUSH_IMAGE_PAGE_H
#define BITCRUSH_IMAGE_PAGE_H

#include "bitcrush/image.h"
#include "bitcrush/report.h"
#include "options.h"

/* Write what became of `in` as a page, to where the options say; `facts` are those of the report.
 * Reads input and output again. */
BC_NODISCARD bc_status image_page(const options *o, const bc_image_settings *s, const char *in,
                                  const char *out, const bc_image_result *m, const bc_report *facts,
                                  bc_error *err);

#endif
