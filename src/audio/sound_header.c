/* Knows how the chunks of WAV, RF64, BW64, W64, AIFF and CAF and the header of AU say where samples
 * are, how many bytes, and how many of their bits are real; and which of their mistakes leave all
 * samples in their place. */
#include "audio/sound_header.h"

#include <stdio.h>
#include <string.h>

#include "audio/sound_format.h"
#include "base/fail.h"

typedef unsigned long long ull;

enum { MAX_CHUNKS = 1 << 16, MAX_CHUNK_HEAD = 24, MAX_FORMAT = 1 << 16, MAX_DS64 = 16 };

/* A family of chunked files. */
typedef struct {
    const char *container;
    const char *format, *data; /* identifiers of the two chunks that matter */
    size_t id_bytes, size_bytes;
    uint64_t first;     /* offset of the first chunk */
    uint64_t alignment; /* of chunks */
    bool size_has_head; /* sizes count identifier and size, too */
    bool is_big_endian;
} family;

typedef struct {
    bci_sound_input *in;
    bci_sound_header *out;
    const char *name;
    bc_error *err;
    family f;
    char outer[5];      /* identifier of the outermost chunk */
    uint64_t file_size; /* UINT64_MAX of a pipe */
    uint64_t outer_end; /* where the outermost chunk ends; UINT64_MAX: it does not say */
    uint64_t ds64_data; /* size of the samples in an RF64 file */
    struct {            /* and those of other chunks, each for one */
        uint8_t id[4];
        uint64_t size;
    } ds64[MAX_DS64];
    size_t n_ds64;
    bool has_format, salvages;
    bool is_cut; /* the last chunk is not whole */
} walk;

/* The second half of the identifiers of Sonic Foundry's W64, after a name of 4 letters. */
static const uint8_t w64_tail[12] = { 0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1,
                                      0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A };

static bc_status ends_early(walk *w, uint64_t at, const char *part)
{
    const bc_status st = bci_sound_input_status(w->in, w->err);

    return st ? st
              : bci_fail(w->err, BC_E_FORMAT, "%s: %s header ends in %s at byte %llu", w->name,
                         w->f.container, part, (ull)at);
}

static bc_status need(walk *w, uint64_t at, uint8_t *buf, size_t n, const char *part)
{
    const size_t got = bci_sound_input_at(w->in, at, buf, n);

    return got == n ? BC_OK : ends_early(w, at + got, part);
}

/* Bytes of the file from `at` on; UINT64_MAX of a pipe. */
static uint64_t left_from(const walk *w, uint64_t at)
{
    return w->file_size == UINT64_MAX ? UINT64_MAX : w->file_size > at ? w->file_size - at : 0;
}

static bc_status read_format(walk *w, const uint8_t *id, uint64_t at, uint64_t size)
{
    bci_sound_header *out = w->out;
    uint8_t p[BCI_SOUND_FORMAT_BYTES] = { 0 };
    const size_t n = size < sizeof p ? (size_t)size : sizeof p;
    char part[16];

    if (w->has_format)
        return BC_OK;
    if (size > MAX_FORMAT || size > left_from(w, at))
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: the %s chunk has %llu byte(s), expected at most %llu", w->name,
                        w->f.format, (ull)size,
                        left_from(w, at) < MAX_FORMAT ? (ull)left_from(w, at) : (ull)MAX_FORMAT);
    w->has_format = true;
    memcpy(out->format.id, id, 4);
    out->format.offset = at;
    out->format.size = size;
    snprintf(part, sizeof part, "the %s chunk", w->f.format);
    const bc_status st = need(w, at, p, n, part);

    return st ? st : bci_sound_format_read(out, p, w->name, w->err);
}

