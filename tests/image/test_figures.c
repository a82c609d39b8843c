/* The figures of a reduction are those of the two files: samples v / maxval of what was read and of
 * what was written, whatever depth the format has for them. */
#include <math.h>

#include "decode.h"
#include "reduce.h"

enum { WIDTH = 29, HEIGHT = 23 };

/* A file with `n` samples a pixel of 0..maxval; PNG where maxval is 255 or 65535, else PNM. */
typedef struct {
    const char *what;
    uint32_t n, maxval;
    uint32_t levels; /* samples are the nearest to so many levels, which sBIT says; 0: all */
    bool is_opaque;
} source;

static const source sources[] = {
    { "grey", 1, 255, 0, false },
    { "RGB", 3, 255, 0, false },
    { "RGB of 5 real bits", 3, 255, 32, false },
    { "grey of 7 real bits", 1, 255, 128, false },
    { "RGB, 16 bits", 3, 65535, 0, false },
    { "grey and alpha", 2, 255, 0, false },
    { "RGBA", 4, 255, 0, false },
    { "RGBA, 16 bits", 4, 65535, 0, false },
    { "opaque RGBA, 16 bits", 4, 65535, 0, true },
    { "maxval 5", 1, 5, 0, false },
    { "maxval 100", 1, 100, 0, false },
    { "maxval 254", 3, 254, 0, false },
    { "maxval 300", 1, 300, 0, false },
    { "maxval 4000", 3, 4000, 0, false },
    { "maxval 100 with alpha", 4, 100, 0, false },
    { "maxval 1000 with alpha", 2, 1000, 0, false },
};

static uint32_t sample_of(const source *s, uint32_t i)
{
    const uint32_t c = i % s->n, at = (i / s->n) * 2654435761u + c * 40503u;
    const uint32_t v = (uint32_t)(((uint64_t)(at >> 8) * (s->maxval + 1)) >> 24);

    if (s->is_opaque && c == s->n - 1)
        return s->maxval;
    return s->levels ? rescaled(v * s->levels / (s->maxval + 1), s->levels - 1, s->maxval) : v;
}

static void save_png(const source *s, const char *path)
{
    static const int types[] = { GREY, GREY_ALPHA, RGB, RGB_ALPHA };
    picture p = picture_new(WIDTH, HEIGHT, types[s->n - 1], s->maxval > 255 ? 16 : 8);

    for (uint32_t i = 0; i < WIDTH * HEIGHT * s->n; i++)
        p.samples[i] = (uint16_t)sample_of(s, i);
    p.has_sbit = s->levels > 0;
    for (int c = 0; p.has_sbit && c < 4; c++)
        while (1u << p.sbit[c] < s->levels)
            p.sbit[c]++;
    picture_save(&p, path);
    picture_free(&p);
}

static void save_pnm(const source *s, const char *path)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fprintf(f, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %u\nMAXVAL %u\nENDHDR\n", WIDTH, HEIGHT, s->n,
            s->maxval);
    for (uint32_t i = 0; i < WIDTH * HEIGHT * s->n; i++) {
        const uint32_t v = sample_of(s, i);

        if (s->maxval > 255)
            fputc((int)(v >> 8), f);
        fputc((int)(v & 255), f);
    }
    assert_int_equal(fclose(f), 0);
}

static void save(const source *s, const char *path)
{
    if (s->maxval == 255 || s->maxval == 65535)
        save_png(s, path);
    else
        save_pnm(s, path);
}

/* The same of a PAM file, read by hand. */
static double *values_of_pam(const char *path)
{
    FILE *f = fopen(path, "rb");
    double *values = malloc((size_t)WIDTH * HEIGHT * 3 * sizeof *values);
    unsigned n = 0, maxval = 0;
    char line[80];

    assert_true(f && values);
    while (fgets(line, sizeof line, f) && strcmp(line, "ENDHDR\n") != 0) {
        if (strncmp(line, "DEPTH ", 6) == 0)
            n = (unsigned)strtoul(line + 6, NULL, 10);
        if (strncmp(line, "MAXVAL ", 7) == 0)
            maxval = (unsigned)strtoul(line + 7, NULL, 10);
    }
    assert_true(n >= 1 && n <= 4 && maxval > 0);
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++) {
        double v[4] = { 0 };

        for (unsigned c = 0; c < n; c++) {
            const int high = maxval > 255 ? fgetc(f) : 0;

            v[c] = (double)(high << 8 | fgetc(f)) / maxval;
        }
        for (unsigned c = 0; c < 3; c++)
            values[3 * i + c] = v[n >= 3 ? c : 0];
    }
    EXPECT(!feof(f) && fgetc(f) == EOF, "%s: not the samples that its header says", path);
    fclose(f);
    return values;
}

