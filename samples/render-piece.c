/* render-piece OUT.wav
 *
 * Plays a short piece on strings and small bells in a room and writes it as WAV, 24 bits,
 * 48 kHz, stereo. Knows the score, the two instruments, the room and the file. Sines and
 * exponentials are made here from IEEE basic operations, so that every compiler gives the
 * same bytes. Samples are rounded to nearest without dither: the piece is an input for
 * programs that dither, and fades below the last bit of any of them. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ     48000
#define LENGTH_S    6
#define N_FRAMES    (LENGTH_S * RATE_HZ)
#define SILENCE_S   0.12 /* at the end, all zeros */
#define FADE_S      2.9  /* before it */
#define BEAT_S      0.15
#define PEAK        0.7079457843841379 /* -3 dBFS */
#define SEMITONE    1.0594630943592953 /* 2^(1/12) */
#define PI          3.14159265358979323846
#define QUIET       1e-7 /* where a partial ends */
#define MAX_HZ      15000.0
#define EXIT_USAGE  2
#define EXIT_WRITE  7
#define EXIT_MEMORY 8

typedef struct {
    double left[N_FRAMES], right[N_FRAMES];
} stereo;

/* --- functions -------------------------------------------------------------------------- */

/* Taylor series; |x| <= pi. */
static double sine(double x)
{
    double term = x, sum = x;

    for (int n = 1; n < 16; n++) {
        term *= -x * x / (double)(2 * n * (2 * n + 1));
        sum += term;
    }
    return sum;
}

/* Taylor series; small x. */
static double exponential(double x)
{
    double term = 1.0, sum = 1.0;

    for (int n = 1; n < 16; n++) {
        term *= x / (double)n;
        sum += term;
    }
    return sum;
}

/* Equal temperament, A4 = note 69 = 440 Hz. */
static double note_hz(int note)
{
    double hz = 440.0;

    for (; note > 69; note--)
        hz *= SEMITONE;
    for (; note < 69; note++)
        hz /= SEMITONE;
    return hz;
}

static double smooth(double x)
{
    return x <= 0.0 ? 0.0 : x >= 1.0 ? 1.0 : x * x * (3.0 - 2.0 * x);
}

/* --- instruments ------------------------------------------------------------------------ */

/* One partial: a point that turns and comes closer to the middle with every sample. It begins
 * in the middle of a swing, and within 3 ms. */
static void add_partial(double *out, double start_s, double hz, double gain, double decay_s)
{
    const double turn = 2.0 * PI * hz / RATE_HZ, shrink = exponential(-1.0 / (decay_s * RATE_HZ));
    const double c = shrink * sine(0.5 * PI - turn), s = shrink * sine(turn);
    double x = gain, y = 0.0, level = fabs(gain);

    for (size_t i = (size_t)(start_s * RATE_HZ), n = 0; i < N_FRAMES && level > QUIET; i++, n++) {
        const double turned = c * x - s * y;

        out[i] += y * (n < 144 ? smooth((double)n / 144.0) : 1.0);
        y = s * x + c * y;
        x = turned;
        level *= shrink;
    }
}

/* A plucked string: partials as strong as the place where it is plucked makes them, a little
 * sharp by its stiffness, the higher the shorter. */
static void add_string(double *out, double start_s, double hz, double gain, double ring)
{
    const double place = 0.19, stiffness = 6e-5;

    for (int k = 1; k <= 28; k++) {
        const double partial_hz = k * hz * sqrt(1.0 + stiffness * k * k);
        const double angle = place * k - 2.0 * floor(0.5 * place * k + 0.5); /* in half turns */

        if (partial_hz > MAX_HZ)
            break;
        add_partial(out, start_s, partial_hz, gain * sine(PI * angle) / (k * sqrt(k)),
                    ring * 1.5 * sqrt(220.0 / hz) / (1.0 + 0.28 * (k - 1)));
    }
}

/* A small bell: the partials of a bar that is free at both ends, and its octave. */
static void add_bell(double *out, double start_s, double hz, double gain)
{
    static const struct {
        double ratio, gain, decay_s;
    } partials[] = {
        { 1.0, 1.0, 1.3 }, { 2.0, 0.25, 0.8 }, { 2.756, 0.35, 0.5 }, { 5.404, 0.12, 0.2 }
    };

    for (size_t i = 0; i < sizeof partials / sizeof *partials; i++)
        if (partials[i].ratio * hz < MAX_HZ)
            add_partial(out, start_s, partials[i].ratio * hz, gain * partials[i].gain,
                        partials[i].decay_s);
}

