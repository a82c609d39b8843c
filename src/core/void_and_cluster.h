/* Shared-internal: void-and-cluster, the order in which the cells of a tile become ones so
 * that every stage is a blue-noise pattern. For the program that makes the tables of
 * blue_noise.c and for their test; not part of the library. */
#ifndef BCI_VOID_AND_CLUSTER_H
#define BCI_VOID_AND_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

enum { BCI_MASK_SIDE_MAX = 256 }; /* so that a rank fits 16 bits */

/* The seed of the tables in blue_noise.c: "bitc", as BC_DEFAULT_SEED. */
#define BCI_BLUE_NOISE_SEED UINT64_C(0x62697463)

/* Fill rank[0 .. side^2), row-major, with 0 .. side^2 - 1, each once; the cells below any
 * rank r are evenly spread on the torus. side is a power of two from 4 to 256. Integer
 * arithmetic throughout: the same ranks on every platform. False when out of memory.
 * Source: Ulichney, "The void-and-cluster method for dither array generation", Proc. SPIE
 * 1913, 1993. */
bool bci_void_and_cluster(uint32_t side, uint64_t seed, uint16_t *rank);

#endif
