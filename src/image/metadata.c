/* Knows the rules of what a picture's file says beside its samples: which chunk may occur how
 * often, which stays with a reduced or turned picture, and what it says about light.
 *
 * Chunks stay as they are, byte for byte. libpng would unpack and check them, and drop what it
 * does not know; a copy is safer and smaller than a translation. */
#include "image/metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"
#include "image/exif.h"

enum {
    ONCE = 1,     /* of several the first one counts */
    SHOWS = 2,    /* needed to show the picture right: stays with `strip` */
    KEYWORD = 4,  /* begins with 1 to 79 bytes and a zero */
    PLACED = 8,   /* tells a place in the picture as it lay in the file */
    DROPPED = 16, /* speaks of samples or palette entries that are no longer the same */
};

/* Chunks that are not in this table are copied when the fifth bit of their last letter says
 * that they do not depend on the samples (PNG specification, 14.2: safe to copy). */
static const struct {
    const char *name;
    unsigned rules;
    size_t size; /* the only right one, or 0 */
} kinds[] = {
    { "cICP", ONCE | SHOWS, 4 },   { "mDCV", ONCE | SHOWS, 24 },
    { "cLLI", ONCE | SHOWS, 8 },   { "iCCP", ONCE | SHOWS | KEYWORD, 0 },
    { "sRGB", ONCE | SHOWS, 1 },   { "gAMA", ONCE | SHOWS, 4 },
    { "cHRM", ONCE | SHOWS, 32 },  { "pHYs", ONCE, 9 },
    { "eXIf", ONCE, 0 },           { "tIME", ONCE, 7 },
    { "tEXt", KEYWORD, 0 },        { "zTXt", KEYWORD, 0 },
    { "iTXt", KEYWORD, 0 },        { "oFFs", ONCE | PLACED, 9 },
    { "bKGD", ONCE | DROPPED, 0 }, { "hIST", ONCE | DROPPED, 0 },
    { "sPLT", DROPPED, 0 },        { "sCAL", ONCE | PLACED, 0 },
    { "pCAL", ONCE | DROPPED, 0 }, { "sTER", ONCE | DROPPED, 0 },
};

enum { N_KINDS = sizeof kinds / sizeof *kinds, UNKNOWN = N_KINDS };

static size_t kind_of(const char *name)
{
    size_t i = 0;

    while (i < N_KINDS && strcmp(kinds[i].name, name) != 0)
        i++;
    return i;
}

static unsigned rules_of(const char *name)
{
    const size_t kind = kind_of(name);
    /* Letters of chunk names are ASCII; other names ("APP13") are no chunks. */
    const bool is_safe = strlen(name) == 4 && name[3] >= 'a' && name[3] <= 'z';

    if (kind != UNKNOWN)
        return kinds[kind].rules;
    return is_safe ? 0 : DROPPED;
}

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* --- the list ------------------------------------------------------------------------ */

bci_metadata *bci_metadata_new(void)
{
    bci_metadata *m = calloc(1, sizeof *m);

    if (m) {
        m->orientation = 1;
        m->max_size = BCI_MAX_METADATA;
    }
    return m;
}

static void list_free(bci_chunk_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->chunks[i].data);
    free(l->chunks);
}

void bci_metadata_free(bci_metadata *m)
{
    if (!m)
        return;
    list_free(&m->early);
    list_free(&m->late);
    free(m);
}

static const bci_chunk *list_find(const bci_chunk_list *l, const char *name, bool is_dropped)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->chunks[i].is_dropped == is_dropped && strcmp(l->chunks[i].name, name) == 0)
            return &l->chunks[i];
    return NULL;
}

static bool is_known(const bci_metadata *m, const char *name, bool is_dropped)
{
    return list_find(&m->early, name, is_dropped) || list_find(&m->late, name, is_dropped);
}

const bci_chunk *bci_metadata_find(const bci_metadata *m, const char *name)
{
    return list_find(&m->early, name, false);
}

static bool is_right(const char *name, const uint8_t *data, size_t n)
{
    const size_t kind = kind_of(name);

    if (strcmp(name, "eXIf") == 0)
        return bci_exif_is_valid(data, n);
    if (strcmp(name, "gAMA") == 0 && n == 4 && (u32(data) < 16 || u32(data) > 625000000))
        return false; /* as libpng */
    if (kind == UNKNOWN)
        return true;
    if (kinds[kind].rules & KEYWORD) {
        const uint8_t *zero = n > 0 ? memchr(data, 0, n < 80 ? n : 80) : NULL;

        return zero && zero > data;
    }
    return kinds[kind].size == 0 || n == kinds[kind].size;
}

