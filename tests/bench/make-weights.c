/* Knows how to make a safetensors file of a size: F32 tensors of 4096 columns, of bell curves, or
 * of zeros that take no room on the disk.
 *
 *     make-weights FILE MIB N_TENSORS [zeros]    the tensors have MIB / N_TENSORS each */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 4096, MIB = 1 << 20, MAX_TENSORS = 1000 };

static char header[MAX_TENSORS * 160];
static float x[MIB / sizeof(float)];

/* A sum of four uniform numbers from a linear congruential generator. */
static void fill(uint64_t *state)
{
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        float sum = -2.0f;

        for (int k = 0; k < 4; k++) {
            *state = *state * 6364136223846793005u + 1442695040888963407u;
            sum += (float)(*state >> 40) * 0x1p-24f;
        }
        x[i] = 0.035f * sum;
    }
}

static size_t make_header(uint64_t bytes, int n)
{
    size_t at = 1;

    header[0] = '{';
    for (int i = 0; i < n; i++)
        at += (size_t)sprintf(
            header + at,
            "%s\"model.layers.%d.mlp.weight\":{\"dtype\":\"F32\",\"shape\":[%" PRIu64
            ",%d],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
            i ? "," : "", i, bytes / 4 / COLUMNS, COLUMNS, (uint64_t)i * bytes,
            (uint64_t)(i + 1) * bytes);
    header[at++] = '}';
    while (at % 8)
        header[at++] = ' ';
    return at;
}

int main(int argc, char **argv)
{
    const uint64_t mib = argc > 3 ? strtoull(argv[2], NULL, 10) : 0;
    const int n = argc > 3 ? atoi(argv[3]) : 0;
    FILE *file = argc > 3 ? fopen(argv[1], "wb") : NULL;
    uint64_t state = 20260101;

    if (!file || n < 1 || n > MAX_TENSORS || mib % (uint64_t)n != 0) {
        fprintf(stderr, "usage: make-weights FILE MIB N_TENSORS [zeros], MIB a multiple\n");
        return 2;
    }
    const uint64_t n_header = make_header(mib / (uint64_t)n * MIB, n);

    for (int i = 0; i < 8; i++)
        fputc((int)(n_header >> 8 * i & 255), file);
    fwrite(header, 1, n_header, file);
    if (argc > 4) {
        if (fflush(file) != 0 || ftruncate(fileno(file), (off_t)(8 + n_header + mib * MIB)) != 0) {
            perror(argv[1]);
            return 1;
        }
    } else {
        for (uint64_t i = 0; i < mib; i++) {
            fill(&state);
            fwrite(x, sizeof x, 1, file);
        }
    }
    if (ferror(file) || fclose(file) != 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
