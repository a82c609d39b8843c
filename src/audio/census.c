/* Knows how much of a sound is used: bits, levels, peaks, channels that say the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/facts.h"
#include "audio/request.h"
#include "base/fail.h"
#include "bitcrush/level.h"

/* Frames at a time; codes that levels are told by; the most memory for them, channels. */
enum { STRIP = 4096, CODE_BITS = 24, MAX_COUNTED = 32 };

/* One channel. */
typedef struct {
    double *plane; /* STRIP samples */
    bc_level_sums sums;
    bc_used_bits used;
    double low, high;       /* of what is finite */
    uint64_t n_low, n_high; /* samples that are the lowest, the highest */
    uint64_t n_over;        /* samples at or beyond 1 or -1 */
    bool has_other;         /* values that are no code */
    uint8_t *seen;          /* a bit for each code, or NULL */
} channel;

typedef struct {
    bc_audio_info info;
    char note[256], salvaged[256]; /* see bc_audio_note, bc_audio_salvaged */
    uint64_t n_frames;
    channel *channels;
    double **planes;
    bool is_same; /* all channels are */
} census;

/* --- seeing */

static void see_sample(channel *c, double v)
{
    const double code = (v + 1.0) * (1 << (CODE_BITS - 1));

    if (!isfinite(v))
        return;
    c->n_low = v < c->low ? 1 : c->n_low + (v == c->low);
    c->n_high = v > c->high ? 1 : c->n_high + (v == c->high);
    c->low = v < c->low ? v : c->low;
    c->high = v > c->high ? v : c->high;
    c->n_over += v >= 1.0 || v <= -1.0;
    if (!(code >= 0.0 && code < 1 << CODE_BITS) || code != floor(code))
        c->has_other = true;
    else if (c->seen)
        c->seen[(uint32_t)code / 8] |= (uint8_t)(1 << (uint32_t)code % 8);
}

static void see_strip(census *all, size_t n)
{
    for (uint32_t k = 0; k < all->info.n_channels; k++) {
        channel *c = &all->channels[k];

        bc_level_add(&c->sums, c->plane, n);
        bc_used_bits_add(&c->used, c->plane, n);
        for (size_t i = 0; i < n; i++)
            see_sample(c, c->plane[i]);
        if (k > 0 && all->is_same)
            all->is_same = memcmp(c->plane, all->channels[0].plane, n * sizeof *c->plane) == 0;
    }
    all->n_frames += n;
}

static bc_status allocate(census *all, const char *path, bc_error *err)
{
    const uint32_t n = all->info.n_channels;
    bool ok;

    all->channels = calloc(n, sizeof *all->channels);
    all->planes = calloc(n, sizeof *all->planes);
    ok = all->channels && all->planes;
    for (uint32_t k = 0; ok && k < n; k++) {
        channel *c = &all->channels[k];

        c->low = INFINITY;
        c->high = -INFINITY;
        c->plane = all->planes[k] = malloc(STRIP * sizeof *c->plane);
        c->seen = n <= MAX_COUNTED ? calloc((size_t)1 << (CODE_BITS - 3), 1) : NULL;
        ok = c->plane && (c->seen || n > MAX_COUNTED);
    }
    if (ok)
        return BC_OK;
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %u channel(s)", path, n);
}

static bc_status take_census(const char *path, const bc_reading *reading, census *all,
                             bc_error *err)
{
    bc_audio_reader *reader = NULL;
    size_t got = 1;
    bc_status st = bc_audio_open_with(path, reading, &reader, err);

    if (st)
        return st;
    all->info = *bc_audio_get_info(reader);
    all->is_same = true;
    st = allocate(all, path, err);
    while (!st && got > 0) {
        st = bc_audio_read(reader, all->planes, STRIP, &got, err);
        if (!st)
            see_strip(all, got);
    }
    snprintf(all->salvaged, sizeof all->salvaged, "%s", bc_audio_salvaged(reader));
    snprintf(all->note, sizeof all->note, "%s", bc_audio_note(reader));
    bc_audio_reader_free(reader);
    return st;
}

/* --- telling */

static int used_bits(const census *all)
{
    int most = 0;

    for (uint32_t k = 0; k < all->info.n_channels; k++) {
        const int bits = bc_used_bits_depth(&all->channels[k].used);

        most = bits > most ? bits : most;
    }
    return most;
}

