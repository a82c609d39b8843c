/* Knows error diffusion in the plane: the order of its steps on a line. The walk over a line is
 * made of nothing but what the errors that stay on the line have to follow pixel after pixel
 * (walk.c); what the lines below get of it is a sum of shifted lines (spread.c). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/threads.h"
#include "core/diffuser.h"
#include "core/floyd.h"

/* Pixels of a line for each thread that shares lines: with fewer they wait for each other. */
enum { MIN_SHARE = 512 };

static bool allocate_lane(const bc_diffuser *d, bci_lane *room)
{
    const size_t n = d->width * d->n_channels;

    if (d->kernel->keys) {
        room->tone_at = malloc(n);
        room->shift = malloc(n * sizeof *room->shift);
        if (!room->tone_at || !room->shift)
            return false;
    }
    room->sent = calloc(n + 4 * BCI_PAD * d->n_channels, sizeof *room->sent);
    return room->sent != NULL;
}

/* Room for so many lines in work. */
static bool allocate(bc_diffuser *d, size_t n_lanes)
{
    const size_t line_size = (d->width + 2 * BCI_PAD) * d->n_channels;
    bool ok = true;

    for (size_t i = d->n_lanes; ok && i < n_lanes; i++)
        ok = allocate_lane(d, &d->lanes[i]);
    for (size_t i = 0; ok && i < n_lanes + BCI_N_LINES - 1; i++)
        if (!d->errors[i])
            ok = (d->errors[i] = calloc(line_size, sizeof *d->errors[i])) != NULL;
    if (ok)
        d->n_lanes = n_lanes;
    return ok;
}

static bc_status out_of_memory(size_t width, bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for lines of %zu pixel(s)",
                    width);
}

static bc_status check_shape(double strength, size_t width, size_t n_channels, bc_error *err)
{
    if (!(strength >= 0.0 && strength <= 1.0))
        return bci_fail(err, BC_E_USAGE, "error diffusion: strength %g, expected 0 to 1", strength);
    if (width == 0 || width > SIZE_MAX / 64 || n_channels < 1 || n_channels > BCI_MAX_CHANNELS)
        return bci_fail(err, BC_E_USAGE,
                        "error diffusion: %zu pixel(s) of %zu channel(s), expected at "
                        "least 1 pixel of 1 to 4 channels",
                        width, n_channels);
    return BC_OK;
}

static void weigh(bc_diffuser *d, double strength)
{
    const bc_diffusion *kernel = d->kernel;

    for (int t = 0; t < kernel->n_taps && !kernel->keys; t++) {
        d->weights[t] = (float)(strength * kernel->taps[t].weight / kernel->divisor);
        if (kernel->taps[t].dy == 0)
            d->ahead[kernel->taps[t].dx - 1] = d->weights[t];
    }
    if (kernel->keys)
        bci_tones_fill(d, strength);
}

bc_status bci_diffuser_over(const bc_diffusion *kernel, bc_scan scan, double strength, size_t width,
                            size_t n_channels, bci_walker *walk, const void *marks,
                            bc_diffuser **out, bc_error *err)
{
    const bc_status st = check_shape(strength, width, n_channels, err);
    bc_diffuser *d;

    if (st)
        return st;
    d = calloc(1, sizeof *d);
    if (d)
        *d = (bc_diffuser){ .walk = walk,
                            .marks = marks,
                            .kernel = kernel,
                            .scan = scan,
                            .width = width,
                            .n_channels = n_channels };
    if (d && kernel->keys)
        d->tones = malloc(BCI_N_TONES * sizeof *d->tones);
    if (!d || (kernel->keys && !d->tones) || !allocate(d, 1)) {
        bc_diffuser_free(d);
        return out_of_memory(width, err);
    }
    weigh(d, strength);
    *out = d;
    return BC_OK;
}

bc_status bc_diffuser_new(const bc_diffusion *kernel, const bc_grid *grid, bc_scan scan,
                          double strength, size_t width, size_t n_channels, bc_diffuser **out,
                          bc_error *err)
{
    bc_diffuser *d;
    bc_status st =
        bci_diffuser_over(kernel, scan, strength, width, n_channels, bci_walk, NULL, &d, err);

    if (st)
        return st;
    st = bci_marks_init(&d->levels, grid, kernel->keys != NULL, err);
    if (st)
        bc_diffuser_free(d);
    else
        *out = d;
    return st;
}

