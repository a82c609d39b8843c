/* Knows how arguments become options. */
#include "options.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/explain.h"
#include "bitcrush/feedback.h"
#include "bitcrush/study.h"
#include "option_table.h"
#include "programs.h"
#include "synonyms.h"
#include "words.h"

#define usage(err, ...) bc_error_say(err, BC_E_USAGE, __VA_ARGS__)

/* The place of a word among those of a CHOICE, or -1. */
static int place_in(const char *words, const char *word)
{
    int i = 0;

    for (const char *at = words; *at; i++) {
        const size_t n = strcspn(at, "|");

        if (strlen(word) == n && strncmp(at, word, n) == 0)
            return i;
        at += n + (at[n] == '|');
    }
    return -1;
}

/* The place of a row in options.given. */
static size_t place_of(const option *o)
{
    const option *rows;

    (void)option_rows(&rows);
    return (size_t)(o - rows);
}

/* A text that no argument holds, which lasts as long as the options; NULL where it is too long. */
static const char *keep_word(options *out, const char *word)
{
    const size_t n = strlen(word) + 1;

    if (n > sizeof out->words - out->n_words)
        return NULL;
    out->n_words += n;
    return memcpy(out->words + out->n_words - n, word, n);
}

/* Dithers in lower case, each by its own name: NAME or NAME+NAME. What is too long is no name. */
static const char *own_dithers(const char *text, options *out)
{
    char names[96], own[96];

    lower_case(text, names, sizeof names);
    const char *kept =
        strlen(text) < sizeof names && words_own("dither", names, '+', own, sizeof own)
            ? keep_word(out, own)
            : NULL;

    return kept ? kept : text;
}

/* A name of feedback in lower case, by its own name; what is none may be a file. */
static const char *own_feedback(const char *text, options *out)
{
    char own[160];

    if (synonym_find("feedback", text, own, sizeof own) != SYNONYM_SAME)
        lower_case(text, own, sizeof own);
    const char *kept = bc_feedback_find(own) ? keep_word(out, own) : NULL;

    return kept ? kept : text;
}

/* A word of a choice as the table has it. */
static const char *own_choice(const option *o, const char *text, options *out)
{
    char word[160], called[160];

    lower_case(text, word, sizeof word);
    if (place_in(o->value, word) < 0 &&
        synonym_find(o->name, text, called, sizeof called) == SYNONYM_SAME)
        snprintf(word, sizeof word, "%s", called);
    const char *kept = place_in(o->value, word) >= 0 ? keep_word(out, word) : NULL;

    return kept ? kept : text;
}

/* The row of the first medium that has the setting, or of an explanation; NULL: none. */
static const bc_setting_row *setting_row(const char *key)
{
    const bc_medium *const *media;
    const bc_setting_row *row = NULL, *explained;
    const size_t n = bc_media(&media), n_explained = bc_explain_settings(&explained);

    for (size_t i = 0; !row && i < n; i++)
        row = bc_setting_row_of(media[i]->settings, media[i]->n_settings, key);
    return row ? row : bc_setting_row_of(explained, n_explained, key);
}

/* text: NULL of an option that stands alone. */
static bc_status set_setting(const option *o, const char *text, options *out, bc_error *err)
{
    const bc_setting_row *row = setting_row(o->name);
    const bool is_half = row && row->kind == BC_SETTING_PAIR && text && !strstr(text, "..");
    bc_status st = BC_OK;

    if (text && !*text && o->kind == TEXT)
        return usage(err, "--%s: expected %s after it", o->name, o->value);
    if (text && strcmp(o->name, "dither") == 0)
        text = own_dithers(text, out);
    if (text && strcmp(o->name, "feedback") == 0)
        text = own_feedback(text, out);
    if (text && o->kind == CHOICE)
        text = own_choice(o, text, out);
    out->settings[place_of(o)] = text ? text : "";
    if (row && !is_half /* its second number follows */ && !(o->kind == FLAG && !text))
        st = bc_setting_set(row, text ? text : "", NULL, err);
    if (st)
        words_explain(err, NULL);
    return st;
}

