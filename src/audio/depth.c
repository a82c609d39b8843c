/* Knows the depths that sound can be reduced to, and how files hold them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/audio.h"

/* Levels that are no power of two have marks between those of any container: stored with 8 bits
 * more than the levels have, a mark is off by at most 1/512 of a step. */
static int container_for(double bits)
{
    const int with_margin = (int)ceil(bits) + 8;

    return with_margin <= 16 ? 16 : with_margin <= 24 ? 24 : 32;
}

/* Marks half a step beside integers are integers of one bit more. */
static bc_status whole_depth(const char *grid, int bits, bc_audio_depth *out, bc_error *err)
{
    bc_audio_depth d = { .bits = bits, .encoding = BC_ENCODING_PCM, .valid_bits = bits };
    bc_status st;

    snprintf(d.name, sizeof d.name, "%s%d", grid, bits);
    st = bc_grid_named(d.name, &d.grid, err);
    if (st)
        return st;
    d.valid_bits += d.grid.rise != 0.0;
    *out = d;
    return BC_OK;
}

static bc_status levels_depth(double levels, double bits, bc_audio_depth *out, bc_error *err)
{
    bc_audio_depth d = { .bits = bits, .encoding = BC_ENCODING_PCM };

    /* Of one bit a mark at 0 would take all that is not louder than half of full scale, and be
     * silence. */
    if (bits == floor(bits))
        return whole_depth(bits == 1.0 ? "midrise" : "pcm", (int)bits, out, err);
    d.valid_bits = container_for(bits);
    bci_format(d.name, sizeof d.name, "levels%.0f", levels);
    const bc_status st = bc_grid_pcm_levels((uint32_t)levels, &d.grid, err);

    if (!st)
        *out = d;
    return st;
}

/* Names of the grids whose marks are integers of a file, as they stand in the registry. */
static const char *of_integers(const char *name)
{
    static const char *const grids[] = { "pcm", "midrise" };

    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++)
        if (strncmp(name, grids[i], strlen(grids[i])) == 0)
            return grids[i];
    return NULL;
}

static bc_audio_encoding encoding_of(const char *name)
{
    return strcmp(name, "mulaw") == 0  ? BC_ENCODING_MULAW
           : strcmp(name, "alaw") == 0 ? BC_ENCODING_ALAW
                                       : BC_ENCODING_F32;
}

bc_status bc_audio_depth_named(const char *text, bc_audio_depth *out, bc_error *err)
{
    bc_audio_depth d = { 0 };
    bc_spec spec;
    const bc_status st = bc_spec_named(text, &spec, err);

    if (st)
        return st;
    if (spec.kind == BC_SPEC_EVEN)
        return levels_depth(spec.levels, spec.bits, out, err);
    if (spec.blocks && spec.blocks->block_length == 1)
        return bci_fail(err, BC_E_USAGE, "%s: single numbers, expected the grid %s", text,
                        strcmp(text, "f16") == 0 ? "float16" : "bfloat16");
    if (of_integers(text))
        return whole_depth(of_integers(text), spec.grid.bits, out, err);
    memcpy(d.name, spec.name, sizeof d.name);
    d.grid = spec.grid;
    d.blocks = spec.blocks;
    d.encoding = encoding_of(text);
    if (spec.blocks || spec.grid.family == BC_GRID_AFFINE)
        d.bits = spec.bits;
    *out = d;
    return BC_OK;
}
