/* A medium: one kind of data, its files, and all that a program does with them, as one const row.
 *
 * Pictures, sound, weights and tables of numbers are a row each. Programs and studies walk over the
 * rows and know none of the media: a new one is a folder and a row. */
#ifndef BITCRUSH_MEDIUM_H
#define BITCRUSH_MEDIUM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/grid.h"
#include "bitcrush/html.h"
#include "bitcrush/measure.h"
#include "bitcrush/plot.h"
#include "bitcrush/reading.h"
#include "bitcrush/report.h"
#include "bitcrush/scale.h"
#include "bitcrush/setting.h"
#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is asked for beside a SPEC. */
typedef struct {
    bc_settings settings;
    /* What will be made of the result; what nothing is made of is not measured. */
    bool wants_report, wants_curves;
    const volatile sig_atomic_t *stop; /* give up with BC_E_INTERRUPTED once set, or NULL */
    struct bc_input *input;            /* see bc_reading */
    void (*progress)(void *context, uint64_t done, uint64_t n); /* or NULL */
    void *context;
} bc_request;

/* What came of a file, or of two. Zeroed before it is filled. */
typedef struct {
    void *own;                  /* of the medium; what `release` of the row takes */
    const bc_error_sums *error; /* that a gate looks at, or NULL: nothing was measured */
    char salvaged[2][256];      /* damage of each input that was passed over, or "" */
    char title[64];             /* "4 bits" */
    double bits;                /* where it stands on the curve of bits and SNR; NaN: nowhere */
} bc_outcome;

/* Where it came from and went to, and for whom it is told. */
typedef struct {
    const char *in;        /* the input, or the first of two */
    const char *out;       /* where the output lies now, or the second of two */
    const char *shown_out; /* what it is called */
    const char *kept; /* what became of it, where that is not as usual: "dry run, not written" */
    const char *page; /* the page about it, or NULL */
    const bc_report *facts; /* for a page: what `facts` told */
    bool is_for_programs;   /* JSON and pages: all rows, full names */
    /* How the caller's program is asked to reduce `in` so, a text that is freed; NULL: it is
     * none. */
    char *(*command)(const char *in, const char *spec, const bc_settings *settings);
} bc_account;

/* What is done with files. */
typedef enum { BC_REDUCE, BC_RESTORE, BC_COMPARE, BC_INFO, BC_N_DEEDS } bc_deed;

/* One of them. `job` is what bc_medium.prepare made of the request. */
typedef struct {
    /* paths: input and output, two inputs, or one input and NULL. With BC_E_QUALITY there is an
     * outcome as well as with BC_OK. */
    bc_status (*run)(void *job, const char *const paths[2], bc_outcome *out, bc_error *err);
    /* Release outcome->own, also where run failed; one that is zeroed is fine. */
    void (*release)(bc_outcome *o);
    /* Tell it as facts, which live as long as the outcome. */
    void (*facts)(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r);
    /* BC_E_QUALITY, where a gate is set and this does not pass; NULL: run sees to it. */
    bc_status (*gate)(const void *job, const bc_outcome *o, const bc_account *a, bc_error *err);
    /* A plot about it, which the caller releases also where this fails; NULL: there is none. */
    bc_status (*draw)(const void *job, const bc_outcome *o, const bc_account *a, bc_plot **p,
                      bc_error *err);
    const char *expected; /* "compare A B, two pictures of one size" */
    const char *minds;    /* keys of the settings that count, with blanks around each; NULL: all */
} bc_deed_row;

/* What one row of a sweep costs. A figure that does not apply, or was not asked for, is NaN, a
 * size 0; an exact copy has infinite SNR and PSNR. */
