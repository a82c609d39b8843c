/* Knows what the report of a sound says. */
#include "audio/facts.h"

#include <math.h>
#include <stdio.h>

#include "audio/fitted.h"
#include "audio/request.h"
#include "base/decimal.h"
#include "medium/shared_settings.h"

void bci_audio_input_facts(bc_report *r, const char *path, const bc_audio_info *info,
                           uint64_t n_frames, const char *note, const char *salvaged)
{
    bc_report_string(r, "", "tool", "bitcrush-audio " BC_VERSION);
    bc_report_string(r, "input", "path", path);
    bc_report_string(r, "input", "kind", "audio");
    bc_report_string(r, "input", "format", info->container);
    bc_report_string(r, "input", "encoding", info->encoding);
    bc_report_integer(r, "input", "rate_hz", info->rate_hz);
    bc_report_integer(r, "input", "channels", info->n_channels);
    bc_report_integer(r, "input", "frames", n_frames);
    bc_report_number(r, "input", "duration_s", (double)n_frames / info->rate_hz);
    if (info->container_bits)
        bc_report_integer(r, "input", "container_bits", (uint64_t)info->container_bits);
    if (info->valid_bits && info->valid_bits != info->container_bits)
        bc_report_integer(r, "input", "valid_bits", (uint64_t)info->valid_bits);
    bc_report_string(r, "input", "note", *note ? note : NULL);
    bc_report_string(r, "input", "salvaged", *salvaged ? salvaged : NULL);
}

/* Bits that are other than 0 anywhere, where integers hold all of it. */
static void add_used_bits(bc_report *r, const char *section, const bc_audio_levels *l)
{
    if (l->used_bits >= 1 && l->used_bits <= 32)
        bc_report_integer(r, section, "used_bits", (uint64_t)l->used_bits);
}

static void add_output(bc_report *r, const bc_account *a, const bc_audio_result *m)
{
    bc_account_output(a, r);
    bc_report_string(r, "output", "format", m->output_container);
    bc_report_string(r, "output", "encoding", m->output_encoding);
    if (m->output_container_bits)
        bc_report_integer(r, "output", "container_bits", (uint64_t)m->output_container_bits);
    bc_report_integer(r, "output", "size_bytes", m->output_size_bytes);
    bc_report_string(r, "output", "metadata", *m->carried ? m->carried : NULL);
    bc_report_string(r, "output", "dropped", *m->dropped ? m->dropped : NULL);
    bc_report_string(r, "output", "note", *m->note ? m->note : NULL);
}

static void add_depth(bc_report *r, const bc_account *a, const bc_audio_depth *d)
{
    bc_account_depth(a, r, d->bits > 0.0 ? d->bits : (double)d->grid.bits, 0);
    if (d->encoding == BC_ENCODING_PCM && d->valid_bits % 8 != 0)
        bc_report_integer(r, "output", "valid_bits", (uint64_t)d->valid_bits);
    bc_report_string(r, "output", "depth", d->name);
    bc_report_integer(r, "output", "levels",
                      d->blocks ? d->blocks->codes->n_codes : bc_grid_levels(&d->grid));
}

/* How the error was fed back. */
static void add_shaping(bc_report *r, const bci_audio_job *j, const bc_audio_result *m,
                        bool is_for_programs)
{
    const bc_audio_settings *s = &j->settings;
    const bc_shaper *shaper = &m->shaper;

    bc_report_string(r, "settings", "feedback", shaper->n_taps ? "noise shaping" : "none");
    if (!s->shape || m->is_exact)
        return;
    bc_report_string(r, "settings", "shape", j->shape);
    bc_report_string(r, "settings", "shape_lowered",
                     !m->is_shaper_lowered ? NULL
                     : shaper->n_taps      ? "lowered to fit the headroom at this depth"
                                           : "lowered to nothing: no headroom at this depth");
    if (!shaper->n_taps && !is_for_programs) /* figures of a filter that is none */
        return;
    bc_report_integer(r, "settings", "shape_taps", shaper->n_taps);
    if (!s->shaper)
        bc_report_number(r, "settings", "shape_strength_db", shaper->strength_db);
    else if (shaper->zero_scale < 1.0)
        bc_report_number(r, "settings", "shape_zero_scale", shaper->zero_scale);
    bc_report_number(r, "settings", "shape_gain_db", shaper->total_gain_db);
}

