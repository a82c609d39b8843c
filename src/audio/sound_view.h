/* Shared-internal: the calls of libsndfile's virtual files over an input; its sf_count_t is
 * int64_t. */
#ifndef BCI_SOUND_VIEW_H
#define BCI_SOUND_VIEW_H

#include "audio/sound_header.h"
#include "base/bytes.h"

typedef struct {
    bci_sound_input *input;
    bci_bytes head;       /* what libsndfile sees before the samples; */
    uint64_t data_offset; /* where what it sees next is in the input */
    uint64_t size, position;
} bci_sound_view;

/* Zero it. Of a file whose chunks are known the view has those that libsndfile needs, with sizes
 * that are right, and then the samples; of any other it is the file. BC_E_LIMIT when memory is
 * short. */
BC_NODISCARD bc_status bci_sound_view_init(bci_sound_view *v, bci_sound_input *input,
                                           const bci_sound_header *header, bc_error *err);

void bci_sound_view_free(bci_sound_view *v);

/* `user` is the view. */
int64_t bci_sound_view_size(void *user);
int64_t bci_sound_view_seek(int64_t offset, int whence, void *user);
int64_t bci_sound_view_read(void *buf, int64_t n, void *user);
int64_t bci_sound_view_tell(void *user);

#endif
