/* Knows the limits of what an input may ask for, and the arithmetic of sizes. */
#include "base/limits.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/stop_flag.h"

static const char *const units[] = { "", "KiB", "MiB", "GiB", "TiB" };

enum { N_UNITS = sizeof units / sizeof *units };

uint64_t bci_max_memory(const bc_reading *r)
{
    return r && r->max_memory ? r->max_memory : BC_MAX_MEMORY;
}

uint64_t bci_max_pixels(const bc_reading *r)
{
    return r && r->max_pixels ? r->max_pixels : BC_MAX_PIXELS;
}

bci_size_text bci_show_size(uint64_t bytes)
{
    bci_size_text t;
    double v = (double)bytes;
    int unit = 0;

    for (; v >= 1024.0 && unit + 1 < N_UNITS; unit++)
        v /= 1024.0;
    const bool is_whole = fmod(round(10.0 * v), 10.0) == 0.0;

    if (unit == 0)
        bci_format(t.text, sizeof t.text, "%.0f byte(s)", v);
    else
        bci_format(t.text, sizeof t.text, "%.*f %s", v < 100.0 && !is_whole ? 1 : 0, v,
                   units[unit]);
    return t;
}

bc_status bci_take_memory(const bc_reading *r, uint64_t *taken, uint64_t n, uint64_t size,
                          const char *subject, bc_error *err)
{
    const uint64_t most = bci_max_memory(r);
    uint64_t more, all;

    if (__builtin_mul_overflow(n, size, &more) || __builtin_add_overflow(*taken, more, &all))
        all = UINT64_MAX;
    if (all > most)
        return bci_fail(
            err, BC_E_LIMIT, "%s takes %s of memory, expected at most %s (`max-memory`)", subject,
            all == UINT64_MAX ? "over 16 EiB" : bci_show_size(all).text, bci_show_size(most).text);
    if (all > SIZE_MAX)
        return bci_fail(err, BC_E_LIMIT, "%s takes %s, more than this machine can address", subject,
                        bci_show_size(all).text);
    *taken = all;
    return BC_OK;
}

bool bci_is_stopped(const bc_reading *r)
{
    return r && bci_flag_is_set(r->stop);
}

bc_status bci_check_stop(const bc_reading *r, bc_error *err)
{
    return bci_is_stopped(r) ? bci_fail(err, BC_E_INTERRUPTED, "interrupted, no output written")
                             : BC_OK;
}

bool bc_size_parse(const char *text, uint64_t *out)
{
    static const char letters[] = "kmgt";
    const uint64_t most = UINT64_C(1) << 63;
    uint64_t v = 0;

    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (v > most / 10)
            return false;
        v = 10 * v + (uint64_t)(*text - '0');
    }
    text += *text == ' ' && text[1];
    /* A capital differs from its small letter by one bit. */
    const char *letter = *text ? strchr(letters, *text | 0x20) : NULL;

    for (const char *at = letters; letter && at <= letter; at++) {
        if (v > most / 1024)
            return false;
        v *= 1024;
    }
    text += letter != NULL;
    if (*text && strcasecmp(text, "b") != 0 && (!letter || strcasecmp(text, "ib") != 0))
        return false;
    if (v == 0 || v > most)
        return false;
    *out = v;
    return true;
}
