/* Codes and scales: laws over all formats, groups of all lengths, files of others, damaged
 * heads. */
#include <math.h>

#include "pieces.h"
#include "safetensors_made.h"

enum { ROWS = 600, ROW = 256, LONG = 300001 };

static float values[ROWS * ROW], long_row[LONG];

/* Uniform in (-1, 1), fixed. */
static void fill(float *x, size_t n)
{
    uint32_t state = 12345;

    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)((double)(state >> 8) / 8388608.0 - 1.0 + 0x1p-25);
    }
}

static size_t coded_types(const bc_element_type **out)
{
    const bc_element_type *all;
    const size_t n = bc_element_types(&all);
    size_t first = 0;

    while (all[first].kind != BC_ELEMENT_CODES)
        first++;
    *out = all + first;
    return n - first;
}

/* What the report says is what the file holds, its size is known before, and other threads write
 * the same bytes. */
static void every_format_keeps_the_laws(void **state)
{
    const bc_element_type *types;
    const size_t n_types = coded_types(&types);

    (void)state;
    assert_true(n_types >= 21);
    (void)save_npy("in.npy", ROWS, ROW, values);
    for (size_t i = 0; i < n_types; i++) {
        const char *in = path_of("in.npy");
        const char *out = path_of("out.safetensors"), *back = path_of("back.safetensors");
        bc_tensor_settings s = bc_tensor_settings_default(types[i].name);
        bc_tensor_comparison c;

        s.sizes_only = true;
        bc_tensor_result planned = reduce(in, out, s);

        s.sizes_only = false;
        s.n_threads = 1;
        bc_tensor_result r = reduce(in, out, s);
        whole_file one = load_file(out);

        assert_int_equal(one.n, planned.output_size_bytes);
        EXPECT(r.tensors[0].to == &types[i] && !r.tensors[0].why, "%s", types[i].name);
        assert_int_equal(bc_tensor_compare(in, out, NULL, &c, NULL), BC_OK);
        EXPECT(c.n_tensors == 1 && c.error.sum_x2 > 0, "%s", types[i].name);
        EXPECT_NEAR(bc_error_snr_db(&c.error), bc_error_snr_db(&r.error), 1e-9, "%s",
                    types[i].name);
        bc_tensor_comparison_free(&c);
        bc_tensor_result decoded = reduce(out, back, bc_tensor_settings_default("f32"));

        assert_int_equal(bc_tensor_compare(out, back, NULL, &c, NULL), BC_OK);
        EXPECT(c.error.sum_e2 == 0.0 && c.error.n == ROWS * ROW, "%s", types[i].name);
        bc_tensor_comparison_free(&c);
        for (int threads = 2; threads <= 7; threads += 5) {
            s.n_threads = threads;
            bc_tensor_result again = reduce(in, out, s);
            whole_file many = load_file(out);

            EXPECT(many.n == one.n && memcmp(many.bytes, one.bytes, one.n) == 0, "%s, %d threads",
                   types[i].name, threads);
            free(many.bytes);
            bc_tensor_result_free(&again);
        }
        free(one.bytes);
        bc_tensor_result_free(&planned);
        bc_tensor_result_free(&r);
        bc_tensor_result_free(&decoded);
    }
}

static double error_of(bc_tensor_settings s, whole_file *file)
{
    const char *out = path_of("out.safetensors");
    bc_tensor_result r = reduce(path_of("in.npy"), out, s);
    const double sum = r.error.sum_e2;

    *file = load_file(out);
    bc_tensor_result_free(&r);
    return sum;
}

/* Uniform noise 1 step wide doubles the error of rounding, triangular noise makes it three times as
 * large (noise.h); 0.1 dB for the one weight of a group that stands at the end, and 0.1 for chance.
 * The noise is a matter of the seed and the place, not of threads. */
