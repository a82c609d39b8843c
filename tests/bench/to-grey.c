/* Knows how a picture becomes grey without a change of its light: red, green and blue are added
 * in linear light with the weights of ITU-R BT.709 (which sum to 1), and the sum is coded again
 * in 8 bits. Alpha is dropped. Writes a PGM to standard output.
 *
 *     to-grey PICTURE >GREY.pgm */
#include <stdio.h>
#include <stdlib.h>

#include "bitcrush/image.h"
#include "bitcrush/light.h"

static double light_of(const bc_image_info *info, const void *row, size_t i)
{
    const uint32_t v = info->maxval > 255 ? ((const uint16_t *)row)[i] : ((const uint8_t *)row)[i];

    return bc_light_from_coded((double)v / info->maxval);
}

static int grey_of(const bc_image_info *info, const void *row, uint32_t x)
{
    const size_t at = (size_t)x * info->n_channels;
    double light = light_of(info, row, at);

    if (info->n_channels >= 3)
        light = 0.2126 * light + 0.7152 * light_of(info, row, at + 1) +
                0.0722 * light_of(info, row, at + 2);
    return (int)(255.0 * bc_coded_from_light(light) + 0.5);
}

int main(int argc, char **argv)
{
    bc_image_reader *r = NULL;
    bc_error err = { 0 };

    if (argc != 2) {
        fprintf(stderr, "usage: to-grey PICTURE >GREY.pgm\n");
        return 2;
    }
    if (bc_image_open(argv[1], &r, &err)) {
        fprintf(stderr, "to-grey: %s\n", err.text);
        return 1;
    }
    const bc_image_info *info = bc_image_get_info(r);
    void *row = calloc((size_t)info->width * info->n_channels, sizeof(uint16_t));

    printf("P5\n%u %u\n255\n", info->width, info->height);
    for (uint32_t y = 0; row && y < info->height; y++) {
        if (bc_image_read(r, row, 1, &err)) {
            fprintf(stderr, "to-grey: %s\n", err.text);
            return 1;
        }
        for (uint32_t x = 0; x < info->width; x++)
            putchar(grey_of(info, row, x));
    }
    free(row);
    bc_image_reader_free(r);
    return fflush(stdout) == 0 ? 0 : 1;
}
