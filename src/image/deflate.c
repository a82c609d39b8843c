/* Knows how independently compressed pieces become one zlib stream (RFC 1950, RFC 1951).
 *
 * libdeflate compresses better and several times faster than zlib but only whole buffers,
 * each a stream of its own. Joining takes two changes a piece: the flag "last block", which
 * sits in the header of its last block, is cleared, and an empty stored block fills the last
 * byte. zlib's inflate, stopping at block boundaries, tells where that header is. Pieces are
 * cut at fixed places, so the bytes do not depend on the number of threads. What is lost is
 * the 32 KiB of history at each cut. */
#include "image/deflate.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>
#include <zlib.h>

#include "base/fail.h"

enum {
    PIECE_SIZE = 1 << 19,
    N_PIECES = 8,   /* a ring: being filled, waiting for compression, or for those before them */
    JOINT_SIZE = 5, /* an empty stored block: 3 bits, fill, 00 00 FF FF */
};

typedef enum { FILLING, FULL, COMPRESSED } piece_state;

typedef struct {
    pthread_mutex_t lock; /* of the state, and held while the piece is compressed */
    piece_state state;
    struct libdeflate_compressor *compressor;
    uint8_t *data;       /* PIECE_SIZE */
    uint8_t *compressed; /* room for the bound of PIECE_SIZE and a joint */
    uint8_t *check;      /* PIECE_SIZE, where inflate writes */
    size_t n, n_compressed;
    uint32_t adler;
    bc_status status; /* of its compression */
} piece;

struct bci_deflater {
    bci_deflate_out out;
    void *context;
    size_t bound;
    size_t at;        /* the piece being filled */
    size_t n_waiting; /* pieces before it, not handed out yet */
    uint32_t adler;   /* of the pieces that were handed out */
    bool begun;
    piece pieces[N_PIECES];
};

bc_status bci_deflater_new(int effort, bci_deflate_out out, void *context, bci_deflater **made,
                           bc_error *err)
{
    bci_deflater *d = calloc(1, sizeof *d);
    bool ok = d != NULL;

    for (size_t i = 0; ok && i < N_PIECES; i++)
        (void)pthread_mutex_init(&d->pieces[i].lock, NULL); /* does not fail without attributes */
    for (size_t i = 0; ok && i < N_PIECES; i++) {
        piece *p = &d->pieces[i];

        p->compressor = libdeflate_alloc_compressor(effort);
        if (p->compressor)
            d->bound = libdeflate_deflate_compress_bound(p->compressor, PIECE_SIZE);
        p->data = malloc(PIECE_SIZE);
        p->compressed = malloc(d->bound + JOINT_SIZE);
        p->check = malloc(PIECE_SIZE);
        ok = p->compressor && p->data && p->compressed && p->check;
    }
    if (!ok) {
        bci_deflater_free(d);
        return bci_fail(err, BC_E_LIMIT, "compression: out of memory");
    }
    d->out = out;
    d->context = context;
    d->adler = 1;
    *made = d;
    return BC_OK;
}

void bci_deflater_free(bci_deflater *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < N_PIECES; i++) {
        piece *p = &d->pieces[i];

        (void)pthread_mutex_destroy(&p->lock);
        if (p->compressor)
            libdeflate_free_compressor(p->compressor);
        free(p->data);
        free(p->compressed);
        free(p->check);
    }
    free(d);
}

/* Where the header of the last block and the end of the data lie, in bits. */
static bc_status find_last_block(const piece *p, size_t *header, size_t *end)
{
    enum { UNUSED_BITS = 7, IN_LAST = 64, AT_BOUNDARY = 128 }; /* of z_stream.data_type */
    z_stream z = { .next_in = p->compressed,
                   .avail_in = (uInt)p->n_compressed,
                   .next_out = p->check,
                   .avail_out = PIECE_SIZE };
    bool found = false;
    int result = inflateInit2(&z, -15);

    if (result != Z_OK)
        return result == Z_MEM_ERROR ? BC_E_LIMIT : BC_E_INTERNAL;
    *header = 0;
    while ((result = inflate(&z, Z_BLOCK)) == Z_OK && z.data_type & AT_BOUNDARY) {
        const size_t at = 8 * (size_t)z.total_in - (size_t)(z.data_type & UNUSED_BITS);

        if (z.data_type & IN_LAST) {
            *end = at;
            found = z.total_in == p->n_compressed && z.total_out == p->n;
            break;
        }
        *header = at;
    }
    inflateEnd(&z);
    return found ? BC_OK : result == Z_MEM_ERROR ? BC_E_LIMIT : BC_E_INTERNAL;
}