static void codes_take_noise(void **state)
{
    static const struct {
        const char *noise;
        double cost_db;
    } rows[] = { { "rpdf", 3.01 }, { "tpdf", 4.77 } };
    const bc_element_type *types;
    const size_t n_types = coded_types(&types);
    bc_tensor_settings s = bc_tensor_settings_default("int8");
    whole_file plain, one, many, other;

    (void)state;
    (void)save_npy("in.npy", ROWS, ROW, values);
    const double without = error_of(s, &plain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        s.noise = bc_noise_find(rows[i].noise);
        EXPECT_NEAR(10 * log10(error_of(s, &one) / without), rows[i].cost_db, 0.2, "%s",
                    rows[i].noise);
        free(one.bytes);
    }
    free(plain.bytes);
    s.noise = bc_noise_find("rpdf");
    for (size_t i = 0; i < n_types; i++) {
        s.format = types[i].name;
        s.n_threads = 1;
        (void)error_of(s, &one);
        s.n_threads = 7;
        (void)error_of(s, &many);
        s.seed++;
        (void)error_of(s, &other);
        s.seed--;
        EXPECT(memcmp(one.bytes, many.bytes, one.n) == 0, "%s: other bytes on 7 threads", s.format);
        EXPECT(memcmp(one.bytes, other.bytes, one.n) != 0, "%s: the seed is not minded", s.format);
        free(one.bytes);
        free(many.bytes);
        free(other.bytes);
    }
}

/* Where there is something to look for, it is found on uniform data; elsewhere nothing is worse. */
static void the_best_encoder_is_never_worse(void **state)
{
    static const char gains[] = "INT2 INT3 INT4 NF4 FP4 NVFP4 E2M1";
    const bc_element_type *types;
    const size_t n_types = coded_types(&types);

    (void)state;
    (void)save_npy("in.npy", ROWS, ROW, values);
    for (size_t i = 0; i < n_types; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(types[i].name);
        whole_file file;
        const double exact = error_of(s, &file);

        free(file.bytes);
        s.encoder = BC_ENCODER_BEST;
        const double best = error_of(s, &file);

        free(file.bytes);
        EXPECT(best <= exact, "%s: %g, exact %g", s.format, best, exact);
        EXPECT(!strstr(gains, s.format) || best < 0.999 * exact, "%s: %g, exact %g", s.format, best,
               exact);
    }
}

/* Data uniform in (-1, 1) on 2^n - 1 marks from -1 to 1: the error is uniform within half a step of
 * 1 / (2^(n-1) - 1), its power step^2 / 12, that of the data 1/3. 153600 samples are within 0.1
 * dB. */
static void integers_have_the_error_of_their_step(void **state)
{
    (void)state;
    (void)save_npy("in.npy", ROWS, ROW, values);
    for (int bits = 2; bits <= 8; bits++) {
        const double step = 1.0 / ((1 << (bits - 1)) - 1);
        char name[8];

        snprintf(name, sizeof name, "int%d", bits);
        bc_tensor_settings s = bc_tensor_settings_default(name);

        s.group = BC_TENSOR_GROUP_ALL;
        bc_tensor_result r = reduce(path_of("in.npy"), path_of("out.safetensors"), s);

        EXPECT_NEAR(bc_error_snr_db(&r.error), 10.0 * log10(1.0 / 3.0 / (step * step / 12.0)), 0.1,
                    "%s", name);
        bc_tensor_result_free(&r);
    }
}

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Rows that are longer than a batch: their scales are what the definitions say. */
static void long_rows_have_their_scales(void **state)
{
    static float sorted[LONG];
    bc_tensor_settings s = bc_tensor_settings_default("int4");

    (void)state;
    const char *in = save_npy("in.npy", 1, LONG, long_row), *out = path_of("out.safetensors");

    for (size_t i = 0; i < LONG; i++)
        sorted[i] = fabsf(long_row[i]);
    qsort(sorted, LONG, sizeof *sorted, by_size);
    for (int k = 0; k < 4; k++) {
        /* 99.9 % of 300001 are 299701 of them, those of rank 0 to 299700. */
        const float magnitude = k % 2 ? sorted[299700] : sorted[LONG - 1];
        double snr_db[2];

        s.group = k < 2 ? BC_TENSOR_GROUP_ROW : BC_TENSOR_GROUP_ALL;
        s.scale = k % 2 ? BC_SCALE_PERCENTILE : BC_SCALE_ABSMAX;
        s.percent = 99.9;
        bc_tensor_result r = reduce(in, out, s);
        whole_file f = load_file(out);
        const piece codes = piece_of(&f, "in"), scale = piece_of(&f, "in_scale");

        snr_db[0] = bc_error_snr_db(&r.error);
        assert_int_equal(codes.n, 150001);
        EXPECT_NEAR((double)float_at(scale.data), (double)magnitude / 7.0, 1e-8, "case %d", k);
        free(f.bytes);
        bc_tensor_result_free(&r);
        s.scale = BC_SCALE_MSE;
        r = reduce(in, out, s);
        snr_db[1] = bc_error_snr_db(&r.error);
        EXPECT(snr_db[1] >= snr_db[0], "case %d: %.3f dB, absmax %.3f", k, snr_db[1], snr_db[0]);
        bc_tensor_result_free(&r);
    }
}

