/* Knows how the weights of an open file are read, as bytes and as numbers. */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/coded_decode.h"
#include "tensor/element.h"
#include "tensor/float_bits.h"

bc_status bc_tensor_read(const bc_tensor_file *f, size_t i, uint64_t byte_offset, void *buf,
                         size_t n, bc_error *err)
{
    assert(!f->tensors[i].coding);
    return bci_tensor_read_raw(f, &f->tensors[i], byte_offset, buf, n, err);
}

enum { RAW_ROOM = 16384, LONGEST_BLOCK = 256, WIDE_CHUNK = 1024 };

/* Floats are read to where they are wanted. */
static bc_status read_floats(const bc_tensor_file *f, size_t i, uint64_t first, size_t n,
                             float *out, bc_error *err)
{
    const bc_status st = bc_tensor_read(f, i, first * sizeof *out, out, n * sizeof *out, err);

    if (!st)
        bci_decode_f32(out, n, out);
    return st;
}

bc_status bc_tensor_read_f32(const bc_tensor_file *f, size_t i, uint64_t first, size_t n,
                             float *out, bc_error *err)
{
    const bc_tensor_info *info = bc_tensor_at(f, i);
    const bc_element_type *type = info->type;
    const uint32_t length = type->block_length;
    bci_decoder *const decode = bci_element_decoder(type);
    const size_t most = RAW_ROOM / type->block_bytes;
    uint8_t raw[RAW_ROOM];
    float block[LONGEST_BLOCK];

    assert(first <= info->n_elements && n <= info->n_elements - first);
    if (f->tensors[i].coding)
        return bci_coded_read(f, f->tensors[i].coding, first, n, out, err);
    assert(length <= LONGEST_BLOCK);
    if (!decode)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: tensor %s holds %s, expected a type of floats",
                        f->parts[f->tensors[i].part]->name, bci_show_name(info->name).text,
                        type->name);
    if (decode == bci_decode_f32)
        return read_floats(f, i, first, n, out, err);
    while (n > 0) {
        const size_t skip = (size_t)(first % length);
        const bool is_part = skip > 0 || n < length; /* of one block */
        const size_t n_blocks = is_part ? 1 : n / length < most ? n / length : most;
        const size_t n_whole = n_blocks * length - skip, now = n_whole < n ? n_whole : n;
        const bc_status st = bc_tensor_read(f, i, first / length * type->block_bytes, raw,
                                            n_blocks * type->block_bytes, err);

        if (st)
            return st;
        decode(raw, n_blocks, is_part ? block : out);
        if (is_part)
            memcpy(out, block + skip, now * sizeof *out);
        out += now;
        first += now;
        n -= now;
    }
    return BC_OK;
}

/* Doubles in the bytes of an array of them, which is where they are read to. */
static void doubles_of(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *bytes = (const uint8_t *)&x[i];
        uint64_t bits = 0;

        for (int k = 7; k >= 0; k--)
            bits = bits << 8 | bytes[k];
        memcpy(&x[i], &bits, sizeof bits);
    }
}

bc_status bc_tensor_read_f64(const bc_tensor_file *f, size_t i, uint64_t first, size_t n,
                             double *out, bc_error *err)
{
    float narrow[WIDE_CHUNK];
    bc_status st = BC_OK;

    if (bci_element_is_f64(bc_tensor_at(f, i)->type)) {
        st = bc_tensor_read(f, i, first * sizeof *out, out, n * sizeof *out, err);
        if (!st)
            doubles_of(out, n);
        return st;
    }
    for (size_t at = 0; !st && at < n; at += WIDE_CHUNK) {
        const size_t m = n - at < WIDE_CHUNK ? n - at : WIDE_CHUNK;

        st = bc_tensor_read_f32(f, i, first + at, m, narrow, err);
        for (size_t k = 0; !st && k < m; k++)
            out[at + k] = (double)narrow[k];
    }
    return st;
}
