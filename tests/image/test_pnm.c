/* The Netpbm forms against their specifications: literal files in, literal files out. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/scratch_dir.h"
#include "bitcrush/image.h"
#include "image/codec.h"

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

#define PICTURE(w, h, n, b, a)                                                                     \
    {                                                                                              \
        .width = w, .height = h, .n_channels = n, .has_alpha = (n) % 2 == 0, .bits = b,            \
        .channel_bits = { b, b, b }, .alpha_maxval = a, .effort = 6                                \
    }

/* Nothing may be left: every test removes what it made. */
static int remove_dir(void **state)
{
    (void)state;
    return rmdir(scratch_dir);
}

static void save(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Decode n bytes as a file, `step` rows at a time (0: all at once), to one uint16_t per
 * sample, which the caller frees. On failure *samples is NULL. */
static bc_status decode(const void *bytes, size_t n, uint32_t step, bc_image_info *info,
                        uint16_t **samples, bc_error *err)
{
    bc_image_reader *r = NULL;
    bc_status st;

    *samples = NULL;
    save("in", bytes, n);
    st = bc_image_open(path_of("in"), &r, err);
    if (!st) {
        *info = *bc_image_get_info(r);
        const size_t length = (size_t)info->width * info->n_channels;
        const size_t size = info->maxval > 255 ? 2 : 1;
        uint8_t *rows = malloc(length * size * info->height);

        assert_non_null(rows);
        *samples = malloc(length * info->height * sizeof **samples);
        assert_non_null(*samples);
        for (uint32_t y = 0; y < info->height && !st;) {
            const uint32_t left = info->height - y, now = step && step < left ? step : left;

            st = bc_image_read(r, rows + y * length * size, now, err);
            y += now;
        }
        for (size_t i = 0; i < length * info->height && !st; i++)
            (*samples)[i] = size == 1 ? rows[i] : ((uint16_t *)(void *)rows)[i];
        free(rows);
    }
    if (st) {
        free(*samples);
        *samples = NULL;
    }
    bc_image_reader_free(r);
    unlink(path_of("in"));
    return st;
}

/* --- reading ------------------------------------------------------------------------- */

/* clang-format off */
/* Files written by hand from the format descriptions. */
static const struct form {
    const char *name;
    const char *bytes;
    size_t n;
    uint32_t width, height, n_channels, maxval;
    int depth;
    uint16_t samples[24];
} forms[] = {
    { "P1", BYTES("P1\n3 2\n0 1 0\n1 1 0\n"), 3, 2, 1, 1, 1, { 1, 0, 1, 0, 0, 1 } },
    { "P1 without spaces", BYTES("P1\n3 2\n010110"), 3, 2, 1, 1, 1, { 1, 0, 1, 0, 0, 1 } },
    { "P2", BYTES("P2\n3 2\n9\n0 1 2\n7 8 9\n"), 3, 2, 1, 9, 4, { 0, 1, 2, 7, 8, 9 } },
    { "P2 maxval 1", BYTES("P2\n2 1\n1\n0 1"), 2, 1, 1, 1, 1, { 0, 1 } },
    { "P2 maxval 65535", BYTES("P2 2 2 65535 0 255 256 65535 "), 2, 2, 1, 65535, 16,
      { 0, 255, 256, 65535 } },
    { "P2 leading zeros", BYTES("P2 002 1 0255 007 0000000000000000000000042 "), 2, 1, 1, 255, 8,
      { 7, 42 } },
    { "P3", BYTES("P3\n2 1\n255\n1 2 3\t40 50\r\n60\n"), 2, 1, 3, 255, 8,
      { 1, 2, 3, 40, 50, 60 } },
    { "P4", BYTES("P4\n3 2\n\x40\xc0"), 3, 2, 1, 1, 1, { 1, 0, 1, 0, 0, 1 } },
    { "P4 9 wide", BYTES("P4\n9 1\n\x81\x80"), 9, 1, 1, 1, 1, { 0, 1, 1, 1, 1, 1, 1, 0, 0 } },
    { "P5 maxval 1", BYTES("P5\n2 1\n1\n\x01\x00"), 2, 1, 1, 1, 1, { 1, 0 } },
    { "P5 maxval 2", BYTES("P5\n3 1\n2\n\x01\x00\x02"), 3, 1, 1, 2, 2, { 1, 0, 2 } },
    { "P5 maxval 100", BYTES("P5\n2 1\n100\n\x64\x63"), 2, 1, 1, 100, 7, { 100, 99 } },
    { "P5 maxval 255", BYTES("P5\n2 2\n255\n\x00\x80\xff#"), 2, 2, 1, 255, 8,
      { 0, 128, 255, 35 } },
    { "P5 maxval 256", BYTES("P5\n3 1\n256\n\x00\x00\x00\xff\x01\x00"), 3, 1, 1, 256, 9,
      { 0, 255, 256 } },
    { "P5 maxval 1000", BYTES("P5\n2 1\n1000\n\x03\xe8\x00\x01"), 2, 1, 1, 1000, 10,
      { 1000, 1 } },
    { "P5 maxval 65535", BYTES("P5\n2 2\n65535\n\x01\x02\xff\xff\x00\x00\x80\x00"), 2, 2, 1,
      65535, 16, { 0x0102, 0xffff, 0, 0x8000 } },
    { "P5 of line feeds", BYTES("P5\n2 1\n255\n\n\n"), 2, 1, 1, 255, 8, { 10, 10 } },
    { "P6", BYTES("P6\n2 1\n255\nabcdef"), 2, 1, 3, 255, 8, { 97, 98, 99, 100, 101, 102 } },
    { "P6 maxval 1023", BYTES("P6 1 1 1023 \x03\xff\x00\x01\x02\x00"), 1, 1, 3, 1023, 10,
      { 1023, 1, 512 } },
    { "P7 black and white, where 1 is white",
      BYTES("P7\nWIDTH 3\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n"
            "\x01\x00\x01"), 3, 1, 1, 1, 1, { 1, 0, 1 } },
    { "P7 grey",
      BYTES("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\nab"), 2, 1,
      1, 255, 8, { 97, 98 } },
    { "P7 RGB", BYTES("P7\nWIDTH 1\nHEIGHT 2\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabcdef"),
      1, 2, 3, 255, 8, { 97, 98, 99, 100, 101, 102 } },
    { "P7 black and white with alpha",
      BYTES("P7\nWIDTH 1\nHEIGHT 2\nDEPTH 2\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE_ALPHA\nENDHDR\n"
            "\x01\x00\x00\x01"), 1, 2, 2, 1, 1, { 1, 0, 0, 1 } },
    { "P7 grey with alpha, 16 bits",
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 65535\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
            "\x12\x34\xff\xfe"), 1, 1, 2, 65535, 16, { 0x1234, 0xfffe } },
    { "P7 RGB with alpha",
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\nabcd"), 1, 1,
      4, 255, 8, { 97, 98, 99, 100 } },
    { "P7 without tuple type", BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 7\nENDHDR\n\x03\x07"),
      1, 1, 2, 7, 3, { 3, 7 } },
    { "P7 of another tuple type",
      BYTES("P7\nMAXVAL 15\nTUPLTYPE my own\nTUPLTYPE type\nDEPTH 3\nHEIGHT 1\nWIDTH 1\nENDHDR\n"
            "\x01\x02\x0f"), 1, 1, 3, 15, 4, { 1, 2, 15 } },
    { "P7 of a tuple type in two lines, which are joined by a space",
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 9\nTUPLTYPE RGB\n"
            "TUPLTYPE _ALPHA\nENDHDR\n\x09"),
      1, 1, 1, 9, 4, { 9 } },
    { "P7 with comments and blank lines",
      BYTES("P7\n# a comment\n\nWIDTH 1 \n#\nHEIGHT\t1\n  \nDEPTH 1\nMAXVAL 255\nENDHDR\n#"), 1, 1,
      1, 255, 8, { 35 } },
};
/* clang-format on */

