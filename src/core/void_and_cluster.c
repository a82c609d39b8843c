/* Knows how to order the cells of a tile by void-and-cluster (Ulichney, SPIE 1913, 1993).
 *
 * A cell's energy is the sum of exp(-r^2 / 2 sigma^2) over the marked cells around it, on the
 * torus. The tightest cluster is the marked cell of most energy, the largest void the unmarked
 * cell of least. Both are found exactly, because energies are integers: adding and removing a
 * mark leaves no residue, and equal surroundings have equal energies. */
#include "core/void_and_cluster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* q = exp(-1 / 2 sigma^2) for sigma 1.5, in units of 2^-32; exp(-r^2 / 2 sigma^2) = q^(r^2). */
#define Q UINT64_C(3439140958)

/* From r^2 = 103 on q^(r^2) is below half a unit: the window holds all of the Gaussian. */
enum { REACH = 10, MAX_CELLS = BCI_MASK_SIDE_MAX * BCI_MASK_SIDE_MAX };

typedef struct {
    uint32_t side, n_cells, n_marked;
    bool marked[MAX_CELLS];
    uint64_t energy[MAX_CELLS];
    uint32_t list[MAX_CELLS]; /* the marked cells, when a tie asks for them */
    uint32_t order[MAX_CELLS / 2];
    uint64_t gauss[2 * REACH * REACH + 1]; /* by r^2, in units of 2^-32 */
    uint64_t far[MAX_CELLS / 2 + 1];       /* by r^2, in units of 2^-48 */
} tile;

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014) as a function of a counter. */
static uint64_t hash(uint64_t seed, uint64_t counter)
{
    uint64_t z = seed + (counter + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Where marks are further apart than REACH, their Gaussians are 0 and every choice is a tie;
 * the shadows of a picture in linear light are that sparse. Ties are broken by a second
 * energy, of 1 / r^4: it never ends, and there too the nearest mark counts most. */
static void fill_weights(tile *t)
{
    uint64_t power = UINT64_C(1) << 62; /* 30 bits more, so that roundings do not add up */

    for (size_t r2 = 0; r2 <= 2 * REACH * REACH; r2++) {
        t->gauss[r2] = ((power >> 29) + 1) >> 1;
        power = (power >> 32) * Q + ((power & UINT32_MAX) * Q >> 32);
    }
    for (uint64_t r2 = 1; r2 <= t->n_cells / 2; r2++)
        t->far[r2] = (UINT64_C(1) << 48) / (r2 * r2);
}

static void set_mark(tile *t, uint32_t cell, bool mark)
{
    const uint32_t wrap = t->side - 1, x = cell & wrap, y = cell / t->side;

    for (int dy = -REACH; dy <= REACH; dy++) {
        uint64_t *line = t->energy + ((y + (uint32_t)dy) & wrap) * t->side;

        for (int dx = -REACH; dx <= REACH; dx++) {
            const uint64_t gauss = t->gauss[dx * dx + dy * dy];
            uint64_t *at = line + ((x + (uint32_t)dx) & wrap);

            *at = mark ? *at + gauss : *at - gauss;
        }
    }
    t->marked[cell] = mark;
    t->n_marked = mark ? t->n_marked + 1 : t->n_marked - 1;
}

static uint32_t torus_distance(uint32_t a, uint32_t b, uint32_t side)
{
    const uint32_t d = (a - b) & (side - 1);

    return d < side - d ? d : side - d;
}

static uint64_t far_energy(const tile *t, uint32_t cell)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < t->n_marked; i++) {
        const uint32_t other = t->list[i];
        const uint32_t dx = torus_distance(cell & (t->side - 1), other & (t->side - 1), t->side);
        const uint32_t dy = torus_distance(cell / t->side, other / t->side, t->side);

        sum += t->far[dx * dx + dy * dy]; /* 0 for the cell itself */
    }
    return sum;
}

/* Of the cells from `first` on that are marked or not as told and have this energy, the one
 * with most far energy when marked and with least when not; then the first. */
