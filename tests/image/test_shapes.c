/* Depth shapes: grey from colours, depths by channel, 16 bits to 8, and the same depth again. */
#include <math.h>

#include "reduce.h"

/* sRGB by its definition (IEC 61966-2-1), with libm. */
static double light_of(double coded)
{
    return coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4);
}

static double coded_of(double light)
{
    return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* BT.709 luma of single colours in linear light, coded again, to the nearest of 8 bits. Black and
 * white are exact because the weights sum to 1. */
static void grey_is_luma(void **state)
{
    static const uint16_t colours[][3] = { { 0, 0, 0 },     { 255, 255, 255 }, { 255, 0, 0 },
                                           { 0, 255, 0 },   { 0, 0, 255 },     { 128, 128, 128 },
                                           { 12, 200, 90 }, { 1, 1, 1 },       { 250, 20, 30 } };
    enum { N = sizeof colours / sizeof *colours };
    picture p = picture_new(N, 1, RGB, 8);
    bc_image_settings s = settings_of("none", 8);

    (void)state;
    s.grey = true;
    for (size_t i = 0; i < N; i++)
        memcpy(p.samples + 3 * i, colours[i], sizeof colours[i]);
    picture out = reduce(&p, &s, NULL);
    uint16_t *rgba = picture_rgba(&out);

    for (size_t i = 0; i < N; i++) {
        const double light = 0.2126 * light_of(colours[i][0] / 255.0) +
                             0.7152 * light_of(colours[i][1] / 255.0) +
                             0.0722 * light_of(colours[i][2] / 255.0);
        const double want = floor(255.0 * coded_of(light) + 0.5);

        EXPECT(rgba[4 * i] == want * 257 && rgba[4 * i] == rgba[4 * i + 1] &&
                   rgba[4 * i] == rgba[4 * i + 2],
               "%d, %d, %d became %g, expected %g", colours[i][0], colours[i][1], colours[i][2],
               rgba[4 * i] / 257.0, want);
    }
    free(rgba);
    picture_free(&out);
    picture_free(&p);
}

/* Undithered 5, 6 and 5 bits: every value of each channel goes to the nearest of its levels. */
static void channels_have_their_depths(void **state)
{
    static const int bits[3] = { 5, 6, 5 };
    picture p = picture_new(256, 1, RGB_ALPHA, 8);
    bc_image_settings s = settings_of("none", 6);

    (void)state;
    memcpy(s.channel_bits, bits, sizeof bits);
    s.alpha_bits = 4;
    for (size_t i = 0; i < 256; i++)
        for (size_t c = 0; c < 4; c++)
            p.samples[4 * i + c] = (uint16_t)((i * (2 * c + 1)) % 256);
    picture out = reduce(&p, &s, NULL);
    uint16_t *rgba = picture_rgba(&out);

    assert_true(out.has_sbit && out.sbit[0] == 5 && out.sbit[1] == 6 && out.sbit[2] == 5 &&
                out.sbit[3] == 4);
    for (size_t i = 0; i < 4 * 256; i++) {
        const uint32_t top = i % 4 == 3 ? 15 : (1u << bits[i % 4]) - 1;
        const uint32_t code = rescaled(p.samples[i], 255, top);

        EXPECT(rgba[i] == rescaled(code, top, 255) * 257, "channel %zu: %d became %d", i % 4,
               p.samples[i], rgba[i] / 257);
    }
    free(rgba);
    picture_free(&out);
    picture_free(&p);
}

/* 16 bits to 8: a flat 100.5 of 255 keeps its mean light to 0.02 of a step, with every dither that
 * claims to keep it. */
static void half_steps_average(void **state)
{
    static const char *const dithers[] = { "floyd-steinberg", "rpdf",   "tpdf",
                                           "bayer16",         "jarvis", "ostromoukhov" };
    const double want = 257 * 100.5;
    picture p = picture_new(256, 256, GREY, 16);

    (void)state;
    for (size_t i = 0; i < 256 * 256; i++)
        p.samples[i] = 25829; /* 257 x 100.5 = 25828.5 */
    for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++) {
        const bc_image_settings s = settings_of(dithers[d], 8);
        picture out = reduce(&p, &s, NULL);
        uint16_t *rgba = picture_rgba(&out);
        double sum = 0.0;

        for (size_t i = 0; i < 256 * 256; i++)
            sum += rgba[4 * i];
        EXPECT(fabs(sum / (256 * 256) - want) < 0.02 * 257, "%s: mean %.4f of 255, expected 100.50",
               dithers[d], sum / (256 * 256) / 257.0);
        free(rgba);
        picture_free(&out);
    }
    picture_free(&p);
}

/* A file that declares its depth is at it: no dither has anything to do. */
static void same_depth_again(void **state)
{
    const bc_diffusion *kernels;
    const bc_noise *noises;
    const size_t n_kernels = bc_diffusion_rows(&kernels), n_noises = bc_noise_rows(&noises);
    picture p = picture_random(61, 47, RGB, 8, 7);

    (void)state;
    for (size_t i = 0; i < n_kernels + n_noises; i++) {
        const char *name = i < n_kernels ? kernels[i].name : noises[i - n_kernels].name;
        /* Noise that reaches past half a step moves levels: that is what it is for. */
        const bool stays = i < n_kernels || noises[i - n_kernels].form == BC_NOISE_NONE ||
                           noises[i - n_kernels].form == BC_NOISE_RPDF ||
                           noises[i - n_kernels].form == BC_NOISE_BAYER;

        for (int bits = 1; stays && bits <= 8; bits++) {
            const bc_image_settings s = settings_of(name, bits);
            picture once = reduce(&p, &s, NULL);
            picture twice = reduce(&once, &s, NULL);

            EXPECT(picture_sum(&once) == picture_sum(&twice), "%s, %d bits: changed again", name,
                   bits);
            EXPECT(bits < 8 || picture_sum(&once) == picture_sum(&p), "%s: 8 bits to 8 changed",
                   name);
            picture_free(&once);
            picture_free(&twice);
        }
    }
    picture_free(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("grey is BT.709 luma in linear light", grey_is_luma),
        SENTENCE("channels have depths of their own", channels_have_their_depths),
        SENTENCE("half steps average out from 16 bits to 8", half_steps_average),
        SENTENCE("the same depth again changes nothing", same_depth_again),
    };

    return cmocka_run_group_tests_name("shapes", tests, make_scratch_dir, remove_scratch_dir);
}
