/* Dither keeps the light: the mean over an area, in linear light, is that of the input. The
 * transfer function is written again here, from IEC 61966-2-1. */
#include "reduce.h"

static double light_of(double coded)
{
    return coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4);
}

static const int greys[] = { 32, 64, 128, 188, 224 };
enum { N_GREYS = sizeof greys / sizeof *greys };

/* Mean of a channel (0..2) over all pixels of a picture, coded or in linear light, 0..1. */
static double mean_of(const picture *p, int channel, bool linear)
{
    const size_t n = (size_t)p->width * p->height;
    uint16_t *rgba = picture_rgba(p);
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double coded = rgba[4 * i + (size_t)channel] / 65535.0;

        sum += linear ? light_of(coded) : coded;
    }
    free(rgba);
    return sum / (double)n;
}

/* The distance of the two levels around a coded grey, coded or in linear light. */
static double gap_around(int grey, int bits, bool linear)
{
    const double top = (1 << bits) - 1;
    const double below = floor(grey / 255.0 * top), above = ceil(grey / 255.0 * top);

    return linear ? light_of(above / top) - light_of(below / top) : (above - below) / top;
}

static const struct {
    const char *dither;
    uint32_t side;
    int tile; /* n of an ordered n x n mask, or 0 */
} dithers[] = {
    /* One grey step of 8 bits is what can be told from the input at all. The diffused error
     * that leaves at the borders is less than that on this side. */
    { "floyd-steinberg", 256, 0 },
    /* Of m independent pixels the mean has sigma <= gap / (2 sqrt(m)): 1/255 is 4 sigma. */
    { "rpdf", 512, 0 },
    /* A mask turns on one of 0 .. n^2 pixels of a tile: the nearest of those n^2 + 1 means is
     * up to gap / (2 n^2) away. */
    { "bayer2", 256, 2 },
    { "bayer4", 256, 4 },
    { "bayer8", 256, 8 },
    { "bayer16", 256, 16 },
};

static void check(const char *dither, uint32_t side, double tolerance, int grey, int colour_type,
                  int bits, bool linear)
{
    bc_image_settings s = settings_of(dither, bits);
    picture flat = picture_new(side, side, colour_type, 8);

    s.linear_light = linear;
    for (size_t i = 0; i < (size_t)side * side * picture_channels(&flat); i++)
        flat.samples[i] = (uint16_t)grey;

    picture out = reduce(&flat, &s, NULL);
    const double want = linear ? light_of(grey / 255.0) : grey / 255.0;

    for (int c = 0; c < (colour_type == RGB ? 3 : 1); c++)
        EXPECT_NEAR(mean_of(&out, c, linear), want, tolerance,
                    "%s, grey %d, %s, %d bits, %s, "
                    "channel %d",
                    dither, grey, colour_type == RGB ? "RGB" : "grey", bits,
                    linear ? "linear" : "coded", c);
    picture_free(&flat);
    picture_free(&out);
}

static void check_all(int bits, bool linear)
{
    for (size_t d = 0; d < sizeof dithers / sizeof *dithers; d++) {
        for (size_t g = 0; g < N_GREYS; g++) {
            const double gap = gap_around(greys[g], bits, linear);
            const double n = dithers[d].tile;
            /* Past 1 bit the levels are stored in 8 bits, up to half a step away: their light is
             * off by less than a third of 1/255 (the slope of the curve is below 2.3, and 2 bits
             * and 4 bits are exact). */
            const double stored = bits == 3 ? 2.3 / 510.0 : 0.0;
            const double tolerance = n > 0 ? gap / (2.0 * n * n) + stored + 1e-6 : 1.0 / 255.0;

            check(dithers[d].dither, dithers[d].side, tolerance, greys[g], GREY, bits, linear);
            if (bits == 1)
                check(dithers[d].dither, dithers[d].side, tolerance, greys[g], RGB, bits, linear);
        }
    }
}

static void one_bit(void **state)
{
    (void)state;
    check_all(1, true);
}

static void more_bits(void **state)
{
    (void)state;
    for (int bits = 2; bits <= 4; bits++)
        check_all(bits, true);
}

static void coded_values(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 4; bits++)
        check_all(bits, false);
}

/* Kernels whose weights sum to 1 lose light at the borders only. */
static void every_kernel(void **state)
{
    const bc_diffusion *kernels;
    const size_t n = bc_diffusion_rows(&kernels);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        int sum = 0;

        for (int t = 0; t < kernels[i].n_taps; t++)
            sum += kernels[i].taps[t].weight;
        for (size_t g = 0; g < N_GREYS && sum == kernels[i].divisor; g++)
            check(kernels[i].name, 256, 1.0 / 255.0, greys[g], GREY, 1, true);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("flat grey keeps its light at 1 bit", one_bit),
        SENTENCE("flat grey keeps its light at 2, 3 and 4 bits", more_bits),
        SENTENCE("--light coded keeps the mean of the coded values", coded_values),
        SENTENCE("every kernel of full weight keeps the light at 1 bit", every_kernel),
    };

    return cmocka_run_group_tests_name("light", tests, make_scratch_dir, remove_scratch_dir);
}
