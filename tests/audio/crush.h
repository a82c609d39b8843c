/* Knows how tests reduce sounds: values to a file, the file to another, and its values back. */
#ifndef CRUSH_H
#define CRUSH_H

#include <math.h>

#include "sounds.h"

enum { MOST_CHANNELS = 16 };

/* A file of 64-bit floats, or of 32-bit ones. */
static inline const char *save_values(const char *name, bc_audio_encoding encoding,
                                      uint32_t rate_hz, const double *const *planes,
                                      uint32_t n_channels, size_t n_frames)
{
    const bool is_wide = encoding == BC_ENCODING_F64;
    const bci_sound_target t = { .path = path_of(name),
                                 .force = true,
                                 .container = "wav",
                                 .encoding = encoding,
                                 .rate_hz = rate_hz,
                                 .n_channels = n_channels,
                                 .n_frames = n_frames };
    void *raw = malloc(n_frames * n_channels * (is_wide ? 8 : 4) + 1);
    bc_error err = { 0 };

    assert_non_null(raw);
    bc_pcm_pack_values(is_wide ? BC_SAMPLE_F64LE : BC_SAMPLE_F32LE, planes, n_frames, n_channels,
                       raw);
    EXPECT(write_sound(&t, NULL, raw, n_frames, NULL, &err) == BC_OK, "%s", err.text);
    free(raw);
    return t.path;
}

/* The samples of a file, channel after channel; to be freed. */
static inline double *load_values(const char *path, size_t n_frames)
{
    bci_sound *s = open_sound(path);
    const bc_audio_info *info = bci_sound_info(s);
    double *values = malloc(n_frames * info->n_channels * sizeof *values + 1);
    double *planes[MOST_CHANNELS];
    bc_error err = { 0 };
    uint8_t *raw;
    size_t got;

    assert_non_null(values);
    assert_true(info->n_channels <= MOST_CHANNELS);
    EXPECT(read_all(s, &raw, &got, &err) == BC_OK && got == n_frames, "%s: %zu frames, %s", path,
           got, err.text);
    for (uint32_t c = 0; c < info->n_channels; c++)
        planes[c] = values + c * n_frames;
    bc_pcm_unpack(info->layout, raw, n_frames, info->n_channels, planes);
    free(raw);
    bci_sound_free(s);
    return values;
}

/* `dither` NULL leaves it to the data. */
static inline bc_audio_settings settings_for(const char *depth, const char *dither)
{
    bc_audio_settings s = bc_audio_settings_default();

    assert_int_equal(bc_audio_depth_named(depth, &s.depth, NULL), BC_OK);
    s.noise = dither ? bc_noise_find(dither) : NULL;
    assert_true(!dither || s.noise);
    s.force = true;
    s.skip_quality = true;
    return s;
}

static inline bc_audio_result crush_file(const char *in, const char *out,
                                         const bc_audio_settings *s)
{
    bc_audio_result r = { 0 };
    bc_error err = { 0 };
    const bc_status st = bc_audio_reduce(in, out, s, &r, &err);

    EXPECT(st == BC_OK, "%s: status %d, %s", in, (int)st, err.text);
    return r;
}

/* From values to values; to be freed. */
static inline double *crush_values(const double *x, size_t n_frames, uint32_t rate_hz,
                                   const bc_audio_settings *s, bc_audio_result *result)
{
    const char *in = save_values("in.wav", BC_ENCODING_F64, rate_hz, &x, 1, n_frames);
    const char *out = path_of("out.wav");
    const bc_audio_result r = crush_file(in, out, s);

    if (result)
        *result = r;
    return load_values(out, n_frames);
}

static inline double *sine_of(size_t n, double hz, double rate_hz, double amplitude)
{
    double *x = malloc(n * sizeof *x);

    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = amplitude * sin(2.0 * 3.14159265358979323846 * fmod(hz * (double)i / rate_hz, 1.0));
    return x;
}

#endif
