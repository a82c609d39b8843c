/* The program bitcrush-tensor. */
#include "idle.h"
#include "tensor_tool.h"

int main(int argc, char **argv)
{
    static const tool *const tools[] = { &tensor_tool };

    idle_passively(argv);
    return tool_run(&program_tensor, tools, 1, VERB_REDUCE, argc, argv);
}
