/* Knows how a sound file is reduced: what is chosen by the data, in which order things happen,
 * and what is told at the end. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/crusher.h"
#include "audio/describe.h"
#include "audio/dither_note.h"
#include "audio/exact.h"
#include "audio/fitted.h"
#include "audio/passage.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/threads.h"
#include "bitcrush/level.h"
#include "medium/shared_settings.h"

bc_audio_settings bc_audio_settings_default(void)
{
    bc_audio_settings s = { .shape_taps = BC_SHAPER_TAPS,
                            .shape_strength_db = BC_SHAPER_STRENGTH_DB,
                            .per = BC_PER_CHANNEL,
                            .percent = BCI_USUAL_PERCENT,
                            .seed = BC_DEFAULT_SEED,
                            .min_snr_db = NAN };

    const bc_status st = bc_audio_depth_named("16", &s.depth, NULL);

    assert(!st);
    (void)st;
    return s;
}

typedef struct {
    const char *in_path;
    bc_audio_settings settings; /* with the noise chosen */
    bc_shaper shaper;
    bci_sound *in;
    bci_sound_plan plan;
    bci_passage *passage;
    bci_crusher *crusher;
    bci_audio_quality *quality; /* NULL: not asked for */
    bci_sound_writer *writer;
    bool is_exact;
    char stored[128]; /* how, where the format holds no such values, or "" */
    bool is_promise;  /* that by the header alone */
    bc_scale *scales; /* of the channels, where they are of the whole sound, or NULL */
    bci_crush_tally tallies[BCI_PASSAGE_SLOTS], tally;
} reduction;

static bc_status contradiction(bc_error *err, const char *what, const char *why)
{
    return bci_fail(err, BC_E_USAGE, "%s %s", what, why);
}

static bool has_zero(const bc_grid *grid)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    double v = 0.0;
    int32_t code;

    bc_quantize_f64(grid, &scale, BC_ROUND_NEAREST, &v, NULL, 1, &v, &code);
    return v == 0.0;
}

static bc_status check_subtractive(const bc_audio_settings *s, bool has_noise, bc_error *err)
{
    if (s->keep_silence_ms > 0.0)
        return contradiction(err, "subtractive dither is taken away from silence, too,",
                             "expected no `keep-silence`");
    if (s->depth.encoding != BC_ENCODING_PCM || s->shape || s->hold > 1 ||
        s->rounding == BC_ROUND_TRUNCATE)
        return contradiction(err, "subtractive dither needs even steps and nothing but its noise,",
                             "expected bits, no shaping, no `hold` and `rounding=nearest`");
    if (has_noise && s->noise->form != BC_NOISE_RPDF)
        return bci_fail(err, BC_E_USAGE,
                        "subtractive dither is rpdf, expected that instead of `dither=%s`",
                        s->noise->name);
    return BC_OK;
}

/* What no data can make right. */
static bc_status check_settings(const bc_audio_settings *s, bc_error *err)
{
    const bool has_noise = s->noise && s->noise->form != BC_NOISE_NONE;

    bc_status st = bci_refuse_mask(s->noise, err);

    if (!st)
        st = bci_check_fitted(s, err);
    if (st)
        return st;
    if (s->rounding == BC_ROUND_TRUNCATE && has_noise)
        return contradiction(err, "`rounding=truncate` is the bare bit shift and takes no dither,",
                             "expected `dither=none`");
    if (s->rounding == BC_ROUND_TRUNCATE && s->shape)
        return contradiction(err, "`rounding=truncate` is the bare bit shift and takes no shaping,",
                             "expected `shape=none`");
    if (s->nonfinite == BC_NONFINITE_KEEP &&
        (s->depth.grid.family != BC_GRID_FLOAT || s->depth.grid.flavour != BC_FLOAT_IEEE))
        return bci_fail(err, BC_E_USAGE,
                        "`nonfinite=keep`: %s does not hold both NaN and infinity, expected error, "
                        "saturate or zero, or a format that does, such as float32",
                        s->depth.name);
    if (s->keep_silence_ms > 0.0 && !has_zero(&s->depth.grid))
        return bci_fail(err, BC_E_USAGE,
                        "`keep-silence`: %s has no level at 0, expected a depth that has one",
                        s->depth.name);
    return s->subtractive ? check_subtractive(s, has_noise, err) : BC_OK;
}

