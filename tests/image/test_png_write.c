/* The PNG files that come out: which layout is chosen, and that every pixel is the level it
 * should be, as libpng reads it. */
#include "reduce.h"

/* Expected pixels, as RGBA of 16 bits: levels of the input in the output's layout, alpha as it
 * was. The caller frees them. */
static uint16_t *expected_rgba(const picture *in, int bits, const picture *out)
{
    const int depth = in->colour_type == INDEXED ? 8 : in->depth;
    const uint32_t max = (1u << depth) - 1;
    uint16_t *rgba = picture_rgba(in);

    for (size_t i = 0; i < (size_t)in->width * in->height * 4; i++) {
        const uint32_t v = rgba[i] / (65535u / max);

        if (i % 4 < 3)
            rgba[i] = stored_level(rescaled(v, max, (1u << bits) - 1), bits, out);
    }
    return rgba;
}

static void check_pixels(const picture *in, int bits, const picture *out)
{
    uint16_t *want = expected_rgba(in, bits, out);
    uint16_t *got = picture_rgba(out);

    EXPECT(out->width == in->width && out->height == in->height && !out->is_interlaced,
           "%u x %u became %u x %u", in->width, in->height, out->width, out->height);
    for (size_t i = 0; i < (size_t)in->width * in->height * 4; i++)
        EXPECT(got[i] == want[i],
               "%u x %u, colour type %d, depth %d to %d bits (colour type %d, "
               "depth %d): %c of pixel %zu is %u, expected %u",
               in->width, in->height, in->colour_type, in->depth, bits, out->colour_type,
               out->depth, "RGBA"[i % 4], i / 4, got[i], want[i]);
    free(want);
    free(got);
}

/* --- pictures ------------------------------------------------------------------------ */

/* n colours (or greys), each as often as the others, over all of the range; alpha opaque. */
static picture of_colours(int colour_type, int depth, uint32_t n)
{
    picture p = picture_new(64, 64, colour_type, depth);
    const uint32_t channels = picture_channels(&p), max = (1u << depth) - 1;

    for (uint32_t i = 0; i < 64 * 64; i++) {
        uint16_t *s = p.samples + i * channels;
        const uint32_t k = i % n;

        s[0] = (uint16_t)(n > 1 ? k * max / (n - 1) : max / 2);
        for (uint32_t c = 1; c < channels; c++)
            s[c] = (uint16_t)(max - s[0]);
        if (channels == 3 || channels == 4) /* tell more than 256 apart in green */
            s[1] = (uint16_t)(k * 7 % (max + 1));
        if (channels % 2 == 0)
            s[channels - 1] = (uint16_t)max;
    }
    return p;
}

static picture random_pixels(int colour_type, int depth, uint32_t n)
{
    return picture_random(64, 64, colour_type, depth, n);
}

/* RGB or RGBA that is grey everywhere, with n greys; alpha opaque. */
static picture grey_in_colour(int colour_type, int depth, uint32_t n)
{
    picture p = of_colours(colour_type, depth, n);
    const uint32_t channels = picture_channels(&p);

    for (uint32_t i = 0; i < 64 * 64; i++)
        p.samples[i * channels + 1] = p.samples[i * channels + 2] = p.samples[i * channels];
    return p;
}

/* The last pixel alone is not grey. */
static picture nearly_grey(int colour_type, int depth, uint32_t n)
{
    picture p = grey_in_colour(colour_type, depth, n);

    p.samples[64 * 64 * picture_channels(&p) - 3] ^= (uint16_t)(1u << (depth - 1));
    return p;
}

/* The last pixel alone is not opaque. */
static picture nearly_opaque(int colour_type, int depth, uint32_t n)
{
    picture p = of_colours(colour_type, depth, n);

    p.samples[64 * 64 * picture_channels(&p) - 1] = 1;
    return p;
}

/* Colours by fours: the first of each opaque, the others of three other alphas. */
static picture of_alphas(int colour_type, int depth, uint32_t n)
{
    picture p = of_colours(colour_type, depth, n);
    const uint32_t channels = picture_channels(&p);

    for (uint32_t i = 0; i < 64 * 64; i++)
        p.samples[i * channels + channels - 1] =
            (uint16_t)(((1u << depth) - 1) * (3 - i % n % 4) / 3);
    return p;
}

/* --- the choice ---------------------------------------------------------------------- */

