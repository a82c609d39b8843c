/* Idle threads sleep. */
#ifndef BITCRUSH_IDLE_H
#define BITCRUSH_IDLE_H

/* Start the program again with OMP_WAIT_POLICY=passive unless the variable is set; returns where
 * that is not possible. First thing in main. */
void idle_passively(char **argv);

#endif
