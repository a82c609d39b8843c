/* Shared-internal: any grid laid on the samples of a picture by one scale. */
#ifndef BCI_IMAGE_RULER_H
#define BCI_IMAGE_RULER_H

#include "image/codec.h"
#include "medium/laid.h"

/* Marks first .. first + n - 1 of the grid are those that samples of 0..1 can become. */
typedef struct {
    bc_grid grid;
    bc_scale scale;
    int32_t first;
    uint32_t n;
} bci_image_ruler;

/* Whether a picture is reduced to something else than evenly spaced levels of `bits`; and whether
 * run by run. */
bool bci_image_is_ruled(const bc_image_settings *s);
bool bci_image_has_runs(const bc_image_settings *s);

/* What runs are rounded by. */
bci_laying bci_image_laying(const bc_image_settings *s);

/* BC_E_USAGE for settings that contradict each other or make no sense. */
BC_NODISCARD bc_status bci_image_check_ruler(const bc_image_settings *s, bc_error *err);

/* How often each sample of a picture occurs, by colour channel. Zero it; see_samples is for
 * bci_image_replay. */
typedef struct {
    const bc_image_info *info;
    uint64_t *counts[3];
} bci_image_seen;
BC_NODISCARD bc_status bci_image_seen_new(const bc_image_info *info, bci_image_seen *out,
                                          bc_error *err);
void bci_image_see(void *seen, const void *rows, uint32_t n);
void bci_image_seen_free(bci_image_seen *seen);

/* One for all colour channels, or one for each. */
typedef struct {
    bci_image_ruler of[3];
    uint32_t n;
} bci_image_rulers;

/* Lay the grid of the settings on what was seen; seen NULL under full scale. BC_E_USAGE where grid
 * and scale do not go together, or more marks come out than samples of 16 bits can be. */
BC_NODISCARD bc_status bci_image_rulers_lay(const bc_image_settings *s, const bci_image_seen *seen,
                                            bci_image_rulers *out, bc_error *err);

/* Mark k of n; rising. Under a scale without gain, of a picture of one sample, it is the first that
 * stands for that sample. */
double bci_image_ruler_mark(const bci_image_ruler *r, uint32_t k);

/* The same as files store it, between 0 and 1. */
double bci_image_ruler_value(const bci_image_ruler *r, uint32_t k);

/* Bits of the samples of a file that holds all marks exactly, 8 or 16; 16 where none does. */
int bci_image_rulers_container(const bci_image_rulers *r);

#endif
