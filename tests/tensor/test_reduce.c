/* Whole files of weights, reduced, decoded and compared. */
#include <math.h>

#include "bitcrush/blocks.h"
#include "reduced.h"

enum { ROWS = 600, ROW = 256 };

static float values[ROWS * ROW];

/* Uniform in (-1, 1), fixed. */
static void fill_values(void)
{
    uint32_t state = 12345;

    for (size_t i = 0; i < ROWS * ROW; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = (float)((double)(state >> 8) / 8388608.0 - 1.0 + 0x1p-25);
    }
}

/* Uniform data between -a and a in n levels have an error of step^2 / 12, 6.02 dB for each bit.
 * Blocks fit their step to their largest magnitude, 32/33 of a in the mean of 32 values (0.3 dB
 * more) and 16/17 of 16 (0.5 dB), and the K-quants search for a better one yet. */
static void every_bit_is_worth_six_decibels(void **state)
{
    static const struct {
        const char *format;
        double least, most; /* dB */
    } rows[] = {
        { "q8_0", 48.0, 48.8 }, { "q5_0", 29.5, 31.0 }, { "q4_0", 23.3, 24.7 },
        { "q6_k", 36.6, 38.0 }, { "f16", 70.0, 80.0 },  { "bf16", 50.0, 62.0 },
    };

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_result r =
            reduce(in, path_of("out.gguf"), bc_tensor_settings_default(rows[i].format));
        const double snr_db = bc_error_snr_db(&r.error);

        if (!(snr_db >= rows[i].least && snr_db <= rows[i].most))
            fail_msg("%s: %.2f dB, expected %.1f to %.1f", rows[i].format, snr_db, rows[i].least,
                     rows[i].most);
        assert_int_equal(r.error.n, ROWS * ROW);
        bc_tensor_result_free(&r);
    }
}

/* What the report says of the error is what the file holds. */
static void the_report_is_of_the_file(void **state)
{
    bc_tensor_comparison c;

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);
    const char *out = path_of("out.gguf"), *back = path_of("back.safetensors");
    bc_tensor_result r = reduce(in, out, bc_tensor_settings_default("q4_k"));

    assert_int_equal(bc_tensor_compare(in, out, NULL, &c, NULL), BC_OK);
    assert_int_equal(c.n_tensors, 1);
    assert_float_equal(bc_error_snr_db(&c.error), bc_error_snr_db(&r.error), 1e-9);
    bc_tensor_comparison_free(&c);
    bc_tensor_result_free(&r);

    r = reduce(out, back, bc_tensor_settings_default("f32"));
    assert_true(r.error.sum_e2 == 0.0);
    bc_tensor_result_free(&r);
    assert_int_equal(bc_tensor_compare(out, back, NULL, &c, NULL), BC_OK);
    assert_true(c.error.sum_e2 == 0.0);
    bc_tensor_comparison_free(&c);
}

static void threads_change_nothing(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("q4_k");
    size_t n_one, n;

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values), *out = path_of("out.gguf");

    s.n_threads = 1;
    bc_tensor_result r = reduce(in, out, s);

    bc_tensor_result_free(&r);
    uint8_t *one = load_bytes(out, &n_one);

    for (int threads = 2; threads <= 7; threads += 5) {
        s.n_threads = threads;
        r = reduce(in, out, s);
        bc_tensor_result_free(&r);
        uint8_t *many = load_bytes(out, &n);

        assert_int_equal(n, n_one);
        assert_memory_equal(many, one, n);
        free(many);
    }
    free(one);
}

/* However tensors are cut into batches (this one is larger than one), noise is that of the place in
 * the tensor, in the stream of its name and the type that it had. */
static void noise_goes_by_the_place(void **state)
{
    enum { BYTES = ROWS * ROW / 32 * 18 };
    static uint8_t want[BYTES], got[BYTES];
    static float noise[ROWS * ROW];
    const bc_block_format *f = bc_block_find("q4_0");
    bc_tensor_settings s = bc_tensor_settings_default("q4_0");
    bc_tensor_file *file;

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values), *out = path_of("out.gguf");

    s.noise = bc_noise_find("rpdf");
    s.seed = 99;
    bc_tensor_result r = reduce(in, out, s);

    bc_tensor_result_free(&r);
    f->encode(values, NULL, ROWS * ROW / 32, want);
    bc_noise_fill(s.noise, 99, bc_noise_stream("in", bc_noise_stream("F32", 0)), 0, noise,
                  ROWS * ROW);
    bc_block_dither(f, values, noise, ROWS * ROW / 32, want);
    assert_int_equal(bc_tensor_file_open(out, &file, NULL), BC_OK);
    assert_int_equal(bc_tensor_read(file, 0, 0, got, BYTES, NULL), BC_OK);
    bc_tensor_file_free(file);
    assert_memory_equal(got, want, BYTES);
}

