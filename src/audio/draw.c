/* Knows what is drawn of a sound. */
#include "audio/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/fitted.h"
#include "audio/request.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/level.h"
#include "medium/rounded_plot.h"

static void draw_zoomed_signal(bc_plot *p, const bci_audio_drawing *d, const bc_plot_axis *time)
{
    const bc_audio_curves *c = d->curves;

    bci_rounded_plot(p,
                     (bc_plot_panel){ .title = "A few periods where it is loudest",
                                      .x = *time,
                                      .y = { .label = "value" },
                                      .height_px = 220 },
                     &(bci_rounded){ .grid = d->depth && d->has_ruler ? &d->depth->grid : NULL,
                                     .scale = BC_SCALE_IDENTITY,
                                     .before = c->zoom_x,
                                     .after = c->zoom_y,
                                     .n = c->n_zoom,
                                     .x_first = (double)c->zoom_first / d->rate_hz,
                                     .x_step = 1.0 / d->rate_hz,
                                     .labels = { "original", "result" },
                                     .has_zero = true });
}

static bc_status draw_zoomed_error(bc_plot *p, const bci_audio_drawing *d, const bc_plot_axis *time,
                                   bc_error *err)
{
    const bc_audio_curves *c = d->curves;
    const bc_grid *g = d->depth && d->has_ruler ? &d->depth->grid : NULL;
    const double half = g && g->family == BC_GRID_AFFINE ? 0.5 / g->den : 0.0;
    double *error = malloc((c->n_zoom + 1) * sizeof *error);

    if (!error)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a waveform");
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "The error in the same place",
                                           .x = *time,
                                           .y = { .label = "value" },
                                           .height_px = 120 });
    for (size_t i = 0; i < c->n_zoom; i++)
        error[i] = c->zoom_y[i] - c->zoom_x[i];
    if (half > 0.0)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                          .tone = BC_PLOT_QUIET,
                                          .label = "half a step",
                                          .n = 2,
                                          .y = (double[]){ -half, half } });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .label = "error",
                                      .n = c->n_zoom,
                                      .y = error,
                                      .x_first = (double)c->zoom_first / d->rate_hz,
                                      .x_step = 1.0 / d->rate_hz });
    free(error);
    return BC_OK;
}

/* Over all of the sound a step is too small to be seen. */
static bc_status draw_zoomed(bc_plot *p, const bci_audio_drawing *d, bc_error *err)
{
    const bc_audio_curves *c = d->curves;
    const double first = (double)c->zoom_first / d->rate_hz;
    const bc_plot_axis time = {
        .label = "time", .unit = "s", .low = first, .high = first + (double)c->n_zoom / d->rate_hz
    };

    if (c->n_zoom < 2)
        return BC_OK;
    draw_zoomed_signal(p, d, &time);
    return draw_zoomed_error(p, d, &time, err);
}

bc_status bci_audio_draw_waveforms(bc_plot *p, const bci_audio_drawing *d, bc_error *err)
{
    const double x_step = 1.0 / d->rate_hz;
    const bc_status st = draw_zoomed(p, d, err);

    if (st)
        return st;
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "All of the result, channel 1",
                                           .x = { .label = "time", .unit = "s" },
                                           .y = { .label = "value", .low = -1.0, .high = 1.0 },
                                           .height_px = 160 });
    bc_plot_add_envelope(p, d->curves->signal, x_step, NULL);
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "All of the error, channel 1",
                                           .x = { .label = "time", .unit = "s" },
                                           .y = { .label = "value" },
                                           .height_px = 120 });
    bc_plot_add_envelope(p, d->curves->error, x_step, NULL);
    return BC_OK;
}

/* Power per bin as a level, dBFS per bin. */
static void draw_power(bc_plot *p, const bci_audio_drawing *d, const double *power,
                       bc_plot_tone tone, const char *label, double *scratch)
{
    if (!power)
        return;
    for (size_t i = 0; i < d->curves->n_bins; i++)
        scratch[i] = bc_level_dbfs(power[i]);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = tone,
                                      .thinning = BC_PLOT_MEAN_POWER,
                                      .label = label,
                                      .n = d->curves->n_bins,
                                      .y = scratch,
                                      .x_step = d->curves->bin_hz });
}

