/* Reports: named facts about a run, rendered as text and as JSON from the same list. */
#ifndef BITCRUSH_REPORT_H
#define BITCRUSH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bc_report bc_report;

/* An empty report. BC_E_LIMIT when memory is short. */
BC_API BC_NODISCARD bc_status bc_report_new(bc_report **out, bc_error *err);

/* Let facts and the text that is made of them take no more memory than so many bytes; beyond,
 * bc_report_text and bc_report_json are BC_E_LIMIT. 0, as at first: BC_MAX_MEMORY of reading.h. */
BC_API void bc_report_limit(bc_report *r, uint64_t max_memory);

/* Count n_bytes more towards the limit, held by what the facts describe. */
BC_API void bc_report_taken(bc_report *r, uint64_t n_bytes);

/* Add a fact: `section` is "input", "output", "settings", "metrics", "theory", or "" for the
 * top level; facts keep their order. Texts are copied; section and key must be literals. A
 * number that is NaN and a NULL text do not apply and are left out; infinity is written
 * "inf". Shortage of memory is remembered and reported by the rendering call. */
BC_API void bc_report_number(bc_report *r, const char *section, const char *key, double value);
BC_API void bc_report_integer(bc_report *r, const char *section, const char *key, uint64_t value);
BC_API void bc_report_string(bc_report *r, const char *section, const char *key, const char *value);
BC_API void bc_report_flag(bc_report *r, const char *section, const char *key, bool value);

/* The caller had no memory to make a fact of: bc_report_json and bc_report_text are then
 * BC_E_LIMIT. */
BC_API void bc_report_fact_lost(bc_report *r);

/* Begin a row of a table: from here on, facts whose section is `table`, the same literal every
 * time, belong to it. JSON has an array of objects under that name; the text has columns, one for
 * each key, in lines of 100 characters; "why" is a remark behind the others. A key "a.b" is b of an
 * object a in the row's object. Tables follow each other, one is whole before the next begins. */
BC_API void bc_report_row(bc_report *r, const char *table);

/* A last table of n rows that are not kept but made one by one, when the report is written as text
 * or JSON: make(context, i, row) adds the facts of row i to `row`, with the section `table`. It is
 * called more than once for a row, and adds the same each time. The context stays the caller's, and
 * lives as long as the report. Once a report. */
BC_API void bc_report_rows(bc_report *r, const char *table, size_t n,
                           void (*make)(const void *context, size_t i, bc_report *row),
                           const void *context);

/* The report for people: a few lines, labels in bold with `colour`. The caller frees *out. */
BC_API BC_NODISCARD bc_status bc_report_text(const bc_report *r, bool colour, char **out,
                                             bc_error *err);

/* The report as one JSON object under the schema "bitcrush-report/2", or that of a fact "schema" at
 * the top level. The caller frees *out.
 * BC_E_UNSUPPORTED in a build without jansson. */
BC_API BC_NODISCARD bc_status bc_report_json(const bc_report *r, char **out, bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_report_free(bc_report *r);

#ifdef __cplusplus
}
#endif
#endif
