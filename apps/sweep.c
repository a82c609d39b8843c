/* Knows how a file is measured at one depth after the other: by dry runs of its tool. */
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio_tool.h"
#include "bitcrush/input.h"
#include "image_report.h"
#include "image_tool.h"
#include "progress.h"
#include "suggest.h"
#include "synonyms.h"
#include "tensor_tool.h"

/* A series: every depth with one dither. */
typedef struct {
    const char *path;
    int first, last;
    unsigned what;
    const options *o; /* whose dither is that of the series */
    progress shown;
    int n_done, n_runs; /* of both series */
} series;

/* The share of one run in all of them. */
static void show_progress(void *context, uint64_t done, uint64_t n)
{
    series *s = context;

    progress_show(&s->shown, (uint64_t)s->n_done * n + done, (uint64_t)s->n_runs * n);
}

static sweep_row empty_row(int bits)
{
    return (sweep_row){ .bits = bits,
                        .snr_db = NAN,
                        .theory_snr_db = NAN,
                        .rule_of_thumb_db = bc_theory_rule_of_thumb_db(bits),
                        .rmse = NAN,
                        .psnr_db = NAN,
                        .psnr_blurred_db = NAN,
                        .ssim = NAN,
                        .noise_dbfs = NAN,
                        .noise_a_dbfs = NAN,
                        .entropy_bits = NAN,
                        .ratio = NAN };
}

static void take_sizes(sweep_row *row, uint64_t raw_bytes, uint64_t packed_bytes)
{
    row->size_bytes = packed_bytes;
    if (raw_bytes && packed_bytes)
        row->ratio = (double)raw_bytes / (double)packed_bytes;
}

/* --- pictures */

static bc_status sweep_image(series *s, sweep *all, sweep_row *rows, bc_error *err)
{
    const bool has_figures = s->what & SWEEP_FIGURES;
    bc_image_settings settings;
    bc_image_result m;
    bc_palette palette;
    bc_status st = BC_OK;

    for (int bits = s->first; !st && bits <= s->last; bits++, s->n_done++) {
        sweep_row *row = &rows[bits - s->first];

        st = image_settings(s->o, bits, &settings, &palette, err);
        if (st)
            return st;
        settings.dry_run = true;
        settings.skip_quality = !has_figures;
        settings.format = has_figures ? "png" : "pnm"; /* which is not compressed */
        settings.progress = show_progress;
        settings.context = s;
        st = bc_image_reduce(s->path, "-", &settings, &m, err);
        if (st)
            return st;
        *row = empty_row(bits);
        row->snr_db = bc_error_snr_db(&m.coded);
        row->theory_snr_db = image_expected_snr_db(&settings, &m);
        row->rmse = bc_error_rmse(&m.coded);
        row->psnr_db = bc_error_psnr_db(&m.coded, 1.0);
        row->psnr_blurred_db = m.blurred_psnr_db;
        row->ssim = m.ssim;
        row->entropy_bits = m.entropy_bits;
        row->file_bytes = has_figures ? m.output_size_bytes : 0;
        take_sizes(row, m.raw_bytes, m.packed_bytes);
        all->image = m.input;
    }
    return st;
}

/* --- sound */

static bc_status audio_options(const series *s, int bits, bc_audio_settings *to, bc_error *err)
{
    const options *o = s->o;
    char depth[16];
    bc_status st;

    *to = bc_audio_settings_default();
    snprintf(depth, sizeof depth, "%d", bits);
    st = bc_audio_depth_named(depth, &to->depth, err);
    if (!st)
        st = audio_dither(o->dither, to, err);
    to->nonfinite = (bc_nonfinite)o->nonfinite;
    to->seed = o->seed;
    to->n_threads = (int)o->threads;
    to->dry_run = true;
    to->skip_quality = !(s->what & SWEEP_FIGURES);
    to->min_snr_db = -INFINITY; /* a gate that is open: errors are measured */
    to->container = "wav";
    to->reading = tool_reading(o);
    return st;
}

static bc_status sweep_audio(series *s, sweep *all, sweep_row *rows, bc_error *err)
{
    const bool has_figures = s->what & SWEEP_FIGURES;
    bc_audio_settings settings;
    bc_audio_result m;
    bc_status st = BC_OK;

    for (int bits = s->first; !st && bits <= s->last; bits++, s->n_done++) {
        sweep_row *row = &rows[bits - s->first];
        const bc_audio_quality *q = &m.quality;

        st = audio_options(s, bits, &settings, err);
        settings.progress = show_progress;
        settings.context = s;
        if (!st)
            st = bc_audio_reduce(s->path, "-", &settings, &m, err);
        if (st)
            return st;
        *row = empty_row(bits);
        row->snr_db = bc_error_snr_db(&q->error);
        row->theory_snr_db = q->error.sum_e2 > 0.0 ? m.theory_snr_db : NAN; /* an exact copy */
        row->rmse = bc_error_rmse(&q->error);
        row->n_clipped = m.n_clipped;
        row->file_bytes = m.output_size_bytes;
        if (has_figures) {
            row->noise_dbfs = q->noise_dbfs;
            row->noise_a_dbfs = q->noise_a_dbfs;
            row->entropy_bits = q->entropy_bits;
        }
        take_sizes(row, m.raw_bytes, m.packed_bytes);
        all->audio = m.input;
        snprintf(all->audio_salvaged, sizeof all->audio_salvaged, "%s", m.salvaged);
        snprintf(all->audio_note, sizeof all->audio_note, "%s", m.input_note);
        all->n_frames = m.n_frames;
    }
    return st;
}

