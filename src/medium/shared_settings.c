/* Knows how a dither that is noise is named. */
#include "medium/noise_setting.h"

#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/setting.h"

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
    if (bc_kernel_find(text))
        return bc_setting_refuse(err, "dither", text, "passes errors on in pictures, expected %s",
                                 instead);
    for (size_t i = 0; i < n; i++)
        near = rows[i].mask_side == 0 ? bc_nearer_name(near, rows[i].name, text) : near;
    return bc_setting_unknown(err, "dither", text, near,
                              "unknown, expected a noise that `list` shows");
}
