/* Shared-internal: what facts are called, how they are written and what they mean. */
#ifndef BCI_MEANINGS_H
#define BCI_MEANINGS_H

#include "report/facts.h"

typedef struct {
    const char *name;    /* "metrics.snr_db" */
    const char *label;   /* "SNR" */
    const char *style;   /* of a number, as in the lines of the text: "2", "+5", "3e"; "g" */
    const char *unit;    /* "dB", or "" */
    const char *meaning; /* a sentence */
} bci_meaning;

/* The row of a fact, or NULL. */
const bci_meaning *bci_meaning_of(const bci_fact *f);

/* The value of a fact for people, with its unit; m may be NULL. */
void bci_meaning_put(bci_buffer *b, const bci_fact *f, const bci_meaning *m);

/* The value as bc_report_json writes it, a text without its quotes. */
void bci_fact_put_exact(bci_buffer *b, const bci_fact *f);

#endif
