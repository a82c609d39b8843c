/* Shared-internal: what every build has to keep of floating point, or codes would depend on the
 * compiler and its flags. */
#ifndef BCI_FLOATS_H
#define BCI_FLOATS_H

#include <float.h>

#ifdef __FAST_MATH__
#error "fast-math changes results between compilers and CPUs; build without it"
#endif

/* 16: only _Float16, which nothing here uses, is held in more than it has. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error                                                                                             \
    "floats are held in more bits than they have, as by the x87; on i386 build with -msse2 -mfpmath=sse"
#endif

#endif
