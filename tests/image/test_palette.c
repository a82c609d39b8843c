/* Palettes: where their colours come from, and what pictures made of them keep. */
#include "bitcrush/palette.h"

#include "../core/bits.h"
#include "bitcrush/light.h"
#include "image/palette_search.h"
#include "reduce.h"

/* --- rows and files ------------------------------------------------------------------ */

static void rows_are_sound(void **state)
{
    const bc_palette_row *rows;
    const size_t n = bc_palette_rows(&rows);

    (void)state;
    assert_true(n >= 7);
    for (size_t i = 0; i < n; i++) {
        bc_palette p;
        bc_error err;

        EXPECT(rows[i].n_colours >= 2 && rows[i].n_colours <= 256, "%s", rows[i].name);
        EXPECT(bc_palette_named(rows[i].name, &p, &err) == BC_OK, "%s", rows[i].name);
        EXPECT(p.n_colours == rows[i].n_colours, "%s", rows[i].name);
        for (uint32_t a = 0; a < p.n_colours; a++)
            for (uint32_t b = 0; b < a; b++)
                EXPECT(memcmp(p.colours[a], p.colours[b], 3) != 0, "%s: colours %u and %u",
                       rows[i].name, b, a);
    }
}

static const struct {
    const char *name, *text;
    bc_status status;
    uint32_t n_colours; /* the first is 255, 128, 0 */
} files[] = {
    { "hex.txt", "ff8000\n#00ff00\n", BC_OK, 2 },
    { "comments.hex", "; by hand\n\n  #FF8000 // orange\r\n00ff00; green\n// end", BC_OK, 2 },
    { "twice.hex", "ff8000\nff8000\nFF8000\n", BC_OK, 1 },
    { "gimp.gpl", "GIMP Palette\nName: x\nColumns: 2\n# c\n255 128   0\tOrange peel\n  0 0 0\n",
      BC_OK, 2 },
    { "gimp-crlf.gpl", "GIMP Palette\r\n255 128 0\r\n0 0 0 black\r\n", BC_OK, 2 },
    { "short.hex", "ff800\n", BC_E_FORMAT, 0 },
    { "long.hex", "ff800000\n", BC_E_FORMAT, 0 },
    { "words.hex", "orange\n", BC_E_FORMAT, 0 },
    { "two.hex", "ff8000 00ff00\n", BC_E_FORMAT, 0 },
    { "none.hex", "; nothing\n", BC_E_FORMAT, 0 },
    { "large.gpl", "GIMP Palette\n256 0 0\n", BC_E_FORMAT, 0 },
    { "negative.gpl", "GIMP Palette\n-1 0 0\n", BC_E_FORMAT, 0 },
    { "pair.gpl", "GIMP Palette\n1 0\n", BC_E_FORMAT, 0 },
};

static void texts_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = path_of(files[i].name);
        bc_palette p = { 0 };
        bc_error err = { 0 };

        save_bytes(path, files[i].text, strlen(files[i].text));
        const bc_status st = bc_palette_load(path, &p, &err);

        EXPECT(st == files[i].status, "%s: status %d, %s", files[i].name, (int)st, err.text);
        EXPECT(p.n_colours == files[i].n_colours, "%s: %u colours", files[i].name, p.n_colours);
        EXPECT(st || memcmp(p.colours[0], "\xff\x80\x00", 3) == 0, "%s: first colour",
               files[i].name);
        EXPECT(!st || strstr(err.text, files[i].name), "%s: not named in \"%s\"", files[i].name,
               err.text);
    }
    bc_palette p;

    assert_int_equal(bc_palette_load(path_of("missing"), &p, NULL), BC_E_OPEN);
}

static void pictures_are_read(void **state)
{
    picture indexed = picture_random(20, 20, INDEXED, 4, 4), few = picture_new(3, 2, RGB, 8);
    picture many = picture_random(40, 40, RGB, 8, 6);
    bc_palette p;
    bc_error err = { 0 };

    (void)state;
    picture_save(&indexed, path_of("indexed.png"));
    assert_int_equal(bc_palette_load(path_of("indexed.png"), &p, &err), BC_OK);
    assert_int_equal(p.n_colours, indexed.n_palette);
    for (uint32_t i = 0; i < p.n_colours; i++)
        EXPECT(memcmp(p.colours[i], indexed.palette[i], 3) == 0, "entry %u", i);
    few.samples[0] = 9;
    few.samples[4] = 7;
    picture_save(&few, path_of("few.png"));
    assert_int_equal(bc_palette_load(path_of("few.png"), &p, &err), BC_OK);
    assert_int_equal(p.n_colours, 3);
    assert_memory_equal(p.colours, "\x09\0\0\0\x07\0\0\0\0", 9);
    picture_save(&many, path_of("many.png"));
    assert_int_equal(bc_palette_load(path_of("many.png"), &p, &err), BC_E_LIMIT);
    picture_free(&indexed);
    picture_free(&few);
    picture_free(&many);
}

