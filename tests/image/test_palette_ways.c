/* Palettes together with all else that pictures have: depths and channels, transfer functions,
 * metadata, and the figures of quality. */
#include "bitcrush/palette.h"

#include "chunks.h"
#include "reduce.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static bc_palette named(const char *name)
{
    bc_palette p;
    bc_error err = { 0 };

    EXPECT(bc_palette_named(name, &p, &err) == BC_OK, "%s", err.text);
    return p;
}

/* A picture whose channels are equal, with some fully transparent pixels where it has alpha. */
static picture grey_ramp(int colour_type, int depth)
{
    picture p = picture_new(64, 48, colour_type, depth);
    const uint32_t n = picture_channels(&p), max = (1u << depth) - 1;

    for (uint32_t i = 0; i < 64 * 48; i++)
        for (uint32_t c = 0; c < n; c++)
            p.samples[i * n + c] = (uint16_t)(n % 2 == 0 && c == n - 1 ? (i / 64 % 7 ? max : 0)
                                                                       : i * max / (64 * 48 - 1));
    return p;
}

/* Grey is a colour of equal channels: its result and its figures are those of RGB. */
static void grey_is_rgb(void **state)
{
    static const struct {
        int grey, rgb, depth;
    } rows[] = { { GREY, RGB, 8 },
                 { GREY, RGB, 16 },
                 { GREY_ALPHA, RGB_ALPHA, 8 },
                 { GREY_ALPHA, RGB_ALPHA, 16 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_palette p = named("7-colour");
        bc_image_settings s = settings_of("floyd-steinberg", 8);
        picture in[2] = { grey_ramp(rows[i].grey, rows[i].depth),
                          grey_ramp(rows[i].rgb, rows[i].depth) };
        bc_image_result r[2];

        s.palette = &p;
        picture a = reduce(&in[0], &s, &r[0]), b = reduce(&in[1], &s, &r[1]);

        EXPECT(picture_sum(&a) == picture_sum(&b), "row %zu", i);
        EXPECT(r[0].coded.n == r[1].coded.n && r[0].coded.sum_e2 == r[1].coded.sum_e2 &&
                   r[0].linear.sum_e2 == r[1].linear.sum_e2,
               "row %zu: errors", i);
        EXPECT(r[0].blurred_psnr_db == r[1].blurred_psnr_db && r[0].ssim == r[1].ssim,
               "row %zu: %g and %g dB blurred, SSIM %g and %g", i, r[0].blurred_psnr_db,
               r[1].blurred_psnr_db, r[0].ssim, r[1].ssim);
        picture_free(&in[0]);
        picture_free(&in[1]);
        picture_free(&a);
        picture_free(&b);
    }
}

/* Whether codes are indices or colours is the business of the file alone. */
static void formats_cost_the_same(void **state)
{
    static const int kinds[] = { GREY, RGB, RGB_ALPHA };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        picture in = picture_random(40, 30, kinds[i], 8, i + 1);
        bc_image_settings s = settings_of("jarvis", 8);

        s.n_colours = 11;
        picture_save(&in, path_of("in.png"));
        const bc_image_result png = reduce_file(path_of("in.png"), path_of("out.png"), &s);
        const bc_image_result pnm = reduce_file(path_of("in.png"), path_of("out.pam"), &s);

        EXPECT(png.coded.sum_e2 == pnm.coded.sum_e2 && png.blurred_psnr_db == pnm.blurred_psnr_db &&
                   png.ssim == pnm.ssim,
               "kind %d: %g and %g dB blurred, SSIM %g and %g", kinds[i], png.blurred_psnr_db,
               pnm.blurred_psnr_db, png.ssim, pnm.ssim);
        picture_free(&in);
    }
}

/* Pixels that nobody sees cost nothing of what is seen; sample by sample they count. */
static void hidden_pixels_are_not_seen(void **state)
{
    picture in = picture_new(32, 32, RGB_ALPHA, 8);
    const bc_palette p = named("bw");
    bc_image_settings s = settings_of("none", 8);
    bc_image_result r;

    (void)state;
    for (size_t i = 0; i < 32 * 32; i++) {
        const bool is_shown = i % 3 != 0;

        for (size_t c = 0; c < 4; c++)
            in.samples[4 * i + c] = is_shown ? 255 : c < 3 ? 200 : 0;
    }
    s.palette = &p;
    picture out = reduce(&in, &s, &r);

    const double black = 200.0 / 255.0, white = 1.0 - black; /* the two that 200 can become */
    const double each = r.coded.sum_e2 / (3 * 342);          /* of 1024 pixels */

    assert_true(r.coded.n == 3 * 32 * 32 && isinf(r.blurred_psnr_db));
    EXPECT(fabs(each - black * black) < 1e-9 || fabs(each - white * white) < 1e-9, "error %g",
           each);
    assert_true(r.ssim == 1.0);
    picture_free(&in);
    picture_free(&out);
}

/* A flat grey comes out with its light, as the file says what light is: of gamma 1, coded 128 is
 * as many white dots in 255. */
