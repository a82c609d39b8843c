/* Knows how a program gets at the samples of a sound file. */
#include <stdlib.h>

#include "audio/soundfile.h"
#include "base/fail.h"

enum { STRIP = 4096 };

struct bc_audio_reader {
    bci_sound *sound;
    void *raw;       /* STRIP frames as the file has them */
    double **planes; /* where the next of them go */
};

bc_status bc_audio_open(const char *path, bc_audio_reader **out, bc_error *err)
{
    return bc_audio_open_with(path, NULL, out, err);
}

bc_status bc_audio_open_with(const char *path, const bc_reading *reading, bc_audio_reader **out,
                             bc_error *err)
{
    bc_audio_reader *r = calloc(1, sizeof *r);
    bc_status st = r ? bci_sound_open(path, reading, &r->sound, err)
                     : bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);

    if (!st) {
        r->raw = malloc(STRIP * bci_sound_frame_size(r->sound));
        r->planes = malloc(bci_sound_info(r->sound)->n_channels * sizeof *r->planes);
        if (!r->raw || !r->planes)
            st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    }
    if (st)
        bc_audio_reader_free(r);
    else
        *out = r;
    return st;
}

const bc_audio_info *bc_audio_get_info(const bc_audio_reader *r)
{
    return bci_sound_info(r->sound);
}

const char *bc_audio_salvaged(const bc_audio_reader *r)
{
    return bci_sound_salvaged(r->sound);
}

const char *bc_audio_note(const bc_audio_reader *r)
{
    return bci_sound_note(r->sound);
}

bc_status bc_audio_read(bc_audio_reader *r, double *const *planes, size_t n_frames, size_t *got,
                        bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(r->sound);
    size_t n = 1, done = 0;

    while (n > 0 && done < n_frames) {
        const size_t wanted = n_frames - done < STRIP ? n_frames - done : STRIP;
        const bc_status st = bci_sound_read(r->sound, r->raw, wanted, &n, err);

        if (st)
            return st;
        for (uint32_t c = 0; c < info->n_channels; c++)
            r->planes[c] = planes[c] + done;
        bc_pcm_unpack(info->layout, r->raw, n, info->n_channels, r->planes);
        done += n;
    }
    *got = done;
    return BC_OK;
}

void bc_audio_reader_free(bc_audio_reader *r)
{
    if (!r)
        return;
    bci_sound_free(r->sound);
    free(r->raw);
    free(r->planes);
    free(r);
}
