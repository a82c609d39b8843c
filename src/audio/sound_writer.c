/* Knows how a sound file is written: which container, how samples lie in it, header first, and
 * the header once more when the length was not known before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audio/channels.h"
#include "audio/flac.h"
#include "audio/sound_heads.h"
#include "audio/sound_metadata.h"
#include "audio/soundfile.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/sink.h"

typedef unsigned long long ull;

struct bci_sound_writer {
    bci_sound_plan plan;
    const bci_sound_row *row;
    bci_sound_shape shape; /* n_frames is the promise, UINT64_MAX without one */
    bci_sound_carried carried;
    bci_sink *sink;
    bci_flac *flac; /* or NULL */
    char *name;
    size_t head_size, frame_size;
    uint64_t n_written; /* frames */
};

/* --- planning */

/* ".wav" of a name that has an ending, else NULL. */
static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strrchr(slash ? slash : path, '.');
}

static const bci_sound_row *row_for_path(const char *path)
{
    const char *dot = ending_of(path);
    const bci_sound_row *rows;
    const size_t n = bci_sound_rows(&rows);

    for (size_t i = 0; dot && i < n; i++)
        for (const char *at = rows[i].format.extensions; *at; at += strspn(at, " ")) {
            const size_t word = strcspn(at, " ");

            if (strlen(dot) == word && strncasecmp(at, dot, word) == 0)
                return &rows[i];
            at += word;
        }
    return NULL;
}

static const bci_sound_row *row_for_source(const bci_sound *source)
{
    const bci_sound_row *rows;
    const size_t n = bci_sound_rows(&rows);

    for (size_t i = 0; source && i < n; i++)
        if (rows[i].format.encodings &&
            strcmp(rows[i].container, bci_sound_info(source)->container) == 0)
            return &rows[i];
    return NULL;
}

static bc_status choose_row(const bci_sound_target *t, const bci_sound *source,
                            const bci_sound_row **out, bc_error *err)
{
    const bci_sound_row *row = NULL;

    if (t->container) {
        row = bci_sound_row_named(t->container);
        if (!row)
            return bci_fail(err, BC_E_USAGE,
                            "unknown sound format \"%s\", expected wav, rf64, w64, aiff, caf, au "
                            "or flac",
                            t->container);
    }
    if (!row)
        row = row_for_path(t->path);
    if (!row && ending_of(t->path))
        return bci_fail(err, BC_E_USAGE,
                        "%s: the name does not end in a format that can be written, expected "
                        ".wav, .rf64, .w64, .aiff, .caf, .au or .flac",
                        t->path);
    if (!row)
        row = row_for_source(source);
    if (row && !row->head && !t->container && strcmp(t->path, "-") == 0)
        row = NULL; /* what cannot be written there, and nobody asked for */
    *out = row ? row : bci_sound_row_named("wav");
    return BC_OK;
}

static bc_status make_shape(const bci_sound_target *t, const bci_sound *source,
                            bci_sound_shape *out, bc_error *err)
{
    const uint32_t mask =
        source && bci_sound_info(source)->n_channels == t->n_channels ? bci_channels_of(source) : 0;
    const bool is_64 = t->encoding == BC_ENCODING_F64, is_32 = t->encoding == BC_ENCODING_F32;
    int bits = is_64 ? 64 : is_32 ? 32 : 8;

    if (t->encoding == BC_ENCODING_PCM) {
        if (t->valid_bits < 1 || t->valid_bits > 32)
            return bci_fail(err, BC_E_USAGE, "%d bit(s) per sample, expected 1 to 32",
                            t->valid_bits);
        bits = (t->valid_bits + 7) / 8 * 8;
    }
    if (t->n_channels == 0 || t->n_channels > 1024 || t->rate_hz == 0 || t->rate_hz > INT32_MAX)
        return bci_fail(err, BC_E_USAGE,
                        "%u channel(s) at %u Hz, expected 1 to 1024 at 1 to 2147483647 Hz",
                        t->n_channels, t->rate_hz);
    *out = (bci_sound_shape){
        .encoding = t->encoding,
        .container_bits = bits,
        .valid_bits = t->encoding == BC_ENCODING_PCM ? t->valid_bits : 0,
        .rate_hz = t->rate_hz,
        .n_channels = t->n_channels,
        .channel_mask = mask == BCI_CHANNELS_OTHER ? 0 : mask,
        .n_frames = t->n_frames,
        .changes_level = t->changes_level,
        .hides_valid_bits = t->hides_valid_bits,
    };
    return BC_OK;
}

