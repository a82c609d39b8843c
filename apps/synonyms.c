/* Knows what people type who come from ImageMagick, pngquant, SoX, FFmpeg, llama.cpp, PyTorch or
 * NumPy, and what it is called here. */
#include "synonyms.h"

#include <stdio.h>
#include <string.h>

#define SAME SYNONYM_SAME
#define NEAR SYNONYM_NEAR
#define SAID SYNONYM_SAID

static const char after_file[] = "stands after the file, as in photo.png 4 or model.gguf q4_k";
static const char other_rate[] =
    "the rate stays, and --hold N lets every sample stand for N; resample with SoX or FFmpeg";
static const char other_channels[] = "the channels stay; mix them with SoX or FFmpeg";
static const char by_name[] = "the ending of the name after -o chooses the kind of file";
static const char on_own[] = "files stand alone, before what they become: photo.png 4";
static const char whole_pictures[] =
    "samples of pictures have 16 bits at most, expected 1 to 16 bits or float16";
static const char no_wide_ints[] =
    "wide integers of weights are int16 or uint16, expected one of them, f16 or bf16";
static const char no_such_format[] =
    "is a format of another program that is not here, expected int4 or q4_k_m";
static const char no_square[] =
    "squares have 2, 4, 8 or 16 marks a side, expected bayer2, bayer4, bayer8 or bayer16";
static const char no_doubles[] =
    "64-bit floats are the numbers themselves, expected 32 bits at most";

static const char nothing_written[] = "a sweep writes no output";
static const char depths_alone[] = "a sweep goes through depths of plain rulers, expected no other";
static const char one_by_one[] = "a sweep compares depths alone, expected it with a reduction";
static const char every_scale[] =
    "a sweep of weights has rows for each scale and group, expected none";
static const char plain_formats[] =
    "a sweep of weights measures formats as they are, expected it with a reduction";

