/* Without dither a sample goes to the nearest of 2^n levels, and levels stay where they are. */
#include "reduce.h"

/* A picture that holds every value of a depth of 8 or 16 bits, in all channels. */
static picture every_value(int colour_type, int depth)
{
    const uint32_t side = 1u << (depth / 2);
    picture p = picture_new(side, side, colour_type, depth);
    const uint32_t n = picture_channels(&p);

    for (uint32_t i = 0; i < side * side; i++)
        for (uint32_t c = 0; c < n; c++)
            p.samples[i * n + c] = (uint16_t)((i * (2 * c + 1) + 77 * c) % (side * side));
    return p;
}

/* Output codes expected of an input sample of 0..max. */
static uint32_t nearest(uint32_t v, uint32_t max, int bits)
{
    return rescaled(v, max, (1u << bits) - 1);
}

static uint32_t shifted(uint32_t v, uint32_t max, int bits)
{
    int depth = 0;

    while (max >> depth)
        depth++;
    return bits <= depth ? v >> (depth - bits) : 0;
}

static void check_codes(const picture *in, const bc_image_settings *s,
                        uint32_t (*code_of)(uint32_t v, uint32_t max, int bits))
{
    const uint32_t n = picture_channels(in), max = (1u << in->depth) - 1;
    picture out = reduce(in, s, NULL);
    uint16_t *rgba = picture_rgba(&out);

    for (size_t i = 0; i < (size_t)in->width * in->height * n; i++) {
        const uint16_t v = in->samples[i];
        const uint16_t want = stored_level(code_of(v, max, s->bits), s->bits, &out);
        const uint16_t got = rgba[i / n * 4 + i % n];

        EXPECT(got == want,
               "%d-bit %u at %d bits: stored %u, expected %u of 65535 (colour type "
               "%d, depth %d)",
               in->depth, v, s->bits, got, want, out.colour_type, out.depth);
    }
    free(rgba);
    picture_free(&out);
}

static void nearest_level(void **state)
{
    (void)state;
    for (int depth = 8; depth <= 16; depth += 8) {
        for (int type = GREY; type <= RGB; type += RGB - GREY) {
            picture in = every_value(type, depth);

            for (int bits = 1; bits <= 16; bits++) {
                const bc_image_settings s = settings_of("none", bits);

                check_codes(&in, &s, nearest);
            }
            picture_free(&in);
        }
    }
}

static void twice(void **state)
{
    (void)state;
    for (int depth = 8; depth <= 16; depth += 8) {
        picture in = every_value(RGB, depth);

        picture_save(&in, path_of("in.png"));
        for (int bits = 1; bits <= 16; bits++) {
            const bc_image_settings s = settings_of("none", bits);
            size_t n_once, n_again;

            (void)reduce_file(path_of("in.png"), path_of("once.png"), &s);

            const bc_image_result r = reduce_file(path_of("once.png"), path_of("again.png"), &s);
            uint8_t *once = load_bytes(path_of("once.png"), &n_once);
            uint8_t *again = load_bytes(path_of("again.png"), &n_again);

            EXPECT(n_once == n_again && memcmp(once, again, n_once) == 0,
                   "%d-bit picture to %d bits and again: %zu and %zu bytes, not the same", depth,
                   bits, n_once, n_again);
            /* The stored level is the nearest sample to k / (2^n - 1), not always that value. */
            EXPECT(r.coded.max_abs_e <= 0.5 / 255.0 + 1e-9 && r.n_levels_used <= 1u << bits,
                   "%d-bit picture to %d bits again: largest error %g", depth, bits,
                   r.coded.max_abs_e);
            free(once);
            free(again);
        }
        picture_free(&in);
    }
}

static const struct {
    int colour_type, depth, bits;
} copies[] = {
    { GREY, 1, 1 },    { GREY, 2, 2 },         { GREY, 4, 4 },        { GREY, 8, 8 },
    { GREY, 16, 16 },  { RGB, 8, 8 },          { RGB, 16, 16 },       { GREY_ALPHA, 8, 8 },
    { RGB, 8, 16 },    { GREY_ALPHA, 16, 16 }, { RGB_ALPHA, 16, 16 }, { RGB_ALPHA, 8, 8 },
    { INDEXED, 8, 8 }, { INDEXED, 2, 8 },      { GREY, 2, 4 },        { GREY, 1, 16 },
    { GREY, 4, 8 },    { GREY, 8, 16 },
};

/* Levels that are kept have no error to diffuse. */
static void exact_copies(void **state)
{
    const bc_diffusion *kernels;
    const size_t n_kernels = bc_diffusion_rows(&kernels);

    (void)state;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        picture in = picture_random(97, 61, copies[i].colour_type, copies[i].depth, i);
        const uint64_t want = picture_sum(&in);

        for (size_t k = 0; k < n_kernels; k++) {
            for (int linear = 0; linear < 2; linear++) {
                bc_image_settings s = settings_of(kernels[k].name, copies[i].bits);
                bc_image_result r;

                s.linear_light = linear;
                picture out = reduce(&in, &s, &r);

                EXPECT(picture_sum(&out) == want,
                       "colour type %d, %d to %d bits, %s, %s light: "
                       "the pixels changed",
                       copies[i].colour_type, copies[i].depth, copies[i].bits, kernels[k].name,
                       linear ? "linear" : "coded");
                EXPECT(r.coded.sum_e2 == 0.0 && r.linear.sum_e2 == 0.0 && r.coded.n > 0,
                       "colour type %d, %d to %d bits, %s: error %g of an exact copy",
                       copies[i].colour_type, copies[i].depth, copies[i].bits, kernels[k].name,
                       r.coded.sum_e2);
                picture_free(&out);
            }
        }
        picture_free(&in);
    }
}

