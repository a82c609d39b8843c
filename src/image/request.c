/* Knows how a SPEC and settings become what is done to a picture. */
#include "image/request.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fail.h"
#include "image/dithered.h"
#include "image/ruler.h"
#include "medium/grouping.h"
#include "medium/shared_settings.h"

enum { MOST_BITS = 16 };

#define FIELD(member) BC_FIELD(bci_image_job, member)

/* clang-format off */
const bc_setting_row bci_image_setting_rows[BCI_IMAGE_SETTINGS] = {
    { "dither",      BC_SETTING_TEXT,   FIELD(dither), 0, 0, NULL },
    { "feedback",    BC_SETTING_TEXT,   FIELD(feedback), 0, 0, NULL },
    { "palette",     BC_SETTING_TEXT,   FIELD(palette_text), 0, 0, NULL },
    { "scale",       BC_SETTING_CHOICE, FIELD(scale), 0, 0, BCI_SCALE_WORDS },
    { "group",       BC_SETTING_TEXT,   FIELD(group), 0, 0, NULL },
    { "percent",     BC_SETTING_NUMBER, FIELD(percent), 0, 100, NULL },
    { "channels",    BC_SETTING_TEXT,   FIELD(channels), 0, 0, NULL },
    { "gray",        BC_SETTING_FLAG,   FIELD(settings.grey), 0, 0, NULL },
    { "light",       BC_SETTING_CHOICE, FIELD(light), 0, 0, "linear|coded" },
    { "scan",        BC_SETTING_CHOICE, FIELD(settings.scan), 0, 0, "serpentine|raster" },
    { "strength",    BC_SETTING_NUMBER, FIELD(strength), 0, 1, NULL },
    { "rounding",    BC_SETTING_CHOICE, FIELD(settings.rounding), 0, 0, "nearest|truncate" },
    { "fast",        BC_SETTING_FLAG,   FIELD(fast), 0, 0, NULL },
    { "small",       BC_SETTING_FLAG,   FIELD(small), 0, 0, NULL },
    { "strip",       BC_SETTING_FLAG,   FIELD(settings.strip), 0, 0, NULL },
    { "salvage",     BC_SETTING_FLAG,   FIELD(settings.reading.salvage), 0, 0, NULL },
    { "max-pixels",  BC_SETTING_COUNT,  FIELD(settings.reading.max_pixels), 1, 1e15, NULL },
    BCI_SETTINGS_OF_ALL,
};
/* clang-format on */

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

bool bci_image_takes(const char *spec)
{
    bc_spec known;

    return is_number(spec) || bc_spec_named(spec, &known, NULL) == BC_OK;
}

bool bci_image_replaces_spec(const bc_settings *s)
{
    return bc_setting_value(s, "channels") || bc_setting_value(s, "palette");
}

/* The name of a palette of the list, typed in any case, or NULL. */
static const char *palette_called(const char *text)
{
    const bc_palette_row *rows;
    const size_t n = bc_palette_rows(&rows);

    for (size_t i = 0; i < n; i++)
        if (strcasecmp(rows[i].name, text) == 0)
            return rows[i].name;
    return NULL;
}

/* Whole bits are levels that files hold as they are. */
static bc_status parse_spec(const char *text, bc_image_settings *s, bc_error *err)
{
    const bc_status st = bc_spec_named(text, &s->spec, err);
    const char *palette = palette_called(text);

    if (palette)
        return bci_fail(err, BC_E_USAGE, "%s: a palette, expected `palette=%s`", text, palette);

    if ((st && text[strspn(text, "0123456789.")] == '\0') ||
        (!st && s->spec.kind == BC_SPEC_EVEN && s->spec.levels > exp2(MOST_BITS)))
        return bci_fail(err, BC_E_USAGE, "bits%s%s: expected a number from 1 to %d",
                        *text ? " " : "", text, MOST_BITS);
    if (st || s->spec.kind != BC_SPEC_EVEN || s->spec.bits != floor(s->spec.bits))
        return st;
    s->bits = (int)s->spec.bits;
    s->spec = (bc_spec){ 0 };
    return BC_OK;
}

