/* Knows how a SPEC and settings become what is done to weights. */
#include "tensor/request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "medium/grouping.h"
#include "tensor/coded.h"
#include "tensor/format_names.h"

#define FIELD(member) BC_FIELD(bci_tensor_job, member)

/* clang-format off */
const bc_setting_row bci_tensor_setting_rows[BCI_TENSOR_SETTINGS] = {
    { "dither",       BC_SETTING_TEXT,   FIELD(dither), 0, 0, NULL },
    { "feedback",     BC_SETTING_TEXT,   FIELD(feedback), 0, 0, NULL },
    { "include",      BC_SETTING_TEXT,   FIELD(include_text), 0, 0, NULL },
    { "exclude",      BC_SETTING_TEXT,   FIELD(exclude_text), 0, 0, NULL },
    { "drop",         BC_SETTING_TEXT,   FIELD(drop_text), 0, 0, NULL },
    { "type",         BC_SETTING_TEXT,   FIELD(type_text), 0, 0, NULL },
    { "requantize",   BC_SETTING_FLAG,   FIELD(settings.requantize), 0, 0, NULL },
    { "rounding",     BC_SETTING_CHOICE, FIELD(settings.rounding), 0, 0, "nearest|truncate" },
    { "encoder",      BC_SETTING_CHOICE, FIELD(settings.encoder), 0, 0, "exact|best" },
    { "group",        BC_SETTING_TEXT,   FIELD(group), 0, 0, NULL },
    { "scale",        BC_SETTING_CHOICE, FIELD(scale), 0, 0, BCI_SCALE_WORDS },
    { "percent",      BC_SETTING_NUMBER, FIELD(settings.percent), 0, 100, NULL },
    { "zero-point",   BC_SETTING_FLAG,   FIELD(settings.zero_point), 0, 0, NULL },
    { "double-quant", BC_SETTING_FLAG,   FIELD(settings.double_quant), 0, 0, NULL },
    { "imatrix",      BC_SETTING_TEXT,   FIELD(settings.imatrix), 0, 0, NULL },
    { "nonfinite",    BC_SETTING_CHOICE, FIELD(settings.nonfinite), 0, 0, "error|saturate|zero|keep" },
    { "sizes-only",   BC_SETTING_FLAG,   FIELD(settings.sizes_only), 0, 0, NULL },
    BCI_SETTINGS_OF_ALL,
};
/* clang-format on */

bool bci_tensor_takes(const char *spec)
{
    return bci_format_known(spec);
}

/* "GLOB=FORMAT", several with commas between. */
static bc_status parse_rules(const char *text, bci_tensor_job *j, bc_error *err)
{
    const char *words[BCI_MAX_GLOBS];
    bc_status st = bci_cut_globs("type", text, &j->texts[2], words, &j->settings.n_rules, err);

    for (size_t i = 0; !st && i < j->settings.n_rules; i++) {
        char *equals = strrchr(words[i], '=');

        if (!equals || equals == words[i] || !equals[1])
            return bc_setting_refuse(err, "type", text, "expected GLOB=FORMAT");
        *equals = '\0';
        j->rules[i] = (bc_tensor_rule){ words[i], equals + 1 };
        st = bci_format_check(equals + 1, err);
    }
    j->settings.rules = j->rules;
    return st;
}

static bc_status read_group(const char *text, uint32_t *group, bc_error *err)
{
    bc_scale_group per = BC_PER_BLOCK;
    const bc_status st = bci_group_read(text, &bci_groups_of_weights, &per, group, err);

    if (!st && per != BC_PER_BLOCK)
        *group = per == BC_PER_ROW ? BC_TENSOR_GROUP_ROW : BC_TENSOR_GROUP_ALL;
    return st;
}

static bc_status make_scale(bci_tensor_job *j, bool has_percent, bc_error *err)
{
    bc_tensor_settings *s = &j->settings;
    bc_status st = bci_scale_setting(j->scale, s->scale, has_percent, &s->scale, err);

    s->has_scale = j->scale >= 0;
    if (!st && s->zero_point && s->has_scale && s->scale == BC_SCALE_ABSMAX)
        return bci_fail(err, BC_E_USAGE, "`zero-point` `scale=absmax`: expected one of them");
    return st ? st : read_group(j->group, &s->group, err);
}

static bc_status check_feedback(const char *text, bc_error *err)
{
    static const bci_feedbacks has = { .kind = BC_FEEDBACK_ROWS, .expected = "none" };
    const bc_status st = bci_feedback_check(text, &has, err);

    return !st && text && strcmp(text, "rows") == 0
               ? bci_fail(err, BC_E_UNSUPPORTED,
                          "`feedback=rows`: needs the second moments of the inputs that each row "
                          "meets, which no file gives yet, expected none")
               : st;
}

/* What follows from the settings as they were given. */
static bc_status settle(bci_tensor_job *j, bool has_percent, bc_error *err)
{
    bc_tensor_settings *s = &j->settings;
    bc_status st =
        bci_cut_globs("include", j->include_text, &j->texts[0], j->include, &s->n_include, err);

    if (!st)
        st =
            bci_cut_globs("exclude", j->exclude_text, &j->texts[1], j->exclude, &s->n_exclude, err);
    if (!st)
        st = bci_cut_globs("drop", j->drop_text, &j->texts[3], j->drop, &s->n_drop, err);
    if (!st)
        st = parse_rules(j->type_text, j, err);
    if (!st)
        st = make_scale(j, has_percent, err);
    if (!st)
        st = bci_noise_setting(j->dither ? j->dither : "auto", "a noise, such as rpdf, for weights",
                               &s->noise, err);
    if (!st)
        st = check_feedback(j->feedback, err);
    s->include = j->include;
    s->exclude = j->exclude;
    s->drop = j->drop;
    s->dry_run = s->dry_run || s->sizes_only; /* nothing is written either */
    return st;
}

bc_status bci_tensor_prepare(const char *spec, const bc_request *request, void **job, bc_error *err)
{
    bci_tensor_job *j = *job = calloc(1, sizeof *j);

    if (!j)
        return bci_fail(err, BC_E_LIMIT, "out of memory for settings");
    bc_tensor_settings *s = &j->settings;
    bc_status st = spec && *spec ? bci_format_check(spec, err) : BC_OK;

    *s = bc_tensor_settings_default(spec ? spec : "");
    j->scale = -1;
    if (!st)
        st = bc_settings_fill(bci_tensor_setting_rows, BCI_TENSOR_SETTINGS, &request->settings, j,
                              err);
    if (!st)
        st = settle(j, bc_setting_value(&request->settings, "percent"), err);
    s->skip_quality = !request->wants_report;
    s->reading.stop = request->stop;
    s->reading.input = request->input;
    s->progress = request->progress;
    s->context = request->context;
    return st;
}

void bci_tensor_release(void *job)
{
    bci_tensor_job *j = job;

    for (size_t i = 0; j && i < sizeof j->texts / sizeof *j->texts; i++)
        free(j->texts[i]);
    free(j);
}