/* clang-format off */
static const synonym_row rows[] = {
    { "option", "colors",          SAME, "palette" },
    { "option", "colours",         SAME, "palette" },
    { "option", "ncolors",         SAME, "palette" },
    { "option", "num-colors",      SAME, "palette" },
    { "option", "grayscale",       SAME, "gray" },
    { "option", "greyscale",       SAME, "gray" },
    { "option", "grey",            SAME, "gray" },
    { "option", "colour",          SAME, "color" },
    { "option", "no-color",        SAME, "color=never" },
    { "option", "no-colour",       SAME, "color=never" },
    { "option", "no-progress",     SAME, "progress=never" },
    { "option", "dithering",       SAME, "dither" },
    { "option", "dither-method",   SAME, "dither" },
    { "option", "no-dither",       SAME, "dither=none" },
    { "option", "nodither",        SAME, "dither=none" },
    { "option", "no-dithering",    SAME, "dither=none" },
    { "option", "nofs",            SAME, "dither=none" },
    { "option", "floyd",           NEAR, "--dither floyd-steinberg, with --strength X" },
    { "option", "ordered",         NEAR, "--dither bayer8" },
    { "option", "ordered-dither",  NEAR, "--dither bayer8" },
    { "option", "noise-shaping",   SAME, "shape" },
    { "option", "noise-shape",     SAME, "shape" },
    { "option", "shaping",         SAME, "shape" },
    { "option", "shaper",          SAME, "shape" },
    { "option", "truncate",        SAME, "rounding=truncate" },
    { "option", "round",           SAME, "rounding" },
    { "option", "out",             SAME, "output" },
    { "option", "outfile",         SAME, "output" },
    { "option", "output-file",     SAME, "output" },
    { "option", "overwrite",       SAME, "force" },
    { "option", "allow-requantize", SAME, "requantize" },
    { "option", "yes",             SAME, "force" },
    { "option", "silent",          SAME, "quiet" },
    { "option", "dry",             SAME, "dry-run" },
    { "option", "simulate",        SAME, "dry-run" },
    { "option", "jobs",            SAME, "threads" },
    { "option", "nthreads",        SAME, "threads" },
    { "option", "nthread",         SAME, "threads" },
    { "option", "num-threads",     SAME, "threads" },
    { "option", "random-seed",     SAME, "seed" },
    { "option", "usage",           SAME, "help" },
    { "option", "group-size",      SAME, "group" },
    { "option", "groupsize",       SAME, "group" },
    { "option", "block-size",      SAME, "group" },
    { "option", "tensor-type",     SAME, "type" },
    { "option", "asymmetric",      SAME, "zero-point" },
    { "option", "asym",            SAME, "zero-point" },
    { "option", "snr",             NEAR, "--min-snr" },
    { "option", "quality",         SAID, "PNG is exact; --palette N says how many colours, --min-snr DB refuses what is worse" },
    { "option", "mono",            SAID, "black and white is 1 bit and --gray: photo.png 1 --gray; the channels of sound stay" },
    { "option", "bilevel",         SAID, "expected 1 bit and --gray: photo.png 1 --gray" },
    { "option", "threshold",       SAID, "expected 1 bit and --dither none: photo.png 1 --dither none" },
    { "option", "remap",           SAME, "palette" },
    { "option", "map",             SAME, "palette" },
    { "option", "colorspace",      SAID, "expected --gray for grey, or --light linear|coded for the light errors are summed in" },
    { "option", "compress",        NEAR, "--fast or --small" },
    { "option", "compression",     NEAR, "--fast or --small" },
    { "option", "compression-level", NEAR, "--fast or --small" },
    { "option", "ac",              SAID, other_channels },
    { "option", "remix",           SAID, other_channels },
    { "option", "stereo",          SAID, other_channels },
    { "option", "codec",           SAID, after_file },
    { "option", "acodec",          SAID, after_file },
    { "option", "encoding",        SAID, after_file },
    { "option", "pix_fmt",         SAID, after_file },
    { "option", "dither_method",   SAME, "dither" },
    { "option", "dither-scale",    SAME, "strength" },
    { "option", "crop",            SAID, "pictures keep their size" },
    { "option", "negate",          SAID, "only the depth of colours changes here; ImageMagick does the rest" },
    { "option", "alpha",           SAID, "alpha stays; ImageMagick takes it away" },
    { "option", "flatten",         SAID, "alpha stays; ImageMagick takes it away" },
    { "option", "trim",            SAID, "sounds and pictures keep their size" },
    { "option", "volume",          SAID, "levels stay; --guard DB lowers them" },
    { "option", "vol",             SAID, "levels stay; --guard DB lowers them" },
    { "option", "loglevel",        SAID, "reports are whole as they are; -q leaves them out" },
    { "option", "hide_banner",     SAID, "there is none; -q leaves the report out" },
    { "option", "no-clobber",      SAID, "nothing is replaced without -f" },
    { "option", "skip-if-larger",  SAID, "expected -n, which says the size and writes nothing" },
    { "option", "override-kv",     SAID, "metadata stay as they are" },
    { "option", "prune-layers",    NEAR, "--drop GLOB" },
    { "option", "metadata",        SAID, "metadata stay; --strip leaves them out" },
    { "option", "comment",         SAID, "metadata stay; --strip leaves them out" },
    { "option", "no-metadata",     SAME, "strip" },
    { "option", "map_metadata",    NEAR, "--strip" },
    { "option", "bitexact",        SAID, "the same seed gives the same bytes" },
    { "option", "bits",            SAID, after_file },
    { "option", "bit-depth",       SAID, after_file },
    { "option", "bitdepth",        SAID, after_file },
    { "option", "depth",           SAID, after_file },
    { "option", "nbits",           SAID, after_file },
    { "option", "bpp",             SAID, after_file },
    { "option", "posterize",       SAID, after_file },
    { "option", "format",          SAID, after_file },
    { "option", "quantize",        SAID, after_file },
    { "option", "quantise",        SAID, after_file },
    { "option", "quantization",    SAID, after_file },
    { "option", "quant",           SAID, after_file },
    { "option", "qtype",           SAID, after_file },
    { "option", "ftype",           SAID, after_file },
    { "option", "wtype",           SAID, after_file },
    { "option", "outtype",         SAID, after_file },
    { "option", "dtype",           SAID, after_file },
    { "option", "precision",       SAID, after_file },
    { "option", "sample_fmt",      SAID, after_file },
    { "option", "output-format",   SAID, by_name },
    { "option", "out-format",      SAID, by_name },
    { "option", "ext",             SAID, "-o names the output, or a directory for several" },
    { "option", "input",           SAID, on_own },
    { "option", "in",              SAID, on_own },
    { "option", "rate",            SAID, other_rate },
    { "option", "sample-rate",     SAID, other_rate },
    { "option", "samplerate",      SAID, other_rate },
    { "option", "resample",        SAID, other_rate },
    { "option", "ar",              SAID, other_rate },
    { "option", "norm",            SAID, "levels stay; --guard DB lowers them" },
    { "option", "normalize",       SAID, "levels stay; --guard DB lowers them" },
    { "option", "gain",            SAID, "levels stay; --guard DB lowers them" },
    { "option", "resize",          SAID, "pictures keep their size" },
    { "option", "monochrome",      SAID, "expected 1 bit and --gray: photo.png 1 --gray" },
    { "option", "speed",           NEAR, "--fast or --small" },
    { "option", "verbose",         SAID, "reports are whole as they are; -q leaves them out" },
    { "option", "pure",            SAID, "a format without _s, _m or _l at its end is pure" },
    { "option", "keep-split",      SAID, "parts become one file" },
    { "option", "leave-output-tensor", NEAR, "--exclude output.weight" },
    { "option", "output-tensor-type", NEAR, "--type output.weight=FORMAT" },
    { "option", "token-embedding-type", NEAR, "--type token_embd.weight=FORMAT" },
    { "option", "include-weights", SAID, "all of an importance matrix is used; --include chooses tensors" },
    { "option", "exclude-weights", SAID, "all of an importance matrix is used; --exclude keeps tensors" },
    { "option", "calibration",     NEAR, "--imatrix FILE" },

    { "letter", "b",               SAID, after_file },
    { "letter", "d",               SAID, after_file },
    { "letter", "i",               SAID, on_own },
    { "letter", "c",               NEAR, "--palette" },
    { "letter", "j",               NEAR, "--threads" },
    { "letter", "t",               NEAR, "--threads" },
    { "letter", "r",               SAID, other_rate },
    { "letter", "s",               NEAR, "--seed, --strip or --strength" },
    { "letter", "y",               NEAR, "-f" },
    { "letter", "v",               NEAR, "-V, the version" },
    { "letter", "?",               NEAR, "--help" },

    { "dither", "fs",                  SAME, "floyd-steinberg" },
    { "dither", "fsd",                 SAME, "floyd-steinberg" },
    { "dither", "floyd",               SAME, "floyd-steinberg" },
    { "dither", "floydsteinberg",      SAME, "floyd-steinberg" },
    { "dither", "floyd_steinberg",     SAME, "floyd-steinberg" },
    { "dither", "steinberg",           SAME, "floyd-steinberg" },
    { "dither", "diffusion",           NEAR, "floyd-steinberg" },
    { "dither", "error-diffusion",     NEAR, "floyd-steinberg" },
    { "dither", "jjn",                 SAME, "jarvis" },
    { "dither", "jarvis-judice-ninke", SAME, "jarvis" },
    { "dither", "burks",               SAME, "burkes" },
    { "dither", "sierra",              SAME, "sierra3" },
    { "dither", "sierra-#",            SAME, "sierra#" },
    { "dither", "two-row-sierra",      SAME, "sierra2" },
    { "dither", "sierra2_4a",          SAME, "sierra-lite" },
    { "dither", "sierra-2-4a",         SAME, "sierra-lite" },
    { "dither", "sierra_lite",         SAME, "sierra-lite" },
    { "dither", "sierralite",          SAME, "sierra-lite" },
    { "dither", "bayer",               SAME, "bayer8" },
    { "dither", "ordered",             SAME, "bayer8" },
    { "dither", "ordered2",            SAME, "bayer2" },
    { "dither", "ordered4",            SAME, "bayer4" },
    { "dither", "ordered8",            SAME, "bayer8" },
    { "dither", "ordered16",           SAME, "bayer16" },
    { "dither", "bayer2x2",            SAME, "bayer2" },
    { "dither", "bayer4x4",            SAME, "bayer4" },
    { "dither", "bayer8x8",            SAME, "bayer8" },
    { "dither", "bayer16x16",          SAME, "bayer16" },
    { "dither", "bayer-2",             SAME, "bayer2" },
    { "dither", "bayer-4",             SAME, "bayer4" },
    { "dither", "bayer-8",             SAME, "bayer8" },
    { "dither", "bayer-16",            SAME, "bayer16" },
    { "dither", "o2x2",                SAME, "bayer2" },
    { "dither", "o4x4",                SAME, "bayer4" },
    { "dither", "o8x8",                SAME, "bayer8" },
    { "dither", "o16x16",              SAME, "bayer16" },
    { "dither", "ordered#",            SAID, no_square },
    { "dither", "bayer#x#",            SAID, no_square },
    { "dither", "bayer-#",             SAID, no_square },
    { "dither", "bayer#",              SAID, no_square },
    { "dither", "o#x#",                SAID, no_square },
    { "dither", "bluenoise",           SAME, "blue" },
    { "dither", "blue-noise",          SAME, "blue" },
    { "dither", "blue_noise",          SAME, "blue" },
    { "dither", "void-and-cluster",    SAME, "blue" },
    { "dither", "void-cluster",        SAME, "blue" },
    { "dither", "triangular",          SAME, "tpdf" },
    { "dither", "triangle",            SAME, "tpdf" },
    { "dither", "tri",                 SAME, "tpdf" },
    { "dither", "triangular_hp",       SAME, "hptpdf" },
    { "dither", "tpdf-hp",             SAME, "hptpdf" },
    { "dither", "hp-tpdf",             SAME, "hptpdf" },
    { "dither", "highpass-tpdf",       SAME, "hptpdf" },
    { "dither", "high-pass-tpdf",      SAME, "hptpdf" },
    { "dither", "rectangular",         SAME, "rpdf" },
    { "dither", "rect",                SAME, "rpdf" },
    { "dither", "uniform",             SAME, "rpdf" },
    { "dither", "stochastic",          SAME, "rpdf" },
    { "dither", "random",              NEAR, "rpdf or tpdf" },
    { "dither", "white",               NEAR, "rpdf or tpdf" },
    { "dither", "noise",               NEAR, "rpdf or tpdf" },
    { "dither", "gauss",               SAME, "gaussian" },
    { "dither", "normal",              SAME, "gaussian" },
    { "dither", "off",                 SAME, "none" },
    { "dither", "no",                  SAME, "none" },
    { "dither", "false",               SAME, "none" },
    { "dither", "on",                  SAME, "auto" },
    { "dither", "yes",                 SAME, "auto" },
    { "dither", "true",                SAME, "auto" },
    { "dither", "default",             SAME, "auto" },
    { "dither", "riemersma",           SAID, "errors along a curve are not here, expected a dither that --list shows" },
    { "dither", "shibata",             SAID, "shapes noise, expected --shape ath for that" },
    { "dither", "lipshitz",            SAID, "shapes noise, expected --shape lipshitz for that" },
    { "dither", "f_weighted",          SAID, "shapes noise, expected --shape f-weighted for that" },

    { "shape", "f_weighted",          SAME, "f-weighted" },
    { "shape", "fweighted",           SAME, "f-weighted" },
    { "shape", "modified-e-weighted", SAME, "modified-e" },
    { "shape", "modified_e_weighted", SAME, "modified-e" },
    { "shape", "improved-e-weighted", SAME, "improved-e" },
    { "shape", "improved_e_weighted", SAME, "improved-e" },
    { "shape", "e-weighted",          NEAR, "modified-e or improved-e" },
    { "shape", "e_weighted",          NEAR, "modified-e or improved-e" },
    { "shape", "eweighted",           NEAR, "modified-e or improved-e" },
    { "shape", "shibata",             NEAR, "ath, made for the rate of the file" },
    { "shape", "low-shibata",         NEAR, "ath, with a small --shape-strength" },
    { "shape", "high-shibata",        NEAR, "ath, with a large --shape-strength" },
    { "shape", "gesemann",            NEAR, "ath, made for the rate of the file" },
    { "shape", "on",                  SAME, "ath" },
    { "shape", "yes",                 SAME, "ath" },
    { "shape", "auto",                SAME, "ath" },
    { "shape", "off",                 SAME, "none" },
    { "shape", "no",                  SAME, "none" },

    { "feedback", "on",      NEAR, "floyd-steinberg or ath" },
    { "feedback", "yes",     NEAR, "floyd-steinberg or ath" },
    { "feedback", "auto",    NEAR, "floyd-steinberg or ath" },
    { "feedback", "default", NEAR, "floyd-steinberg or ath" },
    { "feedback", "true",    NEAR, "floyd-steinberg or ath" },
    { "feedback", "row",     SAME, "rows" },
    { "feedback", "gptq",    SAME, "rows" },

    { "palette", "bnw",               SAME, "bw" },
    { "palette", "b&w",               SAME, "bw" },
    { "palette", "mono",              SAME, "bw" },
    { "palette", "monochrome",        SAME, "bw" },
    { "palette", "black-white",       SAME, "bw" },
    { "palette", "gb",                SAME, "gameboy" },
    { "palette", "game-boy",          SAME, "gameboy" },
    { "palette", "dmg",               SAME, "gameboy" },
    { "palette", "cga",               NEAR, "cga4 or cga16" },
    { "palette", "ega",               NEAR, "cga16" },
    { "palette", "vga",               NEAR, "web16 or 256" },
    { "palette", "zx",                SAME, "spectrum" },
    { "palette", "zx-spectrum",       SAME, "spectrum" },
    { "palette", "acep",              SAME, "7-colour" },
    { "palette", "html",              SAME, "web16" },
    { "palette", "websafe",           NEAR, "web16, or a file of the 216 colours" },
    { "palette", "#colors",           SAME, "#" },
    { "palette", "#colours",          SAME, "#" },

    { "light", "gamma",   SAME, "coded" },
    { "light", "srgb",    SAME, "coded" },
    { "light", "encoded", SAME, "coded" },
    { "scan", "snake",    SAME, "serpentine" },
    { "scan", "zigzag",   SAME, "serpentine" },
    { "scan", "boustrophedon", SAME, "serpentine" },
    { "scan", "left-to-right", SAME, "raster" },
    { "scan", "normal",   SAME, "raster" },
    { "rounding", "trunc", SAME, "truncate" },
    { "rounding", "round", SAME, "nearest" },
    { "rounding", "rint",  SAME, "nearest" },
    { "rounding", "even",  SAME, "nearest" },
    { "rounding", "stochastic", SAID, "is a dither here, expected --dither rpdf" },
    { "decimal", ",",     SAME, "comma" },
    { "decimal", ".",     SAME, "point" },
    { "separator", ",",   SAME, "comma" },
    { "separator", ";",   SAME, "semicolon" },
    { "separator", "\t",  SAME, "tab" },
    { "separator", "\\t", SAME, "tab" },
    { "separator", "|",   SAME, "bar" },
    { "separator", "pipe", SAME, "bar" },
    { "separator", " ",   SAME, "blank" },
    { "separator", "space", SAME, "blank" },
    { "separator", "whitespace", SAME, "blank" },
    { "separator", "\n",  SAME, "line" },
    { "separator", "none", SAME, "line" },
    { "color", "yes",     SAME, "always" },
    { "color", "on",      SAME, "always" },
    { "color", "no",      SAME, "never" },
    { "color", "off",     SAME, "never" },
    { "progress", "yes",  SAME, "always" },
    { "progress", "on",   SAME, "always" },
    { "progress", "no",   SAME, "never" },
    { "progress", "off",  SAME, "never" },
    { "scale", "max",     SAME, "absmax" },
    { "scale", "abs-max", SAME, "absmax" },
    { "nonfinite", "fail", SAME, "error" },

    { "bits", "#bit",      SAME, "#" },
    { "bits", "#bits",     SAME, "#" },
    { "bits", "#-bit",     SAME, "#" },
    { "bits", "#b",        SAME, "#" },
    { "bits", "u#",        SAME, "#" },
    { "bits", "uint#_t",   SAME, "#" },
    { "bits", "#bpp",      SAID, "bits are those of a sample, and of a pixel with --palette or --channels" },
    { "bits", "rgb565",    SAID, "expected --channels 5,6,5 for that" },
    { "bits", "rgb555",    SAID, "expected --channels 5,5,5 for that" },
    { "bits", "rgb444",    SAID, "expected 4 bits for that" },
    { "bits", "rgb332",    SAID, "expected --channels 3,3,2 for that" },
    { "bits", "565",       SAID, "expected --channels 5,6,5 for that" },
    { "bits", "555",       SAID, "expected --channels 5,5,5 for that" },
    { "bits", "444",       SAID, "expected 4 bits for that" },
    { "bits", "332",       SAID, "expected --channels 3,3,2 for that" },
    { "bits", "#colors",   SAID, "expected --palette and a number of colours for that" },
    { "bits", "#colours",  SAID, "expected --palette and a number of colours for that" },
    { "bits", "bw",        SAID, "expected --palette bw or 1 bit and --gray for that" },
    { "bits", "gray",      SAID, "expected a number of bits and --gray for that" },
    { "bits", "grey",      SAID, "expected a number of bits and --gray for that" },
    { "bits", "fp16",      SAME, "float16" },
    { "bits", "half",      SAME, "float16" },
    { "bits", "bfloat",    SAME, "bfloat16" },
    { "bits", "fp8",       NEAR, "e4m3 or e5m2" },
    { "bits", "float8",    NEAR, "e4m3 or e5m2" },
    { "bits", "e4m3fn",    SAME, "e4m3" },
    { "bits", "ulaw",      SAME, "mulaw" },
    { "bits", "mu-law",    SAME, "mulaw" },
    { "bits", "a-law",     SAME, "alaw" },
    { "bits", "f32",       SAID, whole_pictures },
    { "bits", "fp32",      SAID, whole_pictures },
    { "bits", "float",     SAID, whole_pictures },
    { "bits", "double",    SAID, whole_pictures },
    { "bits", "float64",   SAID, whole_pictures },

    { "depth", "#bit",         SAME, "#" },
    { "depth", "#bits",        SAME, "#" },
    { "depth", "#-bit",        SAME, "#" },
    { "depth", "#b",           SAME, "#" },
    { "depth", "s#",           SAME, "#" },
    { "depth", "i#",           SAME, "#" },
    { "depth", "int#_t",       SAME, "#" },
    { "depth", "s#le",         SAME, "#" },
    { "depth", "s#be",         SAME, "#" },
    { "depth", "pcm_s#",       SAME, "#" },
    { "depth", "pcm_s#le",     SAME, "#" },
    { "depth", "pcm_s#be",     SAME, "#" },
    { "depth", "pcm_#",        SAME, "#" },
    { "depth", "pcm-#",        SAME, "#" },
    { "depth", "u8",           SAME, "8" },
    { "depth", "pcm_u8",       SAME, "8" },
    { "depth", "f32",          SAME, "float32" },
    { "depth", "fp32",         SAME, "float32" },
    { "depth", "float",        SAME, "float32" },
    { "depth", "single",       SAME, "float32" },
    { "depth", "f32le",        SAME, "float32" },
    { "depth", "pcm_f32le",    SAME, "float32" },
    { "depth", "fp16",         SAME, "float16" },
    { "depth", "half",         SAME, "float16" },
    { "depth", "bfloat",       SAME, "bfloat16" },
    { "depth", "f64",          SAID, "sound is written with 32 bits at most, expected 32 or float32" },
    { "depth", "fp64",         SAID, "sound is written with 32 bits at most, expected 32 or float32" },
    { "depth", "float64",      SAID, "sound is written with 32 bits at most, expected 32 or float32" },
    { "depth", "double",       SAID, "sound is written with 32 bits at most, expected 32 or float32" },
    { "depth", "fp8",          NEAR, "e4m3 or e5m2" },
    { "depth", "float8",       NEAR, "e4m3 or e5m2" },
    { "depth", "e4m3fn",       SAME, "e4m3" },
    { "depth", "fp8_e4m3",     SAME, "e4m3" },
    { "depth", "fp8_e5m2",     SAME, "e5m2" },
    { "depth", "f8_e4m3",      SAME, "e4m3" },
    { "depth", "f8_e5m2",      SAME, "e5m2" },
    { "depth", "ulaw",         SAME, "mulaw" },
    { "depth", "u-law",        SAME, "mulaw" },
    { "depth", "mu-law",       SAME, "mulaw" },
    { "depth", "pcm_mulaw",    SAME, "mulaw" },
    { "depth", "g711u",        SAME, "mulaw" },
    { "depth", "a-law",        SAME, "alaw" },
    { "depth", "pcm_alaw",     SAME, "alaw" },
    { "depth", "g711a",        SAME, "alaw" },
    { "depth", "dsd",          SAID, "one bit at a high rate is not made here, expected 1 bit with --shape" },

    { "format", "#bit",            SAME, "#" },
    { "format", "#bits",           SAME, "#" },
    { "format", "#-bit",           SAME, "#" },
    { "format", "#b",              SAME, "#" },
    { "format", "int#-bit",        SAME, "int#" },
    { "format", "i4",              SAME, "int4" },
    { "format", "i8",              SAME, "int8" },
    { "format", "fp16",            SAME, "f16" },
    { "format", "float16",         SAME, "f16" },
    { "format", "half",            SAME, "f16" },
    { "format", "bfloat16",        SAME, "bf16" },
    { "format", "bfloat",          SAME, "bf16" },
    { "format", "brainfloat16",    SAME, "bf16" },
    { "format", "fp32",            SAME, "f32" },
    { "format", "float32",         SAME, "f32" },
    { "format", "float",           SAME, "f32" },
    { "format", "single",          SAME, "f32" },
    { "format", "full",            SAME, "f32" },
    { "format", "fp64",            SAME, "f64" },
    { "format", "float64",         SAME, "f64" },
    { "format", "double",          SAME, "f64" },
    { "format", "fp8",             NEAR, "f8_e4m3 or f8_e5m2" },
    { "format", "f8",              NEAR, "f8_e4m3 or f8_e5m2" },
    { "format", "float8",          NEAR, "f8_e4m3 or f8_e5m2" },
    { "format", "e4m3fn",          SAME, "f8_e4m3" },
    { "format", "fp8_e4m3",        SAME, "f8_e4m3" },
    { "format", "fp8_e5m2",        SAME, "f8_e5m2" },
    { "format", "fp8e4m3",         SAME, "f8_e4m3" },
    { "format", "fp8e5m2",         SAME, "f8_e5m2" },
    { "format", "fp8_e4m3fn",      SAME, "f8_e4m3" },
    { "format", "float8_e4m3fn",   SAME, "f8_e4m3" },
    { "format", "float8_e4m3",     SAME, "f8_e4m3" },
    { "format", "float8_e5m2",     SAME, "f8_e5m2" },
    { "format", "fp6",             NEAR, "e3m2 or e2m3" },
    { "format", "s8",              SAME, "int8" },
    { "format", "u8",              NEAR, "int8, with --zero-point" },
    { "format", "u4",              NEAR, "int4, with --zero-point" },
    { "format", "s16",             SAID, no_wide_ints },
    { "format", "i16",             SAID, no_wide_ints },
    { "format", "i32",             SAID, no_wide_ints },
    { "format", "int32",           SAID, no_wide_ints },
    { "format", "u16",             SAID, no_wide_ints },
    { "format", "q1",              NEAR, "q1_0 or tq1_0" },
    { "format", "q2",              NEAR, "q2_k or q2_k_m" },
    { "format", "q3",              NEAR, "q3_k or q3_k_m" },
    { "format", "q4",              NEAR, "q4_k_m, q4_k or q4_0" },
    { "format", "q5",              NEAR, "q5_k_m, q5_k or q5_0" },
    { "format", "q6",              NEAR, "q6_k" },
    { "format", "q8",              NEAR, "q8_0" },
    { "format", "q6_k_m",          NEAR, "q6_k" },
    { "format", "q8_k",            NEAR, "q8_0" },
    { "format", "q8_1",            NEAR, "q8_0" },
    { "format", "iq4",             NEAR, "iq4_nl or iq4_xs" },
    { "format", "iq4_k",           NEAR, "iq4_nl or iq4_xs" },
    { "format", "iq4_xs_m",        SAID, "this mix of llama-quantize is missing here, iq4_xs is the plain format" },
    { "format", "mx4",             NEAR, "mxfp4" },
    { "format", "nf2",             NEAR, "nf4" },
    { "format", "nf3",             NEAR, "nf4" },
    { "format", "nf5",             NEAR, "nf4" },
    { "format", "nf6",             NEAR, "nf4" },
    { "format", "nf8",             NEAR, "nf4" },
    { "format", "bnb",             NEAR, "nf4" },
    { "format", "bnb4",            NEAR, "nf4" },
    { "format", "bnb-4bit",        NEAR, "nf4" },
    { "format", "qlora",           NEAR, "nf4, with --double-quant" },
    { "format", "bitnet",          NEAR, "ternary, tq1_0 or tq2_0" },
    { "format", "b1.58",           NEAR, "ternary, tq1_0 or tq2_0" },
    { "format", "gptq",            SAID, "is a way to round that is not here, expected int4 or q4_k with --imatrix" },
    { "format", "exl2",            SAID, no_such_format },
    { "format", "exl3",            SAID, no_such_format },
    { "format", "hqq",             SAID, no_such_format },
    { "format", "aqlm",            SAID, no_such_format },
    { "format", "quip",            SAID, no_such_format },
    { "format", "eetq",            SAID, no_such_format },
    { "format", "marlin",          SAID, no_such_format },
    { "format", "awq",             SAID, "is a way to scale that is not here, expected int4 or q4_k with --imatrix" },

    { "sweep", "output",          SAID, nothing_written },
    { "sweep", "dry-run",         SAID, nothing_written },
    { "sweep", "strip",           SAID, nothing_written },
    { "sweep", "plain-header",    SAID, nothing_written },
    { "sweep", "codes",           SAID, nothing_written },
    { "sweep", "min-snr",         SAID, "a sweep measures and refuses nothing, expected it with a reduction" },
    { "sweep", "palette",         SAID, depths_alone },
    { "sweep", "channels",        SAID, depths_alone },
    { "sweep", "step",            SAID, depths_alone },
    { "sweep", "shape",           SAID, "a sweep takes shapers as --feedback NAME" },
    { "sweep", "shape-taps",      SAID, one_by_one },
    { "sweep", "shape-strength",  SAID, one_by_one },
    { "sweep", "guard",           SAID, one_by_one },
    { "sweep", "hold",            SAID, one_by_one },
    { "sweep", "subtractive",     SAID, one_by_one },
    { "sweep", "keep-silence",    SAID, one_by_one },
    { "sweep", "scale",           SAID, every_scale },
    { "sweep", "group",           SAID, every_scale },
    { "sweep", "percent",         SAID, every_scale },
    { "sweep", "rounding",        SAID, "blocks know no other rounding, so that a sweep of weights takes the nearest" },
    { "sweep", "drop",            SAID, plain_formats },
    { "sweep", "requantize",      SAID, plain_formats },
    { "sweep", "encoder",         SAID, plain_formats },
    { "sweep", "type",            SAID, plain_formats },
    { "sweep", "zero-point",      SAID, plain_formats },
    { "sweep", "double-quant",    SAID, plain_formats },
    { "sweep", "imatrix",         SAID, plain_formats },
    { "sweep", "sizes-only",      SAID, "a sweep reads the weights" },
    { "notation", "i#",            SAME, "int#" },
    { "notation", "s#",            SAME, "int#" },
    { "notation", "u#",            SAME, "uint#" },
    { "notation", "int#_t",        SAME, "int#" },
    { "notation", "uint#_t",       SAME, "uint#" },
    { "notation", "char",          SAME, "int8" },
    { "notation", "byte",          SAME, "uint8" },
    { "notation", "short",         SAME, "int16" },
    { "notation", "int",           NEAR, "int8, or another number of bits" },
    { "notation", "uint",          NEAR, "uint8, or another number of bits" },
    { "notation", "#bit",          NEAR, "int#, uint# or pcm#" },
    { "notation", "#",             NEAR, "int#, uint# or pcm#" },
    { "notation", "float",         SAME, "float32" },
    { "notation", "single",        SAME, "float32" },
    { "notation", "bfloat",        SAME, "bfloat16" },
    { "notation", "brainfloat16",  SAME, "bfloat16" },
    { "notation", "tf32",          SAME, "e8m10" },
    { "notation", "double",        SAID, no_doubles },
    { "notation", "float64",       SAID, no_doubles },
    { "notation", "f64",           SAID, no_doubles },
    { "notation", "fp64",          SAID, no_doubles },
    { "notation", "binary64",      SAID, no_doubles },
    { "notation", "fp8",           NEAR, "e4m3 or e5m2" },
    { "notation", "f8",            NEAR, "e4m3 or e5m2" },
    { "notation", "float8",        NEAR, "e4m3 or e5m2" },
    { "notation", "e4m3fn",        SAME, "e4m3" },
    { "notation", "fp8_e4m3",      SAME, "e4m3" },
    { "notation", "fp8_e5m2",      SAME, "e5m2" },
    { "notation", "f8_e4m3",       SAME, "e4m3" },
    { "notation", "f8_e5m2",       SAME, "e5m2" },
    { "notation", "fp6",           NEAR, "e3m2 or e2m3" },
    { "notation", "fp4",           NEAR, "e2m1" },
    { "notation", "ulaw",          SAME, "mulaw" },
    { "notation", "u-law",         SAME, "mulaw" },
    { "notation", "mu-law",        SAME, "mulaw" },
    { "notation", "a-law",         SAME, "alaw" },
};
/* clang-format on */