/* A scale by half of the weights: on -7 .. 7 steps what lies beyond 7.5 clips to 7. */
static void a_short_scale_overloads(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("int4");
    const char *in = save_npy("in.npy", 1, LONG, long_row), *out = path_of("out.safetensors");

    (void)state;
    s.scale = BC_SCALE_PERCENTILE;
    s.percent = 50.0;
    for (int k = 0; k < 2; k++) {
        s.group = k ? BC_TENSOR_GROUP_ROW : BC_TENSOR_GROUP_ALL;
        bc_tensor_result r = reduce(in, out, s);
        whole_file f = load_file(out);
        const double step = (double)float_at(piece_of(&f, "in_scale").data);
        double energy = 0.0;
        uint64_t n = 0;

        for (size_t i = 0; i < LONG; i++) {
            const double size = fabs((double)long_row[i]), e = size - 7.0 * step;

            n += size > 7.5 * step;
            energy += size > 7.5 * step ? e * e : 0.0;
        }
        assert_true(n > LONG / 4);
        EXPECT(r.error.n_clipped == n, "case %d: %llu clipped, expected %llu", k,
               (unsigned long long)r.error.n_clipped, (unsigned long long)n);
        /* Values and the step are floats. */
        EXPECT_NEAR(r.error.sum_overload_e2, energy, 1e-5 * energy, "case %d: overload", k);
        free(f.bytes);
        bc_tensor_result_free(&r);
    }
}

/* A row in one piece, and the same weights as groups of that length: one scale each way. */
static void long_and_short_groups_agree(void **state)
{
    enum { N = 131072 + 8 }; /* as a row it is longer than a batch */
    static const bc_scale_method methods[] = { BC_SCALE_ABSMAX, BC_SCALE_PERCENTILE, BC_SCALE_MSE };
    bc_tensor_settings s = bc_tensor_settings_default("int3");

    (void)state;
    s.percent = 99.0;
    for (size_t k = 0; k < 6; k++) {
        float scales[2];

        s.scale = methods[k % 3];
        s.zero_point = k >= 3;
        for (int is_long = 0; is_long < 2; is_long++) { /* zeros change neither extent nor error */
            const size_t n = is_long ? N : 65536;
            static float x[N];

            memset(x, 0, sizeof x);
            memcpy(x, long_row, 60000 * sizeof *x);
            s.group = BC_TENSOR_GROUP_ROW;
            if (s.scale == BC_SCALE_PERCENTILE) /* the same rank from above */
                s.percent = 100.0 * (1.0 - 600.0 / (double)n);
            bc_tensor_result r = reduce(save_npy("in.npy", 1, n, x), path_of("out.safetensors"), s);
            whole_file f = load_file(path_of("out.safetensors"));

            scales[is_long] = float_at(piece_of(&f, "in_scale").data);
            free(f.bytes);
            bc_tensor_result_free(&r);
        }
        /* The search adds up in another order. */
        EXPECT_NEAR((double)scales[0], (double)scales[1], 1e-6 * (double)scales[0], "case %zu", k);
    }
}

