/* Shared-internal: a sound file or pipe as numbered bytes. */
#ifndef BCI_SOUND_INPUT_H
#define BCI_SOUND_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/reading.h"

typedef struct bci_sound_input bci_sound_input;

/* "-" is standard input. */
BC_NODISCARD bc_status bci_sound_input_open(const char *path, const bc_reading *reading,
                                            bci_sound_input **out, bc_error *err);
void bci_sound_input_free(bci_sound_input *in);

const char *bci_sound_input_name(const bci_sound_input *in);

/* Bytes of a file; UINT64_MAX of a pipe. */
uint64_t bci_sound_input_size(const bci_sound_input *in);

/* True for a pipe: the head is kept in memory until bci_sound_input_stream, and what comes after
 * it is read once, in order. */
bool bci_sound_input_is_pipe(const bci_sound_input *in);

/* Bytes from `offset` on; fewer only at the end, after an error, and where a pipe cannot go. */
size_t bci_sound_input_at(bci_sound_input *in, uint64_t offset, void *buf, size_t n);

/* The same, of a pipe whose head is no longer kept what is there, once the first byte is: 0 at the
 * end. */
size_t bci_sound_input_some(bci_sound_input *in, uint64_t offset, void *buf, size_t n);

/* What a pipe has from `offset` on, to its end or as far as it comes soon. */
typedef struct {
    uint8_t first[16];
    uint64_t n;
    bool is_all;
} bci_sound_behind;

/* Look at that; whoever writes need not close the pipe, nor ever end. The bytes are gone then. */
bci_sound_behind bci_sound_input_behind(bci_sound_input *in, uint64_t offset);

/* From now on keep no more of a pipe. */
void bci_sound_input_stream(bci_sound_input *in);

/* BC_E_OPEN when the system reported an error, BC_E_LIMIT when a head was too long to keep. */
BC_NODISCARD bc_status bci_sound_input_status(const bci_sound_input *in, bc_error *err);

#endif
