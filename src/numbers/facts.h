/* Shared-internal: what is told of tables. */
#ifndef BCI_NUMBERS_FACTS_H
#define BCI_NUMBERS_FACTS_H

#include "bitcrush/medium.h"
#include "bitcrush/numbers.h"

/* The facts of an input. */
void bci_numbers_input_facts(bc_report *r, const char *path, const bc_numbers_summary *s);

/* See bc_deed_row; outcome->own is a bc_numbers_result, a bc_numbers_comparison or a
 * bc_numbers_info. */
void bci_numbers_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                              bc_report *r);
void bci_numbers_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                               bc_report *r);
void bci_numbers_info_facts(const void *job, const bc_outcome *o, const bc_account *a,
                            bc_report *r);

#endif
