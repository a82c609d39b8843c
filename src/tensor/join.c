/* Knows how a reader finds that several tensors of a file are the codes, scales and so on of
 * one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/coded.h"
#include "tensor/element.h"
#include "tensor/json_header.h"

enum { MAX_STATE = 1 << 16 };

typedef struct {
    bc_tensor_file *file;
    bool *is_taken; /* by tensor: a piece of another, to be dropped */
    size_t n_joined;
} joiner;

static const char *path_of(const joiner *j)
{
    return j->file->parts[0]->name;
}

static bool fits(const bc_tensor_info *got, const bc_tensor_info *want, bci_role role)
{
    if (got->type != want->type)
        return false;
    if (role == BCI_STATE) /* texts of other writers have other lengths */
        return got->n_dims == 1;
    if (want->n_dims == 0)
        return got->n_elements == 1;
    return got->n_dims == want->n_dims &&
           memcmp(got->dims, want->dims, got->n_dims * sizeof *got->dims) == 0;
}

static void describe(const bc_tensor_info *t, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room, "%s [", t->type->name);

    for (uint32_t i = 0; i < t->n_dims && n < room; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%" PRIu64, i ? ", " : "", t->dims[i]);
    if (n < room)
        snprintf(to + n, room - n, "]");
}

/* Find the pieces; the sentence is of the first that is not there or is something else. */
static bc_status find_pieces(const joiner *j, bci_coding *c, bci_tensor *found[BCI_MAX_PIECES],
                             bc_error *err)
{
    for (size_t i = 0; i < c->n_pieces; i++) {
        const bc_tensor_info *want = &c->pieces[i].info;
        const bci_shown name = bci_show_name(want->name);
        char wanted[200], got[200];

        describe(want, wanted, sizeof wanted);
        found[i] = bci_tensor_file_find(j->file, want->name);
        if (!found[i])
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s is missing, expected %s for %s",
                            path_of(j), name.text, wanted, c->format->name);
        if (found[i]->coding || j->is_taken[found[i] - j->file->tensors])
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s belongs to two others, expected one",
                            path_of(j), name.text);
        describe(&found[i]->info, got, sizeof got);
        if (!fits(&found[i]->info, want, c->roles[i]))
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s is %s, expected %s for %s", path_of(j),
                            name.text, got, wanted, c->format->name);
    }
    return BC_OK;
}

/* The tables of bitsandbytes, and the scale of a whole tensor. */
static bc_status read_constants(const joiner *j, bci_coding *c, bc_error *err)
{
    static const struct {
        bci_role role;
        size_t at; /* in the maps */
    } maps[] = { { BCI_MAP, 0 }, { BCI_NESTED_MAP, 16 } };
    bci_decoder *const decode = bci_element_decoder(bc_element_type_named("F32"));
    const bci_tensor *whole = bci_coding_piece(c, BCI_WHOLE_SCALE);
    uint8_t raw[4 * 256];
    bc_status st = BC_OK;

    for (size_t i = 0; i < sizeof maps / sizeof *maps && !st; i++) {
        const bci_tensor *piece = bci_coding_piece(c, maps[i].role);
        const size_t n = piece ? (size_t)piece->info.size_bytes : 0;

        if (!piece)
            continue;
        st = bci_tensor_read_raw(j->file, piece, 0, raw, n, err);
        if (!st)
            decode(raw, n / 4, c->map + maps[i].at);
    }
    if (!st && whole) {
        st = bci_tensor_read_raw(j->file, whole, 0, raw, 4, err);
        if (!st)
            decode(raw, 1, &c->whole_scale);
    }
    return st;
}

/* Make one tensor of the pieces, in the place of the codes. */
static bc_status take(joiner *j, bci_coding *c, bci_tensor *found[BCI_MAX_PIECES], uint32_t n_dims,
                      const uint64_t *dims, bc_error *err)
{
    bc_tensor_info *info = &found[0]->info;

    for (size_t i = 0; i < c->n_pieces; i++) {
        const char *name = c->pieces[i].info.name;

        c->pieces[i] = *found[i];
        c->pieces[i].info.name = name;
        j->is_taken[found[i] - j->file->tensors] = i > 0;
    }
    info->type = bci_element_for(c->format->name, true);
    info->n_dims = n_dims;
    memcpy(info->dims, dims, sizeof info->dims);
    info->n_elements = 1;
    for (uint32_t i = 0; i < n_dims; i++)
        info->n_elements *= dims[i];
    info->size_bytes = bci_coding_bytes(c);
    found[0]->coding = c;
    j->n_joined++;
    return read_constants(j, c, err);
}

