/* Knows how the head of a .npy file is put together, byte for byte as NumPy does it. */
#include "tensor/npy_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"

enum { DATA_MULTIPLE = 64 };

static void put(bci_bytes *head, const char *text)
{
    bci_bytes_put(head, text, strlen(text));
}

bc_status bci_npy_plan(bci_tensor_writer *w, bc_error *err)
{
    const bc_tensor_info *info = w->tensors;
    bci_bytes *head = &w->head;
    char descr[80], number[24];
    size_t shape_at, n_first = 0;

    if (w->n_tensors != 1)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: %zu tensor(s), a .npy file holds one; `drop` leaves others out",
                        w->name, w->n_tensors);
    if (!info->type->npy)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: tensor %s is %s, a type that .npy lacks",
                        w->name, bci_show_name(info->name).text, info->type->name);
    w->n_left_out = w->pairs->n;
    bci_bytes_put(head, "\x93NUMPY\x01\x00\x00\x00", 10); /* the length, below */
    snprintf(descr, sizeof descr, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
             info->type->block_bytes > 1 ? '<' : '|', info->type->npy);
    put(head, descr);
    shape_at = head->n;
    for (uint32_t i = 0; i < info->n_dims; i++) {
        snprintf(number, sizeof number, "%s%" PRIu64, i ? ", " : "", info->dims[i]);
        put(head, number);
        n_first = i == 0 ? head->n - shape_at : n_first;
    }
    put(head, info->n_dims == 1 ? ",), }" : "), }");
    /* NumPy leaves room for the first dimension to grow to 21 digits. */
    if (info->n_dims > 0)
        for (size_t i = n_first; i < 21; i++)
            put(head, " ");
    do /* 1 to 64 spaces */
        put(head, " ");
    while ((head->n + 1) % DATA_MULTIPLE != 0 && !head->is_short);
    put(head, "\n");
    if (head->is_short)
        return bci_tensor_short(w->name, err);
    head->data[8] = (uint8_t)(head->n - 10);
    head->data[9] = (uint8_t)((head->n - 10) >> 8);
    return BC_OK;
}