static void check_form(const struct form *f, const bc_image_info *got, const uint16_t *samples)
{
    EXPECT(got->width == f->width && got->height == f->height, "%s: %u x %u", f->name, got->width,
           got->height);
    EXPECT(got->n_channels == f->n_channels && got->has_alpha == (f->n_channels % 2 == 0),
           "%s: %u channels, alpha %d", f->name, got->n_channels, got->has_alpha);
    EXPECT(got->maxval == f->maxval, "%s: maxval %u", f->name, got->maxval);
    EXPECT(got->depth == f->depth && got->true_depth == f->depth, "%s: depth %d, true depth %d",
           f->name, got->depth, got->true_depth);
    EXPECT(strcmp(got->format, "pnm") == 0 && !got->is_indexed && !got->is_interlaced, "%s: %s",
           f->name, got->format);
    for (size_t i = 0; i < (size_t)f->width * f->height * f->n_channels; i++)
        EXPECT(samples[i] == f->samples[i], "%s: sample %zu is %u, expected %u", f->name, i,
               samples[i], f->samples[i]);
}

static void reads_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(forms); i++)
        for (uint32_t step = 0; step <= 1; step++) {
            bc_image_info info;
            bc_error err = { 0 };
            uint16_t *samples;
            const bc_status st = decode(forms[i].bytes, forms[i].n, step, &info, &samples, &err);

            EXPECT(st == BC_OK, "%s: %s", forms[i].name, err.text);
            check_form(&forms[i], &info, samples);
            free(samples);
        }
}

