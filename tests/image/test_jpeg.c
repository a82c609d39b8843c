/* JPEG files written by hand, whose samples follow from ITU-T T.81, and files that libjpeg
 * makes here, whole, cut and damaged. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/scratch_dir.h"
#include "bitcrush/image.h"

#include <jpeglib.h>

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

/* Nothing may be left: every test removes what it made. */
static int remove_dir(void **state)
{
    (void)state;
    return rmdir(scratch_dir);
}

/* Decode n bytes as the file x.jpg, `step` rows at a time (0: all at once); the caller frees
 * *samples, which is NULL on failure. */
static bc_status decode(const void *bytes, size_t n, uint32_t step, bc_image_info *info,
                        uint8_t **samples, bc_error *err)
{
    FILE *f = fopen(path_of("x.jpg"), "wb");
    bc_image_reader *r = NULL;
    bc_status st;

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    *samples = NULL;
    st = bc_image_open(path_of("x.jpg"), &r, err);
    if (!st) {
        *info = *bc_image_get_info(r);
        const size_t length = (size_t)info->width * info->n_channels;
        /* Huge ones are only begun: they are here to be refused. */
        const uint32_t height = info->height > 4096 ? 16 : info->height;

        *samples = malloc(length * height);
        assert_non_null(*samples);
        for (uint32_t y = 0; y < height && !st;) {
            const uint32_t left = height - y, now = step && step < left ? step : left;

            st = bc_image_read(r, *samples + y * length, now, err);
            y += now;
        }
    }
    if (st) {
        free(*samples);
        *samples = NULL;
    }
    bc_image_reader_free(r);
    unlink(path_of("x.jpg"));
    return st;
}

/* --- files written by hand ----------------------------------------------------------- */

/* clang-format off */
/* Segments of T.81, annex B. The quantization table is all 1, so that a block with no other
 * coefficient than DC is flat at 128 + DC / 8 (A.3.3, A.3.4). In both Huffman tables the code
 * 0 is the only one: the DC difference has 10 bits (11 in DC_11), and AC ends the block. */
#define SOI "\xff\xd8"
#define EOI "\xff\xd9"
#define ONES_16 "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
#define ZEROS_15 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define DQT "\xff\xdb\0\x43\0" ONES_16 ONES_16 ONES_16 ONES_16
#define FRAME(type, depth, height, width) "\xff" type "\0\x0b" depth height width "\1\1\x11\0"
#define FRAME_2(height, width) "\xff\xc0\0\x0e\x08" height width "\2\1\x11\0\2\x11\0"
#define FRAME_3(a, b, c) "\xff\xc0\0\x11\x08\0\x08\0\x08\3" a "\x11\0" b "\x11\0" c "\x11\0"
#define FRAME_4 "\xff\xc0\0\x14\x08\0\x08\0\x08\4\1\x11\0\2\x11\0\3\x11\0\4\x11\0"
#define DC_10 "\xff\xc4\0\x14\0\1" ZEROS_15 "\x0a"
#define DC_11 "\xff\xc4\0\x14\0\1" ZEROS_15 "\x0b"
#define AC "\xff\xc4\0\x14\x10\1" ZEROS_15 "\0"
#define SCAN_OF(id, ss, se, ahl) "\xff\xda\0\x08\1" id "\0" ss se ahl
#define SCAN SCAN_OF("\1", "\0", "\x3f", "\0")
#define RESTART_EVERY(n) "\xff\xdd\0\4\0" n
#define GREY_8X8 FRAME("\xc0", "\x08", "\0\x08", "\0\x08")
#define GREY_16X8 FRAME("\xc0", "\x08", "\0\x08", "\0\x10")

/* One block each; 0, the difference's 10 bits, 0, and ones up to a whole byte. */
#define FLAT_200 "\x48\x0f"    /* 576 = 1001000000 */
#define FLAT_255 "\x7f\x0f"    /* 1016 = 1111111000 */
#define FLAT_0 "\x3f\xf7"      /* with DC_11: -1024 = 01111111111 */
#define DC_200 "\x48\x1f"      /* the DC part of FLAT_200 */
#define AC_NONE "\x7f"

