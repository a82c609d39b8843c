/* Shared-internal: the calls of libsndfile's virtual files over an input; its sf_count_t is
 * int64_t. */
#ifndef BCI_SOUND_VIEW_H
#define BCI_SOUND_VIEW_H

#include "audio/sound_header.h"

typedef struct {
    bci_sound_input *input;
    const bci_sound_header *header;
    uint64_t size, position;
} bci_sound_view;

void bci_sound_view_init(bci_sound_view *v, bci_sound_input *input, const bci_sound_header *header);

/* `user` is the view. */
int64_t bci_sound_view_size(void *user);
int64_t bci_sound_view_seek(int64_t offset, int whence, void *user);
int64_t bci_sound_view_read(void *buf, int64_t n, void *user);
int64_t bci_sound_view_tell(void *user);

#endif
