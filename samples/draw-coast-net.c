/* draw-coast-net WEIGHTS WIDTH OUT.ppm
 *
 * Draws what a network of train-coast-net has learnt, 3 : 2, from weights in any file and format
 * that bitcrush reads: what few bits do to weights is then to be seen. Knows how names and shapes
 * of the weights make the network: waves, then layers of rectifiers, the last one linear. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/output.h"
#include "bitcrush/tensor.h"

#define PI         3.14159265358979323846
#define MAX_LAYERS 8
#define MAX_SIZE   1024 /* of a layer */
#define MAX_WIDTH  16384

typedef struct {
    size_t n_in, n_out;
    float *weight, *bias; /* weight as [in][out], so that a loop over outputs is vectors */
} layer;

typedef struct {
    size_t n_waves, n_layers;
    float *frequency[2];
    layer layers[MAX_LAYERS];
} network;

/* The tensor `name` as floats, n of them; free it. */
static bc_status read_tensor(const bc_tensor_file *f, const char *name, size_t n, float **out,
                             bc_error *err)
{
    const size_t i = bc_tensor_find(f, name);

    if (i == SIZE_MAX || bc_tensor_at(f, i)->n_elements != n) {
        snprintf(err->text, sizeof err->text, "no tensor %s of %zu elements", name, n);
        return BC_E_FORMAT;
    }
    *out = malloc(n * sizeof **out);
    if (!*out) {
        snprintf(err->text, sizeof err->text, "no memory for tensor %s", name);
        return BC_E_LIMIT;
    }
    return bc_tensor_read_f32(f, i, 0, n, *out, err);
}

/* Layer i, whose shape the file says; n_in numbers go in. */
static bc_status read_layer(const bc_tensor_file *f, size_t i, size_t n_in, layer *out,
                            bc_error *err)
{
    float *rows = NULL;
    char weight[32], bias[32];

    snprintf(weight, sizeof weight, "layers.%zu.weight", i);
    snprintf(bias, sizeof bias, "layers.%zu.bias", i);
    const size_t at = bc_tensor_find(f, bias);
    const uint64_t n_out = at == SIZE_MAX ? 0 : bc_tensor_at(f, at)->n_elements;

    if (n_out < 1 || n_out > MAX_SIZE) {
        snprintf(err->text, sizeof err->text, "no tensor %s of 1..%d elements", bias, MAX_SIZE);
        return BC_E_FORMAT;
    }
    out->n_in = n_in;
    out->n_out = (size_t)n_out;
    out->weight = malloc(n_in * out->n_out * sizeof *out->weight);
    bc_status st = read_tensor(f, bias, out->n_out, &out->bias, err);

    if (!st)
        st = read_tensor(f, weight, n_in * out->n_out, &rows, err);
    for (size_t k = 0; !st && out->weight && k < n_in * out->n_out; k++)
        out->weight[k % n_in * out->n_out + k / n_in] = rows[k];
    free(rows);
    if (!st && !out->weight) {
        snprintf(err->text, sizeof err->text, "no memory for %s", weight);
        st = BC_E_LIMIT;
    }
    return st;
}

static bc_status read_network(const bc_tensor_file *f, network *out, bc_error *err)
{
    const size_t x = bc_tensor_find(f, "frequencies.x");
    const uint64_t n_waves = x == SIZE_MAX ? 0 : bc_tensor_at(f, x)->n_elements;
    size_t n_in;
    char name[32];

    if (n_waves < 1 || n_waves > MAX_SIZE / 2) {
        snprintf(err->text, sizeof err->text, "no tensor frequencies.x of 1..%d elements",
                 MAX_SIZE / 2);
        return BC_E_FORMAT;
    }
    out->n_waves = (size_t)n_waves;
    bc_status st = read_tensor(f, "frequencies.x", out->n_waves, &out->frequency[0], err);

    if (!st)
        st = read_tensor(f, "frequencies.y", out->n_waves, &out->frequency[1], err);
    n_in = 2 * out->n_waves;
    for (size_t i = 0; !st && i < MAX_LAYERS; i++) {
        snprintf(name, sizeof name, "layers.%zu.weight", i);
        if (bc_tensor_find(f, name) == SIZE_MAX)
            break;
        out->n_layers = i + 1;
        st = read_layer(f, i, n_in, &out->layers[i], err);
        n_in = out->layers[i].n_out;
    }
    if (!st && (out->n_layers == 0 || n_in != 3)) {
        snprintf(err->text, sizeof err->text, "%zu outputs of %zu layers, expected 3", n_in,
                 out->n_layers);
        st = BC_E_FORMAT;
    }
    return st;
}