/* Replace the one digit that XMP has as its copy of the orientation, in either spelling. */
static void set_upright_xmp(bci_chunk *c)
{
    static const char *const spellings[] = { "tiff:Orientation=\"", "tiff:Orientation>" };

    if (c->n < 18 || memcmp(c->data, "XML:com.adobe.xmp", 18) != 0)
        return;
    for (size_t s = 0; s < 2; s++) {
        const size_t length = strlen(spellings[s]);

        for (size_t i = 0; i + length < c->n; i++)
            if (memcmp(c->data + i, spellings[s], length) == 0 && c->data[i + length] >= '1' &&
                c->data[i + length] <= '8')
                c->data[i + length] = '1';
    }
}

/* Make one chunk follow the picture, which was turned. */
static void set_upright(const bci_metadata *m, bci_chunk *c)
{
    if (strcmp(c->name, "eXIf") == 0)
        bci_exif_set_upright(c->data, c->n, m->width, m->height);
    if (strcmp(c->name, "iTXt") == 0)
        set_upright_xmp(c);
    if (strcmp(c->name, "pHYs") == 0 && m->orientation >= 5) { /* the axes change places */
        uint8_t x[4];

        memcpy(x, c->data, 4);
        memmove(c->data, c->data + 4, 4);
        memcpy(c->data + 4, x, 4);
    }
}

static bc_status append(bci_metadata *m, bool is_late, const bci_chunk *chunk,
                        const char *source_name, bc_error *err)
{
    bci_chunk_list *l = is_late ? &m->late : &m->early;
    bci_chunk copy = *chunk;

    /* A chunk of nothing takes memory too. */
    if (chunk->n > m->max_size - m->size || sizeof copy > m->max_size - m->size - chunk->n)
        return bci_fail(err, BC_E_LIMIT,
                        "%s: text, profiles and the like take more than %s, "
                        "expected less",
                        source_name, bci_show_size(m->max_size).text);
    if (l->n == l->room) {
        const size_t room = 2 * l->room + 8;
        bci_chunk *grown = realloc(l->chunks, room * sizeof *grown);

        if (!grown)
            return bci_fail(err, BC_E_LIMIT, "%s: out of memory for metadata", source_name);
        l->chunks = grown;
        l->room = room;
    }
    copy.data = malloc(chunk->n + 1);
    if (!copy.data)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for metadata", source_name);
    if (chunk->n > 0)
        memcpy(copy.data, chunk->data, chunk->n);
    if (m->is_upright && !copy.is_dropped)
        set_upright(m, &copy);
    l->chunks[l->n++] = copy;
    m->size += chunk->n + sizeof copy;
    return BC_OK;
}

bc_status bci_metadata_add(bci_metadata *m, const char *name, const uint8_t *data, size_t n,
                           bool is_late, const char *source_name, bc_error *err)
{
    bci_chunk chunk = { .data = (uint8_t *)(uintptr_t)data, .n = n };
    const unsigned rules = rules_of(name);

    snprintf(chunk.name, sizeof chunk.name, "%s", name);
    chunk.is_dropped =
        (rules & DROPPED) || !is_right(name, data, n) || (is_late && (rules & SHOWS));
    if (((rules & ONCE) || chunk.is_dropped) && is_known(m, name, chunk.is_dropped))
        return BC_OK;
    if (chunk.is_dropped)
        chunk.n = 0;
    else if (!is_late && strcmp(name, "eXIf") == 0)
        m->orientation = bci_exif_orientation(data, n);
    return append(m, is_late, &chunk, source_name, err);
}

bc_status bci_metadata_add_profile(bci_metadata *m, const uint8_t *profile, size_t n,
                                   const char *source_name, bc_error *err)
{
    const bci_chunk chunk = {
        .name = "iCCP", .data = (uint8_t *)(uintptr_t)profile, .n = n, .is_bare_profile = true
    };

    m->has_profile = true;
    m->profile = bci_icc_facts(profile, n);
    return append(m, false, &chunk, source_name, err);
}

void bci_metadata_set_upright(bci_metadata *m, uint32_t width, uint32_t height)
{
    m->is_upright = true;
    m->width = width;
    m->height = height;
    for (size_t i = 0; i < m->early.n; i++)
        if (!m->early.chunks[i].is_dropped)
            set_upright(m, &m->early.chunks[i]);
}

/* --- light --------------------------------------------------------------------------- */

