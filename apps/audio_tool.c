/* Knows the audio tool: from options to settings, from files to files. */
#include "audio_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio_plot.h"
#include "audio_report.h"
#include "batch.h"
#include "bitcrush/audio.h"
#include "info.h"
#include "page.h"
#include "progress.h"
#include "report_verb.h"
#include "suggest.h"
#include "sweep_tool.h"
#include "synonyms.h"

/* Settings, and what they point to. */
typedef struct {
    bc_audio_settings settings;
    bc_curve curve;
} job;

bc_status audio_dither(const char *text, bc_audio_settings *s, bc_error *err)
{
    const bc_noise *rows;
    const size_t n = bc_noise_rows(&rows);
    const char *near = suggest(NULL, "auto", text);

    if (strcmp(text, "auto") == 0)
        return BC_OK;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].name, text) == 0) {
            s->noise = &rows[i];
            return BC_OK;
        }
        near = rows[i].mask_side == 0 ? suggest(near, rows[i].name, text) : near;
    }
    if (bc_kernel_find(text))
        return tool_usage(err, "--dither", text,
                          "passes errors on in pictures, expected a noise, and --shape for what "
                          "passes errors on in time");
    return synonym_unknown(err, "dither", "--dither", text, near,
                           "unknown, expected a noise that --list shows");
}

/* A depth; a name that is none is compared with those that are. */
static bc_status parse_depth(const char *text, bc_audio_depth *out, bc_error *err)
{
    const bc_grid_row *rows;
    const size_t n = bc_grid_rows(&rows);
    const char *near = NULL;
    bc_audio_depth d;
    const bc_status st = bc_audio_depth_named(text, out, err);

    for (size_t i = 0; st && i < n; i++)
        if (!bc_audio_depth_named(rows[i].name, &d, NULL))
            near = suggest(near, rows[i].name, text);
    return near ? synonym_unknown(err, "depth", "", text, near, "") : st;
}

/* none, ath, a published filter, or a file with a curve. */
static bc_status parse_shape(const char *text, job *j, bc_error *err)
{
    bc_audio_settings *s = &j->settings;
    const bc_shaper_row *rows;
    const size_t n = bc_shaper_rows(&rows);
    const char *near = suggest(suggest(NULL, "ath", text), "none", text);

    s->shape = strcmp(text, "none") != 0;
    s->shaper = bc_shaper_find(text);
    if (!s->shape || s->shaper || strcmp(text, "ath") == 0)
        return BC_OK;
    for (size_t i = 0; i < n; i++)
        near = suggest(near, rows[i].name, text);
    if (access(text, F_OK) != 0)
        return synonym_unknown(err, "shape", "--shape", text, near,
                               "unknown and no file, expected ath or another that --list shows");
    s->curve = &j->curve;
    return bc_curve_load(text, &j->curve, err);
}

/* What the options ask for, but the depth. */
static bc_status make_settings(const options *o, job *j, bc_error *err)
{
    bc_audio_settings *s = &j->settings;
    bc_status st;

    *s = bc_audio_settings_default();
    s->rounding = o->rounding == 0 ? BC_ROUND_NEAREST : BC_ROUND_TRUNCATE;
    st = audio_dither(o->dither ? o->dither : "auto", s, err);
    if (!st)
        st = parse_shape(o->shape ? o->shape : "none", j, err);
    s->shape_taps = (uint32_t)o->shape_taps;
    s->shape_strength_db = o->shape_strength;
    s->hold = (uint32_t)o->hold;
    s->guard_db = o->guard;
    s->subtractive = o->subtractive;
    s->keep_silence_ms = options_given(o, "keep-silence") ? o->keep_silence : 0.0;
    s->plain_header = o->plain_header;
    s->nonfinite = (bc_nonfinite)o->nonfinite;
    s->seed = o->seed;
    s->n_threads = (int)o->threads;
    s->force = o->force;
    s->strip = o->strip;
    s->dry_run = o->dry_run;
    s->min_snr_db = o->min_snr;
    s->skip_quality = o->quiet && !o->plot && !o->report;
    s->spectra = o->plot || o->report;
    s->reading = tool_reading(o);
    return st;
}

/* The ending of the input where sound of that kind can be written, else ".wav". */
static const char *ending(const void *context, const char *in)
{
    const job *j = context;
    const bc_audio_format *rows;
    const size_t n = bc_audio_formats(&rows);
    const char *dot = strrchr(in, '.');
    static char found[16];

    for (size_t i = 0; dot && dot[1] && !strchr(dot, '/') && i < n; i++) {
        const char *at = strstr(rows[i].extensions, dot);
        const size_t length = strlen(dot);

        if (at && (at[length] == ' ' || !at[length]) && length < sizeof found &&
            rows[i].encodings & 1u << j->settings.depth.encoding) {
            snprintf(found, sizeof found, "%s", dot);
            return found;
        }
    }
    return ".wav";
}