/* --- search -------------------------------------------------------------------------- */

static void search_is_exact(void **state)
{
    static const uint32_t sizes[] = { 1, 2, 3, 16, 100, 256 };
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        static bci_search s;
        bci_vec points[256] = { { 0 } };
        bc_error err;

        for (uint32_t k = 0; k < sizes[i]; k++)
            for (int d = 0; d < 3; d++)
                points[k][d] = (float)random_between(&seed, 0.0, 1.0);
        assert_int_equal(
            bci_search_init(&s, points, sizes[i], bci_vec_all(0.0f), bci_vec_all(1.0f), &err),
            BC_OK);
        for (int t = 0; t < 50000; t++) {
            bci_vec v = { 0 };
            uint32_t best = 0;

            for (int d = 0; d < 3; d++)
                v[d] = t % 5 == 0 ? (float)(random_bits(&seed) % 33) / 32.0f
                                  : (float)random_between(&seed, 0.0, 1.0);
            for (uint32_t k = 1; k < sizes[i]; k++)
                best = bci_vec_square(v, points[k]) < bci_vec_square(v, points[best]) ? k : best;
            const uint32_t found = bci_search_nearest(&s, v);

            EXPECT(found == best, "%u points: found %u at %g, nearest is %u at %g", sizes[i], found,
                   (double)bci_vec_square(v, points[found]), best,
                   (double)bci_vec_square(v, points[best]));
        }
        bci_search_free(&s);
    }
}

/* Ottosson's published values: white, and the primaries through his own formulas. */
static void oklab_is_ottossons(void **state)
{
    static const struct {
        uint8_t rgb[3];
        double lab[3];
    } rows[] = {
        { { 0, 0, 0 }, { 0, 0, 0 } },
        { { 255, 255, 255 }, { 1, 0, 0 } },
        { { 255, 0, 0 }, { 0.627955, 0.224863, 0.125846 } },
        { { 0, 255, 0 }, { 0.866440, -0.233888, 0.179498 } },
        { { 0, 0, 255 }, { 0.452014, -0.032457, -0.311528 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int c = 0; c < 3; c++)
            EXPECT_NEAR((double)bci_oklab_of_colour(rows[i].rgb)[c], rows[i].lab[c], 2e-6,
                        "row %zu, coordinate %d", i, c);
}

/* --- pictures ------------------------------------------------------------------------ */

/* A smooth picture with many colours. */
static picture ramps(uint32_t width, uint32_t height, int colour_type, int depth)
{
    picture p = picture_new(width, height, colour_type, depth);
    const uint32_t n = picture_channels(&p), max = (1u << depth) - 1;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t c = 0; c < n; c++)
                p.samples[(y * width + x) * n + c] =
                    (uint16_t)(c == 0                     ? x * max / (width - 1)
                               : c == 1                   ? y * max / (height - 1)
                               : c == 2                   ? (x + y) * max / (width + height - 2)
                               : (x / 7 + y / 9) % 3 == 0 ? 0
                                                          : max);
    return p;
}

static const char *const dithers[] = { "none",           "floyd-steinberg", "jarvis", "atkinson",
                                       "stevenson-arce", "bayer8",          "rpdf",   "tpdf",
                                       "gaussian" };

enum { N_DITHERS = sizeof dithers / sizeof *dithers };

/* A picture that has no more colours than asked for is not changed by any dither. */
static void few_colours_stay(void **state)
{
    (void)state;
    for (size_t d = 0; d < N_DITHERS; d++) {
        for (int depth = 1; depth <= 8; depth *= 2) {
            picture in = picture_random(61, 43, INDEXED, depth, (uint64_t)depth);
            bc_image_settings s = settings_of(dithers[d], 8);
            bc_image_result r;

            for (uint32_t i = 0; i < in.n_palette; i++)
                in.palette[i][3] = 255;
            s.n_colours = 1u << depth;
            picture out = reduce(&in, &s, &r);

            EXPECT(picture_sum(&in) == picture_sum(&out), "%s, %d bits", dithers[d], depth);
            EXPECT(r.coded.sum_e2 == 0.0, "%s, %d bits: error %g", dithers[d], depth,
                   r.coded.sum_e2);
            picture_free(&in);
            picture_free(&out);
        }
    }
}

static void sizes_are_kept(void **state)
{
    static const uint32_t sizes[] = { 2, 3, 4, 5, 16, 17, 100, 256 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        picture in = ramps(97, 83, RGB, i % 2 ? 8 : 16);
        bc_image_settings s = settings_of("floyd-steinberg", 8);
        bc_image_result r;

        s.n_colours = sizes[i];
        picture out = reduce(&in, &s, &r);
        const int depth = sizes[i] <= 2 ? 1 : sizes[i] <= 4 ? 2 : sizes[i] <= 16 ? 4 : 8;

        EXPECT(r.palette.n_colours == sizes[i] && out.n_palette == sizes[i], "%u colours: %u, %u",
               sizes[i], r.palette.n_colours, out.n_palette);
        EXPECT(out.colour_type == INDEXED && out.depth == depth, "%u colours: type %d, depth %d",
               sizes[i], out.colour_type, out.depth);
        picture_free(&in);
        picture_free(&out);
    }
}

/* Who drives a panel reads indices: the palette is stored whole and in its order. */
static void order_is_kept(void **state)
{
    static const int kinds[] = { RGB, RGB_ALPHA, GREY };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        picture in = ramps(50, 40, kinds[i], 8);
        bc_image_settings s = settings_of("floyd-steinberg", 8);
        bc_palette p;
        bc_error err;

        assert_int_equal(bc_palette_named("7-colour", &p, &err), BC_OK);
        s.palette = &p;
        picture out = reduce(&in, &s, NULL);

        assert_int_equal(out.colour_type, INDEXED);
        EXPECT(out.n_palette >= 7, "colour type %d: %u entries", kinds[i], out.n_palette);
        for (uint32_t k = 0; k < 7; k++)
            EXPECT(memcmp(out.palette[k], p.colours[k], 3) == 0 && out.palette[k][3] == 255,
                   "colour type %d: entry %u", kinds[i], k);
        picture_free(&in);
        picture_free(&out);
    }
}

