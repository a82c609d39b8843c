/* One weight that is too large, through every format that can be written: it is refused by name, or
 * limited, and the SNR that is told is that of the file. */
#include <float.h>
#include <math.h>

#include "reduced.h"
#include "tensor/element.h"
#include "tensor/overflow.h"

enum { ROWS = 8, ROW = 512, N = ROWS * ROW, PLACE = 3 * ROW + 77 };

static float weights[N];

static void fill(double gain)
{
    uint32_t state = 2463534242u;

    for (size_t i = 0; i < N; i++) {
        state ^= state << 13; /* Marsaglia's xorshift */
        state ^= state >> 17;
        state ^= state << 5;
        weights[i] = (float)(gain * ((double)state / 2147483648.0 - 1.0));
    }
}

/* What a file holds against x, in double, from its decoded numbers. */
typedef struct {
    double snr_db, largest;
    size_t n_not_finite;
} seen;

static seen look_at(const char *path, const double *x)
{
    static float y[N];
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };
    seen s = { 0 };
    double signal = 0.0, noise = 0.0;

    EXPECT(bc_tensor_file_open(path, &f, &err) == BC_OK, "%s", err.text);
    EXPECT(bc_tensor_read_f32(f, 0, 0, N, y, &err) == BC_OK, "%s", err.text);
    bc_tensor_file_free(f);
    for (size_t i = 0; i < N; i++) {
        const double e = (double)y[i] - x[i];

        s.n_not_finite += isfinite(y[i]) ? 0 : 1;
        signal += x[i] * x[i];
        noise += e * e;
        s.largest = fmax(s.largest, fabs(e));
    }
    s.snr_db = 10.0 * log10(signal / noise);
    return s;
}

static seen look_at_weights(const char *path)
{
    static double x[N];

    for (size_t i = 0; i < N; i++)
        x[i] = (double)weights[i];
    return look_at(path, x);
}

/* The figures that are told are those of the file, all of which is finite. */
static void expect_truth(const char *what, const char *path, const bc_error_sums *told)
{
    const seen s = look_at_weights(path);
    const double snr_db = bc_error_snr_db(told);

    EXPECT(s.n_not_finite == 0, "%s: %zu weights are not finite", what, s.n_not_finite);
    EXPECT((isinf(snr_db) && s.largest == 0.0) || fabs(snr_db - s.snr_db) < 0.05,
           "%s: SNR %g dB told, %g dB in the file", what, snr_db, s.snr_db);
    EXPECT(fabs(told->max_abs_e - s.largest) <= 1e-9 * s.largest,
           "%s: largest error %g told, %g in the file", what, told->max_abs_e, s.largest);
}

static const char *const outputs[] = { "out.gguf", "out.safetensors", "out.npy" };

/* The settings of a format in a kind of file, where that has it. */
static bool is_written(const char *in, const char *out, bc_tensor_settings s)
{
    bc_tensor_result r;

    s.sizes_only = s.force = true;
    if (bc_tensor_reduce(in, out, &s, &r, NULL))
        return false;
    bc_tensor_result_free(&r);
    return true;
}

/* Refused by name and place, measured or not, and in a dry run; or told as it is. */
static bool expect_refused_or_true(const char *what, const char *in, const char *out,
                                   bc_tensor_settings s)
{
    bc_tensor_result r;
    bc_error err = { 0 };
    bc_status st[3];

    for (int way = 0; way < 3; way++) {
        s.skip_quality = way == 1;
        s.dry_run = way == 2;
        st[way] = bc_tensor_reduce(in, out, &s, &r, &err);
        if (!st[way] && way == 0)
            expect_truth(what, out, &r.error);
        if (!st[way])
            bc_tensor_result_free(&r);
        else
            EXPECT(st[way] == BC_E_FORMAT && strstr(err.text, "tensor in: ") &&
                       strstr(err.text, " at index 1613, more than ") &&
                       strstr(err.text, "holds, expected `nonfinite=saturate`"),
                   "%s, way %d: status %d, \"%s\"", what, way, (int)st[way], err.text);
    }
    EXPECT(st[0] == st[1] && st[0] == st[2], "%s: status %d, %d unmeasured, %d dry", what,
           (int)st[0], (int)st[1], (int)st[2]);
    return st[0] != BC_OK;
}

static const double outliers[] = { 1e6, -1e6, 1e8, -3e38 };
static size_t n_refused, n_passed;