static void compress_piece(piece *p, size_t bound)
{
    size_t header, end;

    p->adler = libdeflate_adler32(1, p->data, p->n);
    p->n_compressed =
        libdeflate_deflate_compress(p->compressor, p->data, p->n, p->compressed, bound);
    p->status = p->n_compressed > 0 ? find_last_block(p, &header, &end) : BC_E_INTERNAL;
    if (p->status)
        return;
    p->compressed[header / 8] &= (uint8_t) ~(1u << header % 8);

    /* Header 000 of a stored block; bits past the end of the data are 0 already. */
    size_t n = (end + 3 + 7) / 8;

    if (n > p->n_compressed)
        p->compressed[p->n_compressed] = 0;
    memcpy(p->compressed + n, "\x00\x00\xFF\xFF", 4);
    p->n_compressed = n + 4;
}

/* Compress a piece that is full, with its lock held. */
static void settle_locked(piece *p, size_t bound)
{
    if (p->state != FULL)
        return;
    compress_piece(p, bound);
    p->state = COMPRESSED;
}

/* Compress a piece unless that is done, or wait for the thread that does it. */
static void settle(piece *p, size_t bound)
{
    pthread_mutex_lock(&p->lock);
    settle_locked(p, bound);
    pthread_mutex_unlock(&p->lock);
}

/* The same without waiting; false when another thread is at it. */
static bool try_to_settle(piece *p, size_t bound)
{
    if (pthread_mutex_trylock(&p->lock) != 0)
        return false;
    settle_locked(p, bound);
    pthread_mutex_unlock(&p->lock);
    return true;
}

static bool is_compressed(piece *p)
{
    if (pthread_mutex_trylock(&p->lock) != 0)
        return false;
    const bool is = p->state == COMPRESSED;

    pthread_mutex_unlock(&p->lock);
    return is;
}

/* The piece being filled is full: any thread of the caller's team may compress it. A task that
 * comes late finds nothing to do, or a later piece in its place. */
static void release_piece(bci_deflater *d)
{
    piece *p = &d->pieces[d->at];
    const size_t bound = d->bound;

    pthread_mutex_lock(&p->lock);
    p->state = FULL;
    pthread_mutex_unlock(&p->lock);
    d->at = (d->at + 1) % N_PIECES;
    d->n_waiting++;
#pragma omp task firstprivate(p, bound)
    settle(p, bound);
}

static piece *waiting_piece(bci_deflater *d, size_t i)
{
    return &d->pieces[(d->at + N_PIECES - d->n_waiting + i) % N_PIECES];
}

static bc_status hand_out(bci_deflater *d, piece *p, bc_error *err)
{
    if (p->status == BC_E_LIMIT)
        return bci_fail(err, BC_E_LIMIT, "compression: out of memory");
    if (p->status)
        return bci_fail(err, BC_E_INTERNAL,
                        "compression: a piece of %zu byte(s) was not compressed", p->n);
    d->adler = (uint32_t)adler32_combine(d->adler, p->adler, (z_off_t)p->n);
    d->n_waiting--;
    p->n = 0;
    pthread_mutex_lock(&p->lock); /* a task that comes late may look at the state */
    p->state = FILLING;
    pthread_mutex_unlock(&p->lock);
    return d->out(d->context, p->compressed, p->n_compressed, err);
}

