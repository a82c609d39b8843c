/* Knows what is rendered from the table of options: help and man page. */
#include "option_texts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "options.h"

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

/* " FILE" or "[=MS]" in `to`. */
static void spell_value(const option *o, char *to, size_t size)
{
    const bool is_optional = o->kind == PERHAPS;

    snprintf(to, size, "%s%s%s",
             is_optional ? "[="
             : o->value  ? " "
                         : "",
             o->value ? o->value : "", is_optional ? "]" : "");
}

/* "-o, --output FILE" in `to`. */
static void spell(const option *o, char *to, size_t size)
{
    char letter[5] = "    ";

    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(to, size, "%s--%s", letter, o->name);
    spell_value(o, to + strlen(to), size - strlen(to));
}

static void print_usages(const program *p)
{
    for (const char *const *way = p->usages; *way; way++)
        printf("%s %s %s\n", way == p->usages ? "usage:" : "      ", p->name, *way);
    printf("\n");
}

void print_help(const program *p)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    char spelled[80];

    print_usages(p);
    for (const char *const *about = p->abouts; *about; about++)
        printf("%s\n\n", *about);
    for (const option *o = rows; o < rows + n; o++) {
        if (!(o->tools & p->tools))
            continue;
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

/* The name of the page of a verb: bitcrush-explain. */
static void print_page_name(const char *name)
{
    for (; *name; name++)
        putchar(*name == ' ' ? '-' : *name);
}

void print_man(const program *p)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    char value[80];

    printf(".TH ");
    print_page_name(p->name);
    printf(" 1 \"\" \"bitcrush %s\" \"User Commands\"\n.SH NAME\n", BC_VERSION);
    print_page_name(p->name);
    printf(" \\- reduce bit depth and say what it cost\n.SH SYNOPSIS\n");
    for (const char *const *way = p->usages; *way; way++) {
        printf("%s.B ", way == p->usages ? "" : ".PP\n");
        print_roff(p->name);
        printf("\n");
        print_roff(*way);
        printf("\n");
    }
    printf(".SH DESCRIPTION\n");
    for (const char *const *about = p->abouts; *about; about++) {
        printf(".PP\n");
        print_roff(*about);
        printf("\n");
    }
    printf(".SH OPTIONS\n");
    for (const option *o = rows; o < rows + n; o++) {
        if (!(o->tools & p->tools))
            continue;
        printf(".TP\n.B ");
        if (o->letter)
            printf("\\-%c, ", o->letter);
        printf("\\-\\-");
        print_roff(o->name);
        spell_value(o, value, sizeof value);
        printf("%s\n", value);
        print_roff(o->doc);
        printf("\n");
    }
    printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        printf(".TP\n.B %d\n%s\n", exits[i].status, exits[i].meaning);
}