void bci_audio_group_name(const bc_audio_settings *s, char *name, size_t size)
{
    const size_t n = bci_group_frames(s);

    *name = '\0';
    if (n)
        bci_format(name, size, "%zu frame(s)", n);
    else if (bci_is_fitted(s))
        bci_format(name, size, "%s", s->per == BC_PER_CHANNEL ? "channel" : "all");
}

/* How the grid was laid: over full scale, or by scales that were fitted. */
static void add_scale(bc_report *r, const bc_audio_settings *s)
{
    char group[32];

    bci_audio_group_name(s, group, sizeof group);
    bc_report_string(r, "settings", "scale",
                     s->depth.blocks ? "block" : bci_scale_row(s->scale)->name);
    bc_report_string(r, "settings", "group", *group ? group : NULL);
    if (s->scale == BC_SCALE_PERCENTILE)
        bc_report_number(r, "settings", "percent", s->percent);
}

/* What was done in full: enough to do it again. */
static void add_settings(bc_report *r, const bci_audio_job *j, const bc_audio_result *m,
                         bool is_for_programs)
{
    static const char *const nonfinite[] = { "error", "saturate", "zero", "keep" };
    const bc_audio_settings *s = &j->settings;

    bc_report_string(r, "settings", "grid", s->depth.name);
    add_scale(r, s);
    bc_report_string(r, "settings", "exact",
                     m->is_exact ? "no bits lost, samples passed as they are" : NULL);
    bc_report_string(r, "settings", "dither", m->noise->name);
    bc_report_string(r, "settings", "subtractive",
                     s->subtractive && !m->is_exact ? "subtractive, `bitcrush restore` undoes it"
                                                    : NULL);
    add_shaping(r, j, m, is_for_programs);
    if (s->hold > 1)
        bc_report_integer(r, "settings", "hold", s->hold);
    if (s->guard_db != 0.0)
        bc_report_number(r, "settings", "guard_db", s->guard_db);
    if (s->keep_silence_ms > 0.0 && !m->is_exact) {
        bc_report_number(r, "settings", "keep_silence_ms", s->keep_silence_ms);
        bc_report_integer(r, "metrics", "silent", m->n_silent);
    }
    bc_report_string(r, "settings", "rounding",
                     s->rounding == BC_ROUND_NEAREST ? "nearest" : "truncate");
    bc_report_string(r, "settings", "nonfinite", nonfinite[s->nonfinite]);
    bc_report_integer(r, "settings", "seed", s->seed);
    if (m->step > 0.0)
        bc_report_number(r, "settings", "step", m->step);
    bc_report_integer(r, "settings", "threads", (uint64_t)m->n_threads);
    bc_report_string(r, "settings", "cpu", m->cpu_level);
}

static void add_tone(bc_report *r, const bc_tone *t)
{
    if (!t->found)
        return;
    bc_report_number(r, "metrics", "tone_hz", t->frequency_hz);
    bc_report_number(r, "metrics", "tone_dbfs", t->level_dbfs);
    bc_report_number(r, "metrics", "sinad_db", t->sinad_db);
    bc_report_number(r, "metrics", "thd_db", t->thd_db);
    bc_report_number(r, "metrics", "thdn_db", t->thdn_db);
    bc_report_number(r, "metrics", "tone_low_hz", t->low_hz);
    bc_report_number(r, "metrics", "tone_high_hz", t->high_hz);
}

/* -infinity (no noise, silence) is told by other figures. */
static void add_level(bc_report *r, const char *key, double value)
{
    bc_report_number(r, "metrics", key, isinf(value) ? NAN : value);
}