/* Samples that are the ends of integers of so many bits; of floats those that reach 1. */
static uint64_t n_at_ends(const census *all, const channel *c, int bits)
{
    if (all->info.is_float || bits < 1 || bits > 32)
        return c->n_over;
    return (c->low == -1.0 ? c->n_low : 0) +
           (c->high == 1.0 - ldexp(1.0, 1 - bits) ? c->n_high : 0);
}

static uint64_t count_levels(const channel *c)
{
    uint64_t n = 0;

    for (size_t i = 0; i < (size_t)1 << (CODE_BITS - 3); i++)
        for (unsigned byte = c->seen[i]; byte; byte &= byte - 1)
            n++;
    return n;
}

static void add_channel(bc_report *r, const census *all, uint32_t k, int bits)
{
    static const char table[] = "channels";
    const channel *c = &all->channels[k];
    const double rms = bc_level_rms(&c->sums);
    char name[16];

    bc_report_row(r, table);
    snprintf(name, sizeof name, "%u", k + 1);
    bc_report_string(r, table, "channel", name);
    if (c->sums.peak > 0.0) { /* silence has no level */
        bc_report_number(r, table, "peak_dbfs", 20.0 * log10(c->sums.peak));
        bc_report_number(r, table, "rms_dbfs", bc_level_dbfs(rms * rms));
    }
    bc_report_number(r, table, "dc_percent", 100.0 * bc_level_mean(&c->sums));
    bc_report_integer(r, table, "at_full_scale", n_at_ends(all, c, bits));
    if (c->seen && !c->has_other)
        bc_report_integer(r, table, "levels", count_levels(c));
    if (c->sums.n_nonfinite)
        bc_report_integer(r, table, "nonfinite", c->sums.n_nonfinite);
}

static void add_used(bc_report *r, const bc_account *a, const census *all, int bits)
{
    const bc_audio_info *info = &all->info;
    const bool is_same = info->n_channels > 1 && all->is_same;
    const bool is_exact = !info->is_lossy && bits >= 1 && bits <= 32;
    const int said = info->valid_bits ? info->valid_bits : info->container_bits;
    const bool has_less = is_exact && (info->is_float || bits < said);
    char what[160];

    snprintf(what, sizeof what, "%s", bits == 0 ? "it is silence" : "");
    if (has_less)
        snprintf(what, sizeof what, "%d of %d bits a sample %s enough", bits, info->container_bits,
                 bits == 1 ? "is" : "are");
    if (is_same)
        snprintf(what + strlen(what), sizeof what - strlen(what), "%sall channels are the same",
                 *what ? ", " : "");
    if (is_exact)
        bc_report_integer(r, "used", "depth_bits", (uint64_t)bits);
    if (info->n_channels > 1)
        bc_report_flag(r, "used", "same_channels", is_same);
    bc_account_lossless(a, r, info->is_lossy, what, has_less ? bits : 0, &(bc_settings){ 0 });
    if (!info->container_bits)
        return;
    bc_report_integer(r, "input", "raw_bytes",
                      all->n_frames * info->n_channels * (uint64_t)info->container_bits / 8);
    if (is_exact)
        bc_report_integer(r, "used", "packed_bytes",
                          (all->n_frames * (is_same ? 1 : info->n_channels) * (uint64_t)bits + 7) /
                              8);
}

bc_status bci_audio_census(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_audio_job *j = job;
    census *all = o->own = calloc(1, sizeof *all);
    const bc_status st = all ? take_census(paths[0], &j->settings.reading, all, err)
                             : bci_fail(err, BC_E_LIMIT, "out of memory for a sound");

    if (!st)
        snprintf(o->salvaged[0], sizeof o->salvaged[0], "%s", all->salvaged);
    return st;
}

void bci_audio_census_free(bc_outcome *o)
{
    census *all = o->own;

    for (uint32_t k = 0; all && all->channels && k < all->info.n_channels; k++) {
        free(all->channels[k].plane);
        free(all->channels[k].seen);
    }
    if (all) {
        free(all->channels);
        free(all->planes);
    }
    free(all);
}

void bci_audio_census_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const census *all = o->own;
    const int bits = used_bits(all);

    (void)job;
    bci_audio_input_facts(r, a->in, &all->info, all->n_frames, all->note, all->salvaged);
    bc_account_input_size(a, r);
    add_used(r, a, all, bits);
    for (uint32_t k = 0; k < all->info.n_channels; k++)
        add_channel(r, all, k, bits);
}
