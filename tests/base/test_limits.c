/* Limits: sizes as people type them, and the arithmetic of what an input may take. */
#include <stdio.h>
#include <string.h>

#include "../core/expect.h"
#include "base/limits.h"

static const struct {
    const char *text;
    uint64_t bytes; /* 0: refused */
} sizes[] = {
    { "1", 1 },
    { "65536", 65536 },
    { "64K", 65536 },
    { "64k", 65536 },
    { "64 kB", 65536 },
    { "512M", UINT64_C(512) << 20 },
    { "512MB", UINT64_C(512) << 20 },
    { "512 MiB", UINT64_C(512) << 20 },
    { "2GiB", UINT64_C(2) << 30 },
    { "2gib", UINT64_C(2) << 30 },
    { "3 G", UINT64_C(3) << 30 },
    { "1T", UINT64_C(1) << 40 },
    { "100B", 100 },
    { "100 b", 100 },
    { "8388608T", UINT64_C(1) << 63 },
    { "9223372036854775808", UINT64_C(1) << 63 },
    { "", 0 },
    { "0", 0 },
    { "0G", 0 },
    { "-1", 0 },
    { "+1", 0 },
    { " 1", 0 },
    { "1.5G", 0 },
    { "1e9", 0 },
    { "G", 0 },
    { "1  G", 0 },
    { "1 ", 0 },
    { "1P", 0 },
    { "1iB", 0 },
    { "1Gi", 0 },
    { "1GBs", 0 },
    { "0x10", 0 },
    { "8388609T", 0 },
    { "9223372036854775809", 0 },
    { "18446744073709551617", 0 }, /* 2^64 + 1 */
    { "17179869185G", 0 },         /* (2^34 + 1) * 2^30 wraps to 2^30 */
};

static void sizes_are_read_as_people_type_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t bytes = 0;
        const bool is_size = bc_size_parse(sizes[i].text, &bytes);

        EXPECT(is_size == (sizes[i].bytes > 0) && bytes == sizes[i].bytes, "\"%s\": %d, %llu",
               sizes[i].text, is_size, (unsigned long long)bytes);
    }
}

static void sizes_are_shown_with_a_unit(void **state)
{
    (void)state;
    assert_string_equal(bci_show_size(0).text, "0 bytes");
    assert_string_equal(bci_show_size(1).text, "1 byte");
    assert_string_equal(bci_show_size(11).text, "11 bytes");
    assert_string_equal(bci_show_size(1023).text, "1023 bytes");
    assert_string_equal(bci_show_size(1024).text, "1 KiB");
    assert_string_equal(bci_show_size(1536).text, "1.5 KiB");
    assert_string_equal(bci_show_size(BC_MAX_MEMORY).text, "4 GiB");
    assert_string_equal(bci_show_size(UINT64_C(250) << 30).text, "250 GiB");
}

static void what_an_input_takes_is_added_up_to_its_limit(void **state)
{
    const bc_reading reading = { .max_memory = 1000 };
    uint64_t taken = 0;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(bci_take_memory(&reading, &taken, 30, 20, "x: rows", &err), BC_OK);
    assert_int_equal(taken, 600);
    assert_int_equal(bci_take_memory(&reading, &taken, 1, 401, "x: more", &err), BC_E_LIMIT);
    assert_int_equal(taken, 600);
    assert_string_equal(err.text, "x: more takes 1001 bytes of memory, expected at most 1000 bytes "
                                  "(`max-memory`)");
    assert_int_equal(bci_take_memory(&reading, &taken, 400, 1, "x: more", &err), BC_OK);
    assert_int_equal(taken, 1000);
}

/* Products and sums that wrap around 2^64 are no small sizes. */
static void sizes_that_wrap_are_past_every_limit(void **state)
{
    static const struct {
        uint64_t taken, n, size;
    } rows[] = {
        { 0, UINT64_MAX, 2 },
        { 0, UINT64_C(1) << 33, UINT64_C(1) << 31 },
        { 0, UINT64_C(1) << 32, UINT64_C(1) << 32 },
        { 2, UINT64_MAX, 1 },
        { UINT64_MAX, 1, 1 },
    };
    const bc_reading reading = { .max_memory = UINT64_C(1) << 63 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t taken = rows[i].taken;
        const bc_status st = bci_take_memory(&reading, &taken, rows[i].n, rows[i].size, "x", NULL);

        EXPECT(st == BC_E_LIMIT && taken == rows[i].taken, "row %zu: status %d", i, (int)st);
    }
}

static void without_rules_the_defaults_hold(void **state)
{
    const bc_reading zero = { 0 };
    uint64_t taken = 0;

    (void)state;
    assert_int_equal(bci_max_memory(NULL), BC_MAX_MEMORY);
    assert_int_equal(bci_max_memory(&zero), BC_MAX_MEMORY);
    assert_int_equal(bci_max_pixels(NULL), BC_MAX_PIXELS);
    assert_int_equal(bci_max_pixels(&zero), BC_MAX_PIXELS);
    assert_int_equal(bci_take_memory(NULL, &taken, BC_MAX_MEMORY, 1, "x", NULL), BC_OK);
    assert_int_equal(bci_take_memory(NULL, &taken, 1, 1, "x", NULL), BC_E_LIMIT);
    assert_false(bci_is_stopped(NULL));
    assert_false(bci_is_stopped(&zero));
}

static void a_flag_that_is_set_is_an_interrupt(void **state)
{
    volatile sig_atomic_t flag = 0;
    const bc_reading reading = { .stop = &flag };
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(bci_check_stop(&reading, &err), BC_OK);
    flag = 1;
    assert_int_equal(bci_check_stop(&reading, &err), BC_E_INTERRUPTED);
    assert_string_equal(err.text, "interrupted, no output written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_read_as_people_type_them),
        cmocka_unit_test(sizes_are_shown_with_a_unit),
        cmocka_unit_test(what_an_input_takes_is_added_up_to_its_limit),
        cmocka_unit_test(sizes_that_wrap_are_past_every_limit),
        cmocka_unit_test(without_rules_the_defaults_hold),
        cmocka_unit_test(a_flag_that_is_set_is_an_interrupt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
