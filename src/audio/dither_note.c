/* Knows the line of text by which subtractive dither can be taken away again. */
#include "audio/dither_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OPENING "bitcrush subtractive dither 1: "

const char bci_dither_note_end[] = OPENING "no more";

void bci_dither_note_write(const bci_dither_note *note, char *to, size_t size)
{
    snprintf(to, size, OPENING "rpdf, grid %s, seed %" PRIu64 ", signal %016" PRIx64, note->grid,
             note->seed, note->history);
}

bool bci_dither_note_read(const char *comment, bci_dither_note *out)
{
    bool is_found = false;

    for (const char *at = comment; (at = strstr(at, OPENING)); at += strlen(OPENING)) {
        bci_dither_note note = { 0 };

        if (sscanf(at + strlen(OPENING),
                   "rpdf, grid %23[a-z0-9], seed %" SCNu64 ", signal %" SCNx64, note.grid,
                   &note.seed, &note.history) == 3) {
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
