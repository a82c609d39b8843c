/* Threads change nothing, and batches do not get in each other's way. */
#include "sounds.h"

enum { FRAMES = 90001, CHANNELS = 2 }; /* five batches and a part of one */

static void make_input(const char *path)
{
    const bci_sound_target t = { .path = path,
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 24,
                                 .rate_hz = 48000,
                                 .n_channels = CHANNELS,
                                 .n_frames = FRAMES };
    static uint8_t raw[FRAMES * CHANNELS * 3];

    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(i * i >> 3);
    assert_int_equal(write_sound(&t, NULL, raw, FRAMES, NULL, NULL), BC_OK);
}

/* A slow writer lets the reader run ahead: the last batch, which is short, once told an earlier
 * one its length. */
static void a_slow_writer_loses_no_frames(void **state)
{
    bc_audio_settings s = bc_audio_settings_default();
    bc_audio_result result;
    bc_error error;
    size_t n_one, n;
    const char *in = path_of("in.wav"), *one = path_of("one.flac"), *many = path_of("many.flac");

    (void)state;
    make_input(in);
    s.force = true;
    s.n_threads = 1;
    assert_int_equal(bc_audio_reduce(in, one, &s, &result, &error), BC_OK);
    uint8_t *expected = load_bytes(one, &n_one);

    for (int threads = 2; threads <= 7; threads++) {
        s.n_threads = threads;
        assert_int_equal(bc_audio_reduce(in, many, &s, &result, &error), BC_OK);
        uint8_t *got = load_bytes(many, &n);

        assert_int_equal(n, n_one);
        assert_memory_equal(got, expected, n);
        free(got);
    }
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_slow_writer_loses_no_frames) };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
