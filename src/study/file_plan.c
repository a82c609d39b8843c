/* Knows which files of a run are one: by device and inode where they exist, through links of both
 * kinds; else by the device and inode of the nearest directory that does, and the names below it.
 * (Where a file system takes two names for the same, as with other case, new files may still be
 * one.) */
#include "bitcrush/file_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "bitcrush/study.h"

struct bc_plan_file {
    bc_plan_use use;
    const char *what, *input;
    char *path;
    size_t order;      /* of being added */
    bool may_be_input; /* an output */
    bool is_file;      /* that exists */
    dev_t device;
    ino_t inode;
    char *below; /* the names below that directory; "-" of standard output, "" of what exists */
};

/* Names with one slash between them, without "." */
static char *plain_names(const char *names)
{
    char *out = malloc(strlen(names) + 2), *to = out;

    while (out && *names) {
        const size_t n = strcspn(names, "/");

        if (n > 0 && !(n == 1 && *names == '.')) {
            *to++ = '/';
            memcpy(to, names, n);
            to += n;
        }
        names += n + (names[n] == '/');
    }
    if (out)
        *to = '\0';
    return out;
}

/* Of what does not exist: the nearest directory above it that does, and the names below. */
static void locate_new(struct bc_plan_file *f)
{
    char *directory = strdup(f->path);
    size_t n = directory ? strlen(directory) : 0;
    struct stat s;
    bool is_found = false;

    while (n > 0 && !is_found) {
        do
            n--;
        while (n > 0 && f->path[n] != '/');
        directory[n] = '\0';
        is_found = stat(n > 0 ? directory : f->path[0] == '/' ? "/" : ".", &s) == 0;
    }
    if (is_found) {
        f->device = s.st_dev;
        f->inode = s.st_ino;
    }
    f->below = directory ? plain_names(f->path + n) : NULL;
    free(directory);
}

/* Where the file is; false of what is in nobody's way. */
static bool locate(struct bc_plan_file *f)
{
    const bool is_stream = strcmp(f->path, "-") == 0;
    const int fd = f->use == BC_PLAN_READ ? STDIN_FILENO : STDOUT_FILENO;
    struct stat s;

    const bool exists = (is_stream ? fstat(fd, &s) : stat(f->path, &s)) == 0;

    if (!exists && !is_stream) {
        locate_new(f);
        return true;
    }
    /* Two outputs onto a terminal are as wrong as into a pipe, so it has a place of its own. */
    const bool is_device = !exists || S_ISCHR(s.st_mode);

    if (is_device && !(is_stream && f->use == BC_PLAN_WRITE))
        return false;
    if (!is_device) {
        f->device = s.st_dev;
        f->inode = s.st_ino;
        f->is_file = S_ISREG(s.st_mode);
    }
    f->below = strdup(is_device ? "-" : "");
    return true;
}

void bc_file_plan_add(bc_file_plan *p, bc_plan_use use, const char *what, const char *path,
                      const char *input)
{
    struct bc_plan_file f = {
        .use = use, .what = what, .input = input, .path = strdup(path), .order = p->n
    };

    if (p->n == p->room) {
        const size_t room = 2 * p->room + 16;
        struct bc_plan_file *grown = realloc(p->files, room * sizeof *grown);

        p->is_short |= !grown;
        p->files = grown ? grown : p->files;
        p->room = grown ? room : p->room;
    }
    if (p->is_short || !f.path || !locate(&f)) {
        p->is_short |= !f.path;
        free(f.path);
        return;
    }
    p->is_short |= !f.below;
    p->files[p->n++] = f;
}

void bc_file_plan_add_settings(bc_file_plan *p, const bc_settings *settings)
{
    for (size_t i = 0; i < settings->n; i++) {
        const char *what = bc_file_of_setting(&settings->rows[i]);

        if (what)
            bc_file_plan_add(p, BC_PLAN_READ, what, settings->rows[i].value, NULL);
    }
}

/* --- the check */

void bc_file_plan_allow_self(bc_file_plan *p)
{
    if (p->n > 0)
        p->files[p->n - 1].may_be_input = true;
}

/* An output is a file that is there already. */
static bool replaces(const bc_file_plan *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->files[i].use == BC_PLAN_WRITE && p->files[i].is_file)
            return true;
    return false;
}

/* Where a name that ends like "-00001-of-00002.gguf" has its number, of five digits; else NULL. */
static const char *number_in_set(const char *path)
{
    static const char digits[] = "0123456789";
    enum { N_NUMBERS = sizeof "00001-of-00002" - 1 };
    const char *dot = strrchr(path, '.');
    const char *number = dot && dot - path > N_NUMBERS ? dot - N_NUMBERS : NULL;

    return number && number[-1] == '-' && strspn(number, digits) == 5 &&
                   strncmp(number + 5, "-of-", 4) == 0 && strspn(number + 9, digits) == 5
               ? number
               : NULL;
}

/* Sets of files with weights are known by the name of one, and by an index. */
static bool may_be_set(const struct bc_plan_file *f)
{
    const size_t n = strlen(f->path);

    return f->use == BC_PLAN_READ && f->is_file && strcmp(f->what, "input") == 0 &&
           (number_in_set(f->path) || (n > 5 && strcmp(f->path + n - 5, ".json") == 0));
}

