/* Knows lists of names with spaces between. */
#include "audio/name_list.h"

#include <stdio.h>
#include <string.h>

void bci_names_add_n(char list[BC_AUDIO_NAMES], const char *name, size_t n)
{
    static const char end[] = " ...";
    const size_t used = strlen(list), room = BC_AUDIO_NAMES - sizeof end - 1;
    char word[BC_AUDIO_NAMES];

    while (n > 0 && name[n - 1] == ' ')
        n--;
    if (n == 0 || (used >= 4 && strcmp(list + used - 4, end) == 0))
        return;
    if (used + n > room) {
        snprintf(list + used, BC_AUDIO_NAMES - used, "%s", end);
        return;
    }
    for (size_t i = 0; i < n; i++)
        word[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    word[n] = '\0';
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return;
    snprintf(list + used, BC_AUDIO_NAMES - used, "%s%s", used ? " " : "", word);
}

void bci_names_add(char list[BC_AUDIO_NAMES], const char *name)
{
    bci_names_add_n(list, name, strlen(name));
}
