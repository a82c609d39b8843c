/* Knows how a SPEC and settings become what is done to a sound. */
#include "audio/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "audio/fitted.h"
#include "base/fail.h"
#include "medium/shared_settings.h"

#define FIELD(member) BC_FIELD(bci_audio_job, member)

/* clang-format off */
const bc_setting_row bci_audio_setting_rows[BCI_AUDIO_SETTINGS] = {
    { "dither",         BC_SETTING_TEXT,   FIELD(dither), 0, 0, NULL },
    { "feedback",       BC_SETTING_TEXT,   FIELD(feedback), 0, 0, NULL },
    { "scale",          BC_SETTING_CHOICE, FIELD(scale), 0, 0, BCI_SCALE_WORDS },
    { "percent",        BC_SETTING_NUMBER, FIELD(settings.percent), 0, 100, NULL },
    { "group",          BC_SETTING_TEXT,   FIELD(group), 0, 0, NULL },
    { "shape",          BC_SETTING_TEXT,   FIELD(shape), 0, 0, NULL },
    { "shape-taps",     BC_SETTING_COUNT,  FIELD(settings.shape_taps), 1, 64, NULL },
    { "shape-strength", BC_SETTING_NUMBER, FIELD(settings.shape_strength_db), 0, 80, NULL },
    { "guard",          BC_SETTING_NUMBER, FIELD(settings.guard_db), 0, 200, NULL },
    { "hold",           BC_SETTING_COUNT,  FIELD(settings.hold), 1, 1000000, NULL },
    { "subtractive",    BC_SETTING_FLAG,   FIELD(settings.subtractive), 0, 0, NULL },
    { "keep-silence",   BC_SETTING_NUMBER, FIELD(settings.keep_silence_ms), 1, 60000, "20" },
    { "plain-header",   BC_SETTING_FLAG,   FIELD(settings.plain_header), 0, 0, NULL },
    { "nonfinite",      BC_SETTING_CHOICE, FIELD(settings.nonfinite), 0, 0, "error|saturate|zero|keep" },
    { "rounding",       BC_SETTING_CHOICE, FIELD(settings.rounding), 0, 0, "nearest|truncate" },
    { "strip",          BC_SETTING_FLAG,   FIELD(settings.strip), 0, 0, NULL },
    { "salvage",        BC_SETTING_FLAG,   FIELD(settings.reading.salvage), 0, 0, NULL },
    BCI_SETTINGS_OF_ALL,
};
/* clang-format on */

bool bci_audio_takes(const char *spec)
{
    bc_audio_depth depth;

    return bc_audio_depth_named(spec, &depth, NULL) == BC_OK;
}

/* What goes with the scale. */
static bc_status settle_scale(bci_audio_job *j, bool has_percent, bc_error *err)
{
    bc_audio_settings *s = &j->settings;
    const bc_status st = bci_scale_setting(j->scale, BC_SCALE_FULL, has_percent, &s->scale, err);

    if (st)
        return st;
    if (!j->group || s->scale != BC_SCALE_FULL)
        return BC_OK;
    if (s->depth.blocks)
        return bc_setting_refuse(err, "group", j->group,
                                 "%s has blocks of %u frame(s), expected none", s->depth.name,
                                 s->depth.blocks->block_length);
    return bc_setting_refuse(
        err, "group", j->group,
        "full scale is one for all, expected a `scale` that is fitted, such as "
        "absmax");
}

/* none, ath, a published filter, or a file with a curve. */
static bc_status parse_shape(const char *text, bci_audio_job *j, bc_error *err)
{
    bc_audio_settings *s = &j->settings;
    const bc_shaper_row *rows;
    const size_t n = bc_shaper_rows(&rows);
    const char *near = bc_nearer_name(bc_nearer_name(NULL, "ath", text), "none", text);

    s->shape = strcasecmp(text, "none") != 0;
    s->shaper = bc_shaper_find(text);
    if (!s->shape || s->shaper || strcasecmp(text, "ath") == 0) {
        j->shape = !j->shape ? NULL : s->shaper ? s->shaper->name : s->shape ? "ath" : "none";
        return BC_OK;
    }
    for (size_t i = 0; i < n; i++)
        near = bc_nearer_name(near, rows[i].name, text);
    if (access(text, F_OK) != 0)
        return bc_setting_unknown(err, "shape", text, near,
                                  "unknown and no file, expected ath or another that `list` shows");
    s->curve = &j->curve;
    return bc_curve_load(text, &j->curve, err);
}

