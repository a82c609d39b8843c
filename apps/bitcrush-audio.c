/* The program bitcrush-audio. */
#include "audio_tool.h"
#include "idle.h"

int main(int argc, char **argv)
{
    static const tool *const tools[] = { &audio_tool };

    idle_passively(argv);
    return tool_run(&program_audio, tools, 1, VERB_REDUCE, argc, argv);
}