/* Whether the header leaves it open how many bytes of samples there are. */
static bool is_left_open(const walk *w, uint64_t at, uint64_t size, uint64_t there)
{
    /* An empty file has an outer chunk that ends with the samples. */
    if (size == 0)
        return there > 0 && (w->outer_end <= at || bci_sound_size_is_placeholder(w->outer_end - 8));
    return bci_sound_size_is_placeholder(size) && (size > there || there == UINT64_MAX);
}

/* Sizes of 32 bits begin again at 0 past 4 GiB. */
static bool has_wrapped(const walk *w, uint64_t size, uint64_t there)
{
    const uint64_t more = there - size;

    return w->f.size_bytes == 4 && there != UINT64_MAX && more >> 32 > 0 &&
           (more & 0xFFFFFFFF) <= size % 2;
}

/* Settle offset and size of the samples; `size` is what the header says. */
static bc_status place_data(walk *w, uint64_t at, uint64_t size)
{
    bci_sound_header *out = w->out;
    const uint64_t there = left_from(w, at);

    if (!w->has_format && bci_sound_input_is_pipe(w->in))
        return bci_fail(w->err, BC_E_UNSUPPORTED,
                        "%s: %s with its samples before their description, expected a file "
                        "instead of a pipe",
                        w->name, w->f.container);
    out->data_offset = at;
    out->data_size = size;
    if (is_left_open(w, at, size, there)) {
        out->is_open_ended = true;
        out->data_size = there;
        out->n_frames = UINT64_MAX;
        if (there != UINT64_MAX && size > 0 && size + 1 != UINT64_C(1) << 32 &&
            size < INT64_MAX / 2)
            bci_sound_header_note(
                out, "the size %llu of the samples was left open, they are read to the end",
                (ull)size);
    } else if (size > there && out->frame_size && out->n_frames != UINT64_MAX && out->n_frames &&
               out->n_frames <= there / out->frame_size) {
        out->data_size = out->n_frames * out->frame_size;
        bci_sound_header_note(out, "%s size says %llu byte(s) more than there are", w->f.data,
                              (ull)(size - there));
    } else if (size > there && w->salvages) {
        out->data_size = there;
        bci_sound_header_salvaged(out, "%llu of %llu byte(s) of samples (are) missing",
                                  (ull)(size - there), (ull)size);
    } else if (size > there) {
        return bci_fail(
            w->err, BC_E_FORMAT,
            "%s: %llu byte(s) of samples where the header says %llu, %llu (are) missing", w->name,
            (ull)there, (ull)size, (ull)(size - there));
    } else if (has_wrapped(w, size, there)) {
        out->data_size = size + ((there - size) >> 32 << 32);
        bci_sound_header_note(out, "the size %llu of the samples began again from 0 past 4 GiB",
                              (ull)size);
    }
    return BC_OK;
}

/* SSND begins with an offset and the size of its blocks, `data` of CAF with a count of edits. */
static bc_status read_data(walk *w, uint64_t at, uint64_t size)
{
    const bool is_aiff = strcmp(w->f.data, "SSND") == 0, is_caf = strcmp(w->f.format, "desc") == 0;
    const uint64_t before = is_aiff ? 8 : is_caf ? 4 : 0;
    uint64_t extra = before;
    uint8_t p[8];

    if (before) {
        const bc_status st = need(w, at, p, (size_t)before, "the chunk of samples");

        if (st)
            return st;
    }
    if (is_aiff) {
        extra += bci_sound_number(p, 4, true);
        w->out->block_size = bci_sound_number(p + 4, 4, true);
    }
    if (size == 0xFFFFFFFF && w->ds64_data)
        size = w->ds64_data;
    if (size > 0 && size < extra)
        return bci_fail(w->err, BC_E_FORMAT, "%s: %s chunk of %llu byte(s), expected at least %llu",
                        w->name, w->f.data, (ull)size, (ull)extra);
    return place_data(w, at + extra, size == UINT64_MAX || size == 0 ? size : size - extra);
}

/* --- chunks */

