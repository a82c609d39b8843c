/* Knows the list of image file formats and how a file finds its reader. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