static bc_sample_layout layout_of(const bci_sound_row *row, const bci_sound_shape *s)
{
    const int big = row->is_big_endian;

    if (row->family == BCI_FAMILY_FLAC)
        return bc_sample_native_s32();
    switch (s->encoding) {
    case BC_ENCODING_MULAW: return BC_SAMPLE_MULAW;
    case BC_ENCODING_ALAW: return BC_SAMPLE_ALAW;
    case BC_ENCODING_F32: return (bc_sample_layout)(BC_SAMPLE_F32LE + big);
    case BC_ENCODING_F64: return (bc_sample_layout)(BC_SAMPLE_F64LE + big);
    case BC_ENCODING_PCM: break;
    }
    switch (s->container_bits) {
    case 8: return row->has_u8 ? BC_SAMPLE_U8 : BC_SAMPLE_S8;
    case 16: return (bc_sample_layout)(BC_SAMPLE_S16LE + big);
    case 24: return (bc_sample_layout)(BC_SAMPLE_S24LE + big);
    default: return (bc_sample_layout)(BC_SAMPLE_S32LE + big);
    }
}

static bc_status check_encoding(const bci_sound_row *row, const bci_sound_shape *s, bc_error *err)
{
    if (!row->format.encodings)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s is not written by this build, expected one with libFLAC",
                        row->container);
    if (!(row->format.encodings >> s->encoding & 1))
        return bci_fail(err, BC_E_UNSUPPORTED, "%s does not hold %s, expected integers",
                        row->container, bc_audio_encoding_name(s->encoding));
    if (row->family != BCI_FAMILY_FLAC)
        return BC_OK;
    if (s->valid_bits > 24)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "FLAC with %d bit(s) per sample, libsndfile reads at most 24",
                        s->valid_bits);
    if (s->n_channels > 8 || s->rate_hz > 655350)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "FLAC with %u channel(s) at %u Hz, expected at most 8 at 655350 Hz",
                        s->n_channels, s->rate_hz);
    return BC_OK;
}

/* The largest header besides the samples that a WAV or AIFF may have within its 4 GiB. */
static bool is_too_long(const bci_sound_row *row, const bci_sound_shape *s, uint64_t head_bytes)
{
    const uint64_t data = bci_sound_data_bytes(s);

    return data != UINT64_MAX && data > row->max_bytes - head_bytes - 2;
}

/* The row may become another: WAV past 4 GiB is RF64. */
static bc_status fit(const bci_sound_row **row, const bci_sound_shape *s, uint64_t head_bytes,
                     bci_sound_plan *plan, bc_error *err)
{
    if (!is_too_long(*row, s, head_bytes))
        return BC_OK;
    if ((*row)->family != BCI_FAMILY_WAVE)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s of more than 4 GiB, expected one of rf64, w64 and caf",
                        (*row)->container);
    *row = bci_sound_row_named("rf64");
    snprintf(plan->note, sizeof plan->note, "RF64 instead of WAV, which ends at 4 GiB");
    return BC_OK;
}

