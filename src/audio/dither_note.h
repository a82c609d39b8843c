/* Shared-internal: what a file's comment says of subtractive dither. */
#ifndef BCI_DITHER_NOTE_H
#define BCI_DITHER_NOTE_H

#include <stddef.h>

#include "bitcrush/audio.h"

typedef struct {
    char grid[24];    /* "pcm8" */
    uint64_t seed;    /* of the RPDF noise that was added, */
    uint64_t history; /* and what its streams are told apart by */
} bci_dither_note;

/* One line of text that says so. */
void bci_dither_note_write(const bci_dither_note *note, char *to, size_t size);

/* The line that takes it back: the samples are others now. */
extern const char bci_dither_note_end[];

/* Find the last such line in a comment; false where there is none, or where it is taken back. */
bool bci_dither_note_read(const char *comment, bci_dither_note *out);

/* The stream of noise of a channel. */
uint32_t bci_channel_stream(size_t channel, uint64_t history);

#endif
