/* What a picture may ask for: pixels, memory, time. */
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "../base/sanitized.h"
#include "../base/scratch_dir.h"
#include "bitcrush/image.h"
#include "picture.h"

enum { MOST_S = IS_SANITIZED ? 20 : 2 };

/* Open and read all rows, one at a time. */
static bc_status read_by(const char *path, const bc_reading *reading, bc_error *err)
{
    bc_image_reader *r = NULL;
    bc_status st = bc_image_open_with(path, reading, &r, err);

    if (st)
        return st;
    const bc_image_info *info = bc_image_get_info(r);
    void *row = malloc((size_t)info->width * info->n_channels * sizeof(uint16_t));

    assert_non_null(row);
    for (uint32_t y = 0; !st && y < info->height; y++)
        st = bc_image_read(r, row, 1, err);
    free(row);
    bc_image_reader_free(r);
    return st;
}

static void save_interlaced(const char *path)
{
    picture p = picture_random(60, 50, RGB, 8, 1);

    p.is_interlaced = true;
    picture_save(&p, path);
    picture_free(&p);
}

/* --- JPEG files of many scans, made by hand --------------------------------------------- */

typedef struct {
    uint8_t *bytes;
    size_t n, room;
} file;

static void put(file *f, const void *bytes, size_t n)
{
    if (f->n + n > f->room) {
        f->room = 2 * (f->n + n);
        f->bytes = realloc(f->bytes, f->room);
        assert_non_null(f->bytes);
    }
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static void put_segment(file *f, uint8_t marker, const uint8_t *data, size_t n)
{
    const uint8_t head[] = { 0xff, marker, (uint8_t)((n + 2) >> 8), (uint8_t)(n + 2) };

    put(f, head, sizeof head);
    put(f, data, n);
}

/* Runs of blocks that end at once: code 0 and 14 bits stand for 16384 and that many more, 10 for
 * one (T.81, G.1.2.2). */
static void put_empty_blocks(file *f, uint32_t n_blocks)
{
    uint32_t bits = 0;
    int n_bits = 0;

    while (n_blocks > 0 || n_bits > 0) {
        const uint32_t run = n_blocks < 16384 ? 1 : n_blocks < 32767 ? n_blocks : 32767;

        if (n_blocks == 0) { /* the last byte is filled with ones */
            bits = bits << (8 - n_bits) | ((1u << (8 - n_bits)) - 1);
            n_bits = 8;
        } else {
            bits = run > 1 ? bits << 15 | (run - 16384) : bits << 2 | 2;
            n_bits += run > 1 ? 15 : 2;
            n_blocks -= run;
        }
        for (; n_bits >= 8; n_bits -= 8) {
            const uint8_t byte = (uint8_t)(bits >> (n_bits - 8));

            put(f, &byte, 1);
            if (byte == 0xff)
                put(f, "\0", 1);
            bits &= (1u << (n_bits - 8)) - 1;
        }
    }
}

/* A grey progressive picture: one scan of DC, and n - 1 of a single AC coefficient's bit each. */
static void save_scans(const char *path, uint16_t side, int n)
{
    static const uint8_t dc_table[] = {
        0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00
    };
    static const uint8_t ac_table[] = { 0x10, 1, 1, 0, 0, 0, 0, 0,    0,   0,
                                        0,    0, 0, 0, 0, 0, 0, 0xe0, 0x00 };
    const uint8_t frame[] = {
        8, (uint8_t)(side >> 8), (uint8_t)side, (uint8_t)(side >> 8), (uint8_t)side, 1, 1, 0x11, 0
    };
    const uint32_t n_blocks = ((side + 7u) / 8) * ((side + 7u) / 8);
    uint8_t quantizers[65];
    file f = { 0 };

    memset(quantizers, 1, sizeof quantizers);
    quantizers[0] = 0;
    put(&f, "\xff\xd8", 2);
    put_segment(&f, 0xdb, quantizers, sizeof quantizers);
    put_segment(&f, 0xc2, frame, sizeof frame);
    put_segment(&f, 0xc4, dc_table, sizeof dc_table);
    put_segment(&f, 0xc4, ac_table, sizeof ac_table);
    put_segment(&f, 0xda, (const uint8_t *)"\1\1\0\0\0\0", 6);
    for (uint32_t i = 0; i < n_blocks / 8; i++) /* a bit of 0 a block: no difference */
        put(&f, "\0", 1);
    if (n_blocks % 8)
        put(&f, (const uint8_t[]){ (uint8_t)(0xff >> n_blocks % 8) }, 1);
    for (int i = 1; i < n; i++) {
        const uint8_t coefficient = (uint8_t)(1 + (i - 1) / 14), low = (uint8_t)(13 - (i - 1) % 14);
        const uint8_t high = low == 13 ? 0 : (uint8_t)(low + 1);
        const uint8_t scan[] = { 1, 1, 0, coefficient, coefficient, (uint8_t)(high << 4 | low) };

        put_segment(&f, 0xda, scan, sizeof scan);
        put_empty_blocks(&f, n_blocks);
    }
    put(&f, "\xff\xd9", 2);
    save_bytes(path, f.bytes, f.n);
    free(f.bytes);
}

/* Of a small picture 500 scans are taken, of 256 megapixels (2^33 / 2^28) 32, and of any 32. */
static void scans_times_pixels_have_a_limit(void **state)
{
    static const struct {
        uint16_t side;
        int n_scans;
        const char *phrase; /* NULL: it is read */
    } rows[] = {
        { 64, 2, NULL },
        { 64, 500, NULL },
        { 64, 501, "more than 500 scans for 64 x 64 pixels, expected about ten" },
        { 8192, 129, "more than 128 scans for 8192 x 8192 pixels, expected about ten" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_error err = { 0 };

        save_scans(path_of("scans.jpg"), rows[i].side, rows[i].n_scans);
        const bc_status st = read_by(path_of("scans.jpg"), NULL, &err);

        EXPECT(st == (rows[i].phrase ? BC_E_LIMIT : BC_OK), "%d scans of %u: status %d, %s",
               rows[i].n_scans, rows[i].side, (int)st, err.text);
        EXPECT(!rows[i].phrase || strstr(err.text, rows[i].phrase), "%s", err.text);
    }
}

/* --- memory ------------------------------------------------------------------------------ */

/* 60 x 50 pixels of three bytes, beside rows of 8 bytes a sample. */
static void an_interlaced_picture_is_held_within_the_limit(void **state)
{
    bc_error err = { 0 };
    const char *path = path_of("whole.png");

    (void)state;
    save_interlaced(path);
    assert_int_equal(read_by(path, &(bc_reading){ .max_memory = 10440 }, &err), BC_OK);
    assert_int_equal(read_by(path, &(bc_reading){ .max_memory = 10439 }, &err), BC_E_LIMIT);
    EXPECT(strstr(err.text, "whole.png: an interlaced picture of 60 x 50 pixels takes 10.2 KiB of "
                            "memory, expected at most 10.2 KiB (`max-memory`)"),
           "%s", err.text);
}

/* 8 x 8 blocks of 64 coefficients of two bytes, beside rows of 8 bytes a sample. */
static void scans_are_held_within_the_limit(void **state)
{
    bc_error err = { 0 };
    const char *path = path_of("scans.jpg");

    (void)state;
    save_scans(path, 64, 3);
    assert_int_equal(read_by(path, &(bc_reading){ .max_memory = 8703 }, &err), BC_E_LIMIT);
    EXPECT(strstr(err.text,
                  "holding the scans of a picture of 64 x 64 pixels takes 8.5 KiB of memory"),
           "%s", err.text);
    /* libjpeg has tables of its own beside them. */
    assert_int_equal(read_by(path, &(bc_reading){ .max_memory = 1 << 20 }, &err), BC_OK);
}

static void a_picture_of_many_pixels_is_refused(void **state)
{
    bc_error err = { 0 };
    picture p = picture_random(60, 50, GREY, 8, 1);

    (void)state;
    picture_save(&p, path_of("grey.png"));
    picture_free(&p);
    assert_int_equal(read_by(path_of("grey.png"), &(bc_reading){ .max_pixels = 3000 }, &err),
                     BC_OK);
    assert_int_equal(read_by(path_of("grey.png"), &(bc_reading){ .max_pixels = 2999 }, &err),
                     BC_E_LIMIT);
    EXPECT(strstr(err.text, "60 x 50 pixels, expected at most 1000000 a side and 2999 in all "
                            "(`max-pixels`)"),
           "%s", err.text);
}

/* --- stopping ---------------------------------------------------------------------------- */

static void a_reader_that_is_stopped_reads_no_more(void **state)
{
    static const char *const names[] = { "whole.png", "scans.jpg", "grey.png" };

    (void)state;
    save_interlaced(path_of(names[0]));
    save_scans(path_of(names[1]), 64, 3);
    picture grey = picture_random(60, 50, GREY, 8, 1);

    picture_save(&grey, path_of(names[2]));
    picture_free(&grey);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        volatile sig_atomic_t stop = 0;
        const bc_reading reading = { .stop = &stop };
        bc_image_reader *r = NULL;
        uint8_t row[512];
        bc_error err = { 0 };

        assert_int_equal(bc_image_open_with(path_of(names[i]), &reading, &r, &err), BC_OK);
        assert_int_equal(bc_image_read(r, row, 1, &err), BC_OK);
        stop = 1;
        assert_int_equal(bc_image_read(r, row, 1, &err), BC_E_INTERRUPTED);
        assert_string_equal(err.text, "interrupted, no output written");
        bc_image_reader_free(r);
    }
}

/* What a signal does, while a call into a library is under way. */
static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
    (void)signal_number;
    asked = 1;
}

/* The scans take several seconds, in one call. */
static void a_signal_ends_the_reading_of_scans_within_a_second(void **state)
{
    const bc_reading reading = { .stop = &asked };
    bc_error err = { 0 };
    struct timespec begun, ended;

    (void)state;
    save_scans(path_of("many.jpg"), 16000, 33);
    asked = 0;
    signal(SIGALRM, ask);
    alarm(1);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    assert_int_equal(read_by(path_of("many.jpg"), &reading, &err), BC_E_INTERRUPTED);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    EXPECT(ended.tv_sec - begun.tv_sec <= MOST_S, "it took %ld s",
           (long)(ended.tv_sec - begun.tv_sec));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scans_times_pixels_have_a_limit),
        cmocka_unit_test(an_interlaced_picture_is_held_within_the_limit),
        cmocka_unit_test(scans_are_held_within_the_limit),
        cmocka_unit_test(a_picture_of_many_pixels_is_refused),
        cmocka_unit_test(a_reader_that_is_stopped_reads_no_more),
        cmocka_unit_test(a_signal_ends_the_reading_of_scans_within_a_second),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
