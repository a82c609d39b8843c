/* Knows how a number that people wrote becomes a double. */
#include "explain/value.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/notation.h"

/* Digits that a double turns into infinity or 0 are not explained: what was lost would be a lie. */
static const char *fault_of(double v, bool is_finite, bool is_zero)
{
    if (isinf(v) && is_finite)
        return "beyond any 64-bit float, expected at most 1.79e+308, or inf";
    if (v == 0.0 && !is_zero)
        return "nearer to 0 than any 64-bit float, expected at least 4.95e-324, or 0";
    return NULL;
}

/* A number; *fault is what is wrong with its size, where it was not NULL before. */
static double read_number(const char *text, char **end, const char **fault)
{
    errno = 0;
    const double v = bci_read_double(text, end);

    if (errno == ERANGE && !*fault)
        *fault = fault_of(v, true, false);
    return v;
}

bc_status bci_explain_value(const char *text, double *out, bc_error *err)
{
    const char *fault = NULL;
    char *end;
    bc_notation format;
    double v = read_number(text, &end, &fault);
    bool ok = end != text;

    if (ok && *end == '/') {
        const char *below = end + 1;
        const double over = v, divisor = read_number(below, &end, &fault);

        ok = end != below && divisor != 0.0;
        v /= divisor;
        if (!fault)
            fault = fault_of(v, isfinite(over), over == 0.0 || isinf(divisor));
    }
    if ((!ok || *end) && access(text, F_OK) == 0)
        fault = "a file, expected a number, or `block=K` for a block of its weights";
    else if (!ok || *end)
        fault = "not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan";
    if (fault && bc_notation_named(text, &format, NULL) == BC_OK) {
        (void)bci_fail(err, BC_E_USAGE, "%s: a format, expected the value first, as in 3.1415 %s",
                       text, text);
    } else if (fault) {
        (void)bci_fail(err, BC_E_USAGE, "%s: %s", *text ? text : "\"\"", fault);
    }
    if (fault && err)
        err->setting = "value";
    if (fault)
        return BC_E_USAGE;
    *out = isnan(v) ? NAN : v; /* without a sign */
    return BC_OK;
}