static void one_outlier_in(const bc_element_type *type, const char *out_name, bc_tensor_settings s)
{
    for (size_t i = 0; i < sizeof outliers / sizeof *outliers; i++) {
        char what[96];

        fill(1.0);
        weights[PLACE] = (float)outliers[i];
        const char *in = save_npy("in.npy", ROWS, ROW, weights), *out = path_of(out_name);

        if (!is_written(in, out, s))
            return;
        snprintf(what, sizeof what, "%g as %s in %s%s%s", outliers[i], type->name, out_name,
                 s.encoder == BC_ENCODER_BEST ? ", best" : "", s.noise ? ", dithered" : "");
        s.nonfinite = BC_NONFINITE_ERROR;
        s.force = true;
        const bool is_refused = expect_refused_or_true(what, in, out, s);

        s.nonfinite = BC_NONFINITE_SATURATE;
        bc_tensor_result r = reduce(in, out, s);

        expect_truth(what, out, &r.error);
        EXPECT((r.tensors[0].n_saturated > 0) == is_refused, "%s: %llu limited", what,
               (unsigned long long)r.tensors[0].n_saturated);
        bc_tensor_result_free(&r);
        n_refused += is_refused;
        n_passed += !is_refused;
    }
}

static void in_every_format(bc_tensor_encoder encoder, const bc_noise *noise)
{
    const bc_element_type *types;
    const size_t n = bc_element_types(&types);

    /* floats have no encodings to choose from */
    const size_t least = encoder == BC_ENCODER_BEST ? 40 : 60;

    n_refused = n_passed = 0;
    for (size_t i = 0; i < 3 * n; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(types[i / 3].name);

        s.encoder = encoder;
        s.noise = noise;
        if (bc_tensor_can_write(&types[i / 3]) && strcmp(types[i / 3].name, "F32") != 0)
            one_outlier_in(&types[i / 3], outputs[i % 3], s);
    }
    EXPECT(n_refused > least && n_passed > 60, "%zu refused, %zu passed", n_refused, n_passed);
}

static void an_outlier(void **state)
{
    (void)state;
    in_every_format(BC_ENCODER_EXACT, NULL);
}

static void an_outlier_searched(void **state)
{
    (void)state;
    in_every_format(BC_ENCODER_BEST, NULL);
}

static void an_outlier_dithered(void **state)
{
    (void)state;
    in_every_format(BC_ENCODER_EXACT, bc_noise_find("tpdf"));
}

/* What is not looked at more closely is held, by every type: weights up to its safe magnitude. */
static void safe_magnitudes(void **state)
{
    const bc_element_type *types;
    const size_t n = bc_element_types(&types);
    int n_formats = 0;

    (void)state;
    for (size_t i = 0; i < 3 * n * 4; i++) {
        const bc_element_type *type = bci_element_for(types[i / 12].name, i % 3 == 1);
        bc_tensor_settings s = bc_tensor_settings_default(type->name);
        const float safe = bci_safe_magnitude(type);

        s.encoder = i / 3 % 2 ? BC_ENCODER_BEST : BC_ENCODER_EXACT;
        s.noise = i / 6 % 2 ? bc_noise_find("tpdf") : NULL;
        if (!bc_tensor_can_write(type) || safe == FLT_MAX)
            continue;
        fill((double)safe);
        for (size_t k = 0; k < N; k += 5)
            weights[k] = k % 2 ? safe : -safe;
        const char *in = save_npy("in.npy", ROWS, ROW, weights), *out = path_of(outputs[i % 3]);

        if (!is_written(in, out, s))
            continue;
        bc_tensor_result r = reduce(in, out, s);

        expect_truth(type->name, out, &r.error);
        bc_tensor_result_free(&r);
        n_formats += i % 12 < 3;
    }
    EXPECT(n_formats == 50, "%d formats in their files", n_formats);
}

/* The largest finite values of the floats, as their documents have them. */
static const struct {
    const char *format;
    double largest;
    const char *words;
} floats[] = {
    { "f16", 65504.0, "1000000 at index 1613, more than F16 holds, expected `nonfinite=saturate`" },
    { "e5m2", 57344.0, "more than F8_E5M2 holds" },
    { "e4m3", 448.0, "more than F8_E4M3 holds" },
};

