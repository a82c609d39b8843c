/* Knows how shells complete words: scripts for bash, zsh and fish, rendered from the table of
 * options. */
#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "option_texts.h"
#include "options.h"

/* Text inside single quotes: 'it'\''s' is one word to all three shells. What `special` names has a
 * meaning to a program behind the shell and gets a backslash. */
static void put_quoted(const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            printf("'\\''");
            continue;
        }
        if (strchr(special, *text))
            putchar('\\');
        putchar(*text);
    }
}

/* The words of a CHOICE, with spaces between. */
static void put_words(const char *value)
{
    for (; *value; value++)
        putchar(*value == '|' ? ' ' : *value);
}

static bool takes_file(const option *o)
{
    return o->kind == TEXT && strstr(o->value, "FILE") != NULL;
}

static void put_programs(void)
{
    const program *const *all;
    const size_t n = programs(&all);

    for (size_t i = 0; i < n; i++)
        printf(" %s", all[i]->name);
    printf("\n");
}

static void complete_bash(void)
{
    const option *rows;
    const size_t n = option_rows(&rows);

    printf("_bitcrush() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    case $before in\n");
    for (const option *o = rows; o < rows + n; o++) {
        if (o->kind != CHOICE)
            continue;
        printf("    --%s) COMPREPLY=($(compgen -W '", o->name);
        put_words(o->value);
        printf("' -- \"$word\")); return ;;\n");
    }
    printf("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W '");
    for (const option *o = rows; o < rows + n; o++)
        printf("%s--%s", o == rows ? "" : " ", o->name);
    printf("' -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
           "complete -o filenames -F _bitcrush");
    put_programs();
}

/* What stands in brackets, and before and between the colons, of a specification for _arguments. */
static const char zsh_special[] = "\\[]:";

static void put_zsh_value(const option *o)
{
    /* :: before a value that may be missing */
    const char *second = o->kind == PAIR ? strchr(o->value, ' ') : NULL;
    char first[32];

    snprintf(first, sizeof first, "%.*s", (int)(second ? second - o->value : 31), o->value);
    printf(o->kind == PERHAPS ? "::" : ":");
    put_quoted(o->kind == CHOICE ? o->name : first, zsh_special);
    printf(":");
    if (o->kind == CHOICE) {
        printf("(");
        put_words(o->value);
        printf(")");
    }
    if (takes_file(o))
        printf("_files");
    if (second)
        printf(":%s:", second + 1);
}

/* One way of writing an option: -o or --output, neither of which is offered after the other. */
static void put_zsh_way(const option *o, const char *way, const char *value_follows)
{
    printf("        '");
    if (o->letter)
        printf("(-%c --%s)", o->letter, o->name);
    printf("%s%s[", way, o->kind == FLAG ? "" : value_follows);
    put_quoted(o->doc, zsh_special);
    printf("]");
    if (o->kind != FLAG)
        put_zsh_value(o);
    printf("' \\\n");
}

static void put_zsh_program(const program *p)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    char way[40];

    printf("    %s)\n        _arguments \\\n", p->name);
    for (const option *o = rows; o < rows + n; o++) {
        if (!(o->tools & p->tools))
            continue;
        snprintf(way, sizeof way, "--%s", o->name);
        put_zsh_way(o, way, o->kind == PERHAPS ? "=-" : "=");
        snprintf(way, sizeof way, "-%c", o->letter);
        if (o->letter)
            put_zsh_way(o, way, "+");
    }
    printf("        '*:file:_files' ;;\n");
}

/* Serves as a file _bitcrush in fpath, whose body zsh takes for the function, and to eval. */
static void complete_zsh(void)
{
    const program *const *all;
    const size_t n_programs = programs(&all);

    printf("#compdef");
    put_programs();
    printf("_bitcrush() {\n    case $service in\n");
    for (size_t i = 0; i < n_programs; i++)
        put_zsh_program(all[i]);
    printf("    esac\n}\n"
           "if [[ ${funcstack[1]} == _bitcrush ]]; then\n    _bitcrush \"$@\"\n"
           "else\n    compdef _bitcrush");
    put_programs();
    printf("fi\n");
}

static void put_fish_option(const program *p, const option *o)
{
    printf("complete -c %s -l %s", p->name, o->name);
    if (o->letter)
        printf(" -s %c", o->letter);
    if (o->kind != FLAG && o->kind != PERHAPS)
        printf(takes_file(o) ? " -r" : " -x");
    if (o->kind == CHOICE) {
        printf(" -a '");
        put_words(o->value);
        putchar('\'');
    }
    printf(" -d '");
    put_quoted(o->doc, "\\");
    printf("'\n");
}

static void complete_fish(void)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    const program *const *all;
    const size_t n_programs = programs(&all);

    for (size_t p = 0; p < n_programs; p++)
        for (const option *o = rows; o < rows + n; o++)
            if (o->tools & all[p]->tools)
                put_fish_option(all[p], o);
}

bc_status print_completion(const char *shell, bc_error *err)
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
    return bc_error_say(err, BC_E_USAGE,
                        "--completion %s: unknown shell, expected bash, zsh or fish", shell);
}