/* --- weights */

static bc_status tensor_dither(const char *text, const bc_noise **out, bc_error *err)
{
    const bc_noise *rows;
    const size_t n = bc_noise_rows(&rows);
    const char *near = NULL;

    for (size_t i = 0; i < n; i++) {
        if (rows[i].mask_side == 0 && strcmp(rows[i].name, text) == 0) {
            *out = &rows[i];
            return BC_OK;
        }
        near = rows[i].mask_side == 0 ? suggest(near, rows[i].name, text) : near;
    }
    return synonym_unknown(
        err, "dither", "--dither", text, near,
        "no noise for weights, expected rpdf or another noise that --list shows");
}

static sweep_row tensor_row(int bits, const bc_tensor_sweep_result *m, const bc_tensor_cost *cost)
{
    const bc_error_sums *e = &cost->error;
    sweep_row row = empty_row(bits);

    row.snr_db = bc_error_snr_db(e);
    if (e->sum_e2 > 0.0 && cost->expected_e2 > 0.0)
        row.theory_snr_db = 10.0 * log10(e->sum_x2 / cost->expected_e2);
    row.rmse = bc_error_rmse(e);
    row.entropy_bits = e->n ? cost->code_bits / (double)e->n : NAN;
    take_sizes(&row, m->raw_bytes, cost->packed_bytes);
    return row;
}

static bc_status sweep_tensor(series *s, sweep *all, sweep_row *rows, bc_error *err)
{
    tensor_job job = { 0 };
    const bc_noise *noise = NULL;
    bc_status st = tensor_dither(s->o->dither, &noise, err);

    if (!st)
        st = tensor_job_make(s->o, "", &job, err);
    job.settings.progress = show_progress;
    job.settings.context = s;
    if (!st)
        st = bc_tensor_sweep(s->path, &job.settings, noise, s->o->seed, s->first, s->last,
                             &all->weights, err);
    for (int i = 0; !st && i <= s->last - s->first; i++)
        rows[i] = tensor_row(s->first + i, &all->weights, &all->weights.costs[i]);
    s->n_done++;
    tensor_job_free(&job);
    return st;
}

/* --- all */

/* Media, the first of which says what is wrong with a file that none knows. */
static const struct {
    unsigned tool;
    bool (*knows)(const uint8_t *head, size_t n);
    bc_status (*run)(series *s, sweep *all, sweep_row *rows, bc_error *err);
    bool at_once; /* all depths in one run */
    int most_bits;
    const char *dither;   /* by default, */
    const char *asked_as; /* and how the tool is asked for it */
} media[] = {
    { TOOL_IMAGE, bc_image_probe, sweep_image, false, 16, "floyd-steinberg", "floyd-steinberg" },
    { TOOL_AUDIO, bc_audio_probe, sweep_audio, false, 24, "tpdf", "auto" },
    { TOOL_TENSOR, bc_tensor_probe, sweep_tensor, true, BC_TENSOR_MAX_SWEEP, "rpdf", "rpdf" },
};

enum { N_MEDIA = sizeof media / sizeof *media };

static bc_status medium_of(const char *path, size_t *medium, bc_error *err)
{
    bc_input *in = NULL;
    size_t n, i = 0;
    bc_status st = tool_rereadable(path, err);

    if (!st)
        st = bc_input_open(path, &in, err);
    if (st)
        return st;
    const uint8_t *head = bc_input_head(in, &n);

    while (i < N_MEDIA && !media[i].knows(head, n))
        i++;
    bc_input_free(in);
    *medium = i;
    return i < N_MEDIA ? BC_OK : tool_unknown(path, err);
}

bc_status sweep_most_bits(const char *path, int *bits, bc_error *err)
{
    size_t medium;
    const bc_status st = medium_of(path, &medium, err);

    if (!st)
        *bits = media[medium].most_bits;
    return st;
}

bc_status sweep_measure(const char *path, int first, int last, unsigned what, const options *o,
                        sweep *out, bc_error *err)
{
    options own = *o;
    series s = { .path = path, .first = first, .last = last, .what = what, .o = &own };
    const bool is_default = !o->dither || strcmp(o->dither, "auto") == 0;
    size_t medium;
    bc_status st = medium_of(path, &medium, err);

    if (st)
        return st;
    *out = (sweep){ .tool = media[medium].tool, .n_rows = last - first + 1 };
    snprintf(out->dither, sizeof out->dither, "%s",
             !(what & SWEEP_DITHERED) ? "none"
             : is_default             ? media[medium].dither
                                      : o->dither);
    const bool is_dithered = strcmp(out->dither, "none") != 0;

    s.n_runs = (media[medium].at_once ? 1 : out->n_rows) << is_dithered;
    s.shown = progress_begin(path, o->progress);
    for (int i = 0; i < out->n_rows; i++)
        out->dithered[i] = empty_row(first + i);
    own.dither = is_default ? media[medium].asked_as : o->dither;
    if (is_dithered) /* first: a name that is wrong is told at once */
        st = media[medium].run(&s, out, out->dithered, err);
    own.dither = "none";
    if (!st)
        st = media[medium].run(&s, out, out->plain, err);
    progress_end(&s.shown);
    return st;
}
