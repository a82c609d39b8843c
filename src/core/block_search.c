/* Knows how a scale is searched under which weighted errors are small: by trying, with a least
 * squares fit for the codes of each trial, and by changing one code at a time. The order of every
 * operation is part of the formats. */
#include "core/block_search.h"

/* Groups whose largest magnitude is below this count as zeros. */
static const float nothing = 1e-15f;

static bci_lanes largest_magnitude(size_t n, const bci_lanes *x, bci_lanes *extreme)
{
    bci_lanes largest = bci_all(0.0f);

    *extreme = bci_all(0.0f);
    for (size_t i = 0; i < n; i++) {
        const bci_lanes magnitude = bci_abs(x[i]);
        const bci_mask larger = magnitude > largest;

        largest = bci_select(larger, magnitude, largest);
        *extreme = bci_select(larger, x[i], *extreme);
    }
    return largest;
}

static bci_lanes affine_error(const bci_affine_search *how, const bci_lanes *x,
                              const bci_lanes *weight, const bci_lanes *codes, bci_lanes scale,
                              bci_lanes low)
{
    bci_lanes sum = bci_all(0.0f);

    for (size_t i = 0; i < how->n; i++) {
        const bci_lanes e = scale * codes[i] + low - x[i];

        sum += weight[i] * (how->absolute ? bci_abs(e) : e * e);
    }
    return sum;
}

void bci_search_affine(const bci_affine_search *how, const bci_lanes *x, const bci_lanes *weight,
                       bci_affine_found *found, bci_lanes *codes)
{
    const bci_lanes zero = bci_all(0.0f);
    bci_lanes low = x[0], high = x[0], sum_w = weight[0], sum_x = weight[0] * x[0];
    bci_lanes trial[BCI_GROUP_MAX];

    for (size_t i = 1; i < how->n; i++) {
        low = bci_select(x[i] < low, x[i], low);
        high = bci_select(x[i] > high, x[i], high);
        sum_w += weight[i];
        sum_x += weight[i] * x[i];
    }
    low = bci_select(low > zero, zero, low);

    bci_lanes inverse = how->top / (high - low);
    bci_lanes scale = 1.0f / inverse;
    bci_lanes kept_inverse = inverse, kept_low = low;

    for (size_t i = 0; i < how->n; i++)
        trial[i] = bci_code(inverse * (x[i] - low), 0.0f, how->top);

    bci_lanes least = affine_error(how, x, weight, trial, scale, low);

    for (int k = 0; k <= how->n_steps; k++) {
        bci_lanes sum_l = zero, sum_ll = zero, sum_xl = zero;

        inverse = (how->first + how->step * (float)k + how->top) / (high - low);
        for (size_t i = 0; i < how->n; i++) {
            const bci_lanes l = bci_code(inverse * (x[i] - low), 0.0f, how->top);
            const bci_lanes wl = weight[i] * l;

            trial[i] = l;
            sum_l += wl;
            sum_ll += wl * l;
            sum_xl += wl * x[i];
        }

        const bci_lanes determinant = sum_w * sum_ll - sum_l * sum_l;
        const bci_lanes free_low = (sum_ll * sum_x - sum_l * sum_xl) / determinant;
        const bci_mask above = free_low > zero; /* a minimum is never positive */
        const bci_lanes new_low = bci_select(above, zero, free_low);
        const bci_lanes new_scale =
            bci_select(above, sum_xl / sum_ll, (sum_w * sum_xl - sum_x * sum_l) / determinant);
        const bci_lanes error = affine_error(how, x, weight, trial, new_scale, new_low);
        const bci_mask better = (determinant > zero) & (error < least);

        kept_inverse = bci_select(better, inverse, kept_inverse);
        kept_low = bci_select(better, low, kept_low);
        least = bci_select(better, error, least);
        scale = bci_select(better, new_scale, scale);
        low = bci_select(better, new_low, low);
    }
    *found = (bci_affine_found){ scale, -low, sum_w };
    for (size_t i = 0; codes && i < how->n; i++)
        codes[i] = bci_code(kept_inverse * (x[i] - kept_low), 0.0f, how->top);
}

/* Sums of a least squares fit of one scale: weight * x * l and weight * l * l. */
typedef struct {
    bci_lanes xl, ll;
} fit_sums;

static fit_sums fit(size_t n, const bci_lanes *x, const bci_lanes *weight, bci_lanes inverse,
                    float lo, float hi)
{
    fit_sums sums = { bci_all(0.0f), bci_all(0.0f) };

    for (size_t i = 0; i < n; i++) {
        const bci_lanes l = bci_code(inverse * x[i], lo, hi);

        sums.xl += weight[i] * x[i] * l;
        sums.ll += weight[i] * l * l;
    }
    return sums;
}

static bci_lanes quotient_or_0(fit_sums sums)
{
    const bci_lanes zero = bci_all(0.0f);

    return bci_select(sums.ll > zero, sums.xl / sums.ll, zero);
}

