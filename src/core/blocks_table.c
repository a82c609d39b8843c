/* Knows the rows of the block formats, with the functions of one CPU level. */
#include "core/block_layout.h"
#include "core/block_parts.h"

/* clang-format off */
#define ROW(name, doc, source, length, type, number, importance)                                   \
    { #name, doc, source, length, sizeof(type), 8.0 * sizeof(type) / (length), number, importance, \
      BCI_ENCODE(name), BCI_DECODE(name), &bci_layout_##name.codes }

static const char ieee[] = "IEEE 754-2019, binary16";
static const char bfloat[] = "IEEE 754 binary32 without its low 16 bits";
static const char bnb[] = "bitsandbytes; Dettmers et al., QLoRA, 2023";
static const char ocp[] = "OCP Microscaling (MX) 1.0";
static const char nv[] = "NVIDIA Model Optimizer, checkpoints with weight_scale_2";
static const char ggml[] = "GGML, file format GGUF";

const bc_block_format BCI_AT_LEVEL(bci_block_formats)[] = {
    ROW(f16,    "16-bit floats, 11 bits of precision",                   ieee,   1,   bci_block_16,     1,  false),
    ROW(bf16,   "16-bit floats, 8 bits of precision, range of 32 bits",  bfloat, 1,   bci_block_16,     30, false),
    ROW(q8_0,   "8 bits, a scale for 32",                                ggml,   32,  bci_block_q8_0,   8,  false),
    ROW(q4_0,   "4 bits, a signed scale for 32",                         ggml,   32,  bci_block_q4_0,   2,  true),
    ROW(q4_1,   "4 bits, scale and minimum for 32",                      ggml,   32,  bci_block_q4_1,   3,  true),
    ROW(q5_0,   "5 bits, a signed scale for 32",                         ggml,   32,  bci_block_q5_0,   6,  true),
    ROW(q5_1,   "5 bits, scale and minimum for 32",                      ggml,   32,  bci_block_q5_1,   7,  true),
    ROW(q2_k,   "2 bits, scales and minimums for 16 of 4 bits",          ggml,   256, bci_block_q2_k,   10, true),
    ROW(q3_k,   "3 bits, scales for 16 of 6 bits",                       ggml,   256, bci_block_q3_k,   11, true),
    ROW(q4_k,   "4 bits, scales and minimums for 32 of 6 bits",          ggml,   256, bci_block_q4_k,   12, true),
    ROW(q5_k,   "5 bits, scales and minimums for 32 of 6 bits",          ggml,   256, bci_block_q5_k,   13, true),
    ROW(q6_k,   "6 bits, scales for 16 of 8 bits",                       ggml,   256, bci_block_q6_k,   14, true),
    ROW(iq4_nl, "4 bits of a table denser near 0, a scale for 32",       ggml,   32,  bci_block_q4_0,   20, true),
    ROW(iq4_xs, "4 bits of that table, scales for 32 of 6 bits",         ggml,   256, bci_block_iq4_xs, 23, true),
    ROW(tq1_0,  "ternary, five in a byte, a scale for 256",              ggml,   256, bci_block_tq1_0,  34, false),
    ROW(tq2_0,  "ternary, four in a byte, a scale for 256",              ggml,   256, bci_block_tq2_0,  35, false),
    ROW(mxfp4,  "floats E2M1, a power of two for 32",                    ggml,   32,  bci_block_mxfp4,  39, false),
    ROW(nvfp4,  "floats E2M1, scales E4M3 for 16",                       ggml,   64,  bci_block_nvfp4,  40, false),
    ROW(q1_0,   "the sign, a scale for 128",                             ggml,   128, bci_block_q1_0,   41, false),
    ROW(q2_0,   "ternary, four in a byte, a scale for 64",               ggml,   64,  bci_block_q2_0,   42, false),
    ROW(nf4,    "quantiles of the normal distribution, a float for 64",  bnb,    64,  bci_block_bnb,    -1, false),
    ROW(fp4,    "floats of 4 bits of its own, a float for 64",           bnb,    64,  bci_block_bnb,    -1, false),
    ROW(mxfp8_e4m3, "floats E4M3, a power of two for 32",                ocp,    32,  bci_block_mx8,    -1, false),
    ROW(mxfp8_e5m2, "floats E5M2, a power of two for 32",                ocp,    32,  bci_block_mx8,    -1, false),
    ROW(mxfp6_e2m3, "floats E2M3, a power of two for 32",                ocp,    32,  bci_block_mx6,    -1, false),
    ROW(mxfp6_e3m2, "floats E3M2, a power of two for 32",                ocp,    32,  bci_block_mx6,    -1, false),
    ROW(mxfp4_e2m1, "floats E2M1, ties to even, a power of two for 32",  ocp,    32,  bci_block_mx4,    -1, false),
    ROW(mxint8,     "8-bit integers, a power of two for 32",             ocp,    32,  bci_block_mx8,    -1, false),
    ROW(nvfp4_modelopt, "floats E2M1, a scale E4M3 for 16, of data over a scale for the tensor",
                                                                         nv,     16,  bci_block_nvfp4_modelopt, -1, false),
    { 0 },
};
/* clang-format on */