/* The coded values of the three colours of all pixels; the caller frees them. */
static double *values_of(const char *path)
{
    if (strcmp(path + strlen(path) - 4, ".pam") == 0)
        return values_of_pam(path);

    bc_image_reader *r = NULL;
    bc_error err;
    double *values = malloc((size_t)WIDTH * HEIGHT * 3 * sizeof *values);
    uint16_t rows[WIDTH * HEIGHT * 4];

    assert_non_null(values);
    EXPECT(!bc_image_open(path, &r, &err), "%s", err.text);
    EXPECT(!bc_image_read(r, rows, HEIGHT, &err), "%s", err.text);
    const bc_image_info *info = bc_image_get_info(r);

    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 3; i++) {
        const size_t at = i / 3 * info->n_channels + (info->n_channels >= 3 ? i % 3 : 0);
        const uint32_t v = info->maxval > 255 ? rows[at] : ((const uint8_t *)rows)[at];

        values[i] = v / (double)info->maxval;
    }
    bc_image_reader_free(r);
    return values;
}

static void expect_near(const char *what, const char *figure, double got, double want,
                        double tolerance)
{
    EXPECT(got == want || fabs(got - want) <= tolerance, "%s: %s is %.9g, expected %.9g", what,
           figure, got, want);
}

/* What was told of the reduction, against the files and against bc_image_compare. */
static void check_figures(const char *what, const char *out, const bc_image_result *r)
{
    double *x = values_of(path_of("in")), *y = values_of(out);
    double signal = 0.0, error = 0.0, most = 0.0;
    bc_image_comparison c;
    bc_error err;

    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 3; i++) {
        signal += x[i] * x[i];
        error += (y[i] - x[i]) * (y[i] - x[i]);
        most = fmax(most, fabs(y[i] - x[i]));
    }
    /* Values may pass through floats, 24 bits of which are 144 dB: 0.001 dB at 70 dB. */
    const double snr = 10.0 * log10(signal / error);
    const double tolerance = 1e-3 * fmax(1.0, pow(10.0, (snr - 70.0) / 20.0));

    expect_near(what, "the SNR", bc_error_snr_db(&r->coded), snr, tolerance);
    expect_near(what, "the largest error", r->coded.max_abs_e, most, 1e-6);
    EXPECT(!bc_image_compare(path_of("in"), out, NULL, &c, &err), "%s", err.text);
    expect_near(what, "the SNR compared", bc_error_snr_db(&c.coded), bc_error_snr_db(&r->coded),
                tolerance);
    expect_near(what, "the SNR in light", bc_error_snr_db(&r->linear), bc_error_snr_db(&c.linear),
                tolerance);
    expect_near(what, "the blurred PSNR", r->blurred_psnr_db, c.blurred_psnr_db, tolerance);
    expect_near(what, "the SSIM", r->ssim, c.ssim, 1e-6);
    free(x);
    free(y);
}

static void reduce_and_check(const source *s, const char *name, const bc_image_settings *settings,
                             const char *dither)
{
    char what[128];
    bc_image_result full = reduce_file(path_of("in"), path_of(name), settings), dry;
    bc_image_settings dry_run = *settings;

    snprintf(what, sizeof what, "%s to %d bits in %s, dither %s", s->what, settings->bits, name,
             dither);
    check_figures(what, path_of(name), &full);
    dry_run.dry_run = dry_run.skip_encoding = true;
    dry = reduce_file(path_of("in"), path_of(name), &dry_run);
    EXPECT(bc_error_snr_db(&dry.coded) == bc_error_snr_db(&full.coded) && !dry.output_size_bytes,
           "%s: without an encoding the SNR is %g, and %g with", what, bc_error_snr_db(&dry.coded),
           bc_error_snr_db(&full.coded));
}

static void figures_are_those_of_the_files(void **state)
{
    static const char *const dithers[] = { "none", "floyd-steinberg" };
    static const int depths[] = { 1, 3, 4, 5, 7, 10, 13 };
    static const char *const names[] = { "out.png", "out.pam" };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        save(&sources[i], path_of("in"));
        for (size_t b = 0; b < sizeof depths / sizeof *depths; b++)
            for (size_t d = 0; d < 2; d++)
                for (size_t n = 0; n < 2; n++) {
                    const bc_image_settings s = settings_of(dithers[d], depths[b]);

                    reduce_and_check(&sources[i], names[n], &s, dithers[d]);
                }
    }
}

static void figures_of_mixed_depths_are_those_of_the_files(void **state)
{
    static const int depths[][4] = { { 5, 6, 5, 0 }, { 3, 3, 2, 5 }, { 1, 7, 12, 9 } };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (sources[i].n < 3)
            continue;
        save(&sources[i], path_of("in"));
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
            for (int n = 0; n < 2; n++) {
                const int *bits = depths[d];
                bc_image_settings s = settings_of("none", bits[2] > bits[1] ? bits[2] : bits[1]);

                s.channel_bits[0] = bits[0];
                s.channel_bits[1] = bits[1];
                s.channel_bits[2] = bits[2];
                s.bits = bits[0] > s.bits ? bits[0] : s.bits;
                s.alpha_bits = bits[3];
                reduce_and_check(&sources[i], n ? "out.pam" : "out.png", &s, "none");
            }
    }
}

