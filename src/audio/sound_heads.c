/* Knows the headers of WAV, RF64, W64, AIFF, CAF and AU, written so that they are right from
 * the first byte on when the number of frames is known. */
#include "audio/sound_heads.h"

#include <pthread.h>
#include <string.h>

enum { AIFF_LEAST = 8 }; /* bits: libsndfile opens no AIFF with fewer */

static bool is_g711(const bci_sound_shape *s)
{
    return s->encoding == BC_ENCODING_MULAW || s->encoding == BC_ENCODING_ALAW;
}

static bool is_float(const bci_sound_shape *s)
{
    return s->encoding == BC_ENCODING_F32 || s->encoding == BC_ENCODING_F64;
}

static uint64_t block_of(const bci_sound_shape *s)
{
    return (uint64_t)s->n_channels * (uint64_t)(s->container_bits / 8);
}

uint64_t bci_sound_data_bytes(const bci_sound_shape *shape)
{
    const uint64_t block = block_of(shape);

    return shape->n_frames > INT64_MAX / block ? UINT64_MAX : shape->n_frames * block;
}

static void put_id(bci_bytes *out, const char *id)
{
    bci_bytes_put(out, id, 4);
}

void bci_sound_put_chunk(bci_sound_family family, const char *id, const void *data, size_t n,
                         bci_bytes *out)
{
    put_id(out, id);
    if (family == BCI_FAMILY_WAVE)
        bci_bytes_put_le(out, n, 4);
    else
        bci_bytes_put_be(out, n, family == BCI_FAMILY_CAF ? 8 : 4);
    bci_bytes_put(out, data, n);
    if (family != BCI_FAMILY_CAF)
        bci_bytes_put(out, NULL, n % 2);
}

/* --- WAV */

/* WAVE_FORMAT_EXTENSIBLE where the older forms cannot say it, and nowhere else: Python's wave
 * before 3.12, samplers and game engines read no other than those. Microsoft asks for it past 16
 * bits, too, where it would repeat what the older ones say. */
static bool is_extensible(const bci_sound_shape *s)
{
    if (s->has_short_fmt || s->channel_mask || is_g711(s))
        return !s->has_short_fmt && s->channel_mask;
    return s->n_channels > 2 || (!is_float(s) && s->valid_bits != s->container_bits);
}

static uint32_t mask_of(const bci_sound_shape *s)
{
    if (s->channel_mask || s->n_channels > 2)
        return s->channel_mask;
    return s->n_channels == 2 ? 3 : 4; /* front left and right, front centre */
}

static int fmt_bytes(const bci_sound_shape *s)
{
    return is_extensible(s) ? 40 : s->encoding == BC_ENCODING_PCM ? 16 : 18;
}

static void put_fmt(const bci_sound_shape *s, bci_bytes *out)
{
    /* KSDATAFORMAT_SUBTYPE_PCM and its siblings after their first two bytes. */
    static const uint8_t subtype_tail[14] = { 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                              0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71 };
    static const int tags[BC_AUDIO_ENCODINGS] = {
        [BC_ENCODING_PCM] = 1,   [BC_ENCODING_F32] = 3,  [BC_ENCODING_F64] = 3,
        [BC_ENCODING_MULAW] = 7, [BC_ENCODING_ALAW] = 6,
    };
    const int tag = tags[s->encoding];
    const uint64_t block = block_of(s);

    bci_bytes_put_le(out, is_extensible(s) ? 0xFFFE : (uint64_t)tag, 2);
    bci_bytes_put_le(out, s->n_channels, 2);
    bci_bytes_put_le(out, s->rate_hz, 4);
    bci_bytes_put_le(out, s->rate_hz * block, 4);
    bci_bytes_put_le(out, block, 2);
    bci_bytes_put_le(out, (uint64_t)s->container_bits, 2);
    if (fmt_bytes(s) > 16)
        bci_bytes_put_le(out, (uint64_t)fmt_bytes(s) - 18, 2);
    if (!is_extensible(s))
        return;
    bci_bytes_put_le(
        out, (uint64_t)(s->encoding == BC_ENCODING_PCM ? s->valid_bits : s->container_bits), 2);
    bci_bytes_put_le(out, mask_of(s), 4);
    bci_bytes_put_le(out, (uint64_t)tag, 2);
    bci_bytes_put(out, subtype_tail, sizeof subtype_tail);
}

