/* make-weights FORMAT ROWS COLUMNS FILE [VALUE]: write uniform noise between -1 and 1 in 32-bit
 * floats, without the code that is tested. FORMAT: npy, or safetensors, where the same weights are
 * the tensor "a.weight", ten times as large once more "b.weight", and the first row is "bias".
 * VALUE, which may be "nan" or "inf", is the weight at index 77 of all. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(FILE *f, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        putc((int)(v >> 8 * i & 255), f);
}

static bool has_value;
static float value;

static void put_noise(FILE *f, uint64_t n, float gain)
{
    uint64_t state = 88172645463325252u;

    for (uint64_t i = 0; i < n; i++) {
        state ^= state << 13; /* Marsaglia's xorshift */
        state ^= state >> 7;
        state ^= state << 17;
        const float noise = gain * (float)((double)(int64_t)state * 0x1p-63);
        const float v = has_value && i == 77 ? value : noise;
        uint32_t bits;

        memcpy(&bits, &v, sizeof bits);
        put(f, bits, 4);
    }
}

static void write_npy(FILE *f, unsigned long rows, unsigned long columns)
{
    char head[128];

    snprintf(head, sizeof head, "{'descr': '<f4', 'fortran_order': False, 'shape': (%lu, %lu), }",
             rows, columns);
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, f);
    fprintf(f, "%-117s\n", head);
    put_noise(f, (uint64_t)rows * columns, 1.0f);
}

static void write_safetensors(FILE *f, unsigned long rows, unsigned long columns)
{
    const unsigned long size = 4 * rows * columns, row = 4 * columns;
    char head[512];
    const int n = snprintf(
        head, sizeof head,
        "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[%lu,%lu],\"data_offsets\":[0,%lu]},"
        "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[%lu,%lu],\"data_offsets\":[%lu,%lu]},"
        "\"bias\":{\"dtype\":\"F32\",\"shape\":[%lu],\"data_offsets\":[%lu,%lu]}}",
        rows, columns, size, rows, columns, size, 2 * size, columns, 2 * size, 2 * size + row);

    put(f, (uint64_t)n, 8);
    fputs(head, f);
    put_noise(f, (uint64_t)rows * columns, 1.0f);
    put_noise(f, (uint64_t)rows * columns, 10.0f);
    put_noise(f, columns, 1.0f);
}

int main(int argc, char **argv)
{
    FILE *f = argc == 5 || argc == 6 ? fopen(argv[4], "wb") : NULL;

    if (!f) {
        fprintf(stderr, "usage: make-weights npy|safetensors ROWS COLUMNS FILE [VALUE]\n");
        return 2;
    }
    has_value = argc == 6;
    value = has_value ? strtof(argv[5], NULL) : 0.0f;

    const unsigned long rows = strtoul(argv[2], NULL, 10), columns = strtoul(argv[3], NULL, 10);

    if (strcmp(argv[1], "npy") == 0)
        write_npy(f, rows, columns);
    else
        write_safetensors(f, rows, columns);
    return fclose(f) == 0 ? 0 : 1;
}
