/* Knows what is on the page of every reduced file: the command, the facts, the curve. */
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bitcrush/measure.h"
#include "bitcrush/output.h"
#include "command.h"
#include "curve.h"
#include "tool.h"

const char *page_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Where the page goes: as asked, or beside the input under the name of the output. */
static void page_path(const options *o, const char *in, const char *out, char *to, size_t size)
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
    bc_status st = BC_OK;

    if (!o->report)
        return BC_OK;
    if (n_files > 1 && *o->report)
        return tool_usage(err, o->is_page_only ? "-o" : "--report", o->report,
                          "expected one file to report");
    for (int i = 0; i < n_files && !st; i++)
        st = tool_rereadable(o->operands[i], err);
    if (st)
        return st;
    if (o->output && strcmp(o->output, "-") == 0)
        return tool_usage(err, "--output", "-", "a report reads the output again, expected a file");
    if (o->dry_run)
        return tool_usage(err, o->sizes_only ? "--sizes-only" : "--dry-run", "",
                          "a report reads the output again, expected bitcrush report, which keeps "
                          "none");
    return BC_OK;
}

bc_status page_has_memory(const options *o, const char *path, const char *what, bc_error *err)
{
    enum { MIB = 32 };

    if (o->max_memory == 0 || o->max_memory >= (uint64_t)MIB << 20)
        return BC_OK;
    return tool_fail(
        err, BC_E_LIMIT,
        "%.200s: %s takes up to %d MiB of memory, expected at most %llu byte(s) (--max-memory)",
        path, what, MIB, (unsigned long long)o->max_memory);
}

bc_status page_is_free(const char *path, bool force, bc_error *err)
{
    struct stat s;

    /* Devices and pipes are no older file. */
    if (strcmp(path, "-") != 0 && !force && stat(path, &s) == 0 && S_ISREG(s.st_mode))
        return tool_fail(err, BC_E_EXISTS,
                         "%s: exists already, expected a new name or --force to replace it", path);
    return BC_OK;
}

void page_plan(const options *o, const char *in, const char *out, file_plan *p)
{
    char path[4096];

    page_path(o, in, out, path, sizeof path);
    plan_add(p, PLAN_WRITE, "page", path, *o->report ? NULL : in);
}

bc_status page_may_be_written(const options *o, const char *in, const char *out, bc_error *err)
{
    char path[4096];

    if (!o->report)
        return BC_OK;
    page_path(o, in, out, path, sizeof path);
    const bc_status st = page_has_memory(o, path, "a page", err);

    return st ? st : page_is_free(path, o->force, err);
}

void page_add_output(bc_report *r, const options *o, const char *in, const char *out)
{
    char path[4096];

    bc_report_string(r, "output", "path", o->is_page_only ? page_name(out) : out);
    bc_report_string(r, "output", "kept",
                     o->is_refused     ? "refused by --min-snr, not written"
                     : o->is_page_only ? "for the page, not kept"
                     : o->dry_run      ? "dry run, not written"
                                       : NULL);
    if (!o->report)
        return;
    page_path(o, in, out, path, sizeof path);
    bc_report_string(r, "output", "page", path);
}

/* The outcome in a sentence. */
static void put_lead(const page *p, char *to, size_t size)
{
    const char *what = p->tool == TOOL_TENSOR ? "the weights are" : "the signal is";

    if (p->snr_db == INFINITY)
        snprintf(to, size, "Nothing was lost: the result equals the original.");
    else if (isinf(p->snr_db))
        snprintf(to, size, "NaN or infinity stands where a number was: no error is larger.");
    else if (p->snr_db < 0.0)
        snprintf(to, size, "The error is %.2f dB above the signal: little is left of it.",
                 -p->snr_db);
    else
        snprintf(
            to, size,
            "What it cost: %s %.2f dB above the error, as a sine of full scale is at %.1f bits.",
            what, p->snr_db, bc_enob_bits(p->snr_db));
}

bc_status page_begin(const page *p, bc_html **h, bc_error *err)
{
    static const char *const settings[] = { "settings", "importance", "", NULL };
    char title[512], lead[160];
    char *command = command_of(p->o, p->tool, p->in, p->out);
    bc_status st;

    if (!command)
        return tool_fail(err, BC_E_LIMIT, "out of memory");
    snprintf(title, sizeof title, "%s, %s", page_name(p->in), p->spec);
    put_lead(p, lead, sizeof lead);
    st = bc_html_new(title, isnan(p->snr_db) ? NULL : lead, h, err);
    if (!st) {
        bc_html_section(*h, "What was done");
        bc_html_paragraph(*h, "The same again, byte for byte, on any machine:");
        bc_html_command(*h, command);
        bc_html_facts(*h, p->facts, "Settings", settings);
    }
    free(command);
    return st;
}

bc_status page_write(bc_html *h, bc_status done, const char *path, bool force, bc_error *err)
{
    char *text = NULL;
    size_t n, n_media;
    bc_status st = done ? done : bc_html_finish(h, &text, &n, &n_media, err);

    if (!st)
        st = bc_output_write(path, force, text, n, err);
    free(text);
    bc_html_free(h);
    return st;
}

bc_status page_end(const page *p, bc_html *h, bc_error *err)
{
    static const char *const figures[] = { "metrics", "theory", NULL };
    static const char *const input[] = { "input", NULL }, *const output[] = { "output", NULL };
    char path[4096];
    bc_status st;

    bc_html_section(h, "Figures");
    bc_html_facts(h, p->facts, "What it cost, and what was expected", figures);
    bc_html_section(h, "Bits against SNR");
    st = curve_of_one(h, p, err);
    bc_html_section(h, "Files");
    bc_html_facts(h, p->facts, "Input", input);
    bc_html_facts(h, p->facts, "Output", output);
    page_path(p->o, p->in, p->out, path, sizeof path);
    st = page_write(h, st, path, p->o->force, err);
    if (p->o->is_page_only)
        unlink(p->out);
    return st;
}

void page_codes(bc_html *h, const char *heading, const uint64_t *counts, size_t n, double first,
                const char *label, const char *caption, bc_error *err, bc_status *st)
{
    double *y = malloc((n + 1) * sizeof *y);
    bc_plot *p = NULL;

    if (!*st && !y)
        *st = tool_fail(err, BC_E_LIMIT, "out of memory for a histogram");
    if (!*st)
        *st = bc_plot_new(heading, NULL, &p, err);
    if (!*st) {
        for (size_t i = 0; i < n; i++)
            y[i] = (double)counts[i];
        bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .label = label, .is_whole = true },
                                               .y = { .label = "how often" } });
        bc_plot_add(p, &(bc_plot_series){
                           .kind = BC_PLOT_BARS, .n = n, .y = y, .x_first = first, .x_step = 1.0 });
        bc_html_plot(h, p, caption);
    }
    bc_plot_free(p);
    free(y);
}
