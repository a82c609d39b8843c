/* Knows the formats that are codes and scales in tensors of their own: their table, and what the
 * pieces of one tensor look like in a safetensors file. */
#include "tensor/coded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"

#define OWN      BCI_LAYOUT_OWN
#define BNB      BCI_LAYOUT_BNB
#define MODELOPT BCI_LAYOUT_MODELOPT
#define ALL      BC_TENSOR_GROUP_ALL
#define ROW      BC_TENSOR_GROUP_ROW

/* clang-format off */
static const bci_coded_format formats[] = {
    { "INT2",       OWN,      2, "int2", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT3",       OWN,      3, "int3", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT4",       OWN,      4, "int4", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT5",       OWN,      5, "int5", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT6",       OWN,      6, "int6", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT7",       OWN,      7, "int7", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "INT8",       OWN,      8, "int8", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  true },
    { "E3M2",       OWN,      6, "e3m2", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "E2M3",       OWN,      6, "e2m3", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "E2M1",       OWN,      4, "e2m1", NULL,             "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "TERNARY",    OWN,      2, "int2", NULL,             "F32",     BC_SCALE_ABSMEAN, ALL, false },
    { "BINARY",     OWN,      1, "sign", NULL,             "F32",     BC_SCALE_ABSMEAN, ROW, false },
    { "MXFP8_E4M3", OWN,      8, NULL,   "mxfp8_e4m3",     "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "MXFP8_E5M2", OWN,      8, NULL,   "mxfp8_e5m2",     "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "MXFP6_E2M3", OWN,      6, NULL,   "mxfp6_e2m3",     "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "MXFP6_E3M2", OWN,      6, NULL,   "mxfp6_e3m2",     "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "MXFP4",      OWN,      4, NULL,   "mxfp4_e2m1",     "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "MXINT8",     OWN,      8, NULL,   "mxint8",         "F8_E8M0", BC_SCALE_ABSMAX,  32,  false },
    { "NF4",        BNB,      4, NULL,   "nf4",            "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "FP4",        BNB,      4, NULL,   "fp4",            "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "NVFP4",      MODELOPT, 4, NULL,   "nvfp4_modelopt", "F8_E4M3", BC_SCALE_ABSMAX,  16,  false },
};
/* clang-format on */

const bci_coded_format *bci_coded_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

bool bci_is_group(uint64_t n)
{
    return n >= 8 && n <= 65536 && n % 8 == 0;
}

bool bci_coded_needs_whole_blocks(const bc_element_type *type)
{
    const bci_coded_format *f = type->kind == BC_ELEMENT_CODES ? bci_coded_find(type->name) : NULL;

    return !f || (f->blocks && f->layout != BCI_LAYOUT_BNB);
}

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

typedef struct {
    bci_coding *c;
    const char *name; /* of the tensor */
    bool is_short;
} maker;

static bci_tensor *add(maker *m, bci_role role, const char *suffix, const char *type)
{
    bci_coding *c = m->c;
    bci_tensor *piece = &c->pieces[c->n_pieces];
    const size_t size = strlen(m->name) + strlen(suffix) + 1;
    char *name = malloc(size);

    m->is_short = m->is_short || !name;
    if (name)
        snprintf(name, size, "%s%s", m->name, suffix);
    c->roles[c->n_pieces++] = role;
    *piece = (bci_tensor){ .info = { .name = name, .type = bc_element_type_named(type) } };
    return piece;
}

static void add_line(maker *m, bci_role role, const char *suffix, const char *type, uint64_t n)
{
    bci_tensor *piece = add(m, role, suffix, type);

    piece->info.n_dims = 1;
    piece->info.dims[0] = n;
}

/* The shape of the tensor with `n` in the place of a row. */
static void add_rows(maker *m, bci_role role, const char *suffix, const char *type, uint64_t n)
{
    bc_tensor_info *info = &add(m, role, suffix, type)->info;
    const bci_coding *c = m->c;

    info->n_dims = c->n_dims ? c->n_dims : 1;
    memcpy(info->dims, c->dims, sizeof info->dims);
    info->dims[info->n_dims - 1] = n;
}

static void add_own_pieces(maker *m)
{
    const bci_coding *c = m->c;
    const bool is_signed = c->format->grid && !c->has_zero;
    const uint64_t n_groups = parts_of(c->row, c->group);

    add_rows(m, BCI_CODES, "", c->format->bits == 8 && is_signed ? "I8" : "U8",
             bci_code_bytes(c, c->row));
    if (c->is_whole)
        add(m, BCI_SCALES, "_scale", c->format->scale_type);
    else
        add_rows(m, BCI_SCALES, "_scale", c->format->scale_type, n_groups);
    if (c->has_zero && c->is_whole)
        add(m, BCI_ZEROS, "_zero_point", "U8");
    else if (c->has_zero)
        add_rows(m, BCI_ZEROS, "_zero_point", "U8", n_groups);
    if (c->format->layout == BCI_LAYOUT_MODELOPT)
        add(m, BCI_WHOLE_SCALE, "_scale_2", "F32");
}

static void add_bnb_pieces(maker *m)
{
    bci_coding *c = m->c;
    const uint64_t n_groups = parts_of(c->row, c->group);
    const char *suffix = strcmp(c->format->name, "NF4") == 0 ? ".quant_state.bitsandbytes__nf4"
                                                             : ".quant_state.bitsandbytes__fp4";
    bci_tensor *codes = add(m, BCI_CODES, "", "U8");

    c->map = bci_bnb_maps(c->format->blocks);
    m->is_short = m->is_short || !c->map;
    codes->info.n_dims = 2;
    codes->info.dims[0] = bci_code_bytes(c, c->row);
    codes->info.dims[1] = 1;
    add_line(m, BCI_SCALES, ".absmax", c->is_nested ? "U8" : "F32", n_groups);
    add_line(m, BCI_MAP, ".quant_map", "F32", 16);
    if (c->is_nested) {
        add_line(m, BCI_NESTED_SCALES, ".nested_absmax", "F32", parts_of(n_groups, 256));
        add_line(m, BCI_NESTED_MAP, ".nested_quant_map", "F32", 256);
    }
    add_line(m, BCI_STATE, suffix, "U8", bci_coded_constant(c, BCI_STATE, NULL));
}

static const char *float_name(const bc_element_type *type)
{
    return strcmp(type->name, "F16") == 0    ? "float16"
           : strcmp(type->name, "BF16") == 0 ? "bfloat16"
                                             : "float32";
}

bc_status bci_coding_new(const bci_coded_format *format, const bc_tensor_info *info,
                         const bci_coding_choice *choice, bci_coding **out, bc_error *err)
{
    bci_coding *c = calloc(1, sizeof *c);
    maker m = { .c = c, .name = info->name };
    const char *why = NULL;

    if (!c)
        return bci_tensor_short(info->name, err);
    c->format = format;
    c->n_dims = info->n_dims;
    memcpy(c->dims, info->dims, sizeof c->dims);
    c->row = info->n_dims ? info->dims[info->n_dims - 1] : 1;
    c->n_rows = 1;
    for (uint32_t i = 0; i + 1 < info->n_dims; i++)
        c->n_rows *= info->dims[i];
    c->has_zero = choice->zero_point;
    c->is_nested = choice->is_nested;
    c->float_name = float_name(info->type);
    c->whole_scale = 1.0f;
    if (format->layout == BCI_LAYOUT_BNB) {
        c->row *= c->n_rows;
        c->n_rows = 1;
    }
    set_groups(c, choice->group);
    if (format->layout == BCI_LAYOUT_BNB)
        add_bnb_pieces(&m);
    else
        add_own_pieces(&m);
    for (size_t i = 0; i < c->n_pieces && !why; i++)
        (void)bci_element_measure(&c->pieces[i].info, &why);
    if (m.is_short || why) {
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
