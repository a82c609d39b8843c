/* Knows the published noise shapers: taps and sources. */
#include <strings.h>

#include "bitcrush/shaper.h"

/* The papers give the taps for 44.1 kHz. */
static const double lipshitz[] = { 2.033, -2.165, 1.959, -1.590, 0.6149 };
static const double modified_e[] = { 1.662,   -1.263,  0.4827,   -0.2913, 0.1268,
                                     -0.1124, 0.03252, -0.01265, -0.03524 };
static const double improved_e[] = { 2.847,  -4.685, 6.214,  -7.184, 6.639,
                                     -5.032, 3.263,  -1.632, 0.4191 };
static const double f_weighted[] = { 2.412,  -3.370, 3.937,  -4.174, 3.353,
                                     -2.205, 1.281,  -0.569, 0.0847 };

#define TAPS(c) sizeof c / sizeof *c, c

static const bc_shaper_row rows[] = {
    { "lipshitz", "improved E-weighting, 5 taps", "Lipshitz et al., JAES 39(11), 1991", 44100,
      48000, TAPS(lipshitz) },
    { "modified-e", "modified E-weighting, 9 taps; mild", "Lipshitz et al., JAES 39(11), 1991",
      44100, 48000, TAPS(modified_e) },
    { "improved-e", "improved E-weighting, 9 taps; much noise above 15 kHz",
      "Lipshitz et al., JAES 39(11), 1991", 44100, 48000, TAPS(improved_e) },
    { "f-weighted", "F-weighting, 9 taps", "Wannamaker, JAES 40(7/8), 1992", 44100, 48000,
      TAPS(f_weighted) },
};

size_t bc_shaper_rows(const bc_shaper_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

const bc_shaper_row *bc_shaper_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcasecmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}