/* --- the score -------------------------------------------------------------------------- */

typedef struct {
    int beat, note;
    double gain, pan; /* pan: 0 is left, 1 is right */
    bool is_bell;
} event;

#define LAST_BEAT 20

/* D - Bm7 - Gmaj7 - A7sus4 in arpeggios, whose strings are held, and D again to ring on. */
static const event score[] = {
    /* clang-format off */
    {  0, 38, 0.80, 0.50, false }, {  0, 62, 0.50, 0.30, false }, {  1, 66, 0.45, 0.65, false },
    {  2, 69, 0.45, 0.40, false }, {  3, 74, 0.50, 0.75, false }, {  3, 86, 0.16, 0.20, true  },
    {  4, 69, 0.40, 0.55, false },
    {  5, 35, 0.80, 0.50, false }, {  5, 62, 0.50, 0.30, false }, {  6, 66, 0.45, 0.65, false },
    {  7, 69, 0.45, 0.40, false }, {  8, 73, 0.50, 0.75, false }, {  8, 85, 0.15, 0.80, true  },
    {  9, 69, 0.40, 0.55, false },
    { 10, 43, 0.75, 0.50, false }, { 10, 62, 0.50, 0.30, false }, { 11, 66, 0.45, 0.65, false },
    { 12, 71, 0.45, 0.40, false }, { 13, 74, 0.55, 0.75, false }, { 13, 90, 0.14, 0.25, true  },
    { 14, 71, 0.40, 0.55, false },
    { 15, 45, 0.75, 0.50, false }, { 15, 62, 0.50, 0.30, false }, { 16, 67, 0.45, 0.65, false },
    { 17, 71, 0.45, 0.40, false }, { 18, 76, 0.55, 0.75, false }, { 18, 88, 0.14, 0.75, true  },
    { 19, 73, 0.45, 0.35, false },
    { 20, 38, 0.90, 0.50, false }, { 20, 57, 0.45, 0.40, false }, { 20, 62, 0.50, 0.25, false },
    { 20, 66, 0.45, 0.70, false }, { 21, 74, 0.45, 0.60, false }, { 22, 78, 0.40, 0.35, false },
    { 23, 81, 0.12, 0.80, true  }, { 24, 86, 0.14, 0.20, true  }, { 26, 93, 0.08, 0.60, true  },
    /* clang-format on */
};

/* Each note sounds on two strings a cent apart, one more to each side: together they beat slowly,
 * as those of a piano do. */
static void play(stereo *out)
{
    for (size_t i = 0; i < sizeof score / sizeof *score; i++) {
        const event *e = &score[i];
        const double start_s = 0.05 + BEAT_S * e->beat, hz = note_hz(e->note);
        const double ring = e->beat < LAST_BEAT ? 0.5 : 1.0;

        if (e->is_bell) {
            add_bell(out->left, start_s, hz, e->gain * sqrt(1.0 - e->pan));
            add_bell(out->right, start_s, hz, e->gain * sqrt(e->pan));
        } else {
            add_string(out->left, start_s, hz * 0.9997, e->gain * sqrt(1.0 - e->pan), ring);
            add_string(out->right, start_s, hz * 1.0003, e->gain * sqrt(e->pan), ring);
        }
    }
}

/* --- the room --------------------------------------------------------------------------- */

/* A delay whose output comes back, with the highs damped. */
static void add_echoes(double *wet, const double *dry, size_t delay, double feedback)
{
    double *line = calloc(delay, sizeof *line), damped = 0.0;

    if (!line) {
        fprintf(stderr, "render-piece: out of memory\n");
        exit(EXIT_MEMORY);
    }
    for (size_t i = 0; i < N_FRAMES; i++) {
        const double late = line[i % delay];

        damped += 0.55 * (late - damped);
        line[i % delay] = dry[i] + feedback * damped;
        wet[i] += late;
    }
    free(line);
}

