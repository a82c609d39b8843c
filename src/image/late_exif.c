/* Knows how to find an eXIf chunk at the end of a PNG file, where ExifTool puts it, before the
 * samples are read: chunk by chunk (PNG specification, 5.3: length, name, data, CRC). What is
 * wrong with the file is left for the reader to say. */
#include "image/late_exif.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/exif.h"
#include "image/metadata.h"

enum { SIGNATURE_SIZE = 8, HEAD_SIZE = 8, CRC_SIZE = 4 };

static bool read_at(bci_source *s, uint64_t at, void *to, size_t n)
{
    return bci_source_read_at(s, at, to, n) == n;
}

static bc_status orientation_at(bci_source *s, uint64_t at, size_t n, int *out, bc_error *err)
{
    uint8_t *exif = malloc(n + 1);

    if (!exif)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for an eXIf chunk", s->name);
    if (read_at(s, at, exif, n))
        *out = bci_exif_orientation(exif, n);
    free(exif);
    return BC_OK;
}

/* Walk to the chunk, if there is one. */
static bc_status look_for_it(bci_source *s, int *out, bc_error *err)
{
    uint64_t at = SIGNATURE_SIZE;
    uint8_t head[HEAD_SIZE];

    if (s->size_bytes == UINT64_MAX || !read_at(s, 0, head, sizeof head) ||
        memcmp(head, "\x89PNG\r\n\x1a\n", SIGNATURE_SIZE) != 0)
        return BC_OK;
    while (read_at(s, at, head, sizeof head)) {
        const uint32_t n =
            (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];

        if (memcmp(head + 4, "eXIf", 4) == 0 && n <= BCI_MAX_METADATA)
            return orientation_at(s, at + HEAD_SIZE, n, out, err);
        if (memcmp(head + 4, "IEND", 4) == 0)
            return BC_OK;
        at += HEAD_SIZE + (uint64_t)n + CRC_SIZE;
    }
    return BC_OK;
}

bc_status bci_late_orientation(bci_source *s, int *out, bc_error *err)
{
    int orientation = 1;
    bc_status st = look_for_it(s, &orientation, err);

    if (!st)
        st = bci_source_status(s, err);
    if (!st)
        *out = orientation;
    return st;
}
