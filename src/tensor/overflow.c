/* Knows what the types of weights cannot hold: magnitudes at which they, or the scales of their
 * blocks, overflow, and what stands for such weights when they are to saturate. */
#include "tensor/overflow.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "core/block_layout.h"
#include "tensor/element.h"
#include "tensor/file.h"

enum { MAX_BLOCK = 256 };

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

bc_status bci_refuse_weight(const bc_tensor_file *f, size_t tensor, uint64_t index, double x,
                            const char *why, const char *instead, bc_error *err)
{
    const bci_tensor *t = &f->tensors[tensor];
    char number[32];

    bci_format(number, sizeof number, "%.9g", x);
    return bci_fail(err, BC_E_FORMAT, "%s: tensor %s: %s at index %llu%s, expected %s",
                    f->parts[t->part]->name, bci_show_name(t->info.name).text,
                    isnan(x)   ? "NaN"
                    : isinf(x) ? "infinity"
                               : number,
                    (unsigned long long)index, why, instead);
}

/* ---- ends */

/* By what scales are stored in. Searches square weights: from about 2^60 on these overflow. */
static float safe_for(bci_field_kind scale)
{
    switch (scale) {
    case BCI_E4M3:
    case BCI_UE4M3_HALF: return 6.0f * 448.0f;
    case BCI_F16:
    case BCI_MULTIPLE: return 0x1p13f; /* units of multiples are F16 */
    case BCI_NO_FIELD:
    case BCI_F32:
    case BCI_E8M0:
    case BCI_E8M0_HALF: break;
    }
    return 0x1p58f;
}

float bci_safe_magnitude(const bc_element_type *to)
{
    const bc_block_format *blocks = bci_blocks_of(to);
    const bci_float_end *end = bci_float_end_of(to);

    if (blocks)
        return safe_for(bci_layout_of(blocks)->field);
    if (to->kind == BC_ELEMENT_CODES)
        return 0x1p58f;
    return end ? end->safe : FLT_MAX;
}

size_t bci_first_above(float safe, const float *x, size_t n)
{
    enum { CHUNK = 1024 };
    const int32_t most = (int32_t)bits_of(safe);
    size_t i = 0;

    for (; i + CHUNK <= n; i += CHUNK) {
        int32_t found = 0;

        for (size_t k = 0; k < CHUNK; k++) {
            int32_t bits; /* compared with a sign, which SSE2 can do at once */

            memcpy(&bits, &x[i + k], sizeof bits);
            found |= (bits & 0x7FFFFFFF) > most;
        }
        if (found)
            break;
    }
    while (i < n && fabsf(x[i]) <= safe)
        i++;
    return i;
}

/* Past the largest code under the largest scale, minimums included: some encoders overflow there,
 * others take the largest scale. OFP8 and the scales of NVFP4 round what is too large down to
 * 448. */
float bci_end_of(const bc_element_type *to)
{
    const bc_block_format *blocks = bci_blocks_of(to);
    const bci_float_end *end = bci_float_end_of(to);
    bci_ladder l;

    if (!blocks)
        return end ? end->clips_from : INFINITY;
    bci_ladder_of(blocks->codes, &l);

    const bci_block_layout *layout = bci_layout_of(blocks);
    const float largest = fmaxf(-l.values[0], l.values[l.n - 1]);

    switch (layout->field) {
    case BCI_F16: return (largest + 1.0f) * 65504.0f;
    case BCI_MULTIPLE:
        return (largest + 1.0f) * 65504.0f *
               (float)(-layout->least > layout->most ? -layout->least : layout->most);
    case BCI_UE4M3_HALF: return largest * 0.5f * 464.0f;
    case BCI_E4M3:
    case BCI_NO_FIELD:
    case BCI_F32:
    case BCI_E8M0:
    case BCI_E8M0_HALF: break;
    }
    return INFINITY;
}

/* ---- saturating */

void bci_put_largest(const bc_element_type *to, float x, uint8_t *out)
{
    const bci_float_end *end = bci_float_end_of(to);
    const uint32_t n_bytes = to->block_bytes;
    const uint64_t sign = bits_of(x) >> 31;
    const uint64_t largest = end            ? end->largest
                             : n_bytes == 8 ? UINT64_C(0x7FEFFFFFFFFFFFFF)
                                            : UINT64_C(0x7F7FFFFF);
    const uint64_t bits = largest | sign << (8 * n_bytes - 1);

    for (uint32_t i = 0; i < n_bytes; i++)
        out[i] = (uint8_t)(bits >> 8 * i);
}

static bool are_finite(const float *y, size_t n)
{
    size_t i = 0;

    while (i < n && isfinite(y[i]))
        i++;
    return i == n;
}

static void limit(const float *x, float most, size_t n, float *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = x[i] > most ? most : x[i] < -most ? -most : x[i];
}

size_t bci_encode_limited(const bc_element_type *to, const bci_encoding *how, float *x,
                          const float *importance, uint8_t *out, float *y)
{
    const size_t n = to->block_length;
    uint32_t low = bits_of(bci_safe_magnitude(to)), high = bits_of(FLT_MAX) + 1;
    float limited[MAX_BLOCK];
    size_t n_limited = 0;

    while (high - low > 1) { /* magnitudes are ordered as their bits are */
        const uint32_t middle = low + (high - low) / 2;

        limit(x, float_of(middle), n, limited);
        bci_encode(to, how, limited, importance, n, out);
        bci_element_decoder(to)(out, 1, y);
        if (are_finite(y, n))
            low = middle;
        else
            high = middle;
    }
    for (size_t i = 0; i < n; i++)
        n_limited += fabsf(x[i]) > float_of(low);
    limit(x, float_of(low), n, x);
    bci_encode(to, how, x, importance, n, out);
    bci_element_decoder(to)(out, 1, y);
    return n_limited;
}
