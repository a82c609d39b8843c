/* The block formats of GGML as their definitions read, for the benchmark. */
#ifndef REFERENCE_BLOCKS_H
#define REFERENCE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/* Encode n finite numbers, a multiple of the block's length, without importance. */
typedef struct {
    const char *name;
    void (*encode)(const float *x, size_t n, uint8_t *out);
} reference_row;

/* One for each GGML type, and one without a name. */
extern const reference_row reference_rows[];

#endif
