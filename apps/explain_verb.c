/* Knows what `bitcrush explain` can explain: a part for each. */
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "option_table.h"

/* A part, the option that asks for it (of `explain VALUE FORMAT...` none), its operands, and the
 * options that it minds. */
static const struct {
    const char *option;
    explain_part *run;
    int min_operands, max_operands;
    const char *operands;
    const char *minds; /* " name name " */
} parts[] = {
    { "all", explain_all, 1, EXPLAIN_MAX_FORMATS, "--all FORMAT..., for example --all float5",
      " step zero plot force " },
    { "text", explain_text, 0, 0, "nothing beside --text TEXT", " " },
    { "range", explain_range, 0, 0, "nothing beside --range A B --step S", " step " },
    { "product", explain_product, 0, 0, "nothing beside --product A B --bits N,...",
      " bits terms step seed " },
    { "block", explain_block, 1, 1, "FILE --block K, a file of weights", " format tensor " },
    { NULL, explain_number, 1, EXPLAIN_MAX_FORMATS + 1,
      "VALUE FORMAT..., for example 3.1415 float32 int8; -- before a negative value",
      " steps step zero plot force " },
};

enum { N_PARTS = sizeof parts / sizeof *parts };

/* Options that every part takes. */
static const char common[] = " json help version man list completion ";

static bool has_word(const char *words, const char *name)
{
    char word[32];

    snprintf(word, sizeof word, " %s ", name);
    return strstr(words, word) != NULL;
}

/* The first option given that a part does not mind, or NULL. */
static const char *stray(const options *o, size_t part)
{
    const option *rows;
    const size_t n = option_rows(&rows);

    for (size_t i = 0; i < n; i++)
        if (o->given[i] && !has_word(parts[part].minds, rows[i].name) &&
            !has_word(common, rows[i].name) &&
            !(parts[part].option && strcmp(parts[part].option, rows[i].name) == 0))
            return rows[i].name;
    return NULL;
}

bc_status explain_verb(const options *o, bc_error *err)
{
    size_t i = 0;

    while (parts[i].option && !options_given(o, parts[i].option))
        i++;

    const char *odd = stray(o, i), *asked = parts[i].option;

    if (odd)
        return tool_fail(err, BC_E_USAGE, "--%s: does not go with %s%s, see explain --help", odd,
                         asked ? "--" : "VALUE FORMAT...", asked ? asked : "");
    if (o->n_operands < parts[i].min_operands || o->n_operands > parts[i].max_operands) {
        char expected[160];

        snprintf(expected, sizeof expected, "expected %s", parts[i].operands);
        return tool_usage(
            err, o->n_operands < parts[i].min_operands ? "too few arguments" : "too many arguments",
            "", expected);
    }
    return parts[i].run(o, err);
}