typedef struct {
    double bits;                     /* of a code: log2 of the codes that there are */
    double bits_per_value;           /* scales included, of media that pay for many; else NaN */
    char grid[24];                   /* "uniform4" */
    const char *scale;               /* how the grid is laid: "full", "minmax", "absmax" */
    char group[32];                  /* what shares a scale: "row", "32"; "": everything */
    const char *family;              /* of rows that are one curve of several; NULL: there is one */
    double snr_db;                   /* of coded values, samples or weights */
    double granular_db, overload_db; /* of rounding and of clipping alone; NaN where none clips */
    double theory_snr_db;    /* closed form: rounding errors uniform and independent, no clipping */
    double rule_of_thumb_db; /* 6.02 n + 1.76 */
    double rmse, psnr_db;
    double psnr_blurred_db, ssim;    /* of pictures */
    double noise_dbfs, noise_a_dbfs; /* of sound; the second is A-weighted */
    double entropy_bits;             /* of the codes */
    uint64_t n_clipped;
    bool is_silent;      /* everything became 0 */
    uint64_t size_bytes; /* codes without gaps */
    double ratio;        /* raw size over size_bytes */
    uint64_t file_bytes; /* of the file that a reduction would write */
} bc_depth_row;

/* A row of n bits with nothing in it. */
BC_API bc_depth_row bc_depth_row_empty(double bits);

/* Its figures of error: SNR and its two parts, RMSE, clipping and silence. */
BC_API void bc_depth_row_error(bc_depth_row *row, const bc_error_sums *error);

/* Its sizes, and their ratio where both are known. */
BC_API void bc_depth_row_sizes(bc_depth_row *row, uint64_t raw_bytes, uint64_t packed_bytes);

enum { BC_SWEEP_MAX_ROWS = 80 };

/* One file at first .. last bits a value. */
typedef struct {
    const char *path;
    int first, last;
    bool has_figures; /* what takes time: SSIM, blurred PSNR, weighted noise, size of the file */
    /* Room for BC_SWEEP_MAX_ROWS, filled: a row for each depth, or as many as n_rows says. */
    bc_depth_row *rows;
    size_t n_rows;    /* last - first + 1 unless the medium sets it */
    bc_law law;       /* of the values, where bounds by it mean something; filled */
    bc_report *input; /* the facts of the input are added; NULL: not asked for */
    const char
        *light;    /* where dithered errors are summed: "linear", "coded"; NULL: no such thing */
    uint64_t seed; /* of the noise; filled */
    bool is_bare;  /* settings left no place for the usual dither; filled */
    char measured[160]; /* what was, where that is not the whole file; filled, or "" */
    int n_done;         /* depths so far, each with a progress of its own */
} bc_series;

/* Some neighbouring values of a file and the ruler of three bits that its medium would lay on them,
 * for figures of what rounding is. */
enum { BC_EXCERPT_MOST = 320 };
typedef struct {
    double x[BC_EXCERPT_MOST];
    size_t n;
    bc_grid grid; /* without a table */
    bc_scale scale;
    char what[96];      /* "green of 96 pixels, in the middle row" */
    const char *along;  /* "pixel" */
    const char *values; /* "coded value" */
} bc_excerpt;

