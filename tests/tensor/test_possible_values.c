/* The levels of weights in files, against what the formats are documented to have. */
#include <math.h>

#include "../core/expect.h"
#include "reduced.h"

enum { ROWS = 3, ROW = 256 };

static float values[ROWS * ROW];

/* A code of b bits can take 2^b values; ternary formats have 3, of which TQ2_0 and TERNARY spend 4
 * codes; BINARY has 2. */
static const struct {
    const char *type;
    uint32_t n;
    uint64_t shared; /* weights under a scale */
} counts[] = {
    { "Q8_0", 256, 32 },         { "Q5_0", 32, 32 },
    { "Q4_0", 16, 32 },          { "Q5_1", 32, 32 },
    { "Q4_1", 16, 32 },          { "Q6_K", 64, 16 },
    { "Q5_K", 32, 32 },          { "Q4_K", 16, 32 },
    { "Q3_K", 8, 16 },           { "Q2_K", 4, 16 },
    { "IQ4_NL", 16, 32 },        { "IQ4_XS", 16, 32 },
    { "TQ2_0", 4, 256 },         { "TQ1_0", 3, 256 },
    { "Q1_0", 2, 128 },          { "INT4", 16, 64 },
    { "INT8", 256, 64 },         { "NF4", 16, 64 },
    { "MXFP6_E2M3", 64, 32 },    { "BINARY", 2, ROW },
    { "TERNARY", 4, ROWS *ROW }, { "F8_E4M3", 256, ROWS *ROW },
    { "F16", 0, ROWS *ROW },
};

/* The file of `values` in a format, and its one tensor. */
static bc_tensor_file *reduced(const char *format)
{
    const bc_element_type *type = bc_element_type_named(format);
    const char *out = path_of(type->ggml_type >= 0 ? "out.gguf" : "out.safetensors");
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };

    (void)save_npy("in.npy", ROWS, ROW, values);
    bc_tensor_result r = reduce(path_of("in.npy"), out, bc_tensor_settings_default(format));

    bc_tensor_result_free(&r);
    if (bc_tensor_file_open(out, &f, &err))
        fail_msg("%s: %s", format, err.text);
    return f;
}

static void every_format_has_as_many_levels_as_its_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        bc_tensor_file *f = reduced(counts[i].type);
        bc_tensor_levels l;

        assert_int_equal(bc_tensor_levels_at(f, 0, ROW + 1, &l, NULL), BC_OK);
        EXPECT(l.n == counts[i].n, "%s: %u levels, expected %u", counts[i].type, l.n, counts[i].n);
        EXPECT(l.end - l.first == counts[i].shared && l.first <= ROW + 1 && l.end > ROW + 1,
               "%s: %llu to %llu", counts[i].type, (unsigned long long)l.first,
               (unsigned long long)l.end);
        bc_tensor_file_free(f);
    }
}

/* With -4 as the largest magnitude the scale of Q4_0 is 0.5, and code k means (k - 8) / 2; TQ1_0
 * has three times the largest. */
static void levels_are_codes_times_the_scale(void **state)
{
    bc_tensor_levels l;
    bc_tensor_file *f;

    (void)state;
    f = reduced("Q4_0");
    assert_int_equal(bc_tensor_levels_at(f, 0, 40, &l, NULL), BC_OK);
    for (int k = 0; k < 16; k++)
        assert_true(l.values[k] == (float)(k - 8) * 0.5f);
    bc_tensor_file_free(f);
    f = reduced("TQ1_0");
    assert_int_equal(bc_tensor_levels_at(f, 0, 40, &l, NULL), BC_OK);
    for (int k = 0; k < 3; k++)
        assert_true(l.values[k] == (float)(k - 1) * 4.0f);
    bc_tensor_file_free(f);
}

/* What is read is one of the levels, in every format that can be written and has some. */
static void every_weight_is_one_of_its_levels(void **state)
{
    const bc_element_type *types;
    const size_t n = bc_element_types(&types);
    static float y[ROWS * ROW];
    size_t n_checked = 0;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (!bc_tensor_can_write(&types[i]))
            continue;
        bc_tensor_file *f = reduced(types[i].name);
        bc_tensor_levels l = { 0 };

        assert_int_equal(bc_tensor_read_f32(f, 0, 0, ROWS * ROW, y, NULL), BC_OK);
        for (uint64_t at = 0; at < ROWS * ROW; at++) {
            bool is_found = false;

            if (at == l.end)
                assert_int_equal(bc_tensor_levels_at(f, 0, at, &l, NULL), BC_OK);
            for (uint32_t k = 0; k < l.n; k++)
                is_found |= l.values[k] == y[at];
            EXPECT(is_found || l.n == 0, "%s: weight %d is %g, no level of it", types[i].name,
                   (int)at, (double)y[at]);
        }
        n_checked += l.n > 0;
        bc_tensor_file_free(f);
    }
    assert_true(n_checked >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_format_has_as_many_levels_as_its_codes, empty_scratch_dir),
        cmocka_unit_test_teardown(levels_are_codes_times_the_scale, empty_scratch_dir),
        cmocka_unit_test_teardown(every_weight_is_one_of_its_levels, empty_scratch_dir),
    };

    for (size_t i = 0; i < ROWS * ROW; i++)
        values[i] = i % 32 == 5 ? -4.0f : (float)((i * 37) % 61) / 16.0f - 1.9f;
    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