/* "fmt ", "fact" (the number of frames, for all but integers), the chunks carried, "data". A file
 * that becomes too long for WAV turns into RF64 in the place of a JUNK chunk (EBU Tech 3306). */
static void wave_head_as(const bci_sound_shape *s, bool is_rf64, bool has_room,
                         const bci_bytes *chunks, bci_bytes *out)
{
    const uint64_t data = bci_sound_data_bytes(s), frames = s->n_frames;
    const bool is_open = data == UINT64_MAX, has_fact = s->encoding != BC_ENCODING_PCM;
    const uint64_t head = 12 + (has_room ? 36u : 0u) + 8 + (uint64_t)fmt_bytes(s) +
                          (has_fact ? 12u : 0u) + chunks->n + 8;
    const uint64_t riff = is_open ? UINT64_MAX : head - 8 + data + data % 2;
    const bool is_long = is_rf64 || is_open;

    put_id(out, is_rf64 ? "RF64" : "RIFF");
    bci_bytes_put_le(out, is_long ? 0xFFFFFFFF : riff, 4);
    put_id(out, "WAVE");
    if (has_room) {
        put_id(out, is_rf64 ? "ds64" : "JUNK");
        bci_bytes_put_le(out, 28, 4);
        bci_bytes_put_le(out, is_rf64 ? riff : 0, 8);
        bci_bytes_put_le(out, is_rf64 ? data : 0, 8);
        bci_bytes_put_le(out, is_rf64 ? frames : 0, 8);
        bci_bytes_put_le(out, 0, 4);
    }
    put_id(out, "fmt ");
    bci_bytes_put_le(out, (uint64_t)fmt_bytes(s), 4);
    put_fmt(s, out);
    if (has_fact) {
        put_id(out, "fact");
        bci_bytes_put_le(out, 4, 4);
        bci_bytes_put_le(out, frames < 0xFFFFFFFF ? frames : 0xFFFFFFFF, 4);
    }
    bci_bytes_put(out, chunks->data, chunks->n);
    put_id(out, "data");
    bci_bytes_put_le(out, is_long ? 0xFFFFFFFF : data, 4);
}

static void wave_head(const bci_sound_shape *s, const bci_bytes *chunks, bci_bytes *out)
{
    wave_head_as(s, false, false, chunks, out);
}

static void rf64_head(const bci_sound_shape *s, const bci_bytes *chunks, bci_bytes *out)
{
    wave_head_as(s, s->n_frames != UINT64_MAX, true, chunks, out);
}

void bci_sound_open_wave_head(const bci_sound_shape *s, bool is_rf64, const bci_bytes *chunks,
                              bci_bytes *out)
{
    wave_head_as(s, is_rf64, true, chunks, out);
}

/* --- W64 */

static void put_guid(bci_bytes *out, const char *id)
{
    static const uint8_t riff_tail[12] = { 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6,
                                           0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00 };
    static const uint8_t tail[12] = { 0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1,
                                      0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A };

    put_id(out, id);
    bci_bytes_put(out, strcmp(id, "riff") == 0 ? riff_tail : tail, sizeof tail);
}

/* Sizes count the 24 bytes of their own chunk's head; chunks lie at multiples of 8. Nothing is put
 * behind the last one: FFmpeg and libsndfile would take it for samples. */
static void w64_head(const bci_sound_shape *shape, const bci_bytes *chunks, bci_bytes *out)
{
    bci_sound_shape w64 = *shape;
    const bci_sound_shape *s = &w64;

    /* libsndfile takes every extensible W64 for integers. */
    w64.has_short_fmt = shape->encoding != BC_ENCODING_PCM;
    const uint64_t data = bci_sound_data_bytes(s), n_fmt = (uint64_t)fmt_bytes(s);
    const bool is_open = data == UINT64_MAX, has_fact = s->encoding != BC_ENCODING_PCM;
    const uint64_t head = 40 + 24 + (n_fmt + 7) / 8 * 8 + (has_fact ? 32u : 0u) + 24;

    (void)chunks;
    put_guid(out, "riff");
    bci_bytes_put_le(out, is_open ? UINT64_MAX : head + data, 8);
    put_guid(out, "wave");
    put_guid(out, "fmt ");
    bci_bytes_put_le(out, 24 + n_fmt, 8);
    put_fmt(s, out);
    bci_bytes_put(out, NULL, (size_t)((8 - n_fmt % 8) % 8));
    if (has_fact) {
        put_guid(out, "fact");
        bci_bytes_put_le(out, 32, 8);
        bci_bytes_put_le(out, s->n_frames, 8);
    }
    put_guid(out, "data");
    bci_bytes_put_le(out, is_open ? UINT64_MAX : 24 + data, 8);
}

