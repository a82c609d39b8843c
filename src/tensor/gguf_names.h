/* Shared-internal: what GGUF calls the tensors of a model. */
#ifndef BCI_GGUF_NAMES_H
#define BCI_GGUF_NAMES_H

#include <stdbool.h>

enum { BCI_NAME_ROOM = 80 };

typedef struct {
    char text[BCI_NAME_ROOM]; /* "blk.3.ffn_down_exps.weight" */
    long layer, expert; /* numbers in the name that was given, 0 .. BC_TENSOR_MAX_COUNT, or -1 */
    bool is_known;      /* it is one that models of text have, there or in GGUF */
} bci_gguf_name;

/* The name that a file of llama.cpp has for a tensor of the transformers library, or the name as
 * it is (cut to the room) where none is known. Experts that are tensors of their own are rows of
 * one in GGUF: `expert` says which. */
bci_gguf_name bci_gguf_name_of(const char *name);

#endif