/* Flat colours within the reach of the palette keep their mean light. */
static void mean_light_is_kept(void **state)
{
    static const struct {
        const char *palette, *dither;
        double tolerance; /* of light; mixtures of 16 colours are up to one colour off: 1 / 16 */
    } rows[] = {
        { "bw", "floyd-steinberg", 0.002 },
        { "7-colour", "floyd-steinberg", 0.003 },
        { "7-colour", "jarvis", 0.003 },
        { "cga16", "sierra-lite", 0.003 },
        { "7-colour", "floyd-steinberg+tpdf", 0.003 },
        { "7-colour", "bayer8", 0.0625 },
        { "bw", "bayer4", 0.0625 },
        { "cga16", "rpdf", 0.0625 },
    };
    static const uint8_t colours[][3] = { { 128, 128, 128 }, { 90, 90, 90 }, { 200, 190, 195 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < 3; k++) {
            const bool is_grey = strcmp(rows[i].palette, "bw") == 0;
            picture in = picture_new(128, 128, RGB, 8);
            char dither[40];
            bc_palette p;
            bc_error err;

            snprintf(dither, sizeof dither, "%s", rows[i].dither);
            char *plus = strchr(dither, '+');

            if (plus)
                *plus = '\0';
            bc_image_settings s = settings_of(dither, 8);

            s.noise = plus ? bc_noise_find(plus + 1) : s.noise;
            assert_int_equal(bc_palette_named(rows[i].palette, &p, &err), BC_OK);
            s.palette = &p;
            for (size_t j = 0; j < 128 * 128 * 3; j++)
                in.samples[j] = colours[k][is_grey ? 0 : j % 3];
            picture out = reduce(&in, &s, NULL);
            double sums[3] = { 0 };

            for (size_t j = 0; j < 128 * 128; j++)
                for (int c = 0; c < 3; c++)
                    sums[c] += bc_light_from_coded(out.palette[out.samples[j]][c] / 255.0);
            for (int c = 0; c < 3; c++)
                EXPECT_NEAR(sums[c] / (128 * 128),
                            bc_light_from_coded(colours[k][is_grey ? 0 : c] / 255.0),
                            rows[i].tolerance, "%s, %s, colour %zu, channel %d", rows[i].palette,
                            rows[i].dither, k, c);
            picture_free(&in);
            picture_free(&out);
        }
    }
}

