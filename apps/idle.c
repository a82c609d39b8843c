/* Knows how threads wait. libgomp reads its policy before main and by default lets idle threads
 * spin: a run on two threads then takes 8 % more CPU time on two free cores, and two runs side by
 * side three times as much as they need. There is no call to say so, only the environment. */
#include "idle.h"
#include "stop.h"

#include <stdlib.h>
#include <unistd.h>

void idle_passively(char **argv)
{
    stop_mask(SIG_BLOCK);
#if defined(_OPENMP) && defined(__linux__)
    if (getenv("OMP_WAIT_POLICY") || setenv("OMP_WAIT_POLICY", "passive", 1) != 0)
        return;
    execv("/proc/self/exe", argv);
#endif
    (void)argv; /* still here: the default policy then */
}
