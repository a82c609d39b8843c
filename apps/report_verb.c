/* Knows how pages are made without outputs that stay. */
#include "report_verb.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bitcrush/output.h"
#include "deeds.h"
#include "files.h"
#include "media.h"
#include "pages.h"
#include "stop.h"
#include "tool.h"

bool report_ends_in_file(const options *o)
{
    struct stat info;

    return o->n_operands > 0 && stat(o->operands[o->n_operands - 1], &info) == 0 &&
           S_ISREG(info.st_mode);
}

/* --- one file */

/* A mistyped name of a file is taken for the SPEC: say so, where it is what was refused. */
static void mention_files(const options *o, bc_error *err)
{
    const char *spec = o->operands[o->n_operands - 1];
    char why[sizeof err->text];

    if (err->status != BC_E_USAGE || !strstr(err->text, spec) ||
        spec[strspn(spec, "0123456789.")] == '\0')
        return;
    snprintf(why, sizeof why, "%s", err->text);
    (void)tool_fail(err, BC_E_USAGE, "%.100s: no file of that name, nor a SPEC: %.380s", spec, why);
}

static bc_status page_of_one(const bc_medium *m, const options *o, bc_error *err)
{
    bc_scratch_directory *directory;
    options own = *o;
    bc_status st = bc_scratch_directory_new(&directory, err);

    if (st)
        return st;
    own.report = o->output ? o->output : "";
    own.output = bc_scratch_directory_path(directory);
    own.is_page_only = true;
    st = deed_reduce(m, &own, err);
    if (st && !media_replaces_spec(m, o))
        mention_files(o, err);
    bc_scratch_directory_free(directory);
    stop_removes(NULL, NULL);
    return st;
}

/* --- several files */

/* The same figures as text or JSON. */
static bc_status print(const bc_sweep *sweeps, size_t n, const options *o, const char *path,
                       bc_error *err)
{
    options own = *o;
    bc_report *r = NULL;
    bc_status st = bc_report_new(&r, err);

    if (st)
        return st;
    own.report = path;
    (o->json ? bc_page_facts : bc_page_table)(sweeps, n, path, r);
    st = tool_report(r, &own, "", err);
    bc_report_free(r);
    return st;
}

/* The page is none of the files, and may be written. */
static bc_status check_page(const options *o, const char *path, bc_error *err)
{
    const bc_status st = files_check_named(o, o->n_operands, "page", path, false, err);

    return st ? st : page_output_check(o, path, "a page", err);
}

static bc_status measure(const char *path, const options *o, bc_sweep *s, bc_error *err)
{
    const bc_medium *m;
    bc_setting room[OPTION_ROOM + 1];
    deed_request r;
    bc_status st = bc_medium_of_rereadable(path, &m, err);

    if (st)
        return st;
    deed_request_make(&r, m, o);
    r.shown = progress_begin(path, o->progress);
    const bc_request plain = bc_page_request(m, &r.request, room);

    st = bc_sweep_measure(m, path, 1, BC_PAGE_DEPTHS, BC_SWEEP_DITHERED, &plain, NULL, s, err);
    progress_end(&r.shown);
    return st;
}

static bc_status page_of_all(const options *o, bc_error *err)
{
    const char *path = o->output ? o->output : "report.html";
    const size_t n = (size_t)o->n_operands;
    bc_sweep *sweeps = calloc(BC_PAGE_MAX_FILES, sizeof *sweeps);
    bc_html *h = NULL;
    bc_status st = BC_OK;

    if (!sweeps)
        return tool_fail(err, BC_E_LIMIT, "out of memory for sweeps");
    if (n > BC_PAGE_MAX_FILES)
        st = tool_arguments(err, false, "a report of six files at most");
    if (!st)
        st = check_page(o, path, err);
    for (size_t i = 0; !st && i < n; i++)
        st = measure(o->operands[i], o, &sweeps[i], err);
    if (!st)
        st = bc_page_of_all(sweeps, n, &h, err);
    st = page_write(h, st, path, o, err);
    if (!st && !o->quiet)
        st = print(sweeps, n, o, path, err);
    free(sweeps);
    return st;
}

bc_status report_verb(const bc_medium *m, const options *o, bc_error *err)
{
    const bool has_spec =
        media_replaces_spec(m, o) || (o->n_operands > 1 && !report_ends_in_file(o));

    if (o->report)
        return tool_usage(err, "--report", o->report, "expected -o to name the page");
    if (o->n_operands < 1)
        return tool_arguments(err, true, "report FILE SPEC, or several files without SPEC");
    if (tool_is_dry(o))
        return tool_usage(err, options_given(o, "sizes-only") ? "--sizes-only" : "--dry-run", "",
                          "a report measures, and keeps no output in any case");
    return has_spec ? page_of_one(m, o, err) : page_of_all(o, err);
}
