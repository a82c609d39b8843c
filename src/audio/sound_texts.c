/* Knows the texts that most files have a place for, and what each family calls them. */
#include "audio/sound_texts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "audio/channels.h"
#include "audio/flac.h"
#include "audio/name_list.h"
#include "audio/vorbis_comment.h"
#include "base/utf8.h"

enum { VORBIS_COMMENT = 4, MAX_BLOCK = (1 << 24) - 1 }; /* of FLAC: a type, bytes */

/* A row: a text, its name, and where families keep it; NULL: nowhere. */
static const struct {
    const char *name, *info, *aiff, *caf, *flac;
} texts[BCI_TEXTS] = {
    [BCI_TEXT_TITLE] = { "title", "INAM", "NAME", "title", "TITLE" },
    [BCI_TEXT_ARTIST] = { "artist", "IART", "AUTH", "artist", "ARTIST" },
    [BCI_TEXT_ALBUM] = { "album", "IPRD", NULL, "album", "ALBUM" },
    [BCI_TEXT_DATE] = { "date", "ICRD", NULL, "recorded date", "DATE" },
    [BCI_TEXT_GENRE] = { "genre", "IGNR", NULL, "genre", "GENRE" },
    [BCI_TEXT_TRACK] = { "track", "ITRK", NULL, "track number", "TRACKNUMBER" },
    [BCI_TEXT_COPYRIGHT] = { "copyright", "ICOP", "(c) ", "copyright", "COPYRIGHT" },
    [BCI_TEXT_LICENCE] = { "licence", NULL, NULL, NULL, "LICENSE" },
    [BCI_TEXT_SOFTWARE] = { "software", "ISFT", NULL, "encoding application", "SOFTWARE" },
    [BCI_TEXT_COMMENT] = { "comment", "ICMT", "ANNO", "comments", "COMMENT" },
};

const char *bci_text_name(bci_sound_text text)
{
    return texts[text].name;
}

static void put_id(bci_bytes *out, const char *id)
{
    bci_bytes_put(out, id, 4);
}

static uint32_t number_le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- within a family */

static void put_info_text(const char *id, const char *text, bci_bytes *out)
{
    bci_sound_put_chunk(BCI_FAMILY_WAVE, id, text, strlen(text) + 1, out);
}

void bci_texts_copy_info(const uint8_t *old, size_t n, const char *comment, bci_bytes *out)
{
    bci_bytes list = { 0 };

    bci_bytes_put(&list, old, 4);
    for (size_t at = 4; at + 8 <= n;) {
        const size_t size = number_le(old + at + 4), left = n - at - 8;
        const size_t whole = 8 + (size < left ? size + size % 2 : left);

        if (!comment || memcmp(old + at, "ICMT", 4) != 0)
            bci_bytes_put(&list, old + at, whole < n - at ? whole : n - at);
        bci_bytes_put(&list, NULL, list.n % 2);
        at += whole;
    }
    if (comment)
        put_info_text("ICMT", comment, &list);
    bci_sound_put_chunk(BCI_FAMILY_WAVE, "LIST", list.data, list.n, out);
    out->is_short |= list.is_short;
    bci_bytes_free(&list);
}

/* Pairs of key and value. */
void bci_texts_copy_caf(const uint8_t *old, size_t n, const char *comment, bci_bytes *out)
{
    const char *const name = texts[BCI_TEXT_COMMENT].caf;
    bci_bytes list = { 0 };
    uint32_t n_pairs = 0;

    for (size_t at = 4; at < n;) {
        const size_t left = n - at, n_key = strnlen((const char *)old + at, left) + 1;

        if (n_key >= left) /* no value behind it */
            break;
        const size_t n_value = strnlen((const char *)old + at + n_key, left - n_key) + 1;

        if (n_value > left - n_key)
            break;
        if (!comment || strcmp((const char *)old + at, name) != 0) {
            bci_bytes_put(&list, old + at, n_key + n_value);
            n_pairs++;
        }
        at += n_key + n_value;
    }
    if (comment) {
        bci_bytes_put(&list, name, strlen(name) + 1);
        bci_bytes_put(&list, comment, strlen(comment) + 1);
        n_pairs++;
    }
    put_id(out, "info");
    bci_bytes_put_be(out, list.n + 4, 8);
    bci_bytes_put_be(out, n_pairs, 4);
    bci_bytes_put(out, list.data, list.n);
    out->is_short |= list.is_short;
    bci_bytes_free(&list);
}

