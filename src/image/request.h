/* Shared-internal: what is asked for of a picture, understood. */
#ifndef BCI_IMAGE_REQUEST_H
#define BCI_IMAGE_REQUEST_H

#include "bitcrush/image.h"
#include "bitcrush/medium.h"

/* Settings, what they point to, and the texts that they were made of. */
typedef struct {
    bc_image_settings settings;
    bc_palette palette;
    const char *dither, *feedback, *channels, *palette_text, *group; /* NULL: not given */
    int scale;                /* of bc_scale_rows; -1: not given */
    int light;                /* 0: linear */
    double strength, percent; /* NaN: not given */
    bool fast, small;
} bci_image_job;

enum { BCI_IMAGE_SETTINGS = 23 };
extern const bc_setting_row bci_image_setting_rows[BCI_IMAGE_SETTINGS];

/* See bc_medium. */
bool bci_image_takes(const char *spec);
bool bci_image_replaces_spec(const bc_settings *s);
BC_NODISCARD bc_status bci_image_prepare(const char *spec, const bc_request *request, void **job,
                                         bc_error *err);

/* What follows from the settings as they stand in the job: anew where one was changed. */
BC_NODISCARD bc_status bci_image_settle(bci_image_job *job, bc_error *err);

/* The same for a depth, into a job of the caller's. */
BC_NODISCARD bc_status bci_image_prepare_bits(int bits, const bc_request *request,
                                              bci_image_job *job, bc_error *err);

#endif
