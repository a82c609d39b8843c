/* Every setting of every medium, beside several SPECs: with it the output has other bytes than
 * without, or it is refused in a sentence; what may be given without effect is a row with the
 * reason. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/image.h"
#include "bitcrush/medium.h"
#include "expect.h"

enum { MOST_SPECS = 6 };

static uint8_t before[1 << 16], after[1 << 16];

static size_t read_whole(const char *path, uint8_t *bytes, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0;

    if (f) {
        n = fread(bytes, 1, room, f);
        fclose(f);
    }
    assert_true(n < room);
    return n;
}

static void put(FILE *f, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        fputc((int)(v >> 8 * i & 255), f);
}

/* Colours that are no greys. */
static void make_picture(const char *path)
{
    FILE *f = fopen(path, "wb");

    fputs("P6 48 32 255\n", f);
    for (int i = 0; i < 48 * 32; i++) {
        fputc(i * 180 / (48 * 32) + 20, f);
        fputc((int)(128 + 60 * sin(i * 0.7)), f);
        fputc(i % 48 * 4, f);
    }
    fclose(f);
}

/* Two channels of 16 bits, a tone with silence behind it that keep-silence finds. */
static void make_sound(const char *path)
{
    enum { FRAMES = 4000 };
    FILE *f = fopen(path, "wb");

    fputs("RIFF", f);
    put(f, 36 + 4 * FRAMES, 4);
    fputs("WAVEfmt ", f);
    put(f, 16, 4);
    put(f, 1, 2);
    put(f, 2, 2);
    put(f, 44100, 4);
    put(f, 4 * 44100, 4);
    put(f, 4, 2);
    put(f, 16, 2);
    fputs("data", f);
    put(f, 4 * FRAMES, 4);
    for (int i = 0; i < FRAMES; i++) {
        put(f, i < FRAMES / 2 ? (uint32_t)(int)(9000 * sin(i * 0.05)) : 0, 2);
        put(f, i < FRAMES / 2 ? (uint32_t)(int)(5000 * cos(i * 0.031)) : 0, 2);
    }
    fclose(f);
}

static void make_table(const char *path)
{
    FILE *f = fopen(path, "w");

    fputs("time,value\n", f);
    for (int i = 0; i < 200; i++)
        fprintf(f, "%d,%.6g\n", i, 20 + 5 * sin(i * 0.1) + i % 7 / 10.0);
    fclose(f);
}

/* 4 rows of 256, of no symmetry. */
static void make_weights(const char *path)
{
    FILE *f = fopen(path, "wb");

    fwrite("\x93NUMPY\x01\x00", 1, 8, f);
    put(f, 118, 2);
    fprintf(f, "%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 256), }");
    for (int i = 0; i < 1024; i++) {
        const float x = (float)(0.3 * sin(i * 1.7) * sin(i * 0.013) + 0.05);
        uint32_t bits;

        memcpy(&bits, &x, sizeof bits);
        put(f, bits, 4);
    }
    fclose(f);
}

static const struct {
    const bc_medium *medium;
    void (*make)(const char *path);
    const char *in, *out; /* NULL: as the medium says */
    const char *specs[MOST_SPECS];
} media[] = {
    { &bc_pictures, make_picture, "in.ppm", "out.png", { "2", "4", "4.5", "e2m1", "q4_0" } },
    { &bc_sound, make_sound, "in.wav", "out.wav", { "6", "8", "6.5", "mulaw", "int8", "q4_0" } },
    { &bc_tables, make_table, "in.csv", "out.csv", { "3", "8", "e2m1", "q4_0" } },
    { &bc_weights, make_weights, "in.npy", NULL, { "q4_0", "int4", "nf4", "f16", "levels5" } },
};

/* Values of each setting, one at least that is not its default; "" of flags. */
static const bc_setting values[] = {
    { "dither", "rpdf" },
    { "feedback", "jarvis" },
    { "feedback", "ath" },
    { "shape", "ath" },
    { "shape-taps", "8" },
    { "shape-strength", "5" },
    { "scale", "absmax" },
    { "scale", "percentile" },
    { "scale", "absmean" },
    { "scale", "mse" },
    { "group", "32" },
    { "percent", "90" },
    { "palette", "gameboy" },
    { "channels", "3,2,3" },
    { "gray", "" },
    { "light", "coded" },
    { "light", "linear" },
    { "scan", "raster" },
    { "strength", "0.5" },
    { "rounding", "truncate" },
    { "fast", "" },
    { "small", "" },
    { "guard", "6" },
    { "hold", "3" },
    { "subtractive", "" },
    { "keep-silence", "5" },
    { "plain-header", "" },
    { "step", "0.7" },
    { "range", "10..30" },
    { "codes", "" },
    { "include", "time" },
    { "exclude", "*" },
    { "separator", "tab" },
    { "decimal", "comma" },
    { "header", "no" },
    { "drop", "x*" },
    { "type", "x*=q8_0" },
    { "requantize", "" },
    { "encoder", "best" },
    { "zero-point", "" },
    { "double-quant", "" },
    { "imatrix", "none.dat" },
    { "nonfinite", "zero" },
    { "sizes-only", "" },
    { "strip", "" },
    { "salvage", "" },
    { "max-pixels", "100000" },
    { "seed", "77" },
    { "threads", "1" },
    { "force", "" },
    { "dry-run", "" },
    { "min-snr", "-900" },
    { "max-memory", "1G" },
};

