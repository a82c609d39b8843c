/* Neural weights: the files that hold them.
 *
 * A file holds named arrays ("tensors") of one element type each, and pairs of key and value
 * beside them. Opening reads headers only, but all of a .npz: its checksums are compared, and what
 * is compressed is unpacked into a temporary file. Data are read piece by piece, from several
 * threads if that is wanted. */
#ifndef BITCRUSH_TENSOR_H
#define BITCRUSH_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "bitcrush/reading.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_TENSOR_MAX_DIMS   8u
#define BC_TENSOR_MAX_COUNT  (1u << 24) /* tensors in all parts of a file */
#define BC_TENSOR_MAX_HEADER 100000000u /* bytes, the limit of safetensors */

typedef enum {
    BC_ELEMENT_FLOAT,
    BC_ELEMENT_INTEGER,
    BC_ELEMENT_BOOL,
    BC_ELEMENT_COMPLEX,
    BC_ELEMENT_BLOCKS, /* several elements together in some bytes */
    BC_ELEMENT_CODES,  /* codes, scales and what belongs to them in tensors of their own, as
                        * safetensors files have them; the block is that of the usual settings, and
                        * a scale for a row or more is not in it */
    BC_ELEMENT_OPAQUE, /* bytes of an array in .npz that holds no numbers; they are its shape */
} bc_element_kind;

/* What elements are: a row of the table behind bc_element_types. Bytes are little-endian. */
typedef struct {
    const char *name; /* "F32", "BF16", "Q4_K", as safetensors and GGML call it */
    bc_element_kind kind;
    uint32_t block_length; /* elements in a block; 1 but for blocks and codes */
    uint32_t block_bytes;
    int ggml_type;       /* number in GGUF files, or -1 */
    bool in_safetensors; /* safetensors has it, under its name */
    const char *npy;     /* code in .npy files ("f4"), or NULL */
    /* The numbers of n blocks (elements) of any bytes; NULL where this row has no decoder. */
    void (*decode)(const void *blocks, size_t n, float *out);
} bc_element_type;

/* All rows, in order; returns their number. */
BC_API size_t bc_element_types(const bc_element_type **out);

/* The row of a name, upper or lower case, or NULL. */
BC_API const bc_element_type *bc_element_type_named(const char *name);

/* True when values can be reduced to elements of the type. */
BC_API bool bc_tensor_can_write(const bc_element_type *type);

typedef struct {
    const char *name;
    const bc_element_type *type;
    uint32_t n_dims;                   /* 0: a single number */
    uint64_t dims[BC_TENSOR_MAX_DIMS]; /* slowest first, as in numpy; the last is a row */
    uint64_t n_elements, size_bytes;
} bc_tensor_info;

/* A file format: {"gguf", "GGML's format ...", ".gguf", true}, ... */
typedef struct {
    const char *name;
    const char *doc;
    const char *extension; /* ".npy" */
    bool can_write;
} bc_tensor_format;

/* All of them, in order; returns their number. */
BC_API size_t bc_tensor_formats(const bc_tensor_format **out);

/* True when the first n bytes of a file look like weights that some reader knows. */
BC_API bool bc_tensor_probe(const uint8_t *head, size_t n);

typedef struct bc_tensor_file bc_tensor_file;

/* Open a file; its format is told from its first bytes. The index of a sharded safetensors
 * file (model.safetensors.index.json) opens all the shards that it names, and any part of a
 * split GGUF file opens them all. Headers are checked as a whole: every tensor lies inside
 * its file. BC_E_OPEN, BC_E_FORMAT, BC_E_UNSUPPORTED (a pipe, too), or BC_E_LIMIT past the
 * sizes above. */
BC_API BC_NODISCARD bc_status bc_tensor_file_open(const char *path, bc_tensor_file **out,
                                                  bc_error *err);

/* The same by rules of the caller's, of which max_memory is for what the heads hold;
 * reading->stop lives as long as the file. */