static const struct {
    const char *what;
    picture (*make)(int colour_type, int depth, uint32_t n);
    int in_type, in_depth;
    uint32_t n;
    int bits;
    int type, depth;
    uint32_t n_palette, n_alphas;
    uint8_t sbit; /* of colour samples, 0: no sBIT */
} choices[] = {
    { "grey", of_colours, GREY, 8, 256, 1, GREY, 1, 0, 0, 0 },
    { "grey", of_colours, GREY, 8, 256, 2, GREY, 2, 0, 0, 0 },
    { "grey", of_colours, GREY, 8, 256, 4, GREY, 4, 0, 0, 0 },
    { "8 greys, 4 bits an index", of_colours, GREY, 8, 256, 3, INDEXED, 4, 8, 0, 3 },
    { "5 bits have no packing", of_colours, GREY, 8, 256, 5, GREY, 8, 0, 0, 5 },
    { "7 bits", of_colours, GREY, 8, 256, 7, GREY, 8, 0, 0, 7 },
    { "8 bits", of_colours, GREY, 8, 256, 8, GREY, 8, 0, 0, 0 },
    { "9 bits", of_colours, GREY, 8, 256, 9, GREY, 16, 0, 0, 9 },
    { "12 bits of 16", of_colours, GREY, 16, 4096, 12, GREY, 16, 0, 0, 12 },
    { "16 bits", of_colours, GREY, 16, 4096, 16, GREY, 16, 0, 0, 0 },
    { "16 to 4 bits", of_colours, GREY, 16, 4096, 4, GREY, 4, 0, 0, 0 },
    { "2 greys at 8 bits", of_colours, GREY, 8, 2, 8, INDEXED, 1, 2, 0, 0 },
    { "2 greys at 4 bits", of_colours, GREY, 8, 2, 4, INDEXED, 1, 2, 0, 4 },
    { "16 greys at 8 bits", of_colours, GREY, 8, 16, 8, INDEXED, 4, 16, 0, 0 },
    { "17 greys at 8 bits", of_colours, GREY, 8, 17, 8, GREY, 8, 0, 0, 0 },
    { "2 greys at 16 bits fit no palette", of_colours, GREY, 16, 2, 16, GREY, 16, 0, 0, 0 },
    { "one grey at 8 bits", of_colours, GREY, 8, 1, 8, INDEXED, 1, 1, 0, 0 },
    { "RGB", random_pixels, RGB, 8, 1, 1, INDEXED, 4, 8, 0, 1 },
    { "RGB", random_pixels, RGB, 8, 1, 2, INDEXED, 8, 64, 0, 2 },
    { "512 colours", random_pixels, RGB, 8, 1, 3, RGB, 8, 0, 0, 3 },
    { "RGB", random_pixels, RGB, 8, 1, 8, RGB, 8, 0, 0, 0 },
    { "RGB", random_pixels, RGB, 16, 1, 10, RGB, 16, 0, 0, 10 },
    { "RGB", random_pixels, RGB, 16, 1, 16, RGB, 16, 0, 0, 0 },
    { "2 colours", of_colours, RGB, 8, 2, 8, INDEXED, 1, 2, 0, 0 },
    { "3 colours", of_colours, RGB, 8, 3, 8, INDEXED, 2, 3, 0, 0 },
    { "5 colours", of_colours, RGB, 8, 5, 8, INDEXED, 4, 5, 0, 0 },
    { "16 colours", of_colours, RGB, 8, 16, 8, INDEXED, 4, 16, 0, 0 },
    { "17 colours", of_colours, RGB, 8, 17, 8, INDEXED, 8, 17, 0, 0 },
    { "256 colours", of_colours, RGB, 8, 256, 8, INDEXED, 8, 256, 0, 0 },
    { "257 colours", of_colours, RGB, 8, 257, 8, RGB, 8, 0, 0, 0 },
    { "16-bit colours at 8 bits", of_colours, RGB, 16, 5, 8, INDEXED, 4, 5, 0, 0 },
    { "palette of 4", random_pixels, INDEXED, 2, 3, 8, INDEXED, 2, 4, 0, 0 },
    { "palette of 4", random_pixels, INDEXED, 2, 3, 12, RGB, 16, 0, 0, 12 },
    { "grey in RGB", grey_in_colour, RGB, 8, 256, 1, GREY, 1, 0, 0, 0 },
    { "grey in RGB", grey_in_colour, RGB, 8, 256, 4, GREY, 4, 0, 0, 0 },
    { "grey in RGB", grey_in_colour, RGB, 8, 256, 8, GREY, 8, 0, 0, 0 },
    { "grey in RGB", grey_in_colour, RGB, 16, 4096, 11, GREY, 16, 0, 0, 11 },
    { "grey in RGBA", grey_in_colour, RGB_ALPHA, 8, 256, 2, GREY, 2, 0, 0, 0 },
    { "grey but for one pixel", nearly_grey, RGB, 8, 256, 8, RGB, 8, 0, 0, 0 },
    { "grey but for one pixel", nearly_grey, RGB, 8, 256, 1, INDEXED, 2, 3, 0, 1 },
    { "opaque RGBA", of_colours, RGB_ALPHA, 8, 4096, 8, RGB, 8, 0, 0, 0 },
    { "opaque RGBA", of_colours, RGB_ALPHA, 8, 256, 8, INDEXED, 8, 256, 0, 0 },
    { "opaque RGBA", of_colours, RGB_ALPHA, 16, 4096, 9, RGB, 16, 0, 0, 9 },
    { "opaque grey + alpha", of_colours, GREY_ALPHA, 8, 256, 4, GREY, 4, 0, 0, 0 },
    { "opaque grey + alpha", of_colours, GREY_ALPHA, 16, 256, 4, GREY, 4, 0, 0, 0 },
    { "opaque but for one pixel", nearly_opaque, GREY_ALPHA, 8, 256, 8, GREY_ALPHA, 8, 0, 0, 0 },
    { "opaque but for one pixel", nearly_opaque, RGB_ALPHA, 8, 300, 8, RGB_ALPHA, 8, 0, 0, 0 },
    { "RGBA", random_pixels, RGB_ALPHA, 8, 1, 8, RGB_ALPHA, 8, 0, 0, 0 },
    { "RGBA", random_pixels, RGB_ALPHA, 8, 1, 3, RGB_ALPHA, 8, 0, 0, 3 },
    { "RGBA of 16 bits keeps alpha", random_pixels, RGB_ALPHA, 16, 1, 4, RGB_ALPHA, 16, 0, 0, 4 },
    { "grey + alpha", random_pixels, GREY_ALPHA, 8, 1, 4, GREY_ALPHA, 8, 0, 0, 4 },
    { "grey + alpha of 16 bits", random_pixels, GREY_ALPHA, 16, 1, 1, GREY_ALPHA, 16, 0, 0, 1 },
    { "16 colours of 4 alphas", of_alphas, RGB_ALPHA, 8, 16, 8, INDEXED, 4, 16, 12, 0 },
    { "4 greys of 4 alphas", of_alphas, GREY_ALPHA, 8, 4, 8, INDEXED, 2, 4, 3, 0 },
    { "4 greys of 4 alphas", of_alphas, GREY_ALPHA, 8, 4, 3, INDEXED, 2, 4, 3, 3 },
};

