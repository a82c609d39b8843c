/* The program bitcrush-image. */
#include "idle.h"
#include "verbs.h"

int main(int argc, char **argv)
{
    const verb v = verb_reduce(&bc_pictures);

    idle_passively(argv);
    return run_program(&program_image, &v, argc, argv);
}
