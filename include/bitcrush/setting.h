/* Settings: what a program, a binding or a file of presets asks for, as texts by key.
 *
 * {"dither", "blue"}, {"strength", "0.5"}, {"gray", ""}. A medium has a row for each setting that
 * it takes and fills its own struct by them: the ranges stand in the rows, the defaults in the
 * struct that is filled, and nowhere else. */
#ifndef BITCRUSH_SETTING_H
#define BITCRUSH_SETTING_H

#include <stddef.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    const char *key, *value; /* value "" of a flag; neither is NULL */
} bc_setting;

/* Of several with one key the last counts. Texts stay the caller's, for as long as what is made of
 * them. */
typedef struct {
    const bc_setting *rows;
    size_t n;
} bc_settings;

/* The value of a key, or NULL. */
BC_API const char *bc_setting_value(const bc_settings *s, const char *key);

typedef enum {
    BC_SETTING_FLAG,   /* bool: true for "" and "yes", false for "no" */
    BC_SETTING_COUNT,  /* whole number, 0x for hexadecimal, into 4 or 8 bytes */
    BC_SETTING_SIZE,   /* uint64_t bytes, see bc_size_parse */
    BC_SETTING_NUMBER, /* double, with a point under any locale */
    BC_SETTING_CHOICE, /* int or enum: the place among the words */
    BC_SETTING_TEXT,   /* const char *, the text itself; "" is refused */
    BC_SETTING_PAIR,   /* double[2], numbers "A..B" */
} bc_setting_kind;

/* A setting that is taken. */
typedef struct {
    const char *key;
    bc_setting_kind kind;
    size_t field, size; /* where it goes, see BC_FIELD */
    double min, max;    /* of COUNT, NUMBER and PAIR, both included */
    const char *words;  /* of CHOICE, '|' between; of NUMBER what "" stands for, or NULL */
} bc_setting_row;

/* .field and .size of a member of a struct. */
#define BC_FIELD(type, member) offsetof(type, member), sizeof(((type *)0)->member)

/* The row of a key, or NULL. */
BC_API const bc_setting_row *bc_setting_row_of(const bc_setting_row *rows, size_t n,
                                               const char *key);

/* BC_E_USAGE with a sentence where a text is none for the row; the struct that `to` points to gets
 * the value, or nothing is written where `to` is NULL. */
BC_API BC_NODISCARD bc_status bc_setting_set(const bc_setting_row *row, const char *value, void *to,
                                             bc_error *err);

/* Fill a struct, in the order of `given`. BC_E_USAGE for a key without a row, or a value that is
 * none for it. */
BC_API BC_NODISCARD bc_status bc_settings_fill(const bc_setting_row *rows, size_t n,
                                               const bc_settings *given, void *to, bc_error *err);

/* BC_E_USAGE for the value of a setting, with the sentence "KEY VALUE: ..." and err->setting set to
 * the key, which has to be a literal; format and what follows it as of printf. */
BC_API bc_status bc_setting_refuse(bc_error *err, const char *key, const char *value,
                                   const char *format, ...) BC_PRINTF(4, 5);

/* The same for a name that is unknown: "did you mean NEAR?", or without one (NULL) what is
 * expected. */
BC_API bc_status bc_setting_unknown(bc_error *err, const char *key, const char *value,
                                    const char *near, const char *expected);

/* Keep the nearer of `best` (NULL at first) and `name` to `typed`, by Levenshtein distance; a name
 * whose numbers are others is not near: they are bits and sizes. Call it for every name; the result
 * is NULL when none is near. */
BC_API const char *bc_nearer_name(const char *best, const char *name, const char *typed);

#ifdef __cplusplus
}
#endif
#endif