static void fill_plan(const bci_sound_row *row, const bci_sound_shape *s, bci_sound_plan *plan)
{
    const int layout_bits = row->family == BCI_FAMILY_FLAC ? 32 : s->container_bits;

    plan->container = row->container;
    plan->format = row->format.name;
    plan->container_bits = s->container_bits;
    plan->has_comment = bci_sound_family_has_comment(row->family);
    plan->layout = layout_of(row, s);
    plan->shift = s->encoding == BC_ENCODING_PCM ? layout_bits - s->valid_bits : 0;
    if (plan->note[0] || s->encoding != BC_ENCODING_PCM || s->valid_bits == s->container_bits)
        return;
    if (s->valid_bits < row->least_valid)
        bci_format(plan->note, sizeof plan->note,
                   "the header says %d bits: %s cannot say that %d of them (are) used",
                   s->container_bits, row->container, s->valid_bits);
    else if (s->hides_valid_bits)
        bci_format(plan->note, sizeof plan->note,
                   "the header says %d bits, as asked, of which %d (are) used", s->container_bits,
                   s->valid_bits);
}

bc_status bci_sound_check(const bci_sound_target *t, const bci_sound *source, bci_sound_plan *plan,
                          bc_error *err)
{
    bci_sound_plan planned = { 0 };
    bci_sound_shape shape = { 0 };
    const bci_sound_row *row = NULL;
    bc_status st = choose_row(t, source, &row, err);

    if (!st)
        st = make_shape(t, source, &shape, err);
    if (!st)
        st = check_encoding(row, &shape, err);
    if (!st)
        st = fit(&row, &shape, 1024, &planned, err);
    if (st)
        return st;
    fill_plan(row, &shape, &planned);
    *plan = planned;
    return BC_OK;
}

/* --- writing */

static bool is_open(const bci_sound_writer *w)
{
    return bci_sound_data_bytes(&w->shape) == UINT64_MAX;
}

/* The header for a number of frames, or for none yet. */
static bc_status make_head(const bci_sound_writer *w, uint64_t n_frames, bci_bytes *out,
                           bc_error *err)
{
    bci_sound_shape shape = w->shape;

    shape.n_frames = n_frames;
    if (shape.hides_valid_bits && shape.valid_bits)
        shape.valid_bits = shape.container_bits;
    if (w->row->family == BCI_FAMILY_WAVE && is_open(w)) {
        const bool is_rf64 = n_frames != UINT64_MAX && (strcmp(w->row->container, "RF64") == 0 ||
                                                        is_too_long(w->row, &shape, w->head_size));

        bci_sound_open_wave_head(&shape, is_rf64, &w->carried.chunks, out);
    } else {
        w->row->head(&shape, &w->carried.chunks, out);
    }
    return out->is_short ? bci_fail(err, BC_E_LIMIT, "%s: out of memory for its header", w->name)
                         : BC_OK;
}

static bc_status begin_flac(bci_sound_writer *w, bc_error *err)
{
    const bci_flac_settings settings = { .rate_hz = w->shape.rate_hz,
                                         .n_channels = w->shape.n_channels,
                                         .bits = w->shape.container_bits,
                                         .n_frames = w->shape.n_frames,
                                         .blocks = &w->carried.chunks };

    if (!bci_sink_can_rewrite(w->sink))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: FLAC cannot be written to a pipe or device, expected a file", w->name);
    return bci_flac_open(w->sink, w->name, &settings, &w->flac, err);
}

static bc_status begin(bci_sound_writer *w, bc_error *err)
{
    bci_bytes head = { 0 };
    bc_status st;

    if (!w->row->head)
        return begin_flac(w, err);
    if (is_open(w) && !w->row->can_be_open && !bci_sink_can_rewrite(w->sink))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: %s begins with its length, which is not known; expected wav, au or "
                        "caf, or a file",
                        w->name, w->row->container);
    st = make_head(w, w->shape.n_frames, &head, err);
    w->head_size = head.n;
    if (!st)
        st = bci_sink_write(w->sink, head.data, head.n, err);
    bci_bytes_free(&head);
    return st;
}

