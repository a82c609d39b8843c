/* Knows how a test makes a file of weights and reduces it. */
#ifndef REDUCED_H
#define REDUCED_H

#include "weights.h"

/* A .npy file of n_rows rows of `row` floats of `size` bytes, 4 or 8. */
static inline const char *save_npy_of(size_t size, const char *name, size_t n_rows, size_t row,
                                      const void *x)
{
    const char *path = path_of(name);
    char head[129];
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    memset(head, ' ', 128);
    memcpy(head, "\x93NUMPY\x01\0v\0", 10);
    head[10 + snprintf(head + 10, 118,
                       "{'descr': '<f%zu', 'fortran_order': False, 'shape': (%zu, %zu), }", size,
                       n_rows, row)] = ' ';
    head[127] = '\n';
    fwrite(head, 1, 128, f);
    fwrite(x, size, n_rows * row, f);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline const char *save_npy(const char *name, size_t n_rows, size_t row, const float *x)
{
    return save_npy_of(sizeof *x, name, n_rows, row, x);
}

static inline bc_tensor_result reduce(const char *in, const char *out, bc_tensor_settings s)
{
    bc_tensor_result r;
    bc_error err = { 0 };

    s.force = true;
    if (bc_tensor_reduce(in, out, &s, &r, &err))
        fail_msg("%s: %s", s.format, err.text);
    return r;
}

/* The first n weights of the first tensor of a file. */
static inline void read_all(const char *path, size_t n, float *out)
{
    bc_tensor_file *f;
    bc_error err = { 0 };

    EXPECT(bc_tensor_file_open(path, &f, &err) == BC_OK, "%s", err.text);
    EXPECT(bc_tensor_read_f32(f, 0, 0, n, out, &err) == BC_OK, "%s", err.text);
    bc_tensor_file_free(f);
}

#endif
