/* Shared-internal: sound files, read and written. One thread at a time for each object. */
#ifndef BCI_SOUNDFILE_H
#define BCI_SOUNDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/sound_format.h"
#include "bitcrush/audio.h"
#include "bitcrush/status.h"

/* --- reading */

typedef struct bci_sound bci_sound;

/* Open a sound file ("-" is standard input; pipes are read too when the format says beforehand
 * where its samples are: WAV, RF64, W64, AIFF, AU, CAF, and FLAC). BC_E_OPEN; BC_E_FORMAT for a
 * damaged header and for a file that holds fewer samples than its header says; BC_E_UNSUPPORTED for
 * what libsndfile does not know, or without it. reading->stop (NULL: the default) ends every
 * read. */
BC_NODISCARD bc_status bci_sound_open(const char *path, const bc_reading *reading, bci_sound **out,
                                      bc_error *err);

/* How it was opened. */
const bc_reading *bci_sound_reading(const bci_sound *s);

/* Bytes that were taken for its samples and what is made of them, which its reading limits. */
uint64_t *bci_sound_memory(bci_sound *s);

/* What it holds; valid until it is freed. */
const bc_audio_info *bci_sound_info(const bci_sound *s);

/* Bytes of a frame of what bci_sound_read hands out. */
size_t bci_sound_frame_size(const bci_sound *s);

/* Size of the file, 0 when it is not known (a pipe). */
uint64_t bci_sound_size(const bci_sound *s);

/* The name for messages: the path, or "standard input". */
const char *bci_sound_name(const bci_sound *s);

/* What is wrong with the file and does no harm to its samples, with "; " between, or "": "RIFF size
 * says 1234 bytes more than there are". Of a pipe it is known after the last frame. Valid until the
 * sound is freed. */
const char *bci_sound_note(const bci_sound *s);

/* The same of samples that are not there, with reading->salvage: "1 of 20 frames are missing". */
const char *bci_sound_salvaged(const bci_sound *s);

/* Read up to n_frames frames in info->layout. *got is less only at the end, where it is 0 at
 * last; when that comes sooner than the header says: BC_E_FORMAT. */
BC_NODISCARD bc_status bci_sound_read(bci_sound *s, void *raw, size_t n_frames, size_t *got,
                                      bc_error *err);

/* The texts that most formats know. */
typedef enum {
    BCI_TEXT_TITLE,
    BCI_TEXT_ARTIST,
    BCI_TEXT_ALBUM,
    BCI_TEXT_DATE,
    BCI_TEXT_GENRE,
    BCI_TEXT_TRACK,
    BCI_TEXT_COPYRIGHT,
    BCI_TEXT_LICENCE,
    BCI_TEXT_SOFTWARE,
    BCI_TEXT_COMMENT,
    BCI_TEXTS
} bci_sound_text;

/* One of them as the file has it ("" without it); valid until it is freed. */
const char *bci_sound_get_text(const bci_sound *s, bci_sound_text text);

/* The comment, where comment_line of bci_sound_target ends up. */
const char *bci_sound_comment(const bci_sound *s);

/* What a writer takes from a sound that is open: */
const bci_sound_header *bci_sound_get_header(const bci_sound *s);

/* The first n bytes of a chunk; fewer when they cannot be read. */
size_t bci_sound_chunk_data(const bci_sound *s, const bci_sound_chunk *chunk, void *buf, size_t n);

/* BC_E_OPEN when some part of the file could not be read, whatever was made of the rest. */
BC_NODISCARD bc_status bci_sound_status(const bci_sound *s, bc_error *err);

/* Release; NULL is fine. */
void bci_sound_free(bci_sound *s);

/* --- writing */

typedef struct {
    const char *path;      /* "-" is standard output */
    bool is_dry;           /* the bytes are counted and none is kept */
    bool is_gated;         /* a pipe gets none of them before bci_sound_commit */
    bool force;            /* replace an existing file */
    const char *container; /* name of a row of bc_audio_formats; NULL goes by the extension of
                            * `path`, else by the container of the source, else WAV */
    bc_audio_encoding encoding;
    int valid_bits;        /* of PCM, 1..32: codes have so many; ignored otherwise */
    bool hides_valid_bits; /* say whole bytes in the header, for programs that open no other WAV
                            * (SoX 14.4.2) */
    uint32_t rate_hz, n_channels;
    uint64_t n_frames;        /* UINT64_MAX when it is not known */
    bool strip;               /* carry no metadata */
    bool changes_level;       /* the samples are at another level than the source's */
    const char *comment_line; /* added to the comment as its last line, or NULL; also with strip */
} bci_sound_target;

/* How samples are to be handed over, and what became of the rest. Texts live as long as what
 * they came from. */
typedef struct {
    const char *container; /* "WAV", "RF64" when it is past 4 GiB, ... */
    const char *format;    /* the row's name, "wav" */
    int container_bits;
    bc_sample_layout layout; /* of bci_sound_write */
    int shift;               /* for bc_pcm_pack: bits of the layout less valid_bits */
    bool has_comment;        /* a comment line has a place */
    char note[256]; /* what the header cannot say, or why the container is another, or "" */
    char carried[BC_AUDIO_NAMES]; /* metadata in the output, by name: "title comment bext" */
    char dropped[BC_AUDIO_NAMES]; /* metadata of the source that are not */
} bci_sound_plan;

/* Whether the target can be written so; fills *plan but for `carried` and `dropped`. BC_E_USAGE for
 * an unknown container, BC_E_UNSUPPORTED when it does not hold that encoding or depth. `source`
 * may be NULL. */
BC_NODISCARD bc_status bci_sound_check(const bci_sound_target *t, const bci_sound *source,
                                       bci_sound_plan *plan, bc_error *err);

typedef struct bci_sound_writer bci_sound_writer;

/* Begin a file, with the metadata of `source` (or NULL). On a pipe the header is right at once if
 * n_frames is known, else it says that it is not. */
BC_NODISCARD bc_status bci_sound_create(const bci_sound_target *t, const bci_sound *source,
                                        bci_sound_writer **out, bc_error *err);

/* What was decided; valid until the writer is freed. */
const bci_sound_plan *bci_sound_writer_plan(const bci_sound_writer *w);

/* Append n_frames frames in plan->layout. */
BC_NODISCARD bc_status bci_sound_write(bci_sound_writer *w, const void *raw, size_t n_frames,
                                       bc_error *err);

/* Finish the header, flush, and put the file in its place. A number of frames other than
 * promised is BC_E_INTERNAL. */
BC_NODISCARD bc_status bci_sound_commit(bci_sound_writer *w, bc_error *err);

/* Bytes of the file; final after the commit. */
uint64_t bci_sound_writer_size(const bci_sound_writer *w);

/* Release; without a commit the old file is untouched. NULL is fine. */
void bci_sound_writer_free(bci_sound_writer *w);

#endif
