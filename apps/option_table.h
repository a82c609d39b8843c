/* The rows that parsing, --help, the man page and shell completion share. */
#ifndef BITCRUSH_OPTION_TABLE_H
#define BITCRUSH_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows that the table may have. */
enum { OPTION_ROOM = 128 };

/* The media, a bit each by their place in bc_media, and explain. */
#define TOOL_OF(place) (1u << (place))
#define TOOL_MEDIA     0x7Fu
enum {
    TOOL_IMAGE = TOOL_OF(0),
    TOOL_AUDIO = TOOL_OF(1),
    TOOL_TENSOR = TOOL_OF(2),
    TOOL_NUMBERS = TOOL_OF(3),
    TOOL_EXPLAIN = 0x80
};

/* The same for what sweep takes of a medium. */
#define SWEEP_OF(tools) ((tools) << 8)

/* Choices, in the order of their table rows. */
enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

typedef struct {
    const char *output, *completion, *plot, *sheet, *report;
    bool quiet, json, list, help, version, man;
    int progress, color; /* index of the choice */
    double params;
    bool is_page_only;                 /* the output is for the page alone and goes away with it */
    bool is_refused;                   /* by --min-snr: what is reported was not written */
    bool given[OPTION_ROOM];           /* the rows of the table that were set */
    const char *settings[OPTION_ROOM]; /* their texts, where they are settings; else NULL */
    char words[512];                   /* texts that no argument holds */
    size_t n_words;                    /* of them taken */
    char **operands;                   /* argv, reordered: operands first */
    int n_operands;
    struct bc_input *input; /* the first operand, where it was looked at */
} options;

/* PERHAPS is a FLAG that takes a NUMBER behind "=". */
typedef enum { FLAG, TEXT, COUNT, SIZE, NUMBER, PAIR, CHOICE, PERHAPS } option_kind;

typedef struct {
    unsigned tools; /* which take it, TOOL_... */
    char letter;    /* 0: none */
    const char *name;
    option_kind kind;
    const char *value; /* what --help calls it; a CHOICE's words, separated by '|' */
    size_t field;      /* of options, or OPTION_IS_SETTING */
    double min, max;
    const char *doc;
} option;

/* A setting is kept as its text: its range is a matter of the media. */
#define OPTION_IS_SETTING SIZE_MAX

/* The rows, in the order of --help; returns the number of rows, at most OPTION_ROOM. */
size_t option_rows(const option **out);

/* The row of a name of n characters, or NULL. */
const option *option_row_of(const char *name, size_t n);

#endif
