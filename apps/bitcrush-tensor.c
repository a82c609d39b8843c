/* The program bitcrush-tensor. */
#include "idle.h"
#include "verbs.h"

int main(int argc, char **argv)
{
    const verb v = verb_reduce(&bc_weights);

    idle_passively(argv);
    return run_program(&program_tensor, &v, argc, argv);
}
