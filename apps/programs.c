/* Knows what the programs say of themselves. */
#include "programs.h"

#include "option_table.h"

static const char *const image_usages[] = {
    "FILE... SPEC [OPTION...]",
    "FILE... --palette N|NAME|FILE [OPTION...]",
    NULL,
};

static const char about_images[] =
    "Reduce the bit depth of pictures and say what it cost. FILE is PNG, JPEG, PNM or\n"
    "PAM, - is standard input; SPEC is 1 to 16 bits a sample, or any grid or block format of\n"
    "--list (e2m1, q4_0). The output is FILE-4bit.png (of a palette FILE-Ncolours.png or\n"
    "FILE-NAME.png) beside the input unless -o names another, or a directory for several\n"
    "files.";

static const char about_compare[] =
    "`bitcrush compare A B` reports the same figures for any two pictures of one size, any two\n"
    "sounds of one rate, length and number of channels, tables of one shape, and the tensors of\n"
    "two files of weights that have one name.";

static const char *const image_abouts[] = { about_images, about_compare, NULL };

static const char *const audio_usages[] = { "FILE... SPEC [OPTION...]", NULL };

static const char about_sound[] =
    "Reduce the bit depth of sound and say what it cost. FILE is WAV, AIFF, FLAC, Ogg or\n"
    "what else libsndfile reads, - is standard input; SPEC is 1 to 32 bits (4.5: 23 levels),\n"
    "or any grid or block format of --list (mulaw, e4m3). The output is FILE-8bit.wav, or of\n"
    "the input's kind, beside the input unless -o names another, or a directory for several\n"
    "files.";

static const char about_restore[] =
    "`bitcrush restore FILE` takes the dither of --subtractive away again.";

static const char *const audio_abouts[] = { about_sound, NULL };

static const char *const tensor_usages[] = { "FILE... SPEC [OPTION...]", NULL };

static const char about_weights[] =
    "Reduce the bits of neural weights and say what it cost. FILE is safetensors (or the\n"
    "index of its shards), GGUF, .npy or .npz; SPEC is a block format (q4_k), a float (f16),\n"
    "a number of bits, a mix (q4_k_m) or any grid of --list. The output is FILE-q4_k.gguf, or\n"
    "of the input's kind for floats.";

static const char about_numbers[] =
    "Reduce the bits of numbers in a table and say what it cost. FILE is CSV, TSV or one number a\n"
    "line, - is standard input; SPEC is 1 to 24 bits between the ends of each column, or any grid or\n"
    "block format of --list (e4m3); --step S takes its place. The output is FILE-6bit.csv, with all\n"
    "else as it was.";

static const char *const numbers_usages[] = {
    "FILE... SPEC [OPTION...]",
    "FILE... --step S [OPTION...]",
    NULL,
};

static const char *const numbers_abouts[] = { about_numbers, NULL };

static const char about_info[] =
    "`bitcrush info FILE...` says what a file is and, of pictures and sound, how much of it is used:\n"
    "bits, levels, channels, and what a smaller file could leave out without loss. Of weights it\n"
    "lists metadata, types and tensors from the head of the file (.npz is read once, for its checksums);\n"
    "`bitcrush info --params 7e9` the memory that so many weights take in every format.";

static const char about_report[] =
    "`bitcrush report FILE SPEC` makes FILE-SPEC.html, a page that shows what the reduction does,\n"
    "and keeps no other output; `bitcrush report FILE...` puts any files on one axis of bits and\n"
    "SNR, in report.html. -o names the page.";

static const char *const tensor_abouts[] = { about_weights, NULL };

static const char *const sweep_usages[] = { "FILE [A..B] [OPTION...]", NULL };

static const char about_sweep[] =
    "`bitcrush sweep FILE A..B` measures a file at every depth from A to B bits (1..8 unless given),\n"
    "undithered and dithered, beside what theory expects, and writes nothing but what --plot and\n"
    "--sheet ask for.";

static const char *const sweep_abouts[] = { about_sweep, NULL };

static const char *const explain_usages[] = {
    "VALUE [FORMAT...] [--steps] [--step S [--zero Z]]",
    "--all FORMAT... [--plot FILE]",
    "--text TEXT",
    "--range A B [--step S]",
    "--product A B [--bits N,...] [--terms N]",
    "FILE --block K [--format FORMAT] [--tensor NAME]",
    NULL,
};

static const char about_explain[] =
    "`bitcrush explain` shows how a number is stored: VALUE as an integer (int8, uint8, signmag8,\n"
    "bias8, of 1 to 32 bits), as a float (float32, float16, bfloat16, any eXmY, float5) or on\n"
    "another grid; a text, a range, a product, or a block of a file of weights.";

static const char *const explain_abouts[] = { about_explain, NULL };

static const char *const all_usages[] = {
    "FILE... SPEC [OPTION...]",
    "FILE... --palette N|NAME|FILE [OPTION...]",
    "FILE... --step S [OPTION...]",
    "image|audio|tensor|numbers FILE... SPEC [OPTION...]",
    "compare A B [OPTION...]",
    "restore FILE... [OPTION...]",
    "info FILE...|--params N [OPTION...]",
    "sweep FILE [A..B] [OPTION...]",
    "report FILE... SPEC [OPTION...]",
    "report FILE... [OPTION...]",
    "explain VALUE [FORMAT...] [OPTION...]",
    NULL,
};

static const char about_all[] =
    "Reduce the bit depth of pictures, sound, weights and numbers and say what it cost. The tool is\n"
    "chosen by the content of the first FILE, or by its name.";

static const char *const all_abouts[] = { about_all,     about_images,  about_sound,
                                          about_weights, about_numbers, about_compare,
                                          about_restore, about_info,    about_sweep,
                                          about_report,  about_explain, NULL };

enum { ALL_TOOLS = TOOL_IMAGE | TOOL_AUDIO | TOOL_TENSOR | TOOL_NUMBERS };

const program program_bitcrush = { "bitcrush", ALL_TOOLS | SWEEP_OF(ALL_TOOLS) | TOOL_EXPLAIN,
                                   all_usages, all_abouts };
const program program_sweep = { "bitcrush sweep", SWEEP_OF(ALL_TOOLS), sweep_usages, sweep_abouts };
const program program_image = { "bitcrush-image", TOOL_IMAGE, image_usages, image_abouts };
const program program_audio = { "bitcrush-audio", TOOL_AUDIO, audio_usages, audio_abouts };
const program program_tensor = { "bitcrush-tensor", TOOL_TENSOR, tensor_usages, tensor_abouts };

const program program_explain = { "bitcrush explain", TOOL_EXPLAIN, explain_usages,
                                  explain_abouts };

size_t programs(const program *const **out)
{
    static const program *const all[] = { &program_bitcrush, &program_image, &program_audio,
                                          &program_tensor };

    *out = all;
    return sizeof all / sizeof *all;
}

const program *program_for(const program *self, unsigned tool)
{
    static const program media[] = {
        { "bitcrush image", TOOL_IMAGE, image_usages, image_abouts },
        { "bitcrush audio", TOOL_AUDIO, audio_usages, audio_abouts },
        { "bitcrush tensor", TOOL_TENSOR, tensor_usages, tensor_abouts },
        { "bitcrush numbers", TOOL_NUMBERS, numbers_usages, numbers_abouts },
    };

    for (size_t i = 0; self == &program_bitcrush && i < sizeof media / sizeof *media; i++)
        if (media[i].tools == tool)
            return &media[i];
    return self;
}
