/* Knows libFLAC, which encodes the frames. The head of the file is put together here (RFC 9639, 8):
 * STREAMINFO, a seek table, and metadata blocks of any type, byte for byte. Both are made anew once
 * all frames are written. */
#include "audio/flac.h"

#include <FLAC/stream_encoder.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum {
    STREAMINFO_BYTES = 34,
    POINT_BYTES = 18,
    SEEKTABLE = 3,         /* types of blocks */
    LAST = 0x80,           /* in the type's byte */
    SECONDS_A_POINT = 10,  /* as flac has it */
    MAX_POINTS = 4096,     /* 11 hours; they lie further apart beyond */
    MAX_OPEN_POINTS = 720, /* room for two hours where the length is not known */
    MAX_CHANNELS = 8,
    STRIP = 1024,
};

/* A frame to begin at when sample `sample` is looked for. */
typedef struct {
    uint64_t sample, offset; /* from the first frame on */
    uint32_t n_samples;
} seek_point;

struct bci_flac {
    bci_sink *sink;
    FLAC__StreamEncoder *encoder;
    char *name;
    uint32_t n_channels;
    int shift;
    FLAC__StreamMetadata_StreamInfo info;
    uint64_t n_encoded, n_bytes; /* of frames */
    seek_point *points;
    size_t n_points, room;
    uint64_t interval; /* samples from point to point */
    bc_status status;  /* of the sink, with its sentence */
    bc_error error;
    int32_t strip[STRIP * MAX_CHANNELS];
};

const char *bci_flac_vendor(void)
{
    return FLAC__VENDOR_STRING;
}

/* --- seek points */

static void choose_points(bci_flac *f, const bci_flac_settings *s)
{
    const uint64_t most = s->n_frames == UINT64_MAX ? MAX_OPEN_POINTS : MAX_POINTS;

    f->interval = (uint64_t)SECONDS_A_POINT * s->rate_hz;
    f->room = MAX_OPEN_POINTS;
    if (s->n_frames == UINT64_MAX)
        return;
    while ((s->n_frames + f->interval - 1) / f->interval > most)
        f->interval *= 2;
    f->room = (size_t)((s->n_frames + f->interval - 1) / f->interval);
}

/* A table that is full keeps every other point. */
static void thin_out(bci_flac *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n_points; i += 2)
        f->points[n++] = f->points[i];
    f->n_points = n;
    f->interval *= 2;
}

/* A frame that holds the sample which the next point is for. */
static void note_frame(bci_flac *f, uint32_t n_samples)
{
    const uint64_t first = f->n_encoded;

    if (f->room == 0 || f->n_points * f->interval >= first + n_samples)
        return;
    if (f->n_points == f->room && f->room > 1)
        thin_out(f);
    if (f->n_points < f->room && f->n_points * f->interval < first + n_samples)
        f->points[f->n_points++] = (seek_point){ first, f->n_bytes, n_samples };
}

/* --- the head */

static void put_streaminfo(const bci_flac *f, bci_bytes *out)
{
    const FLAC__StreamMetadata_StreamInfo *i = &f->info;

    bci_bytes_put_be(out, STREAMINFO_BYTES, 4); /* of type 0 */
    bci_bytes_put_be(out, i->min_blocksize, 2);
    bci_bytes_put_be(out, i->max_blocksize, 2);
    bci_bytes_put_be(out, i->min_framesize, 3);
    bci_bytes_put_be(out, i->max_framesize, 3);
    bci_bytes_put_be(out,
                     (uint64_t)i->sample_rate << 44 | (uint64_t)(i->channels - 1) << 41 |
                         (uint64_t)(i->bits_per_sample - 1) << 36 | i->total_samples,
                     8);
    bci_bytes_put(out, i->md5sum, sizeof i->md5sum);
}

/* Points that are not used have the number of no sample (8.5). */
static void put_seek_table(const bci_flac *f, bci_bytes *out)
{
    if (f->room == 0)
        return;
    bci_bytes_put_be(out, (uint64_t)SEEKTABLE << 24 | f->room * POINT_BYTES, 4);
    for (size_t i = 0; i < f->room; i++) {
        const bool is_used = i < f->n_points;

        bci_bytes_put_be(out, is_used ? f->points[i].sample : UINT64_MAX, 8);
        bci_bytes_put_be(out, is_used ? f->points[i].offset : 0, 8);
        bci_bytes_put_be(out, is_used ? f->points[i].n_samples : 0, 2);
    }
}

/* The blocks from `at` on: the last is marked. */
static void mark_last(bci_bytes *head, size_t at)
{
    while (!head->is_short) {
        const size_t size =
            (size_t)head->data[at + 1] << 16 | (size_t)head->data[at + 2] << 8 | head->data[at + 3];

        if (at + 4 + size >= head->n) {
            head->data[at] |= LAST;
            return;
        }
        at += 4 + size;
    }
}

static bc_status put_head(bci_flac *f, const bci_bytes *blocks, bool again, bc_error *err)
{
    bci_bytes head = { 0 };
    bc_status st;

    bci_bytes_put(&head, "fLaC", 4);
    put_streaminfo(f, &head);
    put_seek_table(f, &head);
    if (!again) {
        bci_bytes_put(&head, blocks->data, blocks->n);
        mark_last(&head, 4);
    }
    st = head.is_short ? bci_fail(err, BC_E_LIMIT, "%s: out of memory for its header", f->name)
         : again       ? bci_sink_rewrite(f->sink, 0, head.data, head.n, err)
                       : bci_sink_write(f->sink, head.data, head.n, err);
    bci_bytes_free(&head);
    return st;
}

