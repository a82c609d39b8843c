/* How an input is read: how much it may ask for, when to give up, what is done about damage. */
#ifndef BITCRUSH_READING_H
#define BITCRUSH_READING_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_MAX_MEMORY (UINT64_C(4) << 30)   /* bytes */
#define BC_MAX_PIXELS UINT64_C(10000000000) /* of a picture: 10 gigapixels */

/* Zeroed it is the default; every call that takes a pointer to one takes NULL for that, too. */
typedef struct {
    /* Bytes that one input may make a call take at once, checked before they are taken: BC_E_LIMIT.
     * Some tens of KiB that any file takes are not counted. 0: BC_MAX_MEMORY. */
    uint64_t max_memory;
    uint64_t max_pixels;               /* of a picture, past them BC_E_LIMIT; 0: BC_MAX_PIXELS */
    bool salvage;                      /* of a damaged picture or sound take what is there */
    const volatile sig_atomic_t *stop; /* give up with BC_E_INTERRUPTED once set, or NULL */
    /* Opened already, because it was looked at: the first who opens its path takes it over. Not for
     * several threads. Or NULL. */
    struct bc_input *input;
} bc_reading;

/* A size in bytes: digits, and at once or after a space K, M, G or T, each 1024 times the one
 * before, with or without B or iB, in capitals or not: "512M", "2GiB", "3 gb", "65536". False for
 * any other text, for 0, and past 2^63. */
BC_API bool bc_size_parse(const char *text, uint64_t *out);

#ifdef __cplusplus
}
#endif
#endif
