/* Knows how it is shown what a text costs in bits. */
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "bitcrush/text_code.h"
#include "explain/digits.h"
#include "explain/parts.h"

enum { COLUMNS = 100, LISTED = 32 };

/* A character as it is shown: control characters by their number. */
static void show_character(const bc_text_symbol *s, char *to, size_t size)
{
    if (s->character < 0x20 || (s->character >= 0x7F && s->character < 0xA0))
        snprintf(to, size, "U+%04X", (unsigned)s->character);
    else
        snprintf(to, size, "%.*s", (int)s->n_utf8, (const char *)s->utf8);
}

/* Words of bits, as many as fit lines of 100 columns, three lines at most. */
typedef struct {
    size_t column, lines;
    bool is_cut;
} flow;

static void put_word(bci_buffer *out, flow *f, const char *word)
{
    const size_t n = strlen(word);

    if (f->is_cut)
        return;
    if (f->lines == 0 || f->column + 1 + n > COLUMNS) {
        f->is_cut = f->lines == 3;
        bci_putf(out, f->is_cut ? "\n    ..." : f->lines ? "\n    %s" : "    %s", word);
        f->lines++;
        f->column = 4 + n;
        return;
    }
    bci_putf(out, " %s", word);
    f->column += 1 + n;
}

static void put_plain(bci_buffer *out, const bc_text_code *c, const char *text)
{
    flow f = { 0 };
    char bits[40], bytes[40];

    bci_putf(out, "as %s, %s (%s):\n", c->is_ascii ? "ASCII" : "UTF-8",
             bci_digits_count(bits, sizeof bits, c->plain_bits, "bit"),
             bci_digits_count(bytes, sizeof bytes, c->plain_bits / 8, "byte"));
    for (const char *at = text; *at; at++)
        put_word(out, &f, bci_digits_binary(bits, sizeof bits, (unsigned char)*at, 8));
    bci_putf(out, "\n\n");
}

static void put_dictionary(bci_buffer *out, const bc_text_code *c)
{
    char bits[40], character[16], utf8[48], size[40];

    bci_putf(out, "%s, so %s each; the dictionary, %s:\n",
             bci_digits_count(utf8, sizeof utf8, c->n_symbols, "different character"),
             bci_digits_count(bits, sizeof bits, (uint64_t)c->bits_per_character, "bit"),
             bci_digits_count(size, sizeof size, c->dictionary_bits, "bit"));
    for (size_t i = 0; i < c->n_symbols && i < LISTED; i++) {
        const bc_text_symbol *s = &c->symbols[i];
        size_t n = 0;

        for (unsigned k = 0; k < s->n_utf8; k++)
            n += (size_t)snprintf(utf8 + n, sizeof utf8 - n, "%s%s", k ? " " : "",
                                  bci_digits_binary(bits, sizeof bits, s->utf8[k], 8));
        show_character(s, character, sizeof character);
        bci_putf(out, "    %s = %s  %s, %s\n",
                 bci_digits_binary(bits, sizeof bits, i, c->bits_per_character), utf8, character,
                 bci_digits_count(size, sizeof size, s->count, "time"));
    }
    if (c->n_symbols > LISTED)
        bci_putf(out, "    ... and %zu more\n", c->n_symbols - LISTED);
}

static void put_coded(bci_buffer *out, const bc_text_code *c, const char *text)
{
    flow f = { 0 };
    char bits[40];
    size_t left = strlen(text), code;

    bci_putf(out, "\nwith these codes, %s:\n",
             bci_digits_count(bits, sizeof bits, c->coded_bits, "bit"));
    while (left > 0) {
        const size_t n = bc_text_code_next(c, text, left, &code);

        put_word(out, &f, bci_digits_binary(bits, sizeof bits, code, c->bits_per_character));
        text += n;
        left -= n;
    }
    bci_putf(out, "\n\n");
}

static void put_ratio(bci_buffer *out, const char *what, double plain, double bits)
{
    bci_putf(out, "%-24s %.0f / %.0f = %.3g:1\n", what, plain, bits, plain / bits);
}

static void put_ratios(bci_buffer *out, const bc_text_code *c)
{
    const double plain = (double)c->plain_bits, coded = (double)c->coded_bits;
    const double bound = c->entropy_bits * (double)c->n_characters;
    char all[40];

    bci_format(all, sizeof all, bound < 1000.0 ? "%.4g" : "%.0f", bound);
    put_ratio(out, "without the dictionary", plain, coded);
    put_ratio(out, "with the dictionary", plain, coded + (double)c->dictionary_bits);
    bci_putf(out,
             "entropy                  %.4g bits a character, %s bits in all: no code for single\n"
             "                         characters goes below",
             c->entropy_bits, all);
    if (bound > 0.0)
        bci_putf(out, ", %.3g:1 at most", plain / bound);
    bci_putf(out, "\n");
}

static void report(bc_report *r, const bc_text_code *c, const char *text)
{
    static const char table[] = "symbols";
    const double plain = (double)c->plain_bits, coded = (double)c->coded_bits;

    bc_report_string(r, "", "text", text);
    bc_report_string(r, "", "encoding", c->is_ascii ? "ASCII" : "UTF-8");
    bc_report_integer(r, "", "characters", c->n_characters);
    bc_report_integer(r, "", "plain_bits", c->plain_bits);
    bc_report_integer(r, "", "bits_per_character", (uint64_t)c->bits_per_character);
    bc_report_integer(r, "", "coded_bits", c->coded_bits);
    bc_report_integer(r, "", "dictionary_bits", c->dictionary_bits);
    bc_report_number(r, "", "ratio", plain / coded);
    bc_report_number(r, "", "ratio_with_dictionary", plain / (coded + (double)c->dictionary_bits));
    bc_report_number(r, "", "entropy_bits", c->entropy_bits);
    for (size_t i = 0; i < c->n_symbols; i++) {
        const bc_text_symbol *s = &c->symbols[i];
        char character[8], bits[40];

        snprintf(character, sizeof character, "%.*s", (int)s->n_utf8, (const char *)s->utf8);
        bc_report_row(r, table);
        bc_report_string(r, table, "character", character);
        bc_report_string(r, table, "code",
                         bci_digits_binary(bits, sizeof bits, i, c->bits_per_character));
        bc_report_integer(r, table, "count", s->count);
    }
}

bc_status bci_explain_text(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    bc_text_code c;
    char count[40];
    const bc_status st = bc_text_code_make(asked->text, strlen(asked->text), &c, err);

    if (st)
        return st;
    if (to->report)
        report(to->report, &c, asked->text);
    if (to->text) {
        bci_putf(to->text, "%s, ",
                 bci_digits_count(count, sizeof count, c.n_characters, "character"));
        put_plain(to->text, &c, asked->text);
        put_dictionary(to->text, &c);
        put_coded(to->text, &c, asked->text);
        put_ratios(to->text, &c);
    }
    bc_text_code_free(&c);
    return BC_OK;
}
