/* What the file says about light decides where dithered errors are summed: means over flat
 * areas in the light that gAMA, sRGB, iCCP or cICP describe, written again here. */
#include <zlib.h>

#include "chunks.h"
#include "reduce.h"

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

static double srgb_light(double coded)
{
    return coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4);
}

/* Light of a coded value: sRGB for exponent 0. */
static double light_of(double exponent, double coded)
{
    return exponent == 0.0 ? srgb_light(coded) : pow(coded, exponent);
}

#define GAMMA(text)                                                                                \
    {                                                                                              \
        BEFORE_PLTE, "gAMA", BYTES(text)                                                           \
    }
#define SRGB                                                                                       \
    {                                                                                              \
        BEFORE_PLTE, "sRGB", BYTES("\0")                                                           \
    }
#define CICP(text)                                                                                 \
    {                                                                                              \
        BEFORE_PLTE, "cICP", BYTES(text)                                                           \
    }
#define GAMMA_1     "\0\1\x86\xa0" /* 100000 */
#define GAMMA_45455 "\0\0\xb1\x8f"

static const struct {
    const char *what;
    new_chunk chunks[2];
    size_t n;
    double exponent; /* 0: sRGB */
    const char *source;
} rows[] = {
    { "nothing", { SRGB }, 0, 0.0, "default" },
    { "sRGB", { SRGB }, 1, 0.0, "sRGB chunk" },
    { "gAMA 1.0", { GAMMA(GAMMA_1) }, 1, 1.0, "gAMA chunk" },
    { "gAMA 0.45455", { GAMMA(GAMMA_45455) }, 1, 0.0, "gAMA chunk" },
    { "gAMA 0.45", { GAMMA("\0\0\xaf\xc8") }, 1, 1.0 / 0.45, "gAMA chunk" },
    { "gAMA 0.55556", { GAMMA("\0\0\xd9\x04") }, 1, 1.0 / 0.55556, "gAMA chunk" },
    { "gAMA 2.5", { GAMMA("\0\3\xd0\x90") }, 1, 0.4, "gAMA chunk" },
    { "gAMA 0.05", { GAMMA("\0\0\x13\x88") }, 1, 0.0, "gAMA chunk out of range, taken as sRGB" },
    { "sRGB before gAMA", { GAMMA(GAMMA_45455), SRGB }, 2, 0.0, "sRGB chunk" },
    { "cICP linear", { CICP("\1\x08\0\1"), SRGB }, 2, 1.0, "cICP chunk" },
    { "cICP sRGB", { CICP("\1\x0d\0\1"), GAMMA(GAMMA_1) }, 2, 0.0, "cICP chunk" },
    { "cICP PQ", { CICP("\x09\x10\0\1") }, 1, 0.0, "cICP chunk, taken as sRGB" },
};

static double mean_light(const picture *p, double exponent)
{
    const size_t n = (size_t)p->width * p->height;
    uint16_t *rgba = picture_rgba(p);
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += light_of(exponent, rgba[4 * i] / 65535.0);
    free(rgba);
    return sum / (double)n;
}

static void flat_grey(void **state)
{
    static const int greys[] = { 32, 100, 128, 200 };
    enum { SIDE = 256 };

    (void)state;
    for (size_t i = 0; i < ROWS(rows) * ROWS(greys) * 2; i++) {
        const size_t row = i / ROWS(greys) / 2;
        const int grey = greys[i / 2 % ROWS(greys)], bits = i % 2 ? 4 : 1;
        picture flat = picture_new(SIDE, SIDE, GREY, 8);
        const bc_image_settings s = settings_of("floyd-steinberg", bits);

        for (size_t k = 0; k < SIDE * SIDE; k++)
            flat.samples[k] = (uint16_t)grey;
        picture_save(&flat, path_of("plain.png"));
        add_chunks(path_of("plain.png"), path_of("in.png"), rows[row].chunks, rows[row].n);

        const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.png"), &s);
        picture out = picture_load(path_of("out.png"));

        /* One grey step of 8 bits is what can be told from the input at all. */
        EXPECT_NEAR(mean_light(&out, rows[row].exponent),
                    light_of(rows[row].exponent, grey / 255.0), 1.0 / 255.0, "%s, grey %d, %d bits",
                    rows[row].what, grey, bits);
        assert_string_equal(r.input.transfer_source, rows[row].source);
        EXPECT(rows[row].exponent == 0.0
                   ? r.input.transfer.kind == BC_TRANSFER_SRGB
                   : r.input.transfer.kind == BC_TRANSFER_POWER &&
                         fabs(r.input.transfer.exponent - rows[row].exponent) < 1e-12,
               "%s: exponent %.17g", rows[row].what, r.input.transfer.exponent);
        picture_free(&flat);
        picture_free(&out);
    }
}