static void list_chunk(walk *w, const uint8_t *id, uint64_t at, uint64_t size)
{
    bci_sound_header *out = w->out;

    if (out->n_chunks == BCI_MAX_SOUND_CHUNKS) {
        out->has_more_chunks = true;
        return;
    }
    bci_sound_chunk *chunk = &out->chunks[out->n_chunks++];

    memcpy(chunk->id, id, 4);
    chunk->id[4] = '\0';
    chunk->offset = at;
    chunk->size = size;
}

/* Behind three sizes and the number of its rows: id and size. */
static bc_status read_ds64_table(walk *w, uint64_t at, uint64_t size)
{
    enum { HEAD = 28, ROW = 12 };
    uint8_t p[ROW];
    bc_status st = BC_OK;

    if (size < HEAD + ROW)
        return BC_OK;
    st = need(w, at + HEAD - 4, p, 4, "the ds64 chunk");
    if (st)
        return st;
    const uint64_t n_said = bci_sound_number(p, 4, false), n_there = (size - HEAD) / ROW;
    const uint64_t n = n_said < n_there ? n_said : n_there;

    for (uint64_t i = 0; !st && i < n && i < MAX_DS64; i++) {
        st = need(w, at + HEAD + i * ROW, p, ROW, "the ds64 chunk");
        memcpy(w->ds64[i].id, p, 4);
        w->ds64[i].size = bci_sound_number(p + 4, 8, false);
        w->n_ds64 = (size_t)i + 1;
    }
    return st;
}

/* The size of a chunk whose own is left to ds64; rows of one name are for its chunks in turn. */
static uint64_t size_in_ds64(walk *w, const uint8_t *id, uint64_t size)
{
    for (size_t i = 0; size == UINT32_MAX && i < w->n_ds64; i++) {
        if (memcmp(w->ds64[i].id, id, 4) == 0) {
            w->ds64[i].id[0] = '\0';
            return w->ds64[i].size;
        }
    }
    return size;
}

static bc_status read_ds64(walk *w, uint64_t at, uint64_t size)
{
    uint8_t p[16];
    const bc_status st = need(w, at, p, sizeof p, "the ds64 chunk");

    if (st)
        return st;
    const uint64_t outer = bci_sound_number(p, 8, false);

    if (outer)
        w->outer_end = outer < UINT64_MAX - 8 ? outer + 8 : UINT64_MAX;
    w->ds64_data = bci_sound_number(p + 8, 8, false);
    return read_ds64_table(w, at, size);
}

static bc_status read_chunk(walk *w, const uint8_t *id, uint64_t at, uint64_t size)
{
    if (memcmp(id, w->f.data, 4) == 0) {
        if (w->out->data_offset == 0)
            return read_data(w, at, size);
        bci_sound_header_note(w->out, "a second chunk of samples, %llu byte(s), is left out",
                              (ull)size);
        return BC_OK;
    }
    if (memcmp(id, w->f.format, 4) == 0)
        return read_format(w, id, at, size);
    if (memcmp(id, "ds64", 4) == 0)
        return read_ds64(w, at, size);
    if (memcmp(id, "fact", 4) == 0) {
        uint8_t p[8];
        const size_t n = w->f.size_bytes;

        if (size >= n && bci_sound_input_at(w->in, at, p, n) == n)
            w->out->n_fact_frames = bci_sound_number(p, n, w->f.is_big_endian);
    }
    list_chunk(w, id, at, size);
    return BC_OK;
}

/* Whether n bytes begin as a chunk does. */
static bool is_chunk(const walk *w, const uint8_t *p, size_t n)
{
    const size_t head = w->f.id_bytes + w->f.size_bytes;

    for (size_t i = 0; i < 4 && n == head; i++)
        if (p[i] < ' ' || p[i] > '~')
            return false;
    return n == head && (!w->f.size_has_head || bci_sound_number(p + w->f.id_bytes, w->f.size_bytes,
                                                                 w->f.is_big_endian) >= head);
}

