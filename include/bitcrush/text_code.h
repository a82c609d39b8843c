/* Text codes: what a text costs when each character gets a number of its own.
 *
 * Stored as UTF-8 (ASCII, where there is nothing else) a character takes 1 to 4 bytes. A code of
 * fixed length numbers only the characters that occur: ceil(log2 n) bits each, at least 1. Whoever
 * reads it needs the list of these characters, the dictionary. No code that gives every character
 * bits of its own goes below the entropy of the characters (Shannon 1948). */
#ifndef BITCRUSH_TEXT_CODE_H
#define BITCRUSH_TEXT_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t character; /* of Unicode */
    unsigned char utf8[4];
    unsigned n_utf8;
    uint64_t count; /* in the text; its code is its place in the list */
} bc_text_symbol;

typedef struct {
    bc_text_symbol *symbols; /* by their number in Unicode */
    size_t n_symbols;
    uint64_t n_characters;
    bool is_ascii;
    int bits_per_character;   /* of the code */
    uint64_t plain_bits;      /* of the text as UTF-8 */
    uint64_t coded_bits;      /* n_characters * bits_per_character */
    uint64_t dictionary_bits; /* of the symbols as UTF-8, in the order of their codes */
    double entropy_bits;      /* a character */
} bc_text_code;

/* The code of text[0..n). An empty text, or one that is not UTF-8 (the sentence says where), is
 * BC_E_USAGE; BC_E_LIMIT when memory is short. Free with bc_text_code_free. */
BC_API BC_NODISCARD bc_status bc_text_code_make(const char *text, size_t n, bc_text_code *out,
                                                bc_error *err);
BC_API void bc_text_code_free(bc_text_code *c);

/* The length in bytes of the character at text, n > 0 bytes long, whose code is *code. The text has
 * been taken by bc_text_code_make. */
BC_API size_t bc_text_code_next(const bc_text_code *c, const char *text, size_t n, size_t *code);

#ifdef __cplusplus
}
#endif
#endif
