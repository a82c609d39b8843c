/* Knows the options: the table, and what is rendered from it. */
#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/noise.h"
#include "suggest.h"

typedef enum { FLAG, TEXT, COUNT, NUMBER, CHOICE } kind;

typedef struct {
    char letter; /* 0: none */
    const char *name;
    kind kind;
    const char *value; /* what --help calls it; a CHOICE's words, separated by '|' */
    size_t field;
    double min, max;
    const char *doc;
} option;

#define FIELD(name) offsetof(options, name)

/* clang-format off */
static const option table[] = {
    { 'o', "output",     TEXT,   "FILE",   FIELD(output),   0, 0, "write to FILE; - is standard output" },
    { 'f', "force",      FLAG,   NULL,     FIELD(force),    0, 0, "replace an existing output" },
    { 0,   "strip",      FLAG,   NULL,     FIELD(strip),    0, 0, "keep no metadata but what shows the picture right" },
    { 'n', "dry-run",    FLAG,   NULL,     FIELD(dry_run),  0, 0, "do everything but write; report size and SNR" },
    { 'q', "quiet",      FLAG,   NULL,     FIELD(quiet),    0, 0, "no report" },
    { 0,   "json",       FLAG,   NULL,     FIELD(json),     0, 0, "report as JSON" },
    { 0,   "dither",     TEXT,   "NAME",   FIELD(dither),   0, 0, "how to dither, see --list; default floyd-steinberg" },
    { 0,   "palette",    TEXT,   "N|NAME|FILE", FIELD(palette), 0, 0, "instead of BITS: N fitted colours, one of --list, or a file" },
    { 0,   "channels",   TEXT,   "R,G,B",  FIELD(channels), 0, 0, "bits of each channel instead of BITS, as 5,6,5 or 4,4,4,4" },
    { 0,   "gray",       FLAG,   NULL,     FIELD(gray),     0, 0, "turn colours to grey first: BT.709 luma in linear light" },
    { 0,   "light",      CHOICE, "linear|coded",     FIELD(light),    0, 0, "where dithered errors are summed" },
    { 0,   "scan",       CHOICE, "serpentine|raster", FIELD(scan),    0, 0, "the way of error diffusion over the lines" },
    { 0,   "strength",   NUMBER, "X",      FIELD(strength), 0, 1, "share of the error that is diffused, 0 to 1" },
    { 0,   "rounding",   CHOICE, "nearest|truncate", FIELD(rounding), 0, 0, "truncate is the bare bit shift, undithered" },
    { 0,   "seed",       COUNT,  "N",      FIELD(seed),     0, 18446744073709551615.0, "seed of the noise" },
    { 0,   "fast",       FLAG,   NULL,     FIELD(fast),     0, 0, "compress less, in less time" },
    { 0,   "small",      FLAG,   NULL,     FIELD(small),    0, 0, "compress more, in more time" },
    { 0,   "threads",    COUNT,  "N",      FIELD(threads),  0, 1024, "threads; 0 is one per core; never changes the bytes" },
    { 0,   "min-snr",    NUMBER, "DB",     FIELD(min_snr),  -1000, 1000, "write nothing and exit 9 when the SNR is lower" },
    { 0,   "list",       FLAG,   NULL,     FIELD(list),     0, 0, "list dithers, palettes, grids and file formats" },
    { 0,   "progress",   CHOICE, "auto|always|never", FIELD(progress), 0, 0, "progress on standard error" },
    { 0,   "color",      CHOICE, "auto|always|never", FIELD(color),    0, 0, "bold labels in the report" },
    { 'h', "help",       FLAG,   NULL,     FIELD(help),     0, 0, "print this text" },
    { 'V', "version",    FLAG,   NULL,     FIELD(version),  0, 0, "print the version" },
    { 0,   "man",        FLAG,   NULL,     FIELD(man),      0, 0, "print the man page" },
    { 0,   "completion", TEXT,   "SHELL",  FIELD(completion), 0, 0, "print completions for bash, zsh or fish" },
};
/* clang-format on */

enum { N_OPTIONS = sizeof table / sizeof *table };

static const struct {
    int status;
    const char *meaning;
} exits[] = {
    { 0, "ok" },
    { 2, "usage" },
    { 3, "cannot open" },
    { 4, "corrupt input" },
    { 5, "unsupported" },
    { 6, "refuses to overwrite" },
    { 7, "write failed" },
    { 8, "over a limit" },
    { 9, "quality gate not met" },
    { 70, "internal error" },
    { 130, "interrupted" },
};

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

/* --- parsing ------------------------------------------------------------------------- */

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

