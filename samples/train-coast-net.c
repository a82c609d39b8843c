/* train-coast-net PICTURE OUT.safetensors [ternary]
 *
 * Fits a coordinate network to a picture, averaged 2 x 2: where (x, y) is, what colour? Sines and
 * cosines of random waves (Tancik et al., NeurIPS 2020) go through two layers of rectifiers to RGB;
 * Adam minimizes the squared error. Sums run in one order, whatever the number of threads.
 *
 * With `ternary` the weights of the first layer, four fifths of all, learn to be -1, 0 or 1 times
 * one scale for each row: the straight-through estimator (Bengio, Leonard, Courville 2013), absmean
 * as in BitNet b1.58 (Ma et al. 2024). */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/image.h"
#include "bitcrush/noise.h"
#include "bitcrush/output.h"

#define SEED        1
#define N_WAVES     128
#define CYCLES      12.0 /* standard deviation of a wave's frequencies, per height of the picture */
#define N_LAYERS    3
#define MAX_SIZE    256 /* of a layer */
#define MAX_WEIGHTS ((size_t)MAX_SIZE * MAX_SIZE)
#define BATCH       256
#define N_STEPS     10000
#define RATE        4e-3 /* of Adam, falling to 0 as a cosine */
#define PI          3.14159265358979323846

enum { ROWS = 4, LANES = 8 };                                /* of a product that registers hold */
enum { PURPOSE_WAVES = 1, PURPOSE_WEIGHTS, PURPOSE_PIXELS }; /* of random words */
static const size_t sizes[N_LAYERS + 1] = { 2 * N_WAVES, 128, 64, 3 };

/* Parameters with what Adam keeps of their gradients. */
typedef struct {
    size_t n;
    float value[MAX_WEIGHTS], gradient[MAX_WEIGHTS], mean[MAX_WEIGHTS], square[MAX_WEIGHTS];
    float used[MAX_WEIGHTS]; /* what the network calculates with: value, or that rounded */
} parameters;

typedef struct {
    bool is_ternary;
    float frequency[2][N_WAVES];
    parameters weight[N_LAYERS], bias[N_LAYERS]; /* weights as [in][out] */
    float value[N_LAYERS + 1][BATCH * MAX_SIZE]; /* of a batch: [0] features, then layers */
    float slope[N_LAYERS + 1][BATCH * MAX_SIZE]; /* of the loss, by those */
} network;

typedef struct {
    size_t width, height;
    float *rgb; /* 0..1 */
} picture;

/* Uniform in (0, 1). */
static double uniform(uint64_t i, uint32_t stream, uint32_t purpose)
{
    uint32_t words[4];

    bc_random_words(SEED, i / 4, stream, purpose, words);
    return ((double)words[i % 4] + 0.5) / 4294967296.0;
}

/* Standard normal (Box and Muller). */
static double normal(uint64_t i, uint32_t stream, uint32_t purpose)
{
    return sqrt(-2.0 * log(uniform(2 * i, stream, purpose))) *
           cos(2.0 * PI * uniform(2 * i + 1, stream, purpose));
}

/* c = a b, c m x n and b k x n in rows; a[i][l] is at i * row + l * column; ROWS divides m. */
static void multiply(size_t m, size_t n, size_t k, const float *a, size_t row, size_t column,
                     const float *b, float *c)
{
#pragma omp parallel for schedule(static)
    for (size_t tile = 0; tile < m / ROWS * (n / LANES); tile++) {
        const size_t i0 = tile / (n / LANES) * ROWS, j0 = tile % (n / LANES) * LANES;
        float sum[ROWS][LANES] = { 0 };

        for (size_t l = 0; l < k; l++)
            for (size_t i = 0; i < ROWS; i++)
                for (size_t j = 0; j < LANES; j++)
                    sum[i][j] += a[(i0 + i) * row + l * column] * b[l * n + j0 + j];
        for (size_t i = 0; i < ROWS; i++)
            memcpy(c + (i0 + i) * n + j0, sum[i], sizeof sum[i]);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = n / LANES * LANES; j < n; j++) { /* the three colours */
            c[i * n + j] = 0.0f;
            for (size_t l = 0; l < k; l++)
                c[i * n + j] += a[i * row + l * column] * b[l * n + j];
        }
}

/* Normal with variance 2 / inputs, for rectifiers (He et al. 2015). */
static void begin(network *net)
{
    for (size_t i = 0; i < N_WAVES; i++)
        for (uint32_t axis = 0; axis < 2; axis++)
            net->frequency[axis][i] = (float)(CYCLES * normal(i, axis, PURPOSE_WAVES));
    for (uint32_t l = 0; l < N_LAYERS; l++) {
        net->weight[l].n = sizes[l] * sizes[l + 1];
        net->bias[l].n = sizes[l + 1];
        for (size_t i = 0; i < net->weight[l].n; i++)
            net->weight[l].value[i] =
                (float)(sqrt(2.0 / (double)sizes[l]) * normal(i, l, PURPOSE_WEIGHTS));
    }
}