static void figures_of_palettes_are_those_of_the_files(void **state)
{
    static const uint32_t sizes[] = { 7, 256 };
    static const char *const dithers[] = { "none", "floyd-steinberg", "bayer4" };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        save(&sources[i], path_of("in"));
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++)
                for (int n = 0; n < 2; n++) {
                    bc_image_settings s = settings_of(dithers[d], 8);

                    s.n_colours = sizes[k];
                    reduce_and_check(&sources[i], n ? "out.pam" : "out.png", &s, dithers[d]);
                }
    }
}

/* Where the file can hold the levels, it holds the nearest; ties are left out. */
static void samples_of_every_maxval_go_to_the_nearest_level(void **state)
{
    static const uint32_t maxvals[] = { 5, 6, 9, 100, 200, 254, 300, 1000, 4000, 40000 };

    (void)state;
    for (size_t m = 0; m < sizeof maxvals / sizeof *maxvals; m++) {
        const source s = { "", 1, maxvals[m], 0, false };

        save_pnm(&s, path_of("in"));
        for (int bits = 1; bits <= 16; bits++) {
            const bc_image_settings settings = settings_of("none", bits);
            const uint64_t top = (1u << bits) - 1;

            reduce_file(path_of("in"), path_of("out.pam"), &settings);
            double *y = values_of(path_of("out.pam"));

            for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
                const uint64_t v = sample_of(&s, i), twice = 2 * v * top;

                EXPECT((twice + s.maxval) % (2 * s.maxval) == 0 ||
                           lrint(y[3 * i] * (double)top) ==
                               (long)((twice + s.maxval) / (2 * s.maxval)),
                       "%u of %u is level %.4f of %d bits", (unsigned)v, s.maxval,
                       y[3 * i] * (double)top, bits);
            }
            free(y);
        }
    }
}

/* Grey samples under marks k / 15 of their mean magnitude: what lies more than half a step beyond
 * the last is overload, the rest granular, by their definitions. */
static void clipping_is_told_from_rounding(void **state)
{
    static const char *const outs[] = { "out.png", "out.pam" };
    static const source kinds[] = { { "grey", 1, 255, 0, false },
                                    { "16 bits", 1, 65535, 0, false } };

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        bc_image_settings s = settings_of("none", 4);
        bc_error err = { 0 };
        double mean = 0.0, overload = 0.0, granular = 0.0;
        uint64_t n_clipped = 0;

        assert_int_equal(bc_spec_named("4", &s.spec, &err), BC_OK);
        s.scale = BC_SCALE_ABSMEAN;
        save(&kinds[k / 2], path_of("in"));
        const bc_image_result r = reduce_file(path_of("in"), path_of(outs[k % 2]), &s);
        double *x = values_of(path_of("in")), *y = values_of(path_of(outs[k % 2]));

        for (size_t i = 0; i < WIDTH * HEIGHT; i++)
            mean += x[3 * i] / (WIDTH * HEIGHT);
        for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
            const bool is_beyond = x[3 * i] > mean * (1.0 + 0.5 / 15);
            const double e2 = (y[3 * i] - x[3 * i]) * (y[3 * i] - x[3 * i]);

            n_clipped += is_beyond;
            *(is_beyond ? &overload : &granular) += e2;
        }
        EXPECT(n_clipped > 100 && r.coded.n_clipped == n_clipped, "%zu: %llu clipped of %llu", k,
               (unsigned long long)r.coded.n_clipped, (unsigned long long)n_clipped);
        EXPECT_NEAR(r.coded.sum_overload_e2, overload, 1e-5 * overload, "%zu: overload", k);
        EXPECT_NEAR(r.coded.sum_e2 - r.coded.sum_overload_e2, granular, 1e-4 * granular,
                    "%zu: granular", k);
        free(x);
        free(y);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the figures are those of the files", figures_are_those_of_the_files),
        SENTENCE("so they are where channels have depths of their own",
                 figures_of_mixed_depths_are_those_of_the_files),
        SENTENCE("so they are with a palette, of hidden pixels, too",
                 figures_of_palettes_are_those_of_the_files),
        SENTENCE("clipping is told from rounding", clipping_is_told_from_rounding),
        SENTENCE("samples of every maxval go to the nearest level",
                 samples_of_every_maxval_go_to_the_nearest_level),
    };

    return cmocka_run_group_tests_name("figures", tests, make_scratch_dir, remove_scratch_dir);
}
