/* Knows the layout of codes and scales that bitcrush writes: W, W_scale and W_zero_point, and a
 * pair of the file that says what they are. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/coded_join.h"
#include "tensor/encode.h"
#include "tensor/json_header.h"
#include "tensor/json_text.h"

#define OWN (&bci_layout_own)
#define ALL BC_TENSOR_GROUP_ALL
#define ROW BC_TENSOR_GROUP_ROW

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
};
/* clang-format on */

static bc_status join_own(void *context, const bci_json_coded *t, bc_error *err)
{
    bci_joiner *j = context;
    const bci_coded_format *format = bci_layout_format(&bci_layout_own, t->format);
    bc_tensor_info info = { .name = t->name,
                            .type = bc_element_type_named("F32"),
                            .n_dims = t->n_dims };
    bci_coding_choice choice = { .group = (uint32_t)t->group, .zero_point = t->zero_point };
    const bool is_row = t->named_group && strcmp(t->named_group, "row") == 0;
    const bool is_all = t->named_group && strcmp(t->named_group, "tensor") == 0;
    const bool is_number = !t->named_group && bci_group_takes(t->group, &bci_groups_of_weights);

    if (!format || (t->zero_point && !format->takes_zero_point))
        return bci_fail(
            err, BC_E_UNSUPPORTED, "%s: tensor %s has format \"%s\", which is unknown here",
            bci_joiner_path(j), bci_show_name(t->name).text, bci_show_name(t->format).text);
    if (!(is_row || is_all || is_number) ||
        (format->blocks && (!is_number || t->group != format->group)))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: tensor %s has a group that %s cannot have, expected row, tensor or a "
                        "multiple of 8",
                        bci_joiner_path(j), bci_show_name(t->name).text, format->name);
    if (format->blocks && (t->n_dims == 0 || t->dims[t->n_dims - 1] % format->group != 0))
        return bci_fail(err, BC_E_FORMAT, "%s: tensor %s has rows that are not whole blocks of %u",
                        bci_joiner_path(j), bci_show_name(t->name).text, format->group);
    choice.group = is_row ? BC_TENSOR_GROUP_ROW : is_all ? BC_TENSOR_GROUP_ALL : choice.group;
    memcpy(info.dims, t->dims, sizeof info.dims);
    return bci_join(j, format, &info, &choice, err);
}

static bc_status join_by_pair(bci_joiner *j, bc_error *err)
{
    const bci_json_visitor visitor = { .context = j, .coded = join_own };
    bci_pairs *pairs = &j->file->pairs;
    const bci_pair *pair;
    const char *text;
    size_t n;
    bc_status st = BC_OK;

    while (!st && (pair = bci_pairs_find(pairs, BCI_FORMATS_KEY)) &&
           (text = bci_pair_text(pair, &n))) { /* one of each part */
        st = bci_json_walk_formats(bci_joiner_path(j), text, n, &visitor, err);
        bci_pairs_remove(pairs, BCI_FORMATS_KEY);
    }
    return st;
}

/* The scale and the zero-point of the whole tensor. */
static size_t put_constant(const bci_coding *c, bci_role role, uint8_t *out)
{
    const bc_scale *scale = &c->long_scales[0];

    if (role == BCI_ZEROS) {
        out[0] = (uint8_t)scale->zero;
        return 1;
    }
    const float step = bci_coding_step(c, scale);

    bci_encode_f32(&step, 1, out);
    return sizeof step;
}

static void describe(const bci_coding *c, bci_bytes *text)
{
    const char *name = c->pieces[0].info.name;
    char rest[400];
    size_t n;

    bci_bytes_put(text, text->n ? "," : "{", 1);
    bci_json_string(text, name, strlen(name));
    n = (size_t)snprintf(rest, sizeof rest, ":{\"format\":\"%s\",\"shape\":[", c->format->name);
    for (uint32_t i = 0; i < c->n_dims; i++)
        n += (size_t)snprintf(rest + n, sizeof rest - n, "%s%" PRIu64, i ? "," : "", c->dims[i]);
    if (c->named_group)
        n += (size_t)snprintf(rest + n, sizeof rest - n, "],\"group\":\"%s\"", c->named_group);
    else
        n += (size_t)snprintf(rest + n, sizeof rest - n, "],\"group\":%" PRIu64, c->group);
    n += (size_t)snprintf(rest + n, sizeof rest - n, "%s}",
                          c->has_zero ? ",\"zero_point\":true" : "");
    bci_bytes_put(text, rest, n);
}

const bci_layout bci_layout_own = {
    .name = "bitcrush",
    .formats = formats,
    .n_formats = sizeof formats / sizeof *formats,
    .order = BC_LSB_FIRST,
    .join = join_by_pair,
    .list_pieces = bci_piece_add_usual,
    .read_scales = bci_coding_read_scales,
    .put_constant = put_constant,
    .describe = describe,
};
