/* Any grid under any scale, and blocks, on sound: what is printed is what the two files differ by,
 * scales are those of the groups, and what makes no sense is refused in one sentence. */
#include <string.h>

#include "bitcrush/blocks.h"
#include "crush.h"

enum { N = 3001, CHANNELS = 2 }; /* no whole number of groups */

static double left[N], right[N];
static const double *const stereo[] = { left, right };

/* Two tones that swell, below full scale, of no symmetry. */
static const char *make_input(void)
{
    static char path[sizeof scratch_dir + 264]; /* that of path_of does not last as long */

    for (size_t i = 0; i < N; i++) {
        const double t = (double)i / N;

        left[i] = (float)(0.8 * t * sin(0.0713 * (double)i) + 0.02);
        right[i] = (float)(0.3 * sin(0.0371 * (double)i) * sin(3.0 * t) - 0.1);
    }
    snprintf(path, sizeof path, "%s",
             save_values("in.wav", BC_ENCODING_F32, 48000, stereo, CHANNELS, N));
    return path;
}

static bc_status reduce(const char *in, const char *out, const bc_audio_settings *s,
                        bc_audio_result *r, bc_error *err)
{
    *r = (bc_audio_result){ 0 };
    return bc_audio_reduce(in, out, s, r, err);
}

static double snr_of_files(const char *out)
{
    double *y = load_values(out, N), signal = 0.0, error = 0.0;

    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t i = 0; i < N; i++) {
            const double e = y[c * N + i] - stereo[c][i];

            signal += stereo[c][i] * stereo[c][i];
            error += e * e;
        }
    free(y);
    return 10.0 * log10(signal / error);
}

/* --- the cross product */

static const char *const depths[] = {
    "1",        "4",     "8",        "4.5",      "24",     "midrise3", "pcm1",
    "pcm16",    "mulaw", "alaw",     "int2",     "int4",   "int8",     "int16",
    "uint4",    "uint8", "uniform4", "uniform8", "float5", "float32",  "float16",
    "bfloat16", "e5m2",  "e4m3",     "e3m2",     "e2m3",   "e2m1",     "e8m3",
};

static const struct {
    bc_scale_group per;
    uint32_t group;
} groupings[] = {
    { BC_PER_CHANNEL, 0 }, { BC_PER_WHOLE, 0 }, { BC_PER_BLOCK, 32 }, { BC_PER_BLOCK, 1000 }
};

static bool prints_what_files_differ_by(const char *in, const char *name,
                                        const bc_audio_settings *s)
{
    const char *out = path_of("out.wav");
    bc_audio_result r;
    bc_error err = { 0 };
    const bc_status st = reduce(in, out, s, &r, &err);
    char what[160];

    snprintf(what, sizeof what, "%s, scale %d, group %d %u, dither %s", name, (int)s->scale,
             (int)s->per, s->group, s->noise->name);
    if (st) {
        EXPECT(st == BC_E_USAGE && strstr(err.text, "expected") && !strchr(err.text, '\n'),
               "%s: status %d, %s", what, (int)st, err.text);
        return false;
    }
    EXPECT_NEAR(bc_error_snr_db(&r.quality.error), snr_of_files(out), 0.01, "%s", what);
    EXPECT(r.packed_bytes > 0, "%s: nothing is packed", what);
    return true;
}

static void every_grid_runs_or_is_refused(void **state)
{
    const char *in = make_input();
    size_t n_run = 0, n_refused = 0;

    (void)state;
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
        for (int scale = BC_SCALE_FULL; scale <= BC_SCALE_MSE; scale++)
            for (size_t g = 0; g < (scale == BC_SCALE_FULL ? 1 : 4); g++)
                for (int dithers = 0; dithers < 2; dithers++) {
                    bc_audio_settings s = settings_for(depths[d], dithers ? "tpdf" : "none");

                    s.skip_quality = false;
                    s.scale = (bc_scale_method)scale;
                    s.per = groupings[g].per;
                    s.group = groupings[g].group;
                    if (prints_what_files_differ_by(in, depths[d], &s))
                        n_run++;
                    else
                        n_refused++;
                }
    /* By hand: 4 of 28 grids begin at 0 and are alone to take zero-point. */
    assert_true(n_run > 900 && n_refused > 150);
}

