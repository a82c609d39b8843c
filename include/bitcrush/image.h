/* Pictures: reading, reducing and writing them, row by row.
 *
 * Samples are interleaved rows, 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, from top to
 * bottom; a sample is 0..maxval, in a uint8_t when maxval <= 255, else in a uint16_t of
 * the machine's byte order. Values are as coded in the file, never rescaled. A picture that
 * its EXIF data call turned or mirrored is handed out upright. */
#ifndef BITCRUSH_IMAGE_H
#define BITCRUSH_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/feedback.h"
#include "bitcrush/light.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/palette.h"
#include "bitcrush/reading.h"
#include "bitcrush/spec.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_IMAGE_MAX_SIDE 1000000u /* pixels */

typedef struct {
    const char *format;     /* "png", "jpeg", "pnm"; static text */
    uint32_t width, height; /* pixels */
    uint32_t n_channels;    /* 1..4, alpha included */
    bool has_alpha;         /* the last channel is alpha */
    uint32_t maxval;        /* colour samples are 0..maxval, 1..65535 */
    uint32_t alpha_maxval;  /* alpha samples are 0..alpha_maxval, at most maxval */
    int depth;              /* bits per sample in the file (of a palette's entries: 8) */
    int true_depth;         /* bits that the file says are real (sBIT), at most depth */
    bool is_indexed;        /* came from a palette */
    bool is_interlaced;
    bc_transfer transfer;        /* what coded values mean */
    const char *transfer_source; /* who says so: "gAMA chunk", "default"; static text */
    int orientation;             /* what the file says, 1..8 as in EXIF; rows are upright */
} bc_image_info;

typedef struct bc_image_reader bc_image_reader;

/* Open a picture ("-" for standard input); its format is told from its first bytes.
 * BC_E_OPEN, BC_E_FORMAT, BC_E_UNSUPPORTED, or BC_E_LIMIT past BC_IMAGE_MAX_SIDE and the default
 * limits. */
BC_API BC_NODISCARD bc_status bc_image_open(const char *path, bc_image_reader **out, bc_error *err);

/* The same by rules of the caller's, which stay for every row; reading->stop as long as the
 * reader. */
BC_API BC_NODISCARD bc_status bc_image_open_with(const char *path, const bc_reading *reading,
                                                 bc_image_reader **out, bc_error *err);

/* With reading->salvage what was wrong with the file so far and was passed over, as text with "; "
 * between: rows that are not there are 0, chunks with a bad checksum left out. "" while all is
 * well. Valid until the reader is freed. */
BC_API const char *bc_image_salvaged(const bc_image_reader *r);

/* What the reader holds; valid until it is freed. */
BC_API const bc_image_info *bc_image_get_info(const bc_image_reader *r);

/* Read the next n rows (no more than are left), width * n_channels samples each, without
 * gaps. After the last row the end of the file has been checked too. */
