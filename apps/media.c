/* Knows the three media: their files by the first bytes, and the SPECs that only one of them
 * has. */
#include "media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bitcrush/audio.h"
#include "bitcrush/image.h"
#include "bitcrush/input.h"
#include "bitcrush/tensor.h"
#include "options.h"
#include "synonyms.h"
#include "tensor_formats.h"
#include "tool.h"

static bool takes_bits(const char *spec)
{
    return spec[strspn(spec, "0123456789")] == '\0';
}

static bool takes_depth(const char *spec)
{
    bc_audio_depth depth;
    char called[160];

    return bc_audio_depth_named(spec, &depth, NULL) == BC_OK ||
           synonym_find("depth", spec, called, sizeof called) == SYNONYM_SAME;
}

static bool takes_format(const char *spec)
{
    char called[160];

    return tensor_format_known(spec) ||
           synonym_find("format", spec, called, sizeof called) == SYNONYM_SAME;
}

static const media_row rows[] = {
    { TOOL_IMAGE, "pictures", "picture", "photo.png", "bitcrush-image", bc_image_probe,
      takes_bits },
    { TOOL_AUDIO, "sound", "sound", "voice.wav or .flac", "bitcrush-audio", bc_audio_probe,
      takes_depth },
    { TOOL_TENSOR, "weights", "file of weights", "model.safetensors, .gguf, .npy or .npz",
      "bitcrush-tensor", bc_tensor_probe, takes_format },
};

enum { N_ROWS = sizeof rows / sizeof *rows };

/* What a file of these first bytes is called beside its medium. */
static const struct {
    const char *head, *name;
} names[] = {
    { "\x89PNG", "PNG" }, { "\xFF\xD8", "JPEG" },  { "RIFF", "WAV" },  { "RF64", "RF64" },
    { "BW64", "BW64" },   { "riff", "W64" },       { "FORM", "AIFF" }, { "caff", "CAF" },
    { ".snd", "AU" },     { "fLaC", "FLAC" },      { "OggS", "Ogg" },  { "GGUF", "GGUF" },
    { "\x93NUM", "NPY" }, { "PK\x03\x04", "NPZ" },
};

const media_row *media_of_tool(unsigned bit)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].bit == (bit & (TOOL_IMAGE | TOOL_AUDIO | TOOL_TENSOR)))
            return &rows[i];
    return NULL;
}

const media_row *media_of_head(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].knows(head, n))
            return &rows[i];
    return NULL;
}

static void describe(const media_row *row, const uint8_t *head, size_t n, char what[48])
{
    const char *name = "";

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (n > 4 && memcmp(head, names[i].head, strlen(names[i].head)) == 0)
            name = names[i].name;
    snprintf(what, 48, "%s %s%s%s", (*name && strchr("ANOR", *name)) ? "an" : "a", name,
             *name ? " " : "", row->one);
}

const media_row *media_of_file(const char *path, char what[48])
{
    const media_row *row = NULL;
    bc_input *input = NULL;
    struct stat info;
    size_t n;

    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && !bc_input_open(path, &input, NULL)) {
        const uint8_t *head = bc_input_head(input, &n);

        row = media_of_head(head, n);
        if (row)
            describe(row, head, n, what);
    }
    bc_input_free(input);
    return row;
}

bc_status media_refuse(const char *path, unsigned bit, bc_error *err)
{
    char what[48];
    const media_row *own = media_of_tool(bit), *row = own ? media_of_file(path, what) : NULL;

    return row && row != own
               ? bc_error_say(err, BC_E_UNSUPPORTED, "%s: is %s, expected %s; use bitcrush or %s",
                              path, what, own->medium, row->program)
               : BC_OK;
}

/* Is there damage, and is it passed over? What is refused for other reasons is not. */
static bool salvages_picture(const char *path, const bc_reading *reading)
{
    bc_image_reader *r;

    if (bc_image_open_with(path, reading, &r, NULL))
        return false;
    const bc_image_info *info = bc_image_get_info(r);
    void *row = malloc((size_t)info->width * info->n_channels * sizeof(uint16_t));
    bc_status st = row ? BC_OK : BC_E_LIMIT;

    for (uint32_t y = 0; !st && y < info->height; y++)
        st = bc_image_read(r, row, 1, NULL);
    const bool is_saved = !st && *bc_image_salvaged(r);

    free(row);
    bc_image_reader_free(r);
    return is_saved;
}

static bool salvages_sound(const char *path, const bc_reading *reading)
{
    enum { PIECE = 4096 };
    bc_audio_reader *r;
    double **planes, *samples;
    size_t got = 0;

    if (bc_audio_open_with(path, reading, &r, NULL))
        return false;
    const size_t n = bc_audio_get_info(r)->n_channels;
    bc_status st = BC_OK;

    planes = calloc(n, sizeof *planes);
    samples = calloc(n * PIECE, sizeof *samples);
    for (size_t c = 0; planes && samples && c < n; c++)
        planes[c] = samples + c * PIECE;
    if (!planes || !samples)
        st = BC_E_LIMIT;
    while (!st && !*bc_audio_salvaged(r)) {
        st = bc_audio_read(r, planes, PIECE, &got, NULL);
        if (got == 0)
            break;
    }
    const bool is_saved = !st && *bc_audio_salvaged(r);

    free(samples);
    free(planes);
    bc_audio_reader_free(r);
    return is_saved;
}

bool media_salvages(const char *path, const options *o)
{
    char what[48];
    const media_row *row = media_of_file(path, what);
    bc_reading reading = tool_reading(o);

    reading.input = NULL;
    reading.salvage = true;
    if (!row || row->bit == TOOL_TENSOR)
        return false;
    return row->bit == TOOL_IMAGE ? salvages_picture(path, &reading)
                                  : salvages_sound(path, &reading);
}

const media_row *media_of_spec(const char *spec, unsigned bit)
{
    const media_row *own = media_of_tool(bit);

    if (!own || own->takes(spec) || spec[strspn(spec, "0123456789.")] == '\0')
        return NULL;
    for (size_t i = 0; i < N_ROWS; i++)
        if (&rows[i] != own && rows[i].takes(spec))
            return &rows[i];
    return NULL;
}
