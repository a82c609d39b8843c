/* Knows how the chunks of WAV, RF64, W64, AIFF and CAF and the header of AU say where samples
 * are, how many bytes, and how many of their bits are real. */
#include "audio/sound_header.h"

#include <string.h>

#include "base/fail.h"

typedef unsigned long long ull;

enum { MAX_CHUNKS = 1 << 16 };

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
    uint64_t file_size; /* UINT64_MAX of a pipe */
    uint64_t outer_end; /* where the outermost chunk ends; UINT64_MAX: it does not say */
    uint64_t ds64_data; /* size of the samples in an RF64 file */
    uint64_t block;     /* bytes of a frame, by the format */
    bool has_format;
} walk;

/* The second half of the identifiers of Sonic Foundry's W64, after a name of 4 letters. */
static const uint8_t w64_tail[12] = { 0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1,
                                      0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A };

static uint64_t number(const uint8_t *p, size_t n, bool big)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[big ? i : n - 1 - i];
    return v;
}

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

static bc_status check_shape(walk *w, uint64_t n_channels, uint64_t rate_hz)
{
    if (n_channels == 0)
        return bci_fail(w->err, BC_E_FORMAT, "%s: 0 channels in the %s header, expected at least 1",
                        w->name, w->f.container);
    if (rate_hz == 0 || rate_hz > INT32_MAX)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: sample rate %llu Hz in the %s header, expected 1 to 2147483647",
                        w->name, (ull)rate_hz, w->f.container);
    return BC_OK;
}

/* WAVEFORMATEX, and WAVEFORMATEXTENSIBLE with its count of valid bits. */
static bc_status read_fmt(walk *w, uint64_t at, uint64_t size)
{
    const bool big = w->f.is_big_endian;
    uint8_t p[40] = { 0 };
    const size_t n = size < sizeof p ? (size_t)size : sizeof p;
    bc_status st;

    if (size < 16)
        return bci_fail(w->err, BC_E_FORMAT, "%s: fmt chunk of %llu bytes, expected at least 16",
                        w->name, (ull)size);
    st = need(w, at, p, n, "the fmt chunk");
    if (st)
        return st;
    const uint64_t tag = number(p, 2, big), bits = number(p + 14, 2, big);
    const uint64_t valid = tag == 0xFFFE && size >= 40 ? number(p + 18, 2, big) : 0;

    w->block = number(p + 12, 2, big);
    w->has_format = true;
    if (valid > bits)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: %llu valid bits in a sample of %llu, expected no more", w->name,
                        (ull)valid, (ull)bits);
    w->out->valid_bits = (int)(valid ? valid : bits);
    w->out->is_wave_float =
        tag == 3 || (tag == 0xFFFE && size >= 40 && number(p + 24, 2, big) == 3);
    w->out->channel_mask = tag == 0xFFFE && size >= 40 ? (uint32_t)number(p + 20, 4, big) : 0;
    return check_shape(w, number(p + 2, 2, big), number(p + 4, 4, big));
}

/* The 80-bit float of AIFF's sample rate, rounded down; only rates are of interest. */
static uint64_t rate_of(const uint8_t *p)
{
    const int exponent = (int)(number(p, 2, true) & 0x7FFF) - 16383;

    return exponent < 0 || exponent > 62 ? 0 : number(p + 2, 8, true) >> (63 - exponent);
}

static bc_status read_comm(walk *w, uint64_t at, uint64_t size)
{
    uint8_t p[18] = { 0 };
    bc_status st;

    if (size < sizeof p)
        return bci_fail(w->err, BC_E_FORMAT, "%s: COMM chunk of %llu bytes, expected at least 18",
                        w->name, (ull)size);
    st = need(w, at, p, sizeof p, "the COMM chunk");
    if (st)
        return st;
    w->out->n_frames = number(p + 2, 4, true);
    w->out->valid_bits = (int)number(p + 6, 2, true);
    w->has_format = true;
    w->block = number(p, 2, true) * (number(p + 6, 2, true) + 7) / 8;
    return check_shape(w, number(p, 2, true), rate_of(p + 8));
}

static bc_status read_desc(walk *w, uint64_t at, uint64_t size)
{
    uint8_t p[32];
    double rate;
    bc_status st;

    if (size < sizeof p)
        return bci_fail(w->err, BC_E_FORMAT, "%s: desc chunk of %llu bytes, expected 32", w->name,
                        (ull)size);
    st = need(w, at, p, sizeof p, "the desc chunk");
    if (st)
        return st;
    const uint64_t bits = number(p, 8, true);

    memcpy(&rate, &bits, sizeof rate);
    w->has_format = true;
    w->block = number(p + 16, 4, true);
    w->out->valid_bits = (int)(number(p + 28, 4, true) & 63);
    return check_shape(w, number(p + 24, 4, true),
                       rate >= 1 && rate <= INT32_MAX ? (uint64_t)rate : 0);
}

