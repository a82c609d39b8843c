/* Knows how a picture is read twice. */
#include "image/replay.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "image/grey.h"

enum { BATCH_BYTES = 1 << 18, MEMORY = 64 << 20 };

static bc_status read_all(bc_image_reader *r, bci_spool *spool,
                          void (*see)(void *context, const void *rows, uint32_t n), void *context,
                          bc_error *err)
{
    const bc_image_info *info = &r->info;
    const size_t row_bytes = bci_image_row_bytes(info);
    const uint32_t n_batch = row_bytes < BATCH_BYTES ? (uint32_t)(BATCH_BYTES / row_bytes) : 1;
    void *rows = malloc(n_batch * row_bytes);
    bc_status st = rows ? BC_OK
                        : bci_fail(err, BC_E_LIMIT, "%s: out of memory for rows of %u pixel(s)",
                                   r->source->name, info->width);

    for (uint32_t y = 0, n; !st && y < info->height; y += n) {
        n = info->height - y < n_batch ? info->height - y : n_batch;
        st = bc_image_read(r, rows, n, err);
        if (!st && spool)
            st = bci_spool_put(spool, rows, n * row_bytes, err);
        if (!st)
            see(context, rows, n);
    }
    free(rows);
    return st;
}

bc_status bci_image_replay(bc_image_reader **r, const char *path, bool as_grey,
                           void (*see)(void *context, const void *rows, uint32_t n), void *context,
                           bc_error *err)
{
    const uint64_t size = (uint64_t)bci_image_row_bytes(&(*r)->info) * (*r)->info.height;
    const bool is_file = (*r)->source->size_bytes != UINT64_MAX && (*r)->source->fd != STDIN_FILENO;
    bci_spool *spool = NULL;
    bc_status st = BC_OK;

    if (size <= MEMORY || !is_file)
        st =
            bci_image_take_memory(*r, size < MEMORY ? size : MEMORY, 1, "keeping the samples", err);
    if (!st && (size <= MEMORY || !is_file))
        st = bci_spool_new(size < MEMORY ? (size_t)size : MEMORY, &spool, err);
    if (!st)
        st = read_all(*r, spool, see, context, err);
    if (st) {
        bci_spool_free(spool);
        return st;
    }
    if (spool) {
        (*r)->replay = spool;
        (*r)->rows_read = 0;
        return BC_OK;
    }
    const bc_image_info first = (*r)->info;
    const bc_reading reading = (*r)->reading;

    bc_image_reader_free(*r);
    *r = NULL;
    st = bci_image_open_as(path, &reading, as_grey, r, NULL, err);
    if (!st && ((*r)->info.width != first.width || (*r)->info.height != first.height ||
                (*r)->info.n_channels != first.n_channels || (*r)->info.maxval != first.maxval))
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: changed while it was read, expected the same picture "
                      "twice",
                      path);
    return st;
}