/* Rows of any length and groups of any kind come back with the values that the report measured. */
static void odd_rows_and_groups(void **state)
{
    static const struct {
        const char *format;
        uint32_t group;
    } kinds[] = { { "int4", 8 },
                  { "int3", 64 },
                  { "int5", BC_TENSOR_GROUP_ROW },
                  { "int2", BC_TENSOR_GROUP_ALL },
                  { "int8", BC_TENSOR_GROUP_ROW },
                  { "binary", 0 },
                  { "ternary", 16 },
                  { "nf4", 0 },
                  { "e3m2", 40 } };
    static const size_t shapes[][2] = { { 1, 1 },    { 3, 7 },      { 5, 9 },      { 64, 2 },
                                        { 7, 4097 }, { 1000, 129 }, { 1, 131080 }, { 2, 140003 } };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++) {
            bc_tensor_settings s = bc_tensor_settings_default(kinds[k].format);
            bc_tensor_comparison c;
            const char *in = save_npy("in.npy", shapes[j][0], shapes[j][1], long_row);
            const char *out = path_of("out.safetensors");

            s.group = kinds[k].group;
            s.zero_point = strcmp(kinds[k].format, "int3") == 0;
            s.double_quant = strcmp(kinds[k].format, "nf4") == 0;
            bc_tensor_result r = reduce(in, out, s);

            assert_int_equal(bc_tensor_compare(in, out, NULL, &c, NULL), BC_OK);
            EXPECT(c.error.n == shapes[j][0] * shapes[j][1], "%s", kinds[k].format);
            EXPECT(c.error.sum_e2 == 0.0 || fabs(c.error.sum_e2 / r.error.sum_e2 - 1.0) < 1e-9,
                   "%s, shape %zu: %g, report %g", kinds[k].format, j, c.error.sum_e2,
                   r.error.sum_e2);
            bc_tensor_comparison_free(&c);
            bc_tensor_result_free(&r);
        }
}

/* A tensor that stays as it is keeps its bytes; one that is asked for again does not. */
static void what_is_kept_is_copied(void **state)
{
    static const char *const all[] = { "*" };
    bc_tensor_settings s = bc_tensor_settings_default("int4");
    bc_error err = { 0 };
    bc_tensor_result r;

    (void)state;
    const char *in = save_npy("in.npy", ROWS, ROW, values);
    const char *a = path_of("a.safetensors"), *b = path_of("b.safetensors");

    s.zero_point = true;
    r = reduce(in, a, s);
    bc_tensor_result_free(&r);
    s = bc_tensor_settings_default("f16");
    s.exclude = all;
    s.n_exclude = 1;
    r = reduce(a, b, s);
    bc_tensor_result_free(&r);
    whole_file x = load_file(a), y = load_file(b);

    assert_int_equal(x.n, y.n);
    assert_memory_equal(x.bytes, y.bytes, x.n);
    free(x.bytes);
    free(y.bytes);
    assert_int_equal(bc_tensor_reduce(a, path_of("b.gguf"), &s, &r, &err), BC_E_UNSUPPORTED);
    assert_non_null(strstr(err.text, "INT4"));
    s = bc_tensor_settings_default("int4");
    s.group = 32;
    s.force = true;
    assert_int_equal(bc_tensor_reduce(a, b, &s, &r, &err), BC_E_USAGE);
    assert_non_null(strstr(err.text, "`requantize`"));
    s.requantize = true;
    r = reduce(a, b, s);
    assert_int_equal(r.tensors[0].size_bytes, ROWS * ROW / 2 + 4 * ROWS * ROW / 32);
    bc_tensor_result_free(&r);
}

static void rows_and_files_that_do_not_fit(void **state)
{
    static const struct {
        const char *format, *out;
        bc_status status;
        const char *words;
    } refused[] = {
        { "q4_k", "x.safetensors", BC_E_UNSUPPORTED,
          "Q4_K is a format of gguf files, expected `output=NAME.gguf`" },
        { "4", "x.npy", BC_E_UNSUPPORTED,
          "Q4_K cannot be stored in a .npy file, expected `output=NAME.gguf`" },
        { "nf4", "x.gguf", BC_E_UNSUPPORTED,
          "NF4 is a format of safetensors files, expected `output=NAME.safetensors`" },
        { "e4m3", "x.gguf", BC_E_UNSUPPORTED, "F8_E4M3" },
        { "int4", "x.npy", BC_E_UNSUPPORTED, "INT4 cannot be stored in a .npy file" },
        { "int33", "x.safetensors", BC_E_USAGE, "unknown format" },
    };
    bc_tensor_result r;

    (void)state;
    (void)save_npy("in.npy", 4, ROW, values);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(refused[i].format);
        bc_error err = { 0 };
        const bc_status st =
            bc_tensor_reduce(path_of("in.npy"), path_of(refused[i].out), &s, &r, &err);

        EXPECT(st == refused[i].status && strstr(err.text, refused[i].words),
               "%s: status %d, \"%s\"", refused[i].format, (int)st, err.text);
    }
    /* OCP blocks want whole rows; 40 is no multiple of 32 or 16. */
    r = reduce(save_npy("in.npy", 4, 40, values), path_of("x.safetensors"),
               bc_tensor_settings_default("mxfp8"));
    assert_string_equal(r.tensors[0].to->name, "F16");
    assert_string_equal(r.tensors[0].why, "rows are not whole blocks");
    bc_tensor_result_free(&r);
}

