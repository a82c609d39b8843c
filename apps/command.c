/* Knows how options are written as a command. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"
#include "page.h"

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

static void put_option(FILE *to, const options *o, const option *row)
{
    const char *field = (const char *)o + row->field;

    fprintf(to, " --%s", row->name);
    switch (row->kind) {
    case FLAG: return;
    case TEXT: put_word(to, *(const char *const *)(const void *)field); return;
    case COUNT:
    case SIZE:
        fprintf(to, " %llu", (unsigned long long)*(const uint64_t *)(const void *)field);
        return;
    case NUMBER: fprintf(to, " %.17g", *(const double *)(const void *)field); return;
    case PERHAPS: fprintf(to, "=%.17g", *(const double *)(const void *)field); return;
    case PAIR: {
        const double *pair = (const double *)(const void *)field;

        fprintf(to, " %.17g %.17g", pair[0], pair[1]);
        return;
    }
    case CHOICE: {
        const char *words = row->value;

        for (int i = *(const int *)(const void *)field; i > 0; i--)
            words = strchr(words, '|') + 1;
        fprintf(to, " %.*s", (int)strcspn(words, "|"), words);
        return;
    }
    }
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

char *command_of(const options *o, unsigned tool, const char *in, const char *out)
{
    const bool has_spec = !o->palette && !o->channels;
    const option *rows;
    const size_t n = option_rows(&rows);
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (!to)
        return NULL;
    fputs("bitcrush", to);
    put_path(to, in);
    if (has_spec)
        put_word(to, o->operands[o->n_operands - 1]);
    for (size_t i = 0; i < n; i++)
        if (o->given[i] && !is_about_output(rows[i].name))
            put_option(to, o, &rows[i]);
    if ((tool & (TOOL_IMAGE | TOOL_AUDIO)) || o->dither)
        fprintf(to, " --seed %llu", (unsigned long long)o->seed);
    fputs(" --output", to);
    put_path(to, o->is_page_only ? page_name(out) : out);
    return finish(to, &text);
}

char *command_on(const char *path, const char *rest)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (!to)
        return NULL;
    fputs("bitcrush", to);
    put_path(to, path);
    fprintf(to, " %s", rest);
    return finish(to, &text);
}