#define JFIF(major) "\xff\xe0\0\x10JFIF\0" major "\0\0\0\1\0\1\0\0"
#define ADOBE(transform) "\xff\xee\0\x0e" "Adobe\0\x64\0\0\0\0" transform
#define COMMENT(length, text) "\xff\xfe\0" length text

static const struct {
    const char *name;
    const char *bytes;
    size_t n;
    uint32_t width, n_channels;
    bool is_interlaced;
    uint8_t colour[3];
} by_hand[] = {
    { "grey 200", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200 EOI), 8, 1, false, { 200 } },
    { "grey 255", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_255 EOI), 8, 1, false, { 255 } },
    { "grey 0", BYTES(SOI DQT GREY_8X8 DC_11 AC SCAN FLAT_0 EOI), 8, 1, false, { 0 } },
    { "extended sequential", BYTES(SOI DQT FRAME("\xc1", "\x08", "\0\x08", "\0\x08") DC_10 AC SCAN
      FLAT_200 EOI), 8, 1, false, { 200 } },
    { "progressive", BYTES(SOI DQT FRAME("\xc2", "\x08", "\0\x08", "\0\x08") DC_10 AC
      SCAN_OF("\1", "\0", "\0", "\0") DC_200 SCAN_OF("\1", "\1", "\x3f", "\0") AC_NONE EOI), 8, 1,
      true, { 200 } },
    { "JFIF", BYTES(SOI JFIF("\1") DQT GREY_8X8 DC_10 AC SCAN FLAT_200 EOI), 8, 1, false,
      { 200 } },
    { "two restart intervals", BYTES(SOI DQT GREY_16X8 DC_10 AC RESTART_EVERY("\1") SCAN FLAT_200
      "\xff\xd0" FLAT_200 EOI), 16, 1, false, { 200 } },
    /* T.871, 7: R = 200 + 1.402 * 72 > 255, G = 200 - (0.3441 + 0.7141) * 72 = 123.8 */
    { "YCbCr in three scans", BYTES(SOI DQT FRAME_3("\1", "\2", "\3") DC_10 AC SCAN FLAT_200
      SCAN_OF("\2", "\0", "\x3f", "\0") FLAT_200 SCAN_OF("\3", "\0", "\x3f", "\0") FLAT_200 EOI),
      8, 3, true, { 255, 124, 255 } },
    { "YCbCr in one scan", BYTES(SOI DQT FRAME_3("\1", "\2", "\3") DC_10 AC
      "\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0" "\x48\x04\x80\x48\x0f" EOI), 8, 3, false,
      { 255, 124, 255 } },
    { "RGB, which the component names say", BYTES(SOI DQT FRAME_3("R", "G", "B") DC_10 AC
      SCAN_OF("R", "\0", "\x3f", "\0") FLAT_255 SCAN_OF("G", "\0", "\x3f", "\0") FLAT_200
      SCAN_OF("B", "\0", "\x3f", "\0") FLAT_200 EOI), 8, 3, true, { 255, 200, 200 } },
    { "RGB, which Adobe's marker says", BYTES(SOI ADOBE("\0") DQT FRAME_3("\1", "\2", "\3") DC_10
      AC SCAN FLAT_200 SCAN_OF("\2", "\0", "\x3f", "\0") FLAT_255
      SCAN_OF("\3", "\0", "\x3f", "\0") FLAT_200 EOI), 8, 3, true, { 200, 255, 200 } },
    /* Oddities that cost no sample. */
    { "an unknown JFIF revision", BYTES(SOI JFIF("\3") DQT GREY_8X8 DC_10 AC SCAN FLAT_200 EOI),
      8, 1, false, { 200 } },
    { "an unknown Adobe transform", BYTES(SOI ADOBE("\7") DQT FRAME_3("\1", "\2", "\3") DC_10 AC
      SCAN FLAT_200 SCAN_OF("\2", "\0", "\x3f", "\0") FLAT_200 SCAN_OF("\3", "\0", "\x3f", "\0")
      FLAT_200 EOI), 8, 3, true, { 255, 124, 255 } },
    { "spectral parameters of no use", BYTES(SOI DQT GREY_8X8 DC_10 AC
      SCAN_OF("\1", "\0", "\0", "\0") FLAT_200 EOI), 8, 1, false, { 200 } },
    { "padding between segments", BYTES(SOI DQT "\0\0\0" GREY_8X8 DC_10 AC "\1\2\3" SCAN
      FLAT_200 EOI), 8, 1, false, { 200 } },
    { "padding before the end", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" EOI), 8, 1, false, { 200 } },
    { "fill bytes (B.1.1.2)", BYTES(SOI "\xff\xff" DQT GREY_8X8 DC_10 AC SCAN FLAT_200 "\xff\xff"
      EOI), 8, 1, false, { 200 } },
    { "a comment and unknown segments", BYTES(SOI "\xff\xef\0\4ab" DQT COMMENT("\7", "hello")
      GREY_8X8 DC_10 AC COMMENT("\2", "") SCAN FLAT_200 EOI), 8, 1, false, { 200 } },
    { "bytes after the end", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200 EOI SOI "junk"), 8, 1,
      false, { 200 } },
};
/* clang-format on */

