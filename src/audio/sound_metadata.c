/* Knows what sound files hold beside samples: which chunks stay true when samples lose bits, and
 * where each family of files keeps its texts. */
#include "audio/sound_metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/channels.h"
#include "audio/vorbis_comment.h"
#include "base/fail.h"

/* A row: a text, its name, and where families keep it; NULL: nowhere. */
static const struct {
    const char *name, *info, *aiff, *caf;
} texts[BCI_TEXTS] = {
    [BCI_TEXT_TITLE] = { "title", "INAM", "NAME", "title" },
    [BCI_TEXT_ARTIST] = { "artist", "IART", "AUTH", "artist" },
    [BCI_TEXT_ALBUM] = { "album", "IPRD", NULL, "album" },
    [BCI_TEXT_DATE] = { "date", "ICRD", NULL, "recorded date" },
    [BCI_TEXT_GENRE] = { "genre", "IGNR", NULL, "genre" },
    [BCI_TEXT_TRACK] = { "track", "ITRK", NULL, "track number" },
    [BCI_TEXT_COPYRIGHT] = { "copyright", "ICOP", "(c) ", "copyright" },
    [BCI_TEXT_LICENCE] = { "licence", NULL, NULL, NULL },
    [BCI_TEXT_SOFTWARE] = { "software", "ISFT", NULL, "encoding application" },
    [BCI_TEXT_COMMENT] = { "comment", "ICMT", "ANNO", "comments" },
};

/* What a chunk is to somebody who writes other samples of the same length and rate. */
typedef enum {
    KEPT,       /* stays true */
    STRUCTURAL, /* written anew, or filler */
    STALE,      /* says what no longer holds */
    TEXT,       /* what libsndfile gives as texts */
    HISTORY,    /* bext: a line is added */
} chunk_kind;

static const struct {
    const char *id;
    chunk_kind kind;
} chunk_kinds[] = {
    { "fmt ", STRUCTURAL }, { "fact", STRUCTURAL }, { "ds64", STRUCTURAL }, { "JUNK", STRUCTURAL },
    { "junk", STRUCTURAL }, { "PAD ", STRUCTURAL }, { "FLLR", STRUCTURAL }, { "data", STRUCTURAL },
    { "FVER", STRUCTURAL }, { "COMM", STRUCTURAL }, { "SSND", STRUCTURAL }, { "desc", STRUCTURAL },
    { "free", STRUCTURAL }, { "pakt", STRUCTURAL }, { "kuki", STRUCTURAL }, { "PEAK", STALE },
    { "peak", STALE },      { "levl", STALE },      { "ovvw", STALE },      { "MD5 ", STALE },
    { "NAME", TEXT },       { "AUTH", TEXT },       { "(c) ", TEXT },       { "ANNO", TEXT },
    { "info", TEXT },       { "text", TEXT },       { "bext", HISTORY },    { "chan", STRUCTURAL },
    { "CHAN", STRUCTURAL },
};

static chunk_kind kind_of(const bci_sound_chunk *chunk)
{
    for (size_t i = 0; i < sizeof chunk_kinds / sizeof *chunk_kinds; i++)
        if (memcmp(chunk->id, chunk_kinds[i].id, 4) == 0)
            return chunk_kinds[i].kind;
    return KEPT;
}

/* FLAC numbers its blocks; they have names in the report. */
static const char *chunk_name(const bci_sound_chunk *chunk)
{
    static const char *const names[][2] = {
        { "appl", "application" }, { "cues", "cuesheet" }, { "pict", "picture" }, { "vorb", "tags" }
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(chunk->id, names[i][0]) == 0)
            return names[i][1];
    return chunk->id;
}

/* --- lists of names */

/* Add the first n bytes of a name once, the spaces behind it cut off. A name is never cut: where
 * there is no room for it the list ends in "...". */
