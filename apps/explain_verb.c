/* Knows the verb explain: options and operands as a request, and what is printed of the answer. */
#include "explain_verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/explain.h"
#include "option_table.h"
#include "synonyms.h"
#include "tool.h"
#include "words.h"

/* A part, the option that asks for it (of `explain VALUE FORMAT...` none), its operands, and the
 * options that it minds. */
typedef struct {
    const char *option;
    bc_explain_what what;
    int min_operands, max_operands;
    const char *operands;
    const char *minds; /* " name name " */
} part;

static const part parts[] = {
    { "all", BC_EXPLAIN_ALL, 1, BC_EXPLAIN_MAX_FORMATS, "--all FORMAT..., for example --all float5",
      " step zero plot force " },
    { "text", BC_EXPLAIN_TEXT, 0, 0, "nothing beside --text TEXT", " " },
    { "range", BC_EXPLAIN_RANGE, 0, 0, "nothing beside --range A B --step S", " step " },
    { "product", BC_EXPLAIN_PRODUCT, 0, 0, "nothing beside --product A B --bits N,...",
      " bits terms step seed " },
    { "block", BC_EXPLAIN_BLOCK, 1, 1, "FILE --block K, a file of weights", " format tensor " },
    { NULL, BC_EXPLAIN_NUMBER, 1, BC_EXPLAIN_MAX_FORMATS + 1,
      "VALUE FORMAT..., for example 3.1415 float32 int8; -- before a negative value",
      " steps step zero plot force " },
};

/* Options that every part takes. */
static const char common[] = " json help version man list completion ";

static bool has_word(const char *words, const char *name)
{
    char word[32];

    snprintf(word, sizeof word, " %s ", name);
    return strstr(words, word) != NULL;
}

/* The first option given that a part does not mind, or NULL. */
static const char *stray(const options *o, const part *p)
{
    const option *rows;
    const size_t n = option_rows(&rows);

    for (size_t i = 0; i < n; i++)
        if (o->given[i] && !has_word(p->minds, rows[i].name) && !has_word(common, rows[i].name) &&
            !(p->option && strcmp(p->option, rows[i].name) == 0))
            return rows[i].name;
    return NULL;
}

static bc_status check(const part *p, const options *o, bc_error *err)
{
    const char *odd = stray(o, p);
    const bool is_few = o->n_operands < p->min_operands;

    if (odd)
        return tool_fail(err, BC_E_USAGE, "--%s: does not go with %s%s, see explain --help", odd,
                         p->option ? "--" : "VALUE FORMAT...", p->option ? p->option : "");
    if (is_few || o->n_operands > p->max_operands)
        return tool_arguments(err, is_few, p->operands);
    if (p->what == BC_EXPLAIN_NUMBER && o->n_operands == 1 && options_given(o, "zero"))
        return tool_usage(err, "--zero", "", "expected a format of integers beside it");
    return BC_OK;
}

/* What is refused, in words of the command line. */
static void explain_refusal(bc_error *err)
{
    const bool is_format = err->setting && strcmp(err->setting, "formats") == 0;

    if (is_format && err->text[0] == '-')
        (void)tool_fail(err, BC_E_USAGE, "%.*s: not a format, expected options before --",
                        (int)strcspn(err->text, ":"), err->text);
    words_explain(err, is_format ? "notation" : NULL);
}

static bc_status fill(const options *o, bc_explain_request *asked, bc_error *err)
{
    const bc_setting_row *rows;
    const size_t n = bc_explain_settings(&rows);
    bc_setting room[OPTION_ROOM];
    const bc_settings given = options_taken(o, rows, n, room);

    return bc_settings_fill(rows, n, &given, asked, err);
}

/* Explain, draw and print it. */
static bc_status answer(const bc_explain_request *asked, const options *o, bc_error *err)
{
    char *text = NULL;
    bc_report *report = NULL;
    bc_plot *plot = NULL;
    bc_status st = bc_explain(asked, o->json ? NULL : &text, o->json ? &report : NULL,
                              o->plot ? &plot : NULL, err);

    if (st)
        explain_refusal(err);
    else if (o->plot)
        st = tool_save_plot(o, plot, st, err);
    if (!st && report)
        st = tool_report(report, o, "", err);
    if (!st && text)
        fputs(text, stdout); /* what fails is seen when standard output is flushed */
    free(text);
    bc_report_free(report);
    return st;
}

bc_status explain_verb(const bc_medium *m, const options *o, bc_error *err)
{
    const part *p = parts;
    const char *formats[BC_EXPLAIN_MAX_FORMATS];
    char names[BC_EXPLAIN_MAX_FORMATS][160], bits[2048];

    (void)m;
    while (p->option && !options_given(o, p->option))
        p++;
    bc_explain_request asked = bc_explain_request_default(p->what);
    const int first = p->what == BC_EXPLAIN_NUMBER;
    bc_status st = check(p, o, err);

    if (!st)
        st = fill(o, &asked, err);
    if (st)
        return st;
    for (int i = first; p->what != BC_EXPLAIN_BLOCK && i < o->n_operands; i++) {
        char *called = names[i - first];
        const bool is_other =
            synonym_find("notation", o->operands[i], called, sizeof names[0]) == SYNONYM_SAME;

        formats[asked.n_formats++] = is_other ? called : o->operands[i];
    }
    asked.formats = formats;
    asked.value = asked.path = o->n_operands > 0 ? o->operands[0] : NULL;
    if (asked.bits && words_own("notation", asked.bits, ',', bits, sizeof bits))
        asked.bits = bits;
    asked.reading = tool_reading(o);
    return answer(&asked, o, err);
}