static void floats_saturate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(floats[i].format);
        bc_tensor_result r;
        bc_error err = { 0 };

        fill(1.0);
        weights[PLACE] = -1e6f;
        weights[PLACE + 1] = 1e6f;
        const char *in = save_npy("in.npy", ROWS, ROW, weights), *out = path_of("out.safetensors");

        weights[PLACE] = 1e6f;
        (void)save_npy("in.npy", ROWS, ROW, weights);
        s.force = true;
        EXPECT(bc_tensor_reduce(in, out, &s, &r, &err) == BC_E_FORMAT &&
                   strstr(err.text, floats[i].words),
               "%s: \"%s\"", floats[i].format, err.text);
        weights[PLACE] = -1e6f;
        (void)save_npy("in.npy", ROWS, ROW, weights);
        s.nonfinite = BC_NONFINITE_SATURATE;
        r = reduce(in, out, s);
        EXPECT(r.tensors[0].n_saturated == 2 && r.error.max_abs_e == 1e6 - floats[i].largest,
               "%s: %llu limited, largest error %.9g", floats[i].format,
               (unsigned long long)r.tensors[0].n_saturated, r.error.max_abs_e);
        bc_tensor_result_free(&r);
    }
}

/* Kept: overflow is infinite, as IEEE 754 rounds it, and an infinite error. */
static void kept_overflow_is_lost(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("f16");
    bc_error err = { 0 };

    (void)state;
    fill(1.0);
    weights[PLACE] = 1e6f;
    weights[7] = INFINITY;
    weights[8] = NAN;
    const char *in = save_npy("in.npy", ROWS, ROW, weights), *out = path_of("out.safetensors");

    s.nonfinite = BC_NONFINITE_KEEP;
    s.force = true;
    bc_tensor_result r = reduce(in, out, s);

    EXPECT(r.error.n_lost == 1 && r.error.n_nonfinite == 2 && r.tensors[0].n_nonfinite == 2 &&
               bc_error_snr_db(&r.error) == -(double)INFINITY,
           "%llu lost, %llu not finite", (unsigned long long)r.error.n_lost,
           (unsigned long long)r.error.n_nonfinite);
    bc_tensor_result_free(&r);
    s.min_snr_db = -900.0;
    assert_int_equal(bc_tensor_reduce(in, out, &s, &r, &err), BC_E_QUALITY);
    bc_tensor_result_free(&r);
    s.min_snr_db = (double)NAN;
    s.nonfinite =
        BC_NONFINITE_SATURATE; /* takes infinity, which is an infinite error, but no NaN */
    EXPECT(bc_tensor_reduce(in, out, &s, &r, &err) == BC_E_FORMAT &&
               strstr(err.text, "NaN at index 8"),
           "\"%s\"", err.text);
    weights[8] = 0.5f;
    (void)save_npy("in.npy", ROWS, ROW, weights);
    r = reduce(in, out, s);
    EXPECT(r.tensors[0].n_saturated == 2 && r.error.n_lost == 1, "%llu limited, %llu lost",
           (unsigned long long)r.tensors[0].n_saturated, (unsigned long long)r.error.n_lost);
    bc_tensor_result_free(&r);
}

/* Doubles beyond floats are told apart from infinity, and all doubles are what errors are
 * against. */
static double wide[N];

static const char *save_doubles(void)
{
    return save_npy_of(sizeof *wide, "wide.npy", ROWS, ROW, wide);
}

static void doubles(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("f32");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    fill(1.0);
    for (size_t i = 0; i < N; i++)
        wide[i] = (double)weights[i] / 3.0;
    const char *in = save_doubles(), *out = path_of("out.safetensors");
    const seen plain = (r = reduce(in, out, s), look_at(out, wide));

    /* Rounding to 24 bits: between 144 and 154 dB, where floats against floats would be
     * infinite. */
    EXPECT(plain.snr_db > 144.0 && plain.snr_db < 156.0, "%g dB", plain.snr_db);
    EXPECT_NEAR(bc_error_snr_db(&r.error), plain.snr_db, 0.01, "F64 to F32");
    bc_tensor_result_free(&r);
    wide[PLACE] = 1e39;
    (void)save_doubles();
    for (int zero = 0; zero < 2; zero++) {
        s.nonfinite = zero ? BC_NONFINITE_ZERO : BC_NONFINITE_ERROR;
        s.force = true;
        EXPECT(bc_tensor_reduce(in, out, &s, &r, &err) == BC_E_FORMAT &&
                   strstr(err.text, "1e+39 at index 1613, more than 32-bit floats hold"),
               "\"%s\"", err.text);
    }
    s.nonfinite = BC_NONFINITE_SATURATE;
    r = reduce(in, out, s);
    EXPECT_NEAR(bc_error_snr_db(&r.error), look_at(out, wide).snr_db, 0.05, "1e39 as F32");
    EXPECT_NEAR(bc_error_snr_db(&r.error), -20.0 * log10(1.0 - (double)FLT_MAX / 1e39), 0.05,
                "1e39 as F32, by hand");
    assert_int_equal(r.tensors[0].n_saturated, 1);
    bc_tensor_result_free(&r);
}