static bc_status join(joiner *j, const char *format, const bc_tensor_info *info,
                      const bci_coding_choice *choice, float nested_offset, bc_error *err)
{
    bci_tensor *found[BCI_MAX_PIECES] = { 0 };
    bci_coding *c = NULL;
    bc_tensor_info bytes = *info;
    const char *why;
    bc_status st = BC_OK;

    bytes.type = bc_element_type_named("U8");
    if (!bci_element_measure(&bytes, &why))
        st = bci_fail(err, BC_E_FORMAT, "%s: tensor %s of format %s: %s", path_of(j),
                      bci_show_name(info->name).text, format, why);
    if (!st)
        st = bci_coding_new(bci_coded_find(format), info, choice, &c, err);
    if (!st)
        st = find_pieces(j, c, found, err);
    if (st) {
        bci_coding_free(c);
        return st;
    }
    c->nested_offset = nested_offset;
    return take(j, c, found, info->n_dims, info->dims, err);
}

/* ---- what bitcrush wrote */

static bc_status join_own(void *context, const bci_json_coded *t, bc_error *err)
{
    joiner *j = context;
    const bci_coded_format *format = bci_coded_find(t->format);
    bc_tensor_info info = { .name = t->name,
                            .type = bc_element_type_named("F32"),
                            .n_dims = t->n_dims };
    bci_coding_choice choice = { .group = (uint32_t)t->group, .zero_point = t->zero_point };
    const bool is_row = t->named_group && strcmp(t->named_group, "row") == 0;
    const bool is_all = t->named_group && strcmp(t->named_group, "tensor") == 0;
    const bool is_number = !t->named_group && bci_is_group(t->group);

    if (!format || format->layout != BCI_LAYOUT_OWN || (t->zero_point && !format->takes_zero_point))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: tensor %s has format \"%s\", which is unknown here", path_of(j),
                        bci_show_name(t->name).text, bci_show_name(t->format).text);
    if (!(is_row || is_all || is_number) ||
        (format->blocks && (!is_number || t->group != format->group)))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: tensor %s has a group that %s cannot have, expected row, tensor or a "
                        "multiple of 8",
                        path_of(j), bci_show_name(t->name).text, format->name);
    if (format->blocks && (t->n_dims == 0 || t->dims[t->n_dims - 1] % format->group != 0))
        return bci_fail(err, BC_E_FORMAT, "%s: tensor %s has rows of no whole blocks of %u",
                        path_of(j), bci_show_name(t->name).text, format->group);
    choice.group = is_row ? BC_TENSOR_GROUP_ROW : is_all ? BC_TENSOR_GROUP_ALL : choice.group;
    memcpy(info.dims, t->dims, sizeof info.dims);
    return join(j, t->format, &info, &choice, 0.0f, err);
}

static bc_status join_by_pair(joiner *j, bc_error *err)
{
    const bci_json_visitor visitor = { .context = j, .coded = join_own };
    bci_pairs *pairs = &j->file->pairs;
    const bci_pair *pair;
    const char *text;
    size_t n;
    bc_status st = BC_OK;

    while (!st && (pair = bci_pairs_find(pairs, BCI_FORMATS_KEY)) &&
           (text = bci_pair_text(pair, &n))) { /* one of each part */
        st = bci_json_walk_formats(path_of(j), text, n, &visitor, err);
        bci_pairs_remove(pairs, BCI_FORMATS_KEY);
    }
    return st;
}

/* ---- bitsandbytes */

