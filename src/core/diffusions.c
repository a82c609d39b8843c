/* Knows the kernels of error diffusion: who gets which share of an error. */
#include <string.h>

#include "bitcrush/feedback.h"

/* Weights by level of the input, 0..127 (levels above mirror): right, below left, below. Rows
 * between two keys are interpolated, shares of the sum, not weights.
 * V. Ostromoukhov, A Simple and Efficient Error-Diffusion Algorithm, SIGGRAPH 2001: the table
 * of the author's program (varcoeffED, version 1 of August 2001), rows left out only where they
 * repeat both neighbours. Copies of the paper's appendix have other rows from 23 to 71. */
/* clang-format off */
static const bc_diffusion_key ostromoukhov[] = {
    { 0, 13, 0, 5 }, { 1, 13, 0, 5 }, { 2, 21, 0, 10 }, { 3, 7, 0, 4 }, { 4, 8, 0, 5 },
    { 5, 47, 3, 28 }, { 6, 23, 3, 13 }, { 7, 15, 3, 8 }, { 8, 22, 6, 11 }, { 9, 43, 15, 20 },
    { 10, 7, 3, 3 }, { 11, 501, 224, 211 }, { 12, 249, 116, 103 }, { 13, 165, 80, 67 },
    { 14, 123, 62, 49 }, { 15, 489, 256, 191 }, { 16, 81, 44, 31 }, { 17, 483, 272, 181 },
    { 18, 60, 35, 22 }, { 19, 53, 32, 19 }, { 20, 237, 148, 83 }, { 21, 471, 304, 161 },
    { 22, 3, 2, 1 }, { 23, 459, 304, 161 }, { 24, 38, 25, 14 }, { 25, 453, 296, 175 },
    { 26, 225, 146, 91 }, { 27, 149, 96, 63 }, { 28, 111, 71, 49 }, { 29, 63, 40, 29 },
    { 30, 73, 46, 35 }, { 31, 435, 272, 217 }, { 32, 108, 67, 56 }, { 33, 13, 8, 7 },
    { 34, 213, 130, 119 }, { 35, 423, 256, 245 }, { 36, 5, 3, 3 }, { 37, 281, 173, 162 },
    { 38, 141, 89, 78 }, { 39, 283, 183, 150 }, { 40, 71, 47, 36 }, { 41, 285, 193, 138 },
    { 42, 13, 9, 6 }, { 43, 41, 29, 18 }, { 44, 36, 26, 15 }, { 45, 289, 213, 114 },
    { 46, 145, 109, 54 }, { 47, 291, 223, 102 }, { 48, 73, 57, 24 }, { 49, 293, 233, 90 },
    { 50, 21, 17, 6 }, { 51, 295, 243, 78 }, { 52, 37, 31, 9 }, { 53, 27, 23, 6 },
    { 54, 149, 129, 30 }, { 55, 299, 263, 54 }, { 56, 75, 67, 12 }, { 57, 43, 39, 6 },
    { 58, 151, 139, 18 }, { 59, 303, 283, 30 }, { 60, 38, 36, 3 }, { 61, 305, 293, 18 },
    { 62, 153, 149, 6 }, { 63, 307, 303, 6 }, { 64, 1, 1, 0 }, { 65, 101, 105, 2 },
    { 66, 49, 53, 2 }, { 67, 95, 107, 6 }, { 68, 23, 27, 2 }, { 69, 89, 109, 10 },
    { 70, 43, 55, 6 }, { 71, 83, 111, 14 }, { 72, 5, 7, 1 }, { 73, 172, 181, 37 },
    { 74, 97, 76, 22 }, { 75, 72, 41, 17 }, { 76, 119, 47, 29 }, { 77, 4, 1, 1 }, { 85, 4, 1, 1 },
    { 86, 65, 18, 17 }, { 87, 95, 29, 26 }, { 88, 185, 62, 53 }, { 89, 30, 11, 9 },
    { 90, 35, 14, 11 }, { 91, 85, 37, 28 }, { 92, 55, 26, 19 }, { 93, 80, 41, 29 },
    { 94, 155, 86, 59 }, { 95, 5, 3, 2 }, { 107, 5, 3, 2 }, { 108, 305, 176, 119 },
    { 109, 155, 86, 59 }, { 110, 105, 56, 39 }, { 111, 80, 41, 29 }, { 112, 65, 32, 23 },
    { 113, 55, 26, 19 }, { 114, 335, 152, 113 }, { 115, 85, 37, 28 }, { 116, 115, 48, 37 },
    { 117, 35, 14, 11 }, { 118, 355, 136, 109 }, { 119, 30, 11, 9 }, { 120, 365, 128, 107 },
    { 121, 185, 62, 53 }, { 122, 25, 8, 7 }, { 123, 95, 29, 26 }, { 124, 385, 112, 103 },
    { 125, 65, 18, 17 }, { 126, 395, 104, 101 }, { 127, 4, 1, 1 },
};

