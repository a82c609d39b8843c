/* Shared-internal: weights on any grid, under scales of their own, that are stored as values since
 * files of weights have no place for the codes. */
#ifndef BCI_RULING_H
#define BCI_RULING_H

#include "medium/laid.h"
#include "tensor/cut.h"
#include "tensor/encode.h"

/* How one tensor is rounded. Where all of it shares a scale it is one long row. */
typedef struct {
    bci_laying laying; /* its group is 0: a row */
    uint64_t n_rows, row;
    bool is_whole;         /* one scale for the tensor */
    bc_scale *long_scales; /* of groups that are no part of a batch, while it is written */
} bci_ruling;

/* The scale that a SPEC on a grid has by the settings. */
bc_scale_method bci_ruling_scale(const bc_spec *spec, const bc_tensor_settings *settings);

/* Whether the type, a float of 16 bits, holds every value of a SPEC under that scale. */
bool bci_ruling_fits(const bc_spec *spec, const bc_tensor_settings *settings,
                     const bc_element_type *type);

/* BC_E_USAGE where grid, scale and group do not go together. */
BC_NODISCARD bc_status bci_ruling_new(const bc_spec *spec, const bc_tensor_info *info,
                                      const bc_tensor_settings *settings, bci_ruling **out,
                                      bc_error *err);

/* Release; NULL is fine. */
void bci_ruling_free(bci_ruling *q);

/* Codes without gaps, and scales. */
uint64_t bci_ruling_packed_bytes(const bci_ruling *q);

/* Groups that are longer than a batch or cut by one, weights of each and how many: their scales are
 * found before all else. 0: none. */
uint64_t bci_ruling_long_groups(const bci_ruling *q, uint64_t *length);

/* Whether what is not finite stays so: on floats of their own scale that have infinity. */
bool bci_ruling_keeps(const bci_ruling *q);

/* How it goes through in batches. */
bci_cut bci_ruling_cut(const bci_ruling *q);

/* Scratch for a batch. NULL when memory is short. */
typedef struct bci_ruling_room bci_ruling_room;
bci_ruling_room *bci_ruling_room_new(void);
void bci_ruling_room_free(bci_ruling_room *room);

/* Round a batch to y. Of `seen`, or NULL, weights beyond the ends of the grid are told, and codes.
 * Values that become infinite are counted in *n_saturated and are the largest of the grid then;
 * NULL: they stay infinite. */
BC_NODISCARD bc_status bci_ruling_round(const bci_ruling *q, bci_ruling_room *room,
                                        const bci_encoding *how, const float *x,
                                        const bci_range *at, float *y, uint64_t *n_saturated,
                                        const bci_observed *seen, bc_error *err);

#endif
