/* The same input, settings and seed give the same file for any number of threads and any CPU
 * level, and pixels that do not change from one compiler or release to the next. */
#include <sys/wait.h>

#include "reduce.h"

enum { COAST, VEIL };

/* Sums of the output pixels (see picture_sum). A change of any of them changes everybody's
 * files: it needs a reason and a line in the release notes. */
static const struct {
    const char *dither;
    int input, bits;
    uint64_t sum;
} rows[] = {
    { "none", COAST, 1, UINT64_C(0x605008af3a2f787d) },
    { "none", COAST, 4, UINT64_C(0xba9196c2106d1ab1) },
    { "rpdf", COAST, 1, UINT64_C(0xd1c6b82b9dddfbbb) },
    { "rpdf", COAST, 4, UINT64_C(0x33d65b6ce0a5f331) },
    { "tpdf", COAST, 1, UINT64_C(0x1252058dc024505d) },
    { "tpdf", COAST, 4, UINT64_C(0x51237de940bc83f3) },
    { "hptpdf", COAST, 1, UINT64_C(0x32ac4da44fb8c39d) },
    { "hptpdf", COAST, 4, UINT64_C(0x627ddbc31d4c08f3) },
    { "gaussian", COAST, 1, UINT64_C(0xc4e78055e161d653) },
    { "gaussian", COAST, 4, UINT64_C(0xaeb1f871cc26eecb) },
    { "bayer8", COAST, 1, UINT64_C(0xa3a198eb6e58e55b) },
    { "bayer8", COAST, 4, UINT64_C(0x7c6c839cf72e0d83) },
    { "floyd-steinberg", COAST, 1, UINT64_C(0x0d2e9b68684b2fdd) },
    { "floyd-steinberg", COAST, 4, UINT64_C(0x2fde684f00ee307d) },
    { "none", VEIL, 5, UINT64_C(0x961a87327dcd56c8) },
    { "rpdf", VEIL, 5, UINT64_C(0xd316c534c724b60b) },
    { "tpdf", VEIL, 5, UINT64_C(0xad25f0c4af272eb2) },
    { "hptpdf", VEIL, 5, UINT64_C(0xc7adcf9aecb89244) },
    { "gaussian", VEIL, 5, UINT64_C(0x545a290dd6862a05) },
    { "bayer8", VEIL, 5, UINT64_C(0x490101d670d2dae3) },
    { "floyd-steinberg", VEIL, 5, UINT64_C(0xc38ed9e02b6d4b5d) },
    { "floyd-steinberg", VEIL, 11, UINT64_C(0xc6eba97a00675000) },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static const struct {
    const char *cpu; /* BITCRUSH_CPU, "" for what the machine has */
    int n_threads;
} variants[] = {
    { "", 1 }, { "", 2 }, { "", 7 }, { "baseline", 2 }, { "v2", 2 }, { "v3", 2 }, { "v4", 2 },
};
enum { N_VARIANTS = sizeof variants / sizeof *variants };

/* RGBA of 16 bits: ramps, a noisy corner, alpha from none to full, in one batch of rows and
 * the beginning of the next (512 KiB each). */
static picture veil(void)
{
    picture p = picture_random(301, 240, RGB_ALPHA, 16, 2024);

    for (uint32_t y = 0; y < p.height; y++) {
        for (uint32_t x = 0; x < p.width; x++) {
            uint16_t *s = p.samples + 4 * ((size_t)y * p.width + x);

            s[3] = (uint16_t)(x < 40 ? 0 : x > 200 ? 65535 : s[3]);
            if (x < 100 && y < 80)
                continue;
            s[0] = (uint16_t)(x * 217);
            s[1] = (uint16_t)(y * 273);
            s[2] = (uint16_t)(65535 - x * y);
        }
    }
    return p;
}

static const char *input_of(size_t row)
{
    return rows[row].input == COAST ? SAMPLES_DIR "/coast.png" : path_of("veil.png");
}

static const char *output_of(size_t row, size_t variant)
{
    char name[64];

    snprintf(name, sizeof name, "row-%zu-variant-%zu.png", row, variant);
    return path_of(name);
}

/* All rows in a process of its own, for a level is chosen once a process. True unless the
 * machine lacks the level. */
static bool run_variant(size_t v)
{
    int status;
    fflush(NULL);
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        bc_error err = { 0 };
        bc_image_result r;

        if (*variants[v].cpu)
            setenv("BITCRUSH_CPU", variants[v].cpu, 1);
        else
            unsetenv("BITCRUSH_CPU");
        if (bc_cpu_check(&err))
            exit(77);
        for (size_t i = 0; i < N_ROWS; i++) {
            bc_image_settings s = settings_of(rows[i].dither, rows[i].bits);

            s.n_threads = variants[v].n_threads;
            if (bc_image_reduce(input_of(i), output_of(i, v), &s, &r, &err) ||
                (r.n_threads != s.n_threads && r.n_threads != 1) || /* built without OpenMP */
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

static void same_files(void **state)
{
    picture p = veil();
    int n_levels = 0;

    (void)state;
    picture_save(&p, path_of("veil.png"));
    picture_free(&p);
    for (size_t v = 0; v < N_VARIANTS; v++) {
        if (!run_variant(v)) {
            print_message("this machine lacks level %s\n", variants[v].cpu);
            continue;
        }
        n_levels += *variants[v].cpu != '\0';
        for (size_t i = 0; i < N_ROWS; i++) {
            size_t n_want, n_got;
            uint8_t *want = load_bytes(output_of(i, 0), &n_want);
            uint8_t *got = load_bytes(output_of(i, v), &n_got);

            EXPECT(n_got == n_want && memcmp(got, want, n_got) == 0,
                   "%s, input %d, %d bits: level %s with %d threads gives another file than 1 "
                   "thread of the best",
                   rows[i].dither, rows[i].input, rows[i].bits, variants[v].cpu,
                   variants[v].n_threads);
            free(want);
            free(got);
            if (v > 0)
                unlink(output_of(i, v));
        }
    }
    assert_true(n_levels >= 1);
}

/* All that differ are listed, ready to be read again. */
static void same_pixels(void **state)
{
    int n_wrong = 0;

    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        picture p = picture_load(output_of(i, 0));
        const uint64_t sum = picture_sum(&p);

        if (sum != rows[i].sum) {
            n_wrong++;
            print_error("%s, input %d, %d bits: 0x%016llx, expected 0x%016llx\n", rows[i].dither,
                        rows[i].input, rows[i].bits, (unsigned long long)sum,
                        (unsigned long long)rows[i].sum);
        }
        picture_free(&p);
    }
    EXPECT(n_wrong == 0, "%d pictures changed", n_wrong);
}

/* Lines from left to right are shared by threads where they are wide enough; figures are then
 * summed by others than with one thread, but in the same order. Several batches of rows each. */
static void shared_lines(void **state)
{
    static const struct {
        const char *kernel, *noise;
        int colour_type, depth, bits;
        int n_blue; /* bits, or 0 for the same */
    } cases[] = {
        { "floyd-steinberg", "none", GREY, 8, 1, 0 },
        { "floyd-steinberg", "none", RGB, 8, 4, 0 },
        { "jarvis", "tpdf", RGB, 16, 6, 0 },
        { "stucki", "none", RGB_ALPHA, 16, 3, 0 },
        { "zhou-fang", "none", GREY_ALPHA, 8, 1, 0 },
        { "ostromoukhov", "none", RGB, 8, 2, 3 }, /* planes one by one */
    };
    static const int n_threads[] = { 1, 2, 7 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        picture in = picture_random(2051, 90, cases[i].colour_type, cases[i].depth, i);
        bc_image_settings s = settings_of(cases[i].kernel, cases[i].bits);
        bc_image_result first = { 0 };
        uint8_t *want = NULL;
        size_t n_want = 0;

        s.noise = bc_noise_find(cases[i].noise);
        s.scan = BC_SCAN_RASTER;
        for (int c = 0; c < 3 && cases[i].n_blue; c++)
            s.channel_bits[c] = c == 2 ? cases[i].n_blue : cases[i].bits;
        picture_save(&in, path_of("wide.png"));
        picture_free(&in);
        for (size_t t = 0; t < sizeof n_threads / sizeof *n_threads; t++) {
            size_t n_got;

            s.n_threads = n_threads[t];
            const bc_image_result r = reduce_file(path_of("wide.png"), path_of("wide.pam"), &s);
            uint8_t *got = load_bytes(path_of("wide.pam"), &n_got);

            if (t == 0) {
                want = got;
                n_want = n_got;
                first = r;
                continue;
            }
            EXPECT(n_got == n_want && memcmp(got, want, n_got) == 0,
                   "%s, case %zu: %d threads give another file than 1", cases[i].kernel, i,
                   s.n_threads);
            EXPECT(bc_error_snr_db(&r.coded) == bc_error_snr_db(&first.coded) &&
                       bc_error_snr_db(&r.linear) == bc_error_snr_db(&first.linear) &&
                       r.entropy_bits == first.entropy_bits,
                   "%s, case %zu: %d threads give other figures than 1", cases[i].kernel, i,
                   s.n_threads);
            free(got);
        }
        free(want);
    }
}

/* Another seed gives another picture, and 0 is a seed like others. */
static void seeds(void **state)
{
    static const uint64_t seed_of[] = { 0, 1, UINT64_MAX };
    uint64_t sums[3];

    (void)state;
    picture in = picture_new(64, 64, RGB, 8);

    for (size_t i = 0; i < 3 * 64 * 64; i++)
        in.samples[i] = 100;
    for (size_t seed = 0; seed < 3; seed++) {
        bc_image_settings s = settings_of("rpdf", 1);

        s.seed = seed_of[seed];
        picture out = reduce(&in, &s, NULL);

        sums[seed] = picture_sum(&out);
        picture_free(&out);
    }
    assert_true(sums[0] != sums[1] && sums[1] != sums[2] && sums[0] != sums[2]);
    picture_free(&in);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("threads and CPU levels do not change a byte", same_files),
        SENTENCE("pixels are those of all earlier builds", same_pixels),
        SENTENCE("threads that share lines change neither bytes nor figures", shared_lines),
        SENTENCE("seeds differ", seeds),
    };

    return cmocka_run_group_tests_name("same bytes", tests, make_scratch_dir, remove_scratch_dir);
}