static void every_block_format_runs(void **state)
{
    const bc_block_format *rows;
    const size_t n = bc_block_rows(&rows);
    const char *in = make_input();

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (int dithers = 0; dithers < 2 && rows[i].block_length > 1; dithers++) {
            bc_audio_settings s = settings_for(rows[i].name, dithers ? "tpdf" : "none");

            s.skip_quality = false;
            EXPECT(prints_what_files_differ_by(in, rows[i].name, &s), "%s is refused",
                   rows[i].name);
        }
}

/* --- against what the test computes */

/* 127 steps of either sign up to the loudest sample of the group. */
static void int8_in_groups_is_a_closed_form(void **state)
{
    enum { GROUP = 32 };
    const char *in = make_input(), *out = path_of("out.wav");
    bc_audio_settings s = settings_for("int8", "none");
    double power = 0.0, expected = 0.0;

    (void)state;
    s.scale = BC_SCALE_ABSMAX;
    s.per = BC_PER_BLOCK;
    s.group = GROUP;
    const bc_audio_result r = crush_file(in, out, &s);
    double *y = load_values(out, N);

    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t at = 0; at < N; at += GROUP) {
            const size_t n = N - at < GROUP ? N - at : GROUP;
            double most = 0.0;

            for (size_t i = at; i < at + n; i++)
                most = fmax(most, fabs(stereo[c][i]));
            for (size_t i = at; i < at + n; i++) {
                const double v = rint(stereo[c][i] / most * 127.0) / 127.0 * most;

                EXPECT_NEAR(y[c * N + i], v, 1e-7 * most, "frame %zu of channel %zu", i, c);
                power += (y[c * N + i] - stereo[c][i]) * (y[c * N + i] - stereo[c][i]);
                expected += most / 127.0 * (most / 127.0) / 12.0;
            }
        }
    EXPECT_NEAR(10.0 * log10(power / expected), 0.0, 0.3, "power of the error");
    /* 8 bits a sample, and a float for each of 94 groups. */
    assert_int_equal(r.packed_bytes, CHANNELS * (N + 94 * 4));
    free(y);
}

static void q4_0_is_what_the_format_makes_of_32_frames(void **state)
{
    const bc_block_format *f = bc_block_find("q4_0");
    const char *in = make_input(), *out = path_of("out.wav");
    const bc_audio_settings s = settings_for("q4_0", "none");
    const bc_audio_result r = crush_file(in, out, &s);
    double *y = load_values(out, N);

    (void)state;
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t at = 0; at < N; at += 32) {
            float x[32], decoded[32];
            uint8_t block[64];

            for (size_t i = 0; i < 32; i++)
                x[i] = (float)stereo[c][at + i < N ? at + i : N - 1];
            f->encode(x, NULL, 1, block);
            f->decode(block, 1, decoded);
            for (size_t i = 0; i < 32 && at + i < N; i++)
                EXPECT(y[c * N + at + i] == (double)decoded[i], "frame %zu of channel %zu: %.9g",
                       at + i, c, y[c * N + at + i]);
        }
    assert_int_equal(r.packed_bytes, CHANNELS * 94 * 18);
    free(y);
}

/* Fitted to the file in pieces, or at once. */
static void one_scale_for_the_sound_is_that_of_all_samples(void **state)
{
    static const bc_scale_method methods[] = { BC_SCALE_ABSMAX, BC_SCALE_ABSMEAN, BC_SCALE_MSE };
    const char *in = make_input(), *out = path_of("out.wav");

    (void)state;
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        bc_audio_settings s = settings_for("int4", "none");

        s.scale = methods[m];
        const bc_audio_result r = crush_file(in, out, &s);
        double *y = load_values(out, N), *v = malloc(N * sizeof *v);

        assert_non_null(v);
        for (size_t c = 0; c < CHANNELS; c++) {
            bc_scale scale;

            assert_int_equal(bc_scale_fit_f64(methods[m], 0.0, &s.depth.grid, stereo[c], N, 1, NULL,
                                              &scale, NULL),
                             BC_OK);
            bc_quantize_f64(&s.depth.grid, &scale, BC_ROUND_NEAREST, stereo[c], NULL, N, v, NULL);
            for (size_t i = 0; i < N; i++)
                EXPECT_NEAR(y[c * N + i], v[i], 1e-7, "scale %d, frame %zu of channel %zu",
                            (int)methods[m], i, c);
        }
        assert_int_equal(r.packed_bytes, (CHANNELS * (N * 4 + 32) + 7) / 8);
        free(y);
        free(v);
    }
}

