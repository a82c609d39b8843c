/* Shared-internal: what is told of pictures. */
#ifndef BCI_IMAGE_FACTS_H
#define BCI_IMAGE_FACTS_H

#include "bitcrush/image.h"
#include "bitcrush/medium.h"

/* The SNR by the closed form, which holds where errors are independent of the signal in coded
 * values; NaN elsewhere. */
double bci_image_expected_snr_db(const bc_image_settings *s, const bc_image_result *m);

/* What shares a scale, in a few words; "" for all of a picture. */
void bci_image_group_name(const bc_image_settings *s, char *name, size_t size);

/* The facts of an input that its header tells. */
void bci_image_input_facts(bc_report *r, const char *path, const bc_image_info *info);

/* What it says beside its samples, and what became of it. */
void bci_image_metadata_facts(bc_report *r, const bc_image_info *info);

/* See bc_deed_row; outcome->own is a bc_image_result, or a bc_image_comparison. */
void bci_image_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                            bc_report *r);
void bci_image_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r);

/* What of a file is used, of which the deed info tells. */
BC_NODISCARD bc_status bci_image_census(void *job, const char *const paths[2], bc_outcome *o,
                                        bc_error *err);
void bci_image_census_free(bc_outcome *o);
void bci_image_census_facts(const void *job, const bc_outcome *o, const bc_account *a,
                            bc_report *r);

#endif