size_t synonym_rows(const synonym_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

void lower_case(const char *from, char *to, size_t size)
{
    snprintf(to, size, "%s", from);
    for (char *c = to; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Does `typed` have the pattern? The digits for the first '#' go to *digits. */
static bool fits(const char *pattern, const char *typed, const char **digits, size_t *n_digits)
{
    *n_digits = 0;
    for (; *pattern; pattern++) {
        const size_t n = *pattern == '#' ? count_digits(typed) : *typed == *pattern;

        if (n == 0)
            return false;
        if (*pattern == '#' && *n_digits == 0) {
            *digits = typed;
            *n_digits = n;
        }
        typed += n;
    }
    return *typed == '\0';
}

/* `called` with digits for each '#'. */
static void fill_in(const char *called, const char *digits, size_t n, char *to, size_t size)
{
    size_t at = 0;

    for (; *called && at + n + 1 < size; called++) {
        if (*called == '#') {
            memcpy(to + at, digits, n);
            at += n;
        } else {
            to[at++] = *called;
        }
    }
    to[at] = '\0';
}

static synonym_kind find_at(const char *place, const char *lower, char *to, size_t size)
{
    const char *digits = "";
    size_t n;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].place, place) == 0 && fits(rows[i].typed, lower, &digits, &n)) {
            fill_in(rows[i].called, digits, rows[i].kind == SYNONYM_SAID ? 0 : n, to, size);
            return rows[i].kind;
        }
    }
    return SYNONYM_NONE;
}