static bc_status join_state(joiner *j, bci_tensor *state, size_t n_name, bc_error *err)
{
    char *text = malloc((size_t)state->info.size_bytes + 1);
    char *name = strndup(state->info.name, n_name);
    bc_tensor_info info = { .name = name, .type = bc_element_type_named("F32") };
    bci_json_state said = { 0 };
    bc_status st = text && name ? BC_OK : bci_tensor_short(path_of(j), err);

    if (!st)
        st = bci_tensor_read_raw(j->file, state, 0, text, (size_t)state->info.size_bytes, err);
    if (!st)
        st = bci_json_read_state(path_of(j), state->info.name, text, (size_t)state->info.size_bytes,
                                 &said, err);
    if (!st && (said.blocksize < 32 || said.blocksize > 4096 ||
                (said.blocksize & (said.blocksize - 1)) != 0 ||
                (said.is_nested && said.nested_blocksize != 256)))
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: tensor %s has blocks of %" PRIu64 " and nested ones of %" PRIu64
                      ", expected a power of two from 32 to 4096 and 256",
                      path_of(j), bci_show_name(state->info.name).text, said.blocksize,
                      said.nested_blocksize);
    if (!st) {
        const bci_coding_choice choice = { .group = (uint32_t)said.blocksize,
                                           .is_nested = said.is_nested };

        info.n_dims = said.n_dims;
        memcpy(info.dims, said.dims, sizeof info.dims);
        st = join(j, strcmp(said.quant_type, "fp4") == 0 ? "FP4" : "NF4", &info, &choice,
                  (float)said.nested_offset, err);
    }
    free(text);
    free(name);
    return st;
}

static bc_status join_states(joiner *j, bc_error *err)
{
    static const char *const suffixes[] = { ".quant_state.bitsandbytes__nf4",
                                            ".quant_state.bitsandbytes__fp4" };
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

/* ---- Model Optimizer: nothing but names and shapes says what they are */

static bc_status join_modelopt(joiner *j, bc_error *err)
{
    static const char suffix[] = "_scale_2";
    bc_status st = BC_OK;

    for (size_t i = 0; i < j->file->n_tensors && !st; i++) {
        const char *full = j->file->tensors[i].info.name;
        const size_t n = strlen(full), n_suffix = sizeof suffix - 1;

        if (n <= n_suffix || strcmp(full + n - n_suffix, suffix) != 0)
            continue;
        char *name = strndup(full, n - n_suffix);
        const bci_tensor *codes = name ? bci_tensor_file_find(j->file, name) : NULL;
        bc_tensor_info info = { .name = name, .type = bc_element_type_named("F32") };
        const bci_coding_choice choice = { 0 };

        if (!name)
            st = bci_tensor_short(path_of(j), err);
        if (codes && !codes->coding && strcmp(codes->info.type->name, "U8") == 0 &&
            codes->info.n_dims > 0 && codes->info.dims[codes->info.n_dims - 1] % 8 == 0) {
            info.n_dims = codes->info.n_dims;
            memcpy(info.dims, codes->info.dims, sizeof info.dims);
            if (info.dims[info.n_dims - 1] < (uint64_t)1 << 62) {
                info.dims[info.n_dims - 1] *= 2;
                st = join(j, "NVFP4", &info, &choice, 0.0f, NULL);
                st = st == BC_E_FORMAT || st == BC_E_LIMIT ? BC_OK : st; /* something else, then */
            }
        }
        free(name);
    }
    return st;
}

/* Forget the pieces. */
static void drop_taken(joiner *j)
{
    bc_tensor_file *f = j->file;
    size_t kept = 0;

    for (size_t i = 0; i < f->n_tensors; i++)
        if (!j->is_taken[i])
            f->tensors[kept++] = f->tensors[i];
    f->n_tensors = kept;
}

bc_status bci_tensor_file_join(bc_tensor_file *f, bc_error *err)
{
    joiner j = { .file = f, .is_taken = calloc(f->n_tensors + 1, sizeof(bool)) };
    bc_status st = j.is_taken ? BC_OK : bci_tensor_short(f->parts[0]->name, err);

    if (!st)
        st = join_by_pair(&j, err);
    if (!st)
        st = join_states(&j, err);
    if (!st)
        st = join_modelopt(&j, err);
    if (j.is_taken && j.n_joined > 0)
        drop_taken(&j);
    free(j.is_taken);
    return st;
}
