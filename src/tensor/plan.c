/* Knows what a reduction will write, before it reads any data: which tensors, in which order, in
 * how many batches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "tensor/coded_layouts.h"
#include "tensor/coded_unread.h"
#include "tensor/formats.h"
#include "tensor/globs.h"
#include "tensor/mixes.h"
#include "tensor/reduction.h"

static const bci_tensor_format *choose_format(const bci_reduction *r, const char *out)
{
    const bc_tensor_settings *s = r->settings;

    if (s->container)
        return bci_tensor_format_named(s->container);
    return bci_tensor_format_for_path(out);
}

/* ---- how weights become codes and scales */

static bool is_on_grid(const bci_coded_format *f)
{
    return f->grid != NULL;
}

static bool may_have_zero(const bci_coded_format *f)
{
    return f->takes_zero_point;
}

/* The methods of the settings are for formats that have none of their own. */
static bool may_have_method(const bci_coded_format *f)
{
    return is_on_grid(f) && f->method == BC_SCALE_ABSMAX;
}

static bool may_be_nested(const bci_coded_format *f)
{
    return f->layout->takes_nested;
}

/* A setting that no tensor takes is a mistake. */
static bc_status check_taken(const bci_reduction *r, bool is_set, const char *key,
                             bool (*takes)(const bci_coded_format *f), bool values_take,
                             const char *formats, bc_error *err)
{
    bool any = false;

    for (size_t i = 0; is_set && i < r->n_tensors; i++)
        any = any || (r->codings[i] && takes(r->codings[i]->format)) ||
              (r->rulings[i] && values_take);
    if (!is_set || any || r->n_tensors == 0)
        return BC_OK;
    return bci_fail(err, BC_E_USAGE, "`%s`: no tensor becomes a format that takes it, expected %s",
                    key, formats);
}

/* Does some format already use the scale that was asked for? */
static bool is_scale_of_format(const bci_reduction *r)
{
    for (size_t i = 0; i < r->n_tensors; i++)
        if (r->codings[i] && r->codings[i]->format->method == r->settings->scale)
            return true;
    return false;
}

/* Codes that have a layout have a scale that it holds. */
static bc_status check_scale(const bci_reduction *r, bc_error *err)
{
    const bc_scale_method m = r->settings->scale;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < r->n_tensors; i++)
        if (r->codings[i] && may_have_method(r->codings[i]->format))
            st = bci_scale_for_codes(r->codings[i]->format, m, err);
    return st;
}

/* What the bare cut is not for, as the end of a sentence; NULL: it may be. */
static const char *refuses_cut(const bci_reduction *r, size_t i)
{
    const bc_element_type *type = r->choices[i].type;
    const bool is_block =
        type->kind == BC_ELEMENT_BLOCKS || (r->codings[i] && !is_on_grid(r->codings[i]->format));

    if (r->rulings[i] || r->choices[i].is_dropped || bci_reduction_copies(r, i))
        return NULL;
    if (is_block)
        return "blocks are encoded as their format says";
    return type->kind == BC_ELEMENT_FLOAT && !bci_grid_of(type) ? "keeps the bits that are read"
                                                                : NULL;
}

static bc_status check_rounding(const bci_reduction *r, bc_error *err)
{
    for (size_t i = 0; r->settings->rounding == BC_ROUND_TRUNCATE && i < r->n_tensors; i++) {
        const char *why = refuses_cut(r, i);

        if (why)
            return bci_fail(err, BC_E_USAGE,
                            "`rounding=truncate`: %s %s, expected `rounding=nearest`",
                            r->choices[i].type->name, why);
    }
    return BC_OK;
}

/* Does some tensor become blocks or codes, which may have several encodings? */
static bc_status check_encoder(const bci_reduction *r, bc_error *err)
{
    bool any = r->settings->encoder == BC_ENCODER_EXACT || r->n_tensors == 0;

    for (size_t i = 0; !any && i < r->n_tensors; i++)
        any = r->codings[i] ||
              (r->choices[i].type->kind == BC_ELEMENT_BLOCKS && !bci_reduction_copies(r, i));
    return any ? BC_OK
               : bci_fail(
                     err, BC_E_USAGE,
                     "`encoder=best`: no tensor becomes blocks, which alone have more than one "
                     "encoding, expected a format such as q4_k, or no `encoder`");
}

