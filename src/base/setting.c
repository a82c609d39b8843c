/* Knows how a text becomes the value of a setting. */
#include "bitcrush/setting.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/reading.h"

const char *bc_setting_value(const bc_settings *s, const char *key)
{
    for (size_t i = s->n; i > 0; i--)
        if (strcmp(s->rows[i - 1].key, key) == 0)
            return s->rows[i - 1].value;
    return NULL;
}

const bc_setting_row *bc_setting_row_of(const bc_setting_row *rows, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

bc_status bc_setting_refuse(bc_error *err, const char *key, const char *value, const char *format,
                            ...)
{
    char why[sizeof err->text];
    va_list args;

    va_start(args, format);
    bci_vformat(why, sizeof why, format, args);
    va_end(args);
    (void)bci_fail(err, BC_E_USAGE, "%s%s%s: %s", key, *value ? " " : "", value, why);
    if (err)
        err->setting = key;
    return BC_E_USAGE;
}

bc_status bc_setting_unknown(bc_error *err, const char *key, const char *value, const char *near,
                             const char *expected)
{
    return near ? bc_setting_refuse(err, key, value, "unknown, did you mean %s?", near)
                : bc_setting_refuse(err, key, *value ? value : "\"\"", "%s", expected);
}

static bool set_flag(const char *text, bool *to)
{
    *to = strcmp(text, "no") != 0;
    return *text == '\0' || strcmp(text, "yes") == 0 || !*to;
}

/* What is kept of a number of `size` bytes. */
static void put_count(uint64_t v, size_t size, void *to)
{
    const uint32_t small = (uint32_t)v;

    memcpy(to, size == sizeof small ? (const void *)&small : (const void *)&v, size);
}

static bc_status set_count(const bc_setting_row *row, const char *text, void *to, bc_error *err)
{
    const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    /* The largest of 64 bits is no double. */
    const uint64_t max = row->max < 0x1p63 ? (uint64_t)row->max : UINT64_MAX;
    char *end;

    errno = 0;
    const unsigned long long v = strtoull(text, &end, is_hex ? 16 : 10);

    if (*text >= '0' && *text <= '9' && !*end && !errno && v <= max && (double)v >= row->min) {
        put_count(v, row->size, to);
        return BC_OK;
    }
    if (max == UINT64_MAX)
        return bc_setting_refuse(err, row->key, text, "expected a whole number of 64 bits");
    return bc_setting_refuse(err, row->key, text, "expected a whole number from %.0f to %llu",
                             row->min, (unsigned long long)max);
}

static bc_status set_number(const bc_setting_row *row, const char *text, double *to, bc_error *err)
{
    char *end;

    if (!*text && row->words)
        text = row->words;
    const double v = bci_read_double(text, &end);

    if (end == text || *end || !(v >= row->min && v <= row->max))
        return bc_setting_refuse(err, row->key, text, "expected a number from %.10g to %.10g",
                                 row->min, row->max);
    *to = v;
    return BC_OK;
}

/* "A..B", each of them a number by itself. */
static bc_status set_pair(const bc_setting_row *row, const char *text, double *to, bc_error *err)
{
    const char *dots = strstr(text, "..");
    char first[64];
    double ends[2];
    bc_status st;

    if (!dots || (size_t)(dots - text) >= sizeof first)
        return bc_setting_refuse(err, row->key, text, "expected two numbers, A..B");
    memcpy(first, text, (size_t)(dots - text));
    first[dots - text] = '\0';
    st = set_number(row, first, &ends[0], err);
    if (!st)
        st = set_number(row, dots + 2, &ends[1], err);
    if (!st)
        memcpy(to, ends, sizeof ends);
    return st;
}

static bc_status set_choice(const bc_setting_row *row, const char *text, int *to, bc_error *err)
{
    int place = 0;

    for (const char *at = row->words; *at; place++) {
        const size_t n = strcspn(at, "|");

        if (strlen(text) == n && strncmp(at, text, n) == 0) {
            *to = place;
            return BC_OK;
        }
        at += n + (at[n] == '|');
    }
    return bc_setting_refuse(err, row->key, text, "unknown, expected %s", row->words);
}

bc_status bc_setting_set(const bc_setting_row *row, const char *value, void *to, bc_error *err)
{
    union {
        bool flag;
        uint64_t count;
        double number, pair[2];
        int choice;
        const char *text;
    } unused;
    void *field = to ? (char *)to + row->field : (void *)&unused;

    switch (row->kind) {
    case BC_SETTING_FLAG:
        return set_flag(value, field)
                   ? BC_OK
                   : bc_setting_refuse(err, row->key, value, "expected yes or no");
    case BC_SETTING_COUNT: return set_count(row, value, field, err);
    case BC_SETTING_SIZE:
        return bc_size_parse(value, field)
                   ? BC_OK
                   : bc_setting_refuse(err, row->key, value,
                                       "expected a size in bytes, such as 512M, 2GiB or 65536");
    case BC_SETTING_NUMBER: return set_number(row, value, field, err);
    case BC_SETTING_CHOICE: return set_choice(row, value, field, err);
    case BC_SETTING_TEXT:
        *(const char **)field = value;
        return *value ? BC_OK : bc_setting_refuse(err, row->key, value, "expected a text");
    case BC_SETTING_PAIR: return set_pair(row, value, field, err);
    }
    return BC_OK;
}

bc_status bc_settings_fill(const bc_setting_row *rows, size_t n, const bc_settings *given, void *to,
                           bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < given->n; i++) {
        const bc_setting_row *row = bc_setting_row_of(rows, n, given->rows[i].key);

        st = row ? bc_setting_set(row, given->rows[i].value, to, err)
                 : bci_fail(err, BC_E_USAGE, "%s: no setting here", given->rows[i].key);
    }
    return st;
}
