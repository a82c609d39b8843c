/* Damaged pictures with `salvage`: what is there is read, what is not there is 0, and it is
 * said. */
#include <stdio.h>

#include <jpeglib.h>

#include "../base/scratch_dir.h"
#include "bitcrush/image.h"
#include "chunks.h"
#include "picture.h"

enum { WIDTH = 64, HEIGHT = 48 };

typedef struct {
    bc_status status;
    bc_error err;
    bc_image_info info;
    uint8_t *rows;
    size_t row_bytes;
    char salvaged[256];
} decoded;

static decoded decode(const char *path, bool salvage, uint32_t step)
{
    const bc_reading reading = { .salvage = salvage };
    decoded d = { 0 };
    bc_image_reader *r = NULL;

    d.status = bc_image_open_with(path, &reading, &r, &d.err);
    if (d.status)
        return d;
    d.info = *bc_image_get_info(r);
    d.row_bytes = (size_t)d.info.width * d.info.n_channels * (d.info.maxval > 255 ? 2 : 1);
    d.rows = malloc(d.row_bytes * d.info.height);
    assert_non_null(d.rows);
    memset(d.rows, 0xa5, d.row_bytes * d.info.height);
    for (uint32_t y = 0; !d.status && y < d.info.height; y += step) {
        const uint32_t left = d.info.height - y;

        d.status = bc_image_read(r, d.rows + y * d.row_bytes, step < left ? step : left, &d.err);
    }
    snprintf(d.salvaged, sizeof d.salvaged, "%s", bc_image_salvaged(r));
    bc_image_reader_free(r);
    return d;
}

/* Without salvage a damaged file is corrupt; with it the decoded picture is returned. */
static decoded salvage(const char *path, uint32_t step)
{
    decoded d = decode(path, false, step);

    EXPECT(d.status == BC_E_FORMAT, "%s: status %d without salvage", path, (int)d.status);
    free(d.rows);
    d = decode(path, true, step);
    EXPECT(d.status == BC_OK, "%s: status %d, %s", path, (int)d.status, d.err.text);
    EXPECT(d.salvaged[0], "%s: nothing is said of the damage", path);
    return d;
}

static void expect_note(const decoded *d, const char *phrase)
{
    EXPECT(strstr(d->salvaged, phrase), "said \"%s\", expected \"%s\"", d->salvaged, phrase);
}

/* Rows that are right from the top; then there are `n` rows of 0. */
static uint32_t rows_that_agree(const decoded *d, const decoded *whole)
{
    uint32_t y = 0;

    while (y < d->info.height &&
           memcmp(d->rows + y * d->row_bytes, whole->rows + y * d->row_bytes, d->row_bytes) == 0)
        y++;
    return y;
}

static void expect_blank_from(const decoded *d, uint32_t y)
{
    for (size_t i = y * d->row_bytes; i < d->row_bytes * d->info.height; i++)
        EXPECT(d->rows[i] == 0, "sample %zu of row %zu is %d", i % d->row_bytes, i / d->row_bytes,
               d->rows[i]);
}

static void save_picture(const char *path, bool is_interlaced)
{
    picture p = picture_random(WIDTH, HEIGHT, RGB, 8, 5);

    p.is_interlaced = is_interlaced;
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 3; i++)
        p.samples[i] |= 1; /* no pixel is blank */
    picture_save(&p, path);
    picture_free(&p);
}

static void cut(const char *from, const char *to, size_t n)
{
    size_t size;
    uint8_t *bytes = load_bytes(from, &size);

    save_bytes(to, bytes, n < size ? n : size);
    free(bytes);
}

/* --- PNG --------------------------------------------------------------------------------- */

static void rows_of_a_png_that_is_cut_are_read(void **state)
{
    size_t size;

    (void)state;
    save_picture(path_of("whole.png"), false);
    free(load_bytes(path_of("whole.png"), &size));
    decoded whole = decode(path_of("whole.png"), true, 5);

    assert_string_equal(whole.salvaged, "");
    for (size_t n = size / 8; n < size - 200; n += size / 8) {
        cut(path_of("whole.png"), path_of("cut.png"), n);
        decoded d = salvage(path_of("cut.png"), 5);
        const uint32_t there = rows_that_agree(&d, &whole);
        char phrase[64];

        snprintf(phrase, sizeof phrase, "rows from %u of %d on are blank", there + 1, HEIGHT);
        expect_note(&d, phrase);
        expect_note(&d, "file ends early at byte ");
        expect_blank_from(&d, there);
        /* Random samples do not compress: rows are in proportion to bytes. */
        EXPECT(there + 4.0 > (double)HEIGHT * (double)n / (double)size, "%u rows of %zu bytes",
               there, n);
        free(d.rows);
    }
    free(whole.rows);
}