/* A number or a choice of the program's own. */
static bc_status set_field(const option *o, const char *text, size_t size, void *field,
                           options *out, bc_error *err)
{
    const bool is_choice = o->kind == CHOICE;
    const bc_setting_row row = { .key = o->name,
                                 .kind = is_choice ? BC_SETTING_CHOICE : BC_SETTING_NUMBER,
                                 .size = size,
                                 .min = o->min,
                                 .max = o->max,
                                 .words = is_choice ? o->value : NULL };
    const bc_status st =
        bc_setting_set(&row, is_choice ? own_choice(o, text, out) : text, field, err);

    if (st)
        words_explain(err, NULL);
    return st;
}

static bc_status set(const option *o, const char *text, options *out, bc_error *err)
{
    char *field = (char *)out + o->field;

    out->given[place_of(o)] = true;
    if (o->field == OPTION_IS_SETTING)
        return set_setting(o, text, out, err);
    switch (o->kind) {
    case FLAG: *(bool *)(void *)field = true; return BC_OK;
    case TEXT:
        *(const char **)(void *)field = text;
        return *text ? BC_OK : usage(err, "--%s: expected %s after it", o->name, o->value);
    case NUMBER: return set_field(o, text, sizeof(double), field, out, err);
    case CHOICE: return set_field(o, text, sizeof(int), field, out, err);
    case COUNT: /* settings alone are these */
    case SIZE:
    case PAIR:
    case PERHAPS: break;
    }
    return BC_OK;
}

/* The sentence for an option of other programs that does not exist here; `shown` is what was typed.
 * BC_OK when no program is known to have it. */
static bc_status foreign(const char *place, const char *name, const char *shown, bc_error *err)
{
    char called[160];

    switch (synonym_find(place, name, called, sizeof called)) {
    case SYNONYM_SAID: return usage(err, "%s: no option here: %s", shown, called);
    case SYNONYM_NEAR: return usage(err, "%s: unknown option, did you mean %s?", shown, called);
    case SYNONYM_SAME: return usage(err, "%s: unknown option, did you mean --%s?", shown, called);
    case SYNONYM_NONE: break;
    }
    return BC_OK;
}

static bc_status unknown(const char *argument, bc_error *err)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    char typed[64];
    const char *near = NULL;

    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(argument, "="), argument);
    if (foreign("option", typed + strspn(typed, "-"), typed, err))
        return err->status;
    for (size_t i = 0; i < n; i++)
        near = bc_nearer_name(near, rows[i].name, typed + strspn(typed, "-"));
    if (near)
        return usage(err, "%s: unknown option, did you mean --%s?", typed, near);
    return usage(err, "%s: unknown option, expected one of those that --help lists", typed);
}

/* Is a word an option by itself, which cannot be the value of another? */
static bool is_option(const char *word)
{
    const option *rows;
    const size_t n = option_rows(&rows);

    if (word[0] != '-' || !word[1])
        return false;
    if (word[1] == '-')
        return !word[2] || option_row_of(word + 2, strcspn(word + 2, "="));
    for (size_t i = 0; i < n; i++)
        if (!word[2] && rows[i].letter == word[1])
            return true;
    return false;
}

/* The word after an option, *i moves to it; NULL, with the sentence in err, where it is missing. */
static const char *value_after(int argc, char **argv, int *i, const option *o, const char *shown,
                               bc_error *err)
{
    const char *next = *i + 1 < argc ? argv[*i + 1] : NULL;

    if (next && !is_option(next)) {
        ++*i;
        return next;
    }
    if (next)
        (void)usage(err, "%s: expected %s after it, %s is an option", shown, o->value, next);
    else
        (void)usage(err, "%s: expected %s after it", shown, o->value);
    return NULL;
}

/* The second number of a PAIR, in the word after the first. Both are one text, "A..B", which may
 * also be typed so. */
static bc_status set_second(const option *o, const char *first, int argc, char **argv, int *i,
                            options *out, bc_error *err)
{
    char shown[64], both[128];

    if (o->kind != PAIR || strstr(first, ".."))
        return BC_OK;
    snprintf(shown, sizeof shown, "--%s", o->name);
    const char *next = value_after(argc, argv, i, o, shown, err);

    if (!next)
        return BC_E_USAGE;
    snprintf(both, sizeof both, "%.60s..%.60s", first, next);
    const char *kept = keep_word(out, both);

    return kept ? set_setting(o, kept, out, err)
                : usage(err, "--%s: expected two numbers after it", o->name);
}

