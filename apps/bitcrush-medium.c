/* The programs for one medium each, of which the build says MEDIUM and PROGRAM. */
#include "idle.h"
#include "verbs.h"

int main(int argc, char **argv)
{
    const verb v = verb_reduce(&MEDIUM);

    idle_passively(argv);
    return run_program(&PROGRAM, &v, argc, argv);
}
