/* Knows how settings are written as a command. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/noise.h"
#include "option_table.h"

/* What says where and how to write and report, not what. */
static bool is_about_output(const char *name)
{
    static const char *const names[] = { "output", "force",  "dry-run", "quiet",
                                         "json",   "report", "threads", "progress",
                                         "color",  "plot",   "seed",    "min-snr" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* A word, in quotes where a shell would take it for something else. */
static void put_word(FILE *to, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./@%";

    if (*word && word[strspn(word, plain)] == '\0') {
        fprintf(to, " %s", word);
        return;
    }
    fputs(" '", to);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", to);
        else
            fputc(*word, to);
    fputc('\'', to);
}

/* A path, which is no option even where it begins like one. */
static void put_path(FILE *to, const char *path)
{
    char with_directory[4096];

    snprintf(with_directory, sizeof with_directory, "./%s", path);
    put_word(to, *path == '-' ? with_directory : path);
}

/* A setting as an option. */
static void put_setting(FILE *to, const bc_setting *s)
{
    const option *row = option_row_of(s->key, strlen(s->key));

    fprintf(to, " --%s", s->key);
    if (row && row->kind == PERHAPS)
        fprintf(to, "%s%s", *s->value ? "=" : "", s->value);
    else if (*s->value)
        put_word(to, s->value);
}

/* The text of a memory stream, which is read once the stream is closed; NULL when memory is
 * short. */
static char *finish(FILE *to, char **text)
{
    if (fclose(to) == 0)
        return *text;
    free(*text);
    return NULL;
}

/* `bitcrush PATH SPEC` to a memory stream, NULL when memory is short; spec: or NULL. */
static FILE *begin(const char *path, const char *spec, char **text, size_t *size)
{
    FILE *to = open_memstream(text, size);

    if (!to)
        return NULL;
    fputs("bitcrush", to);
    put_path(to, path);
    if (spec)
        put_word(to, spec);
    return to;
}

char *command_of(const options *o, const bc_request *request, bool has_spec, const char *in,
                 const char *out)
{
    const bc_settings *settings = &request->settings;
    const char *seed = bc_setting_value(settings, "seed");
    char *text = NULL;
    size_t size;
    FILE *to = begin(in, has_spec ? o->operands[o->n_operands - 1] : NULL, &text, &size);

    if (!to)
        return NULL;
    for (size_t i = 0; i < settings->n; i++)
        if (!is_about_output(settings->rows[i].key))
            put_setting(to, &settings->rows[i]);
    if (seed)
        fprintf(to, " --seed %s", seed);
    else
        fprintf(to, " --seed %llu", (unsigned long long)BC_DEFAULT_SEED);
    fputs(" --output", to);
    put_path(to, out);
    return finish(to, &text);
}

char *command_on(const char *path, const char *spec, const bc_settings *settings)
{
    char *text = NULL;
    size_t size;
    FILE *to = begin(path, spec, &text, &size);

    for (size_t i = 0; to && i < settings->n; i++)
        put_setting(to, &settings->rows[i]);
    return to ? finish(to, &text) : NULL;
}
