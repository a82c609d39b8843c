/* Knows the image tool: from options to settings, from files to files. */
#include "image_tool.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bitcrush/image.h"
#include "image_report.h"
#include "options.h"
#include "progress.h"
#include "suggest.h"

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

/* A full pipe or file shows as a failed write, with its sentence, not as a death. What was
 * ignored from the start (nohup, a shell's &) stays ignored. */
static void set_signals(void)
{
    static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction stop = { .sa_handler = ask_stop }, ignore = { .sa_handler = SIG_IGN }, old;

    sigemptyset(&stop.sa_mask);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(stops[i], &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

/* A standard stream that is closed would lend its number to the next file that is opened, and
 * messages would land in it. Opened the wrong way round, so that its use still fails. */
static void fill_standard_streams(void)
{
    static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", modes[fd]);
}

static bc_status usage(bc_error *err, const char *what, const char *got, const char *expected)
{
    err->status = BC_E_USAGE;
    snprintf(err->text, sizeof err->text, "%s%s%s: %s", what, *got ? " " : "", got, expected);
    return BC_E_USAGE;
}

/* True when the last operand is BITS. */
static bool takes_bits(const options *o)
{
    return !o->channels && !o->palette;
}

/* True when BITS were given where none are taken: a last operand like one that is no file. */
static bool has_stray_bits(const options *o)
{
    const char *last = o->operands[o->n_operands - 1];

    return o->n_operands > 1 && strspn(last, "0123456789") == strlen(last) &&
           access(last, F_OK) != 0;
}

static bc_status parse_bits(const char *text, int *bits, bc_error *err)
{
    char *end;
    const long v = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || v < 1 || v > 16)
        return usage(err, "bits", text, "expected a whole number from 1 to 16");
    *bits = (int)v;
    return BC_OK;
}

static bc_status unknown_dither(const char *name, bc_error *err)
{
    const bc_kernel *kernels;
    const bc_noise *noises;
    const size_t n_kernels = bc_kernel_rows(&kernels), n_noises = bc_noise_rows(&noises);
    const char *near = NULL;
    char hint[96];

    for (size_t i = 0; i < n_kernels; i++)
        near = suggest(near, kernels[i].name, name);
    for (size_t i = 0; i < n_noises; i++)
        near = suggest(near, noises[i].name, name);
    snprintf(hint, sizeof hint,
             near ? "unknown, did you mean %s?" : "unknown, expected a name that --list shows",
             near);
    return usage(err, "--dither", name, hint);
}

/* NAME, or a kernel and a noise as NAME+NAME in either order. */
static bc_status parse_dither(const char *text, bc_image_settings *s, bc_error *err)
{
    char names[64];

    s->kernel = NULL;
    s->noise = NULL;
    if (strlen(text) >= sizeof names)
        return unknown_dither(text, err);
    snprintf(names, sizeof names, "%s", text);
    for (char *name = names, *next; name; name = next) {
        next = strchr(name, '+');
        if (next)
            *next++ = '\0';
        const bc_kernel *kernel = bc_kernel_find(name);
        const bc_noise *noise = bc_noise_find(name);

        if (!kernel && !noise)
            return unknown_dither(name, err);
        if ((kernel && s->kernel) || (noise && s->noise))
            return usage(err, "--dither", text,
                         "expected one error diffusion, one noise or mask, "
                         "or one of each");
        s->kernel = kernel ? kernel : s->kernel;
        s->noise = noise ? noise : s->noise;
    }
    if (!s->noise)
        s->noise = bc_noise_find("none");
    return BC_OK;
}

/* A number of colours, a name of the list, or a file. */
static bc_status parse_palette(const char *text, bc_image_settings *s, bc_palette *palette,
                               bc_error *err)
{
    const bool is_number = *text && text[strspn(text, "0123456789")] == '\0';
    const bc_palette_row *rows;
    const size_t n_rows = bc_palette_rows(&rows);
    const char *near = NULL;
    bc_status st;

    if (is_number) {
        const unsigned long n = strtoul(text, NULL, 10);

        if (n < 2 || n > BC_PALETTE_MAX_COLOURS)
            return usage(err, "--palette", text,
                         "expected 2 to 256 colours, a name that --list "
                         "shows, or a file");
        s->n_colours = (uint32_t)n;
        return BC_OK;
    }
    st = bc_palette_named(text, palette, err);
    for (size_t i = 0; i < n_rows; i++)
        near = suggest(near, rows[i].name, text);
    if (st && near && access(text, F_OK) != 0) {
        char hint[96];

        snprintf(hint, sizeof hint, "unknown and no file, did you mean %s?", near);
        return usage(err, "--palette", text, hint);
    }
    if (st)
        st = bc_palette_load(text, palette, err);
    s->palette = palette;
    return st;
}

/* "5,6,5": bits of grey, or of red, green and blue, and of alpha where there is one more. */
static bc_status parse_channels(const char *text, bc_image_settings *s, bc_error *err)
{
    int bits[4], n = 0;
    const char *at = text;

    for (char *end; n < 4; at = end + 1) {
        const long v = strtol(at, &end, 10);

        if (end == at || *at < '0' || *at > '9' || v < 1 || v > 16 || (*end && *end != ','))
            break;
        bits[n++] = (int)v;
        if (!*end) {
            at = end;
            break;
        }
    }
    if (*at || n == 0)
        return usage(err, "--channels", text, "expected 1 to 4 numbers from 1 to 16, as 5,6,5");
    const int n_colours = n < 3 ? 1 : 3;

    s->bits = 1;
    for (int c = 0; c < 3; c++) {
        s->channel_bits[c] = bits[c < n_colours ? c : n_colours - 1];
        s->bits = s->channel_bits[c] > s->bits ? s->channel_bits[c] : s->bits;
    }
    s->alpha_bits = n > n_colours ? bits[n_colours] : 0;
    return BC_OK;
}

/* What the operands and options ask for, the same for every file. */
static bc_status make_settings(const options *o, bc_image_settings *s, bc_palette *palette,
                               bc_error *err)
{
    int bits = 1;
    bc_status st = takes_bits(o) ? parse_bits(o->operands[o->n_operands - 1], &bits, err) : BC_OK;

    if (st)
        return st;
    if (o->fast && o->small)
        return usage(err, "--fast --small", "", "expected one of them");
    *s = bc_image_settings_default(bits);
    s->rounding = o->rounding == 0 ? BC_ROUND_NEAREST : BC_ROUND_TRUNCATE;
    /* The bare bit shift is what it is by taking no dither. */
    st = parse_dither(o->dither          ? o->dither
                      : o->rounding == 0 ? "floyd-steinberg"
                                         : "none",
                      s, err);
    if (!st && o->channels)
        st = parse_channels(o->channels, s, err);
    if (!st && o->palette)
        st = parse_palette(o->palette, s, palette, err);
    s->grey = o->gray;
    s->effort = o->fast ? 1 : o->small ? 9 : 0;
    s->linear_light = o->light == LIGHT_LINEAR;
    s->scan = o->scan == 0 ? BC_SCAN_SERPENTINE : BC_SCAN_RASTER;
    if (!isnan(o->strength))
        s->strength = o->strength;
    else if (s->n_colours && !s->palette)
        s->strength = BC_STRENGTH_FITTED;
    s->seed = o->seed;
    s->n_threads = (int)o->threads;
    s->force = o->force;
    s->strip = o->strip;
    s->dry_run = o->dry_run;
    s->min_snr_db = o->min_snr;
    s->skip_quality = o->quiet;
    s->stop = &stop_asked;
    return st;
}

/* What was done, for the name of the output: "4bit", "5,6,5", "16colours", "gameboy". */
static void name_choice(const options *o, const bc_image_settings *s, char *to, size_t size)
{
    const char *slash = o->palette ? strrchr(o->palette, '/') : NULL;
    const char *name = slash ? slash + 1 : o->palette;
    const char *dot = name ? strrchr(name, '.') : NULL;

    if (o->channels)
        snprintf(to, size, "%s", o->channels);
    else if (!name)
        snprintf(to, size, "%dbit", s->bits);
    else if (!s->palette)
        snprintf(to, size, "%ucolours", s->n_colours);
    else
        snprintf(to, size, "%.*s", dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
}

/* "photo-4bit.png" for "dir/photo.jpg", beside it or in `directory` (NULL: beside). The caller
 * frees it. */
static char *derived_output(const char *in, const char *directory, const options *o,
                            const bc_image_settings *s)
{
    const char *slash = strrchr(in, '/');
    const char *base = slash ? slash + 1 : in;
    const char *dot = strrchr(base, '.');
    const int stem = (int)(dot && dot > base ? (size_t)(dot - base) : strlen(base));
    const int beside = directory ? 0 : (int)(base - in);
    char choice[256];

    if (strcmp(in, "-") == 0 && !directory)
        return strdup("-");
    name_choice(o, s, choice, sizeof choice);
    const size_t size = strlen(in) + (directory ? strlen(directory) : 0) + strlen(choice) + 8;
    char *out = malloc(size);

    if (out)
        snprintf(out, size, "%s%s%.*s%.*s-%s.png", directory ? directory : "",
                 directory && directory[strlen(directory) - 1] != '/' ? "/" : "", beside, in, stem,
                 base, choice);
    return out;
}

static bool is_directory(const char *path)
{
    struct stat info;
    const size_t n = strlen(path);

    return (n > 0 && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

static bc_status short_of_memory(bc_error *err)
{
    err->status = BC_E_LIMIT;
    snprintf(err->text, sizeof err->text, "out of memory");
    return BC_E_LIMIT;
}

/* One file, and its report. */
static bc_status reduce(const options *o, bc_image_settings *settings, const char *in,
                        const char *out, bc_error *err)
{
    progress shown = progress_begin(in, o->progress);
    bc_image_result result;
    bc_status st;

    settings->progress = progress_show;
    settings->context = &shown;
    st = bc_image_reduce(in, out, settings, &result, err);
    progress_end(&shown);
    return st || o->quiet ? st : image_report(o, settings, in, out, &result, err);
}

/* All files. A bad one does not stop the rest: its sentence is printed at once, and the first
 * failure is the exit status. Only the sentence of the last is left in err. */
static bc_status reduce_all(const char *program, const options *o, bc_error *err)
{
    const int n = o->n_operands - takes_bits(o);
    const bool to_directory = o->output && is_directory(o->output);
    bc_status first = BC_OK;
    bc_image_settings settings;
    bc_palette palette;
    bc_status st = make_settings(o, &settings, &palette, err);

    if (st)
        return st;
    if (n > 1 && o->output && !to_directory)
        return usage(err, "-o", o->output, "expected a directory for several files");
    if (to_directory && !o->dry_run)
        (void)mkdir(o->output, 0777); /* where it fails, opening the output says why */
    for (int i = 0; i < n; i++) {
        const char *in = o->operands[i];
        char *out = o->output && !to_directory
                        ? strdup(o->output)
                        : derived_output(in, to_directory ? o->output : NULL, o, &settings);

        st = out ? reduce(o, &settings, in, out, err) : short_of_memory(err);
        free(out);
        first = first ? first : st;
        if (st == BC_E_INTERRUPTED)
            return st;
        if (st && i + 1 < n)
            fprintf(stderr, "%s: %s\n", program, err->text);
    }
    if (first && !st) /* its sentence is out already */
        err->text[0] = '\0';
    return first;
}

static void print_list(void)
{
    const bc_kernel *kernels;
    const bc_noise *noises;
    const bc_grid_row *grids;
    const bc_image_format *formats;
    const size_t n_kernels = bc_kernel_rows(&kernels), n_noises = bc_noise_rows(&noises);
    const bc_palette_row *palettes;
    const size_t n_palettes = bc_palette_rows(&palettes);
    const size_t n_grids = bc_grid_rows(&grids), n_formats = bc_image_formats(&formats);

    printf("dithers, error diffusion:\n");
    for (size_t i = 0; i < n_kernels; i++)
        printf("  %-18s %s (%s)\n", kernels[i].name, kernels[i].doc, kernels[i].source);
    printf("dithers, noise and masks:\n");
    for (size_t i = 0; i < n_noises; i++)
        printf("  %-18s %s%s%s%s\n", noises[i].name, noises[i].doc, *noises[i].source ? " (" : "",
               noises[i].source, *noises[i].source ? ")" : "");
    printf("grids of the library:\n");
    for (size_t i = 0; i < n_grids; i++)
        printf("  %-18s %s (%s)\n", grids[i].name, grids[i].doc, grids[i].source);
    printf("palettes:\n");
    for (size_t i = 0; i < n_palettes; i++)
        printf("  %-18s %u colours: %s%s%s%s\n", palettes[i].name, palettes[i].n_colours,
               palettes[i].doc, *palettes[i].source ? " (" : "", palettes[i].source,
               *palettes[i].source ? ")" : "");
    printf("image formats:\n");
    for (size_t i = 0; i < n_formats; i++)
        printf("  %-18s %s, %s\n", formats[i].name, formats[i].doc,
               formats[i].reads && formats[i].writes ? "reads and writes"
               : formats[i].reads                    ? "reads"
                                                     : "writes");
}

/* `compare A B`. */
static bc_status compare(const options *o, bc_error *err)
{
    bc_image_comparison result;
    bc_status st;

    if (o->n_operands != 2)
        return usage(err, o->n_operands < 2 ? "too few arguments" : "too many arguments", "",
                     "expected compare A B, two pictures of one size");
    st = bc_image_compare(o->operands[0], o->operands[1], &result, err);
    if (!st && bc_error_snr_db(&result.coded) < o->min_snr) {
        err->status = st = BC_E_QUALITY;
        snprintf(err->text, sizeof err->text, "%s: SNR %.2f dB, expected at least %.2f dB",
                 o->operands[1], bc_error_snr_db(&result.coded), o->min_snr);
    }
    if (!st && !o->quiet)
        st = image_comparison_report(o, o->operands[0], o->operands[1], &result, err);
    return st;
}

static bc_status run(const char *program, bool compares, const options *o, bc_error *err)
{
    if (o->help)
        options_print_help(program);
    else if (o->version)
        printf("bitcrush %s, kernels at level %s\n", BC_VERSION, bc_cpu_level());
    else if (o->man)
        options_print_man(program);
    else if (o->completion)
        return options_print_completion(o->completion, err);
    else if (o->list)
        print_list();
    else if (compares)
        return compare(o, err);
    else if (o->palette && o->channels)
        return usage(err, "--palette --channels", "", "expected one of them");
    else if (o->n_operands < (takes_bits(o) ? 2 : 1))
        return usage(err, "too few arguments", "",
                     "expected FILE BITS, for example photo.png 4 (see --help)");
    else if (!takes_bits(o) && has_stray_bits(o))
        return usage(err, "too many arguments", "",
                     "expected no BITS with --palette or "
                     "--channels, which take their place");
    else
        return reduce_all(program, o, err);
    return BC_OK;
}

static int run_tool(const char *program, bool compares, int argc, char **argv)
{
    bc_error err = { 0 };
    options o;
    bc_status st = options_parse(argc, argv, &o, &err);

    fill_standard_streams();
    set_signals();
    if (!st)
        st = bc_cpu_check(&err);
    if (!st)
        st = run(program, compares, &o, &err);
    if (!st && fflush(stdout) != 0) {
        st = BC_E_WRITE;
        snprintf(err.text, sizeof err.text, "standard output: cannot be written");
    }
    if (st && stop_asked) { /* a read that the signal broke off says something else */
        st = BC_E_INTERRUPTED;
        snprintf(err.text, sizeof err.text, "interrupted, no output written");
    }
    if (st && err.text[0])
        fprintf(stderr, "%s: %s\n", program, err.text);
    return (int)st;
}

int image_tool(const char *program, int argc, char **argv)
{
    return run_tool(program, false, argc, argv);
}

int compare_tool(const char *program, int argc, char **argv)
{
    return run_tool(program, true, argc, argv);
}
