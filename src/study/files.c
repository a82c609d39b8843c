/* Knows what is asked of files before they are studied: that they can be read more than once, of
 * which medium they are, and what becomes of their names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "bitcrush/input.h"
#include "bitcrush/study.h"

bc_status bc_file_rereadable(const char *path, bc_error *err)
{
    struct stat s;
    const bool is_there = strcmp(path, "-") != 0 && stat(path, &s) == 0;

    if (is_there && S_ISDIR(s.st_mode))
        return bci_fail(err, BC_E_OPEN, "%s: is a directory, expected a file", path);
    if (strcmp(path, "-") == 0 || (is_there && !S_ISREG(s.st_mode)))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: is read several times, expected a file, not a pipe", path);
    return BC_OK;
}

bc_status bc_medium_of_rereadable(const char *path, const bc_medium **m, bc_error *err)
{
    bc_input *in = NULL;
    size_t n;
    bc_status st = bc_file_rereadable(path, err);

    if (!st)
        st = bc_input_open(path, &in, err);
    if (st)
        return st;
    const uint8_t *head = bc_input_head(in, &n);

    *m = bc_medium_named(path, head, n);
    bc_input_free(in);
    return *m ? BC_OK : bc_medium_unknown(path, err);
}

bc_status bc_media_check_pair(const char *a, const char *b, bc_error *err)
{
    char what_a[48], what_b[48];
    const bc_medium *first = bc_medium_of_file(a, what_a), *second = bc_medium_of_file(b, what_b);

    return !first || !second || first == second
               ? BC_OK
               : bci_fail(err, BC_E_UNSUPPORTED, "%s is %s and %s is %s, expected two of a kind", a,
                          what_a, b, what_b);
}

bc_status bc_medium_refuse(const char *path, const bc_medium *m, const char *deed, bc_error *err)
{
    char what[48];
    const bc_medium *other = bc_medium_of_file(path, what);

    if (deed && other && other != m)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: is %s, expected %s, which is all that %s takes",
                        path, what, m->things, deed);
    return other && other != m
               ? bci_fail(err, BC_E_UNSUPPORTED, "%s: is %s, expected %s; use bitcrush or %s", path,
                          what, m->things, other->program)
               : BC_OK;
}

char *bc_output_name(const bc_medium *m, const void *job, const char *in, const char *choice,
                     const char *directory)
{
    const char *slash = strrchr(in, '/');
    const char *base = slash ? slash + 1 : in;
    const char *dot = strrchr(base, '.');
    const int stem = (int)(dot && dot > base ? (size_t)(dot - base) : strlen(base));
    const int beside = directory ? 0 : (int)(base - in);

    if (strcmp(in, "-") == 0 && !directory)
        return strdup("-");
    const char *ending = m->ending(job, in);
    const size_t size =
        strlen(in) + (directory ? strlen(directory) : 0) + strlen(choice) + strlen(ending) + 3;
    char *out = malloc(size);

    if (out)
        snprintf(out, size, "%s%s%.*s%.*s-%s%s", directory ? directory : "",
                 directory && directory[strlen(directory) - 1] != '/' ? "/" : "", beside, in, stem,
                 base, choice, ending);
    return out;
}
