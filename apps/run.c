/* Knows what every program does around its verb: standard streams, signals, the choice of the
 * medium, the last sentence. */
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bitcrush/input.h"
#include "bitcrush/quantize.h"
#include "deeds.h"
#include "ending.h"
#include "files.h"
#include "lists.h"
#include "media.h"
#include "option_texts.h"
#include "report_verb.h"
#include "stop.h"
#include "synonyms.h"
#include "tool.h"
#include "words.h"

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

/* --- the medium */

static unsigned bits_of(const verb *v, const bc_medium *m)
{
    return v->takes_sweep ? SWEEP_OF(media_bit(m)) : media_bit(m);
}

/* Choose the medium by the first file, which stays open in *input, or, where no file is named, by
 * the options. An error about that file comes before any about the SPEC behind it. */
static bc_status choose(const verb *v, const options *o, const bc_medium **chosen, bc_input **input,
                        bc_error *err)
{
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);
    bc_error ignored;
    bc_status st;

    *chosen = v->only ? v->only : media[0];
    for (size_t i = 0; o->n_operands == 0 && !v->only && i < n_media; i++) {
        if (!options_belong(o, media_bit(media[i]), "", &ignored)) {
            *chosen = media[i];
            return BC_OK;
        }
    }
    if (v->only || o->n_operands == 0)
        return BC_OK;
    st = bc_input_open(o->operands[0], input, err);
    if (st) /* an empty file is all media's alike: the first says so */
        return st == BC_E_FORMAT ? BC_OK : st;

    size_t n;
    const uint8_t *head = bc_input_head(*input, &n);
    const bc_medium *m = bc_medium_named(o->operands[0], head, n);

    *chosen = m ? m : *chosen;
    return m ? BC_OK : bc_medium_unknown(o->operands[0], err);
}

/* --- operands */

/* "4 photo.png": a SPEC where the file should be, and a file where the SPEC should be; or a verb
 * that is none: "convert photo.png". */
static bc_status check_order(const verb *v, const options *o, bc_error *err)
{
    const int last = o->n_operands - 1;
    const char *spec = last > 0 ? o->operands[0] : "", *file = last > 0 ? o->operands[1] : "";
    const bool is_name = strcspn(spec, "./") == strlen(spec);
    const bool is_number = strspn(spec, "0123456789.") == strlen(spec);
    char called[160];
    struct stat info;

    if (last < 1 || !(is_name || is_number) || strcmp(spec, "-") == 0 || stat(spec, &info) == 0 ||
        (stat(file, &info) != 0 && stat(file = o->operands[last], &info) != 0))
        return BC_OK;
    const bc_medium *m = bc_medium_of_file(file, called);

    if (m && !m->takes(spec) && !synonym_find(m->spec, spec, called, sizeof called) && !is_number)
        return v->only || v->run != deed_reduce
                   ? BC_OK
                   : tool_fail(err, BC_E_USAGE,
                               "%s: no file and no verb of that name, expected "
                               "FILE... SPEC [-o OUTPUT] or a verb that --help names",
                               spec);
    return tool_fail(err, BC_E_USAGE,
                     "%s: no file of that name; expected the file first, as in %s %s", spec, file,
                     spec);
}

/* What others call a SPEC becomes its name here, in the operands; `word` has room for it, and the
 * caller puts back what was typed. */
static bc_status settle_spec(const verb *v, const bc_medium *m, const options *o, char word[160],
                             bc_error *err)
{
    const bool is_of_files = v->run == report_verb && report_ends_in_file(o);

    if (o->n_operands < 2 || media_replaces_spec(m, o) || is_of_files)
        return BC_OK;
    const char *spec = o->operands[o->n_operands - 1];
    const bc_status st = media_settle_spec(m, o->operands[0], &spec, word, err);

    if (spec == word)
        o->operands[o->n_operands - 1] = word;
    return st;
}

