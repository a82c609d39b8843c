/* Sound: files of it, reducing and comparing them, frame by frame. Samples are of full scale 1. */
#ifndef BITCRUSH_AUDIO_H
#define BITCRUSH_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/envelope.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/pcm.h"
#include "bitcrush/quantize.h"
#include "bitcrush/reading.h"
#include "bitcrush/shaper.h"
#include "bitcrush/spec.h"
#include "bitcrush/tone.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a sample is in a file that is written. */
typedef enum {
    BC_ENCODING_PCM, /* integers of 1..32 bits, in a container of whole bytes */
    BC_ENCODING_F32,
    BC_ENCODING_F64,
    BC_ENCODING_MULAW, /* ITU-T G.711 */
    BC_ENCODING_ALAW,
} bc_audio_encoding;

enum { BC_AUDIO_ENCODINGS = BC_ENCODING_ALAW + 1 };

/* "PCM", "32-bit float", "64-bit float", "mu-law", "A-law"; static text. */
BC_API const char *bc_audio_encoding_name(bc_audio_encoding encoding);

/* What a sound file holds. Texts are static. */
typedef struct {
    const char *container; /* "WAV", "AIFF", "FLAC", ... */
    const char *encoding;  /* "16-bit PCM", "32-bit float", "mu-law", "Vorbis", ... */
    uint32_t rate_hz;      /* frames a second, above 0 */
    uint32_t n_channels;   /* above 0 */
    uint64_t n_frames;     /* UINT64_MAX when it is not known (a pipe) */
    int container_bits;    /* of a sample; 0 when lossily compressed */
    int valid_bits;        /* the high ones of these that the header says are real; 0 for floats
                            * and for lossy encodings, mu-law and A-law too */
    bool is_float;
    bool is_lossy;           /* compressed with loss, mu-law and A-law too */
    bc_sample_layout layout; /* of the samples handed out: those of the file where it holds plain
                              * ones, else 32-bit integers in the high bits, or doubles */
} bc_audio_info;

typedef struct bc_audio_reader bc_audio_reader;

/* Open a sound file ("-" for standard input). BC_E_OPEN, BC_E_FORMAT, BC_E_UNSUPPORTED. */
BC_API BC_NODISCARD bc_status bc_audio_open(const char *path, bc_audio_reader **out, bc_error *err);

/* The same by rules of the caller's; reading->stop lives as long as the reader. */
BC_API BC_NODISCARD bc_status bc_audio_open_with(const char *path, const bc_reading *reading,
                                                 bc_audio_reader **out, bc_error *err);

/* What it holds; valid until it is freed. */
BC_API const bc_audio_info *bc_audio_get_info(const bc_audio_reader *r);

/* What is wrong with the file and does no harm to its samples, with "; " between, or "": "RIFF size
 * says 1234 bytes more than there are". Of a pipe all of it is known after the last frame. Valid
 * until the reader is freed. */
BC_API const char *bc_audio_note(const bc_audio_reader *r);

/* The same of samples that are not there and were passed over, with reading->salvage: "1000 of 4800
 * bytes of samples are missing". */
BC_API const char *bc_audio_salvaged(const bc_audio_reader *r);

/* Read up to n_frames frames: planes[c][i] is channel c of frame i. *got is less only at the end,
 * where it is 0 at last. */
