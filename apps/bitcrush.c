/* The program bitcrush: finds the tool for a file, by verb or by content. */
#include <string.h>

#include "audio_tool.h"
#include "idle.h"
#include "image_tool.h"
#include "tensor_tool.h"

static const tool *const tools[] = { &image_tool, &audio_tool, &tensor_tool };

enum { N_TOOLS = sizeof tools / sizeof *tools };

/* Verbs, and which tools they go to. */
static const struct {
    const char *name;
    tool_verb verb;
    size_t first_tool, n_tools;
} verbs[] = {
    { "image", VERB_REDUCE, 0, 1 },          { "audio", VERB_REDUCE, 1, 1 },
    { "compare", VERB_COMPARE, 0, N_TOOLS }, { "restore", VERB_RESTORE, 1, 1 },
    { "tensor", VERB_REDUCE, 2, 1 },         { "info", VERB_INFO, 2, 1 },
};

int main(int argc, char **argv)
{
    idle_passively(argv);
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            argv[1] = argv[0];
            return tool_run(&program_bitcrush, tools + verbs[i].first_tool, verbs[i].n_tools,
                            verbs[i].verb, argc - 1, argv + 1);
        }
    }
    return tool_run(&program_bitcrush, tools, N_TOOLS, VERB_REDUCE, argc, argv);
}
