/* Knows what becomes of a program that a library ends: libgomp writes a line and calls exit(1)
 * where it gets no memory or no thread. */
#include "ending.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/status.h"

static bool is_by_itself;

static void at_exit(void)
{
    static const char sentence[] = "bitcrush: out of memory or of threads, no output written\n";

    if (is_by_itself)
        return;
    /* Other threads may be at work still: nothing but system calls from here on. */
    if (write(STDERR_FILENO, sentence, strlen(sentence)) < 0)
        _exit(BC_E_LIMIT);
    _exit(BC_E_LIMIT);
}

void ending_begin(void)
{
    (void)atexit(at_exit);
}

int ending_by_itself(int status)
{
    is_by_itself = true;
    return status;
}
