/* The same input, settings and seed give the same file for any number of threads and any CPU level,
 * samples that do not change from one compiler or release to the next, and the same samples for a
 * passage wherever the file ends. */
#include "crush.h"

#include "bitcrush/quantize.h"

enum { N = 40000, CHANNELS = 2 };

/* Sums of the output samples as they lie in the file (FNV-1a). A change of any of them changes
 * everybody's files: it needs a reason and a line in the release notes. */
static const struct row {
    const char *depth, *dither, *shape; /* NULL: none; "ath" is designed */
    uint32_t hold;
    uint64_t sum;
} rows[] = {
    { "8", "none", NULL, 1, UINT64_C(0x4b91816aab94408a) },
    { "8", "rpdf", NULL, 1, UINT64_C(0xe4ebad88af6fa56f) },
    { "8", "tpdf", NULL, 1, UINT64_C(0x30783541a84e760d) },
    { "8", "hptpdf", NULL, 1, UINT64_C(0xcdb18a284068727b) },
    { "8", "gaussian", NULL, 1, UINT64_C(0xabf75830e2e4bd96) },
    { "16", "tpdf", NULL, 1, UINT64_C(0xaeb5e6d9281bf996) },
    { "8", "tpdf", "ath", 1, UINT64_C(0x6e44eec9545b7195) },
    { "16", "tpdf", "ath", 1, UINT64_C(0x1721fa486f7ae174) },
    { "12", "none", "ath", 1, UINT64_C(0x1f9730ea86c46795) },
    { "16", "tpdf", "f-weighted", 1, UINT64_C(0xb88c043763cb5176) },
    { "8", "gaussian", "f-weighted", 1, UINT64_C(0x0fe7b88b41bfd553) },
    { "8", "tpdf", NULL, 3, UINT64_C(0xc4bcc0f5b2b538c5) },
    { "mulaw", "none", NULL, 1, UINT64_C(0x42d24e96522702fb) },
    { "mulaw", "tpdf", NULL, 1, UINT64_C(0x00e3f95d4ed28414) },
    { "mulaw", "gaussian", "ath", 1, UINT64_C(0x78def3d4cc8c20d0) },
    { "4.5", "tpdf", NULL, 1, UINT64_C(0x883bc751bb8fff51) },
    { "e4m3", "tpdf", NULL, 1, UINT64_C(0x9ff5b1670d5f5593) },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static const struct {
    const char *cpu; /* BITCRUSH_CPU, "" for what the machine has */
    int n_threads;
} variants[] = {
    { "", 1 }, { "", 2 }, { "", 7 }, { "baseline", 2 }, { "v2", 2 }, { "v3", 2 }, { "v4", 2 },
};
enum { N_VARIANTS = sizeof variants / sizeof *variants };

/* 24-bit stereo from integer arithmetic alone: a slow triangle with noise of 18 bits on the left,
 * ramps that reach both ends on the right. */
static void make_input(const char *name, size_t n_frames)
{
    static int32_t codes[CHANNELS][N];
    static uint8_t raw[N * CHANNELS * 3];
    const int32_t *const planes[] = { codes[0], codes[1] };
    const bci_sound_target t = { .path = path_of(name),
                                 .force = true,
                                 .container = "wav",
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 24,
                                 .rate_hz = 44100,
                                 .n_channels = CHANNELS,
                                 .n_frames = n_frames };

    for (uint32_t i = 0; i < N; i++) {
        const int32_t noise = (int32_t)((i + 1) * UINT64_C(0x9E3779B97F4A7C15) >> 46);
        const int32_t turn = (int32_t)(i * 1000 % 12000000);

        codes[0][i] = (turn < 6000000 ? turn : 12000000 - turn) - 3000000 + noise;
        codes[1][i] = (int32_t)(i * 12345 % (1 << 24)) - (1 << 23);
    }
    bc_pcm_pack(BC_SAMPLE_S24LE, planes, 0, n_frames, CHANNELS, raw);
    assert_int_equal(write_sound(&t, NULL, raw, n_frames, NULL, NULL), BC_OK);
}

static bc_audio_settings settings_of(const struct row *row)
{
    bc_audio_settings s = settings_for(row->depth, row->dither);

    s.shape = row->shape != NULL;
    s.shaper = row->shape ? bc_shaper_find(row->shape) : NULL;
    assert_true(!row->shape || s.shaper || strcmp(row->shape, "ath") == 0);
    s.hold = row->hold;
    return s;
}

static const char *output_of(size_t row, size_t variant)
{
    char name[48];

    snprintf(name, sizeof name, "row-%zu-variant-%zu.wav", row, variant);
    return path_of(name);
}

/* All rows in a process of its own, for a level is chosen once a process. True unless the machine
 * lacks the level. */
static bool run_variant(size_t v)
{
    int status;

    fflush(NULL);
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        bc_error err = { 0 };
        bc_audio_result r;

        if (*variants[v].cpu)
            setenv("BITCRUSH_CPU", variants[v].cpu, 1);
        else
            unsetenv("BITCRUSH_CPU");
        if (bc_cpu_check(&err))
            exit(77);
        for (size_t i = 0; i < N_ROWS; i++) {
            bc_audio_settings s = settings_of(&rows[i]);

            s.n_threads = variants[v].n_threads;
            if (bc_audio_reduce(path_of("in.wav"), output_of(i, v), &s, &r, &err) ||
                (*variants[v].cpu && strcmp(r.cpu_level, variants[v].cpu) != 0)) {
                fprintf(stderr, "row %zu: %s\n", i, err.text);
                exit(1);
            }
        }
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77),
           "level %s, %d threads: status 0x%x", variants[v].cpu, variants[v].n_threads,
           (unsigned)status);
    return WEXITSTATUS(status) == 0;
}

