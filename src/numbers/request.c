/* Knows how a SPEC and settings become what is done to a table. */
#include "numbers/request.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "numbers/ruler.h"

#define FIELD(member) BC_FIELD(bci_numbers_job, member)

/* clang-format off */
const bc_setting_row bci_numbers_setting_rows[BCI_NUMBERS_SETTINGS] = {
    { "scale",      BC_SETTING_CHOICE, FIELD(scale), 0, 0, BCI_SCALE_WORDS },
    { "percent",    BC_SETTING_NUMBER, FIELD(settings.percent), 0, 100, NULL },
    { "group",      BC_SETTING_TEXT,   FIELD(group), 0, 0, NULL },
    { "step",       BC_SETTING_NUMBER, FIELD(settings.step), 1e-300, 1e300, NULL },
    { "range",      BC_SETTING_TEXT,   FIELD(range), 0, 0, NULL },
    { "rounding",   BC_SETTING_CHOICE, FIELD(settings.rounding), 0, 0, "nearest|truncate" },
    { "dither",     BC_SETTING_TEXT,   FIELD(dither), 0, 0, NULL },
    { "feedback",   BC_SETTING_TEXT,   FIELD(feedback), 0, 0, NULL },
    { "nonfinite",  BC_SETTING_CHOICE, FIELD(settings.nonfinite), 0, 0, "error|saturate|zero|keep" },
    { "codes",      BC_SETTING_FLAG,   FIELD(settings.codes), 0, 0, NULL },
    { "include",    BC_SETTING_TEXT,   FIELD(include_text), 0, 0, NULL },
    { "exclude",    BC_SETTING_TEXT,   FIELD(exclude_text), 0, 0, NULL },
    { "separator",  BC_SETTING_CHOICE, FIELD(separator), 0, 0, "auto|comma|semicolon|tab|bar|blank|line" },
    { "decimal",    BC_SETTING_CHOICE, FIELD(decimal), 0, 0, "point|comma" },
    { "header",     BC_SETTING_CHOICE, FIELD(settings.format.header), 0, 0, "auto|yes|no" },
    BCI_SETTINGS_OF_ALL,
};
/* clang-format on */

bool bci_numbers_takes(const char *spec)
{
    const bool is_number = *spec >= '0' && *spec <= '9';
    bc_numbers_depth depth;

    return bc_numbers_depth_named(spec, &depth, NULL) == BC_OK &&
           (!is_number || spec[strspn(spec, "0123456789.")] == '\0');
}

bool bci_numbers_replaces_spec(const bc_settings *s)
{
    return bc_setting_value(s, "step") != NULL;
}

/* "A..B". */
static bc_status parse_range(const char *text, bc_numbers_settings *s, bc_error *err)
{
    const char *dots = text ? strstr(text, "..") : NULL;
    char low[64], *end = low;

    if (!text)
        return BC_OK;
    if (dots && (size_t)(dots - text) < sizeof low) {
        snprintf(low, sizeof low, "%.*s", (int)(dots - text), text);
        s->low = bci_read_double(low, &end);
    }
    const bool has_low = end != low && !*end;

    s->high = has_low ? bci_read_double(dots + 2, &end) : 0.0;
    s->has_range = true;
    if (!has_low || end == dots + 2 || *end || !isfinite(s->low) || !isfinite(s->high) ||
        !(s->low < s->high))
        return bc_setting_refuse(err, "range", text,
                                 "expected A..B, two numbers, the smaller first");
    return BC_OK;
}

/* What follows from the settings as they were given. */
static bc_status settle(bci_numbers_job *j, bool has_percent, bc_error *err)
{
    static const char separators[] = { 0, ',', ';', '\t', '|', ' ', '\n' };
    static const bci_feedbacks has = { .kind = BC_FEEDBACK_NONE, .expected = "none" };
    bc_numbers_settings *s = &j->settings;
    bc_scale_method method;
    bc_status st =
        bci_cut_globs("include", j->include_text, &j->texts[0], j->include, &s->n_include, err);

    if (!st)
        st =
            bci_cut_globs("exclude", j->exclude_text, &j->texts[1], j->exclude, &s->n_exclude, err);
    if (!st)
        st = bci_noise_setting(j->dither ? j->dither : "auto", "a noise, such as rpdf, for numbers",
                               &s->noise, err);
    if (!st)
        st = bci_feedback_check(j->feedback, &has, err);
    if (!st)
        st = bci_group_read(j->group, &bci_groups_of_numbers, &s->per, &s->group, err);
    if (!st)
        st = parse_range(j->range, s, err);
    if (!st)
        st = bci_scale_setting(j->scale, BC_SCALE_MINMAX, has_percent, &method, err);
    if (st)
        return st;
    s->include = j->include;
    s->exclude = j->exclude;
    s->scale = j->scale >= 0 ? bci_scale_row(method) : NULL;
    s->format.separator = separators[j->separator];
    s->format.decimal = j->decimal == 1 ? ',' : '\0';
    return st;
}

bc_status bci_numbers_prepare(const char *spec, const bc_request *request, void **job,
                              bc_error *err)
{
    bci_numbers_job *j = *job = calloc(1, sizeof *j);

    if (!j)
        return bci_fail(err, BC_E_LIMIT, "out of memory for settings");
    bc_numbers_settings *s = &j->settings;

    *s = bc_numbers_settings_default();
    j->scale = -1;
    bc_status st = bc_settings_fill(bci_numbers_setting_rows, BCI_NUMBERS_SETTINGS,
                                    &request->settings, j, err);

    if (!st)
        st = settle(j, bc_setting_value(&request->settings, "percent"), err);
    if (!st && spec)
        st = bc_numbers_depth_named(spec, &s->depth, err);
    if (s->step > 0.0)
        s->depth = (bc_numbers_depth){ 0 };
    s->skip_quality = !request->wants_report;
    s->reading.stop = request->stop;
    s->reading.input = request->input;
    s->progress = request->progress;
    s->context = request->context;
    return st;
}

void bci_numbers_release(void *job)
{
    bci_numbers_job *j = job;

    for (size_t i = 0; j && i < sizeof j->texts / sizeof *j->texts; i++)
        free(j->texts[i]);
    free(j);
}
