/* Knows how one tensor is stored as codes and scales in tensors of their own, and what these pieces
 * look like in a safetensors file. */
#include "tensor/coded.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "medium/shared_settings.h"
#include "tensor/element.h"

const bci_coded_format *bci_layout_format(const bci_layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->n_formats; i++)
        if (strcmp(layout->formats[i].name, name) == 0)
            return &layout->formats[i];
    return NULL;
}

const bci_groups bci_groups_of_weights = {
    .words = " all tensor row ", .counted = "weights", .least = 8, .most = 65536, .factor = 8
};

bool bci_coding_grid(const bci_coding *c, bc_grid *grid)
{
    static const float signs[] = { -1.0f, 1.0f };
    char name[16];

    if (!c->format->grid)
        return false;
    if (strcmp(c->format->grid, "sign") == 0)
        return bc_grid_codebook(signs, 2, grid, NULL) == BC_OK;
    snprintf(name, sizeof name, "%s%s", c->has_zero ? "u" : "", c->format->grid);
    return bc_grid_named(name, grid, NULL) == BC_OK;
}

static uint64_t parts_of(uint64_t n, uint64_t part)
{
    return part ? n / part + (n % part > 0) : 0;
}

uint64_t bci_code_bytes(const bci_coding *c, uint64_t n)
{
    const uint64_t bits = (uint64_t)c->format->bits;

    return n / 8 * bits + parts_of(n % 8 * bits, 8);
}

uint64_t bci_coding_groups(const bci_coding *c)
{
    return parts_of(c->row, c->group);
}

static void set_groups(bci_coding *c, uint32_t asked)
{
    const uint32_t group = asked == BC_TENSOR_GROUP_USUAL ? c->format->group : asked;

    c->is_whole = group == BC_TENSOR_GROUP_ALL;
    c->named_group = c->is_whole ? "tensor" : group == BC_TENSOR_GROUP_ROW ? "row" : NULL;
    c->group = c->is_whole || group == BC_TENSOR_GROUP_ROW ? c->row : group;
}

/* One long row, where rows end with a byte and a group. */
static void flatten(bci_coding *c)
{
    const bool ends_whole = c->row % 8 * (uint64_t)c->format->bits % 8 == 0;

    if (c->n_rows == 0 || c->row == 0 || !ends_whole)
        return;
    if (c->is_whole || (c->group <= BCI_BATCH && c->row % c->group == 0)) {
        c->row *= c->n_rows;
        c->n_rows = 1;
        c->group = c->is_whole ? c->row : c->group;
    }
}

/* ---- pieces */

bci_tensor *bci_piece_add(bci_piece_list *list, bci_role role, const char *suffix, const char *type)
{
    bci_coding *c = list->coding;
    bci_tensor *piece = &c->pieces[c->n_pieces];
    const size_t size = strlen(list->name) + strlen(suffix) + 1;
    char *name = malloc(size);

    list->is_short = list->is_short || !name;
    if (name)
        snprintf(name, size, "%s%s", list->name, suffix);
    c->roles[c->n_pieces++] = role;
    *piece = (bci_tensor){ .info = { .name = name, .type = bc_element_type_named(type) } };
    return piece;
}

void bci_piece_add_line(bci_piece_list *list, bci_role role, const char *suffix, const char *type,
                        uint64_t n)
{
    bci_tensor *piece = bci_piece_add(list, role, suffix, type);

    piece->info.n_dims = 1;
    piece->info.dims[0] = n;
}

void bci_piece_add_rows(bci_piece_list *list, bci_role role, const char *suffix, const char *type,
                        uint64_t n)
{
    bc_tensor_info *info = &bci_piece_add(list, role, suffix, type)->info;
    const bci_coding *c = list->coding;

    info->n_dims = c->n_dims ? c->n_dims : 1;
    memcpy(info->dims, c->dims, sizeof info->dims);
    info->dims[info->n_dims - 1] = n;
}

void bci_piece_add_usual(bci_piece_list *list)
{
    const bci_coding *c = list->coding;
    const bool is_signed = c->format->grid && !c->has_zero;
    const uint64_t n_groups = bci_coding_groups(c);

    bci_piece_add_rows(list, BCI_CODES, "", c->format->bits == 8 && is_signed ? "I8" : "U8",
                       bci_code_bytes(c, c->row));
    if (c->is_whole)
        bci_piece_add(list, BCI_SCALES, "_scale", c->format->scale_type);
    else
        bci_piece_add_rows(list, BCI_SCALES, "_scale", c->format->scale_type, n_groups);
    if (c->has_zero && c->is_whole)
        bci_piece_add(list, BCI_ZEROS, "_zero_point", "U8");
    else if (c->has_zero)
        bci_piece_add_rows(list, BCI_ZEROS, "_zero_point", "U8", n_groups);
}

