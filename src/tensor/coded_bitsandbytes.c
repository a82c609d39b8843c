/* Knows the layout of bitsandbytes: W, W.absmax, W.quant_map, ... over the flattened tensor, and a
 * JSON text as a tensor that says what they are. With double quantization the scales are bytes
 * under scales of their own. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "bitcrush/blocks.h"
#include "bitcrush/nested.h"
#include "tensor/coded_join.h"
#include "tensor/encode.h"
#include "tensor/json_header.h"

#define BNB (&bci_layout_bitsandbytes)

enum { MAX_STATE = 1 << 16, MAX_OWN_STATE = 512, NESTED = BC_NESTED_LENGTH };

/* clang-format off */
static const bci_coded_format formats[] = {
    { "NF4",        BNB,      4, NULL,   "nf4",            "F32",     BC_SCALE_ABSMAX,  64,  false },
    { "FP4",        BNB,      4, NULL,   "fp4",            "F32",     BC_SCALE_ABSMAX,  64,  false },
};
/* clang-format on */

/* By format. */
static const char *const suffixes[] = { ".quant_state.bitsandbytes__nf4",
                                        ".quant_state.bitsandbytes__fp4" };

/* ---- reading */

static bc_status join_state(bci_joiner *j, bci_tensor *state, size_t n_name, bc_error *err)
{
    char *text = malloc((size_t)state->info.size_bytes + 1);
    char *name = strndup(state->info.name, n_name);
    bc_tensor_info info = { .name = name, .type = bc_element_type_named("F32") };
    bci_json_state said = { 0 };
    bc_status st = text && name ? BC_OK : bci_tensor_short(bci_joiner_path(j), err);

    if (!st)
        st = bci_tensor_read_raw(j->file, state, 0, text, (size_t)state->info.size_bytes, err);
    if (!st)
        st = bci_json_read_state(bci_joiner_path(j), state->info.name, text,
                                 (size_t)state->info.size_bytes, &said, err);
    if (!st && (said.blocksize < 32 || said.blocksize > 4096 ||
                (said.blocksize & (said.blocksize - 1)) != 0 ||
                (said.is_nested && said.nested_blocksize != 256)))
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: tensor %s has blocks of %" PRIu64 " and nested ones of %" PRIu64
                      ", expected a power of two from 32 to 4096 and 256",
                      bci_joiner_path(j), bci_show_name(state->info.name).text, said.blocksize,
                      said.nested_blocksize);
    if (!st) {
        const bool is_fp4 = strcmp(said.quant_type, "fp4") == 0;
        const bci_coding_choice choice = { .group = (uint32_t)said.blocksize,
                                           .is_nested = said.is_nested,
                                           .nested_offset = (float)said.nested_offset };

        info.n_dims = said.n_dims;
        memcpy(info.dims, said.dims, sizeof info.dims);
        st = bci_join(j, bci_layout_format(&bci_layout_bitsandbytes, is_fp4 ? "FP4" : "NF4"), &info,
                      &choice, err);
    }
    free(text);
    free(name);
    return st;
}

static bc_status join_states(bci_joiner *j, bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; i < j->file->n_tensors && !st; i++) {
        bci_tensor *t = &j->file->tensors[i];
        const size_t n = strlen(t->info.name);

        for (size_t k = 0; k < 2 && !st; k++) {
            const size_t n_suffix = strlen(suffixes[k]);

            if (n > n_suffix && strcmp(t->info.name + n - n_suffix, suffixes[k]) == 0 &&
                strcmp(t->info.type->name, "U8") == 0 && t->info.size_bytes <= MAX_STATE &&
                !j->is_taken[i])
                st = join_state(j, t, n - n_suffix, err);
        }
    }
    return st;
}

static bc_status read_constants(const bc_tensor_file *f, bci_coding *c, bc_error *err)
{
    bc_status st = bci_piece_read(f, bci_coding_piece(c, BCI_MAP), 0, 16, c->map, err);

    if (!st && c->is_nested)
        st = bci_piece_read(f, bci_coding_piece(c, BCI_NESTED_MAP), 0, 256, c->map + 16, err);
    return st;
}

static bc_status read_scales(const bc_tensor_file *f, const bci_coding *c, uint64_t first, size_t n,
                             float *out, bc_error *err)
{
    const uint64_t first_scale = first / NESTED;
    const size_t skip = (size_t)(first % NESTED); /* a whole run of codes is decoded */
    uint8_t codes[BCI_MAX_SCALES + NESTED] = { 0 };
    float scales[BCI_MAX_SCALES / NESTED + 2], room[BCI_MAX_SCALES + NESTED];
    bc_status st;

    if (!c->is_nested)
        return bci_coding_read_scales(f, c, first, n, out, err);
    st = bci_tensor_read_raw(f, bci_coding_piece(c, BCI_SCALES), first, codes + skip, n, err);
    if (!st)
        st = bci_piece_read(f, bci_coding_piece(c, BCI_NESTED_SCALES), first_scale,
                            (skip + n + NESTED - 1) / NESTED, scales, err);
    if (st)
        return st;
    bc_nested_decode(c->map + 16, c->nested_offset, codes, scales, skip + n, room);
    memcpy(out, room + skip, n * sizeof *out);
    return BC_OK;
}

/* ---- writing */

