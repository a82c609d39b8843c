/* Knows what sound files hold beside samples, and which chunks stay true when samples lose bits. */
#include "audio/sound_metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/channels.h"
#include "audio/name_list.h"
#include "base/fail.h"

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
        { "appl", "application" },
        { "cues", "cuesheet" },
        { "pict", "picture" },
        { "vorb", "tags" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(chunk->id, names[i][0]) == 0)
            return names[i][1];
    return chunk->id;
}

/* --- chunks */

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
    bci_sound_put_chunk(BCI_FAMILY_WAVE, "bext", bext.data, bext.n, out);
    out->is_short |= bext.is_short;
    bci_bytes_free(&bext);
}

/* --- from file to file */

static bool is_of_family(const bci_sound *source, bci_sound_family family)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    if (!h->container) /* behind an ID3 tag nobody lists the blocks of a FLAC */
        return family == BCI_FAMILY_FLAC && h->n_chunks > 0;
    if (strcmp(h->container, "WAV") == 0 || strcmp(h->container, "RF64") == 0 ||
        strcmp(h->container, "BW64") == 0)
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

/* A block of FLAC: an application's, whose first four letters say what is in it, is STALE where
 * that is another file's header (flac --keep-foreign-metadata). */
static void carry_block(const bci_sound_chunk *chunk, const uint8_t *data, bool changes_level,
                        const char **new_comment, bci_sound_carried *c)
{
    static const struct {
        const char *id;
        unsigned type;
    } types[] = { { "appl", 2 }, { "cues", 5 }, { "pict", 6 } };
    static const char *const foreign[] = { "riff", "aiff", "w64 " };
    const size_t n = (size_t)chunk->size;
    unsigned type = 0;

    if (strcmp(chunk->id, "vorb") == 0) {
        bci_texts_copy_tags(data, n, *new_comment, changes_level, c);
        *new_comment = NULL;
        return;
    }
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strcmp(chunk->id, "appl") == 0 && n >= 4 && memcmp(data, foreign[i], 4) == 0) {
            bci_names_add(c->dropped, chunk_name(chunk));
            return;
        }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(chunk->id, types[i].id) == 0)
            type = types[i].type;
    if (type == 0) /* "#007": one that is not defined yet */
        type =
            (unsigned)(100 * (chunk->id[1] - '0') + 10 * (chunk->id[2] - '0') + chunk->id[3] - '0');
    bci_names_add(c->carried, chunk_name(chunk));
    bci_flac_put_block(type, data, n, &c->chunks);
}

/* One chunk to a file of the same family, *new_comment in the place of the old one: it becomes
 * NULL once it has found its place. */
static void carry_chunk(const bci_sound_chunk *chunk, const uint8_t *data,
                        const bci_sound_shape *shape, bci_sound_family family,
                        const char **new_comment, bci_sound_carried *c)
{
    const size_t n = (size_t)chunk->size;
    const bool is_caf_info = family == BCI_FAMILY_CAF && strcmp(chunk->id, "info") == 0 && n >= 4;

    bci_names_add(c->carried, is_info(chunk, data) ? "INFO" : chunk->id);
    if (is_info(chunk, data))
        bci_texts_copy_info(data, n, *new_comment, &c->chunks);
    else if (is_caf_info)
        bci_texts_copy_caf(data, n, *new_comment, &c->chunks);
    else if (is_old_comment(chunk, data, *new_comment))
        return; /* the new one follows all others, since libsndfile gives the last */
    else if (kind_of(chunk) == HISTORY && family == BCI_FAMILY_WAVE)
        put_bext(data, n, shape, &c->chunks);
    else
        bci_sound_put_chunk(family, chunk->id, data, n + (shape->has_even_chunks ? n % 2 : 0),
                            &c->chunks);
    if (is_info(chunk, data) || is_caf_info)
        *new_comment = NULL;
}

static void drop_chunk(const bci_sound_chunk *chunk, const uint8_t *data, bci_sound_carried *c)
{
    if (is_info(chunk, data))
        bci_texts_drop_info(data, (size_t)chunk->size, c);
    else if (strcmp(chunk->id, "vorb") == 0)
        bci_texts_drop_tags(data, (size_t)chunk->size, c);
    else
        bci_names_add(c->dropped, chunk_name(chunk));
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
            bci_names_add(c->dropped, chunk_name(chunk));
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
            bci_names_add(c->dropped, chunk_name(chunk));
        else if (is_same && family == BCI_FAMILY_FLAC)
            carry_block(chunk, data, shape->changes_level, new_comment, c);
        else if (is_same)
            carry_chunk(chunk, data, shape, family, new_comment, c);
        else
            drop_chunk(chunk, data, c);
        free(data);
    }
    if (h->has_more_chunks)
        bci_names_add(c->dropped, "others");
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
                bci_names_add(c->dropped, bci_text_name((bci_sound_text)i));
    for (size_t i = 0; strip && i < h->n_chunks; i++)
        if (kind_of(&h->chunks[i]) != STRUCTURAL && kind_of(&h->chunks[i]) != TEXT)
            bci_names_add(c->dropped, chunk_name(&h->chunks[i]));
}

/* Bytes of the chunk of Core Audio that says the layout: of a source that has one, or of its
 * mask. */
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
        bci_sound_put_chunk(family, family == BCI_FAMILY_CAF ? "chan" : "CHAN", layout.data,
                            layout.n, &c->chunks);
    if (layout.n > 0 || mask)
        bci_names_add(layout.n > 0 || (!is_core_audio && bci_channels_fit(mask, family, shape))
                          ? c->carried
                          : c->dropped,
                      "layout");
    c->chunks.is_short |= layout.is_short;
    bci_bytes_free(&layout);
}

/* A FLAC with a block of comments. */
static bool has_tags(const bci_sound *source)
{
    const bci_sound_header *h = bci_sound_get_header(source);

    for (size_t i = 0; i < h->n_chunks; i++)
        if (strcmp(h->chunks[i].id, "vorb") == 0)
            return true;
    return false;
}

/* Are texts written one by one? Where chunks are carried as they are, only a new comment, or the
 * tags that FLAC has to have. */
static bool needs_texts(const bci_sound *taken, bool is_same, const char *new_comment,
                        bci_sound_family family)
{
    return !is_same || new_comment || (family == BCI_FAMILY_FLAC && !has_tags(taken));
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
    if (!st && source)
        put_layout(source, family, shape, out);
    if (!st && needs_texts(taken, is_same, new_comment, family))
        bci_texts_put(
            is_same ? NULL : taken, family,
            bci_channels_fit(shape->channel_mask, family, shape) ? shape->channel_mask : 0, out);
    if (!st && source)
        name_the_rest(source, strip, out);
    if (!st && source)
        st = bci_sound_status(source, err);
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
