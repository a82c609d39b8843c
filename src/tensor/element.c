/* Knows what elements weights are made of: sizes, and the names that files have for them. */
#include "tensor/element.h"

#include <string.h>
#include <strings.h>

#include "tensor/encode.h"
#include "tensor/float_bits.h"

#define FLOAT   BC_ELEMENT_FLOAT
#define INTEGER BC_ELEMENT_INTEGER
#define BLOCKS  BC_ELEMENT_BLOCKS
#define CODES   BC_ELEMENT_CODES
#define OPAQUE  BC_ELEMENT_OPAQUE

/* Numbers of GGML that are missing here were taken back. The order of bits in safetensors' F4 and
 * F6 is nowhere said: they are blocks that no one can decode. */
/* clang-format off */
static const bc_element_type rows[] = {
    { "F64",         FLOAT,   1, 8, 28, true,  "f8", bci_decode_f64 },
    { "F32",         FLOAT,   1, 4,  0, true,  "f4", bci_decode_f32 },
    { "F16",         FLOAT,   1, 2,  1, true,  "f2", bci_decode_f16 },
    { "BF16",        FLOAT,   1, 2, 30, true,  NULL, bci_decode_bf16 },
    { "F8_E4M3",     FLOAT,   1, 1, -1, true,  NULL, bci_decode_e4m3 },
    { "F8_E5M2",     FLOAT,   1, 1, -1, true,  NULL, bci_decode_e5m2 },
    { "F8_E8M0",     FLOAT,   1, 1, -1, true,  NULL, bci_decode_e8m0 },
    { "F8_E4M3FNUZ", FLOAT,   1, 1, -1, true,  NULL, bci_decode_e4m3fnuz },
    { "F8_E5M2FNUZ", FLOAT,   1, 1, -1, true,  NULL, bci_decode_e5m2fnuz },
    { "I64",         INTEGER, 1, 8, 27, true,  "i8", NULL },
    { "I32",         INTEGER, 1, 4, 26, true,  "i4", NULL },
    { "I16",         INTEGER, 1, 2, 25, true,  "i2", NULL },
    { "I8",          INTEGER, 1, 1, 24, true,  "i1", NULL },
    { "U64",         INTEGER, 1, 8, -1, true,  "u8", NULL },
    { "U32",         INTEGER, 1, 4, -1, true,  "u4", NULL },
    { "U16",         INTEGER, 1, 2, -1, true,  "u2", NULL },
    { "U8",          INTEGER, 1, 1, -1, true,  "u1", NULL },
    { "BOOL",        BC_ELEMENT_BOOL,    1, 1, -1, true, "b1", NULL },
    { "C64",         BC_ELEMENT_COMPLEX, 1, 8, -1, true, "c8", NULL },
    { "C128",        BC_ELEMENT_COMPLEX, 1, 16, -1, false, "c16", NULL },
    { "TEXT",        OPAQUE,  1, 1, -1, false, NULL, NULL },
    { "OBJECT",      OPAQUE,  1, 1, -1, false, NULL, NULL },
    { "RECORD",      OPAQUE,  1, 1, -1, false, NULL, NULL },
    { "OTHER",       OPAQUE,  1, 1, -1, false, NULL, NULL },
    { "F6_E2M3",     BLOCKS,  4,   3, -1, true,  NULL, NULL },
    { "F6_E3M2",     BLOCKS,  4,   3, -1, true,  NULL, NULL },
    { "F4",          BLOCKS,  2,   1, -1, true,  NULL, NULL },
    { "Q4_0",        BLOCKS,  32,  18,  2, false, NULL, NULL },
    { "Q4_1",        BLOCKS,  32,  20,  3, false, NULL, NULL },
    { "Q5_0",        BLOCKS,  32,  22,  6, false, NULL, NULL },
    { "Q5_1",        BLOCKS,  32,  24,  7, false, NULL, NULL },
    { "Q8_0",        BLOCKS,  32,  34,  8, false, NULL, NULL },
    { "Q8_1",        BLOCKS,  32,  36,  9, false, NULL, NULL },
    { "Q2_K",        BLOCKS, 256,  84, 10, false, NULL, NULL },
    { "Q3_K",        BLOCKS, 256, 110, 11, false, NULL, NULL },
    { "Q4_K",        BLOCKS, 256, 144, 12, false, NULL, NULL },
    { "Q5_K",        BLOCKS, 256, 176, 13, false, NULL, NULL },
    { "Q6_K",        BLOCKS, 256, 210, 14, false, NULL, NULL },
    { "Q8_K",        BLOCKS, 256, 292, 15, false, NULL, NULL },
    { "IQ2_XXS",     BLOCKS, 256,  66, 16, false, NULL, NULL },
    { "IQ2_XS",      BLOCKS, 256,  74, 17, false, NULL, NULL },
    { "IQ3_XXS",     BLOCKS, 256,  98, 18, false, NULL, NULL },
    { "IQ1_S",       BLOCKS, 256,  50, 19, false, NULL, NULL },
    { "IQ4_NL",      BLOCKS,  32,  18, 20, false, NULL, NULL },
    { "IQ3_S",       BLOCKS, 256, 110, 21, false, NULL, NULL },
    { "IQ2_S",       BLOCKS, 256,  82, 22, false, NULL, NULL },
    { "IQ4_XS",      BLOCKS, 256, 136, 23, false, NULL, NULL },
    { "IQ1_M",       BLOCKS, 256,  56, 29, false, NULL, NULL },
    { "TQ1_0",       BLOCKS, 256,  54, 34, false, NULL, NULL },
    { "TQ2_0",       BLOCKS, 256,  66, 35, false, NULL, NULL },
    { "MXFP4",       BLOCKS,  32,  17, 39, false, NULL, NULL },
    { "NVFP4",       BLOCKS,  64,  36, 40, false, NULL, NULL },
    { "Q1_0",        BLOCKS, 128,  18, 41, false, NULL, NULL },
    { "Q2_0",        BLOCKS,  64,  18, 42, false, NULL, NULL },
    { "INT2",         CODES,   64,  20, -1, false, NULL, NULL },
    { "INT3",         CODES,   64,  28, -1, false, NULL, NULL },
    { "INT4",         CODES,   64,  36, -1, false, NULL, NULL },
    { "INT5",         CODES,   64,  44, -1, false, NULL, NULL },
    { "INT6",         CODES,   64,  52, -1, false, NULL, NULL },
    { "INT7",         CODES,   64,  60, -1, false, NULL, NULL },
    { "INT8",         CODES,   64,  68, -1, false, NULL, NULL },
    { "NF4",          CODES,   64,  36, -1, false, NULL, NULL },
    { "FP4",          CODES,   64,  36, -1, false, NULL, NULL },
    { "E3M2",         CODES,   64,  52, -1, false, NULL, NULL },
    { "E2M3",         CODES,   64,  52, -1, false, NULL, NULL },
    { "E2M1",         CODES,   64,  36, -1, false, NULL, NULL },
    { "TERNARY",      CODES,    4,   1, -1, false, NULL, NULL },
    { "BINARY",       CODES,    8,   1, -1, false, NULL, NULL },
    { "MXFP8_E4M3",   CODES,   32,  33, -1, false, NULL, NULL },
    { "MXFP8_E5M2",   CODES,   32,  33, -1, false, NULL, NULL },
    { "MXFP6_E2M3",   CODES,   32,  25, -1, false, NULL, NULL },
    { "MXFP6_E3M2",   CODES,   32,  25, -1, false, NULL, NULL },
    { "MXFP4",        CODES,   32,  17, -1, false, NULL, NULL },
    { "MXINT8",       CODES,   32,  33, -1, false, NULL, NULL },
    { "NVFP4",        CODES,   16,   9, -1, false, NULL, NULL },
};
/* clang-format on */