BC_API BC_NODISCARD bc_status bc_audio_read(bc_audio_reader *r, double *const *planes,
                                            size_t n_frames, size_t *got, bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_audio_reader_free(bc_audio_reader *r);

/* Samples as the bytes of a WAV file of `bits` (16 or 24) bits, rounded to nearest; what is beyond
 * full scale takes the end codes, what is not finite 0. The caller frees *out. BC_E_LIMIT. */
BC_API BC_NODISCARD bc_status bc_audio_encode(const double *const *planes, size_t n_frames,
                                              uint32_t n_channels, uint32_t rate_hz, int bits,
                                              uint8_t **out, size_t *size, bc_error *err);

/* File formats that can be written: {"wav", "Waveform Audio File Format", ...}. Everything that
 * libsndfile knows is read. */
typedef struct {
    const char *name;
    const char *doc;
    const char *extensions; /* ".wav .wave", the first is used for new files */
    unsigned encodings;     /* bit 1 << bc_audio_encoding: it holds that one */
    const char *pcm_bits;   /* containers of integers, "8 16 24 32" */
} bc_audio_format;
BC_API size_t bc_audio_formats(const bc_audio_format **out);

/* True when the first n bytes of a file look like sound that some reader knows. */
BC_API bool bc_audio_probe(const uint8_t *head, size_t n);

/* What samples are reduced to. */
typedef struct {
    char name[24]; /* of the grid or format: "pcm16", "levels23", "mulaw", "e4m3", "q4_0" */
    bc_grid grid;  /* nothing in it where there are: */
    const bc_block_format *blocks; /* whose scales are made of the data, or NULL */
    double bits;                /* log2 of the levels; 0 for grids that are not uniform; of blocks
                                    * those of a sample, with its share of the scales */
    bc_audio_encoding encoding; /* how files hold it, */
    int valid_bits;             /* integers in so many bits; more than `bits` where marks of the
                                    * grid are no integers */
} bc_audio_depth;

/* A depth by name (spec.h): a number of bits or levels, round(2^bits) of them around 0 ("16",
 * "4.5": 23 levels; "1" is "midrise1"); a grid of bc_grid_named; a format of blocks. What is
 * neither whole integers nor G.711 is stored in 32-bit floats. BC_E_USAGE for anything else. */
BC_API BC_NODISCARD bc_status bc_audio_depth_named(const char *text, bc_audio_depth *out,
                                                   bc_error *err);

enum { BC_AUDIO_MAX_GROUP = 1 << 16 };

/* How to reduce. Zero it, set what differs, and see bc_audio_settings_default. */
typedef struct {
    bc_audio_depth depth;
    bc_scale_method
        scale;          /* of a grid: BC_SCALE_FULL, -1 to 1 as they are, or fitted to the data. The
                            * values are stored then, in 32-bit floats */
    double percent;     /* of BC_SCALE_PERCENTILE, which goes with groups of frames */
    bc_scale_group per; /* what shares a fitted scale: BC_PER_CHANNEL or BC_PER_WHOLE, for which a
                            * file is read twice (seven times for BC_SCALE_MSE), or BC_PER_BLOCK: */
    uint32_t group;     /* so many consecutive frames of a channel, up to BC_AUDIO_MAX_GROUP */
    bc_rounding rounding;        /* truncate takes no noise and no shaping */
    const bc_noise *noise;       /* NULL: chosen by the data, TPDF where bits are lost, else none */
    bool shape;                  /* feed the error back, through: */
    const bc_shaper_row *shaper; /* a published filter, or NULL for one that is designed */
    const bc_curve *curve;       /* for `curve`, or NULL for the threshold of hearing */
    uint32_t shape_taps;         /* of a designed filter; 0: BC_SHAPER_TAPS */
    double shape_strength_db;    /* of a designed filter */
    uint32_t hold;               /* every sample stands for so many; 0 and 1: each for itself */
    double guard_db;             /* lower the level by so many dB first */
    double keep_silence_ms; /* a channel that is exactly 0 for longer than that stays 0, without
                                  * noise, and its shaper begins anew; 0: off */
    bool subtractive;       /* write into the comment what bc_audio_restore needs; RPDF */
    bool plain_header;      /* leave unsaid how many bits of a container are valid */
    bc_nonfinite nonfinite; /* of NaN and infinity, and of samples beyond the ends of a format of
                             * floats, with or without infinity; at every other depth these clip */
    uint64_t seed;
    int n_threads;         /* 0: one per core */
    bool force;            /* replace an existing output */
    bool strip;            /* carry no metadata */
    bool dry_run;          /* do everything but keep no output */
    bool skip_quality;     /* measure nothing but what the gate needs */
    bool spectra;          /* with the measures: hand out spectra, histogram and envelopes */
    double min_snr_db;     /* BC_E_QUALITY and no output, but a result, unless so much is measured,
                            * see bc_error_gate; NaN: no gate; -infinity: measure errors, let all
                            * pass */
    const char *container; /* name of a row of bc_audio_formats, or NULL to go by the name of the
                            * output, then by the input */
    bc_reading reading;    /* limits, damage, and when to give up */
    void (*progress)(void *context, uint64_t frames_done, uint64_t n_frames); /* or NULL */
    void *context;
} bc_audio_settings;

/* 16-bit PCM, nearest, dither by the data, no shaping, every other field as documented. */
BC_API bc_audio_settings bc_audio_settings_default(void);

/* Levels of one signal, all channels together. */
typedef struct {
    double peak_dbfs; /* largest magnitude; full scale 1 is 0 dBFS */
    double rms_dbfs;  /* AES17: a sine between -1 and 1 is 0 dBFS */
    double dc;        /* mean, full scale 1 */
    int used_bits;    /* the least PCM depth that holds every sample: 0 for silence, 33 where 32
                       * bits are not enough */
} bc_audio_levels;

/* Curves of a pair of signals, for plots. */
typedef struct {
    double bin_hz;
    size_t n_bins;
    double *signal_power, *error_power; /* [n_bins], mean of the channels; see bc_spectrum_power */
    double *theory_power; /* [n_bins] of the error, or NULL where there is no theory */
    size_t n_codes;
    uint64_t *histogram;         /* [n_codes] of codes from the lowest up, or NULL past 16 bits */
    bc_envelope *signal, *error; /* over time, channel 1 */
    /* A few periods of channel 1 where it is loudest, from that frame on: before and after. */
    uint64_t zoom_first;
    size_t n_zoom;
    double *zoom_x, *zoom_y;
} bc_audio_curves;

/* What two signals of one shape differ by: y against x. Powers are means over the channels. */
typedef struct {
    bc_audio_levels x, y;
    bc_error_sums error;     /* all channels; n_clipped and overload are those of a reduction, where
                              * samples clip with their noise, as n_clipped of the result; overload
                              * without shaping and hold, on even steps */
    double noise_dbfs;       /* RMS of the error */
    double noise_a_dbfs;     /* A-weighted (IEC 61672) */
    double noise_468_dbfs;   /* ITU-R BS.468-4, 0 dB at 1 kHz, as RMS */
    double noise_ath_dbfs;   /* by the threshold of hearing, 0 dB at its most sensitive */
    bc_tone tone;            /* of channel 1 of y; found is false where it is no tone */
    double entropy_bits;     /* of the codes of y, NaN past 16 bits */
    uint64_t n_levels_used;  /* 0 past 16 bits */
    bc_audio_curves *curves; /* NULL unless asked for; bc_audio_curves_free */
} bc_audio_quality;

/* Room for a list of names with spaces between, and its zero. */
enum { BC_AUDIO_NAMES = 1024 };

/* What was done and what it cost. */
typedef struct {
    bc_audio_info input;
    uint64_t n_frames;            /* that there were */
    const char *output_container; /* "WAV", ... */
    const char *output_encoding;  /* "PCM", "32-bit float", ... */
    int output_container_bits;    /* of a sample */
    uint64_t input_size_bytes;    /* of the file; 0 when it is not known (a pipe) */
    uint64_t output_size_bytes;
    uint64_t raw_bytes;     /* input samples at their depth, packed */
    uint64_t packed_bytes;  /* codes at their bits each, packed, with fitted scales */
    double step;            /* between even marks, where there is one scale; else 0 */
    bool is_exact;          /* every sample lay on the grid already: nothing was added or lost */
    const bc_noise *noise;  /* that was taken */
    bc_shaper shaper;       /* that was taken; no taps: none */
    bool is_shaper_lowered; /* the headroom called for less strength */
    double gain;            /* of the guard */
    /* The counts of samples are made with the measuring: 0 where skip_quality left it out. */
    uint64_t n_silent;    /* samples that keep_silence_ms left at 0 */
    uint64_t n_clipped;   /* samples that with their noise lay more than half a step beyond the
                             * ends of the grid, and became the end; at every depth */
    double overshoot_db;  /* of the worst over full scale; NaN where none is */
    uint64_t n_nonfinite; /* samples of the input */
    uint64_t n_saturated; /* those of n_clipped that BC_NONFINITE_ERROR refuses: all in floats,
                             * elsewhere those that were infinite */
    double theory_snr_db; /* what the closed form expects; NaN where there is none */
    double theory_noise_dbfs;
    bc_audio_quality quality;     /* NaN and 0 where it was not asked for */
    char input_note[256];         /* see bc_audio_note, */
    char salvaged[256];           /* and bc_audio_salvaged */
    char carried[BC_AUDIO_NAMES]; /* metadata in the output, by name */
    char dropped[BC_AUDIO_NAMES]; /* metadata of the input that are not */
    char note[256];               /* what the output's header cannot say */
    double time_s;                /* wall clock */
    const char *cpu_level;
    int n_threads;
} bc_audio_result;

/* Reduce the sound file `in` to the file `out` ("-" for standard streams). Memory does not grow
 * with the file, which is read once, or up to the first sample that is not on the grid and once
 * more where noise is chosen by the data (a pipe goes by what its header says). The same bytes come
 * out for any number of threads. On failure an old output is untouched. */
BC_API BC_NODISCARD bc_status bc_audio_reduce(const char *in, const char *out,
                                              const bc_audio_settings *settings,
                                              bc_audio_result *result, bc_error *err);

/* Take subtractive dither away again: in was written with settings->subtractive and says so in its
 * comment, else BC_E_UNSUPPORTED. The output holds 8 bits more than the codes, at least 24. Of the
 * settings n_threads, force, strip, dry_run, container, reading and progress count. In the result's
 * quality y is the output and x the input. BC_E_FORMAT, too, for NaN and infinity, which no output
 * of this tool has. */
BC_API BC_NODISCARD bc_status bc_audio_restore(const char *in, const char *out,
                                               const bc_audio_settings *settings,
                                               bc_audio_result *result, bc_error *err);

/* How two sound files differ: b against a. */
typedef struct {
    bc_audio_info a, b;
    char notes[2][256];    /* on a and b, see bc_audio_note, */
    char salvaged[2][256]; /* and bc_audio_salvaged */
    uint64_t n_frames;
    bc_audio_quality quality;
} bc_audio_comparison;

/* Compare two sound files of one rate, number of channels and length (else BC_E_USAGE). Nothing
 * is aligned or scaled. `curves`: hand them out. */
BC_API BC_NODISCARD bc_status bc_audio_compare(const char *path_a, const char *path_b,
                                               const bc_reading *reading, bool curves,
                                               bc_audio_comparison *result, bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_audio_curves_free(bc_audio_curves *c);

#ifdef __cplusplus
}
#endif
#endif
