/* render-coast OUT.png OUT.jpg
 *
 * Draws a rocky coast at dusk and writes it as PNG and as JPEG. Knows the
 * camera, the way from linear light to 8-bit sRGB codes, and the two files.
 * Codes are rounded to nearest without dither: the picture is an input for
 * programs that dither, and has to arrive with clean gradients. */
#include "coast.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <jpeglib.h>

#define WIDTH_PX     768
#define HEIGHT_PX    512
#define HORIZON_PX   292.0
#define N_SUB        4
#define FOCAL_WIDTHS 1.05
#define EXIT_USAGE   2
#define EXIT_WRITE   7
#define REASON_CHARS 256

static uint8_t picture[HEIGHT_PX][WIDTH_PX * 3];

/* Rational fit of the ACES film curve (Narkowicz 2015). */
static double film(double x)
{
    return clamp01(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14));
}

/* x^(1/2.4) = (x^(1/12))^5, the cube root by Newton's rule. */
static double power_5_12(double x)
{
    const double a = sqrt(sqrt(x));
    double y = 0.5 + 0.5 * a;
    for (int i = 0; i < 12; i++)
        y = (2.0 * y + a / (y * y)) / 3.0;
    return y * y * y * y * y;
}

/* IEC 61966-2-1. */
static uint8_t srgb_code(double light)
{
    const double v = light <= 0.0031308 ? 12.92 * light : 1.055 * power_5_12(light) - 0.055;
    return (uint8_t)floor(v * 255.0 + 0.5);
}

/* Samples are averaged as light, after the film curve: averaged before it, an edge
 * against the sun would stay jagged. */
static void draw_row(int row)
{
    const vec3 eye = { 0.0, 3.0, 0.0 };
    for (int column = 0; column < WIDTH_PX; column++) {
        vec3 sum = { 0.0, 0.0, 0.0 };
        for (int i = 0; i < N_SUB * N_SUB; i++) {
            const double x = column + (i % N_SUB + 0.5) / N_SUB - 0.5 * WIDTH_PX;
            const double y = HORIZON_PX - row - (i / N_SUB + 0.5) / N_SUB;
            const vec3 c = light_along(eye, unit(v3(x, y, FOCAL_WIDTHS * WIDTH_PX)));
            sum = add(sum, v3(film(c.x), film(c.y), film(c.z)));
        }
        sum = scale(sum, 1.0 / (N_SUB * N_SUB));
        picture[row][3 * column + 0] = srgb_code(sum.x);
        picture[row][3 * column + 1] = srgb_code(sum.y);
        picture[row][3 * column + 2] = srgb_code(sum.z);
    }
}

static void png_failed(png_structp png, png_const_charp message)
{
    snprintf(png_get_error_ptr(png), REASON_CHARS, "%s", message);
    png_longjmp(png, 1);
}

static void png_warned(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void put_png(png_structp png, png_infop info, FILE *file)
{
    png_init_io(png, file);
    png_set_compression_level(png, 9);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
    png_set_IHDR(png, info, WIDTH_PX, HEIGHT_PX, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    for (int row = 0; row < HEIGHT_PX; row++)
        png_write_row(png, picture[row]);
    png_write_end(png, info);
}

static bool encode_png(FILE *file, char *reason)
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, reason, png_failed, png_warned);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        snprintf(reason, REASON_CHARS, "out of memory");
        png_destroy_write_struct(&png, NULL);
        return false;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    put_png(png, info, file);
    png_destroy_write_struct(&png, &info);
    return true;
}

struct jpeg_errors {
    struct jpeg_error_mgr base; /* first, because libjpeg sees only this */
    jmp_buf back;
    char *reason;
};

static void jpeg_failed(j_common_ptr jpeg)
{
    struct jpeg_errors *errors = (struct jpeg_errors *)jpeg->err;
    char message[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, message);
    snprintf(errors->reason, REASON_CHARS, "%s", message);
    longjmp(errors->back, 1);
}

/* Whole-resolution chroma: the edges of the red and blue things are saturated. */
static void put_jpeg(struct jpeg_compress_struct *jpeg, FILE *file)
{
    jpeg_create_compress(jpeg);
    jpeg_stdio_dest(jpeg, file);
    jpeg->image_width = WIDTH_PX;
    jpeg->image_height = HEIGHT_PX;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, 90, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->optimize_coding = TRUE;
    jpeg->comp_info[0].h_samp_factor = 1;
    jpeg->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(jpeg, TRUE);
    for (int row = 0; row < HEIGHT_PX; row++) {
        JSAMPROW line = picture[row];
        jpeg_write_scanlines(jpeg, &line, 1);
    }
    jpeg_finish_compress(jpeg);
}

static bool encode_jpeg(FILE *file, char *reason)
{
    struct jpeg_compress_struct jpeg = { 0 };
    struct jpeg_errors errors = { .reason = reason };
    jpeg.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = jpeg_failed;
    if (setjmp(errors.back)) {
        jpeg_destroy_compress(&jpeg);
        return false;
    }
    put_jpeg(&jpeg, file);
    jpeg_destroy_compress(&jpeg);
    return true;
}

static bool save(const char *path, bool (*encode)(FILE *, char *))
{
    char reason[REASON_CHARS] = "";
    FILE *file = fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "%s: cannot open (%s), expected a path that can be written\n", path,
                strerror(errno));
        return false;
    }
    bool saved = encode(file, reason);
    if (fclose(file) != 0 && saved) {
        snprintf(reason, sizeof reason, "%s", strerror(errno));
        saved = false;
    }
    if (!saved)
        fprintf(stderr, "%s: write failed (%s), expected room for the picture\n", path, reason);
    return saved;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "render-coast: argument count %d, expected 2 (OUT.png OUT.jpg)\n",
                argc > 0 ? argc - 1 : 0);
        return EXIT_USAGE;
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 4)
#endif
    for (int row = 0; row < HEIGHT_PX; row++)
        draw_row(row);
    if (!save(argv[1], encode_png) || !save(argv[2], encode_jpeg))
        return EXIT_WRITE;
    return EXIT_SUCCESS;
}
