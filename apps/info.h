/* The verb info: what a file is, and how much of it is really used. */
#ifndef BITCRUSH_INFO_H
#define BITCRUSH_INFO_H

#include "bitcrush/report.h"
#include "options.h"

/* One file, o->operands[0]. */
BC_NODISCARD bc_status image_info(const char *name, const options *o, bc_error *err);
BC_NODISCARD bc_status audio_info(const char *name, const options *o, bc_error *err);

/* The size of the file, where there is one. */
void info_add_size(bc_report *r, const char *path);

/* What of the file is not needed, as "16 bits a sample, one channel", and the command that leaves
 * it out: the path, and the rest, or NULL where no command does. `what` "" says that nothing is,
 * and so does what a lossy codec made small. */
void info_add_lossless(bc_report *r, bool is_lossy, const char *what, const char *path,
                       const char *rest);

#endif
