/* Knows how a test reduces a picture: dithers by their names, files in the scratch directory. */
#ifndef REDUCE_H
#define REDUCE_H

#include "../base/scratch_dir.h"
#include "bitcrush/image.h"
#include "picture.h"

static inline bc_image_settings settings_of(const char *dither, int bits)
{
    bc_image_settings s = bc_image_settings_default(bits);

    s.kernel = bc_diffusion_find(dither);
    s.noise = bc_noise_find(s.kernel ? "none" : dither);
    EXPECT(s.noise, "there is no dither %s", dither);
    s.force = true;
    s.n_threads = 1; /* pictures are small; test_same_bytes.c shows that it does not matter */
    return s;
}

/* Reduce the file `in` to the file `out`; a failure fails the test. */
static inline bc_image_result reduce_file(const char *in, const char *out,
                                          const bc_image_settings *settings)
{
    bc_image_result result;
    bc_error err = { 0 };
    const bc_status st = bc_image_reduce(in, out, settings, &result, &err);

    EXPECT(st == BC_OK, "%d bits: status %d, %s", settings->bits, (int)st, err.text);
    return result;
}

/* Reduce by way of the files in.png and out.png; the caller frees the picture. */
static inline picture reduce(const picture *p, const bc_image_settings *settings,
                             bc_image_result *result)
{
    picture_save(p, path_of("in.png"));

    const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.png"), settings);

    if (result)
        *result = r;
    return picture_load(path_of("out.png"));
}

/* round(v * to / from) where no half can occur, because `from` is odd: a sample of 0..from
 * as a sample of 0..to. */
static inline uint32_t rescaled(uint32_t v, uint32_t from, uint32_t to)
{
    return (uint32_t)((2 * (uint64_t)v * to + from) / (2 * (uint64_t)from));
}

/* What a PNG stores for code k of n bits, as a sample of 16 bits: the level itself where PNG
 * has that depth, else the nearest sample of the next deeper kind; palettes have 8 bits. */
static inline uint16_t stored_level(uint32_t k, int bits, const picture *file)
{
    const uint32_t top = (1u << bits) - 1;
    const int depth = file->colour_type == INDEXED ? 8 : file->depth;
    const uint32_t max = (1u << depth) - 1;

    return (uint16_t)(rescaled(k, top, max) * (65535u / max));
}

#endif