/* Translucent entries come first, so that tRNS ends with the last of them. */
static void check_palette(const picture *out, const char *what)
{
    for (uint32_t i = 0; i < out->n_palette; i++) {
        const bool is_opaque = out->palette[i][3] == 255;

        EXPECT(is_opaque == (i >= out->n_alphas), "%s: entry %u of %u has alpha %u, tRNS has %u",
               what, i, out->n_palette, out->palette[i][3], out->n_alphas);
        for (uint32_t j = 0; j < i; j++)
            EXPECT(memcmp(out->palette[i], out->palette[j], 4) != 0,
                   "%s: palette entries %u and %u are equal", what, j, i);
    }
}

static void layouts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        char what[96];
        picture in = choices[i].make(choices[i].in_type, choices[i].in_depth, choices[i].n);
        const bc_image_settings s = settings_of("none", choices[i].bits);
        bc_image_result r;
        picture out = reduce(&in, &s, &r);
        const bool has_alpha = out.colour_type == GREY_ALPHA || out.colour_type == RGB_ALPHA;

        snprintf(what, sizeof what, "row %zu: %s of %d bits to %d", i, choices[i].what,
                 choices[i].in_depth, choices[i].bits);
        EXPECT(out.colour_type == choices[i].type && out.depth == choices[i].depth &&
                   out.n_palette == choices[i].n_palette && out.n_alphas == choices[i].n_alphas,
               "%s: colour type %d, depth %d, palette %u, tRNS %u, expected %d, %d, %u, %u", what,
               out.colour_type, out.depth, out.n_palette, out.n_alphas, choices[i].type,
               choices[i].depth, choices[i].n_palette, choices[i].n_alphas);
        EXPECT(r.output_depth == out.depth && r.output_palette == out.n_palette,
               "%s: reported as depth %d, palette %u", what, r.output_depth, r.output_palette);
        EXPECT(out.has_sbit == (choices[i].sbit > 0), "%s: sBIT is %d", what, out.has_sbit);
        for (uint32_t c = 0; c < picture_channels(&out) && out.has_sbit; c++) {
            const bool is_alpha = has_alpha && c + 1 == picture_channels(&out);

            EXPECT(out.sbit[c] == (is_alpha ? choices[i].in_depth : choices[i].sbit),
                   "%s: sBIT of channel %u is %u", what, c, out.sbit[c]);
        }
        check_palette(&out, what);
        check_pixels(&in, choices[i].bits, &out);
        picture_free(&in);
        picture_free(&out);
    }
}

