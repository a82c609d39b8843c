/* Knows the depths that sound can be reduced to, and how files hold them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Of one bit a mark at 0 would take all that is not louder than half of full scale, and be silence. */
static bc_status depth_of_bits(int bits, bc_audio_depth *out, bc_error *err)
{
    return whole_depth(bits == 1 ? "midrise" : "pcm", bits, out, err);
}

static bc_status levels_depth(double levels, bc_audio_depth *out, bc_error *err)
{
    bc_audio_depth d = { .bits = log2(levels), .encoding = BC_ENCODING_PCM };

    if (!(levels >= 2.0 && levels <= 0x1p24))
        return bci_fail(err, BC_E_USAGE, "%.0f levels: expected 2 to 2^24, or whole bits", levels);
    if (d.bits == floor(d.bits))
        return depth_of_bits((int)d.bits, out, err);
    d.valid_bits = container_for(d.bits);
    bci_format(d.name, sizeof d.name, "levels%.0f", levels);
    const bc_status st = bc_grid_pcm_levels((uint32_t)levels, &d.grid, err);

    if (!st)
        *out = d;
    return st;
}

/* A number of bits, or NaN. */
static double number(const char *text)
{
    char *end;
    const double v = bci_read_double(text, &end);
    const bool is_plain = text[strspn(text, "0123456789.")] == '\0';

    return end == text || *end || !is_plain ? NAN : v;
}

bc_status bc_audio_depth_named(const char *text, bc_audio_depth *out, bc_error *err)
{
    const double bits = number(text);
    bc_audio_depth d = { 0 };

    if (!isnan(bits)) {
        if (!(bits >= 1.0 && bits <= 32.0))
            return bci_fail(err, BC_E_USAGE, "bits %s: expected a number from 1 to 32", text);
        if (bits > 24.0 && bits != floor(bits))
            return bci_fail(err, BC_E_USAGE, "bits %s: expected a whole number from 24 on", text);
        return bits == floor(bits) ? depth_of_bits((int)bits, out, err)
                                   : levels_depth(floor(exp2(bits) + 0.5), out, err);
    }
    if (strncmp(text, "levels", 6) == 0 && !isnan(number(text + 6)))
        return levels_depth(number(text + 6), out, err);
    const bool is_of_sound = strncmp(text, "pcm", 3) == 0 || strncmp(text, "midrise", 7) == 0;

    if (strlen(text) >= sizeof d.name || bc_grid_named(text, &d.grid, NULL) ||
        (d.grid.family == BC_GRID_AFFINE && !is_of_sound))
        return bci_fail(
            err, BC_E_USAGE,
            "%s: unknown depth, expected 1 to 32 bits, midrise1 to midrise24, mulaw, alaw "
            "or a float format that `list` shows",
            *text ? text : "\"\"");
    if (d.grid.family == BC_GRID_AFFINE)
        return whole_depth(d.grid.rise == 0.0 ? "pcm" : "midrise", d.grid.bits, out, err);
    snprintf(d.name, sizeof d.name, "%s", text);
    d.encoding = strcmp(text, "mulaw") == 0  ? BC_ENCODING_MULAW
                 : strcmp(text, "alaw") == 0 ? BC_ENCODING_ALAW
                                             : BC_ENCODING_F32;
    *out = d;
    return BC_OK;
}