bc_status bci_sound_create(const bci_sound_target *t, const bci_sound *source,
                           bci_sound_writer **out, bc_error *err)
{
    const char *name = strcmp(t->path, "-") == 0 ? "standard output" : t->path;
    bci_sound_writer *w = calloc(1, sizeof *w);
    bc_status st;

    if (!w || !(w->name = strdup(name))) {
        free(w);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
    }
    st = bci_sound_check(t, source, &w->plan, err);
    if (!st)
        st = make_shape(t, source, &w->shape, err);
    if (st)
        goto done;
    w->row = bci_sound_row_named(w->plan.format);
    /* libsndfile 1.2 loses its way behind a chunk of odd size that it does not know, in RF64. */
    w->shape.has_even_chunks = is_open(w) || strcmp(w->row->container, "RF64") == 0;
    st = bci_sound_carry(source, t->strip, t->comment_line, w->row->family, &w->shape, &w->carried,
                         err);
    if (!st)
        st = fit(&w->row, &w->shape, 1024 + w->carried.chunks.n, &w->plan, err);
    if (st)
        goto done;
    fill_plan(w->row, &w->shape, &w->plan);
    memcpy(w->plan.carried, w->carried.carried, sizeof w->plan.carried);
    memcpy(w->plan.dropped, w->carried.dropped, sizeof w->plan.dropped);
    w->frame_size = bc_sample_size(w->plan.layout) * w->shape.n_channels;
    st = bci_sink_open(t->is_dry ? NULL : t->path, t->force, &w->sink, err);
    if (!st && t->is_gated)
        st = bci_sink_hold(w->sink, err);
    if (!st)
        st = begin(w, err);
    if (st)
        goto done;
    *out = w;
    w = NULL;
done:
    bci_sound_writer_free(w);
    return st;
}

const bci_sound_plan *bci_sound_writer_plan(const bci_sound_writer *w)
{
    return &w->plan;
}

bc_status bci_sound_write(bci_sound_writer *w, const void *raw, size_t n_frames, bc_error *err)
{
    w->n_written += n_frames;
    return w->flac ? bci_flac_write(w->flac, raw, n_frames, err)
                   : bci_sink_write(w->sink, raw, n_frames * w->frame_size, err);
}

/* Put the length into a header that had to leave it open, where that can be done. */
static bc_status close_head(bci_sound_writer *w, bc_error *err)
{
    bci_bytes head = { 0 };
    bci_sound_shape shape = w->shape;
    bc_status st;

    if (!is_open(w) || !bci_sink_can_rewrite(w->sink))
        return BC_OK;
    shape.n_frames = w->n_written;
    st = fit(&w->row, &shape, w->head_size, &w->plan, err);
    if (st)
        return st;
    w->plan.container = w->row->container;
    st = make_head(w, w->n_written, &head, err);
    if (!st)
        st = bci_sink_rewrite(w->sink, 0, head.data, head.n, err);
    bci_bytes_free(&head);
    return st;
}

/* Chunks end at even bytes. */
static bc_status pad(bci_sound_writer *w, bc_error *err)
{
    const bool pads = w->row->family == BCI_FAMILY_WAVE || w->row->family == BCI_FAMILY_AIFF;

    return pads && w->n_written * w->frame_size % 2 ? bci_sink_write(w->sink, "", 1, err) : BC_OK;
}

bc_status bci_sound_commit(bci_sound_writer *w, bc_error *err)
{
    bc_status st;

    if (!is_open(w) && w->n_written != w->shape.n_frames)
        return bci_fail(err, BC_E_INTERNAL, "%s: %llu frame(s) written, %llu promised", w->name,
                        (ull)w->n_written, (ull)w->shape.n_frames);
    if (w->flac) {
        st = bci_flac_close(w->flac, err);
        w->flac = NULL;
    } else {
        st = pad(w, err);
        if (!st)
            st = close_head(w, err);
    }
    return st ? st : bci_sink_commit(w->sink, err);
}

uint64_t bci_sound_writer_size(const bci_sound_writer *w)
{
    return bci_sink_size(w->sink);
}

void bci_sound_writer_free(bci_sound_writer *w)
{
    if (!w)
        return;
    bci_flac_free(w->flac);
    bci_sink_free(w->sink);
    bci_sound_carried_free(&w->carried);
    free(w->name);
    free(w);
}
