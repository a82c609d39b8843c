/* Knows what every program does around its work: standard streams, signals, the choice of the
 * tool, the printing of reports and of the last sentence. */
#include "tool.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bitcrush/feedback.h"
#include "bitcrush/input.h"
#include "bitcrush/noise.h"
#include "bitcrush/output.h"
#include "bitcrush/quantize.h"
#include "ending.h"
#include "kinds.h"
#include "lists.h"
#include "media.h"
#include "option_texts.h"
#include "stop.h"
#include "synonyms.h"

static const char *own_name = "bitcrush"; /* of the program, for warnings */

bc_reading tool_reading(const options *o)
{
    return (bc_reading){ .max_memory = o->max_memory,
                         .max_pixels = o->max_pixels,
                         .salvage = o->salvage,
                         .stop = &tool_stop_asked,
                         .input = o->input };
}

void tool_warn_salvaged(const char *path, const char *damage)
{
    if (*damage)
        fprintf(stderr, "%s: %s: damaged, what is there is taken: %s\n", own_name,
                strcmp(path, "-") == 0 ? "standard input" : path, damage);
}

/* A full pipe or file shows as a failed write, with its sentence, not as a death. */
static void set_signals(const char *name)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    stop_on_signals(name);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

/* A standard stream that is closed would lend its number to the next file that is opened, and
 * messages would land in it. Opened the wrong way round, so that its use still fails. */
static void fill_standard_streams(void)
{
    static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", modes[fd]);
}

bc_status tool_usage(bc_error *err, const char *what, const char *got, const char *expected)
{
    return bc_error_say(err, BC_E_USAGE, "%s%s%s: %s", what, *got ? " " : "", got, expected);
}

bool tool_has_colour(const options *o, FILE *to)
{
    const char *no_color = getenv("NO_COLOR");
    const bool may = !(no_color && *no_color) && isatty(fileno(to));

    return o->color == WHEN_ALWAYS || (o->color == WHEN_AUTO && may);
}

FILE *tool_report_stream(const options *o, const char *out)
{
    const char *const data[] = { out, o->report, o->plot, o->sheet };

    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (data[i] && strcmp(data[i], "-") == 0)
            return stderr;
    return stdout;
}

/* Has the reader of a pipe gone away, as head does? Then nobody waits for the rest of a text, and no more
 * is wrong than that. */
static bool nobody_reads(FILE *to)
{
    struct pollfd p = { .fd = fileno(to), .events = POLLOUT };

    return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP);
}

bc_status tool_report(const bc_report *r, const options *o, const char *out, bc_error *err)
{
    FILE *to = tool_report_stream(o, out);
    const bool colour = tool_has_colour(o, to);
    char *text = NULL;

    if (o->quiet)
        return BC_OK;
    const bc_status st =
        o->json ? bc_report_json(r, &text, err) : bc_report_text(r, colour, &text, err);

    if (st)
        return st;
    const bool ok = fprintf(to, o->json ? "%s\n" : "%s", text) >= 0 && fflush(to) == 0;

    free(text);
    return ok || nobody_reads(to) ? BC_OK
                                  : tool_fail(err, BC_E_WRITE, "the report cannot be written");
}

options tool_refused(const options *o)
{
    options own = *o;

    own.report = own.plot = NULL;
    own.is_refused = true;
    return own;
}

bc_status tool_unknown(const char *path, bc_error *err)
{
    if (kind_refuse(path, err))
        return err->status;
    return tool_fail(err, BC_E_UNSUPPORTED,
                     "%s: holds no picture, sound or weights that are known here, expected a "
                     "format that --list names",
                     path);
}

bc_status tool_rereadable(const char *path, bc_error *err)
{
    struct stat s;
    const bool is_there = strcmp(path, "-") != 0 && stat(path, &s) == 0;

    if (is_there && S_ISDIR(s.st_mode))
        return tool_fail(err, BC_E_OPEN, "%s: is a directory, expected a file", path);
    if (strcmp(path, "-") == 0 || (is_there && !S_ISREG(s.st_mode)))
        return tool_fail(err, BC_E_UNSUPPORTED,
                         "%s: is read several times, expected a file, not a pipe", path);
    return BC_OK;
}

bc_status tool_save_plot(const options *o, bc_plot *p, bc_status st, bc_error *err)
{
    char *svg = NULL;

    if (!st)
        st = bc_plot_svg(p, &svg, err);
    if (!st)
        st = bc_output_write(o->plot, o->force, svg, strlen(svg), err);
    free(svg);
    bc_plot_free(p);
    return st;
}