/* The row of a name that other programs use; *word is a word of its own that says its value. */
static const option *find_synonym(const char *name, size_t n, char called[160], const char **word)
{
    char typed[40];

    if (n >= sizeof typed)
        return NULL;
    snprintf(typed, sizeof typed, "%.*s", (int)n, name);
    if (synonym_find("option", typed, called, 160) != SYNONYM_SAME)
        return NULL;
    char *equals = strchr(called, '=');

    *word = equals ? equals + 1 : NULL;
    return option_row_of(called, equals ? (size_t)(equals - called) : strlen(called));
}

/* --name, --name=VALUE or --name VALUE; *i moves past the value. */
static bc_status parse_long(int argc, char **argv, int *i, options *out, bc_error *err)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '='), *word = NULL;
    const size_t n = equals ? (size_t)(equals - name) : strlen(name);
    const option *o = option_row_of(name, n);
    char called[160];

    if (!o)
        o = find_synonym(name, n, called, &word);
    if (!o)
        return unknown(argv[*i], err);
    if ((o->kind == FLAG || word) && equals)
        return usage(err, "--%.*s: takes no value, expected it alone", (int)n, name);
    if (o->kind == FLAG || (o->kind == PERHAPS && !equals && !word))
        return set(o, NULL, out, err);
    if (word)
        return set(o, keep_word(out, word), out, err);
    const char *value = equals ? equals + 1 : value_after(argc, argv, i, o, argv[*i], err);

    if (!value)
        return BC_E_USAGE;

    const bc_status st = set(o, value, out, err);

    return st ? st : set_second(o, value, argc, argv, i, out, err);
}

/* -depth or -ordered-dither as ImageMagick has them, before their letters are taken for options. */
static bc_status foreign_word(const char *word, bc_error *err)
{
    const size_t n = strcspn(word, "=");
    const option *o = n > 1 ? option_row_of(word, n) : NULL;
    char shown[64];

    if (o)
        return usage(err, "-%.*s: unknown option, did you mean --%s?", (int)n, word, o->name);
    snprintf(shown, sizeof shown, "-%s", word);
    return n > 1 ? foreign("option", word, shown, err) : BC_OK;
}

/* A letter of another program. */
static bc_status foreign_letter(char unknown_letter, bc_error *err)
{
    const char shown[] = { '-', unknown_letter, '\0' };

    return foreign("letter", shown + 1, shown, err);
}

/* -f, -fq, -o FILE or -oFILE. */
static bc_status parse_letters(int argc, char **argv, int *i, options *out, bc_error *err)
{
    if (foreign_word(argv[*i] + 1, err))
        return err->status;
    for (const char *at = argv[*i] + 1; *at; at++) {
        const option *rows;
        const size_t n = option_rows(&rows);
        const option *o = rows;

        while (o < rows + n && o->letter != *at)
            o++;
        if (o == rows + n && foreign_letter(*at, err))
            return err->status;
        if (o == rows + n && ((*at >= '0' && *at <= '9') || *at == '.'))
            return usage(err,
                         "-%s: unknown option, expected one of those that --help lists, or -- "
                         "before a negative number",
                         at);
        if (o == rows + n)
            return usage(err, "-%c: unknown option, expected one of those that --help lists", *at);
        if (o->kind == FLAG) {
            (void)set(o, NULL, out, err);
            continue;
        }
        if (at[1])
            return set(o, at + 1, out, err);
        const char shown[] = { '-', *at, '\0' };
        const char *value = value_after(argc, argv, i, o, shown, err);

        return value ? set(o, value, out, err) : BC_E_USAGE;
    }
    return BC_OK;
}

/* "--keep-silence 50" leaves 50 among the operands, where it is no file and no SPEC. `at`: the
 * place of the word after an option that takes its value by "=" only. */
static bc_status check_perhaps(const options *o, const char *name, int at, bc_error *err)
{
    const int last = o->n_operands - 1;
    const char *word = at >= 0 && at <= last ? o->operands[at] : "";
    const bool is_number = *word && word[strspn(word, "0123456789.")] == '\0';

    if (!is_number || access(word, F_OK) == 0 ||
        (at == last && (at < 2 || access(o->operands[at - 1], F_OK) == 0)))
        return BC_OK;
    return usage(err, "--%s %s: expected --%s=%s", name, word, name, word);
}

