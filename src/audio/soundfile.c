/* Knows libsndfile: how a sound file is opened by it and what its formats are here. Where the
 * file holds plain samples they are handed out as they are, past libsndfile. */
#include "audio/soundfile.h"

#include <errno.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sound_format.h"
#include "audio/sound_input.h"
#include "audio/sound_view.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/room.h"
#include "base/shown.h"

enum { MAX_ANNOTATION = 1 << 20, LIBRARY_ROOM = 1 << 20 };

typedef unsigned long long ull;

struct bci_sound {
    bc_reading reading;
    uint64_t memory; /* bytes that were taken for its samples */
    bci_sound_input *input;
    bci_sound_header header;
    bc_audio_info info;
    SNDFILE *file;
    int format;          /* of libsndfile */
    bool is_plain;       /* samples come from the file as they are */
    uint64_t position;   /* frames handed out */
    uint64_t n_promised; /* frames that the header says there are, or UINT64_MAX */
    size_t frame_size;
    char *annotation; /* of AU, which libsndfile does not read */
    bci_sound_view view;
};

/* --- names */

static const struct {
    int format;
    const char *name;
} containers[] = {
    { SF_FORMAT_WAV, "WAV" },     { SF_FORMAT_WAVEX, "WAV" }, { SF_FORMAT_RF64, "RF64" },
    { SF_FORMAT_W64, "W64" },     { SF_FORMAT_AIFF, "AIFF" }, { SF_FORMAT_AU, "AU" },
    { SF_FORMAT_CAF, "CAF" },     { SF_FORMAT_FLAC, "FLAC" }, { SF_FORMAT_OGG, "Ogg" },
    { SF_FORMAT_MPEG, "MPEG" },   { SF_FORMAT_PAF, "PAF" },   { SF_FORMAT_SVX, "IFF" },
    { SF_FORMAT_NIST, "NIST" },   { SF_FORMAT_VOC, "VOC" },   { SF_FORMAT_IRCAM, "IRCAM" },
    { SF_FORMAT_MAT4, "MAT4" },   { SF_FORMAT_MAT5, "MAT5" }, { SF_FORMAT_PVF, "PVF" },
    { SF_FORMAT_XI, "XI" },       { SF_FORMAT_HTK, "HTK" },   { SF_FORMAT_SDS, "SDS" },
    { SF_FORMAT_AVR, "AVR" },     { SF_FORMAT_SD2, "SD2" },   { SF_FORMAT_WVE, "WVE" },
    { SF_FORMAT_MPC2K, "MPC2K" },
};

/* What a subtype holds: bits of integers, or of floats, or neither: lossy. `plain` is its layout
 * where bytes are samples, little-endian; the big-endian one follows it. */
typedef struct {
    int subtype;
    const char *name;
    int bits;
    bool is_float;
    int plain; /* bc_sample_layout, or -1 */
} subtype_row;