static bc_status check_settings(const bci_reduction *r, bc_error *err)
{
    const bc_tensor_settings *s = r->settings;
    const bool is_number = s->group != BC_TENSOR_GROUP_USUAL && s->group != BC_TENSOR_GROUP_ROW &&
                           s->group != BC_TENSOR_GROUP_ALL;
    bc_status st;

    st = is_number ? bci_group_check(s->group, &bci_groups_of_weights, err) : BC_OK;
    if (st)
        return st;
    if (s->scale == BC_SCALE_PERCENTILE && !(s->percent > 0.0 && s->percent <= 100.0))
        return bci_fail(err, BC_E_USAGE, "`percent=%g`: expected more than 0 and at most 100",
                        s->percent);
    st = check_scale(r, err);
    if (!st)
        st = check_rounding(r, err);
    if (!st)
        st = check_taken(r, s->zero_point, "zero-point", may_have_zero, false, "int2 to int8", err);
    if (!st)
        st = check_encoder(r, err);
    if (!st)
        st = check_taken(r, (s->has_scale || s->scale != BC_SCALE_ABSMAX) && !is_scale_of_format(r),
                         "scale", may_have_method, true,
                         "int2 to int8, e3m2, e2m3, e2m1, or another grid, such as uniform4", err);
    if (!st)
        st = check_taken(r, s->group != BC_TENSOR_GROUP_USUAL, "group", is_on_grid, true,
                         "int2 to int8, e3m2, e2m3, e2m1, ternary, binary, or another grid, as "
                         "uniform4",
                         err);
    if (!st)
        st = check_taken(r, s->double_quant, "double-quant", may_be_nested, false, "nf4 or fp4",
                         err);
    return st;
}

static bc_status make_codings(bci_reduction *r, bc_error *err)
{
    const bc_tensor_settings *s = r->settings;
    const bool has_zero = s->zero_point || s->scale == BC_SCALE_ZERO_POINT;
    bc_status st = BC_OK;

    for (size_t i = 0; i < r->n_tensors && !st; i++) {
        const bc_element_type *type = r->choices[i].type;

        if (r->choices[i].is_ruled)
            st =
                bci_ruling_new(&r->choices[i].spec, bc_tensor_at(r->in, i), s, &r->rulings[i], err);
        if (type->kind != BC_ELEMENT_CODES || r->choices[i].is_dropped)
            continue;
        if (r->format != &bci_safetensors)
            return bci_fail(err, BC_E_UNSUPPORTED,
                            "tensor %s stays %s (%s), which is a format of safetensors files, "
                            "expected `output=NAME.safetensors`%s%s%s",
                            bci_show_name(bc_tensor_at(r->in, i)->name).text, type->name,
                            r->choices[i].why, r->n_tensors > 1 ? ", or `drop=" : "",
                            r->n_tensors > 1 ? bci_glob_of(bc_tensor_at(r->in, i)->name).text : "",
                            r->n_tensors > 1 ? "`" : "");
        if (bci_reduction_copies(r, i))
            continue;
        const bci_coded_format *f = bci_coded_find(type->name);
        const bci_coding_choice choice = { .group = is_on_grid(f) ? s->group : 0,
                                           .zero_point = has_zero && may_have_zero(f),
                                           .is_nested = s->double_quant && may_be_nested(f) };

        st = bci_coding_new(f, bc_tensor_at(r->in, i), &choice, &r->codings[i], err);
    }
    return st ? st : check_settings(r, err);
}

/* New, or that of what is copied, or NULL. */
static const bci_coding *coding_of(const bci_reduction *r, size_t tensor)
{
    return r->codings[tensor] ? r->codings[tensor] : r->in->tensors[tensor].coding;
}

