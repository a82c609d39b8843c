/* Knows mu-law and A-law (ITU-T G.711): their marks, as decoders to 16 bits give them over full
 * scale 32768, and their bytes, which are sign and magnitude with bits turned over.
 *
 * Magnitudes count 0..127: eight segments of 16 steps, of which each is twice as coarse as the
 * one before (of A-law the second is as fine as the first). */
#include "core/companded.h"

/* Step i of segment s. */
#define MULAW(s, i) ((float)(((8 * (i) + 132) << (s)) - 132) / 32768.0f)
#define ALAW(s, i)  ((float)((s) ? (16 * (i) + 264) << ((s) - (s > 0)) : 16 * (i) + 8) / 32768.0f)

#define RISING(f, s)                                                                               \
    f(s, 0), f(s, 1), f(s, 2), f(s, 3), f(s, 4), f(s, 5), f(s, 6), f(s, 7), f(s, 8), f(s, 9),      \
        f(s, 10), f(s, 11), f(s, 12), f(s, 13), f(s, 14), f(s, 15)
#define FALLING_TO_1(f, s)                                                                         \
    -f(s, 15), -f(s, 14), -f(s, 13), -f(s, 12), -f(s, 11), -f(s, 10), -f(s, 9), -f(s, 8),          \
        -f(s, 7), -f(s, 6), -f(s, 5), -f(s, 4), -f(s, 3), -f(s, 2), -f(s, 1)
#define FALLING(f, s) FALLING_TO_1(f, s), -f(s, 0)
#define ALL_RISING(f)                                                                              \
    RISING(f, 0), RISING(f, 1), RISING(f, 2), RISING(f, 3), RISING(f, 4), RISING(f, 5),            \
        RISING(f, 6), RISING(f, 7)
#define FALLING_TO_SEGMENT_1(f)                                                                    \
    FALLING(f, 7), FALLING(f, 6), FALLING(f, 5), FALLING(f, 4), FALLING(f, 3), FALLING(f, 2),      \
        FALLING(f, 1)

static const float mulaw[] = { FALLING_TO_SEGMENT_1(MULAW), FALLING_TO_1(MULAW, 0),
                               ALL_RISING(MULAW) };
static const float alaw[] = { FALLING_TO_SEGMENT_1(ALAW), FALLING(ALAW, 0), ALL_RISING(ALAW) };

enum { N_MULAW = sizeof mulaw / sizeof *mulaw, N_ALAW = sizeof alaw / sizeof *alaw };

_Static_assert(N_MULAW == 255 && N_ALAW == 256, "8 bits");

bc_grid bci_grid_mulaw(void)
{
    return (bc_grid){ .family = BC_GRID_TABLE,
                      .hi = N_MULAW - 1,
                      .den = 1.0,
                      .shift_gain = 1.0,
                      .values = mulaw,
                      .stored = BC_STORED_MULAW,
                      .bits = 8 };
}

bc_grid bci_grid_alaw(void)
{
    return (bc_grid){ .family = BC_GRID_TABLE,
                      .hi = N_ALAW - 1,
                      .den = 1.0,
                      .shift_gain = 1.0,
                      .values = alaw,
                      .stored = BC_STORED_ALAW,
                      .bits = 8 };
}

/* Codes rise through the negative marks first. */
uint32_t bci_companded_byte(bc_stored stored, int32_t code)
{
    const bool is_mulaw = stored == BC_STORED_MULAW, is_positive = code >= (is_mulaw ? 127 : 128);
    const int32_t magnitude = is_positive ? code - (is_mulaw ? 127 : 128) : 127 - code;
    const uint32_t byte = (is_positive ? 0x80u : 0u) | (uint32_t)magnitude;

    return is_mulaw ? byte ^ 0x7F : byte ^ 0x55;
}

int32_t bci_companded_code(bc_stored stored, uint32_t byte)
{
    const bool is_mulaw = stored == BC_STORED_MULAW, is_positive = byte & 0x80;
    const int32_t magnitude = (int32_t)((byte ^ (is_mulaw ? 0x7Fu : 0x55u)) & 0x7F);

    return is_positive ? magnitude + (is_mulaw ? 127 : 128) : 127 - magnitude;
}
