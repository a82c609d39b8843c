/* Shared-internal: what is asked for of weights, understood. */
#ifndef BCI_TENSOR_REQUEST_H
#define BCI_TENSOR_REQUEST_H

#include "bitcrush/medium.h"
#include "bitcrush/tensor.h"
#include "medium/shared_settings.h"

/* Settings, what they point to, and the texts that they were made of. */
typedef struct {
    bc_tensor_settings settings;
    const char *include[BCI_MAX_GLOBS], *exclude[BCI_MAX_GLOBS], *drop[BCI_MAX_GLOBS];
    bc_tensor_rule rules[BCI_MAX_GLOBS];
    char *texts[4]; /* values, cut at their commas */
    const char *include_text, *exclude_text, *drop_text, *type_text, *group; /* or NULL */
    const char *dither, *feedback;                                           /* or NULL */
    int scale; /* place of the word; -1: none */
} bci_tensor_job;

enum { BCI_TENSOR_SETTINGS = 23 };
extern const bc_setting_row bci_tensor_setting_rows[BCI_TENSOR_SETTINGS];

/* See bc_medium. */
bool bci_tensor_takes(const char *spec);
BC_NODISCARD bc_status bci_tensor_prepare(const char *spec, const bc_request *request, void **job,
                                          bc_error *err);
void bci_tensor_release(void *job);

#endif
