/* The words of a group: every medium's own are taken, those of others are said to be theirs. */
#include <string.h>

#include "bitcrush/medium.h"
#include "bitcrush/study.h"
#include "expect.h"

static bc_status prepare(const bc_medium *m, const char *spec, const char *group, bc_error *err)
{
    const bc_setting rows[] = { { "scale", "absmax" }, { "dither", "none" }, { "group", group } };
    const bc_request request = { .settings = { rows, 3 } };
    void *job = NULL;
    const bc_status st = m->prepare(spec, &request, &job, err);

    m->release(job);
    return st;
}

static const struct {
    const bc_medium *medium;
    const char *spec, *taken, *expected;
} media[] = {
    { &bc_pictures, "4", " all channel row 1 2 32 65536 70000 ",
      "expected all, channel, row, or a number of samples" },
    { &bc_sound, "8", " all channel 1 2 32 65536 ",
      "expected all, channel, or a number of frames from 1 to 65536" },
    { &bc_weights, "int4", " all tensor row 8 32 65536 ",
      "expected all, tensor, row, or a number of weights from 8 to 65536, a multiple of 8" },
    { &bc_tables, "4", " all column 2 32 65536 ",
      "expected all, column, or a number of cells from 2 to 65536" },
};

static void words_and_numbers(void **state)
{
    static const struct {
        const char *group, *of;
    } rows[] = {
        { "all", NULL },
        { "tensor", "weights" },
        { "row", "pictures and weights" },
        { "channel", "pictures and sound" },
        { "column", "tables" },
        { "0", NULL },
        { "1", NULL },
        { "2", NULL },
        { "32", NULL },
        { "65536", NULL },
        { "70000", NULL },
        { "8x", NULL },
        { "-8", NULL },
        { "any", NULL },
        { "18446744073709551624", NULL }, /* 2^64 + 8 */
    };

    (void)state;
    for (size_t m = 0; m < sizeof media / sizeof *media; m++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char own[32], other[64] = "";
            bc_error err = { 0 };
            const bc_status st = prepare(media[m].medium, media[m].spec, rows[i].group, &err);

            snprintf(own, sizeof own, " %s ", rows[i].group);
            if (rows[i].of)
                snprintf(other, sizeof other, "is for %s, ", rows[i].of);
            if (strstr(media[m].taken, own))
                EXPECT(st == BC_OK, "%s %s: %s", media[m].medium->name, rows[i].group, err.text);
            else
                EXPECT(st == BC_E_USAGE && strstr(err.text, media[m].expected) &&
                           strstr(err.text, other),
                       "%s %s: %s", media[m].medium->name, rows[i].group, err.text);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("each medium takes its words and names them where it refuses others",
                 words_and_numbers),
    };

    return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
