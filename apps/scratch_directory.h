/* A directory for what a run makes and does not keep. */
#ifndef BITCRUSH_SCRATCH_DIRECTORY_H
#define BITCRUSH_SCRATCH_DIRECTORY_H

#include <dirent.h>

#include "bitcrush/status.h"

typedef struct {
    char path[4096];
    int lock;
    DIR *files;
} scratch_directory;

/* Make one in TMPDIR, and remove those that runs left there that were killed. BC_E_WRITE,
 * BC_E_LIMIT. */
BC_NODISCARD bc_status scratch_directory_make(scratch_directory *d, bc_error *err);

/* Remove it with the files in it. */
void scratch_directory_remove(scratch_directory *d);

#endif