/* --- encoding */

/* Without samples it is libFLAC's own head, in whose place there is ours. */
static FLAC__StreamEncoderWriteStatus take(const FLAC__StreamEncoder *encoder,
                                           const FLAC__byte buffer[], size_t n, uint32_t n_samples,
                                           uint32_t frame, void *user)
{
    bci_flac *f = user;

    (void)encoder, (void)frame;
    if (n_samples == 0)
        return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
    if (!f->status)
        f->status = bci_sink_write(f->sink, buffer, n, &f->error);
    if (f->status)
        return FLAC__STREAM_ENCODER_WRITE_STATUS_FATAL_ERROR;
    note_frame(f, n_samples);
    f->n_encoded += n_samples;
    f->n_bytes += n;
    return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

static void take_info(const FLAC__StreamEncoder *encoder, const FLAC__StreamMetadata *metadata,
                      void *user)
{
    (void)encoder;
    if (metadata->type == FLAC__METADATA_TYPE_STREAMINFO)
        ((bci_flac *)user)->info = metadata->data.stream_info;
}

static bc_status check(const bci_flac *f, bool went_well, bc_error *err)
{
    const FLAC__StreamEncoderState state = FLAC__stream_encoder_get_state(f->encoder);

    if (f->status)
        return bci_fail(err, f->status, "%s", f->error.text);
    if (went_well)
        return BC_OK;
    if (state == FLAC__STREAM_ENCODER_MEMORY_ALLOCATION_ERROR)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for FLAC", f->name);
    return bci_fail(err, BC_E_INTERNAL, "%s: libFLAC cannot encode it: %s", f->name,
                    FLAC__StreamEncoderStateString[state]);
}

/* Level 5 is the default of flac. Rates that a frame cannot name are outside of the subset that
 * streams (RFC 9639, 7). */
static bc_status begin(bci_flac *f, const bci_flac_settings *s, bc_error *err)
{
    FLAC__StreamEncoder *e = f->encoder;
    const bool went_well = FLAC__stream_encoder_set_channels(e, s->n_channels) &&
                           FLAC__stream_encoder_set_bits_per_sample(e, (uint32_t)s->bits) &&
                           FLAC__stream_encoder_set_sample_rate(e, s->rate_hz) &&
                           FLAC__stream_encoder_set_compression_level(e, 5) &&
                           FLAC__stream_encoder_set_streamable_subset(
                               e, FLAC__format_sample_rate_is_subset(s->rate_hz)) &&
                           FLAC__stream_encoder_init_stream(e, take, NULL, NULL, take_info, f) ==
                               FLAC__STREAM_ENCODER_INIT_STATUS_OK;

    return check(f, went_well, err);
}

bc_status bci_flac_open(bci_sink *sink, const char *name, const bci_flac_settings *settings,
                        bci_flac **out, bc_error *err)
{
    bci_flac *f = calloc(1, sizeof *f);
    bc_status st = BC_OK;

    if (!f)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
    f->sink = sink;
    f->n_channels = settings->n_channels;
    f->shift = 32 - settings->bits;
    f->info = (FLAC__StreamMetadata_StreamInfo){ .sample_rate = settings->rate_hz,
                                                 .channels = settings->n_channels,
                                                 .bits_per_sample = (uint32_t)settings->bits };
    choose_points(f, settings);
    f->points = calloc(f->room + 1, sizeof *f->points);
    f->name = strdup(name);
    f->encoder = FLAC__stream_encoder_new();
    if (!f->points || !f->name || !f->encoder)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
    if (!st)
        st = put_head(f, settings->blocks, false, err);
    if (!st)
        st = begin(f, settings, err);
    if (st) {
        bci_flac_free(f);
        return st;
    }
    *out = f;
    return BC_OK;
}

bc_status bci_flac_write(bci_flac *f, const void *raw, size_t n_frames, bc_error *err)
{
    const int32_t *from = raw;
    bc_status st = BC_OK;

    for (size_t done = 0; !st && done < n_frames; done += STRIP) {
        const size_t n = n_frames - done < STRIP ? n_frames - done : STRIP;

        for (size_t i = 0; i < n * f->n_channels; i++)
            f->strip[i] = from[done * f->n_channels + i] >> f->shift; /* the sign stays */
        st = check(f, FLAC__stream_encoder_process_interleaved(f->encoder, f->strip, (uint32_t)n),
                   err);
    }
    return st;
}

bc_status bci_flac_close(bci_flac *f, bc_error *err)
{
    bc_status st = check(f, FLAC__stream_encoder_finish(f->encoder), err);

    if (!st)
        st = put_head(f, NULL, true, err);
    bci_flac_free(f);
    return st;
}

void bci_flac_free(bci_flac *f)
{
    if (!f)
        return;
    if (f->encoder)
        FLAC__stream_encoder_delete(f->encoder);
    free(f->points);
    free(f->name);
    free(f);
}
