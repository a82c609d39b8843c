/* Shared-internal: what is told of sound. */
#ifndef BCI_AUDIO_FACTS_H
#define BCI_AUDIO_FACTS_H

#include "bitcrush/audio.h"
#include "bitcrush/medium.h"

/* The facts of an input that its header tells. */
void bci_audio_input_facts(bc_report *r, const char *path, const bc_audio_info *info,
                           uint64_t n_frames, const char *note, const char *salvaged);

/* What shares a scale, in a few words; "" under full scale. */
void bci_audio_group_name(const bc_audio_settings *s, char *name, size_t size);

/* See bc_deed_row; outcome->own is a bc_audio_result, or a bc_audio_comparison. */
void bci_audio_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                            bc_report *r);
void bci_audio_restore_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r);
void bci_audio_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r);

/* What of a file is used, of which the deed info tells. */
BC_NODISCARD bc_status bci_audio_census(void *job, const char *const paths[2], bc_outcome *o,
                                        bc_error *err);
void bci_audio_census_free(bc_outcome *o);
void bci_audio_census_facts(const void *job, const bc_outcome *o, const bc_account *a,
                            bc_report *r);

#endif