static bc_status set(const option *o, const char *text, options *out, bc_error *err)
{
    char *field = (char *)out + o->field;

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
    const size_t n = strcspn(argument, "=");
    char typed[64];
    const char *near = NULL;

    snprintf(typed, sizeof typed, "%.*s", (int)n, argument);
    for (int i = 0; i < N_OPTIONS; i++)
        near = suggest(near, table[i].name, typed + strspn(typed, "-"));
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

    for (const option *o = table; o < table + N_OPTIONS; o++) {
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
        const option *o = table;

        while (o < table + N_OPTIONS && o->letter != *at)
            o++;
        if (o == table + N_OPTIONS)
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

    *out = (options){ .seed = BC_DEFAULT_SEED, .min_snr = NAN, .strength = NAN, .operands = argv };
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

/* --- rendering ----------------------------------------------------------------------- */

/* "-o, --output FILE" in `to`. */
static void spell(const option *o, char *to, size_t size)
{
    char letter[5] = "    ";

    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(to, size, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
             o->value ? o->value : "");
}

void options_print_help(const char *program)
{
    char spelled[80];

    printf("usage: %s FILE... BITS [OPTION...]\n"
           "       %s FILE... --palette N|NAME|FILE [OPTION...]\n\n"
           "Reduce the bit depth of pictures and say what it cost. FILE is PNG, JPEG, PNM or\n"
           "PAM, - is standard input; BITS is 1 to 16 a sample. The output is FILE-BITSbit.png\n"
           "(of a palette FILE-Ncolours.png or FILE-NAME.png) beside the input unless -o names\n"
           "another, or a directory for several files.\n\n"
           "`bitcrush compare A B` reports the same figures for any two pictures of one size.\n\n",
           program, program);
    for (const option *o = table; o < table + N_OPTIONS; o++) {
        spell(o, spelled, sizeof spelled);
        printf("  %-36s %s\n", spelled, o->doc);
    }
    printf("\nExit status:\n");
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        printf("  %3d %s\n", exits[i].status, exits[i].meaning);
    printf("\nBITCRUSH_CPU=baseline|v2|v3|v4 forces a level of the vector kernels.\n");
}

/* Text with its hyphens escaped as man(7) wants them. */
static void print_roff(const char *text)
{
    for (; *text; text++)
        printf(*text == '-' ? "\\-" : "%c", *text);
}

void options_print_man(const char *program)
{
    printf(".TH %s 1 \"\" \"bitcrush %s\" \"User Commands\"\n.SH NAME\n", program, BC_VERSION);
    print_roff(program);
    printf(" \\- reduce bit depth and say what it cost\n.SH SYNOPSIS\n.B ");
    print_roff(program);
    printf("\n.I FILE... BITS\n.RI [ OPTION ...]\n.PP\n.B ");
    print_roff(program);
    printf("\n.I FILE...\n.B \\-\\-palette\n.I N|NAME|FILE\n.RI [ OPTION ...]\n.SH OPTIONS\n");
    for (const option *o = table; o < table + N_OPTIONS; o++) {
        printf(".TP\n.B ");
        if (o->letter)
            printf("\\-%c, ", o->letter);
        printf("\\-\\-");
        print_roff(o->name);
        printf("%s%s\n", o->value ? " " : "", o->value ? o->value : "");
        print_roff(o->doc);
        printf("\n");
    }
    printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        printf(".TP\n.B %d\n%s\n", exits[i].status, exits[i].meaning);
}

static void complete_bash(void)
{
    printf("_bitcrush() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    case $before in\n");
    for (const option *o = table; o < table + N_OPTIONS; o++) {
        if (o->kind != CHOICE)
            continue;
        printf("    --%s) COMPREPLY=($(compgen -W '", o->name);
        for (const char *c = o->value; *c; c++)
            putchar(*c == '|' ? ' ' : *c);
        printf("' -- \"$word\")); return ;;\n");
    }
    printf("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W '");
    for (const option *o = table; o < table + N_OPTIONS; o++)
        printf("%s--%s", o == table ? "" : " ", o->name);
    printf("' -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
           "complete -o filenames -F _bitcrush bitcrush bitcrush-image\n");
}

static void complete_zsh(void)
{
    printf("#compdef bitcrush bitcrush-image\n_arguments \\\n");
    for (const option *o = table; o < table + N_OPTIONS; o++) {
        printf("    '--%s%s[%s]", o->name, o->kind == FLAG ? "" : "=", o->doc);
        if (o->kind == CHOICE) {
            printf(":%s:(", o->name);
            for (const char *c = o->value; *c; c++)
                putchar(*c == '|' ? ' ' : *c);
            putchar(')');
        } else if (o->kind != FLAG) {
            printf(":%s:%s", o->value, strcmp(o->value, "FILE") == 0 ? "_files" : "");
        }
        printf("' \\\n");
    }
    printf("    '*:file:_files'\n");
}

static void complete_fish(void)
{
    static const char *const programs[] = { "bitcrush", "bitcrush-image" };

    for (size_t p = 0; p < sizeof programs / sizeof *programs; p++) {
        for (const option *o = table; o < table + N_OPTIONS; o++) {
            printf("complete -c %s -l %s", programs[p], o->name);
            if (o->letter)
                printf(" -s %c", o->letter);
            if (o->kind != FLAG)
                printf(o->kind == CHOICE ? " -x" : " -r");
            if (o->kind == CHOICE) {
                printf(" -a '");
                for (const char *c = o->value; *c; c++)
                    putchar(*c == '|' ? ' ' : *c);
                putchar('\'');
            }
            printf(" -d '%s'\n", o->doc);
        }
    }
}

bc_status options_print_completion(const char *shell, bc_error *err)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } scripts[] = { { "bash", complete_bash }, { "zsh", complete_zsh }, { "fish", complete_fish } };

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (strcmp(shell, scripts[i].shell) == 0) {
            scripts[i].print();
            return BC_OK;
        }
    }
    return usage(err, "--completion %s: unknown shell, expected bash, zsh or fish", shell);
}
