/* Knows how a file is measured at one depth after the other, without dither and with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/feedback.h"
#include "bitcrush/study.h"

/* Both series on the way. */
typedef struct {
    const bc_request *request;
    bc_series series; /* that is measured now */
    int n_before;     /* runs of the series before it */
    int n_runs;       /* of both */
} walk;

/* The share of one run in all of them. */
static void show_progress(void *context, uint64_t done, uint64_t n)
{
    const walk *w = context;
    const uint64_t before = (uint64_t)(w->n_before + w->series.n_done);

    w->request->progress(w->request->context, before * n + done, (uint64_t)w->n_runs * n);
}

static bool is_swept(const bc_medium *m, const char *key)
{
    char word[40];

    snprintf(word, sizeof word, " %s ", key);
    return strstr(m->swept, word) != NULL;
}

/* The settings that count in a sweep, and the dither: NULL of a series without any, nor feedback.
 * Returns their number. */
static size_t choose(const bc_medium *m, const bc_settings *given, const char *dither,
                     bc_setting *to)
{
    size_t n = 0;

    for (size_t i = 0; i < given->n; i++)
        if (is_swept(m, given->rows[i].key) &&
            (dither || strcmp(given->rows[i].key, "feedback") != 0))
            to[n++] = given->rows[i];
    to[n++] = (bc_setting){ "dither", dither ? dither : "none" };
    return n;
}

/* One series; dither: see choose. */
static bc_status measure(walk *w, const bc_medium *m, const char *dither, bc_depth_row *rows,
                         bc_setting *room, bc_error *err)
{
    bc_request own = *w->request;

    own.settings = (bc_settings){ room, choose(m, &w->request->settings, dither, room) };
    own.wants_report = own.wants_curves = false;
    own.input = NULL;
    own.progress = w->request->progress ? show_progress : NULL;
    own.context = w;
    w->series.rows = rows;
    w->series.n_rows = (size_t)(w->series.last - w->series.first + 1);
    w->series.n_done = 0;
    const bc_status st = m->sweep(&own, &w->series, err);

    w->n_before += w->series.n_done ? w->series.n_done : 1;
    w->series.input = NULL; /* told once */
    return st;
}

const bc_depth_row *bc_sweep_at(const bc_sweep *s, const bc_depth_row *rows, int bits)
{
    for (int i = 0; i < s->n_rows && rows[i].family == rows[0].family; i++)
        if (rows[i].bits == bits)
            return &rows[i];
    return NULL;
}

/* What is asked of the second series, and what it is called. */
typedef struct {
    const char *dither, *feedback, *rounding; /* of the settings; the latter NULL: not given */
    bool is_default;                          /* the dither is the usual one */
} asked;

static asked what_is_asked(const bc_medium *m, const bc_settings *s)
{
    const char *dither = bc_setting_value(s, "dither");

    return (asked){ .dither = dither,
                    .feedback = is_swept(m, "feedback") ? bc_setting_value(s, "feedback") : NULL,
                    .rounding = is_swept(m, "rounding") ? bc_setting_value(s, "rounding") : NULL,
                    .is_default = !dither || strcmp(dither, "auto") == 0 };
}

/* Is a diffusion among "NAME" or "NAME+NAME"? */
static bool names_diffusion(const char *dither)
{
    const char *plus = strchr(dither, '+');
    char first[64];

    snprintf(first, sizeof first, "%.*s", (int)strcspn(dither, "+"), dither);
    return bc_diffusion_find(first) || (plus && bc_diffusion_find(plus + 1));
}

static void call_dither(const bc_medium *m, const asked *a, char *to, size_t size)
{
    const bool is_cut = a->rounding && strcmp(a->rounding, "truncate") == 0;
    const bool is_fed = a->feedback && strcmp(a->feedback, "none") != 0;
    const bool has_no_usual = is_cut /* takes no dither */ ||
                              (a->feedback && names_diffusion(m->dither)) /* which it is instead */;
    const char *dither = !a->is_default ? a->dither : has_no_usual ? "none" : m->dither;

    if (is_fed && strcmp(dither, "none") == 0)
        snprintf(to, size, "%s", a->feedback);
    else if (is_fed && !names_diffusion(dither))
        snprintf(to, size, "%s+%s", a->feedback, dither);
    else
        snprintf(to, size, "%s", dither);
}

/* What was to be dithered was not: the rows are those without. */
static void take_for_plain(bc_sweep *s)
{
    snprintf(s->dither, sizeof s->dither, "none");
    memcpy(s->plain, s->dithered, sizeof s->plain);
    for (int i = 0; i <= s->last - s->first; i++)
        s->dithered[i] = bc_depth_row_empty(s->first + i);
}

bc_status bc_sweep_measure(const bc_medium *medium, const char *path, int first, int last,
                           unsigned what, const bc_request *request, bc_report *input,
                           bc_sweep *out, bc_error *err)
{
    const asked a = what_is_asked(medium, &request->settings);
    bc_setting *room = malloc((request->settings.n + 1) * sizeof *room);
    walk w = { .request = request,
               .series = { .path = path,
                           .first = first,
                           .last = last,
                           .has_figures = what & BC_SWEEP_FIGURES,
                           .input = input } };
    bc_status st = room ? BC_OK : bci_fail(err, BC_E_LIMIT, "out of memory for a sweep");

    *out = (bc_sweep){ .medium = medium, .path = path, .first = first, .last = last };
    snprintf(out->dither, sizeof out->dither, "none");
    if (what & BC_SWEEP_DITHERED)
        call_dither(medium, &a, out->dither, sizeof out->dither);
    const bool is_dithered = strcmp(out->dither, "none") != 0;

    w.n_runs = (medium->sweeps_at_once ? 1 : last - first + 1) << is_dithered;
    for (int i = 0; i <= last - first; i++)
        out->dithered[i] = out->plain[i] = bc_depth_row_empty(first + i);
    if (!st && is_dithered) /* first: a name that is wrong is told at once */
        st = measure(&w, medium,
                     !a.is_default ? a.dither
                     : a.feedback  ? "auto"
                                   : medium->asked_as,
                     out->dithered, room, err);
    if (!st && w.series.is_bare)
        take_for_plain(out);
    else if (!st)
        st = measure(&w, medium, NULL, out->plain, room, err);
    out->n_rows = (int)w.series.n_rows;
    out->law = w.series.law;
    out->light = strcmp(out->dither, "none") != 0 ? w.series.light : NULL;
    out->seed = w.series.seed;
    snprintf(out->measured, sizeof out->measured, "%s", w.series.measured);
    free(room);
    return st;
}

bc_status bc_sweep_sheet(const bc_sweep *s, const bc_request *request, uint8_t **png, size_t *size,
                         bc_error *err)
{
    const bool is_dithered = strcmp(s->dither, "none") != 0;
    const char *const dithers[] = { "none", s->dither };
    int bits[BC_SWEEP_MAX_BITS];

    for (int i = s->first; i <= s->last; i++)
        bits[i - s->first] = i;
    return s->medium->sheet(request, s->path, bits, (size_t)(s->last - s->first + 1), dithers,
                            1 + is_dithered, png, size, err);
}
