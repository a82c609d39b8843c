/* Knows what can be explained: a row for each part. */
#include "bitcrush/explain.h"

#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/noise.h"
#include "explain/parts.h"

#define FIELD(member) BC_FIELD(bc_explain_request, member)

/* clang-format off */
static const bc_setting_row settings[] = {
    { "step",    BC_SETTING_NUMBER, FIELD(step),    1e-300, 1e300, NULL },
    { "zero",    BC_SETTING_NUMBER, FIELD(zero),    -4294967296.0, 4294967296.0, NULL },
    { "steps",   BC_SETTING_FLAG,   FIELD(steps),   0, 0, NULL },
    { "text",    BC_SETTING_TEXT,   FIELD(text),    0, 0, NULL },
    { "range",   BC_SETTING_PAIR,   FIELD(range),   -1e300, 1e300, NULL },
    { "product", BC_SETTING_PAIR,   FIELD(product), -1e100, 1e100, NULL },
    { "bits",    BC_SETTING_TEXT,   FIELD(bits),    0, 0, NULL },
    { "terms",   BC_SETTING_COUNT,  FIELD(terms),   0, BC_EXPLAIN_MAX_TERMS, NULL },
    { "seed",    BC_SETTING_COUNT,  FIELD(seed),    0, 18446744073709551615.0, NULL },
    { "block",   BC_SETTING_COUNT,  FIELD(block),   0, 18446744073709551615.0, NULL },
    { "format",  BC_SETTING_TEXT,   FIELD(format),  0, 0, NULL },
    { "tensor",  BC_SETTING_TEXT,   FIELD(tensor),  0, 0, NULL },
};

static const struct {
    bci_explain_part *run;
    const char *name; /* in reports */
    bool has_plot;
} parts[] = {
    [BC_EXPLAIN_NUMBER]  = { bci_explain_number,  "value",      true  },
    [BC_EXPLAIN_ALL]     = { bci_explain_all,     "all values", true  },
    [BC_EXPLAIN_TEXT]    = { bci_explain_text,    "text",       false },
    [BC_EXPLAIN_RANGE]   = { bci_explain_range,   "range",      false },
    [BC_EXPLAIN_PRODUCT] = { bci_explain_product, "product",    false },
    [BC_EXPLAIN_BLOCK]   = { bci_explain_block,   "block",      false },
};
/* clang-format on */

bc_explain_request bc_explain_request_default(bc_explain_what what)
{
    return (
        bc_explain_request){ .what = what, .step = 1.0, .terms = 1000, .seed = BC_DEFAULT_SEED };
}

size_t bc_explain_settings(const bc_setting_row **out)
{
    *out = settings;
    return sizeof settings / sizeof *settings;
}

static bc_status begin_report(const char *name, bc_report **out, bc_error *err)
{
    const bc_status st = bc_report_new(out, err);

    if (st)
        return st;
    bc_report_string(*out, "", "schema", "bitcrush-explain/1");
    bc_report_string(*out, "", "tool", "bitcrush " BC_VERSION);
    bc_report_string(*out, "", "explains", name);
    return BC_OK;
}

bc_status bc_explain(const bc_explain_request *asked, char **text, bc_report **report,
                     bc_plot **plot, bc_error *err)
{
    bci_buffer buffer = { 0 };
    bc_report *r = NULL;
    bc_plot *p = NULL;
    bc_status st = BC_OK;

    if (plot && !parts[asked->what].has_plot)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "plot: nothing to draw of a %s, expected a number "
                        "or all values",
                        parts[asked->what].name);
    if (asked->n_formats > BC_EXPLAIN_MAX_FORMATS)
        return bci_fail(err, BC_E_USAGE, "%zu format(s), expected at most %d", asked->n_formats,
                        BC_EXPLAIN_MAX_FORMATS);
    if (asked->what == BC_EXPLAIN_ALL && asked->n_formats == 0) {
        const bc_status none = bci_fail(err, BC_E_USAGE, "no format, expected one or more");

        if (err)
            err->setting = "formats";
        return none;
    }
    if (report)
        st = begin_report(parts[asked->what].name, &r, err);
    if (!st)
        st = parts[asked->what].run(
            asked,
            &(bci_telling){ .text = text ? &buffer : NULL, .report = r, .plot = plot ? &p : NULL },
            err);
    if (!st && buffer.is_short_of_memory)
        st = bci_fail(err, BC_E_LIMIT, "out of memory for an explanation");
    if (st) {
        free(buffer.text);
        bc_report_free(r);
        bc_plot_free(p);
        return st;
    }
    if (text)
        *text = buffer.text;
    if (report)
        *report = r;
    if (plot)
        *plot = p;
    return BC_OK;
}
