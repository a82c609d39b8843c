/* The program bitcrush-audio. */
#include "idle.h"
#include "verbs.h"

int main(int argc, char **argv)
{
    const verb v = verb_reduce(&bc_sound);

    idle_passively(argv);
    return run_program(&program_audio, &v, argc, argv);
}
