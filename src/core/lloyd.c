/* Knows Lloyd's iteration: points to their nearest centres, centres to the means of their
 * points, until little changes.
 *
 * A search for the nearest centre starts from the one that was nearest before, at distance d,
 * and looks at its neighbours in order of distance: those farther than 2 d away cannot be
 * nearer (triangle inequality), so few are looked at. Points are cut into chunks by their
 * number alone, and sums of chunks merged in order: threads do not change the result. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/threads.h"
#include "bitcrush/codebook.h"
#include "core/points.h"

enum { MIN_CHUNK = 1024, MAX_CHUNKS = 64, N_DIMS = BC_CODEBOOK_MAX_DIMS };

/* Of the points that a centre owns. */
typedef struct {
    double sums[N_DIMS], weight;
} share;

typedef struct {
    uint32_t centre;
    float square; /* of the distance */
} neighbour;

typedef struct {
    const bc_points *points;
    uint32_t k;
    float *centres;
    uint32_t *owners;
    float *errors;     /* by point: weighted squared distance */
    neighbour *around; /* by centre: the k - 1 others, nearest first */
    size_t chunk, n_chunks;
    share *shares; /* by chunk and centre */
    double *chunk_errors;
} fit;

bc_codebook_rules bc_codebook_rules_default(void)
{
    return (bc_codebook_rules){ .max_rounds = 100, .min_gain = 1e-4 };
}

bc_status bci_points_check(const bc_points *p, uint32_t k, bc_error *err)
{
    double weight = 0.0;

    if (p->n_dims < 1 || p->n_dims > N_DIMS || k < 1 || k > BC_CODEBOOK_MAX_CENTRES)
        return bci_fail(err, BC_E_USAGE,
                        "codebook: %u centre(s) of %u dimension(s), expected 1 to %d "
                        "of 1 to %d",
                        k, p->n_dims, BC_CODEBOOK_MAX_CENTRES, N_DIMS);
    for (size_t i = 0; i < p->n_points; i++)
        weight += (double)bci_weight(p, i);
    if (!(weight > 0.0))
        return bci_fail(err, BC_E_USAGE,
                        "codebook: no points, expected at least one of positive "
                        "weight");
    return BC_OK;
}

/* The neighbours of every centre, by insertion: the order changes little from round to round. */
static void order_neighbours(fit *f)
{
    const uint32_t n_dims = f->points->n_dims, m = f->k - 1;

    for (uint32_t c = 0; c < f->k; c++) {
        neighbour *list = f->around + (size_t)c * m;
        const float *own = f->centres + (size_t)c * n_dims;

        for (uint32_t i = 0; i < m; i++)
            list[i].square = bci_square(own, f->centres + (size_t)list[i].centre * n_dims, n_dims);
        for (uint32_t i = 1; i < m; i++) {
            const neighbour moved = list[i];
            uint32_t to = i;

            for (; to > 0 && list[to - 1].square > moved.square; to--)
                list[to] = list[to - 1];
            list[to] = moved;
        }
    }
}

/* The nearest centre of a point that was last at `from`; *square receives the distance. */
static inline uint32_t nearest(const fit *f, const float *x, uint32_t from, uint32_t n_dims,
                               float *square)
{
    const neighbour *list = f->around + (size_t)from * (f->k - 1);
    uint32_t best = from;
    float least = bci_square(x, f->centres + (size_t)from * n_dims, n_dims);
    const float reach = 4.0001f * least; /* room for rounding */

    for (uint32_t i = 0; i + 1 < f->k && list[i].square <= reach; i++) {
        const uint32_t c = list[i].centre;
        const float s = bci_square(x, f->centres + (size_t)c * n_dims, n_dims);

        if (s < least || (s == least && c < best)) {
            least = s;
            best = c;
        }
    }
    *square = least;
    return best;
}

static inline __attribute__((always_inline)) void assign_dims(fit *f, size_t chunk,
                                                              const uint32_t n_dims)
{
    const bc_points *p = f->points;
    const size_t first = chunk * f->chunk;
    const size_t end = first + f->chunk < p->n_points ? first + f->chunk : p->n_points;
    share *shares = f->shares + chunk * f->k;
    double error = 0.0;

    memset(shares, 0, f->k * sizeof *shares);
    for (size_t i = first; i < end; i++) {
        const float *x = p->coordinates + i * n_dims;
        const float weight = bci_weight(p, i);
        float square;
        const uint32_t c = nearest(f, x, f->owners[i], n_dims, &square);

        f->owners[i] = c;
        f->errors[i] = weight * square;
        error += (double)weight * (double)square;
        shares[c].weight += (double)weight;
        for (uint32_t d = 0; d < n_dims; d++)
            shares[c].sums[d] += (double)weight * (double)x[d];
    }
    f->chunk_errors[chunk] = error;
}

static void assign_chunk(fit *f, size_t chunk)
{
    switch (f->points->n_dims) {
    case 1: assign_dims(f, chunk, 1); return;
    case 2: assign_dims(f, chunk, 2); return;
    case 3: assign_dims(f, chunk, 3); return;
    default: assign_dims(f, chunk, 4); return;
    }
}