/* B. Zhou, X. Fang, Improving Mid-Tone Quality of Variable-Coefficient Error Diffusion Using
 * Threshold Modulation, SIGGRAPH 2003: the key levels of the paper, weights as in the authors'
 * program. */
static const bc_diffusion_key zhou_fang[] = {
    { 0, 13, 0, 5 }, { 1, 1300249, 0, 499250 }, { 2, 214114, 287, 99357 },
    { 3, 351854, 0, 199965 }, { 4, 801100, 0, 490999 }, { 10, 704075, 297466, 303694 },
    { 22, 46613, 31917, 21469 }, { 32, 47482, 30617, 21900 }, { 44, 43024, 42131, 14826 },
    { 64, 36411, 43219, 20369 }, { 72, 38477, 53843, 7678 }, { 77, 40503, 51547, 7948 },
    { 85, 35865, 34108, 30026 }, { 95, 34117, 36899, 28983 }, { 102, 35132, 36059, 28807 },
    { 107, 16477, 18810, 14712 }, { 112, 33360, 37954, 28685 }, { 127, 35269, 36066, 28664 },
};

/* The same paper: how far noise may raise the threshold, in percent of half an interval. */
static const bc_diffusion_modulation zhou_fang_noise[] = {
    { 0, 0 }, { 44, 34 }, { 64, 50 }, { 85, 100 }, { 95, 17 }, { 102, 50 }, { 107, 70 },
    { 112, 79 }, { 127, 100 },
};

