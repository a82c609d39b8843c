/* Knows the list of image file formats and how a file finds its reader. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "image/codec.h"
#include "image/upright.h"

static const bci_image_codec *const codecs[] = {
#ifdef BCI_WITH_PNG
    &bci_png,
#endif
#ifdef BCI_WITH_JPEG
    &bci_jpeg,
#endif
    &bci_pnm,
};

enum {
    N_CODECS = sizeof codecs / sizeof *codecs,
    ROW_BYTES = 8, /* a sample: a codec's row and the one above it, and the caller's */
};

static bc_image_format public_rows[N_CODECS]; /* what is public of them, once and for all */

static void make_rows(void)
{
    for (size_t i = 0; i < N_CODECS; i++)
        public_rows[i] = codecs[i]->format;
}

size_t bc_image_formats(const bc_image_format **out)
{
    static pthread_once_t are_made = PTHREAD_ONCE_INIT;

    (void)pthread_once(&are_made, make_rows);
    *out = public_rows;
    return N_CODECS;
}

static const bci_image_codec *codec_of_content(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < N_CODECS; i++)
        if (codecs[i]->probe(head, n))
            return codecs[i];
    return NULL;
}

bool bc_image_probe(const uint8_t *head, size_t n)
{
    return codec_of_content(head, n) != NULL;
}

const bci_image_codec *bci_image_codec_named(const char *name)
{
    for (size_t i = 0; i < N_CODECS; i++)
        if (strcmp(codecs[i]->format.name, name) == 0)
            return codecs[i];
    return NULL;
}

/* True when `extension` is one of the words of `list`, whatever its case. */
static bool has_word(const char *list, const char *extension)
{
    const size_t n = strlen(extension);

    for (const char *at = list; *at; at += strspn(at, " ")) {
        const size_t word = strcspn(at, " ");

        if (word == n && strncasecmp(at, extension, n) == 0)
            return true;
        at += word;
    }
    return false;
}

const bci_image_codec *bci_image_codec_for_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');

    for (size_t i = 0; dot && i < N_CODECS; i++)
        if (codecs[i]->begin && has_word(codecs[i]->format.extensions, dot))
            return codecs[i];
    return NULL;
}

bc_status bci_image_check_size(const bc_image_reader *r, uint64_t width, uint64_t height,
                               bc_error *err)
{
    const char *name = r->source->name;
    const uint64_t most = bci_max_pixels(&r->reading);

    if (width == 0 || height == 0)
        return bci_fail(err, BC_E_FORMAT, "%s: %llu x %llu pixels, expected at least 1 x 1", name,
                        (unsigned long long)width, (unsigned long long)height);
    if (width > BC_IMAGE_MAX_SIDE || height > BC_IMAGE_MAX_SIDE || width * height > most)
        return bci_fail(err, BC_E_LIMIT,
                        "%s: %llu x %llu pixels, expected at most %u a side and "
                        "%llu in all (--max-pixels)",
                        name, (unsigned long long)width, (unsigned long long)height,
                        BC_IMAGE_MAX_SIDE, (unsigned long long)most);
    return BC_OK;
}

bc_status bci_image_take_memory(bc_image_reader *r, uint64_t n, uint64_t size, const char *what,
                                bc_error *err)
{
    char subject[256];

    snprintf(subject, sizeof subject, "%s: %s of %u x %u pixels", r->source->name, what,
             r->info.width, r->info.height);
    return bci_take_memory(&r->reading, &r->memory, n, size, subject, err);
}

void bci_image_note_damage(const bc_image_reader *r, const char *format, ...)
{
    char *text = r->metadata->damage;
    const size_t n = strlen(text), room = sizeof r->metadata->damage - n;
    char note[192];
    va_list args;

    va_start(args, format);
    bci_vformat(note, sizeof note, format, args);
    va_end(args);
    if (strstr(text, note)) /* said of the chunk before */
        return;
    if (snprintf(text + n, room, "%s%s", n ? "; " : "", note) >= (int)room)
        text[n] = '\0'; /* the first notes say enough */
}

/* What the metadata mean for the samples. */
static bc_status finish_open(bc_image_reader **r, bc_error *err)
{
    bc_image_reader *inner = *r;
    bc_image_info *info = &inner->info;
    bc_status st = BC_OK;

    bci_metadata_transfer(inner->metadata, info->n_channels < 3, &info->transfer,
                          &info->transfer_source);
    info->orientation = inner->metadata->orientation;
    if (info->orientation != 1)
        st = bci_upright_reader_new(inner, info->orientation, r, err);
    if (*r != inner)
        bci_metadata_set_upright(inner->metadata, (*r)->info.width, (*r)->info.height);
    return st;
}

bc_status bc_image_open(const char *path, bc_image_reader **out, bc_error *err)
{
    return bc_image_open_with(path, NULL, out, err);
}

bc_status bc_image_open_with(const char *path, const bc_reading *reading, bc_image_reader **out,
                             bc_error *err)
{
    bc_image_reader *r = calloc(1, sizeof *r);
    bc_status st;

    if (!r)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    if (reading)
        r->reading = *reading;
    r->metadata = bci_metadata_new();
    st = r->metadata ? bci_source_open(path, &r->reading, &r->source, err)
                     : bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    if (st)
        goto done;
    if (bci_max_memory(&r->reading) < r->metadata->max_size)
        r->metadata->max_size = (size_t)bci_max_memory(&r->reading);
    r->codec = codec_of_content(r->source->peeked, r->source->n_peeked);
    if (!r->codec) {
        st = bci_fail(err, BC_E_UNSUPPORTED,
                      "%s: is no picture known here, expected PNG, JPEG, "
                      "PNM or PAM",
                      r->source->name);
        goto done;
    }
    r->info.format = r->codec->format.name;
    st = r->codec->open(r, err);
    if (!st)
        st = finish_open(&r, err);
    if (!st)
        st = bci_image_take_memory(r, (uint64_t)r->info.width * r->info.n_channels, ROW_BYTES,
                                   "reading rows", err);
    if (st)
        goto done;
    r->info.alpha_maxval = r->info.maxval;
    *out = r;
    r = NULL;
done:
    bc_image_reader_free(r);
    return st;
}

const bc_image_info *bc_image_get_info(const bc_image_reader *r)
{
    return &r->info;
}

const char *bc_image_salvaged(const bc_image_reader *r)
{
    return r->metadata->damage;
}

bc_status bc_image_read(bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    bc_status st = bci_check_stop(&r->reading, err);

    if (!st && r->replay)
        st = bci_spool_get(r->replay, rows, n * bci_image_row_bytes(&r->info), err);
    else if (!st)
        st = r->codec->read(r, rows, n, err);
    if (!st)
        r->rows_read += n;
    return st;
}

void bc_image_reader_free(bc_image_reader *r)
{
    if (!r)
        return;
    if (r->codec)
        r->codec->close(r);
    bci_metadata_free(r->metadata);
    bci_source_free(r->source);
    bci_spool_free(r->replay);
    free(r);
}