static void reads_files_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(by_hand); i++)
        for (uint32_t step = 0; step <= 3; step += 3) {
            const char *name = by_hand[i].name;
            bc_image_info info = { 0 };
            bc_error err = { 0 };
            uint8_t *samples;

            EXPECT(decode(by_hand[i].bytes, by_hand[i].n, step, &info, &samples, &err) == BC_OK,
                   "%s: %s", name, err.text);
            EXPECT(info.width == by_hand[i].width && info.height == 8 &&
                       info.n_channels == by_hand[i].n_channels && !info.has_alpha,
                   "%s: %u x %u x %u", name, info.width, info.height, info.n_channels);
            EXPECT(info.maxval == 255 && info.depth == 8 && info.true_depth == 8 &&
                       !info.is_indexed && info.is_interlaced == by_hand[i].is_interlaced &&
                       strcmp(info.format, "jpeg") == 0,
                   "%s: other facts", name);
            for (size_t j = 0; j < (size_t)info.width * 8 * info.n_channels; j++) {
                const uint8_t want = by_hand[i].colour[j % info.n_channels];

                EXPECT(samples[j] == want, "%s: sample %zu is %u, expected %u", name, j, samples[j],
                       want);
            }
            free(samples);
        }
}

/* clang-format off */
static const struct {
    const char *name;
    const char *bytes;
    size_t n;
    bc_status status;
    const char *phrase;
} refused[] = {
    { "junk after SOI", BYTES(SOI "\xff" "junk, junk, junk, junk"), BC_E_FORMAT, "x.jpg: " },
    { "zeros after SOI", BYTES(SOI "\xff\0\0\0\0\0\0\0\0\0\0"), BC_E_FORMAT,
      "ends after 13 bytes" },
    { "SOI alone", BYTES(SOI "\xff"), BC_E_FORMAT, "ends after 3 bytes" },
    { "SOI and EOI", BYTES(SOI EOI), BC_E_FORMAT, "no image" },
    { "two SOI", BYTES(SOI SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200 EOI), BC_E_FORMAT, "SOI" },
    { "two frames", BYTES(SOI DQT GREY_8X8 GREY_8X8 DC_10 AC SCAN FLAT_200 EOI), BC_E_FORMAT,
      "SOF" },
    { "a scan before its frame", BYTES(SOI DQT DC_10 AC SCAN FLAT_200 EOI), BC_E_FORMAT, "SOS" },
    { "no scan", BYTES(SOI DQT GREY_8X8 DC_10 AC EOI), BC_E_FORMAT, "at byte" },
    { "no quantization table", BYTES(SOI GREY_8X8 DC_10 AC SCAN FLAT_200 EOI), BC_E_FORMAT,
      "Quantization table" },
    /* Some libraries take the tables of T.81, K.3 then, which these data do not fit either. */
    { "no Huffman table", BYTES(SOI DQT GREY_8X8 DC_10 SCAN FLAT_200 EOI), BC_E_FORMAT,
      "at byte" },
    { "a Huffman table with too many codes", BYTES(SOI DQT GREY_8X8 "\xff\xc4\0\x16\0\3" ZEROS_15
      "\1\2\3" AC SCAN FLAT_200 EOI), BC_E_FORMAT, "Huffman" },
    { "a segment of length 1", BYTES(SOI "\xff\xdb\0\1" DQT), BC_E_FORMAT, "length" },
    { "a scan of an unknown component", BYTES(SOI DQT GREY_8X8 DC_10 AC
      SCAN_OF("\7", "\0", "\x3f", "\0") FLAT_200 EOI), BC_E_FORMAT, "component" },
    { "a bad Huffman code", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN
      "\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0\xf0" EOI), BC_E_FORMAT,
      "bad Huffman code" },
    { "a block without data", BYTES(SOI DQT GREY_16X8 DC_10 AC SCAN FLAT_200 EOI), BC_E_FORMAT,
      "premature end of data segment" },
    { "the wrong restart marker", BYTES(SOI DQT GREY_16X8 DC_10 AC RESTART_EVERY("\1") SCAN
      FLAT_200 "\xff\xd3" FLAT_200 EOI), BC_E_FORMAT, "RST0" },
    { "no restart marker", BYTES(SOI DQT GREY_16X8 DC_10 AC RESTART_EVERY("\1") SCAN FLAT_200
      FLAT_200 EOI), BC_E_FORMAT, "at byte" },
    { "bytes left before a restart marker", BYTES(SOI DQT GREY_16X8 DC_10 AC RESTART_EVERY("\1")
      SCAN FLAT_200 "\0\0\0\0\0\0\0\0\0\0" "\xff\xd0" FLAT_200 EOI), BC_E_FORMAT,
      "extraneous bytes" },
    { "a colour without scan", BYTES(SOI DQT FRAME_3("\1", "\2", "\3") DC_10 AC SCAN FLAT_200
      SCAN_OF("\2", "\0", "\x3f", "\0") FLAT_200 EOI), BC_E_FORMAT,
      "has no scan for colour component 3, expected scans for 3" },
    { "AC before DC", BYTES(SOI DQT FRAME("\xc2", "\x08", "\0\x08", "\0\x08") DC_10 AC
      SCAN_OF("\1", "\1", "\x3f", "\0") AC_NONE EOI), BC_E_FORMAT, "progression" },
    { "a scan too many", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200 SCAN FLAT_200 EOI),
      BC_E_FORMAT, "more than one scan" },
    { "no EOI", BYTES(SOI DQT GREY_8X8 DC_10 AC SCAN FLAT_200), BC_E_FORMAT,
      "expected more and an end-of-image marker" },
    { "width 0", BYTES(SOI DQT FRAME("\xc0", "\x08", "\0\x08", "\0\0") DC_10 AC SCAN EOI),
      BC_E_FORMAT, "Empty" },
    { "height 0, for a DNL marker", BYTES(SOI DQT FRAME("\xc0", "\x08", "\0\0", "\0\x08") DC_10 AC
      SCAN EOI), BC_E_UNSUPPORTED, "DNL" },
    { "65535 x 65535", BYTES(SOI DQT FRAME("\xc0", "\x08", "\xff\xff", "\xff\xff") DC_10 AC SCAN
      EOI), BC_E_LIMIT, "Maximum supported image dimension" },
    { "65500 x 65500 without data", BYTES(SOI DQT FRAME("\xc0", "\x08", "\xff\xdc", "\xff\xdc")
      DC_10 AC SCAN EOI), BC_E_FORMAT, "premature end" },
    { "65500 x 65500, progressive", BYTES(SOI DQT FRAME("\xc2", "\x08", "\xff\xdc", "\xff\xdc")
      DC_10 AC SCAN_OF("\1", "\0", "\0", "\0") DC_200 EOI), BC_E_LIMIT,
      "holding the scans of a picture of 65500 x 65500 pixels takes 8 GiB of memory" },
    { "12 bits", BYTES(SOI DQT FRAME("\xc1", "\x0c", "\0\x08", "\0\x08") DC_10 AC SCAN FLAT_200
      EOI), BC_E_UNSUPPORTED, "12" },
    { "a depth of 9", BYTES(SOI DQT FRAME("\xc0", "\x09", "\0\x08", "\0\x08") DC_10 AC SCAN
      FLAT_200 EOI), BC_E_UNSUPPORTED, "9" },
    { "differential lossless", BYTES(SOI DQT FRAME("\xc7", "\x08", "\0\x08", "\0\x08") DC_10 AC
      SCAN FLAT_200 EOI), BC_E_UNSUPPORTED, "Unsupported JPEG process" },
    { "hierarchical", BYTES(SOI DQT FRAME("\xde", "\x08", "\0\x08", "\0\x08") GREY_8X8 DC_10 AC
      SCAN FLAT_200 EOI), BC_E_UNSUPPORTED, "Unsupported marker" },
    { "two components", BYTES(SOI DQT FRAME_2("\0\x08", "\0\x08") DC_10 AC SCAN FLAT_200 EOI),
      BC_E_UNSUPPORTED, "has 2 colour components, expected 1 (greyscale) or 3 (YCbCr)" },
    { "CMYK", BYTES(SOI DQT FRAME_4 DC_10 AC SCAN FLAT_200 EOI), BC_E_UNSUPPORTED,
      "x.jpg: colours are CMYK, expected greyscale or YCbCr" },
    { "Adobe CMYK", BYTES(SOI ADOBE("\0") DQT FRAME_4 DC_10 AC SCAN FLAT_200 EOI),
      BC_E_UNSUPPORTED, "x.jpg: colours are CMYK, expected greyscale or YCbCr" },
    { "Adobe YCCK", BYTES(SOI ADOBE("\2") DQT FRAME_4 DC_10 AC SCAN FLAT_200 EOI),
      BC_E_UNSUPPORTED, "x.jpg: colours are YCCK, expected greyscale or YCbCr" },
};
/* clang-format on */

