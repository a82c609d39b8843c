/* Knows where importance goes in a reduction: to whom, and row by row. */
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/encode.h"
#include "tensor/reduction.h"

enum { MAX_ROW = 1 << 24 };

static bool uses_importance(const bci_reduction *r, size_t tensor)
{
    const bc_element_type *to = r->choices[tensor].type;
    const bc_block_format *blocks = bci_blocks_of(to);

    return blocks && (blocks->uses_importance || r->settings->encoder == BC_ENCODER_BEST) &&
           to != bc_tensor_at(r->in, tensor)->type;
}

static bc_status find_all(bci_reduction *r, size_t *n_used, const char **missing, bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < r->n_tensors; i++) {
        bci_weighting *w = &r->weightings[i];
        const bc_tensor_info *t = bc_tensor_at(r->in, i);

        if (!uses_importance(r, i))
            continue;
        st = bci_importance_find(r->importance, t, w, err);
        if (!st && w->is_known && w->row > MAX_ROW)
            st = bci_fail(err, BC_E_LIMIT,
                          "tensor %s has rows of %llu, expected at most %d with "
                          "importance",
                          bci_show_name(t->name).text, (unsigned long long)w->row, MAX_ROW);
        r->choices[i].importance = w->is_known ? BC_IMPORTANCE_USED : BC_IMPORTANCE_MISSING;
        *n_used += w->is_known;
        if (!w->is_known)
            *missing = t->name;
    }
    return st;
}

bc_status bci_reduction_weigh(bci_reduction *r, bc_error *err)
{
    const char *path = r->settings->imatrix, *missing = NULL;
    size_t n_used = 0;
    bc_status st = bci_importance_open(path, &r->settings->reading, &r->importance, err);

    if (!st)
        st = bci_importance_summarize(r->importance, &r->made.importance, err);
    if (!st)
        st = find_all(r, &n_used, &missing, err);
    if (!st && n_used == 0 && missing)
        st = bci_fail(err, BC_E_USAGE,
                      "%s: no entry for any tensor that would use one: it has %s, but not %s", path,
                      bci_show_name(bci_importance_some_name(r->importance)).text,
                      bci_show_name(missing).text);
    return st;
}

bool bci_reduction_note_importance(bci_reduction *r)
{
    const bc_importance_summary *s = &r->made.importance;
    const char *path = r->settings->imatrix, *slash = path ? strrchr(path, '/') : NULL;

    if (r->longest_row == 0) /* none was used */
        return true;
    return bci_pairs_set_string(&r->pairs, "quantize.imatrix.file", slash ? slash + 1 : path) &&
           (!s->dataset ||
            bci_pairs_set_string(&r->pairs, "quantize.imatrix.dataset", s->dataset)) &&
           bci_pairs_set_u32(&r->pairs, "quantize.imatrix.entries_count", (uint32_t)s->n_entries) &&
           (!s->n_chunks ||
            bci_pairs_set_u32(&r->pairs, "quantize.imatrix.chunks_count", (uint32_t)s->n_chunks));
}

bc_status bci_reduction_importance_at(const bci_reduction *r, size_t tensor, uint64_t element,
                                      bci_slot *s, const float **out, bc_error *err)
{
    const bci_weighting *w = &r->weightings[tensor];
    const bc_status st =
        bci_importance_read(r->importance, w, element / w->row / w->n_rows, s->importance, err);

    *out = s->importance + element % w->row;
    return st;
}

bc_status bci_reduction_encode_weighted(const bci_reduction *r, const bci_output *o,
                                        const bci_range *range, bci_slot *s, bc_error *err)
{
    const bci_weighting *w = &r->weightings[o->tensor];
    const bc_element_type *to = r->choices[o->tensor].type;
    const size_t row = (size_t)w->row, row_bytes = row / to->block_length * to->block_bytes;
    bci_encoding how = bci_reduction_encoding(r, o->tensor, range->first);
    uint64_t at_hand = UINT64_MAX;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < range->n_lines; i++, how.first += row) {
        const uint64_t matrix = (range->first / row + i) / w->n_rows;

        if (matrix != at_hand)
            st = bci_importance_read(r->importance, w, matrix, s->importance, err);
        at_hand = matrix;
        if (!st)
            bci_encode(to, &how, s->x + i * row, s->importance, row, s->out + i * row_bytes);
    }
    return st;
}
