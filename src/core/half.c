/* Knows the public names of the conversions to and from 16 bits. */
#include "bitcrush/half.h"

#include "core/half.h"

uint16_t bc_f16_from_f32(float x)
{
    return bci_f16_from_f32(x);
}

float bc_f16_to_f32(uint16_t bits)
{
    return bci_f16_to_f32(bits);
}

uint16_t bc_bf16_from_f32(float x)
{
    return bci_bf16_from_f32(x);
}

float bc_bf16_to_f32(uint16_t bits)
{
    return bci_bf16_to_f32(bits);
}
