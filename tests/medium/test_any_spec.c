/* Every grid and format of blocks x every medium x every scale and group x dithers, and all pairs
 * of these with feedback and rounding: it runs, and the SNR that is told is the one that this test
 * makes of the two files by readers of its own, or it is refused in one sentence that says what is
 * expected. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/medium.h"
#include "bitcrush/spec.h"
#include "bitcrush/tensor.h"
#include "expect.h"

enum { MOST = 4096, MOST_SPECS = 200 };

static double input[MOST], output[MOST];
static char specs[MOST_SPECS][24];
static size_t n_specs;

/* ---- files of the test's own */

static uint8_t *whole_file(const char *path, size_t *size)
{
    static uint8_t bytes[1 << 18];
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    *size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return bytes;
}

static uint32_t u32(const uint8_t *p, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)p[i] << 8 * i;
    return v;
}

static void put(FILE *f, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        fputc((int)(v >> 8 * i & 255), f);
}

/* A grey picture, 61 x 20: a ramp with a wave on it. */
static size_t make_picture(const char *path)
{
    FILE *f = fopen(path, "wb");
    const size_t n = 61 * 20;

    fprintf(f, "P5 61 20 255\n");
    for (size_t i = 0; i < n; i++) {
        const int v = (int)((double)(i * 255 / n) / 2 + 64 + 50 * sin((double)i * 0.7));

        fputc(v, f);
        input[i] = v / 255.0;
    }
    fclose(f);
    return n;
}

/* Plain PGM, or PBM: 1 is black. */
static size_t read_picture(const char *path)
{
    unsigned width, height, maxval = 1;
    int start = 0;
    size_t size;
    const uint8_t *p = whole_file(path, &size);
    char head[64];

    memcpy(head, p, 63);
    head[63] = '\0';
    if (sscanf(head, "P4 %u %u%n", &width, &height, &start) != 2)
        EXPECT(sscanf(head, "P5 %u %u %u%n", &width, &height, &maxval, &start) == 3, "%s", head);
    p += start + 1;
    for (size_t i = 0; i < width * height; i++)
        output[i] =
            maxval == 1
                ? 1 - (p[i / width * ((width + 7) / 8) + i % width / 8] >> (7 - i % width % 8) & 1)
            : maxval > 255 ? (p[2 * i] << 8 | p[2 * i + 1]) / (double)maxval
                           : p[i] / (double)maxval;
    return width * height;
}

/* 16 bits, mono. */
static size_t make_sound(const char *path)
{
    FILE *f = fopen(path, "wb");
    const uint32_t n = 2000;

    fputs("RIFF", f);
    put(f, 36 + 2 * n, 4);
    fputs("WAVEfmt ", f);
    put(f, 16, 4);
    put(f, 1, 2);
    put(f, 1, 2);
    put(f, 8000, 4);
    put(f, 16000, 4);
    put(f, 2, 2);
    put(f, 16, 2);
    fputs("data", f);
    put(f, 2 * n, 4);
    for (uint32_t i = 0; i < n; i++) {
        const int v = (int)(20000 * sin(i * 0.05) * (0.2 + i / 2000.0) * 0.8 + 300 * sin(i * 1.3));

        put(f, (uint32_t)v, 2);
        input[i] = v / 32768.0;
    }
    fclose(f);
    return n;
}

/* A byte of G.711 as the decoder of the standard gives it, over 1. */
static double companded(uint8_t byte, bool is_alaw)
{
    const uint8_t b = is_alaw ? byte ^ 0x55 : (uint8_t)~byte;
    const int exponent = b >> 4 & 7, mantissa = b & 15;
    int v =
        is_alaw ? (mantissa << 4) + 8 + (exponent ? 256 : 0) : ((mantissa << 3) + 132) << exponent;

    if (is_alaw && exponent > 1)
        v <<= exponent - 1;
    if (!is_alaw)
        v -= 132;
    return ((b & 0x80) != 0) == is_alaw ? v / 32768.0 : -v / 32768.0;
}

