/* Knows how long libpng alone takes: decodes a PNG to samples, row by row into one buffer, and
 * does nothing with them. The yardstick of the image benchmark.
 *
 *     png-decode FILE */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;

    if (!file || !info) {
        fprintf(stderr, "usage: png-decode FILE, a PNG\n");
        return 2;
    }
    if (setjmp(png_jmpbuf(png)))
        return 1;
    png_init_io(png, file);
    png_read_info(png, info);
    if (png_get_interlace_type(png, info) != PNG_INTERLACE_NONE)
        png_error(png, "expected a picture that is not interlaced");

    const png_uint_32 height = png_get_image_height(png, info);
    png_bytep row = malloc(png_get_rowbytes(png, info));

    if (!row)
        png_error(png, "out of memory");
    for (png_uint_32 y = 0; y < height; y++)
        png_read_row(png, row, NULL);
    png_read_end(png, NULL);
    free(row);
    png_destroy_read_struct(&png, &info, NULL);
    fclose(file);
    return 0;
}