static void refuses_with_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        bc_image_info info;
        bc_error err = { 0 };
        uint8_t *samples;
        const bc_status st = decode(refused[i].bytes, refused[i].n, 1, &info, &samples, &err);

        free(samples);
        EXPECT(st == refused[i].status && err.status == st, "%s: status %d, expected %d: %s",
               refused[i].name, st, refused[i].status, err.text);
        EXPECT(strstr(err.text, refused[i].phrase), "%s: \"%s\", expected \"%s\"", refused[i].name,
               err.text, refused[i].phrase);
        EXPECT(strstr(err.text, path_of("x.jpg")) == err.text, "%s: \"%s\" has no subject",
               refused[i].name, err.text);
    }
}

/* Every scan costs a walk over the picture: 65500 x 65500 would take hours. */
static void limits_scans(void **state)
{
    static const char head[] = SOI DQT FRAME_3("\1", "\2", "\3") DC_10 AC, scan[] = SCAN FLAT_200;
    enum { HEAD = sizeof head - 1, EACH = sizeof scan - 1, N = 600 };
    char *bytes = malloc(HEAD + N * EACH);
    bc_image_info info;
    bc_error err = { 0 };
    uint8_t *samples;

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, head, HEAD);
    for (size_t i = 0; i < N; i++)
        memcpy(bytes + HEAD + i * EACH, scan, EACH);
    EXPECT(decode(bytes, HEAD + N * EACH, 0, &info, &samples, &err) == BC_E_LIMIT, "%s", err.text);
    EXPECT(strstr(err.text, "more than 500 scans for 8 x 8 pixels"), "%s", err.text);
    free(bytes);
}