/* --- every pixel --------------------------------------------------------------------- */

static void small_pictures(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 }, { 1, 23 }, { 23, 1 }, { 3, 5 }, { 17, 9 } };
    static const int kinds[][2] = { { GREY, 1 },        { GREY, 4 },      { GREY, 8 },
                                    { GREY, 16 },       { RGB, 8 },       { RGB, 16 },
                                    { INDEXED, 4 },     { INDEXED, 8 },   { GREY_ALPHA, 8 },
                                    { GREY_ALPHA, 16 }, { RGB_ALPHA, 8 }, { RGB_ALPHA, 16 } };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            picture in =
                picture_random(sizes[i][0], sizes[i][1], kinds[k][0], kinds[k][1], 10 * k + i);

            in.is_interlaced = (k + i) % 2;
            for (int bits = 1; bits <= 16; bits += bits < 9 ? 1 : 7) {
                const bc_image_settings s = settings_of("none", bits);
                picture out = reduce(&in, &s, NULL);

                check_pixels(&in, bits, &out);
                picture_free(&out);
            }
            picture_free(&in);
        }
    }
}

/* Rows of codes wait for the choice of the layout: in memory up to 16 MiB, then on disk. Here
 * they are 18.75 MiB (2048 x 1600 pixels, 3 channels, 2 bytes); the last row decides. */
static void late_decisions(void **state)
{
    static const struct {
        uint32_t n_last; /* colours in the last row */
        int type, depth;
    } rows[] = { { 2, INDEXED, 1 }, { 300, RGB, 8 } };
    enum { WIDTH = 2048, HEIGHT = 1600 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        picture in = picture_new(WIDTH, HEIGHT, RGB, 8);
        bc_image_settings s = settings_of("none", 8);

        s.n_threads = 2;
        for (size_t x = 0; x < (size_t)WIDTH * HEIGHT; x++)
            in.samples[3 * x] = x / 7 % 3 == x / WIDTH % 2 ? 255 : 0;
        for (uint32_t x = 0; x < WIDTH && rows[i].n_last > 2; x++) {
            in.samples[3 * ((size_t)WIDTH * (HEIGHT - 1) + x)] =
                (uint16_t)(x % rows[i].n_last % 256);
            in.samples[3 * ((size_t)WIDTH * (HEIGHT - 1) + x) + 1] =
                (uint16_t)(x % rows[i].n_last / 256);
        }
        picture out = reduce(&in, &s, NULL);

        EXPECT(out.colour_type == rows[i].type && out.depth == rows[i].depth,
               "%u colours in the last row: colour type %d, depth %d", rows[i].n_last,
               out.colour_type, out.depth);
        check_pixels(&in, 8, &out);
        picture_free(&in);
        picture_free(&out);
    }
}