static void settings_that_nothing_takes_are_mistakes(void **state)
{
    static const struct {
        const char *format;
        bc_tensor_settings s;
        const char *words;
    } wrong[] = {
        { "nf4", { .zero_point = true }, "`zero-point`: no tensor becomes" },
        { "e2m1", { .zero_point = true }, "`zero-point`: no tensor becomes" },
        { "int4", { .double_quant = true }, "`double-quant`" },
        { "mxfp4", { .group = 64 }, "`group`: no tensor" },
        { "int4", { .group = 12 }, "group 12: expected all, tensor, row" },
        { "ternary", { .scale = BC_SCALE_MSE }, "`scale`" },
        { "int4", { .scale = BC_SCALE_PERCENTILE, .percent = 0.0 }, "`percent=0`" },
    };

    (void)state;
    (void)save_npy("in.npy", 4, ROW, values);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bc_tensor_settings s = wrong[i].s;
        bc_tensor_result r;
        bc_error err = { 0 };

        s.format = wrong[i].format;
        s.min_snr_db = NAN;
        s.scale = s.scale ? s.scale : BC_SCALE_ABSMAX;
        const bc_status st =
            bc_tensor_reduce(path_of("in.npy"), path_of("x.safetensors"), &s, &r, &err);

        EXPECT(st == BC_E_USAGE && strstr(err.text, wrong[i].words), "row %zu: status %d, \"%s\"",
               i, (int)st, err.text);
    }
}

static void what_is_not_finite_is_refused(void **state)
{
    static const char *const formats[] = {
        "int4", "ternary", "nf4", "mxfp8_e5m2", "nvfp4", "e3m2"
    };
    static float x[2 * ROW];

    (void)state;
    fill(x, 2 * ROW);
    x[ROW + 3] = INFINITY;
    (void)save_npy("in.npy", 2, ROW, x);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (int keep = 0; keep < 2; keep++) {
            bc_tensor_settings s = bc_tensor_settings_default(formats[i]);
            bc_tensor_result r;
            bc_error err = { 0 };

            s.nonfinite = keep ? BC_NONFINITE_KEEP : BC_NONFINITE_ERROR;
            s.force = true;
            EXPECT(bc_tensor_reduce(path_of("in.npy"), path_of("x.safetensors"), &s, &r, &err) ==
                           BC_E_FORMAT &&
                       strstr(err.text, "infinity at index 259"),
                   "%s: %s", formats[i], err.text);
            s.nonfinite = BC_NONFINITE_ZERO;
            r = reduce(path_of("in.npy"), path_of("x.safetensors"), s);
            EXPECT(r.tensors[0].n_nonfinite == 1, "%s: %d", formats[i],
                   (int)r.tensors[0].n_nonfinite);
            bc_tensor_result_free(&r);
        }
}

/* All zeros are stored exactly. */
static void zeros_stay_zeros(void **state)
{
    static float x[2 * ROW];
    const bc_element_type *types;
    const size_t n_types = coded_types(&types);

    (void)state;
    (void)save_npy("in.npy", 2, ROW, x);
    for (size_t i = 0; i < n_types; i++) {
        const char *in = path_of("in.npy");
        bc_tensor_comparison c;
        bc_tensor_result r =
            reduce(in, path_of("x.safetensors"), bc_tensor_settings_default(types[i].name));

        assert_int_equal(bc_tensor_compare(in, path_of("x.safetensors"), NULL, &c, NULL), BC_OK);
        EXPECT(c.error.sum_e2 == 0.0 && c.error.n == 2 * ROW && r.error.sum_e2 == 0.0, "%s",
               types[i].name);
        bc_tensor_comparison_free(&c);
        bc_tensor_result_free(&r);
    }
}

