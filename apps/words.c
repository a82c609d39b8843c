/* Knows how a sentence about settings reads on a command line. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "synonyms.h"

/* An option as one types it: by its letter, if it has one and a value follows. */
static int spell(char *to, size_t room, const option *o, const char *value, int n_value)
{
    if (n_value > 0 && o->letter)
        return snprintf(to, room, "-%c %.*s", o->letter, n_value, value);
    return snprintf(to, room, "--%s%s%.*s", o->name, n_value > 0 ? " " : "", n_value, value);
}

/* Turn `key` and `key=value` into options. Anything else in backquotes is left alone. */
static void spell_settings(bc_error *err)
{
    char said[sizeof err->text], *to = err->text;
    const char *const end = err->text + sizeof err->text - 1;

    snprintf(said, sizeof said, "%s", err->text);
    for (const char *at = said; *at && to < end;) {
        const size_t n = *at == '`' ? strcspn(at + 1, "=`") : 0;
        const size_t n_all = *at == '`' ? strcspn(at + 1, "`") : 0;

        const option *o = n > 0 && at[1 + n_all] == '`' ? option_row_of(at + 1, n) : NULL;

        if (o) {
            const int n_value = n_all > n ? (int)(n_all - n - 1) : 0;

            to += spell(to, (size_t)(end - to) + 1, o, at + 2 + n, n_value);
            to = to < end ? to : (char *)end;
            at += n_all + 2;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

/* What other programs call a value that is refused: "KEY VALUE: ..." or, of a SPEC, "VALUE:
 * ...". */
static void find_synonym(bc_error *err, const char *place, const char *value)
{
    const bc_status st = err->status;
    const size_t n = strcspn(value, ":");
    char what[64] = "", typed[64], called[160], said[sizeof err->text];

    if (value > err->text)
        snprintf(what, sizeof what, "--%s", place);
    snprintf(typed, sizeof typed, "%.*s", (int)n, value);
    if (n < sizeof typed && synonym_find(place, typed, called, sizeof called)) {
        (void)synonym_unknown(err, place, what, typed, NULL, "");
        err->status = st;
    } else if (*what) {
        snprintf(said, sizeof said, "%s", err->text);
        (void)snprintf(err->text, sizeof err->text, "--%.500s", said);
    }
}

void words_explain(bc_error *err, const char *spec)
{
    const char *key = err->setting;
    const size_t n = key ? strlen(key) : 0;

    spell_settings(err);
    err->setting = NULL;
    if (key && option_row_of(key, n) && strncmp(err->text, key, n) == 0)
        find_synonym(err, key, err->text + n + (err->text[n] == ' '));
    else if (key && spec)
        find_synonym(err, spec, err->text);
}

bool words_own(const char *place, const char *list, char separator, char *to, size_t size)
{
    const char between[] = { separator, '\0' };
    char word[160], called[160];
    size_t n = 0;

    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, between);
        const bool is_last = !at[length];

        snprintf(word, sizeof word, "%.*s", (int)length, at);
        const bool is_other = synonym_find(place, word, called, sizeof called) == SYNONYM_SAME;

        n += (size_t)snprintf(to + n, size - n, "%s%s", is_other ? called : word,
                              is_last ? "" : between);
        if (length >= sizeof word || n >= size)
            return false;
        if (is_last)
            return true;
        at += length;
    }
}