bc_status bci_audio_draw_spectra(bc_plot *p, const bci_audio_drawing *d, bc_error *err)
{
    const bc_audio_curves *c = d->curves;
    double *scratch = malloc((c->n_bins + 1) * sizeof *scratch);
    char label[64];

    if (!scratch)
        return bci_fail(err, BC_E_LIMIT, "out of memory for spectra");

    bci_format(label, sizeof label, "level in bins of %.3g Hz", c->bin_hz);
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "Spectra of the result and of its error",
                                           .x = { .label = "frequency",
                                                  .unit = "Hz",
                                                  .scale = BC_PLOT_LOG,
                                                  .low = 20.0,
                                                  .high = 0.5 * d->rate_hz },
                                           .y = { .label = label, .unit = "dBFS" },
                                           .height_px = 300 });
    draw_power(p, d, c->signal_power, BC_PLOT_NEXT, "result", scratch);
    draw_power(p, d, c->error_power, BC_PLOT_NEXT, "error", scratch);
    draw_power(p, d, c->theory_power, BC_PLOT_THEORY, "expected", scratch);
    free(scratch);
    return BC_OK;
}

bc_status bci_audio_draw_codes(bc_plot *p, const bci_audio_drawing *d, bc_error *err)
{
    const bc_audio_curves *c = d->curves;
    double *counts = malloc(c->n_codes * sizeof *counts);

    if (!counts)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a histogram");
    for (size_t i = 0; i < c->n_codes; i++)
        counts[i] = (double)c->histogram[i];
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "Codes of the result",
                                           .x = { .label = "code", .is_whole = true },
                                           .y = { .label = "samples" },
                                           .height_px = 160 });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BARS,
                                      .n = c->n_codes,
                                      .y = counts,
                                      .x_first = d->depth ? d->depth->grid.lo : 0,
                                      .x_step = 1.0 });
    free(counts);
    return BC_OK;
}

static bc_status draw_all(bc_plot *p, const bci_audio_drawing *d, bc_error *err)
{
    bc_status st = bci_audio_draw_waveforms(p, d, err);

    if (!st && d->curves->n_bins > 0)
        st = bci_audio_draw_spectra(p, d, err);
    if (!st && d->curves->histogram)
        st = bci_audio_draw_codes(p, d, err);
    return st;
}

static bc_status draw(const bci_audio_drawing *d, bc_plot **p, bc_error *err)
{
    const bc_status st = bc_plot_new(d->title, NULL, p, err);

    return st ? st : draw_all(*p, d, err);
}

bc_status bci_audio_draw_reduction(const void *job, const bc_outcome *o, const bc_account *a,
                                   bc_plot **p, bc_error *err)
{
    const bci_audio_job *j = job;
    const bc_audio_result *m = o->own;
    const char *slash = strrchr(a->in, '/');
    char title[256];

    snprintf(title, sizeof title, "%s to %s, dither %s%s%s", slash ? slash + 1 : a->in,
             j->settings.depth.name, m->noise->name, m->shaper.n_taps ? ", shaped by " : "",
             m->shaper.n_taps ? j->shape : "");
    return draw(&(bci_audio_drawing){ .title = title,
                                      .rate_hz = m->input.rate_hz,
                                      .curves = m->quality.curves,
                                      .depth = &j->settings.depth,
                                      .has_ruler = !bci_is_fitted(&j->settings) },
                p, err);
}

bc_status bci_audio_draw_comparison(const void *job, const bc_outcome *o, const bc_account *a,
                                    bc_plot **p, bc_error *err)
{
    const bc_audio_comparison *m = o->own;
    char title[256];

    (void)job;
    snprintf(title, sizeof title, "%s against %s", a->out, a->in);
    return draw(&(bci_audio_drawing){ .title = title,
                                      .rate_hz = m->a.rate_hz,
                                      .curves = m->quality.curves },
                p, err);
}
