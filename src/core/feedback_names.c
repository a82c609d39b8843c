/* Knows the kinds of feedback, and of which kind a name is. */
#include <string.h>
#include <strings.h>

#include "bitcrush/feedback.h"
#include "bitcrush/shaper.h"

static const bc_feedback_row rows[] = {
    { "none", "errors stay where they are", "", BC_FEEDBACK_NONE, NULL },
    { "time", "a filter of past errors: noise shaping", "Lipshitz et al. 1991", BC_FEEDBACK_TIME,
      "shapes noise from sample to sample in time, which only sound has" },
    { "plane", "to neighbours: error diffusion", "Floyd and Steinberg 1976", BC_FEEDBACK_PLANE,
      "passes errors on to neighbours in the plane, which only pictures have" },
    { "rows", "to the weights of a row not yet rounded, by a matrix", "Frantar et al. 2023",
      BC_FEEDBACK_ROWS, "passes errors on along the rows of a layer, which only weights have" },
};

size_t bc_feedback_rows(const bc_feedback_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

const bc_feedback_row *bc_feedback_find(const char *name)
{
    if (bc_diffusion_find(name))
        return &rows[BC_FEEDBACK_PLANE];
    if (bc_shaper_find(name) || strcasecmp(name, "ath") == 0)
        return &rows[BC_FEEDBACK_TIME];
    if (strcmp(name, "rows") == 0)
        return &rows[BC_FEEDBACK_ROWS];
    return strcasecmp(name, "none") == 0 ? &rows[BC_FEEDBACK_NONE] : NULL;
}
