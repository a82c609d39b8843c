/* Knows how much of a picture is used: depths, levels, colours, alpha. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/facts.h"
#include "image/png_layout.h"
#include "image/request.h"

enum { MAX_COLOURS = 256, COLOUR_SLOTS = 1024 };

/* What was seen of the samples. Alpha is the last channel. */
typedef struct {
    bc_image_info info;
    uint64_t *counts[4];            /* of each sample value, by channel */
    bool is_grey;                   /* red, green and blue are the same everywhere */
    size_t n_colours;               /* MAX_COLOURS + 1: more */
    char salvaged[256];             /* damage that was passed over */
    uint64_t colours[COLOUR_SLOTS]; /* open addressing: 1 + the colour, 0 is free */
} census;

static bc_status short_of_memory(const char *path, bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory for counts", path);
}

/* --- seeing */

static void see_colour(census *c, const uint32_t v[4])
{
    const uint64_t colour =
        v[0] | (uint64_t)v[1] << 16 | (uint64_t)v[2] << 32 | (uint64_t)v[3] << 48;
    size_t slot = (size_t)(colour * UINT64_C(0x9e3779b97f4a7c15) >> 54);

    while (c->colours[slot] && c->colours[slot] != colour + 1)
        slot = (slot + 1) % COLOUR_SLOTS;
    if (c->colours[slot])
        return;
    c->colours[slot] = colour + 1;
    c->n_colours++;
}

static void see_row(census *c, const void *row)
{
    const uint32_t n = c->info.n_channels;
    const bool is_wide = c->info.maxval > 255;

    for (size_t i = 0; i < (size_t)c->info.width * n; i += n) {
        uint32_t v[4] = { 0 };

        for (uint32_t k = 0; k < n; k++) {
            v[k] = is_wide ? ((const uint16_t *)row)[i + k] : ((const uint8_t *)row)[i + k];
            c->counts[k][v[k]]++;
        }
        if (n >= 3)
            c->is_grey = c->is_grey && v[0] == v[1] && v[1] == v[2];
        if (c->n_colours <= MAX_COLOURS)
            see_colour(c, v);
    }
}

static bc_status take_census(const char *path, const bc_reading *reading, census *c, bc_error *err)
{
    bc_image_reader *reader = NULL;
    void *row = NULL;
    bc_status st = bc_image_open_with(path, reading, &reader, err);

    if (st)
        return st;
    c->info = *bc_image_get_info(reader);
    c->is_grey = true;
    row = malloc((size_t)c->info.width * c->info.n_channels * sizeof(uint16_t));
    for (uint32_t k = 0; k < c->info.n_channels; k++) {
        c->counts[k] = calloc((size_t)c->info.maxval + 1, sizeof *c->counts[k]);
        if (!row || !c->counts[k])
            st = short_of_memory(path, err);
    }
    for (uint32_t y = 0; !st && y < c->info.height; y++) {
        st = bc_image_read(reader, row, 1, err);
        if (!st)
            see_row(c, row);
    }
    if (!st)
        snprintf(c->salvaged, sizeof c->salvaged, "%s", bc_image_salvaged(reader));
    free(row);
    bc_image_reader_free(reader);
    return st;
}

/* --- telling */

static uint32_t n_colour_channels(const census *c)
{
    return c->info.n_channels - c->info.has_alpha;
}

static bool is_opaque(const census *c)
{
    return c->info.has_alpha && c->counts[c->info.n_channels - 1][c->info.alpha_maxval] ==
                                    (uint64_t)c->info.width * c->info.height;
}

/* True when a PNG of `bits` bits holds every sample of the colours without an error. */
static bool fits(const census *c, int bits)
{
    const bci_picture png = { .bits = bits, .alpha_maxval = c->info.alpha_maxval };
    const bool has_alpha = c->info.has_alpha && !is_opaque(c);
    const uint64_t stored_max = bci_png_layout_sample_maxval(&png, !has_alpha);
    const uint64_t top = (UINT64_C(1) << bits) - 1, max = c->info.maxval;

    for (uint32_t k = 0; k < n_colour_channels(c); k++)
        for (uint64_t v = 0; v <= max; v++) {
            const uint32_t code = bci_rescale((uint32_t)v, (uint32_t)max, (uint32_t)top);
            const uint64_t stored = bci_rescale(code, (uint32_t)top, (uint32_t)stored_max);

            if (c->counts[k][v] && stored * max != v * stored_max)
                return false;
        }
    return true;
}

static int used_depth(const census *c)
{
    int bits = 1;

    while (bits < c->info.depth && !fits(c, bits))
        bits++;
    return bits;
}

