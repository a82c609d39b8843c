/* Knows how many threads there are. */
#include "base/threads.h"

#ifdef _OPENMP
#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

static void *wait_at(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* How many of n threads there can be at once, by making them. OpenMP's libraries end the process
 * when one cannot be made, and that would be amid the work. About 20 us a thread, whose stacks
 * glibc keeps for those that come. */
static int possible_threads(int n)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *made = malloc((size_t)n * sizeof *made);
    int n_made = 0;

    if (!made)
        return 0;
    pthread_mutex_lock(&gate);
    while (n_made < n && pthread_create(&made[n_made], NULL, wait_at, &gate) == 0)
        n_made++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < n_made; i++)
        pthread_join(made[i], NULL);
    free(made);
    return n_made;
}
#endif

int bci_thread_count(int asked)
{
#ifdef _OPENMP
    const int wanted = asked > 0 ? asked : omp_get_max_threads();

    return wanted > 1 ? 1 + possible_threads(wanted - 1) : 1;
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
