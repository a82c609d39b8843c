/* twins OLD NEW WORK BEFORE CHANGED JOBS: runs each command of WORK/commands with the programs of
 * two build directories, each on the files of WORK/inputs in a directory of its own, and says what
 * differs of the files that are left, of both streams and of the status. What the old ones left
 * stays in the directory BEFORE for the next time. side-by-side.sh explains the rows of CHANGED and
 * calls it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, MOST_SHOWN = 12, MOST_ROWS = 500 };

/* A row of CHANGED. */
typedef struct {
    char *parts; /* "stdout", "*.png", with commas between them */
    regex_t commands;
    const char *undo; /* a script of sed, or NULL */
    unsigned line;
    const char *text;
} change;

typedef struct {
    char *bytes;
    size_t n;
    bool is_there;
} content;

/* What a command left: a name, and the two contents. */
typedef struct {
    char name[PATH_ROOM];
    content old, new;
} part;

static change changes[MOST_ROWS];
static size_t n_changes;
static const char *work, *before; /* absolute */
static char **inputs;
static size_t n_inputs;

static void die(const char *subject, const char *fact)
{
    fprintf(stderr, "same: %s: %s\n", subject, fact);
    exit(2);
}

/* DIR/NAME in a buffer of PATH_ROOM. */
static const char *join(char *path, const char *dir, const char *name)
{
    if (snprintf(path, PATH_ROOM, "%s/%s", dir, name) >= PATH_ROOM)
        die(name, "its path is too long");
    return path;
}

static content read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    content c = { 0 };

    if (!f)
        return c;
    c.is_there = true;
    for (size_t room = 0, got = 1; got > 0; c.n += got) {
        if (room - c.n < 65536) {
            room = 2 * room + 65536;
            c.bytes = realloc(c.bytes, room);
            if (!c.bytes)
                die(path, "no memory");
        }
        got = fread(c.bytes + c.n, 1, room - c.n - 1, f);
    }
    c.bytes[c.n] = '\0';
    fclose(f);
    return c;
}

static void write_file(const char *path, content c)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(c.bytes, 1, c.n, f) != c.n || fclose(f) != 0)
        die(path, strerror(errno));
}

static bool are_same(content a, content b)
{
    return a.is_there == b.is_there && a.n == b.n &&
           (a.n == 0 || memcmp(a.bytes, b.bytes, a.n) == 0);
}

/* ---- the time that a command took is nobody's change */

static const struct {
    const char *begin, *end; /* between them stands the time */
} times[] = {
    { "\"time_s\": ", "\n" },               /* JSON */
    { "\n  time  ", "\n" },                 /* text */
    { "\033[1mtime  ", "\n" },              /* bold text */
    { "data-fact=\"time_s\">", "</data>" }, /* pages */
};

static void mask_between(content *c, const char *begin, const char *end)
{
    for (size_t at = 0; at < c->n;) {
        char *from = memmem(c->bytes + at, c->n - at, begin, strlen(begin));

        if (!from)
            return;
        from += strlen(begin);
        char *to = memmem(from, c->n - (size_t)(from - c->bytes), end, strlen(end));
        if (!to)
            return;
        char *kept = from;

        for (const char *p = from; p < to; p++)
            if (!strchr("0123456789.+-e ", *p))
                *kept++ = *p;
        at = (size_t)(kept - c->bytes);
        memmove(kept, to, c->n - (size_t)(to - c->bytes));
        c->n -= (size_t)(to - kept);
    }
}

static void mask_times(content *c)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        mask_between(c, times[i].begin, times[i].end);
}

/* ---- what is to differ */

static char *cut_column(char **rest)
{
    char *column = *rest, *bar = strstr(column, " | ");

    *rest = bar ? bar + 3 : NULL;
    if (!bar)
        bar = column + strlen(column);
    while (bar > column && bar[-1] == ' ')
        bar--;
    *bar = '\0';
    while (*column == ' ')
        column++;
    return column;
}

static void read_changes(const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;

    if (!f)
        die(path, strerror(errno));
    for (unsigned number = 1; getline(&line, &room, f) >= 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || *line == '\0')
            continue;
        change *c = &changes[n_changes++];
        char *rest = strdup(line), *column[4] = { NULL };
        size_t n = 0;

        c->text = strdup(line);
        while (rest && n < 4)
            column[n++] = cut_column(&rest);
        if (n < 3 || rest || n_changes == MOST_ROWS)
            die(line, "expected PARTS | REGEX | WHY [| SED]");
        if (regcomp(&c->commands, column[1], REG_EXTENDED | REG_NOSUB) != 0)
            die(line, "the second column is no regular expression");
        c->parts = column[0];
        c->undo = column[3];
        c->line = number;
    }
    free(line);
    fclose(f);
}

