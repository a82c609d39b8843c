/* Knows how an array in Fortran order becomes rows, in bounded memory: a band of rows at a time,
 * for which a piece of each column is read. */
#include "tensor/fortran_order.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"

enum {
    BAND_BYTES = 16 << 20,
    N_BANDS = 4, /* threads are at several places, near to each other */
    MAX_ROWS = 1 << 16,
    WINDOW_BYTES = 1 << 16,
    GAP_BYTES = 1 << 12,
};

/* A row of a band: where it is in each column of the file, and its number in the band. */
typedef struct {
    uint64_t at;
    uint32_t row;
} row_place;

/* Elements of one array in C order. */
typedef struct {
    const bci_turned *of;
    uint8_t *bytes;
    uint64_t first, n, last_used;
} band;

struct bci_bands {
    pthread_mutex_t lock; /* of all that follows */
    uint64_t clock;
    size_t band_bytes;
    band bands[N_BANDS];
    row_place *places; /* of the rows of a band: where in a column they are, as they lie there */
    uint8_t *window;
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

bc_status bci_bands_new(const bc_reading *limits, uint64_t *taken, const char *name,
                        bci_bands **out, bc_error *err)
{
    const uint64_t most = bci_max_memory(limits), left = most > *taken ? most - *taken : 0;
    const uint64_t part = left / (2 * N_BANDS);
    const size_t n_bytes = part > BAND_BYTES     ? BAND_BYTES
                           : part < WINDOW_BYTES ? WINDOW_BYTES
                                                 : (size_t)part;
    char subject[256];

    snprintf(subject, sizeof subject, "%.160s: turning arrays in Fortran order", name);
    const bc_status st = bci_take_memory(
        limits, taken, 1, N_BANDS * n_bytes + WINDOW_BYTES + MAX_ROWS * sizeof(row_place), subject,
        err);

    if (st)
        return st;
    bci_bands *b = calloc(1, sizeof *b);

    if (b) {
        (void)pthread_mutex_init(&b->lock, NULL); /* does not fail without attributes */
        b->band_bytes = n_bytes;
        b->places = malloc(MAX_ROWS * sizeof *b->places);
        b->window = malloc(WINDOW_BYTES);
    }
    if (!b || !b->places || !b->window) {
        bci_bands_free(b);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", subject);
    }
    *out = b;
    return BC_OK;
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

/* As they lie in a column. */
static int by_place(const void *a, const void *b)
{
    const row_place *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* Goes over the elements of a band as they lie in the file. */
typedef struct {
    size_t column, i; /* of the band, and of its places */
} walk;

static uint64_t at_of(const bci_turned *t, const walk *w, uint64_t column)
{
    return (column + w->column) * t->n_rows + t->bands->places[w->i].at;
}

static void step(walk *w, size_t n_rows)
{
    if (++w->i == n_rows) {
        w->i = 0;
        w->column++;
    }
}

/* Rows [row, row + n_rows) and columns [column, column + n_columns) into a band. What lies between
 * two elements is read as well where that is less work than to read anew. */
static bc_status fill(const bci_turned *t, band *b, uint64_t row, size_t n_rows, uint64_t column,
                      size_t n_columns, bc_error *err)
{
    const uint64_t most = WINDOW_BYTES / t->size, gap = GAP_BYTES / t->size;
    uint8_t *window = t->bands->window;
    row_place *places = t->bands->places;
    walk next = { 0, 0 };
    bc_status st = BC_OK;

    for (size_t i = 0; i < n_rows; i++)
        places[i] = (row_place){ place_of(t, row + i), (uint32_t)i };
    qsort(places, n_rows, sizeof *places, by_place);
    while (!st && next.column < n_columns) {
        const uint64_t first = at_of(t, &next, column);
        walk from = next;
        uint64_t last = first, at = first;

        while (next.column < n_columns && at - last <= gap && at - first < most) {
            last = at;
            step(&next, n_rows);
            at = next.column < n_columns ? at_of(t, &next, column) : 0;
        }
        st = bci_seekable_read(t->in, t->offset + first * t->size, window,
                               (size_t)(last - first + 1) * t->size, err);
        for (; !st && (from.column != next.column || from.i != next.i); step(&from, n_rows))
            memcpy(b->bytes + (places[from.i].row * n_columns + from.column) * t->size,
                   window + (size_t)(at_of(t, &from, column) - first) * t->size, t->size);
    }
    return st;
}

/* The band that has an element; the one that was not used for the longest time gives way. */
static bc_status find_band(const bci_turned *t, uint64_t element, const band **out, bc_error *err)
{
    bci_bands *bands = t->bands;
    const uint64_t most = bands->band_bytes / t->size;
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
    if (!oldest->bytes && !(oldest->bytes = malloc(bands->band_bytes)))
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
