/* Knows how alike two pictures look from where single pixels are no longer seen: both are
 * turned to linear light and blurred, then compared. Dither keeps local means, so this figure
 * rises with good dither while plain PSNR falls.
 *
 * The blur is a Gaussian of `sigma` pixels cut at 4 sigma, its weights divided by their sum;
 * beyond an edge the picture is mirrored, the edge pixel included. Prints the PSNR in decibels
 * (peak 1, all colour channels together) and the mean of REDUCED less that of ORIGINAL, before
 * the blur, in linear light. Alpha is not looked at.
 *
 *     blurred-psnr ORIGINAL REDUCED [SIGMA]        sigma is 2 unless given */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bitcrush/image.h"
#include "bitcrush/light.h"

enum { MAX_RADIUS = 256 };

/* Planes of linear light, one channel after the other. */
typedef struct {
    size_t width, height, n_channels;
    float *light;
} picture;

typedef struct {
    int radius;
    double weights[MAX_RADIUS + 1]; /* of the pixels 0, 1, 2, ... away on either side */
} blur;

_Noreturn static void stop(const char *sentence)
{
    fprintf(stderr, "blurred-psnr: %s\n", sentence);
    exit(1);
}

static picture load(const char *path)
{
    bc_image_reader *r = NULL;
    bc_error err = { 0 };

    if (bc_image_open(path, &r, &err))
        stop(err.text);

    const bc_image_info *info = bc_image_get_info(r);
    picture p = { info->width, info->height, info->n_channels - info->has_alpha, NULL };
    const size_t n_pixels = p.width * p.height;
    uint16_t *row = malloc(p.width * info->n_channels * sizeof *row);
    float *of_sample = malloc((info->maxval + 1) * sizeof *of_sample);

    p.light = malloc(n_pixels * p.n_channels * sizeof *p.light);
    if (!row || !of_sample || !p.light)
        stop("out of memory");
    for (uint32_t v = 0; v <= info->maxval; v++)
        of_sample[v] = (float)bc_light_from_coded((double)v / info->maxval);
    for (size_t y = 0; y < p.height; y++) {
        if (bc_image_read(r, row, 1, &err))
            stop(err.text);
        for (size_t x = 0; x < p.width; x++) {
            for (size_t c = 0; c < p.n_channels; c++) {
                const size_t i = x * info->n_channels + c;
                const uint32_t v = info->maxval > 255 ? row[i] : ((const uint8_t *)row)[i];

                p.light[c * n_pixels + y * p.width + x] = of_sample[v];
            }
        }
    }
    free(of_sample);
    free(row);
    bc_image_reader_free(r);
    return p;
}

static blur blur_of(double sigma)
{
    blur b = { .radius = (int)ceil(4.0 * sigma) };
    double sum = 0.0;

    if (!(sigma > 0.0) || b.radius > MAX_RADIUS)
        stop("sigma: expected a number over 0 and up to 64");
    for (int k = -b.radius; k <= b.radius; k++)
        sum += exp(-0.5 * k * k / (sigma * sigma));
    for (int k = 0; k <= b.radius; k++)
        b.weights[k] = exp(-0.5 * k * k / (sigma * sigma)) / sum;
    return b;
}

/* Place i of a line of n pixels, mirrored at both ends: -1 is 0, n is n - 1. */
static size_t mirrored(ptrdiff_t i, ptrdiff_t n)
{
    const ptrdiff_t period = 2 * n;
    const ptrdiff_t at = ((i % period) + period) % period;

    return (size_t)(at < n ? at : period - 1 - at);
}

/* Blur n pixels, `stride` apart; `line` is scratch of n values. */
static void blur_line(const blur *b, float *pixels, size_t n, size_t stride, double *line)
{
    for (size_t i = 0; i < n; i++)
        line[i] = pixels[i * stride];
    for (size_t i = 0; i < n; i++) {
        double sum = b->weights[0] * line[i];

        for (int k = 1; k <= b->radius; k++)
            sum += b->weights[k] * (line[mirrored((ptrdiff_t)i - k, (ptrdiff_t)n)] +
                                    line[mirrored((ptrdiff_t)i + k, (ptrdiff_t)n)]);
        pixels[i * stride] = (float)sum;
    }
}

static void blur_picture(const blur *b, picture *p)
{
    double *line = malloc((p->width > p->height ? p->width : p->height) * sizeof *line);

    if (!line)
        stop("out of memory");
    for (size_t c = 0; c < p->n_channels; c++) {
        float *plane = p->light + c * p->width * p->height;

        for (size_t y = 0; y < p->height; y++)
            blur_line(b, plane + y * p->width, p->width, 1, line);
        for (size_t x = 0; x < p->width; x++)
            blur_line(b, plane + x, p->height, p->width, line);
    }
    free(line);
}

static double mean_difference(const picture *a, const picture *b, double power)
{
    const size_t n = a->width * a->height * a->n_channels;
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += pow((double)b->light[i] - (double)a->light[i], power);
    return sum / (double)n;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: blurred-psnr ORIGINAL REDUCED [SIGMA]\n");
        return 2;
    }
    const blur b = blur_of(argc > 3 ? atof(argv[3]) : 2.0);
    picture original = load(argv[1]), reduced = load(argv[2]);

    if (original.width != reduced.width || original.height != reduced.height ||
        original.n_channels != reduced.n_channels)
        stop("the pictures differ in size or colours, expected two of one kind");

    const double shift = mean_difference(&original, &reduced, 1.0);

    blur_picture(&b, &original);
    blur_picture(&b, &reduced);
    printf("%.2f dB, mean %+.6f\n", -10.0 * log10(mean_difference(&original, &reduced, 2.0)),
           shift);
    free(original.light);
    free(reduced.light);
    return 0;
}
