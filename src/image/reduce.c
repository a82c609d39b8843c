/* Knows the way of a picture from file to file, in batches of rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/pipeline.h"
#include "base/threads.h"
#include "image/codec.h"
#include "image/dithered.h"
#include "image/grey.h"
#include "image/palette_fit.h"
#include "image/palette_rows.h"
#include "image/planes.h"
#include "image/png_layout.h"
#include "image/quality.h"
#include "image/replay.h"

enum { BATCH_BYTES = 1 << 19, N_SLOTS = 4 };

typedef struct {
    bc_image_reader *reader;
    bc_image_info input;      /* of the file, before the reader made it grey */
    bc_image_reader *colours; /* inside of `reader`, to be made grey apart; or NULL */
    bci_planes *rows;         /* or with a palette: */
    bci_palette_rows *palette_rows;
    bc_palette palette;      /* empty without one */
    bci_image_rulers rulers; /* none: evenly spaced levels of settings->bits, or runs */
    bci_quality *quality;    /* NULL: not asked for */
    bci_image_writer writer;
    const bc_image_settings *settings;
    uint32_t batch_rows, n_batches;
    void *colour_rows[N_SLOTS]; /* batch i in slot i % N_SLOTS */
    void *samples[N_SLOTS];
    uint16_t *codes[N_SLOTS];
} line_up;

bc_image_settings bc_image_settings_default(int bits)
{
    return (bc_image_settings){ .bits = bits,
                                .kernel = bc_diffusion_find("floyd-steinberg"),
                                .noise = bc_noise_find("none"),
                                .linear_light = true,
                                .scan = BC_SCAN_SERPENTINE,
                                .strength = 1.0,
                                .seed = BC_DEFAULT_SEED,
                                .min_snr_db = NAN };
}

/* By `format`, by the ending of the name, or PNG for a name without one (a pipe, a device). */
static bc_status choose_codec(const char *out, const bc_image_settings *settings,
                              const bci_image_codec **codec, bc_error *err)
{
    const char *slash = strrchr(out, '/');
    const bool has_ending = strchr(slash ? slash : out, '.') != NULL;
    const char *name = settings->format ? settings->format : has_ending ? NULL : "png";

    *codec = name ? bci_image_codec_named(name) : bci_image_codec_for_path(out);
    if (*codec && (*codec)->begin)
        return BC_OK;
    if (name)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: format %s cannot be written here, expected "
                        "png or pnm",
                        out, name);
    return bci_fail(err, BC_E_USAGE,
                    "%s: the name does not end in a format that can be written, "
                    "expected .png, .pbm, .pgm, .ppm, .pnm or .pam",
                    out);
}

static bool wants_palette(const bc_image_settings *s)
{
    return s->palette || s->n_colours > 0;
}

static void see_rows(void *histogram, const void *rows, uint32_t n)
{
    bci_histogram_add(histogram, rows, n);
}

/* The palette that was given, or one that a first pass over the picture is fitted to. */
static bc_status choose_palette(line_up *l, const char *in, int n_threads, bc_error *err)
{
    const bc_image_settings *s = l->settings;
    const bc_image_info info = l->reader->info; /* the second pass may take another reader */
    const bool is_dithered = bci_image_is_dithered(s);
    bci_histogram *histogram = NULL;
    bc_status st;

    if (s->palette)
        return bci_palette_distinct(s->palette, &l->palette, err);
    st = bci_histogram_new(l->reader, &info, &histogram, err);
    if (!st)
        st = bci_image_replay(&l->reader, in, s->grey, see_rows, histogram, err);
    if (!st)
        st = bci_histogram_fit(histogram, s->n_colours, is_dithered, n_threads, &l->palette, err);
    bci_histogram_free(histogram);
    return st;
}

static void see_samples(void *seen, const void *rows, uint32_t n)
{
    bci_image_see(seen, rows, n);
}

/* Marks that are laid out for the whole picture or its channels, after a first pass where they are
 * fitted to it. */