/* An option that a deed does not mind would be passed over without a word. */
static bc_status check_options(const verb *v, const bc_deed_row *deed, const options *o,
                               bc_error *err)
{
    const struct {
        const char *name;
        bool is_odd;
    } others[] = {
        { "output", o->output && v->needs != BC_RESTORE },
        { "plot", o->plot && !deed->draw },
    };
    bc_setting given[OPTION_ROOM];
    const size_t n = options_settings(o, given);
    const char *odd = NULL;
    char word[40];

    for (size_t i = 0; i < n; i++) {
        snprintf(word, sizeof word, " %s ", given[i].key);
        odd = strstr(deed->minds, word) ? odd : given[i].key;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        odd = others[i].is_odd ? others[i].name : odd;
    return odd ? tool_fail(err, BC_E_USAGE, "--%s: not an option of %s", odd, v->name) : BC_OK;
}

static bc_status check_deed(const verb *v, const bc_medium *m, const options *o, bc_error *err)
{
    const bc_deed_row *deed = v->needs == BC_N_DEEDS ? NULL : &m->deeds[v->needs];

    if (deed && !deed->run)
        return tool_usage(err, o->operands[0], "", "not a file that this is for, see --help");
    return deed && deed->minds ? check_options(v, deed, o, err) : BC_OK;
}

/* --- the verb */

/* Hand over with the medium that knows the first operand. */
static bc_status run_verb(const verb *v, const options *o, bc_error *err)
{
    const bc_medium *m = NULL;
    options own = *o;
    char *typed = o->n_operands > 0 ? o->operands[o->n_operands - 1] : NULL;
    char word[160];
    bc_status st = v->takes_spec || v->takes_sweep ? check_order(v, o, err) : BC_OK;

    if (!st)
        st = choose(v, o, &m, &own.input, err);
    if (!st)
        st = options_belong(o, bits_of(v, m), m->things, err);
    if (!st && v->only && o->n_operands > 0)
        st = bc_medium_refuse(o->operands[0], m, v->needs == BC_RESTORE ? v->name : NULL, err);
    if (!st && v->takes_spec)
        st = settle_spec(v, m, o, word, err);
    if (!st && v->needs == BC_COMPARE && o->n_operands == 2)
        st = bc_media_check_pair(o->operands[0], o->operands[1], err);
    if (!st)
        st = check_deed(v, m, o, err);
    if (!st)
        st = v->run(m, &own, err);
    if (st && m)
        words_explain(err, m->spec);
    if (typed)
        o->operands[o->n_operands - 1] = typed;
    bc_input_free(own.input);
    return st;
}

/* The same for every operand by itself; a bad file does not stop the rest. */
static bc_status run_each(const verb *v, const options *o, bc_error *err)
{
    options one = *o;
    bc_status first = BC_OK, st = BC_OK;

    if (o->n_operands < 1 && o->params > 0.0) /* of no file */
        return run_verb(v, o, err);
    if (o->n_operands < 1)
        return tool_arguments(err, true, "info FILE");
    one.n_operands = 1;
    for (int i = 0; i < o->n_operands && st != BC_E_INTERRUPTED; i++) {
        one.operands = o->operands + i;
        st = run_verb(v, &one, err);
        first = first ? first : st;
        if (st)
            media_explain(one.operands[0], NULL, o, err);
        if (st && i + 1 < o->n_operands)
            tool_say(err);
    }
    if (first && !st) /* its sentence is out already */
        err->text[0] = '\0';
    return first;
}

static bc_status run(const program *self, const verb *v, const options *o, bc_error *err)
{
    if (o->help)
        print_help(v->only && v->takes_spec ? program_for(self, media_bit(v->only)) : self);
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
    if (o->report && !v->takes_spec)
        return tool_usage(err, "--report", o->report, "expected with a reduction");
    if (v->is_without_files) {
        const bc_status st = options_belong(o, self->tools, v->name, err);

        return st ? st : v->run(NULL, o, err);
    }
    const bc_status st = files_check_streams(o, err);

    if (st)
        return st;
    return v->is_each ? run_each(v, o, err) : run_verb(v, o, err);
}

int run_program(const program *self, const verb *v, int argc, char **argv)
{
    bc_error err = { 0 };
    options o;

    set_signals(self->name);
    bc_status st = options_parse(argc, argv, &o, &err);

    tool_begin(self->name);
    fill_standard_streams();
    ending_begin();
    if (!st)
        st = bc_cpu_check(&err);
    if (!st)
        st = run(self, v, &o, &err);
    if (!st && (fflush(stdout) != 0 || ferror(stdout)) && !tool_nobody_reads(stdout))
        st = tool_fail(&err, BC_E_WRITE, "standard output: cannot be written");
    if (st == BC_E_WRITE && strncmp(err.text, "standard output: ", 17) == 0 &&
        tool_nobody_reads(stdout)) /* as of a text */
        st = BC_OK;
    if (st && tool_stop_asked) /* a read that the signal broke off says something else */
        st = tool_fail(&err, BC_E_INTERRUPTED, "%s", stop_sentence());
    for (int i = 0; i < o.n_operands; i++)
        media_explain(o.operands[i], NULL, &o, &err);
    if (st && err.text[0])
        tool_say(&err);
    return ending_by_itself((int)st);
}
