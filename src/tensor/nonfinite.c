/* Knows what becomes of weights that are not finite, and of those that their format cannot hold: a
 * sentence that names the place, or what stands for them. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tensor/element.h"
#include "tensor/encode.h"
#include "tensor/overflow.h"
#include "tensor/reduction.h"

static bc_status refuse_input(const bci_reduction *r, size_t tensor, uint64_t index, double x,
                              bc_error *err)
{
    const bool keeps = r->settings->nonfinite == BC_NONFINITE_KEEP;
    char why[64] = "", expected[64];

    if (isfinite(x))
        return bci_refuse_weight(r->in, tensor, index, x, ", more than 32-bit floats hold",
                                 "weights up to 3.4e38, or `nonfinite=saturate`", err);
    if (keeps)
        snprintf(why, sizeof why, ", which %s cannot hold", bci_reduction_name_of(r, tensor));
    snprintf(expected, sizeof expected, "%s%s", keeps ? "" : "finite weights or ",
             isnan(x) ? "`nonfinite=zero`" : "`nonfinite=saturate` or zero");
    return bci_refuse_weight(r->in, tensor, index, x, why, expected, err);
}

static bc_status refuse_output(const bci_reduction *r, size_t tensor, uint64_t index, double x,
                               bc_error *err)
{
    const bc_element_type *to = r->choices[tensor].type;
    const bool has_scale = to->kind != BC_ELEMENT_FLOAT;
    char why[96];

    snprintf(why, sizeof why, ", more than %s%s holds", has_scale ? "the scale of a block of " : "",
             bci_reduction_name_of(r, tensor));
    return bci_refuse_weight(r->in, tensor, index, x, why,
                             r->settings->nonfinite == BC_NONFINITE_SATURATE
                                 ? "smaller weights"
                                 : "`nonfinite=saturate`",
                             err);
}

/* ---- before */

/* What the file has: a double may be finite where the float is not. */
static bc_status true_value(const bci_reduction *r, size_t tensor, uint64_t index, double *x,
                            bc_error *err)
{
    return bc_tensor_read_f64(r->in, tensor, index, 1, x, err);
}

/* Has a float format a code for it? NaN they all have. */
static bool has_code(const bc_element_type *to, double x)
{
    const bci_float_end *end = bci_float_end_of(to);

    return isnan(x) || !end || isinf(end->clips_from);
}

/* One weight that is not finite as a float. */
static bc_status admit(const bci_reduction *r, size_t tensor, uint64_t index, float *x, bci_slot *s,
                       bc_error *err)
{
    const bc_nonfinite asked = r->settings->nonfinite;
    const bc_element_type *to = r->choices[tensor].type;
    const bci_ruling *values = r->rulings[tensor];
    const bool can_keep = values ? bci_ruling_keeps(values) : to->kind == BC_ELEMENT_FLOAT;
    double of_file;
    const bc_status st = true_value(r, tensor, index, &of_file, err);

    if (st)
        return st;
    s->n_nonfinite += isfinite(of_file) ? 0 : 1;
    if (asked == BC_NONFINITE_ZERO && !isfinite(of_file)) {
        *x = 0.0f;
    } else if (asked == BC_NONFINITE_SATURATE && of_file == of_file) {
        *x = *x < 0.0f ? -FLT_MAX : FLT_MAX;
        s->is_changed = true;
        s->n_saturated +=
            values ? !can_keep : can_keep && !bci_grid_of(to); /* others count when encoded */
    } else if (!(asked == BC_NONFINITE_KEEP && can_keep && (values || has_code(to, of_file)))) {
        return refuse_input(r, tensor, index, of_file, err);
    }
    return BC_OK;
}

/* What codes and scales can hold, whatever the other weights of a group are: all but the last of
 * the floats, whose scale may be rounded up. A zero-point shifts the marks by half a step, which is
 * a third of the largest weight where codes have two bits. */
static float most_of(const bci_coding *codes)
{
    return codes->has_zero ? 0x1p127f : 0x1.fffffp127f;
}