/* Every point to its nearest centre; the sum of weighted errors. */
static double assign(fit *f, int n_threads)
{
    /* Below, starting threads costs more than they bring. */
    const bool is_large = f->points->n_points * f->k > (size_t)1 << 22;
    double error = 0.0;

    (void)n_threads, (void)is_large; /* without OpenMP */
    order_neighbours(f);
#pragma omp parallel for num_threads(n_threads) schedule(dynamic) if (is_large)
    for (size_t chunk = 0; chunk < f->n_chunks; chunk++)
        assign_chunk(f, chunk);
    for (size_t chunk = 0; chunk < f->n_chunks; chunk++)
        error += f->chunk_errors[chunk];
    for (size_t chunk = 1; chunk < f->n_chunks; chunk++) {
        for (uint32_t c = 0; c < f->k; c++) {
            const share *from = &f->shares[chunk * f->k + c];

            f->shares[c].weight += from->weight;
            for (int d = 0; d < N_DIMS; d++)
                f->shares[c].sums[d] += from->sums[d];
        }
    }
    return error;
}

/* An empty centre goes where the largest error is; the next one sees what that leaves. */
static void reseed(fit *f, uint32_t c)
{
    const bc_points *p = f->points;
    const uint32_t n_dims = p->n_dims;
    float *centre = f->centres + (size_t)c * n_dims;
    size_t worst = 0;

    for (size_t i = 1; i < p->n_points; i++)
        if (f->errors[i] > f->errors[worst])
            worst = i;
    if (!(f->errors[worst] > 0.0f))
        return; /* every point has its own centre: nothing to gain */
    memcpy(centre, p->coordinates + worst * n_dims, n_dims * sizeof *centre);
    for (size_t i = 0; i < p->n_points; i++) {
        const float error =
            bci_weight(p, i) * bci_square(centre, p->coordinates + i * n_dims, n_dims);

        f->errors[i] = error < f->errors[i] ? error : f->errors[i];
    }
}

static void move_centres(fit *f)
{
    const uint32_t n_dims = f->points->n_dims;

    for (uint32_t c = 0; c < f->k; c++) {
        const share *s = &f->shares[c];

        for (uint32_t d = 0; s->weight > 0.0 && d < n_dims; d++)
            f->centres[(size_t)c * n_dims + d] = (float)(s->sums[d] / s->weight);
        if (!(s->weight > 0.0))
            reseed(f, c);
    }
}

static bool allocate(fit *f, uint32_t *owners)
{
    const size_t n = f->points->n_points, pairs = (size_t)f->k * (f->k - 1);

    f->owners = owners ? owners : malloc(n * sizeof *f->owners);
    f->errors = malloc(n * sizeof *f->errors);
    f->around = malloc((pairs ? pairs : 1) * sizeof *f->around);
    f->shares = malloc(f->n_chunks * f->k * sizeof *f->shares);
    f->chunk_errors = malloc(f->n_chunks * sizeof *f->chunk_errors);
    return f->owners && f->errors && f->around && f->shares && f->chunk_errors;
}

static void start(fit *f)
{
    memset(f->owners, 0, f->points->n_points * sizeof *f->owners);
    for (uint32_t c = 0; c < f->k; c++) {
        neighbour *list = f->around + (size_t)c * (f->k - 1);

        for (uint32_t i = 0; i + 1 < f->k; i++)
            list[i].centre = i + (i >= c);
    }
}

bc_status bc_codebook_refine(const bc_points *points, uint32_t k, const bc_codebook_rules *rules,
                             float *centres, uint32_t *owners, double *distortion, bc_error *err)
{
    fit f = { .points = points, .k = k, .centres = centres };
    const int n_threads = bci_thread_count(rules->n_threads);
    bc_status st = bci_points_check(points, k, err);
    double error = 0.0, last = 0.0;

    if (st)
        return st;
    f.chunk = points->n_points / MAX_CHUNKS + 1;
    f.chunk = f.chunk < MIN_CHUNK ? MIN_CHUNK : f.chunk;
    f.n_chunks = (points->n_points - 1) / f.chunk + 1;
    if (!allocate(&f, owners)) {
        st =
            bci_fail(err, BC_E_LIMIT, "codebook: out of memory for %zu point(s)", points->n_points);
        goto done;
    }
    start(&f);
    for (uint32_t round = 0; round <= rules->max_rounds; round++) {
        last = error;
        error = assign(&f, n_threads);
        if (round == rules->max_rounds || error == 0.0 ||
            (round > 0 && last - error < rules->min_gain * last))
            break;
        move_centres(&f);
    }
    if (distortion) {
        double weight = 0.0;

        for (uint32_t c = 0; c < k; c++)
            weight += f.shares[c].weight;
        *distortion = error / weight;
    }
done:
    if (f.owners != owners)
        free(f.owners);
    free(f.errors);
    free(f.around);
    free(f.shares);
    free(f.chunk_errors);
    return st;
}
