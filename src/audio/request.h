/* Shared-internal: what is asked for of a sound, understood. */
#ifndef BCI_AUDIO_REQUEST_H
#define BCI_AUDIO_REQUEST_H

#include "bitcrush/audio.h"
#include "bitcrush/medium.h"

/* Settings, what they point to, and the texts that they were made of. */
typedef struct {
    bc_audio_settings settings;
    bc_curve curve;
    const char *dither, *feedback, *shape, *group; /* NULL: not given */
    int scale;                                     /* place of the word; -1: not given */
} bci_audio_job;

enum { BCI_AUDIO_SETTINGS = 23 };
extern const bc_setting_row bci_audio_setting_rows[BCI_AUDIO_SETTINGS];

/* See bc_medium. */
bool bci_audio_takes(const char *spec);
BC_NODISCARD bc_status bci_audio_prepare(const char *spec, const bc_request *request, void **job,
                                         bc_error *err);

/* The same into a job of the caller's. */
BC_NODISCARD bc_status bci_audio_prepare_job(const char *spec, const bc_request *request,
                                             bci_audio_job *job, bc_error *err);

#endif
