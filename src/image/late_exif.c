/* Knows how to find an eXIf chunk at the end of a PNG file, where ExifTool puts it, before the
 * samples are read: chunk by chunk (PNG specification, 5.3: length, name, data, CRC). What is
 * wrong with the file is left for the reader to say. */
#include "image/late_exif.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/exif.h"
#include "image/metadata.h"

enum { SIGNATURE_SIZE = 8, HEAD_SIZE = 8, CRC_SIZE = 4 };

static bool read_at(const bci_source *s, uint64_t at, void *to, size_t n)
{
    return pread(fileno(s->file), to, n, (off_t)at) == (ssize_t)n;
}

static int orientation_at(const bci_source *s, uint64_t at, size_t n)
{
    uint8_t *exif = malloc(n + 1);
    const bool ok = exif && read_at(s, at, exif, n);
    const int orientation = ok ? bci_exif_orientation(exif, n) : 1;

    free(exif);
    return orientation;
}

int bci_late_orientation(const bci_source *s)
{
    uint64_t at = SIGNATURE_SIZE;
    uint8_t head[HEAD_SIZE];

    if (s->size_bytes == UINT64_MAX || !read_at(s, 0, head, sizeof head) ||
        memcmp(head, "\x89PNG\r\n\x1a\n", SIGNATURE_SIZE) != 0)
        return 1;
    while (read_at(s, at, head, sizeof head)) {
        const uint32_t n =
            (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];

        if (memcmp(head + 4, "eXIf", 4) == 0 && n <= BCI_MAX_METADATA)
            return orientation_at(s, at + HEAD_SIZE, n);
        if (memcmp(head + 4, "IEND", 4) == 0)
            return 1;
        at += HEAD_SIZE + (uint64_t)n + CRC_SIZE;
    }
    return 1;
}
