/* every-call LIBRARY TABLE [MOST [IDLE]]: run every command of a table once for each of its calls,
 * with that call refused, and judge what came of it.
 *
 * It runs in a directory that holds the inputs. A line of the table is "NAME | PROGRAM ARGUMENT...
 * | OUTPUT...", words apart by spaces. Outputs exist before each run and are old when the command
 * has -f. What may come of a refused call is a row of `classes`: status 0, with the bytes of an
 * untroubled run, or the status that says what failed, with a sentence, every output old or whole,
 * and nothing left beside them. With MOST no more calls of a kind are, evenly spread, others for
 * each command. A kind that was refused nowhere is a fault, but IDLE, or where that is "all".
 *
 * Counted apart are calls that libgomp or the loader makes by itself, and signals by which another
 * library ended the program: what they do about a failure is not ours to say. `otherwise` is how
 * many of these did not end as ours have to. */
#define _GNU_SOURCE /* pipe2 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"

enum { MAX_WORDS = 32, MAX_OUTPUTS = 4, MAX_INPUTS = 64 };

/* The file names of what the runs share, beside the directory. */
static const char note_name[] = "../note", out_name[] = "../stdout", err_name[] = "../stderr";
static const char tmp_name[] = "../tmp"; /* TMPDIR of the runs */

static const struct {
    const char *name, *with; /* errno of Linux, or short */
    int status;              /* beside 0, or 0 */
    refusal_kind kind;
} classes[] = {
    { "malloc", "12", 8, REFUSE_MALLOC }, { "thread", "11", 8, REFUSE_THREAD },
    { "read", "5", 3, REFUSE_READ },      { "read", "4", 0, REFUSE_READ },
    { "read", "short", 0, REFUSE_READ },  { "write", "28", 7, REFUSE_WRITE },
    { "write", "4", 0, REFUSE_WRITE },    { "write", "short", 0, REFUSE_WRITE },
    { "fsync", "5", 7, REFUSE_FSYNC },    { "rename", "5", 7, REFUSE_RENAME },
    { "open", "24", 0, REFUSE_OPEN },
};

enum { N_CLASSES = sizeof classes / sizeof *classes };

typedef struct {
    uint8_t *data; /* NULL: no such file */
    size_t n;
} contents;

typedef struct {
    char name[64];
    char *words[MAX_WORDS + 1];
    const char *outputs[MAX_OUTPUTS];
    int n_outputs;
    bool is_forced, has_same_stdout;
    bool has_time[MAX_OUTPUTS]; /* a page says how long it took */
    contents before[MAX_OUTPUTS], whole[MAX_OUTPUTS], printed;
} command;

static struct {
    long runs, faults, apart, apart_otherwise;
} counts[N_CLASSES];

static char *inputs[MAX_INPUTS];
static size_t n_inputs;
static const char *library;
static refusal_note *note;
static long max_shown = 3;

static void die(const char *what)
{
    fprintf(stderr, "every-call: %s: %s\n", what, strerror(errno));
    exit(2);
}

static contents read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    contents c = { NULL, 0 };
    struct stat s;

    if (!f)
        return c;
    if (fstat(fileno(f), &s) != 0 || !(c.data = malloc((size_t)s.st_size + 1)))
        die(path);
    c.n = fread(c.data, 1, (size_t)s.st_size, f);
    c.data[c.n] = 0;
    fclose(f);
    return c;
}

static void write_file(const char *path, contents c)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(c.data, 1, c.n, f) != c.n || fclose(f) != 0)
        die(path);
}

static bool are_same(contents a, contents b)
{
    return !a.data == !b.data && a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
}

/* ---- one run */

