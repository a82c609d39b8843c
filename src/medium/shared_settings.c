/* Knows how settings that several media have are read. */
#include "medium/shared_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/feedback.h"

const bc_scale_row *bci_scale_row(bc_scale_method method)
{
    const bc_scale_row *rows;
    const size_t n = bc_scale_rows(&rows);
    size_t i = 0;

    while (i + 1 < n && rows[i].method != method)
        i++;
    return &rows[i];
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
               ? bci_fail(err, BC_E_USAGE,
                          "dither %s is a mask for pictures, expected none, rpdf, tpdf, hptpdf or "
                          "gaussian",
                          noise->name)
               : BC_OK;
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
