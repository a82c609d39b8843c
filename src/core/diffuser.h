/* Shared-internal: the state of an error diffusion in the plane, and the steps of a line, which
 * have a file each: tones.c, walk.c, spread.c. Values are in cells of bci_marks. */
#ifndef BCI_DIFFUSER_H
#define BCI_DIFFUSER_H

#include "bitcrush/feedback.h"
#include "core/marks.h"

enum {
    BCI_PAD = 3,     /* pixels beside a line that errors may fall on before they are folded */
    BCI_N_LINES = 4, /* a line and three below it */
    BCI_N_AHEAD = 2, /* pixels ahead on the line that errors may go to */
    BCI_MAX_CHANNELS = 4,
    BCI_N_TONES = 256,  /* places in an interval between codes, for kernels with keys */
    BCI_MAX_LANES = 16, /* lines in work at a time */
};

/* Weights of {right, below left, below} and the reach of the noise at one tone. */
typedef struct {
    float weights[3];
    float modulation; /* in intervals, for noise of -1/2 .. 1/2 */
} bci_tone;

/* Room for one line in work. */
typedef struct {
    float *sent;      /* its errors, zero for 2 BCI_PAD beside it */
    uint8_t *tone_at; /* for kernels with keys: which tone a sample has */
    float *shift;     /* and how noise moves its position, in steps */
} bci_lane;

/* A line in work, below. */
typedef struct bci_line bci_line;

/* Pixels from .. to - 1 of a line, counted in the order of travel: their codes, and their errors to
 * `sent` or, where each has weights of its own, to the line below. */
typedef void bci_walker(const bc_diffuser *d, bci_line *line, size_t from, size_t to);

struct bc_diffuser {
    bci_walker *walk;  /* by the kind of marks: bci_walk for levels, */
    const void *marks; /* or that of whoever has points in space, and these */
    const bc_diffusion *kernel;
    bc_scan scan;
    size_t width, n_channels;
    size_t line; /* lines done */
    float weights[BC_DIFFUSION_MAX_TAPS];
    float ahead[BCI_N_AHEAD]; /* of them, those on the line */
    bci_tone *tones;          /* BCI_N_TONES, for kernels with keys */
    bci_marks levels;
    size_t n_lanes;
    bci_lane lanes[BCI_MAX_LANES];
    /* What has fallen on the lines in work and those below them: line y at place
     * y % (n_lanes + BCI_N_LINES - 1), zero until an error falls. */
    float *errors[BCI_MAX_LANES + BCI_N_LINES - 1];
};

struct bci_line {
    const float *x, *noise; /* these four as bc_diffuse_row has them */
    const uint8_t *opaque;
    uint16_t *codes;
    bool is_backward;
    bool is_floyd; /* floyd.c knows it */
    bci_lane room;
    float *errors[BCI_N_LINES];                 /* what has fallen on it and those below it */
    float ahead[BCI_N_AHEAD][BCI_MAX_CHANNELS]; /* errors for the pixels that come next */
};

static inline float bci_bounded(float v, float low, float high)
{
    v = v > low ? v : low;
    return v < high ? v : high;
}

/* The sample x in cells. */
static inline float bci_known_of(const bci_marks *l, float x)
{
    const float own = (x - l->first) * l->cell_gain;

    return bci_bounded(own == own ? own : l->zero, l->v_min, l->v_max);
}

/* Fill d->tones for a kernel with keys, whose weights are multiplied by strength. */
void bci_tones_fill(bc_diffuser *d, double strength);

/* What a kernel with keys does at pixels from .. to - 1, known before any error: their tones
 * and, with noise, the shifts that raise the thresholds by noise of 0..1, as published. */
void bci_tones_find(const bc_diffuser *d, const bci_line *line, size_t from, size_t to);

/* A diffuser over marks that only `walk` knows: points in the space of n_channels, to which a
 * pixel goes as a whole. The kernel has fixed weights. For bci_diffuse_line. */
BC_NODISCARD bc_status bci_diffuser_over(const bc_diffusion *kernel, bc_scan scan, double strength,
                                         size_t width, size_t n_channels, bci_walker *walk,
                                         const void *marks, bc_diffuser **out, bc_error *err);

/* The next line. */
void bci_diffuse_line(bc_diffuser *d, bci_line *line);

/* The walk over levels. */
bci_walker bci_walk;

/* Errors that fell beside a line go to its first and last pixel, if those are among
 * from .. to - 1: none are lost there. */
void bci_fold_sides(const bc_diffuser *d, float *errors, size_t from, size_t to);

/* What falls from `sent` on places from .. to - 1 of the lines below, the pad being counted. */
void bci_spread(const bc_diffuser *d, const bci_line *line, size_t from, size_t to);

/* Begin line y in the room of a lane; x, noise, opaque and codes are set. */
void bci_line_begin(const bc_diffuser *d, bci_line *line, size_t y, size_t lane);

/* Do pixels from .. to - 1 of a line, one piece after the other; from right to left only all
 * in one. After it nothing more falls from this line on pixels before to - BCI_PAD of the lines
 * below, nor, with the last piece, on any; then what fell on this line is cleared. */
void bci_line_piece(const bc_diffuser *d, bci_line *line, size_t from, size_t to);

#endif
