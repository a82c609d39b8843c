/* Shared-internal: how many threads a job gets. */
#ifndef BCI_THREADS_H
#define BCI_THREADS_H

/* `asked` threads, or what OpenMP gives (one per core, or OMP_NUM_THREADS) when it is 0; fewer when
 * the system makes no more. 1 in a build without OpenMP. To be asked before there is anything to
 * lose. */
int bci_thread_count(int asked);

/* Threads of the team that the caller belongs to; 1 outside of parallel regions. */
int bci_team_size(void);

#endif
