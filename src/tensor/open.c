/* Knows how a file of weights is opened: by its first bytes, then what belongs together is put
 * together. */
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/input.h"
#include "tensor/coded_layouts.h"
#include "tensor/formats.h"

bc_status bc_tensor_file_open(const char *path, bc_tensor_file **out, bc_error *err)
{
    return bc_tensor_file_open_with(path, NULL, out, err);
}

bc_status bc_tensor_file_open_with(const char *path, const bc_reading *reading,
                                   bc_tensor_file **out, bc_error *err)
{
    return bci_tensor_file_open_beside(path, reading, 0, out, err);
}

bc_status bci_tensor_file_open_beside(const char *path, const bc_reading *reading, uint64_t taken,
                                      bc_tensor_file **out, bc_error *err)
{
    bc_tensor_file *f = calloc(1, sizeof *f);
    uint8_t head[BC_HEAD_SIZE];

    if (f)
        f->memory = taken;
    if (f && reading)
        f->reading = *reading;
    bc_status st = f ? bci_tensor_file_add_part(f, path, err) : bci_tensor_short(path, err);

    if (st)
        goto done;
    const size_t n =
        f->parts[0]->size_bytes < sizeof head ? (size_t)f->parts[0]->size_bytes : sizeof head;

    st = bci_seekable_read(f->parts[0], 0, head, n, err);
    if (st)
        goto done;
    f->format = bci_tensor_format_of(head, n);
    if (!f->format) {
        st =
            bci_fail(err, BC_E_FORMAT,
                     "%s: holds no weights that are known here, expected GGUF, safetensors (or its "
                     "index) or NumPy",
                     path);
        goto done;
    }
    st = f->format->open(f, err);
    if (!st)
        st = bci_tensor_file_index(f, err);
    const size_t n_apart = f->n_tensors;

    if (!st)
        st = bci_tensor_file_join(f, err);
    if (!st && f->n_tensors < n_apart)
        st = bci_tensor_file_index(f, err);
    if (st)
        goto done;
    *out = f;
    f = NULL;
done:
    bc_tensor_file_free(f);
    return st;
}

void bc_tensor_file_free(bc_tensor_file *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n_tensors; i++)
        bci_coding_free(f->tensors[i].coding);
    bci_tensor_file_close(f);
}