synonym_kind synonym_find(const char *place, const char *typed, char *to, size_t size)
{
    /* Feedback is an error diffusion or a noise shaper. */
    const bool is_both = strcmp(place, "feedback") == 0;
    char lower[40];

    if (strlen(typed) >= sizeof lower)
        return SYNONYM_NONE;
    lower_case(typed, lower, sizeof lower);
    synonym_kind kind = find_at(place, lower, to, size);

    if (!kind && is_both)
        kind = find_at("shape", lower, to, size);
    return !kind && is_both ? find_at("dither", lower, to, size) : kind;
}

bc_status synonym_unknown(bc_error *err, const char *place, const char *what, const char *typed,
                          const char *near, const char *expected)
{
    const char *gap = *what ? " " : "";
    const char *kind = *what ? "" : strcmp(place, "depth") == 0 ? " depth" : " format";
    char called[160];

    switch (synonym_find(place, typed, called, sizeof called)) {
    case SYNONYM_SAID: return bc_error_say(err, BC_E_USAGE, "%s%s%s: %s", what, gap, typed, called);
    case SYNONYM_SAME:
    case SYNONYM_NEAR: near = called; break;
    case SYNONYM_NONE: break;
    }
    if (near)
        return bc_error_say(err, BC_E_USAGE, "%s%s%s: unknown%s, did you mean %s?", what, gap,
                            typed, kind, near);
    return bc_error_say(err, BC_E_USAGE, "%s%s%s: %s", what, gap, *typed ? typed : "\"\"",
                        expected);
}
