/* Knows what is on the page of every reduced file: what the medium shows, the figures, the curve,
 * and at the end how it was made. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "bitcrush/study.h"
#include "study/curve.h"

/* The outcome in a sentence. */
static void put_lead(const bc_page *p, double snr_db, bool is_silent, char *to, size_t size)
{
    if (is_silent)
        snprintf(to, size, "Everything became 0: the error is the signal itself.");
    else if (snr_db == INFINITY)
        snprintf(to, size, "Nothing was lost: the result equals the original.");
    else if (isinf(snr_db))
        snprintf(to, size, "NaN or infinity stands where a number was: no error is larger.");
    else if (snr_db < 0.0)
        bci_format(to, size, "The error is %.2f dB above the signal: little is left of it.",
                   -snr_db);
    else if (bc_enob_bits(snr_db) <= 0.0)
        bci_format(to, size, "What it cost: %s only %.2f dB above the error.", p->medium->signal,
                   snr_db);
    else
        bci_format(to, size,
                   "What it cost: %s %.2f dB above the error, as much as a full-scale sine has at "
                   "%.1f bits.",
                   p->medium->signal, snr_db, bc_enob_bits(snr_db));
}

static bc_status begin(const bc_page *p, double snr_db, bool is_silent, bc_html **h, bc_error *err)
{
    const char *slash = strrchr(p->account->in, '/');
    char title[512], lead[160];

    snprintf(title, sizeof title, "%s, %s", slash ? slash + 1 : p->account->in, p->outcome->title);
    put_lead(p, snr_db, is_silent, lead, sizeof lead);
    return bc_html_new(title, isnan(snr_db) ? NULL : lead, h, err);
}

static void put_settings(const bc_page *p, bc_html *h)
{
    static const char *const settings[] = { "settings", "importance", "", NULL };

    bc_html_section(h, "What was done");
    if (p->command) {
        bc_html_paragraph(h, "The same again, byte for byte, on any machine:");
        bc_html_command(h, p->command);
    }
    bc_html_facts(h, p->account->facts, "Settings", settings);
}

bc_status bc_page_of_one(const bc_page *p, bc_html **out, bc_error *err)
{
    static const char *const figures[] = { "metrics", "theory", NULL };
    static const char *const input[] = { "input", NULL }, *const output[] = { "output", NULL };
    const bc_error_sums *e = p->outcome->error;
    const double snr_db = e ? bc_error_snr_db(e) : NAN;
    const bc_report *facts = p->account->facts;
    bc_status st = begin(p, snr_db, e && bc_error_is_silent(e), out, err);

    if (!st && p->medium->show)
        st = p->medium->show(p->job, p->outcome, p->account, *out, err);
    if (st)
        return st;
    bc_html_section(*out, "Figures");
    bc_html_facts(*out, facts, "What it cost, and what was expected", figures);
    bc_html_section(*out, "Bits against SNR");
    st = bci_curve_of_one(*out, p, snr_db, err);
    if (st)
        return st;
    put_settings(p, *out);
    bc_html_section(*out, "Files");
    bc_html_facts(*out, facts, "Input", input);
    bc_html_facts(*out, facts, "Output", output);
    return BC_OK;
}

bc_status bc_page_has_memory(const bc_reading *reading, const char *path, const char *what,
                             bc_error *err)
{
    enum { BYTES = 32 << 20 };
    const uint64_t most = reading->max_memory;

    if (most == 0 || most >= BYTES)
        return BC_OK;
    return bci_fail(err, BC_E_LIMIT,
                    "%.200s: %s takes up to %s of memory, expected at most %s (`max-memory`)", path,
                    what, bci_show_size(BYTES).text, bci_show_size(most).text);
}
