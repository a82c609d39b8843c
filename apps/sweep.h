/* Sweeping: one file at one depth after the other, measured and not written. */
#ifndef BITCRUSH_SWEEP_H
#define BITCRUSH_SWEEP_H

#include <stdint.h>

#include "bitcrush/audio.h"
#include "bitcrush/image.h"
#include "bitcrush/tensor.h"
#include "options.h"

enum { SWEEP_MAX_BITS = 24 };

/* What one depth costs. A figure that does not apply, or was not asked for, is NaN, a size 0; an
 * exact copy has infinite SNR and PSNR. */
typedef struct {
    int bits;
    double snr_db;           /* of coded values, samples or weights */
    double theory_snr_db;    /* closed form: rounding errors uniform and independent, no clipping */
    double rule_of_thumb_db; /* 6.02 n + 1.76 */
    double rmse, psnr_db;
    double psnr_blurred_db, ssim;    /* of pictures */
    double noise_dbfs, noise_a_dbfs; /* of sound; the second is A-weighted */
    double entropy_bits;             /* of the codes */
    uint64_t n_clipped;
    uint64_t size_bytes; /* codes without gaps */
    double ratio;        /* raw size over size_bytes */
    uint64_t file_bytes; /* of the file that the tool would write */
} sweep_row;

/* The rows of a sweep, n_rows depths from the first up: undithered, and with dither. */
typedef struct {
    unsigned tool;   /* TOOL_...: the medium */
    char dither[64]; /* the name; "none": the rows of `dithered` are empty */
    int n_rows;
    sweep_row plain[SWEEP_MAX_BITS], dithered[SWEEP_MAX_BITS];
    /* What the file is: that of the medium is filled in. */
    bc_image_info image;
    bc_audio_info audio;
    char audio_note[256];           /* see bc_audio_note, */
    char audio_salvaged[256];       /* and bc_audio_salvaged */
    uint64_t n_frames;              /* of sound */
    bc_tensor_sweep_result weights; /* its costs are those of the last series */
} sweep;

/* What is measured. SNR, closed form, RMSE and sizes always are. */
enum {
    SWEEP_DITHERED = 1, /* with dither, too */
    SWEEP_FIGURES = 2,  /* what takes time: SSIM, blurred PSNR, weighted noise, size of the file */
};

/* Reduce the file at `path`, a picture, a sound or weights, to each of `first` .. `last` bits and
 * keep nothing but the figures: 1 <= first <= last, and at most what sweep_most_bits says. o:
 * options as the file's tool takes them: dither (NULL: the default of the tool; stochastic rounding
 * for weights), seed, light, scan, strength, gray, nonfinite, include, exclude, threads, progress.
 * The file is read several times. */
BC_NODISCARD bc_status sweep_measure(const char *path, int first, int last, unsigned what,
                                     const options *o, sweep *out, bc_error *err);

/* The largest depth of the file's medium. BC_E_OPEN, or BC_E_UNSUPPORTED for what is no file that
 * can be read several times. */
BC_NODISCARD bc_status sweep_most_bits(const char *path, int *bits, bc_error *err);

#endif