/* --- comments of FLAC */

void bci_flac_put_block(unsigned type, const void *data, size_t n, bci_bytes *out)
{
    bci_bytes_put_be(out, (uint64_t)type << 24 | n, 4);
    bci_bytes_put(out, data, n);
}

/* n_texts of them lie in `list`; as many as are too long for a block are dropped. */
static void put_tags_block(const bci_bytes *list, uint32_t n_texts, bci_sound_carried *c)
{
    const char *vendor = bci_flac_vendor();
    const size_t n_vendor = strlen(vendor);
    const bool fits = list->n <= MAX_BLOCK - 8 - n_vendor;
    bci_bytes block = { 0 };

    if (!fits)
        bci_names_add(c->dropped, "tags");
    bci_bytes_put_le(&block, n_vendor, 4);
    bci_bytes_put(&block, vendor, n_vendor);
    bci_bytes_put_le(&block, fits ? n_texts : 0, 4);
    bci_bytes_put(&block, list->data, fits ? list->n : 0);
    bci_flac_put_block(VORBIS_COMMENT, block.data, block.n, &c->chunks);
    c->chunks.is_short |= block.is_short || list->is_short;
    bci_bytes_free(&block);
}

/* Comments are UTF-8; what is none is taken for Latin-1. */
static void put_utf8(const char *text, bci_bytes *out)
{
    const uint8_t *p = (const uint8_t *)text;
    const size_t n = strlen(text);
    size_t at = 0, more = 1;

    while (at < n && more > 0)
        at += more = bci_utf8_length(p + at, n - at);
    if (at == n) {
        bci_bytes_put(out, text, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t two[2] = { (uint8_t)(0xC0 | p[i] >> 6), (uint8_t)(0x80 | (p[i] & 0x3F)) };

        bci_bytes_put(out, p[i] < 0x80 ? p + i : two, p[i] < 0x80 ? 1 : 2);
    }
}

static void put_tag(const char *name, const char *text, bci_bytes *list)
{
    bci_bytes entry = { 0 };

    bci_bytes_put(&entry, name, strlen(name));
    bci_bytes_put(&entry, "=", 1);
    put_utf8(text, &entry);
    bci_bytes_put_le(list, entry.n, 4);
    bci_bytes_put(list, entry.data, entry.n);
    list->is_short |= entry.is_short;
    bci_bytes_free(&entry);
}

/* The name of a tag in reports: ours where it has one. */
static void add_tag_name(char list[BC_AUDIO_NAMES], const uint8_t *text, size_t n)
{
    const uint8_t *equals = memchr(text, '=', n);
    size_t value;

    for (int i = 0; i < BCI_TEXTS; i++)
        if (bci_vorbis_is_named(text, n, texts[i].flac, &value)) {
            bci_names_add(list, texts[i].name);
            return;
        }
    if (!bci_vorbis_is_named(text, n, BCI_CHANNELS_COMMENT, &value)) /* "layout" */
        bci_names_add_n(list, (const char *)text, equals ? (size_t)(equals - text) : n);
}

/* "REPLAYGAIN_TRACK_GAIN", "R128_ALBUM_GAIN" (RFC 7845) and the like: how loud the samples are. */
static bool tells_level(const uint8_t *text, size_t n)
{
    static const char *const begins[] = { "REPLAYGAIN_", "R128_" };

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (n >= strlen(begins[i]) &&
            strncasecmp((const char *)text, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* libsndfile reports only the first comment, so that is the one replaced. */
void bci_texts_copy_tags(const uint8_t *old, size_t n, const char *comment, bool changes_level,
                         bci_sound_carried *c)
{
    const char *const name = texts[BCI_TEXT_COMMENT].flac;
    bci_vorbis_walk walk = bci_vorbis_begin(old, n);
    bci_bytes list = { 0 };
    const uint8_t *text;
    uint32_t n_texts = 0;
    size_t n_text, value;

    while (bci_vorbis_next(&walk, &text, &n_text)) {
        if (changes_level && tells_level(text, n_text)) {
            add_tag_name(c->dropped, text, n_text);
            continue;
        }
        n_texts++;
        add_tag_name(c->carried, text, n_text);
        if (comment && bci_vorbis_is_named(text, n_text, name, &value)) {
            put_tag(name, comment, &list);
            comment = NULL;
            continue;
        }
        bci_bytes_put_le(&list, n_text, 4);
        bci_bytes_put(&list, text, n_text);
    }
    if (comment) {
        put_tag(name, comment, &list);
        n_texts++;
    }
    put_tags_block(&list, n_texts, c);
    bci_bytes_free(&list);
}

/* Those that have no text's name, and all comments but the first. */
void bci_texts_drop_tags(const uint8_t *data, size_t n, bci_sound_carried *c)
{
    bci_vorbis_walk walk = bci_vorbis_begin(data, n);
    const uint8_t *text;
    size_t n_text, value;
    int n_comments = 0;

    while (bci_vorbis_next(&walk, &text, &n_text)) {
        bool is_known = false;

        for (int i = 0; i < BCI_TEXTS; i++)
            is_known |= bci_vorbis_is_named(text, n_text, texts[i].flac, &value);
        n_comments += bci_vorbis_is_named(text, n_text, texts[BCI_TEXT_COMMENT].flac, &value);
        if (!is_known || n_comments > 1)
            add_tag_name(c->dropped, text, n_text);
    }
}

void bci_texts_drop_info(const uint8_t *data, size_t n, bci_sound_carried *c)
{
    for (size_t at = 4; at + 8 <= n;) {
        const size_t size = number_le(data + at + 4), left = n - at - 8;
        bool is_known = false;
        char id[5] = "";

        memcpy(id, data + at, 4);
        for (int i = 0; i < BCI_TEXTS; i++)
            is_known |= texts[i].info && memcmp(texts[i].info, id, 4) == 0;
        if (!is_known)
            bci_names_add(c->dropped, id);
        if (size > left)
            return;
        at += 8 + size + size % 2;
    }
}

/* --- from family to family */

static const char *place_of(bci_sound_family family, int i)
{
    switch (family) {
    case BCI_FAMILY_WAVE: return texts[i].info;
    case BCI_FAMILY_AIFF: return texts[i].aiff;
    case BCI_FAMILY_CAF: return texts[i].caf;
    case BCI_FAMILY_FLAC: return texts[i].flac;
    case BCI_FAMILY_AU: return i == BCI_TEXT_COMMENT ? "annotation" : NULL;
    case BCI_FAMILY_W64: return NULL;
    }
    return NULL;
}

bool bci_sound_family_has_comment(bci_sound_family family)
{
    return place_of(family, BCI_TEXT_COMMENT) != NULL;
}

/* All values of that name in FLAC's comments, "; " between them. */
static void gather(const uint8_t *tags, size_t n_tags, const char *name, bci_bytes *out)
{
    bci_vorbis_walk walk = bci_vorbis_begin(tags, n_tags);
    const uint8_t *text;
    size_t n_text, value;

    while (bci_vorbis_next(&walk, &text, &n_text)) {
        if (!bci_vorbis_is_named(text, n_text, name, &value) || value == n_text)
            continue;
        bci_bytes_put(out, "; ", out->n > 0 ? 2 : 0);
        bci_bytes_put(out, text + value, n_text - value);
    }
}

/* The block of comments of a FLAC, or nothing. */
static void load_tags(const bci_sound *source, bci_bytes *out)
{
    const bci_sound_header *h = source ? bci_sound_get_header(source) : NULL;

    for (size_t i = 0; h && i < h->n_chunks; i++) {
        if (strcmp(h->chunks[i].id, "vorb") != 0 || h->chunks[i].size > MAX_BLOCK)
            continue;
        bci_bytes_put(out, NULL, (size_t)h->chunks[i].size);
        if (!out->is_short)
            out->n = bci_sound_chunk_data(source, &h->chunks[i], out->data, out->n);
        return;
    }
}

/* One text, with a zero behind it. */
static void take_text(const bci_sound *source, const bci_bytes *tags, const char *comment, int i,
                      bci_bytes *out)
{
    const char *text = i == BCI_TEXT_COMMENT ? comment
                       : source              ? bci_sound_get_text(source, (bci_sound_text)i)
                                             : NULL;

    if (i != BCI_TEXT_COMMENT && tags->n > 0)
        gather(tags->data, tags->n, texts[i].flac, out);
    if (out->n == 0 && text)
        bci_bytes_put(out, text, strlen(text));
    bci_bytes_put(out, NULL, 1);
}

static void put_text(bci_sound_family family, const char *place, const char *text, bci_bytes *list)
{
    switch (family) {
    case BCI_FAMILY_WAVE: put_info_text(place, text, list); return;
    case BCI_FAMILY_AIFF: bci_sound_put_chunk(family, place, text, strlen(text), list); return;
    case BCI_FAMILY_CAF:
        bci_bytes_put(list, place, strlen(place) + 1);
        bci_bytes_put(list, text, strlen(text) + 1);
        return;
    case BCI_FAMILY_AU: bci_bytes_put(list, text, strlen(text)); return;
    case BCI_FAMILY_FLAC: put_tag(place, text, list); return;
    case BCI_FAMILY_W64: return;
    }
}

/* The texts as the family puts them together. */
static void put_list(bci_sound_family family, const bci_bytes *list, uint32_t n_texts,
                     bci_sound_carried *c)
{
    if (family == BCI_FAMILY_FLAC) {
        put_tags_block(list, n_texts, c);
        return;
    }
    if (list->n > 0 && family == BCI_FAMILY_WAVE) {
        put_id(&c->chunks, "LIST");
        bci_bytes_put_le(&c->chunks, list->n + 4, 4);
        put_id(&c->chunks, "INFO");
    } else if (list->n > 0 && family == BCI_FAMILY_CAF) {
        put_id(&c->chunks, "info");
        bci_bytes_put_be(&c->chunks, list->n + 4, 8);
        bci_bytes_put_be(&c->chunks, n_texts, 4);
    }
    bci_bytes_put(&c->chunks, list->data, list->n);
    c->chunks.is_short |= list->is_short;
}

void bci_texts_put(const bci_sound *source, bci_sound_family family, uint32_t channel_mask,
                   bci_sound_carried *c)
{
    bci_bytes list = { 0 }, tags = { 0 };
    uint32_t n_texts = 0;
    char mask[16];

    load_tags(source, &tags);
    list.is_short = tags.is_short;
    for (int i = 0; i < BCI_TEXTS; i++) {
        const char *place = place_of(family, i);
        bci_bytes text = { 0 };

        take_text(source, &tags, c->comment, i, &text);
        list.is_short |= text.is_short;
        if (!text.is_short && *text.data) {
            bci_names_add(place ? c->carried : c->dropped, texts[i].name);
            n_texts += place != NULL;
        }
        if (!text.is_short && *text.data && place)
            put_text(family, place, (const char *)text.data, &list);
        bci_bytes_free(&text);
    }
    if (family == BCI_FAMILY_FLAC && channel_mask) {
        snprintf(mask, sizeof mask, "0x%04X", channel_mask);
        put_tag(BCI_CHANNELS_COMMENT, mask, &list);
        n_texts++;
    }
    put_list(family, &list, n_texts, c);
    bci_bytes_free(&list);
    bci_bytes_free(&tags);
}
