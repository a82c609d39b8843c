/* Knows how the deeds of any medium go: from options to a request, over files, to reports. */
#include "deeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "command.h"
#include "files.h"
#include "media.h"
#include "pages.h"
#include "stop.h"
#include "tool.h"

void deed_request_make(deed_request *to, const bc_medium *m, const options *o)
{
    *to = (deed_request){ .shown = progress_begin("", o->progress) };
    to->request =
        (bc_request){ .settings = options_taken(o, m->settings, m->n_settings, to->settings),
                      .wants_report = !o->quiet || o->report,
                      .wants_curves = o->plot || o->report,
                      .stop = &tool_stop_asked,
                      .input = o->input,
                      .progress = progress_show,
                      .context = &to->shown };
}

/* --- one file or two */

/* A deed on its way. */
typedef struct {
    const bc_medium *medium;
    bc_deed deed;
    deed_request request;
    void *job;
} task;

/* As facts, for programs or people. BC_E_LIMIT. */
static bc_status tell(const task *t, const options *as, const bc_outcome *o, const bc_account *a,
                      bc_report **r, bc_error *err)
{
    const bc_status st = bc_report_new(r, err);

    if (st)
        return st;
    bc_report_limit(*r, tool_reading(as).max_memory);
    t->medium->deeds[t->deed].facts(t->job, o, a, *r);
    return BC_OK;
}

static bc_status print(const task *t, const options *as, const bc_outcome *o, bc_account a,
                       const char *out, bc_error *err)
{
    bc_report *r = NULL;
    bc_status st;

    if (as->quiet)
        return BC_OK;
    a.is_for_programs = as->json;
    st = tell(t, as, o, &a, &r, err);
    if (!st)
        st = tool_report(r, as, out, err);
    bc_report_free(r);
    return st;
}

static bc_status plot(const task *t, const options *as, const bc_outcome *o, const bc_account *a,
                      bc_error *err)
{
    const bc_deed_row *deed = &t->medium->deeds[t->deed];
    bc_plot *p = NULL;

    if (!as->plot || !deed->draw)
        return BC_OK;
    const bc_status st = deed->draw(t->job, o, a, &p, err);

    return tool_save_plot(as, p, st, err);
}

/* --- reduce and restore */

/* A page has the facts of JSON. */
static bc_status write_page(const task *t, const options *o, const bc_outcome *outcome,
                            bc_account a, bc_error *err)
{
    bc_report *r = NULL;
    bc_html *h = NULL;
    char *command =
        command_of(o, &t->request.request, !media_replaces_spec(t->medium, o), a.in, a.shown_out);
    bc_status st = command ? BC_OK : tool_fail(err, BC_E_LIMIT, "out of memory");

    a.is_for_programs = true;
    if (!st)
        st = tell(t, o, outcome, &a, &r, err);
    a.facts = r;
    if (!st)
        st = bc_page_of_one(&(bc_page){ .medium = t->medium,
                                        .request = &t->request.request,
                                        .job = t->job,
                                        .outcome = outcome,
                                        .account = &a,
                                        .command = command },
                            &h, err);
    st = page_write(h, st, a.page, o, err);
    if (o->is_page_only)
        unlink(a.out);
    bc_report_free(r);
    free(command);
    return st;
}

/* All that is made of a file, as far as the gate lets it. */
static bc_status account(const task *t, const options *as, const char *in, const char *out,
                         const bc_outcome *o, bc_error *err)
{
    char page[4096];
    bc_account a = { .in = in,
                     .out = out,
                     .shown_out = as->is_page_only ? page_name(out) : out,
                     .kept = as->is_refused     ? "refused by --min-snr, not written"
                             : as->is_page_only ? "for the page, not kept"
                             : tool_is_dry(as)  ? "dry run, not written"
                                                : NULL };
    bc_status st = plot(t, as, o, &a, err);

    if (as->report) {
        page_path(as, in, out, page, sizeof page);
        a.page = page;
    }
    if (!st && as->report)
        st = write_page(t, as, o, a, err);
    return st ? st : print(t, as, o, a, out, err);
}

/* One file, and its report. */
static bc_status do_file(const options *o, void *context, const char *in, const char *out,
                         bc_error *err)
{
    task *t = context;
    const bc_deed_row *deed = &t->medium->deeds[t->deed];
    const char *const paths[2] = { in, out };
    bc_outcome outcome = { 0 };
    bc_status st = page_may_be_written(o, in, out, err);

    if (st)
        return st;
    t->request.shown = progress_begin(in, o->progress);
    st = deed->run(t->job, paths, &outcome, err);
    progress_end(&t->request.shown);
    if (!st && !o->is_page_only && !tool_is_dry(o))
        stop_wrote();
    if (!st || st == BC_E_QUALITY) {
        const options refused = tool_refused(o), *as = st ? &refused : o;

        tool_warn_salvaged(in, outcome.salvaged[0]);
        const bc_status said = account(t, as, in, out, &outcome, err);

        st = said ? said : st;
    }
    deed->release(&outcome);
    return st;
}

