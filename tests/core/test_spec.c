/* The grammar of a SPEC: what is taken for what, and what is refused. */
#include <math.h>
#include <string.h>

#include "bitcrush/spec.h"
#include "expect.h"

static const struct {
    const char *text;
    bc_spec_kind kind;
    double bits, levels;
} taken[] = {
    { "1", BC_SPEC_EVEN, 1.0, 2.0 },
    { "8", BC_SPEC_EVEN, 8.0, 256.0 },
    { "4.5", BC_SPEC_EVEN, 4.523561956, 23.0 },
    { "32", BC_SPEC_EVEN, 32.0, 4294967296.0 },
    { "levels23", BC_SPEC_EVEN, 4.523561956, 23.0 },
    { "e2m1", BC_SPEC_GRID, 4.0, 0.0 },
    { "mulaw", BC_SPEC_GRID, 8.0, 0.0 },
    { "pcm12", BC_SPEC_GRID, 12.0, 0.0 },
    { "int3", BC_SPEC_GRID, 2.807354922, 0.0 },
    { "q4_0", BC_SPEC_BLOCKS, 4.5, 0.0 },
    { "nf4", BC_SPEC_BLOCKS, 4.5, 0.0 },
    { "mxfp4", BC_SPEC_BLOCKS, 4.25, 0.0 },
};

static void what_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        bc_spec s;

        EXPECT(bc_spec_named(taken[i].text, &s, NULL) == BC_OK, "%s is refused", taken[i].text);
        EXPECT(s.kind == taken[i].kind, "%s is of kind %d", taken[i].text, (int)s.kind);
        EXPECT(fabs(s.bits - taken[i].bits) < 1e-8, "%s has %.9g bits", taken[i].text, s.bits);
        EXPECT(s.levels == taken[i].levels, "%s has %g levels", taken[i].text, s.levels);
        EXPECT(strcmp(s.name, taken[i].text) == 0, "%s is called %s", taken[i].text, s.name);
        EXPECT((s.kind == BC_SPEC_BLOCKS) == (s.blocks != NULL), "%s: blocks", taken[i].text);
    }
}

static void what_is_refused(void **state)
{
    static const char *const refused[] = { "",
                                           "0",
                                           "0.5",
                                           "33",
                                           "24.5",
                                           "1e1",
                                           "-4",
                                           "nan",
                                           "4 ",
                                           "levels1",
                                           "uniform",
                                           "q4_9",
                                           "levels2.5",
                                           "levels99999999",
                                           "a-name-that-is-longer-than-any-name" };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        bc_error err = { 0 };
        bc_spec s;

        EXPECT(bc_spec_named(refused[i], &s, &err) == BC_E_USAGE && *err.text, "'%s' is taken",
               refused[i]);
    }
    bc_error err = { 0 };
    bc_spec s;

    EXPECT(bc_spec_named("mulow", &s, &err) && strstr(err.text, "nearest: mulaw"), "%s", err.text);
    EXPECT(bc_spec_named("mxfp", &s, &err) && strstr(err.text, "nearest: mxfp"), "%s", err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_taken),
                                        cmocka_unit_test(what_is_refused) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
