/* Knows the image tool: from options to settings, from the result to a report. */
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
#include "bitcrush/quality.h"
#include "bitcrush/report.h"
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
    snprintf(hint, sizeof hint, near ? "unknown, did you mean %s?"
                                     : "unknown, expected a name that --list shows", near);
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
            return usage(err, "--dither", text, "expected one error diffusion, one noise or mask, "
                         "or one of each");
        s->kernel = kernel ? kernel : s->kernel;
        s->noise = noise ? noise : s->noise;
    }
    if (!s->noise)
        s->noise = bc_noise_find("none");
    return BC_OK;
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
static bc_status make_settings(const options *o, bc_image_settings *s, bc_error *err)
{
    int bits = 1;
    bc_status st = o->channels ? BC_OK : parse_bits(o->operands[o->n_operands - 1], &bits, err);

    if (st)
        return st;
    if (o->fast && o->small)
        return usage(err, "--fast --small", "", "expected one of them");
    *s = bc_image_settings_default(bits);
    s->rounding = o->rounding == 0 ? BC_ROUND_NEAREST : BC_ROUND_TRUNCATE;
    /* The bare bit shift is what it is by taking no dither. */
    st = parse_dither(o->dither ? o->dither : o->rounding == 0 ? "floyd-steinberg" : "none", s,
                      err);
    if (!st && o->channels)
        st = parse_channels(o->channels, s, err);
    s->grey = o->gray;
    s->effort = o->fast ? 1 : o->small ? 9 : 0;
    s->linear_light = o->light == LIGHT_LINEAR;
    s->scan = o->scan == 0 ? BC_SCAN_SERPENTINE : BC_SCAN_RASTER;
    s->strength = o->strength;
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

/* "photo-4bit.png" or "photo-5,6,5.png" for "dir/photo.jpg", beside it or in `directory`
 * (NULL: beside). The caller frees it. */
static char *derived_output(const char *in, const char *directory, const options *o,
                            const bc_image_settings *s)
{
    const char *slash = strrchr(in, '/');
    const char *base = slash ? slash + 1 : in;
    const char *dot = strrchr(base, '.');
    const int stem = (int)(dot && dot > base ? (size_t)(dot - base) : strlen(base));
    const int beside = directory ? 0 : (int)(base - in);
    const size_t size = strlen(in) + (directory ? strlen(directory) : 0) + 64;
    char what[32];

    if (strcmp(in, "-") == 0 && !directory)
        return strdup("-");
    char *out = malloc(size);

    snprintf(what, sizeof what, o->channels ? "%.16s" : "%.16s%dbit", o->channels ? o->channels : "",
             s->bits);
    if (out)
        snprintf(out, size, "%s%s%.*s%.*s-%s.png", directory ? directory : "",
                 directory && directory[strlen(directory) - 1] != '/' ? "/" : "", beside, in, stem,
                 base, what);
    return out;
}

static bool is_directory(const char *path)
{
    struct stat info;
    const size_t n = strlen(path);

    return (n > 0 && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

static const char *colours_of(const bc_image_info *info)
{
    static const char *const names[] = { "", "grey", "grey + alpha", "RGB", "RGBA" };

    return names[info->n_channels];
}

/* What the file says beside its samples, and what became of it. */
static void add_input_metadata(bc_report *r, const bc_image_info *info)
{
    char transfer[32];

    bc_transfer_name(&info->transfer, transfer, sizeof transfer);
    bc_report_string(r, "input", "transfer", transfer);
    bc_report_string(r, "input", "transfer_source", info->transfer_source);
    bc_report_integer(r, "input", "orientation", (uint64_t)info->orientation);
    bc_report_string(r, "input", "turned", info->orientation != 1 ? "turned upright" : NULL);
}

static void add_files(bc_report *r, const char *in, const char *out, const options *o,
                      const bc_image_settings *s, const bc_image_result *m)
{
    bc_report_string(r, "", "tool", "bitcrush-image " BC_VERSION);
    bc_report_string(r, "input", "path", in);
    bc_report_string(r, "input", "kind", "image");
    bc_report_string(r, "input", "format", m->input.format);
    bc_report_integer(r, "input", "width", m->input.width);
    bc_report_integer(r, "input", "height", m->input.height);
    bc_report_string(r, "input", "colours", colours_of(&m->input));
    bc_report_integer(r, "input", "depth_bits", (uint64_t)m->input.depth);
    if (m->input.true_depth != m->input.depth)
        bc_report_integer(r, "input", "true_depth_bits", (uint64_t)m->input.true_depth);
    if (m->input_size_bytes)
        bc_report_integer(r, "input", "size_bytes", m->input_size_bytes);
    bc_report_integer(r, "input", "raw_bytes", m->raw_bytes);
    add_input_metadata(r, &m->input);
    bc_report_string(r, "output", "path", out);
    bc_report_string(r, "output", "kept", o->dry_run ? "dry run, not written" : NULL);
    bc_report_string(r, "output", "format", m->output_format);
    bc_report_string(r, "output", "layout", m->output_layout);
    bc_report_integer(r, "output", "bits", (uint64_t)s->bits);
    bc_report_string(r, "output", "channels", o->channels);
    bc_report_integer(r, "output", "levels", m->n_levels);
    bc_report_integer(r, "output", "depth_bits", (uint64_t)m->output_depth);
    if (m->output_palette)
        bc_report_integer(r, "output", "palette", m->output_palette);
    bc_report_integer(r, "output", "size_bytes", m->output_size_bytes);
    bc_report_string(r, "output", "metadata", *m->carried ? m->carried : NULL);
    bc_report_string(r, "output", "dropped", *m->dropped ? m->dropped : NULL);
}

static bool is_mixed(const bc_image_settings *s)
{
    return s->channel_bits[0] != s->channel_bits[1] || s->channel_bits[1] != s->channel_bits[2];
}

/* What was done in full: enough to do it again. */
static void add_settings(bc_report *r, const bc_image_settings *s, const bc_image_result *m)
{
    const bool has_noise = s->noise->form != BC_NOISE_NONE;
    char grid[32], dither[64];

    if (is_mixed(s))
        snprintf(grid, sizeof grid, "uniform%d,%d,%d", s->channel_bits[0], s->channel_bits[1],
                 s->channel_bits[2]);
    else
        snprintf(grid, sizeof grid, "uniform%d", s->bits);
    bc_report_string(r, "settings", "grid", grid);
    bc_report_string(r, "settings", "scale", "full");
    snprintf(dither, sizeof dither, "%s%s%s", s->kernel ? s->kernel->name : "",
             s->kernel && has_noise ? "+" : "", !s->kernel || has_noise ? s->noise->name : "");
    bc_report_string(r, "settings", "dither", dither);
    bc_report_string(r, "settings", "colours", s->grey ? "BT.709 luma" : NULL);
    bc_report_string(r, "settings", "feedback", s->kernel ? "error diffusion" : "none");
    bc_report_string(r, "settings", "scan", !s->kernel ? NULL
                     : s->scan == BC_SCAN_SERPENTINE ? "serpentine" : "raster");
    if (s->kernel && s->strength != 1.0)
        bc_report_number(r, "settings", "strength", s->strength);
    bc_report_string(r, "settings", "rounding",
                     s->rounding == BC_ROUND_NEAREST ? "nearest" : "truncate");
    bc_report_string(r, "settings", "light",
                     s->linear_light && (s->kernel || has_noise) ? "linear" : "coded");
    bc_report_integer(r, "settings", "seed", s->seed);
    if (!is_mixed(s))
        bc_report_number(r, "settings", "step", 1.0 / (m->n_levels - 1));
    bc_report_integer(r, "settings", "threads", (uint64_t)m->n_threads);
    bc_report_string(r, "settings", "cpu", m->cpu_level);
}

/* The closed form holds where errors are independent of the signal in coded values. */
static double expected_snr_db(const bc_image_settings *s, const bc_image_result *m)
{
    const bool in_coded = !s->linear_light || s->noise->form == BC_NOISE_NONE;
    bc_error error;
    bc_grid grid;

    if (s->kernel || !in_coded || is_mixed(s) || s->rounding != BC_ROUND_NEAREST ||
        m->coded.sum_e2 == 0.0 || bc_grid_uniform(s->bits, &grid, &error))
        return NAN;
    return bc_theory_snr_db(&grid, s->noise, m->coded.sum_x2 / (double)m->coded.n);
}

static void add_metrics(bc_report *r, const bc_image_settings *s, const bc_image_result *m)
{
    const double snr_db = bc_error_snr_db(&m->coded);

    bc_report_number(r, "metrics", "snr_db", snr_db);
    bc_report_number(r, "metrics", "psnr_db", bc_error_psnr_db(&m->coded, 1.0));
    bc_report_number(r, "metrics", "psnr_linear_db", bc_error_psnr_db(&m->linear, 1.0));
    bc_report_number(r, "metrics", "psnr_blurred_db", m->blurred_psnr_db);
    bc_report_number(r, "metrics", "blur_sigma", isnan(m->blurred_psnr_db) ? NAN : BC_BLURRED_SIGMA);
    bc_report_number(r, "metrics", "ssim", m->ssim);
    if (!isnan(m->ssim))
        bc_report_integer(r, "metrics", "ssim_scale", m->ssim_factor);
    bc_report_number(r, "metrics", "rmse", bc_error_rmse(&m->coded));
    bc_report_number(r, "metrics", "max_error", m->coded.max_abs_e);
    bc_report_number(r, "metrics", "mean_error", bc_error_mean(&m->coded));
    bc_report_number(r, "metrics", "mean_light_error", bc_error_mean(&m->linear));
    if (isfinite(snr_db))
        bc_report_number(r, "metrics", "enob_bits", bc_enob_bits(snr_db));
    bc_report_integer(r, "metrics", "levels_used", m->n_levels_used);
    bc_report_number(r, "metrics", "entropy_bits", m->entropy_bits);
    bc_report_integer(r, "metrics", "packed_bytes", m->packed_bytes);
    bc_report_number(r, "metrics", "compression_ratio",
                     (double)m->raw_bytes / (double)m->packed_bytes);
    if (m->input_size_bytes)
        bc_report_number(r, "metrics", "file_ratio",
                         (double)m->input_size_bytes / (double)m->output_size_bytes);
    bc_report_number(r, "theory", "snr_db", expected_snr_db(s, m));
    if (!is_mixed(s))
        bc_report_number(r, "theory", "rule_of_thumb_db", bc_theory_rule_of_thumb_db(s->bits));
    bc_report_number(r, "", "time_s", m->time_s);
}

static bc_status print_report(const bc_report *r, const options *o, FILE *to, bc_error *err)
{
    const char *no_color = getenv("NO_COLOR");
    const bool may = !(no_color && *no_color) && isatty(fileno(to));
    const bool colour = o->color == WHEN_ALWAYS || (o->color == WHEN_AUTO && may);
    char *text = NULL;
    const bc_status st = o->json ? bc_report_json(r, &text, err)
                                 : bc_report_text(r, colour, &text, err);

    if (st)
        return st;
    const bool ok = fprintf(to, o->json ? "%s\n" : "%s", text) >= 0 && fflush(to) == 0;

    free(text);
    if (!ok) {
        err->status = BC_E_WRITE;
        snprintf(err->text, sizeof err->text, "the report cannot be written");
    }
    return ok ? BC_OK : BC_E_WRITE;
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
    bc_report *report = NULL;
    bc_status st;

    settings->progress = progress_show;
    settings->context = &shown;
    st = bc_image_reduce(in, out, settings, &result, err);
    progress_end(&shown);
    if (st || o->quiet)
        return st;
    st = bc_report_new(&report, err);
    if (!st) {
        add_files(report, in, out, o, settings, &result);
        add_settings(report, settings, &result);
        add_metrics(report, settings, &result);
        st = print_report(report, o, strcmp(out, "-") == 0 ? stderr : stdout, err);
    }
    bc_report_free(report);
    return st;
}

/* All files. A bad one does not stop the rest: its sentence is printed at once, and the first
 * failure is the exit status. Only the sentence of the last is left in err. */
static bc_status reduce_all(const char *program, const options *o, bc_error *err)
{
    const int n = o->n_operands - (o->channels ? 0 : 1);
    const bool to_directory = o->output && is_directory(o->output);
    bc_status first = BC_OK;
    bc_image_settings settings;
    bc_status st = make_settings(o, &settings, err);

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
    printf("image formats:\n");
    for (size_t i = 0; i < n_formats; i++)
        printf("  %-18s %s, %s\n", formats[i].name, formats[i].doc,
               formats[i].reads && formats[i].writes ? "reads and writes"
               : formats[i].reads ? "reads" : "writes");
}

static bc_status run(const char *program, const options *o, bc_error *err)
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
    else if (o->n_operands < (o->channels ? 1 : 2))
        return usage(err, "too few arguments", "",
                     "expected FILE BITS, for example photo.png 4 (see --help)");
    else
        return reduce_all(program, o, err);
    return BC_OK;
}

int image_tool(const char *program, int argc, char **argv)
{
    bc_error err = { 0 };
    options o;
    bc_status st = options_parse(argc, argv, &o, &err);

    fill_standard_streams();
    set_signals();
    if (!st)
        st = bc_cpu_check(&err);
    if (!st)
        st = run(program, &o, &err);
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