BC_API BC_NODISCARD bc_status bc_image_read(bc_image_reader *r, void *rows, uint32_t n,
                                            bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_image_reader_free(bc_image_reader *r);

/* 8-bit sRGB samples, rows of width * n_channels (1 grey, 2 with alpha, 3 RGB, 4 with alpha), as
 * the bytes of a PNG file in the smallest layout that holds them. The caller frees *out.
 * BC_E_LIMIT, BC_E_UNSUPPORTED in a build without PNG. */
BC_API BC_NODISCARD bc_status bc_image_encode(const uint8_t *samples, uint32_t width,
                                              uint32_t height, uint32_t n_channels, uint8_t **out,
                                              size_t *size, bc_error *err);

/* True when the first n bytes of a file look like a picture that some reader knows. */
BC_API bool bc_image_probe(const uint8_t *head, size_t n);

/* File formats: {"png", "Portable Network Graphics", ...}. */
typedef struct {
    const char *name;
    const char *doc;
    const char *extensions; /* ".png .apng", the first is used for new files */
    bool reads, writes;
} bc_image_format;
BC_API size_t bc_image_formats(const bc_image_format **out);

/* How to reduce. Zero it, set what differs, and see bc_image_settings_default. */
typedef struct {
    int bits;            /* levels are k / (2^bits - 1), 1..16; unused with a palette */
    int channel_bits[3]; /* of red, green, blue, none above `bits`; 0: as `bits` */
    int alpha_bits;      /* round alpha to so many bits; 0 keeps it */
    /* Any grid or format of blocks in place of `bits`; spec.name "": `bits`, under full scale.
     * Evenly spaced marks are k / (levels - 1). Full scale puts 0 on black and the highest mark on
     * white (floats of 16 bits and more are taken as they are); other scales are fitted to the
     * samples v / maxval of the picture, of each of its colour channels, rows of these, or runs of
     * `group` samples in a row. Blocks are runs, too, and have scales of their own. Runs take no
     * kernel. */
    bc_spec spec;
    bc_scale_method scale;
    double percent; /* of BC_SCALE_PERCENTILE */
    bc_scale_group per;
    size_t group;               /* BC_PER_BLOCK: samples */
    uint32_t n_colours;         /* fit a palette of so many colours, 2..256; 0: do not */
    const bc_palette *palette;  /* take these colours; goes before n_colours; or NULL */
    bc_rounding rounding;       /* truncate takes no noise and no kernel */
    const bc_diffusion *kernel; /* error diffusion, or NULL */
    const bc_noise *noise;      /* added to the position that decides, or the row "none" */
    bool grey;                  /* reduce the luma of colour pictures (BT.709, in linear light) */
    bool linear_light;          /* with any dither: sum errors in linear light */
    bc_scan scan;
    double strength; /* of the kernel, 0..1; see BC_STRENGTH_FITTED */
    uint64_t seed;
    int n_threads;      /* 0: one per core */
    int effort;         /* of compression, 1..12; 0: the default, 4 */
    bool force;         /* replace an existing output */
    bool strip;         /* keep no metadata but what is needed to show the picture right */
    bool dry_run;       /* do everything but keep no output */
    bool skip_encoding; /* in a dry run: do not even make the output; its size is 0 then, its
                         * layout NULL, all other figures are the same */
    bool skip_quality;  /* leave out blurred PSNR and SSIM, which take time */
    bool wants_codes;   /* hand out how often each code is taken */
    double min_snr_db;  /* BC_E_QUALITY and no output, but a result, unless so much is measured,
                         * see bc_error_gate; NaN: no gate */
    const char *format; /* output format, or NULL to go by the name ("-": png) */
    bc_reading reading; /* limits, damage, and when to give up */
    void (*progress)(void *context, uint64_t rows_done, uint64_t n_rows); /* or NULL */
    void *context;
} bc_image_settings;

/* The strength for fitted palettes that costs few decibels: pixel by pixel 16 colours come out as
 * they do undithered less 1.2 dB, where all of the error costs 2.5, and blurred most of the gain
 * stays. The program takes it for them; bc_image_settings_default has 1. */
#define BC_STRENGTH_FITTED 0.5

/* Serpentine Floyd-Steinberg in linear light at `bits`, every other field as documented. */
BC_API bc_image_settings bc_image_settings_default(int bits);

/* How often each code is taken, the lowest mark first: of all colour samples together, or of each
 * channel where these have rulers of their own. */
typedef struct {
    uint32_t n; /* histograms: 1 or 3, or 0 where a palette is in place of a ruler, or the codes are
                 * more than 2^16 */
    uint32_t n_codes[3];
    uint64_t *counts[3];
} bc_image_code_counts;

/* Release; NULL is fine. */
BC_API void bc_image_code_counts_free(bc_image_code_counts *codes);

/* What was done and what it cost. Errors are those of the samples that the output file holds, v /
 * maxval less v / maxval of the input: where a level of `bits` is no sample of the output's depth,
 * as 7 bits in a PNG of 8, they have its rounding in them. bc_image_compare of both files measures
 * the same. */
typedef struct {
    bc_image_info input;
    uint64_t input_size_bytes; /* of the file; 0 when it is not known (a pipe) */
    const char *output_format; /* "png", ... */
    const char *output_layout; /* "grey", "indexed", "RGB", "grey + alpha", "RGBA" */
    int output_depth;          /* bits per sample or index in the output */
    uint32_t output_palette;   /* palette entries, 0 without palette */
    uint64_t output_size_bytes;
    uint64_t raw_bytes;     /* input samples at their depth, packed */
    uint64_t packed_bytes;  /* output codes at `bits` each, alpha kept, packed; with a palette
                                 * one index a pixel */
    bc_palette palette;     /* the colours, fitted or given; none without a palette */
    bc_error_sums coded;    /* colour samples over full scale 1, as coded */
    bc_error_sums linear;   /* the same in linear light */
    double blurred_psnr_db; /* in linear light, blurred by BC_BLURRED_SIGMA; NaN: not asked */
    double ssim;            /* of coded luma, see bc_ssim; NaN: not asked, or too small */
    uint32_t ssim_factor;   /* the pictures were averaged down by it first */
    uint32_t n_levels;      /* 2^bits, or the colours of the palette */
    double step; /* between marks, of full scale 1, where they are even and the same for all
                  * samples; else 0 */
    uint32_t n_levels_used;
    double entropy_bits;         /* per colour sample, with a palette per pixel */
    bc_image_code_counts *codes; /* NULL unless asked for; bc_image_code_counts_free */
    double time_s;               /* wall clock */
    char carried[128];           /* metadata in the output, by name: "gAMA iCCP tEXt" */
    char dropped[128];           /* metadata of the input that are not: "bKGD eXIf" */
    char salvaged[256]; /* damage of the input that was passed over, see bc_image_salvaged */
    const char *cpu_level;
    int n_threads;
} bc_image_result;

/* Reduce the picture `in` to the file `out` ("-" for standard streams). Memory does not
 * grow with the picture, except that an interlaced one and one that has to be turned upright
 * are held whole, and that rows wait in a temporary file while a smaller output layout is still
 * possible. A picture that a palette is fitted to is read twice. Metadata (at most 64 MiB) go
 * along where the output format has a place for them. The same bytes come out for any number of
 * threads. On failure an old output is untouched. */
BC_API BC_NODISCARD bc_status bc_image_reduce(const char *in, const char *out,
                                              const bc_image_settings *settings,
                                              bc_image_result *result, bc_error *err);

/* The codes that bc_image_reduce gives the samples of a picture in memory: rows as bc_image_read
 * hands them out, of info->width, height, n_channels, has_alpha, maxval, alpha_maxval, depth,
 * true_depth and transfer; codes of settings->bits in the same order, alpha as it is. Not for
 * palettes, nor for settings->grey. BC_E_USAGE, BC_E_LIMIT. */
BC_API BC_NODISCARD bc_status bc_image_codes(const bc_image_info *info, const void *samples,
                                             const bc_image_settings *settings, uint16_t *codes,
                                             bc_error *err);

/* How two pictures differ: b against a. */
typedef struct {
    bc_image_info a, b;
    bc_error_sums coded;    /* colour samples over full scale 1, as coded in each file */
    bc_error_sums linear;   /* the same in linear light, each by its own transfer function */
    double blurred_psnr_db; /* in linear light, blurred by BC_BLURRED_SIGMA */
    double ssim;            /* of coded luma, see bc_ssim; NaN: too small */
    uint32_t ssim_factor;
    char salvaged[2][256]; /* of a and of b, see bc_image_salvaged */
} bc_image_comparison;

/* Compare two pictures of one size (else BC_E_USAGE); formats, depths and grey or colour may
 * differ. Alpha is left out; what it hides in both counts as equal for blurred PSNR and SSIM, as in
 * a reduction. Nothing is aligned or scaled. */
BC_API BC_NODISCARD bc_status bc_image_compare(const char *path_a, const char *path_b,
                                               const bc_reading *reading,
                                               bc_image_comparison *result, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