/* --- AIFF */

/* The 80-bit float of a whole number above 0. */
static void put_rate(bci_bytes *out, uint32_t rate_hz)
{
    uint64_t mantissa = rate_hz;
    int exponent = 63;

    for (; !(mantissa >> 63); exponent--)
        mantissa <<= 1;
    bci_bytes_put_be(out, (uint64_t)(16383 + exponent), 2);
    bci_bytes_put_be(out, mantissa, 8);
}

/* AIFF for integers, AIFF-C for the rest. */
static void aiff_head(const bci_sound_shape *s, const bci_bytes *chunks, bci_bytes *out)
{
    static const struct {
        const char *type, *name; /* a Pascal string of even size */
    } compression[BC_AUDIO_ENCODINGS] = {
        [BC_ENCODING_F32] = { "fl32", "\x0F"
                                      "32-bit floating" },
        [BC_ENCODING_F64] = { "fl64", "\x0F"
                                      "64-bit floating" },
        [BC_ENCODING_MULAW] = { "ulaw", "\x0B"
                                        "ITU-T mulaw" },
        [BC_ENCODING_ALAW] = { "alaw", "\x0B"
                                       "ITU-T A-law" },
    };
    const char *type = compression[s->encoding].type, *name = compression[s->encoding].name;
    const uint64_t data = bci_sound_data_bytes(s), n_comm = 18 + (type ? 4 + strlen(name) : 0);
    const uint64_t head = 12 + (type ? 12u : 0u) + 8 + n_comm + chunks->n + 16;
    const bool is_open = data == UINT64_MAX;

    put_id(out, "FORM");
    bci_bytes_put_be(out, is_open ? 0 : head - 8 + data + data % 2, 4);
    put_id(out, type ? "AIFC" : "AIFF");
    if (type) {
        put_id(out, "FVER");
        bci_bytes_put_be(out, 4, 4);
        bci_bytes_put_be(out, 0xA2805140, 4); /* version 1, 23 May 1990 */
    }
    put_id(out, "COMM");
    bci_bytes_put_be(out, n_comm, 4);
    bci_bytes_put_be(out, s->n_channels, 2);
    bci_bytes_put_be(out, is_open ? 0 : s->n_frames, 4);
    /* Of G.711 the size before compression, as in Apple's own files. */
    bci_bytes_put_be(out,
                     (uint64_t)(is_g711(s)                   ? 16
                                : is_float(s)                ? s->container_bits
                                : s->valid_bits < AIFF_LEAST ? AIFF_LEAST
                                                             : s->valid_bits),
                     2);
    put_rate(out, s->rate_hz);
    if (type) {
        put_id(out, type);
        bci_bytes_put(out, name, strlen(name));
    }
    bci_bytes_put(out, chunks->data, chunks->n);
    put_id(out, "SSND");
    bci_bytes_put_be(out, is_open ? 0 : data + 8, 4);
    bci_bytes_put_be(out, 0, 8);
}

/* --- CAF */

static void caf_head(const bci_sound_shape *s, const bci_bytes *chunks, bci_bytes *out)
{
    const uint64_t data = bci_sound_data_bytes(s);
    const double rate = s->rate_hz;
    uint64_t bits;

    memcpy(&bits, &rate, sizeof bits);
    put_id(out, "caff");
    bci_bytes_put_be(out, 0x00010000, 4);
    put_id(out, "desc");
    bci_bytes_put_be(out, 32, 8);
    bci_bytes_put_be(out, bits, 8);
    put_id(out, s->encoding == BC_ENCODING_MULAW  ? "ulaw"
                : s->encoding == BC_ENCODING_ALAW ? "alaw"
                                                  : "lpcm");
    bci_bytes_put_be(out, is_float(s), 4);
    bci_bytes_put_be(out, block_of(s), 4);
    bci_bytes_put_be(out, 1, 4);
    bci_bytes_put_be(out, s->n_channels, 4);
    bci_bytes_put_be(out, (uint64_t)s->container_bits, 4);
    bci_bytes_put(out, chunks->data, chunks->n);
    put_id(out, "data");
    bci_bytes_put_be(out, data == UINT64_MAX ? UINT64_MAX : data + 4, 8);
    bci_bytes_put_be(out, 0, 4); /* edit count */
}

