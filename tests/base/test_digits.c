/* Doubles and their digits: known texts, and every text and number against the C library, which
 * reads and writes exactly. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "base/digits.h"

static const struct {
    double x;
    const char *text;
} known[] = {
    { 0.0, "0" },
    { -0.0, "-0" },
    { 1.0, "1" },
    { -1.5, "-1.5" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3.0, "0.3333333333333333" },
    { 100.0, "100" },
    { 1e16, "10000000000000000" },
    { 1e17, "1e+17" },
    { 1e21, "1e+21" },
    { 1e23, "1e+23" }, /* which is no sum of powers of two: the nearest double reads back */
    { 0.00001, "0.00001" },
    { 0.000001, "1e-06" },
    { 5e-324, "5e-324" },
    { DBL_MIN, "2.2250738585072014e-308" },
    { DBL_MAX, "1.7976931348623157e+308" },
    { 9007199254740992.0, "9007199254740992" },
    { 123456.0, "123456" },
    { 2.2250738585072011e-308, "2.225073858507201e-308" },
    { 0x1p-20, "9.5367431640625e-07" },
};

static void known_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[BCI_SHORTEST + 1];
        const size_t n = bci_write_shortest(known[i].x, '.', text);

        text[n] = '\0';
        EXPECT(strcmp(text, known[i].text) == 0, "%a: `%s`, expected `%s`", known[i].x, text,
               known[i].text);
    }
    char text[BCI_SHORTEST];

    assert_int_equal(bci_write_shortest(-2.5, ',', text), 4);
    assert_memory_equal(text, "-2,5", 4);
}

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    return *s ^= *s << 17;
}

/* A double of one of the kinds that files have, or of any bits. */
static double some_double(uint64_t *s, unsigned kind)
{
    static const double tens[] = { 1, 10, 100, 1e3, 1e4, 1e5 };
    double x;
    uint64_t bits;

    switch (kind) {
    case 0: return (double)(int64_t)(next(s) % 2000001 - 1000000) / tens[next(s) % 6];
    case 1: return ldexp((double)(next(s) >> 11), -(int)(next(s) % 100));
    case 2: return ldexp(1.0, (int)(next(s) % 200) - 100); /* below, doubles are denser */
    case 3: return (double)(next(s) % 64) / 63.0 * 17.3 - 4.1;
    default:
        do {
            bits = next(s);
            memcpy(&x, &bits, sizeof x);
        } while (!isfinite(x));
        return x;
    }
}

/* The digits of a text without point and zeros at the ends. */
static void digits_of(const char *text, char *digits)
{
    size_t n = 0;

    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0'))
            digits[n++] = *text;
    while (n > 0 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
}

static void fewest_and_nearest_digits(void **state)
{
    uint64_t s = UINT64_C(88172645463325252);

    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        const double x = some_double(&s, i % 5);
        char text[BCI_SHORTEST + 1], by_library[40], a[40], b[40];
        int places = 0;
        const size_t n = bci_write_shortest(x, '.', text);

        text[n] = '\0';
        const double back = strtod(text, NULL);

        EXPECT(memcmp(&back, &x, sizeof x) == 0, "%a: `%s` is %a", x, text, back);
        if (x == 0.0)
            continue;
        do
            snprintf(by_library, sizeof by_library, "%.*e", places, x);
        while (strtod(by_library, NULL) != x && places++ < 17);
        digits_of(text, a);
        digits_of(by_library, b);
        /* Of a power of two a text above may be shorter than the nearest of its length that reads
         * back. */
        EXPECT(strcmp(a, b) == 0 || strlen(a) < strlen(b), "%a: `%s`, of the C library `%s`", x,
               text, by_library);
        int power;
        const uint64_t w = bci_shortest_decimal(x, &power);

        snprintf(by_library, sizeof by_library, "%llu", (unsigned long long)w);
        EXPECT(strcmp(a, by_library) == 0, "%a: digits %s, expected %s", x, by_library, a);
        EXPECT(bci_double_of_digits(w, power) == fabs(x), "%a is not %se%d", x, by_library, power);
    }
}

