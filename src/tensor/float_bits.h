/* Shared-internal: n numbers of a file, little-endian, as floats. F64 is rounded to nearest,
 * ties to even; the others are exact. */
#ifndef BCI_FLOAT_BITS_H
#define BCI_FLOAT_BITS_H

#include <stddef.h>

void bci_decode_f64(const void *blocks, size_t n, float *out);
void bci_decode_f32(const void *blocks, size_t n, float *out);
void bci_decode_f16(const void *blocks, size_t n, float *out);
void bci_decode_bf16(const void *blocks, size_t n, float *out);
void bci_decode_e4m3(const void *blocks, size_t n, float *out);
void bci_decode_e5m2(const void *blocks, size_t n, float *out);
void bci_decode_e4m3fnuz(const void *blocks, size_t n, float *out);
void bci_decode_e5m2fnuz(const void *blocks, size_t n, float *out);
void bci_decode_e8m0(const void *blocks, size_t n, float *out);

#endif
