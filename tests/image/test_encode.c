/* Pictures in memory as bytes of a file: libpng decodes what was given. */
#include "../base/scratch_dir.h"
#include "bitcrush/image.h"
#include "bitcrush/output.h"
#include "picture.h"

/* Samples of n_channels; `step` apart, so that few or many values occur. */
static uint8_t *samples_of(uint32_t width, uint32_t height, uint32_t n_channels, uint32_t step)
{
    const size_t n = (size_t)width * height * n_channels;
    uint8_t *samples = malloc(n);

    assert_non_null(samples);
    for (size_t i = 0; i < n; i++)
        samples[i] = (uint8_t)(i * 2654435761u % 256 / step * step);
    return samples;
}

static uint16_t expected(const uint8_t *samples, size_t pixel, size_t c, uint32_t n_channels)
{
    const uint32_t n_colours = n_channels < 3 ? 1 : 3;
    const uint8_t *at = samples + pixel * n_channels;

    if (c == 3)
        return n_channels % 2 == 0 ? (uint16_t)(257u * at[n_channels - 1]) : 65535;
    return (uint16_t)(257u * at[n_colours == 1 ? 0 : c]);
}

static void every_number_of_channels(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 }, { 7, 5 }, { 300, 200 } };

    (void)state;
    for (uint32_t row = 0; row < 3 * 4 * 2; row++) {
        const uint32_t width = sizes[row % 3][0], height = sizes[row % 3][1];
        const uint32_t n_channels = row / 3 % 4 + 1, step = row / 12 ? 85 : 1;
        uint8_t *samples = samples_of(width, height, n_channels, step), *bytes = NULL;
        size_t n = 0;
        bc_error err = { 0 };

        EXPECT(bc_image_encode(samples, width, height, n_channels, &bytes, &n, &err) == BC_OK, "%s",
               err.text);
        assert_int_equal(bc_output_write(path_of("x.png"), true, bytes, n, NULL), BC_OK);
        picture p = picture_load(path_of("x.png"));
        uint16_t *rgba = picture_rgba(&p);

        assert_int_equal(p.width, width);
        assert_int_equal(p.height, height);
        for (size_t i = 0; i < (size_t)width * height * 4; i++)
            EXPECT(rgba[i] == expected(samples, i / 4, i % 4, n_channels),
                   "%u x %u, %u channels, sample %zu: %u", width, height, n_channels, i, rgba[i]);
        free(rgba);
        picture_free(&p);
        free(bytes);
        free(samples);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every number of channels comes out as it went in", every_number_of_channels),
    };

    return cmocka_run_group_tests_name("encode", tests, make_scratch_dir, remove_scratch_dir);
}
