/* Shared-internal: the list of facts behind a report. */
#ifndef BCI_FACTS_H
#define BCI_FACTS_H

#include <stddef.h>

#include "bitcrush/report.h"
#include "report/buffer.h"

typedef enum { BCI_NUMBER, BCI_INTEGER, BCI_STRING, BCI_FLAG } bci_fact_type;

typedef struct {
    const char *section, *key;
    size_t row; /* of the table that the section then is, from 1; 0: it is none */
    bci_fact_type type;
    union {
        double number;
        uint64_t integer; /* also of a flag: 0 or 1 */
        char *string;
    };
} bci_fact;

/* Rows of a table that are made when they are written. */
typedef struct {
    const char *table;
    size_t n;
    void (*make)(const void *context, size_t i, bc_report *row); /* NULL: there are none */
    const void *context;
} bci_made_rows;

struct bc_report {
    bci_fact *facts;
    size_t n, room;
    const char *table; /* the row begun last is of this one, or NULL */
    size_t row;
    bci_made_rows made;
    uint64_t max_memory;
    uint64_t n_bytes;        /* of strings and what is counted besides; facts count by their room */
    uint64_t refused;        /* bytes of facts that were too many; 0: none */
    bool is_short_of_memory; /* facts were lost */
};

/* An empty text that takes no more than the facts leave of the report's limit. */
bci_buffer bci_report_buffer(const bc_report *r);

/* BC_OK and the text that is whole; else it is freed: BC_E_LIMIT when it or facts were lost. */
BC_NODISCARD bc_status bci_report_take(const bc_report *r, bci_buffer *b, char **out,
                                       bc_error *err);

/* Row i of those that are made, alone in `row`, a report that is used for all of them. */
void bci_report_make_row(const bc_report *r, size_t i, bc_report *row);

/* The fact "section.key" (the first `length` characters of `name`), or NULL. */
const bci_fact *bci_report_find(const bc_report *r, const char *name, size_t length);

/* The value of a fact as a style of `length` characters wants it: "2" decimals, "+5" with its sign,
 * "3e" as a power of ten, "sample" for a whole number of such things. */
void bci_fact_put(bci_buffer *b, const bci_fact *f, const char *style, size_t length);

/* The rows of the report's tables as aligned columns, table after table. */
void bci_report_put_tables(bci_buffer *b, const bc_report *r, const char *bold, const char *plain);

#endif
