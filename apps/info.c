/* Knows what is told of a file whatever it holds. */
#include "info.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void info_add_size(bc_report *r, const char *path)
{
    struct stat s;

    if (strcmp(path, "-") != 0 && stat(path, &s) == 0 && S_ISREG(s.st_mode))
        bc_report_integer(r, "input", "size_bytes", (uint64_t)s.st_size);
}

void info_add_lossless(bc_report *r, bool is_lossy, const char *what, const char *command)
{
    const bool has_less = *what && !is_lossy;

    bc_report_string(r, "used", "lossless", has_less ? what : NULL);
    bc_report_string(r, "used", "command", has_less ? command : NULL);
    bc_report_string(r, "used", "note",
                     is_lossy   ? "nothing, it is compressed with loss already"
                     : has_less ? NULL
                                : "nothing, every bit of it is used");
}
