/* Knows how an array in Fortran order becomes rows, in bounded memory: a band of rows at a time,
 * for which a piece of each column is read. */
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

/* Elements of one array in C order. */
typedef struct {
    const bci_turned *of;
    uint8_t *bytes;
    uint64_t first, n, last_used;
} band;

struct bci_bands {
    pthread_mutex_t lock; /* of all that follows */
    uint64_t clock;
    band bands[N_BANDS];
    uint64_t *places; /* of the rows of a band: where in a column they are */
    uint8_t *window;  /* what was read last */
    const bci_turned *window_of;
    uint64_t window_at, window_n; /* elements, in the order of the file */
};

struct bci_turned {
    bci_bands *bands;
    const bci_seekable *in;
    uint64_t offset;
    size_t size; /* bytes of an element */
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    uint64_t n_rows, n_columns; /* of all dimensions but the last, and of that */
};

bci_bands *bci_bands_new(void)
{
    bci_bands *b = calloc(1, sizeof *b);

    if (!b)
        return NULL;
    (void)pthread_mutex_init(&b->lock, NULL); /* does not fail without attributes */
    b->places = malloc(MAX_ROWS * sizeof *b->places);
    b->window = malloc(WINDOW_BYTES);
    if (b->places && b->window)
        return b;
    bci_bands_free(b);
    return NULL;
}

void bci_bands_free(bci_bands *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < N_BANDS; i++)
        free(b->bands[i].bytes);
    (void)pthread_mutex_destroy(&b->lock);
    free(b->places);
    free(b->window);
    free(b);
}

bci_turned *bci_turned_new(bci_bands *bands, const bci_seekable *in, uint64_t offset,
                           const bc_tensor_info *info)
{
    bci_turned *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->bands = bands;
    t->in = in;
    t->offset = offset;
    t->size = info->type->block_bytes;
    t->n_dims = info->n_dims;
    memcpy(t->dims, info->dims, sizeof t->dims);
    t->n_columns = info->dims[info->n_dims - 1];
    t->n_rows = t->n_columns ? info->n_elements / t->n_columns : 0;
    return t;
}

void bci_turned_free(bci_turned *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < N_BANDS; i++) /* an array that comes later may get its address */
        if (t->bands->bands[i].of == t)
            t->bands->bands[i].of = NULL;
    if (t->bands->window_of == t)
        t->bands->window_of = NULL;
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
static bc_status look(const bci_turned *t, uint64_t at, uint64_t end, const uint8_t **out,
                      bc_error *err)
{
    bci_bands *b = t->bands;
    bc_status st = BC_OK;

    if (b->window_of != t || at < b->window_at || at >= b->window_at + b->window_n) {
        const uint64_t most = WINDOW_BYTES / t->size, n = end - at < most ? end - at : most;

        b->window_of = NULL;
        st =
            bci_seekable_read(t->in, t->offset + at * t->size, b->window, (size_t)n * t->size, err);
        if (st)
            return st;
        b->window_of = t;
        b->window_at = at;
        b->window_n = n;
    }
    *out = b->window + (size_t)(at - b->window_at) * t->size;
    return st;
}

/* Rows [row, row + n_rows) and columns [column, column + n_columns) into a band. What lies between two
 * columns is read, too, where it is less than what is wanted. */
static bc_status fill(const bci_turned *t, band *b, uint64_t row, size_t n_rows, uint64_t column,
                      size_t n_columns, bc_error *err)
{
    const uint64_t n_all = t->n_rows * t->n_columns;
    uint64_t *places = t->bands->places;
    uint64_t last = 0;
    bc_status st = BC_OK;

    for (size_t i = 0; i < n_rows; i++) {
        places[i] = place_of(t, row + i);
        last = places[i] > last ? places[i] : last;
    }
    const bool reads_on = 2 * n_rows >= t->n_rows || t->n_rows * t->size <= WINDOW_BYTES / 16;

    for (size_t c = 0; c < n_columns && !st; c++) {
        const uint64_t begin = (column + c) * t->n_rows;
        const uint64_t end = reads_on ? n_all : begin + last + 1;

        for (size_t i = 0; i < n_rows && !st; i++) {
            const uint8_t *from = NULL;

            st = look(t, begin + places[i], end, &from, err);
            if (!st)
                memcpy(b->bytes + (i * n_columns + c) * t->size, from, t->size);
        }
    }
    return st;
}

/* The band that has an element; the one that was not used for the longest time gives way. */
static bc_status find_band(const bci_turned *t, uint64_t element, const band **out, bc_error *err)
{
    const uint64_t most = BAND_BYTES / t->size;
    bci_bands *bands = t->bands;
    band *oldest = &bands->bands[0];

    for (size_t i = 0; i < N_BANDS; i++) {
        band *b = &bands->bands[i];

        if (b->of == t && element >= b->first && element - b->first < b->n) {
            b->last_used = ++bands->clock;
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

    oldest->of = NULL;
    const bc_status st = fill(t, oldest, row, (size_t)n_rows, column, (size_t)n_columns, err);

    if (st)
        return st;
    oldest->of = t;
    oldest->first = row * t->n_columns + column;
    oldest->n = n_rows * n_columns;
    oldest->last_used = ++bands->clock;
    *out = oldest;
    return BC_OK;
}

bc_status bci_turned_read(const bci_turned *t, uint64_t first, size_t n, void *buf, bc_error *err)
{
    uint8_t *to = buf;
    bc_status st = BC_OK;

    pthread_mutex_lock(&t->bands->lock);
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
    pthread_mutex_unlock(&t->bands->lock);
    return st;
}