/* A tensor without a weight has its pieces, without a byte in any that is for rows. */
static void empty_tensors_stay_empty(void **state)
{
    static const char text[] = "{\"w\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[0,0]}}";
    static const uint32_t groups[] = { BC_TENSOR_GROUP_USUAL, BC_TENSOR_GROUP_ROW,
                                       BC_TENSOR_GROUP_ALL };
    const bc_element_type *types;
    const size_t n_types = coded_types(&types);

    (void)state;
    save_safetensors("e.safetensors", text, 0);
    for (size_t i = 0; i < 3 * n_types; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(types[i / 3].name);
        bc_tensor_file *f;
        bc_tensor_result r;
        bc_error err = { 0 };

        s.group = groups[i % 3];
        s.force = true;
        const bc_status st =
            bc_tensor_reduce(path_of("e.safetensors"), path_of("x.safetensors"), &s, &r, &err);

        if (st == BC_E_USAGE && i % 3) /* blocks have groups of their own */
            continue;
        EXPECT(st == BC_OK, "%s: %s", s.format, err.text);
        bc_tensor_result_free(&r);
        f = must_open("x.safetensors");
        EXPECT(bc_tensor_at(f, 0)->n_elements == 0 && bc_tensor_at(f, 0)->type == &types[i / 3],
               "%s", s.format);
        bc_tensor_file_free(f);
    }
}

/* ---- files of others, made by hand */

static void put_f32(made *m, float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    put_le(m, bits, 4);
}

/* Blocks of 128 with a map of its own: value = map[code] * absmax, the first code high. */
static void a_file_of_bitsandbytes_is_read(void **state)
{
    static const char text[] =
        "{\"w.absmax\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"w.quant_map\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[8,72]},"
        "\"w\":{\"dtype\":\"U8\",\"shape\":[65,1],\"data_offsets\":[72,137]},"
        "\"w.quant_state.bitsandbytes__nf4\":{\"dtype\":\"U8\",\"shape\":[75],"
        "\"data_offsets\":[137,212]}}";
    static const char said[] = "{\"quant_type\":\"nf4\",\"blocksize\":128,\"dtype\":\"float16\","
                               "\"shape\":[3,43],\"x\":0}";
    made m = make_safetensors(text, 0);
    float y[129];

    (void)state;
    assert_int_equal(strlen(said), 75);
    put_f32(&m, 2.0f);
    put_f32(&m, 10.0f);
    for (int i = 0; i < 16; i++)
        put_f32(&m, (float)i / 16.0f);
    for (int i = 0; i < 65; i++)
        put_le(&m, (uint64_t)(i % 16) << 4 | (uint64_t)(15 - i % 16), 1);
    put_text(&m, said);
    save_bytes(path_of("w.safetensors"), m.data, m.n);
    bc_tensor_file *f = must_open("w.safetensors");

    assert_int_equal(bc_tensor_count(f), 1);
    assert_string_equal(shape_of(f, "w"), "NF4 3x43");
    assert_int_equal(bc_tensor_read_f32(f, 0, 0, 129, y, NULL), BC_OK);
    assert_true(y[0] == 0.0f && y[1] == 2.0f * 15.0f / 16.0f && y[2] == 2.0f / 16.0f);
    assert_true(y[127] == 2.0f * 0.0f && y[128] == 0.0f * 10.0f); /* i = 63: 15 and 0; i = 64: 0 */
    assert_true(y[126] == 2.0f * 15.0f / 16.0f);
    for (size_t i = 0; i < 129; i++) { /* one by one it is the same */
        float one;

        assert_int_equal(bc_tensor_read_f32(f, 0, i, 1, &one, NULL), BC_OK);
        assert_true(one == y[i]);
    }
    bc_tensor_file_free(f);
    expect_no_prefix(&m, "w.safetensors");
    expect_no_crash(&m, "w.safetensors", m.n);
}