bc_status options_parse(int argc, char **argv, options *out, bc_error *err)
{
    bool only_operands = false;
    const char *perhaps = NULL;
    int after_perhaps = -1;

    *out = (options){ .operands = argv };
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        bc_status st = BC_OK;

        if (!only_operands && strcmp(a, "--") == 0)
            only_operands = true;
        else if (!only_operands && strncmp(a, "--", 2) == 0)
            st = parse_long(argc, argv, &i, out, err);
        else if (!only_operands && a[0] == '-' && a[1])
            st = parse_letters(argc, argv, &i, out, err);
        else
            out->operands[out->n_operands++] = argv[i];
        if (st)
            return st;
        const option *o = strncmp(a, "--", 2) == 0 ? option_row_of(a + 2, strlen(a + 2)) : NULL;

        if (o && o->kind == PERHAPS) {
            perhaps = o->name;
            after_perhaps = out->n_operands;
        }
    }
    if (perhaps && check_perhaps(out, perhaps, after_perhaps, err))
        return err->status;
    return BC_OK;
}

/* The things of media, as "pictures, sound and numbers". */
static void name_media(unsigned tools, char *to, size_t size)
{
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);
    size_t n = 0;

    for (size_t i = 0; i < n_media; i++)
        if (tools & TOOL_OF(i))
            n += (size_t)snprintf(to + n, size - n, "%s%s",
                                  n == 0                                 ? ""
                                  : tools & TOOL_MEDIA & -TOOL_OF(i + 1) ? ", "
                                                                         : " and ",
                                  media[i]->things);
}

/* The program whose options are those of one tool. */
static const char *program_of(unsigned tool)
{
    const program *const *all;
    const size_t n = programs(&all);

    for (size_t i = 0; i < n; i++)
        if (all[i]->tools == tool)
            return all[i]->name;
    return tool == TOOL_EXPLAIN ? program_explain.name : program_sweep.name;
}

bc_status options_belong(const options *o, unsigned tool, const char *what, bc_error *err)
{
    const bool is_sweep = tool & SWEEP_OF(TOOL_MEDIA);
    const char *of = is_sweep ? "a sweep of " : "";
    const option *rows;
    const size_t n = option_rows(&rows);
    char shown[64], media[128];

    for (const option *row = rows; row < rows + n; row++) {
        const unsigned has = (is_sweep ? row->tools / SWEEP_OF(1) : row->tools) & TOOL_MEDIA;

        if (!o->given[place_of(row)] || row->tools & tool)
            continue;
        snprintf(shown, sizeof shown, "--%s", row->name);
        const bool is_elsewhere = row->tools & (tool / SWEEP_OF(1)); /* but no sweep */

        if ((is_elsewhere && foreign("sweep", row->name, shown, err)) ||
            foreign("option", row->name, shown, err))
            return err->status;
        if (!has || tool == TOOL_EXPLAIN)
            return usage(err,
                         "%s: not an option for %s%s, expected one of those that %s --help lists",
                         shown, of, what, program_of(tool));
        name_media(has, media, sizeof media);
        return usage(err, "%s: an option for %s%s, not an option for %s%s", shown, of, media, of,
                     what);
    }
    return BC_OK;
}

bool options_given(const options *o, const char *name)
{
    const option *row = option_row_of(name, strlen(name));

    return row && o->given[place_of(row)];
}

const char *options_setting(const options *o, const char *key)
{
    const option *row = option_row_of(key, strlen(key));

    return row ? o->settings[place_of(row)] : NULL;
}

size_t options_settings(const options *o, bc_setting out[OPTION_ROOM])
{
    const option *rows;
    const size_t n_rows = option_rows(&rows);
    size_t n = 0;

    for (size_t i = 0; i < n_rows; i++)
        if (o->settings[i])
            out[n++] = (bc_setting){ rows[i].name, o->settings[i] };
    return n;
}

bc_settings options_taken(const options *o, const bc_setting_row *rows, size_t n_rows,
                          bc_setting room[OPTION_ROOM])
{
    size_t n = 0;

    for (size_t i = 0, n_all = options_settings(o, room); i < n_all; i++)
        if (bc_setting_row_of(rows, n_rows, room[i].key))
            room[n++] = room[i];
    return (bc_settings){ room, n };
}