static void ignores_what_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(forms); i++) {
        char bytes[512];
        bc_image_info info;
        bc_error err = { 0 };
        uint16_t *samples;

        memcpy(bytes, forms[i].bytes, forms[i].n);
        memcpy(bytes + forms[i].n, "\nP5 1 1 9 ?", 11);
        EXPECT(decode(bytes, forms[i].n + 11, 0, &info, &samples, &err) == BC_OK, "%s: %s",
               forms[i].name, err.text);
        check_form(&forms[i], &info, samples);
        free(samples);
    }
}

/* Each of these is a 2 x 1 picture of the samples 5 and 6, maxval 255. */
static void skips_comments(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        { BYTES("P5\n2 1\n255\n\x05\x06") },
        { BYTES("P5 2 1 255 \x05\x06") },
        { BYTES("P5\t2\v1\f255\r\x05\x06") },
        { BYTES("P5\r\n2\r\n1\r\n255\n\x05\x06") },
        { BYTES("P5 \n \n 2 \n\n  1 \n   255\n\x05\x06") },
        { BYTES("P5\n# 7 7\n2 1\n255\n\x05\x06") },
        { BYTES("P5#c\n2#c\n1#c\n255\n\x05\x06") },
        { BYTES("P5\n#\n##\n# # \n2 1\n255\n\x05\x06") },
        { BYTES("P5\n2 #c\r1 #c\n #c\n255\n\x05\x06") },
        { BYTES("P5\n2 1\n255#the end of this line is the white space\n\x05\x06") },
        { BYTES("P2\n2 1\n255\n5 6") },
        { BYTES("P2#c\n2 1\n255#c\n#c\n5#c\n#c\n6#c") },
        { BYTES("P2\n2 1\n255\n5\n6 #c\n") },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        bc_image_info info = { 0 };
        bc_error err = { 0 };
        uint16_t *samples;

        EXPECT(decode(rows[i].bytes, rows[i].n, 0, &info, &samples, &err) == BC_OK, "row %zu: %s",
               i, err.text);
        EXPECT(info.width == 2 && info.height == 1 && info.maxval == 255, "row %zu: %u x %u, %u", i,
               info.width, info.height, info.maxval);
        EXPECT(samples[0] == 5 && samples[1] == 6, "row %zu: %u %u", i, samples[0], samples[1]);
        free(samples);
    }
}

#define PAM(fields) BYTES("P7\n" fields "ENDHDR\nabcdefghijkl")