/* One file, and its report. */
static bc_status reduce_file(const options *o, void *context, const char *in, const char *out,
                             bc_error *err)
{
    bc_audio_settings *s = &((job *)context)->settings;
    bc_audio_result result;
    bc_status st = page_may_be_written(o, in, out, err);

    if (st)
        return st;
    progress shown = progress_begin(in, o->progress);

    s->progress = progress_show;
    s->context = &shown;
    st = bc_audio_reduce(in, out, s, &result, err);
    progress_end(&shown);
    if (st && st != BC_E_QUALITY)
        return st;
    tool_warn_salvaged(in, result.salvaged);
    const options refused = tool_refused(o), *as = st ? &refused : o;
    bc_status said = as->plot ? audio_plot(as, in, s, &result, err) : BC_OK;

    if (!said && (!as->quiet || as->report))
        said = audio_report(as, s, in, out, &result, err);
    bc_audio_curves_free(result.quality.curves);
    return said ? said : st;
}

static bc_status check_plot(const options *o, int n_files, bc_error *err)
{
    if (o->plot && n_files > 1)
        return tool_usage(err, "--plot", o->plot, "expected one file to plot");
    return BC_OK;
}

/* `FILE... SPEC`. */
static bc_status reduce(const char *name, const options *o, bc_error *err)
{
    job j = { 0 };
    char choice[64];

    if (o->n_operands < 2)
        return tool_usage(err, "too few arguments", "",
                          "expected FILE SPEC, for example voice.wav 8 (see --help)");
    const char *spec = o->operands[o->n_operands - 1];
    bc_status st = make_settings(o, &j, err);

    if (!st)
        st = parse_depth(spec, &j.settings.depth, err);
    if (!st)
        st = check_plot(o, o->n_operands - 1, err);
    if (!st)
        st = page_check(o, o->n_operands - 1, err);
    if (st)
        return st;
    batch_name_choice(spec, choice, sizeof choice);
    return batch_run(&(batch){ .program = name,
                               .tool = TOOL_AUDIO,
                               .n_files = o->n_operands - 1,
                               .choice = choice,
                               .ending = ending,
                               .may_replace_input = true,
                               .file = reduce_file,
                               .settings = &j },
                     o, err);
}

/* `report FILE... SPEC` or `report FILE...`. */
static bc_status report(const char *name, const options *o, bc_error *err)
{
    return report_verb(name, o, reduce, err);
}

/* One file of `restore`, and its report. */
static bc_status restore_file(const options *o, void *context, const char *in, const char *out,
                              bc_error *err)
{
    bc_audio_settings *s = &((job *)context)->settings;
    progress shown = progress_begin(in, o->progress);
    bc_audio_result result;
    bc_status st;

    s->progress = progress_show;
    s->context = &shown;
    st = bc_audio_restore(in, out, s, &result, err);
    progress_end(&shown);
    if (!st)
        tool_warn_salvaged(in, result.salvaged);
    return st || o->quiet ? st : audio_restoration_report(o, in, out, &result, err);
}

/* `restore FILE...`. */
static bc_status restore(const char *name, const options *o, bc_error *err)
{
    job j = { 0 };
    const bc_status st = make_settings(o, &j, err);

    if (st)
        return st;
    if (o->n_operands < 1)
        return tool_usage(err, "too few arguments", "", "expected restore FILE");
    return batch_run(&(batch){ .program = name,
                               .tool = TOOL_AUDIO,
                               .n_files = o->n_operands,
                               .choice = "restored",
                               .ending = ending,
                               .may_replace_input = true,
                               .file = restore_file,
                               .settings = &j },
                     o, err);
}

/* `compare A B`. */
static bc_status compare(const char *name, const options *o, bc_error *err)
{
    bc_audio_comparison result;
    file_plan p = { 0 };
    bc_status st;

    const bc_reading reading = tool_reading(o);

    (void)name;
    if (o->n_operands != 2)
        return tool_usage(err, o->n_operands < 2 ? "too few arguments" : "too many arguments", "",
                          "expected compare A B, two sounds of one rate, length and number of "
                          "channels");
    plan_add_operands(&p, o, 2);
    st = plan_check(&p, o, err);
    if (!st)
        st = bc_audio_compare(o->operands[0], o->operands[1], &reading, o->plot != NULL, &result,
                              err);
    if (st)
        return st;
    for (int i = 0; i < 2; i++)
        tool_warn_salvaged(o->operands[i], result.salvaged[i]);
    if (o->plot)
        st = audio_comparison_plot(o, &result, err);
    if (!st && !o->quiet)
        st = audio_comparison_report(o, o->operands[0], o->operands[1], &result, err);
    if (!st)
        st = bc_error_gate(&result.quality.error, o->min_snr, o->operands[1], "SNR", "", err);
    bc_audio_curves_free(result.quality.curves);
    return st;
}

const tool audio_tool = {
    .bit = TOOL_AUDIO,
    .medium = "sound",
    .spec = "depth",
    .knows = bc_audio_probe,
    .verbs = { [VERB_REDUCE] = reduce,
               [VERB_REPORT] = report,
               [VERB_COMPARE] = compare,
               [VERB_RESTORE] = restore,
               [VERB_INFO] = audio_info,
               [VERB_SWEEP] = sweep_verb },
};