/* Noise, where the data choose it, and the shaper that fits the depth. */
static bc_status choose_noise(reduction *r, bc_error *err)
{
    bc_audio_settings *s = &r->settings;
    const bool may_be_exact = !s->noise && s->guard_db == 0.0 && !bci_is_fitted(s);
    const bc_audio_info *info = bci_sound_info(r->in);
    bc_status st = BC_OK;

    if (may_be_exact)
        st = bci_sound_is_exact(r->in, r->in_path, &s->depth.grid, &r->is_exact, &r->is_promise,
                                err);
    if (st)
        return st;
    if (!s->noise)
        s->noise = bc_noise_find(r->is_exact || s->rounding == BC_ROUND_TRUNCATE ? "none"
                                 : s->subtractive                                ? "rpdf"
                                                                                 : "tpdf");
    if (!s->shape || r->is_exact)
        return BC_OK;
    return bc_shaper_fit(s->shaper, s->curve, info->rate_hz, s->shape_taps, s->shape_strength_db,
                         bc_grid_levels(&s->depth.grid), &r->shaper, err);
}

/* One scale for each channel, or for all of them. */
static bc_status fit_scales(reduction *r, bc_error *err)
{
    const bc_audio_settings *s = &r->settings;
    const size_t n = bci_sound_info(r->in)->n_channels;

    if (!bci_is_fitted(s) || bci_group_frames(s))
        return BC_OK;
    r->scales = calloc(n, sizeof *r->scales);
    return r->scales
               ? bci_fit_whole(r->in, r->in_path, s, pow(10.0, -s->guard_db / 20.0), r->scales, err)
               : bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)",
                          bci_sound_name(r->in), n);
}

/* Where the format holds no values of that kind, integers that do, or that come nearest. */
static bc_status plan_output(reduction *r, bci_sound_target *target, bc_error *err)
{
    bc_audio_depth *d = &r->settings.depth;
    const bc_audio_encoding wanted = d->encoding;
    bc_status st = bci_sound_check(target, r->in, &r->plan, err);

    if (!st && bci_is_fitted(&r->settings))
        bci_format(r->stored, sizeof r->stored,
                   "values are stored: sound files have no place for codes with scales");
    if (st != BC_E_UNSUPPORTED || wanted == BC_ENCODING_PCM)
        return st;
    target->encoding = BC_ENCODING_PCM;
    target->valid_bits = wanted == BC_ENCODING_F32 ? 24 : 16;
    if (bci_sound_check(target, r->in, &r->plan, NULL))
        return st;
    d->encoding = target->encoding;
    d->valid_bits = target->valid_bits;
    bci_format(r->stored, sizeof r->stored, "%s holds no %s: values are stored in %d bit(s)%s",
               r->plan.container, bc_audio_encoding_name(wanted), d->valid_bits,
               wanted == BC_ENCODING_F32 ? ", rounded" : ", which hold them exactly");
    return BC_OK;
}

static bc_status open_output(reduction *r, const char *out, bc_error *err)
{
    const bc_audio_settings *s = &r->settings;
    const bc_audio_info *info = bci_sound_info(r->in);
    bci_sound_target target = { .path = out,
                                .force = s->force,
                                .container = s->container,
                                .encoding = s->depth.encoding,
                                .valid_bits = s->depth.valid_bits,
                                .rate_hz = info->rate_hz,
                                .n_channels = info->n_channels,
                                .n_frames = info->n_frames,
                                .strip = s->strip,
                                .changes_level = s->guard_db != 0.0,
                                .hides_valid_bits = s->plain_header };
    const double silence = r->is_exact ? 0.0 : floor(s->keep_silence_ms * info->rate_hz / 1000.0);
    const void *head;
    size_t n_head;
    bci_dither_note old;
    char line[160];
    bc_status st = plan_output(r, &target, err);

    if (!st && s->subtractive && !r->plan.has_comment)
        st = bci_fail(err, BC_E_UNSUPPORTED,
                      "%s: %s holds no comment, which subtractive dither is noted in, expected "
                      "another format",
                      out, r->plan.container);
    if (!st)
        st = bci_passage_new(r->in, &r->plan, bci_group_frames(s), (size_t)silence, &r->passage,
                             &head, &n_head, err);
    if (!st)
        st = bci_crusher_new(info, &r->plan, s, &r->shaper, r->scales, BCI_PASSAGE_SLOTS,
                             &r->crusher, err);
    if (st)
        return st;
    bci_crusher_begin(r->crusher, head, n_head);
    if (s->subtractive && !r->is_exact) {
        bci_dither_note note = { .seed = s->seed, .history = bci_crusher_history(r->crusher) };

        memcpy(note.grid, s->depth.name, sizeof note.grid);
        bci_dither_note_write(&note, line, sizeof line);
        target.comment_line = line;
    } else if (!r->is_exact && !s->strip && bci_dither_note_read(bci_sound_comment(r->in), &old)) {
        target.comment_line = bci_dither_note_end;
    }
    target.container = r->plan.format;
    target.is_dry = s->dry_run;
    target.is_gated = !isnan(s->min_snr_db);
    return bci_sound_create(&target, r->in, &r->writer, err);
}

