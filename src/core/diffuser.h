/* Shared-internal: the state of an error diffusion in the plane, and the steps of a line, which
 * have a file each: tones.c, walk.c, spread.c. Values are in cells of bci_levels. */
#ifndef BCI_DIFFUSER_H
#define BCI_DIFFUSER_H

#include "bitcrush/feedback.h"
#include "core/levels.h"

enum {
    BCI_PAD = 3,     /* pixels beside a line that errors may fall on before they are folded */
    BCI_N_LINES = 4, /* the line in work and three below it */
    BCI_N_AHEAD = 2, /* pixels ahead on the line that errors may go to */
    BCI_MAX_CHANNELS = 4,
    BCI_N_TONES = 256, /* places in an interval between codes, for kernels with keys */
};

/* Weights of {right, below left, below} and the reach of the noise at one tone. */
typedef struct {
    float weights[3];
    float modulation; /* in intervals, for noise of -1/2 .. 1/2 */
} bci_tone;

struct bc_diffuser {
    const bc_kernel *kernel;
    bc_scan scan;
    size_t width, n_channels;
    size_t line; /* lines done */
    float weights[BC_KERNEL_MAX_TAPS];
    float ahead[BCI_N_AHEAD]; /* of them, those on the line */
    bci_tone *tones;          /* BCI_N_TONES, for kernels with keys */
    uint8_t *tone_at;         /* with them: of the line in work, which tone a sample has */
    float *shift;             /* and how noise moves its position, in steps */
    bci_levels levels;
    float *errors[BCI_N_LINES]; /* what has fallen on the line in work and those below it */
    float *sent;                /* the errors of the line in work, zero for 2 BCI_PAD beside it */
    float beyond[BCI_MAX_CHANNELS]; /* what had no pixel left on the line */
};

static inline bool bci_is_backward(const bc_diffuser *d)
{
    return d->scan == BC_SCAN_SERPENTINE && d->line % 2 != 0;
}

static inline float bci_bounded(float v, float low, float high)
{
    v = v > low ? v : low;
    return v < high ? v : high;
}

/* The sample x in cells. */
static inline float bci_known_of(const bci_levels *l, float x)
{
    const float own = (x - l->first) * l->cell_gain;

    return bci_bounded(own == own ? own : l->zero, l->v_min, l->v_max);
}

/* Fill d->tones for a kernel with keys, whose weights are multiplied by strength. */
void bci_tones_fill(bc_diffuser *d, double strength);

/* What a kernel with keys does at the samples of a line, known before any error: their tones
 * and, with noise, the shifts that raise the thresholds by noise of 0..1, as published. */
void bci_tones_find(bc_diffuser *d, const float *x, const float *noise);

/* One line: its codes, and its errors to d->sent or, where each has weights of its own, to the
 * line below. Other arguments as bc_diffuse_row. */
void bci_walk(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
              uint16_t *codes);

/* Errors that fell beside a line go to its first and last pixel: none are lost there. */
void bci_fold_sides(bc_diffuser *d, float *line);

/* The errors in d->sent to the lines below. */
void bci_spread(bc_diffuser *d);

#endif
