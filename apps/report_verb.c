/* Knows how pages are made without outputs that stay. */
#include "report_verb.h"

#include <stdio.h>
#include <string.h>

#include "curve.h"
#include "scratch_directory.h"
#include "stop.h"
#include "tool.h"

/* The last operand is how to reduce, and no file. */
static bool has_spec(const options *o)
{
    return o->palette || o->channels || (o->n_operands > 1 && !tool_ends_in_file(VERB_REPORT, o));
}

/* A mistyped name of a file is taken for the SPEC: say so, where it is what was refused. */
static void mention_files(const options *o, bc_error *err)
{
    const char *spec = o->operands[o->n_operands - 1];
    char why[sizeof err->text];

    if (o->palette || o->channels || err->status != BC_E_USAGE || !strstr(err->text, spec) ||
        spec[strspn(spec, "0123456789.")] == '\0')
        return;
    snprintf(why, sizeof why, "%s", err->text);
    (void)tool_fail(err, BC_E_USAGE, "%.100s: no file of that name, nor a SPEC: %.380s", spec, why);
}

static bc_status pages(const char *name, const options *o,
                       bc_status (*reduce)(const char *, const options *, bc_error *),
                       bc_error *err)
{
    scratch_directory directory;
    options own = *o;
    bc_status st = scratch_directory_make(&directory, err);

    if (st)
        return st;
    own.report = o->output ? o->output : "";
    own.output = directory.path;
    own.is_page_only = true;
    st = reduce(name, &own, err);

    if (st)
        mention_files(o, err);
    scratch_directory_remove(&directory);
    stop_removes(NULL, NULL);
    return st;
}

bc_status report_verb(const char *name, const options *o,
                      bc_status (*reduce)(const char *, const options *, bc_error *), bc_error *err)
{
    if (o->report)
        return tool_usage(err, "--report", o->report, "expected -o to name the page");
    if (o->n_operands < 1)
        return tool_usage(err, "too few arguments", "",
                          "expected report FILE SPEC, or several files without SPEC");
    if (o->dry_run)
        return tool_usage(err, o->sizes_only ? "--sizes-only" : "--dry-run", "",
                          "a report measures, and keeps no output in any case");
    return has_spec(o) ? pages(name, o, reduce, err) : curve_of_all(o, err);
}
