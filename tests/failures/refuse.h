/* What the library that refuses calls tells the program that judges. */
#ifndef REFUSE_H
#define REFUSE_H

typedef struct {
    long n_calls;     /* of the class, so far */
    long n_spared;    /* calls that FFTW made, of any class */
    int is_done;      /* one was refused */
    char caller[64];  /* the module whose call it was; "" when only the C library is on the stack */
    char stack[2048]; /* " module+0xplace" for every frame, the innermost first */
} refusal_note;

#endif