/* clang-format off */
static const struct {
    const char *name;
    const char *bytes;
    size_t n;
    bc_status status;
    const char *phrase;
} refused[] = {
    { "width 0", BYTES("P5\n0 1\n255\n"), BC_E_FORMAT, "0 x 1 pixels" },
    { "height 0", BYTES("P4\n1 0\n"), BC_E_FORMAT, "1 x 0 pixels" },
    { "width over the limit", BYTES("P5\n1000001 1\n255\n"), BC_E_LIMIT, "1000001 x 1 pixels" },
    { "height over the limit", BYTES("P4\n1 1000001\n"), BC_E_LIMIT, "1 x 1000001 pixels" },
    { "too many pixels", BYTES("P6\n1000000 1000000\n65535\n"), BC_E_LIMIT, "1000000 x 1000000" },
    { "width of 2^32 + 1", BYTES("P5\n4294967297 1\n255\na"), BC_E_LIMIT, "4294967297 x 1" },
    { "width of 2^64 + 1", BYTES("P5\n18446744073709551617 1\n255\na"), BC_E_LIMIT, "expected" },
    { "width of 40 digits", BYTES("P1\n9999999999999999999999999999999999999999 1\n0"),
      BC_E_LIMIT, "expected at most 1000000" },
    { "width below 0", BYTES("P5\n-1 1\n255\n"), BC_E_FORMAT, "byte 0x2d at byte 3" },
    { "width with a plus", BYTES("P5\n+1 1\n255\n"), BC_E_FORMAT, "byte 0x2b at byte 3" },
    { "width of letters", BYTES("P5\nx 1\n255\n"), BC_E_FORMAT, "byte 0x78 at byte 3" },
    { "width in hexadecimal", BYTES("P5\n0x1 1\n255\n"), BC_E_FORMAT, "byte 0x78 after a width" },
    { "maxval 0", BYTES("P5\n1 1\n0\na"), BC_E_FORMAT, "maxval is 0, expected 1 to 65535" },
    { "maxval 65536", BYTES("P5\n1 1\n65536\na"), BC_E_FORMAT, "maxval is 65536" },
    { "maxval of 2^64 + 255", BYTES("P5\n1 1\n18446744073709551871\na"), BC_E_FORMAT, "maxval" },
    { "maxval of a fraction", BYTES("P5\n1 1\n25.5\na"), BC_E_FORMAT, "byte 0x2e after a maxval" },
    { "comment without end", BYTES("P5\n1 1 # 255"), BC_E_FORMAT, "expected a maxval" },
    { "P1 with a 2", BYTES("P1\n2 1\n0 2"), BC_E_FORMAT, "byte 0x32 at byte 9, expected a 0 or 1" },
    { "P2 with a letter", BYTES("P2\n2 2\n9\n1 2\n3 x"), BC_E_FORMAT, "in row 2 of 2" },
    { "P2 with a negative sample", BYTES("P2\n2 1\n9\n1 -2"), BC_E_FORMAT, "byte 0x2d" },
    { "P2 over maxval", BYTES("P2\n2 2\n9\n1 2 3 10\n"), BC_E_FORMAT,
      "sample 10 in row 2, column 2 is over the maxval, expected at most 9" },
    { "P2 sample of 2^64 + 1", BYTES("P2\n1 1\n9\n18446744073709551617\n"), BC_E_FORMAT,
      "row 1, column 1 is over" },
    { "P2 sample of 2^16", BYTES("P2\n1 1\n65535\n65536\n"), BC_E_FORMAT, "sample 65536" },
    { "P3 over maxval", BYTES("P3\n2 1\n9\n1 2 3 4 10 6\n"), BC_E_FORMAT,
      "sample 10 in row 1, column 2" },
    { "P5 over maxval", BYTES("P5\n2 2\n100\n\x01\x02\x03\x65"), BC_E_FORMAT,
      "sample 101 in row 2, column 2 is over the maxval, expected at most 100" },
    { "P5 of 16 bits over maxval", BYTES("P5\n2 1\n1000\n\x03\xe8\x03\xe9"), BC_E_FORMAT,
      "sample 1001 in row 1, column 2" },
    { "P6 over maxval", BYTES("P6\n1 3\n1\n\0\1\0\0\1\0\2\0\0"), BC_E_FORMAT,
      "sample 2 in row 3, column 1" },
    { "P5 cut in a row", BYTES("P5\n4 3\n255\nabcdef"), BC_E_FORMAT,
      "ends in row 2 of 3 with 2 bytes of it, expected 4 bytes a row" },
    { "P4 cut in a row", BYTES("P4\n17 2\nabcde"), BC_E_FORMAT,
      "ends in row 2 of 2 with 2 bytes of it, expected 3 bytes a row" },
    { "P7 alpha over maxval", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 97\n"), BC_E_FORMAT,
      "sample 98 in row 1, column 1" },
    { "P7 without width", PAM("HEIGHT 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_FORMAT, "WIDTH" },
    { "P7 without height", PAM("WIDTH 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_FORMAT, "HEIGHT" },
    { "P7 without depth", PAM("WIDTH 1\nHEIGHT 1\nMAXVAL 255\n"), BC_E_FORMAT, "DEPTH" },
    { "P7 without maxval", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 1\n"), BC_E_FORMAT, "MAXVAL" },
    { "P7 maxval 65536", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 65536\n"), BC_E_FORMAT,
      "maxval is 65536" },
    { "P7 width not a number", PAM("WIDTH 1x\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_FORMAT,
      "header line at byte 3" },
    { "P7 width without number", PAM("WIDTH\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_FORMAT,
      "header line at byte 3" },
    { "P7 unknown field", PAM("WIDTH 1\nCOLOUR 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_FORMAT,
      "header line at byte 11" },
    { "P7 depth 5", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nTUPLTYPE HYPER\n"),
      BC_E_UNSUPPORTED, "5 samples per pixel" },
    { "P7 depth of 2^64 + 1", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 18446744073709551617\nMAXVAL 255\n"),
      BC_E_UNSUPPORTED, "samples per pixel, expected 1 to 4" },
    { "P7 CMYK", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\n"), BC_E_UNSUPPORTED,
      "colours are CMYK" },
    { "P7 RGB of depth 4", PAM("WIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB\n"),
      BC_E_FORMAT, "RGB with a depth of 4, expected 3" },
    { "P7 width over the limit", PAM("WIDTH 1000001\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n"), BC_E_LIMIT,
      "1000001 x 1" },
    { "P7 with a long line", PAM("TUPLTYPE 0123456789012345678901234567890123456789012345678901234"
      "56789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n"),
      BC_E_FORMAT, "line over 127 bytes" },
    { "P0", BYTES("P0\n1 1\n255\na"), BC_E_UNSUPPORTED, "no picture known" },
    { "P8", BYTES("P8\n1 1\n255\na"), BC_E_UNSUPPORTED, "no picture known" },
    { "a text", BYTES("P5ychology"), BC_E_UNSUPPORTED, "no picture known" },
    { "a thumbnail of xv", BYTES("P7 332\n#END_OF_COMMENTS\n1 1 255\na"), BC_E_UNSUPPORTED,
      "no picture known" },
};
/* clang-format on */

static void refuses_with_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        bc_image_info info;
        bc_error err = { 0 };
        uint16_t *samples;
        const bc_status st = decode(refused[i].bytes, refused[i].n, 0, &info, &samples, &err);

        EXPECT(st == refused[i].status && err.status == st, "%s: status %d, expected %d: %s",
               refused[i].name, st, refused[i].status, err.text);
        EXPECT(strstr(err.text, refused[i].phrase), "%s: \"%s\", expected \"%s\"", refused[i].name,
               err.text, refused[i].phrase);
        EXPECT(strstr(err.text, path_of("in")) == err.text, "%s: \"%s\" has no subject",
               refused[i].name, err.text);
        assert_null(samples);
    }
}

/* The bytes without which the picture is not whole: a text form needs no white space at its
 * end, and of its last number any digits but the first might be missing unnoticed. */
static size_t least_size(const struct form *f)
{
    size_t n = f->n;

    if (f->bytes[1] > '3')
        return n;
    while (strchr(" \n", f->bytes[n - 1]))
        n--;
    while (f->bytes[1] > '1' && !strchr(" \n", f->bytes[n - 2]))
        n--;
    return n;
}

/* Of fewer than 3 bytes nobody can tell what they are. */
static void notices_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(forms); i++)
        for (size_t n = 1; n < least_size(&forms[i]); n++) {
            bc_image_info info;
            bc_error err = { 0 };
            uint16_t *samples;
            const bc_status st = decode(forms[i].bytes, n, 1, &info, &samples, &err);

            free(samples);
            EXPECT(st == (n < 3 ? BC_E_UNSUPPORTED : BC_E_FORMAT), "%s cut to %zu bytes: %d %s",
                   forms[i].name, n, st, err.text);
        }
}

/* Text forms are read ahead in pieces; numbers lie across the seams. Sample i is i mod 1000. */
static void reads_long_texts(void **state)
{
    enum { WIDTH = 131, HEIGHT = 257 };
    char *bytes = malloc(5 * WIDTH * HEIGHT + 64);
    size_t n = (size_t)sprintf(bytes, "P2 %d %d 999\n", WIDTH, HEIGHT);
    bc_image_info info;
    bc_error err = { 0 };
    uint16_t *samples;

    (void)state;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        n += (size_t)sprintf(bytes + n, "%d%s", i % 1000, i % 3 ? " " : "\n ");
    EXPECT(decode(bytes, n, 7, &info, &samples, &err) == BC_OK, "%s", err.text);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        EXPECT(samples[i] == i % 1000, "sample %d is %u", i, samples[i]);
    free(samples);
    free(bytes);
}

/* Bits beyond the width of a row may have any value. */
static void ignores_padding_bits(void **state)
{
    (void)state;
    for (uint32_t width = 1; width <= 17; width++) {
        const size_t row_size = (width + 7) / 8;
        char bytes[32];
        const size_t n = (size_t)sprintf(bytes, "P4\n%u 2\n", width);
        bc_image_info info;
        bc_error err = { 0 };
        uint16_t *samples;

        memset(bytes + n, 0xff, 2 * row_size); /* black, and 1 in the padding */
        EXPECT(decode(bytes, n + 2 * row_size, 0, &info, &samples, &err) == BC_OK, "%s", err.text);
        for (uint32_t i = 0; i < 2 * width; i++)
            EXPECT(samples[i] == 0, "width %u: pixel %u is %u", width, i, samples[i]);
        free(samples);
    }
}

/* --- writing ------------------------------------------------------------------------- */

/* Write codes as the file dir/name, `step` rows at a time; the bytes go to `out`. */
static bc_status encode(const char *name, bci_picture pic, const uint16_t *codes, uint32_t step,
                        bci_image_writer *w, uint8_t *out, size_t out_size, size_t *n_out,
                        bc_error *err)
{
    char path[320];
    bc_status st;

    snprintf(path, sizeof path, "%s", path_of(name));
    pic.path = path;
    *w = (bci_image_writer){ .codec = &bci_pnm, .picture = pic };
    st = bci_sink_open(path, false, &w->sink, err);
    assert_int_equal(st, BC_OK);
    st = bci_pnm.begin(w, err);
    for (uint32_t y = 0; y < pic.height && !st;) {
        const uint32_t left = pic.height - y, now = step < left ? step : left;

        st = bci_pnm.write(w, codes + (size_t)y * pic.width * pic.n_channels, now, err);
        y += now;
    }
    if (!st)
        st = bci_pnm.finish(w, err);
    if (!st)
        st = bci_sink_commit(w->sink, err);
    if (!st) {
        FILE *f = fopen(path, "rb");

        assert_non_null(f);
        *n_out = fread(out, 1, out_size, f);
        assert_int_equal(*n_out, bci_sink_size(w->sink));
        fclose(f);
        unlink(path);
    }
    bci_pnm.abandon(w);
    bci_sink_free(w->sink);
    return st;
}

/* clang-format off */
static const struct {
    const char *name;
    bci_picture picture;
    uint16_t codes[24];
    const char *bytes;
    size_t n;
    const char *layout;
    int depth;
} written[] = {
    { "x.pbm", PICTURE(3, 2, 1, 1, 0), { 1, 0, 1, 0, 0, 1 },
      BYTES("P4\n3 2\n\x40\xc0"), "grey", 1 },
    { "x.pnm", PICTURE(9, 1, 1, 1, 0), { 0, 1, 1, 1, 1, 1, 1, 0, 0 },
      BYTES("P4\n9 1\n\x81\x80"), "grey", 1 },
    { "x.pgm", PICTURE(3, 1, 1, 2, 0), { 0, 2, 3 },
      BYTES("P5\n3 1\n3\n\x00\x02\x03"), "grey", 8 },
    { "x.PNM", PICTURE(1, 2, 1, 8, 0), { 255, 7 }, BYTES("P5\n1 2\n255\n\xff\x07"),
      "grey", 8 },
    { "x.pgm", PICTURE(2, 1, 1, 9, 0), { 511, 1 },
      BYTES("P5\n2 1\n511\n\x01\xff\x00\x01"), "grey", 16 },
    { "x.pgm", PICTURE(2, 1, 1, 16, 0), { 0xfffe, 0x0102 },
      BYTES("P5\n2 1\n65535\n\xff\xfe\x01\x02"), "grey", 16 },
    { "x.ppm", PICTURE(1, 2, 3, 1, 0), { 0, 1, 0, 1, 1, 0 },
      BYTES("P6\n1 2\n1\n\x00\x01\x00\x01\x01\x00"), "RGB", 8 },
    { "x.pnm", PICTURE(1, 1, 3, 12, 0), { 4095, 0, 258 },
      BYTES("P6\n1 1\n4095\n\x0f\xff\x00\x00\x01\x02"), "RGB", 16 },
    { "x.pam", PICTURE(2, 1, 1, 1, 0), { 1, 0 },
      BYTES("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE GRAYSCALE\nENDHDR\n\x01\x00"),
      "grey", 8 },
    { "x.PAM", PICTURE(1, 1, 3, 5, 0), { 31, 0, 1 },
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 31\nTUPLTYPE RGB\nENDHDR\n\x1f\x00\x01"),
      "RGB", 8 },
    /* 4 bits are multiplied by 255 / 15 = 17 */
    { "x.pam", PICTURE(2, 1, 2, 4, 255), { 15, 254, 7, 0 },
      BYTES("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
            "\xff\xfe\x77\x00"), "grey + alpha", 8 },
    /* 3 bits: 255 / 7 = 36.43: 1 36.4, 3 109.3, 4 145.7 */
    { "x.pnm", PICTURE(1, 1, 4, 3, 255), { 1, 3, 4, 99 },
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            "\x24\x6d\x92\x63"), "RGBA", 8 },
    /* alpha of 8 bits in 16: times 257; of maxval 100 in 8: 255 / 100, 33 84.15, 67 170.85 */
    { "x.pam", PICTURE(1, 1, 2, 16, 255), { 0x1234, 128 },
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 65535\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
            "\x12\x34\x80\x80"), "grey + alpha", 16 },
    { "x.pam", PICTURE(2, 1, 2, 8, 100), { 200, 33, 3, 67 },
      BYTES("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
            "\xc8\x54\x03\xab"), "grey + alpha", 8 },
    { "x.pam", PICTURE(1, 1, 4, 8, 65535), { 255, 1, 0, 65534 },
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            "\xff\xff\x01\x01\x00\x00\xff\xfe"), "RGBA", 16 },
    { "x.pam", PICTURE(1, 1, 4, 1, 1), { 1, 0, 1, 0 },
      BYTES("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 1\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            "\x01\x00\x01\x00"), "RGBA", 8 },
};
/* clang-format on */

static void writes_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(written); i++)
        for (uint32_t step = 1; step <= 2; step++) {
            uint8_t bytes[256];
            size_t n = 0;
            bci_image_writer w;
            bc_error err = { 0 };
            const bc_status st = encode(written[i].name, written[i].picture, written[i].codes, step,
                                        &w, bytes, sizeof bytes, &n, &err);

            EXPECT(st == BC_OK, "row %zu, %s: %s", i, written[i].name, err.text);
            EXPECT(n == written[i].n && memcmp(bytes, written[i].bytes, n) == 0,
                   "row %zu, %s: other bytes, %zu of them", i, written[i].name, n);
            EXPECT(strcmp(w.layout, written[i].layout) == 0 && w.depth == written[i].depth &&
                       w.palette == 0,
                   "row %zu, %s: %s, depth %d, palette %u", i, written[i].name, w.layout, w.depth,
                   w.palette);
        }
}

static void refuses_names_that_promise_less(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name;
        bci_picture picture;
        const char *phrase;
    } rows[] = {
        { "x.pgm", PICTURE(1, 1, 3, 4, 0),
          "x.pgm: holds grey only, expected .ppm, .pnm or .pam for a colour picture" },
        { "x.pbm", PICTURE(1, 1, 3, 1, 0),
          "x.pbm: holds grey only, expected .ppm, .pnm or .pam for a colour picture" },
        { "x.PBM", PICTURE(1, 1, 1, 2, 0),
          "x.PBM: holds 1 bit only, expected .pgm, .pnm or .pam for a picture of 2 bits" },
        { "x.pbm", PICTURE(1, 1, 2, 1, 1), "x.pbm: holds no alpha" },
        { "x.pgm", PICTURE(1, 1, 2, 8, 255), "x.pgm: holds no alpha" },
        { "x.ppm", PICTURE(1, 1, 4, 8, 255),
          "x.ppm: holds no alpha, expected .pam or .pnm for a picture with alpha" },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const uint16_t codes[4] = { 0 };
        uint8_t bytes[16];
        size_t n = 0;
        bci_image_writer w;
        bc_error err = { 0 };
        const bc_status st =
            encode(rows[i].name, rows[i].picture, codes, 1, &w, bytes, sizeof bytes, &n, &err);

        EXPECT(st == BC_E_USAGE, "%s: status %d", rows[i].name, st);
        EXPECT(strstr(err.text, rows[i].phrase), "%s: %s", rows[i].name, err.text);
        EXPECT(access(path_of(rows[i].name), F_OK) != 0, "%s exists", rows[i].name);
    }
}

