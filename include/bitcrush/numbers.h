/* Numbers: columns of a CSV or TSV file, or plain numbers, one a line: reducing and comparing them.
 *
 * A file is records of cells, by RFC 4180 and its relatives: commas, semicolons, bars, tabs or
 * blanks between cells; quotes around some, "" for one in them, separators and line feeds between
 * them; lines that end in LF or CRLF; a byte order mark; a header or none. A cell that is a number,
 * with blanks or quotes around it, is a sample. All else passes as it is, byte for byte: other
 * cells, blanks, quotes, lines without anything in them, and comments, lines
 * that begin with "# ". */
#ifndef BITCRUSH_NUMBERS_H
#define BITCRUSH_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/blocks.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "bitcrush/reading.h"
#include "bitcrush/scale.h"

#ifdef __cplusplus
extern "C" {
#endif

/* True when the first n bytes of a file look like a table with numbers in it: text whose lines have
 * equally many cells, of which some column is numbers below its name; or that begins so, and has a
 * line with more or fewer cells, or a quote without an end, further on. Pictures, programs, JSON
 * and XML are not. */
BC_API bool bc_numbers_probe(const uint8_t *head, size_t n);

/* True for what else is one by its name: text called .csv or .tsv, or .txt that begins with
 * numbers. */
BC_API bool bc_numbers_probe_named(const char *path, const uint8_t *head, size_t n);

typedef enum {
    BC_NUMBERS_HEADER_AUTO, /* the first record is names where it has text and no numbers */
    BC_NUMBERS_HEADER_YES,
    BC_NUMBERS_HEADER_NO,
} bc_numbers_header;

/* How a file is read. Zeroed, all is told by its first records. */
typedef struct {
    char separator; /* ',', ';', '|', '\t', ' ' (runs of blanks), '\n' (one cell a line); 0 */
    char decimal;   /* '.' or ','; 0: a point. A column whose numbers all would be ones with
                               * the other is BC_E_FORMAT */
    bc_numbers_header header;
} bc_numbers_format;

/* Which marks numbers are reduced to. */
typedef struct {
    char name[24]; /* of the grid: "uniform6", "levels23", "e4m3"; "" for none, see `step` */
    bc_grid grid;
    double bits; /* log2 of the marks of even grids, else what a code is stored in */
    const bc_block_format *blocks; /* it has no grid then, and bits are those of a number in all */
} bc_numbers_depth;

/* A depth by name: a number of bits from 1 to 24 for evenly spaced marks, round(2^bits) of them
 * where it is no whole number ("6", "4.5": 23 levels), "levels" with a number of them
 * ("levels100"); another grid of bc_grid_named ("e4m3", "mulaw", "float16", "pcm8"), or blocks
 * ("q4_0"): the grammar of bc_spec_named. BC_E_USAGE for anything else. */
BC_API BC_NODISCARD bc_status bc_numbers_depth_named(const char *text, bc_numbers_depth *out,
                                                     bc_error *err);

/* The scale that a depth usually has: min-max for even marks, the largest magnitude for other
 * grids, and full scale, numbers as they are, for floats of 16 bits and more. */
BC_API const bc_scale_row *bc_numbers_usual_scale(const bc_numbers_depth *depth);

/* How to reduce. Zero it, set what differs, and see bc_numbers_settings_default. */
typedef struct {
    bc_numbers_depth depth;
    const bc_scale_row *scale; /* NULL: the usual one; "percentile" and "mse" would need all numbers
                                * of a column at once: BC_E_USAGE but of BC_PER_BLOCK */
    double percent;            /* of "percentile" */
    bc_scale_group per;        /* BC_PER_CHANNEL: each column has a scale; BC_PER_WHOLE: all share
                                * one; BC_PER_BLOCK: `group` numbers of a column, one below the
                                * other, do, and so have blocks. These begin anew with each 64 KiB
                                * of text, or little less, so that memory does not grow with the
                                * file; the last block before is filled with its last number */
    uint32_t group;
    /* Above 0: marks lie at multiples of it, as many as the data need, or from `low` on where there
     * is a range; the depth has no name then, and no scale. A step that is short in decimals makes
     * marks that are, too: of 0.1 the third is 0.3, the double nearest to it. */
    double step;
    bool has_range;   /* the end marks are at: */
    double low, high; /* finite, low < high */
    bc_rounding rounding;
    const bc_noise *noise; /* NULL: none. No masks: BC_E_USAGE */
    uint64_t seed;         /* of the noise, a function of it, of the column's name and place, of the
                            * first numbers of the file, and of the line */
    /* Of NaN and infinity, spelled "nan", "inf", "infinity" in any case, with signs or not, and of
     * numbers that the grid cannot hold. KEEP leaves the cell as it is. */
    bc_nonfinite nonfinite;
    bool codes;                 /* write codes, as integers, instead of values */
    const char *const *include; /* these columns and no others: patterns of fnmatch for their names,
                                 * or numbers, the first being 1 */
    size_t n_include;
    const char *const *exclude; /* not these */
    size_t n_exclude;
    bc_numbers_format format;
    int n_threads;     /* 0: one per core */
    bool force;        /* replace an existing output */
    bool dry_run;      /* do everything but keep no output */
    bool skip_quality; /* measure nothing but what the gate needs */
    double min_snr_db; /* of all columns together, see bc_error_gate; NaN: no gate */
    bc_reading reading;
    /* Or NULL; n_bytes is UINT64_MAX while it is not known (a pipe). */
    void (*progress)(void *context, uint64_t bytes_done, uint64_t n_bytes);
    void *context;
} bc_numbers_settings;

/* 8 bits for each column, nearest, no noise, every other field as documented. */
BC_API bc_numbers_settings bc_numbers_settings_default(void);

/* What cells of a column are. */
typedef struct {
    char *name;           /* of the header, or "column 3" */
    bool is_named;        /* by the header */
    uint64_t n_numbers;   /* finite ones */
    uint64_t n_nonfinite; /* NaN and infinity */
    uint64_t n_text, n_empty;
    uint64_t
        n_other_point; /* those of n_text that would be numbers with a decimal comma (or point), */
    uint64_t n_thousands;  /* and those that have thousands parted: "1,234,567" */
    double min, max, mean; /* of the numbers; NaN where there are none */
} bc_numbers_column;

/* What a file holds. */
typedef struct {
    char separator, decimal;
    bool has_header;
    uint64_t size_bytes, n_rows; /* records, the header not among them */
    uint64_t n_comments;         /* lines */
    size_t n_columns;
    char note[256]; /* what is doubtful, or "": "read as 2 columns; ..." */
} bc_numbers_summary;

/* What became of a column. */
typedef struct {
    bc_numbers_column cells;
    const char *why; /* it is not reduced: "no numbers", "excluded"; NULL: it is. Static text */
    bc_grid grid;    /* that was taken, */
    bc_scale scale;  /* and how it was laid on the numbers */
    double
        step; /* between neighbouring marks of even grids; 0 for others, and where all are equal */
    double low, high;       /* the end marks */
    bc_error_sums error;    /* n_clipped: numbers more than half a step beyond the ends */
    uint64_t n_saturated;   /* that became the largest value, by nonfinite */
    double entropy_bits;    /* of the codes; NaN past 16 bits */
    uint64_t n_levels_used; /* 0 past 16 bits */
    double theory_snr_db;   /* what the closed form expects; NaN where there is none */
    uint64_t raw_bytes;     /* of the numbers as doubles */
    uint64_t packed_bytes;  /* of the codes without gaps, and of a double for each number of a scale
                             * that was found in the data */
} bc_numbers_outcome;

/* What was done and what it cost. */
typedef struct {
    bc_numbers_summary input;
    const bc_scale_row *scale; /* that was taken; NULL with a step, a range or blocks */
    const bc_noise *noise;     /* that was taken */
    uint64_t output_size_bytes;
    size_t n_columns, n_reduced;
    bc_numbers_outcome *columns; /* in the order of the file */
    bc_error_sums error;         /* of all that was reduced, as below */
    uint64_t n_text, n_empty, n_nonfinite, n_saturated;
    uint64_t raw_bytes, packed_bytes;
    double entropy_bits;  /* of a code, all columns together; NaN past 16 bits */
    double theory_snr_db; /* NaN where there is none */
    double time_s;        /* wall clock */
    const char *cpu_level;
    int n_threads;
} bc_numbers_result;

/* Reduce the table `in` to the table `out` ("-" for standard streams), which differs in its numbers
 * alone: values in the fewest digits that read back as the same double. A file is read twice, first
 * for the ends of its columns, and so is a pipe, from memory and a temporary file, but where range,
 * full scale, groups or blocks make once enough. Memory does not grow with the file. The same bytes
 * come out for any number of threads. A record has at most 1 MiB.
 *
 * BC_E_FORMAT, with the line, for a record with more cells, or fewer, than the first, a quote that
 * does not end, text behind one that did, what is not finite or not held by settings->nonfinite,
 * and a column of numbers with decimal commas that are not expected. BC_E_UNSUPPORTED where no
 * column has numbers, BC_E_USAGE for settings that contradict each other, or patterns that fit no
 * column, BC_E_QUALITY by min_snr_db, with a result; BC_E_OPEN, BC_E_EXISTS, BC_E_WRITE,
 * BC_E_LIMIT. On failure an old output is untouched. Free the result with
 * bc_numbers_result_free. */
BC_API BC_NODISCARD bc_status bc_numbers_reduce(const char *in, const char *out,
                                                const bc_numbers_settings *settings,
                                                bc_numbers_result *result, bc_error *err);
BC_API void bc_numbers_result_free(bc_numbers_result *r);

/* --- comparing */

/* How two tables differ, b against a, cell by cell. */
typedef struct {
    bc_numbers_summary a, b;
    size_t n_columns;
    bc_numbers_outcome *columns; /* cells are those of a; what belongs to a grid is 0 */
    bc_error_sums error;         /* of all pairs of numbers */
    uint64_t n_rows;             /* that both have */
    uint64_t n_text_differs;     /* pairs of cells that are no numbers and not the same */
    uint64_t n_kind_differs;     /* a number here and none there: an infinite error */
    size_t n_names_differ;       /* columns with another name */
} bc_numbers_comparison;

/* Compare two tables of equally many columns (else BC_E_USAGE). Errors else as for reducing. Free
 * the result with bc_numbers_comparison_free. */
BC_API BC_NODISCARD bc_status bc_numbers_compare(const char *path_a, const char *path_b,
                                                 const bc_numbers_format *format,
                                                 const bc_reading *reading,
                                                 bc_numbers_comparison *result, bc_error *err);
BC_API void bc_numbers_comparison_free(bc_numbers_comparison *r);

/* The gate: BC_OK where the SNR is enough (bc_error_gate) and nothing else differs, else
 * BC_E_QUALITY with a sentence about `subject`. min_snr_db NaN: no gate. */
BC_API BC_NODISCARD bc_status bc_numbers_compare_gate(const bc_numbers_comparison *c,
                                                      double min_snr_db, const char *subject,
                                                      bc_error *err);

/* --- looking */

#define BC_NUMBERS_DISTINCT 4096 /* values that are told apart */

typedef struct {
    bc_numbers_column cells;
    uint64_t n_distinct; /* values; BC_NUMBERS_DISTINCT + 1: more than that */
    double step;         /* the largest that takes the least number to all others, as their decimals
                          * are written; 0: all are equal, or none above 2^-53 of the largest */
    uint64_t levels;     /* that lie a step apart from min to max, both counted; 0: no step */
    int used_bits;       /* that number them */
} bc_numbers_column_info;

typedef struct {
    bc_numbers_summary file;
    size_t n_columns;
    bc_numbers_column_info *columns;
} bc_numbers_info;

/* What a table holds. Reads all of it, once. Free with bc_numbers_info_free. */
BC_API BC_NODISCARD bc_status bc_numbers_get_info(const char *path, const bc_numbers_format *format,
                                                  const bc_reading *reading, bc_numbers_info *out,
                                                  bc_error *err);
BC_API void bc_numbers_info_free(bc_numbers_info *i);

/* --- sweeping */

#define BC_NUMBERS_MAX_SWEEP 16 /* bits */

/* What one depth costs, all columns together. */
typedef struct {
    bc_error_sums error;
    double expected_e2;    /* error.sum_e2 by the closed form, see bc_theory_snr_db; NaN: none */
    double code_bits;      /* entropy of the codes of all numbers, bits */
    uint64_t packed_bytes; /* as in bc_numbers_outcome */
} bc_numbers_cost;

typedef struct {
    bc_numbers_summary input;
    const bc_scale_row *scale;
    size_t n_columns, n_reduced;
    uint64_t n_numbers, raw_bytes;
    bc_numbers_cost costs[BC_NUMBERS_MAX_SWEEP]; /* of depth first + i */
} bc_numbers_sweep_result;

/* What even marks of first .. last bits cost, 1 <= first <= last <= BC_NUMBERS_MAX_SWEEP: all that
 * bc_numbers_reduce would report, from one reading for the ends and one for all depths. Of the
 * settings depth, step, codes, force, dry_run, skip_quality and min_snr_db do not count. Errors as
 * there, but for writing. */
BC_API BC_NODISCARD bc_status bc_numbers_sweep(const char *path,
                                               const bc_numbers_settings *settings, int first,
                                               int last, bc_numbers_sweep_result *result,
                                               bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
