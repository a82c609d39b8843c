/* Knows how JPEG is read. libjpeg reports failures by calling back; here such a call leaves
 * by longjmp to the function that entered the library, and never past this file. */
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
/* After jpeglib.h, on whose version and options the numbers of the messages depend. */
#include <jerror.h>

#include "base/fail.h"
#include "base/limits.h"
#include "image/app_markers.h"
#include "image/codec.h"

/* Each scan walks over the whole picture and may be a few bytes long, so that a small file of
 * very many of them is days of work; real files have about ten. libjpeg-turbo's own fuzzers
 * stop at 500 too ("Two Issues with the JPEG Standard", libjpeg-turbo.org). Of large pictures
 * fewer: past FREE_SCANS all scans together may walk over MAX_SCANNED pixels, 3 s of work. */
enum { MAX_SCANS = 500, FREE_SCANS = 32 };

#define MAX_SCANNED (UINT64_C(1) << 33)

typedef struct {
    struct jpeg_decompress_struct decoder;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr input;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    bc_image_reader *reader;
    bci_source *source;
    bc_status status; /* why the library was left by `escape` */
    bc_error *err;    /* of the call that entered the library */
    bc_error why;     /* what read_rows lets it be, which may pass over it */
    bool has_started;
    unsigned long long mark; /* where the library stands before the first block; 0: in the head */
    bool has_samples;        /* of a block, at least */
    bool is_broken;          /* and salvaged: the library is not called again */
    bci_metadata *metadata;
    bci_profile_parts profile;
    uint8_t marker[1 << 16];
    uint8_t buffer[1 << 16];
} jpeg_state;

static jpeg_state *state_of(j_common_ptr decoder)
{
    return decoder->client_data;
}

static unsigned long long offset_of(const jpeg_state *s)
{
    return (unsigned long long)(s->source->offset - s->input.bytes_in_buffer);
}

_Noreturn static void leave(jpeg_state *s, bc_status status)
{
    s->status = status;
    longjmp(s->escape, 1);
}

/* --- errors ----------------------------------------------------------------------------- */

/* What the library's refusals mean for the file; its own defects count as the file's, since
 * only a strange file could bring them out. */
static bc_status status_of(const jpeg_state *s)
{
    switch (s->errors.msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
#ifndef D_ARITH_CODING_SUPPORTED
    case JERR_ARITH_NOTIMPL:
#endif
        return BC_E_UNSUPPORTED;
    case JERR_EMPTY_IMAGE: /* a height of 0 is valid and means that a DNL marker follows */
        return s->decoder.image_width > 0 && s->decoder.num_components > 0 ? BC_E_UNSUPPORTED
                                                                           : BC_E_FORMAT;
    case JERR_UNKNOWN_MARKER: /* those below 0xc0 mean nothing in any kind of JPEG */
        return s->errors.msg_parm.i[0] >= 0xc0 ? BC_E_UNSUPPORTED : BC_E_FORMAT;
    case JERR_IMAGE_TOO_BIG:
    case JERR_NO_BACKING_STORE: /* the memory that it may take was not enough */
    case JERR_OUT_OF_MEMORY:
    case JERR_WIDTH_OVERFLOW: return BC_E_LIMIT;
    default: return BC_E_FORMAT;
    }
}

static void on_error(j_common_ptr decoder)
{
    jpeg_state *s = state_of(decoder);
    const bc_status st = status_of(s);
    char words[JMSG_LENGTH_MAX];

    if (s->errors.msg_code == JERR_NO_BACKING_STORE)
        leave(s, bci_fail(s->err, st,
                          "%s: %u x %u pixels in several scans take more memory than expected, at "
                          "most %s (`max-memory`)",
                          s->source->name, s->decoder.image_width, s->decoder.image_height,
                          bci_show_size(bci_max_memory(&s->reader->reading)).text));
    s->errors.format_message(decoder, words);
    leave(s, bci_fail(s->err, st, "%s: the JPEG decoder says \"%s\" at byte %llu", s->source->name,
                      words, offset_of(s)));
}

/* Warnings by which no sample of the picture has been lost or made up. */
static bool is_harmless(const struct jpeg_error_mgr *e)
{
    switch (e->msg_code) {
    case JWRN_ADOBE_XFORM:    /* a code that Adobe never gave out; taken for YCbCr */
    case JWRN_JFIF_MAJOR:     /* a revision number; the marker only carries the pixel aspect */
    case JWRN_NOT_SEQUENTIAL: /* spectral parameters that a sequential scan does not use */
        return true;
    case JWRN_EXTRANEOUS_DATA:
        /* Cameras pad segments and the end of the picture, and all of a scan has been decoded
         * when its end is looked for. But nobody pads before a restart marker (0xd0..0xd7):
         * there the decoder has lost its place in the data. */
        return e->msg_parm.i[1] < 0xd0 || e->msg_parm.i[1] > 0xd7;
    default: return false;
    }
}

