/* Knows what readers of all image file formats share: their limits, what is said of damage, and
 * rows one after the other. */
#include "image/codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"

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
                        "%llu in all (`max-pixels`)",
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
