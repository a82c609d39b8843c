/* Knows where pages go, and when they can be made. */
#include "pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/output.h"
#include "tool.h"

const char *page_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

void page_path(const options *o, const char *in, const char *out, char *to, size_t size)
{
    const char *name = page_name(out), *dot = strrchr(name, '.');
    const int beside = (int)(page_name(in) - in);

    if (*o->report)
        snprintf(to, size, "%s", o->report);
    else
        snprintf(to, size, "%.*s%.*s.html", beside, in, dot ? (int)(dot - name) : (int)strlen(name),
                 name);
}

bc_status page_check(const options *o, int n_files, bc_error *err)
{
    const bool is_sizes = options_given(o, "sizes-only");
    bc_status st = BC_OK;

    if (!o->report)
        return BC_OK;
    if (n_files > 1 && *o->report)
        return tool_usage(err, o->is_page_only ? "-o" : "--report", o->report,
                          "expected one file to report");
    for (int i = 0; i < n_files && !st; i++)
        st = bc_file_rereadable(o->operands[i], err);
    if (st)
        return st;
    if (o->output && strcmp(o->output, "-") == 0)
        return tool_usage(err, "--output", "-", "a report reads the output again, expected a file");
    if (tool_is_dry(o))
        return tool_usage(err, is_sizes ? "--sizes-only" : "--dry-run", "",
                          "a report reads the output again, expected bitcrush report, which keeps "
                          "none");
    return BC_OK;
}

bc_status page_output_check(const options *o, const char *path, const char *what, bc_error *err)
{
    const bc_reading reading = tool_reading(o);
    const bc_status st = bc_page_has_memory(&reading, path, what, err);

    return st ? st : bc_output_check(path, options_given(o, "force"), err);
}

bc_status page_may_be_written(const options *o, const char *in, const char *out, bc_error *err)
{
    char path[4096];

    if (!o->report)
        return BC_OK;
    page_path(o, in, out, path, sizeof path);
    return page_output_check(o, path, "a page", err);
}

bc_status page_write(bc_html *h, bc_status done, const char *path, const options *o, bc_error *err)
{
    char *text = NULL;
    size_t n, n_media;
    bc_status st = done ? done : bc_html_finish(h, &text, &n, &n_media, err);

    if (!st)
        st = bc_output_write(path, options_given(o, "force"), text, n, err);
    free(text);
    bc_html_free(h);
    return st;
}