/* Rounding alone has an error of step^2 / 12, with noise 1 step wide 2 / 12, triangular 3 / 12,
 * Gaussian 4 / 12 (noise.h). Floats of 16 bits have their steps, too. The one weight of a block
 * that stands on the last code is spared by rpdf and cut off by the others: 0.1 dB of 32, and as
 * much again for chance. */
static void noise_costs_what_theory_says(void **state)
{
    static const char *const formats[] = { "q8_0", "f16", "bf16" };
    static const char *const noises[] = { "rpdf", "tpdf", "hptpdf", "gaussian" };

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);

    for (size_t i = 0; i < 3; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(formats[i]);
        bc_tensor_result r = reduce(in, path_of("out.gguf"), s);
        const double plain_db = bc_error_snr_db(&r.error);

        bc_tensor_result_free(&r);
        for (size_t k = 0; k < 4; k++) {
            s.noise = bc_noise_find(noises[k]);
            r = reduce(in, path_of("out.gguf"), s);

            const double cost_db = plain_db - bc_error_snr_db(&r.error);
            const double want_db = 10 * log10(12 * s.noise->error_power);

            if (fabs(cost_db - want_db) > 0.2)
                fail_msg("%s, %s: %.2f dB, expected %.2f", formats[i], noises[k], cost_db, want_db);
            bc_tensor_result_free(&r);
        }
    }
}

static void masks_are_refused(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("q8_0");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    s.noise = bc_noise_find("blue");
    assert_int_equal(
        bc_tensor_reduce(save_npy("in.npy", 1, ROW, values), path_of("out.gguf"), &s, &r, &err),
        BC_E_USAGE);
    assert_non_null(strstr(err.text, "`dither=blue` is a mask for pictures"));
}

/* Uniform data in 16 ternary values: the scale of least error is 2/3 of the largest, and the error
 * 1/9 of the power of 1/3, 9.5 dB; with the largest at the end it is 1/12 of 4, 6.0 dB. */
static void the_best_encoder_is_better(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("tq2_0");

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);
    bc_tensor_result r = reduce(in, path_of("out.gguf"), s);

    assert_float_equal(bc_error_snr_db(&r.error), 6.02, 0.1);
    bc_tensor_result_free(&r);
    s.encoder = BC_ENCODER_BEST;
    r = reduce(in, path_of("out.gguf"), s);
    assert_true(bc_error_snr_db(&r.error) >= 9.5);
    bc_tensor_result_free(&r);
}

/* A number of bits is what the kind of file has for it, GGML's blocks or integers with scales. */
static void a_number_is_a_format_of_the_file(void **state)
{
    static const struct {
        const char *number, *in_gguf, *in_safetensors;
    } rows[] = {
        { "32", "F32", "F32" },    { "16", "F16", "F16" },         { "8", "Q8_0", "INT8" },
        { "7", NULL, "INT7" },     { "6", "Q6_K", "INT6" },        { "5", "Q5_K", "INT5" },
        { "4", "Q4_K", "INT4" },   { "3", "Q3_K", "INT3" },        { "2", "Q2_K", "INT2" },
        { "1", "Q1_0", "BINARY" }, { "1.58", "TQ2_0", "TERNARY" },
    };
    (void)state;
    (void)save_npy("in.npy", 2, ROW, values);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].number);
        bc_tensor_result r = reduce(path_of("in.npy"), path_of("out.safetensors"), s);
        bc_error err = { 0 };

        assert_string_equal(r.tensors[0].to->name, rows[i].in_safetensors);
        assert_null(r.tensors[0].why);
        bc_tensor_result_free(&r);
        s.force = true;
        const bc_status st = bc_tensor_reduce(path_of("in.npy"), path_of("out.gguf"), &s, &r, &err);

        if (!rows[i].in_gguf) {
            assert_int_equal(st, BC_E_UNSUPPORTED);
            assert_non_null(strstr(err.text, "INT7 is a format of safetensors files, expected "
                                             "`output=NAME.safetensors`"));
            continue;
        }
        EXPECT(st == BC_OK, "%s: %s", rows[i].number, err.text);
        assert_string_equal(r.tensors[0].to->name, rows[i].in_gguf);
        bc_tensor_result_free(&r);
    }
}