/* The same at a place of the file; the chunk has to end in it, or holds the samples. */
static bool has_chunk_at(walk *w, uint64_t at)
{
    const size_t head = w->f.id_bytes + w->f.size_bytes;
    uint8_t p[MAX_CHUNK_HEAD];

    if (!is_chunk(w, p, bci_sound_input_at(w->in, at, p, head)))
        return false;
    return memcmp(p, w->f.data, 4) == 0 || bci_sound_number(p + w->f.id_bytes, w->f.size_bytes,
                                                            w->f.is_big_endian) <= left_from(w, at);
}

/* Where the chunk behind one that ends there begins: some programs leave out pad bytes. */
static uint64_t next_chunk(walk *w, uint64_t end, const char *id)
{
    const uint64_t padded = end + (w->f.alignment - end % w->f.alignment) % w->f.alignment;

    if (padded == end || has_chunk_at(w, padded) || !has_chunk_at(w, end))
        return padded;
    bci_sound_header_note(w->out, "chunk %s lacks its pad byte", id);
    return end;
}

/* True when no more chunks follow the samples; anything else that lies there is noted. */
static bool ends_here(walk *w, uint64_t at, const uint8_t *p, size_t got)
{
    const uint64_t left = left_from(w, at);

    if (left == 0)
        return true;
    if (at >= w->outer_end)
        bci_sound_header_note(w->out, "%llu byte(s) behind the end of %s (are) left out", (ull)left,
                              w->outer);
    else if (!is_chunk(w, p, got))
        bci_sound_header_note(w->out, "%llu byte(s) at the end (are) no chunk and (are) left out",
                              (ull)left);
    else
        return false;
    return true;
}

/* The size of the outermost chunk where the samples have turned out to pass it. */
static void widen_outer(walk *w, uint64_t end)
{
    if (end <= w->outer_end)
        return;
    if (w->outer_end > 8)
        bci_sound_header_note(w->out, "%s size says less than the samples take", w->outer);
    w->outer_end = UINT64_MAX;
}

/* The chunk of which a head was read: *end is where its content ends. */
static bc_status enter_chunk(walk *w, const uint8_t *p, uint64_t at, uint64_t *end)
{
    const size_t head = w->f.id_bytes + w->f.size_bytes;
    const bool is_data = memcmp(p, w->f.data, 4) == 0 && w->out->data_offset == 0;
    uint64_t size = bci_sound_number(p + w->f.id_bytes, w->f.size_bytes, w->f.is_big_endian);

    if (w->f.size_has_head && size < head && !is_data)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: chunk of %llu byte(s) at byte %llu, expected at least %zu", w->name,
                        (ull)size, (ull)at, head);
    size -= !w->f.size_has_head ? 0 : size < head ? size : head;
    if (!is_data)
        size = size_in_ds64(w, p, size);
    const bc_status st = read_chunk(w, p, at + head, size);

    if (st)
        return st;
    if (is_data) {
        *end = w->out->data_offset + w->out->data_size;
        if (!w->out->is_open_ended)
            widen_outer(w, *end);
        return BC_OK;
    }
    const uint64_t left = left_from(w, at + head);

    *end = at + head + size;
    w->is_cut = size > left && w->file_size != UINT64_MAX;
    if (w->is_cut && w->out->data_offset == 0)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: chunk of %llu byte(s) at byte %llu, but %llu (are) left", w->name,
                        (ull)size, (ull)at, (ull)left);
    if (w->is_cut)
        bci_sound_header_note(w->out, "chunk %.4s at the end is cut after %llu byte(s) of %llu",
                              (const char *)p, (ull)left, (ull)size);
    return size > UINT64_MAX / 2 && !w->is_cut ? ends_early(w, at, "a chunk that has no end,")
                                               : BC_OK;
}