/* Codes of any kind come back as they were; alpha has the maxval of the colours here. */
static void survives_a_round_trip(void **state)
{
    static const struct {
        uint32_t n_channels;
        const char *name;
    } kinds[] = { { 1, "x.pnm" }, { 3, "x.pnm" }, { 1, "x.pam" },
                  { 3, "x.pam" }, { 2, "x.pam" }, { 4, "x.pam" } };
    enum { WIDTH = 37, HEIGHT = 11, MOST = WIDTH * HEIGHT * 4 };
    static uint16_t codes[MOST];
    static uint8_t bytes[2 * MOST + 128];

    (void)state;
    for (size_t i = 0; i < ROWS(kinds); i++)
        for (int bits = 1; bits <= 16; bits++) {
            const uint32_t top = (1u << bits) - 1;
            const bci_picture pic = PICTURE(WIDTH, HEIGHT, kinds[i].n_channels, bits, top);
            bci_image_writer w;
            bc_image_info info = { 0 };
            bc_error err = { 0 };
            uint16_t *samples;
            size_t n = 0;

            for (uint32_t j = 0; j < MOST; j++)
                codes[j] = (uint16_t)(j < 2 ? j * top : (j * 2654435761u >> 13) & top);
            EXPECT(encode(kinds[i].name, pic, codes, 3, &w, bytes, sizeof bytes, &n, &err) == BC_OK,
                   "%s, %d bits: %s", kinds[i].name, bits, err.text);
            EXPECT(decode(bytes, n, 4, &info, &samples, &err) == BC_OK, "%s, %d bits: %s",
                   kinds[i].name, bits, err.text);
            EXPECT(info.width == WIDTH && info.height == HEIGHT && info.maxval == top &&
                       info.depth == bits && info.n_channels == kinds[i].n_channels,
                   "%s, %d bits: other facts", kinds[i].name, bits);
            for (size_t j = 0; j < WIDTH * HEIGHT * kinds[i].n_channels; j++)
                EXPECT(samples[j] == codes[j], "%s, %d bits: sample %zu is %u, expected %u",
                       kinds[i].name, bits, j, samples[j], codes[j]);
            free(samples);
        }
}

