/* Knows how a picture in memory is reduced. */
#include "image/planes.h"

bc_status bc_image_codes(const bc_image_info *info, const void *samples,
                         const bc_image_settings *settings, uint16_t *codes, bc_error *err)
{
    bci_planes *planes = NULL;
    const bc_status st = bci_planes_new(info, settings, UINT16_MAX, &planes, err);

    if (!st)
        bci_planes_reduce(planes, samples, info->height, codes);
    bci_planes_free(planes);
    return st;
}