static bc_status crush(void *context, unsigned slot, uint64_t first, const void *raw, size_t n,
                       void *made, bc_error *err)
{
    reduction *r = context;
    bc_error why = { 0 };
    bc_status st;

    r->tallies[slot] = (bci_crush_tally){ 0 };
    if (r->is_promise) {
        st = bci_sound_keeps_promise(r->in, &r->settings.depth.grid, raw, n, err);
        if (st)
            return st;
    }
    st = bci_crusher_run(r->crusher, (int)slot, first, raw, n, bci_passage_silent(r->passage, slot),
                         made, r->settings.skip_quality ? NULL : &r->tallies[slot], &why);
    return st ? bci_fail(err, st, "%s: %s", bci_sound_name(r->in), why.text) : BC_OK;
}

static void seen(void *context, unsigned slot, uint64_t done)
{
    reduction *r = context;
    const bc_audio_settings *s = &r->settings;

    bci_crush_merge(&r->tally, &r->tallies[slot]);
    if (s->progress)
        s->progress(s->context, done, bci_sound_info(r->in)->n_frames);
}

/* The closed form holds for even steps, each sample for itself. */
static bool has_theory(const reduction *r)
{
    const bc_audio_settings *s = &r->settings;
    const bool clips = s->scale == BC_SCALE_ABSMEAN || s->scale == BC_SCALE_MSE;

    return s->depth.grid.family == BC_GRID_AFFINE && !bci_group_frames(s) && !clips &&
           s->rounding == BC_ROUND_NEAREST && s->hold <= 1 && !r->is_exact;
}

/* Steps that stand for those of the channels: of their mean power. */
static bc_grid mean_ruler(const reduction *r)
{
    const size_t n = r->scales ? bci_sound_info(r->in)->n_channels : 0;
    bc_grid g = r->settings.depth.grid;
    double sum = 0.0;

    for (size_t c = 0; c < n; c++)
        sum += r->scales[c].gain * r->scales[c].gain / (double)n;
    if (n > 0)
        g.den /= sqrt(sum);
    return g;
}

/* 0: it is not even, or not the same for all. */
static double step_of(const reduction *r)
{
    const bc_audio_settings *s = &r->settings;
    const size_t n = r->scales ? bci_sound_info(r->in)->n_channels : 0;

    if (s->depth.grid.family != BC_GRID_AFFINE || bci_group_frames(s))
        return 0.0;
    for (size_t c = 1; c < n; c++)
        if (r->scales[c].gain != r->scales[0].gain)
            return 0.0;
    return (n > 0 ? r->scales[0].gain : 1.0) / s->depth.grid.den;
}

static bc_status expect(const reduction *r, bc_audio_result *result, bc_error *err)
{
    const bc_audio_settings *s = &r->settings;
    const bc_grid mean = mean_ruler(r), *g = &mean;
    const bc_error_sums *e = &result->quality.error;
    bc_audio_curves *curves = result->quality.curves;
    const double share = e->n > 0 ? 1.0 - (double)r->tally.n_silent / (double)e->n : 1.0;
    const double power = s->noise->error_power / (g->den * g->den) * share;

    result->theory_snr_db = result->theory_noise_dbfs = NAN;
    /* A signal beyond full scale in the mean, or with NaN in it, is nothing that the form is
     * about. */
    if (!has_theory(r) || e->n_lost > 0 || (!r->scales && bc_error_x2(e) > (double)e->n))
        return BC_OK;
    result->theory_snr_db = bc_theory_snr_db(g, s->noise, bc_error_x2(e) / (double)e->n) -
                            r->shaper.total_gain_db - 10.0 * log10(share);
    result->theory_noise_dbfs = bc_level_dbfs(power) + r->shaper.total_gain_db;
    if (!curves || curves->n_bins == 0)
        return BC_OK;
    curves->theory_power = malloc(curves->n_bins * sizeof *curves->theory_power);
    if (!curves->theory_power)
        return bci_fail(err, BC_E_LIMIT, "out of memory for spectra");
    bc_theory_error_spectrum(g, s->noise, r->shaper.taps, r->shaper.n_taps,
                             (uint32_t)(2 * (curves->n_bins - 1)), curves->theory_power);
    for (size_t i = 0; i < curves->n_bins; i++)
        curves->theory_power[i] *= share;
    return BC_OK;
}

