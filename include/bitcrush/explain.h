/* Explanations: what a format makes of a number, bit by bit, as a teacher would write it on a
 * board. The same of all values of a format, the levels of a range, a product of rounded factors,
 * the bits of a text and a block of weights. */
#ifndef BITCRUSH_EXPLAIN_H
#define BITCRUSH_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/plot.h"
#include "bitcrush/reading.h"
#include "bitcrush/report.h"
#include "bitcrush/setting.h"
#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is explained, and by which members of the request. */
typedef enum {
    BC_EXPLAIN_NUMBER,  /* `value` in each of `formats`: its bits taken apart, and what is lost */
    BC_EXPLAIN_ALL,     /* all values of `formats`, listed and on a line */
    BC_EXPLAIN_TEXT,    /* what `text` costs in bits, plain and coded, see bc_text_code_make */
    BC_EXPLAIN_RANGE,   /* the levels of `range`, `step` apart, and the bits that number them */
    BC_EXPLAIN_PRODUCT, /* what rounding does to a `product` and to a sum of products */
    BC_EXPLAIN_BLOCK,   /* `block` of a tensor in the file `path`: scales, codes, values, errors */
} bc_explain_what;

enum { BC_EXPLAIN_MAX_FORMATS = 32, BC_EXPLAIN_MAX_TERMS = 1000000 };

/* Begin with bc_explain_request_default. Texts stay the caller's. What the part does not name above
 * is passed over. */
typedef struct {
    bc_explain_what what;

    const char *value; /* decimal, hexadecimal, a fraction as "1/3", "inf" or "nan" */
    /* Names of notations, see bc_notation_named: BC_EXPLAIN_MAX_FORMATS at most. None of a number:
     * a table of those that are usual. */
    const char *const *formats;
    size_t n_formats;
    /* value = step * (integer - zero), step > 0; zero is a whole number, of floats 0. Of a range
     * `step` is the distance of its levels. */
    double step, zero;
    bool steps; /* of a number also how the bits come about, division by division */

    const char *text; /* UTF-8 */

    double range[2]; /* its ends, the lower first */

    double product[2]; /* the factors: 0, or 1e-100 to 1e100 of either sign */
    /* How they are rounded: "4,8,e4m3", bits of fixed point or notations; NULL: usual ones. */
    const char *bits;
    uint64_t terms; /* of the longest sum, 1 .. BC_EXPLAIN_MAX_TERMS */
    uint64_t seed;  /* of its factors */

    const char *path;
    uint64_t block;     /* from 0 */
    const char *tensor; /* NULL: the largest */
    /* Of blocks, see bc_block_find: the weights are encoded in it. NULL: that of the file. */
    const char *format;
    bc_reading reading;
} bc_explain_request;

/* A request with step 1, zero 0, 1000 terms, BC_DEFAULT_SEED, and nothing else. */
BC_API bc_explain_request bc_explain_request_default(bc_explain_what what);

/* The settings that fill a request, see bc_settings_fill: keys, ranges and members. Returns their
 * number. */
BC_API size_t bc_explain_settings(const bc_setting_row **out);

/* Explain it: as a text for people, lines of 100 characters at most but for names and what was
 * typed; as facts under the schema "bitcrush-explain/1"; as number lines, of a number and of all
 * values, where every format has 16 bits at most. Each is left out where its pointer is NULL, and
 * written on BC_OK alone: the caller frees *text, and releases *report and *plot.
 *
 * BC_E_USAGE for what is none of the above; err->setting is the key of the setting, "formats" or
 * "value", for which the sentence says what was expected. BC_E_UNSUPPORTED for a plot of anything
 * else, and where a tensor's rows are no whole blocks; BC_E_LIMIT; the errors of
 * bc_tensor_file_open_with. */
BC_API BC_NODISCARD bc_status bc_explain(const bc_explain_request *asked, char **text,
                                         bc_report **report, bc_plot **plot, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