/* Texts with up to 30 digits, a point anywhere, exponents up to and beyond the ends of doubles. */
static void nearest_double(void **state)
{
    uint64_t s = UINT64_C(0x9E3779B97F4A7C15);

    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        const int n_digits = 1 + (int)(next(&s) % 30), point = (int)(next(&s) % 32);
        char text[64];
        size_t n = 0;

        if (next(&s) % 2)
            text[n++] = '-';
        for (int k = 0; k < n_digits; k++) {
            if (k == point)
                text[n++] = '.';
            text[n++] = (char)('0' + next(&s) % 10);
        }
        if (next(&s) % 2) {
            const int reach = next(&s) % 8 ? 30 : 340;

            n += (size_t)snprintf(text + n, sizeof text - n, "e%d",
                                  (int)(next(&s) % (unsigned)(2 * reach)) - reach);
        }
        text[n] = '\0';
        const double expected = strtod(text, NULL);
        double got = NAN, plain = NAN;

        assert_int_equal(bci_read_digits(text, n, '.', &got), n);
        EXPECT(memcmp(&got, &expected, sizeof got) == 0, "`%s`: %a, expected %a", text, got,
               expected);
        const char *end = bci_read_plain(text, '.', &plain);

        if (end && !*end)
            EXPECT(memcmp(&plain, &expected, sizeof plain) == 0, "`%s`: fast %a, expected %a", text,
                   plain, expected);
    }
}

/* Half way between two doubles, and by a digit far behind beyond it (Clinger 1990). */
static void half_ways(void **state)
{
    char text[1200];
    double x;

    (void)state;
    assert_int_equal(bci_read_digits("9007199254740993", 16, '.', &x), 16);
    assert_true(x == 9007199254740992.0);
    assert_int_equal(bci_read_digits("9007199254740993.0000000001", 27, '.', &x), 27);
    assert_true(x == 9007199254740994.0);
    memcpy(text, "9007199254740993.", 17);
    memset(text + 17, '0', 1100);
    assert_int_equal(bci_read_digits(text, 1117, '.', &x), 1117);
    assert_true(x == 9007199254740992.0);
    text[1116] = '1';
    assert_int_equal(bci_read_digits(text, 1117, '.', &x), 1117);
    assert_true(x == 9007199254740994.0);
    memset(text, '0', 1100);
    assert_int_equal(bci_read_digits(text, 1100, '.', &x), 1100);
    assert_true(x == 0.0);
}

static void no_numbers(void **state)
{
    static const struct {
        const char *text;
        size_t n;
    } rows[] = { { "", 0 },      { "-", 0 },   { "+", 0 },   { ".", 0 },     { "-.", 0 },
                 { "e5", 0 },    { "x1", 0 },  { "nan", 0 }, { " 1", 0 },    { "1", 1 },
                 { "1.", 2 },    { ".5", 2 },  { "1e", 1 },  { "1e+", 1 },   { "1e5", 3 },
                 { "1.5.2", 3 }, { "0x1", 1 }, { "1,5", 1 }, { "1e5e5", 3 }, { "+1", 2 } };
    double x;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT(bci_read_digits(rows[i].text, strlen(rows[i].text), '.', &x) == rows[i].n,
               "`%s`: %zu characters", rows[i].text,
               bci_read_digits(rows[i].text, strlen(rows[i].text), '.', &x));
    assert_int_equal(bci_read_digits("1,5", 3, ',', &x), 3);
    assert_true(x == 1.5);
    assert_int_equal(bci_read_digits("1e999999999999", 14, '.', &x), 14);
    assert_true(isinf(x));
    assert_int_equal(bci_read_digits("1e-999999999999", 15, '.', &x), 15);
    assert_true(x == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts),    cmocka_unit_test(fewest_and_nearest_digits),
        cmocka_unit_test(nearest_double), cmocka_unit_test(half_ways),
        cmocka_unit_test(no_numbers),
    };

    return cmocka_run_group_tests_name("base: digits", tests, NULL, NULL);
}
