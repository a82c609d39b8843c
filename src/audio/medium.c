/* Knows sound as a medium. */
#include "bitcrush/medium.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/draw.h"
#include "audio/excerpt.h"
#include "audio/facts.h"
#include "audio/request.h"
#include "audio/show.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "medium/shared_settings.h"

/* The ending of the input where sound of that kind can be written, else ".wav". */
static const char *ending(const void *job, const char *in)
{
    const bci_audio_job *j = job;
    const bc_audio_format *rows;
    const size_t n = bc_audio_formats(&rows);
    const char *dot = strrchr(in, '.');

    for (size_t i = 0; dot && dot[1] && !strchr(dot, '/') && i < n; i++) {
        const char *at = strstr(rows[i].extensions, dot);
        const size_t length = strlen(dot);

        if (at && (at[length] == ' ' || !at[length]) &&
            rows[i].encodings & 1u << j->settings.depth.encoding)
            return dot;
    }
    return ".wav";
}

static bc_status short_of_memory(bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "out of memory for a sound");
}

/* --- deeds */

static void name_result(const bc_audio_depth *d, const bc_audio_result *m, bc_outcome *o)
{
    const bool has_bits = d->bits > 0.0 && d->encoding == BC_ENCODING_PCM;

    if (has_bits)
        bci_format(o->title, sizeof o->title, "%g bit%s", d->bits, d->bits == 1.0 ? "" : "s");
    else
        bci_format(o->title, sizeof o->title, "%s", d->name);
    o->bits = d->bits > 0.0 ? d->bits : (double)NAN;
    o->error = &m->quality.error;
    snprintf(o->salvaged[0], sizeof o->salvaged[0], "%s", m->salvaged);
}

static bc_status reduce(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    bci_audio_job *j = job;
    bc_audio_result *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_audio_reduce(paths[0], paths[1], &j->settings, m, err) : short_of_memory(err);

    if (!st || st == BC_E_QUALITY)
        name_result(&j->settings.depth, m, o);
    return st;
}

static bc_status restore(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    bci_audio_job *j = job;
    bc_audio_result *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_audio_restore(paths[0], paths[1], &j->settings, m, err) : short_of_memory(err);

    if (!st)
        name_result(&j->settings.depth, m, o);
    return st;
}

static void free_result(bc_outcome *o)
{
    bc_audio_result *m = o->own;

    if (m)
        bc_audio_curves_free(m->quality.curves);
    free(m);
}

static bc_status compare(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_audio_job *j = job;
    bc_audio_comparison *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_audio_compare(paths[0], paths[1], &j->settings.reading, j->settings.spectra, m, err)
          : short_of_memory(err);

    if (!st) {
        o->error = &m->quality.error;
        memcpy(o->salvaged, m->salvaged, sizeof o->salvaged);
    }
    return st;
}

static void free_comparison(bc_outcome *o)
{
    bc_audio_comparison *m = o->own;

    if (m)
        bc_audio_curves_free(m->quality.curves);
    free(m);
}

static bc_status gate(const void *job, const bc_outcome *o, const bc_account *a, bc_error *err)
{
    const bci_audio_job *j = job;

    return bc_error_gate(o->error, 0, j->settings.min_snr_db, a->out, "SNR", "", err);
}

/* --- looking */

/* Is there damage, and is it passed over? */
static bool salvages(const char *path, const bc_reading *reading)
{
    enum { PIECE = 4096 };
    bc_audio_reader *r;
    double **planes, *samples;
    size_t got = 0;

    if (bc_audio_open_with(path, reading, &r, NULL))
        return false;
    const size_t n = bc_audio_get_info(r)->n_channels;
    bc_status st = BC_OK;

    planes = calloc(n, sizeof *planes);
    samples = calloc(n * PIECE, sizeof *samples);
    for (size_t c = 0; planes && samples && c < n; c++)
        planes[c] = samples + c * PIECE;
    if (!planes || !samples)
        st = BC_E_LIMIT;
    while (!st && !*bc_audio_salvaged(r)) {
        st = bc_audio_read(r, planes, PIECE, &got, NULL);
        if (got == 0)
            break;
    }
    const bool is_saved = !st && *bc_audio_salvaged(r);

    free(samples);
    free(planes);
    bc_audio_reader_free(r);
    return is_saved;
}

static const char *file_of(const char *key, const char *value)
{
    const bc_feedback_row *row = bc_feedback_find(value);

    if (strcmp(key, "feedback") == 0)
        return row || bc_noise_find(value) ? NULL : "curve of `feedback`";
    const bool is_name = row && (row->kind == BC_FEEDBACK_NONE || row->kind == BC_FEEDBACK_TIME);

    return strcmp(key, "shape") == 0 && !is_name ? "curve of `shape`" : NULL;
}