static void add_channel(bc_report *r, const census *c, uint32_t k)
{
    static const char table[] = "channels";
    static const char *const names[] = { "red", "green", "blue" };
    const bool is_alpha = c->info.has_alpha && k + 1 == c->info.n_channels;
    const uint32_t max = is_alpha ? c->info.alpha_maxval : c->info.maxval;
    const double percent = 100.0 / ((double)c->info.width * c->info.height);
    uint32_t low = 0, high = max;

    while (low < max && !c->counts[k][low])
        low++;
    while (high > 0 && !c->counts[k][high])
        high--;
    bc_report_row(r, table);
    bc_report_string(r, table, "channel",
                     is_alpha                    ? "alpha"
                     : n_colour_channels(c) == 1 ? "grey"
                                                 : names[k]);
    bc_report_integer(r, table, "levels", bc_levels_used(c->counts[k], (size_t)max + 1));
    bc_report_integer(r, table, "lowest", low);
    bc_report_integer(r, table, "highest", high);
    bc_report_number(r, table, "at_0_percent", percent * (double)c->counts[k][0]);
    bc_report_number(r, table, "at_top_percent", percent * (double)c->counts[k][max]);
}

/* What a smaller file could leave out, as a phrase; of a palette nothing but whether one would
 * do. */
static void describe_used(const census *c, int depth, bool has_palette, char *to, size_t size)
{
    const bc_image_info *info = &c->info;
    char enough[48], palette[48];

    snprintf(enough, sizeof enough, "%d of %d bits a sample %s enough", depth, info->depth,
             depth == 1 ? "is" : "are");
    snprintf(palette, sizeof palette, "a palette of %zu holds all", c->n_colours);

    const struct {
        bool applies;
        const char *text;
    } remarks[] = {
        { depth < info->true_depth && !info->is_indexed, enough },
        { info->n_channels >= 3 && c->is_grey && !info->is_indexed, "all is grey" },
        { is_opaque(c) && !info->is_indexed, "alpha is opaque everywhere" },
        { has_palette, palette },
    };
    size_t n = 0;

    to[0] = '\0';
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (remarks[i].applies)
            n += (size_t)snprintf(to + n, size - n, "%s%s", n ? ", " : "", remarks[i].text);
}

/* What a smaller file would hold. */
static void add_used(bc_report *r, const bc_account *a, const census *c)
{
    static const bc_setting undithered = { "dither", "none" };
    const bc_image_info *info = &c->info;
    const uint64_t pixels = (uint64_t)info->width * info->height;
    const int depth = used_depth(c);
    const bool is_grey = info->n_channels >= 3 && c->is_grey, opaque = is_opaque(c);
    const uint64_t alpha_bits = info->has_alpha && !opaque ? (uint64_t)info->depth : 0;
    const uint64_t bits = (is_grey ? 1 : n_colour_channels(c)) * (uint64_t)depth + alpha_bits;
    char what[160];
    uint64_t index_bits = 1;

    while (UINT64_C(1) << index_bits < c->n_colours)
        index_bits++;
    const bool has_palette = c->n_colours <= MAX_COLOURS && index_bits < bits &&
                             !info->is_indexed && fits(c, 8); /* which its entries have */

    describe_used(c, depth, has_palette, what, sizeof what);
    bc_report_integer(r, "used", "depth_bits", (uint64_t)depth);
    if (c->n_colours <= MAX_COLOURS)
        bc_report_integer(r, "used", "colours", c->n_colours);
    if (info->n_channels >= 3)
        bc_report_flag(r, "used", "grey", is_grey);
    if (info->has_alpha)
        bc_report_flag(r, "used", "opaque", opaque);
    bc_account_lossless(a, r, strcmp(info->format, "jpeg") == 0, what, fits(c, depth) ? depth : 0,
                        &(bc_settings){ &undithered, 1 });
    bc_report_integer(r, "input", "raw_bytes",
                      (pixels * info->n_channels * (uint64_t)info->depth + 7) / 8);
    bc_report_integer(r, "used", "packed_bytes",
                      (pixels * (has_palette || info->is_indexed ? index_bits : bits) + 7) / 8);
}

bc_status bci_image_census(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_image_job *j = job;
    census *c = calloc(1, sizeof *c);

    o->own = c;
    if (!c)
        return short_of_memory(paths[0], err);
    const bc_status st = take_census(paths[0], &j->settings.reading, c, err);

    snprintf(o->salvaged[0], sizeof o->salvaged[0], "%s", c->salvaged);
    return st;
}

void bci_image_census_free(bc_outcome *o)
{
    census *c = o->own;

    for (int k = 0; c && k < 4; k++)
        free(c->counts[k]);
    free(c);
}

void bci_image_census_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const census *c = o->own;

    (void)job;
    bci_image_input_facts(r, a->in, &c->info);
    bci_image_metadata_facts(r, &c->info);
    bc_report_string(r, "input", "palette", c->info.is_indexed ? "with a palette" : NULL);
    bc_report_string(r, "input", "interlaced",
                     !c->info.is_interlaced                ? NULL
                     : strcmp(c->info.format, "jpeg") == 0 ? "progressive"
                                                           : "interlaced");
    bc_report_string(r, "input", "salvaged", *c->salvaged ? c->salvaged : NULL);
    bc_account_input_size(a, r);
    add_used(r, a, c);
    for (uint32_t k = 0; k < c->info.n_channels; k++)
        add_channel(r, c, k);
}
