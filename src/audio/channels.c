/* Knows how files say which speaker a channel is for. */
#include "audio/channels.h"

#include <stdlib.h>
#include <string.h>

#include "audio/vorbis_comment.h"

/* Bits that Core Audio's bitmap shares with the mask: up to the top speakers of the back. */
#define CORE_AUDIO_BITS ((UINT32_C(1) << 18) - 1)

enum {
    LAYOUT_HEAD = 12, /* tag, bitmap, number of descriptions */
    DESCRIPTION = 20, /* label, flags, three coordinates */
    USE_BITMAP = 1,   /* a tag's upper half; 0: descriptions */
    DISCRETE = 147,   /* one after the other, for nothing in particular */
    UNKNOWN = 0xFFFF,
    MAX_LAYOUT = LAYOUT_HEAD + 1024 * DESCRIPTION,
};

/* Layouts by name: the upper half of the tag, and the mask where the channels come in its order
 * (CoreAudioBaseTypes.h). */
static const struct {
    uint16_t tag;
    uint32_t mask;
} layouts[] = {
    { 100, 0x4 },   /* mono */
    { 101, 0x3 },   /* stereo */
    { 108, 0x33 },  /* quadraphonic */
    { 113, 0x7 },   /* MPEG 3.0 A */
    { 115, 0x107 }, /* MPEG 4.0 A */
    { 117, 0x607 }, /* MPEG 5.0 A */
    { 121, 0x60F }, /* MPEG 5.1 A */
    { 131, 0x103 }, /* ITU 2.1 */
    { 132, 0x603 }, /* ITU 2.2 */
    { 133, 0xB },   /* DVD 4 */
    { 134, 0x10B }, /* DVD 5 */
    { 135, 0x60B }, /* DVD 6 */
    { 136, 0xF },   /* DVD 10 */
    { 137, 0x10F }, /* DVD 11 */
    { 185, 0x33 },  /* WAVE 4.0 B */
    { 186, 0x37 },  /* WAVE 5.0 B */
    { 187, 0x3F },  /* WAVE 5.1 B */
    { 188, 0x70F }, /* WAVE 6.1 */
    { 189, 0x63F }, /* WAVE 7.1 */
};

static uint32_t number_be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t number_le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static unsigned count_bits(uint32_t v)
{
    unsigned n = 0;

    for (; v; v &= v - 1)
        n++;
    return n;
}

/* The mask of the channels' labels, in their order. */
static uint32_t of_descriptions(const uint8_t *p, size_t n)
{
    const uint32_t n_labels = number_be(p + 8);
    uint32_t mask = 0;

    if (n_labels > (n - LAYOUT_HEAD) / DESCRIPTION)
        return BCI_CHANNELS_OTHER;
    for (uint32_t i = 0; i < n_labels; i++) {
        const uint32_t label = number_be(p + LAYOUT_HEAD + DESCRIPTION * (size_t)i);
        const uint32_t bit = label >= 1 && label <= 18 ? UINT32_C(1) << (label - 1) : 0;

        if (bit <= mask) /* unknown, or out of order: it would have to be above all others */
            return BCI_CHANNELS_OTHER;
        mask |= bit;
    }
    return mask;
}

uint32_t bci_channels_from_layout(const uint8_t *p, size_t n)
{
    if (n < LAYOUT_HEAD)
        return 0;
    const uint32_t tag = number_be(p) >> 16;

    if (tag == 0)
        return of_descriptions(p, n);
    if (tag == USE_BITMAP)
        return number_be(p + 4);
    if (tag == DISCRETE || tag == UNKNOWN)
        return 0;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].tag == tag)
            return layouts[i].mask;
    return BCI_CHANNELS_OTHER;
}

void bci_channels_put_layout(uint32_t mask, bci_bytes *out)
{
    bci_bytes_put_be(out, (uint32_t)USE_BITMAP << 16, 4);
    bci_bytes_put_be(out, mask, 4);
    bci_bytes_put_be(out, 0, 4);
}

uint32_t bci_channels_of_flac(uint32_t n_channels)
{
    static const uint32_t masks[] = { 0, 0, 0, 0x7, 0x33, 0x607, 0x60F, 0x70F, 0x63F };

    return n_channels < sizeof masks / sizeof *masks ? masks[n_channels] : 0;
}

const bci_sound_chunk *bci_channels_chunk(const bci_sound *source)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    for (size_t i = 0; i < h->n_chunks; i++)
        if ((strcmp(h->chunks[i].id, "chan") == 0 || strcmp(h->chunks[i].id, "CHAN") == 0) &&
            h->chunks[i].size >= LAYOUT_HEAD && h->chunks[i].size <= MAX_LAYOUT)
            return &h->chunks[i];
    return NULL;
}