/* With gAMA 1.0 coded values are light: --light coded and linear are the same, also for noise. */
static void linear_is_coded(void **state)
{
    static const char *const dithers[] = { "rpdf", "tpdf", "bayer8", "floyd-steinberg", "none" };
    static const new_chunk gamma_1 = GAMMA(GAMMA_1);
    picture in = picture_random(61, 67, RGB, 8, 3);

    (void)state;
    picture_save(&in, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"), &gamma_1, 1);
    for (size_t d = 0; d < ROWS(dithers); d++) {
        bc_image_settings s = settings_of(dithers[d], 3);
        const bc_image_result linear = reduce_file(path_of("in.png"), path_of("a.png"), &s);

        s.linear_light = false;
        const bc_image_result coded = reduce_file(path_of("in.png"), path_of("b.png"), &s);
        picture a = picture_load(path_of("a.png")), b = picture_load(path_of("b.png"));
        size_t n_different = 0;

        for (size_t i = 0; i < 61 * 67 && a.colour_type == b.colour_type; i++)
            n_different += a.samples[i] != b.samples[i];
        /* The grids are k / 7 in float32 and in double: a tie may fall either way. */
        EXPECT(n_different <= 2, "%s: %zu of %d samples differ", dithers[d], n_different, 61 * 67);
        assert_true(linear.coded.sum_e2 == linear.linear.sum_e2);
        EXPECT_NEAR(linear.coded.sum_e2, coded.coded.sum_e2, 1e-3 * coded.coded.sum_e2, "%s",
                    dithers[d]);
        picture_free(&a);
        picture_free(&b);
    }
    picture_free(&in);
}

/* --- curves of profiles -------------------------------------------------------------- */

static uint8_t curve[9000];

static size_t put_u16s(size_t at, const uint32_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        curve[at + 2 * i] = (uint8_t)(values[i] >> 8);
        curve[at + 2 * i + 1] = (uint8_t)values[i];
    }
    return at + 2 * n;
}

/* ICC.1, 10.6: count, then samples of 16 bits (one: u8Fixed8 exponent). */
static size_t curv(const uint32_t *values, uint32_t n)
{
    memcpy(curve, "curv\0\0\0\0\0\0", 10);
    return put_u16s(put_u16s(10, &n, 1), values, n);
}

/* ICC.1, 10.18: function, then s15Fixed16 parameters. */
static size_t para(uint32_t function, const double *parameters, size_t n)
{
    memcpy(curve, "para\0\0\0\0", 8);
    size_t at = put_u16s(8, (const uint32_t[]){ function, 0 }, 2);

    for (size_t i = 0; i < n; i++) {
        const uint32_t fixed = (uint32_t)(int32_t)lround(parameters[i] * 65536.0);

        at = put_u16s(at, (const uint32_t[]){ fixed >> 16, fixed & 0xffff }, 2);
    }
    return at;
}

static size_t table_of(double exponent, uint32_t n)
{
    static uint32_t values[4096];

    for (uint32_t i = 0; i < n; i++)
        values[i] = (uint32_t)lround(65535.0 * light_of(exponent, i / (n - 1.0)));
    return curv(values, n);
}

static void check_profile(const char *what, size_t n_curve, double exponent, const char *source)
{
    uint8_t profile[10000] = { 0 }, iccp[12000] = "x";
    uLongf n_packed = 11000;
    const size_t n = 168 + n_curve;
    picture p = picture_random(8, 8, RGB, 8, 1);
    bc_image_reader *r;

    memcpy(profile + 16, "RGB ", 4);
    memcpy(profile + 36, "acsp", 4);
    profile[131] = 3;
    for (size_t i = 0; i < 3; i++) {
        uint8_t *tag = profile + 132 + 12 * i;

        memcpy(tag, (const char *[]){ "rTRC", "gTRC", "bTRC" }[i], 4);
        tag[7] = 168;
        tag[10] = (uint8_t)(n_curve >> 8);
        tag[11] = (uint8_t)n_curve;
    }
    memcpy(profile + 168, curve, n_curve);
    assert_int_equal(compress2(iccp + 3, &n_packed, profile, n, 6), Z_OK);
    picture_save(&p, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"),
               &(new_chunk){ BEFORE_PLTE, "iCCP", iccp, 3 + n_packed }, 1);
    assert_int_equal(bc_image_open(path_of("in.png"), &r, NULL), BC_OK);

    const bc_image_info *info = bc_image_get_info(r);

    EXPECT(strcmp(info->transfer_source, source) == 0, "%s: %s", what, info->transfer_source);
    EXPECT(exponent == 0.0 ? info->transfer.kind == BC_TRANSFER_SRGB
                           : info->transfer.kind == BC_TRANSFER_POWER &&
                                 fabs(info->transfer.exponent - exponent) < 1e-4,
           "%s: exponent %g", what, info->transfer.exponent);
    bc_image_reader_free(r);
    picture_free(&p);
}

static void profiles(void **state)
{
    static const double srgb[] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };
    static const double rec709[] = { 1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081 };
    static const double power[] = { 1.8 };

    (void)state;
    check_profile("no samples: linear", curv(NULL, 0), 1.0, "ICC profile");
    check_profile("Adobe RGB (1998)", curv((const uint32_t[]){ 0x0233 }, 1), 563.0 / 256.0,
                  "ICC profile");
    check_profile("two samples: linear", curv((const uint32_t[]){ 0, 65535 }, 2), 1.0,
                  "ICC profile");
    check_profile("table of sRGB", table_of(0.0, 1024), 0.0, "ICC profile");
    check_profile("table of the power 2.2", table_of(2.2, 1024), 0.0, "ICC profile, taken as sRGB");
    check_profile("parametric sRGB", para(3, srgb, 5), 0.0, "ICC profile");
    check_profile("parametric power", para(0, power, 1), 1.8, "ICC profile");
    check_profile("BT.709", para(3, rec709, 5), 0.0, "ICC profile, taken as sRGB");
    check_profile("exponent 0", curv((const uint32_t[]){ 0 }, 1), 0.0,
                  "ICC profile, taken as sRGB");
    check_profile("a cut curve", curv((const uint32_t[]){ 0, 65535 }, 2) - 1, 0.0,
                  "ICC profile, taken as sRGB");
    check_profile("no curve", 0, 0.0, "ICC profile, taken as sRGB");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("flat grey keeps the light that the file describes", flat_grey),
        SENTENCE("with gAMA 1.0 linear light is the coded values", linear_is_coded),
        SENTENCE("curves of profiles are read or taken as sRGB", profiles),
    };

    return cmocka_run_group_tests_name("transfer", tests, make_scratch_dir, remove_scratch_dir);
}
