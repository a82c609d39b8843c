/* Knows how an error becomes a status and a sentence. */
#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/shown.h"

/* A file's name may hold what a terminal would obey. */
static void say(bc_error *err, bc_status status, const char *format, va_list args)
{
    char text[4 * sizeof err->text];

    if (!err)
        return;
    bci_vformat(text, sizeof text, format, args);
    err->status = status;
    err->setting = NULL;
    bci_show_into(text, strlen(text), err->text, sizeof err->text);
}

bc_status bci_fail(bc_error *err, bc_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(err, status, format, args);
    va_end(args);
    return status;
}

bc_status bc_error_say(bc_error *err, bc_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(err, status, format, args);
    va_end(args);
    return status;
}

const char *bc_status_text(bc_status status)
{
    switch (status) {
    case BC_OK: return "ok";
    case BC_E_USAGE: return "usage";
    case BC_E_OPEN: return "cannot open";
    case BC_E_FORMAT: return "corrupt input";
    case BC_E_UNSUPPORTED: return "unsupported";
    case BC_E_EXISTS: return "refuses to overwrite";
    case BC_E_WRITE: return "write failed";
    case BC_E_LIMIT: return "over a limit";
    case BC_E_QUALITY: return "quality gate not met";
    case BC_E_INTERNAL: return "internal error";
    case BC_E_INTERRUPTED: return "interrupted";
    }
    return "unknown status";
}