/* True when a SPEC was given where none is taken: a last operand like one that is no file. */
static bool has_stray_spec(const bc_medium *m, const options *o)
{
    const char *last = o->operands[o->n_operands - 1];

    return o->n_operands > 1 && access(last, F_OK) != 0 &&
           (strspn(last, "0123456789") == strlen(last) || m->takes(last));
}

static bc_status check_operands(const bc_medium *m, const options *o, bool has_spec, bc_error *err)
{
    char expected[160];

    if (o->params > 0.0)
        return tool_usage(err, "--params", "", "expected with info: bitcrush info --params 7e9");
    snprintf(expected, sizeof expected, "%s (see --help)", m->expected);
    if (o->n_operands < 1 + has_spec)
        return tool_arguments(err, true, expected);
    if (!has_spec && has_stray_spec(m, o))
        return tool_arguments(
            err, false, "no SPEC with --palette, --channels or --step, which take their place");
    if (o->plot && o->n_operands - has_spec > 1)
        return tool_usage(err, "--plot", o->plot, "expected one file to plot");
    return BC_OK;
}

/* A deed that writes, over the first n operands. */
static bc_status write_files(const bc_medium *m, bc_deed deed, const char *spec, int n_files,
                             const options *o, bc_error *err)
{
    task t = { .medium = m, .deed = deed };
    char choice[256] = "restored";
    bc_status st;

    deed_request_make(&t.request, m, o);
    st = files_check_named(o, n_files, "output", o->is_page_only ? NULL : o->output,
                           m->may_replace_input && n_files == 1, err);
    if (!st)
        st = m->prepare(spec, &t.request.request, &t.job, err);
    if (!st)
        st = page_check(o, n_files, err);
    if (!st && deed == BC_REDUCE)
        m->choice(t.job, spec, choice, sizeof choice);
    if (!st)
        st = batch_run(&(batch){ .medium = m,
                                 .job = t.job,
                                 .n_files = n_files,
                                 .choice = choice,
                                 .file = do_file,
                                 .context = &t },
                       o, err);
    m->release(t.job);
    return st;
}

bc_status deed_reduce(const bc_medium *m, const options *o, bc_error *err)
{
    const bool has_spec = !media_replaces_spec(m, o);
    const int n_files = o->n_operands - has_spec;
    const char *spec = has_spec && n_files >= 0 ? o->operands[n_files] : NULL;
    const bc_status st = check_operands(m, o, has_spec, err);

    return st ? st : write_files(m, BC_REDUCE, spec, n_files, o, err);
}

bc_status deed_restore(const bc_medium *m, const options *o, bc_error *err)
{
    return o->n_operands < 1 ? tool_arguments(err, true, "restore FILE")
                             : write_files(m, BC_RESTORE, NULL, o->n_operands, o, err);
}

/* --- compare and info */

/* Look at one file or two, and say what was seen. */
static bc_status look(task *t, const options *o, const char *const paths[2], bc_error *err)
{
    const bc_deed_row *deed = &t->medium->deeds[t->deed];
    const bc_account a = { .in = paths[0], .out = paths[1], .command = command_on };
    bc_outcome outcome = { 0 };
    bc_status st;

    deed_request_make(&t->request, t->medium, o);
    st = t->medium->prepare(NULL, &t->request.request, &t->job, err);
    if (!st)
        st = deed->run(t->job, paths, &outcome, err);
    for (int i = 0; !st && i < 2; i++)
        tool_warn_salvaged(paths[i], outcome.salvaged[i]);
    if (!st)
        st = plot(t, o, &outcome, &a, err);
    if (!st)
        st = print(t, o, &outcome, a, "", err);
    if (!st && deed->gate)
        st = deed->gate(t->job, &outcome, &a, err);
    deed->release(&outcome);
    t->medium->release(t->job);
    return st;
}

bc_status deed_compare(const bc_medium *m, const options *o, bc_error *err)
{
    task t = { .medium = m, .deed = BC_COMPARE };
    static const char any[] = "compare A B, two of a kind: pictures, sounds, weights or tables";

    if (o->n_operands != 2)
        return tool_arguments(err, o->n_operands < 2,
                              o->n_operands ? m->deeds[BC_COMPARE].expected : any);
    const bc_status st = files_check_named(o, 2, "", NULL, false, err);
    const char *const paths[2] = { o->operands[0], o->operands[1] };

    return st ? st : look(&t, o, paths, err);
}

static bc_status tell_sizes(const bc_medium *m, const options *o, bc_error *err)
{
    bc_report *r = NULL;
    bc_status st = o->quiet ? BC_OK : bc_report_new(&r, err);

    if (!st && !o->quiet) {
        m->sizes(o->params, o->json, r);
        st = tool_report(r, o, "", err);
    }
    bc_report_free(r);
    return st;
}

bc_status deed_info(const bc_medium *m, const options *o, bc_error *err)
{
    task t = { .medium = m, .deed = BC_INFO };

    if (o->params > 0.0 && o->n_operands == 0 && m->sizes)
        return tell_sizes(m, o, err);
    if (o->params > 0.0)
        return tool_usage(err, "--params", "",
                          "expected without a file: it asks for any N weights");
    const char *const paths[2] = { o->operands[0], NULL };

    return look(&t, o, paths, err);
}
