/* A picture in memory is reduced to the codes that its file is reduced to. */
#include "reduce.h"

static void same_codes(void **state)
{
    static const struct {
        const char *dither;
        int bits, colour_type, depth;
    } rows[] = {
        { "none", 1, GREY, 8 }, { "floyd-steinberg", 1, RGB, 16 }, { "floyd-steinberg", 3, RGB, 8 },
        { "blue", 4, RGB, 16 }, { "tpdf", 2, GREY, 16 },           { "atkinson", 8, RGB, 16 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        picture p = picture_random(61, 47, rows[i].colour_type, rows[i].depth, i + 1);
        const bc_image_settings s = settings_of(rows[i].dither, rows[i].bits);
        picture file = reduce(&p, &s, NULL);
        const uint32_t channels = picture_channels(&p), pixels = 61 * 47;
        const bc_image_info info = { .width = 61,
                                     .height = 47,
                                     .n_channels = channels,
                                     .maxval = (1u << rows[i].depth) - 1,
                                     .depth = rows[i].depth,
                                     .true_depth = rows[i].depth };
        uint16_t *codes = malloc(pixels * channels * sizeof *codes);
        uint16_t *stored = picture_rgba(&file);
        uint8_t *bytes = malloc(pixels * channels);
        bc_error err;

        for (size_t k = 0; k < pixels * channels; k++)
            bytes[k] = (uint8_t)p.samples[k];
        const void *samples = rows[i].depth > 8 ? (const void *)p.samples : bytes;

        EXPECT(!bc_image_codes(&info, samples, &s, codes, &err), "row %zu: %s", i, err.text);
        for (size_t k = 0; k < pixels * channels; k++)
            EXPECT(stored[k / channels * 4 + k % channels] ==
                       stored_level(codes[k], rows[i].bits, &file),
                   "%s, %d bits: sample %zu has code %u", rows[i].dither, rows[i].bits, k,
                   codes[k]);
        free(codes);
        free(stored);
        free(bytes);
        picture_free(&file);
        picture_free(&p);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a picture in memory gets the codes of its file", same_codes),
    };

    return cmocka_run_group_tests_name("in memory", tests, make_scratch_dir, remove_scratch_dir);
}
