/* Shared-internal: whether the flag that means stop is set. A signal's handler sets it on any
 * thread, so that it is read as an atomic. */
#ifndef BCI_STOP_FLAG_H
#define BCI_STOP_FLAG_H

#include <signal.h>
#include <stdbool.h>

static inline bool bci_flag_is_set(const volatile sig_atomic_t *stop)
{
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED);
}

#endif