/* What a library prints by itself goes to descriptor 2. */
static void prints_nothing(void **state)
{
    const int terminal = dup(2);
    FILE *caught = tmpfile();

    (void)state;
    assert_non_null(caught);
    fflush(stderr);
    dup2(fileno(caught), 2);
    for (size_t i = 0; i < ROWS(refused) + ROWS(by_hand); i++) {
        bc_image_info info;
        uint8_t *samples;

        if (i < ROWS(refused))
            (void)!decode(refused[i].bytes, refused[i].n, 0, &info, &samples, NULL);
        else
            (void)!decode(by_hand[i - ROWS(refused)].bytes, by_hand[i - ROWS(refused)].n, 0, &info,
                          &samples, NULL);
        free(samples);
    }
    fflush(stderr);
    dup2(terminal, 2);
    close(terminal);
    fseek(caught, 0, SEEK_END);
    assert_int_equal(ftell(caught), 0);
    fclose(caught);
}

/* --- files made by libjpeg ----------------------------------------------------------- */

typedef struct {
    const char *name;
    int n_channels;
    bool is_progressive;
    int sampling;           /* of the colours: 2 is 4:2:0 */
    unsigned restart_every; /* MCUs, 0: never */
    int quality;
} encoding;

static const encoding encodings[] = {
    { "grey", 1, false, 1, 0, 90 },
    { "grey, progressive", 1, true, 1, 0, 90 },
    { "4:4:4", 3, false, 1, 0, 95 },
    { "4:2:0", 3, false, 2, 0, 75 },
    { "4:2:0, progressive", 3, true, 2, 0, 75 },
    { "4:2:0, restart intervals", 3, false, 2, 3, 75 },
    { "4:2:0, progressive, restart intervals", 3, true, 2, 3, 75 },
};

