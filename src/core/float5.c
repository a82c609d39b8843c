/* Knows the 5-bit float of textbooks: (-1)^sign * 2^(exponent - 1) * (1 + mantissa / 4), 2 bits
 * each of exponent and mantissa. The leading 1 is there always, so that there is neither zero nor
 * anything below 0.5. */
#include "core/float5.h"

#define MARK(e, m) ((float)((4 + (m)) << (e)) / 8.0f)
#define RISING(e)  MARK(e, 0), MARK(e, 1), MARK(e, 2), MARK(e, 3)
#define FALLING(e) -MARK(e, 3), -MARK(e, 2), -MARK(e, 1), -MARK(e, 0)

static const float marks[32] = { FALLING(3), FALLING(2), FALLING(1), FALLING(0),
                                 RISING(0),  RISING(1),  RISING(2),  RISING(3) };

bc_grid bci_grid_float5(void)
{
    return (bc_grid){ .family = BC_GRID_TABLE,
                      .hi = 31,
                      .den = 1.0,
                      .shift_gain = 1.0,
                      .exponent_bits = 2,
                      .mantissa_bits = 2,
                      .exponent_bias = 1,
                      .values = marks,
                      .stored = BC_STORED_SIGNED,
                      .bits = 5 };
}

uint32_t bci_signed_bits(int32_t top, int32_t code)
{
    const int32_t half = top / 2 + 1; /* codes of each sign */

    return (uint32_t)(code >= half ? code - half : 2 * half - 1 - code);
}

int32_t bci_signed_code(int32_t top, uint32_t bits)
{
    const int32_t half = top / 2 + 1, pattern = (int32_t)(bits & (uint32_t)top);

    return pattern < half ? pattern + half : 2 * half - 1 - pattern;
}