/* The library moves on in its input when a block (of all components) is decoded, and not before. */
static bool is_anything_decoded(jpeg_state *s)
{
    s->has_samples |= s->mark > 0 && offset_of(s) != s->mark;
    return s->has_samples;
}

/* A marker that ends the picture before its first block. */
static bool is_empty_picture(jpeg_state *s)
{
    return s->errors.msg_code == JWRN_HIT_MARKER && s->decoder.unread_marker == JPEG_EOI &&
           !is_anything_decoded(s);
}

/* The first warning: where the library begins to make up samples. */
static void note_warning(jpeg_state *s)
{
    const struct jpeg_decompress_struct *d = &s->decoder;
    char words[JMSG_LENGTH_MAX];

    s->errors.num_warnings++;
    if (s->errors.num_warnings > 1)
        return;
    s->errors.format_message((j_common_ptr)d, words);
    if (s->reader->info.is_interlaced)
        bci_image_note_damage(s->reader, "the JPEG decoder says \"%s\" in scan %d", words,
                              d->input_scan_number);
    else
        bci_image_note_damage(
            s->reader, "the JPEG decoder says \"%s\", rows from %u of %u on are its guess", words,
            d->input_iMCU_row * (unsigned)d->max_v_samp_factor * DCTSIZE + 1, d->image_height);
}

/* Traces (level 0 and up) say nothing about the file. After a warning the library would go on
 * and fill in grey. With this and on_error in place nothing else in it prints. */
static void on_message(j_common_ptr decoder, int level)
{
    jpeg_state *s = state_of(decoder);

    if (level >= 0 || is_harmless(decoder->err))
        return;
    if (!s->reader->reading.salvage || is_empty_picture(s))
        on_error(decoder);
    note_warning(s);
}

/* Called for every row of blocks, of every scan. */
static void watch(j_common_ptr decoder)
{
    jpeg_state *s = state_of(decoder);
    const uint64_t n_scans = (uint64_t)s->decoder.input_scan_number;
    const uint64_t pixels = (uint64_t)s->decoder.image_width * s->decoder.image_height;
    const uint64_t most = MAX_SCANNED / pixels > FREE_SCANS ? MAX_SCANNED / pixels : FREE_SCANS;
    const uint64_t limit = most < MAX_SCANS ? most : MAX_SCANS;

    if (bci_check_stop(&s->reader->reading, s->err))
        leave(s, BC_E_INTERRUPTED);
    if (n_scans > limit)
        leave(s, bci_fail(s->err, BC_E_LIMIT,
                          "%s: more than %d scan(s) for %u x %u pixels, expected about ten",
                          s->source->name, (int)limit, s->decoder.image_width,
                          s->decoder.image_height));
}

/* --- input ------------------------------------------------------------------------------ */

static void ignore_event(j_decompress_ptr decoder)
{
    (void)decoder;
}

/* The library suggests to invent an end-of-image marker here; an early end is an error, but with
 * salvage and once there is some picture. */
static boolean fill_buffer(j_decompress_ptr decoder)
{
    jpeg_state *s = state_of((j_common_ptr)decoder);

    static const uint8_t end_of_image[] = { 0xff, JPEG_EOI };

    if (bci_check_stop(&s->reader->reading, s->err))
        leave(s, BC_E_INTERRUPTED);
    const bool is_empty = !is_anything_decoded(s);

    s->input.next_input_byte = s->buffer;
    s->input.bytes_in_buffer = bci_source_read_some(s->source, s->buffer, sizeof s->buffer);
    if (is_empty && s->mark > 0)
        s->mark = offset_of(s);
    if (s->input.bytes_in_buffer > 0)
        return TRUE;
    const bc_status st = bci_source_status(s->source, s->err);

    if (st)
        leave(s, st);
    if (!s->reader->reading.salvage || is_empty)
        leave(s, bci_fail(s->err, BC_E_FORMAT,
                          "%s: ends after %llu byte(s), expected more and an end-of-image marker",
                          s->source->name, offset_of(s)));
    bci_image_note_damage(s->reader, "ends after %llu byte(s) without an end-of-image marker",
                          offset_of(s));
    s->input.next_input_byte = end_of_image;
    s->input.bytes_in_buffer = sizeof end_of_image;
    return TRUE;
}

static void skip_bytes(j_decompress_ptr decoder, long n)
{
    jpeg_state *s = state_of((j_common_ptr)decoder);
    size_t left = n > 0 ? (size_t)n : 0;

    while (left > s->input.bytes_in_buffer) {
        left -= s->input.bytes_in_buffer;
        (void)fill_buffer(decoder);
    }
    s->input.next_input_byte += left;
    s->input.bytes_in_buffer -= left;
}

