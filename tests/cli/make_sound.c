/* make-sound KIND ENCODING RATE CHANNELS FRAMES FILE: write a WAV file, known to the last byte by
 * its arguments, without the code that is tested. FILE - is standard output.
 *
 * KIND: silence; sine: 997 Hz, half of full scale, a quarter period later in every next channel;
 * hot: the same at 1.5 times full scale, clipped where integers end; noise: white, to half of full
 * scale; high8: as noise, with nothing below the eighth bit of 16; nan, inf, -inf: silence but for
 * frame 5 of the last channel; huge: 1e100 there. ENCODING: u8, s16, s24, s32, f32 or f64. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned bits, tag; /* 1 for integers, 3 for floats */
} encodings[] = {
    { "u8", 8, 1 },   { "s16", 16, 1 }, { "s24", 24, 1 },
    { "s32", 32, 1 }, { "f32", 32, 3 }, { "f64", 64, 3 },
};

static void put(FILE *f, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        putc((int)(v >> 8 * i & 255), f);
}

static double sample(const char *kind, uint64_t frame, unsigned channel, unsigned n_channels,
                     double rate_hz)
{
    const double turn = 2.0 * 3.14159265358979323846;
    static uint64_t state = 88172645463325252u;

    if (strcmp(kind, "sine") == 0 || strcmp(kind, "hot") == 0)
        return (*kind == 's' ? 0.5 : 1.5) *
               sin(turn * (fmod(997.0 * (double)frame / rate_hz, 1.0) - 0.25 * channel));
    if (strcmp(kind, "noise") == 0 || strcmp(kind, "high8") == 0) {
        state ^= state << 13; /* Marsaglia's xorshift */
        state ^= state >> 7;
        state ^= state << 17;
        const double v = (double)(int64_t)state * 0x1p-64;

        return *kind == 'n' ? v : floor(v * 256.0) / 256.0;
    }
    if (frame != 5 || channel + 1 != n_channels)
        return 0.0;
    return strcmp(kind, "nan") == 0    ? NAN
           : strcmp(kind, "inf") == 0  ? INFINITY
           : strcmp(kind, "-inf") == 0 ? -INFINITY
           : strcmp(kind, "huge") == 0 ? 1e100
                                       : 0.0;
}

static uint64_t bits_of(double v, unsigned bits, bool is_float)
{
    const double full = ldexp(1.0, (int)bits - 1);
    const float narrow = (float)v;
    uint64_t wide;
    uint32_t half;

    memcpy(&wide, &v, sizeof wide);
    memcpy(&half, &narrow, sizeof half);
    if (is_float)
        return bits == 64 ? wide : half;
    v = floor(v * full + 0.5);
    v = v < -full ? -full : v > full - 1 ? full - 1 : v;
    return (uint64_t)(int64_t)v + (bits == 8 ? 128 : 0);
}

int main(int argc, char **argv)
{
    const size_t n_encodings = sizeof encodings / sizeof *encodings;
    size_t e = 0;

    while (argc == 7 && e < n_encodings && strcmp(argv[2], encodings[e].name) != 0)
        e++;
    if (argc != 7 || e == n_encodings) {
        fprintf(stderr, "usage: make-sound KIND ENCODING RATE CHANNELS FRAMES FILE\n");
        return 2;
    }
    const unsigned bytes = encodings[e].bits / 8, n_channels = (unsigned)atoi(argv[4]);
    const uint64_t rate_hz = strtoull(argv[3], NULL, 10), n_frames = strtoull(argv[5], NULL, 10);
    const uint64_t data = n_frames * n_channels * bytes;
    FILE *f = strcmp(argv[6], "-") == 0 ? stdout : fopen(argv[6], "wb");

    if (!f) {
        perror(argv[6]);
        return 1;
    }
    fputs("RIFF", f);
    put(f, 36 + data + data % 2, 4);
    fputs("WAVEfmt ", f);
    put(f, 16, 4);
    put(f, encodings[e].tag, 2);
    put(f, n_channels, 2);
    put(f, rate_hz, 4);
    put(f, rate_hz * n_channels * bytes, 4);
    put(f, n_channels * bytes, 2);
    put(f, encodings[e].bits, 2);
    fputs("data", f);
    put(f, data, 4);
    for (uint64_t i = 0; i < n_frames; i++)
        for (unsigned c = 0; c < n_channels; c++)
            put(f,
                bits_of(sample(argv[1], i, c, n_channels, (double)rate_hz), encodings[e].bits,
                        encodings[e].tag == 3),
                bytes);
    put(f, 0, (unsigned)(data % 2));
    return fflush(f) == 0 && !ferror(f) ? 0 : 1;
}