static void describe(const reduction *r, bc_audio_result *result)
{
    const bc_audio_settings *s = &r->settings;

    bci_audio_describe(result, r->in, r->writer, s);
    result->step = step_of(r);
    if (*r->stored && !*result->note)
        memcpy(result->note, r->stored, sizeof r->stored);
    result->is_exact = r->is_exact;
    result->noise = s->noise;
    result->shaper = r->shaper;
    result->is_shaper_lowered =
        s->shape && !r->is_exact &&
        (s->shaper ? r->shaper.zero_scale < 1.0 : r->shaper.strength_db < s->shape_strength_db);
    result->gain = pow(10.0, -s->guard_db / 20.0);
    result->n_silent = r->tally.n_silent;
    bc_error_merge(&result->quality.error, &r->tally.overload);
    result->n_clipped = result->quality.error.n_clipped = r->tally.n_clipped;
    result->overshoot_db = r->tally.worst > 1.0 ? 20.0 * log10(r->tally.worst) : NAN;
    result->n_nonfinite = r->tally.n_nonfinite;
    result->n_saturated = r->tally.n_saturated;
}

static void reduction_free(reduction *r)
{
    bci_sound_writer_free(r->writer);
    bci_audio_quality_free(r->quality);
    bci_crusher_free(r->crusher);
    bci_passage_free(r->passage);
    bci_sound_free(r->in);
    free(r->scales);
}

/* What is measured on the way: all, what the gate needs, or nothing. */
static bc_status begin_measuring(reduction *r, bc_error *err)
{
    const bc_audio_settings *s = &r->settings;

    if (s->skip_quality && isnan(s->min_snr_db))
        return BC_OK;

    const bc_status st = bci_audio_quality_new(r->in, bci_group_frames(s) ? NULL : &s->depth.grid,
                                               s->skip_quality, s->spectra, &r->quality, err);

    if (!st)
        bci_audio_quality_scale(r->quality, r->scales);

    if (!st && s->nonfinite == BC_NONFINITE_ZERO)
        bci_audio_quality_count_as_0(r->quality);
    return st;
}

static void give_codes(reduction *r)
{
    size_t n_codes = 0;
    uint64_t *histogram = bci_crusher_histogram(r->crusher, &n_codes);

    if (histogram)
        bci_audio_quality_give_codes(r->quality, histogram, n_codes);
}

static bc_status run(reduction *r, int n_threads, bc_audio_result *result, bc_error *err)
{
    const bc_audio_settings *s = &r->settings;
    const bci_passage_job job = { .work = crush,
                                  .in_order = bci_crusher_is_serial(r->crusher),
                                  .seen = seen,
                                  .context = r,
                                  .gain = pow(10.0, -s->guard_db / 20.0),
                                  .n_threads = n_threads,
                                  .stop = s->reading.stop };
    bc_status st = bci_passage_run(r->passage, &job, r->writer, r->quality, &result->n_frames, err);

    if (!st && r->quality && bci_group_frames(s))
        give_codes(r);
    if (!st && r->quality)
        st = bci_audio_quality_measure(r->quality, &result->quality, err);
    if (!st && r->quality)
        st = expect(r, result, err);
    if (!st && r->quality)
        st = bc_error_gate(&result->quality.error,
                           s->nonfinite == BC_NONFINITE_KEEP ? 0 : r->tally.n_nonfinite,
                           s->min_snr_db, bci_sound_name(r->in), "SNR", "; no output written", err);
    if (!st)
        st = bci_sound_commit(r->writer, err);
    return st;
}

bc_status bc_audio_reduce(const char *in, const char *out, const bc_audio_settings *settings,
                          bc_audio_result *result, bc_error *err)
{
    const double start = bci_now_s();
    const int n_threads = bci_thread_count(settings->n_threads);
    reduction r = { .in_path = in, .settings = *settings };
    bc_audio_result made = { .theory_snr_db = NAN,
                             .theory_noise_dbfs = NAN,
                             .quality = bci_audio_quality_unknown() };
    bc_status st = check_settings(settings, err);

    bci_settle_fitted(&r.settings);
    if (!st)
        st = bci_sound_open(in, &settings->reading, &r.in, err);
    if (!st)
        st = choose_noise(&r, err);
    if (!st)
        st = fit_scales(&r, err);
    if (!st)
        st = open_output(&r, out, err);
    if (!st)
        st = begin_measuring(&r, err);
    if (!st)
        st = run(&r, n_threads, &made, err);
    if (!st || st == BC_E_QUALITY) {
        describe(&r, &made);
        made.n_threads = n_threads;
        made.time_s = bci_now_s() - start;
        *result = made;
    } else {
        bc_audio_curves_free(made.quality.curves);
    }
    reduction_free(&r);
    return st;
}