static bc_status unknown_dither(const char *name, bc_error *err)
{
    const bc_diffusion *kernels;
    const bc_noise *noises;
    const size_t n_kernels = bc_diffusion_rows(&kernels), n_noises = bc_noise_rows(&noises);
    const char *near = NULL;

    for (size_t i = 0; i < n_kernels; i++)
        near = bc_nearer_name(near, kernels[i].name, name);
    for (size_t i = 0; i < n_noises; i++)
        near = bc_nearer_name(near, noises[i].name, name);
    return bc_setting_unknown(err, "dither", name, near,
                              "unknown, expected a name that `list` shows");
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
        const bc_diffusion *kernel = bc_diffusion_find(name);
        const bc_noise *noise = bc_noise_find(name);

        if (!kernel && !noise)
            return unknown_dither(name, err);
        if ((kernel && s->kernel) || (noise && s->noise))
            return bc_setting_refuse(
                err, "dither", text,
                "expected one error diffusion, one noise or mask, or one of each");
        s->kernel = kernel ? kernel : s->kernel;
        s->noise = noise ? noise : s->noise;
    }
    if (!s->noise)
        s->noise = bc_noise_find("none");
    return BC_OK;
}

/* `feedback` beside `dither`, which may name the diffusion as well. */
static bc_status take_feedback(const bci_image_job *j, bc_image_settings *s, bc_error *err)
{
    static const bci_feedbacks has = { .kind = BC_FEEDBACK_PLANE,
                                       .expected =
                                           "none or an error diffusion, such as floyd-steinberg" };
    const bc_status st = bci_feedback_check(j->feedback, &has, err);

    if (st || !j->feedback)
        return st;
    const bc_diffusion *kernel = bc_diffusion_find(j->feedback);

    if (s->kernel && !kernel)
        return bci_fail(err, BC_E_USAGE,
                        "`dither=%s` `feedback=%s`: error diffusion feeds errors back, expected "
                        "one without the other",
                        j->dither, j->feedback);
    if (s->kernel && s->kernel != kernel)
        return bci_fail(err, BC_E_USAGE, "`dither=%s` `feedback=%s`: expected one of them",
                        j->dither, j->feedback);
    s->kernel = kernel;
    return BC_OK;
}

/* A number of colours, a name of the list, or a file. */
static bc_status parse_palette(const char **given, bc_image_settings *s, bc_palette *palette,
                               bc_error *err)
{
    const bc_palette_row *rows;
    const size_t n_rows = bc_palette_rows(&rows);
    const char *text = *given, *near = NULL;
    bc_status st;

    if (is_number(text)) {
        const unsigned long n = strtoul(text, NULL, 10);

        if (n < 2 || n > BC_PALETTE_MAX_COLOURS)
            return bc_setting_refuse(
                err, "palette", text,
                "expected 2 to 256 colours, a name that `list` shows, or a file");
        s->n_colours = (uint32_t)n;
        return BC_OK;
    }
    st = bc_palette_named(text, palette, err);
    if (!st)
        *given = palette_called(text);
    for (size_t i = 0; i < n_rows; i++)
        near = bc_nearer_name(near, rows[i].name, text);
    if (st && access(text, F_OK) != 0)
        return bc_setting_unknown(
            err, "palette", text, near,
            "unknown and no file, expected 2 to 256 colours, a name that `list` shows, or a file");
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
        return bc_setting_refuse(err, "channels", text,
                                 "expected 1 to 4 numbers from 1 to 16, such as 5,6,5");
    const int n_colours = n < 3 ? 1 : 3;

    s->bits = 1;
    for (int c = 0; c < 3; c++) {
        s->channel_bits[c] = bits[c < n_colours ? c : n_colours - 1];
        s->bits = s->channel_bits[c] > s->bits ? s->channel_bits[c] : s->bits;
    }
    s->alpha_bits = n > n_colours ? bits[n_colours] : 0;
    return BC_OK;
}

static const bci_groups groups = {
    .words = " all channel row ", .counted = "samples", .least = 1, .factor = 1
};

/* How the ruler is laid, and what shares one. */
static bc_status read_scale(bci_image_job *j, bc_error *err)
{
    bc_image_settings *s = &j->settings;
    const bool has_percent = !isnan(j->percent);
    uint32_t group = 0;
    bc_status st = bci_group_read(j->group, &groups, &s->per, &group, err);

    s->group = group;
    s->percent = has_percent ? j->percent : BCI_USUAL_PERCENT;
    return st ? st : bci_scale_setting(j->scale, BC_SCALE_FULL, has_percent, &s->scale, err);
}

/* Levels of whole bits are a grid like others, where they are not under full scale. */
static bc_status settle_ruler(bci_image_job *j, bc_error *err)
{
    bc_image_settings *s = &j->settings;
    const bool is_other = j->palette_text || j->channels;
    char text[16];
    bc_status st = BC_OK;

    if (is_other && (j->scale >= 0 || j->group))
        return bci_fail(err, BC_E_USAGE,
                        "`scale` and `group` are for a grid, expected no %s beside them",
                        j->palette_text ? "`palette`" : "`channels`");
    if (!is_other && !bci_image_is_ruled(s) &&
        (s->scale != BC_SCALE_FULL || s->per != BC_PER_WHOLE)) {
        snprintf(text, sizeof text, "%d", s->bits);
        st = bc_spec_named(text, &s->spec, err);
    }
    return st ? st : bci_image_check_ruler(s, err);
}