static uint8_t next_byte(jpeg_state *s)
{
    if (s->input.bytes_in_buffer == 0)
        (void)fill_buffer(&s->decoder);
    s->input.bytes_in_buffer--;
    return *s->input.next_input_byte++;
}

/* An application marker or a comment, up to its end. The library would keep them all; here
 * their size is bounded. Those that come after the first scan are no longer of use. */
static boolean take_marker(j_decompress_ptr decoder)
{
    jpeg_state *s = state_of((j_common_ptr)decoder);
    const unsigned high = next_byte(s), size = high << 8 | next_byte(s);
    bc_status st;

    if (size < 2)
        leave(s, bci_fail(s->err, BC_E_FORMAT,
                          "%s: marker 0x%02x says that it has %u byte(s) at byte %llu, expected at "
                          "least 2",
                          s->source->name, (unsigned)decoder->unread_marker, size, offset_of(s)));
    for (unsigned i = 0; i < size - 2; i++)
        s->marker[i] = next_byte(s);
    if (decoder->input_scan_number > 0)
        return TRUE;
    st = bci_app_marker(s->metadata, &s->profile, decoder->unread_marker, s->marker, size - 2,
                        s->source->name, s->err);
    if (st)
        leave(s, st);
    return TRUE;
}

static void take_markers(jpeg_state *s)
{
    for (int code = JPEG_APP0 + 1; code <= JPEG_APP0 + 15; code++)
        if (code != JPEG_APP0 + 14) /* Adobe's, which the library reads itself */
            jpeg_set_marker_processor(&s->decoder, code, take_marker);
    jpeg_set_marker_processor(&s->decoder, JPEG_COM, take_marker);
}

/* --- the picture ------------------------------------------------------------------------ */

static bool probe(const uint8_t *head, size_t n)
{
    return n >= 3 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff;
}

/* After the header was read: what is handed out. */
static bc_status choose_colours(bc_image_reader *r, bc_error *err)
{
    jpeg_state *s = r->state;
    struct jpeg_decompress_struct *d = &s->decoder;

    switch (d->jpeg_color_space) {
    case JCS_GRAYSCALE:
        d->out_color_space = JCS_GRAYSCALE;
        r->info.n_channels = 1;
        return BC_OK;
    case JCS_RGB:
    case JCS_YCbCr:
        d->out_color_space = JCS_RGB;
        r->info.n_channels = 3;
        return BC_OK;
    case JCS_CMYK:
    case JCS_YCCK:
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: colours are %s, expected greyscale or YCbCr",
                        r->source->name, d->jpeg_color_space == JCS_CMYK ? "CMYK" : "YCCK");
    default:
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: has %d colour component(s), expected 1 (greyscale) or 3 (YCbCr)",
                        r->source->name, d->num_components);
    }
}

/* libjpeg counts in a long. It says no more than that it is too much, so that the largest part is
 * counted before, see take_coefficients. */
static long memory_of_library(const bc_image_reader *r)
{
    const uint64_t most = bci_max_memory(&r->reading);

    return most < LONG_MAX ? (long)most : LONG_MAX;
}

/* A picture in several scans waits in memory as coefficients of 2 bytes, 12 GiB for 65500 x 65500
 * in 4:2:0; 4 GiB hold 1.4 gigapixels. */
static bc_status take_coefficients(bc_image_reader *r, bc_error *err)
{
    const jpeg_state *s = r->state;
    uint64_t n_blocks = 0;

    for (int i = 0; i < s->decoder.num_components; i++)
        n_blocks += (uint64_t)s->decoder.comp_info[i].width_in_blocks *
                    s->decoder.comp_info[i].height_in_blocks;
    return bci_image_take_memory(r, n_blocks, sizeof(JBLOCK), "holding the scans of a picture",
                                 err);
}

