/* Knows the pieces of a coded tensor that are the same for all its weights: the tables and the JSON
 * text of bitsandbytes, and scales of the whole tensor. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "bitcrush/blocks.h"
#include "bitcrush/nested.h"
#include "tensor/coded.h"
#include "tensor/encode.h"
#include "tensor/json_text.h"

float *bci_bnb_maps(const char *blocks)
{
    float *maps = malloc((16 + 256) * sizeof *maps);
    /* A block of absmax 1, and the codes 0 to 15 in it. */
    uint8_t block[36] = { 0, 0, 0x80, 0x3F, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };
    float values[64];

    if (!maps)
        return NULL;
    bc_block_find(blocks)->decode(block, 1, values);
    memcpy(maps, values, 16 * sizeof *maps);
    bc_nested_map(maps + 16);
    return maps;
}

/* As Python's json.dumps writes it. The offset has a fixed number of digits, so that the length is
 * known before it is. */
static size_t state_text(const bci_coding *c, char *to, size_t room)
{
    const bool is_nf4 = strcmp(c->format->name, "NF4") == 0;
    size_t n = (size_t)snprintf(to, room,
                                "{\"quant_type\": \"%s\", \"blocksize\": %" PRIu64
                                ", \"dtype\": \"%s\", \"shape\": [",
                                is_nf4 ? "nf4" : "fp4", c->group, c->float_name);

    for (uint32_t i = 0; i < c->n_dims; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%" PRIu64, i ? ", " : "", c->dims[i]);
    n += (size_t)snprintf(to + n, room - n, "]");
    if (c->is_nested)
        n += (size_t)bci_format(to + n, room - n,
                                ", \"nested_blocksize\": %d, \"nested_dtype\": \"float32\", "
                                "\"nested_offset\": %.8e",
                                BC_NESTED_LENGTH, (double)c->nested_offset);
    return n + (size_t)snprintf(to + n, room - n, "}");
}

static size_t put_floats(const float *x, size_t n, uint8_t *out)
{
    if (out)
        bci_encode_f32(x, n, out);
    return 4 * n;
}

bool bci_role_is_constant(const bci_coding *c, bci_role role)
{
    switch (role) {
    case BCI_CODES:
    case BCI_NESTED_SCALES: return false;
    case BCI_SCALES:
    case BCI_ZEROS: return c->is_whole;
    case BCI_WHOLE_SCALE:
    case BCI_MAP:
    case BCI_NESTED_MAP:
    case BCI_STATE: break;
    }
    return true;
}

size_t bci_coded_constant(const bci_coding *c, bci_role role, uint8_t *out)
{
    char text[512];
    size_t n;
    float step;

    switch (role) {
    case BCI_CODES:
    case BCI_NESTED_SCALES: return 0;
    case BCI_SCALES:
        step = bci_coding_step(c, &c->long_scales[0]);
        return put_floats(&step, 1, out);
    case BCI_ZEROS:
        if (out)
            out[0] = (uint8_t)c->long_scales[0].zero;
        return 1;
    case BCI_WHOLE_SCALE: return put_floats(&c->whole_scale, 1, out);
    case BCI_MAP: return put_floats(c->map, 16, out);
    case BCI_NESTED_MAP: return put_floats(c->map + 16, 256, out);
    case BCI_STATE: break;
    }
    n = state_text(c, text, sizeof text);
    if (out)
        memcpy(out, text, n);
    return n;
}

void bci_coded_describe(const bci_coding *c, bci_bytes *text)
{
    const char *name = c->pieces[0].info.name;
    char rest[400];
    size_t n;

    if (c->format->layout != BCI_LAYOUT_OWN) /* names say it all */
        return;
    bci_bytes_put(text, text->n ? "," : "{", 1);
    bci_json_string(text, name, strlen(name));
    n = (size_t)snprintf(rest, sizeof rest, ":{\"format\":\"%s\",\"shape\":[", c->format->name);
    for (uint32_t i = 0; i < c->n_dims; i++)
        n += (size_t)snprintf(rest + n, sizeof rest - n, "%s%" PRIu64, i ? "," : "", c->dims[i]);
    if (c->named_group)
        n += (size_t)snprintf(rest + n, sizeof rest - n, "],\"group\":\"%s\"", c->named_group);
    else
        n += (size_t)snprintf(rest + n, sizeof rest - n, "],\"group\":%" PRIu64, c->group);
    n += (size_t)snprintf(rest + n, sizeof rest - n, "%s}",
                          c->has_zero ? ",\"zero_point\":true" : "");
    bci_bytes_put(text, rest, n);
}
