/* Knows the verbs: a row for each. */
#include "verbs.h"

#include <string.h>
#include <unistd.h>

#include "bitcrush/study.h"
#include "deeds.h"
#include "explain_verb.h"
#include "report_verb.h"
#include "sweep_verb.h"

static const verb rows[] = {
    { .name = "compare", .needs = BC_COMPARE, .run = deed_compare },
    { .name = "restore", .only = &bc_sound, .needs = BC_RESTORE, .run = deed_restore },
    { .name = "info", .needs = BC_INFO, .is_each = true, .run = deed_info },
    { .name = "sweep",
      .needs = BC_N_DEEDS,
      .takes_sweep = true,
      .own = &program_sweep,
      .run = sweep_verb },
    { .name = "report", .needs = BC_REDUCE, .takes_spec = true, .run = report_verb },
    { .name = "explain",
      .needs = BC_N_DEEDS,
      .is_without_files = true,
      .own = &program_explain,
      .run = explain_verb },
};

enum { N_ROWS = sizeof rows / sizeof *rows };

verb verb_reduce(const bc_medium *only)
{
    return (verb){ .name = only ? only->name : "",
                   .only = only,
                   .needs = BC_REDUCE,
                   .takes_spec = true,
                   .run = deed_reduce };
}

bool verb_at(size_t i, verb *out)
{
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);

    if (i < N_ROWS)
        *out = rows[i];
    else if (i < N_ROWS + n_media)
        *out = verb_reduce(media[i - N_ROWS]);
    return i < N_ROWS + n_media;
}

const char *verb_near(const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *near = NULL;
    verb v;

    if (word[strspn(word, letters)] || access(word, F_OK) == 0)
        return NULL;
    for (size_t i = 0; verb_at(i, &v); i++)
        near = bc_nearer_name(near, v.name, word);
    return near;
}