/* value = E2M1 * (E4M3 * scale_2), the first code low. */
static void a_file_of_model_optimizer_is_read(void **state)
{
    static const char text[] =
        "{\"a.weight_scale_2\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
        "\"a.weight_scale\":{\"dtype\":\"F8_E4M3\",\"shape\":[1,2],\"data_offsets\":[4,6]},"
        "\"a.weight\":{\"dtype\":\"U8\",\"shape\":[1,16],\"data_offsets\":[6,22]}}";
    made m = make_safetensors(text, 0);
    float y[32];

    (void)state;
    put_f32(&m, 0.25f);
    put_le(&m, 0x38, 1); /* 1 */
    put_le(&m, 0x40, 1); /* 2 */
    for (int i = 0; i < 16; i++)
        put_le(&m, 0xF1, 1); /* 0.5, -6 */
    save_bytes(path_of("a.safetensors"), m.data, m.n);
    bc_tensor_file *f = must_open("a.safetensors");

    assert_int_equal(bc_tensor_count(f), 1);
    assert_string_equal(shape_of(f, "a.weight"), "NVFP4 1x32");
    assert_int_equal(bc_tensor_read_f32(f, 0, 0, 32, y, NULL), BC_OK);
    assert_true(y[0] == 0.125f && y[1] == -1.5f && y[16] == 0.25f && y[17] == -3.0f);
    bc_tensor_file_free(f);
    expect_no_prefix(&m, "a.safetensors");
    expect_no_crash(&m, "a.safetensors", m.n);
}

/* Names alike and shapes that do not fit are other tensors. */
static void what_only_looks_alike_stays_apart(void **state)
{
    static const char text[] =
        "{\"a_scale_2\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
        "\"a_scale\":{\"dtype\":\"F8_E4M3\",\"shape\":[1,3],\"data_offsets\":[4,7]},"
        "\"a\":{\"dtype\":\"U8\",\"shape\":[1,16],\"data_offsets\":[7,23]}}";
    bc_tensor_file *f;

    (void)state;
    save_safetensors("a.safetensors", text, 23);
    f = must_open("a.safetensors");
    assert_int_equal(bc_tensor_count(f), 3);
    bc_tensor_file_free(f);
}

#define FORMATS(text)                                                                              \
    "{\"__metadata__\":{\"bitcrush.formats\":\"" text "\"},"                                       \
    "\"w_scale\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"                      \
    "\"w\":{\"dtype\":\"U8\",\"shape\":[1,4],\"data_offsets\":[4,8]}}"