/* The marks nearest to the weights. To the slopes it is as if nothing had been rounded, so that
 * small steps of `value` add up until one of them goes over an edge. */
static void round_ternary(parameters *w, size_t n_in, size_t n_out)
{
    for (size_t j = 0; j < n_out; j++) {
        float scale = 1e-8f;

        for (size_t i = 0; i < n_in; i++)
            scale += fabsf(w->value[i * n_out + j]) / (float)n_in;
        for (size_t i = j; i < n_in * n_out; i += n_out)
            w->used[i] = scale * fmaxf(-1.0f, fminf(1.0f, rintf(w->value[i] / scale)));
    }
}

static void forward(network *net)
{
    for (size_t l = 0; l < N_LAYERS; l++) {
        parameters *w = &net->weight[l];

        if (net->is_ternary && l == 0)
            round_ternary(w, sizes[l], sizes[l + 1]);
        else
            memcpy(w->used, w->value, w->n * sizeof *w->used);
    }
    for (size_t l = 0; l < N_LAYERS; l++) {
        const size_t n = sizes[l + 1];
        float *out = net->value[l + 1];

        multiply(BATCH, n, sizes[l], net->value[l], sizes[l], 1, net->weight[l].used, out);
        for (size_t i = 0; i < BATCH; i++, out += n)
            for (size_t j = 0; j < n; j++) {
                out[j] += net->bias[l].value[j];
                out[j] = l + 1 < N_LAYERS && out[j] < 0.0f ? 0.0f : out[j];
            }
    }
}

/* From the slopes of the output to gradients. */
static void backward(network *net)
{
    for (size_t l = N_LAYERS; l-- > 0;) {
        static float turned[MAX_WEIGHTS];
        const size_t n_in = sizes[l], n_out = sizes[l + 1];
        const float *slope = net->slope[l + 1];
        parameters *w = &net->weight[l], *b = &net->bias[l];

        multiply(n_in, n_out, BATCH, net->value[l], 1, n_in, slope, w->gradient);
        memset(b->gradient, 0, n_out * sizeof *b->gradient);
        for (size_t i = 0; i < BATCH; i++)
            for (size_t j = 0; j < n_out; j++)
                b->gradient[j] += slope[i * n_out + j];
        if (l == 0)
            break;
        for (size_t i = 0; i < w->n; i++)
            turned[i % n_out * n_in + i / n_out] = w->used[i];
        multiply(BATCH, n_in, n_out, slope, n_out, 1, turned, net->slope[l]);
        for (size_t i = 0; i < BATCH * n_in; i++)
            if (net->value[l][i] <= 0.0f)
                net->slope[l][i] = 0.0f;
    }
}

/* Adam (Kingma and Ba 2015); `step` counts from 1. */
static void update(parameters *p, int step, double rate)
{
    const float scale = (float)(rate * sqrt(1.0 - pow(0.99, step)) / (1.0 - pow(0.9, step)));

    for (size_t i = 0; i < p->n; i++) {
        p->mean[i] += (float)(1.0 - 0.9) * (p->gradient[i] - p->mean[i]);
        p->square[i] += (float)(1.0 - 0.99) * (p->gradient[i] * p->gradient[i] - p->square[i]);
        p->value[i] -= scale * p->mean[i] / (sqrtf(p->square[i]) + 1e-8f);
    }
}

/* Put random pixels' features and colours down. Coordinates are in heights of the picture. */
static void choose(network *net, const picture *p, uint32_t step, const float *wanted[BATCH])
{
    const double n_pixels = (double)(p->width * p->height);

#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < BATCH; i++) {
        const size_t pixel = (size_t)(uniform(i, step, PURPOSE_PIXELS) * n_pixels);
        const float x = ((float)(pixel % p->width) + 0.5f) / (float)p->height;
        const float y = ((float)(pixel / p->width) + 0.5f) / (float)p->height;
        float *to = net->value[0] + i * sizes[0];

        wanted[i] = p->rgb + 3 * pixel;
        for (size_t w = 0; w < N_WAVES; w++) {
            const float cycles = net->frequency[0][w] * x + net->frequency[1][w] * y;

            to[w] = sinf((float)(2.0 * PI) * cycles);
            to[N_WAVES + w] = cosf((float)(2.0 * PI) * cycles);
        }
    }
}

