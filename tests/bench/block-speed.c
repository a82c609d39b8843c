/* Knows how fast the exact encoders are, on one thread, beside the plain C of their definitions:
 * for each format medians of N runs over the same numbers, in turns, in processor time. Both have
 * to write the same bytes. Prints
 *     format  MB/s of floats by the plain C, GB/s by ours, their ratio, GB/s decoded, what is asked
 * and ends with status 1 if bytes differ. Numbers are those of a bell curve, as weights are: the
 * sum of four from a linear congruential generator.
 *
 *     block-speed N */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bitcrush/blocks.h"
#include "bitcrush/measure.h"
#include "bitcrush/quantize.h"
#include "reference-blocks.h"

/* A batch of reduce: what passes through the caches between reading and writing. */
enum { N_NUMBERS = 1 << 17, MAX_RUNS = 99 };

static float x[N_NUMBERS], y[N_NUMBERS];
static uint8_t plain[4 * N_NUMBERS], ours[4 * N_NUMBERS];

/* How many times as fast as plain C this project asks its encoders to be. */
static double asked_of(const char *name)
{
    static const struct {
        const char *names;
        double ratio;
    } rows[] = { { " q4_0 q4_1 q5_0 q5_1 f16 ", 3 },
                 { " q8_0 mxfp4 ", 6 },
                 { " tq1_0 tq2_0 ", 2 } };
    char word[32];

    snprintf(word, sizeof word, " %s ", name);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(rows[i].names, word))
            return rows[i].ratio;
    return 0;
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void make_numbers(void)
{
    uint64_t state = 20260101;

    for (size_t i = 0; i < N_NUMBERS; i++) {
        float sum = -2.0f;

        for (int k = 0; k < 4; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            sum += (float)(state >> 40) * 0x1p-24f;
        }
        x[i] = 0.035f * sum;
    }
}

typedef enum { PLAIN, OURS, DECODER } which;

static void pass(which w, const reference_row *row, const bc_block_format *f)
{
    const size_t n_blocks = N_NUMBERS / f->block_length;

    switch (w) {
    case PLAIN: row->encode(x, N_NUMBERS, plain); break;
    case OURS: f->encode(x, NULL, n_blocks, ours); break;
    case DECODER: f->decode(ours, n_blocks, y); break;
    }
}

/* Processor seconds of a pass, of as many as last 20 ms. */
static double time_of(which w, const reference_row *row, const bc_block_format *f)
{
    const double start = cpu_s();
    double now = start;
    int n = 0;

    for (; now - start < 0.02; n++, now = cpu_s())
        pass(w, row, f);
    return (now - start) / n;
}

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_size);
    return 0.5 * (v[(n - 1) / 2] + v[n / 2]);
}

static int compare(const reference_row *row, const bc_block_format *f, size_t n_runs)
{
    const size_t size = N_NUMBERS / f->block_length * f->block_bytes;
    static double runs[3][MAX_RUNS];
    double s[3];

    for (which w = PLAIN; w <= DECODER; w++)
        pass(w, row, f);
    if (memcmp(plain, ours, size) != 0) {
        printf("%-8s the bytes differ\n", row->name);
        return 1;
    }
    for (size_t i = 0; i < n_runs; i++)
        for (which w = PLAIN; w <= DECODER; w++)
            runs[w][i] = time_of(w, row, f);
    for (which w = PLAIN; w <= DECODER; w++)
        s[w] = median(runs[w], n_runs);

    const double bytes = 4.0 * N_NUMBERS, ratio = s[PLAIN] / s[OURS], asked = asked_of(row->name);
    char verdict[32] = "";

    if (asked > 0)
        snprintf(verdict, sizeof verdict, "  %.0fx asked%s", asked,
                 ratio < asked ? ", missed" : "");
    printf("%-8s %10.0f %10.2f %8.1fx %10.2f%s\n", row->name, 1e-6 * bytes / s[PLAIN],
           1e-9 * bytes / s[OURS], ratio, 1e-9 * bytes / s[DECODER], verdict);
    return 0;
}

/* The sums of errors, which a report needs. */
static void time_errors(size_t n_runs)
{
    static double runs[MAX_RUNS];
    bc_error_sums sums = { 0 };

    for (size_t i = 0; i < n_runs; i++) {
        const double start = cpu_s();
        double now = start;
        int n = 0;

        for (; now - start < 0.02; n++, now = cpu_s())
            bc_error_add_f32(&sums, x, y, N_NUMBERS);
        runs[i] = (now - start) / n;
    }
    printf("%-8s %10s %10.2f\n", "errors", "", 4e-9 * N_NUMBERS / median(runs, n_runs));
}

int main(int argc, char **argv)
{
    const int n_runs = argc == 2 ? atoi(argv[1]) : 0;
    int differ = 0;

    if (n_runs < 1 || n_runs > MAX_RUNS) {
        fprintf(stderr, "usage: block-speed N, from 1 to %d\n", MAX_RUNS);
        return 2;
    }
    make_numbers();
    printf("%-8s %10s %10s %9s %10s\n", bc_cpu_level(), "plain MB/s", "ours GB/s", "ratio",
           "decode GB/s");
    for (const reference_row *row = reference_rows; row->name; row++)
        differ |= compare(row, bc_block_find(row->name), (size_t)n_runs);
    time_errors((size_t)n_runs);
    return differ;
}
