/* Shared-internal: whether settings of a picture ask for noise, or for any kind of dither. */
#ifndef BCI_IMAGE_DITHERED_H
#define BCI_IMAGE_DITHERED_H

#include "bitcrush/image.h"

static inline bool bci_image_has_noise(const bc_image_settings *s)
{
    return s->noise && s->noise->form != BC_NOISE_NONE;
}

static inline bool bci_image_is_dithered(const bc_image_settings *s)
{
    return s->kernel || bci_image_has_noise(s);
}

#endif
