/* Knows what is told of a file whatever it holds. */
#include "info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

void info_add_size(bc_report *r, const char *path)
{
    struct stat s;

    if (strcmp(path, "-") != 0 && stat(path, &s) == 0 && S_ISREG(s.st_mode))
        bc_report_integer(r, "input", "size_bytes", (uint64_t)s.st_size);
}

void info_add_lossless(bc_report *r, bool is_lossy, const char *what, const char *path,
                       const char *rest)
{
    const bool has_less = *what && !is_lossy;
    char *command = has_less && rest ? command_on(path, rest) : NULL;

    if (has_less && rest && !command)
        bc_report_fact_lost(r);
    bc_report_string(r, "used", "lossless", has_less ? what : NULL);
    bc_report_string(r, "used", "command", command);
    free(command);
    bc_report_string(r, "used", "note",
                     is_lossy   ? "nothing, it is compressed with loss already"
                     : has_less ? NULL
                                : "nothing, every bit of it is used");
}
