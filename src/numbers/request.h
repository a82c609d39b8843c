/* Shared-internal: what is asked for of a table, understood. */
#ifndef BCI_NUMBERS_REQUEST_H
#define BCI_NUMBERS_REQUEST_H

#include "bitcrush/medium.h"
#include "bitcrush/numbers.h"
#include "medium/shared_settings.h"

/* Settings, what they point to, and the texts that they were made of. */
typedef struct {
    bc_numbers_settings settings;
    const char *include[BCI_MAX_GLOBS], *exclude[BCI_MAX_GLOBS];
    char *texts[2]; /* values, cut at their commas */
    const char *include_text, *exclude_text, *dither, *feedback, *group, *range; /* or NULL */
    int scale, separator, decimal; /* places of the words; scale -1: not given */
} bci_numbers_job;

enum { BCI_NUMBERS_SETTINGS = 21 };
extern const bc_setting_row bci_numbers_setting_rows[BCI_NUMBERS_SETTINGS];

/* See bc_medium. */
bool bci_numbers_takes(const char *spec);
bool bci_numbers_replaces_spec(const bc_settings *s);
BC_NODISCARD bc_status bci_numbers_prepare(const char *spec, const bc_request *request, void **job,
                                           bc_error *err);
void bci_numbers_release(void *job);

#endif
