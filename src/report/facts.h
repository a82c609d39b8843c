/* Shared-internal: the list of facts behind a report. */
#ifndef BCI_FACTS_H
#define BCI_FACTS_H

#include <stddef.h>

#include "bitcrush/report.h"

typedef enum { BCI_NUMBER, BCI_INTEGER, BCI_STRING, BCI_FLAG } bci_fact_type;

typedef struct {
    const char *section, *key;
    bci_fact_type type;
    double number;
    uint64_t integer; /* also of a flag: 0 or 1 */
    char *string;
} bci_fact;

struct bc_report {
    bci_fact *facts;
    size_t n, room;
    bool is_short_of_memory;
};

/* The fact "section.key" (the first `length` characters of `name`), or NULL. */
const bci_fact *bci_report_find(const bc_report *r, const char *name, size_t length);

#endif
