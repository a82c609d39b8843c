/* Knows the envelope of a signal of any length in a fixed number of columns: a column holds
 * `width` samples, and when all are full, neighbours are joined and the width doubles. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/envelope.h"

struct bc_envelope {
    bc_envelope_column *columns;
    size_t n, room;     /* columns begun; even number that there may be */
    uint64_t width;     /* samples in a column */
    uint64_t n_in_last; /* samples in the last column begun, counting those not finite */
};

bc_status bc_envelope_new(uint64_t n_expected, size_t n_columns, bc_envelope **out, bc_error *err)
{
    if (n_columns < 2 || n_columns > (size_t)1 << 20)
        return bci_fail(err, BC_E_USAGE, "envelope: %zu column(s), expected 2 to 1048576",
                        n_columns);

    bc_envelope *e = calloc(1, sizeof *e);
    bc_envelope_column *columns = calloc(n_columns + n_columns % 2, sizeof *columns);

    if (!e || !columns) {
        free(e);
        free(columns);
        return bci_fail(err, BC_E_LIMIT, "envelope: out of memory");
    }
    e->columns = columns;
    e->room = n_columns + n_columns % 2;
    e->width = n_expected / e->room + (n_expected % e->room > 0);
    if (e->width == 0)
        e->width = 1;
    *out = e;
    return BC_OK;
}

static bc_envelope_column join(const bc_envelope_column *a, const bc_envelope_column *b)
{
    return (bc_envelope_column){ .low = fmin(a->low, b->low), /* of a NaN and a number, that */
                                 .high = fmax(a->high, b->high),
                                 .sum_squares = a->sum_squares + b->sum_squares,
                                 .n = a->n + b->n };
}

static void begin_column(bc_envelope *e)
{
    if (e->n == e->room) {
        e->n /= 2;
        e->width *= 2;
        for (size_t i = 0; i < e->n; i++)
            e->columns[i] = join(&e->columns[2 * i], &e->columns[2 * i + 1]);
    }
    e->columns[e->n++] = (bc_envelope_column){ .low = NAN, .high = NAN };
    e->n_in_last = 0;
}

void bc_envelope_add(bc_envelope *e, const double *x, size_t n, size_t stride)
{
    while (n > 0) {
        if (e->n == 0 || e->n_in_last == e->width)
            begin_column(e);

        const uint64_t left = e->width - e->n_in_last;
        const size_t now = n < left ? n : (size_t)left;
        bc_envelope_column c = e->columns[e->n - 1];

        for (size_t i = 0; i < now; i++, x += stride) {
            if (!isfinite(*x))
                continue;
            if (c.n == 0 || *x < c.low)
                c.low = *x;
            if (c.n == 0 || *x > c.high)
                c.high = *x;
            c.sum_squares += *x * *x;
            c.n++;
        }
        e->columns[e->n - 1] = c;
        e->n_in_last += now;
        n -= now;
    }
}

size_t bc_envelope_columns(const bc_envelope *e, const bc_envelope_column **columns,
                           uint64_t *width)
{
    *columns = e->columns;
    if (width)
        *width = e->width;
    return e->n;
}

void bc_envelope_free(bc_envelope *e)
{
    if (!e)
        return;
    free(e->columns);
    free(e);
}