/* Two names that differ in that number alone. */
static bool are_one_set(const struct bc_plan_file *a, const struct bc_plan_file *b)
{
    const char *x = number_in_set(a->path), *y = number_in_set(b->path);

    return x && y && x - a->path == y - b->path &&
           strncmp(a->path, b->path, (size_t)(x - a->path)) == 0 && strcmp(x + 5, y + 5) == 0 &&
           strcmp(a->path, b->path) != 0;
}

/* Is a file a part of an input? */
typedef struct {
    const struct bc_plan_file *file;
    bool is_part;
} part_search;

static void look_for_part(void *search, const char *path)
{
    part_search *s = search;
    struct stat found;

    if (stat(path, &found) == 0 && found.st_dev == s->file->device &&
        found.st_ino == s->file->inode)
        s->is_part = true;
}

/* Does reading `a` read `b` as well? Pictures and sounds of such names are files by themselves, and
 * so is a shard without its index. */
static bool reads(const struct bc_plan_file *a, const struct bc_plan_file *b, const bc_reading *how)
{
    bc_reading reading = *how;
    part_search s = { .file = b };
    char what[48];
    const bc_medium *m = bc_medium_of_file(a->path, what);

    reading.input = NULL; /* it is for the deed */
    const bc_status st =
        m && m->parts ? m->parts(a->path, &reading, look_for_part, &s) : BC_E_UNSUPPORTED;

    return !st && s.is_part;
}

/* Any file of a set is the whole set. */
static bc_status check_sets(const bc_file_plan *p, const bc_reading *how, bc_error *err)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; may_be_set(&p->files[i]) && k < i; k++)
            if (may_be_set(&p->files[k]) && are_one_set(&p->files[k], &p->files[i]) &&
                reads(&p->files[k], &p->files[i], how))
                return bci_fail(err, BC_E_USAGE,
                                "%.150s: is of one set with %.150s, which is read whole, expected "
                                "one file of a set",
                                p->files[i].path, p->files[k].path);
    return BC_OK;
}

static void add_part(void *plan, const char *path)
{
    bc_file_plan_add(plan, BC_PLAN_READ, "part", path, NULL);
}

/* The shards or parts beside the inputs; a set that cannot be opened is told when it is read. */
static void add_parts(bc_file_plan *p, const bc_reading *how)
{
    const size_t n = p->n;
    char what[48];

    for (size_t i = 0; i < n; i++) {
        const bc_medium *m =
            may_be_set(&p->files[i]) ? bc_medium_of_file(p->files[i].path, what) : NULL;
        char *path = m && m->parts ? strdup(p->files[i].path) : NULL; /* the list moves */
        const bc_status st = path ? m->parts(path, how, add_part, p) : BC_OK;

        (void)st;
        free(path);
    }
}

/* By place, and at one place in the order of being added. */
static int by_place(const void *a, const void *b)
{
    const struct bc_plan_file *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    const int order = strcmp(x->below, y->below);

    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* "the output of a.png" or "the plot p.svg" */
static void describe(const struct bc_plan_file *f, char *to, size_t size)
{
    snprintf(to, size, "the %s %s%.150s", f->what, f->input ? "of " : "",
             f->input ? f->input : f->path);
}

/* Two files at one place. */
static bc_status judge(const struct bc_plan_file *a, const struct bc_plan_file *b, bc_error *err)
{
    const struct bc_plan_file *subject =
        b->use == BC_PLAN_WRITE ? b : a; /* that should be another */
    const struct bc_plan_file *object = subject == b ? a : b;
    char of_subject[200], of_object[200];

    if (subject->use == BC_PLAN_READ)
        return BC_OK;
    if (subject->may_be_input && object->use == BC_PLAN_READ && strcmp(object->what, "input") == 0)
        return BC_OK;
    describe(subject, of_subject, sizeof of_subject);
    describe(object, of_object, sizeof of_object);
    return bci_fail(err, BC_E_USAGE,
                    "%.100s: %s is the same file as %s, expected a name of its own", subject->path,
                    of_subject, of_object);
}

bc_status bc_file_plan_check(bc_file_plan *p, const bc_reading *how, bc_error *err)
{
    if (!p->is_short && replaces(p))
        add_parts(p, how);

    bc_status st = p->is_short ? bci_fail(err, BC_E_LIMIT, "out of memory for names")
                               : check_sets(p, how, err);

    if (!st && p->n > 0)
        qsort(p->files, p->n, sizeof *p->files, by_place);
    /* Any two of a place: inputs may be one, so neighbours alone do not tell. */
    for (size_t first = 0, i = 1; !st && i < p->n; i++) {
        const struct bc_plan_file *a = &p->files[first], *b = &p->files[i];

        if (a->device != b->device || a->inode != b->inode || strcmp(a->below, b->below) != 0) {
            first = i;
            continue;
        }
        for (size_t k = first; !st && k < i; k++)
            st = judge(&p->files[k], b, err);
    }
    for (size_t i = 0; i < p->n; i++) {
        free(p->files[i].path);
        free(p->files[i].below);
    }
    free(p->files);
    *p = (bc_file_plan){ 0 };
    return st;
}