/* Transfer characteristics of ITU-T H.273, table 3, in cICP's second byte. */
static bc_transfer transfer_of_cicp(const uint8_t *data, const char **source)
{
    *source = "cICP chunk";
    switch (data[1]) {
    case 4: return (bc_transfer){ BC_TRANSFER_POWER, 2.2 };
    case 5: return (bc_transfer){ BC_TRANSFER_POWER, 2.8 };
    case 8: return (bc_transfer){ BC_TRANSFER_POWER, 1.0 };
    case 13: return (bc_transfer){ BC_TRANSFER_SRGB, 0.0 };
    default: *source = "cICP chunk, taken as sRGB"; return (bc_transfer){ BC_TRANSFER_SRGB, 0.0 };
    }
}

/* gAMA is the exponent of coding in units of 1/100000. 45455 is the value that the specification
 * gives to sRGB samples for decoders that know powers only, and what encoders of sRGB samples
 * write with or without an sRGB chunk: it means sRGB. Other values are what they say. */
static bc_transfer transfer_of_gamma(const uint8_t *data, const char **source)
{
    enum { OF_SRGB = 45455 };
    const double exponent = 100000.0 / u32(data);

    *source = "gAMA chunk";
    if (u32(data) == OF_SRGB)
        return (bc_transfer){ BC_TRANSFER_SRGB, 0.0 };
    if (exponent >= BC_MIN_EXPONENT && exponent <= BC_MAX_EXPONENT)
        return (bc_transfer){ BC_TRANSFER_POWER, exponent };
    *source = "gAMA chunk out of range, taken as sRGB";
    return (bc_transfer){ BC_TRANSFER_SRGB, 0.0 };
}

/* A profile must fit the kind of samples (PNG specification, 11.3.2.3). */
static bool profile_fits(const bci_metadata *m, bool is_grey)
{
    return m->has_profile && m->profile.space == (is_grey ? BCI_GREY_SPACE : BCI_RGB_SPACE);
}

void bci_metadata_transfer(const bci_metadata *m, bool is_grey, bc_transfer *out,
                           const char **source)
{
    const bci_chunk *cicp = bci_metadata_find(m, "cICP"), *gama = bci_metadata_find(m, "gAMA");

    *out = (bc_transfer){ BC_TRANSFER_SRGB, 0.0 };
    *source = "default";
    if (cicp) {
        *out = transfer_of_cicp(cicp->data, source);
    } else if (profile_fits(m, is_grey)) {
        *out = m->profile.transfer;
        *source = m->profile.transfer_source;
    } else if (bci_metadata_find(m, "sRGB")) {
        *source = "sRGB chunk";
    } else if (gama) {
        *out = transfer_of_gamma(gama->data, source);
    }
}

/* --- carrying ------------------------------------------------------------------------ */

/* Unequal densities give the pixels their shape. */
static bool has_square_pixels(const bci_chunk *phys)
{
    return memcmp(phys->data, phys->data + 4, 4) == 0;
}

bool bci_is_carried(const bci_carried *c, const bci_chunk *chunk)
{
    const unsigned rules = rules_of(chunk->name);
    const bool fits = profile_fits(c->metadata, c->is_grey);

    if (chunk->is_dropped)
        return false;
    if (c->strips && !(rules & SHOWS) &&
        (strcmp(chunk->name, "pHYs") != 0 || has_square_pixels(chunk)))
        return false;
    if ((rules & PLACED) && c->metadata->is_upright)
        return false;
    if (strcmp(chunk->name, "iCCP") == 0)
        return fits;
    /* Both at once are against the rules; the profile says more. */
    return strcmp(chunk->name, "sRGB") != 0 || !fits;
}

bool bci_is_about_colour(const bci_chunk *chunk)
{
    return (rules_of(chunk->name) & SHOWS) != 0;
}

bci_space bci_carried_space(const bci_carried *c)
{
    return c->metadata && profile_fits(c->metadata, c->is_grey) ? c->metadata->profile.space
                                                                : BCI_ANY_SPACE;
}

/* True when `text` has the word already. */
static bool has_word(const char *text, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += n)
        if ((at == text || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

void bci_carried_names(const bci_carried *c, bool carries_any, bool carried, char *text,
                       size_t size)
{
    const bci_chunk_list *lists[2] = { &c->metadata->early, &c->metadata->late };
    size_t n = 0;

    text[0] = '\0';
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            const bci_chunk *chunk = &lists[l]->chunks[i];

            if ((carries_any && bci_is_carried(c, chunk)) != carried || has_word(text, chunk->name))
                continue;
            if (n + 1 + strlen(chunk->name) + 5 > size) {
                snprintf(text + n, size - n, " ...");
                return;
            }
            n += (size_t)snprintf(text + n, size - n, "%s%s", n > 0 ? " " : "", chunk->name);
        }
    }
}