/* `feedback` is another name of `shape`. */
static bc_status take_feedback(bci_audio_job *j, bc_error *err)
{
    static const bci_feedbacks has = { .kind = BC_FEEDBACK_TIME,
                                       .has_files = true,
                                       .expected = "none or a noise shaper, such as ath" };
    const bc_status st = bci_feedback_check(j->feedback, &has, err);

    if (st || !j->feedback)
        return st;
    if (j->shape && strcasecmp(j->feedback, "none") == 0)
        return bci_fail(err, BC_E_USAGE,
                        "`shape=%s` `feedback=%s`: a shape feeds errors back, expected one without "
                        "the other",
                        j->shape, j->feedback);
    if (j->shape && strcasecmp(j->shape, j->feedback) != 0)
        return bci_fail(err, BC_E_USAGE, "`shape=%s` `feedback=%s`: expected one of them", j->shape,
                        j->feedback);
    j->shape = j->feedback;
    return BC_OK;
}

bc_status bci_audio_prepare_job(const char *spec, const bc_request *request, bci_audio_job *j,
                                bc_error *err)
{
    bc_audio_settings *s = &j->settings;
    bc_status st;

    *j = (bci_audio_job){ .settings = bc_audio_settings_default(), .scale = -1 };
    st = bc_settings_fill(bci_audio_setting_rows, BCI_AUDIO_SETTINGS, &request->settings, j, err);
    if (!st)
        st = bci_noise_setting(j->dither ? j->dither : "auto",
                               "a noise, and `shape` for what passes errors on in time", &s->noise,
                               err);
    if (!st)
        st = take_feedback(j, err);
    if (!st)
        st = parse_shape(j->shape ? j->shape : "none", j, err);
    if (!st)
        st = bci_group_read(j->group, &bci_groups_of_sound, &s->per, &s->group, err);
    if (!st && spec)
        st = bc_audio_depth_named(spec, &s->depth, err);
    if (!st)
        st = settle_scale(j, bc_setting_value(&request->settings, "percent"), err);
    bci_settle_fitted(s);
    s->skip_quality = !request->wants_report && !request->wants_curves;
    s->spectra = request->wants_curves;
    s->reading.stop = request->stop;
    s->reading.input = request->input;
    s->progress = request->progress;
    s->context = request->context;
    return st;
}

static bool has_design(const void *job)
{
    const bc_audio_settings *s = &((const bci_audio_job *)job)->settings;

    return s->shape && !s->shaper;
}

static bool has_strength(const void *job)
{
    return ((const bci_audio_job *)job)->settings.shape_strength_db > 0.0;
}

/* Unless it is said to be none; at first it goes by the depth. */
static bool may_have_noise(const void *job)
{
    const bc_audio_settings *s = &((const bci_audio_job *)job)->settings;

    return !s->noise || s->noise->form != BC_NOISE_NONE;
}

static bool may_have_error(const void *job)
{
    return may_have_noise(job) || ((const bci_audio_job *)job)->settings.shape;
}

static const bci_need needs[] = {
    { "shape-taps", has_design,
      "is the length of a filter that is designed, expected `shape=ath` or a file of thresholds" },
    { "shape-strength", has_design,
      "bounds a filter that is designed, expected `shape=ath` or a file of thresholds" },
    { "shape-strength", has_strength,
      "is 0, which shapes nothing, expected more, or `shape=none`" },
    { "subtractive", may_have_noise,
      "is for dither that is taken away again, expected no `dither=none`" },
    { "keep-silence", may_have_error,
      "keeps noise out of silence, and there is neither dither nor shaping, expected one of them" },
};

bc_status bci_audio_prepare(const char *spec, const bc_request *request, void **job, bc_error *err)
{
    bci_audio_job *j = *job = calloc(1, sizeof *j);

    if (!j)
        return bci_fail(err, BC_E_LIMIT, "out of memory for settings");
    const bc_status st = bci_audio_prepare_job(spec, request, j, err);

    return st || !spec
               ? st
               : bci_check_needs(needs, sizeof needs / sizeof *needs, &request->settings, j, err);
}
