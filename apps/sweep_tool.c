/* Knows the verb sweep: a range of depths, and what is made of the figures. */
#include "sweep_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "sweep.h"
#include "sweep_plot.h"
#include "sweep_report.h"
#include "sweep_sheet.h"

/* Digits alone, 0 for anything else. */
static int parse_depth(const char *text, size_t length)
{
    const bool is_number = length > 0 && length < 3 && strspn(text, "0123456789") >= length;

    return is_number ? (int)strtol(text, NULL, 10) : 0;
}

/* "A..B" or "N". */
static bc_status parse_range(const char *text, int most, int *first, int *last, bc_error *err)
{
    const char *dots = strstr(text, "..");
    const size_t length = dots ? (size_t)(dots - text) : strlen(text);
    const char *end = dots ? dots + 2 : text;
    char hint[80];

    *first = parse_depth(text, length);
    *last = parse_depth(end, strlen(end));
    snprintf(hint, sizeof hint, "expected A..B or one depth, 1 to %d bits here", most);
    if (*first < 1 || *last < 1 || *first > most || *last > most)
        return tool_usage(err, "range", text, hint);
    if (*first > *last)
        return tool_usage(err, "range", text, "expected A..B with the smaller depth first");
    return BC_OK;
}

/* What would be refused in the end is refused before anything is measured. */
static bc_status check_outputs(const options *o, bc_error *err)
{
    const size_t n = o->sheet ? strlen(o->sheet) : 0;
    file_plan p = { 0 };

    plan_add_operands(&p, o, 1);
    bc_status st = plan_check(&p, o, err);

    if (!st && o->plot)
        st = page_is_free(o->plot, o->force, err);
    if (!st && o->sheet && n >= 4 && o->sheet[n - 4] == '.' &&
        strcmp(o->sheet + n - 4, ".png") != 0)
        return tool_usage(err, "--sheet", o->sheet, "is written as PNG, expected a name in .png");
    if (!st && o->sheet)
        st = page_has_memory(o, o->sheet, "a sheet", err);
    return st || !o->sheet ? st : page_is_free(o->sheet, o->force, err);
}

bc_status sweep_verb(const char *name, const options *o, bc_error *err)
{
    int first, last, most;
    sweep s;
    bc_status st;

    (void)name;
    if (o->n_operands < 1 || o->n_operands > 2)
        return tool_usage(err, o->n_operands < 1 ? "too few arguments" : "too many arguments", "",
                          "expected sweep FILE [A..B], for example photo.png 1..8");
    st = sweep_most_bits(o->operands[0], &most, err);
    if (!st)
        st = parse_range(o->n_operands > 1 ? o->operands[1] : "1..8", most, &first, &last, err);
    if (!st)
        st = check_outputs(o, err);
    if (!st)
        st = sweep_measure(o->operands[0], first, last, SWEEP_DITHERED | SWEEP_FIGURES, o, &s, err);
    if (!st && o->plot)
        st = sweep_plot(o, &s, err);
    if (!st && o->sheet)
        st = sweep_sheet(o, &s, err);
    if (!st && !o->quiet)
        st = sweep_report(o, &s, err);
    return st;
}