static size_t read_sound(const char *path)
{
    size_t size, at = 12, n = 0;
    const uint8_t *p = whole_file(path, &size);
    uint32_t tag = 0, bits = 0;

    while (at + 8 <= size) {
        const uint32_t length = u32(p + at + 4, 4);
        const uint8_t *body = p + at + 8;

        if (memcmp(p + at, "fmt ", 4) == 0) {
            tag = u32(body, 2);
            bits = u32(body + 14, 2);
            tag = tag == 0xFFFE ? u32(body + 24, 2) : tag;
        }
        if (memcmp(p + at, "data", 4) == 0) {
            n = length / (bits / 8);
            for (size_t i = 0; i < n; i++) {
                const uint8_t *s = body + i * bits / 8;
                const uint32_t v = u32(s, bits / 8);
                float x;

                memcpy(&x, &v, sizeof x);
                output[i] = tag == 3               ? (double)x
                            : tag == 6 || tag == 7 ? companded(*s, tag == 6)
                            : bits == 8            ? (*s - 128) / 128.0
                                                   : (int32_t)(v << (32 - bits)) / 2147483648.0;
            }
        }
        at += 8 + length + length % 2;
    }
    return n;
}

static size_t make_table(const char *path)
{
    FILE *f = fopen(path, "w");
    const size_t n = 300;

    for (size_t i = 0; i < n; i++) {
        char text[32];

        snprintf(text, sizeof text, "%.6g", 20 + 5 * sin((double)i * 0.1) + (double)(i % 7) / 10);
        fprintf(f, "%s\n", text);
        input[i] = strtod(text, NULL);
    }
    fclose(f);
    return n;
}

static size_t read_table(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t n = 0;

    while (n < MOST && fscanf(f, "%lf", &output[n]) == 1)
        n++;
    fclose(f);
    return n;
}

/* 16 rows of 256, as NumPy writes them. */
static size_t make_weights(const char *path)
{
    FILE *f = fopen(path, "wb");
    const size_t n = 4096;
    uint32_t state = 1;

    fwrite("\x93NUMPY\x01\x00", 1, 8, f);
    put(f, 118, 2);
    fprintf(f, "%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (16, 256), }");
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        uint32_t bits;
        float x;

        for (int k = 0; k < 12; k++) {
            state = state * 1664525 + 1013904223;
            sum += state / 4294967296.0;
        }
        x = (float)((sum - 6.0) * 0.1);
        memcpy(&bits, &x, sizeof bits);
        put(f, bits, 4);
        input[i] = (double)x;
    }
    fclose(f);
    return n;
}