/* ---- outputs */

static bci_cut cut_rows(const bc_tensor_info *info)
{
    const uint64_t row = info->n_dims ? info->dims[info->n_dims - 1] : 1;

    return bci_cut_rows(row ? info->n_elements / row : 0, row, info->type->block_length);
}

/* With importance rows stay whole. */
static bci_cut cut_elements(bci_reduction *r, size_t tensor, const bc_tensor_info *info)
{
    const bci_weighting *w = &r->weightings[tensor];

    if (r->rulings[tensor])
        return bci_ruling_cut(r->rulings[tensor]);
    if (!w->is_known)
        return cut_rows(info);
    const bci_cut cut = bci_cut_whole_rows(info->n_elements / w->row, w->row);

    r->largest_batch = cut.batch > r->largest_batch ? cut.batch : r->largest_batch;
    r->longest_row = w->row > r->longest_row ? w->row : r->longest_row;
    return cut;
}

static bci_cut cut_of_piece(const bci_reduction *r, size_t tensor, size_t piece)
{
    const bci_coding *c = r->codings[tensor];

    if (!c)
        return cut_rows(&r->in->tensors[tensor].coding->pieces[piece].info);
    if (bci_role_is_constant(c, c->roles[piece]))
        return (bci_cut){ .row = 1, .n_batches = 1 };
    return bci_coding_cut(c);
}

/* Tensors that one becomes. */
static size_t outputs_of(const bci_reduction *r, size_t tensor)
{
    const bci_choice *c = &r->choices[tensor];

    if (c->is_dropped)
        return 0;
    return c->type->kind == BC_ELEMENT_CODES ? coding_of(r, tensor)->n_pieces : 1;
}

static void add_outputs(bci_reduction *r, size_t tensor)
{
    const bool has_pieces = r->choices[tensor].type->kind == BC_ELEMENT_CODES;
    const bci_coding *c = has_pieces ? coding_of(r, tensor) : NULL;

    for (size_t i = 0; i < outputs_of(r, tensor); i++) {
        bc_tensor_info *info = &r->infos[r->n_outputs];

        *info = c ? c->pieces[i].info : *bc_tensor_at(r->in, tensor);
        if (!c)
            info->type = r->choices[tensor].type;
        r->outputs[r->n_outputs++] =
            (bci_output){ tensor, i,
                          c ? cut_of_piece(r, tensor, i) : cut_elements(r, tensor, info) };
    }
}

static size_t count_outputs(const bci_reduction *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_tensors; i++)
        n += outputs_of(r, i);
    return n;
}

/* The pairs of the input, and what a reader has to know of codes. */
static bc_status make_pairs(bci_reduction *r, const char *out, bc_error *err)
{
    bci_bytes text = { 0 };
    bool is_good = bci_pairs_copy(&r->in->pairs, &r->pairs);

    for (size_t i = 0; i < r->n_tensors; i++) {
        const bool is_coded = r->choices[i].type->kind == BC_ELEMENT_CODES;
        const bci_coding *c = is_coded && !r->choices[i].is_dropped ? coding_of(r, i) : NULL;

        if (c && c->format->layout->describe)
            c->format->layout->describe(c, &text);
    }
    if (text.n > 0) {
        bci_bytes_put(&text, "}", 2);
        is_good = is_good && !text.is_short &&
                  bci_pairs_set_string(&r->pairs, BCI_FORMATS_KEY, (const char *)text.data);
    }
    is_good = is_good && !text.is_short; /* the first byte was refused: codes without their note */
    bci_bytes_free(&text);
    is_good = is_good && bci_reduction_note_importance(r);
    return is_good ? BC_OK : bci_tensor_short(out, err);
}

