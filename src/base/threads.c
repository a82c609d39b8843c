/* Knows how many threads there are. */
#include "base/threads.h"

#ifdef _OPENMP
#include <omp.h>
#endif

int bci_thread_count(int asked)
{
#ifdef _OPENMP
    return asked > 0 ? asked : omp_get_max_threads();
#else
    (void)asked;
    return 1;
#endif
}

int bci_team_size(void)
{
#ifdef _OPENMP
    return omp_get_num_threads();
#else
    return 1;
#endif
}
