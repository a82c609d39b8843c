/* Knows the options: a row for each. */
#include "option_table.h"

#include <string.h>

#define IMAGE   TOOL_IMAGE
#define AUDIO   TOOL_AUDIO
#define TENSOR  TOOL_TENSOR
#define NUMBERS TOOL_NUMBERS
#define MEDIUM  (IMAGE | AUDIO | TENSOR | NUMBERS)
#define SWEEPS  SWEEP_OF(MEDIUM)
#define ALL     (MEDIUM | SWEEPS)
#define EVERY   (ALL | TOOL_EXPLAIN)
#define MEDIA   (IMAGE | AUDIO)
#define EXPLAIN TOOL_EXPLAIN

#define FIELD(name) offsetof(options, name)
#define SETTING     OPTION_IS_SETTING

/* clang-format off */
static const option table[] = {
    { MEDIUM, 'o', "output",     TEXT,   "FILE",   FIELD(output),   0, 0, "write to FILE; - is standard output" },
    { EVERY, 'f', "force",      FLAG,   NULL,     SETTING, 0, 0, "replace an existing output" },
    { MEDIA, 0,   "strip",      FLAG,   NULL,     SETTING, 0, 0, "keep no metadata but what shows a picture right" },
    { MEDIUM, 'n', "dry-run",    FLAG,   NULL,     SETTING, 0, 0, "do everything but write; report size and SNR" },
    { TENSOR, 0,   "sizes-only", FLAG,   NULL,     SETTING, 0, 0, "read no weights: report the sizes of the output and no SNR" },
    { ALL, 'q', "quiet",      FLAG,   NULL,     FIELD(quiet),    0, 0, "no report" },
    { EVERY, 0,   "json",       FLAG,   NULL,     FIELD(json),     0, 0, "report as JSON" },
    { MEDIUM, 0,   "report",     TEXT,   "FILE",   FIELD(report),   0, 0, "write what was done and what it cost as a page, HTML" },
    { ALL, 0,   "dither",     TEXT,   "NAME",   SETTING, 0, 0, "how to dither, see --list; auto: floyd-steinberg, tpdf, none" },
    { MEDIUM | SWEEP_OF(MEDIA), 0, "feedback", TEXT, "NAME|FILE", SETTING, 0, 0, "where errors go: none, a diffusion, a shaper, or rows" },
    { IMAGE, 0,   "palette",    TEXT,   "N|NAME|FILE", SETTING, 0, 0, "instead of SPEC: N fitted colours, one of --list, or a file" },
    { IMAGE, 0,   "channels",   TEXT,   "R,G,B",  SETTING, 0, 0, "bits of each channel instead of SPEC, such as 5,6,5" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "gray",       FLAG,   NULL,     SETTING, 0, 0, "turn colours to grey first: BT.709 luma in linear light" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "light",      CHOICE, "linear|coded",     SETTING, 0, 0, "where dithered errors are summed" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "scan",       CHOICE, "serpentine|raster", SETTING, 0, 0, "the way of error diffusion over the lines" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "strength",   NUMBER, "X",      SETTING, 0, 0, "share of the error that is diffused, 0 to 1" },
    { AUDIO, 0, "shape",      TEXT,   "NAME|FILE", SETTING, 0, 0, "shape noise: ath, another of --list, or a file of thresholds" },
    { AUDIO, 0, "shape-taps", COUNT,  "N",      SETTING, 0, 0, "taps of the filter that ath or a file designs" },
    { AUDIO, 0, "shape-strength", NUMBER, "DB", SETTING, 0, 0, "how far noise may pile up where it is not heard" },
    { AUDIO, 0, "guard",      NUMBER, "DB",     SETTING, 0, 0, "lower the level by so much first" },
    { AUDIO, 0, "hold",       COUNT,  "N",      SETTING, 0, 0, "let every sample stand for N, as if at a lower rate" },
    { AUDIO, 0, "subtractive", FLAG,  NULL,     SETTING, 0, 0, "note in the file how bitcrush restore undoes the dither" },
    { AUDIO, 0, "keep-silence", PERHAPS, "MS",  SETTING, 0, 0, "no noise where a channel is 0 for longer, at first 20 ms" },
    { AUDIO, 0, "plain-header", FLAG, NULL,     SETTING, 0, 0, "leave valid bits unsaid, for programs that refuse them" },
    { AUDIO | TENSOR | NUMBERS | SWEEP_OF(AUDIO | TENSOR | NUMBERS), 0, "nonfinite",  CHOICE, "error|saturate|zero|keep", SETTING, 0, 0, "what NaN, infinity and overflow become" },
    { AUDIO | SWEEPS | EXPLAIN, 0, "plot",       TEXT,   "FILE",   FIELD(plot),     0, 0, "draw curves, codes or number lines into an SVG file" },
    { SWEEP_OF(IMAGE), 0, "sheet",    TEXT,   "FILE",   FIELD(sheet),    0, 0, "draw the picture at every depth into a PNG file" },
    { TENSOR | NUMBERS | SWEEP_OF(TENSOR | NUMBERS), 0, "include", TEXT, "GLOB,...", SETTING, 0, 0, "reduce tensors or columns of these names and no others" },
    { TENSOR | NUMBERS | SWEEP_OF(TENSOR | NUMBERS), 0, "exclude", TEXT, "GLOB,...", SETTING, 0, 0, "keep tensors or columns of these names as they are" },
    { TENSOR, 0, "drop",      TEXT,   "GLOB,...", SETTING, 0, 0, "leave tensors of these names out of the output" },
    { TENSOR, 0, "requantize", FLAG,  NULL,     SETTING, 0, 0, "reduce also what is quantized already, losing more" },
    { TENSOR, 0, "encoder",   CHOICE, "exact|best", SETTING, 0, 0, "blocks byte for byte as GGML's, or of the least error" },
    { TENSOR, 0, "type",      TEXT,   "GLOB=FORMAT,...", SETTING, 0, 0, "other formats for tensors of these names" },
    { MEDIUM | SWEEP_OF(MEDIA | NUMBERS), 0, "group", TEXT, "all|channel|row|N", SETTING, 0, 0, "what shares a scale; of weights tensor, of tables column" },
    { MEDIUM | SWEEP_OF(MEDIA | NUMBERS), 0, "scale", CHOICE, "full|absmax|minmax|zero-point|percentile|absmean|mse", SETTING, 0, 0, "how the ruler is laid on data" },
    { MEDIUM | SWEEP_OF(MEDIA), 0, "percent", NUMBER, "P", SETTING, 0, 0, "what percentile does not clip, 99.99 of 100" },
    { TENSOR, 0, "zero-point", FLAG,  NULL,     SETTING, 0, 0, "int2 to int8: extremes on the end codes, 0 on one" },
    { TENSOR, 0, "double-quant", FLAG, NULL,    SETTING, 0, 0, "nf4 and fp4: scales in bytes, too" },
    { TENSOR, 0, "params",    NUMBER, "N",      FIELD(params),   1, 1e15, "info: the memory that N weights take in every format" },
    { TENSOR, 0, "imatrix",   TEXT,   "FILE",   SETTING, 0, 0, "weigh errors by an importance matrix of llama-imatrix" },
    { EXPLAIN, 0, "all",      FLAG,   NULL,     SETTING, 0, 0, "every value of small formats, listed and on a number line" },
    { EXPLAIN, 0, "steps",    FLAG,   NULL,     SETTING, 0, 0, "show how the bits come about, division by division" },
    { EXPLAIN, 0, "zero",     NUMBER, "Z",      SETTING, 0, 0, "the integer that stands for 0" },
    { EXPLAIN, 0, "text",     TEXT,   "TEXT",   SETTING, 0, 0, "what a text costs in bits, plain and coded" },
    { EXPLAIN | NUMBERS | SWEEP_OF(NUMBERS), 0, "range", PAIR, "A B", SETTING, 0, 0, "the ends of a range, A B or A..B" },
    { EXPLAIN | NUMBERS, 0, "step", NUMBER, "S", SETTING, 0, 0, "the distance of two levels; value = S x (integer - Z)" },
    { EXPLAIN, 0, "product",  PAIR,   "A B",    SETTING, 0, 0, "what rounding A and B does to their product" },
    { EXPLAIN, 0, "bits",     TEXT,   "N,...",  SETTING, 0, 0, "bits or formats of the factors of --product" },
    { EXPLAIN, 0, "terms",    COUNT,  "N",      SETTING, 0, 0, "terms of the dot product of --product" },
    { EXPLAIN, 0, "block",    COUNT,  "K",      SETTING, 0, 0, "block K of a file of weights, from 0" },
    { EXPLAIN, 0, "format",   TEXT,   "FORMAT", SETTING, 0, 0, "the format of the block, where the file has floats" },
    { EXPLAIN, 0, "tensor",   TEXT,   "NAME",   SETTING, 0, 0, "the tensor that the block is of, at first the largest" },
    { NUMBERS, 0, "codes",    FLAG,   NULL,     SETTING, 0, 0, "write whole numbers, the codes, instead of values" },
    { NUMBERS | SWEEP_OF(NUMBERS), 0, "separator", CHOICE, "auto|comma|semicolon|tab|bar|blank|line", SETTING, 0, 0, "between cells of a table" },
    { NUMBERS | SWEEP_OF(NUMBERS), 0, "decimal",   CHOICE, "point|comma", SETTING, 0, 0, "what stands before the fraction of a number" },
    { NUMBERS | SWEEP_OF(NUMBERS), 0, "header",    CHOICE, "auto|yes|no", SETTING, 0, 0, "is the first record of a table names of columns?" },
    { MEDIUM | SWEEP_OF(MEDIA | NUMBERS), 0, "rounding",   CHOICE, "nearest|truncate", SETTING, 0, 0, "truncate is the bare bit shift, undithered" },
    { EVERY, 0,   "seed",       COUNT,  "N",      SETTING, 0, 0, "seed of the noise" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "fast",       FLAG,   NULL,     SETTING, 0, 0, "compress less, in less time" },
    { IMAGE | SWEEP_OF(IMAGE), 0,   "small",      FLAG,   NULL,     SETTING, 0, 0, "compress more, in more time" },
    { ALL, 0,   "threads",    COUNT,  "N",      SETTING, 0, 0, "threads; 0 is one per core; never changes the bytes" },
    { MEDIA | SWEEP_OF(MEDIA), 0, "salvage", FLAG, NULL, SETTING, 0, 0, "of a damaged file take what is there, with a warning" },
    { EVERY, 0,   "max-memory", SIZE,   "SIZE",   SETTING, 0, 0, "exit 8 rather than take more memory: 512M; 4G unless given" },
    { IMAGE | SWEEP_OF(IMAGE), 0, "max-pixels", COUNT, "N", SETTING, 0, 0, "exit 8 where a picture has more; 10^10 unless given" },
    { MEDIUM, 0,   "min-snr",    NUMBER, "DB",     SETTING, 0, 0, "write nothing and exit 9 unless an SNR so high is measured" },
    { EVERY, 0,   "list",       FLAG,   NULL,     FIELD(list),     0, 0, "list dithers, shapers, palettes, grids and file formats" },
    { ALL, 0,   "progress",   CHOICE, "auto|always|never", FIELD(progress), 0, 0, "progress on standard error" },
    { ALL, 0,   "color",      CHOICE, "auto|always|never", FIELD(color),    0, 0, "bold labels in the report" },
    { EVERY, 'h', "help",       FLAG,   NULL,     FIELD(help),     0, 0, "print this text" },
    { EVERY, 'V', "version",    FLAG,   NULL,     FIELD(version),  0, 0, "print the version" },
    { EVERY, 0,   "man",        FLAG,   NULL,     FIELD(man),      0, 0, "print the man page" },
    { EVERY, 0,   "completion", TEXT,   "SHELL",  FIELD(completion), 0, 0, "print completions for bash, zsh or fish" },
};
/* clang-format on */

_Static_assert(sizeof table / sizeof *table <= OPTION_ROOM, "options.given has a place for each");

size_t option_rows(const option **out)
{
    *out = table;
    return sizeof table / sizeof *table;
}

const option *option_row_of(const char *name, size_t n)
{
    for (const option *o = table; o < table + sizeof table / sizeof *table; o++)
        if (strlen(o->name) == n && strncmp(o->name, name, n) == 0)
            return o;
    return NULL;
}
