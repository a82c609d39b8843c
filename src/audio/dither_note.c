/* Knows the line of text by which subtractive dither can be taken away again. */
#include "audio/dither_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENING "bitcrush subtractive dither 1: "

const char bci_dither_note_end[] = OPENING "no more";

void bci_dither_note_write(const bci_dither_note *note, char *to, size_t size)
{
    snprintf(to, size, OPENING "rpdf, grid %s, seed %" PRIu64 ", signal %016" PRIx64, note->grid,
             note->seed, note->history);
}

/* The text after `expected`, or NULL where it is not there. */
static const char *after(const char *text, const char *expected)
{
    const size_t n = strlen(expected);

    return text && strncmp(text, expected, n) == 0 ? text + n : NULL;
}

/* What follows the opening. */
static bool parse(const char *text, bci_dither_note *note)
{
    char *end;
    const char *at = after(text, "rpdf, grid ");
    const size_t n = at ? strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;

    if (n == 0 || n >= sizeof note->grid)
        return false;
    memcpy(note->grid, at, n);
    note->grid[n] = '\0';
    at = after(at + n, ", seed ");
    if (!at)
        return false;
    note->seed = strtoull(at, &end, 10);
    at = end == at ? NULL : after(end, ", signal ");
    if (!at)
        return false;
    note->history = strtoull(at, &end, 16);
    return end != at;
}

bool bci_dither_note_read(const char *comment, bci_dither_note *out)
{
    bool is_found = false;

    for (const char *at = comment; (at = strstr(at, OPENING)); at += strlen(OPENING)) {
        bci_dither_note note = { .seed = 0 };

        if (parse(at + strlen(OPENING), &note)) {
            *out = note;
            is_found = true;
        } else if (strncmp(at, bci_dither_note_end, strlen(bci_dither_note_end)) == 0) {
            is_found = false;
        }
    }
    return is_found;
}

uint32_t bci_channel_stream(size_t channel, uint64_t history)
{
    char name[32];

    snprintf(name, sizeof name, "channel %zu", channel);
    return bc_noise_stream(name, history);
}
