/* How a program ends that a library ends. */
#ifndef ENDING_H
#define ENDING_H

/* From now on an exit() that is not ours has the status BC_E_LIMIT and a sentence. */
void ending_begin(void);

/* The program is about to end by itself, with this status, which is returned. */
int ending_by_itself(int status);

#endif
