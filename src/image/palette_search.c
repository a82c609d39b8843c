/* Knows which points can be nearest to a place in a cell: those whose least distance to the cell
 * is not above the smallest of all largest distances. Cells are halved from the whole box down;
 * what cannot be nearest in a cell cannot be in its parts. */
#include "image/palette_search.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Least and largest squared distance of a point to a box. */
static void reach(bci_vec point, bci_vec low, bci_vec high, float *least, float *largest)
{
    *least = *largest = 0.0f;
    for (int d = 0; d < 3; d++) {
        const float below = low[d] - point[d], above = point[d] - high[d];
        const float outside = below > 0.0f ? below : above > 0.0f ? above : 0.0f;
        const float across = -below > -above ? -below : -above;

        *least += outside * outside;
        *largest += across * across;
    }
}

/* Those of the n candidates that can be nearest in the box; their order is kept. */
static uint32_t filter(const bci_search *s, const uint8_t *from, uint32_t n, bci_vec low,
                       bci_vec high, uint8_t *to)
{
    float least[256], limit = 1e30f;
    uint32_t n_left = 0;

    for (uint32_t i = 0; i < n; i++) {
        float largest;

        reach(s->points[from[i]], low, high, &least[i], &largest);
        limit = largest < limit ? largest : limit;
    }
    for (uint32_t i = 0; i < n; i++)
        if (least[i] <= limit * 1.0001f) /* room for rounding */
            to[n_left++] = from[i];
    return n_left;
}

static bool store(bci_search *s, uint32_t cell, const uint8_t *candidates, uint32_t n)
{
    if (s->n_candidates + n > s->room) {
        const size_t room = 2 * (s->n_candidates + n) + 65536;
        uint8_t *grown = realloc(s->candidates, room);

        if (!grown)
            return false;
        s->candidates = grown;
        s->room = room;
    }
    memcpy(s->candidates + s->n_candidates, candidates, n);
    s->cells[cell] = (uint32_t)s->n_candidates << 8 | (n - 1);
    s->n_candidates += n;
    return true;
}

/* Fill the cells of the cube of side 2^level cells at x, y, z. */
static bool fill(bci_search *s, int level, uint32_t x, uint32_t y, uint32_t z, const uint8_t *from,
                 uint32_t n)
{
    const float side = (float)(1u << level), slack = 1e-3f;
    const bci_vec at = { (float)x, (float)y, (float)z, 0.0f };
    uint8_t own[256];

    n = filter(s, from, n, s->low + (at - bci_vec_all(slack)) / s->cells_per_unit,
               s->low + (at + bci_vec_all(side + slack)) / s->cells_per_unit, own);
    if (level == 0)
        return store(s, (x * BCI_SEARCH_SIDE + y) * BCI_SEARCH_SIDE + z, own, n);
    const uint32_t half = 1u << (level - 1);

    for (uint32_t i = 0; i < 8; i++)
        if (!fill(s, level - 1, x + half * (i >> 2), y + half * (i >> 1 & 1), z + half * (i & 1),
                  own, n))
            return false;
    return true;
}

bc_status bci_search_init(bci_search *s, const bci_vec *points, uint32_t n, bci_vec low,
                          bci_vec high, bc_error *err)
{
    uint8_t all[256];

    *s = (bci_search){ .n = n, .low = low, .high = high };
    for (uint32_t i = 0; i < n; i++) {
        s->points[i] = points[i];
        all[i] = (uint8_t)i;
    }
    /* A little short of the whole, so that the upper sides fall into the last cells. */
    s->cells_per_unit = bci_vec_all(BCI_SEARCH_SIDE * 0.99999f) / (high - low);
    s->cells_per_unit[3] = 1.0f;
    if (fill(s, BCI_SEARCH_LEVELS, 0, 0, 0, all, n))
        return BC_OK;
    bci_search_free(s);
    return bci_fail(err, BC_E_LIMIT, "palette: out of memory for a search of %u colour(s)", n);
}

void bci_search_free(bci_search *s)
{
    free(s->candidates);
    s->candidates = NULL;
}
