/* Shared-internal: the CRC-32 of ISO 3309, as ZIP has it. */
#ifndef BCI_CRC32_H
#define BCI_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Begin with 0 and go on with what it returned. Thread-safe. */
uint32_t bci_crc32_of(uint32_t crc, const void *data, size_t n);

#endif
