/* The program bitcrush: finds the tool for a file, by verb or by content. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio_tool.h"
#include "explain.h"
#include "idle.h"
#include "image_tool.h"
#include "suggest.h"
#include "tensor_tool.h"

/* Those that know files come first. */
static const tool *const tools[] = { &image_tool, &audio_tool, &tensor_tool, &explain_tool };

enum { N_TOOLS = sizeof tools / sizeof *tools - 1 };

/* Verbs, and which tools they go to. */
static const struct {
    const char *name;
    tool_verb verb;
    size_t first_tool, n_tools;
    const program *own; /* with options of its own, or NULL */
} verbs[] = {
    { "image", VERB_REDUCE, 0, 1, NULL },
    { "audio", VERB_REDUCE, 1, 1, NULL },
    { "compare", VERB_COMPARE, 0, N_TOOLS, NULL },
    { "restore", VERB_RESTORE, 1, 1, NULL },
    { "tensor", VERB_REDUCE, 2, 1, NULL },
    { "info", VERB_INFO, 0, N_TOOLS, NULL },
    { "sweep", VERB_SWEEP, 0, N_TOOLS, &program_sweep },
    { "report", VERB_REPORT, 0, N_TOOLS, NULL },
    { "explain", VERB_EXPLAIN, 3, 1, &program_explain },
};

/* The verb that a word may be a slip of, NULL where it is a file or no word. */
static const char *near_verb(const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *near = NULL;

    if (word[strspn(word, letters)] || access(word, F_OK) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        near = suggest(near, verbs[i].name, word);
    return near;
}

int main(int argc, char **argv)
{
    idle_passively(argv);
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            argv[1] = argv[0];
            return tool_run(verbs[i].own ? verbs[i].own : &program_bitcrush,
                            tools + verbs[i].first_tool, verbs[i].n_tools, verbs[i].verb, argc - 1,
                            argv + 1);
        }
    }
    const char *near = argc > 1 ? near_verb(argv[1]) : NULL;

    if (near) {
        fprintf(stderr, "bitcrush: %s: no file of that name, did you mean bitcrush %s?\n", argv[1],
                near);
        return BC_E_USAGE;
    }
    return tool_run(&program_bitcrush, tools, N_TOOLS, VERB_REDUCE, argc, argv);
}
