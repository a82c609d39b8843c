/* Knows what the page of weights has: a histogram with levels on it, the levels taken, and then a
 * bar for each tensor. */
#include "tensor/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "tensor/outcome.h"
#include "tensor/request.h"

enum {
    MAX_SAMPLE = 1 << 18, /* weights that are looked at, in whole blocks */
    BINS = 160,
    MAX_LINES = 64, /* levels that are drawn as lines */
    MAX_BARS = 40,
};

/* Weights of one tensor, before and after. */
typedef struct {
    const bc_tensor_outcome *tensor;
    size_t n; /* weights in the sample */
    float *x; /* before */
    float *y; /* after */
    uint32_t n_levels;
    uint64_t n_shared;  /* weights that share their levels */
    uint64_t *counts;   /* of the levels taken */
    float typical[256]; /* levels of median reach */
} sample;

/* The reduced tensor with the most weights, or NULL. */
static const bc_tensor_outcome *largest(const bc_tensor_result *m)
{
    const bc_tensor_outcome *best = NULL;

    for (size_t i = 0; i < m->n_tensors; i++)
        if (m->tensors[i].error.n && bci_outcome_is_reduced(&m->tensors[i]) &&
            (!best || m->tensors[i].n_elements > best->n_elements))
            best = &m->tensors[i];
    return best;
}

static bc_status read_values(const bc_tensor_file *f, const char *path, const sample *s, float *to,
                             size_t *place, bc_error *err)
{
    *place = bc_tensor_count(f) == 1 ? 0 : bc_tensor_find(f, s->tensor->name); /* .npy: its own */
    if (*place == SIZE_MAX)
        return bci_fail(err, BC_E_INTERNAL, "%s: tensor %s is gone", path, s->tensor->name);
    return bc_tensor_read_f32(f, *place, 0, s->n, to, err);
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* How far levels reach. */
static float reach(const bc_tensor_levels *l)
{
    uint32_t n = l->n;

    while (n > 1 && !isfinite(l->values[n - 1]))
        n--;
    return fmaxf(fabsf(l->values[0]), fabsf(l->values[n - 1]));
}

/* What a weight became is one of its levels: the lowest where two are the same. */
static void count_taken(sample *s, const bc_tensor_levels *l)
{
    for (uint64_t w = l->first; w < l->end && w < s->n; w++) {
        uint32_t k = 0;

        while (k < l->n && l->values[k] != s->y[w])
            k++;
        if (k < l->n)
            s->counts[k]++;
    }
}

/* Count which levels are taken, and keep those whose reach is the median. */
static bc_status look_at_levels(sample *s, const bc_tensor_file *f, size_t place, bc_error *err)
{
    bc_tensor_levels l = { 0 };
    float *reaches = malloc(2 * (s->n + 1) * sizeof *reaches), *sorted;
    size_t n = 0;
    bc_status st = BC_OK;

    s->counts = calloc(256, sizeof *s->counts);
    if (!reaches || !s->counts)
        st = bci_fail(err, BC_E_LIMIT, "out of memory for levels on a page");
    for (uint64_t at = 0; !st && at < s->n; at = l.end) {
        st = bc_tensor_levels_at(f, place, at, &l, err);
        if (st || l.n == 0)
            break;
        count_taken(s, &l);
        reaches[n++] = reach(&l);
    }
    s->n_levels = l.n;
    s->n_shared = l.end - l.first;
    if (!st && n > 0) {
        sorted = memcpy(reaches + n, reaches, n * sizeof *reaches);
        qsort(sorted, n, sizeof *sorted, by_value);
    }
    for (uint64_t at = 0, k = 0; !st && k < n; at = l.end, k++) {
        st = bc_tensor_levels_at(f, place, at, &l, err);
        if (st || reaches[k] == reaches[n + n / 2])
            break;
    }
    memcpy(s->typical, l.values, sizeof s->typical);
    free(reaches);
    return st;
}

static bc_status take_sample(sample *s, const char *in, const char *out, const bc_reading *reading,
                             bc_error *err)
{
    bc_tensor_file *a = NULL, *b = NULL;
    size_t place;
    bc_status st = bc_tensor_file_open_with(in, reading, &a, err);

    if (!st)
        st = bc_tensor_file_open_with(out, reading, &b, err);
    s->n = (size_t)(s->tensor->n_elements < MAX_SAMPLE ? s->tensor->n_elements : MAX_SAMPLE);
    s->x = malloc((s->n + 1) * sizeof *s->x);
    s->y = malloc((s->n + 1) * sizeof *s->y);
    if (!st && (!s->x || !s->y))
        st = bci_fail(err, BC_E_LIMIT, "out of memory for weights on a page");
    if (!st)
        st = read_values(a, in, s, s->x, &place, err);
    if (!st)
        st = read_values(b, out, s, s->y, &place, err);
    if (!st)
        st = look_at_levels(s, b, place, err);
    bc_tensor_file_free(a);
    bc_tensor_file_free(b);
    return st;
}

static void free_sample(sample *s)
{
    free(s->x);
    free(s->y);
    free(s->counts);
}

/* --- the page */

static void draw_histogram(bc_plot *p, const sample *s)
{
    double counts[BINS] = { 0 }, lines[MAX_LINES];
    double low = INFINITY, high = -INFINITY;
    size_t n_lines = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (isfinite(s->x[i])) {
            low = fmin(low, (double)s->x[i]);
            high = fmax(high, (double)s->x[i]);
        }
    }
    double width = (high - low) / BINS;

    if (!(high > low)) { /* all the same: in the middle, on an axis of their own size */
        width = (low != 0.0 ? fabs(low) : 1.0) / BINS;
        low -= 0.5 * BINS * width;
    }
    for (size_t i = 0; i < s->n; i++) {
        const double at = ((double)s->x[i] - low) / width;

        if (isfinite(s->x[i]))
            counts[at < BINS - 1 ? (int)at : BINS - 1]++;
    }
    bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .label = "weight" },
                                           .y = { .label = "weights in a bin" },
                                           .height_px = 240 });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BARS,
                                      .n = isfinite(width) ? BINS : 0,
                                      .y = counts,
                                      .x_first = low + 0.5 * width,
                                      .x_step = width });
    for (uint32_t k = 0; s->n_levels <= MAX_LINES && k < s->n_levels; k++)
        if (isfinite(s->typical[k]))
            lines[n_lines++] = (double)s->typical[k];
    bc_plot_add(p,
                &(bc_plot_series){
                    .kind = BC_PLOT_VERTICAL, .tone = BC_PLOT_THEORY, .n = n_lines, .x = lines });
}

