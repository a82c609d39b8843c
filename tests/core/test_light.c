/* The sRGB transfer function against the closed form of IEC 61966-2-1 in long double. */
#include "bitcrush/light.h"
#include "bits.h"
#include "expect.h"

static double light_of(double coded)
{
    const long double c = coded;

    return (double)(c <= 0.04045L ? c / 12.92L : powl((c + 0.055L) / 1.055L, 2.4L));
}

static double coded_of(double light)
{
    const long double l = light;

    return (double)(l <= 0.0031308L ? l * 12.92L : 1.055L * powl(l, 1.0L / 2.4L) - 0.055L);
}

/* 1e-12: some 10^4 units in the last place, and far below any 16-bit step; relative too. */
static void check(double at)
{
    EXPECT_NEAR(bc_light_from_coded(at), light_of(at), 1e-12 * fmin(1.0, light_of(at)),
                "light of coded %.17g", at);
    EXPECT_NEAR(bc_coded_from_light(at), coded_of(at), 1e-12 * fmin(1.0, coded_of(at)),
                "coded value of light %.17g", at);
}

static void closed_form(void **state)
{
    uint64_t seed = 111;

    (void)state;
    for (int v = 0; v <= 65535; v++)
        check(v / 65535.0);
    for (int i = 0; i < 20000; i++) {
        check(random_between(&seed, 0.0, 1.0));
        check(random_between(&seed, 0.0, 0.05));
        check(exp(random_between(&seed, -30.0, 0.0)));
    }
    check(0.04045);
    check(nextafter(0.04045, 1.0));
    check(0.0031308);
    check(nextafter(0.0031308, 1.0));
    check(nextafter(1.0, 0.0));
    check(0x1p-1074);
}

/* Values printed in many tables of sRGB, coded of 255 to linear. */
static void printed_values(void **state)
{
    static const struct {
        int coded;
        double light;
    } rows[] = { { 0, 0.0 },           { 1, 0.000303527 },   { 10, 0.003035270 },
                 { 11, 0.003346536 },  { 64, 0.051269458 },  { 128, 0.215860501 },
                 { 188, 0.502886458 }, { 254, 0.991102097 }, { 255, 1.0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT_NEAR(bc_light_from_coded(rows[i].coded / 255.0), rows[i].light, 1e-9, "%d of 255",
                    rows[i].coded);
}

static void round_trip(void **state)
{
    (void)state;
    for (int v = 0; v <= 65535; v++) {
        const double x = v / 65535.0;

        EXPECT_NEAR(bc_coded_from_light(bc_light_from_coded(x)), x, 1e-12, "code %d", v);
        /* Between 0.0031308 and the light of 0.04045 the standard's two pieces overlap by
         * 5e-9: no code of 16 bits lies there. */
        EXPECT_NEAR(bc_light_from_coded(bc_coded_from_light(x)), x, 1e-12, "light %d / 65535", v);
    }
}

static void ends(void **state)
{
    static const double low[] = { 0.0, -0.0, -1.0, -1e300, -(double)INFINITY };
    static const double high[] = { 1.0, 1.0000001, 2.0, 1e300, (double)INFINITY };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        EXPECT(bc_light_from_coded(low[i]) == 0.0 && bc_coded_from_light(low[i]) == 0.0, "%g",
               low[i]);
        EXPECT(bc_light_from_coded(high[i]) == 1.0 && bc_coded_from_light(high[i]) == 1.0, "%g",
               high[i]);
    }
    assert_true(bc_light_from_coded(NAN) == 0.0 && bc_coded_from_light(NAN) == 0.0);
}

static void monotone(void **state)
{
    (void)state;
    for (int v = 1; v <= 65535; v++) {
        EXPECT(bc_light_from_coded(v / 65535.0) > bc_light_from_coded((v - 1) / 65535.0),
               "light at code %d", v);
        EXPECT(bc_coded_from_light(v / 65535.0) > bc_coded_from_light((v - 1) / 65535.0),
               "coded value at %d / 65535", v);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("both ways agree with the closed form within 1e-12", closed_form),
        SENTENCE("well-known codes have their printed light", printed_values),
        SENTENCE("there and back is the same", round_trip),
        SENTENCE("ends are exact, and beyond them values are clamped", ends),
        SENTENCE("both ways rise over 65536 codes", monotone),
    };

    return cmocka_run_group_tests_name("light", tests, NULL, NULL);
}