/* What has the format asked for already is copied; `nonfinite` holds for it all the same. */
static void copies(void **state)
{
    static const struct {
        const char *format;
        size_t size;
        double largest;
    } rows[] = { { "f32", 4, FLT_MAX }, { "f64", 8, DBL_MAX } };
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double x[4] = { 1.5, rows[i].size == 8 ? 1e300 : 1.0, -(double)INFINITY,
                              (double)NAN };
        const float narrow[4] = { 1.5f, 1.0f, -INFINITY, NAN };
        const char *in = save_npy_of(rows[i].size, "in.npy", 2, 2,
                                     rows[i].size == 8 ? (const void *)x : (const void *)narrow);
        const char *out = path_of("out.npy");
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].format);
        double y[4];
        bc_tensor_file *f = NULL;

        s.force = true;
        for (int dry = 0; dry < 2; dry++) {
            s.dry_run = dry;
            EXPECT(bc_tensor_reduce(in, out, &s, &r, &err) == BC_E_FORMAT &&
                       strstr(err.text, "infinity at index 2, expected finite weights"),
                   "%s: \"%s\"", rows[i].format, err.text);
        }
        s.dry_run = false;
        s.nonfinite = BC_NONFINITE_SATURATE;
        EXPECT(bc_tensor_reduce(in, out, &s, &r, &err) == BC_E_FORMAT &&
                   strstr(err.text, "NaN at index 3"),
               "%s: \"%s\"", rows[i].format, err.text);
        for (int k = 0; k < 3; k++) { /* zero, keep, and what saturate makes without NaN */
            s.nonfinite = k == 0   ? BC_NONFINITE_ZERO
                          : k == 1 ? BC_NONFINITE_KEEP
                                   : BC_NONFINITE_SATURATE;
            if (k == 2)
                in = save_npy_of(rows[i].size, "in.npy", 1, 3,
                                 rows[i].size == 8 ? (const void *)x : (const void *)narrow);
            r = reduce(in, out, s);
            EXPECT(r.tensors[0].n_nonfinite == (k == 2 ? 1 : 2), "%llu not finite",
                   (unsigned long long)r.tensors[0].n_nonfinite);
            bc_tensor_result_free(&r);
            EXPECT(bc_tensor_file_open(out, &f, &err) == BC_OK, "%s", err.text);
            EXPECT(bc_tensor_read_f64(f, 0, 0, k == 2 ? 3 : 4, y, &err) == BC_OK, "%s", err.text);
            bc_tensor_file_free(f);
            EXPECT(y[0] == x[0] && y[1] == x[1] &&
                       y[2] == (k == 0   ? 0.0
                                : k == 1 ? x[2]
                                         : -rows[i].largest) &&
                       (k == 2 || (k == 0 ? y[3] == 0.0 : y[3] != y[3])),
                   "%s: %g %g %g %g", rows[i].format, y[0], y[1], y[2], y[3]);
        }
    }
}

/* E4M3 has a code for NaN and none for infinity. */
static void infinity_stays_where_it_has_a_code(void **state)
{
    static const struct {
        const char *format;
        bool has_infinity;
    } rows[] = { { "f16", true }, { "bf16", true }, { "f8_e5m2", true }, { "f8_e4m3", false } };
    static const float x[] = { 1.0f, INFINITY, -2.0f, NAN };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].format);
        const char *out = path_of("out.safetensors");
        bc_tensor_result r;
        bc_error err = { 0 };

        s.nonfinite = BC_NONFINITE_KEEP;
        s.force = true;
        const bc_status st = bc_tensor_reduce(save_npy_of(4, "in.npy", 1, 4, x), out, &s, &r, &err);

        if (rows[i].has_infinity)
            EXPECT(st == BC_OK, "%s: %s", rows[i].format, err.text);
        else
            EXPECT(st == BC_E_FORMAT &&
                       strstr(err.text, "infinity at index 1, which F8_E4M3 cannot hold"),
                   "%s: %d, %s", rows[i].format, (int)st, err.text);
        if (!st)
            bc_tensor_result_free(&r);
        (void)save_npy_of(4, "in.npy", 1, 1, x + 3);
        r = reduce(path_of("in.npy"), out, s); /* NaN they all keep */
        bc_tensor_result_free(&r);
    }
}

