/* Knows pictures as a medium. */
#include "bitcrush/medium.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/dithered.h"
#include "image/excerpt.h"
#include "image/facts.h"
#include "image/request.h"
#include "image/ruler.h"
#include "image/sheet.h"
#include "image/show.h"
#include "medium/shared_settings.h"

static void choice(const void *job, const char *spec, char *to, size_t size)
{
    const bci_image_job *j = job;
    const char *slash = j->palette_text ? strrchr(j->palette_text, '/') : NULL;
    const char *name = slash ? slash + 1 : j->palette_text;
    const char *dot = name ? strrchr(name, '.') : NULL;

    if (bci_image_is_ruled(&j->settings))
        bci_choice_of_spec(job, spec, to, size);
    else if (j->channels)
        snprintf(to, size, "%s", j->channels);
    else if (!name)
        snprintf(to, size, "%dbit", j->settings.bits);
    else if (!j->settings.palette)
        snprintf(to, size, "%ucolours", j->settings.n_colours);
    else
        snprintf(to, size, "%.*s", dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
}

static const char *ending(const void *job, const char *in)
{
    (void)job, (void)in;
    return ".png";
}

static void free_own(bc_outcome *o)
{
    free(o->own);
}

static void free_result(bc_outcome *o)
{
    bc_image_result *m = o->own;

    if (m)
        bc_image_code_counts_free(m->codes);
    free(m);
}

static bc_status short_of_memory(bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "out of memory for a picture");
}

/* --- deeds */

static void name_result(const bci_image_job *j, const bc_image_result *m, bc_outcome *o)
{
    const bool has_bits = !m->palette.n_colours && !j->channels;
    const int bits = j->settings.bits;

    if (j->channels)
        snprintf(o->title, sizeof o->title, "%.32s bit%s a channel", j->channels,
                 strcmp(j->channels, "1") == 0 ? "" : "s");
    else if (m->palette.n_colours)
        snprintf(o->title, sizeof o->title, "%u colour%s", m->palette.n_colours,
                 m->palette.n_colours == 1 ? "" : "s");
    else if (bci_image_is_ruled(&j->settings))
        snprintf(o->title, sizeof o->title, "%s%s", j->settings.spec.name,
                 j->settings.spec.kind == BC_SPEC_EVEN ? " bits" : "");
    else
        snprintf(o->title, sizeof o->title, "%d bit%s", bits, bits == 1 ? "" : "s");
    o->bits = !has_bits                          ? (double)NAN
              : bci_image_is_ruled(&j->settings) ? j->settings.spec.bits
                                                 : (double)bits;
}

static bc_status reduce(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    bci_image_job *j = job;
    bc_image_result *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_image_reduce(paths[0], paths[1], &j->settings, m, err) : short_of_memory(err);

    if (!st || st == BC_E_QUALITY) {
        name_result(j, m, o);
        o->error = &m->coded;
        snprintf(o->salvaged[0], sizeof o->salvaged[0], "%s", m->salvaged);
    }
    return st;
}

static bc_status compare(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_image_job *j = job;
    bc_image_comparison *m = o->own = calloc(1, sizeof *m);
    const bc_status st = m ? bc_image_compare(paths[0], paths[1], &j->settings.reading, m, err)
                           : short_of_memory(err);

    if (!st) {
        o->error = &m->coded;
        memcpy(o->salvaged, m->salvaged, sizeof o->salvaged);
    }
    return st;
}

static bc_status gate(const void *job, const bc_outcome *o, const bc_account *a, bc_error *err)
{
    const bci_image_job *j = job;

    return bc_error_gate(o->error, 0, j->settings.min_snr_db, a->out, "SNR", "", err);
}

/* --- looking */

/* Is there damage, and is it passed over? What is refused for other reasons is not. */
static bool salvages(const char *path, const bc_reading *reading)
{
    bc_image_reader *r;

    if (bc_image_open_with(path, reading, &r, NULL))
        return false;
    const bc_image_info *info = bc_image_get_info(r);
    void *row = malloc((size_t)info->width * info->n_channels * sizeof(uint16_t));
    bc_status st = row ? BC_OK : BC_E_LIMIT;

    for (uint32_t y = 0; !st && y < info->height; y++)
        st = bc_image_read(r, row, 1, NULL);
    const bool is_saved = !st && *bc_image_salvaged(r);

    free(row);
    bc_image_reader_free(r);
    return is_saved;
}

