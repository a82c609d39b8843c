/* Knows what a group of weights becomes under a scale: the nearest values, the error that they
 * leave, and the scale that fits them best. */
#include "core/block_fit.h"

#include <math.h>

#include "core/nearest.h"

enum { SIDES = 8, FOUR = 4 };

void bci_fitter_for(const bc_block_codes *codes, bci_fitter *out)
{
    const bci_ladder *l = &out->ladder;

    bci_ladder_of(codes, &out->ladder);
    for (size_t i = 0; i + 1 < l->n && l->n <= BCI_FEW_VALUES; i++)
        out->limits[i] = (l->values[i] + l->values[i + 1]) * 0.5f;
}

static void nearest_step(const bci_fitter *s, const bci_group *g, float scale, float minimum,
                         float *restrict q)
{
    const bci_ladder *l = &s->ladder;
    const float inverse = 1.0f / (scale * l->step), top = (float)(int32_t)(l->n - 1);
    const float first = l->values[0] / l->step, step = l->step;
    const float *restrict x = g->x;

    for (size_t i = 0; i < g->n; i++) {
        float p = (x[i] + minimum) * inverse - first;

        p = p > 0.0f ? p : 0.0f;
        p = p < top ? p : top;
        q[i] = ((float)(int32_t)(p + 0.5f) + first) * step;
    }
}

void bci_fit_nearest(const bci_fitter *s, const bci_group *g, float scale, float minimum, float *q)
{
    const float inverse = 1.0f / scale, *values = s->ladder.values;
    const size_t n_values = s->ladder.n;
    int32_t places[BCI_MAX_BLOCK];
    float v[BCI_MAX_BLOCK];

    if (s->ladder.step > 0.0f) {
        nearest_step(s, g, scale, minimum, q);
        return;
    }
    for (size_t i = 0; i < g->n; i++)
        v[i] = (g->x[i] + minimum) * inverse;
    if (n_values <= BCI_FEW_VALUES)
        bci_marks_passed(s->limits, n_values - 1, v, g->n, places);
    else
        for (size_t i = 0; i < g->n; i++)
            places[i] = (int32_t)bci_mark_nearest(values, n_values, v[i]);
    for (size_t i = 0; i < g->n; i++)
        q[i] = values[places[i]];
}

uint8_t bci_code_of(const bci_fitter *s, float value)
{
    return s->ladder.codes[bci_mark_nearest(s->ladder.values, s->ladder.n, value)];
}

/* Eight sums side by side, in an order that no machine changes; groups hold whole eights. */
float bci_error_under(const bci_fitter *s, const bci_group *g, float scale, float minimum, float *q)
{
    const float *restrict x = g->x, *restrict weight = g->weight;
    float part[SIDES] = { 0 };

    bci_fit_nearest(s, g, scale, minimum, q);
    for (size_t i = 0; i < g->n; i += SIDES)
        for (size_t j = 0; j < SIDES; j++) {
            const float e = q[i + j] * scale - minimum - x[i + j];

            part[j] += weight[i + j] * e * e;
        }
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7]));
}

/* Four sums side by side. */
void bci_add_group(const bci_group *g, const float *restrict q, float a, float b, bci_fit_sums *to)
{
    double ww[FOUR] = { 0 }, wq[FOUR] = { 0 }, wqq[FOUR] = { 0 }, wx[FOUR] = { 0 },
           wxq[FOUR] = { 0 };

    for (size_t i = 0; i < g->n; i += FOUR)
        for (size_t j = 0; j < FOUR; j++) {
            const double w = (double)g->weight[i + j], x = (double)g->x[i + j];
            const double v = (double)q[i + j];

            ww[j] += w;
            wq[j] += w * v;
            wqq[j] += w * v * v;
            wx[j] += w * x;
            wxq[j] += w * x * v;
        }
    const double scale = (double)a, minimum = (double)b;

    to->qq += scale * scale * ((wqq[0] + wqq[1]) + (wqq[2] + wqq[3]));
    to->qr += scale * minimum * ((wq[0] + wq[1]) + (wq[2] + wq[3]));
    to->rr += minimum * minimum * ((ww[0] + ww[1]) + (ww[2] + ww[3]));
    to->xq += scale * ((wxq[0] + wxq[1]) + (wxq[2] + wxq[3]));
    to->xr += minimum * ((wx[0] + wx[1]) + (wx[2] + wx[3]));
}

bool bci_solve(const bci_fit_sums *m, bool has_minimum, bool is_positive, float *scale,
               float *minimum)
{
    const double determinant = m->qq * m->rr - m->qr * m->qr;

    if (has_minimum && determinant > 1e-9 * m->qq * m->rr) {
        *scale = (float)((m->xq * m->rr - m->xr * m->qr) / determinant);
        *minimum = (float)((m->xq * m->qr - m->xr * m->qq) / determinant);
        if (!is_positive || *minimum >= 0.0f)
            return isfinite(*scale) && isfinite(*minimum);
    }
    if (!(m->qq > 0.0))
        return false;
    *scale = (float)(m->xq / m->qq);
    *minimum = 0.0f;
    return isfinite(*scale);
}