/* Sizes that programs write when they cannot come back to correct them: all ones and a little
 * less, SoX's 0x7FFFF000 and 0x7F000000, ALSA's 0x7FFFFFFF and 0x80000000, or these cut to whole
 * frames. */
static bool is_placeholder(uint64_t size, uint64_t block)
{
    static const uint64_t sizes[] = { 0x7F000000, 0x7FFFF000, 0x7FFFFFFF, 0x80000000 };

    if (size >= 0xFFFFFF00 && size <= 0xFFFFFFFF)
        return true;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (size <= sizes[i] && size + block + 8 > sizes[i])
            return true;
    return size == UINT64_MAX;
}

/* Settle offset and size of the samples; `size` is what the header says. */
static bc_status place_data(walk *w, uint64_t at, uint64_t size)
{
    bci_sound_header *out = w->out;
    const uint64_t there = w->file_size == UINT64_MAX ? UINT64_MAX
                           : w->file_size > at        ? w->file_size - at
                                                      : 0;

    if (!w->has_format && bci_sound_input_is_pipe(w->in))
        return bci_fail(w->err, BC_E_UNSUPPORTED,
                        "%s: %s with its samples before their description, expected a file "
                        "instead of a pipe",
                        w->name, w->f.container);
    out->data_offset = at;
    out->data_size = size;
    /* An empty file has an outer chunk that ends with the samples. */
    const bool is_unset =
        size == 0 && there > 0 && (w->outer_end <= at || is_placeholder(w->outer_end - 8, 64));

    if (is_unset || (size > there && is_placeholder(size, w->block)) ||
        (there == UINT64_MAX && is_placeholder(size, w->block))) {
        out->is_open_ended = true;
        out->data_size = there;
        out->n_frames = UINT64_MAX;
    } else if (size > there) {
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: %llu bytes of samples where the header says %llu, %llu are missing",
                        w->name, (ull)there, (ull)size, (ull)(size - there));
    }
    return BC_OK;
}

static bc_status read_data(walk *w, uint64_t at, uint64_t size, uint64_t size_field)
{
    const bool is_aiff = strcmp(w->f.data, "SSND") == 0, is_caf = strcmp(w->f.data, "data") == 0 &&
                                                                  w->f.size_bytes == 8 &&
                                                                  w->f.id_bytes == 4;
    const uint64_t before = is_aiff ? 8 : is_caf ? 4 : 0;
    uint64_t extra = before;
    uint8_t p[8];

    if (before) {
        const bc_status st = need(w, at, p, (size_t)before, "the chunk of samples");

        if (st)
            return st;
        if (is_aiff)
            extra += number(p, 4, true);
    }
    if (size == 0xFFFFFFFF && w->ds64_data)
        size = w->ds64_data;
    w->out->size_field = size_field;
    w->out->size_field_bytes = (int)w->f.size_bytes;
    w->out->size_extra = extra + (w->f.size_has_head ? w->f.id_bytes + w->f.size_bytes : 0);
    if (size < extra)
        return bci_fail(w->err, BC_E_FORMAT, "%s: %s chunk of %llu bytes, expected at least %llu",
                        w->name, w->f.data, (ull)size, (ull)extra);
    return place_data(w, at + extra, size == UINT64_MAX ? size : size - extra);
}

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

static bc_status read_chunk(walk *w, const uint8_t *id, uint64_t at, uint64_t size,
                            uint64_t size_field)
{
    if (memcmp(id, w->f.data, 4) == 0 && w->out->data_offset == 0)
        return read_data(w, at, size, size_field);
    if (memcmp(id, w->f.format, 4) == 0) {
        if (w->f.is_big_endian && w->f.size_bytes == 8)
            return read_desc(w, at, size);
        return strcmp(w->f.format, "COMM") == 0 ? read_comm(w, at, size) : read_fmt(w, at, size);
    }
    if (memcmp(id, "ds64", 4) == 0) {
        uint8_t p[16];
        const bc_status st = need(w, at, p, sizeof p, "the ds64 chunk");

        w->outer_end = st ? 0 : number(p, 8, false) + 8;
        w->ds64_data = st ? 0 : number(p + 8, 8, false);
        return st;
    }
    list_chunk(w, id, at, size);
    return BC_OK;
}