/* The 16 values of "nf4" or "fp4" and the 256 of nested scales, to be freed; NULL: out of
 * memory. */
static float *make_maps(const char *blocks)
{
    float *maps = malloc((16 + 256) * sizeof *maps);
    /* A block of absmax 1, and the codes 0 to 15 in it. */
    uint8_t block[36] = { 0, 0, 0x80, 0x3F, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };
    float values[64];

    if (!maps)
        return NULL;
    bc_block_find(blocks)->decode(block, 1, values);
    memcpy(maps, values, 16 * sizeof *maps);
    bc_nested_map(maps + 16);
    return maps;
}

static const char *float_name(const bc_element_type *type)
{
    return strcmp(type->name, "F16") == 0    ? "float16"
           : strcmp(type->name, "BF16") == 0 ? "bfloat16"
                                             : "float32";
}

/* As Python's json.dumps writes it. The offset has a fixed number of digits, so that the length is
 * known before it is. */
static size_t state_text(const bci_coding *c, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room,
                                "{\"quant_type\": \"%s\", \"blocksize\": %" PRIu64
                                ", \"dtype\": \"%s\", \"shape\": [",
                                c->format->blocks, c->group, float_name(c->from));

    for (uint32_t i = 0; i < c->n_dims; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%" PRIu64, i ? ", " : "", c->dims[i]);
    n += (size_t)snprintf(to + n, room - n, "]");
    if (c->is_nested)
        n += (size_t)bci_format(to + n, room - n,
                                ", \"nested_blocksize\": %d, \"nested_dtype\": \"float32\", "
                                "\"nested_offset\": %.8e",
                                BC_NESTED_LENGTH, (double)c->nested_offset);
    return n + (size_t)snprintf(to + n, room - n, "}");
}

/* Scales of n numbers. */
static uint64_t nested_of(uint64_t n)
{
    return n / NESTED + (n % NESTED > 0);
}

static void list_pieces(bci_piece_list *list)
{
    bci_coding *c = list->coding;
    const uint64_t n_groups = bci_coding_groups(c);
    char text[MAX_OWN_STATE];
    bci_tensor *codes = bci_piece_add(list, BCI_CODES, "", "U8");

    c->map = make_maps(c->format->blocks);
    list->is_short = list->is_short || !c->map;
    codes->info.n_dims = 2;
    codes->info.dims[0] = bci_code_bytes(c, c->row);
    codes->info.dims[1] = 1;
    bci_piece_add_line(list, BCI_SCALES, ".absmax", c->is_nested ? "U8" : "F32", n_groups);
    bci_piece_add_line(list, BCI_MAP, ".quant_map", "F32", 16);
    if (c->is_nested) {
        bci_piece_add_line(list, BCI_NESTED_SCALES, ".nested_absmax", "F32", nested_of(n_groups));
        bci_piece_add_line(list, BCI_NESTED_MAP, ".nested_quant_map", "F32", 256);
    }
    bci_piece_add_line(list, BCI_STATE, suffixes[c->format - formats], "U8",
                       state_text(c, text, sizeof text));
}

static size_t put_floats(const float *x, size_t n, uint8_t *out)
{
    bci_encode_f32(x, n, out);
    return 4 * n;
}

static size_t put_constant(const bci_coding *c, bci_role role, uint8_t *out)
{
    char text[MAX_OWN_STATE];
    size_t n;

    if (role == BCI_MAP)
        return put_floats(c->map, 16, out);
    if (role == BCI_NESTED_MAP)
        return put_floats(c->map + 16, 256, out);
    n = state_text(c, text, sizeof text);
    memcpy(out, text, n);
    return n;
}

/* The first scale of a batch is the first under a scale: bci_coding_cut. */
static size_t put_nested(const bci_coding *c, bci_role role, const float *scales, size_t n,
                         uint8_t *out)
{
    size_t n_out = 0;

    for (size_t i = 0; i < n; i += NESTED) {
        const size_t m = n - i < NESTED ? n - i : NESTED;
        uint8_t codes[NESTED];
        float scale;

        bc_nested_encode(c->map + 16, c->nested_offset, scales + i, m, codes, &scale);
        if (role == BCI_NESTED_SCALES) {
            n_out += put_floats(&scale, 1, out + n_out);
        } else {
            memcpy(out + n_out, codes, m);
            n_out += m;
        }
    }
    return n_out;
}

static void reread_nested(const bci_coding *c, float *scales, size_t n)
{
    for (size_t i = 0; i < n; i += NESTED) {
        const size_t m = n - i < NESTED ? n - i : NESTED;
        uint8_t codes[NESTED];
        float scale;

        bc_nested_encode(c->map + 16, c->nested_offset, scales + i, m, codes, &scale);
        bc_nested_decode(c->map + 16, c->nested_offset, codes, &scale, m, scales + i);
    }
}

const bci_layout bci_layout_bitsandbytes = {
    .name = "bitsandbytes",
    .formats = formats,
    .n_formats = sizeof formats / sizeof *formats,
    .order = BC_MSB_FIRST,
    .is_flat = true,
    .takes_nested = true,
    .join = join_states,
    .list_pieces = list_pieces,
    .read_constants = read_constants,
    .read_scales = read_scales,
    .put_constant = put_constant,
    .put_nested = put_nested,
    .reread_nested = reread_nested,
};
