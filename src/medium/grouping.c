/* Knows the words for what shares a scale, and how a sentence names those that a medium has. */
#include "medium/grouping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/setting.h"

static const struct {
    const char *word;
    bc_scale_group per;
    const char *of; /* the media that have it; NULL: all */
} words[] = {
    { "all", BC_PER_WHOLE, NULL },
    { "tensor", BC_PER_WHOLE, "weights" },
    { "channel", BC_PER_CHANNEL, "pictures and sound" },
    { "column", BC_PER_CHANNEL, "tables" },
    { "row", BC_PER_ROW, "pictures and weights" },
};

enum { N_WORDS = sizeof words / sizeof *words, NONE = N_WORDS };

static bool has_word(const bci_groups *has, size_t word)
{
    char own[16];

    snprintf(own, sizeof own, " %s ", words[word].word);
    return strstr(has->words, own) != NULL;
}

static size_t find_word(const char *text)
{
    size_t i = 0;

    while (i < N_WORDS && strcmp(words[i].word, text) != 0)
        i++;
    return i;
}

/* "all, row, or a number of weights from 8 to 65536, a multiple of 8". */
static void say_expected(const bci_groups *has, char *to, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < N_WORDS; i++)
        if (has_word(has, i))
            n += (size_t)snprintf(to + n, size - n, "%s, ", words[i].word);
    n += (size_t)snprintf(to + n, size - n, "or a number of %s", has->counted);
    if (has->most)
        n += (size_t)snprintf(to + n, size - n, " from %u to %u", has->least, has->most);
    if (has->factor > 1)
        snprintf(to + n, size - n, ", a multiple of %u", has->factor);
}

static bc_status refuse(const char *text, size_t word, const bci_groups *has, bc_error *err)
{
    const char *of = word == NONE ? NULL : words[word].of;
    char expected[160];

    say_expected(has, expected, sizeof expected);
    return bc_setting_refuse(err, "group", text, "%s%s%sexpected %s", of ? "is for " : "",
                             of ? of : "", of ? ", " : "", expected);
}

bool bci_group_takes(uint64_t n, const bci_groups *has)
{
    return n >= has->least && n <= (has->most ? has->most : UINT32_MAX) && n % has->factor == 0;
}

bc_status bci_group_check(uint32_t n, const bci_groups *has, bc_error *err)
{
    char text[16];

    snprintf(text, sizeof text, "%u", n);
    return bci_group_takes(n, has) ? BC_OK : refuse(text, NONE, has, err);
}

bc_status bci_group_read(const char *text, const bci_groups *has, bc_scale_group *per, uint32_t *n,
                         bc_error *err)
{
    const size_t word = text ? find_word(text) : NONE;
    char *end = NULL;

    if (!text)
        return BC_OK;
    const unsigned long long number = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;

    if (word != NONE && has_word(has, word)) {
        *per = words[word].per;
    } else if (end && !*end && bci_group_takes(number, has)) {
        *per = BC_PER_BLOCK;
        *n = (uint32_t)number;
    } else {
        return refuse(text, word, has, err);
    }
    return BC_OK;
}