/* Every chunk up to the end, of a pipe up to the samples. */
static bc_status walk_chunks(walk *w)
{
    const size_t head = w->f.id_bytes + w->f.size_bytes;
    uint64_t at = w->f.first;
    uint8_t p[24];
    int n_chunks = 0;

    while (w->out->data_offset == 0 || !bci_sound_input_is_pipe(w->in)) {
        const size_t got = bci_sound_input_at(w->in, at, p, head);

        if (w->out->data_offset && (got < head || at >= w->outer_end))
            break;
        if (got < head)
            return ends_early(w, at + got, "its chunks, before the samples,");
        uint64_t size = number(p + w->f.id_bytes, w->f.size_bytes, w->f.is_big_endian);

        if (w->f.size_has_head && size < head)
            return bci_fail(w->err, BC_E_FORMAT,
                            "%s: chunk of %llu bytes at byte %llu, expected "
                            "at least %zu",
                            w->name, (ull)size, (ull)at, head);
        size -= w->f.size_has_head ? head : 0;
        const bc_status st = read_chunk(w, p, at + head, size, at + w->f.id_bytes);

        if (st)
            return st;
        if (++n_chunks > MAX_CHUNKS)
            return bci_fail(w->err, BC_E_LIMIT, "%s: more than %d chunks, expected fewer", w->name,
                            MAX_CHUNKS);
        if (w->out->is_open_ended)
            break;
        if (w->out->data_offset && at < w->out->data_offset)
            size = w->out->data_offset + w->out->data_size - (at + head);
        else if (w->file_size != UINT64_MAX && size > w->file_size - (at + head))
            return bci_fail(w->err, BC_E_FORMAT,
                            "%s: chunk of %llu bytes at byte %llu, but %llu are left", w->name,
                            (ull)size, (ull)at, (ull)(w->file_size - (at + head)));
        if (size > UINT64_MAX / 2)
            return ends_early(w, at, "a chunk that has no end,");
        at += head + size;
        at += (w->f.alignment - at % w->f.alignment) % w->f.alignment;
    }
    return BC_OK;
}

static bc_status read_au(walk *w, const uint8_t *magic)
{
    const bool big = magic[0] == '.';
    uint8_t p[24];
    bc_status st = need(w, 0, p, sizeof p, "its 24 bytes");

    if (st)
        return st;
    const uint64_t offset = number(p + 4, 4, big), size = number(p + 8, 4, big);

    if (offset < 24 || offset > w->file_size)
        return bci_fail(w->err, BC_E_FORMAT,
                        "%s: samples at byte %llu, expected 24 or more, "
                        "inside the file",
                        w->name, (ull)offset);
    st = check_shape(w, number(p + 20, 4, big), number(p + 16, 4, big));
    if (offset > 24)
        list_chunk(w, (const uint8_t *)"text", 24, offset - 24);
    w->out->is_big_endian = big;
    w->out->size_field = 8;
    w->out->size_field_bytes = 4;
    w->has_format = true;
    return st ? st : place_data(w, offset, size);
}

/* The metadata blocks of FLAC (RFC 9639, 8) become chunks; those that are cut libsndfile refuses. */
static void list_flac(walk *w)
{
    static const char *const ids[128] = { [2] = "appl", [4] = "vorb", [5] = "cues", [6] = "pict" };
    uint64_t at = 4;
    uint8_t p[4] = { 0 };

    while (!(p[0] & 0x80) && bci_sound_input_at(w->in, at, p, sizeof p) == sizeof p) {
        const uint64_t size = number(p + 1, 3, true);
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
        return number(p + 16, 8, false);
    return number(p + 4, 4, f->is_big_endian) + 8;
}

bc_status bci_sound_header_read(bci_sound_input *in, bci_sound_header *out, bc_error *err)
{
    walk w = { .in = in,
               .out = out,
               .name = bci_sound_input_name(in),
               .err = err,
               .file_size = bci_sound_input_size(in) };
    uint8_t p[40] = { 0 };
    const size_t got = bci_sound_input_at(in, 0, p, sizeof p);
    bc_status st;

    *out = (bci_sound_header){ .n_frames = UINT64_MAX };
    if (memcmp(p, ".snd", 4) == 0 || memcmp(p, "dns.", 4) == 0) {
        w.f.container = out->container = "AU";
        return read_au(&w, p);
    }
    w.f = family_of(p);
    if (!w.f.container && (got < 12 || (got < sizeof p && memcmp(p, "riff", 4) == 0))) {
        st = bci_sound_input_status(in, err);
        return st ? st
                  : bci_fail(err, BC_E_FORMAT,
                             "%s: ends after %zu bytes, expected the header of a "
                             "sound file",
                             w.name, got);
    }
    if (memcmp(p, "fLaC", 4) == 0)
        list_flac(&w);
    if (!w.f.container)
        return BC_OK;
    out->container = w.f.container;
    out->is_big_endian = w.f.is_big_endian;
    w.outer_end = outer_end(&w.f, p);
    st = walk_chunks(&w);
    if (st)
        return st;
    if (!w.has_format)
        return bci_fail(err, BC_E_FORMAT, "%s: no chunk %s, expected one", w.name, w.f.format);
    if (!out->is_open_ended && !bci_sound_input_is_pipe(in) &&
        !is_placeholder(w.outer_end - 8, 64) && w.outer_end != UINT64_MAX &&
        w.outer_end > w.file_size + 8)
        return bci_fail(err, BC_E_FORMAT, "%s: %llu bytes where the header says %llu", w.name,
                        (ull)w.file_size, (ull)w.outer_end);
    return BC_OK;
}
