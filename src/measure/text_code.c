/* Knows what a text costs in bits, plain and with a code of fixed length. */
#include "bitcrush/text_code.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "bitcrush/measure.h"

/* The number of the character that p[0..length) spells. */
static uint32_t character_at(const uint8_t *p, size_t length)
{
    uint32_t c = length == 1 ? p[0] : p[0] & (0x7Fu >> length);

    for (size_t i = 1; i < length; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

/* The place of a character, or where it belongs. */
static size_t place_of(const bc_text_code *c, uint32_t character)
{
    size_t low = 0, high = c->n_symbols;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (c->symbols[middle].character < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Count a character; false when memory is short. */
static bool count(bc_text_code *c, const uint8_t *p, size_t length)
{
    const uint32_t character = character_at(p, length);
    const size_t at = place_of(c, character);

    if (at < c->n_symbols && c->symbols[at].character == character) {
        c->symbols[at].count++;
        return true;
    }
    if ((c->n_symbols & (c->n_symbols - 1)) == 0) { /* full at the powers of two */
        const size_t room = c->n_symbols ? 2 * c->n_symbols : 1;
        bc_text_symbol *grown = realloc(c->symbols, room * sizeof *grown);

        if (!grown)
            return false;
        c->symbols = grown;
    }
    bc_text_symbol *s = c->symbols + at;

    memmove(s + 1, s, (c->n_symbols - at) * sizeof *s);
    *s = (bc_text_symbol){ .character = character, .n_utf8 = (unsigned)length, .count = 1 };
    memcpy(s->utf8, p, length);
    c->n_symbols++;
    return true;
}

/* Entropy of the counts; false when memory is short. */
static bool measure(bc_text_code *c)
{
    uint64_t *counts = malloc(c->n_symbols * sizeof *counts);

    if (!counts)
        return false;
    for (size_t i = 0; i < c->n_symbols; i++) {
        counts[i] = c->symbols[i].count;
        c->dictionary_bits += 8 * c->symbols[i].n_utf8;
    }
    c->entropy_bits = bc_entropy_bits(counts, c->n_symbols);
    free(counts);
    c->bits_per_character = 1;
    while ((UINT64_C(1) << c->bits_per_character) < c->n_symbols)
        c->bits_per_character++;
    c->coded_bits = c->n_characters * (uint64_t)c->bits_per_character;
    return true;
}

bc_status bc_text_code_make(const char *text, size_t n, bc_text_code *out, bc_error *err)
{
    const uint8_t *p = (const uint8_t *)text;
    bc_text_code c = { .is_ascii = true, .plain_bits = 8 * (uint64_t)n };
    bool has_memory = true;

    if (n == 0)
        return bci_fail(err, BC_E_USAGE, "text: it is empty, expected a character or more");
    for (size_t i = 0, length; i < n && has_memory; i += length) {
        length = bci_utf8_length(p + i, n - i);
        if (length == 0) {
            bc_text_code_free(&c);
            return bci_fail(err, BC_E_USAGE,
                            "text: byte %zu (%02X) is not UTF-8, expected text that is", i + 1,
                            p[i]);
        }
        c.is_ascii = c.is_ascii && length == 1;
        c.n_characters++;
        has_memory = count(&c, p + i, length);
    }
    if (!has_memory || !measure(&c)) {
        bc_text_code_free(&c);
        return bci_fail(err, BC_E_LIMIT, "text: out of memory");
    }
    *out = c;
    return BC_OK;
}

size_t bc_text_code_next(const bc_text_code *c, const char *text, size_t n, size_t *code)
{
    const uint8_t *p = (const uint8_t *)text;
    const size_t length = bci_utf8_length(p, n);

    *code = place_of(c, character_at(p, length));
    return length;
}

void bc_text_code_free(bc_text_code *c)
{
    free(c->symbols);
    *c = (bc_text_code){ .symbols = NULL };
}
