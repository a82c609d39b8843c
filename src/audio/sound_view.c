/* Knows a sound file as libsndfile is to see it: with the size of the samples filled in where the
 * header leaves it open, and of a pipe as a file that ends with the samples. */
#include "audio/sound_view.h"

#include <stdio.h>

void bci_sound_view_init(bci_sound_view *v, bci_sound_input *input, const bci_sound_header *header)
{
    const uint64_t size = bci_sound_input_size(input);

    *v = (bci_sound_view){ .input = input, .header = header };
    if (size != UINT64_MAX)
        v->size = size;
    else if (header->container && !header->is_open_ended)
        v->size = header->data_offset + header->data_size;
    else if (header->container)
        v->size = header->data_offset + 0x7FFF0000; /* more than it will ask for */
    else
        v->size = INT64_MAX / 4;
}

int64_t bci_sound_view_size(void *user)
{
    return (int64_t)((const bci_sound_view *)user)->size;
}

int64_t bci_sound_view_seek(int64_t offset, int whence, void *user)
{
    bci_sound_view *v = user;
    const int64_t from = whence == SEEK_SET   ? 0
                         : whence == SEEK_CUR ? (int64_t)v->position
                                              : (int64_t)v->size;

    if (offset < -from)
        return -1;
    v->position = (uint64_t)(from + offset);
    return (int64_t)v->position;
}

/* Where the header leaves the size of the samples open, libsndfile is told what there is. */
static void fill_size_in(const bci_sound_view *v, uint8_t *buf, uint64_t at, size_t n)
{
    const bci_sound_header *h = v->header;
    uint64_t field = v->size - h->data_offset + h->size_extra;

    if (!h->is_open_ended)
        return;
    if (h->size_field_bytes == 4 && field > 0xFFFFFFFF)
        field = 0xFFFFFFFF;
    for (int i = 0; i < h->size_field_bytes; i++) {
        const uint64_t offset = h->size_field + (uint64_t)i;
        const int shift = 8 * (h->is_big_endian ? h->size_field_bytes - 1 - i : i);

        if (offset >= at && offset - at < n)
            buf[offset - at] = (uint8_t)(field >> shift);
    }
}

int64_t bci_sound_view_read(void *buf, int64_t n, void *user)
{
    bci_sound_view *v = user;
    const uint64_t at = v->position;
    const uint64_t left = at < v->size ? v->size - at : 0;
    const size_t wanted = (uint64_t)n < left ? (size_t)n : (size_t)left;
    const size_t got = bci_sound_input_at(v->input, at, buf, wanted);

    fill_size_in(v, buf, at, got);
    v->position += got;
    return (int64_t)got;
}

int64_t bci_sound_view_tell(void *user)
{
    return (int64_t)((const bci_sound_view *)user)->position;
}