/* Rows that are no whole blocks take the next format that they divide into, and say so. */
static void rows_of_no_whole_blocks_fall_back(void **state)
{
    static const struct {
        size_t row;
        const char *asked, *got;
    } rows[] = { { 256, "q4_k", "Q4_K" }, { 96, "q4_k", "Q5_0" }, { 96, "6", "Q8_0" },
                 { 96, "q2_k", "Q4_0" },  { 96, "3", "Q4_0" },    { 96, "iq4_xs", "IQ4_NL" },
                 { 100, "4", "F16" },     { 100, "q8_0", "F16" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *in = save_npy("in.npy", 8, rows[i].row, values);
        bc_tensor_result r =
            reduce(in, path_of("out.gguf"), bc_tensor_settings_default(rows[i].asked));

        assert_string_equal(r.tensors[0].to->name, rows[i].got);
        assert_true((r.tensors[0].why == NULL) == (i == 0));
        bc_tensor_result_free(&r);
    }
}

static void what_is_not_finite_is_named(void **state)
{
    static float x[2 * ROW];
    bc_tensor_settings s = bc_tensor_settings_default("q8_0");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    x[ROW + 3] = NAN;
    const char *in = save_npy("in.npy", 2, ROW, x);

    assert_int_equal(bc_tensor_reduce(in, path_of("out.gguf"), &s, &r, &err), BC_E_FORMAT);
    assert_non_null(strstr(err.text, "/in.npy: tensor in: NaN at index 259, expected"));
    s.nonfinite = BC_NONFINITE_KEEP; /* which blocks cannot, and floats can */
    assert_int_equal(bc_tensor_reduce(in, path_of("out.gguf"), &s, &r, &err), BC_E_FORMAT);
    assert_non_null(strstr(err.text, "NaN at index 259, which Q8_0 cannot hold"));
    s.format = "f16";
    r = reduce(in, path_of("out.gguf"), s);
    assert_int_equal(r.tensors[0].n_nonfinite, 1);
    bc_tensor_result_free(&r);
    s.format = "q8_0";
    s.nonfinite = BC_NONFINITE_ZERO;
    r = reduce(in, path_of("out.gguf"), s);
    assert_int_equal(r.tensors[0].n_nonfinite, 1);
    assert_true(r.error.sum_e2 == 0.0); /* all zeros are stored exactly */
    bc_tensor_result_free(&r);
}

/* The size is known before a weight has been read: in every format and every kind of file. */
static void the_size_is_known_before_the_weights(void **state)
{
    static const char *const outputs[] = { "out.gguf", "out.safetensors", "out.npy" };
    const bc_element_type *types;
    const bc_tensor_mix *mixes;
    const size_t n_types = bc_element_types(&types), n_mixes = bc_tensor_mixes(&mixes);
    size_t n, n_checked = 0;

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);

    for (size_t i = 0; i < 3 * (n_types + n_mixes); i++) {
        const char *out = path_of(outputs[i % 3]);
        const size_t k = i / 3;
        bc_tensor_settings s =
            bc_tensor_settings_default(k < n_types ? types[k].name : mixes[k - n_types].name);
        bc_tensor_result r;

        if (k < n_types && !bc_tensor_can_write(&types[k]))
            continue;
        s.sizes_only = s.force = true;
        const bc_status st = bc_tensor_reduce(in, out, &s, &r, NULL);
        const uint64_t expected = st ? 0 : r.output_size_bytes;

        if (!st)
            bc_tensor_result_free(&r);
        s.sizes_only = false;
        EXPECT(bc_tensor_reduce(in, out, &s, &r, NULL) == st, "%s as %s: sizes only %d", s.format,
               out, (int)st);
        if (st)
            continue;
        bc_tensor_result_free(&r);
        free(load_bytes(out, &n));
        EXPECT(n == expected, "%s as %s: %zu bytes, sizes only %llu", s.format, out, n,
               (unsigned long long)expected);
        n_checked++;
    }
    assert_true(n_checked > 30);
}

static void names_choose(void **state)
{
    const char *const all[] = { "*" };
    const bc_tensor_rule rule = { "i?", "q8_0" };
    bc_tensor_settings s = bc_tensor_settings_default("q4_0");

    (void)state;
    const char *in = save_npy("in.npy", 4, ROW, values), *out = path_of("out.gguf");

    s.exclude = all;
    s.n_exclude = 1;
    bc_tensor_result r = reduce(in, out, s);

    assert_string_equal(r.tensors[0].to->name, "F32");
    assert_string_equal(r.tensors[0].why, "excluded");
    bc_tensor_result_free(&r);
    s.rules = &rule;
    s.n_rules = 1;
    r = reduce(in, out, s);
    assert_string_equal(r.tensors[0].to->name, "Q8_0");
    bc_tensor_result_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_bit_is_worth_six_decibels, empty_scratch_dir),
        cmocka_unit_test_teardown(the_report_is_of_the_file, empty_scratch_dir),
        cmocka_unit_test_teardown(threads_change_nothing, empty_scratch_dir),
        cmocka_unit_test_teardown(noise_goes_by_the_place, empty_scratch_dir),
        cmocka_unit_test_teardown(noise_costs_what_theory_says, empty_scratch_dir),
        cmocka_unit_test_teardown(masks_are_refused, empty_scratch_dir),
        cmocka_unit_test_teardown(the_best_encoder_is_better, empty_scratch_dir),
        cmocka_unit_test_teardown(a_number_is_a_format_of_the_file, empty_scratch_dir),
        cmocka_unit_test_teardown(rows_of_no_whole_blocks_fall_back, empty_scratch_dir),
        cmocka_unit_test_teardown(what_is_not_finite_is_named, empty_scratch_dir),
        cmocka_unit_test_teardown(the_size_is_known_before_the_weights, empty_scratch_dir),
        cmocka_unit_test_teardown(names_choose, empty_scratch_dir),
    };

    fill_values();
    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
