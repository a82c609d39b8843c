/* Knows the image tool: from options to settings, from files to files. */
#include "image_tool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "bitcrush/image.h"
#include "image_report.h"
#include "info.h"
#include "options.h"
#include "page.h"
#include "progress.h"
#include "report_verb.h"
#include "suggest.h"
#include "sweep_tool.h"
#include "synonyms.h"

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
        return tool_usage(err, "bits", text, "expected a whole number from 1 to 16");
    *bits = (int)v;
    return BC_OK;
}

static bc_status unknown_dither(const char *name, bc_error *err)
{
    const bc_kernel *kernels;
    const bc_noise *noises;
    const size_t n_kernels = bc_kernel_rows(&kernels), n_noises = bc_noise_rows(&noises);
    const char *near = NULL;

    for (size_t i = 0; i < n_kernels; i++)
        near = suggest(near, kernels[i].name, name);
    for (size_t i = 0; i < n_noises; i++)
        near = suggest(near, noises[i].name, name);
    return synonym_unknown(err, "dither", "--dither", name, near,
                           "unknown, expected a name that --list shows");
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
            return tool_usage(err, "--dither", text,
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
            return tool_usage(err, "--palette", text,
                              "expected 2 to 256 colours, a name that --list "
                              "shows, or a file");
        s->n_colours = (uint32_t)n;
        return BC_OK;
    }
    st = bc_palette_named(text, palette, err);
    for (size_t i = 0; i < n_rows; i++)
        near = suggest(near, rows[i].name, text);
    if (st && access(text, F_OK) != 0)
        return synonym_unknown(err, "palette", "--palette", text, near,
                               "unknown and no file, expected 2 to 256 colours, a name that --list "
                               "shows, or a file");
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
        return tool_usage(err, "--channels", text,
                          "expected 1 to 4 numbers from 1 to 16, as 5,6,5");
    const int n_colours = n < 3 ? 1 : 3;

    s->bits = 1;
    for (int c = 0; c < 3; c++) {
        s->channel_bits[c] = bits[c < n_colours ? c : n_colours - 1];
        s->bits = s->channel_bits[c] > s->bits ? s->channel_bits[c] : s->bits;
    }
    s->alpha_bits = n > n_colours ? bits[n_colours] : 0;
    return BC_OK;
}

bc_status image_settings(const options *o, int bits, bc_image_settings *s, bc_palette *palette,
                         bc_error *err)
{
    bc_status st;

    if (o->fast && o->small)
        return tool_usage(err, "--fast --small", "", "expected one of them");
    *s = bc_image_settings_default(bits);
    s->rounding = o->rounding == 0 ? BC_ROUND_NEAREST : BC_ROUND_TRUNCATE;
    /* The bare bit shift is what it is by taking no dither. */
    st = parse_dither(o->dither && strcmp(o->dither, "auto") != 0 ? o->dither
                      : o->rounding == 0                          ? "floyd-steinberg"
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
    s->skip_quality = o->quiet && !o->report;
    s->reading = tool_reading(o);
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

static const char *ending(const void *settings, const char *in)
{
    (void)settings, (void)in;
    return ".png";
}

/* One file, and its report. */
static bc_status reduce_file(const options *o, void *context, const char *in, const char *out,
                             bc_error *err)
{
    bc_image_settings *settings = context;
    bc_image_result result;
    bc_status st = page_may_be_written(o, in, out, err);

    if (st)
        return st;
    progress shown = progress_begin(in, o->progress);

    settings->progress = progress_show;
    settings->context = &shown;
    st = bc_image_reduce(in, out, settings, &result, err);
    progress_end(&shown);
    if (st && st != BC_E_QUALITY)
        return st;
    tool_warn_salvaged(in, result.salvaged);
    const options refused = tool_refused(o), *as = st ? &refused : o;
    const bool is_silent = as->quiet && !as->report;
    const bc_status said = is_silent ? BC_OK : image_report(as, settings, in, out, &result, err);

    return said ? said : st;
}

/* `FILE... BITS`. */
static bc_status reduce(const char *name, const options *o, bc_error *err)
{
    bc_image_settings settings;
    bc_palette palette;
    char choice[256];
    int bits = 1;

    if (o->palette && o->channels)
        return tool_usage(err, "--palette --channels", "", "expected one of them");
    if (o->n_operands < (takes_bits(o) ? 2 : 1))
        return tool_usage(err, "too few arguments", "",
                          "expected FILE BITS, for example photo.png 4 (see --help)");
    if (!takes_bits(o) && has_stray_bits(o))
        return tool_usage(err, "too many arguments", "",
                          "expected no BITS with --palette or "
                          "--channels, which take their place");
    bc_status st = takes_bits(o) ? parse_bits(o->operands[o->n_operands - 1], &bits, err) : BC_OK;

    if (!st)
        st = page_check(o, o->n_operands - takes_bits(o), err);
    if (!st)
        st = image_settings(o, bits, &settings, &palette, err);
    if (st)
        return st;
    name_choice(o, &settings, choice, sizeof choice);
    return batch_run(&(batch){ .program = name,
                               .tool = TOOL_IMAGE,
                               .n_files = o->n_operands - takes_bits(o),
                               .choice = choice,
                               .ending = ending,
                               .may_replace_input = true,
                               .file = reduce_file,
                               .settings = &settings },
                     o, err);
}

/* `report FILE... SPEC` or `report FILE...`. */
static bc_status report(const char *name, const options *o, bc_error *err)
{
    return report_verb(name, o, reduce, err);
}

/* `compare A B`. */
static bc_status compare(const char *name, const options *o, bc_error *err)
{
    bc_image_comparison result;
    bc_status st;

    const bc_reading reading = tool_reading(o);

    (void)name;
    if (o->n_operands != 2)
        return tool_usage(err, o->n_operands < 2 ? "too few arguments" : "too many arguments", "",
                          "expected compare A B, two pictures of one size");
    st = bc_image_compare(o->operands[0], o->operands[1], &reading, &result, err);
    if (st)
        return st;
    for (int i = 0; i < 2; i++)
        tool_warn_salvaged(o->operands[i], result.salvaged[i]);
    if (!o->quiet)
        st = image_comparison_report(o, o->operands[0], o->operands[1], &result, err);
    return st ? st : bc_error_gate(&result.coded, o->min_snr, o->operands[1], "SNR", "", err);
}

const tool image_tool = {
    .bit = TOOL_IMAGE,
    .medium = "pictures",
    .spec = "bits",
    .knows = bc_image_probe,
    .verbs = { [VERB_REDUCE] = reduce,
               [VERB_REPORT] = report,
               [VERB_COMPARE] = compare,
               [VERB_INFO] = image_info,
               [VERB_SWEEP] = sweep_verb },
};