static bc_status choose_rulers(line_up *l, const char *in, bc_error *err)
{
    const bc_image_settings *s = l->settings;
    const bc_image_info info = l->reader->info; /* the second pass may take another reader */
    bci_image_seen seen;
    bc_status st;

    if (!bci_image_is_ruled(s) || bci_image_has_runs(s))
        return BC_OK;
    if (s->scale == BC_SCALE_FULL)
        return bci_image_rulers_lay(s, NULL, &l->rulers, err);
    st = bci_image_seen_new(&info, &seen, err);
    if (!st)
        st = bci_image_replay(&l->reader, in, s->grey, see_samples, &seen, err);
    if (!st)
        st = bci_image_rulers_lay(s, &seen, &l->rulers, err);
    bci_image_seen_free(&seen);
    return st;
}

/* Bits of a file's samples: those of the codes, or what holds the values of other rulers. */
static int sample_bits(const line_up *l)
{
    if (!bci_image_is_ruled(l->settings))
        return l->settings->bits;
    return l->rulers.n ? bci_image_rulers_container(&l->rulers) : 16;
}

/* The rows of the picture as colours of the palette, or as indices where the format has them. */
static void use_palette(bci_picture *p, const line_up *l, const bci_image_codec *codec)
{
    const bool has_indices = codec->writes_indices && !p->has_alpha;

    /* A given palette is stored whole and in its order, for the sake of who reads indices. */
    p->palette = has_indices || l->settings->palette ? &l->palette : NULL;
    p->bits = p->channel_bits[0] = p->channel_bits[1] = p->channel_bits[2] = 8;
    p->n_channels = has_indices ? 1 : 3 + (uint32_t)p->has_alpha;
    p->carried.is_grey = false;
}

static bci_picture picture_of(const line_up *l, const bc_image_settings *settings, const char *out)
{
    const bc_image_info *info = &l->reader->info;
    const int bits = sample_bits(l);
    const int *own = settings->channel_bits;

    return (bci_picture){ .path = out,
                          .width = info->width,
                          .height = info->height,
                          .n_channels = info->n_channels,
                          .has_alpha = info->has_alpha,
                          .bits = bits,
                          .channel_bits = { own[0] ? own[0] : bits, own[1] ? own[1] : bits,
                                            own[2] ? own[2] : bits },
                          .alpha_maxval = !info->has_alpha       ? 255
                                          : settings->alpha_bits ? (1u << settings->alpha_bits) - 1
                                                                 : info->alpha_maxval,
                          .effort = settings->effort > 0 ? settings->effort : 4,
                          .carried = { .metadata = l->reader->metadata,
                                       .strips = settings->strip,
                                       .is_grey = info->n_channels < 3 } };
}

typedef struct {
    const bci_picture *picture;
    const bc_image_info *info;
    bool is_opaque;
} alpha_pass;

static void see_alpha(void *context, const void *rows, uint32_t n)
{
    alpha_pass *a = context;
    const uint32_t step = a->info->n_channels;
    const size_t n_samples = (size_t)a->info->width * n * step;
    const uint8_t *bytes = rows;
    const uint16_t *words = rows;

    for (size_t i = step - 1; i < n_samples; i += step) {
        const uint32_t alpha = a->info->maxval > 255 ? words[i] : bytes[i];
        const uint32_t most = a->picture->alpha_maxval;

        a->is_opaque &= bci_rescale(alpha, a->info->alpha_maxval, most) == most;
    }
}

/* True when the file cannot hold every level exactly, so that some are rounded to a sample. */
static bool rounds_levels(const bci_picture *p, uint32_t maxval)
{
    bool rounds = false;

    for (uint32_t c = 0; c < p->n_channels - p->has_alpha && c < 3; c++)
        rounds |= maxval % ((1u << p->channel_bits[c]) - 1) != 0;
    return rounds;
}

/* How the file will round the levels, which is measured. Where that depends on whether all alpha is
 * opaque, a first pass looks. */
static bc_status choose_sample_maxval(line_up *l, const char *in, const bci_image_codec *codec,
                                      bc_error *err)
{
    bci_picture *p = &l->writer.picture;
    const bc_image_info info = l->reader->info; /* the second pass may take another reader */
    const uint32_t opaque = codec->sample_maxval(p, true);
    alpha_pass a = { .picture = p, .info = &info, .is_opaque = !p->has_alpha };
    bc_status st = BC_OK;

    if (p->has_alpha && codec->sample_maxval(p, false) != opaque && rounds_levels(p, opaque)) {
        a.is_opaque = true;
        st = bci_image_replay(&l->reader, in, l->settings->grey, see_alpha, &a, err);
        p->carried.metadata = st ? NULL : l->reader->metadata;
    }
    p->sample_maxval = codec->sample_maxval(p, a.is_opaque);
    return st;
}

