/* Shared-internal: the directory of a ZIP archive. */
#ifndef BCI_ZIP_H
#define BCI_ZIP_H

#include "tensor/file.h"

enum { BCI_ZIP_STORED = 0, BCI_ZIP_DEFLATED = 8 };

typedef struct {
    const char *name; /* n_name bytes, no text before it is known to be one */
    size_t n_name;
    uint64_t entry;       /* byte of its row in the directory, for messages */
    uint64_t head;        /* byte of its own head */
    uint64_t data;        /* byte of its data, behind that */
    uint64_t n_packed, n; /* bytes in the file, and unpacked */
    uint32_t crc;         /* of the bytes unpacked */
    unsigned method;
    bool is_encrypted;
} bci_zip_member;

typedef struct {
    bci_zip_member *members; /* in the order of their data */
    size_t n;
    uint8_t *directory; /* where their names are */
} bci_zip;

/* Whether the first n bytes of a file are the head of a member whose name ends in `ending`. */
bool bci_zip_begins(const uint8_t *head, size_t n, const char *ending);

/* "PATH: byte 70: member NAME", for the beginning of a sentence. */
typedef struct {
    char text[512];
} bci_zip_subject;
bci_zip_subject bci_zip_show(const bci_seekable *in, const bci_zip_member *m);

/* Read the directory of part 0 and the head of each member. All data are inside the file and none
 * of two members. Free it in any case. */
BC_NODISCARD bc_status bci_zip_read(bc_tensor_file *f, bci_zip *out, bc_error *err);
void bci_zip_free(bci_zip *z);

#endif
