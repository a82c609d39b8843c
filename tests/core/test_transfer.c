/* Transfer functions that are powers, against powl. */
#include "bitcrush/grid.h"
#include "bits.h"
#include "expect.h"

/* gAMA 0.45455 and others, Adobe RGB (1998), ProPhoto, the ends. */
static const double exponents[] = {
    100000.0 / 45455.0, 2.2, 563.0 / 256.0, 1.8, 1.0 / 1.8, 2.5, 0.4, 1.0, 3.0, BC_MIN_EXPONENT,
    BC_MAX_EXPONENT
};
enum { N_EXPONENTS = sizeof exponents / sizeof *exponents };

static bc_transfer of_exponent(double exponent)
{
    return (bc_transfer){ .kind = BC_TRANSFER_POWER, .exponent = exponent };
}

static void check(double exponent, double x)
{
    const bc_transfer t = of_exponent(exponent);
    const double light = (double)powl(x, exponent), coded = (double)powl(x, 1.0L / exponent);

    /* Relative too, down to where doubles lose bits. */
    EXPECT_NEAR(bc_transfer_decode(&t, x), light, 1e-12 * light + 0x1p-1074,
                "%.17g to the power %g", x, exponent);
    EXPECT_NEAR(bc_transfer_encode(&t, x), coded, 1e-12 * coded, "%.17g to the power 1 / %g", x,
                exponent);
}

static void closed_form(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (size_t i = 0; i < N_EXPONENTS; i++) {
        for (int v = 1; v <= 65535; v += 3)
            check(exponents[i], v / 65535.0);
        for (int j = 0; j < 5000; j++) {
            check(exponents[i], random_between(&seed, 0.0, 1.0));
            check(exponents[i], exp(random_between(&seed, -60.0, 0.0)));
        }
        check(exponents[i], nextafter(1.0, 0.0));
        check(exponents[i], 0x1p-1074);
        check(exponents[i], 0x1p-1022);
        check(exponents[i], 0.5);
        check(exponents[i], nextafter(0.5, 0.0));
    }
}

static void ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_EXPONENTS; i++) {
        const bc_transfer t = of_exponent(exponents[i]);

        assert_true(bc_transfer_decode(&t, 0.0) == 0.0 && bc_transfer_encode(&t, 0.0) == 0.0);
        assert_true(bc_transfer_decode(&t, 1.0) == 1.0 && bc_transfer_encode(&t, 1.0) == 1.0);
        assert_true(bc_transfer_decode(&t, -2.0) == 0.0 && bc_transfer_encode(&t, 2.0) == 1.0);
        assert_true(bc_transfer_decode(&t, (double)NAN) == 0.0);
    }
}

/* The exponent 1 changes nothing, not a bit. */
static void linear(void **state)
{
    const bc_transfer t = of_exponent(1.0);

    (void)state;
    for (int v = 0; v <= 65535; v++) {
        assert_true(bc_transfer_decode(&t, v / 65535.0) == v / 65535.0);
        assert_true(bc_transfer_encode(&t, v / 65535.0) == v / 65535.0);
    }
}

/* What a zeroed one and NULL are. */
static void srgb(void **state)
{
    const bc_transfer zero = { 0 };

    (void)state;
    for (int v = 0; v <= 255; v++) {
        const double x = v / 255.0;

        assert_true(bc_transfer_decode(NULL, x) == bc_light_from_coded(x));
        assert_true(bc_transfer_decode(&zero, x) == bc_light_from_coded(x));
        assert_true(bc_transfer_encode(NULL, x) == bc_coded_from_light(x));
        assert_true(bc_transfer_encode(&zero, x) == bc_coded_from_light(x));
    }
}

/* A grid needs marks that rise in float32, at every depth and exponent. */
static void grids(void **state)
{
    static float table[2 << 16];

    (void)state;
    for (size_t i = 0; i < N_EXPONENTS; i++) {
        const bc_transfer t = of_exponent(exponents[i]);

        for (int bits = 1; bits <= 16; bits++) {
            const uint32_t n = 1u << bits;
            bc_grid g;

            assert_int_equal(bc_grid_light(bits, &t, table, &g, NULL), BC_OK);
            assert_true(g.values[0] == 0.0f && g.values[n - 1] == 1.0f);
            for (uint32_t k = 0; k + 1 < n; k++)
                EXPECT(g.values[k] < g.thresholds[k] && g.thresholds[k] < g.values[k + 1],
                       "exponent %g, %d bits, code %u: %g, %g, %g", exponents[i], bits, k,
                       (double)g.values[k], (double)g.thresholds[k], (double)g.values[k + 1]);
        }
    }
}

static void names(void **state)
{
    static const struct {
        bc_transfer transfer;
        const char *name;
    } rows[] = { { { BC_TRANSFER_SRGB, 0.0 }, "sRGB" },
                 { { BC_TRANSFER_POWER, 1.0 }, "linear" },
                 { { BC_TRANSFER_POWER, 100000.0 / 45455.0 }, "gamma 2.2" },
                 { { BC_TRANSFER_POWER, 1.8 }, "gamma 1.8" },
                 { { BC_TRANSFER_POWER, 563.0 / 256.0 }, "gamma 2.199" } };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_transfer_name(&rows[i].transfer, text, sizeof text);
        assert_string_equal(text, rows[i].name);
    }
    bc_transfer_name(NULL, text, sizeof text);
    assert_string_equal(text, "sRGB");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("powers agree with powl within 1e-12", closed_form),
        SENTENCE("ends are exact, and beyond them values are clamped", ends),
        SENTENCE("the exponent 1 is the identity", linear),
        SENTENCE("zero and NULL are sRGB", srgb),
        SENTENCE("levels and thresholds rise for every exponent and depth", grids),
        SENTENCE("transfer functions are named", names),
    };

    return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
