/* The program bitcrush: finds the tool for a file, by verb or by content. */
#include <string.h>

#include "idle.h"
#include "image_tool.h"

/* Tools by verb; without one the first serves. */
static const struct {
    const char *verb;
    int (*run)(const char *program, int argc, char **argv);
} tools[] = {
    { "image", image_tool },
    { "compare", compare_tool },
};

int main(int argc, char **argv)
{
    idle_passively(argv);
    for (size_t i = 0; argc > 1 && i < sizeof tools / sizeof *tools; i++) {
        if (strcmp(argv[1], tools[i].verb) == 0) {
            argv[1] = argv[0];
            return tools[i].run("bitcrush", argc - 1, argv + 1);
        }
    }
    return tools[0].run("bitcrush", argc, argv);
}