static const subtype_row subtypes[] = {
    { SF_FORMAT_PCM_U8, "8-bit PCM", 8, false, BC_SAMPLE_U8 },
    { SF_FORMAT_PCM_S8, "8-bit PCM", 8, false, BC_SAMPLE_S8 },
    { SF_FORMAT_PCM_16, "16-bit PCM", 16, false, BC_SAMPLE_S16LE },
    { SF_FORMAT_PCM_24, "24-bit PCM", 24, false, BC_SAMPLE_S24LE },
    { SF_FORMAT_PCM_32, "32-bit PCM", 32, false, BC_SAMPLE_S32LE },
    { SF_FORMAT_FLOAT, "32-bit float", 32, true, BC_SAMPLE_F32LE },
    { SF_FORMAT_DOUBLE, "64-bit float", 64, true, BC_SAMPLE_F64LE },
    { SF_FORMAT_ULAW, "mu-law", 0, false, BC_SAMPLE_MULAW },
    { SF_FORMAT_ALAW, "A-law", 0, false, BC_SAMPLE_ALAW },
    { SF_FORMAT_ALAC_16, "16-bit ALAC", 16, false, -1 },
    { SF_FORMAT_ALAC_20, "20-bit ALAC", 20, false, -1 },
    { SF_FORMAT_ALAC_24, "24-bit ALAC", 24, false, -1 },
    { SF_FORMAT_ALAC_32, "32-bit ALAC", 32, false, -1 },
    { SF_FORMAT_DWVW_12, "12-bit DWVW", 12, false, -1 },
    { SF_FORMAT_DWVW_16, "16-bit DWVW", 16, false, -1 },
    { SF_FORMAT_DWVW_24, "24-bit DWVW", 24, false, -1 },
    { SF_FORMAT_DPCM_8, "8-bit DPCM", 8, false, -1 },
    { SF_FORMAT_DPCM_16, "16-bit DPCM", 16, false, -1 },
    { SF_FORMAT_IMA_ADPCM, "IMA ADPCM", 0, false, -1 },
    { SF_FORMAT_MS_ADPCM, "Microsoft ADPCM", 0, false, -1 },
    { SF_FORMAT_GSM610, "GSM 6.10", 0, false, -1 },
    { SF_FORMAT_VOX_ADPCM, "VOX ADPCM", 0, false, -1 },
    { SF_FORMAT_NMS_ADPCM_16, "NMS ADPCM", 0, false, -1 },
    { SF_FORMAT_NMS_ADPCM_24, "NMS ADPCM", 0, false, -1 },
    { SF_FORMAT_NMS_ADPCM_32, "NMS ADPCM", 0, false, -1 },
    { SF_FORMAT_G721_32, "G.721", 0, false, -1 },
    { SF_FORMAT_G723_24, "G.723", 0, false, -1 },
    { SF_FORMAT_G723_40, "G.723", 0, false, -1 },
    { SF_FORMAT_VORBIS, "Vorbis", 0, true, -1 },
    { SF_FORMAT_OPUS, "Opus", 0, true, -1 },
    { SF_FORMAT_MPEG_LAYER_I, "MPEG layer I", 0, true, -1 },
    { SF_FORMAT_MPEG_LAYER_II, "MPEG layer II", 0, true, -1 },
    { SF_FORMAT_MPEG_LAYER_III, "MPEG layer III", 0, true, -1 },
};

static const subtype_row *find_subtype(int format)
{
    for (size_t i = 0; i < sizeof subtypes / sizeof *subtypes; i++)
        if (subtypes[i].subtype == (format & SF_FORMAT_SUBMASK))
            return &subtypes[i];
    return NULL;
}

static const char *container_name(int format)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (containers[i].format == (format & SF_FORMAT_TYPEMASK))
            return containers[i].name;
    return "unnamed container";
}

/* --- opening */

/* Since errno was set to 0. libsndfile has no code of its own for a shortage, calls it many things,
 * and leaves out texts that it has no memory for; malloc tells the truth. */
static bool is_short_of_memory(void)
{
    return errno == ENOMEM;
}

static sf_count_t write_nothing(const void *buf, sf_count_t n, void *user)
{
    (void)buf, (void)n, (void)user;
    return 0;
}

static const char *without_prefix(const char *said)
{
    return said + (strncmp(said, "Error : ", 8) == 0 ? 8 : 0); /* "Error : lost sync." */
}

static bc_status open_failed(bci_sound *s, bc_error *err)
{
    const int code = sf_error(NULL);
    const char *text = without_prefix(sf_strerror(NULL)), *name = bci_sound_input_name(s->input);
    const bc_status st = bci_sound_input_status(s->input, err);
    uint8_t head[64];
    const size_t n_head = bci_sound_input_at(s->input, 0, head, sizeof head);
    const bool is_known = s->header.container || bc_audio_probe(head, n_head);

    if (st)
        return st;
    if (is_known && n_head < sizeof head)
        return bci_fail(err, BC_E_FORMAT, "%s: header ends after %zu byte(s)", name, n_head);
    if (code == SF_ERR_UNRECOGNISED_FORMAT && !is_known)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: is no sound file that libsndfile knows", name);
    if (code == SF_ERR_UNSUPPORTED_ENCODING || strstr(text, "nimplemented") ||
        strstr(text, "nsupported"))
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: libsndfile does not know its encoding", name);
    return bci_fail(err, BC_E_FORMAT, "%s: libsndfile cannot read its header: %.*s", name,
                    (int)strcspn(text, ".\n"), text);
}

