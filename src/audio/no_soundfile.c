/* Knows what a build without libsndfile answers: that sound files need it. */
#include <stddef.h>

#include "audio/soundfile.h"
#include "base/fail.h"

static bc_status left_out(const char *path, bc_error *err)
{
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "%s: sound files are left out of this build, expected one with libsndfile",
                    path);
}

bc_status bci_sound_open(const char *path, const bc_reading *reading, bci_sound **out,
                         bc_error *err)
{
    (void)reading, (void)out;
    return left_out(path, err);
}

const bc_reading *bci_sound_reading(const bci_sound *s)
{
    (void)s;
    return NULL;
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

const char *bci_sound_salvaged(const bci_sound *s)
{
    (void)s;
    return "";
}

const char *bci_sound_note(const bci_sound *s)
{
    (void)s;
    return "";
}

const char *bci_sound_get_text(const bci_sound *s, bci_sound_text text)
{
    (void)s, (void)text;
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

bc_status bci_sound_check(const bci_sound_target *t, const bci_sound *source, bci_sound_plan *plan,
                          bc_error *err)
{
    (void)source, (void)plan;
    return left_out(t->path, err);
}

bc_status bci_sound_create(const bci_sound_target *t, const bci_sound *source,
                           bci_sound_writer **out, bc_error *err)
{
    (void)source, (void)out;
    return left_out(t->path, err);
}

const bci_sound_plan *bci_sound_writer_plan(const bci_sound_writer *w)
{
    (void)w;
    return NULL;
}

bc_status bci_sound_write(bci_sound_writer *w, const void *raw, size_t n_frames, bc_error *err)
{
    (void)w, (void)raw, (void)n_frames;
    return left_out(NULL, err);
}

bc_status bci_sound_commit(bci_sound_writer *w, bc_error *err)
{
    (void)w;
    return left_out(NULL, err);
}

uint64_t bci_sound_writer_size(const bci_sound_writer *w)
{
    (void)w;
    return 0;
}

void bci_sound_writer_free(bci_sound_writer *w)
{
    (void)w;
}
