/* Knows what the report of a picture says. */
#include "image/facts.h"

#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "bitcrush/quality.h"
#include "image/dithered.h"
#include "image/request.h"
#include "image/ruler.h"
#include "medium/shared_settings.h"

static const char *colours_of(const bc_image_info *info)
{
    static const char *const names[] = { "", "grey", "grey + alpha", "RGB", "RGBA" };

    return names[info->n_channels];
}

/* Another grid than levels of whole bits. */
static void add_depth(bc_report *r, const bc_account *a, const bc_spec *spec,
                      const bc_image_result *m)
{
    char text[64];

    if (spec->kind == BC_SPEC_EVEN)
        bci_format(text, sizeof text, "%.4g bits", spec->bits);
    else
        bci_format(text, sizeof text, "%s, %.4g bits", spec->name, spec->bits);
    bc_report_string(r, "output", "depth", text);
    bc_account_depth(a, r, spec->bits, 0);
    if (m->n_levels > 0 && (spec->kind != BC_SPEC_BLOCKS || a->is_for_programs))
        bc_report_integer(r, "output", "levels", m->n_levels);
    bc_report_string(r, "output", "note",
                     spec->kind == BC_SPEC_BLOCKS
                         ? "values at 16 bits, since picture files have no place for blocks"
                         : "values, since picture files have no place for these codes");
}

/* What the file says beside its samples, and what became of it. */
void bci_image_metadata_facts(bc_report *r, const bc_image_info *info)
{
    char transfer[32];

    bc_transfer_name(&info->transfer, transfer, sizeof transfer);
    bc_report_string(r, "input", "transfer", transfer);
    bc_report_string(r, "input", "transfer_source", info->transfer_source);
    bc_report_integer(r, "input", "orientation", (uint64_t)info->orientation);
    bc_report_string(r, "input", "turned", info->orientation != 1 ? "turned upright" : NULL);
}

void bci_image_input_facts(bc_report *r, const char *path, const bc_image_info *info)
{
    bc_report_string(r, "", "tool", "bitcrush-image " BC_VERSION);
    bc_report_string(r, "input", "path", path);
    bc_report_string(r, "input", "kind", "image");
    bc_report_string(r, "input", "format", info->format);
    bc_report_integer(r, "input", "width", info->width);
    bc_report_integer(r, "input", "height", info->height);
    bc_report_string(r, "input", "colours", colours_of(info));
    bc_report_integer(r, "input", "depth_bits", (uint64_t)info->depth);
    if (info->true_depth != info->depth)
        bc_report_integer(r, "input", "true_depth_bits", (uint64_t)info->true_depth);
}

static void add_files(bc_report *r, const bc_account *a, const bci_image_job *j,
                      const bc_image_result *m)
{
    bci_image_input_facts(r, a->in, &m->input);
    if (m->input_size_bytes)
        bc_report_integer(r, "input", "size_bytes", m->input_size_bytes);
    bc_report_integer(r, "input", "raw_bytes", m->raw_bytes);
    bci_image_metadata_facts(r, &m->input);
    bc_report_string(r, "input", "salvaged", *m->salvaged ? m->salvaged : NULL);
    bc_account_output(a, r);
    bc_report_string(r, "output", "format", m->output_format);
    bc_report_string(r, "output", "layout", m->output_layout);
    if (j->palette_text) {
        bc_report_integer(r, "output", "colours", m->palette.n_colours);
        bc_report_integer(r, "output", "colours_used", m->n_levels_used);
    } else if (bci_image_is_ruled(&j->settings)) {
        add_depth(r, a, &j->settings.spec, m);
    } else {
        bc_report_integer(r, "output", "bits", (uint64_t)j->settings.bits);
        bc_report_string(r, "output", "channels", j->channels);
        bc_report_integer(r, "output", "levels", m->n_levels);
    }
    bc_report_integer(r, "output", "depth_bits", (uint64_t)m->output_depth);
    if (m->output_palette)
        bc_report_integer(r, "output", "palette", m->output_palette);
    bc_report_integer(r, "output", "size_bytes", m->output_size_bytes);
    bc_report_string(r, "output", "metadata", *m->carried ? m->carried : NULL);
    bc_report_string(r, "output", "dropped", *m->dropped ? m->dropped : NULL);
}

