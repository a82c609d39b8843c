/* Knows how arguments become options. */
#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/noise.h"
#include "bitcrush/shaper.h"
#include "option_table.h"
#include "suggest.h"

static bc_status usage(bc_error *err, const char *format, ...) BC_PRINTF(2, 3);
static bc_status usage(bc_error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    err->status = BC_E_USAGE;
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return BC_E_USAGE;
}

static bc_status set_choice(const option *o, const char *text, int *to, bc_error *err)
{
    int i = 0;

    for (const char *at = o->value; *at; i++) {
        const size_t n = strcspn(at, "|");

        if (strlen(text) == n && strncmp(at, text, n) == 0) {
            *to = i;
            return BC_OK;
        }
        at += n + (at[n] == '|');
    }
    return usage(err, "--%s %s: unknown, expected %s", o->name, text, o->value);
}

static bc_status set_number(const option *o, const char *text, double *to, bc_error *err)
{
    char *end;
    const double v = strtod(text, &end);

    if (end == text || *end || !(v >= o->min && v <= o->max))
        return usage(err, "--%s %s: expected a number from %g to %g", o->name, text, o->min,
                     o->max);
    *to = v;
    return BC_OK;
}

static bc_status set_count(const option *o, const char *text, uint64_t *to, bc_error *err)
{
    char *end;

    errno = 0;
    const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const unsigned long long v = strtoull(text, &end, is_hex ? 16 : 10);
    /* The largest of 64 bits is no double. */
    const unsigned long long max = o->max < 0x1p63 ? (unsigned long long)o->max : UINT64_MAX;

    if (*text < '0' || *text > '9' || *end || errno || v > max)
        return usage(err, "--%s %s: expected a whole number from 0 to %llu", o->name, text, max);
    *to = v;
    return BC_OK;
}

/* The bit of a row in options.given. */
static uint64_t bit_of(const option *o)
{
    const option *rows;

    (void)option_rows(&rows);
    return UINT64_C(1) << (o - rows);
}

static bc_status set(const option *o, const char *text, options *out, bc_error *err)
{
    char *field = (char *)out + o->field;

    out->given |= bit_of(o);
    switch (o->kind) {
    case FLAG: *(bool *)(void *)field = true; return BC_OK;
    case TEXT:
        *(const char **)(void *)field = text;
        return *text ? BC_OK : usage(err, "--%s: expected %s after it", o->name, o->value);
    case COUNT: return set_count(o, text, (uint64_t *)(void *)field, err);
    case NUMBER: return set_number(o, text, (double *)(void *)field, err);
    case CHOICE: return set_choice(o, text, (int *)(void *)field, err);
    }
    return BC_OK;
}

static bc_status unknown(const char *argument, bc_error *err)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    char typed[64];
    const char *near = NULL;

    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(argument, "="), argument);
    for (size_t i = 0; i < n; i++)
        near = suggest(near, rows[i].name, typed + strspn(typed, "-"));
    if (near)
        return usage(err, "%s: unknown option, did you mean --%s?", typed, near);
    return usage(err, "%s: unknown option, expected one of those that --help lists", typed);
}

/* --name, --name=VALUE or --name VALUE; *i moves past the value. */
static bc_status parse_long(int argc, char **argv, int *i, options *out, bc_error *err)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    const size_t n = equals ? (size_t)(equals - name) : strlen(name);

    const option *rows;
    const size_t n_rows = option_rows(&rows);

    for (const option *o = rows; o < rows + n_rows; o++) {
        if (strlen(o->name) != n || strncmp(o->name, name, n) != 0)
            continue;
        if (o->kind == FLAG && equals)
            return usage(err, "--%s: takes no value, expected it alone", o->name);
        if (o->kind == FLAG || equals)
            return set(o, equals ? equals + 1 : NULL, out, err);
        if (*i + 1 >= argc)
            return usage(err, "--%s: expected %s after it", o->name, o->value);
        return set(o, argv[++*i], out, err);
    }
    return unknown(argv[*i], err);
}

/* -f, -fq, -o FILE or -oFILE. */
static bc_status parse_letters(int argc, char **argv, int *i, options *out, bc_error *err)
{
    for (const char *at = argv[*i] + 1; *at; at++) {
        const option *rows;
        const size_t n = option_rows(&rows);
        const option *o = rows;

        while (o < rows + n && o->letter != *at)
            o++;
        if (o == rows + n)
            return usage(err, "-%c: unknown option, expected one of those that --help lists", *at);
        if (o->kind == FLAG) {
            (void)set(o, NULL, out, err);
            continue;
        }
        if (at[1])
            return set(o, at + 1, out, err);
        if (*i + 1 >= argc)
            return usage(err, "-%c: expected %s after it", *at, o->value);
        return set(o, argv[++*i], out, err);
    }
    return BC_OK;
}

bc_status options_parse(int argc, char **argv, options *out, bc_error *err)
{
    bool only_operands = false;

    *out = (options){ .seed = BC_DEFAULT_SEED,
                      .min_snr = NAN,
                      .strength = NAN,
                      .percent = NAN,
                      .shape_taps = BC_SHAPER_TAPS,
                      .shape_strength = BC_SHAPER_STRENGTH_DB,
                      .operands = argv };
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        bc_status st = BC_OK;

        if (!only_operands && strcmp(a, "--") == 0)
            only_operands = true;
        else if (!only_operands && strncmp(a, "--", 2) == 0)
            st = parse_long(argc, argv, &i, out, err);
        else if (!only_operands && a[0] == '-' && a[1])
            st = parse_letters(argc, argv, &i, out, err);
        else
            out->operands[out->n_operands++] = argv[i];
        if (st)
            return st;
    }
    return BC_OK;
}

static const char *program_of(unsigned tool)
{
    return tool == TOOL_IMAGE    ? "bitcrush-image"
           : tool == TOOL_AUDIO  ? "bitcrush-audio"
           : tool == TOOL_TENSOR ? "bitcrush-tensor"
                                 : "bitcrush sweep";
}

bc_status options_belong(const options *o, unsigned tool, const char *what, bc_error *err)
{
    const option *rows;
    const size_t n = option_rows(&rows);

    for (const option *row = rows; row < rows + n; row++)
        if ((o->given & bit_of(row)) && !(row->tools & tool))
            return usage(
                err, "--%s: not an option for %s%s, expected one of those that %s --help lists",
                row->name, tool & SWEEP_OF(~0u) ? "a sweep of " : "", what, program_of(tool));
    return BC_OK;
}