/* Errors are passed on unless something else is asked for, or each run has a ruler of its own. */
static const char *usual_dither(const bc_image_settings *s)
{
    const bool has_runs =
        s->spec.kind == BC_SPEC_BLOCKS || s->per == BC_PER_ROW || s->per == BC_PER_BLOCK;

    return s->rounding == BC_ROUND_NEAREST && !has_runs ? "floyd-steinberg" : "none";
}

bc_status bci_image_settle(bci_image_job *j, bc_error *err)
{
    bc_image_settings *s = &j->settings;
    const bool is_default = !j->dither || strcmp(j->dither, "auto") == 0;
    bc_status st;

    if (j->fast && j->small)
        return bci_fail(err, BC_E_USAGE, "`fast` `small`: expected one of them");
    st = read_scale(j, err);
    if (st)
        return st;
    /* The bare bit shift is what it is by taking no dither. */
    st = parse_dither(!is_default ? j->dither : j->feedback ? "none" : usual_dither(s), s, err);
    if (!st)
        st = take_feedback(j, s, err);
    if (!st && j->channels)
        st = parse_channels(j->channels, s, err);
    if (!st && j->palette_text)
        st = parse_palette(&j->palette_text, s, &j->palette, err);
    s->effort = j->fast ? 1 : j->small ? 9 : 0;
    s->linear_light = j->light == 0;
    if (!st)
        st = settle_ruler(j, err);
    if (!isnan(j->strength))
        s->strength = j->strength;
    else if (s->n_colours && !s->palette)
        s->strength = BC_STRENGTH_FITTED;
    return st;
}

static bc_status prepare(const char *spec, int bits, const bc_request *request, bci_image_job *j,
                         bc_error *err)
{
    bc_status st;

    *j = (bci_image_job){
        .settings = bc_image_settings_default(bits), .strength = NAN, .percent = NAN, .scale = -1
    };
    st = spec ? parse_spec(spec, &j->settings, err) : BC_OK;
    if (!st)
        st = bc_settings_fill(bci_image_setting_rows, BCI_IMAGE_SETTINGS, &request->settings, j,
                              err);
    if (!st)
        st = bci_image_settle(j, err);
    j->settings.skip_quality = !request->wants_report;
    j->settings.wants_codes = request->wants_curves;
    j->settings.reading.stop = request->stop;
    j->settings.reading.input = request->input;
    j->settings.progress = request->progress;
    j->settings.context = request->context;
    return st;
}

bc_status bci_image_prepare_bits(int bits, const bc_request *request, bci_image_job *j,
                                 bc_error *err)
{
    return prepare(NULL, bits, request, j, err);
}

static bool has_diffusion(const void *job)
{
    return ((const bci_image_job *)job)->settings.kernel != NULL;
}

static bool has_one_ruler(const void *job)
{
    return !bci_image_has_runs(&((const bci_image_job *)job)->settings);
}

static bool is_dithered(const void *job)
{
    return bci_image_is_dithered(&((const bci_image_job *)job)->settings);
}

static const bci_need needs[] = {
    { "light", has_one_ruler,
      "is where dithered errors are summed, and nothing is summed over runs with scales of their own, "
      "expected bits or a grid without `group`" },
    { "light", is_dithered,
      "is where dithered errors are summed, and nothing is dithered, expected a dither, such as "
      "`dither=floyd-steinberg`" },
    { "strength", has_diffusion,
      "is the share of errors that a diffusion passes on, expected one, such as "
      "`dither=floyd-steinberg`" },
    { "scan", has_diffusion,
      "is the way of an error diffusion over the lines, expected one, such as "
      "`dither=floyd-steinberg`" },
};

bc_status bci_image_prepare(const char *spec, const bc_request *request, void **job, bc_error *err)
{
    bci_image_job *j = calloc(1, sizeof *j);

    *job = j;
    if (!j)
        return bci_fail(err, BC_E_LIMIT, "out of memory for settings");
    if (bc_setting_value(&request->settings, "palette") &&
        bc_setting_value(&request->settings, "channels"))
        return bci_fail(err, BC_E_USAGE, "`palette` `channels`: expected one of them");
    const bc_status st = prepare(spec, 1, request, j, err);
    const bool reduces = spec || bci_image_replaces_spec(&request->settings);

    return st || !reduces
               ? st
               : bci_check_needs(needs, sizeof needs / sizeof *needs, &request->settings, j, err);
}