/* The tool that knows a file, which stays open; without a file, the tool that takes the options. A
 * file that none knows, or that cannot be opened, is said to be that before anything is said of the
 * SPEC beside it. */
static bc_status choose(const tool *const *tools, size_t n_tools, const options *o,
                        const tool **chosen, bc_input **input, bc_error *err)
{
    bc_error ignored;
    bc_status st;

    *chosen = tools[0];
    for (size_t i = 0; o->n_operands == 0 && i < n_tools; i++) {
        if (!options_belong(o, tools[i]->bit, "", &ignored)) {
            *chosen = tools[i];
            return BC_OK;
        }
    }
    if (n_tools == 1 || o->n_operands == 0)
        return BC_OK;
    st = bc_input_open(o->operands[0], input, err);
    if (st) /* an empty file is all tools' alike: the first says so */
        return st == BC_E_FORMAT ? BC_OK : st;

    size_t n;
    const uint8_t *head = bc_input_head(*input, &n);

    for (size_t i = 0; i < n_tools; i++) {
        if (tools[i]->knows(head, n)) {
            *chosen = tools[i];
            return BC_OK;
        }
    }
    return tool_unknown(o->operands[0], err);
}

/* "4 photo.png": a SPEC where the file should be, and a file where the SPEC should be. */
static bc_status check_order(const options *o, bc_error *err)
{
    const int last = o->n_operands - 1;
    const char *spec = last > 0 ? o->operands[0] : "";
    const bool is_name = strcspn(spec, "./") == strlen(spec);
    const bool is_number = strspn(spec, "0123456789.") == strlen(spec);
    struct stat info;

    if (last < 1 || !(is_name || is_number) || strcmp(spec, "-") == 0 || stat(spec, &info) == 0 ||
        stat(o->operands[last], &info) != 0)
        return BC_OK;
    return tool_fail(err, BC_E_USAGE, "%s: no file of that name; expected the file first, as %s %s",
                     spec, o->operands[last], spec);
}

/* A SPEC that another medium has. */
static bc_status refuse_spec(const tool *t, const char *path, const char *spec, bc_error *err)
{
    const media_row *own = media_of_tool(t->bit), *other = media_of_spec(spec, t->bit);

    if (own && (bc_kernel_find(spec) || bc_noise_find(spec)))
        return tool_fail(err, BC_E_USAGE,
                         "%s: is a dither, expected --dither %s after a format or bits", spec,
                         spec);

    return other ? tool_fail(err, BC_E_USAGE, "%s: is for %s (%s), %s is a %s", spec, other->medium,
                             other->examples, path, own->one)
                 : BC_OK;
}

/* Only a report may be of files alone. */
bool tool_ends_in_file(tool_verb verb, const options *o)
{
    struct stat info;

    return verb == VERB_REPORT && o->n_operands > 0 &&
           stat(o->operands[o->n_operands - 1], &info) == 0 && S_ISREG(info.st_mode);
}

/* What others call a SPEC becomes its name here, in the operands; `word` has room for it, and the
 * caller puts back what was typed. */
static bc_status settle_spec(const tool *t, tool_verb verb, const options *o, char word[160],
                             bc_error *err)
{
    char **last = o->operands + o->n_operands - 1;

    if (!t->spec || o->n_operands < 2 || o->palette || o->channels || tool_ends_in_file(verb, o))
        return BC_OK;
    switch (synonym_find(t->spec, *last, word, 160)) {
    case SYNONYM_NONE: return refuse_spec(t, o->operands[0], *last, err);
    case SYNONYM_SAME: *last = word; break;
    case SYNONYM_NEAR:
    case SYNONYM_SAID: return synonym_unknown(err, t->spec, "", *last, NULL, "");
    }
    return BC_OK;
}

/* Two files to compare, of one medium. */
static bc_status check_pair(char *const paths[2], bc_error *err)
{
    char a[48], b[48];
    const media_row *first = media_of_file(paths[0], a), *second = media_of_file(paths[1], b);

    return !first || !second || first == second
               ? BC_OK
               : tool_fail(err, BC_E_UNSUPPORTED, "%s is %s and %s is %s, expected two of a kind",
                           paths[0], a, paths[1], b);
}

