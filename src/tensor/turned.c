/* Knows how an array in Fortran order becomes rows, in bounded memory: a band of rows at a time, for which
 * a piece of each column is read. */
#include "tensor/turned.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum {
    BAND_BYTES = 16 << 20,
    N_BANDS = 4, /* threads are at several places, near to each other */
    MAX_ROWS = 1 << 16,
    WINDOW_BYTES = 1 << 16,
};

/* Elements in C order. */
typedef struct {
    uint8_t *bytes;
    uint64_t first, n, last_used;
} band;

struct bci_turned {
    pthread_mutex_t lock; /* of all that follows n_columns */
    const bci_seekable *in;
    uint64_t offset;
    size_t size; /* bytes of an element */
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    uint64_t n_rows, n_columns; /* of all dimensions but the last, and of that */
    uint64_t clock;
    band bands[N_BANDS];
    uint64_t *places;             /* of the rows of a band: where in a column they are */
    uint8_t *window;              /* what was read last */
    uint64_t window_at, window_n; /* elements, in the order of the file */
};

bci_turned *bci_turned_new(const bci_seekable *in, uint64_t offset, const bc_tensor_info *info)
{
    bci_turned *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    (void)pthread_mutex_init(&t->lock, NULL); /* does not fail without attributes */
    t->in = in;
    t->offset = offset;
    t->size = info->type->block_bytes;
    t->n_dims = info->n_dims;
    memcpy(t->dims, info->dims, sizeof t->dims);
    t->n_columns = info->dims[info->n_dims - 1];
    t->n_rows = t->n_columns ? info->n_elements / t->n_columns : 0;
    t->places = malloc(MAX_ROWS * sizeof *t->places);
    t->window = malloc(WINDOW_BYTES);
    if (t->places && t->window)
        return t;
    bci_turned_free(t);
    return NULL;
}

void bci_turned_free(bci_turned *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < N_BANDS; i++)
        free(t->bands[i].bytes);
    (void)pthread_mutex_destroy(&t->lock);
    free(t->places);
    free(t->window);
    free(t);
}

/* Where in each column of the file a row is: its indices, the first of them fastest. */
static uint64_t place_of(const bci_turned *t, uint64_t row)
{
    uint64_t place = 0, indices[BC_TENSOR_MAX_DIMS] = { 0 };

    for (uint32_t i = t->n_dims - 1; i-- > 0;) {
        indices[i] = row % t->dims[i];
        row /= t->dims[i];
    }
    for (uint32_t i = t->n_dims - 1; i-- > 0;)
        place = place * t->dims[i] + indices[i];
    return place;
}

/* The element `at` of the file in the window, which on a miss is read anew and ends before `end`. */
static bc_status look(bci_turned *t, uint64_t at, uint64_t end, const uint8_t **out, bc_error *err)
{
    bc_status st = BC_OK;

    if (at < t->window_at || at >= t->window_at + t->window_n) {
        const uint64_t most = WINDOW_BYTES / t->size, n = end - at < most ? end - at : most;

        t->window_n = 0;
        st =
            bci_seekable_read(t->in, t->offset + at * t->size, t->window, (size_t)n * t->size, err);
        if (st)
            return st;
        t->window_at = at;
        t->window_n = n;
    }
    *out = t->window + (size_t)(at - t->window_at) * t->size;
    return st;
}

/* Rows [row, row + n_rows) and columns [column, column + n_columns) into a band. What lies between two
 * columns is read, too, where it is less than what is wanted. */
static bc_status fill(bci_turned *t, band *b, uint64_t row, size_t n_rows, uint64_t column,
                      size_t n_columns, bc_error *err)
{
    const uint64_t n_all = t->n_rows * t->n_columns;
    uint64_t last = 0;
    bc_status st = BC_OK;

    for (size_t i = 0; i < n_rows; i++) {
        t->places[i] = place_of(t, row + i);
        last = t->places[i] > last ? t->places[i] : last;
    }
    const bool reads_on = 2 * n_rows >= t->n_rows || t->n_rows * t->size <= WINDOW_BYTES / 16;

    for (size_t c = 0; c < n_columns && !st; c++) {
        const uint64_t begin = (column + c) * t->n_rows;
        const uint64_t end = reads_on ? n_all : begin + last + 1;

        for (size_t i = 0; i < n_rows && !st; i++) {
            const uint8_t *from = NULL;

            st = look(t, begin + t->places[i], end, &from, err);
            if (!st)
                memcpy(b->bytes + (i * n_columns + c) * t->size, from, t->size);
        }
    }
    return st;
}

/* The band that has an element; the one that was not used for the longest time gives way. */
static bc_status find_band(bci_turned *t, uint64_t element, const band **out, bc_error *err)
{
    const uint64_t most = BAND_BYTES / t->size;
    band *oldest = &t->bands[0];

    for (size_t i = 0; i < N_BANDS; i++) {
        band *b = &t->bands[i];

        if (element >= b->first && element - b->first < b->n) {
            b->last_used = ++t->clock;
            *out = b;
            return BC_OK;
        }
        oldest = b->last_used < oldest->last_used ? b : oldest;
    }
    if (!oldest->bytes && !(oldest->bytes = malloc(BAND_BYTES)))
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for an array in Fortran order",
                        t->in->name);
    const uint64_t row = element / t->n_columns, fit = most / t->n_columns;
    const uint64_t n_left = t->n_rows - row, n_fit = fit < MAX_ROWS ? fit : MAX_ROWS;
    const uint64_t column = fit ? 0 : element % t->n_columns;
    const uint64_t n_rows = !fit ? 1 : n_left < n_fit ? n_left : n_fit;
    const uint64_t n_columns = fit                            ? t->n_columns
                               : t->n_columns - column < most ? t->n_columns - column
                                                              : most;

    oldest->n = 0;
    const bc_status st = fill(t, oldest, row, (size_t)n_rows, column, (size_t)n_columns, err);

    if (st)
        return st;
    oldest->first = row * t->n_columns + column;
    oldest->n = n_rows * n_columns;
    oldest->last_used = ++t->clock;
    *out = oldest;
    return BC_OK;
}

bc_status bci_turned_read(bci_turned *t, uint64_t first, size_t n, void *buf, bc_error *err)
{
    uint8_t *to = buf;
    bc_status st = BC_OK;

    pthread_mutex_lock(&t->lock);
    while (n > 0 && !st) {
        const band *b = NULL;

        st = find_band(t, first, &b, err);
        if (st)
            break;
        const uint64_t at = first - b->first, left = b->n - at;
        const size_t now = left < n ? (size_t)left : n;

        memcpy(to, b->bytes + (size_t)at * t->size, now * t->size);
        to += now * t->size;
        first += now;
        n -= now;
    }
    pthread_mutex_unlock(&t->lock);
    return st;
}