static void a_png_without_iend_is_whole(void **state)
{
    size_t size;

    (void)state;
    save_picture(path_of("whole.png"), false);
    free(load_bytes(path_of("whole.png"), &size));
    for (size_t lacking = 1; lacking <= 16; lacking++) { /* IEND, checksum of IDAT */
        decoded whole = decode(path_of("whole.png"), true, 7);

        cut(path_of("whole.png"), path_of("cut.png"), size - lacking);
        decoded d = salvage(path_of("cut.png"), 7);

        assert_int_equal(rows_that_agree(&d, &whole), HEIGHT);
        expect_note(&d, "after the last row");
        free(d.rows);
        free(whole.rows);
    }
}

static void passes_of_an_interlaced_png_that_is_cut_are_read(void **state)
{
    size_t size;

    (void)state;
    save_picture(path_of("whole.png"), true);
    free(load_bytes(path_of("whole.png"), &size));
    decoded whole = decode(path_of("whole.png"), true, HEIGHT);

    cut(path_of("whole.png"), path_of("cut.png"), size * 3 / 4);
    decoded d = salvage(path_of("cut.png"), 3);

    expect_note(&d, "in pass 7 of 7, rows from ");
    expect_note(&d, " of 48 on are in blocks of 1 x 2 pixels");
    /* Passes 1 to 6 are rows 0, 2, 4, ... of the picture. */
    for (uint32_t y = 0; y < HEIGHT; y += 2)
        EXPECT(memcmp(d.rows + y * d.row_bytes, whole.rows + y * d.row_bytes, d.row_bytes) == 0,
               "row %u differs", y);
    free(d.rows);
    free(whole.rows);
}

/* Each note names the rows that are not as they were; above 1/8 of the file, all of pass 1 is
 * there. */
static void notes_of_an_interlaced_png_say_what_is_coarse(void **state)
{
    size_t size;

    (void)state;
    save_picture(path_of("whole.png"), true);
    free(load_bytes(path_of("whole.png"), &size));
    decoded whole = decode(path_of("whole.png"), true, HEIGHT);

    for (size_t n = size / 100; n < size - 12; n += size / 40) {
        cut(path_of("whole.png"), path_of("cut.png"), n);
        decoded d = decode(path_of("cut.png"), true, HEIGHT);
        int pass, row, height, w, h;
        const char *at = strstr(d.salvaged, "in pass ");

        if (d.status) { /* before the first row of pass 1, whose 8 pixels are 25 bytes */
            EXPECT(d.status == BC_E_FORMAT && n < 100, "%zu bytes: %s", n, d.err.text);
            free(d.rows);
            continue;
        }
        EXPECT(at, "%zu of %zu bytes: %s", n, size, d.salvaged);
        if (sscanf(at, "in pass %d of 7, rows from %d of %d on are in blocks of %d x %d", &pass,
                   &row, &height, &w, &h) == 5) {
            for (int y = row - 1; y < HEIGHT; y++)
                for (int x = 0; x < WIDTH; x++)
                    EXPECT(memcmp(d.rows + (size_t)(y * WIDTH + x) * 3,
                                  whole.rows + (size_t)(y / h * h * WIDTH + x / w * w) * 3, 3) == 0,
                           "%s: pixel %d, %d", at, x, y);
        } else {
            EXPECT(sscanf(at, "in pass 1 of 7, rows from %d of 48 on are blank", &row) == 1, "%s",
                   at);
            expect_blank_from(&d, (uint32_t)row - 1);
        }
        free(d.rows);
    }
    free(whole.rows);
}

static void an_interlaced_png_without_iend_is_whole(void **state)
{
    size_t size;

    (void)state;
    save_picture(path_of("whole.png"), true);
    free(load_bytes(path_of("whole.png"), &size));
    decoded whole = decode(path_of("whole.png"), true, HEIGHT);

    for (size_t lacking = 1; lacking <= 16; lacking++) {
        cut(path_of("whole.png"), path_of("cut.png"), size - lacking);
        decoded d = decode(path_of("cut.png"), false, HEIGHT);

        EXPECT(d.status == BC_E_FORMAT && strstr(d.err.text, ", after the last row, "), "%s",
               d.err.text);
        free(d.rows);
        d = salvage(path_of("cut.png"), 7);
        expect_note(&d, ", after the last row");
        assert_int_equal(rows_that_agree(&d, &whole), HEIGHT);
        free(d.rows);
    }
    free(whole.rows);
}

