/* Knows how a picture in memory is reduced. */
#include "image/planes.h"

static bc_status lay(const bc_image_info *info, const void *samples, const bc_image_settings *s,
                     bci_image_rulers *out, bc_error *err)
{
    bci_image_seen seen;
    bc_status st;

    if (s->scale == BC_SCALE_FULL)
        return bci_image_rulers_lay(s, NULL, out, err);
    st = bci_image_seen_new(info, &seen, err);
    if (st)
        return st;
    bci_image_see(&seen, samples, info->height);
    st = bci_image_rulers_lay(s, &seen, out, err);
    bci_image_seen_free(&seen);
    return st;
}

bc_status bc_image_codes(const bc_image_info *info, const void *samples,
                         const bc_image_settings *settings, uint16_t *codes, bc_error *err)
{
    const bool has_rulers = bci_image_is_ruled(settings) && !bci_image_has_runs(settings);
    bci_image_rulers rulers;
    bci_planes *planes = NULL;
    bc_status st = bci_image_check_ruler(settings, err);

    if (!st && has_rulers)
        st = lay(info, samples, settings, &rulers, err);
    if (!st)
        st = bci_planes_new(info, settings, has_rulers ? &rulers : NULL, UINT16_MAX, &planes, err);
    if (!st)
        bci_planes_reduce(planes, samples, info->height, codes);
    bci_planes_free(planes);
    return st;
}
