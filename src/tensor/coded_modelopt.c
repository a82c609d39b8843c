/* Knows the layout of NVIDIA's Model Optimizer: W, W_scale and W_scale_2, one number for the whole
 * tensor. Nothing but names and shapes says what they are. */
#include <stdlib.h>
#include <string.h>

#include "tensor/coded_join.h"
#include "tensor/encode.h"

#define MODELOPT (&bci_layout_modelopt)

/* clang-format off */
static const bci_coded_format formats[] = {
    { "NVFP4",      MODELOPT, 4, NULL,   "nvfp4_modelopt", "F8_E4M3", BC_SCALE_ABSMAX,  16,  false },
};
/* clang-format on */

static const char suffix[] = "_scale_2";

static bc_status join_by_names(bci_joiner *j, bc_error *err)
{
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
            st = bci_tensor_short(bci_joiner_path(j), err);
        if (codes && !codes->coding && strcmp(codes->info.type->name, "U8") == 0 &&
            codes->info.n_dims > 0 && codes->info.dims[codes->info.n_dims - 1] % 8 == 0) {
            info.n_dims = codes->info.n_dims;
            memcpy(info.dims, codes->info.dims, sizeof info.dims);
            if (info.dims[info.n_dims - 1] < (uint64_t)1 << 62) {
                info.dims[info.n_dims - 1] *= 2;
                st = bci_join(j, formats, &info, &choice, NULL);
                st = st == BC_E_FORMAT || st == BC_E_LIMIT ? BC_OK : st; /* something else, then */
            }
        }
        free(name);
    }
    return st;
}

static void list_pieces(bci_piece_list *list)
{
    bci_piece_add_usual(list);
    (void)bci_piece_add(list, BCI_WHOLE_SCALE, suffix, "F32");
}

static bc_status read_constants(const bc_tensor_file *f, bci_coding *c, bc_error *err)
{
    return bci_piece_read(f, bci_coding_piece(c, BCI_WHOLE_SCALE), 0, 1, &c->whole_scale, err);
}

static size_t put_constant(const bci_coding *c, bci_role role, uint8_t *out)
{
    (void)role; /* no other piece is constant */
    bci_encode_f32(&c->whole_scale, 1, out);
    return sizeof c->whole_scale;
}

const bci_layout bci_layout_modelopt = {
    .name = "Model Optimizer",
    .formats = formats,
    .n_formats = sizeof formats / sizeof *formats,
    .order = BC_LSB_FIRST,
    .largest_for_whole = 6.0f * 448.0f, /* the largest E2M1 under the largest E4M3 */
    .join = join_by_names,
    .list_pieces = list_pieces,
    .read_constants = read_constants,
    .read_scales = bci_coding_read_scales,
    .put_constant = put_constant,
};