static bc_status make_outputs(bci_reduction *r, const char *out, bc_error *err)
{
    const size_t n = count_outputs(r);

    r->outputs = calloc(n + 1, sizeof *r->outputs);
    r->infos = calloc(n + 1, sizeof *r->infos);
    r->first_batch = calloc(n + 1, sizeof *r->first_batch);
    if (!r->outputs || !r->infos || !r->first_batch)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu tensor(s)", out, n);
    for (size_t i = 0; i < r->n_tensors; i++)
        add_outputs(r, i);
    return make_pairs(r, out, err);
}

/* Batches in the order of the file. */
static void count_batches(bci_reduction *r)
{
    for (size_t place = 0; place < r->n_outputs; place++) {
        const bci_output *o = &r->outputs[r->writer->order[place]];

        r->first_batch[place] = r->n_batches;
        r->n_batches += o->cut.n_batches;
        r->n_elements += o->cut.n_rows * o->cut.row;
    }
    r->first_batch[r->n_outputs] = r->n_batches;
}

/* Before it is taken: what is kept of each tensor until the report. */
static bc_status take_memory(bci_reduction *r, bc_error *err)
{
    enum { NAME_ROOM = 64 }; /* of a usual name */
    const size_t each = sizeof *r->choices + sizeof(bci_coding *) + sizeof(bci_ruling *) +
                        sizeof *r->weightings + sizeof *r->outputs + sizeof *r->infos +
                        sizeof *r->first_batch + sizeof(bc_tensor_outcome) + NAME_ROOM;
    char subject[256];

    bci_format(subject, sizeof subject, "%.100s: reducing %zu tensor(s)", r->in->parts[0]->name,
               r->n_tensors);
    return bci_take_memory(&r->in->reading, &r->in->memory, r->n_tensors, each, subject, err);
}

/* Whether a tensor is of blocks because that was asked for; else no mix is in the file. */
static bool has_mix(const bci_reduction *r)
{
    for (size_t i = 0; i < r->n_tensors; i++) {
        const bci_choice *c = &r->choices[i];

        if (!c->is_dropped && (c->is_asked || !bci_reduction_copies(r, i)) &&
            c->type->kind == BC_ELEMENT_BLOCKS)
            return true;
    }
    return false;
}

bc_status bci_reduction_plan(bci_reduction *r, const char *out, bc_error *err)
{
    const size_t n = r->n_tensors = bc_tensor_count(r->in);
    bc_status st;

    r->format = choose_format(r, out);
    if (!r->format)
        return bci_fail(err, BC_E_USAGE,
                        "%s: the name does not end in a format that can be written, expected "
                        ".gguf, .safetensors or .npy",
                        out);
    st = take_memory(r, err);
    if (st)
        return st;
    r->choices = calloc(n + 1, sizeof *r->choices);
    r->codings = calloc(n + 1, sizeof(bci_coding *));
    r->rulings = calloc(n + 1, sizeof(bci_ruling *));
    r->weightings = calloc(n + 1, sizeof *r->weightings);
    if (!r->choices || !r->codings || !r->rulings || !r->weightings)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu tensor(s)", out, n);
    st = bci_coded_refuse_unread(r->in, r->settings, err);
    if (!st)
        st = bci_recipe_choose(r->settings, r->in, r->format, r->choices, err);
    if (!st)
        st = make_codings(r, err);
    if (!st && r->settings->imatrix)
        st = bci_reduction_weigh(r, err);
    if (!st)
        st = make_outputs(r, out, err);
    if (st)
        return st;

    const bc_tensor_mix *mix = bci_mix_named(r->settings->format);
    const bci_tensor_output output = { .format = r->format,
                                       .path = r->settings->dry_run || r->settings->sizes_only
                                                   ? NULL
                                                   : out,
                                       .force = r->settings->force,
                                       .tensors = r->infos,
                                       .n_tensors = r->n_outputs,
                                       .pairs = &r->pairs,
                                       .file_type = mix && has_mix(r) ? &mix->file_type : NULL,
                                       .name = out,
                                       .is_gated = !isnan(r->settings->min_snr_db) };

    st = bci_tensor_writer_open(&output, &r->writer, err);
    if (!st)
        count_batches(r);
    return st;
}
