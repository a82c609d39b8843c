/* Shared-internal: what an image file format is to the rest of the image code. */
#ifndef BCI_IMAGE_CODEC_H
#define BCI_IMAGE_CODEC_H

#include "base/sink.h"
#include "base/source.h"
#include "base/spool.h"
#include "bitcrush/image.h"
#include "bitcrush/palette.h"
#include "image/metadata.h"

typedef struct bci_image_codec bci_image_codec;

struct bc_image_reader {
    const bci_image_codec *codec;
    bci_source *source;
    bc_image_info info;
    bc_palette palette;     /* of an indexed picture, else empty */
    bci_metadata *metadata; /* never NULL in a codec's functions */
    bc_reading reading;
    uint64_t memory; /* bytes that were taken for the picture */
    uint32_t rows_read;
    bci_spool *replay; /* the rows, when they have been read once before; else NULL */
    void *state;       /* the codec's own */
};

/* What a writer is told before the first row. Rows are interleaved uint16_t codes: colour
 * 0..2^bits - 1, then alpha 0..alpha_maxval where there is one. A picture with a palette has
 * colours of 8 bits that are all in it, or with one channel indices into it. */
typedef struct {
    uint32_t width, height;
    uint32_t n_channels; /* alpha included */
    bool has_alpha;
    int bits;                  /* of a colour code; the most of all channels */
    int channel_bits[3];       /* of each colour channel */
    const bc_palette *palette; /* or NULL */
    uint32_t alpha_maxval;
    uint32_t sample_maxval; /* of colours in the file: what codes are rounded to */
    int effort;             /* of compression, 1..12 */
    const char *path;       /* of the output, "-" for standard output */
    bci_carried carried;    /* of the input's metadata */
} bci_picture;

typedef struct {
    const bci_image_codec *codec;
    bci_sink *sink;
    bci_picture picture;
    const char *layout; /* filled in by the codec: see bc_image_result */
    int depth;
    uint32_t palette;
    void *state;
} bci_image_writer;

/* One row of the registry. Functions that are NULL are not offered. */
struct bci_image_codec {
    bc_image_format format;
    bool writes_indices;   /* of pictures with a palette and without alpha */
    bool carries_metadata; /* into what it writes */
    bool (*probe)(const uint8_t *head, size_t n);
    /* Read the header from r->source and fill r->info and r->state. Whatever it leaves in
     * r->state, even on failure, close() releases. */
    bc_status (*open)(bc_image_reader *r, bc_error *err);
    bc_status (*read)(bc_image_reader *r, void *rows, uint32_t n, bc_error *err);
    void (*close)(bc_image_reader *r);
    /* The full scale of colour samples in the file, or a multiple by which their values are the
     * same; `is_opaque` when alpha is alpha_maxval everywhere, or there is none. */
    uint32_t (*sample_maxval)(const bci_picture *p, bool is_opaque);
    bc_status (*begin)(bci_image_writer *w, bc_error *err);
    bc_status (*write)(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows, bc_error *err);
    bc_status (*finish)(bci_image_writer *w, bc_error *err); /* after the last row */
    void (*abandon)(bci_image_writer *w);                    /* release w->state */
};

extern const bci_image_codec bci_png, bci_jpeg, bci_pnm;

/* The codec of that name or that writes files of that name ("x.pgm"), or NULL. */
const bci_image_codec *bci_image_codec_named(const char *name);
const bci_image_codec *bci_image_codec_for_path(const char *path);

/* Bytes of a row of samples as bc_image_read gives them. */
static inline size_t bci_image_row_bytes(const bc_image_info *info)
{
    return (size_t)info->width * info->n_channels * (info->maxval > 255 ? 2 : 1);
}

/* True for the pictures whose rows of codes are indices. */
static inline bool bci_has_indices(const bci_picture *p)
{
    return p->palette && p->n_channels == 1;
}

/* BC_E_LIMIT when a picture is too large, BC_E_FORMAT when a side is 0. */
BC_NODISCARD bc_status bci_image_check_size(const bc_image_reader *r, uint64_t width,
                                            uint64_t height, bc_error *err);

/* Before memory of n * size bytes is taken: BC_E_LIMIT past what the picture may take. `what` is of
 * so many pixels in the sentence: "an interlaced picture". */
BC_NODISCARD bc_status bci_image_take_memory(bc_image_reader *r, uint64_t n, uint64_t size,
                                             const char *what, bc_error *err);

/* Note damage that reading.salvage passes over. */
void bci_image_note_damage(const bc_image_reader *r, const char *format, ...) BC_PRINTF(2, 3);

#endif