/* Does one of the patterns fit? * alone is all files, and neither stream nor status. */
static bool fits(const char *parts, const char *name)
{
    const bool is_file =
        strcmp(name, "stdout") != 0 && strcmp(name, "stderr") != 0 && strcmp(name, "status") != 0;
    char pattern[256];

    for (size_t n; *parts; parts += n + (parts[n] == ',')) {
        n = strcspn(parts, ",");
        snprintf(pattern, sizeof pattern, "%.*s", (int)n, parts);
        if (fnmatch(pattern, name, 0) == 0 && (is_file || strcmp(pattern, "*") != 0))
            return true;
    }
    return false;
}

static void note_use(const change *c)
{
    char path[PATH_ROOM];
    FILE *f = fopen(join(path, work, "used"), "a");

    if (!f || fprintf(f, "%u\n", c->line) < 0 || fclose(f) != 0)
        die(path, strerror(errno));
}

/* The text as the script makes it. */
static content undone(const change *c, content text)
{
    char *argv[] = { "sed", "-e", (char *)c->undo, "undo", NULL };
    int status = 0;

    write_file("undo", text);
    const pid_t child = fork();

    if (child == 0) {
        const int to = open("undone", O_WRONLY | O_CREAT | O_TRUNC, 0666);

        dup2(to, STDOUT_FILENO);
        execvp("sed", argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        die(c->text, "sed failed");
    return read_file("undone");
}

/* Does the script make something else of the text? */
static bool replace(const change *c, content *text)
{
    content made = undone(c, *text);
    const bool is_other = !are_same(made, *text);

    free(text->bytes);
    *text = made;
    return is_other;
}

static bool is_expected(part *p, const char *command)
{
    for (change *c = changes; c < changes + n_changes; c++) {
        if (!fits(c->parts, p->name) || regexec(&c->commands, command, 0, NULL, 0) != 0)
            continue;
        if (!c->undo) {
            note_use(c);
            return true;
        }
        if (!p->old.is_there || !p->new.is_there)
            continue;
        const bool in_old = replace(c, &p->old), in_new = replace(c, &p->new);

        if (in_old || in_new)
            note_use(c);
        if (are_same(p->old, p->new))
            return true;
    }
    return false;
}

/* ---- one command */

static bool is_input(const char *path, const char *name)
{
    char input[PATH_ROOM];
    struct stat a, b;

    return lstat(path, &a) == 0 &&
           lstat(join(input, join((char[PATH_ROOM]){ 0 }, work, "inputs"), name), &b) == 0 &&
           a.st_ino == b.st_ino;
}

/* Calls visit(path, name) for each file below a directory that is not one of the inputs, unchanged;
 * and for directories after what is in them. */
static void walk(const char *dir, const char *prefix,
                 void (*visit)(const char *, const char *, void *), void *to)
{
    DIR *d = opendir(dir);
    struct dirent *entry;

    if (!d)
        die(dir, strerror(errno));
    while ((entry = readdir(d))) {
        char path[PATH_ROOM], name[PATH_ROOM];
        struct stat s;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        join(path, dir, entry->d_name);
        if (snprintf(name, sizeof name, "%s%s", prefix, entry->d_name) >= PATH_ROOM)
            die(path, "its path is too long");
        if (lstat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
            char below[PATH_ROOM];

            if (snprintf(below, sizeof below, "%s/", name) >= PATH_ROOM)
                die(path, "its path is too long");
            walk(path, below, visit, to);
            visit(path, below, to);
        } else if (!is_input(path, name)) {
            visit(path, name, to);
        }
    }
    closedir(d);
}

static void remove_entry(const char *path, const char *name, void *to)
{
    (void)name;
    (void)to;
    if (remove(path) != 0)
        die(path, strerror(errno));
}

/* The inputs and nothing else in SIDE/files. */
static void lay_out(const char *side)
{
    char dir[PATH_ROOM], from[PATH_ROOM], to[PATH_ROOM], all[PATH_ROOM];

    mkdir(side, 0777);
    mkdir(join(dir, side, "files"), 0777);
    walk(dir, "", remove_entry, NULL);
    join(all, work, "inputs");
    for (size_t i = 0; i < n_inputs; i++)
        if (link(join(from, all, inputs[i]), join(to, dir, inputs[i])) != 0 && errno != EEXIST)
            die(to, strerror(errno));
}

static void redirect(const char *path, int flags, int to)
{
    const int from = open(path, flags, 0666);

    if (from < 0 || dup2(from, to) < 0)
        _exit(127);
    close(from);
}

/* Becomes the command; a shell is only started where one is needed. */
static void become(const char *command)
{
    enum { MOST_WORDS = 100 };
    char *words[MOST_WORDS + 1] = { NULL }, *rest = strdup(command);
    size_t n = 0;

    if (rest && !strpbrk(command, "$|;&<>*?'\"`\\(){}[]~#=\t")) {
        while (n < MOST_WORDS && (words[n] = strtok_r(NULL, " ", &rest)))
            n++;
        if (n > 0 && n < MOST_WORDS)
            execvp(words[0], words);
    }
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Runs the command in SIDE/files; its streams and its status go to files in SIDE. */
static void run(const char *side, const char *programs, const char *command)
{
    char path[PATH_ROOM], all[2 * PATH_ROOM];
    int status = 0;

    lay_out(side);
    const pid_t child = fork();

    if (child == 0) {
        if (chdir(join(path, side, "files")) != 0)
            _exit(127);
        redirect("/dev/null", O_RDONLY, STDIN_FILENO);
        redirect("../stdout", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
        redirect("../stderr", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
        snprintf(all, sizeof all, "%s:%s", programs, getenv("PATH"));
        setenv("PATH", all, 1);
        become(command);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        die(command, strerror(errno));
    FILE *f = fopen(join(path, side, "status"), "w");

    if (!f)
        die(path, strerror(errno));
    fprintf(f, "%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    fclose(f);
}

/* Where what the old programs left is, or will be: commands that were run before are not run
 * again. */
static void run_old(char *side, const char *programs, const char *line, const char *command)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    char name[20], path[PATH_ROOM], dir[PATH_ROOM];

    for (const char *p = line; *p; p++)
        hash = (hash ^ (uint8_t)*p) * UINT64_C(1099511628211);
    snprintf(name, sizeof name, "%016" PRIx64, hash);
    if (access(join(side, before, name), F_OK) == 0)
        return;
    run("old", programs, command);
    join(dir, "old", "files");
    for (size_t i = 0; i < n_inputs; i++)
        if (is_input(join(path, dir, inputs[i]), inputs[i]) && unlink(path) != 0)
            die(path, strerror(errno));
    if (rename("old", side) != 0 && errno != EEXIST && errno != ENOTEMPTY)
        die(side, strerror(errno));
}

typedef struct {
    part *rows;
    size_t n;
} parts;

static part *find(parts *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->rows[i].name, name) == 0)
            return &all->rows[i];
    all->rows = realloc(all->rows, (all->n + 1) * sizeof *all->rows);
    if (!all->rows)
        die(name, "no memory");
    part *p = &all->rows[all->n++];

    memset(p, 0, sizeof *p);
    snprintf(p->name, sizeof p->name, "%s", name);
    return p;
}

static void add_old(const char *path, const char *name, void *to)
{
    find(to, name)->old = read_file(path);
}

static void add_new(const char *path, const char *name, void *to)
{
    find(to, name)->new = read_file(path);
}

static parts collect(const char *old)
{
    static const char *const streams[] = { "status", "stdout", "stderr" };
    parts all = { 0 };
    char path[PATH_ROOM];

    for (size_t i = 0; i < 3; i++) {
        add_old(join(path, old, streams[i]), streams[i], &all);
        add_new(join(path, "new", streams[i]), streams[i], &all);
    }
    walk(join(path, old, "files"), "", add_old, &all);
    walk("new/files", "", add_new, &all);
    return all;
}

/* ---- what is said */

static bool is_text(content c)
{
    return memchr(c.bytes, '\0', c.n) == NULL;
}

static void show(FILE *to, const part *p)
{
    char *line = NULL;
    size_t room = 0;
    int n = 0;

    if (!p->old.is_there || !p->new.is_there) {
        fprintf(to, "  %s: only of the %s program\n", p->name, p->new.is_there ? "new" : "old");
        return;
    }
    if (!is_text(p->old) || !is_text(p->new)) {
        fprintf(to, "  %s: %zu and %zu bytes\n", p->name, p->old.n, p->new.n);
        return;
    }
    write_file("shown.old", p->old);
    write_file("shown.new", p->new);
    fprintf(to, "  %s:\n", p->name);
    FILE *lines = popen("diff -U0 shown.old shown.new | sed -e 1,2d -e '/^@@/d'", "r");

    while (lines && getline(&line, &room, lines) >= 0)
        if (++n <= MOST_SHOWN)
            fprintf(to, "    %.200s%s", line, strlen(line) > 200 ? "\n" : "");
    if (n > MOST_SHOWN)
        fprintf(to, "    and %d more\n", n - MOST_SHOWN);
    free(line);
    if (lines)
        pclose(lines);
}

/* Does anything differ that CHANGED does not name? What the old program left is in a directory. */
static void compare(const char *command, const char *old, unsigned *n_named, unsigned *n_unnamed)
{
    parts all = collect(old);
    bool is_named = false, is_unnamed = false;
    char *said = NULL;
    size_t n_said = 0;
    FILE *to = open_memstream(&said, &n_said);

    for (size_t i = 0; i < all.n; i++) {
        part *p = &all.rows[i];

        mask_times(&p->old);
        mask_times(&p->new);
        if (!are_same(p->old, p->new)) {
            if (is_expected(p, command)) {
                is_named = true;
            } else {
                is_unnamed = true;
                show(to, p);
            }
        }
        free(p->old.bytes);
        free(p->new.bytes);
    }
    fclose(to);
    *n_named += is_named && !is_unnamed;
    *n_unnamed += is_unnamed;
    if (is_unnamed) {
        printf("%s\n%s", command, said);
        fflush(stdout);
    }
    free(said);
    free(all.rows);
}

/* Every n_jobs-th command, from the first-th on, in a directory of its own. */
static void work_on(unsigned first, unsigned n_jobs, const char *old, const char *new)
{
    char path[PATH_ROOM], side[PATH_ROOM], dir[32];
    FILE *f = fopen(join(path, work, "commands"), "r");
    unsigned n_named = 0, n_unnamed = 0, number = 0;
    char *line = NULL;
    size_t room = 0;

    snprintf(dir, sizeof dir, "job%u", first);
    join(path, work, dir);
    if (!f || mkdir(path, 0777) != 0 || chdir(path) != 0)
        die(path, strerror(errno));
    while (getline(&line, &room, f) >= 0) {
        if (number++ % n_jobs != first)
            continue;
        line[strcspn(line, "\n")] = '\0';
        const char *colon = strstr(line, ": ");

        if (!colon)
            die(line, "expected GROUP: COMMAND");
        run_old(side, old, line, colon + 2);
        run("new", new, colon + 2);
        compare(line, side, &n_named, &n_unnamed);
    }
    free(line);
    fclose(f);
    FILE *count = fopen("count", "w");

    if (!count || fprintf(count, "%u %u\n", n_named, n_unnamed) < 0 || fclose(count) != 0)
        die(path, strerror(errno));
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void list_inputs(void)
{
    char path[PATH_ROOM];
    struct dirent **entries;
    const int n = scandir(join(path, work, "inputs"), &entries, is_shown, alphasort);

    inputs = n > 0 ? malloc((size_t)n * sizeof *inputs) : NULL;
    if (!inputs)
        die(path, "no inputs");
    for (int i = 0; i < n; i++)
        inputs[n_inputs++] = entries[i]->d_name;
    free(entries);
}

int main(int argc, char **argv)
{
    const unsigned n_jobs = argc == 7 ? (unsigned)strtoul(argv[6], NULL, 10) : 0;
    bool is_whole = true;

    if (n_jobs == 0)
        die("usage", "twins OLD NEW WORK BEFORE CHANGED JOBS");
    work = argv[3];
    before = argv[4];
    read_changes(argv[5]);
    list_inputs();
    for (unsigned i = 0; i < n_jobs; i++) {
        const pid_t child = fork();

        if (child < 0)
            die("fork", strerror(errno));
        if (child == 0) {
            work_on(i, n_jobs, argv[1], argv[2]);
            return 0;
        }
    }
    for (int status; wait(&status) > 0;)
        is_whole = is_whole && status == 0;
    return is_whole ? 0 : 2;
}