/* What turns samples into codes, and what is told of them. */
static bc_status choose_rows(line_up *l, const char *in, const char *out, int n_threads,
                             const bci_image_codec *codec, bc_error *err)
{
    const bc_image_settings *s = l->settings;
    bci_picture *picture = &l->writer.picture;
    bc_status st = bci_image_check_ruler(s, err);

    if (!st)
        st = wants_palette(s) ? choose_palette(l, in, n_threads, err) : choose_rulers(l, in, err);
    if (st)
        return st;
    *picture = picture_of(l, s, out);
    if (wants_palette(s))
        use_palette(picture, l, codec);
    st = choose_sample_maxval(l, in, codec, err);
    if (st)
        return st;
    if (wants_palette(s)) {
        const uint32_t most = bci_has_indices(picture) ? 0 : picture->sample_maxval;

        st = bci_palette_rows_new(&l->reader->info, s, &l->palette, most, &l->palette_rows, err);
    } else {
        st = bci_planes_new(&l->reader->info, s, l->rulers.n ? &l->rulers : NULL,
                            picture->sample_maxval, &l->rows, err);
    }
    if (!st && !s->skip_quality)
        st = bci_quality_take_memory(l->reader, bci_has_indices(picture) ? 3 : picture->n_channels,
                                     err);
    if (!st && !s->skip_quality)
        st = bci_quality_new(&l->reader->info, picture, &l->quality, err);
    return st;
}

/* Before they are taken: batches of rows, and what each worker has of one. */
static bc_status take_memory(const line_up *l, size_t row_bytes, size_t row_codes, bc_error *err)
{
    enum { WORK_BYTES = 40 }; /* a sample: values, noise, codes and errors of a row */
    const uint64_t n_slots = l->n_batches < N_SLOTS ? l->n_batches : N_SLOTS;
    const size_t coloured = l->colours ? bci_image_row_bytes(&l->colours->info) : 0;
    const size_t batch = l->batch_rows * (row_bytes + row_codes * sizeof **l->codes + coloured);

    return bci_image_take_memory(l->reader, n_slots, batch + row_codes * WORK_BYTES,
                                 "reducing rows", err);
}

static bc_status line_up_new(line_up *l, bc_error *err)
{
    const bc_image_info *info = &l->reader->info;
    const size_t row_bytes = bci_image_row_bytes(info);
    const size_t row_codes = (size_t)info->width * l->writer.picture.n_channels;
    const size_t n = row_bytes < BATCH_BYTES ? BATCH_BYTES / row_bytes : 1;

    l->colours = bci_grey_inner(l->reader);
    l->batch_rows = n < info->height ? (uint32_t)n : info->height;
    l->n_batches = (info->height - 1) / l->batch_rows + 1;

    const bc_status st = take_memory(l, row_bytes, row_codes, err);

    if (st)
        return st;
    for (uint32_t i = 0; i < N_SLOTS && i < l->n_batches; i++) {
        l->samples[i] = malloc(l->batch_rows * row_bytes);
        l->codes[i] = malloc(l->batch_rows * row_codes * sizeof **l->codes);
        if (l->colours)
            l->colour_rows[i] = malloc(l->batch_rows * bci_image_row_bytes(&l->colours->info));
        if (!l->samples[i] || !l->codes[i] || (l->colours && !l->colour_rows[i]))
            return bci_fail(err, BC_E_LIMIT, "%s: out of memory for rows of %u pixel(s)",
                            l->reader->source->name, info->width);
    }
    return BC_OK;
}

static void line_up_free(line_up *l)
{
    if (l->writer.codec)
        l->writer.codec->abandon(&l->writer);
    bci_sink_free(l->writer.sink);
    bci_planes_free(l->rows);
    bci_palette_rows_free(l->palette_rows);
    bci_quality_free(l->quality);
    bc_image_reader_free(l->reader);
    for (int i = 0; i < N_SLOTS; i++) {
        free(l->colour_rows[i]);
        free(l->samples[i]);
        free(l->codes[i]);
    }
}

