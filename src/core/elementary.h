/* Shared-internal: logarithm and exponential by IEEE basic operations, which are rounded the
 * same everywhere; the last bit of libm is not. For what decides an output code. */
#ifndef BCI_ELEMENTARY_H
#define BCI_ELEMENTARY_H

/* Natural logarithm of a finite x > 0, to some units of the last place. */
double bci_ln(double x);

/* e^y; 0 below half of the least double. y is below 700. */
double bci_exp(double y);

#endif