static void free_network(network *net)
{
    free(net->frequency[0]);
    free(net->frequency[1]);
    for (size_t i = 0; i < net->n_layers; i++) {
        free(net->layers[i].weight);
        free(net->layers[i].bias);
    }
}

/* The colour at (x, y), in heights of the picture. */
static void colour(const network *net, float x, float y, uint8_t rgb[3])
{
    float buffers[2][MAX_SIZE], *in = buffers[0], *out = buffers[1];

    for (size_t i = 0; i < net->n_waves; i++) {
        const float phase =
            (float)(2.0 * PI) * (net->frequency[0][i] * x + net->frequency[1][i] * y);

        in[i] = sinf(phase);
        in[net->n_waves + i] = cosf(phase);
    }
    for (size_t l = 0; l < net->n_layers; l++) {
        const layer *now = &net->layers[l];
        float *const was = in;

        memcpy(out, now->bias, now->n_out * sizeof *out);
        for (size_t i = 0; i < now->n_in; i++)
            if (l == 0 || in[i] > 0.0f) /* the rectifier of the layer before */
                for (size_t j = 0; j < now->n_out; j++)
                    out[j] += in[i] * now->weight[i * now->n_out + j];
        in = out;
        out = was;
    }
    for (size_t c = 0; c < 3; c++)
        rgb[c] = (uint8_t)lrintf(255.0f * (in[c] > 0.0f ? in[c] < 1.0f ? in[c] : 1.0f : 0.0f));
}

static bc_status draw(const network *net, size_t width, const char *path, bc_error *err)
{
    const size_t height = (2 * width + 1) / 3;
    uint8_t *bytes = malloc(32 + 3 * width * height);

    if (!bytes) {
        snprintf(err->text, sizeof err->text, "no memory for %zu x %zu pixels", width, height);
        return BC_E_LIMIT;
    }
    const size_t head = (size_t)snprintf((char *)bytes, 32, "P6\n%zu %zu\n255\n", width, height);

#pragma omp parallel for schedule(dynamic)
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            colour(net, ((float)x + 0.5f) / (float)height, ((float)y + 0.5f) / (float)height,
                   bytes + head + 3 * (y * width + x));
    bc_status st = bc_output_write(path, true, bytes, head + 3 * width * height, err);

    free(bytes);
    return st;
}

int main(int argc, char **argv)
{
    network net = { 0 };
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };
    const long width = argc == 4 ? strtol(argv[2], NULL, 10) : 0;

    if (width < 1 || width > MAX_WIDTH) {
        fprintf(stderr, "usage: draw-coast-net WEIGHTS WIDTH OUT.ppm (WIDTH up to %d)\n",
                MAX_WIDTH);
        return BC_E_USAGE;
    }
    bc_status st = bc_tensor_file_open(argv[1], &f, &err);

    if (!st)
        st = read_network(f, &net, &err);
    bc_tensor_file_free(f);
    if (!st)
        st = draw(&net, (size_t)width, argv[3], &err);
    if (st)
        fprintf(stderr, "draw-coast-net: %s\n", err.text);
    free_network(&net);
    return (int)st;
}
