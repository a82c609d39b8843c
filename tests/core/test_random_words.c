/* The random words are those of Philox4x32-10: known answers published with Random123
 * (tests/kat_vectors), and that library itself as a second witness. */
#include <Random123/philox.h>

#include "bitcrush/noise.h"
#include "bits.h"
#include "expect.h"

static const struct {
    const char *name;
    uint32_t counter[4], key[2], words[4];
} known[] = {
    { "zero", { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { "ones",
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { "digits of pi",
      { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

static void known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const uint64_t seed = (uint64_t)known[i].key[1] << 32 | known[i].key[0];
        const uint64_t block = (uint64_t)known[i].counter[1] << 32 | known[i].counter[0];
        uint32_t words[4];

        bc_random_words(seed, block, known[i].counter[2], known[i].counter[3], words);
        for (int w = 0; w < 4; w++)
            EXPECT(words[w] == known[i].words[w], "%s: word %d is %08x, expected %08x",
                   known[i].name, w, words[w], known[i].words[w]);
    }
}

static void random123_agrees(void **state)
{
    uint64_t random = 51;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        const uint64_t seed = random_bits(&random), block = random_bits(&random);
        const uint64_t rest = random_bits(&random);
        const philox4x32_key_t key = { { (uint32_t)seed, (uint32_t)(seed >> 32) } };
        const philox4x32_ctr_t counter = { { (uint32_t)block, (uint32_t)(block >> 32),
                                             (uint32_t)rest, (uint32_t)(rest >> 32) } };
        const philox4x32_ctr_t want = philox4x32(counter, key);
        uint32_t words[4];

        bc_random_words(seed, block, (uint32_t)rest, (uint32_t)(rest >> 32), words);
        for (int w = 0; w < 4; w++)
            EXPECT(words[w] == want.v[w], "seed %llx, block %llx: word %d is %08x, expected %08x",
                   (unsigned long long)seed, (unsigned long long)block, w, words[w], want.v[w]);
    }
}

/* Streams are numbered by what they are for: names and histories do not collide. */
static void stream_numbers(void **state)
{
    static const char *const names[] = { "",
                                         "a",
                                         "b",
                                         "ab",
                                         "ba",
                                         "red",
                                         "green",
                                         "blue",
                                         "left",
                                         "right",
                                         "layers.0.weight",
                                         "layers.1.weight" };
    enum { N_NAMES = sizeof names / sizeof *names, N_HISTORIES = 5 };
    static const uint64_t histories[N_HISTORIES] = { 0, 1, 2, UINT64_C(1) << 32, UINT64_MAX };
    uint32_t seen[N_NAMES * N_HISTORIES];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < N_NAMES; i++) {
        for (size_t j = 0; j < N_HISTORIES; j++) {
            const uint32_t stream = bc_noise_stream(names[i], histories[j]);

            assert_int_equal(stream, bc_noise_stream(names[i], histories[j]));
            for (size_t k = 0; k < n; k++)
                EXPECT(seen[k] != stream, "'%s', history %llx: stream %u is taken", names[i],
                       (unsigned long long)histories[j], stream);
            seen[n++] = stream;
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the published vectors of Philox4x32-10 come out", known_answers),
        SENTENCE("Random123 gives the same words at random counters and keys", random123_agrees),
        SENTENCE("names and histories give streams of their own", stream_numbers),
    };

    return cmocka_run_group_tests_name("random words", tests, NULL, NULL);
}
