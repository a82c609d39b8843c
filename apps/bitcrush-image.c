/* The program bitcrush-image. */
#include "idle.h"
#include "image_tool.h"

int main(int argc, char **argv)
{
    static const tool *const tools[] = { &image_tool };

    idle_passively(argv);
    return tool_run(&program_image, tools, 1, VERB_REDUCE, argc, argv);
}