static bool is_mixed(const bc_image_settings *s)
{
    return s->channel_bits[0] != s->channel_bits[1] || s->channel_bits[1] != s->channel_bits[2];
}

void bci_image_group_name(const bc_image_settings *s, char *name, size_t size)
{
    switch (s->per) {
    case BC_PER_WHOLE: *name = '\0'; break;
    case BC_PER_CHANNEL: bci_format(name, size, "channel"); break;
    case BC_PER_ROW: bci_format(name, size, "row of a channel"); break;
    case BC_PER_BLOCK: bci_format(name, size, "%zu sample(s) of a row", s->group); break;
    }
}

/* Another grid than levels of whole bits. */
static void add_ruler(bc_report *r, const bc_image_settings *s)
{
    char text[64];

    bci_grid_name(&s->spec, text, sizeof text);
    bc_report_string(r, "settings", "grid", text);
    if (s->spec.kind == BC_SPEC_BLOCKS) {
        bci_format(text, sizeof text, "%u sample(s) of a row", s->spec.blocks->block_length);
        bc_report_string(r, "settings", "scale", "block");
        bc_report_string(r, "settings", "group", text);
        return;
    }
    bc_report_string(r, "settings", "scale", bci_scale_row(s->scale)->name);
    if (s->scale == BC_SCALE_PERCENTILE)
        bc_report_number(r, "settings", "percent", s->percent);
    bci_image_group_name(s, text, sizeof text);
    bc_report_string(r, "settings", "group", *text ? text : NULL);
}

static void add_levels(bc_report *r, const bci_image_job *j)
{
    const bc_image_settings *s = &j->settings;
    char grid[32];

    if (j->palette_text)
        snprintf(grid, sizeof grid, "palette");
    else if (is_mixed(s))
        snprintf(grid, sizeof grid, "uniform%d,%d,%d", s->channel_bits[0], s->channel_bits[1],
                 s->channel_bits[2]);
    else
        snprintf(grid, sizeof grid, "uniform%d", s->bits);
    bc_report_string(r, "settings", "grid", grid);
    bc_report_string(r, "settings", "palette", j->palette_text);
    bc_report_string(r, "settings", "scale", "full");
}

/* Where noise and errors go: dither, light, scan. */
static void add_dither(bc_report *r, const bc_image_settings *s)
{
    const bool has_noise = bci_image_has_noise(s);
    const bool sees_light = s->linear_light && !bci_image_has_runs(s) && bci_image_is_dithered(s);
    char dither[64];

    snprintf(dither, sizeof dither, "%s%s%s", s->kernel ? s->kernel->name : "",
             s->kernel && has_noise ? "+" : "", !s->kernel || has_noise ? s->noise->name : "");
    bc_report_string(r, "settings", "dither", dither);
    bc_report_string(r, "settings", "colours", s->grey ? "BT.709 luma" : NULL);
    bc_report_string(r, "settings", "feedback", s->kernel ? "error diffusion" : "none");
    if (s->kernel)
        bc_report_string(r, "settings", "scan",
                         s->scan == BC_SCAN_SERPENTINE ? "serpentine" : "raster");
    if (s->kernel && s->strength != 1.0)
        bc_report_number(r, "settings", "strength", s->strength);
    bc_report_string(r, "settings", "rounding",
                     s->rounding == BC_ROUND_NEAREST ? "nearest" : "truncate");
    bc_report_string(r, "settings", "light", sees_light ? "linear" : "coded");
}

/* What was done in full: enough to do it again. */
static void add_settings(bc_report *r, const bci_image_job *j, const bc_image_result *m)
{
    const bc_image_settings *s = &j->settings;

    if (bci_image_is_ruled(s))
        add_ruler(r, s);
    else
        add_levels(r, j);
    if (!j->palette_text)
        bc_report_integer(r, "settings", "container_bits", (uint64_t)m->output_depth);
    add_dither(r, s);
    bc_report_integer(r, "settings", "seed", s->seed);
    if (m->step > 0.0)
        bc_report_number(r, "settings", "step", m->step);
    bc_report_integer(r, "settings", "threads", (uint64_t)m->n_threads);
    bc_report_string(r, "settings", "cpu", m->cpu_level);
}

