/* Knows how the bytes of a sound file are reached: in a file anywhere, of a pipe the head from
 * memory and the rest in order. */
#include "audio/sound_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/source.h"

enum {
    MAX_HEAD = 64 << 20,   /* bytes before the samples, pictures among them */
    MOST_BEHIND = 1 << 20, /* that are looked at behind them, */
    BEHIND_MS = 500        /* and for how long */
};

struct bci_sound_input {
    bci_source *source;
    uint64_t size;
    bool is_pipe;
    uint8_t *head;
    size_t n_head, head_room;
    bool keeps;
    bool is_over_limit, is_short_of_memory;
};

bc_status bci_sound_input_open(const char *path, const bc_reading *reading, bci_sound_input **out,
                               bc_error *err)
{
    bci_sound_input *in = calloc(1, sizeof *in);
    bc_status st;

    if (!in)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    st = bci_source_open(path, reading, &in->source, err);
    if (st) {
        free(in);
        return st;
    }
    in->is_pipe = in->source->size_bytes == UINT64_MAX;
    in->keeps = in->is_pipe;
    in->size = UINT64_MAX;
    if (!in->is_pipe) {
        in->size = in->source->size_bytes - in->source->start;
    }
    *out = in;
    return BC_OK;
}

void bci_sound_input_free(bci_sound_input *in)
{
    if (!in)
        return;
    bci_source_free(in->source);
    free(in->head);
    free(in);
}

const char *bci_sound_input_name(const bci_sound_input *in)
{
    return in->source->name;
}

uint64_t bci_sound_input_size(const bci_sound_input *in)
{
    return in->size;
}

bool bci_sound_input_is_pipe(const bci_sound_input *in)
{
    return in->is_pipe;
}

static size_t read_file(bci_sound_input *in, uint64_t offset, uint8_t *buf, size_t n)
{
    return offset < in->size ? bci_source_read_at(in->source, offset, buf, n) : 0;
}

/* Keep at least n bytes of the head, if there are so many. */
static void keep(bci_sound_input *in, uint64_t n)
{
    if (n <= in->n_head)
        return;
    if (n > MAX_HEAD) {
        in->is_over_limit = true;
        return;
    }
    if (n > in->head_room) {
        const size_t room = n > 4096 ? 2 * (size_t)n : 8192;
        uint8_t *head = realloc(in->head, room);

        if (!head) {
            in->is_short_of_memory = true;
            return;
        }
        in->head = head;
        in->head_room = room;
    }
    in->n_head += bci_source_read(in->source, in->head + in->n_head, (size_t)n - in->n_head);
}

/* Go on to a byte behind the head of a pipe; false where it cannot be reached. */
static bool go_to(bci_sound_input *in, uint64_t offset)
{
    uint8_t skipped[4096];
    size_t got = 1;

    while (got > 0 && in->source->offset < offset) {
        const uint64_t gap = offset - in->source->offset;

        got = bci_source_read(in->source, skipped,
                              gap < sizeof skipped ? (size_t)gap : sizeof skipped);
    }
    return in->source->offset == offset;
}

static size_t read_pipe(bci_sound_input *in, uint64_t offset, uint8_t *buf, size_t n)
{
    if (in->keeps && offset <= MAX_HEAD)
        keep(in, offset + n);
    if (offset < in->n_head) {
        const size_t kept = in->n_head - (size_t)offset < n ? in->n_head - (size_t)offset : n;

        memcpy(buf, in->head + offset, kept);
        return kept < n && !in->keeps ? kept + read_pipe(in, offset + kept, buf + kept, n - kept)
                                      : kept;
    }
    return !in->keeps && go_to(in, offset) ? bci_source_read(in->source, buf, n) : 0;
}

size_t bci_sound_input_at(bci_sound_input *in, uint64_t offset, void *buf, size_t n)
{
    return in->is_pipe ? read_pipe(in, offset, buf, n) : read_file(in, offset, buf, n);
}

size_t bci_sound_input_some(bci_sound_input *in, uint64_t offset, void *buf, size_t n)
{
    if (!in->is_pipe || in->keeps)
        return bci_sound_input_at(in, offset, buf, n);
    if (offset < in->n_head)
        return read_pipe(in, offset, buf,
                         n < in->n_head - offset ? n : in->n_head - (size_t)offset);
    return go_to(in, offset) ? bci_source_read_some(in->source, buf, n) : 0;
}

bci_sound_behind bci_sound_input_behind(bci_sound_input *in, uint64_t offset)
{
    const double until = 1e3 * bci_now_s() + BEHIND_MS;
    bci_sound_behind b = { .n = 0 };
    uint8_t piece[4096];

    while (b.n < MOST_BEHIND && !b.is_all) {
        const double left = until - 1e3 * bci_now_s();

        if (offset + b.n >= in->n_head &&
            !bci_source_is_ready(in->source, left > 0 ? (int)left : 0))
            break;
        const size_t got = bci_sound_input_some(in, offset + b.n, piece, sizeof piece);

        for (size_t i = 0; i < got && b.n + i < sizeof b.first; i++)
            b.first[b.n + i] = piece[i];
        b.n += got;
        b.is_all = got == 0;
    }
    return b;
}

void bci_sound_input_stream(bci_sound_input *in)
{
    in->keeps = false;
}

bc_status bci_sound_input_status(const bci_sound_input *in, bc_error *err)
{
    const char *name = in->source->name;
    const bc_status st = bci_source_status(in->source, err);

    if (st)
        return st;
    if (in->is_short_of_memory)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for what comes before the samples",
                        name);
    if (in->is_over_limit)
        return bci_fail(err, BC_E_LIMIT, "%s: %d MiB pass before the samples, expected less", name,
                        MAX_HEAD >> 20);
    return BC_OK;
}
