/* Shared-internal: the power of one segment by frequency. */
#ifndef BCI_FOURIER_H
#define BCI_FOURIER_H

#include <stdint.h>

#include "bitcrush/status.h"

typedef struct bci_fourier bci_fourier;

/* A transform of `length` real values. BC_E_LIMIT when memory is short, BC_E_UNSUPPORTED in a
 * build without FFTW. Free with bci_fourier_free. */
BC_NODISCARD bc_status bci_fourier_new(uint32_t length, bci_fourier **out, bc_error *err);

/* Where to put the values; bci_fourier_add_power overwrites them. */
double *bci_fourier_values(const bci_fourier *f);

/* Transform the values and add |X[k]|^2, with X[k] = sum x[i] exp(-2 pi j i k / length), to
 * power[k] for k = 0 .. length / 2. */
void bci_fourier_add_power(bci_fourier *f, double *power);

/* Release; NULL is fine. */
void bci_fourier_free(bci_fourier *f);

#endif