/* --- bytes */

static void threads_change_nothing(void **state)
{
    static const struct {
        const char *depth;
        bc_scale_method scale;
        uint32_t group;
    } rows[] = { { "q4_0", BC_SCALE_FULL, 0 },
                 { "q4_k", BC_SCALE_FULL, 0 },
                 { "int8", BC_SCALE_ABSMAX, 1000 },
                 { "uint4", BC_SCALE_MSE, 7 },
                 { "8", BC_SCALE_PERCENTILE, 40000 } };
    enum { LONG = 90001 };
    double *x = sine_of(LONG, 997.0, 48000.0, 0.7);
    const double *planes[] = { x };
    const char *in = save_values("long.wav", BC_ENCODING_F64, 48000, planes, 1, LONG);
    const char *one = path_of("one.wav"), *many = path_of("many.wav");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_audio_settings s = settings_for(rows[i].depth, "tpdf");
        size_t n_one, n;

        s.scale = rows[i].scale;
        s.per = BC_PER_BLOCK;
        s.group = rows[i].group;
        s.n_threads = 1;
        (void)crush_file(in, one, &s);
        uint8_t *expected = load_bytes(one, &n_one);

        for (s.n_threads = 2; s.n_threads <= 7; s.n_threads += 5) {
            (void)crush_file(in, many, &s);
            uint8_t *got = load_bytes(many, &n);

            EXPECT(n == n_one && memcmp(got, expected, n) == 0, "%s: %d threads", rows[i].depth,
                   s.n_threads);
            free(got);
        }
        free(expected);
    }
    free(x);
}

static void formats_without_floats_hold_24_bits(void **state)
{
    const char *in = make_input(), *out = path_of("out.wav"), *flac = path_of("out.flac");
    const bc_audio_settings s = settings_for("q4_0", "none");

    (void)state;
    (void)crush_file(in, out, &s);
    const bc_audio_result r = crush_file(in, flac, &s);
    double *y = load_values(out, N), *z = load_values(flac, N);

    for (size_t i = 0; i < CHANNELS * N; i++)
        EXPECT_NEAR(z[i], y[i], 0x1p-24, "sample %zu", i);
    assert_string_equal(r.output_encoding, "PCM");
    assert_int_equal(r.output_container_bits, 24);
    assert_non_null(strstr(r.note, "rounded"));
    free(y);
    free(z);
}

/* --- what is not held */

static void a_scale_that_is_too_large_names_the_frame(void **state)
{
    const char *out = path_of("out.wav");
    bc_audio_settings s = settings_for("q4_0", "none");
    bc_audio_result r;
    bc_error err = { 0 };

    (void)state;
    (void)make_input();
    right[2000] = 1e6;
    const char *in = save_values("loud.wav", BC_ENCODING_F32, 48000, stereo, CHANNELS, N);

    EXPECT(reduce(in, out, &s, &r, &err) == BC_E_FORMAT, "%s", err.text);
    EXPECT(strstr(err.text, "in frame 1984 of channel 2") ||
               strstr(err.text, "in frame 2000 of channel 2"),
           "%s", err.text);
    EXPECT(strstr(err.text, "more than the scale of a block of q4_0 holds"), "%s", err.text);
    s.nonfinite = BC_NONFINITE_SATURATE;
    s.skip_quality = false;
    r = crush_file(in, out, &s);
    assert_int_equal(r.n_saturated, 1);
    double *y = load_values(out, N);

    EXPECT_NEAR(y[N + 2000], 8.0 * 65504.0, 100.0, "the largest of 16 bits");
    EXPECT_NEAR(y[N + 2024], right[2024], 0.05, "the next block");
    free(y);
}

