/* Knows how the parts of `bitcrush explain` read formats and numbers, and begin and end a
 * report. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "synonyms.h"

double explain_step(const options *o)
{
    const char *text = options_setting(o, "step");

    return text ? strtod(text, NULL) : 1.0; /* what is wrong was said when it was parsed */
}

bc_status explain_notation(const options *o, const char *name, bc_notation *out, bc_error *err)
{
    const bc_notation_row *rows;
    const size_t n = bc_notation_rows(&rows), stem = strcspn(name, "0123456789");
    const int digits = (int)strspn(name + stem, "0123456789"), width = digits ? digits : 1;
    char lower[40], candidates[64][24];
    const char *near = NULL;
    bc_notation found;
    char called[160];

    if (synonym_find("notation", name, called, sizeof called) == SYNONYM_SAME)
        name = called;
    bc_status st = bc_notation_named(name, &found, err);

    if (name[0] == '-')
        return tool_usage(err, name, "", "not a format, expected options before --");
    if (!st && o->zero != floor(o->zero))
        return tool_usage(err, "--zero", "", "expected a whole number");
    if (!st)
        st = bc_notation_lay(&found, explain_step(o), (int64_t)o->zero, err);
    else if (strstr(err->text, "unknown")) {
        lower_case(name, lower, sizeof lower);
        for (size_t i = 0; i < n && i < sizeof candidates / sizeof *candidates; i++) {
            snprintf(candidates[i], sizeof *candidates, "%s%.*s", rows[i].name,
                     rows[i].max_bits == 0 ? 0 : width, name[stem] ? name + stem : "8");
            if (!bc_notation_named(candidates[i], &found, NULL))
                near = bc_nearer_name(near, candidates[i], lower);
        }
        return synonym_unknown(err, "notation", "", name, near,
                               "unknown format, expected one such as int8, uint4, float16 or e4m3");
    }
    if (!st)
        *out = found;
    return st;
}

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
static double read_double(const char *text, char **end, const char **fault)
{
    errno = 0;
    const double v = strtod(text, end);

    if (errno == ERANGE && !*fault)
        *fault = fault_of(v, true, false);
    return v;
}

bc_status explain_value(const char *text, double *out, bc_error *err)
{
    const char *fault = NULL;
    char *end;
    double v = read_double(text, &end, &fault);
    bool ok = end != text;

    if (ok && *end == '/') {
        const char *below = end + 1;
        const double over = v, divisor = read_double(below, &end, &fault);

        ok = end != below && divisor != 0.0;
        v /= divisor;
        if (!fault)
            fault = fault_of(v, isfinite(over), over == 0.0 || isinf(divisor));
    }
    if ((!ok || *end) && access(text, F_OK) == 0)
        fault = "a file, expected a number, or --block K for a block of its weights";
    else if (!ok || *end)
        fault = "not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan";
    if (fault)
        return tool_usage(err, *text ? text : "\"\"", "", fault);
    *out = isnan(v) ? NAN : v; /* without a sign */
    return BC_OK;
}

bc_status explain_report_new(const char *what, bc_report **out, bc_error *err)
{
    const bc_status st = bc_report_new(out, err);

    if (st)
        return st;
    bc_report_string(*out, "", "schema", "bitcrush-explain/1");
    bc_report_string(*out, "", "tool", "bitcrush " BC_VERSION);
    bc_report_string(*out, "", "explains", what);
    return BC_OK;
}

bc_status explain_report_print(bc_report *r, const options *o, bc_error *err)
{
    const bc_status st = tool_report(r, o, "", err);

    bc_report_free(r);
    return st;
}