static void add_name_of(char list[BC_AUDIO_NAMES], const char *name, size_t n)
{
    static const char end[] = " ...";
    const size_t used = strlen(list), room = BC_AUDIO_NAMES - sizeof end - 1;
    char word[BC_AUDIO_NAMES];

    while (n > 0 && name[n - 1] == ' ')
        n--;
    if (n == 0 || (used >= 4 && strcmp(list + used - 4, end) == 0))
        return;
    if (used + n > room) {
        snprintf(list + used, BC_AUDIO_NAMES - used, "%s", end);
        return;
    }
    for (size_t i = 0; i < n; i++)
        word[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    word[n] = '\0';
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return;
    snprintf(list + used, BC_AUDIO_NAMES - used, "%s%s", used ? " " : "", word);
}

static void add_name(char list[BC_AUDIO_NAMES], const char *name)
{
    add_name_of(list, name, strlen(name));
}

/* --- chunks */

static void put_id(bci_bytes *out, const char *id)
{
    bci_bytes_put(out, id, 4);
}

static void put_chunk(bci_sound_family family, const char *id, const void *data, size_t n,
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

static uint32_t number_le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_info_text(const char *id, const char *text, bci_bytes *out)
{
    put_chunk(BCI_FAMILY_WAVE, id, text, strlen(text) + 1, out);
}

/* LIST INFO with the comment changed; the rest as it is. */
static void put_info(const uint8_t *old, size_t n, const char *comment, bci_bytes *out)
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
    put_chunk(BCI_FAMILY_WAVE, "LIST", list.data, list.n, out);
    out->is_short |= list.is_short;
    bci_bytes_free(&list);
}

/* The same for CAF: pairs of key and value. */
static void put_caf_info(const uint8_t *old, size_t n, const char *comment, bci_bytes *out)
{
    const char *const name = texts[BCI_TEXT_COMMENT].caf;
    bci_bytes list = { 0 };
    uint32_t n_pairs = 0;

    for (size_t at = 4; at < n;) {
        const size_t n_key = strnlen((const char *)old + at, n - at) + 1;
        const size_t n_value =
            n_key < n - at ? strnlen((const char *)old + at + n_key, n - at - n_key) + 1 : n;

        if (n_value > n - at - n_key)
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

/* Coding history, as EBU Technical Recommendation R98 has it. */
static void put_bext(const uint8_t *old, size_t n, const bci_sound_shape *shape, bci_bytes *out)
{
    enum { FIXED = 602 };
    bci_bytes bext = { 0 };
    char line[96];
    const char *mode = shape->n_channels == 1   ? ",M=mono"
                       : shape->n_channels == 2 ? ",M=stereo"
                                                : "";

    while (n > FIXED && old[n - 1] == 0)
        n--;
    bci_bytes_put(&bext, old, n);
    if (shape->encoding == BC_ENCODING_PCM && n >= FIXED) {
        if (n > FIXED && old[n - 1] != '\n')
            bci_bytes_put(&bext, "\r\n", 2);
        snprintf(line, sizeof line, "A=PCM,F=%u,W=%d%s,T=bitcrush\r\n", shape->rate_hz,
                 shape->valid_bits, mode);
        bci_bytes_put(&bext, line, strlen(line));
    }
    bci_bytes_put(&bext, NULL, shape->has_even_chunks ? bext.n % 2 : 0);
    put_chunk(BCI_FAMILY_WAVE, "bext", bext.data, bext.n, out);
    out->is_short |= bext.is_short;
    bci_bytes_free(&bext);
}

/* --- texts */

static const char *text_of(const bci_sound *source, const bci_sound_carried *c, int i)
{
    if (i == BCI_TEXT_COMMENT)
        return c->comment ? c->comment : "";
    return source ? bci_sound_get_text(source, (bci_sound_text)i) : "";
}

static const char *place_of(bci_sound_family family, int i)
{
    switch (family) {
    case BCI_FAMILY_WAVE: return texts[i].info;
    case BCI_FAMILY_AIFF: return texts[i].aiff;
    case BCI_FAMILY_CAF: return texts[i].caf;
    case BCI_FAMILY_FLAC: return texts[i].name;
    case BCI_FAMILY_AU: return i == BCI_TEXT_COMMENT ? "annotation" : NULL;
    case BCI_FAMILY_W64: return NULL;
    }
    return NULL;
}

bool bci_sound_family_has_comment(bci_sound_family family)
{
    return place_of(family, BCI_TEXT_COMMENT) != NULL;
}

/* Every text that has a place; the others are named as dropped. */
static void put_texts(const bci_sound *source, bci_sound_family family, bci_sound_carried *c)
{
    bci_bytes list = { 0 };
    uint32_t n_texts = 0;

    for (int i = 0; i < BCI_TEXTS; i++) {
        const char *text = text_of(source, c, i), *place = place_of(family, i);

        if (!*text)
            continue;
        add_name(place ? c->carried : c->dropped, texts[i].name);
        if (!place)
            continue;
        n_texts++;
        if (family == BCI_FAMILY_WAVE)
            put_info_text(place, text, &list);
        else if (family == BCI_FAMILY_AIFF)
            put_chunk(family, place, text, strlen(text), &list);
        else if (family == BCI_FAMILY_CAF) {
            bci_bytes_put(&list, place, strlen(place) + 1);
            bci_bytes_put(&list, text, strlen(text) + 1);
        } else if (family == BCI_FAMILY_AU)
            bci_bytes_put(&list, text, strlen(text));
        else
            c->texts[i] = text;
    }
    if (list.n > 0 && family == BCI_FAMILY_WAVE) {
        put_id(&c->chunks, "LIST");
        bci_bytes_put_le(&c->chunks, list.n + 4, 4);
        put_id(&c->chunks, "INFO");
    } else if (list.n > 0 && family == BCI_FAMILY_CAF) {
        put_id(&c->chunks, "info");
        bci_bytes_put_be(&c->chunks, list.n + 4, 8);
        bci_bytes_put_be(&c->chunks, n_texts, 4);
    }
    bci_bytes_put(&c->chunks, list.data, list.n);
    c->chunks.is_short |= list.is_short;
    bci_bytes_free(&list);
}

/* --- from file to file */

static bool is_of_family(const bci_sound *source, bci_sound_family family)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    if (!h->container)
        return false;
    if (strcmp(h->container, "WAV") == 0 || strcmp(h->container, "RF64") == 0)
        return family == BCI_FAMILY_WAVE && !h->is_big_endian;
    return (strcmp(h->container, "AIFF") == 0 && family == BCI_FAMILY_AIFF) ||
           (strcmp(h->container, "CAF") == 0 && family == BCI_FAMILY_CAF);
}

static bool is_info(const bci_sound_chunk *chunk, const uint8_t *data)
{
    return strcmp(chunk->id, "LIST") == 0 && chunk->size >= 4 && memcmp(data, "INFO", 4) == 0;
}

/* True for the annotation of an AIFF that the first lines of the new comment repeat. */
static bool is_old_comment(const bci_sound_chunk *chunk, const uint8_t *data,
                           const char *new_comment)
{
    size_t n = (size_t)chunk->size;

    while (n > 0 && data[n - 1] == 0)
        n--;
    return new_comment && strcmp(chunk->id, "ANNO") == 0 &&
           strncmp(new_comment, (const char *)data, n) == 0 && new_comment[n] == '\n';
}

/* One chunk to a file of the same family, *new_comment in the place of the old one: it becomes
 * NULL once it has found its place. */
static void carry_chunk(const bci_sound_chunk *chunk, const uint8_t *data,
                        const bci_sound_shape *shape, bci_sound_family family,
                        const char **new_comment, bci_sound_carried *c)
{
    const size_t n = (size_t)chunk->size;
    const bool is_caf_info = family == BCI_FAMILY_CAF && strcmp(chunk->id, "info") == 0 && n >= 4;

    add_name(c->carried, is_info(chunk, data) ? "INFO" : chunk->id);
    if (is_info(chunk, data))
        put_info(data, n, *new_comment, &c->chunks);
    else if (is_caf_info)
        put_caf_info(data, n, *new_comment, &c->chunks);
    else if (is_old_comment(chunk, data, *new_comment))
        return; /* the new one follows all others, since libsndfile gives the last */
    else if (kind_of(chunk) == HISTORY && family == BCI_FAMILY_WAVE)
        put_bext(data, n, shape, &c->chunks);
    else
        put_chunk(family, chunk->id, data, n + (shape->has_even_chunks ? n % 2 : 0), &c->chunks);
    if (is_info(chunk, data) || is_caf_info)
        *new_comment = NULL;
}

/* Texts of an INFO list that have no place in another family. */
static void drop_info(const uint8_t *data, size_t n, bci_sound_carried *c)
{
    for (size_t at = 4; at + 8 <= n;) {
        const size_t size = number_le(data + at + 4), left = n - at - 8;
        bool is_known = false;
        char id[5] = "";

        memcpy(id, data + at, 4);
        for (int i = 0; i < BCI_TEXTS; i++)
            is_known |= texts[i].info && memcmp(texts[i].info, id, 4) == 0;
        if (!is_known)
            add_name(c->dropped, id);
        if (size > left)
            return;
        at += 8 + size + size % 2;
    }
}

/* Texts of FLAC that libsndfile does not tell of; the layout has a word of its own. */
static void drop_tags(const uint8_t *data, size_t n, bci_sound_carried *c)
{
    static const char *const known[] = { "title",
                                         "artist",
                                         "album",
                                         "date",
                                         "genre",
                                         "tracknumber",
                                         "copyright",
                                         "license",
                                         "software",
                                         "comment",
                                         BCI_CHANNELS_COMMENT };
    bci_vorbis_walk walk = bci_vorbis_begin(data, n);
    const uint8_t *text;
    size_t n_text;

    while (bci_vorbis_next(&walk, &text, &n_text)) {
        const uint8_t *equals = memchr(text, '=', n_text);
        bool is_known = false;
        size_t value;

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            is_known |= bci_vorbis_is_named(text, n_text, known[i], &value);
        if (!is_known)
            add_name_of(c->dropped, (const char *)text, equals ? (size_t)(equals - text) : n_text);
    }
}

static void drop_chunk(const bci_sound_chunk *chunk, const uint8_t *data, bci_sound_carried *c)
{
    if (is_info(chunk, data))
        drop_info(data, (size_t)chunk->size, c);
    else if (strcmp(chunk->id, "vorb") == 0)
        drop_tags(data, (size_t)chunk->size, c);
    else
        add_name(c->dropped, chunk_name(chunk));
}

static bc_status carry_chunks(const bci_sound *source, bci_sound_family family,
                              const bci_sound_shape *shape, const char **new_comment,
                              bci_sound_carried *c, bc_error *err)
{
    const bci_sound_header *h = bci_sound_get_header(source);
    const bool is_same = is_of_family(source, family);
    uint64_t total = 0;

    for (size_t i = 0; i < h->n_chunks; i++) {
        const bci_sound_chunk *chunk = &h->chunks[i];
        const chunk_kind kind = kind_of(chunk);
        const bool is_list = (strcmp(chunk->id, "LIST") == 0 && !h->is_big_endian) ||
                             strcmp(chunk->id, "vorb") == 0; /* of texts */

        if (kind == STRUCTURAL || (kind == TEXT && !is_same))
            continue;
        total += chunk->size;
        if (kind == STALE || (!is_same && !is_list) || total > BCI_MAX_SOUND_METADATA) {
            add_name(c->dropped, chunk_name(chunk));
            continue;
        }
        uint8_t *data = calloc(1, (size_t)chunk->size + 1); /* and a zero behind */

        if (!data)
            return bci_fail(err, BC_E_LIMIT, "%s: out of memory for its metadata",
                            bci_sound_name(source));
        const size_t got = bci_sound_chunk_data(source, chunk, data, (size_t)chunk->size);
        const bc_status st = bci_sound_status(source, err);

        if (st) {
            free(data);
            return st;
        }
        if (got < chunk->size)
            add_name(c->dropped, chunk->id);
        else if (is_same)
            carry_chunk(chunk, data, shape, family, new_comment, c);
        else
            drop_chunk(chunk, data, c);
        free(data);
    }
    if (h->has_more_chunks)
        add_name(c->dropped, "others");
    return BC_OK;
}

/* "old\nline", what there is of both, or NULL for neither. */
static bc_status make_comment(const bci_sound *source, const char *line, char **out, bc_error *err)
{
    const char *old = source ? bci_sound_comment(source) : "";
    const size_t n_old = strlen(old), size = n_old + (line ? strlen(line) : 0) + 2;

    *out = NULL;
    if (!line && !*old)
        return BC_OK;
    *out = malloc(size);
    if (!*out)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a comment");
    snprintf(*out, size, "%s%s%s", old, line && n_old > 0 && old[n_old - 1] != '\n' ? "\n" : "",
             line ? line : "");
    return BC_OK;
}

/* What chunks do not show. */
static void name_the_rest(const bci_sound *source, bool strip, bci_sound_carried *c)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    if (strip)
        for (int i = 0; i < BCI_TEXTS; i++)
            if (*bci_sound_get_text(source, (bci_sound_text)i))
                add_name(c->dropped, texts[i].name);
    for (size_t i = 0; strip && i < h->n_chunks; i++)
        if (kind_of(&h->chunks[i]) != STRUCTURAL && kind_of(&h->chunks[i]) != TEXT)
            add_name(c->dropped, chunk_name(&h->chunks[i]));
}

/* Bytes of the chunk of Core Audio that says the layout: of a source that has one, or of its mask. */
static void make_layout(const bci_sound *source, uint32_t mask, bci_bytes *out)
{
    const bci_sound_chunk *chunk = bci_channels_chunk(source);

    if (!chunk) {
        bci_channels_put_layout(mask, out);
        return;
    }
    bci_bytes_put(out, NULL, (size_t)chunk->size);
    if (!out->is_short && bci_sound_chunk_data(source, chunk, out->data, out->n) < out->n)
        out->n = 0;
}

/* The layout of the channels: between CAF and AIFF as it is. WAV has it in its header. */
static void put_layout(const bci_sound *source, bci_sound_family family,
                       const bci_sound_shape *shape, bci_sound_carried *c)
{
    const bool is_core_audio = family == BCI_FAMILY_CAF || family == BCI_FAMILY_AIFF;
    const uint32_t mask = bci_channels_of(source);
    bci_bytes layout = { 0 };

    if (is_core_audio && (bci_channels_chunk(source) || bci_channels_fit(mask, family, shape)))
        make_layout(source, mask, &layout);
    if (layout.n > 0)
        put_chunk(family, family == BCI_FAMILY_CAF ? "chan" : "CHAN", layout.data, layout.n,
                  &c->chunks);
    if (layout.n > 0 || mask)
        add_name(layout.n > 0 || (!is_core_audio && bci_channels_fit(mask, family, shape))
                     ? c->carried
                     : c->dropped,
                 "layout");
    c->chunks.is_short |= layout.is_short;
    bci_bytes_free(&layout);
}

bc_status bci_sound_carry(const bci_sound *source, bool strip, const char *line,
                          bci_sound_family family, const bci_sound_shape *shape,
                          bci_sound_carried *out, bc_error *err)
{
    const bci_sound *taken = strip ? NULL : source;
    const bool is_same = taken && is_of_family(taken, family);
    const char *new_comment;
    bc_status st;

    *out = (bci_sound_carried){ 0 };
    st = make_comment(taken, line, &out->comment, err);
    new_comment = line ? out->comment : NULL;
    if (!st && taken)
        st = carry_chunks(taken, family, shape, &new_comment, out, err);
    if (!st && (!is_same || new_comment))
        put_texts(is_same ? NULL : taken, family, out);
    if (!st && source)
        put_layout(source, family, shape, out);
    if (!st && source)
        name_the_rest(source, strip, out);
    if (!st && out->chunks.is_short)
        st = bci_fail(err, BC_E_LIMIT, "out of memory for metadata");
    if (st)
        bci_sound_carried_free(out);
    return st;
}

void bci_sound_carried_free(bci_sound_carried *c)
{
    bci_bytes_free(&c->chunks);
    free(c->comment);
    c->comment = NULL;
}
