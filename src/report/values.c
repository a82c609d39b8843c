/* Knows how the value of a fact is written for people. */
#include <math.h>
#include <string.h>

#include "report/facts.h"

static void put_number(bci_buffer *b, double value, const char *style, size_t length)
{
    const bool is_signed = length > 0 && style[0] == '+';
    const int decimals = length > (size_t)is_signed ? style[is_signed] - '0' : 6;
    const bool is_power = length > 0 && style[length - 1] == 'e';
    const double unit = pow(10.0, -decimals);

    if (isinf(value)) {
        bci_put(b, value > 0 ? "infinite" : "-infinite", value > 0 ? 8 : 9);
        return;
    }
    if (length == 1 && style[0] == 'g') { /* as many digits as it takes, up to 6 */
        bci_putf(b, "%.6g", value);
        return;
    }
    if (is_power) {
        bci_putf(b, is_signed ? "%+.*e" : "%.*e", decimals, value);
        return;
    }
    if (value != 0.0 && fabs(value) < 0.5 * unit) { /* do not round what there is to nothing */
        bci_putf(b, is_signed ? "%+.1e" : "%.1e", value);
        return;
    }
    bci_putf(b, is_signed ? "%+.*f" : "%.*f", decimals, value);
}

/* A whole number, and what it counts; decimals are not for it. */
static void put_count(bci_buffer *b, uint64_t n, const char *noun, int length)
{
    bci_putf(b, "%llu", (unsigned long long)n);
    if (length > 0 && noun[0] >= 'a' && noun[0] <= 'z')
        bci_putf(b, " %.*s%s", length, noun, n == 1 ? "" : "s");
}

void bci_fact_put(bci_buffer *b, const bci_fact *f, const char *style, size_t length)
{
    switch (f->type) {
    case BCI_NUMBER: put_number(b, f->number, style, length); return;
    case BCI_INTEGER: put_count(b, f->integer, style, (int)length); return;
    case BCI_FLAG: bci_put(b, f->integer ? "yes" : "no", f->integer ? 3 : 2); return;
    case BCI_STRING: bci_put(b, f->string, strlen(f->string)); return;
    }
}