void bci_search_symmetric(size_t n, float half, const bci_lanes *x, const bci_lanes *weight,
                          bci_lanes *scale, bci_lanes *codes)
{
    const bci_lanes zero = bci_all(0.0f);
    bci_lanes extreme;
    const bci_mask some = largest_magnitude(n, x, &extreme) >= bci_all(nothing);
    bci_lanes inverse = -half / extreme;
    fit_sums sums = fit(n, x, weight, inverse, -half, half - 1.0f);
    bci_lanes found = quotient_or_0(sums);
    bci_lanes best = found * sums.xl;

    for (int k = -9; k <= 9; k++) {
        const bci_lanes other = -(half + 0.1f * (float)k) / extreme;

        if (k == 0)
            continue;
        sums = fit(n, x, weight, other, -half, half - 1.0f);

        const bci_mask better = (sums.ll > zero) & (sums.xl * sums.xl > best * sums.ll);

        inverse = bci_select(better, other, inverse);
        found = bci_select(better, sums.xl / sums.ll, found);
        best = bci_select(better, found * sums.xl, best);
    }
    *scale = bci_select(some, found, zero);
    for (size_t i = 0; i < n; i++)
        codes[i] =
            bci_select(some, bci_code(inverse * x[i], -half, half - 1.0f) + bci_all(half), zero);
}

/* Up to five times over all codes: each takes the value that fits best beside the others if the
 * fit gains by it. Returns the scale. */
static bci_lanes descend(size_t n, const bci_lanes *x, const bci_lanes *weight, float lo, float hi,
                         fit_sums sums, bci_lanes *codes)
{
    const bci_lanes zero = bci_all(0.0f);
    bci_mask changed = { -1 };

    for (int sweep = 0; sweep < 5 && bci_any(changed); sweep++) {
        changed = (bci_mask){ 0 };
        for (size_t i = 0; i < n; i++) {
            const bci_lanes l = codes[i], w = weight[i], wx = w * x[i];
            const bci_lanes xl = sums.xl - wx * l, ll = sums.ll - w * l * l;
            const bci_lanes other = bci_code(x[i] * ll / xl, lo, hi);
            const bci_lanes new_xl = xl + wx * other, new_ll = ll + w * other * other;
            bci_mask better = (xl > zero) & (other != l) & (new_ll > zero) &
                              (new_xl * new_xl * sums.ll > sums.xl * sums.xl * new_ll);

            if (lo == 0.0f)
                better &= ll > zero;
            codes[i] = bci_select(better, other, l);
            sums.xl = bci_select(better, new_xl, sums.xl);
            sums.ll = bci_select(better, new_ll, sums.ll);
            changed |= better;
        }
    }
    return quotient_or_0(sums);
}

void bci_search_descending(size_t n, float half, const bci_lanes *x, const bci_lanes *weight,
                           bci_lanes *scale, bci_lanes *codes)
{
    const bci_lanes zero = bci_all(0.0f);
    bci_lanes extreme;
    const bci_mask some = largest_magnitude(n, x, &extreme) >= bci_all(nothing);
    const bci_lanes inverse = -half / extreme;
    const fit_sums sums = fit(n, x, weight, inverse, -half, half - 1.0f);

    for (size_t i = 0; i < n; i++)
        codes[i] = bci_code(inverse * x[i], -half, half - 1.0f);
    *scale = bci_select(some, descend(n, x, weight, -half, half - 1.0f, sums, codes), zero);
    for (size_t i = 0; i < n; i++)
        codes[i] = bci_select(some, codes[i] + bci_all(half), zero);
}

void bci_search_positive(size_t n, float top, const bci_lanes *x, const bci_lanes *weight,
                         bci_lanes *scale, bci_lanes *codes)
{
    /* The plain start first: of equals it is the one that stays. */
    static const int order[] = { 0, -4, -3, -2, -1, 1, 2, 3, 4 };
    const bci_lanes zero = bci_all(0.0f);
    bci_lanes extreme = zero, inverse = zero, least = bci_all(INFINITY);

    for (size_t i = 0; i < n; i++)
        extreme = bci_select(x[i] > extreme, x[i], extreme);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        const bci_lanes other = (0.1f * (float)order[k] + top) / extreme;
        const bci_lanes step = 1.0f / other;
        bci_lanes error = zero;

        for (size_t i = 0; i < n; i++) {
            const bci_lanes e = x[i] - step * bci_code(other * x[i], 0.0f, top);

            error += weight[i] * e * e;
        }
        inverse = bci_select(error < least, other, inverse);
        least = bci_select(error < least, error, least);
    }

    const bci_mask some = extreme >= bci_all(nothing);
    const fit_sums sums = fit(n, x, weight, inverse, 0.0f, top);

    for (size_t i = 0; i < n; i++)
        codes[i] = bci_code(inverse * x[i], 0.0f, top);
    *scale = bci_select(some, descend(n, x, weight, 0.0f, top, sums, codes), zero);
    for (size_t i = 0; i < n; i++)
        codes[i] = bci_select(some, codes[i], zero);
}
