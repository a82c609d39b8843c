/* Shared-internal: a JSON text (RFC 8259), read from its beginning to its end without a tree of it,
 * through a window of it where it lies in a file.
 *
 * The first fault stays: whatever is read after it is empty, loops over members and items end, and
 * `status` says it once at the end. Texts are UTF-8 and hold no character 0; names occur once in an
 * object where that is asked for; whole numbers fit 64 bits, others a double; values lie at most
 * BCI_JSON_MAX_DEPTH deep in each other. */
#ifndef BCI_JSON_READER_H
#define BCI_JSON_READER_H

#include "base/bytes.h"
#include "base/seekable.h"
#include "bitcrush/status.h"

enum { BCI_JSON_MAX_DEPTH = 100, BCI_JSON_WINDOW = 1 << 18 /* bytes, as large as a cache */ };

typedef enum {
    BCI_JSON_NOTHING,
    BCI_JSON_OBJECT,
    BCI_JSON_ARRAY,
    BCI_JSON_STRING,
    BCI_JSON_INTEGER,
    BCI_JSON_REAL,
    BCI_JSON_TRUE,
    BCI_JSON_FALSE,
    BCI_JSON_NULL
} bci_json_kind;

/* A value; of objects and arrays only what they are. */
typedef struct {
    bci_json_kind kind;
    int64_t integer;
    double real; /* of an integer, too */
} bci_json_value;

/* Made by bci_json_begin or bci_json_begin_file. */
typedef struct {
    const char *file;       /* for messages */
    const char *text;       /* what of it is at hand */
    size_t n, at;           /* bytes of that; what comes next is text[at] */
    size_t before;          /* bytes of the whole text before those at hand */
    size_t left;            /* and after them, */
    const bci_seekable *in; /* in this file, or NULL */
    uint64_t in_at;         /* where the whole text begins in it */
    char *window;           /* the bytes at hand, `room` at most, or NULL */
    size_t room;
    int depth;
    bci_bytes names;    /* of the objects that are open and checked, one after the other */
    bci_bytes names_at; /* where in the text each begins, a size_t each */
    bci_bytes digits;   /* of the number at hand */
    bc_status status;
    bc_error *err;
} bci_json_reader;

/* An object that is open. */
typedef struct {
    size_t n_members;
    bool is_checked;        /* names that occur twice are a fault */
    size_t names, names_at; /* where its own begin */
} bci_json_object;

void bci_json_begin(bci_json_reader *r, const char *file, const char *text, size_t n,
                    bc_error *err);

/* The n bytes of a file from `at` on, read through a window of `room` bytes, which becomes larger
 * for a number that is. */
void bci_json_begin_file(bci_json_reader *r, const bci_seekable *in, uint64_t at, size_t n,
                         size_t room, bc_error *err);

/* Release what the reader holds; the text has to be over. Returns the status. */
BC_NODISCARD bc_status bci_json_end(bci_json_reader *r);

/* "FILE: byte AT of the JSON text: WHAT", BC_E_FORMAT, unless there was a fault before. */
void bci_json_fault(bci_json_reader *r, size_t at, const char *what);

/* What begins here, by its first character; numbers are BCI_JSON_INTEGER, what can begin no value
 * BCI_JSON_NOTHING. */
bci_json_kind bci_json_peek(bci_json_reader *r);

/* Enter the object or array that begins here; anything else is a fault. */
void bci_json_enter_object(bci_json_reader *r, bool is_checked, bci_json_object *o);
void bci_json_enter_array(bci_json_reader *r);

/* The next member: its name, with a 0 after it, goes into `name`, and its place in the text is *at;
 * its value comes next. False past the last one. */
bool bci_json_next_member(bci_json_reader *r, bci_json_object *o, bci_bytes *name, size_t *at);

/* The next item of an array, of which *n have been seen; false past the last. */
bool bci_json_next_item(bci_json_reader *r, uint64_t *n);

/* Read the value that begins here, with all that is in it. A string, with a 0 after it, goes into
 * `string` (NULL: nowhere). */
bci_json_value bci_json_take(bci_json_reader *r, bci_bytes *string);

#endif