static const bc_diffusion rows[] = {
    { .name = "floyd-steinberg", .doc = "4 taps, the classic",
      .source = "Floyd and Steinberg, Proc. SID 17/2, 1976", .divisor = 16, .n_taps = 4,
      .taps = { { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 } } },
    { .name = "false-floyd-steinberg", .doc = "3 taps, cheap and grainy",
      .source = "Crocker, Boulay, Morra, Digital Halftoning, 1991", .divisor = 8, .n_taps = 3,
      .taps = { { 1, 0, 3 }, { 0, 1, 3 }, { 1, 1, 2 } } },
    { .name = "jarvis", .doc = "12 taps, smooth and sharpening",
      .source = "Jarvis, Judice, Ninke, CGIP 5, 1976", .divisor = 48, .n_taps = 12,
      .taps = { { 1, 0, 7 }, { 2, 0, 5 },
                { -2, 1, 3 }, { -1, 1, 5 }, { 0, 1, 7 }, { 1, 1, 5 }, { 2, 1, 3 },
                { -2, 2, 1 }, { -1, 2, 3 }, { 0, 2, 5 }, { 1, 2, 3 }, { 2, 2, 1 } } },
    { .name = "stucki", .doc = "12 taps, a little crisper than jarvis",
      .source = "Stucki, IBM Research Report RZ1060, 1981", .divisor = 42, .n_taps = 12,
      .taps = { { 1, 0, 8 }, { 2, 0, 4 },
                { -2, 1, 2 }, { -1, 1, 4 }, { 0, 1, 8 }, { 1, 1, 4 }, { 2, 1, 2 },
                { -2, 2, 1 }, { -1, 2, 2 }, { 0, 2, 4 }, { 1, 2, 2 }, { 2, 2, 1 } } },
    { .name = "burkes", .doc = "7 taps on two lines",
      .source = "Burkes, TerraVision, 1988", .divisor = 32, .n_taps = 7,
      .taps = { { 1, 0, 8 }, { 2, 0, 4 },
                { -2, 1, 2 }, { -1, 1, 4 }, { 0, 1, 8 }, { 1, 1, 4 }, { 2, 1, 2 } } },
    { .name = "sierra3", .doc = "10 taps on three lines",
      .source = "Sierra, 1989", .divisor = 32, .n_taps = 10,
      .taps = { { 1, 0, 5 }, { 2, 0, 3 },
                { -2, 1, 2 }, { -1, 1, 4 }, { 0, 1, 5 }, { 1, 1, 4 }, { 2, 1, 2 },
                { -1, 2, 2 }, { 0, 2, 3 }, { 1, 2, 2 } } },
    { .name = "sierra2", .doc = "7 taps on two lines",
      .source = "Sierra, 1990", .divisor = 16, .n_taps = 7,
      .taps = { { 1, 0, 4 }, { 2, 0, 3 },
                { -2, 1, 1 }, { -1, 1, 2 }, { 0, 1, 3 }, { 1, 1, 2 }, { 2, 1, 1 } } },
    { .name = "sierra-lite", .doc = "3 taps, close to floyd-steinberg",
      .source = "Sierra, Sierra-2-4A, 1990", .divisor = 4, .n_taps = 3,
      .taps = { { 1, 0, 2 }, { -1, 1, 1 }, { 0, 1, 1 } } },
    { .name = "atkinson", .doc = "6 taps of 1/8: a quarter of every error is lost, contrast rises",
      .source = "Atkinson, Apple, 1984", .divisor = 8, .n_taps = 6,
      .taps = { { 1, 0, 1 }, { 2, 0, 1 }, { -1, 1, 1 }, { 0, 1, 1 }, { 1, 1, 1 }, { 0, 2, 1 } } },
    { .name = "stevenson-arce", .doc = "12 taps made for hexagonal grids",
      .source = "Stevenson and Arce, JOSA A 2/7, 1985", .divisor = 200, .n_taps = 12,
      .taps = { { 2, 0, 32 },
                { -3, 1, 12 }, { -1, 1, 26 }, { 1, 1, 30 }, { 3, 1, 16 },
                { -2, 2, 12 }, { 0, 2, 26 }, { 2, 2, 12 },
                { -3, 3, 5 }, { -1, 3, 12 }, { 1, 3, 12 }, { 3, 3, 5 } } },
    { .name = "ostromoukhov", .doc = "3 taps with weights by the input, even textures",
      .source = "Ostromoukhov, SIGGRAPH 2001", .n_taps = 3,
      .taps = { { 1, 0, 0 }, { -1, 1, 0 }, { 0, 1, 0 } },
      .keys = ostromoukhov, .n_keys = sizeof ostromoukhov / sizeof *ostromoukhov },
    { .name = "zhou-fang", .doc = "ostromoukhov with a modulated threshold, no worms in mid-tones",
      .source = "Zhou and Fang, SIGGRAPH 2003", .n_taps = 3,
      .taps = { { 1, 0, 0 }, { -1, 1, 0 }, { 0, 1, 0 } },
      .keys = zhou_fang, .n_keys = sizeof zhou_fang / sizeof *zhou_fang,
      .modulations = zhou_fang_noise,
      .n_modulations = sizeof zhou_fang_noise / sizeof *zhou_fang_noise },
};
/* clang-format on */

size_t bc_diffusion_rows(const bc_diffusion **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

const bc_diffusion *bc_diffusion_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}
