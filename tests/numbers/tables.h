/* Knows how a test makes a table, reduces it and looks at what became of it. */
#ifndef TABLES_H
#define TABLES_H

#include <math.h>

#include "../base/scratch_dir.h"
#include "bitcrush/numbers.h"

/* Settings for a SPEC; "" for none, which leaves the marks to a step. */
static inline bc_numbers_settings settings_for(const char *spec)
{
    bc_numbers_settings s = bc_numbers_settings_default();
    bc_error err = { 0 };

    s.depth = (bc_numbers_depth){ 0 };
    if (*spec && bc_numbers_depth_named(spec, &s.depth, &err))
        fail_msg("%s: %s", spec, err.text);
    s.force = true;
    return s;
}

static inline const char *save_text(const char *name, const char *text)
{
    const char *path = path_of(name);

    save_bytes(path, text, strlen(text));
    return path;
}

/* What a table becomes, as text; the caller frees it. */
static inline char *reduced_text(const char *text, bc_numbers_settings s, bc_numbers_result *r)
{
    const char *in = save_text("in.csv", text), *out = path_of("out.csv");
    bc_numbers_result own;
    bc_error err = { 0 };
    size_t n;

    if (bc_numbers_reduce(in, out, &s, r ? r : &own, &err))
        fail_msg("%s: %s", text, err.text);
    if (!r)
        bc_numbers_result_free(&own);
    return (char *)load_bytes(out, &n);
}

static inline void expect_reduced(const char *text, bc_numbers_settings s, const char *expected)
{
    char *got = reduced_text(text, s, NULL);

    EXPECT(strcmp(got, expected) == 0, "of `%s` came `%s`, expected `%s`", text, got, expected);
    free(got);
}

/* The status, words of the sentence, and that no output was left. */
static inline void expect_refused(const char *text, bc_numbers_settings s, bc_status expected,
                                  const char *words)
{
    const char *in = save_text("in.csv", text), *out = path_of("none.csv");
    bc_numbers_result r;
    bc_error err = { 0 };
    const bc_status st = bc_numbers_reduce(in, out, &s, &r, &err);

    EXPECT(st == expected && strstr(err.text, words), "`%s`: status %d, `%s`, expected %d, `%s`",
           text, (int)st, err.text, (int)expected, words);
    EXPECT(access(out, F_OK) != 0, "`%s`: an output was left", text);
    if (st == BC_E_QUALITY || st == BC_OK)
        bc_numbers_result_free(&r);
}

#endif