static uint32_t rows_of_batch(const line_up *l, uint32_t batch)
{
    const uint32_t left = l->reader->info.height - batch * l->batch_rows;

    return left < l->batch_rows ? left : l->batch_rows;
}

static bc_status read_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    line_up *l = context;
    bc_image_reader *reader = l->colours ? l->colours : l->reader;
    void *rows = l->colours ? l->colour_rows[slot] : l->samples[slot];

    return bc_image_read(reader, rows, rows_of_batch(l, (uint32_t)batch), err);
}

static bc_status grey_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    line_up *l = context;

    (void)err;
    bci_grey_rows(l->reader, l->colour_rows[slot], rows_of_batch(l, (uint32_t)batch),
                  l->samples[slot]);
    return BC_OK;
}

static bc_status quantize_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    line_up *l = context;
    const uint32_t n = rows_of_batch(l, (uint32_t)batch);

    (void)err;
    if (l->palette_rows)
        bci_palette_rows_reduce(l->palette_rows, l->samples[slot], n, l->codes[slot]);
    else
        bci_planes_reduce(l->rows, l->samples[slot], n, l->codes[slot]);
    return BC_OK;
}

static bc_status judge_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    line_up *l = context;

    (void)err;
    bci_quality_add(l->quality, l->samples[slot], l->codes[slot],
                    rows_of_batch(l, (uint32_t)batch));
    return BC_OK;
}

static bool is_encoded(const bc_image_settings *s)
{
    return !(s->dry_run && s->skip_encoding);
}

static bc_status write_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    line_up *l = context;
    const bc_image_settings *s = l->settings;
    const uint32_t n = rows_of_batch(l, (uint32_t)batch);
    const bool is_last = batch + 1 == l->n_batches;
    bc_status st = BC_OK;

    if (is_encoded(s))
        st = l->writer.codec->write(&l->writer, l->codes[slot], n, err);
    if (!st && is_last && is_encoded(s))
        st = l->writer.codec->finish(&l->writer, err);
    if (!st && s->progress)
        s->progress(s->context, batch * l->batch_rows + n, l->reader->info.height);
    return st;
}

/* All batches through the stages. */
static bc_status run(line_up *l, int n_threads, bc_error *err)
{
    bci_pipeline pipeline = { .read = read_batch,
                              .prepare = l->colours ? grey_batch : NULL,
                              .reduce = quantize_batch,
                              .judge = l->quality ? judge_batch : NULL,
                              .write = write_batch,
                              .reduce_in_order = true,
                              .context = l,
                              .n_slots = N_SLOTS,
                              .n_batches = l->n_batches,
                              .n_threads = n_threads,
                              .stop = l->settings->reading.stop };

    return bci_pipeline_run(&pipeline, err);
}

/* Bits of all codes, alpha among them, without gaps, and of scales. */
static uint64_t packed_bits(const line_up *l, const bc_image_settings *settings)
{
    const bc_image_info *info = &l->reader->info;
    const uint32_t n_colours = info->n_channels - info->has_alpha;
    const bci_laying laying = bci_image_laying(settings);
    const uint64_t pixels = (uint64_t)info->width * info->height;
    const int alpha = settings->alpha_bits ? settings->alpha_bits : info->depth;
    uint64_t bits = info->has_alpha ? pixels * (uint64_t)alpha : 0;
    uint64_t of_pixel = l->palette_rows ? 1 : 0;

    if (bci_image_has_runs(settings))
        return bits + bci_laid_bits(&laying, info->width) * info->height * n_colours;
    if (l->rulers.n)
        return bits + l->rulers.n * bci_laid_bits(&laying, pixels * n_colours / l->rulers.n);
    for (uint32_t c = 0; !l->palette_rows && c < n_colours; c++)
        of_pixel += (uint64_t)l->writer.picture.channel_bits[c];
    while (l->palette_rows && 1u << of_pixel < l->palette.n_colours)
        of_pixel++;
    return bits + pixels * of_pixel;
}

