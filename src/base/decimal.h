/* Shared-internal: numbers as text. They have a point whatever LC_NUMERIC a host program chose with
 * setlocale, in any thread, and nobody else's locale is touched. */
#ifndef BCI_DECIMAL_H
#define BCI_DECIMAL_H

#include <stdarg.h>
#include <stddef.h>

#include "bitcrush/status.h"

/* As snprintf and vsnprintf, and "(s)" and "(are)" in the format go by the number before them: of
 * "%zu byte(s) (are) left" comes "1 byte is left" or "2 bytes are left". Such a format has less
 * than 512 characters and a target. */
int bci_format(char *to, size_t size, const char *format, ...) BC_PRINTF(3, 4);
int bci_vformat(char *to, size_t size, const char *format, va_list args);

/* As strtod. */
double bci_read_double(const char *text, char **end);

#endif
