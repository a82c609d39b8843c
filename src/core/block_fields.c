/* Knows the fields of the scales of blocks: their bytes, the numbers that they stand for, and the
 * bits that are nearest to a number. */
#include "core/block_layout.h"

#include <math.h>

#include "core/block_values.h"

static size_t bytes_of(bci_field_kind kind)
{
    switch (kind) {
    case BCI_NO_FIELD: return 0;
    case BCI_F16:
    case BCI_MULTIPLE: return 2;
    case BCI_F32: return 4;
    case BCI_E8M0:
    case BCI_E8M0_HALF:
    case BCI_E4M3:
    case BCI_UE4M3_HALF: return 1;
    }
    return 0;
}

static int32_t load(const uint8_t *p, size_t n)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < n; i++)
        bits |= (uint32_t)p[i] << 8 * i;
    return (int32_t)bits;
}

static void store(uint8_t *p, size_t n, int32_t bits)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)((uint32_t)bits >> 8 * i);
}

static size_t groups_of(const bc_block_format *format)
{
    return format->block_length / format->codes->group_length;
}

void bci_fields_get(const bc_block_format *format, const void *block, bci_block_fields *f)
{
    const bci_block_layout *l = bci_layout_of(format);
    const size_t size = bytes_of(l->field), n = groups_of(format);
    const uint8_t *p = block;

    if (l->field == BCI_MULTIPLE) {
        *f = (bci_block_fields){ 0 };
        f->d = load(p + l->scale_at, size);
        f->dmin = l->codes.has_minimum ? load(p + l->minimum_at, size) : 0;
        l->get(block, f->scale, f->minimum);
        return;
    }
    f->d = f->dmin = 0;
    for (size_t g = 0; g < n; g++) {
        f->scale[g] = load(p + l->scale_at + g * size, size);
        f->minimum[g] = l->codes.has_minimum ? load(p + l->minimum_at + g * size, size) : 0;
    }
}

void bci_fields_put(const bc_block_format *format, const bci_block_fields *f, void *block)
{
    const bci_block_layout *l = bci_layout_of(format);
    const size_t size = bytes_of(l->field);
    uint8_t *p = block;

    if (l->field == BCI_MULTIPLE) {
        store(p + l->scale_at, size, f->d);
        if (l->codes.has_minimum)
            store(p + l->minimum_at, size, f->dmin);
        l->put(f->scale, f->minimum, block);
        return;
    }
    for (size_t g = 0; g < groups_of(format); g++) {
        store(p + l->scale_at + g * size, size, f->scale[g]);
        if (l->codes.has_minimum)
            store(p + l->minimum_at + g * size, size, f->minimum[g]);
    }
}

float bci_field_value(bci_field_kind kind, float unit, int32_t bits)
{
    const uint32_t b = (uint32_t)bits;

    switch (kind) {
    case BCI_NO_FIELD: return 1.0f;
    case BCI_F16: return bci_f16_to_f32((uint16_t)b);
    case BCI_F32: return bci_f32_of(b);
    case BCI_E8M0: return bci_power(b);
    case BCI_E8M0_HALF: return bci_half_power(b);
    case BCI_E4M3: return bci_element_value(&bci_e4m3, b);
    case BCI_UE4M3_HALF: return bci_ue4m3_value(b) * 0.5f;
    case BCI_MULTIPLE: return unit * (float)bits;
    }
    return 0.0f;
}

float bci_group_scale(const bci_block_layout *l, const bci_block_fields *f, size_t g)
{
    return bci_field_value(l->field, bci_f16_to_f32((uint16_t)f->d), f->scale[g]);
}

/* q4_1 and q5_1 store what is added. */
float bci_group_minimum(const bci_block_layout *l, const bci_block_fields *f, size_t g)
{
    const float value = bci_field_value(l->field, bci_f16_to_f32((uint16_t)f->dmin), f->minimum[g]);

    if (!l->codes.has_minimum)
        return 0.0f;
    return l->field == BCI_MULTIPLE ? value : -value;
}

size_t bc_block_scales(const bc_block_format *format, const void *block, float *scales,
                       float *minimums)
{
    const bci_block_layout *l = bci_layout_of(format);
    const size_t n = groups_of(format);

    if (l->field == BCI_F16 && n == 1 && !l->codes.has_minimum) { /* the most usual kind */
        scales[0] = bci_f16_to_f32((uint16_t)load((const uint8_t *)block + l->scale_at, 2));
        minimums[0] = 0.0f;
        return 1;
    }
    bci_block_fields f;

    bci_fields_get(format, block, &f);
    for (size_t g = 0; g < n; g++) {
        scales[g] = bci_group_scale(l, &f, g);
        minimums[g] = bci_group_minimum(l, &f, g);
    }
    return n;
}

/* ---- from numbers to bits */

int32_t bci_field_top(bci_field_kind kind)
{
    switch (kind) {
    case BCI_NO_FIELD:
    case BCI_MULTIPLE: return 0;
    case BCI_F16: return 0x7BFF;
    case BCI_F32: return 0x7F7FFFFF;
    case BCI_E8M0:
    case BCI_E8M0_HALF: return 254;
    case BCI_E4M3:
    case BCI_UE4M3_HALF: return 0x7E;
    }
    return 0;
}

static int32_t clamp(int32_t v, int32_t lo, int32_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

int32_t bci_multiple_near(float v, float unit, int32_t lo, int32_t hi)
{
    const float quotient = v / unit;

    if (!(fabsf(quotient) < 1e6f))
        return quotient > 0.0f ? hi : lo < 0 && quotient < 0.0f ? lo : 0;
    return clamp((int32_t)rintf(quotient), lo, hi);
}

int32_t bci_field_near(bci_field_kind kind, float v)
{
    const int32_t top = bci_field_top(kind);
    int32_t lo = 0, hi = top;

    if (v != v)
        return 0;
    if (kind == BCI_F32)
        return (int32_t)bci_f32_bits(v);
    if (kind == BCI_F16) {
        const int32_t bits = bci_f16_from_f32(v);

        return (bits & 0x7FFF) > top ? (bits & 0x8000) | top : bits;
    }
    while (lo < hi) { /* the last that is not above */
        const int32_t middle = (lo + hi + 1) / 2;

        if (bci_field_value(kind, 1.0f, middle) <= v)
            lo = middle;
        else
            hi = middle - 1;
    }
    if (lo < top && bci_field_value(kind, 1.0f, lo + 1) - v < v - bci_field_value(kind, 1.0f, lo))
        lo++;
    return lo;
}

bool bci_field_step(bci_field_kind kind, int32_t lo, int32_t hi, int by, int32_t *bits)
{
    const int32_t sign = kind == BCI_F16 ? 0x8000 : 0;

    if (kind != BCI_MULTIPLE) {
        lo = 0;
        hi = bci_field_top(kind);
    }
    const int32_t moved = (*bits & ~sign) + by;

    if (kind == BCI_F32 || moved < lo || moved > hi)
        return false;
    *bits = moved | (*bits & sign);
    return true;
}