BC_API BC_NODISCARD bc_status bc_tensor_file_open_with(const char *path, const bc_reading *reading,
                                                       bc_tensor_file **out, bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_tensor_file_free(bc_tensor_file *f);

/* The files that it is made of, and the path of file i among them: its own, and those of shards or
 * parts beside it. Valid until the file is freed. */
BC_API size_t bc_tensor_part_count(const bc_tensor_file *f);
BC_API const char *bc_tensor_part_path(const bc_tensor_file *f, size_t i);

/* The number of tensors. They are in the order of their data, part by part. */
BC_API size_t bc_tensor_count(const bc_tensor_file *f);

/* Tensor i, i < bc_tensor_count; valid until the file is freed. */
BC_API const bc_tensor_info *bc_tensor_at(const bc_tensor_file *f, size_t i);

/* The place of a name, or SIZE_MAX. */
BC_API size_t bc_tensor_find(const bc_tensor_file *f, const char *name);

/* Read n bytes of tensor i, whose kind is not BC_ELEMENT_CODES, from byte_offset on, inside the
 * tensor, both multiples of its block_bytes. They are little-endian whatever the file is. BC_E_OPEN
 * or BC_E_FORMAT where the file cannot be read any more. Thread-safe. */
BC_API BC_NODISCARD bc_status bc_tensor_read(const bc_tensor_file *f, size_t i,
                                             uint64_t byte_offset, void *buf, size_t n,
                                             bc_error *err);

/* Elements first .. first+n-1 of tensor i as floats, inside the tensor; F64 is rounded to
 * nearest, ties to even, every narrower float is exact. Types without a decoder are
 * BC_E_UNSUPPORTED; else as bc_tensor_read. Thread-safe. */
BC_API BC_NODISCARD bc_status bc_tensor_read_f32(const bc_tensor_file *f, size_t i, uint64_t first,
                                                 size_t n, float *out, bc_error *err);

/* The same as doubles, which hold every type exactly, F64 too. */
BC_API BC_NODISCARD bc_status bc_tensor_read_f64(const bc_tensor_file *f, size_t i, uint64_t first,
                                                 size_t n, double *out, bc_error *err);

/* What a weight could have become: the values that the codes of its type have under the scale that
 * it shares with its neighbours, first .. end - 1. Rising, NaN last; codes that mean the same
 * number are levels of their own. */
typedef struct {
    uint32_t n; /* 2..256, or 0 of types that have more, or no decoder */
    float values[256];
    uint64_t first, end;
} bc_tensor_levels;

/* The levels of weight `at` of tensor i, at < n_elements. Statuses as bc_tensor_read.
 * Thread-safe. */
BC_API BC_NODISCARD bc_status bc_tensor_levels_at(const bc_tensor_file *f, size_t i, uint64_t at,
                                                  bc_tensor_levels *out, bc_error *err);

/* What a file says of itself. */
typedef struct {
    const char *format;  /* name of a row of bc_tensor_formats; static text */
    uint32_t version;    /* of the format: 3 for GGUF v3; 0 where it has none */
    uint32_t n_parts;    /* files, an index among them */
    uint64_t file_bytes; /* of all parts */
    uint64_t n_elements; /* of all tensors */
    uint64_t data_bytes;
    uint64_t n_left_out;      /* tensors in shards that their index does not name */
    uint32_t shard, n_shards; /* by its name the file is this of so many, and alone; else 0 */
    size_t n_metadata;
} bc_tensor_summary;
BC_API bc_tensor_summary bc_tensor_file_summary(const bc_tensor_file *f);

/* How many tensors have which type. Writes at most `room` rows, most bytes first, and returns
 * how many there are. */
typedef struct {
    const bc_element_type *type;
    uint64_t n_tensors, n_elements, size_bytes;
} bc_tensor_type_count;
BC_API size_t bc_tensor_type_counts(const bc_tensor_file *f, bc_tensor_type_count *out,
                                    size_t room);

/* A pair of key and value, for people: one line each, long ones cut, ending in "...". */
typedef struct {
    const char *key; /* valid until the file is freed */
    char type[32];   /* "u32", "string", "array of string" */
    char value[160];
} bc_tensor_metadata;

/* Pair i, i < n_metadata of the summary. */
BC_API void bc_tensor_metadata_at(const bc_tensor_file *f, size_t i, bc_tensor_metadata *out);

/* --- reducing */

/* What shares a scale, beside a number of weights. */
#define BC_TENSOR_GROUP_USUAL 0u               /* 64, or what the format's definition says */
#define BC_TENSOR_GROUP_ROW   UINT32_MAX       /* a row */
#define BC_TENSOR_GROUP_ALL   (UINT32_MAX - 1) /* the whole tensor */

/* Tensors whose name fits a pattern become a format. Patterns are those of fnmatch; one without
 * wildcards is also the name of some parts between dots: "attn_v" fits "blk.0.attn_v.weight". One
 * that fits no name of the file is BC_E_USAGE. */
typedef struct {
    const char *glob, *format;
} bc_tensor_rule;

/* How blocks get their scales and codes. */
typedef enum {
    BC_ENCODER_EXACT, /* the bytes of the format's reference, GGML */
    BC_ENCODER_BEST,  /* the least squared error, see bc_block_encode_best */
} bc_tensor_encoder;

/* Mixes, which give some tensors of some layers a larger format: {"q4_k_m", "mostly Q4_K ..."}, ...
 * They go by the names of GGUF ("blk.0.attn_v.weight") and of transformers
 * ("model.layers.0.self_attn.v_proj.weight"). Output, or embeddings that are the output as well,
 * are Q6_K. Source: llama.cpp's llama-quantize. */
typedef struct {
    const char *name, *doc;
    uint32_t file_type; /* its number in GGUF files (general.file_type, llama_ftype of llama.h) */
} bc_tensor_mix;

/* All mixes, in order; returns their number. */
BC_API size_t bc_tensor_mixes(const bc_tensor_mix **out);

/* Names of tensors of models that stay as they are: {"ssm_conv1d", "a short convolution"}, ...
 * Names are those of GGUF, or what transformers has for them. Source: llama.cpp's
 * llama-quantize. */
typedef struct {
    const char *name, *doc;
    bool is_whole; /* all of the name; else it occurs in it */
} bc_tensor_kept;

/* All of them, in order; returns their number. */
BC_API size_t bc_tensor_kept_names(const bc_tensor_kept **out);

/* The type that a name or a number of bits means in GGUF files, or where they have none of that
 * size ("7") in safetensors; NULL for mixes, which mean several, and for what is unknown. */
BC_API const bc_element_type *bc_tensor_spec_type(const char *spec);

/* How to reduce. Zero it, set what differs, and see bc_tensor_settings_default. */
typedef struct {
    /* What weights become: the name of an element type ("q4_k", "f16"), a number of bits (1.58, 1
     * to 8: in GGUF the best block format of that size, in safetensors an integer; 16 and 32 are
     * floats), or a mix that chooses by names and layers ("q4_k_m"). Any other grid of
     * bc_spec_named ("mulaw", "pcm8", "4.5") has no layout in files of weights: its values are
     * stored, as F16 or BF16 where these hold them all exactly, else as F32. Tensors of floats with
     * two dimensions or more become it unless they are norms; in GGUF, and where names are those of
     * a transformer, only those whose name ends in "weight" and has nothing of
     * bc_tensor_kept_names. The others stay as they are. */
    const char *format;
    const bc_tensor_rule *rules; /* go before all; the last that fits counts */
    size_t n_rules;
    const char *const *include; /* patterns: these and no others, whatever their dimensions */
    size_t n_include;
    const char *const *exclude; /* patterns: not these */
    size_t n_exclude;
    const char *const *drop; /* patterns: these are left out of the output */
    size_t n_drop;
    bool requantize; /* reduce blocks and codes, too, to something else than floats of 16 bits or
                      * more; without it they are BC_E_USAGE */
    /* Of formats that are codes and scales on a grid: how the scale is found and what shares one.
     * BC_SCALE_ABSMAX, BC_SCALE_PERCENTILE or BC_SCALE_MSE, or of integers BC_SCALE_ZERO_POINT,
     * which is `zero_point` and the largest magnitude; group is a number of weights in a row, a
     * multiple of 8 up to 65536, or one of BC_TENSOR_GROUP_*. Of grids that are stored as values:
     * any scale; BC_TENSOR_GROUP_USUAL is all of the tensor. */
    bc_scale_method scale;
    bool has_scale; /* `scale` is meant for those, too, whose usual one else is full scale for
                     * floats of 16 bits and more, min-max where codes start at 0, the largest
                     * magnitude else */
    double percent; /* of BC_SCALE_PERCENTILE */
    uint32_t group;
    bool zero_point;      /* integers: least and greatest value on the end codes, 0 on a code */
    bool double_quant;    /* nf4 and fp4: scales are quantized, too */
    bc_rounding rounding; /* truncate is for floats of 16 bits and fewer, codes on a grid, and
                           * values; it takes no noise. Blocks, and floats that keep all bits:
                           * BC_E_USAGE */
    bc_tensor_encoder encoder;
    const bc_noise *noise; /* NULL: none. RPDF rounds stochastically. Scales are found without it;
                             * F64 and F32 take none. No masks: BC_E_USAGE */
    uint64_t seed;         /* of the noise, a function of it, of the tensor's name, of the type that
                             * it had, and of the place in it */
    const char *imatrix;   /* file of importance for the formats that use it, or NULL */
    /* Of NaN and infinity in what is reduced, and of weights that their format, or the scale of
     * their block, cannot hold: both end the run by default. Under SATURATE these become the
     * largest finite value, and infinity as well, NaN still ends the run; under ZERO what is not
     * finite counts as 0, and what is not held ends the run; under KEEP it stays, and what is not
     * held becomes infinite, where the format is a float that has infinity. */
    bc_nonfinite nonfinite;
    int n_threads;         /* 0: one per core */
    bool force;            /* replace an existing output */
    bool dry_run;          /* do everything but keep no output: what is only copied is not read */
    bool sizes_only;       /* lay the output out, and neither read data (but those of a .npz, at
                             * opening) nor write: nothing is measured, so with min_snr_db it is
                             * BC_E_USAGE */
    bool skip_quality;     /* measure nothing but what the gate needs */
    double min_snr_db;     /* of all that is reduced, see bc_error_gate; BC_E_QUALITY and no
                             * output; NaN: no gate */
    const char *container; /* name of a row of bc_tensor_formats, or NULL to go by the name of the
                             * output, then by the input */
    bc_reading reading;    /* limits, and when to give up */
    void (*progress)(void *context, uint64_t elements_done, uint64_t n_elements); /* or NULL */
    void *context;
} bc_tensor_settings;

BC_API bc_tensor_settings bc_tensor_settings_default(const char *format);

typedef enum {
    BC_IMPORTANCE_UNUSED,  /* no matrix was given, or the format does not use it */
    BC_IMPORTANCE_USED,    /* how much the error of a column counts was known */
    BC_IMPORTANCE_MISSING, /* the matrix has no entry for the tensor */
} bc_importance_use;

/* What became of one tensor. */
typedef struct {
    char *name;
    const bc_element_type *from, *to;
    bool is_dropped; /* it is not in the output; `to` is as `from`, size_bytes 0 */
    const char *why; /* that is not the format asked for: "one dimension"; NULL: it is */
    uint32_t n_dims;
    uint64_t dims[BC_TENSOR_MAX_DIMS];
    uint64_t n_elements, size_bytes; /* of the output */
    char grid[24];                   /* it has the values of this SPEC; "": it is what `to` says */
    bc_scale_method scale;           /* of the grid */
    uint64_t packed_bytes; /* of its codes without gaps and its scales, a float of 32 bits for each
                            * number; where there is no such grid it is size_bytes */
    bc_importance_use importance;
    uint64_t n_nonfinite; /* of the input */
    uint64_t n_saturated; /* weights that became the largest finite value, by nonfinite */
    bool can_clip;        /* error.n_clipped was counted: weights more than half a step beyond
                           * the last value of the format, or of their block as it is stored */
    bc_error_sums error;  /* of what was reduced; n is 0 for copies. F64 is measured as doubles */
    double expected_e2;   /* error.sum_e2 by the closed form, see bc_theory_snr_db; NaN: none */
    double entropy_bits;  /* of a code; NaN where there are none or more than 2^16, and of F16, BF16
                           * and wider floats */
} bc_tensor_outcome;

/* What a file of importance says of itself. */
typedef struct {
    uint64_t n_entries;
    uint64_t n_chunks; /* of text that went into it; 0: not said */
    char *dataset;     /* the text's file, the first of several, or NULL */
} bc_importance_summary;

/* What was done and what it cost. */
typedef struct {
    bc_tensor_summary input;
    bc_importance_summary importance; /* zero without */
    const char *output_format;        /* name of a row of bc_tensor_formats */
    uint64_t output_size_bytes, output_data_bytes;
    uint64_t n_left_out; /* pairs of metadata that the output cannot hold */
    bool is_no_model;    /* a GGUF file of a transformer by names of transformers, without
                          * general.architecture: llama.cpp does not load it */
    size_t n_tensors;
    bc_tensor_outcome *tensors; /* in the order of the input */
    bc_error_sums error;        /* of all that was reduced */
    double entropy_bits;        /* of a code, by the mean over weights whose tensors have it; NaN */
    double time_s;              /* wall clock */
    const char *cpu_level;
    int n_threads;
} bc_tensor_result;

/* Reduce the weights in the file `in` to the file `out`. Memory does not grow with the file:
 * tensors go through in ranges of blocks, which threads share; the same bytes come out for any
 * number of them. With importance rows stay whole, up to 2^24 weights long. On failure an old
 * output is untouched. BC_E_USAGE for a format or a setting that is unknown or that no tensor
 * takes, BC_E_UNSUPPORTED for one that the kind of file has not, BC_E_FORMAT for what is not
 * finite, or not held, by settings->nonfinite (the sentence names tensor and index), BC_E_QUALITY
 * by min_snr_db, with a result; else as bc_tensor_file_open and for writing BC_E_EXISTS or
 * BC_E_WRITE. Free the result with bc_tensor_result_free. */
BC_API BC_NODISCARD bc_status bc_tensor_reduce(const char *in, const char *out,
                                               const bc_tensor_settings *settings,
                                               bc_tensor_result *result, bc_error *err);
BC_API void bc_tensor_result_free(bc_tensor_result *r);

/* How the tensors of two files differ, b against a, by name, but the only array of a .npy file,
 * which has none, and the only one of the other: outcome.from and .to are their types, size_bytes
 * that in b. What is in one file only, or has another shape (or holds no floats), is counted, and
 * no outcome. BC_E_USAGE when that is all; else as bc_tensor_file_open. Free the result with
 * bc_tensor_comparison_free. */
typedef struct {
    bc_tensor_summary a, b;
    size_t n_tensors;
    bc_tensor_outcome *tensors; /* in the order of a */
    size_t n_only_a, n_only_b, n_other_shape;
    bc_error_sums error; /* of all but those that are the same in both; of all where all are */
} bc_tensor_comparison;
BC_API BC_NODISCARD bc_status bc_tensor_compare(const char *path_a, const char *path_b,
                                                const bc_reading *reading,
                                                bc_tensor_comparison *result, bc_error *err);
BC_API void bc_tensor_comparison_free(bc_tensor_comparison *r);

/* --- sweeping */

#define BC_TENSOR_MAX_SWEEP 16 /* bits a weight */
enum { BC_TENSOR_SWEEP_ROWS = 80 };

/* What one grid under one kind of scale costs, or one format of blocks, all tensors together. */
typedef struct {
    char grid[16];         /* "binary", "ternary", "int4", or the format: "q4_k" */
    const char *scale;     /* "absmean", "absmax"; "own": the format's */
    char group[16];        /* what shares a scale: "tensor", "row", or a number of weights: "32" */
    const char *family;    /* rows that lie on one curve: "per tensor", "formats" */
    double bits;           /* of a code: log2 of the codes that there are */
    bc_error_sums error;   /* overload, too */
    double expected_e2;    /* error.sum_e2 by the closed form, see bc_theory_snr_db; NaN: none */
    double code_bits;      /* entropy of the codes of all weights, bits */
    uint64_t packed_bytes; /* codes without gaps, and their scales, floats of 32 bits on grids */
} bc_tensor_cost;

typedef struct {
    bc_tensor_summary input;
    size_t n_tensors, n_kept;       /* that were measured, and the others */
    uint64_t n_elements, raw_bytes; /* of those measured */
    bc_law law;                     /* that fits them best, each tensor by itself */
    size_t n_costs;
    bc_tensor_cost costs[BC_TENSOR_SWEEP_ROWS]; /* family by family, bits rising */
} bc_tensor_sweep_result;

/* What the weights of a file cost on what people store them in, from first to last bits a weight, 1
 * <= first <= last <= BC_TENSOR_MAX_SWEEP: on plain grids with one scale for each tensor, row and
 * 32 weights (signs and three values under the mean magnitude, BC_SCALE_ABSMEAN; symmetric integers
 * of 2 bits and more under the largest, BC_SCALE_ABSMAX), and in formats of blocks, as their
 * encoders write them. A row is of so many bits as its codes have and, where blocks share scales,
 * these as well, down to the whole bit. Rows of a tensor are those of its last dimension; blocks
 * run on over their ends. `noise` is added before rounding (RPDF is stochastic rounding), to scales
 * that were found without. Measured are the tensors that bc_tensor_reduce would reduce by
 * settings->include and exclude; where there is none and neither is given, all that hold floats.
 * NaN and infinity end it, or count as 0 by settings->nonfinite, which takes no SATURATE or KEEP
 * here. Of the settings n_threads, reading and progress count, too, which is told of elements in
 * two passes, of which each feeds all rows. Memory does not grow with the file. BC_E_USAGE for
 * other depths, BC_E_UNSUPPORTED where nothing is measured. */
BC_API BC_NODISCARD bc_status bc_tensor_sweep(const char *path, const bc_tensor_settings *settings,
                                              const bc_noise *noise, uint64_t seed, int first,
                                              int last, bc_tensor_sweep_result *result,
                                              bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
