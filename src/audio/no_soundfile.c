/* Knows what a build without libsndfile answers: that sound files need it. */
#include <stddef.h>

#include "audio/soundfile.h"
#include "base/fail.h"

static bc_status left_out(const char *path, bc_error *err)
{
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "%s: sound files are left out of this build, expected one with libsndfile",
                    path ? path : "no output");
}

bc_status bci_sound_open(const char *path, bci_sound **out, bc_error *err)
{
    (void)out;
    return left_out(path, err);
}

const bc_audio_info *bci_sound_info(const bci_sound *s)
{
    (void)s;
    return NULL;
}

size_t bci_sound_frame_size(const bci_sound *s)
{
    (void)s;
    return 0;
}

uint64_t bci_sound_size(const bci_sound *s)
{
    (void)s;
    return 0;
}

const char *bci_sound_name(const bci_sound *s)
{
    (void)s;
    return "";
}

const char *bci_sound_comment(const bci_sound *s)
{
    (void)s;
    return "";
}

bc_status bci_sound_read(bci_sound *s, void *raw, size_t n_frames, size_t *got, bc_error *err)
{
    (void)s, (void)raw, (void)n_frames, (void)got;
    return left_out("no input", err);
}

void bci_sound_free(bci_sound *s)
{
    (void)s;
}
