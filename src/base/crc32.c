/* Knows the CRC-32 of ISO 3309, eight bytes at a time: table k has what a byte comes to that k
 * zeros follow. */
#include "base/crc32.h"

#include <pthread.h>

enum { N_TABLES = 8 };

static uint32_t tables[N_TABLES][256];
static pthread_once_t are_made = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    const uint32_t polynomial = 0xEDB88320; /* bits reversed */

    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
        tables[0][i] = crc;
    }
    for (size_t k = 1; k < N_TABLES; k++)
        for (size_t i = 0; i < 256; i++)
            tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 255];
}

uint32_t bci_crc32_of(uint32_t crc, const void *data, size_t n)
{
    const uint8_t *p = data;

    (void)pthread_once(&are_made, make_tables);
    crc = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        const uint32_t low =
            crc ^ (p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);

        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^
              tables[4][low >> 24] ^ tables[3][p[4]] ^ tables[2][p[5]] ^ tables[1][p[6]] ^
              tables[0][p[7]];
    }
    for (; n > 0; n--, p++)
        crc = crc >> 8 ^ tables[0][(crc ^ *p) & 255];
    return ~crc;
}
