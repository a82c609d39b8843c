/* What --encoder best gains over exact, by format and distribution of the weights: SNR in dB of
 * 2^15 numbers, the same of any machine; and on standard error how many million weights a second of
 * processor time it takes. Started by encoder-quality.sh. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bitcrush/blocks.h"

enum { N = 1 << 15 };

static float x[N], y[N];
static uint8_t blocks[2 * N];

/* splitmix64, as a number in (0, 1). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *state)
{
    return sqrt(-2.0 * log(uniform(state))) * cos(6.283185307179586 * uniform(state));
}

static double laplace(uint64_t *state)
{
    const double u = uniform(state) - 0.5;

    return (u < 0.0 ? 1.0 : -1.0) * log(1.0 - 2.0 * fabs(u));
}

/* Student's t with four degrees of freedom. */
static double student(uint64_t *state)
{
    double squares = 0.0;
    const double n = normal(state);

    for (int i = 0; i < 4; i++) {
        const double v = normal(state);

        squares += v * v;
    }
    return n / sqrt(squares / 4.0);
}

static double snr_db(const bc_block_format *f)
{
    double signal = 0.0, noise = 0.0;

    f->decode(blocks, N / f->block_length, y);
    for (size_t i = 0; i < N; i++) {
        const double v = (double)x[i], e = (double)y[i] - v;

        signal += v * v;
        noise += e * e;
    }
    return 10.0 * log10(signal / noise);
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void)
{
    static double (*const draws[])(uint64_t *) = { normal, laplace, student };
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);

    printf("%-14s %16s %16s %16s\n", "", "Gaussian", "Laplace", "Student t, 4");
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        double time_s = 0.0;

        if (f->block_length == 1)
            continue;
        printf("%-14s", f->name);
        for (size_t d = 0; d < sizeof draws / sizeof *draws; d++) {
            uint64_t state = 1;

            for (size_t i = 0; i < N; i++)
                x[i] = 0.02f * (float)draws[d](&state);
            f->encode(x, NULL, N / f->block_length, blocks);

            const double exact = snr_db(f), start = now_s();

            bc_block_encode_best(f, x, NULL, N / f->block_length, blocks);
            time_s += now_s() - start;

            const double best = snr_db(f);

            printf("    %6.2f %+6.2f", best, best - exact);
        }
        printf("\n");
        fprintf(stderr, "%-16s %6.2f million weights a second\n", f->name, 3.0 * N / time_s * 1e-6);
    }
    return 0;
}
