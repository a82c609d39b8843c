/* Alpha is kept, and a pixel that cannot be seen has no part in the others. */
#include "reduce.h"

/* A picture with holes: a disc and single pixels of alpha 0, some of alpha in between. Under
 * alpha 0 the colours are those of `hidden`. */
static picture with_holes(int colour_type, int depth, uint64_t hidden)
{
    picture p = picture_random(83, 67, colour_type, depth, 11);
    const uint32_t n = picture_channels(&p), max = (1u << depth) - 1;

    for (uint32_t y = 0; y < p.height; y++) {
        for (uint32_t x = 0; x < p.width; x++) {
            uint16_t *s = p.samples + n * ((size_t)y * p.width + x);
            const int dx = (int)x - 40, dy = (int)y - 30;
            const bool is_hole = dx * dx + dy * dy < 300 || (x * 7 + y * 3) % 41 == 0;

            for (uint32_t c = 0; c + 1 < n; c++)
                s[c] = (uint16_t)((x + y + 20 * c) * max / 255);
            s[n - 1] = (uint16_t)(is_hole ? 0 : x % 5 == 0 ? 1 + (y * 97 + x) % max : max);
            for (uint32_t c = 0; is_hole && c + 1 < n; c++)
                s[c] = (uint16_t)(hidden == 0 ? 0 : hidden * (x + 1) * (y + 3) * (c + 1) % max);
        }
    }
    return p;
}

static const char *const dithers[] = { "floyd-steinberg", "none", "rpdf", "hptpdf", "bayer8" };

static void hidden_colours(void **state)
{
    static const int kinds[][2] = { { GREY_ALPHA, 8 }, { RGB_ALPHA, 8 }, { RGB_ALPHA, 16 } };

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++) {
            for (int bits = 1; bits <= 5; bits += 2) {
                uint16_t *rgba[2];
                picture in[2], out[2];

                for (size_t i = 0; i < 2; i++) {
                    const bc_image_settings s = settings_of(dithers[d], bits);

                    in[i] = with_holes(kinds[k][0], kinds[k][1], i * 54321);
                    out[i] = reduce(&in[i], &s, NULL);
                    rgba[i] = picture_rgba(&out[i]);
                }
                for (size_t i = 0; i < 4 * 83 * 67; i++) {
                    const bool is_hidden = rgba[0][i | 3] == 0;

                    EXPECT(is_hidden || rgba[0][i] == rgba[1][i],
                           "%s, colour type %d, depth %d, "
                           "%d bits: %c of pixel %zu, %u and %u, depends on hidden colours",
                           dithers[d], kinds[k][0], kinds[k][1], bits, "RGBA"[i % 4], i / 4,
                           rgba[0][i], rgba[1][i]);
                }
                for (size_t i = 0; i < 2; i++) {
                    free(rgba[i]);
                    picture_free(&in[i]);
                    picture_free(&out[i]);
                }
            }
        }
    }
}

static void alpha_is_kept(void **state)
{
    static const int kinds[][2] = {
        { GREY_ALPHA, 8 }, { GREY_ALPHA, 16 }, { RGB_ALPHA, 8 }, { RGB_ALPHA, 16 }
    };

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        picture in = with_holes(kinds[k][0], kinds[k][1], 1);
        uint16_t *want = picture_rgba(&in);

        for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++) {
            for (int bits = 1; bits <= 16; bits += 3) {
                const bc_image_settings s = settings_of(dithers[d], bits);
                picture out = reduce(&in, &s, NULL);
                uint16_t *got = picture_rgba(&out);

                for (size_t i = 3; i < 4 * 83 * 67; i += 4)
                    EXPECT(got[i] == want[i],
                           "%s, colour type %d, depth %d, %d bits: alpha of "
                           "pixel %zu is %u, expected %u",
                           dithers[d], kinds[k][0], kinds[k][1], bits, i / 4, got[i], want[i]);
                free(got);
                picture_free(&out);
            }
        }
        free(want);
        picture_free(&in);
    }
}

/* An opaque picture is the same with and without its alpha channel. */
static void opaque_alpha(void **state)
{
    (void)state;
    for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++) {
        picture with = picture_random(57, 31, RGB_ALPHA, 8, 3);
        picture without = picture_new(57, 31, RGB, 8);
        const bc_image_settings s = settings_of(dithers[d], 2);

        for (size_t i = 0; i < 57 * 31; i++) {
            memcpy(without.samples + 3 * i, with.samples + 4 * i, 3 * sizeof *with.samples);
            with.samples[4 * i + 3] = 255;
        }
        picture a = reduce(&with, &s, NULL), b = reduce(&without, &s, NULL);

        EXPECT(picture_sum(&a) == picture_sum(&b), "%s: opaque alpha changes the picture",
               dithers[d]);
        picture_free(&with);
        picture_free(&without);
        picture_free(&a);
        picture_free(&b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("colours under alpha 0 do not change what is seen", hidden_colours),
        SENTENCE("alpha is kept exactly", alpha_is_kept),
        SENTENCE("opaque alpha makes no difference", opaque_alpha),
    };

    return cmocka_run_group_tests_name("alpha", tests, make_scratch_dir, remove_scratch_dir);
}