/* A pipe is read once and forward: of what is no chunked file only FLAC can be. */
static bc_status check_pipe(bci_sound *s, bc_error *err)
{
    uint8_t head[4] = { 0 };

    if (!bci_sound_input_is_pipe(s->input) || s->header.container)
        return BC_OK;
    (void)bci_sound_input_at(s->input, 0, head, sizeof head);
    return memcmp(head, "fLaC", 4) == 0
               ? BC_OK
               : bci_fail(err, BC_E_UNSUPPORTED,
                          "%s: cannot be read from a pipe, expected a file, or WAV, RF64, W64, "
                          "AIFF, AU, CAF or FLAC",
                          bci_sound_input_name(s->input));
}

/* The layout of plain samples, or -1. */
static int plain_layout(const bci_sound *s, const subtype_row *row)
{
    const int endian = s->format & SF_FORMAT_ENDMASK, type = s->format & SF_FORMAT_TYPEMASK;
    const bool is_big_by_name =
        type == SF_FORMAT_AIFF || type == SF_FORMAT_AU || type == SF_FORMAT_CAF;
    const bool is_big = endian == SF_ENDIAN_BIG || (is_big_by_name && endian != SF_ENDIAN_LITTLE);

    if (!row || !s->header.container || s->view.position != s->view.head.n)
        return -1;
    if (row->plain < 0 || bc_sample_size((bc_sample_layout)row->plain) == 1)
        return row->plain;
    return row->plain + is_big;
}

/* Bytes behind the last whole frame. A chunk of odd size is followed by a byte, which some
 * count. */
static void note_left_over(bci_sound *s, uint64_t n)
{
    if (n > 1 || (n == 1 && s->frame_size % 2 == 0))
        bci_sound_header_note(&s->header, "%llu byte(s) of a last frame of %zu (are) left out",
                              (ull)n, s->frame_size);
}

static void note_missing(bci_sound *s, uint64_t there, uint64_t promised)
{
    bci_sound_header_salvaged(&s->header, "%llu of %llu frame(s) (are) missing",
                              (ull)(promised - there), (ull)promised);
}

/* A pipe goes by once, and its output has begun when the samples end: what lies behind them stays
 * behind, and is said. */
static void note_behind(bci_sound *s)
{
    const bci_sound_header *h = &s->header;
    char id[5] = "";
    size_t pad = 0;

    if (!bci_sound_input_is_pipe(s->input) || !h->container || h->is_open_ended)
        return;
    const bci_sound_behind b = bci_sound_input_behind(s->input, h->data_offset + h->data_size);

    while (pad < 7 && pad < b.n && b.first[pad] == 0) /* there, or left out by some programs */
        pad++;
    if (b.n - pad >= 4)
        memcpy(id, b.first + pad, 4);
    if (b.n > pad)
        bci_sound_header_note(
            &s->header, "%s%llu byte(s) behind the samples of a pipe (are) left out%s%s%s",
            b.is_all ? "" : "at least ", (ull)(b.n - pad), *id ? ", the first of them \"" : "",
            *id ? bci_show(id, strlen(id)).text : "", *id ? "\"" : "");
}

/* Frames of plain samples, by the sizes of chunks. */
static bc_status count_frames(bci_sound *s, bc_error *err)
{
    bci_sound_header *h = &s->header;
    const uint64_t there = h->data_size / s->frame_size, rest = h->data_size % s->frame_size;
    const char *name = bci_sound_input_name(s->input);

    if (h->data_size == UINT64_MAX) {
        s->info.n_frames = UINT64_MAX;
        return BC_OK;
    }
    if (h->n_frames != UINT64_MAX && h->n_frames > there && s->reading.salvage) {
        if (!*h->salvaged)
            note_missing(s, there, h->n_frames);
        h->n_frames = there;
    }
    if (h->n_frames != UINT64_MAX && h->n_frames > there)
        return bci_fail(err, BC_E_FORMAT, "%s: %llu frame(s) of samples where the header says %llu",
                        name, (ull)there, (ull)h->n_frames);
    note_left_over(s, rest);
    s->info.n_frames = h->n_frames != UINT64_MAX && h->n_frames > 0 ? h->n_frames : there;
    if (h->n_frames < there && h->data_size - h->n_frames * s->frame_size >= h->block_size)
        bci_sound_header_note(h, "COMM counts %llu frame(s), there are %llu", (ull)h->n_frames,
                              (ull)there);
    if (h->n_fact_frames != UINT64_MAX && h->n_fact_frames > 0 && !h->is_open_ended &&
        !*h->salvaged && h->n_fact_frames != there)
        bci_sound_header_note(h, "fact counts %llu frame(s), there are %llu", (ull)h->n_fact_frames,
                              (ull)there);
    return BC_OK;
}