static size_t read_weights(const char *path)
{
    static float values[MOST];
    bc_tensor_file *file;
    bc_error err;
    size_t n;

    EXPECT(bc_tensor_file_open(path, &file, &err) == BC_OK, "%s", err.text);
    n = (size_t)bc_tensor_at(file, 0)->n_elements;
    EXPECT(bc_tensor_read_f32(file, 0, 0, n, values, &err) == BC_OK, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        output[i] = (double)values[i];
    bc_tensor_file_free(file);
    return n;
}

static const struct {
    const bc_medium *medium;
    const char *in, *ending;
    size_t (*make)(const char *path);
    size_t (*read)(const char *path);
    bool takes_all; /* but what is refused by design */
} media[] = {
    { &bc_pictures, "in.pgm", ".pgm", make_picture, read_picture, true },
    { &bc_sound, "in.wav", ".wav", make_sound, read_sound, true },
    { &bc_tables, "in.txt", ".txt", make_table, read_table, true },
    { &bc_weights, "in.npy", NULL, make_weights, read_weights, true },
};

/* What a medium refuses under every setting, and why. */
static const struct {
    const bc_medium *medium;
    const char *spec;
} by_design[] = {
    { &bc_weights, "mxfp4_e2m1" },     /* files have its blocks as mxfp4, codes and scales apart */
    { &bc_weights, "nvfp4_modelopt" }, /* as nvfp4, under a scale of the tensor */
};

static bool is_refused_by_design(size_t m, const char *spec)
{
    for (size_t i = 0; i < sizeof by_design / sizeof *by_design; i++)
        if (by_design[i].medium == media[m].medium && strcmp(by_design[i].spec, spec) == 0)
            return true;
    return false;
}

static const char *const endings[] = { ".pgm", ".wav", ".txt", ".npy", ".gguf", ".safetensors" };

/* ---- what is asked for */

static void add_spec(const char *name, int bits)
{
    bc_spec s;

    assert_true(n_specs < MOST_SPECS);
    snprintf(specs[n_specs], sizeof specs[n_specs], bits ? "%s%d" : "%s", name, bits);
    EXPECT(bc_spec_named(specs[n_specs], &s, NULL) == BC_OK, "%s is no SPEC", specs[n_specs]);
    n_specs++;
}

static void collect_specs(void)
{
    static const int few[] = { 1, 2, 3, 8, 16, 24 };
    static const char *const others[] = { "1",       "2",    "4",    "4.5",    "8",
                                          "levels5", "e1m2", "e3m4", "binary", "ternary" };
    const bc_grid_row *grids;
    const bc_block_format *blocks;
    const size_t n_grids = bc_grid_rows(&grids), n_blocks = bc_block_rows(&blocks);

    for (size_t i = 0; i < n_grids; i++) {
        if (!grids[i].max_bits)
            add_spec(grids[i].name, 0);
        for (size_t k = 0; k < sizeof few / sizeof *few; k++)
            if (few[k] >= grids[i].min_bits && few[k] <= grids[i].max_bits)
                add_spec(grids[i].name, few[k]);
    }
    for (size_t i = 0; i < n_blocks; i++)
        add_spec(blocks[i].name, 0);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_spec(others[i], 0);
}

/* ---- one of all */

static double snr_db(size_t n)
{
    double signal = 0.0, noise = 0.0;

    for (size_t i = 0; i < n; i++) {
        signal += input[i] * input[i];
        noise += (output[i] - input[i]) * (output[i] - input[i]);
    }
    return 10.0 * log10(signal / noise);
}

static void check_sentence(const char *what, bc_status st, const bc_error *err)
{
    const size_t n = strlen(err->text);

    EXPECT(st == BC_E_USAGE || st == BC_E_FORMAT || st == BC_E_UNSUPPORTED, "%s: status %d: %s",
           what, (int)st, err->text);
    EXPECT(n > 10 && n < 400 && !strchr(err->text, '\n') && err->text[n - 1] != '.',
           "%s: '%s' is no sentence", what, err->text);
    EXPECT(strstr(err->text, "expected"), "%s: '%s' does not say what to do", what, err->text);
}

/* True where it ran. */
static bool try(size_t m, size_t n, const char *spec, const bc_settings *given)
{
    const bc_medium *medium = media[m].medium;
    const bc_request request = { .settings = *given, .wants_report = true };
    const bc_deed_row *reduce = &medium->deeds[BC_REDUCE];
    bc_outcome outcome = { 0 };
    bc_error err = { 0 };
    void *job = NULL;
    char what[160], path[32];
    bc_status st = medium->prepare(spec, &request, &job, &err);

    snprintf(what, sizeof what, "%s %s", media[m].in, spec);
    for (size_t i = 0; i < given->n; i++)
        snprintf(what + strlen(what), sizeof what - strlen(what), " %s=%s", given->rows[i].key,
                 given->rows[i].value);
    if (!st) {
        snprintf(path, sizeof path, "out%s",
                 media[m].ending ? media[m].ending : medium->ending(job, media[m].in));
        st = reduce->run(job, (const char *const[2]){ media[m].in, path }, &outcome, &err);
    }
    if (st) {
        check_sentence(what, st, &err);
    } else {
        const double told = bc_error_snr_db(outcome.error);

        EXPECT(media[m].read(path) == n, "%s: another number of values", what);
        const double seen = snr_db(n);

        EXPECT(told == seen || fabs(told - seen) < 0.01,
               "%s: %.4f dB is told, %.4f dB is in the file", what, told, seen);
    }
    reduce->release(&outcome);
    medium->release(job);
    return !st;
}

/* Every scale with groups and without, and every group with one scale. */
static const struct {
    const char *scale, *group;
} layings[] = {
    { NULL, NULL },         { "full", NULL },        { "absmax", NULL },  { "minmax", NULL },
    { "zero-point", NULL }, { "percentile", NULL },  { "absmean", NULL }, { "mse", NULL },
    { NULL, "32" },         { "full", "32" },        { "absmax", "32" },  { "minmax", "32" },
    { "zero-point", "32" }, { "percentile", "32" },  { "absmean", "32" }, { "mse", "32" },
    { "absmax", "all" },    { "absmax", "channel" }, { "absmax", "row" }, { "absmax", "column" },
    { "absmax", "tensor" },
};
static const char *const dithers[] = { "none", "tpdf", "floyd-steinberg", "bayer8" };

enum { N_LAYINGS = sizeof layings / sizeof *layings, N_DITHERS = sizeof dithers / sizeof *dithers };

/* All of a medium under one SPEC; returns how many ran. */
static size_t try_all(size_t m, size_t n, const char *spec)
{
    size_t n_ran = 0;

    for (size_t i = 0; i < N_LAYINGS * N_DITHERS; i++) {
        const char *scale = layings[i / N_DITHERS].scale, *group = layings[i / N_DITHERS].group;
        bc_setting rows[5] = { { "force", "" },
                               { "threads", "1" },
                               { "dither", dithers[i % N_DITHERS] } };
        bc_settings given = { rows, 3 };

        if (scale)
            rows[given.n++] = (bc_setting){ "scale", scale };
        if (group)
            rows[given.n++] = (bc_setting){ "group", group };
        n_ran += try(m, n, spec, &given);
    }
    return n_ran;
}

/* Every SPEC with each of these, under a scale, a group and a dither that go round: 21 and 4 have
 * no common factor, so that each pair comes up. */
static const char *const feedbacks[] = { "none", "jarvis", "ath", "lipshitz", "rows" };
static const char *const roundings[] = { "nearest", "truncate" };

enum {
    N_FEEDBACKS = sizeof feedbacks / sizeof *feedbacks,
    N_ROUNDINGS = sizeof roundings / sizeof *roundings,
};

static size_t n_ran_with[N_FEEDBACKS][N_ROUNDINGS];

static void try_feedback(size_t m, size_t n, size_t spec)
{
    for (size_t i = 0; i < N_FEEDBACKS * N_ROUNDINGS; i++) {
        const size_t f = i / N_ROUNDINGS, r = i % N_ROUNDINGS, k = spec + 4 * f;
        const char *scale = layings[k % N_LAYINGS].scale, *group = layings[k % N_LAYINGS].group;
        bc_setting rows[7] = { { "force", "" },
                               { "threads", "1" },
                               { "dither", "none" },
                               { "feedback", feedbacks[f] },
                               { "rounding", roundings[r] } };
        bc_settings given = { rows, 5 };

        if (scale)
            rows[given.n++] = (bc_setting){ "scale", scale };
        if (group)
            rows[given.n++] = (bc_setting){ "group", group };
        n_ran_with[f][r] += try(m, n, specs[spec], &given);
        rows[2].value = dithers[k % N_DITHERS];
        n_ran_with[f][r] += try(m, n, specs[spec], &given);
    }
}

/* What runs somewhere, and what nowhere: lipshitz is for 44.1 kHz, rows have no matrix. */
static void check_feedback(size_t m)
{
    const bc_medium *medium = media[m].medium;
    const bool runs[N_FEEDBACKS] = { true, medium == &bc_pictures, medium == &bc_sound };

    for (size_t f = 0; f < N_FEEDBACKS; f++) {
        EXPECT((n_ran_with[f][0] > 0) == runs[f], "%s: feedback %s ran %zu times", medium->name,
               feedbacks[f], n_ran_with[f][0]);
        EXPECT((n_ran_with[f][1] > 0) == (f == 0), "%s: truncate with feedback %s ran %zu times",
               medium->name, feedbacks[f], n_ran_with[f][1]);
    }
    memset(n_ran_with, 0, sizeof n_ran_with);
}

static void run_medium(size_t m)
{
    const size_t n = media[m].make(media[m].in);
    size_t n_ran = 0, n_silent = 0;

    for (size_t i = 0; i < n_specs; i++) {
        const size_t ran = try_all(m, n, specs[i]);

        try_feedback(m, n, i);
        n_ran += ran;
        n_silent += ran == 0;
        if (ran == 0)
            print_message("%s takes no %s\n", media[m].medium->name, specs[i]);
        EXPECT(!media[m].takes_all || (ran == 0) == is_refused_by_design(m, specs[i]),
               "%s: %s ran %zu times", media[m].medium->name, specs[i], ran);
    }
    print_message("%s: %zu of %zu ran, %zu of %zu SPECs never\n", media[m].medium->name, n_ran,
                  n_specs * N_LAYINGS * N_DITHERS, n_silent, n_specs);
    assert_true(n_ran > 0);
    check_feedback(m);
}

static void pictures(void **state)
{
    (void)state;
    run_medium(0);
}

static void sound(void **state)
{
    (void)state;
    run_medium(1);
}

static void numbers(void **state)
{
    (void)state;
    run_medium(2);
}

static void weights(void **state)
{
    (void)state;
    run_medium(3);
}

static int begin(void **state)
{
    static char in_memory[] = "/dev/shm/any-spec-XXXXXX", here[] = "any-spec-XXXXXX";
    char *place = mkdtemp(in_memory) ? in_memory : mkdtemp(here);

    (void)state;
    collect_specs();
    return place && chdir(place) == 0 ? 0 : -1;
}

static int end(void **state)
{
    char place[64];

    (void)state;
    for (size_t m = 0; m < sizeof media / sizeof *media; m++)
        unlink(media[m].in);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(place, sizeof place, "out%s", endings[i]);
        unlink(place);
    }
    return getcwd(place, sizeof place) && rmdir(place) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),
        cmocka_unit_test(sound),
        cmocka_unit_test(numbers),
        cmocka_unit_test(weights),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