/* All pieces of codes and scales, and the surveys before them, see the same weights. */
static void limit_for_codes(float most, float *x, bci_slot *s)
{
    if (fabsf(*x) <= most)
        return;
    *x = *x < 0.0f ? -most : most;
    s->is_changed = true;
    s->n_saturated++;
}

bc_status bci_reduction_read(const bci_reduction *r, size_t tensor, uint64_t first, size_t n,
                             bci_slot *s, bc_error *err)
{
    const bc_element_type *to = r->choices[tensor].type;
    const bool limits =
        r->settings->nonfinite == BC_NONFINITE_SATURATE && to->kind == BC_ELEMENT_CODES;
    bc_status st = bc_tensor_read_f32(r->in, tensor, first, n, s->x, err);
    size_t i = st ? n : bci_first_above(bci_safe_magnitude(to), s->x, n);

    s->n_nonfinite = s->n_saturated = 0;
    s->is_changed = false;
    s->is_safe = i == n;
    for (; !st && i < n; i++) {
        if (!isfinite(s->x[i]))
            st = admit(r, tensor, first + i, &s->x[i], s, err);
        if (!st && limits)
            limit_for_codes(most_of(r->codings[tensor]), &s->x[i], s);
    }
    return st;
}

/* One weight that is not finite, of a tensor that has the format asked for already. */
static bc_status admit_copied(const bci_reduction *r, size_t tensor, uint64_t index, uint8_t *at,
                              bci_slot *s, bc_error *err)
{
    const bc_element_type *type = r->choices[tensor].type;
    const bc_nonfinite asked = r->settings->nonfinite;
    double x;
    const bc_status st = true_value(r, tensor, index, &x, err);

    if (st || isfinite(x)) /* a double may be */
        return st;
    s->n_nonfinite++;
    if (asked == BC_NONFINITE_ZERO)
        memset(at, 0, type->block_bytes);
    else if (asked == BC_NONFINITE_SATURATE && x == x)
        bci_put_largest(type, (float)x, at);
    else if (asked != BC_NONFINITE_KEEP)
        return refuse_input(r, tensor, index, x, err);
    s->n_saturated += asked == BC_NONFINITE_SATURATE;
    return BC_OK;
}

bc_status bci_reduction_admit_copied(const bci_reduction *r, size_t tensor, const bci_range *at,
                                     bci_slot *s, bc_error *err)
{
    const bc_element_type *type = r->choices[tensor].type;
    bc_status st = BC_OK;

    if (!r->choices[tensor].is_asked || type->kind != BC_ELEMENT_FLOAT)
        return BC_OK;
    bci_element_decoder(type)(s->out, at->n, s->x);
    for (size_t i = bci_first_above(FLT_MAX, s->x, at->n); !st && i < at->n; i++)
        if (!isfinite(s->x[i]))
            st = admit_copied(r, tensor, at->first + i, s->out + i * type->block_bytes, s, err);
    return st;
}

/* ---- after */

/* The largest weight of those that share a scale with weight i. */
static size_t largest_near(const bc_element_type *to, const float *x, size_t n, size_t i)
{
    const bool is_coded = to->kind == BC_ELEMENT_CODES; /* groups are of any length */
    const size_t first = is_coded ? 0 : i - i % to->block_length;
    const size_t end = is_coded ? n : first + to->block_length;
    size_t largest = i;

    for (size_t k = first; k < end; k++)
        if (isfinite(x[k]) && fabsf(x[k]) > fabsf(x[largest]))
            largest = k;
    return largest;
}

static bool is_held(float x, float y, float end)
{
    return isfinite(y) && fabsf(x) <= end;
}

