/* What the library that refuses calls and the program that judges tell each other. */
#ifndef REFUSE_H
#define REFUSE_H

/* Of a process that the library is preloaded into: a byte that is read asks for a run as the note
 * says, whose status, as wait() has it, is the answer. */
enum { REFUSE_ASKED = 198, REFUSE_ANSWER = 199, REFUSE_TIMEOUT_S = 60 };

typedef enum {
    REFUSE_MALLOC,
    REFUSE_THREAD,
    REFUSE_READ,
    REFUSE_WRITE,
    REFUSE_FSYNC,
    REFUSE_RENAME,
    REFUSE_OPEN,
    REFUSE_N_KINDS
} refusal_kind;

typedef struct {
    /* Asked for, see refuse.c. */
    refusal_kind kind;
    long nth;
    char with[8];

    long n_calls[REFUSE_N_KINDS]; /* so far */
    long n_spared;                /* calls that FFTW made, of any class */
    int is_done;                  /* one was refused */
    char caller[64];  /* the module whose call it was; "" when only the C library is on the stack */
    char stack[2048]; /* " module+0xplace" for every frame, the innermost first */
} refusal_note;

#endif