/* libjpeg's default error handler ends the test program, which is right here. */
static unsigned char *encode(const encoding *e, uint32_t width, uint32_t height,
                             const uint8_t *samples, unsigned long *n)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;

    *n = 0;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &bytes, n);
    c.image_width = width;
    c.image_height = height;
    c.input_components = e->n_channels;
    c.in_color_space = e->n_channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, e->quality, TRUE);
    c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = e->sampling;
    c.restart_interval = e->restart_every;
    if (e->is_progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(samples + (size_t)c.next_scanline * width *
                                                           (size_t)e->n_channels);

        (void)jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return bytes;
}

/* The same coefficients as a progressive file, and with long segments in front. */
static unsigned char *transcode(const unsigned char *bytes, unsigned long n, unsigned long *n_out)
{
    static const unsigned char padding[65533];
    struct jpeg_decompress_struct d;
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;

    *n_out = 0;
    d.err = c.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&d);
    jpeg_create_compress(&c);
    jpeg_mem_src(&d, bytes, n);
    (void)jpeg_read_header(&d, TRUE);
    jvirt_barray_ptr *coefficients = jpeg_read_coefficients(&d);

    jpeg_mem_dest(&c, &out, n_out);
    jpeg_copy_critical_parameters(&d, &c);
    jpeg_simple_progression(&c);
    jpeg_write_coefficients(&c, coefficients);
    for (int i = 0; i < 3; i++)
        jpeg_write_marker(&c, JPEG_APP0 + 13, padding, sizeof padding);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    (void)jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return out;
}

/* A ramp with grain, so that no coefficient is always 0. */
static uint8_t *make_samples(uint32_t width, uint32_t height, uint32_t n_channels)
{
    const size_t n = (size_t)width * height * n_channels;
    uint8_t *samples = malloc(n);
    uint32_t grain = 1;

    assert_non_null(samples);
    for (size_t i = 0; i < n; i++) {
        const size_t pixel = i / n_channels;

        grain = grain * 1664525 + 1013904223;
        samples[i] =
            (uint8_t)(pixel % width + pixel / width + (i % n_channels) * 20 + (grain >> 27));
    }
    return samples;
}

static void reads_every_encoding(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 },   { 7, 5 },   { 8, 8 },   { 16, 16 },
                                         { 17, 33 }, { 100, 3 }, { 3, 100 }, { 64, 48 } };

    (void)state;
    for (size_t i = 0; i < ROWS(encodings); i++)
        for (size_t j = 0; j < ROWS(sizes); j++) {
            const encoding *e = &encodings[i];
            const uint32_t width = sizes[j][0], height = sizes[j][1];
            const size_t n = (size_t)width * height * (size_t)e->n_channels;
            uint8_t *samples = make_samples(width, height, (uint32_t)e->n_channels);
            unsigned long n_bytes;
            unsigned char *bytes = encode(e, width, height, samples, &n_bytes);
            uint8_t *whole, *by_rows;
            bc_image_info info = { 0 };
            bc_error err = { 0 };

            EXPECT(decode(bytes, n_bytes, 0, &info, &whole, &err) == BC_OK, "%s %u x %u: %s",
                   e->name, width, height, err.text);
            EXPECT(info.width == width && info.height == height &&
                       info.n_channels == (uint32_t)e->n_channels &&
                       info.is_interlaced == e->is_progressive,
                   "%s %u x %u: other facts", e->name, width, height);
            EXPECT(decode(bytes, n_bytes, 5, &info, &by_rows, &err) == BC_OK, "%s", err.text);
            EXPECT(memcmp(whole, by_rows, n) == 0, "%s %u x %u: rows differ by the steps", e->name,
                   width, height);
            free(by_rows);
            free(whole);
            free(bytes);
            free(samples);
        }
}