static uint32_t of_chunk(const bci_sound *source, const bci_sound_chunk *chunk)
{
    uint8_t data[MAX_LAYOUT];

    return bci_channels_from_layout(data,
                                    bci_sound_chunk_data(source, chunk, data, (size_t)chunk->size));
}

/* A piece of a chunk: millions of texts take no read each. */
typedef struct {
    const bci_sound *source;
    const bci_sound_chunk *chunk;
    uint64_t from;
    size_t n;
    uint8_t bytes[4096];
} window;

/* n bytes of a chunk from `at` on, fewer at its end. */
static size_t part_of(window *w, uint64_t at, uint8_t *buf, size_t n)
{
    const uint64_t left = at < w->chunk->size ? w->chunk->size - at : 0;

    n = n < left ? n : (size_t)left;
    if (at < w->from || at + n > w->from + w->n) {
        const bci_sound_chunk part = { .offset = w->chunk->offset + at, .size = left };

        w->from = at;
        w->n = bci_sound_chunk_data(w->source, &part, w->bytes,
                                    left < sizeof w->bytes ? (size_t)left : sizeof w->bytes);
    }
    n = n < w->n - (size_t)(at - w->from) ? n : w->n - (size_t)(at - w->from);
    memcpy(buf, w->bytes + (at - w->from), n);
    return n;
}

/* The mask of a block of comments: "0x003F", or 0. Of each no more is read than that takes. */
static uint32_t of_comments(const bci_sound *source, const bci_sound_chunk *chunk)
{
    window w = { .source = source, .chunk = chunk };
    uint8_t p[sizeof BCI_CHANNELS_COMMENT + 16];
    uint64_t at = 0;
    size_t value;

    /* The vendor, how many there are, and then each behind its length. */
    if (part_of(&w, 0, p, 4) < 4)
        return 0;
    at = 4 + (uint64_t)number_le(p);
    if (part_of(&w, at, p, 4) < 4)
        return 0;
    at += 4;
    for (uint32_t n_left = number_le(p); n_left > 0 && part_of(&w, at, p, 4) == 4; n_left--) {
        const uint32_t n = number_le(p);
        char digits[16] = "";
        const size_t got = part_of(&w, at + 4, p, n < sizeof p ? n : sizeof p);

        at += 4 + (uint64_t)n;
        if (got < n || !bci_vorbis_is_named(p, n, BCI_CHANNELS_COMMENT, &value) ||
            n - value >= sizeof digits)
            continue;
        memcpy(digits, p + value, n - value);
        return (uint32_t)strtoul(digits, NULL, 16);
    }
    return 0;
}

static uint32_t of_flac(const bci_sound *source)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    for (size_t i = 0; i < h->n_chunks; i++)
        if (strcmp(h->chunks[i].id, "vorb") == 0) {
            const uint32_t mask = of_comments(source, &h->chunks[i]);

            if (mask)
                return mask;
        }
    return bci_channels_of_flac(bci_sound_info(source)->n_channels);
}

uint32_t bci_channels_of(const bci_sound *source)
{
    const bc_audio_info *info = bci_sound_info(source);
    const bci_sound_chunk *chunk = bci_channels_chunk(source);
    const uint32_t mask = strcmp(info->container, "FLAC") == 0 ? of_flac(source)
                          : chunk                              ? of_chunk(source, chunk)
                                  : bci_sound_get_header(source)->channel_mask;
    const bool goes_without_saying =
        (info->n_channels == 1 && mask == 0x4) || (info->n_channels == 2 && mask == 0x3);

    return goes_without_saying ? 0 : mask;
}

bool bci_channels_fit(uint32_t mask, bci_sound_family family, const bci_sound_shape *shape)
{
    const bool is_full = count_bits(mask) == shape->n_channels; /* a speaker each */

    switch (family) {
    case BCI_FAMILY_WAVE: return mask != BCI_CHANNELS_OTHER;
    case BCI_FAMILY_W64: return mask != BCI_CHANNELS_OTHER && shape->encoding == BC_ENCODING_PCM;
    case BCI_FAMILY_AIFF:
    case BCI_FAMILY_CAF: return is_full && !(mask & ~CORE_AUDIO_BITS);
    case BCI_FAMILY_FLAC: return is_full;
    case BCI_FAMILY_AU: return false;
    }
    return false;
}
