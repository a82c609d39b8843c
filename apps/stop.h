/* How a program is asked to stop, and does. */
#ifndef BITCRUSH_STOP_H
#define BITCRUSH_STOP_H

#include <signal.h>

/* Set once the program was asked to stop. */
extern volatile sig_atomic_t tool_stop_asked;

/* SIGINT, SIGTERM and SIGHUP ask from now on, but those that were ignored from the start (nohup, a
 * shell's &). Whoever sees the flag ends in order. What does not see it, a foreign library that
 * computes or a read that began just before, is left: after STOP_PATIENCE_MS the process ends where
 * it is, with status 130 and the sentence; `name` is of the program. Outputs are whole or not there
 * at any time, so that nothing else is lost. */
enum { STOP_PATIENCE_MS = 700 };
void stop_on_signals(const char *name);

/* Let them wait until then, across an exec too, whose program begins without handlers. */
void stop_mask(int how); /* SIG_BLOCK */

/* What the sentence tells of outputs: so many files will be, and one more is in its place. */
void stop_begins(int n_files);
void stop_wrote(void);

/* The sentence of a process that was asked to stop, without the program's name. */
const char *stop_sentence(void);

/* A file and its directory that go away with the process even then; NULL: no more. */
void stop_removes(const char *file, const char *directory);

#endif