/* Behind the head of its first IDAT. */
static void an_interlaced_png_without_samples_is_refused(void **state)
{
    (void)state;
    save_picture(path_of("whole.png"), true);
    for (size_t n = 41; n < 52; n++) {
        cut(path_of("whole.png"), path_of("cut.png"), n);
        decoded d = decode(path_of("cut.png"), true, 4);

        EXPECT(d.status == BC_E_FORMAT && strstr(d.err.text, ", in pass 1 of 7, "), "%zu: %s", n,
               d.err.text);
        free(d.rows);
    }
}

/* Turn bits of the last byte of a chunk's checksum. */
static void spoil(const char *from, const char *to, const char *name)
{
    chunk_list l = chunks_of(from);
    const chunk *c = chunk_named(&l, name, 0);
    size_t size;
    uint8_t *bytes = load_bytes(from, &size);

    assert_non_null(c);
    bytes[(size_t)(c->data - l.bytes) + c->n + 3] ^= 0x55;
    save_bytes(to, bytes, size);
    free(bytes);
    chunks_free(&l);
}

static void a_chunk_of_a_wrong_checksum_is_left_out(void **state)
{
    static const new_chunk more[] = {
        { BEFORE_IDAT, "tEXt", "Title\0good", 10 },
        { BEFORE_IDAT, "gAMA", "\0\0\xb1\x8f", 4 },
        { BEFORE_IEND, "tIME", "\7\xe8\1\1\0\0\0", 7 },
    };
    bc_image_settings s = bc_image_settings_default(8);
    bc_image_result result;
    bc_error err = { 0 };

    (void)state;
    save_picture(path_of("whole.png"), false);
    add_chunks(path_of("whole.png"), path_of("more.png"), more, 3);
    decoded whole = decode(path_of("more.png"), true, 4);

    for (size_t i = 0; i < 3; i++) {
        char phrase[80];

        spoil(path_of("more.png"), path_of("bad.png"), more[i].name);
        decoded d = salvage(path_of("bad.png"), 4);

        snprintf(phrase, sizeof phrase, "the checksum of chunk %s is wrong, it is left out",
                 more[i].name);
        assert_string_equal(d.salvaged, phrase);
        assert_int_equal(rows_that_agree(&d, &whole), HEIGHT);
        free(d.rows);

        s.reading.salvage = true;
        s.force = true;
        assert_int_equal(bc_image_reduce(path_of("bad.png"), path_of("out.png"), &s, &result, &err),
                         BC_OK);
        assert_string_equal(result.salvaged, phrase);
        chunk_list l = chunks_of(path_of("out.png"));

        for (size_t k = 0; k < 3; k++)
            EXPECT((count_chunks(&l, more[k].name) == 0) == (k == i), "%s with %s spoilt",
                   more[k].name, more[i].name);
        chunks_free(&l);
    }
    free(whole.rows);
}

static void samples_of_a_wrong_checksum_are_taken(void **state)
{
    (void)state;
    save_picture(path_of("whole.png"), false);
    decoded whole = decode(path_of("whole.png"), true, 4);

    spoil(path_of("whole.png"), path_of("bad.png"), "IDAT");
    decoded d = salvage(path_of("bad.png"), 4);

    assert_string_equal(d.salvaged, "the checksum of chunk IDAT is wrong");
    assert_int_equal(rows_that_agree(&d, &whole), HEIGHT);
    free(d.rows);
    free(whole.rows);
}

static void a_header_that_is_cut_stays_corrupt(void **state)
{
    (void)state;
    save_picture(path_of("whole.png"), false);
    for (size_t n = 4; n < 41; n++) { /* before the first byte of IDAT's data */
        cut(path_of("whole.png"), path_of("cut.png"), n);
        const decoded d = decode(path_of("cut.png"), true, 4);

        EXPECT(d.status == BC_E_FORMAT, "%zu bytes: status %d", n, (int)d.status);
    }
}

/* --- JPEG -------------------------------------------------------------------------------- */