/* The nearest code, against the quotient in double precision, which is exact enough: halves
 * aside, k M / N is at least 1 / 2N from a half. */
static void rescales_to_the_nearest(void **state)
{
    static const struct {
        int bits;
        uint32_t alpha_maxval;
    } rows[] = { { 1, 255 },  { 2, 255 },    { 5, 255 },    { 7, 255 }, { 8, 65535 },
                 { 11, 255 }, { 15, 65535 }, { 16, 65534 }, { 16, 1 },  { 3, 1000 } };
    static uint16_t codes[2 * 65536];
    static uint8_t bytes[4 * 65536 + 128];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const uint32_t top = (1u << rows[i].bits) - 1, alpha_top = rows[i].alpha_maxval;
        const uint32_t n_pixels = (top > alpha_top ? top : alpha_top) + 1;
        const bci_picture pic = PICTURE(n_pixels, 1, 2, rows[i].bits, alpha_top);
        bci_image_writer w;
        bc_image_info info = { 0 };
        bc_error err = { 0 };
        uint16_t *samples;
        size_t n = 0;

        for (uint32_t k = 0; k < n_pixels; k++) {
            codes[2 * k] = (uint16_t)(k % (top + 1));
            codes[2 * k + 1] = (uint16_t)(k % (alpha_top + 1));
        }
        EXPECT(encode("x.pam", pic, codes, 1, &w, bytes, sizeof bytes, &n, &err) == BC_OK, "%s",
               err.text);
        EXPECT(decode(bytes, n, 0, &info, &samples, &err) == BC_OK, "%s", err.text);
        EXPECT(info.maxval == n_pixels - 1, "%d bits, alpha %u: maxval %u", rows[i].bits, alpha_top,
               info.maxval);
        for (uint32_t k = 0; k < 2 * n_pixels; k++) {
            const double exact = (double)codes[k] * info.maxval / (k % 2 ? alpha_top : top);

            EXPECT(fabs(samples[k] - exact) <= 0.5, "%d bits, alpha %u: code %u became %u",
                   rows[i].bits, alpha_top, codes[k], samples[k]);
        }
        free(samples);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every form is read as its description says", reads_every_form),
        SENTENCE("what follows the picture is ignored", ignores_what_follows),
        SENTENCE("white space and comments may stand anywhere in a header", skips_comments),
        SENTENCE("a wrong file is refused with its status and a sentence", refuses_with_a_sentence),
        SENTENCE("a file cut anywhere is corrupt", notices_every_cut),
        SENTENCE("numbers lie across the pieces in which a text is read", reads_long_texts),
        SENTENCE("padding bits of P4 rows do not matter", ignores_padding_bits),
        SENTENCE("every form is written as its description says", writes_every_form),
        SENTENCE("a name that promises less than the picture needs is a misuse",
                 refuses_names_that_promise_less),
        SENTENCE("codes of 1 to 16 bits survive writing and reading", survives_a_round_trip),
        SENTENCE("colour and alpha are rescaled to the nearest code of one maxval",
                 rescales_to_the_nearest),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_dir);
}