static _Noreturn void become(const command *c)
{
    const int out = open(out_name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int err = open(err_name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    setenv("TMPDIR", tmp_name, 1);
    setenv("OMP_WAIT_POLICY", "passive", 1);
    setenv("OMP_NUM_THREADS", "2", 0);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    execvp(c->words[0], c->words);
    _exit(127);
}

/* An untroubled run; the status that wait() gives. */
static int run(const command *c)
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        alarm(REFUSE_TIMEOUT_S);
        become(c);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        die("fork");
    return status;
}

/* A command that is loaded and stops before main(), with the library that refuses calls. */
typedef struct {
    pid_t pid;
    int ask, answer;
} loaded;

static loaded load(const command *c)
{
    int asked[2], answer[2];

    if (pipe2(asked, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
        die("pipe");
    const loaded l = { fork(), asked[1], answer[0] };

    if (l.pid == 0) {
        setenv("REFUSE_NOTE", note_name, 1);
        setenv("LD_PRELOAD", library, 1);
        dup2(asked[0], REFUSE_ASKED);
        dup2(answer[1], REFUSE_ANSWER);
        become(c);
    }
    if (l.pid < 0)
        die("fork");
    close(asked[0]);
    close(answer[1]);
    return l;
}

static void unload(loaded l)
{
    close(l.ask);
    close(l.answer);
    if (waitpid(l.pid, NULL, 0) != l.pid)
        die("wait");
}

/* A run with its nth call of a class refused; the status that wait() gives. */
static int run_refused(loaded l, int class, long nth)
{
    int status;

    *note = (refusal_note){ .kind = classes[class].kind, .nth = nth };
    snprintf(note->with, sizeof note->with, "%s", classes[class].with);
    if (write(l.ask, "", 1) != 1 || read(l.answer, &status, sizeof status) != sizeof status)
        die(library);
    return status;
}

static void put_back(const command *c)
{
    for (int i = 0; i < c->n_outputs; i++) {
        if (c->before[i].data)
            write_file(c->outputs[i], c->before[i]);
        else
            unlink(c->outputs[i]);
    }
}

/* ---- judging */

/* Is it an input, or one of the outputs? */
static bool is_expected(const command *c, const char *name)
{
    for (int i = 0; i < c->n_outputs; i++)
        if (strcmp(name, c->outputs[i]) == 0)
            return true;
    for (size_t i = 0; i < n_inputs; i++)
        if (strcmp(name, inputs[i]) == 0)
            return true;
    return false;
}

/* Remove what a run left; was there something? */
static bool sweep_up(const command *c)
{
    DIR *d = opendir(".");
    bool is_clean = true;

    if (!d)
        die(".");
    for (const struct dirent *e; (e = readdir(d));) {
        if (!is_expected(c, e->d_name)) {
            is_clean = false;
            unlink(e->d_name);
        }
    }
    closedir(d);
    if (rmdir(tmp_name) != 0) { /* no more than a directory of a file or two */
        is_clean = false;
        if (system("rm -rf ../tmp") != 0)
            die(tmp_name);
    }
    if (mkdir(tmp_name, 0777) != 0)
        die(tmp_name);
    return !is_clean;
}

/* The files that are there before any run. */
static void learn_inputs(void)
{
    DIR *d = opendir(".");

    if (!d)
        die(".");
    for (const struct dirent *e; (e = readdir(d)) && n_inputs < MAX_INPUTS;)
        if (!(inputs[n_inputs++] = strdup(e->d_name)))
            die(".");
    closedir(d);
}

/* What an untroubled run makes, but for the time in it: as long, and of the same beginning and
 * end. */
static bool is_whole(const command *c, int output, contents is)
{
    enum { MOST_DIGITS = 32, BEGINNING = 256, END = 32 };
    const contents whole = c->whole[output];

    if (!c->has_time[output])
        return are_same(is, whole);
    return is.data && is.n > BEGINNING && is.n + MOST_DIGITS > whole.n &&
           whole.n + MOST_DIGITS > is.n && memcmp(is.data, whole.data, BEGINNING) == 0 &&
           memcmp(is.data + is.n - END, whole.data + whole.n - END, END) == 0;
}

/* What is wrong with how a run ended, or NULL. */
static const char *fault_of(const command *c, int allowed, int status)
{
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const char *fault = NULL;

    if (sweep_up(c))
        fault = "leaves a file behind";
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? "does not end" : "ended by a signal";
    for (int i = 0; i < c->n_outputs && !fault; i++) {
        const contents is = read_file(c->outputs[i]);

        if (code == 0 && !is_whole(c, i, is))
            fault = "status 0 and another output";
        else if (!is_whole(c, i, is) && !are_same(is, c->before[i]))
            fault = "an output that is neither old nor whole";
        free(is.data);
    }
    if (fault || code == 0) {
        const contents printed = read_file(out_name);

        if (!fault && c->has_same_stdout && !are_same(printed, c->printed))
            fault = "status 0 and other words on standard output";
        free(printed.data);
        return fault;
    }
    const contents said = read_file(err_name);
    const bool has_sentence = said.n > sizeof "bitcrush: ";

    free(said.data);
    return code != allowed ? "wrong status" : has_sentence ? NULL : "no sentence";
}

/* Not for us to mend: what libgomp does when it gets nothing, and a library that falls over. */
static bool is_apart(int status)
{
    return !*note->caller || strncmp(note->caller, "libgomp", 7) == 0 ||
           strncmp(note->caller, "libomp", 6) == 0 ||
           (WIFSIGNALED(status) && WTERMSIG(status) != SIGALRM &&
            strcmp(note->caller, "program") != 0);
}

static void show(const command *c, int class, long nth, int status, const char *fault)
{
    const contents said = read_file(err_name);

    printf("%s, %s %ld with %s: %s: status %d, said '%.*s'\n    called by %s:%.1200s\n", c->name,
           classes[class].name, nth, classes[class].with, fault,
           WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
           (int)strcspn((const char *)said.data, "\n"), (const char *)said.data, note->caller,
           note->stack);
    free(said.data);
}

/* Opening may end in several ways: the input's, the output's. */
static int allowed_of(int class, int status)
{
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    if (strcmp(classes[class].name, "open") == 0)
        return code == 3 ? 3 : 7;
    return classes[class].status;
}

/* n: how many calls of the class an untroubled run makes. */
static void judge_class(const command *c, loaded l, int class, long n, long most, long offset)
{
    const long stride = most > 0 && n > most ? (n + most - 1) / most : 1;
    int n_shown = 0;

    for (long nth = 1 + offset % stride; nth <= n; nth += stride) {
        put_back(c);
        const int status = run_refused(l, class, nth);
        const char *fault = fault_of(c, allowed_of(class, status), status);

        if (!note->is_done) /* threads took another way this time */
            continue;
        if (is_apart(status)) {
            counts[class].apart++;
            counts[class].apart_otherwise += fault != NULL;
            continue;
        }
        counts[class].runs++;
        counts[class].faults += fault != NULL;
        if (fault && n_shown++ < max_shown)
            show(c, class, nth, status, fault);
    }
}

/* ---- a command */

static bool parse(char *line, command *c)
{
    char *name = strtok_r(line, "|", &line), *words = strtok_r(line, "|", &line);
    char *outputs = strtok_r(line, "|\n", &line);
    int n = 0;

    *c = (command){ 0 };
    if (!name || !words || *name == '#')
        return false;
    snprintf(c->name, sizeof c->name, "%.*s", (int)strcspn(name, " "), name);
    for (char *w; n < MAX_WORDS && (w = strtok_r(words, " \n", &words));) {
        c->is_forced |= strcmp(w, "-f") == 0;
        c->words[n++] = w;
    }
    for (char *w; outputs && c->n_outputs < MAX_OUTPUTS && (w = strtok_r(outputs, " ", &outputs));)
        c->outputs[c->n_outputs++] = w;
    return n > 0;
}

/* What an untroubled run makes. */
static void learn(command *c)
{
    static uint8_t old[] = "what was there before";

    for (int i = 0; i < c->n_outputs && c->is_forced; i++)
        c->before[i] = (contents){ old, sizeof old };
    put_back(c);
    if (run(c) != 0) {
        const contents said = read_file(err_name);

        fprintf(stderr, "every-call: %s does not run: %s\n", c->name, (const char *)said.data);
        exit(2);
    }
    c->printed = read_file(out_name);
    for (int i = 0; i < c->n_outputs; i++)
        if (!(c->whole[i] = read_file(c->outputs[i])).data)
            die(c->outputs[i]);
    put_back(c);
    (void)run(c);
    for (int i = 0; i < c->n_outputs; i++) {
        const contents second = read_file(c->outputs[i]);

        c->has_time[i] = !are_same(second, c->whole[i]);
        free(second.data);
    }
    const contents again = read_file(out_name);

    c->has_same_stdout = are_same(c->printed, again); /* there is no time in it */
    free(again.data);
}

static void judge(command *c, long most, long offset)
{
    learn(c);
    const loaded l = load(c);

    put_back(c);
    (void)run_refused(l, 0, 0);
    const refusal_note untroubled = *note;

    for (int k = 0; k < N_CLASSES; k++)
        judge_class(c, l, k, untroubled.n_calls[classes[k].kind], most, offset);
    unload(l);
    for (int i = 0; i < c->n_outputs; i++) {
        unlink(c->outputs[i]);
        free(c->whole[i].data);
    }
    free(c->printed.data);
}

/* A kind that no command was refused proves nothing, but for those that are `expected` to be
 * idle. */
static bool has_idle_class(const char *expected)
{
    bool found = false;

    for (int k = 0; k < N_CLASSES; k++) {
        const bool is_idle = counts[k].runs + counts[k].apart == 0;

        if (!is_idle || strcmp(expected, "all") == 0 || strcmp(expected, classes[k].name) == 0)
            continue;
        printf("%s with %s was never refused\n", classes[k].name, classes[k].with);
        found = true;
    }
    return found;
}

int main(int argc, char **argv)
{
    const long most = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    FILE *table = argc > 2 ? fopen(argv[2], "r") : NULL;
    long offset = 0, faults = 0, runs = 0;
    char line[1024];
    command c;

    if (!table || most < 0) {
        fputs("usage: every-call LIBRARY TABLE [MOST [IDLE]]\n", stderr);
        return 2;
    }
    library = argv[1];
    if (getenv("FAILURES_SHOW"))
        max_shown = strtol(getenv("FAILURES_SHOW"), NULL, 10);
    const int fd = open(note_name, O_RDWR | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || ftruncate(fd, sizeof *note) != 0)
        die(note_name);
    note = mmap(NULL, sizeof *note, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (note == MAP_FAILED)
        die(note_name);
    learn_inputs();
    if (mkdir(tmp_name, 0777) != 0)
        die(tmp_name);
    while (fgets(line, sizeof line, table))
        if (parse(line, &c))
            judge(&c, most, 7 * offset++);
    fclose(table);
    for (int k = 0; k < N_CLASSES; k++) {
        printf("%-6s with %-5s: %5ld refused, %ld faults; apart: %ld, %ld of them otherwise\n",
               classes[k].name, classes[k].with, counts[k].runs, counts[k].faults, counts[k].apart,
               counts[k].apart_otherwise);
        faults += counts[k].faults;
        runs += counts[k].runs;
    }
    printf("%ld commands, %ld refused calls, %ld faults\n", offset, runs, faults);
    return faults != 0 || runs == 0 || has_idle_class(argc > 4 ? argv[4] : "");
}