/* What two sounds differ by. */
static void add_quality(bc_report *r, const bc_account *a, const bc_audio_quality *q,
                        bool knows_ends)
{
    bc_account_error(a, r, &q->error, knows_ends);
    add_level(r, "noise_dbfs", q->noise_dbfs);
    add_level(r, "noise_a_dbfs", q->noise_a_dbfs);
    add_level(r, "noise_468_dbfs", q->noise_468_dbfs);
    add_level(r, "noise_ath_dbfs", q->noise_ath_dbfs);
    add_level(r, "peak_dbfs", q->y.peak_dbfs);
    add_level(r, "rms_dbfs", q->y.rms_dbfs);
    bc_report_number(r, "metrics", "dc", q->y.dc);
    add_used_bits(r, "metrics", &q->y);
    add_tone(r, &q->tone);
}

static void add_sizes(bc_report *r, const bc_audio_result *m)
{
    if (m->input_size_bytes)
        bc_report_integer(r, "input", "size_bytes", m->input_size_bytes);
    if (m->raw_bytes)
        bc_report_integer(r, "input", "raw_bytes", m->raw_bytes);
    bc_account_packed(r, m->raw_bytes, m->packed_bytes);
    if (m->input_size_bytes && m->output_size_bytes)
        bc_report_number(r, "metrics", "file_ratio",
                         (double)m->input_size_bytes / (double)m->output_size_bytes);
}

void bci_audio_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const bci_audio_job *j = job;
    const bc_audio_result *m = o->own;
    const bc_audio_depth *depth = &j->settings.depth;

    bci_audio_input_facts(r, a->in, &m->input, m->n_frames, m->input_note, m->salvaged);
    add_used_bits(r, "input", &m->quality.x);
    add_output(r, a, m);
    add_depth(r, a, depth);
    add_settings(r, j, m, a->is_for_programs);
    if (m->n_clipped == 0 && !a->is_for_programs) /* which sound tells people, too */
        bc_report_integer(r, "metrics", "clipped", 0);
    add_quality(r, a, &m->quality, true);
    bc_report_number(r, "metrics", "overshoot_db", m->overshoot_db);
    if (m->n_nonfinite)
        bc_report_integer(r, "metrics", "nonfinite", m->n_nonfinite);
    if (m->n_saturated)
        bc_report_integer(r, "metrics", "saturated", m->n_saturated);
    if (m->quality.n_levels_used)
        bc_report_integer(r, "metrics", "levels_used", m->quality.n_levels_used);
    bc_report_number(r, "metrics", "entropy_bits", m->quality.entropy_bits);
    add_sizes(r, m);
    bc_account_expected(r, m->theory_snr_db, m->n_clipped);
    bc_report_number(r, "theory", "noise_dbfs", m->theory_noise_dbfs);
    if (depth->bits > 0.0 && !depth->blocks)
        bc_report_number(r, "theory", "rule_of_thumb_db", bc_theory_rule_of_thumb_db(depth->bits));
    bc_report_number(r, "", "time_s", m->time_s);
}

void bci_audio_restore_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r)
{
    const bc_audio_result *m = o->own;

    (void)job;
    bci_audio_input_facts(r, a->in, &m->input, m->n_frames, m->input_note, m->salvaged);
    add_output(r, a, m);
    bc_report_string(r, "settings", "restored", "subtractive dither taken away again");
    add_level(r, "removed_dbfs", m->quality.noise_dbfs);
    add_sizes(r, m);
    bc_report_number(r, "", "time_s", m->time_s);
}

void bci_audio_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r)
{
    const bc_audio_comparison *m = o->own;

    (void)job;
    bci_audio_input_facts(r, a->in, &m->a, m->n_frames, m->notes[0], m->salvaged[0]);
    add_used_bits(r, "input", &m->quality.x);
    bc_report_string(r, "compared", "path", a->out);
    bc_report_string(r, "compared", "format", m->b.container);
    bc_report_string(r, "compared", "encoding", m->b.encoding);
    bc_report_string(r, "compared", "note", *m->notes[1] ? m->notes[1] : NULL);
    bc_report_string(r, "compared", "salvaged", *m->salvaged[1] ? m->salvaged[1] : NULL);
    add_quality(r, a, &m->quality, false);
    if (m->quality.error.n_nonfinite)
        bc_report_integer(r, "metrics", "nonfinite", m->quality.error.n_nonfinite);
}