typedef struct bc_medium {
    const char *name;     /* "image": in reports, and as a command */
    const char *things;   /* "pictures" */
    const char *thing;    /* "picture", "file of weights" */
    const char *kind;     /* "picture", "weights" */
    const char *signal;   /* "the signal is" */
    const char *files;    /* "photo.png" */
    const char *program;  /* "bitcrush-image", that is for nothing else */
    const char *spec;     /* what a SPEC is: "bits" */
    const char *expected; /* "FILE BITS, for example photo.png 4" */

    bool (*probe)(const uint8_t *head, size_t n); /* a file by its first bytes */
    /* One that no medium knows by its first bytes alone, by its name as well; NULL: none. */
    bool (*probe_named)(const char *path, const uint8_t *head, size_t n);
    /* Would bc_reading.salvage read what is refused without? NULL: never. */
    bool (*salvages)(const char *path, const bc_reading *reading);
    bool (*takes)(const char *spec); /* is it a SPEC of this medium by its form? */
    /* Why no other medium has a SPEC that this one takes, and what is expected instead; NULL: what
     * it takes is for all. */
    const char *(*only_here)(const char *spec);
    /* Do settings take the place of a SPEC? NULL: never. BC_E_USAGE in err where they contradict
     * each other. */
    bool (*replaces_spec)(const bc_settings *s);

    const bc_setting_row *settings; /* that it takes, any deed */
    size_t n_settings;

    /* Understand a request. spec: NULL where a deed takes none. *job is released by `release` also
     * where this fails. */
    bc_status (*prepare)(const char *spec, const bc_request *request, void **job, bc_error *err);
    void (*release)(void *job);

    /* What was chosen, for names of outputs: "4bit"; and how they end: ".png". */
    void (*choice)(const void *job, const char *spec, char *to, size_t size);
    const char *(*ending)(const void *job, const char *in);
    bool may_replace_input; /* an input is read once, from its beginning to its end */

    bc_deed_row deeds[BC_N_DEEDS]; /* run NULL: it has not that one */

    /* Measure a file at every depth without writing it. Of the settings `swept` count. */
    bc_status (*sweep)(const bc_request *request, bc_series *s, bc_error *err);
    const char *swept;      /* their keys, with blanks around each */
    int most_bits;          /* of a sweep */
    bool sweeps_at_once;    /* all depths in one run: bc_series.n_done stays 0 */
    const char *dither;     /* of its second series, and */
    const char *asked_as;   /* the setting that asks for it */
    const char *n_bits_are; /* "2^n levels of the coded values" */

    /* Pictures and plots of a reduction for its page; NULL: none. */
    bc_status (*show)(const void *job, const bc_outcome *o, const bc_account *a, bc_html *h,
                      bc_error *err);
    /* Every depth of a series as a PNG file; dithers: of each series. NULL: no such thing. */
    bc_status (*sheet)(const bc_request *request, const char *path, const int *bits, size_t n,
                       const char *const *dithers, size_t n_dithers, uint8_t **png, size_t *size,
                       bc_error *err);
    /* BC_E_UNSUPPORTED where a file has no values to show. */
    bc_status (*excerpt)(const char *path, const bc_reading *reading, bc_excerpt *out,
                         bc_error *err);
    /* What file a setting's value names ("palette"), or NULL where it names something else. */
    const char *(*file_of)(const char *key, const char *value);
    /* The files that one input is made of, itself among them, for shards and parts; NULL:
     * itself. */
    bc_status (*parts)(const char *path, const bc_reading *reading,
                       void (*add)(void *context, const char *part), void *context);
    /* The room that n values take in every format, of no file; NULL: no such thing. */
    void (*sizes)(double n, bool is_for_programs, bc_report *r);
} bc_medium;

extern BC_API const bc_medium bc_pictures, bc_sound, bc_weights, bc_tables;

/* What all media tell alike: the output's name, page and fate; the size of the input, where it is a
 * file. */
BC_API void bc_account_output(const bc_account *a, bc_report *r);
BC_API void bc_account_input_size(const bc_account *a, bc_report *r);

/* Of an error: SNR, RMSE, the largest, the mean, ENOB, what was lost, whether everything became 0;
 * where something clips its granular part and overload, each as an SNR. `knows_ends`: clipping was
 * looked for, so that programs are told of none, too; two files do not say where a ruler ended. */
BC_API void bc_account_error(const bc_account *a, bc_report *r, const bc_error_sums *error,
                             bool knows_ends);

/* What values are reduced to: bits, whole ones as a whole number, and for programs how many marks
 * there are; NaN and 0 leave them out. */
BC_API void bc_account_depth(const bc_account *a, bc_report *r, double bits, uint64_t n_levels);

/* The packed size, and the raw one over it where both are known. */
BC_API void bc_account_packed(bc_report *r, uint64_t raw_bytes, uint64_t packed_bytes);

/* What theory expects of the SNR, NaN where it has nothing to say; of what clips it knows nothing,
 * which is told where samples do. */
BC_API void bc_account_expected(bc_report *r, double snr_db, uint64_t n_clipped);

/* What of a file is not needed, as "16 bits a sample, one channel", and the command that leaves it
 * out: by a SPEC of `bits` without dither; 0: no command does. `what` "" says that nothing is, and
 * so does what a lossy codec made small. */
BC_API void bc_account_lossless(const bc_account *a, bc_report *r, bool is_lossy, const char *what,
                                int bits, const bc_settings *settings);

#ifdef __cplusplus
}
#endif
#endif