/* Hand out pieces in their order: those that are compressed, and as many more as it takes until
 * no more than `n_most` wait. While another thread has the first, this one goes on behind it. */
static bc_status hand_out_pieces(bci_deflater *d, size_t n_most, bc_error *err)
{
    bc_status st = BC_OK;

    if (!d->begun)
        st = d->out(d->context, (const uint8_t *)"\x78\x9C", 2, err);
    d->begun = true;
    while (!st && d->n_waiting > 0) {
        piece *first = waiting_piece(d, 0);

        if (d->n_waiting <= n_most && !is_compressed(first))
            break;
        for (size_t i = 0; i < d->n_waiting && !is_compressed(first); i++)
            (void)try_to_settle(waiting_piece(d, i), d->bound);
        settle(first, d->bound);
        st = hand_out(d, first, err);
    }
    return st;
}

bc_status bci_deflater_put(bci_deflater *d, const uint8_t *data, size_t n, bc_error *err)
{
    while (n > 0) {
        piece *p = &d->pieces[d->at];
        const size_t room = PIECE_SIZE - p->n;
        const size_t m = n < room ? n : room;

        memcpy(p->data + p->n, data, m);
        p->n += m;
        data += m;
        n -= m;
        if (p->n < PIECE_SIZE)
            continue;
        release_piece(d);
        const bc_status st = hand_out_pieces(d, N_PIECES - 1, err);

        if (st)
            return st;
    }
    return BC_OK;
}

bc_status bci_deflater_finish(bci_deflater *d, bc_error *err)
{
    if (d->pieces[d->at].n > 0)
        release_piece(d);
    const bc_status st = hand_out_pieces(d, 0, err);

    if (st)
        return st;
    /* A last empty block of fixed codes, then the checksum. */
    const uint8_t tail[6] = { 0x03,
                              0x00,
                              (uint8_t)(d->adler >> 24),
                              (uint8_t)(d->adler >> 16),
                              (uint8_t)(d->adler >> 8),
                              (uint8_t)d->adler };

    return d->out(d->context, tail, sizeof tail, err);
}

bc_status bci_zlib_pack(const uint8_t *data, size_t n, uint8_t **out, size_t *n_out, bc_error *err)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
    const size_t bound = c ? libdeflate_zlib_compress_bound(c, n) : 0;
    uint8_t *packed = c ? malloc(bound) : NULL;

    if (packed) {
        *n_out = libdeflate_zlib_compress(c, data, n, packed, bound);
        *out = packed;
    }
    libdeflate_free_compressor(c);
    return packed ? BC_OK : bci_fail(err, BC_E_LIMIT, "compression: out of memory");
}

/* How long the data will be is not written anywhere: room grows until they fit. */
bc_status bci_zlib_unpack(const uint8_t *data, size_t n, size_t limit, uint8_t **out, size_t *n_out,
                          bc_error *err)
{
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    uint8_t *room = NULL;
    size_t size = n < limit / 4 ? 4 * n + 4096 : limit;
    bc_status st = BC_OK;

    while (d && result == LIBDEFLATE_INSUFFICIENT_SPACE) {
        free(room);
        room = malloc(size);
        if (!room)
            break;
        result = libdeflate_zlib_decompress(d, data, n, room, size, n_out);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE && size == limit) {
            st = bci_fail(err, BC_E_LIMIT, "unpacks to more than %zu byte(s)", limit);
            goto done;
        }
        size = size < limit / 4 ? 4 * size : limit;
    }
    if (!d || !room)
        st = bci_fail(err, BC_E_LIMIT, "cannot be unpacked: out of memory");
    else if (result != LIBDEFLATE_SUCCESS)
        st = bci_fail(err, BC_E_FORMAT, "cannot be unpacked: damaged");
    if (!st) {
        *out = room;
        room = NULL;
    }
done:
    free(room);
    libdeflate_free_decompressor(d);
    return st;
}

uint32_t bci_crc32(uint32_t crc, const uint8_t *data, size_t n)
{
    return n > 0 ? libdeflate_crc32(crc, data, n) : crc;
}