static bc_status prepare_depth(const bc_request *request, const bc_series *s, int bits,
                               bci_audio_job *j, bc_error *err)
{
    char depth[16];

    snprintf(depth, sizeof depth, "%d", bits);
    const bc_status st = bci_audio_prepare_job(depth, request, j, err);

    j->settings.dry_run = true;
    j->settings.skip_quality = !s->has_figures;
    j->settings.spectra = false;
    j->settings.min_snr_db = -INFINITY; /* a gate that is open: errors are measured */
    j->settings.container = "wav";
    return st;
}

static bc_status measure(const bc_request *request, bc_series *s, int bits, bc_error *err)
{
    bc_depth_row *row = &s->rows[bits - s->first];
    bci_audio_job j;
    bc_audio_result m;
    const bc_audio_quality *q = &m.quality;
    bc_status st = prepare_depth(request, s, bits, &j, err);

    if (!st)
        st = bc_audio_reduce(s->path, "-", &j.settings, &m, err);
    if (st)
        return st;
    snprintf(row->grid, sizeof row->grid, "%s", j.settings.depth.name);
    row->scale = bci_scale_row(j.settings.scale)->name;
    bci_audio_group_name(&j.settings, row->group, sizeof row->group);
    bc_depth_row_error(row, &q->error);
    row->theory_snr_db = q->error.max_abs_e > 0.0 ? m.theory_snr_db : NAN; /* an exact copy */
    row->n_clipped = m.n_clipped;
    row->file_bytes = m.output_size_bytes;
    if (s->has_figures) {
        row->noise_dbfs = q->noise_dbfs;
        row->noise_a_dbfs = q->noise_a_dbfs;
        row->entropy_bits = q->entropy_bits;
    }
    bc_depth_row_sizes(row, m.raw_bytes, m.packed_bytes);
    s->seed = j.settings.seed;
    if (s->input && bits == s->last)
        bci_audio_input_facts(s->input, s->path, &m.input, m.n_frames, m.input_note, m.salvaged);
    return BC_OK;
}

static bc_status sweep(const bc_request *request, bc_series *s, bc_error *err)
{
    bc_status st = BC_OK;

    for (int bits = s->first; !st && bits <= s->last; bits++, s->n_done++)
        st = measure(request, s, bits, err);
    return st;
}

const bc_medium bc_sound = {
    .name = "audio",
    .things = "sound",
    .thing = "sound",
    .kind = "sound",
    .signal = "the signal is",
    .files = "voice.wav or .flac",
    .program = "bitcrush-audio",
    .spec = "depth",
    .expected = "FILE SPEC, for example voice.wav 8",
    .probe = bc_audio_probe,
    .salvages = salvages,
    .takes = bci_audio_takes,
    .settings = bci_audio_setting_rows,
    .n_settings = BCI_AUDIO_SETTINGS,
    .prepare = bci_audio_prepare,
    .release = free,
    .choice = bci_choice_of_spec,
    .ending = ending,
    .may_replace_input = true,
    .deeds = { [BC_REDUCE] = { .run = reduce,
                               .release = free_result,
                               .facts = bci_audio_reduce_facts,
                               .draw = bci_audio_draw_reduction },
               [BC_RESTORE] = { .run = restore,
                                .release = free_result,
                                .facts = bci_audio_restore_facts,
                                .minds = " strip threads force dry-run salvage max-memory " },
               [BC_COMPARE] = { .run = compare,
                                .release = free_comparison,
                                .facts = bci_audio_compare_facts,
                                .gate = gate,
                                .draw = bci_audio_draw_comparison,
                                .expected = "compare A B, two sounds of one rate, length and "
                                            "number of channels",
                                .minds = " min-snr force threads salvage max-memory " },
               [BC_INFO] = { .run = bci_audio_census,
                             .release = bci_audio_census_free,
                             .facts = bci_audio_census_facts,
                             .minds = " force threads salvage max-memory " } },
    .excerpt = bci_audio_excerpt,
    .sweep = sweep,
    .swept = " scale percent group feedback rounding nonfinite seed threads salvage max-memory ",
    .most_bits = 24,
    .dither = "tpdf",
    .asked_as = "auto",
    .n_bits_are = "PCM of n bits (of 1 bit mid-rise, with one mark above 0 and one below)",
    .show = bci_audio_show,
    .file_of = file_of,
};