/* May be given without effect on the bytes. */
static const struct {
    const bc_medium *medium; /* NULL: any */
    const char *key, *why;
} harmless[] = {
    { NULL, "threads", "no number of them changes bytes" },
    { NULL, "force", "is for an output that is there" },
    { NULL, "min-snr", "is a gate, which this output passes" },
    { NULL, "max-memory", "is a bound, under which this run stays" },
    { NULL, "max-pixels", "is a bound, under which this picture stays" },
    { NULL, "salvage", "is for damaged files, in a batch with whole ones" },
    { NULL, "strip", "files have texts and profiles to leave out, or not" },
    { NULL, "nonfinite", "files have values that are not finite, or not" },
    { NULL, "seed", "scripts give it to every run, whose dither may be none" },
    { &bc_pictures, "small", "what is small already may stay as it is" },
    { &bc_tables, "header", "files have names in their first row, or not" },
    { &bc_sound, "plain-header", "files of a batch need the long header, or not; FLAC has none" },
    { &bc_weights, "scale", "nf4 has one, which may be asked for by its name" },
    { &bc_weights, "requantize", "files of a batch are quantized already, or not" },
};

enum { N_HARMLESS = sizeof harmless / sizeof *harmless };

static bool is_needed[N_HARMLESS];
static int n_faults;

static bool is_harmless(const bc_medium *medium, const char *key)
{
    for (size_t i = 0; i < N_HARMLESS; i++)
        if (strcmp(harmless[i].key, key) == 0 &&
            (!harmless[i].medium || harmless[i].medium == medium)) {
            is_needed[i] = true;
            return true;
        }
    return false;
}

/* Run it; the size of the output, 0 where it was refused. */
static size_t output_of(size_t m, const char *spec, const bc_settings *given, uint8_t *bytes,
                        size_t room, bc_error *err)
{
    const bc_medium *medium = media[m].medium;
    const bc_request request = { .settings = *given };
    const bc_deed_row *reduce = &medium->deeds[BC_REDUCE];
    bc_outcome outcome = { 0 };
    void *job = NULL;
    char path[32] = "";
    size_t n = 0;
    bc_status st = medium->prepare(spec, &request, &job, err);

    if (!st) {
        snprintf(path, sizeof path, "out%s",
                 media[m].out ? media[m].out + 3 : medium->ending(job, media[m].in));
        st = reduce->run(job, (const char *const[2]){ media[m].in, path }, &outcome, err);
        n = st ? 0 : 1 + read_whole(path, bytes, room);
        unlink(path);
    }
    reduce->release(&outcome);
    medium->release(job);
    return n;
}

/* What became of a setting: the first counts where values differ. */
typedef enum { EFFECT, NONE, REFUSED } became;

/* n: the size of the output without it, in `before`. */
static became try(size_t m, const char *spec, const char *dither, const bc_setting *setting,
                  size_t n)
{
    const bc_setting rows[] = { { "dither", dither }, *setting };
    const bc_settings with = { dither ? rows : rows + 1, dither ? 2 : 1 };
    bc_error err = { 0 };
    const size_t n_with = output_of(m, spec, &with, after, sizeof after, &err);

    EXPECT(n_with || *err.text, "%s %s: %s=%s: no sentence", media[m].in, spec, setting->key,
           setting->value);
    return !n_with ? REFUSED : n == n_with && memcmp(before, after, n - 1) == 0 ? NONE : EFFECT;
}

/* One of its values is its default, which changes nothing. */
static void check_setting(size_t m, const char *spec, const char *dither, const char *key, size_t n)
{
    became of_all = REFUSED;
    int n_tried = 0;

    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        if (strcmp(values[v].key, key) != 0)
            continue;
        const became one = try(m, spec, dither, &values[v], n);

        of_all = one < of_all ? one : of_all;
        n_tried++;
    }
    EXPECT(n_tried > 0, "%s: no value to try of %s", media[m].medium->name, key);
    if (of_all == NONE && !is_harmless(media[m].medium, key)) {
        print_error("%s %s%s%s: %s is taken without effect\n", media[m].in, spec,
                    dither ? " dither=" : "", dither ? dither : "", key);
        n_faults++;
    }
}

static void check_spec(size_t m, const char *spec, const char *dither)
{
    const bc_medium *medium = media[m].medium;
    const bc_settings given = { &(bc_setting){ "dither", dither }, dither ? 1 : 0 };
    bc_error err = { 0 };
    const size_t n = output_of(m, spec, &given, before, sizeof before, &err);

    EXPECT(n > 0, "%s %s: '%s'", media[m].in, spec, err.text);
    for (size_t i = 0; i < medium->n_settings; i++)
        if (!dither || strcmp(medium->settings[i].key, "dither") != 0)
            check_setting(m, spec, dither, medium->settings[i].key, n);
}

static void check_medium(size_t m)
{
    media[m].make(media[m].in);
    for (size_t s = 0; s < MOST_SPECS && media[m].specs[s]; s++) {
        check_spec(m, media[m].specs[s], NULL);
        check_spec(m, media[m].specs[s], "none");
    }
    unlink(media[m].in);
}

static void every_setting_has_an_effect_or_is_refused(void **state)
{
    (void)state;
    for (size_t m = 0; m < sizeof media / sizeof *media; m++)
        check_medium(m);
    for (size_t i = 0; i < N_HARMLESS; i++)
        EXPECT(is_needed[i], "%s has an effect: no row needed", harmless[i].key);
    assert_int_equal(n_faults, 0);
}

static int begin(void **state)
{
    static char in_memory[] = "/dev/shm/effects-XXXXXX", here[] = "effects-XXXXXX";
    const char *place = mkdtemp(in_memory) ? in_memory : mkdtemp(here);

    (void)state;
    return place && chdir(place) == 0 ? 0 : -1;
}

static int end(void **state)
{
    char place[64];

    (void)state;
    return getcwd(place, sizeof place) && rmdir(place) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_has_an_effect_or_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