/* libjpeg's default error handler ends the test program, which is right here. */
static void save_jpeg(const char *path, bool is_progressive)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    FILE *f = fopen(path, "wb");
    uint32_t seed = 1;

    assert_non_null(f);
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_stdio_dest(&c, f);
    c.image_width = WIDTH;
    c.image_height = HEIGHT;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    if (is_progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < HEIGHT) {
        uint8_t row[WIDTH];
        JSAMPROW rows = row;

        for (int x = 0; x < WIDTH; x++)
            row[x] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
        (void)jpeg_write_scanlines(&c, &rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    assert_int_equal(fclose(f), 0);
}

static void a_jpeg_without_its_end_is_whole(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        size_t size;

        save_jpeg(path_of("whole.jpg"), progressive);
        free(load_bytes(path_of("whole.jpg"), &size));
        decoded whole = decode(path_of("whole.jpg"), true, 5);

        assert_string_equal(whole.salvaged, "");
        for (size_t lacking = 1; lacking <= 2; lacking++) {
            char phrase[80];

            cut(path_of("whole.jpg"), path_of("cut.jpg"), size - lacking);
            decoded d = salvage(path_of("cut.jpg"), 5);

            snprintf(phrase, sizeof phrase, "ends after %zu bytes without an end-of-image marker",
                     size - lacking);
            assert_string_equal(d.salvaged, phrase);
            assert_int_equal(rows_that_agree(&d, &whole), HEIGHT);
            free(d.rows);
        }
        free(whole.rows);
    }
}

/* Blocks are 8 rows high; in the row of blocks with the end some are right. */
static void rows_of_a_jpeg_that_is_cut_are_read(void **state)
{
    size_t size;

    (void)state;
    save_jpeg(path_of("whole.jpg"), false);
    free(load_bytes(path_of("whole.jpg"), &size));
    decoded whole = decode(path_of("whole.jpg"), true, 5);

    cut(path_of("whole.jpg"), path_of("cut.jpg"), size / 2);
    decoded d = salvage(path_of("cut.jpg"), 5);
    const uint32_t there = rows_that_agree(&d, &whole) / 8 * 8;
    char phrase[80];

    EXPECT(there >= 8 && there < HEIGHT, "%u rows", there);
    snprintf(phrase, sizeof phrase, "rows from %u of %d on are its guess", there + 1, HEIGHT);
    expect_note(&d, phrase);
    expect_note(&d, "without an end-of-image marker");
    free(d.rows);
    free(whole.rows);
}

static void scans_of_a_progressive_jpeg_that_is_cut_are_read(void **state)
{
    size_t size;

    (void)state;
    save_jpeg(path_of("whole.jpg"), true);
    free(load_bytes(path_of("whole.jpg"), &size));
    cut(path_of("whole.jpg"), path_of("cut.jpg"), size * 9 / 10);
    decoded d = salvage(path_of("cut.jpg"), 5);

    expect_note(&d, "in scan ");
    free(d.rows);
}

/* The offset behind the head of the first scan. */
static size_t end_of_first_scan_head(const uint8_t *bytes)
{
    size_t at = 2; /* markers, each with its length, from behind SOI on */

    while (bytes[at + 1] != 0xda)
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    return at + 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
}

/* Cut there, or ended there by the marker of the end: nothing of the picture is there. */
static void a_jpeg_without_samples_is_refused(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        size_t size;

        save_jpeg(path_of("whole.jpg"), progressive);
        uint8_t *bytes = load_bytes(path_of("whole.jpg"), &size);
        const size_t head = end_of_first_scan_head(bytes);

        for (size_t more = 0; more <= 2; more += 2) {
            memcpy(bytes + head, "\xff\xd9", 2);
            save_bytes(path_of("cut.jpg"), bytes, head + more);
            decoded d = decode(path_of("cut.jpg"), true, 5);

            EXPECT(d.status == BC_E_FORMAT, "%zu bytes: status %d, %s", head + more, (int)d.status,
                   d.salvaged);
            free(d.rows);
        }
        free(bytes);
    }
}