/* A flat colour keeps only DC coefficients. At quality 95 their steps are 2, 1/8 of a level
 * each; rounding Y, Cb and Cr to integers moves blue by up to 1.772 / 2 + 1 / 2 + 1 / 2. */
static void flat_colours_stay(void **state)
{
    static const uint8_t colours[][3] = { { 0, 0, 0 },     { 255, 255, 255 }, { 255, 0, 0 },
                                          { 0, 255, 0 },   { 0, 0, 255 },     { 128, 128, 128 },
                                          { 1, 127, 254 }, { 200, 100, 50 },  { 17, 34, 51 } };
    enum { WIDTH = 21, HEIGHT = 19, N = WIDTH * HEIGHT };

    (void)state;
    for (size_t i = 0; i < ROWS(colours) * ROWS(encodings); i++) {
        encoding e = encodings[i % ROWS(encodings)];
        const uint8_t *colour = colours[i / ROWS(encodings)];
        const size_t n_channels = (size_t)e.n_channels;
        uint8_t samples[3 * N], *got;
        unsigned long n_bytes;
        bc_image_info info;
        bc_error err = { 0 };

        e.quality = 95;
        for (size_t j = 0; j < n_channels * N; j++)
            samples[j] = colour[j % n_channels];
        unsigned char *bytes = encode(&e, WIDTH, HEIGHT, samples, &n_bytes);

        EXPECT(decode(bytes, n_bytes, 0, &info, &got, &err) == BC_OK, "%s: %s", e.name, err.text);
        for (size_t j = 0; j < n_channels * N; j++)
            EXPECT(abs(got[j] - samples[j]) <= 2, "%s: sample %zu of %u %u %u is %u", e.name, j,
                   colour[0], colour[1], colour[2], got[j]);
        free(got);
        free(bytes);
    }
}

/* With all steps 1 the coefficients are off by up to 1/2 each; the worst sample of this
 * picture, over 64 such errors, stays within 2. That tells rows and columns apart. */
static void ramps_stay(void **state)
{
    const encoding e = { "grey, quality 100", 1, false, 1, 0, 100 };
    enum { WIDTH = 120, HEIGHT = 80 };
    uint8_t samples[WIDTH * HEIGHT], *got;
    unsigned long n_bytes;
    bc_image_info info;
    bc_error err = { 0 };

    (void)state;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        samples[i] = (uint8_t)(i % WIDTH * 2 + i / WIDTH / 8);
    unsigned char *bytes = encode(&e, WIDTH, HEIGHT, samples, &n_bytes);

    EXPECT(decode(bytes, n_bytes, 0, &info, &got, &err) == BC_OK, "%s", err.text);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        EXPECT(abs(got[i] - samples[i]) <= 2, "sample %d is %u, expected %u", i, got[i],
               samples[i]);
    free(got);
    free(bytes);
}

static void order_of_coefficients_does_not_matter(void **state)
{
    enum { WIDTH = 75, HEIGHT = 50 };

    (void)state;
    for (size_t i = 0; i < ROWS(encodings); i++) {
        const encoding *e = &encodings[i];
        uint8_t *samples = make_samples(WIDTH, HEIGHT, (uint32_t)e->n_channels), *one, *other;
        unsigned long n_bytes, n_others;
        unsigned char *bytes = encode(e, WIDTH, HEIGHT, samples, &n_bytes);
        unsigned char *others = transcode(bytes, n_bytes, &n_others);
        bc_image_info info;
        bc_error err = { 0 };

        EXPECT(decode(bytes, n_bytes, 0, &info, &one, &err) == BC_OK, "%s: %s", e->name, err.text);
        EXPECT(decode(others, n_others, 0, &info, &other, &err) == BC_OK, "%s: %s", e->name,
               err.text);
        EXPECT(info.is_interlaced, "%s: not interlaced", e->name);
        EXPECT(memcmp(one, other, (size_t)WIDTH * HEIGHT * info.n_channels) == 0, "%s: differs",
               e->name);
        free(other);
        free(one);
        free(others);
        free(bytes);
        free(samples);
    }
}