double bci_image_expected_snr_db(const bc_image_settings *s, const bc_image_result *m)
{
    const bool in_coded = !s->linear_light || !bci_image_has_noise(s);
    const bc_grid steps = { .family = BC_GRID_AFFINE, .hi = 1, .den = 1.0 / m->step };

    if (s->kernel || !in_coded || !(m->step > 0.0) || s->rounding != BC_ROUND_NEAREST ||
        m->coded.sum_e2 == 0.0)
        return NAN;
    return bc_theory_snr_db(&steps, s->noise, m->coded.sum_x2 / (double)m->coded.n);
}

/* What two pictures differ by. */
static void add_difference(bc_report *r, const bc_account *a, const bc_error_sums *coded,
                           const bc_error_sums *linear, double blurred_psnr_db, double ssim,
                           uint32_t ssim_factor, bool knows_ends)
{
    bc_account_error(a, r, coded, knows_ends);
    bc_report_number(r, "metrics", "psnr_db", bc_error_psnr_db(coded, 1.0));
    bc_report_number(r, "metrics", "psnr_linear_db", bc_error_psnr_db(linear, 1.0));
    bc_report_number(r, "metrics", "psnr_blurred_db", blurred_psnr_db);
    bc_report_number(r, "metrics", "blur_sigma", isnan(blurred_psnr_db) ? NAN : BC_BLURRED_SIGMA);
    bc_report_number(r, "metrics", "ssim", ssim);
    if (!isnan(ssim))
        bc_report_integer(r, "metrics", "ssim_scale", ssim_factor);
    bc_report_number(r, "metrics", "mean_light_error", bc_error_mean(linear));
}

static void add_metrics(bc_report *r, const bc_account *a, const bc_image_settings *s,
                        const bc_image_result *m)
{
    add_difference(r, a, &m->coded, &m->linear, m->blurred_psnr_db, m->ssim, m->ssim_factor, true);
    if (m->palette.n_colours == 0)
        bc_report_integer(r, "metrics", "levels_used", m->n_levels_used);
    bc_report_number(r, "metrics", "entropy_bits", m->entropy_bits);
    bc_account_packed(r, m->raw_bytes, m->packed_bytes);
    if (m->input_size_bytes)
        bc_report_number(r, "metrics", "file_ratio",
                         (double)m->input_size_bytes / (double)m->output_size_bytes);
    bc_account_expected(r, bci_image_expected_snr_db(s, m), m->coded.n_clipped);
    if (m->step > 0.0)
        bc_report_number(r, "theory", "rule_of_thumb_db",
                         bc_theory_rule_of_thumb_db(log2(m->n_levels)));
    bc_report_number(r, "", "time_s", m->time_s);
}

void bci_image_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const bci_image_job *j = job;
    const bc_image_result *m = o->own;

    add_files(r, a, j, m);
    add_settings(r, j, m);
    add_metrics(r, a, &j->settings, m);
}

void bci_image_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r)
{
    const bc_image_comparison *m = o->own;

    (void)job;
    bci_image_input_facts(r, a->in, &m->a);
    bci_image_metadata_facts(r, &m->a);
    bc_report_string(r, "input", "salvaged", *m->salvaged[0] ? m->salvaged[0] : NULL);
    bc_report_string(r, "compared", "path", a->out);
    bc_report_string(r, "compared", "salvaged", *m->salvaged[1] ? m->salvaged[1] : NULL);
    bc_report_string(r, "compared", "format", m->b.format);
    bc_report_string(r, "compared", "colours", colours_of(&m->b));
    bc_report_integer(r, "compared", "depth_bits", (uint64_t)m->b.depth);
    add_difference(r, a, &m->coded, &m->linear, m->blurred_psnr_db, m->ssim, m->ssim_factor, false);
}
