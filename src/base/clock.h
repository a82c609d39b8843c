/* Shared-internal: how long things take. */
#ifndef BCI_CLOCK_H
#define BCI_CLOCK_H

/* Seconds of a clock that only goes forward; differences mean something. */
double bci_now_s(void);

#endif
