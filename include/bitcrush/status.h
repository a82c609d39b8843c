/* Status codes and error sentences: how every fallible call of bitcrush answers.
 *
 * A call that can fail returns a bc_status and writes its results, through
 * out-parameters, only on BC_OK. An optional last argument `bc_error *err` (NULL
 * is fine) receives the status and one sentence: subject, fact, expectation. The
 * library keeps no error state of its own, never prints, exits or aborts. */
#ifndef BITCRUSH_STATUS_H
#define BITCRUSH_STATUS_H

#define BC_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && defined(BC_BUILDING_SHARED)
#define BC_API __attribute__((visibility("default")))
#else
#define BC_API
#endif

#if defined(__GNUC__)
#define BC_NODISCARD         __attribute__((warn_unused_result))
#define BC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define BC_NODISCARD
#define BC_PRINTF(fmt, args)
#endif

/* The values are the exit statuses of the programs. */
typedef enum {
    BC_OK = 0,
    BC_E_USAGE = 2,         /* an argument is out of range or unknown */
    BC_E_OPEN = 3,          /* an input cannot be opened or read */
    BC_E_FORMAT = 4,        /* an input is corrupt or ends early */
    BC_E_UNSUPPORTED = 5,   /* an input is valid but not handled, or a library was left out */
    BC_E_EXISTS = 6,        /* the output exists and may not be overwritten */
    BC_E_WRITE = 7,         /* the output cannot be created or written */
    BC_E_LIMIT = 8,         /* a size is over a limit, or memory is short */
    BC_E_QUALITY = 9,       /* the result misses the quality asked for */
    BC_E_INTERNAL = 70,     /* a defect of bitcrush */
    BC_E_INTERRUPTED = 130, /* stopped by a signal */
} bc_status;

typedef struct {
    bc_status status;
    char text[512]; /* one sentence, lower case, no final stop, always terminated. What it says of
                     * settings is `key=value`, in these quotes */
    const char *setting; /* the key of the setting that is wrong, which the sentence begins with,
                          * see bc_setting_refuse; else NULL */
} bc_error;

/* Write a status and a sentence, formatted as by printf but with a point in numbers under any
 * locale, to err (NULL is fine), and return the status: for callbacks that fail. "(s)" and "(are)"
 * in the format go by the number before them: of "%d byte(s) (are) left" comes "1 byte is left" or
 * "2 bytes are left". Control characters and what is no UTF-8, as names of files may hold, become
 * "\x1b"; what does not fit ends in "...". */
BC_API bc_status bc_error_say(bc_error *err, bc_status status, const char *format, ...)
    BC_PRINTF(3, 4);

/* A short name of a status ("corrupt input"); never NULL. */
BC_API const char *bc_status_text(bc_status status);

#ifdef __cplusplus
}
#endif
#endif
