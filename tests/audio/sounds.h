/* Knows how tests make sound files and read them whole. */
#ifndef SOUNDS_H
#define SOUNDS_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/scratch_dir.h"
#include "audio/soundfile.h"

static inline bci_sound *open_sound(const char *path)
{
    bci_sound *s = NULL;
    bc_error err = { 0 };

    if (bci_sound_open(path, NULL, &s, &err))
        fail_msg("%s", err.text);
    return s;
}

/* All samples, in pieces of 7 frames and more; to be freed. The status of the last call. */
static inline bc_status read_all(bci_sound *s, uint8_t **out, size_t *n_frames, bc_error *err)
{
    const size_t frame = bci_sound_frame_size(s);
    size_t room = 1024, got = 0, step = 7;
    bc_status st;

    *out = malloc(room * frame);
    *n_frames = 0;
    do {
        if (*n_frames + step > room)
            *out = realloc(*out, (room = 2 * room + step) * frame);
        assert_non_null(*out);
        st = bci_sound_read(s, *out + *n_frames * frame, step, &got, err);
        *n_frames += st ? 0 : got;
        step = 1000;
    } while (!st && got > 0);
    return st;
}

/* Write a whole file. */
static inline bc_status write_sound(const bci_sound_target *t, const bci_sound *source,
                                    const void *raw, size_t n_frames, bci_sound_plan *plan,
                                    bc_error *err)
{
    bci_sound_writer *w = NULL;
    bc_status st = bci_sound_create(t, source, &w, err);

    if (!st)
        st = bci_sound_write(w, raw, n_frames / 3, err);
    if (!st) {
        const bci_sound_plan *p = bci_sound_writer_plan(w);
        const size_t frame = bc_sample_size(p->layout) * t->n_channels;

        st = bci_sound_write(w, (const uint8_t *)raw + n_frames / 3 * frame,
                             n_frames - n_frames / 3, err);
    }
    if (!st)
        st = bci_sound_commit(w, err);
    if (w && plan)
        *plan = *bci_sound_writer_plan(w);
    bci_sound_writer_free(w);
    return st;
}

/* A child that writes the bytes to a pipe, whose other end is standard input until unfeed(). */
static inline pid_t feed(const void *data, size_t n, int *old_stdin)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();

    if (child == 0) {
        close(ends[0]);
        for (size_t put = 0; put < n;) {
            const ssize_t more = write(ends[1], (const char *)data + put, n - put);

            if (more <= 0)
                break;
            put += (size_t)more;
        }
        _exit(0);
    }
    close(ends[1]);
    *old_stdin = dup(STDIN_FILENO);
    clearerr(stdin);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    return child;
}

static inline void unfeed(pid_t child, int old_stdin)
{
    while (getchar() != EOF) /* what the reader left is in stdin's buffer, too */
        ;
    dup2(old_stdin, STDIN_FILENO);
    close(old_stdin);
    clearerr(stdin);
    waitpid(child, NULL, 0);
}

#endif