static void any_threads_and_cpu_level_give_the_same_file(void **state)
{
    int status;

    (void)state;
    fflush(NULL);
    const pid_t child = fork(); /* packing samples chooses a level, too */

    if (child == 0) {
        make_input("in.wav", N);
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    for (size_t v = 0; v < N_VARIANTS; v++) {
        if (!run_variant(v)) {
            print_message("this machine lacks level %s\n", variants[v].cpu);
            continue;
        }
        for (size_t i = 0; i < N_ROWS; i++) {
            size_t n_want, n_got;
            uint8_t *want = load_bytes(output_of(i, 0), &n_want);
            uint8_t *got = load_bytes(output_of(i, v), &n_got);

            EXPECT(
                n_got == n_want && memcmp(got, want, n_got) == 0,
                "%s %s %s: level %s with %d threads gives another file than 1 thread of the best",
                rows[i].depth, rows[i].dither, rows[i].shape ? rows[i].shape : "", variants[v].cpu,
                variants[v].n_threads);
            free(want);
            free(got);
        }
    }
}

static uint64_t sum_of(const char *path)
{
    bci_sound *s = open_sound(path);
    uint64_t sum = UINT64_C(14695981039346656037);
    bc_error err = { 0 };
    uint8_t *bytes;
    size_t n;

    assert_int_equal(read_all(s, &bytes, &n, &err), BC_OK);
    assert_int_equal(n, N);
    for (size_t i = 0; i < n * bci_sound_frame_size(s); i++)
        sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    free(bytes);
    bci_sound_free(s);
    return sum;
}

static void samples_are_those_of_every_release(void **state)
{
    int n_other = 0;

    (void)state;
    make_input("in.wav", N);
    for (size_t i = 0; i < N_ROWS; i++) {
        const bc_audio_settings s = settings_of(&rows[i]);

        (void)crush_file(path_of("in.wav"), path_of("out.wav"), &s);
        const uint64_t sum = sum_of(path_of("out.wav"));

        if (sum == rows[i].sum)
            continue;
        n_other++;
        print_error("%s %s %s hold %u: sum 0x%016llx\n", rows[i].depth, rows[i].dither,
                    rows[i].shape ? rows[i].shape : "NULL", rows[i].hold, (unsigned long long)sum);
    }
    EXPECT(n_other == 0, "%d sums differ", n_other);
}

/* A file that is cut short begins as the whole one: at the borders of strips (2048 frames of two
 * channels), of batches (16384) and beside them. */
static void noise_does_not_depend_on_where_the_file_ends(void **state)
{
    static const size_t ends[] = { 2049, 16383, 16384, 32769 };

    (void)state;
    make_input("in.wav", N);
    for (size_t i = 0; i < N_ROWS; i++) {
        const bc_audio_settings s = settings_of(&rows[i]);

        (void)crush_file(path_of("in.wav"), path_of("out.wav"), &s);
        double *whole = load_values(path_of("out.wav"), N);

        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
            make_input("cut.wav", ends[k]);
            (void)crush_file(path_of("cut.wav"), path_of("out.wav"), &s);
            double *part = load_values(path_of("out.wav"), ends[k]);

            for (size_t c = 0; c < CHANNELS; c++)
                EXPECT(memcmp(whole + c * N, part + c * ends[k], ends[k] * sizeof *part) == 0,
                       "%s %s %s: cut after %zu frames", rows[i].depth, rows[i].dither,
                       rows[i].shape ? rows[i].shape : "", ends[k]);
            free(part);
        }
        free(whole);
    }
}

/* Noise can be had from any sample on. */
static void noise_from_the_middle_is_the_same(void **state)
{
    static const char *const kinds[] = { "rpdf", "tpdf", "hptpdf", "gaussian" };
    static const uint64_t firsts[] = { 1, 3, 4095, 4096, 16383 };
    static double whole[20000], part[20000];

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        const bc_noise *kind = bc_noise_find(kinds[k]);

        bc_noise_fill_f64(kind, 7, 11, UINT64_C(1) << 33, whole, 20000);
        for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
            const size_t n = 20000 - firsts[i];

            bc_noise_fill_f64(kind, 7, 11, (UINT64_C(1) << 33) + firsts[i], part, n);
            EXPECT(memcmp(whole + firsts[i], part, n * sizeof *part) == 0, "%s from %llu", kinds[k],
                   (unsigned long long)firsts[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(any_threads_and_cpu_level_give_the_same_file, empty_scratch_dir),
        cmocka_unit_test_teardown(samples_are_those_of_every_release, empty_scratch_dir),
        cmocka_unit_test_teardown(noise_does_not_depend_on_where_the_file_ends, empty_scratch_dir),
        cmocka_unit_test(noise_from_the_middle_is_the_same),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