static void infinity_is_as_loud_as_its_group(void **state)
{
    static const char *const names[] = { "q4_0", "int8" };
    const char *out = path_of("out.wav");

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        bc_audio_settings s = settings_for(names[k], "none");
        bc_audio_result r;
        bc_error err = { 0 };

        (void)make_input();
        left[70] = INFINITY;
        left[71] = 0.5;
        const char *in = save_values("inf.wav", BC_ENCODING_F32, 48000, stereo, CHANNELS, N);

        s.scale = k ? BC_SCALE_ABSMAX : BC_SCALE_FULL;
        s.per = BC_PER_BLOCK;
        s.group = 32;
        EXPECT(reduce(in, out, &s, &r, &err) == BC_E_FORMAT, "%s", err.text);
        EXPECT(strstr(err.text, "infinity in frame 70 of channel 1"), "%s", err.text);
        s.nonfinite = BC_NONFINITE_SATURATE;
        s.skip_quality = false;
        r = crush_file(in, out, &s);
        assert_int_equal(r.n_nonfinite, 1);
        double *y = load_values(out, N);

        EXPECT_NEAR(y[70], 0.5, 0.08, "%s", names[k]);
        free(y);
    }
}

/* --- refusals */

static void what_makes_no_sense_is_refused(void **state)
{
    const char *in = make_input(), *out = path_of("out.wav");
    static const struct {
        const char *depth, *expected;
        bc_scale_method scale;
        bc_scale_group per;
        bool shape, subtractive;
        uint32_t hold;
        double keep_silence_ms;
        bc_rounding rounding;
    } rows[] = {
        { .depth = "uint8",
          .expected = "has no mark below 0, expected `scale=minmax` or zero-point" },
        { .depth = "q4_0", .scale = BC_SCALE_ABSMAX, .expected = "makes the scales of its blocks" },
        { .depth = "q4_0",
          .shape = true,
          .expected = "noise shaping: q4_0 has a scale for every 32" },
        { .depth = "q4_0", .hold = 2, .expected = "`hold`: q4_0 has a scale for every 32" },
        { .depth = "q4_0", .rounding = BC_ROUND_TRUNCATE, .expected = "`rounding=truncate`: q4_0" },
        { .depth = "8",
          .scale = BC_SCALE_ABSMAX,
          .per = BC_PER_BLOCK,
          .keep_silence_ms = 20.0,
          .expected = "`keep-silence`: marks move from group to group" },
        { .depth = "8",
          .scale = BC_SCALE_ABSMAX,
          .subtractive = true,
          .expected = "subtractive dither is taken away by the step of full scale" },
        { .depth = "8", .scale = BC_SCALE_PERCENTILE, .expected = "expected groups of frames" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_audio_settings s = settings_for(rows[i].depth, NULL);
        bc_audio_result r;
        bc_error err = { 0 };

        s.scale = rows[i].scale;
        s.per = rows[i].per;
        s.group = 32;
        s.shape = rows[i].shape;
        s.subtractive = rows[i].subtractive;
        s.hold = rows[i].hold;
        s.keep_silence_ms = rows[i].keep_silence_ms;
        s.rounding = rows[i].rounding;
        EXPECT(reduce(in, out, &s, &r, &err) == BC_E_USAGE && strstr(err.text, rows[i].expected),
               "row %zu: %s", i, err.text);
    }
}

/* A pipe goes by once: groups can be fitted on the way, the whole cannot. */
static void a_pipe_takes_groups_alone(void **state)
{
    const char *out = path_of("out.wav");
    bc_audio_settings s = settings_for("int8", "none");
    size_t n;
    uint8_t *bytes = load_bytes(make_input(), &n);

    (void)state;
    s.scale = BC_SCALE_ABSMAX;
    for (int is_group = 0; is_group < 2; is_group++) {
        bc_audio_result r;
        bc_error err = { 0 };
        int old;
        const pid_t child = feed(bytes, n, &old);

        s.per = is_group ? BC_PER_BLOCK : BC_PER_CHANNEL;
        s.group = 4096;
        const bc_status st = reduce("-", out, &s, &r, &err);

        unfeed(child, old);
        EXPECT(st == (is_group ? BC_OK : BC_E_USAGE), "%d: %s", is_group, err.text);
        EXPECT(is_group || strstr(err.text, "such as `group=4096`"), "%s", err.text);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grid_runs_or_is_refused),
        cmocka_unit_test(every_block_format_runs),
        cmocka_unit_test(int8_in_groups_is_a_closed_form),
        cmocka_unit_test(q4_0_is_what_the_format_makes_of_32_frames),
        cmocka_unit_test(one_scale_for_the_sound_is_that_of_all_samples),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(formats_without_floats_hold_24_bits),
        cmocka_unit_test(a_scale_that_is_too_large_names_the_frame),
        cmocka_unit_test(infinity_is_as_loud_as_its_group),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_pipe_takes_groups_alone),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
