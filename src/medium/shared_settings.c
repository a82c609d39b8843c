/* Knows how settings that several media have are read. */
#include "medium/shared_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/shaper.h"

void bci_grid_name(const bc_spec *spec, char *to, size_t size)
{
    if (spec->kind != BC_SPEC_EVEN)
        snprintf(to, size, "%s", spec->name);
    else if (spec->bits <= 16.0 && spec->bits == floor(spec->bits))
        bci_format(to, size, "uniform%.0f", spec->bits);
    else
        bci_format(to, size, "levels%.0f", spec->levels);
}

bc_status bci_check_needs(const bci_need *needs, size_t n, const bc_settings *given,
                          const void *job, bc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (bc_setting_value(given, needs[i].key) && !needs[i].is_met(job))
            return bci_fail(err, BC_E_USAGE, "`%s`: %s", needs[i].key, needs[i].why);
    return BC_OK;
}

const bc_scale_row *bci_scale_row(bc_scale_method method)
{
    const bc_scale_row *rows;
    const size_t n = bc_scale_rows(&rows);
    size_t i = 0;

    while (i + 1 < n && rows[i].method != method)
        i++;
    return &rows[i];
}

bc_status bci_scale_setting(int place, bc_scale_method usual, bool has_percent,
                            bc_scale_method *method, bc_error *err)
{
    const bc_scale_row *rows;
    const size_t n = bc_scale_rows(&rows);

    *method = place >= 0 && (size_t)place < n ? rows[place].method : usual;
    return has_percent && *method != BC_SCALE_PERCENTILE
               ? bci_fail(err, BC_E_USAGE, "`percent`: expected `scale=percentile` beside it")
               : BC_OK;
}

bc_status bci_refuse_beside_blocks(const bc_block_format *blocks, const char *key, bc_error *err)
{
    if (blocks->block_length == 1)
        return bci_fail(err, BC_E_USAGE,
                        "%s: floats as files have them take no scale, expected no `%s`, or the "
                        "grid float16 or bfloat16",
                        blocks->name, key);
    if (strcmp(key, "group") == 0)
        return bci_fail(err, BC_E_USAGE, "%s: its groups are blocks of %u, expected no `group`",
                        blocks->name, blocks->block_length);
    return bci_fail(err, BC_E_USAGE, "%s: its blocks have scales of their own, expected no `%s`",
                    blocks->name, key);
}

bc_status bci_noise_setting(const char *text, const char *instead, const bc_noise **noise,
                            bc_error *err)
{
    const bc_noise *rows, *found = bc_noise_find(text);
    const size_t n = bc_noise_rows(&rows);
    const char *near = bc_nearer_name(NULL, "auto", text);

    if (strcmp(text, "auto") == 0)
        return BC_OK;
    if (found) {
        *noise = found;
        return BC_OK;
    }
    if (bc_diffusion_find(text))
        return bc_setting_refuse(err, "dither", text, "passes errors on in pictures, expected %s",
                                 instead);
    for (size_t i = 0; i < n; i++)
        near = rows[i].mask_side == 0 ? bc_nearer_name(near, rows[i].name, text) : near;
    return bc_setting_unknown(err, "dither", text, near,
                              "unknown, expected a noise that `list` shows");
}

bc_status bci_refuse_mask(const bc_noise *noise, bc_error *err)
{
    return noise && noise->mask_side > 0
               ? bci_fail(
                     err, BC_E_USAGE,
                     "`dither=%s` is a mask for pictures, expected none, rpdf, tpdf, hptpdf or "
                     "gaussian",
                     noise->name)
               : BC_OK;
}

bc_status bci_check_cut(bc_rounding rounding, const bc_noise *noise, bc_error *err)
{
    const bool has_noise = noise && noise->form != BC_NOISE_NONE;

    return rounding == BC_ROUND_TRUNCATE && has_noise
               ? bci_fail(err, BC_E_USAGE,
                          "`rounding=truncate` is the bare cut and takes no dither, expected "
                          "`dither=none`")
               : BC_OK;
}

/* A name of the kinds that a medium has. */
static const char *nearest_feedback(const char *text, bc_feedback_kind kind)
{
    const bc_diffusion *kernels;
    const bc_shaper_row *shapers;
    const size_t n_kernels = kind == BC_FEEDBACK_PLANE ? bc_diffusion_rows(&kernels) : 0;
    const size_t n_shapers = kind == BC_FEEDBACK_TIME ? bc_shaper_rows(&shapers) : 0;
    const char *near = bc_nearer_name(NULL, "none", text);

    for (size_t i = 0; i < n_kernels; i++)
        near = bc_nearer_name(near, kernels[i].name, text);
    for (size_t i = 0; i < n_shapers; i++)
        near = bc_nearer_name(near, shapers[i].name, text);
    if (kind == BC_FEEDBACK_TIME)
        near = bc_nearer_name(near, "ath", text);
    return kind == BC_FEEDBACK_ROWS ? bc_nearer_name(near, "rows", text) : near;
}

bc_status bci_feedback_check(const char *text, const bci_feedbacks *has, bc_error *err)
{
    const bc_feedback_row *row = text ? bc_feedback_find(text) : NULL;
    const bc_noise *noise = text ? bc_noise_find(text) : NULL;
    const bool is_for_it = noise && (noise->mask_side == 0 ||
                                     has->kind == BC_FEEDBACK_PLANE); /* not a mask elsewhere */
    char expected[120];

    if (!text || (row && (row->kind == has->kind || row->kind == BC_FEEDBACK_NONE)))
        return BC_OK;
    if (row)
        return bci_fail(err, BC_E_USAGE, "`feedback=%s`: %s, expected %s", text, row->elsewhere,
                        has->expected);
    if (noise)
        return bci_fail(err, BC_E_USAGE,
                        "`feedback=%s`: adds noise and passes no errors on, expected %s%s%s", text,
                        is_for_it ? "`dither=" : has->expected, is_for_it ? text : "",
                        is_for_it ? "`" : "");
    if (has->has_files && access(text, F_OK) == 0)
        return BC_OK;
    snprintf(expected, sizeof expected, "unknown%s, expected %s",
             has->has_files ? " and no file" : "", has->expected);
    return bc_setting_unknown(err, "feedback", text, nearest_feedback(text, has->kind), expected);
}

bc_status bci_cut_globs(const char *key, const char *text, char **copy,
                        const char *globs[BCI_MAX_GLOBS], size_t *n, bc_error *err)
{
    *n = 0;
    if (!text)
        return BC_OK;
    *copy = strdup(text);
    if (!*copy)
        return bci_fail(err, BC_E_LIMIT, "out of memory for the patterns of `%s`", key);
    for (char *glob = *copy; glob; (*n)++) {
        char *comma = strchr(glob, ',');

        if (*n == BCI_MAX_GLOBS)
            return bci_fail(err, BC_E_USAGE, "too many globs %s: expected %d at most", text,
                            BCI_MAX_GLOBS);
        if (comma)
            *comma++ = '\0';
        if (!*glob)
            return bc_setting_refuse(err, key, text,
                                     "a pattern is empty, expected one on either side of a comma");
        globs[*n] = glob;
        glob = comma;
    }
    return BC_OK;
}

void bci_choice_of_spec(const void *job, const char *spec, char *to, size_t size)
{
    (void)job;
    snprintf(to, size, "%s%s", spec, spec[strspn(spec, "0123456789.")] == '\0' ? "bit" : "");
}