void bc_diffuser_free(bc_diffuser *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < sizeof d->errors / sizeof *d->errors; i++)
        free(d->errors[i]);
    for (size_t i = 0; i < BCI_MAX_LANES; i++) {
        free(d->lanes[i].sent);
        free(d->lanes[i].tone_at);
        free(d->lanes[i].shift);
    }
    bci_marks_free(&d->levels);
    free(d->tones);
    free(d);
}

bc_status bc_diffuser_share(bc_diffuser *d, int n_threads, int *n_used, bc_error *err)
{
    const size_t useful = d->scan == BC_SCAN_RASTER ? d->width / MIN_SHARE : 1;
    size_t n = (size_t)bci_thread_count(n_threads);

    assert(d->line == 0);
    n = n < BCI_MAX_LANES ? n : BCI_MAX_LANES;
    n = n < useful ? n : useful;
    if (n > d->n_lanes && !allocate(d, n))
        return out_of_memory(d->width, err);
    *n_used = (int)d->n_lanes;
    return BC_OK;
}

/* Whether core/floyd.c knows the line. */
static bool is_floyd_line(const bc_diffuser *d, const bci_line *line)
{
    static const bc_diffusion_tap taps[BC_DIFFUSION_MAX_TAPS] = {
        { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 }
    };

    return d->walk == bci_walk && !line->noise && !line->opaque && !d->tones &&
           d->n_channels == 1 && d->levels.n == 2 && d->levels.cells_suffice &&
           memcmp(d->kernel->taps, taps, sizeof taps) == 0;
}

void bci_line_begin(const bc_diffuser *d, bci_line *line, size_t y, size_t lane)
{
    line->is_backward = d->scan == BC_SCAN_SERPENTINE && y % 2 != 0;
    line->is_floyd = is_floyd_line(d, line);
    line->room = d->lanes[lane];
    for (size_t i = 0; i < BCI_N_LINES; i++)
        line->errors[i] = d->errors[(y + i) % (d->n_lanes + BCI_N_LINES - 1)];
    memset(line->ahead, 0, sizeof line->ahead);
}

/* A piece by core/floyd.c. Errors replace those that fell here, so that the pixels beside the
 * line, which have none, must be cleared when theirs are folded. */
static void take_floyd_piece(const bc_diffuser *d, bci_line *line, size_t from, size_t to)
{
    float *here = line->errors[0] + BCI_PAD, *below = line->errors[1] + BCI_PAD;
    const size_t first = from == 0 ? BCI_PAD - 1 : from;
    const size_t end = to == d->width ? to + BCI_PAD + 1 : to;

    line->ahead[0][0] =
        bci_floyd_walk(&d->levels, d->weights[0], line->is_backward, line->x + from, to - from,
                       line->ahead[0][0], here + from, below + from, line->codes + from);
    if (from == 0)
        here[-2] = here[-1] = 0.0f;
    if (to == d->width)
        here[to] = here[to + 1] = 0.0f;
    bci_floyd_spread(line->errors[0] + first, end - first, d->weights, line->is_backward,
                     line->errors[1] + first);
}

static void end_line(const bc_diffuser *d, bci_line *line)
{
    const size_t n = d->n_channels, last = line->is_backward ? 0 : d->width - 1;

    /* What has no pixel left on this line goes to the one below its end. */
    for (size_t c = 0; c < n; c++)
        line->errors[1][(BCI_PAD + last) * n + c] += line->ahead[0][c] + line->ahead[1][c];
    memset(line->errors[0], 0, (d->width + 2 * BCI_PAD) * n * sizeof *line->errors[0]);
}

void bci_line_piece(const bc_diffuser *d, bci_line *line, size_t from, size_t to)
{
    const size_t end = to == d->width ? to + 2 * BCI_PAD : to;

    bci_fold_sides(d, line->errors[0], from, to);
    if (line->is_floyd) {
        take_floyd_piece(d, line, from, to);
    } else {
        if (d->tones)
            bci_tones_find(d, line, from, to);
        d->walk(d, line, from, to);
        if (!d->tones)
            bci_spread(d, line, from, end);
    }
    if (to == d->width)
        end_line(d, line);
}

void bci_diffuse_line(bc_diffuser *d, bci_line *line)
{
    bci_line_begin(d, line, d->line, 0);
    bci_line_piece(d, line, 0, d->width);
    d->line++;
}

void bc_diffuse_row(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                    uint16_t *codes)
{
    bci_line line = { .x = x, .noise = noise, .opaque = opaque, .codes = codes };

    bci_diffuse_line(d, &line);
}