bc_status bci_coding_new(const bci_coded_format *format, const bc_tensor_info *info,
                         const bci_coding_choice *choice, bci_coding **out, bc_error *err)
{
    bci_coding *c = calloc(1, sizeof *c);
    bci_piece_list list = { .coding = c, .name = info->name };
    const char *why = NULL;

    if (!c)
        return bci_tensor_short(info->name, err);
    c->format = format;
    c->from = info->type;
    c->n_dims = info->n_dims;
    memcpy(c->dims, info->dims, sizeof c->dims);
    c->row = info->n_dims ? info->dims[info->n_dims - 1] : 1;
    c->n_rows = 1;
    for (uint32_t i = 0; i + 1 < info->n_dims; i++)
        c->n_rows *= info->dims[i];
    c->has_zero = choice->zero_point;
    c->is_nested = choice->is_nested;
    c->nested_offset = choice->nested_offset;
    c->whole_scale = 1.0f;
    if (format->layout->is_flat) {
        c->row *= c->n_rows;
        c->n_rows = 1;
    }
    set_groups(c, choice->group);
    format->layout->list_pieces(&list);
    for (size_t i = 0; i < c->n_pieces && !why; i++)
        (void)bci_element_measure(&c->pieces[i].info, &why);
    if (list.is_short || why) {
        bci_coding_free(c);
        return why ? bci_fail(err, BC_E_LIMIT, "tensor %s as %s: %s",
                              bci_show_name(info->name).text, format->name, why)
                   : bci_tensor_short(info->name, err);
    }
    flatten(c);
    *out = c;
    return BC_OK;
}

void bci_coding_free(bci_coding *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_pieces; i++)
        free((char *)c->pieces[i].info.name);
    free(c->map);
    free(c->long_scales);
    free(c);
}

uint64_t bci_coding_bytes(const bci_coding *c)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->n_pieces; i++)
        n += c->pieces[i].info.size_bytes;
    return n;
}

const bci_tensor *bci_coding_piece(const bci_coding *c, bci_role role)
{
    for (size_t i = 0; i < c->n_pieces; i++)
        if (c->roles[i] == role)
            return &c->pieces[i];
    return NULL;
}

bool bci_role_is_constant(const bci_coding *c, bci_role role)
{
    switch (role) {
    case BCI_CODES:
    case BCI_NESTED_SCALES: return false;
    case BCI_SCALES:
    case BCI_ZEROS: return c->is_whole;
    case BCI_WHOLE_SCALE:
    case BCI_MAP:
    case BCI_NESTED_MAP:
    case BCI_STATE: break;
    }
    return true;
}

bool bci_coding_is_long(const bci_coding *c)
{
    return c->format->grid && (c->is_whole || c->group > BCI_BATCH);
}

/* Pieces of long rows begin at a byte, with a group, and with a scale of nested ones. */
bci_cut bci_coding_cut(const bci_coding *c)
{
    const uint32_t unit = bci_coding_is_long(c) ? 8
                          : c->is_nested        ? 256 * (uint32_t)c->group
                                                : (uint32_t)c->group;

    return bci_cut_rows(c->n_rows, c->row, unit);
}

bc_scale_method bci_coded_method(const bci_coded_format *format, const bc_tensor_settings *s)
{
    const bool is_best = s->encoder == BC_ENCODER_BEST && s->scale == BC_SCALE_ABSMAX;

    if (format->method != BC_SCALE_ABSMAX)
        return format->method;
    return is_best ? BC_SCALE_MSE : s->scale;
}

bc_scale_method bci_coding_method(const bci_coding *c, const bc_tensor_settings *s)
{
    const bc_scale_method method = bci_coded_method(c->format, s);

    return c->has_zero && method == BC_SCALE_ABSMAX ? BC_SCALE_ZERO_POINT : method;
}

bc_status bci_scale_for_codes(const bci_coded_format *format, bc_scale_method method, bc_error *err)
{
    const bool has_zero = format->takes_zero_point;
    const char *why = "";

    switch (method) {
    case BC_SCALE_ABSMAX:
    case BC_SCALE_PERCENTILE:
    case BC_SCALE_MSE: return BC_OK;
    case BC_SCALE_ZERO_POINT: why = "its codes have no zero-point"; break;
    case BC_SCALE_FULL: why = "its scales are fitted"; break;
    case BC_SCALE_MINMAX: why = "it has scales and no offsets"; break;
    case BC_SCALE_ABSMEAN: why = "the mean is for ternary and binary"; break;
    }
    if (has_zero && method == BC_SCALE_ZERO_POINT)
        return BC_OK;
    return bc_setting_refuse(err, "scale", bci_scale_row(method)->name,
                             "is not for %s, %s, expected absmax, percentile%s", format->name, why,
                             has_zero ? ", mse or zero-point" : " or mse");
}

float bci_coding_step(const bci_coding *c, const bc_scale *scale)
{
    bc_grid grid;

    (void)bci_coding_grid(c, &grid);
    return (float)(grid.family == BC_GRID_AFFINE ? scale->gain / grid.den : scale->gain);
}

/* ---- out of a file */

bc_status bci_piece_read(const bc_tensor_file *f, const bci_tensor *piece, uint64_t first, size_t n,
                         float *out, bc_error *err)
{
    const bc_element_type *type = piece->info.type;
    uint8_t raw[4 * BCI_MAX_SCALES];

    assert(n * type->block_bytes <= sizeof raw);
    const bc_status st =
        bci_tensor_read_raw(f, piece, first * type->block_bytes, raw, n * type->block_bytes, err);

    if (!st)
        bci_element_decoder(type)(raw, n, out);
    return st;
}

bc_status bci_coding_read_scales(const bc_tensor_file *f, const bci_coding *c, uint64_t first,
                                 size_t n, float *out, bc_error *err)
{
    return bci_piece_read(f, bci_coding_piece(c, BCI_SCALES), first, n, out, err);
}