/* Store what is not held at index i, or its block, once more; returns where the block ends. */
static bc_status saturate(const bci_reduction *r, size_t tensor, const bci_range *at, bci_slot *s,
                          float end, size_t *i, bc_error *err)
{
    const bc_element_type *to = r->choices[tensor].type;
    const size_t first = *i - *i % to->block_length, in_bytes = first / to->block_length;
    uint8_t *out = s->out + in_bytes * to->block_bytes;
    const bci_encoding how = bci_reduction_encoding(r, tensor, at->first + first);
    const float *importance = NULL;
    bc_status st = BC_OK;

    if (to->kind == BC_ELEMENT_FLOAT) {
        s->n_saturated++;
        bci_put_largest(to, s->x[*i], out);
        bci_element_decoder(to)(out, 1, &s->y[*i]);
        return BC_OK;
    }
    if (r->weightings[tensor].is_known)
        st = bci_reduction_importance_at(r, tensor, at->first + first, s, &importance, err);
    if (st)
        return st;
    if (isfinite(s->y[*i])) { /* its scale is the largest already */
        for (size_t k = first; k < first + to->block_length; k++)
            s->n_saturated += fabsf(s->x[k]) > end;
    } else {
        s->n_saturated += bci_encode_limited(to, &how, s->x + first, importance, out, s->y + first);
        s->is_changed = true;
    }
    *i = first + to->block_length - 1;
    return BC_OK;
}

bc_status bci_reduction_admit(const bci_reduction *r, size_t tensor, const bci_range *at,
                              bci_slot *s, bc_error *err)
{
    const bc_nonfinite asked = r->settings->nonfinite;
    const bc_element_type *to = r->choices[tensor].type;
    const float end = bci_end_of(to);
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < at->n; i++) {
        if (!isfinite(s->x[i]) || is_held(s->x[i], s->y[i], end))
            continue;
        if (asked == BC_NONFINITE_KEEP && to->kind == BC_ELEMENT_FLOAT && !isfinite(s->y[i]))
            continue; /* else the type has no infinity, and the end would stand for it */
        if (asked == BC_NONFINITE_SATURATE && to->kind != BC_ELEMENT_CODES) {
            st = saturate(r, tensor, at, s, end, &i, err);
            continue;
        }
        const size_t largest = largest_near(to, s->x, at->n, i);

        return refuse_output(r, tensor, at->first + largest, (double)s->x[largest], err);
    }
    return st;
}

bc_status bci_reduction_admit_values(const bci_reduction *r, size_t tensor, const bci_range *at,
                                     bci_slot *s, bc_error *err)
{
    const bc_nonfinite asked = r->settings->nonfinite;
    const bool keeps = asked == BC_NONFINITE_KEEP && bci_ruling_keeps(r->rulings[tensor]);
    bc_status st = BC_OK;

    for (size_t i = 0; !st && !keeps && i < at->n; i++) {
        if (isfinite(s->y[i]))
            continue;
        if (asked == BC_NONFINITE_SATURATE) { /* a mark beyond the largest float */
            s->y[i] = s->y[i] < 0.0f ? -FLT_MAX : FLT_MAX;
            s->n_saturated++;
        } else {
            st = refuse_output(r, tensor, at->first + i, (double)s->x[i], err);
        }
    }
    return st;
}

/* ---- measuring, against what the file has */

enum { CHUNK = 1024 };

static bc_status measure_doubles(const bci_reduction *r, size_t tensor, const bci_range *at,
                                 bci_slot *s, bc_error *err)
{
    const bool counts_as_0 = r->settings->nonfinite == BC_NONFINITE_ZERO;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < at->n; i += CHUNK) {
        const size_t n = at->n - i < CHUNK ? at->n - i : CHUNK;
        double x[CHUNK], y[CHUNK];

        st = bc_tensor_read_f64(r->in, tensor, at->first + i, n, x, err);
        for (size_t k = 0; !st && k < n; k++) {
            x[k] = counts_as_0 && !isfinite(x[k]) ? 0.0 : x[k];
            y[k] = (double)s->y[i + k];
        }
        if (!st)
            bc_error_add_f64(&s->error, x, y, n);
    }
    return st;
}

bc_status bci_reduction_measure(const bci_reduction *r, size_t tensor, const bci_range *at,
                                bci_slot *s, bc_error *err)
{
    if (bci_element_is_f64(bc_tensor_at(r->in, tensor)->type))
        return measure_doubles(r, tensor, at, s, err);
    bc_error_add_f32(&s->error, s->x, s->y, at->n);
    return BC_OK;
}
