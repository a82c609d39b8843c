/* Knows how a job goes over many files. */
#include "batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "media.h"
#include "pages.h"
#include "stop.h"
#include "tool.h"

static bool is_directory(const char *path)
{
    struct stat info;
    const size_t n = strlen(path);

    return (n > 0 && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

static bc_status short_of_memory(bc_error *err)
{
    return tool_fail(err, BC_E_LIMIT, "out of memory");
}

/* Where each output goes; released by free_outputs. NULL: out of memory. */
static char **name_outputs(const batch *b, const options *o, bool to_directory)
{
    char **outs = calloc((size_t)b->n_files + 1, sizeof *outs);

    for (int i = 0; outs && i < b->n_files; i++)
        outs[i] = o->output && !to_directory
                      ? strdup(o->output)
                      : bc_output_name(b->medium, b->job, o->operands[i], b->choice,
                                       to_directory ? o->output : NULL);
    return outs;
}

static void free_outputs(char **outs, int n)
{
    for (int i = 0; outs && i < n; i++)
        free(outs[i]);
    free(outs);
}

/* What is read and written, of which no two may be one file. An output that is for the page alone
 * has a directory of its own. */
static bc_status check_files(const batch *b, const options *o, char *const *outs, bc_error *err)
{
    bc_file_plan p = { 0 };

    for (int i = 0; i < b->n_files; i++) {
        const char *in = o->operands[i];

        bc_file_plan_add(&p, BC_PLAN_READ, "input", in, NULL);
        if (!o->is_page_only)
            bc_file_plan_add(&p, BC_PLAN_WRITE, "output", outs[i], b->n_files > 1 ? in : NULL);
        if (!o->is_page_only && b->n_files == 1 && b->medium->may_replace_input)
            bc_file_plan_allow_self(&p);
    }
    files_add_options(&p, o);
    for (int i = 0; o->report && i < b->n_files; i++) {
        char path[4096];

        page_path(o, o->operands[i], outs[i], path, sizeof path);
        bc_file_plan_add(&p, BC_PLAN_WRITE, "page", path, *o->report ? NULL : o->operands[i]);
    }
    return files_check(&p, o, err);
}

/* A bad file does not stop the rest; the status is the first bad one. */
static bc_status run_all(const batch *b, const options *o, char *const *outs, bc_error *err)
{
    bc_status first = BC_OK, st = BC_OK;

    stop_begins(b->n_files);
    for (int i = 0; i < b->n_files && st != BC_E_INTERRUPTED; i++) {
        if (o->is_page_only)
            stop_removes(outs[i], o->output);
        st = b->file(o, b->context, o->operands[i], outs[i], err);
        first = first ? first : st;
        if (st)
            media_explain(o->operands[i], b->medium, o, err);
        if (st && st != BC_E_INTERRUPTED && i + 1 < b->n_files)
            tool_say(err);
    }
    if (first && !st) /* its sentence is out already */
        err->text[0] = '\0';
    return st == BC_E_INTERRUPTED ? st : first;
}

bc_status batch_run(const batch *b, const options *o, bc_error *err)
{
    const bool to_directory = o->output && is_directory(o->output);
    bc_status st = BC_OK;

    if (b->n_files > 1 && o->output && !to_directory)
        return tool_usage(err, "-o", o->output, "expected a directory for several files");
    char **outs = name_outputs(b, o, to_directory);

    for (int i = 0; !st && i < b->n_files; i++)
        st = outs && outs[i] ? BC_OK : short_of_memory(err);
    if (!st)
        st = check_files(b, o, outs, err);
    if (st) {
        free_outputs(outs, b->n_files);
        return st;
    }
    if (to_directory && !tool_is_dry(o))
        (void)mkdir(o->output, 0777); /* where it fails, opening the output says why */
    st = run_all(b, o, outs, err);
    free_outputs(outs, b->n_files);
    return st;
}
