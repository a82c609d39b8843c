/* The zlib stream that is joined from pieces: what zlib inflates is what was put in. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "image/deflate.h"

enum { PIECE = 1 << 19, MOST = 9 * PIECE + 7 }; /* pieces are cut at 512 KiB, 8 at a time */

typedef struct {
    uint8_t *bytes;
    size_t n, room;
} buffer;

static bc_status collect(void *context, const uint8_t *data, size_t n, bc_error *err)
{
    buffer *b = context;

    (void)err;
    if (b->n + n > b->room)
        return BC_E_LIMIT;
    memcpy(b->bytes + b->n, data, n);
    b->n += n;
    return BC_OK;
}

/* Data of several natures, n bytes. */
static const char *fill(int nature, uint8_t *bytes, size_t n)
{
    static const char *const names[] = { "zeros", "random bytes", "a ramp", "two letters",
                                         "random and zeros by turns" };
    uint64_t seed = 7;

    for (size_t i = 0; i < n; i++) {
        const uint8_t random = (uint8_t)(random_bits(&seed) >> 56);
        const uint8_t values[] = { 0, random, (uint8_t)(i / 300), (uint8_t)(0x61 + (random & 1)),
                                   i >> 16 & 1 ? random : 0 };

        bytes[i] = values[nature];
    }
    return names[nature];
}

static uint8_t data[MOST], back[MOST];

/* Compress data[0..n) in calls of `step` bytes, inflate, compare; returns the size. */
static size_t check(const char *what, size_t n, size_t step, int effort)
{
    buffer b = { .room = n + n / 50 + 100000 };
    bci_deflater *d = NULL;
    bc_error err = { 0 };
    uLongf n_back = MOST;

    b.bytes = malloc(b.room);
    assert_non_null(b.bytes);
    assert_int_equal(bci_deflater_new(effort, collect, &b, &d, &err), BC_OK);
    for (size_t at = 0; at < n; at += step) {
        const bc_status st = bci_deflater_put(d, data + at, n - at < step ? n - at : step, &err);

        EXPECT(st == BC_OK, "%zu %s, effort %d: put says %s", n, what, effort, err.text);
    }
    EXPECT(bci_deflater_finish(d, &err) == BC_OK, "%zu %s, effort %d: finish says %s", n, what,
           effort, err.text);
    bci_deflater_free(d);

    /* Z_OK also says that the checksum is right and that the stream ends. */
    const int z = uncompress(back, &n_back, b.bytes, b.n);

    EXPECT(z == Z_OK && n_back == n && memcmp(data, back, n) == 0,
           "%zu %s in calls of %zu, effort %d: zlib says %d, %lu bytes", n, what, step, effort, z,
           n_back);
    free(b.bytes);
    return b.n;
}

static void sizes(void **state)
{
    static const size_t lengths[] = {
        0,         1,     2,         3,         255,           65535,     65536,
        PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 8 * PIECE - 1, 8 * PIECE, 8 * PIECE + 1,
        MOST
    };

    (void)state;
    for (int nature = 0; nature < 5; nature++) {
        const char *what = fill(nature, data, MOST);

        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            (void)check(what, lengths[i], 70001, 2);
    }
}

static void efforts(void **state)
{
    (void)state;
    for (int nature = 0; nature < 5; nature++) {
        const char *what = fill(nature, data, MOST);

        for (int effort = 1; effort <= 12; effort++) {
            (void)check(what, 1, 1, effort);
            (void)check(what, 5000, 5000, effort);
            (void)check(what, PIECE + PIECE / 4, MOST, effort);
        }
    }
}

/* The bytes depend on the data alone. */
static void cuts(void **state)
{
    static const size_t steps[] = { 1, 4097, PIECE, PIECE + 1, MOST };

    (void)state;
    const char *what = fill(4, data, MOST);
    const size_t n = 2 * PIECE + 5, want = check(what, n, n, 6);

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        EXPECT(check(what, n, steps[i], 6) == want, "calls of %zu bytes give another size",
               steps[i]);
}

static bc_status refuse(void *context, const uint8_t *bytes, size_t n, bc_error *err)
{
    (void)context;
    (void)bytes;
    (void)n;
    if (err)
        err->status = BC_E_WRITE;
    return BC_E_WRITE;
}

static void failing_output(void **state)
{
    bci_deflater *d = NULL;
    bc_error err;

    (void)state;
    fill(1, data, MOST);
    assert_int_equal(bci_deflater_new(6, refuse, NULL, &d, &err), BC_OK);
    assert_int_equal(bci_deflater_put(d, data, MOST, &err), BC_E_WRITE);
    bci_deflater_free(d);
    assert_int_equal(bci_deflater_new(6, refuse, NULL, &d, &err), BC_OK);
    assert_int_equal(bci_deflater_put(d, data, 10, &err), BC_OK);
    assert_int_equal(bci_deflater_finish(d, &err), BC_E_WRITE);
    bci_deflater_free(d);
    bci_deflater_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every length comes back, around the ends of the pieces too", sizes),
        SENTENCE("every effort comes back", efforts),
        SENTENCE("how the data are handed over does not matter", cuts),
        SENTENCE("a failed write is passed on", failing_output),
    };

    return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