/* A block is there, as many bytes as one of random samples takes. */
static void the_first_block_of_a_jpeg_is_read(void **state)
{
    size_t size;

    (void)state;
    save_jpeg(path_of("whole.jpg"), false);
    uint8_t *bytes = load_bytes(path_of("whole.jpg"), &size);
    const size_t head = end_of_first_scan_head(bytes);

    free(bytes);
    decoded whole = decode(path_of("whole.jpg"), true, 5);

    cut(path_of("whole.jpg"), path_of("cut.jpg"), head + 100);
    decoded d = salvage(path_of("cut.jpg"), 5);

    for (size_t y = 0; y < 8; y++)
        EXPECT(memcmp(d.rows + y * d.row_bytes, whole.rows + y * d.row_bytes, 8) == 0, "row %zu",
               y);
    free(d.rows);
    free(whole.rows);
}

/* Every cut ends in a picture, or in the sentence for a file without one. */
static void a_jpeg_cut_anywhere_is_read_or_refused(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        size_t size;

        save_jpeg(path_of("whole.jpg"), progressive);
        free(load_bytes(path_of("whole.jpg"), &size));
        for (size_t n = 3; n < size; n += 7) {
            cut(path_of("whole.jpg"), path_of("cut.jpg"), n);
            decoded d = decode(path_of("cut.jpg"), true, 5);

            EXPECT(d.status == BC_OK ? d.salvaged[0] : d.status == BC_E_FORMAT,
                   "%zu of %zu bytes: status %d, \"%s\"", n, size, (int)d.status, d.salvaged);
            free(d.rows);
        }
    }
}

/* --- PNM --------------------------------------------------------------------------------- */

static void rows_of_a_pnm_that_is_cut_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *note;
        uint8_t samples[6];
    } rows[] = {
        { "P5 2 3 255\nABC",
          14,
          "ends after 14 bytes, in row 2 of 3, the rest is blank",
          { 'A', 'B', 'C', 0, 0, 0 } },
        { "P5 2 3 255\nA", 12, "ends after 12 bytes, in row 1 of 3, the rest is blank", { 'A' } },
        { "P2 2 3 9\n1 2 3",
          14,
          "ends after 14 bytes, in row 2 of 3, the rest is blank",
          { 1, 2, 3, 0, 0, 0 } },
        { "P2 2 3 9\n1 2 3 4\n",
          17,
          "ends after 17 bytes, in row 3 of 3, the rest is blank",
          { 1, 2, 3, 4, 0, 0 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint32_t step = 1; step <= 3; step += 2) {
            save_bytes(path_of("cut.pgm"), rows[i].bytes, rows[i].n);
            decoded d = salvage(path_of("cut.pgm"), step);

            EXPECT(strcmp(d.salvaged, rows[i].note) == 0, "row %zu: %s", i, d.salvaged);
            EXPECT(memcmp(d.rows, rows[i].samples, 6) == 0, "row %zu: other samples", i);
            free(d.rows);
        }
}

/* A sample that is wrong is no cut. */
static void strange_samples_of_a_pnm_stay_corrupt(void **state)
{
    static const char *const texts[] = { "P2 2 1 9\n1 x", "P2 2 1 9\n1 10 " };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        save_bytes(path_of("bad.pgm"), texts[i], strlen(texts[i]));
        decoded d = decode(path_of("bad.pgm"), true, 1);

        assert_int_equal(d.status, BC_E_FORMAT);
        free(d.rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_png_that_is_cut_are_read),
        cmocka_unit_test(a_png_without_iend_is_whole),
        cmocka_unit_test(passes_of_an_interlaced_png_that_is_cut_are_read),
        cmocka_unit_test(notes_of_an_interlaced_png_say_what_is_coarse),
        cmocka_unit_test(an_interlaced_png_without_iend_is_whole),
        cmocka_unit_test(an_interlaced_png_without_samples_is_refused),
        cmocka_unit_test(a_chunk_of_a_wrong_checksum_is_left_out),
        cmocka_unit_test(samples_of_a_wrong_checksum_are_taken),
        cmocka_unit_test(a_header_that_is_cut_stays_corrupt),
        cmocka_unit_test(a_jpeg_without_its_end_is_whole),
        cmocka_unit_test(rows_of_a_jpeg_that_is_cut_are_read),
        cmocka_unit_test(scans_of_a_progressive_jpeg_that_is_cut_are_read),
        cmocka_unit_test(a_jpeg_cut_anywhere_is_read_or_refused),
        cmocka_unit_test(a_jpeg_without_samples_is_refused),
        cmocka_unit_test(the_first_block_of_a_jpeg_is_read),
        cmocka_unit_test(rows_of_a_pnm_that_is_cut_are_read),
        cmocka_unit_test(strange_samples_of_a_pnm_stay_corrupt),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
