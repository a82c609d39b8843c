/* The program bitcrush: finds what to do by the first word, or by the content of a file. */
#include <stdio.h>
#include <string.h>

#include "idle.h"
#include "verbs.h"

int main(int argc, char **argv)
{
    verb v = verb_reduce(NULL);

    idle_passively(argv);
    for (size_t i = 0; argc > 1 && verb_at(i, &v); i++) {
        if (strcmp(argv[1], v.name) == 0) {
            argv[1] = argv[0];
            return run_program(v.own ? v.own : &program_bitcrush, &v, argc - 1, argv + 1);
        }
    }
    const char *near = argc > 1 ? verb_near(argv[1]) : NULL;

    if (near) {
        fprintf(stderr, "bitcrush: %s: no file of that name, did you mean bitcrush %s?\n", argv[1],
                near);
        return BC_E_USAGE;
    }
    v = verb_reduce(NULL);
    return run_program(&program_bitcrush, &v, argc, argv);
}