static void truncation(void **state)
{
    (void)state;
    for (int depth = 8; depth <= 16; depth += 8) {
        for (int type = GREY; type <= RGB; type += RGB - GREY) {
            picture in = every_value(type, depth);

            for (int bits = 1; bits <= depth; bits++) {
                bc_image_settings s = settings_of("none", bits);

                s.rounding = BC_ROUND_TRUNCATE;
                check_codes(&in, &s, shifted);
            }
            picture_free(&in);
        }
    }
}

/* The mean over v of level (v >> d) / (2^n - 1), as the file has it, less v / 255: over all of
 * 0..255 both means are 1/2, so cutting bits off costs nothing; over the lower half it does. */
static void truncation_shows(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 8; bits++) {
        bc_image_settings s = settings_of("none", bits);
        picture in = picture_new(128, 1, GREY, 8);
        double want = 0.0;
        bc_image_result r;

        for (uint32_t v = 0; v < 128; v++) {
            in.samples[v] = (uint16_t)v;
            want += rescaled(v >> (8 - bits), (1u << bits) - 1, 255) / 255.0 - v / 255.0;
        }
        s.rounding = BC_ROUND_TRUNCATE;

        picture out = reduce(&in, &s, &r);

        /* Values are summed in double, or as float32 squares of steps: 1e-6 is far above. */
        EXPECT_NEAR(bc_error_mean(&r.coded), want / 128.0, 1e-6, "%d bits: mean error", bits);
        EXPECT(bits == 8 || bc_error_mean(&r.coded) < -0.0005, "%d bits: mean error %g", bits,
               bc_error_mean(&r.coded));
        picture_free(&in);
        picture_free(&out);
    }
}

/* Settings that cannot be, each with what its sentence names. */
static void impossible_settings(void **state)
{
    static const struct {
        int bits;
        bc_rounding rounding;
        const char *kernel, *noise, *format;
        double strength;
        int effort;
        bc_status status;
        const char *names;
    } rows[] = {
        { 0, BC_ROUND_NEAREST, NULL, "none", NULL, 1.0, 0, BC_E_USAGE, "0 bits" },
        { 17, BC_ROUND_NEAREST, NULL, "none", NULL, 1.0, 0, BC_E_USAGE, "17 bits" },
        { -3, BC_ROUND_NEAREST, NULL, "none", NULL, 1.0, 0, BC_E_USAGE, "-3 bits" },
        { 4, BC_ROUND_TRUNCATE, NULL, "rpdf", NULL, 1.0, 0, BC_E_USAGE, "truncate" },
        { 4, BC_ROUND_TRUNCATE, "floyd-steinberg", "none", NULL, 1.0, 0, BC_E_USAGE, "truncate" },
        { 4, BC_ROUND_NEAREST, "floyd-steinberg", "none", NULL, 1.5, 0, BC_E_USAGE, "strength" },
        { 4, BC_ROUND_NEAREST, "floyd-steinberg", "none", NULL, -0.5, 0, BC_E_USAGE, "strength" },
        { 4, BC_ROUND_NEAREST, "floyd-steinberg", "none", NULL, NAN, 0, BC_E_USAGE, "strength" },
        { 4, BC_ROUND_NEAREST, NULL, "none", "jpeg", 1.0, 0, BC_E_UNSUPPORTED, "jpeg" },
        { 4, BC_ROUND_NEAREST, NULL, "none", "tiff", 1.0, 0, BC_E_UNSUPPORTED, "tiff" },
        { 4, BC_ROUND_NEAREST, NULL, "none", NULL, 1.0, 13, BC_E_USAGE, "effort" },
        { 4, BC_ROUND_NEAREST, NULL, "none", NULL, 1.0, -1, BC_E_USAGE, "effort" },
    };

    (void)state;
    picture in = picture_random(5, 4, RGB, 8, 1);

    picture_save(&in, path_of("in.png"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_image_settings s = settings_of(rows[i].noise, rows[i].bits);
        bc_image_result result;
        bc_error err = { 0 };

        s.rounding = rows[i].rounding;
        s.kernel = rows[i].kernel ? bc_diffusion_find(rows[i].kernel) : NULL;
        s.format = rows[i].format;
        s.strength = rows[i].strength;
        s.effort = rows[i].effort;

        const bc_status st =
            bc_image_reduce(path_of("in.png"), path_of("not.png"), &s, &result, &err);

        EXPECT(st == rows[i].status && err.status == st, "row %zu: status %d, expected %d: %s", i,
               (int)st, (int)rows[i].status, err.text);
        EXPECT(strstr(err.text, rows[i].names), "row %zu: \"%s\" does not name \"%s\"", i, err.text,
               rows[i].names);
        EXPECT(count_files(false) == 1, "row %zu left a file behind", i);
    }
    picture_free(&in);
}

#define IN_EMPTY_DIR(text, function)                                                               \
    {                                                                                              \
        text, function, empty_scratch_dir, NULL, NULL                                              \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every 8-bit and 16-bit value goes to the nearest of 2^n levels", nearest_level),
        SENTENCE("reducing again to the same depth gives the same file", twice),
        SENTENCE("levels that exist at the new depth are copied, with every kernel", exact_copies),
        SENTENCE("truncation is the bit shift v >> (depth - n)", truncation),
        SENTENCE("the mean error of truncation is reported", truncation_shows),
        IN_EMPTY_DIR("impossible settings are refused with a sentence", impossible_settings),
    };

    return cmocka_run_group_tests_name("levels", tests, make_scratch_dir, remove_scratch_dir);
}
