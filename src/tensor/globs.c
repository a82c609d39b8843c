/* Knows how patterns name tensors, and what may have been meant by one that names none. */
#include "tensor/globs.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

static const char wildcards[] = "*?[\\";

bool bci_glob_fits(const char *glob, const char *name)
{
    const size_t n = strlen(glob);

    if (fnmatch(glob, name, 0) == 0)
        return true;
    if (n == 0 || strpbrk(glob, wildcards))
        return false;
    for (const char *at = name; (at = strstr(at, glob)); at++)
        if ((at == name || at[-1] == '.') && (at[n] == '.' || !at[n]))
            return true;
    return false;
}

bool bci_glob_any_fits(const char *const *globs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (bci_glob_fits(globs[i], name))
            return true;
    return false;
}

/* Commas part the patterns of a setting, and backquotes end it in a sentence. */
bci_shown bci_glob_of(const char *name)
{
    char plain[sizeof(bci_shown)];
    const size_t n = strlen(name), kept = n < sizeof plain - 2 ? n : sizeof plain - 16;

    for (size_t i = 0; i < kept; i++)
        plain[i] =
            (char)(strchr("*?[\\,`", name[i]) || (unsigned char)name[i] < ' ' ? '?' : name[i]);
    memcpy(plain + kept, kept < n ? "*" : "", kept < n ? 2 : 1);
    return bci_show_name(plain);
}

/* ---- what is near */

enum { MOST_LOOKED_AT = 100000, MOST_SHOWN = 3, LONGEST = 64 };

/* The longest run of letters that two texts share. */
static size_t shared_run(const char *a, const char *b)
{
    size_t most = 0;

    for (const char *i = a; *i; i++)
        for (const char *j = b; *j; j++) {
            size_t n = 0;

            while (i[n] && tolower((unsigned char)i[n]) == tolower((unsigned char)j[n]))
                n++;
            most = n > most ? n : most;
        }
    return most;
}

/* The same name but for numbers: that of another layer. */
static bool differ_in_numbers(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            a += strspn(a, "0123456789");
            b += strspn(b, "0123456789");
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return !*a && !*b;
}

typedef struct {
    const char *name;
    size_t shared;
} near_name;

/* Keep it among the nearest, the first of equals; one of each kind. */
static void keep(near_name best[MOST_SHOWN], const char *name, size_t shared)
{
    size_t at = 0;

    for (size_t i = 0; i < MOST_SHOWN; i++)
        if (best[i].name && differ_in_numbers(best[i].name, name))
            return;
    while (at < MOST_SHOWN && best[at].name && best[at].shared >= shared)
        at++;
    for (size_t i = MOST_SHOWN; i-- > at + 1;)
        best[i] = best[i - 1];
    if (at < MOST_SHOWN)
        best[at] = (near_name){ name, shared };
}

static bc_status names_nothing(const char *key, const char *glob, const bc_tensor_file *file,
                               bc_error *err)
{
    near_name best[MOST_SHOWN] = { { 0 } };
    char typed[LONGEST], near[400] = "";
    const char *literal = glob + strspn(glob, "*?");
    const size_t n = file->n_tensors < MOST_LOOKED_AT ? file->n_tensors : MOST_LOOKED_AT;

    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(literal, wildcards), literal);
    for (size_t i = 0; i < n; i++)
        keep(best, file->tensors[i].info.name, shared_run(typed, file->tensors[i].info.name));
    for (size_t i = 0; i < MOST_SHOWN && best[i].name; i++) {
        const size_t at = strlen(near);

        snprintf(near + at, sizeof near - at, "%s%s", at ? ", " : "",
                 bci_show_name(best[i].name).text);
    }
    return bci_fail(err, BC_E_USAGE, "%s: `%s` %s names no tensor, expected one such as %s",
                    file->parts[0]->name, key, bci_show_name(glob).text, *near ? near : "*");
}

static bc_status check(const char *key, const char *glob, const bc_tensor_file *file, bc_error *err)
{
    for (size_t i = 0; i < file->n_tensors; i++)
        if (bci_glob_fits(glob, file->tensors[i].info.name))
            return BC_OK;
    return names_nothing(key, glob, file, err);
}

bc_status bci_globs_check(const bc_tensor_settings *s, const bc_tensor_file *file, bc_error *err)
{
    const struct {
        const char *key;
        const char *const *globs;
        size_t n;
    } lists[] = {
        { "include", s->include, s->n_include },
        { "exclude", s->exclude, s->n_exclude },
        { "drop", s->drop, s->n_drop },
    };
    bc_status st = BC_OK;

    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (size_t i = 0; i < lists[k].n && !st; i++)
            st = check(lists[k].key, lists[k].globs[i], file, err);
    for (size_t i = 0; i < s->n_rules && !st; i++)
        st = check("type", s->rules[i].glob, file, err);
    return st;
}