/* What the lines in the histogram are. */
static const char *about_lines(const sample *s)
{
    if (s->n_levels == 0)
        return "Its type has too many levels to draw.";
    if (s->n_levels > MAX_LINES)
        return "Each weight has the choice of 256 levels, too many to draw.";
    if (s->n_shared >= s->tensor->n_elements)
        return "The dashed lines are the levels.";
    return "The dashed lines are the levels of one block, one of median reach: every block lays the "
           "ruler anew, as far as its largest weight needs.";
}

static bc_status put_histogram(bc_html *h, const sample *s, bc_error *err)
{
    char caption[640];
    bc_plot *p = NULL;
    const bc_status st = bc_plot_new("Histogram of the weights, and levels", NULL, &p, err);

    if (st)
        return st;
    draw_histogram(p, s);
    snprintf(caption, sizeof caption, "%s of %.200s, before the reduction. %s",
             s->n < s->tensor->n_elements ? "The first weights" : "All weights", s->tensor->name,
             about_lines(s));
    bc_html_plot(h, p, caption);
    bc_plot_free(p);
    return BC_OK;
}

static bc_status put_sample(bc_html *h, const sample *s, bc_error *err)
{
    char caption[256];
    bc_status st;

    bc_html_section(h, "Weights and levels");
    st = put_histogram(h, s, err);
    if (st)
        return st;
    bc_html_section(h, "Codes");
    if (s->n_levels == 0) {
        bc_html_paragraph(h, "The type of the result has more than 256 codes: their histogram is "
                             "that of the weights.");
        return BC_OK;
    }
    snprintf(caption, sizeof caption,
             "How often each of the %u levels of %s is taken, counted from the lowest of its block "
             "up, in the same tensor. Levels that few weights take are bits that buy little.",
             s->n_levels, s->tensor->to->name);
    bc_html_codes(h, "Histogram of the levels taken", s->counts, s->n_levels, 0.0, "level", caption,
                  err, &st);
    return st;
}

bc_status bci_tensor_show(const void *job, const bc_outcome *o, const bc_account *a, bc_html *h,
                          bc_error *err)
{
    const bci_tensor_job *j = job;
    sample s = { .tensor = largest(o->own) };
    bc_status st = s.tensor ? take_sample(&s, a->in, a->out, &j->settings.reading, err) : BC_OK;

    if (!st && s.tensor)
        st = put_sample(h, &s, err);
    if (!st) {
        bc_html_section(h, "Tensors");
        bc_html_bars(h, a->facts, "tensors", "SNR of each tensor, the worst first", "snr_db", true,
                     MAX_BARS);
        bc_html_bars(h, a->facts, "groups",
                     "Where the bytes are, tensors that differ in numbers together", "share", false,
                     MAX_BARS);
    }
    free_sample(&s);
    return st;
}
