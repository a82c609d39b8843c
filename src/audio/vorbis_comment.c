/* Knows how texts lie in a Vorbis comment. */
#include "audio/vorbis_comment.h"

#include <string.h>
#include <strings.h>

static uint32_t number_le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Behind the vendor's name and the number of texts. */
bci_vorbis_walk bci_vorbis_begin(const uint8_t *block, size_t n)
{
    const size_t n_vendor = n >= 8 ? number_le(block) : 0;

    if (n < 8 || n_vendor > n - 8)
        return (bci_vorbis_walk){ 0 };
    return (bci_vorbis_walk){ .at = block + 8 + n_vendor,
                              .left = n - 8 - n_vendor,
                              .n_left = number_le(block + 4 + n_vendor) };
}

bool bci_vorbis_next(bci_vorbis_walk *w, const uint8_t **text, size_t *n)
{
    const size_t size = w->n_left > 0 && w->left >= 4 ? number_le(w->at) : 0;

    if (w->n_left == 0 || w->left < 4 || size > w->left - 4)
        return false;
    *text = w->at + 4;
    *n = size;
    w->at += 4 + size;
    w->left -= 4 + size;
    w->n_left--;
    return true;
}

bool bci_vorbis_is_named(const uint8_t *text, size_t n, const char *name, size_t *value)
{
    const size_t n_name = strlen(name);

    *value = n_name + 1;
    return n > n_name && text[n_name] == '=' && strncasecmp((const char *)text, name, n_name) == 0;
}