static bc_status open_jpeg(bc_image_reader *r, bc_error *err)
{
    jpeg_state *s = calloc(1, sizeof *s);
    bc_status st;

    if (!s)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", r->source->name);
    r->state = s;
    s->reader = r;
    s->source = r->source;
    s->metadata = r->metadata;
    s->err = err;
    s->decoder.err = jpeg_std_error(&s->errors);
    s->decoder.client_data = s;
    s->errors.error_exit = on_error;
    s->errors.emit_message = on_message;
    s->input.init_source = ignore_event;
    s->input.fill_input_buffer = fill_buffer;
    s->input.skip_input_data = skip_bytes;
    s->input.resync_to_restart = jpeg_resync_to_restart;
    s->input.term_source = ignore_event;
    s->progress.progress_monitor = watch;

    if (setjmp(s->escape))
        return s->status;
    jpeg_create_decompress(&s->decoder);
    s->decoder.src = &s->input;
    s->decoder.progress = &s->progress;
    s->decoder.mem->max_memory_to_use = memory_of_library(r);
    take_markers(s);
    (void)jpeg_read_header(&s->decoder, TRUE);

    struct jpeg_decompress_struct *d = &s->decoder;

    st = bci_image_check_size(r, d->image_width, d->image_height, err);
    if (!st)
        st = choose_colours(r, err);
    if (!st && d->data_precision != 8) /* libjpeg-turbo 3 opens 2..16 bits, 2 fails above */
        st = bci_fail(err, BC_E_UNSUPPORTED, "%s: samples have %d bit(s), expected 8",
                      r->source->name, d->data_precision);
    if (!st)
        st = bci_app_markers_end(r->metadata, &s->profile, r->source->name, err);
    if (!st && d->saw_JFIF_marker)
        st = bci_jfif_density(r->metadata, d->density_unit, d->X_density, d->Y_density,
                              r->source->name, err);
    if (st)
        return st;
    d->dct_method = JDCT_ISLOW;
    r->info.width = d->image_width;
    r->info.height = d->image_height;
    r->info.maxval = 255;
    r->info.depth = 8;
    r->info.true_depth = 8;
    r->info.is_interlaced = jpeg_has_multiple_scans(d);
    s->mark = offset_of(s);
    return BC_OK;
}

/* Begin to decode; of a picture in several scans, read all of them. The library is content
 * with a file that ends, properly, before some colour had a scan, and would make it grey. */
static void start(jpeg_state *s)
{
    if (s->reader->info.is_interlaced) {
        const bc_status st = take_coefficients(s->reader, s->err);

        if (st)
            leave(s, st);
    }
    (void)jpeg_start_decompress(&s->decoder);
    for (int i = 0; i < s->decoder.num_components; i++) {
        if (s->decoder.comp_info[i].quant_table)
            continue;
        if (!s->reader->reading.salvage)
            leave(s, bci_fail(s->err, BC_E_FORMAT,
                              "%s: has no scan for colour component %d, expected scans for %d",
                              s->source->name, i + 1, s->decoder.num_components));
        bci_image_note_damage(s->reader, "has no scan for colour component %d of %d", i + 1,
                              s->decoder.num_components);
    }
    s->has_started = true;
}

/* After an error: BC_OK when rows y.. of these are blank and that is noted. */
static bc_status salvage(bc_image_reader *r, uint32_t y, bc_error *err)
{
    jpeg_state *s = r->state;

    const bool is_empty = r->rows_read + y == 0;

    if (!r->reading.salvage || s->status != BC_E_FORMAT || !s->has_started || is_empty) {
        if (err)
            *err = s->why;
        return s->status;
    }
    s->is_broken = true;
    if (r->rows_read + y < r->info.height)
        bci_image_note_damage(
            r, "an error of the decoder at byte %llu, rows from %u of %u on are blank",
            offset_of(s), r->rows_read + y + 1, r->info.height);
    else
        bci_image_note_damage(r, "an error of the decoder at byte %llu, after the last row",
                              offset_of(s));
    return BC_OK;
}

static bc_status read_rows(bc_image_reader *r, void *rows, uint32_t n, bc_error *err)
{
    jpeg_state *s = r->state;
    const size_t row_size = (size_t)r->info.width * r->info.n_channels;
    volatile uint32_t y = 0;

    s->err = &s->why;
    if (setjmp(s->escape)) {
        const bc_status st = salvage(r, y, err);

        if (st)
            return st;
    } else if (!s->is_broken) {
        if (!s->has_started)
            start(s);
        for (; y < n; y++) {
            JSAMPROW row = (JSAMPROW)rows + y * row_size;

            (void)jpeg_read_scanlines(&s->decoder, &row, 1); /* the source never suspends: 1 row */
        }
        if (s->decoder.output_scanline == s->decoder.output_height)
            (void)jpeg_finish_decompress(&s->decoder);
    }
    memset((uint8_t *)rows + y * row_size, 0, (n - y) * row_size);
    return BC_OK;
}

static void close_jpeg(bc_image_reader *r)
{
    jpeg_state *s = r->state;

    if (!s)
        return;
    jpeg_destroy_decompress(&s->decoder); /* fine for one that was never created */
    bci_profile_parts_free(&s->profile);
    free(s);
    r->state = NULL;
}

const bci_image_codec bci_jpeg = {
    .format = { "jpeg", "JPEG (JFIF, Exif), greyscale or YCbCr", ".jpg .jpeg .jpe .jfif", true,
                false },
    .probe = probe,
    .open = open_jpeg,
    .read = read_rows,
    .close = close_jpeg,
};
