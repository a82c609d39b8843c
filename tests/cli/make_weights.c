/* make-weights FORMAT ROWS COLUMNS FILE [VALUE]: write uniform noise between -1 and 1 in 32-bit
 * floats, without the code that is tested. FORMAT: npy, or safetensors, where the same weights are
 * the tensor "a.weight", ten times as large once more "b.weight", and the first row is "bias"; npz,
 * where beside "a.weight" and "bias" there are arrays that hold no real numbers, or npz-deflated,
 * the same in blocks of deflate. VALUE, which may be "nan" or "inf", is the weight at index 77 of
 * all. */
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

static void write_npy_head(FILE *f, const char *descr, const char *shape)
{
    char head[128];

    snprintf(head, sizeof head, "{'descr': %s, 'fortran_order': False, 'shape': (%s), }", descr,
             shape);
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, f);
    fprintf(f, "%-117s\n", head);
}

static void write_npy(FILE *f, unsigned long rows, unsigned long columns)
{
    char shape[64];

    snprintf(shape, sizeof shape, "%lu, %lu", rows, columns);
    write_npy_head(f, "'<f4'", shape);
    put_noise(f, (uint64_t)rows * columns, 1.0f);
}

/* Of .npz: 32 bytes of data beside the weights. */
static const struct {
    const char *name, *descr, *shape;
} members[] = {
    { "a.weight.npy", NULL, NULL },
    { "bias.npy", "'<f4'", "8," },
    { "labels.npy", "'<U4'", "2," },
    { "objects.npy", "'|O'", "2," },
    { "records.npy", "[('a', '<f4', (3,)), ('b', '<f4')]", "2," },
    { "dates.npy", "'<M8[us]'", "4," },
    { "wave.npy", "'<c16'", "2," },
};

enum { N_MEMBERS = sizeof members / sizeof *members, MOST_OF_A_BLOCK = 65535 };

typedef struct {
    char *data;
    size_t n;
    uint64_t at, n_packed;
    uint32_t crc;
} member;

static uint32_t crc_of(const char *p, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= (uint8_t)p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

static void make_member(member *m, size_t i, unsigned long rows, unsigned long columns)
{
    FILE *f = open_memstream(&m->data, &m->n);

    if (!f)
        exit(1);
    if (members[i].descr) {
        write_npy_head(f, members[i].descr, members[i].shape);
        put_noise(f, 8, 1.0f);
    } else {
        write_npy(f, rows, columns);
    }
    if (fclose(f) != 0)
        exit(1);
    m->crc = crc_of(m->data, m->n);
}

/* What both records of a member have. */
static void put_common(FILE *f, const member *m, size_t i, unsigned method)
{
    put(f, 20, 2);
    put(f, 0, 2);
    put(f, method, 2);
    put(f, 0x21 << 16, 4); /* the first day of 1980 */
    put(f, m->crc, 4);
    put(f, m->n_packed, 4);
    put(f, m->n, 4);
    put(f, strlen(members[i].name), 2);
    put(f, 0, 2);
}

/* As blocks of deflate that are stored. */
static void put_deflated(FILE *f, const member *m)
{
    for (size_t at = 0; at < m->n; at += MOST_OF_A_BLOCK) {
        const size_t n = m->n - at < MOST_OF_A_BLOCK ? m->n - at : MOST_OF_A_BLOCK;

        put(f, at + n == m->n, 1);
        put(f, n, 2);
        put(f, ~(uint64_t)n, 2);
        fwrite(m->data + at, 1, n, f);
    }
}

static void write_npz(FILE *f, unsigned long rows, unsigned long columns, bool is_deflated)
{
    const unsigned method = is_deflated ? 8 : 0;
    member made[N_MEMBERS] = { 0 };

    for (size_t i = 0; i < N_MEMBERS; i++) {
        member *m = &made[i];

        make_member(m, i, rows, columns);
        m->at = (uint64_t)ftell(f);
        m->n_packed =
            m->n + (is_deflated ? 5 * ((m->n + MOST_OF_A_BLOCK - 1) / MOST_OF_A_BLOCK) : 0);
        put(f, 0x04034B50, 4);
        put_common(f, m, i, method);
        fputs(members[i].name, f);
        if (is_deflated)
            put_deflated(f, m);
        else
            fwrite(m->data, 1, m->n, f);
    }
    const uint64_t directory = (uint64_t)ftell(f);

    for (size_t i = 0; i < N_MEMBERS; i++) {
        put(f, 0x02014B50, 4);
        put(f, 20, 2);
        put_common(f, &made[i], i, method);
        put(f, 0, 8);
        put(f, 0, 2);
        put(f, made[i].at, 4);
        fputs(members[i].name, f);
        free(made[i].data);
    }
    const uint64_t end = (uint64_t)ftell(f);

    put(f, 0x06054B50, 4);
    put(f, 0, 4);
    put(f, N_MEMBERS, 2);
    put(f, N_MEMBERS, 2);
    put(f, end - directory, 4);
    put(f, directory, 4);
    put(f, 0, 2);
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
        fprintf(stderr,
                "usage: make-weights npy|npz|npz-deflated|safetensors ROWS COLUMNS FILE [VALUE]\n");
        return 2;
    }
    has_value = argc == 6;
    value = has_value ? strtof(argv[5], NULL) : 0.0f;

    const unsigned long rows = strtoul(argv[2], NULL, 10), columns = strtoul(argv[3], NULL, 10);

    if (strcmp(argv[1], "npy") == 0)
        write_npy(f, rows, columns);
    else if (strncmp(argv[1], "npz", 3) == 0)
        write_npz(f, rows, columns, strcmp(argv[1], "npz") != 0);
    else
        write_safetensors(f, rows, columns);
    return fclose(f) == 0 ? 0 : 1;
}