static void transfer_is_the_pictures(void **state)
{
    static const struct {
        const char *dither;
        double tolerance; /* mixtures of 16 colours are up to one off */
    } rows[] = { { "floyd-steinberg", 0.002 }, { "bayer8", 0.0625 } };
    static const new_chunk linear = { BEFORE_PLTE, "gAMA", BYTES("\0\1\x86\xa0") };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (int grey = 0; grey < 2; grey++) {
            picture in = picture_new(128, 128, RGB, 8);
            const bc_palette p = named("bw");
            bc_image_settings s = settings_of(rows[i].dither, 8);
            double sum = 0.0;

            s.palette = &p;
            s.grey = grey == 1;
            for (size_t k = 0; k < 128 * 128 * 3; k++)
                in.samples[k] = 128;
            picture_save(&in, path_of("plain.png"));
            add_chunks(path_of("plain.png"), path_of("in.png"), &linear, 1);
            const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.png"), &s);
            picture out = picture_load(path_of("out.png"));

            for (size_t k = 0; k < 128 * 128; k++)
                sum += out.palette[out.samples[k]][0] / 255.0;
            EXPECT_NEAR(sum / (128 * 128), 128.0 / 255.0, rows[i].tolerance, "%s, grey %d",
                        rows[i].dither, grey);
            EXPECT_NEAR(bc_error_mean(&r.linear), 0.0, rows[i].tolerance, "%s, grey %d",
                        rows[i].dither, grey);
            picture_free(&in);
            picture_free(&out);
        }
    }
}

/* Colour chunks go before PLTE, the others between it and the samples; a profile for grey does
 * not fit colours. */
static void metadata_go_along(void **state)
{
    static const new_chunk more[] = {
        { BEFORE_PLTE, "gAMA", BYTES("\0\0\xb1\x8f") },
        { BEFORE_IDAT, "pHYs", BYTES("\0\0\x0b\x13\0\0\x0b\x13\1") },
        { BEFORE_IEND, "tEXt", BYTES("Comment\0late") },
    };
    static const int kinds[] = { GREY, RGB };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (uint32_t n_colours = 0; n_colours <= 6; n_colours += 6) {
            picture in = picture_random(30, 20, kinds[i], 8, 5);
            const bc_palette p = named("7-colour");
            bc_image_settings s = settings_of("floyd-steinberg", 8);

            s.n_colours = n_colours; /* a fitted one reads the file twice, a given one once */
            s.palette = n_colours ? NULL : &p;
            picture_save(&in, path_of("plain.png"));
            add_chunks(path_of("plain.png"), path_of("in.png"), more, 3);
            (void)reduce_file(path_of("in.png"), path_of("out.png"), &s);
            chunk_list l = chunks_of(path_of("out.png"));

            for (size_t k = 0; k < 3; k++)
                EXPECT(count_chunks(&l, more[k].name) == 1, "kind %d, %u colours: %s", kinds[i],
                       n_colours, more[k].name);
            EXPECT(chunk_place(&l, "gAMA") < chunk_place(&l, "PLTE") &&
                       chunk_place(&l, "PLTE") < chunk_place(&l, "pHYs") &&
                       chunk_place(&l, "IDAT") < chunk_place(&l, "tEXt"),
                   "kind %d, %u colours: order", kinds[i], n_colours);
            EXPECT(count_chunks(&l, "sBIT") == 0, "kind %d: sBIT", kinds[i]);
            chunks_free(&l);
            picture_free(&in);
        }
    }
}

/* Turned rows are fitted and mapped as they come out. */
static void pictures_are_upright(void **state)
{
    static const new_chunk turned = {
        BEFORE_IDAT, "eXIf", BYTES("MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0")
    };
    picture in = picture_random(23, 17, INDEXED, 4, 9);
    bc_image_settings s = settings_of("floyd-steinberg", 8);
    bc_palette p;
    bc_error err = { 0 };

    (void)state;
    for (uint32_t i = 0; i < in.n_palette; i++)
        in.palette[i][3] = 255;
    s.n_colours = 16;
    picture_save(&in, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"), &turned, 1);
    (void)reduce_file(path_of("in.png"), path_of("out.png"), &s);
    picture out = picture_load(path_of("out.png"));

    assert_int_equal(out.width, 17);
    assert_int_equal(out.height, 23);
    for (uint32_t y = 0; y < 23; y++) /* 6: the first row is the last column */
        for (uint32_t x = 0; x < 17; x++)
            EXPECT(memcmp(out.palette[out.samples[y * 17 + x]],
                          in.palette[in.samples[(16 - x) * 23 + y]], 3) == 0,
                   "pixel %u, %u", x, y);
    assert_int_equal(bc_palette_load(path_of("in.png"), &p, &err), BC_OK);
    for (uint32_t i = 0; i < in.n_palette; i++) /* in the order of the file's palette */
        EXPECT(memcmp(p.colours[i], in.palette[i], 3) == 0, "entry %u", i);
    picture_free(&in);
    picture_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("a grey picture on a palette is an RGB one of equal channels", grey_is_rgb),
        SENTENCE("indices and colours cost the same", formats_cost_the_same),
        SENTENCE("fully transparent pixels cost nothing that is seen", hidden_pixels_are_not_seen),
        SENTENCE("light is what the picture's transfer function says", transfer_is_the_pictures),
        SENTENCE("metadata go along, on their side of the palette", metadata_go_along),
        SENTENCE("turned pictures come out upright", pictures_are_upright),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
