/* make-png KIND WIDTH HEIGHT FILE: a picture to try the programs on.
 *
 *   grey, rgb, rgba, rgb16   ramps
 *   interlaced               the ramps of rgb, interlaced
 *   noise                    RGB that does not compress
 *   noise16                  grey of 16 bits, each value as likely as any other
 *   hole                     RGBA with transparent parts
 *   noted                    the ramps of rgb, with texts, one of them compressed, a gamma, a size
 * of pixels and a time claim                    no picture: the header of a PNG of that size, with
 * a right CRC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../image/picture.h"

static picture ramps(uint32_t width, uint32_t height, int colour_type, int depth)
{
    picture p = picture_new(width, height, colour_type, depth);
    const uint32_t n = picture_channels(&p), max = (1u << depth) - 1;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t c = 0; c < n; c++) {
                const uint64_t place = c == 1 ? y : x, length = c == 1 ? height : width;
                const uint64_t sample = c == 3 ? max : max * place / length;

                p.samples[((size_t)y * width + x) * n + c] = (uint16_t)sample;
            }
    return p;
}

static picture hole(uint32_t width, uint32_t height)
{
    picture p = ramps(width, height, RGB_ALPHA, 8);

    for (size_t i = 0; i < (size_t)width * height; i++)
        p.samples[4 * i + 3] = (uint16_t)(i % width < width / 3 ? 0 : 255);
    return p;
}

static void put32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void put_chunk(FILE *f, const char *type, const char *data, size_t n)
{
    uint8_t length[4], sum[4];

    put32(length, (uint32_t)n);
    put32(sum, (uint32_t)crc32(crc32(0, (const Bytef *)type, 4), (const Bytef *)data, (uInt)n));
    fwrite(length, 4, 1, f);
    fwrite(type, 4, 1, f);
    fwrite(data, n, 1, f);
    fwrite(sum, 4, 1, f);
}

/* Put the chunks between the header of the file and the rest. */
static int note(const char *path)
{
    static char file[65536],
        text[256] = "Comment\0"; /* two zeros: end of the name, and the method */
    FILE *f = fopen(path, "rb");
    const size_t n = f ? fread(file, 1, sizeof file, f) : 0;
    uLongf n_text = sizeof text - 9;

    if (n < 33 || n == sizeof file || fclose(f) != 0 || !(f = fopen(path, "wb")) ||
        compress((Bytef *)text + 9, &n_text, (const Bytef *)"ramps of red and green", 22) != Z_OK)
        return 1;
    fwrite(file, 33, 1, f);
    put_chunk(f, "gAMA", "\0\0\xb1\x8f", 4);
    put_chunk(f, "pHYs", "\0\0\x0b\x13\0\0\x0b\x13\1", 9);
    put_chunk(f, "tEXt", "Title\0ramps", 11);
    put_chunk(f, "zTXt", text, n_text + 9);
    put_chunk(f, "tIME", "\x07\xe8\2\x1d\x0c\0\0", 7);
    fwrite(file + 33, n - 33, 1, f);
    return fclose(f) != 0;
}

static int claim(uint32_t width, uint32_t height, const char *path)
{
    uint8_t bytes[57] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    FILE *f = fopen(path, "wb");

    put32(bytes + 16, width);
    put32(bytes + 20, height);
    memcpy(bytes + 24, "\x08\x02\0\0\0", 5);
    put32(bytes + 29, (uint32_t)crc32(0, bytes + 12, 17));
    memcpy(bytes + 33, "\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82", 24);
    return !f || fwrite(bytes, sizeof bytes, 1, f) != 1 || fclose(f) != 0;
}

int main(int argc, char **argv)
{
    picture p;

    if (argc != 5) {
        fprintf(stderr, "usage: make-png KIND WIDTH HEIGHT FILE\n");
        return 2;
    }
    const uint32_t width = (uint32_t)strtoul(argv[2], NULL, 10);
    const uint32_t height = (uint32_t)strtoul(argv[3], NULL, 10);

    if (strcmp(argv[1], "claim") == 0)
        return claim(width, height, argv[4]);
    if (strcmp(argv[1], "grey") == 0)
        p = ramps(width, height, GREY, 8);
    else if (strcmp(argv[1], "rgb") == 0 || strcmp(argv[1], "noted") == 0)
        p = ramps(width, height, RGB, 8);
    else if (strcmp(argv[1], "interlaced") == 0)
        p = ramps(width, height, RGB, 8);
    else if (strcmp(argv[1], "rgba") == 0)
        p = ramps(width, height, RGB_ALPHA, 8);
    else if (strcmp(argv[1], "rgb16") == 0)
        p = ramps(width, height, RGB, 16);
    else if (strcmp(argv[1], "noise") == 0)
        p = picture_random(width, height, RGB, 8, 1);
    else if (strcmp(argv[1], "noise16") == 0)
        p = picture_random(width, height, GREY, 16, 1);
    else if (strcmp(argv[1], "hole") == 0)
        p = hole(width, height);
    else
        return 2;
    p.is_interlaced = strcmp(argv[1], "interlaced") == 0;
    picture_save(&p, argv[4]);
    picture_free(&p);
    return strcmp(argv[1], "noted") == 0 ? note(argv[4]) : 0;
}
