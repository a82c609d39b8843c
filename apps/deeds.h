/* The deeds of a medium as verbs: reduce, restore, compare, info. */
#ifndef BITCRUSH_DEEDS_H
#define BITCRUSH_DEEDS_H

#include "bitcrush/study.h"
#include "options.h"
#include "progress.h"

/* A request to a medium by the options, and what it points to: it stays where it was made. */
typedef struct {
    bc_setting settings[OPTION_ROOM + 1];
    progress shown;
    bc_request request;
} deed_request;

/* Those settings of the options that the medium takes. */
void deed_request_make(deed_request *to, const bc_medium *m, const options *o);

/* `FILE... SPEC`. */
BC_NODISCARD bc_status deed_reduce(const bc_medium *m, const options *o, bc_error *err);

/* `restore FILE...`. */
BC_NODISCARD bc_status deed_restore(const bc_medium *m, const options *o, bc_error *err);

/* `compare A B`. */
BC_NODISCARD bc_status deed_compare(const bc_medium *m, const options *o, bc_error *err);

/* `info FILE`, or `info --params N`. */
BC_NODISCARD bc_status deed_info(const bc_medium *m, const options *o, bc_error *err);

#endif
