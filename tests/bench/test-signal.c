/* Knows the signals that dithers and shapers are measured with: writes one as WAV of 32-bit
 * floats, one channel, to standard output.
 *
 *     test-signal RATE SECONDS sine HZ AMPLITUDE
 *     test-signal RATE SECONDS white AMPLITUDE       uniform between -AMPLITUDE and AMPLITUDE
 *     test-signal RATE SECONDS constant VALUE */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(uint64_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        putchar((int)(value >> 8 * i & 0xFF));
}

static void put_head(uint32_t rate_hz, uint32_t n)
{
    fputs("RIFF", stdout);
    put(36 + 4 * (uint64_t)n, 4);
    fputs("WAVEfmt ", stdout);
    put(16, 4);
    put(3, 2); /* WAVE_FORMAT_IEEE_FLOAT */
    put(1, 2);
    put(rate_hz, 4);
    put(4 * (uint64_t)rate_hz, 4);
    put(4, 2);
    put(32, 2);
    fputs("data", stdout);
    put(4 * (uint64_t)n, 4);
}

/* -1 to 1: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), which shares nothing with the noise of
 * the library. */
static double uniform(uint64_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-52 - 1.0;
}

int main(int argc, char **argv)
{
    const char *kind = argc > 4 ? argv[3] : "";
    const int n_arguments = strcmp(kind, "sine") == 0 ? 6 : 5;

    if (argc != n_arguments) {
        fputs("test-signal: expected RATE SECONDS and sine HZ AMPLITUDE, white AMPLITUDE or "
              "constant VALUE\n",
              stderr);
        return 2;
    }
    const double rate_hz = atof(argv[1]), a = atof(argv[4]), b = argc > 5 ? atof(argv[5]) : 0.0;
    const uint32_t n = (uint32_t)(rate_hz * atof(argv[2]));

    put_head((uint32_t)rate_hz, n);
    for (uint32_t i = 0; i < n; i++) {
        const double x = *kind == 's'   ? b * sin(2.0 * 3.14159265358979324 * a * i / rate_hz)
                         : *kind == 'w' ? a * uniform(i)
                                        : a;
        const float value = (float)x;
        uint32_t bits;

        memcpy(&bits, &value, sizeof bits);
        put(bits, 4);
    }
    return fflush(stdout) != 0;
}
