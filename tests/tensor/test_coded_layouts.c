/* The rows of layouts of codes and scales, against the table of types and against the sizes of
 * their own pieces. */
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "tensor/coded_layouts.h"

static void each_type_of_codes_has_one_layout(void **state)
{
    const bci_layout *const *layouts;
    const bc_element_type *types;
    const size_t n_layouts = bci_coded_layouts(&layouts), n_types = bc_element_types(&types);

    (void)state;
    for (size_t i = 0; i < n_types; i++) {
        size_t n = 0;

        for (size_t k = 0; k < n_layouts; k++) {
            const bci_coded_format *format = bci_layout_format(layouts[k], types[i].name);

            n += format != NULL;
            EXPECT(!format || format->layout == layouts[k], "%s of %s", types[i].name,
                   layouts[k]->name);
        }
        if (types[i].kind == BC_ELEMENT_CODES)
            EXPECT(n == 1, "%s is in %zu layouts", types[i].name, n);
    }
    for (size_t k = 0; k < n_layouts; k++)
        for (size_t i = 0; i < layouts[k]->n_formats; i++) {
            const char *name = layouts[k]->formats[i].name;
            bool is_type = false;

            for (size_t t = 0; t < n_types; t++)
                is_type = is_type ||
                          (types[t].kind == BC_ELEMENT_CODES && strcmp(types[t].name, name) == 0);
            EXPECT(is_type, "%s of %s is no type", name, layouts[k]->name);
        }
}

/* What is free to choose, as bits; false where the format does not have it. */
static bool choose(const bci_coded_format *f, int way, bci_coding_choice *out)
{
    *out = (bci_coding_choice){ .group = way & 4 ? BC_TENSOR_GROUP_ALL : BC_TENSOR_GROUP_USUAL,
                                .zero_point = (way & 1) != 0,
                                .is_nested = (way & 2) != 0,
                                .nested_offset = -0.125f };
    return (!out->zero_point || f->takes_zero_point) &&
           (!out->is_nested || f->layout->takes_nested) && (!(way & 4) || f->grid);
}

/* A tensor of 5 rows of 128: the pieces that need no weights have the size that the head of a file
 * gives them, and what is joined again has the codes first. */
static void pieces_have_their_sizes(void **state)
{
    const bc_tensor_info info = { .name = "w",
                                  .type = bc_element_type_named("BF16"),
                                  .n_dims = 2,
                                  .dims = { 5, 128 },
                                  .n_elements = 640 };
    const bci_layout *const *layouts;
    const size_t n_layouts = bci_coded_layouts(&layouts);
    size_t n_constant = 0;

    (void)state;
    for (size_t k = 0; k < n_layouts; k++)
        for (size_t i = 0; i < 8 * layouts[k]->n_formats; i++) {
            const bci_coded_format *format = &layouts[k]->formats[i / 8];
            bci_coding_choice choice;
            bci_coding *c;

            if (!choose(format, (int)(i % 8), &choice))
                continue;
            assert_int_equal(bci_coding_new(format, &info, &choice, &c, NULL), BC_OK);
            c->long_scales = calloc(1, sizeof *c->long_scales);
            EXPECT(c->roles[0] == BCI_CODES &&
                       c->pieces[0].info.size_bytes == 640 * (uint64_t)format->bits / 8,
                   "codes of %s of %s", format->name, layouts[k]->name);
            for (size_t p = 0; p < c->n_pieces; p++) {
                uint8_t bytes[2048];

                if (!bci_role_is_constant(c, c->roles[p]))
                    continue;
                EXPECT(layouts[k]->put_constant(c, c->roles[p], bytes) ==
                           c->pieces[p].info.size_bytes,
                       "%s of %s of %s", c->pieces[p].info.name, format->name, layouts[k]->name);
                n_constant++;
            }
            bci_coding_free(c);
        }
    assert_true(n_constant > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_of_codes_has_one_layout),
        cmocka_unit_test(pieces_have_their_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