/* Echoes pass all frequencies alike and become dense (Schroeder 1962). */
static void spread_echoes(double *x, size_t delay)
{
    double *line = calloc(delay, sizeof *line);

    if (!line) {
        fprintf(stderr, "render-piece: out of memory\n");
        exit(EXIT_MEMORY);
    }
    for (size_t i = 0; i < N_FRAMES; i++) {
        const double late = line[i % delay], in = x[i] + 0.6 * late;

        line[i % delay] = in;
        x[i] = late - 0.6 * in;
    }
    free(line);
}

/* Delays in samples, without common factors, other ones for each ear. */
static void add_room(double *x, const size_t combs[4], const size_t spreads[2])
{
    static double wet[N_FRAMES];

    memset(wet, 0, sizeof wet);
    for (int i = 0; i < 4; i++)
        add_echoes(wet, x, combs[i], 0.80);
    for (int i = 0; i < 2; i++)
        spread_echoes(wet, spreads[i]);
    for (size_t i = 0; i < N_FRAMES; i++)
        x[i] += 0.085 * wet[i];
}

/* --- the file --------------------------------------------------------------------------- */

/* The sum of decaying swings is not quite 0: a high-pass at 15 Hz. */
static void remove_offset(double *x)
{
    const double share = 2.0 * PI * 15.0 / RATE_HZ;
    double slow = 0.0;

    for (size_t i = 0; i < N_FRAMES; i++) {
        slow += share * (x[i] - slow);
        x[i] -= slow;
    }
}

/* Falls as the fourth power: at first slowly, at last through every bit to nothing. */
static double fade(size_t frame)
{
    const double left = (LENGTH_S - SILENCE_S - (double)frame / RATE_HZ) / FADE_S;

    return left >= 1.0 ? 1.0 : left <= 0.0 ? 0.0 : left * left * left * left;
}

static void finish(stereo *out)
{
    double peak = 0.0;

    remove_offset(out->left);
    remove_offset(out->right);
    for (size_t i = 0; i < N_FRAMES; i++) {
        out->left[i] *= fade(i);
        out->right[i] *= fade(i);
        peak = fmax(peak, fmax(fabs(out->left[i]), fabs(out->right[i])));
    }
    for (size_t i = 0; i < N_FRAMES; i++) {
        out->left[i] *= PEAK / peak;
        out->right[i] *= PEAK / peak;
    }
}

static uint8_t *put(uint8_t *at, uint32_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static bool save(const char *path, const stereo *out)
{
    static uint8_t bytes[44 + 6 * N_FRAMES];
    const uint32_t n_data = 6 * N_FRAMES;
    uint8_t *at = bytes;

    memcpy(at, "RIFF\0\0\0\0WAVEfmt ", 16);
    put(at + 4, n_data + 36, 4);
    at = put(at + 16, 16, 4);
    at = put(at, 1, 2); /* PCM */
    at = put(at, 2, 2);
    at = put(at, RATE_HZ, 4);
    at = put(at, 6 * RATE_HZ, 4);
    at = put(at, 6, 2);
    at = put(at, 24, 2);
    memcpy(at, "data", 4);
    at = put(at + 4, n_data, 4);
    for (size_t i = 0; i < N_FRAMES; i++) {
        at = put(at, (uint32_t)(int32_t)floor(8388608.0 * out->left[i] + 0.5), 3);
        at = put(at, (uint32_t)(int32_t)floor(8388608.0 * out->right[i] + 0.5), 3);
    }

    FILE *file = fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "%s: cannot open (%s), expected a path that can be written\n", path,
                strerror(errno));
        return false;
    }
    bool saved = fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes;
    saved &= fclose(file) == 0;
    if (!saved)
        fprintf(stderr, "%s: write failed (%s), expected room for the piece\n", path,
                strerror(errno));
    return saved;
}

int main(int argc, char **argv)
{
    static stereo out;
    static const size_t left_combs[] = { 1759, 1933, 2141, 2269 }, left_spreads[] = { 347, 113 };
    static const size_t right_combs[] = { 1801, 1973, 2089, 2311 }, right_spreads[] = { 337, 127 };

    if (argc != 2) {
        fprintf(stderr, "render-piece: argument count %d, expected 1 (OUT.wav)\n",
                argc > 0 ? argc - 1 : 0);
        return EXIT_USAGE;
    }
    play(&out);
    add_room(out.left, left_combs, left_spreads);
    add_room(out.right, right_combs, right_spreads);
    finish(&out);
    return save(argv[1], &out) ? EXIT_SUCCESS : EXIT_WRITE;
}