static uint32_t break_tie(tile *t, bool marked, uint64_t energy, uint32_t first)
{
    uint32_t best = first, n = 0;
    uint64_t best_far;

    for (uint32_t i = 0; i < t->n_cells; i++)
        if (t->marked[i])
            t->list[n++] = i;
    best_far = far_energy(t, first);
    for (uint32_t i = first + 1; i < t->n_cells; i++) {
        if (t->marked[i] != marked || t->energy[i] != energy)
            continue;
        const uint64_t far = far_energy(t, i);

        if (marked ? far > best_far : far < best_far) {
            best_far = far;
            best = i;
        }
    }
    return best;
}

/* The tightest cluster (marked) or the largest void (not marked). */
static uint32_t find_extreme(tile *t, bool marked)
{
    uint32_t best = 0, n_equal = 0;
    uint64_t best_energy = 0;

    for (uint32_t i = 0; i < t->n_cells; i++) {
        const uint64_t e = t->energy[i];

        if (t->marked[i] != marked)
            continue;
        if (n_equal == 0 || (marked ? e > best_energy : e < best_energy)) {
            best_energy = e;
            best = i;
            n_equal = 1;
        } else {
            n_equal += e == best_energy;
        }
    }
    return n_equal > 1 ? break_tie(t, marked, best_energy, best) : best;
}

/* A tenth of the cells at random, then the tightest cluster moves to the largest void, until
 * it would land where it came from. Every move lowers the sum of energies, so there is an end. */
static void make_prototype(tile *t, uint64_t seed)
{
    for (uint64_t i = 0; t->n_marked < t->n_cells / 10; i++) {
        const uint32_t cell = (uint32_t)(hash(seed, i) % t->n_cells);

        if (!t->marked[cell])
            set_mark(t, cell, true);
    }
    for (;;) {
        const uint32_t cluster = find_extreme(t, true);
        uint32_t hole;

        set_mark(t, cluster, false);
        hole = find_extreme(t, false);
        if (t->energy[hole] == t->energy[cluster])
            hole = cluster;
        set_mark(t, hole, true);
        if (hole == cluster)
            return;
    }
}

/* Unmark the tightest cluster until no mark is left: order[k] is the one that k outlived. */
static void unmark_clusters(tile *t)
{
    while (t->n_marked > 0) {
        const uint32_t cluster = find_extreme(t, true);

        set_mark(t, cluster, false);
        t->order[t->n_marked] = cluster;
    }
}

/* Mark the largest void until half of the cells are marked. */
static void mark_voids(tile *t)
{
    while (t->n_marked < t->n_cells / 2) {
        const uint32_t hole = find_extreme(t, false);

        t->order[t->n_marked] = hole;
        set_mark(t, hole, true);
    }
}

bool bci_void_and_cluster(uint32_t side, uint64_t seed, uint16_t *rank)
{
    tile *t = calloc(1, sizeof *t);
    uint32_t n_ones;

    assert(side >= 4 && side <= BCI_MASK_SIDE_MAX && (side & (side - 1)) == 0);
    if (!t)
        return false;
    t->side = side;
    t->n_cells = side * side;
    fill_weights(t);
    make_prototype(t, seed);

    /* Phase I: the ones of the prototype, ranked downwards. */
    n_ones = t->n_marked;
    unmark_clusters(t);
    for (uint32_t k = 0; k < n_ones; k++)
        set_mark(t, t->order[k], true);

    /* Phase II: from the prototype up to half. */
    mark_voids(t);
    for (uint32_t k = 0; k < t->n_marked; k++)
        rank[t->order[k]] = (uint16_t)k;

    /* Phase III: the zeros are the minority now and are marked instead; the one that
     * outlives the others comes last. */
    for (uint32_t i = 0; i < t->n_cells; i++)
        set_mark(t, i, !t->marked[i]);
    unmark_clusters(t);
    for (uint32_t k = 0; k < t->n_cells / 2; k++)
        rank[t->order[k]] = (uint16_t)(t->n_cells - 1 - k);
    free(t);
    return true;
}
