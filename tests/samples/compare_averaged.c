/* compare-averaged PICTURE DRAWING MIN_DB: averages the picture in boxes down to the size of the
 * drawing, prints the PSNR of coded values, and fails below MIN_DB. Both are 8-bit RGB, the sides
 * of the picture multiples of the drawing's. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "bitcrush/image.h"

typedef struct {
    uint32_t width, height;
    uint8_t *rgb;
} picture;

static picture read_picture(const char *path)
{
    bc_image_reader *r;
    bc_error err;

    if (bc_image_open(path, &r, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    const bc_image_info *info = bc_image_get_info(r);
    picture p = { info->width, info->height, malloc(3 * (size_t)info->width * info->height) };

    if (!p.rgb || info->n_channels != 3 || info->maxval != 255 ||
        bc_image_read(r, p.rgb, p.height, &err)) {
        fprintf(stderr, "%s: cannot be read as 8-bit RGB\n", path);
        exit(1);
    }
    bc_image_reader_free(r);
    return p;
}

/* The mean of sample i of the drawing in the picture. */
static double averaged(const picture *p, const picture *drawing, size_t i)
{
    const size_t side = p->width / drawing->width, row = 3 * (size_t)drawing->width;
    const size_t x = i % row / 3 * side, y = i / row * side;
    double sum = 0.0;

    for (size_t dy = 0; dy < side; dy++)
        for (size_t dx = 0; dx < side; dx++)
            sum += p->rgb[3 * ((y + dy) * p->width + x + dx) + i % 3];
    return sum / (double)(side * side);
}

int main(int argc, char **argv)
{
    double sum = 0.0;

    if (argc != 4)
        return 2;
    picture a = read_picture(argv[1]), b = read_picture(argv[2]);
    const size_t n = 3 * (size_t)b.width * b.height;

    if (a.width % b.width || a.width / b.width * b.height != a.height) {
        fprintf(stderr, "%s: %u x %u pixels do not fit %s\n", argv[2], b.width, b.height, argv[1]);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        const double e = averaged(&a, &b, i) - b.rgb[i];

        sum += e * e;
    }
    const double psnr = 10.0 * log10(255.0 * 255.0 * (double)n / sum);

    printf("%s: %.2f dB, expected at least %s\n", argv[2], psnr, argv[3]);
    free(a.rgb);
    free(b.rgb);
    return psnr >= strtod(argv[3], NULL) ? 0 : 1;
}