/* Up to the last byte of EOI; of fewer than 3 bytes nobody can tell what they are. */
static void notices_every_cut(void **state)
{
    enum { WIDTH = 96, HEIGHT = 64 };

    (void)state;
    for (size_t i = 0; i < ROWS(encodings); i++) {
        const encoding *e = &encodings[i];
        uint8_t *samples = make_samples(WIDTH, HEIGHT, (uint32_t)e->n_channels);
        unsigned long n_bytes;
        unsigned char *bytes = encode(e, WIDTH, HEIGHT, samples, &n_bytes);

        for (size_t n = 3; n < n_bytes; n += n + 20 < n_bytes && n > 20 ? 19 : 1) {
            bc_image_info info;
            bc_error err = { 0 };
            uint8_t *got;
            const bc_status st = decode(bytes, n, 8, &info, &got, &err);

            free(got);
            EXPECT(st == BC_E_FORMAT, "%s cut to %zu of %lu bytes: %d %s", e->name, n, n_bytes, st,
                   err.text);
        }
        free(bytes);
        free(samples);
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 3; n < by_hand[i].n; n++) {
            bc_image_info info;
            bc_error err = { 0 };
            uint8_t *got;
            const bc_status st = decode(by_hand[i].bytes, n, 1, &info, &got, &err);

            free(got);
            EXPECT(st == BC_E_FORMAT, "%s cut to %zu bytes: %d %s", by_hand[i].name, n, st,
                   err.text);
        }
}

/* Whatever a damaged byte makes of a file, it is read or refused, with a sentence then. */
static void survives_damage(void **state)
{
    enum { WIDTH = 40, HEIGHT = 24 };

    (void)state;
    for (size_t i = 0; i < ROWS(encodings); i++) {
        const encoding *e = &encodings[i];
        uint8_t *samples = make_samples(WIDTH, HEIGHT, (uint32_t)e->n_channels);
        unsigned long n_bytes;
        unsigned char *bytes = encode(e, WIDTH, HEIGHT, samples, &n_bytes);
        size_t n_refused = 0;

        for (size_t at = 3; at < n_bytes; at++) {
            bc_image_info info;
            bc_error err = { 0 };
            uint8_t *got;

            bytes[at] ^= (unsigned char)(at * 37 % 255 + 1);
            const bc_status st = decode(bytes, n_bytes, 8, &info, &got, &err);

            bytes[at] ^= (unsigned char)(at * 37 % 255 + 1);
            free(got);
            EXPECT(st == BC_OK || st == BC_E_FORMAT || st == BC_E_UNSUPPORTED || st == BC_E_LIMIT,
                   "%s damaged at byte %zu: status %d", e->name, at, st);
            EXPECT((st == BC_OK) == (err.text[0] == '\0'), "%s damaged at byte %zu: %d \"%s\"",
                   e->name, at, st, err.text);
            n_refused += st != BC_OK;
        }
        /* Few are noticed: JPEG has no checksum, and most bytes are coefficients. */
        EXPECT(n_refused > 0, "%s: no damage was noticed", e->name);
        free(bytes);
        free(samples);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("files written by hand give the samples that T.81 says", reads_files_by_hand),
        SENTENCE("a wrong file is refused with its status and a sentence", refuses_with_a_sentence),
        SENTENCE("a file of very many scans is over a limit", limits_scans),
        SENTENCE("nothing is printed", prints_nothing),
        SENTENCE("every encoding is read, in any steps of rows", reads_every_encoding),
        SENTENCE("flat colours stay within 2 levels", flat_colours_stay),
        SENTENCE("a ramp stays within 2 levels at quality 100", ramps_stay),
        SENTENCE("baseline and progressive files of the same coefficients are the same picture",
                 order_of_coefficients_does_not_matter),
        SENTENCE("a file cut anywhere is corrupt", notices_every_cut),
        SENTENCE("a damaged file is read or refused", survives_damage),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_dir);
}