/* 7 MB of rows, in 14 pieces of the compressed stream, that compress hardly or not at all. */
static void large_pictures(void **state)
{
    static const int kinds[][2] = { { GREY, 8 }, { RGB, 16 }, { GREY_ALPHA, 8 } };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const uint32_t bytes = kinds[k][0] == RGB ? 6 : kinds[k][0] == GREY ? 1 : 2;
        picture in = picture_random(2011, 3500 / bytes, kinds[k][0], kinds[k][1], k);
        bc_image_settings s = settings_of("floyd-steinberg", kinds[k][1]);
        bc_image_result r;

        s.n_threads = 2;
        picture out = reduce(&in, &s, &r);

        check_pixels(&in, kinds[k][1], &out);
        /* Random bytes do not shrink; stored blocks, chunks and joints cost little. */
        EXPECT(r.output_size_bytes > r.raw_bytes &&
                   r.output_size_bytes < r.raw_bytes + r.raw_bytes / 100,
               "colour type %d: %llu bytes of random samples became a file of %llu", kinds[k][0],
               (unsigned long long)r.raw_bytes, (unsigned long long)r.output_size_bytes);
        picture_free(&in);
        picture_free(&out);
    }
}

/* Effort changes the size, never the pixels. */
static void every_effort(void **state)
{
    picture in = picture_new(700, 900, RGB, 8);
    uint64_t seed = 1, sum = 0, size[13] = { 0 };

    (void)state;
    for (size_t i = 0; i < 3 * 700 * 900; i++) /* a ramp with some noise: worth compressing */
        in.samples[i] = (uint16_t)(i / 9000 + (i % 31 == 0 ? seed++ * 37 % 5 : 0));
    for (int effort = 1; effort <= 12; effort++) {
        bc_image_settings s = settings_of("none", 8);
        bc_image_result r;

        s.effort = effort;
        picture out = reduce(&in, &s, &r);

        if (effort == 1)
            check_pixels(&in, 8, &out);
        EXPECT(effort == 1 || picture_sum(&out) == sum, "effort %d changed the pixels", effort);
        sum = picture_sum(&out);
        size[effort] = r.output_size_bytes;
        picture_free(&out);
    }
    EXPECT(size[12] < size[6] && size[6] <= size[1],
           "%llu bytes at effort 1, %llu at 6, %llu at 12", (unsigned long long)size[1],
           (unsigned long long)size[6], (unsigned long long)size[12]);
    picture_free(&in);
}

/* Picture size and report sizes, by hand: raw and packed bytes, file size on disk. */
static void sizes(void **state)
{
    static const struct {
        int colour_type, depth, bits;
        uint64_t raw, packed; /* of 5 x 3 pixels */
    } rows[] = {
        { GREY, 8, 1, 15, 2 },     { GREY, 1, 1, 2, 2 },         { RGB, 8, 3, 45, 17 },
        { RGB, 16, 5, 90, 29 },    { GREY_ALPHA, 8, 4, 30, 23 }, { RGB_ALPHA, 16, 2, 120, 42 },
        { INDEXED, 4, 8, 45, 45 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        picture in = picture_random(5, 3, rows[i].colour_type, rows[i].depth, i);
        const bc_image_settings s = settings_of("none", rows[i].bits);
        bc_image_result r;
        size_t n_in, n_out;
        picture out = reduce(&in, &s, &r);

        free(load_bytes(path_of("in.png"), &n_in));
        free(load_bytes(path_of("out.png"), &n_out));
        EXPECT(r.raw_bytes == rows[i].raw && r.packed_bytes == rows[i].packed &&
                   r.input_size_bytes == n_in && r.output_size_bytes == n_out,
               "row %zu: raw %llu, packed %llu, files %llu and %llu, expected %llu, %llu, %zu, %zu",
               i, (unsigned long long)r.raw_bytes, (unsigned long long)r.packed_bytes,
               (unsigned long long)r.input_size_bytes, (unsigned long long)r.output_size_bytes,
               (unsigned long long)rows[i].raw, (unsigned long long)rows[i].packed, n_in, n_out);
        picture_free(&in);
        picture_free(&out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the smallest layout that holds the levels is chosen", layouts),
        SENTENCE("pixels of small pictures are the levels, at every depth", small_pictures),
        SENTENCE("the last row of 16 MiB may change the layout", late_decisions),
        SENTENCE("large incompressible pictures come back", large_pictures),
        SENTENCE("every effort gives the same pixels", every_effort),
        SENTENCE("sizes are reported as they are", sizes),
    };

    return cmocka_run_group_tests_name("PNG writing", tests, make_scratch_dir, remove_scratch_dir);
}