/* --- AU */

/* The chunks are the annotation, at least 4 bytes, a multiple of 4. */
static void au_head(const bci_sound_shape *s, const bci_bytes *chunks, bci_bytes *out)
{
    const uint64_t data = bci_sound_data_bytes(s);
    const uint64_t code = s->encoding == BC_ENCODING_MULAW  ? 1
                          : s->encoding == BC_ENCODING_ALAW ? 27
                          : s->encoding == BC_ENCODING_F32  ? 6
                          : s->encoding == BC_ENCODING_F64  ? 7
                                                            : (uint64_t)s->container_bits / 8 + 1;
    const size_t n_text = (chunks->n / 8 + 1) * 8; /* with at least one zero */

    put_id(out, ".snd");
    bci_bytes_put_be(out, 24 + n_text, 4);
    bci_bytes_put_be(out, data < 0xFFFFFFFF ? data : 0xFFFFFFFF, 4);
    bci_bytes_put_be(out, code, 4);
    bci_bytes_put_be(out, s->rate_hz, 4);
    bci_bytes_put_be(out, s->n_channels, 4);
    bci_bytes_put(out, chunks->data, chunks->n);
    bci_bytes_put(out, NULL, n_text - chunks->n);
}

/* --- the table */

#define INTEGERS (1u << BC_ENCODING_PCM)
#define ALL      ((1u << BC_AUDIO_ENCODINGS) - 1)
#ifdef BCI_WITH_FLAC
#define IN_FLAC INTEGERS
#else
#define IN_FLAC 0 /* the last row, which nobody is told of then */
#endif

/* clang-format off */
static const bci_sound_row rows[] = {
    { { "wav", "Waveform Audio File Format", ".wav .wave", ALL, "8 16 24 32" },
      "WAV", BCI_FAMILY_WAVE, false, true, 1, true, UINT32_MAX, wave_head },
    { { "rf64", "WAV with 64-bit sizes (EBU Tech 3306)", ".rf64", ALL, "8 16 24 32" },
      "RF64", BCI_FAMILY_WAVE, false, true, 1, false, INT64_MAX, rf64_head },
    { { "w64", "Sonic Foundry's WAV with 64-bit sizes", ".w64", ALL, "8 16 24 32" },
      "W64", BCI_FAMILY_W64, false, true, 1, false, INT64_MAX, w64_head },
    { { "aiff", "Audio Interchange File Format, AIFF-C for floats and G.711",
        ".aiff .aif .aifc", ALL, "8 16 24 32" },
      "AIFF", BCI_FAMILY_AIFF, true, false, AIFF_LEAST, false, UINT32_MAX, aiff_head },
    { { "caf", "Core Audio Format", ".caf", ALL, "8 16 24 32" },
      "CAF", BCI_FAMILY_CAF, true, false, 99, true, INT64_MAX, caf_head },
    { { "au", "Sun and NeXT audio", ".au .snd", ALL, "8 16 24 32" },
      "AU", BCI_FAMILY_AU, true, false, 99, true, INT64_MAX, au_head },
    { { "flac", "Free Lossless Audio Codec", ".flac", IN_FLAC, "8 16 24" },
      "FLAC", BCI_FAMILY_FLAC, false, false, 99, false, INT64_MAX, NULL },
};
/* clang-format on */

enum { N_ROWS = sizeof rows / sizeof *rows };

size_t bci_sound_rows(const bci_sound_row **out)
{
    *out = rows;
    return N_ROWS;
}

const bci_sound_row *bci_sound_row_named(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].format.name, name) == 0)
            return &rows[i];
    return NULL;
}

static bc_audio_format formats[N_ROWS]; /* what is public of them, once and for all */

static void make_formats(void)
{
    for (size_t i = 0; i < N_ROWS; i++)
        formats[i] = rows[i].format;
}

size_t bc_audio_formats(const bc_audio_format **out)
{
    static pthread_once_t are_made = PTHREAD_ONCE_INIT;

    (void)pthread_once(&are_made, make_formats);
    *out = formats;
    return IN_FLAC ? N_ROWS : N_ROWS - 1;
}