static const char *encoding_name(const subtype_row *row, const SF_INFO *info)
{
    if (!row)
        return "unnamed encoding";
    if ((info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC)
        return row->name;
    return row->bits == 8 ? "8-bit FLAC" : row->bits == 16 ? "16-bit FLAC" : "24-bit FLAC";
}

/* Is the number of frames one to count on? MPEG audio need not say its length, and libsndfile's
 * guess is no promise. */
static bool has_length(const bci_sound *s, const SF_INFO *info)
{
    return info->frames >= 0 && info->frames < SF_COUNT_MAX / 8 && !s->header.is_open_ended &&
           (info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG;
}

/* Bits of integers that count, by type and header; 0 of others. */
static int valid_bits(const bci_sound *s)
{
    const bc_audio_info *info = &s->info;
    const int said = s->header.valid_bits;

    if (info->is_float || info->is_lossy)
        return 0;
    return said && said < info->container_bits ? said : info->container_bits;
}

static bc_status describe(bci_sound *s, const SF_INFO *info, bc_error *err)
{
    /* An extensible W64 is one of integers to libsndfile, whatever it says. */
    const bool is_float_w64 =
        s->header.is_wave_float && (info->format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_32;
    const subtype_row *row = find_subtype(is_float_w64 ? SF_FORMAT_FLOAT : info->format);
    bc_audio_info *out = &s->info;

    s->format = info->format;
    out->container = s->header.container ? s->header.container : container_name(info->format);
    out->encoding = encoding_name(row, info);
    out->rate_hz = (uint32_t)info->samplerate;
    out->n_channels = (uint32_t)info->channels;
    out->is_float = row && row->is_float && row->bits;
    out->is_lossy = !row || row->bits == 0;
    out->container_bits = row ? row->bits : 0;
    out->valid_bits = valid_bits(s);

    const int plain = plain_layout(s, row);

    s->is_plain = plain >= 0;
    if (s->is_plain && out->is_lossy)
        out->container_bits = 8;
    out->layout = s->is_plain             ? (bc_sample_layout)plain
                  : row && row->is_float  ? bc_sample_native_f64()
                  : out->is_lossy && !row ? bc_sample_native_f64()
                                          : bc_sample_native_s32();
    s->frame_size = bc_sample_size(out->layout) * out->n_channels;
    out->n_frames = has_length(s, info) ? (uint64_t)info->frames : UINT64_MAX;
    return s->is_plain ? count_frames(s, err) : BC_OK;
}

/* NIST SPHERE counts its samples in a line of text. */
static uint64_t nist_frames(const bci_sound *s)
{
    char head[1025] = "";
    const char *count;

    (void)bci_sound_input_at(s->input, 0, head, sizeof head - 1);
    count = strstr(head, "sample_count -i ");
    return count ? strtoull(count + strlen("sample_count -i "), NULL, 10) : 0;
}

/* A fault that costs samples: noted where what is there is wanted. */
static bc_status damaged(bci_sound *s, bc_error *err, const char *what)
{
    if (!s->reading.salvage)
        return bci_fail(err, BC_E_FORMAT, "%s: %s", bci_sound_name(s), what);
    bci_sound_header_salvaged(&s->header, "%s", what);
    return BC_OK;
}

/* In the formats whose chunks are not walked here libsndfile's log tells what it corrected; a
 * Vorbis or Opus stream without an end is one of unknown length to it. */
static bc_status check_whole(bci_sound *s, const SF_INFO *info, bc_error *err)
{
    char log[1 << 13] = "";
    const int type = info->format & SF_FORMAT_TYPEMASK;
    char text[80];

    if (s->header.container || bci_sound_input_is_pipe(s->input))
        return BC_OK;
    sf_command(s->file, SFC_GET_LOG_INFO, log, sizeof log);
    if (type == SF_FORMAT_OGG && s->info.n_frames == UINT64_MAX)
        return damaged(s, err, "its last page does not end the stream");
    if (strstr(log, "should be") || strstr(log, "truncated file") ||
        (type == SF_FORMAT_NIST && nist_frames(s) > (uint64_t)info->frames)) {
        bci_format(text, sizeof text, "holds less than its header says, %lld frame(s)",
                   (long long)info->frames);
        return damaged(s, err, text);
    }
    return BC_OK;
}

static bc_status read_annotation(bci_sound *s, bc_error *err)
{
    const bci_sound_chunk *chunk = s->header.chunks;

    if (s->header.n_chunks != 1 || strcmp(chunk->id, "text") != 0 || chunk->size > MAX_ANNOTATION)
        return BC_OK;
    s->annotation = calloc(1, (size_t)chunk->size + 1);
    if (!s->annotation)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for its annotation", bci_sound_name(s));
    (void)bci_sound_chunk_data(s, chunk, s->annotation, (size_t)chunk->size);
    return BC_OK;
}

/* Of nothing, nothing can be taken. */
static bc_status check_salvaged(const bci_sound *s, uint64_t n_frames, bc_error *err)
{
    return *s->header.salvaged && n_frames == 0
               ? bci_fail(err, BC_E_FORMAT, "%s: %s, none is left to salvage", bci_sound_name(s),
                          s->header.salvaged)
               : BC_OK;
}

bc_status bci_sound_status(const bci_sound *s, bc_error *err)
{
    return bci_sound_input_status(s->input, err);
}

bc_status bci_sound_open(const char *path, const bc_reading *reading, bci_sound **out,
                         bc_error *err)
{
    static SF_VIRTUAL_IO calls = { bci_sound_view_size, bci_sound_view_seek, bci_sound_view_read,
                                   write_nothing, bci_sound_view_tell };
    bci_sound *s = calloc(1, sizeof *s);
    SF_INFO info = { 0 };
    bc_error unread;
    bc_status st;

    if (!s)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    if (reading)
        s->reading = *reading;
    st = bci_sound_input_open(path, reading, &s->input, err);
    if (!st)
        st = bci_sound_header_read(s->input, s->reading.salvage, &s->header, err);
    if (!st)
        st = check_pipe(s, err);
    if (st)
        goto done;
    st = bci_sound_view_init(&s->view, s->input, &s->header, err);
    if (!st && !bci_has_room(LIBRARY_ROOM))
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    if (st)
        goto done;
    errno = 0;
    s->file = sf_open_virtual(&calls, SFM_READ, &info, &s->view);
    st = is_short_of_memory() ? bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path)
         : s->file            ? describe(s, &info, err)
                              : open_failed(s, err);
    if (!st)
        st = check_whole(s, &info, err);
    if (!st)
        st = read_annotation(s, err);
    /* What could not be read outweighs what was made of the rest: libsndfile takes it for the
     * end. */
    if (bci_sound_status(s, &unread))
        st = bci_fail(err, unread.status, "%s", unread.text);
    if (st)
        goto done;
    st = check_salvaged(s, s->info.n_frames, err);
    if (st)
        goto done;
    s->n_promised = s->info.n_frames;
    /* How many of them come is known at the end. */
    if (s->reading.salvage && (!s->is_plain || bci_sound_input_is_pipe(s->input)))
        s->info.n_frames = UINT64_MAX;
    bci_sound_input_stream(s->input);
    *out = s;
    s = NULL;
done:
    bci_sound_free(s);
    return st;
}

void bci_sound_free(bci_sound *s)
{
    if (!s)
        return;
    if (s->file)
        sf_close(s->file);
    bci_sound_view_free(&s->view);
    bci_sound_input_free(s->input);
    free(s->annotation);
    free(s);
}

const bc_reading *bci_sound_reading(const bci_sound *s)
{
    return &s->reading;
}

uint64_t *bci_sound_memory(bci_sound *s)
{
    return &s->memory;
}

const bc_audio_info *bci_sound_info(const bci_sound *s)
{
    return &s->info;
}

size_t bci_sound_frame_size(const bci_sound *s)
{
    return s->frame_size;
}

uint64_t bci_sound_size(const bci_sound *s)
{
    return bci_sound_input_is_pipe(s->input) ? 0 : bci_sound_input_size(s->input);
}

const char *bci_sound_salvaged(const bci_sound *s)
{
    return s->header.salvaged;
}

const char *bci_sound_note(const bci_sound *s)
{
    return s->header.note;
}

const char *bci_sound_name(const bci_sound *s)
{
    return bci_sound_input_name(s->input);
}

static const int text_kinds[BCI_TEXTS] = {
    [BCI_TEXT_TITLE] = SF_STR_TITLE,         [BCI_TEXT_ARTIST] = SF_STR_ARTIST,
    [BCI_TEXT_ALBUM] = SF_STR_ALBUM,         [BCI_TEXT_DATE] = SF_STR_DATE,
    [BCI_TEXT_GENRE] = SF_STR_GENRE,         [BCI_TEXT_TRACK] = SF_STR_TRACKNUMBER,
    [BCI_TEXT_COPYRIGHT] = SF_STR_COPYRIGHT, [BCI_TEXT_LICENCE] = SF_STR_LICENSE,
    [BCI_TEXT_SOFTWARE] = SF_STR_SOFTWARE,   [BCI_TEXT_COMMENT] = SF_STR_COMMENT,
};

const char *bci_sound_get_text(const bci_sound *s, bci_sound_text text)
{
    const char *found = sf_get_string(s->file, text_kinds[text]);

    if (!found && text == BCI_TEXT_COMMENT)
        found = s->annotation;
    return found ? found : "";
}

const char *bci_sound_comment(const bci_sound *s)
{
    return bci_sound_get_text(s, BCI_TEXT_COMMENT);
}

const bci_sound_header *bci_sound_get_header(const bci_sound *s)
{
    return &s->header;
}

size_t bci_sound_chunk_data(const bci_sound *s, const bci_sound_chunk *chunk, void *buf, size_t n)
{
    return bci_sound_input_at(s->input, chunk->offset, buf, n);
}

/* --- reading */

static bc_status read_plain(bci_sound *s, void *raw, size_t n_frames, size_t *got, bc_error *err)
{
    const uint64_t at = s->header.data_offset + s->position * s->frame_size;
    const size_t n = bci_sound_input_at(s->input, at, raw, n_frames * s->frame_size);
    const size_t rest = n % s->frame_size;
    const bc_status st =
        n < n_frames * s->frame_size ? bci_sound_input_status(s->input, err) : BC_OK;

    if (st)
        return st;
    *got = n / s->frame_size;
    if (s->header.is_open_ended)
        note_left_over(s, rest);
    return BC_OK;
}

static bc_status read_decoded(bci_sound *s, void *raw, size_t n_frames, size_t *got, bc_error *err)
{
    char text[160];

    errno = 0;
    const sf_count_t n = s->info.layout == bc_sample_native_f64()
                             ? sf_readf_double(s->file, raw, (sf_count_t)n_frames)
                             : sf_readf_int(s->file, raw, (sf_count_t)n_frames);
    const char *said = without_prefix(sf_strerror(s->file));
    const bc_status st = bci_sound_input_status(s->input, err);

    if (st)
        return st;
    if (is_short_of_memory())
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory after frame %llu", bci_sound_name(s),
                        (ull)s->position);
    *got = (size_t)n;
    if (!sf_error(s->file))
        return BC_OK;
    snprintf(text, sizeof text, "libsndfile cannot decode it after frame %llu: %.*s",
             (ull)(s->position + (s->reading.salvage ? *got : 0)), (int)strcspn(said, ".\n"), said);
    return damaged(s, err, text);
}

bc_status bci_sound_read(bci_sound *s, void *raw, size_t n_frames, size_t *got, bc_error *err)
{
    const uint64_t left = s->n_promised - s->position;
    const size_t n = n_frames < left ? n_frames : (size_t)left;
    size_t n_read = 0;
    bc_status st = bci_check_stop(&s->reading, err);

    if (!st)
        st = s->is_plain ? read_plain(s, raw, n, &n_read, err)
                         : read_decoded(s, raw, n, &n_read, err);
    if (st)
        return st;
    s->position += n_read;
    if (n_read < n && s->n_promised != UINT64_MAX && s->reading.salvage) {
        note_missing(s, s->position, s->n_promised);
        s->n_promised = s->position;
    } else if (n_read < n && s->n_promised != UINT64_MAX) {
        return bci_fail(err, BC_E_FORMAT, "%s: ends after %llu frame(s) where the header says %llu",
                        bci_sound_name(s), (ull)s->position, (ull)s->n_promised);
    }
    if (n_read > 0 && s->position == s->n_promised)
        note_behind(s);
    st = bci_sound_status(s, err);
    if (!st && n_read < n)
        st = check_salvaged(s, s->position, err);
    if (!st)
        *got = n_read;
    return st;
}