enum { N_ROWS = sizeof rows / sizeof *rows };

_Static_assert((int)N_ROWS <= (int)BCI_MAX_ELEMENT_TYPES, "counts by type have their room");

size_t bc_element_types(const bc_element_type **out)
{
    *out = rows;
    return N_ROWS;
}

const bc_element_type *bc_element_type_named(const char *name)
{
    return bci_element_for(name, false);
}

/* Other names of types. */
static const struct {
    const char *name, *type;
} others[] = {
    { "e4m3", "F8_E4M3" },
    { "e5m2", "F8_E5M2" },
    { "mxfp8", "MXFP8_E4M3" },
    { "mxfp6", "MXFP6_E2M3" },
};

const bc_element_type *bci_element_for(const char *name, bool in_safetensors)
{
    const bc_element_type *found = NULL;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcasecmp(others[i].name, name) == 0)
            name = others[i].type;
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcasecmp(rows[i].name, name) == 0 &&
            (!found || (in_safetensors && rows[i].kind == CODES)))
            found = &rows[i];
    return found;
}

bool bci_element_has_values(const bc_element_type *type)
{
    return type->kind == CODES || bci_element_decoder(type);
}

bool bci_element_is_f64(const bc_element_type *type)
{
    return type->decode == bci_decode_f64;
}

const bc_element_type *bci_element_of_ggml(uint32_t number)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].ggml_type >= 0 && (uint32_t)rows[i].ggml_type == number)
            return &rows[i];
    return NULL;
}

const bc_element_type *bci_element_of_safetensors(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].in_safetensors && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const bc_element_type *bci_element_of_npy(const char *code)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].npy && strcmp(rows[i].npy, code) == 0)
            return &rows[i];
    return NULL;
}

bci_decoder *bci_element_decoder(const bc_element_type *type)
{
    const bc_block_format *blocks = bci_blocks_of(type);

    return blocks ? blocks->decode : type->decode;
}

bool bci_element_measure(bc_tensor_info *info, const char **why)
{
    const bc_element_type *type = info->type;
    uint64_t n = 1;

    for (uint32_t i = 0; i < info->n_dims; i++) {
        if (info->dims[i] && n > INT64_MAX / info->dims[i]) {
            *why = "its dimensions multiply to more than 63 bits";
            return false;
        }
        n *= info->dims[i];
    }
    if (n % type->block_length != 0) {
        *why = "its elements fill no whole number of blocks";
        return false;
    }
    if (n / type->block_length > INT64_MAX / type->block_bytes) {
        *why = "its bytes are more than 63 bits count";
        return false;
    }
    info->n_elements = n;
    info->size_bytes = n / type->block_length * type->block_bytes;
    return true;
}