static void what_does_not_fit_is_named(void **state)
{
    static const struct {
        const char *text;
        bc_status status;
        const char *words;
    } heads[] = {
        { FORMATS("{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8],\\\"group\\\":8}}"),
          BC_OK, "" },
        { FORMATS(
              "{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,10],\\\"group\\\":16}}"),
          BC_E_FORMAT, "tensor w is U8 [1, 4], expected U8 [1, 5] for INT4" },
        { FORMATS(
              "{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8],\\\"group\\\":8,\\\"zero_point\\\":true}}"),
          BC_E_FORMAT, "tensor w_zero_point is missing" },
        { FORMATS("{\\\"v\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8],\\\"group\\\":8}}"),
          BC_E_FORMAT, "tensor v is missing" },
        { FORMATS("{\\\"w\\\":{\\\"format\\\":\\\"INT9\\\",\\\"shape\\\":[1,8],\\\"group\\\":8}}"),
          BC_E_UNSUPPORTED, "\"INT9\", which is unknown" },
        { FORMATS("{\\\"w\\\":{\\\"format\\\":\\\"NF4\\\",\\\"shape\\\":[1,8],\\\"group\\\":64}}"),
          BC_E_UNSUPPORTED, "which is unknown" },
        { FORMATS("{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8],\\\"group\\\":7}}"),
          BC_E_FORMAT, "group" },
        { FORMATS(
              "{\\\"w\\\":{\\\"format\\\":\\\"MXFP4\\\",\\\"shape\\\":[1,8],\\\"group\\\":32}}"),
          BC_E_FORMAT, "whole blocks" },
        { FORMATS("{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8]}}"), BC_E_FORMAT,
          "expected all three" },
        { FORMATS(
              "{\\\"w\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[9223372036854775807,8],\\\"group\\\":8}}"),
          BC_E_FORMAT, "63 bits" },
        { FORMATS("[]"), BC_E_FORMAT, "no object" },
        { FORMATS("{"), BC_E_FORMAT, "JSON" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const made m = make_safetensors(heads[i].text, 8);

        if (heads[i].status) {
            expect_fault(&m, "w.safetensors", heads[i].status, heads[i].words);
            continue;
        }
        bc_tensor_file *f;
        float y[8];

        save_bytes(path_of("w.safetensors"), m.data, m.n);
        f = must_open("w.safetensors");
        assert_string_equal(shape_of(f, "w"), "INT4 1x8");
        assert_int_equal(bc_tensor_read_f32(f, 0, 0, 8, y, NULL), BC_OK);
        assert_int_equal(bc_tensor_file_summary(f).n_metadata, 0); /* it has been used */
        bc_tensor_file_free(f);
        expect_no_prefix(&m, "w.safetensors");
        expect_no_crash(&m, "w.safetensors", m.n);
    }
}

#define SHARD(name)                                                                                \
    "{\"__metadata__\":{\"bitcrush.formats\":\"{\\\"" name                                         \
    "\\\":{\\\"format\\\":\\\"INT4\\\",\\\"shape\\\":[1,8],\\\"group\\\":8}}\"},"                  \
    "\"" name "_scale\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"               \
    "\"" name "\":{\"dtype\":\"U8\",\"shape\":[1,4],\"data_offsets\":[4,8]}}"

/* Each part says what is in it. */
static void codes_are_known_in_every_shard(void **state)
{
    static const char index[] =
        "{\"weight_map\":{\"v\":\"1.safetensors\",\"v_scale\":\"1.safetensors\","
        "\"w\":\"2.safetensors\",\"w_scale\":\"2.safetensors\"}}";
    bc_tensor_file *f;

    (void)state;
    save_safetensors("1.safetensors", SHARD("v"), 8);
    save_safetensors("2.safetensors", SHARD("w"), 8);
    save_bytes(path_of("i.json"), index, strlen(index));
    f = must_open("i.json");
    assert_int_equal(bc_tensor_count(f), 2);
    assert_string_equal(shape_of(f, "v"), "INT4 1x8");
    assert_string_equal(shape_of(f, "w"), "INT4 1x8");
    assert_int_equal(bc_tensor_file_summary(f).n_metadata, 0); /* they have been used */
    bc_tensor_file_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_format_keeps_the_laws, empty_scratch_dir),
        cmocka_unit_test_teardown(codes_take_noise, empty_scratch_dir),
        cmocka_unit_test_teardown(the_best_encoder_is_never_worse, empty_scratch_dir),
        cmocka_unit_test_teardown(integers_have_the_error_of_their_step, empty_scratch_dir),
        cmocka_unit_test_teardown(long_rows_have_their_scales, empty_scratch_dir),
        cmocka_unit_test_teardown(a_short_scale_overloads, empty_scratch_dir),
        cmocka_unit_test_teardown(long_and_short_groups_agree, empty_scratch_dir),
        cmocka_unit_test_teardown(odd_rows_and_groups, empty_scratch_dir),
        cmocka_unit_test_teardown(what_is_kept_is_copied, empty_scratch_dir),
        cmocka_unit_test_teardown(rows_and_files_that_do_not_fit, empty_scratch_dir),
        cmocka_unit_test_teardown(settings_that_nothing_takes_are_mistakes, empty_scratch_dir),
        cmocka_unit_test_teardown(what_is_not_finite_is_refused, empty_scratch_dir),
        cmocka_unit_test_teardown(zeros_stay_zeros, empty_scratch_dir),
        cmocka_unit_test_teardown(empty_tensors_stay_empty, empty_scratch_dir),
        cmocka_unit_test_teardown(a_file_of_bitsandbytes_is_read, empty_scratch_dir),
        cmocka_unit_test_teardown(a_file_of_model_optimizer_is_read, empty_scratch_dir),
        cmocka_unit_test_teardown(what_only_looks_alike_stays_apart, empty_scratch_dir),
        cmocka_unit_test_teardown(what_does_not_fit_is_named, empty_scratch_dir),
        cmocka_unit_test_teardown(codes_are_known_in_every_shard, empty_scratch_dir),
    };

    fill(values, ROWS * ROW);
    fill(long_row, LONG);
    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