/* Every chunk up to the end, of a pipe up to the samples. */
static bc_status walk_chunks(walk *w)
{
    const size_t head = w->f.id_bytes + w->f.size_bytes;
    uint64_t at = w->f.first, end = 0;
    uint8_t p[MAX_CHUNK_HEAD];

    for (int n_chunks = 0; n_chunks < MAX_CHUNKS; n_chunks++) {
        const size_t got = bci_sound_input_at(w->in, at, p, head);

        if (w->out->data_offset && ends_here(w, at, p, got))
            return BC_OK;
        if (got < head)
            return ends_early(w, at + got, "its chunks, before the samples,");
        const bc_status st = enter_chunk(w, p, at, &end);
        const bool is_last =
            w->is_cut ||
            (w->out->data_offset && (w->out->is_open_ended || bci_sound_input_is_pipe(w->in)));

        if (st || is_last)
            return st;
        char id[5] = "";

        memcpy(id, p, 4);
        at = next_chunk(w, end, id);
    }
    w->out->has_more_chunks = true;
    return w->out->data_offset
               ? BC_OK
               : bci_fail(w->err, BC_E_LIMIT, "%s: more than %d chunk(s), expected fewer", w->name,
                          MAX_CHUNKS);
}

static bc_status read_au(walk *w, const uint8_t *magic)
{
    const bool big = magic[0] == '.';
    uint8_t p[24];
    bc_status st = need(w, 0, p, sizeof p, "its 24 bytes");

    if (st)
        return st;
    const uint64_t offset = bci_sound_number(p + 4, 4, big), size = bci_sound_number(p + 8, 4, big);

    if (offset < 24 || offset > w->file_size)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: samples at byte %llu, expected 24 or more, "
                        "inside the file",
                        w->name, (ull)offset);
    st = bci_sound_check_shape(bci_sound_number(p + 20, 4, big), bci_sound_number(p + 16, 4, big),
                               "AU", w->name, w->err);
    if (offset > 24)
        list_chunk(w, (const uint8_t *)"text", 24, offset - 24);
    w->out->is_big_endian = big;
    w->f.size_bytes = 4;
    w->has_format = true;
    if (!st)
        st = place_data(w, offset, size);
    const uint64_t left = st ? 0 : left_from(w, offset + w->out->data_size);

    if (!st && !bci_sound_input_is_pipe(w->in) && left > 0)
        bci_sound_header_note(w->out, "%llu byte(s) behind the samples (are) left out", (ull)left);
    return st;
}

/* The metadata blocks of FLAC (RFC 9639, 8) become chunks; those that are cut libsndfile
 * refuses. */
static void list_flac(walk *w)
{
    static const char *const ids[128] = { [2] = "appl", [4] = "vorb", [5] = "cues", [6] = "pict" };
    uint64_t at = 4;
    uint8_t p[4] = { 0 };

    while (!(p[0] & 0x80) && bci_sound_input_at(w->in, at, p, sizeof p) == sizeof p) {
        const uint64_t size = bci_sound_number(p + 1, 3, true);
        const int type = p[0] & 0x7F;
        const char *id = ids[type];
        const uint8_t number_of[4] = { '#', (uint8_t)('0' + type / 100),
                                       (uint8_t)('0' + type / 10 % 10),
                                       (uint8_t)('0' + type % 10) };

        if (id || type > 6) /* types that are not defined yet have a number */
            list_chunk(w, id ? (const uint8_t *)id : number_of, at + sizeof p, size);
        at += sizeof p + size;
    }
}

