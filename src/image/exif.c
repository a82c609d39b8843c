/* Knows where EXIF data keep what changes when a picture is turned. They are a TIFF file
 * without a picture (CIPA DC-008, clause 4.5; TIFF 6.0): a header with the byte order, then
 * directories of entries of 12 bytes: tag, type, count, value or its place. Every place comes
 * from the file and is checked against its end. */
#include "image/exif.h"

#include <string.h>

enum {
    HEADER_SIZE = 8,
    ENTRY_SIZE = 12,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TAG_WIDTH = 0x0100,
    TAG_HEIGHT = 0x0101,
    TAG_ORIENTATION = 0x0112,
    TAG_EXIF_DIRECTORY = 0x8769,
    TAG_PIXEL_WIDTH = 0xA002,
    TAG_PIXEL_HEIGHT = 0xA003,
};

static bool is_big_endian(const uint8_t *exif)
{
    return exif[0] == 'M';
}

static uint32_t get(const uint8_t *exif, size_t at, int n_bytes)
{
    uint32_t v = 0;

    for (int i = 0; i < n_bytes; i++)
        v = v << 8 | exif[at + (size_t)(is_big_endian(exif) ? i : n_bytes - 1 - i)];
    return v;
}

static void put(uint8_t *exif, size_t at, int n_bytes, uint32_t v)
{
    for (int i = 0; i < n_bytes; i++)
        exif[at + (size_t)(is_big_endian(exif) ? n_bytes - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

bool bci_exif_is_valid(const uint8_t *exif, size_t n)
{
    return n >= HEADER_SIZE && (memcmp(exif, "II*\0", 4) == 0 || memcmp(exif, "MM\0*", 4) == 0);
}

/* The number of entries of the directory at `at` that lie in the data. */
static size_t entries_of(const uint8_t *exif, size_t n, size_t at)
{
    if (at < HEADER_SIZE || at > n || n - at < 2)
        return 0;
    const size_t room = (n - at - 2) / ENTRY_SIZE, said = get(exif, at, 2);

    return said < room ? said : room;
}

/* The place of the value of an entry with that tag and one SHORT or LONG, or 0. */
static size_t find_value(const uint8_t *exif, size_t n, size_t directory, uint32_t tag,
                         int *n_bytes)
{
    const size_t n_entries = entries_of(exif, n, directory);

    for (size_t i = 0; i < n_entries; i++) {
        const size_t at = directory + 2 + i * ENTRY_SIZE;
        const uint32_t type = get(exif, at + 2, 2);

        if (get(exif, at, 2) != tag || get(exif, at + 4, 4) != 1 ||
            (type != TYPE_SHORT && type != TYPE_LONG))
            continue;
        *n_bytes = type == TYPE_SHORT ? 2 : 4;
        return at + 8;
    }
    return 0;
}

int bci_exif_orientation(const uint8_t *exif, size_t n)
{
    int n_bytes;

    if (!bci_exif_is_valid(exif, n))
        return 1;
    const size_t at = find_value(exif, n, get(exif, 4, 4), TAG_ORIENTATION, &n_bytes);
    const uint32_t v = at ? get(exif, at, n_bytes) : 1;

    return v >= 1 && v <= 8 ? (int)v : 1;
}

static void set_value(uint8_t *exif, size_t n, size_t directory, uint32_t tag, uint32_t v)
{
    int n_bytes;
    const size_t at = find_value(exif, n, directory, tag, &n_bytes);

    if (at)
        put(exif, at, n_bytes, v);
}

void bci_exif_set_upright(uint8_t *exif, size_t n, uint32_t width, uint32_t height)
{
    int n_bytes;

    if (!bci_exif_is_valid(exif, n))
        return;
    const size_t main_directory = get(exif, 4, 4);
    const size_t link = find_value(exif, n, main_directory, TAG_EXIF_DIRECTORY, &n_bytes);
    const size_t end = main_directory + 2 + entries_of(exif, n, main_directory) * ENTRY_SIZE;

    set_value(exif, n, main_directory, TAG_ORIENTATION, 1);
    set_value(exif, n, main_directory, TAG_WIDTH, width);
    set_value(exif, n, main_directory, TAG_HEIGHT, height);
    if (link && n_bytes == 4) {
        const size_t directory = get(exif, link, 4);

        set_value(exif, n, directory, TAG_PIXEL_WIDTH, width);
        set_value(exif, n, directory, TAG_PIXEL_HEIGHT, height);
    }
    if (main_directory >= HEADER_SIZE && end <= n && n - end >= 4)
        put(exif, end, 4, 0); /* the link to the thumbnail's directory */
}
