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

void info_add_lossless(bc_report *r, const char *what, const char *command)
{
    bc_report_string(r, "used", "lossless", *what ? what : NULL);
    bc_report_string(r, "used", "command", *what ? command : NULL);
    bc_report_string(r, "used", "note", *what ? NULL : "nothing, every bit of it is used");
}
