/* Knows the fields of headers: what fmt, COMM and desc say of samples, and sizes that are none. */
#include "audio/sound_format.h"

#include <stdarg.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"

typedef unsigned long long ull;

uint64_t bci_sound_number(const uint8_t *p, size_t n, bool big)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[big ? i : n - 1 - i];
    return v;
}

static void add(char text[256], const char *format, va_list args)
{
    const size_t used = strlen(text);

    if (used + 3 >= 256)
        return;
    if (used > 0)
        memcpy(text + used, "; ", 3);
    bci_vformat(text + strlen(text), 256 - strlen(text), format, args);
}

void bci_sound_header_note(bci_sound_header *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(h->note, format, args);
    va_end(args);
}

void bci_sound_header_salvaged(bci_sound_header *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(h->salvaged, format, args);
    va_end(args);
}

/* Rows: from, to. SoX writes 0x7F000000 and 0x7FFFF000, ALSA 0x7FFFFFFF and 0x80000000, FFmpeg
 * all ones and INT64_MAX; less what comes before the samples, or plus it, or cut to whole
 * frames. */
bool bci_sound_size_is_placeholder(uint64_t size)
{
    static const uint64_t rows[][2] = {
        { 0x7EFFF000, 0x7F001000 },          { 0x7FFF0000, 0x80001000 },
        { 0xFFFF0000, 0xFFFFFFFF },          { INT64_MAX - 0xFFFF, INT64_MAX },
        { UINT64_MAX - 0xFFFF, UINT64_MAX },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (size >= rows[i][0] && size <= rows[i][1])
            return true;
    return false;
}

bc_status bci_sound_check_shape(uint64_t n_channels, uint64_t rate_hz, const char *container,
                                const char *name, bc_error *err)
{
    if (n_channels == 0)
        return bci_fail(err, BC_E_FORMAT, "%s: 0 channels in the %s header, expected at least 1",
                        name, container);
    if (rate_hz == 0 || rate_hz > INT32_MAX)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: sample rate %llu Hz in the %s header, expected 1 to 2147483647", name,
                        (ull)rate_hz, container);
    return BC_OK;
}

/* What a chunk says of rate and channels. */
typedef struct {
    uint64_t n_channels, rate_hz;
} shape;

/* WAVEFORMATEX, and WAVEFORMATEXTENSIBLE with its count of valid bits. */
static shape read_fmt(bci_sound_header *out, const uint8_t *p)
{
    const bool big = out->is_big_endian;
    const bool is_long = bci_sound_number(p, 2, big) == 0xFFFE && out->format.size >= 40;
    const uint64_t tag = bci_sound_number(p + (is_long ? 24 : 0), 2, big);
    const uint64_t bits = bci_sound_number(p + 14, 2, big);
    const uint64_t valid = is_long ? bci_sound_number(p + 18, 2, big) : 0;
    const shape found = { bci_sound_number(p + 2, 2, big), bci_sound_number(p + 4, 4, big) };
    const uint64_t bytes = found.n_channels * ((bits + 7) / 8);
    const bool is_plain = tag == 1 || tag == 3 || tag == 6 || tag == 7;

    out->frame_size = bci_sound_number(p + 12, 2, big);
    if (is_plain && bytes > 0 && (!out->frame_size || out->frame_size % found.n_channels)) {
        bci_sound_header_note(out, "fmt says %llu byte(s) a frame, %llu (are) taken",
                              (ull)out->frame_size, (ull)bytes);
        out->frame_size = bytes;
    }
    if (valid > bits)
        bci_sound_header_note(out, "fmt says %llu valid bit(s) in a sample of %llu", (ull)valid,
                              (ull)bits);
    out->valid_bits = (int)(valid && valid < bits ? valid : bits);
    out->is_wave_float = tag == 3;
    out->channel_mask = is_long ? (uint32_t)bci_sound_number(p + 20, 4, big) : 0;
    return found;
}

/* The 80-bit float of AIFF's sample rate, rounded down; only rates are of interest. */
static uint64_t rate_of(const uint8_t *p)
{
    const int exponent = (int)(bci_sound_number(p, 2, true) & 0x7FFF) - 16383;

    return exponent < 0 || exponent > 62 ? 0 : bci_sound_number(p + 2, 8, true) >> (63 - exponent);
}

static shape read_comm(bci_sound_header *out, const uint8_t *p)
{
    const uint64_t bits = bci_sound_number(p + 6, 2, true);
    const shape found = { bci_sound_number(p, 2, true), rate_of(p + 8) };

    if (!out->is_open_ended)
        out->n_frames = bci_sound_number(p + 2, 4, true);
    out->valid_bits = (int)bits;
    out->frame_size = found.n_channels * ((bits + 7) / 8);
    return found;
}

static shape read_desc(bci_sound_header *out, const uint8_t *p)
{
    const uint64_t bits = bci_sound_number(p, 8, true);
    double rate;

    memcpy(&rate, &bits, sizeof rate);
    out->frame_size = bci_sound_number(p + 16, 4, true);
    out->valid_bits = (int)(bci_sound_number(p + 28, 4, true) & 63);
    return (shape){ bci_sound_number(p + 24, 4, true),
                    rate >= 1 && rate <= INT32_MAX ? (uint64_t)rate : 0 };
}

bc_status bci_sound_format_read(bci_sound_header *out, const uint8_t *p, const char *name,
                                bc_error *err)
{
    static const struct {
        const char *id;
        uint64_t least; /* bytes */
        shape (*read)(bci_sound_header *out, const uint8_t *p);
    } rows[] = { { "fmt ", 16, read_fmt }, { "COMM", 18, read_comm }, { "desc", 32, read_desc } };
    size_t i = 0;

    while (i < 2 && strcmp(rows[i].id, out->format.id) != 0)
        i++;
    if (out->format.size < rows[i].least)
        return bci_fail(err, BC_E_FORMAT, "%s: %s chunk of %llu byte(s), expected at least %llu",
                        name, i == 0 ? "fmt" : rows[i].id, (ull)out->format.size,
                        (ull)rows[i].least);
    const shape found = rows[i].read(out, p);

    return bci_sound_check_shape(found.n_channels, found.rate_hz, out->container, name, err);
}