/* What fully transparent pixels hide changes nothing, and alpha is kept. */
static void hidden_colours_do_not_matter(void **state)
{
    (void)state;
    for (size_t d = 0; d < N_DITHERS; d++) {
        uint64_t sums[2];

        for (uint16_t i = 0; i < 2; i++) {
            picture in = ramps(70, 60, RGB_ALPHA, 8);
            bc_image_settings s = settings_of(dithers[d], 8);

            s.n_colours = 16;
            for (size_t j = 0; j < 70 * 60; j++)
                for (size_t c = 0; in.samples[4 * j + 3] == 0 && c < 3; c++)
                    in.samples[4 * j + c] = (uint16_t)(i * (j * 31 + c) % 256);
            picture out = reduce(&in, &s, NULL);
            uint16_t *rgba = picture_rgba(&out);

            EXPECT(out.colour_type == INDEXED && out.depth == 4 && out.n_palette <= 16,
                   "%s: type %d, depth %d, %u colours", dithers[d], out.colour_type, out.depth,
                   out.n_palette);
            for (size_t j = 0; j < 70 * 60; j++)
                EXPECT(rgba[4 * j + 3] == in.samples[4 * j + 3] * 257, "%s: alpha %zu", dithers[d],
                       j);
            sums[i] = picture_sum(&out);
            free(rgba);
            picture_free(&in);
            picture_free(&out);
        }
        EXPECT(sums[0] == sums[1], "%s", dithers[d]);
    }
}

static void threads_do_not_matter(void **state)
{
    static const int n_threads[] = { 1, 2, 7 };

    (void)state;
    for (size_t d = 0; d < N_DITHERS; d++) {
        picture in = ramps(640, 700, RGB, 8);
        uint8_t *first = NULL;
        size_t n_first = 0;

        for (int t = 0; t < 3; t++) {
            bc_image_settings s = settings_of(dithers[d], 8);
            size_t n;

            s.n_colours = 33;
            s.n_threads = n_threads[t];
            picture out = reduce(&in, &s, NULL);
            uint8_t *bytes = load_bytes(path_of("out.png"), &n);

            EXPECT(!first || (n == n_first && memcmp(bytes, first, n) == 0), "%s, %d threads",
                   dithers[d], n_threads[t]);
            if (first)
                free(bytes);
            first = first ? first : bytes;
            n_first = n;
            picture_free(&out);
        }
        free(first);
        picture_free(&in);
    }
}

/* As pnm has no palettes, its samples are the colours. */
static void pnm_holds_the_colours(void **state)
{
    picture in = ramps(50, 40, RGB, 8);
    bc_image_settings s = settings_of("floyd-steinberg", 8);
    size_t n;

    (void)state;
    s.n_colours = 8;
    picture_save(&in, path_of("in.png"));
    const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.ppm"), &s);
    uint8_t *bytes = load_bytes(path_of("out.ppm"), &n);

    assert_true(n > 50 * 40 * 3);
    for (size_t i = n - 50 * 40 * 3; i < n; i += 3) {
        uint32_t k = 0;

        while (k < r.palette.n_colours && memcmp(bytes + i, r.palette.colours[k], 3) != 0)
            k++;
        EXPECT(k < r.palette.n_colours, "pixel at byte %zu is not of the palette", i);
    }
    free(bytes);
    picture_free(&in);
}

static void misuse_is_told(void **state)
{
    picture in = ramps(10, 10, RGB, 8);
    const bc_palette none = { 0 };
    bc_image_settings rows[5];

    (void)state;
    for (int i = 0; i < 5; i++) {
        rows[i] = settings_of("floyd-steinberg", 8);
        rows[i].n_colours = 16;
    }
    rows[0].n_colours = 1;
    rows[1].n_colours = 257;
    rows[2].palette = &none;
    rows[3].rounding = BC_ROUND_TRUNCATE;
    rows[4].kernel = bc_diffusion_find("ostromoukhov");
    picture_save(&in, path_of("in.png"));
    for (int i = 0; i < 5; i++) {
        bc_image_result r;
        bc_error err = { 0 };

        EXPECT(bc_image_reduce(path_of("in.png"), path_of("out.png"), &rows[i], &r, &err) ==
                       BC_E_USAGE &&
                   err.text[0],
               "row %d: %s", i, err.text);
    }
    picture_free(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("the named palettes have distinct colours", rows_are_sound),
        SENTENCE("palettes are read from lists of hex colours and from GIMP", texts_are_read),
        SENTENCE("palettes are read from pictures", pictures_are_read),
        SENTENCE("the search finds the nearest of all", search_is_exact),
        SENTENCE("OKLab has Ottosson's values", oklab_is_ottossons),
        SENTENCE("a picture of few colours comes out as it was", few_colours_stay),
        SENTENCE("as many colours come out as were asked for", sizes_are_kept),
        SENTENCE("a given palette is stored in its order", order_is_kept),
        SENTENCE("flat colours keep their mean light", mean_light_is_kept),
        SENTENCE("colours under alpha 0 change nothing", hidden_colours_do_not_matter),
        SENTENCE("threads change no byte", threads_do_not_matter),
        SENTENCE("a PNM holds colours of the palette", pnm_holds_the_colours),
        SENTENCE("what cannot be done is told", misuse_is_told),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
