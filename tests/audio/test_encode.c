/* Samples of sound in memory as bytes of a WAV file, and samples read of files. */
#include "../base/scratch_dir.h"
#include "bitcrush/audio.h"
#include "bitcrush/output.h"

/* Two frames of two channels in 16 bits, by hand: 0.5 is 4000, -1 is 8000, and what is beyond
 * full scale takes the end, 7fff. NaN counts as 0. */
static void sixteen_bits_by_hand(void **state)
{
    static const double left[] = { 0.5, 2.0 }, right[] = { -1.0, NAN };
    static const double *const planes[] = { left, right };
    static const uint8_t expected[] = {
        'R',  'I',  'F', 'F',  44,   0,    0,   0,   'W', 'A', 'V', 'E',
        'f',  'm',  't', ' ',  16,   0,    0,   0,   1,   0,   2,   0, /* PCM, channels */
        0x40, 0x1f, 0,   0,    0,    0x7d, 0,   0, /* 8000 Hz, 32000 bytes a second */
        4,    0,    16,  0,    'd',  'a',  't', 'a', 8,   0,   0,   0,
        0,    0x40, 0,   0x80, 0xff, 0x7f, 0,   0,
    };
    uint8_t *bytes = NULL;
    size_t n = 0;

    (void)state;
    assert_int_equal(bc_audio_encode(planes, 2, 2, 8000, 16, &bytes, &n, NULL), BC_OK);
    assert_int_equal(n, sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
    free(bytes);
}

/* Multiples of a step of 2^-23 are what 24 bits hold: exact, however the file is cut into calls. */
static void what_is_encoded_is_read_again(void **state)
{
    enum { FRAMES = 10001 };
    static double in[3][FRAMES], out[3][FRAMES];
    const double *const planes[] = { in[0], in[1], in[2] };
    uint8_t *bytes = NULL;
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < FRAMES; i++)
        for (size_t c = 0; c < 3; c++)
            in[c][i] =
                (double)((int64_t)(i * 2654435761u * (c + 1) % 16777216) - 8388608) / 8388608;
    assert_int_equal(bc_audio_encode(planes, FRAMES, 3, 48000, 24, &bytes, &n, NULL), BC_OK);
    assert_int_equal(bc_output_write(path_of("x.wav"), true, bytes, n, NULL), BC_OK);
    free(bytes);
    for (size_t step = 1; step < 20000; step *= 9) {
        bc_audio_reader *r = NULL;
        size_t got = 1, at = 0;
        bc_error err = { 0 };

        EXPECT(bc_audio_open(path_of("x.wav"), &r, &err) == BC_OK, "%s", err.text);
        assert_int_equal(bc_audio_get_info(r)->n_channels, 3);
        assert_int_equal(bc_audio_get_info(r)->n_frames, FRAMES);
        memset(out, 0, sizeof out);
        for (; got > 0; at += got) {
            double *const to[] = { out[0] + at, out[1] + at, out[2] + at };
            const size_t left = FRAMES - at, wanted = left && left < step ? left : step;

            if (left == 0) { /* nothing comes any more, and nothing is written */
                double rest[3][1] = { { 7.0 }, { 7.0 }, { 7.0 } };
                double *const behind[] = { rest[0], rest[1], rest[2] };

                assert_int_equal(bc_audio_read(r, behind, 1, &got, &err), BC_OK);
                assert_int_equal(got, 0);
                break;
            }
            EXPECT(bc_audio_read(r, to, wanted, &got, &err) == BC_OK, "%s", err.text);
            assert_int_equal(got, wanted);
        }
        assert_int_equal(at, FRAMES);
        assert_memory_equal(in, out, sizeof in);
        bc_audio_reader_free(r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("16 bits are what they are by hand", sixteen_bits_by_hand),
        SENTENCE("what is encoded in 24 bits is read again, in pieces of any size",
                 what_is_encoded_is_read_again),
    };

    return cmocka_run_group_tests_name("encode", tests, make_scratch_dir, remove_scratch_dir);
}
