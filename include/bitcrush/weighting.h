/* Weightings: how much each frequency counts when noise is summed. */
#ifndef BITCRUSH_WEIGHTING_H
#define BITCRUSH_WEIGHTING_H

#include <stddef.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A row of the registry. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    double (*gain_db)(double hz); /* hz >= 0; -infinity where nothing passes */
} bc_weighting;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_weighting_rows(const bc_weighting **out);

/* The row of that name, or NULL. */
BC_API const bc_weighting *bc_weighting_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