static void train(network *net, const picture *p)
{
    for (int step = 1; step <= N_STEPS; step++) {
        static const float *wanted[BATCH];
        const double rate = RATE * 0.5 * (1.0 + cos(PI * step / N_STEPS));
        double sum = 0.0;

        choose(net, p, (uint32_t)step, wanted);
        forward(net);
        for (size_t i = 0; i < BATCH * 3; i++) {
            const float e = net->value[N_LAYERS][i] - wanted[i / 3][i % 3];

            sum += (double)(e * e);
            net->slope[N_LAYERS][i] = 2.0f * e / (float)(BATCH * 3);
        }
        backward(net);
        for (size_t l = 0; l < N_LAYERS; l++) {
            update(&net->weight[l], step, rate);
            update(&net->bias[l], step, rate);
        }
        if (step % 1000 == 0)
            printf("step %d: %.1f dB\n", step, -10.0 * log10(sum / (BATCH * 3)));
    }
}

/* Open `path`, of 8-bit RGB and an even number of rows and columns, and average it 2 x 2. */
static bc_status load(const char *path, picture *out, bc_error *err)
{
    bc_image_reader *r;
    bc_status st = bc_image_open(path, &r, err);
    if (st)
        return st;

    const bc_image_info *info = bc_image_get_info(r);
    const size_t row = 3 * (size_t)info->width;
    uint8_t *rows = malloc(2 * row);

    *out = (picture){ info->width / 2, info->height / 2, NULL };
    out->rgb = malloc(out->width * out->height * 3 * sizeof *out->rgb);
    if (!rows || !out->rgb || info->n_channels != 3 || info->maxval != 255) {
        snprintf(err->text, sizeof err->text, "%s: no 8-bit RGB, or no memory for it", path);
        st = BC_E_UNSUPPORTED;
    }
    for (size_t y = 0; y < out->height && !st; y++) {
        st = bc_image_read(r, rows, 2, err);
        for (size_t i = 0; i < out->width * 3; i++) {
            const uint8_t *at = rows + i / 3 * 6 + i % 3;
            const int sum = at[0] + at[3] + at[row] + at[row + 3];

            out->rgb[y * out->width * 3 + i] = (float)sum / (4.0f * 255.0f);
        }
    }
    free(rows);
    bc_image_reader_free(r);
    return st;
}

static char header[4096]; /* of a safetensors file in the making, and its data */
static float data[N_LAYERS * MAX_WEIGHTS];
static size_t n_header, n_data;

/* Append x, [n_in][n_out], as rows of n_in; a vector when n_in is 1. */
static void append(const char *name, const float *x, size_t n_in, size_t n_out)
{
    const size_t first = n_data * sizeof *x, last = first + n_in * n_out * sizeof *x;
    char shape[48];

    snprintf(shape, sizeof shape, n_in > 1 ? "%zu,%zu" : "%zu", n_out, n_in);
    n_header +=
        (size_t)snprintf(header + n_header, sizeof header - n_header,
                         "%c\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                         n_header ? ',' : '{', name, shape, first, last);
    for (size_t i = 0; i < n_in * n_out; i++)
        data[n_data++] = x[i % n_in * n_out + i / n_in];
}

/* The length of the header as 8 bytes, the header padded to a multiple of 8, the data. */
static bc_status save(const network *net, const char *path, bc_error *err)
{
    static uint8_t bytes[8 + sizeof header + sizeof data];
    char name[32];

    append("frequencies.x", net->frequency[0], 1, N_WAVES);
    append("frequencies.y", net->frequency[1], 1, N_WAVES);
    for (size_t l = 0; l < N_LAYERS; l++) {
        snprintf(name, sizeof name, "layers.%zu.weight", l);
        append(name, net->weight[l].used, sizes[l], sizes[l + 1]);
        snprintf(name, sizeof name, "layers.%zu.bias", l);
        append(name, net->bias[l].value, 1, sizes[l + 1]);
    }
    header[n_header++] = '}';
    while (n_header % 8)
        header[n_header++] = ' ';
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(n_header >> 8 * i);
    memcpy(bytes + 8, header, n_header);
    memcpy(bytes + 8 + n_header, data, n_data * sizeof *data); /* of a little-endian machine */
    return bc_output_write(path, true, bytes, 8 + n_header + n_data * sizeof *data, err);
}

int main(int argc, char **argv)
{
    static network net;
    picture p = { 0 };
    bc_error err = { 0 };

    net.is_ternary = argc == 4 && strcmp(argv[3], "ternary") == 0;
    if (argc != 3 && !net.is_ternary) {
        fprintf(stderr, "usage: train-coast-net PICTURE OUT.safetensors [ternary]\n");
        return BC_E_USAGE;
    }
    bc_status st = load(argv[1], &p, &err);

    if (!st) {
        begin(&net);
        train(&net, &p);
        st = save(&net, argv[2], &err);
    }
    if (st)
        fprintf(stderr, "train-coast-net: %s\n", err.text);
    free(p.rgb);
    return (int)st;
}