/* The family that the first 40 bytes belong to, or one without a name. */
static family family_of(const uint8_t *p)
{
    const bool is_wave = memcmp(p + 8, "WAVE", 4) == 0;

    if (memcmp(p, "RIFF", 4) == 0 && is_wave)
        return (family){ "WAV", "fmt ", "data", 4, 4, 12, 2, false, false };
    if (memcmp(p, "RIFX", 4) == 0 && is_wave)
        return (family){ "WAV", "fmt ", "data", 4, 4, 12, 2, false, true };
    if (memcmp(p, "RF64", 4) == 0 && is_wave)
        return (family){ "RF64", "fmt ", "data", 4, 4, 12, 2, false, false };
    if (memcmp(p, "BW64", 4) == 0 && is_wave) /* ITU-R BS.2088 */
        return (family){ "BW64", "fmt ", "data", 4, 4, 12, 2, false, false };
    if (memcmp(p, "riff", 4) == 0 && memcmp(p + 24, "wave", 4) == 0 &&
        memcmp(p + 28, w64_tail, sizeof w64_tail) == 0)
        return (family){ "W64", "fmt ", "data", 16, 8, 40, 8, true, false };
    if (memcmp(p, "FORM", 4) == 0 && memcmp(p + 8, "AIF", 3) == 0)
        return (family){ "AIFF", "COMM", "SSND", 4, 4, 12, 2, false, true };
    if (memcmp(p, "caff", 4) == 0)
        return (family){ "CAF", "desc", "data", 4, 8, 8, 1, false, true };
    return (family){ 0 };
}

/* Where the outermost chunk says that it ends. */
static uint64_t outer_end(const family *f, const uint8_t *p)
{
    if (strcmp(f->container, "CAF") == 0)
        return UINT64_MAX;
    if (strcmp(f->container, "W64") == 0)
        return bci_sound_number(p + 16, 8, false);
    return bci_sound_number(p + 4, 4, f->is_big_endian) + 8;
}

/* What the outermost chunk promises beyond the end of the file is not needed. */
static void compare_outer(walk *w)
{
    if (!w->out->is_open_ended && !w->is_cut && !*w->out->salvaged &&
        !bci_sound_input_is_pipe(w->in) && w->outer_end != UINT64_MAX &&
        !bci_sound_size_is_placeholder(w->outer_end - 8) && w->outer_end > w->file_size + 8)
        bci_sound_header_note(w->out, "%s size says %llu byte(s) more than there are", w->outer,
                              (ull)(w->outer_end - w->file_size));
}

bc_status bci_sound_header_read(bci_sound_input *in, bool salvage, bci_sound_header *out,
                                bc_error *err)
{
    walk w = { .in = in,
               .out = out,
               .name = bci_sound_input_name(in),
               .err = err,
               .salvages = salvage,
               .file_size = bci_sound_input_size(in) };
    uint8_t p[40] = { 0 };
    const size_t got = bci_sound_input_at(in, 0, p, sizeof p);
    bc_status st;

    *out = (bci_sound_header){ .n_frames = UINT64_MAX, .n_fact_frames = UINT64_MAX };
    if (memcmp(p, ".snd", 4) == 0 || memcmp(p, "dns.", 4) == 0) {
        w.f.container = out->container = "AU";
        return read_au(&w, p);
    }
    w.f = family_of(p);
    if (!w.f.container && (got < 12 || (got < sizeof p && memcmp(p, "riff", 4) == 0))) {
        st = bci_sound_input_status(in, err);
        return st ? st
                  : bci_fail(err, BC_E_FORMAT,
                             "%s: ends after %zu byte(s), expected the header of a "
                             "sound file",
                             w.name, got);
    }
    if (memcmp(p, "fLaC", 4) == 0)
        list_flac(&w);
    if (!w.f.container)
        return BC_OK;
    out->container = w.f.container;
    out->is_big_endian = w.f.is_big_endian;
    memcpy(w.outer, p, 4);
    w.outer_end = outer_end(&w.f, p);
    st = walk_chunks(&w);
    if (st)
        return st;
    if (!w.has_format)
        return bci_fail(err, BC_E_FORMAT, "%s: no chunk %s, expected one", w.name, w.f.format);
    compare_outer(&w);
    return BC_OK;
}
