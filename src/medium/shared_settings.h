/* Shared-internal: the setting dither of media that take noise alone. */
#ifndef BCI_NOISE_SETTING_H
#define BCI_NOISE_SETTING_H

#include "bitcrush/noise.h"

/* The row of a name; "auto" leaves *noise as it is. BC_E_USAGE with the nearest name for an unknown
 * one, and for a diffusion, which is for pictures, with what is expected instead of it. */
BC_NODISCARD bc_status bci_noise_setting(const char *text, const char *instead,
                                         const bc_noise **noise, bc_error *err);

#endif