/* Hand over to the tool that knows the first operand. */
static bc_status run_tool(const program *self, const tool *const *tools, size_t n_tools,
                          tool_verb verb, const options *o, bc_error *err)
{
    const bool takes_spec = verb == VERB_REDUCE || verb == VERB_REPORT;
    const tool *chosen;
    options own = *o;
    char *typed = o->n_operands > 0 ? o->operands[o->n_operands - 1] : NULL;
    char word[160];
    bc_status st = takes_spec ? check_order(o, err) : BC_OK;

    if (!st)
        st = choose(tools, n_tools, o, &chosen, &own.input, err);
    if (!st) {
        const unsigned bit = verb == VERB_SWEEP ? SWEEP_OF(chosen->bit) : chosen->bit;

        st = options_belong(o, bit, chosen->medium, err);
    }
    if (!st && n_tools == 1 && o->n_operands > 0)
        st = media_refuse(o->operands[0], chosen->bit, err);
    if (!st && takes_spec)
        st = settle_spec(chosen, verb, o, word, err);
    if (!st && verb == VERB_COMPARE && o->n_operands == 2)
        st = check_pair(o->operands, err);
    if (!st && !chosen->verbs[verb])
        st = tool_usage(err, o->operands[0], "", "not a file that this is for, see --help");
    if (!st)
        st = chosen->verbs[verb](self->name, &own, err);
    if (typed)
        o->operands[o->n_operands - 1] = typed;
    bc_input_free(own.input);
    return st;
}

/* The same for every operand by itself; a bad file does not stop the rest. */
static bc_status run_each(const program *self, const tool *const *tools, size_t n_tools,
                          tool_verb verb, const options *o, bc_error *err)
{
    options one = *o;
    bc_status first = BC_OK, st = BC_OK;

    if (o->n_operands < 1 && o->params > 0.0) /* of no file */
        return run_tool(self, tools, n_tools, verb, o, err);
    if (o->n_operands < 1)
        return tool_usage(err, "too few arguments", "", "expected info FILE");
    one.n_operands = 1;
    for (int i = 0; i < o->n_operands && st != BC_E_INTERRUPTED; i++) {
        one.operands = o->operands + i;
        st = run_tool(self, tools, n_tools, verb, &one, err);
        first = first ? first : st;
        if (st)
            kind_explain(one.operands[0], 0, o, err);
        if (st && i + 1 < o->n_operands)
            fprintf(stderr, "%s: %s\n", self->name, err->text);
    }
    if (first && !st) /* its sentence is out already */
        err->text[0] = '\0';
    return first;
}

static bc_status run(const program *self, const tool *const *tools, size_t n_tools, tool_verb verb,
                     const options *o, bc_error *err)
{
    if (o->help)
        print_help(self);
    else if (o->version)
        printf("bitcrush %s, kernels at level %s\n", BC_VERSION, bc_cpu_level());
    else if (o->man)
        print_man(self);
    else if (o->completion)
        return print_completion(o->completion, err);
    if (o->help || o->version || o->man)
        return BC_OK;
    if (o->list) {
        print_lists(self->tools | self->tools / SWEEP_OF(1));
        return BC_OK;
    }
    if (o->report && verb != VERB_REDUCE && verb != VERB_REPORT)
        return tool_usage(err, "--report", o->report, "expected with a reduction");
    return verb == VERB_INFO ? run_each(self, tools, n_tools, verb, o, err)
                             : run_tool(self, tools, n_tools, verb, o, err);
}

int tool_run(const program *self, const tool *const *tools, size_t n_tools, tool_verb verb,
             int argc, char **argv)
{
    bc_error err = { 0 };
    options o;
    bc_status st = options_parse(argc, argv, &o, &err);

    own_name = self->name;
    fill_standard_streams();
    ending_begin();
    set_signals(self->name);
    if (!st)
        st = bc_cpu_check(&err);
    if (!st)
        st = run(self, tools, n_tools, verb, &o, &err);
    if (!st && (fflush(stdout) != 0 || ferror(stdout)) && !nobody_reads(stdout))
        st = tool_fail(&err, BC_E_WRITE, "standard output: cannot be written");
    if (st && tool_stop_asked) /* a read that the signal broke off says something else */
        st = tool_fail(&err, BC_E_INTERRUPTED, "%s", stop_sentence());
    for (int i = 0; i < o.n_operands; i++)
        kind_explain(o.operands[i], 0, &o, &err);
    if (st && err.text[0])
        fprintf(stderr, "%s: %s\n", self->name, err.text);
    return ending_by_itself((int)st);
}
