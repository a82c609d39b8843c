/* Knows the media by name, and their files by the first bytes. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bitcrush/input.h"
#include "bitcrush/study.h"

static const bc_medium *const media[] = { &bc_pictures, &bc_sound, &bc_weights, &bc_tables };

enum { N_MEDIA = sizeof media / sizeof *media };

/* What a file of these first bytes is called beside its medium. */
static const struct {
    const char *head, *name;
} names[] = {
    { "\x89PNG", "PNG" }, { "\xFF\xD8", "JPEG" },  { "RIFF", "WAV" },  { "RF64", "RF64" },
    { "BW64", "BW64" },   { "riff", "W64" },       { "FORM", "AIFF" }, { "caff", "CAF" },
    { ".snd", "AU" },     { "fLaC", "FLAC" },      { "OggS", "Ogg" },  { "GGUF", "GGUF" },
    { "\x93NUM", "NPY" }, { "PK\x03\x04", "NPZ" },
};

size_t bc_media(const bc_medium *const **out)
{
    *out = media;
    return N_MEDIA;
}

const bc_medium *bc_medium_of_head(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < N_MEDIA; i++)
        if (media[i]->probe(head, n))
            return media[i];
    return NULL;
}

const bc_medium *bc_medium_named(const char *path, const uint8_t *head, size_t n)
{
    const bc_medium *m = bc_medium_of_head(head, n);

    for (size_t i = 0; !m && i < N_MEDIA; i++)
        if (media[i]->probe_named && media[i]->probe_named(path, head, n))
            m = media[i];
    return m;
}

static void describe(const bc_medium *m, const uint8_t *head, size_t n, char what[48])
{
    const char *name = "";

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (n > 4 && memcmp(head, names[i].head, strlen(names[i].head)) == 0)
            name = names[i].name;
    snprintf(what, 48, "%s %s%s%s", (*name && strchr("ANOR", *name)) ? "an" : "a", name,
             *name ? " " : "", m->thing);
}

const bc_medium *bc_medium_of_file(const char *path, char what[48])
{
    const bc_medium *m = NULL;
    bc_input *input = NULL;
    struct stat info;
    size_t n;

    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && !bc_input_open(path, &input, NULL)) {
        const uint8_t *head = bc_input_head(input, &n);

        m = bc_medium_named(path, head, n);
        if (m)
            describe(m, head, n, what);
    }
    bc_input_free(input);
    return m;
}

const char *bc_file_of_setting(const bc_setting *s)
{
    const char *what = NULL;

    for (size_t i = 0; !what && i < N_MEDIA; i++)
        what = media[i]->file_of ? media[i]->file_of(s->key, s->value) : NULL;
    return what;
}
