/* Knows the verb sweep: a range of depths, and what is made of the figures. */
#include "sweep_verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/output.h"
#include "deeds.h"
#include "files.h"
#include "pages.h"
#include "tool.h"

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
    bc_status st = files_check_named(o, 1, "", NULL, false, err);

    if (!st && o->plot)
        st = bc_output_check(o->plot, options_given(o, "force"), err);
    if (!st && o->sheet && n >= 4 && o->sheet[n - 4] == '.' &&
        strcmp(o->sheet + n - 4, ".png") != 0)
        return tool_usage(err, "--sheet", o->sheet, "is written as PNG, expected a name in .png");
    return st || !o->sheet ? st : page_output_check(o, o->sheet, "a sheet", err);
}

static bc_status save_sheet(const options *o, const bc_sweep *s, const bc_request *request,
                            bc_error *err)
{
    uint8_t *png = NULL;
    size_t size = 0;
    bc_status st = bc_sweep_sheet(s, request, &png, &size, err);

    if (!st)
        st = bc_output_write(o->sheet, options_given(o, "force"), png, size, err);
    free(png);
    return st;
}

/* The input, and rows for programs or tables for people. */
static bc_status print(const options *o, const bc_sweep *s, bc_report *r, bc_error *err)
{
    FILE *const to = tool_report_stream(o, "");
    char *text = NULL;

    if (o->json)
        bc_sweep_facts(s, r);
    bc_status st = tool_report(r, o, "", err);

    if (st || o->json)
        return st;
    st = bc_sweep_text(s, tool_has_colour(o, to), &text, err);
    if (!st)
        fputs(text, to);
    free(text);
    return st;
}

bc_status sweep_verb(const bc_medium *m, const options *o, bc_error *err)
{
    int first, last;
    deed_request r;
    bc_sweep s;
    bc_report *facts = NULL;
    bc_plot *p = NULL;
    bc_status st;

    if (o->n_operands < 1 || o->n_operands > 2)
        return tool_arguments(err, o->n_operands < 1,
                              "sweep FILE [A..B], for example photo.png 1..8");
    st = bc_medium_of_rereadable(o->operands[0], &m, err);
    if (!st)
        st = parse_range(o->n_operands > 1 ? o->operands[1] : "1..8", m->most_bits, &first, &last,
                         err);
    if (!st)
        st = check_outputs(o, err);
    if (!st)
        st = bc_report_new(&facts, err);
    if (st)
        return st;
    deed_request_make(&r, m, o);
    r.shown = progress_begin(o->operands[0], o->progress);
    st = bc_sweep_measure(m, o->operands[0], first, last, BC_SWEEP_DITHERED | BC_SWEEP_FIGURES,
                          &r.request, facts, &s, err);
    progress_end(&r.shown);
    if (!st && o->plot) {
        st = bc_sweep_draw(&s, &p, err);
        st = tool_save_plot(o, p, st, err);
    }
    if (!st && o->sheet)
        st = save_sheet(o, &s, &r.request, err);
    if (!st && !o->quiet)
        st = print(o, &s, facts, err);
    bc_report_free(facts);
    return st;
}