/* Between the marks of all channels, or 0. */
static double step_of(const line_up *l, const bc_image_settings *s)
{
    const bci_image_ruler *first = &l->rulers.of[0];

    if (l->palette_rows || bci_image_has_runs(s) || s->channel_bits[0] != s->channel_bits[1] ||
        s->channel_bits[1] != s->channel_bits[2])
        return 0.0;
    if (!l->rulers.n)
        return 1.0 / (double)((1u << s->bits) - 1);
    for (uint32_t c = 1; c < l->rulers.n; c++)
        if (l->rulers.of[c].scale.gain != first->scale.gain)
            return 0.0;
    return first->grid.family == BC_GRID_AFFINE ? first->scale.gain / first->grid.den : 0.0;
}

static void describe_metadata(const line_up *l, bc_image_result *r)
{
    const bci_carried *c = &l->writer.picture.carried;

    bci_carried_names(c, l->writer.codec->carries_metadata, true, r->carried, sizeof r->carried);
    bci_carried_names(c, l->writer.codec->carries_metadata, false, r->dropped, sizeof r->dropped);
}

static void describe(const line_up *l, const bc_image_settings *settings, bc_image_result *r)
{
    const bc_image_info *info = &l->reader->info;
    const uint64_t pixels = (uint64_t)info->width * info->height;

    r->input = l->input;
    r->input_size_bytes =
        l->reader->source->size_bytes == UINT64_MAX ? 0 : l->reader->source->size_bytes;
    r->output_format = l->writer.codec->format.name;
    r->output_layout = l->writer.layout;
    r->output_depth = l->writer.depth;
    r->output_palette = l->writer.palette;
    r->output_size_bytes = bci_sink_size(l->writer.sink);
    r->raw_bytes = (pixels * l->input.n_channels * (uint64_t)info->depth + 7) / 8;
    r->palette = l->palette;
    r->packed_bytes = (packed_bits(l, settings) + 7) / 8;
    r->step = step_of(l, settings);
    r->cpu_level = bc_cpu_level();
    snprintf(r->salvaged, sizeof r->salvaged, "%s", bc_image_salvaged(l->reader));
    describe_metadata(l, r);
}

static bc_status measure(const line_up *l, bc_image_result *r, bc_error *err)
{
    bc_status st = BC_OK;

    if (l->settings->wants_codes && !(r->codes = calloc(1, sizeof *r->codes)))
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory for codes");
    if (l->palette_rows)
        bci_palette_rows_measure(l->palette_rows, r);
    else
        st = bci_planes_measure(l->rows, r, err);
    r->blurred_psnr_db = r->ssim = NAN;
    if (l->quality)
        bci_quality_measure(l->quality, r);
    return st;
}

bc_status bc_image_reduce(const char *in, const char *out, const bc_image_settings *settings,
                          bc_image_result *result, bc_error *err)
{
    const double start = bci_now_s();
    const int n_threads = bci_thread_count(settings->n_threads);
    line_up l = { .settings = settings };
    bc_image_result r = { 0 };
    bc_status st =
        bci_image_open_as(in, &settings->reading, settings->grey, &l.reader, &l.input, err);
    const bci_image_codec *codec = NULL;

    if (!st)
        st = choose_codec(out, settings, &codec, err);
    if (!st)
        st = choose_rows(&l, in, out, n_threads, codec, err);
    if (!st)
        st = line_up_new(&l, err);
    if (!st)
        st = bci_sink_open(settings->dry_run ? NULL : out, settings->force, &l.writer.sink, err);
    if (!st && !isnan(settings->min_snr_db))
        st = bci_sink_hold(l.writer.sink, err);
    if (st)
        goto done;
    l.writer.codec = codec;
    if (is_encoded(settings))
        st = codec->begin(&l.writer, err);
    if (st)
        goto done;
    st = run(&l, n_threads, err);
    if (st)
        goto done;
    st = measure(&l, &r, err);
    if (st)
        goto done;
    st = bc_error_gate(&r.coded, 0, settings->min_snr_db, in, "SNR", "; no output written", err);
    if (!st)
        st = bci_sink_commit(l.writer.sink, err);
    if (st && st != BC_E_QUALITY)
        goto done;
    describe(&l, settings, &r);
    r.n_threads = n_threads;
    r.time_s = bci_now_s() - start;
    *result = r;
    r.codes = NULL; /* now the caller's */
done:
    bc_image_code_counts_free(r.codes);
    line_up_free(&l);
    return st;
}