static const char *file_of(const char *key, const char *value)
{
    bc_palette ignored;

    return strcmp(key, "palette") == 0 && !bci_image_takes(value) &&
                   bc_palette_named(value, &ignored, NULL)
               ? "palette"
               : NULL;
}

static bc_status measure(const bc_request *request, bc_series *s, int bits, bc_error *err)
{
    bc_depth_row *row = &s->rows[bits - s->first];
    bci_image_job j;
    bc_image_result m;
    bc_status st = bci_image_prepare_bits(bits, request, &j, err);

    j.settings.dry_run = true;
    j.settings.skip_quality = !s->has_figures;
    j.settings.skip_encoding = !s->has_figures;
    j.settings.format = "png";
    if (!st)
        st = bc_image_reduce(s->path, "-", &j.settings, &m, err);
    if (st)
        return st;
    snprintf(row->grid, sizeof row->grid, "uniform%d", bits);
    row->scale = bci_scale_row(j.settings.scale)->name;
    bci_image_group_name(&j.settings, row->group, sizeof row->group);
    bc_depth_row_error(row, &m.coded);
    row->theory_snr_db = bci_image_expected_snr_db(&j.settings, &m);
    row->psnr_db = bc_error_psnr_db(&m.coded, 1.0);
    row->psnr_blurred_db = m.blurred_psnr_db;
    row->ssim = m.ssim;
    row->entropy_bits = m.entropy_bits;
    row->file_bytes = s->has_figures ? m.output_size_bytes : 0;
    bc_depth_row_sizes(row, m.raw_bytes, m.packed_bytes);
    s->light = j.settings.linear_light ? "linear" : "coded";
    s->seed = j.settings.seed;
    s->is_bare = !bci_image_is_dithered(&j.settings);
    if (s->input && bits == s->last)
        bci_image_input_facts(s->input, s->path, &m.input);
    return BC_OK;
}

static bc_status sweep(const bc_request *request, bc_series *s, bc_error *err)
{
    bc_status st = BC_OK;

    for (int bits = s->first; !st && bits <= s->last; bits++, s->n_done++)
        st = measure(request, s, bits, err);
    return st;
}

const bc_medium bc_pictures = {
    .name = "image",
    .things = "pictures",
    .thing = "picture",
    .kind = "picture",
    .signal = "the signal is",
    .files = "photo.png",
    .program = "bitcrush-image",
    .spec = "bits",
    .expected = "FILE SPEC, for example photo.png 4",
    .probe = bc_image_probe,
    .salvages = salvages,
    .takes = bci_image_takes,
    .replaces_spec = bci_image_replaces_spec,
    .settings = bci_image_setting_rows,
    .n_settings = BCI_IMAGE_SETTINGS,
    .prepare = bci_image_prepare,
    .release = free,
    .choice = choice,
    .ending = ending,
    .may_replace_input = true,
    .deeds = { [BC_REDUCE] = { .run = reduce,
                               .release = free_result,
                               .facts = bci_image_reduce_facts },
               [BC_COMPARE] = { .run = compare,
                                .release = free_own,
                                .facts = bci_image_compare_facts,
                                .gate = gate,
                                .expected = "compare A B, two pictures of one size",
                                .minds = " min-snr force threads salvage max-memory max-pixels " },
               [BC_INFO] = { .run = bci_image_census,
                             .release = bci_image_census_free,
                             .facts = bci_image_census_facts,
                             .minds = " force threads salvage max-memory max-pixels " } },
    .excerpt = bci_image_excerpt,
    .sweep = sweep,
    .swept =
        " scale percent group feedback rounding gray light scan strength seed fast small threads salvage "
        "max-memory max-pixels ",
    .most_bits = 16,
    .dither = "floyd-steinberg",
    .asked_as = "auto",
    .n_bits_are = "2^n levels of the coded values",
    .show = bci_image_show,
    .sheet = bci_image_sheet,
    .file_of = file_of,
};