/* A dry run measures what the run does, and writes nothing. */
static void dry_runs_measure(void **state)
{
    const bc_element_type *types;
    const size_t n = bc_element_types(&types);
    int n_formats = 0;

    (void)state;
    fill(1.0);
    (void)save_npy("in.npy", ROWS, ROW, weights);
    for (size_t i = 0; i < 3 * n; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(types[i / 3].name);
        const char *in = path_of("in.npy"), *out = path_of(outputs[i % 3]);

        if (!bc_tensor_can_write(&types[i / 3]) || !is_written(in, out, s))
            continue;
        bc_tensor_result real = reduce(in, out, s);

        if (real.tensors[0].from == real.tensors[0].to)
            EXPECT(real.error.n == 0, "a copy");
        assert_int_equal(remove(out), 0);
        s.dry_run = true;
        bc_tensor_result dry = reduce(in, out, s);

        EXPECT(memcmp(&dry.error, &real.error, sizeof dry.error) == 0 &&
                   dry.output_size_bytes == real.output_size_bytes,
               "%s in %s: %g dB dry, %g dB", types[i / 3].name, outputs[i % 3],
               bc_error_snr_db(&dry.error), bc_error_snr_db(&real.error));
        EXPECT(remove(out) != 0, "%s: written", types[i / 3].name);
        bc_tensor_result_free(&real);
        bc_tensor_result_free(&dry);
        n_formats++;
    }
    EXPECT(n_formats == 56, "%d formats in their files", n_formats);
}

static void gates_of_dry_runs(void **state)
{
    bc_tensor_settings s = bc_tensor_settings_default("q4_0");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    fill(1.0);
    const char *in = save_npy("in.npy", ROWS, ROW, weights), *out = path_of("out.gguf");

    s.dry_run = s.skip_quality = true;
    s.min_snr_db = 90.0;
    assert_int_equal(bc_tensor_reduce(in, out, &s, &r, &err), BC_E_QUALITY);
    bc_tensor_result_free(&r);
    s.min_snr_db = 20.0;
    assert_int_equal(bc_tensor_reduce(in, out, &s, &r, &err), BC_OK);
    bc_tensor_result_free(&r);
    s.sizes_only = true; /* which measures nothing */
    assert_int_equal(bc_tensor_reduce(in, out, &s, &r, &err), BC_E_USAGE);
    assert_non_null(strstr(err.text, "nothing is measured with `sizes-only`"));
    for (size_t i = 0; i < N; i++) /* of noise without a signal there is no SNR */
        weights[i] = 0.0f;
    (void)save_npy("in.npy", ROWS, ROW, weights);
    s = bc_tensor_settings_default("f16");
    s.force = true;
    s.min_snr_db = 90.0;
    assert_int_equal(bc_tensor_reduce(in, out, &s, &r, &err), BC_OK); /* zeros stay: exact */
    bc_tensor_result_free(&r);
}

/* A comparison never finds NaN equal to a number. */
static void comparisons(void **state)
{
    bc_tensor_comparison c;

    (void)state;
    fill(1.0);
    const char *a = path_of("in.npy"), *b = path_of("b.safetensors");

    for (int turned = 0; turned < 2; turned++) {
        (void)save_npy("in.npy", ROWS, ROW, weights);
        bc_tensor_result r = reduce(a, b, bc_tensor_settings_default("f32"));

        bc_tensor_result_free(&r);
        weights[PLACE] = NAN;
        (void)save_npy("in.npy", ROWS, ROW, weights);
        weights[PLACE] = 0.5f;
        assert_int_equal(bc_tensor_compare(turned ? b : a, turned ? a : b, NULL, &c, NULL), BC_OK);
        EXPECT(c.error.n_lost == 1 && isinf(c.error.max_abs_e) &&
                   bc_error_snr_db(&c.error) == -(double)INFINITY,
               "%llu lost", (unsigned long long)c.error.n_lost);
        bc_tensor_comparison_free(&c);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, empty_scratch_dir)
    const struct CMUnitTest tests[] = {
        TEST(an_outlier),
        TEST(an_outlier_searched),
        TEST(an_outlier_dithered),
        TEST(safe_magnitudes),
        TEST(floats_saturate),
        TEST(kept_overflow_is_lost),
        TEST(doubles),
        TEST(copies),
        TEST(infinity_stays_where_it_has_a_code),
        TEST(dry_runs_measure),
        TEST(gates_of_dry_runs),
        TEST(comparisons),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
