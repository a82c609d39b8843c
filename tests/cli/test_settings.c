/* Options and settings are the same by every medium: none is listed and not reached. */
#include <stdio.h>
#include <string.h>

#include "../../apps/option_table.h"
#include "../../apps/options.h"
#include "../core/expect.h"
#include "bitcrush/explain.h"
#include "bitcrush/study.h"

static bool takes(const bc_medium *m, const char *key)
{
    return bc_setting_row_of(m->settings, m->n_settings, key) != NULL;
}

static void an_option_of_a_medium_is_a_setting_of_it(void **state)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].field != OPTION_IS_SETTING)
            continue;
        for (size_t m = 0; m < n_media; m++)
            EXPECT(!(rows[i].tools & TOOL_OF(m)) || takes(media[m], rows[i].name),
                   "--%s is listed for %s, which have no such setting", rows[i].name,
                   media[m]->things);
    }
}

static void a_setting_is_an_option_of_its_medium(void **state)
{
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);

    (void)state;
    for (size_t m = 0; m < n_media; m++) {
        for (size_t i = 0; i < media[m]->n_settings; i++) {
            const char *key = media[m]->settings[i].key;
            const option *o = option_row_of(key, strlen(key));

            EXPECT(o && o->field == OPTION_IS_SETTING && o->tools & TOOL_OF(m),
                   "setting %s of %s has no option", key, media[m]->things);
        }
    }
}

/* --all alone chooses what is explained, and fills nothing. */
static void options_of_explain_are_its_settings(void **state)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    const bc_setting_row *settings;
    const size_t n_settings = bc_explain_settings(&settings);

    (void)state;
    for (size_t i = 0; i < n; i++)
        EXPECT(rows[i].tools != TOOL_EXPLAIN || strcmp(rows[i].name, "all") == 0 ||
                   bc_setting_row_of(settings, n_settings, rows[i].name),
               "--%s is listed for explain, which has no such setting", rows[i].name);
    for (size_t i = 0; i < n_settings; i++) {
        const option *o = option_row_of(settings[i].key, strlen(settings[i].key));

        EXPECT(o && o->field == OPTION_IS_SETTING && o->tools & TOOL_EXPLAIN,
               "setting %s of explain has no option", settings[i].key);
    }
}

/* Of an option's kinds, the words of a choice. */
static void choices_have_the_same_words(void **state)
{
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);

    (void)state;
    for (size_t m = 0; m < n_media; m++) {
        for (size_t i = 0; i < media[m]->n_settings; i++) {
            const bc_setting_row *row = &media[m]->settings[i];
            const option *o = option_row_of(row->key, strlen(row->key));

            if (row->kind == BC_SETTING_CHOICE)
                EXPECT(o && o->kind == CHOICE && strcmp(o->value, row->words) == 0,
                       "--%s and the setting of %s have other words", row->key, media[m]->things);
        }
    }
}

static void sweeps_take_the_options_that_count_in_them(void **state)
{
    const option *rows;
    const size_t n = option_rows(&rows);
    const bc_medium *const *media;
    const size_t n_media = bc_media(&media);
    char word[40];

    (void)state;
    for (size_t i = 0; i < n; i++) {
        const bool is_about_all =
            strcmp(rows[i].name, "dither") == 0 || strcmp(rows[i].name, "force") == 0;

        snprintf(word, sizeof word, " %s ", rows[i].name);
        for (size_t m = 0; m < n_media && rows[i].field == OPTION_IS_SETTING && !is_about_all; m++)
            EXPECT(!(rows[i].tools & SWEEP_OF(TOOL_OF(m))) == !strstr(media[m]->swept, word),
                   "--%s is an option of a sweep of %s, or a setting that counts in it, not both",
                   rows[i].name, media[m]->things);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("an option of a medium is a setting of it",
                 an_option_of_a_medium_is_a_setting_of_it),
        SENTENCE("a setting is an option of its medium", a_setting_is_an_option_of_its_medium),
        SENTENCE("options of explain are its settings", options_of_explain_are_its_settings),
        SENTENCE("choices have the same words", choices_have_the_same_words),
        SENTENCE("sweeps take the options that count in them",
                 sweeps_take_the_options_that_count_in_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
