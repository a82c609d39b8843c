/* Every row of synonyms leads somewhere: to a name that exists, and never to other bits. */
#include <string.h>

#include "../../apps/option_table.h"
#include "../../apps/synonyms.h"
#include "../core/expect.h"
#include "bitcrush/audio.h"
#include "bitcrush/feedback.h"
#include "bitcrush/medium.h"
#include "bitcrush/notation.h"
#include "bitcrush/palette.h"
#include "bitcrush/setting.h"
#include "bitcrush/shaper.h"
#include "bitcrush/spec.h"
#include "bitcrush/tensor.h"

static bool is_number(const char *name)
{
    return *name && name[strspn(name, "0123456789.")] == '\0';
}

static bool is_format(const char *name)
{
    const bc_tensor_mix *mixes;
    const size_t n = bc_tensor_mixes(&mixes);
    const bc_element_type *type = bc_element_type_named(name);
    bool found = (type && bc_tensor_can_write(type)) || is_number(name);

    for (size_t i = 0; i < n; i++)
        found = found || strcmp(mixes[i].name, name) == 0;
    return found;
}

/* Is `name` one at `place`? */
static bool exists(const char *place, const char *name)
{
    const option *o = option_row_of(place, strlen(place));
    bc_audio_depth depth;
    bc_notation notation;
    bc_palette palette;
    bc_spec spec;

    if (strcmp(place, "option") == 0)
        return option_row_of(name, strcspn(name, "="));
    if (strcmp(place, "dither") == 0)
        return bc_diffusion_find(name) || bc_noise_find(name) || strcmp(name, "auto") == 0;
    if (strcmp(place, "shape") == 0)
        return bc_shaper_find(name) || strcmp(name, "ath") == 0 || strcmp(name, "none") == 0;
    if (strcmp(place, "feedback") == 0)
        return bc_feedback_find(name) != NULL;
    if (strcmp(place, "palette") == 0)
        return is_number(name) || !bc_palette_named(name, &palette, NULL);
    if (strcmp(place, "bits") == 0)
        return bc_spec_named(name, &spec, NULL) == BC_OK;
    if (strcmp(place, "depth") == 0)
        return !bc_audio_depth_named(name, &depth, NULL);
    if (strcmp(place, "format") == 0)
        return is_format(name);
    if (strcmp(place, "notation") == 0)
        return !bc_notation_named(name, &notation, NULL);
    for (const char *word = o && o->kind == CHOICE ? o->value : ""; *word;
         word += strcspn(word, "|"), word += *word == '|')
        if (strcspn(word, "|") == strlen(name) && strncmp(word, name, strlen(name)) == 0)
            return true;
    return false;
}

/* One of the names of a hint: `n` characters of an option with its dashes, perhaps with a value, or
 * of what there is at `place`. */
static bool is_hint(const char *place, const char *name, size_t n)
{
    char word[64];
    const option *rows;
    const size_t n_rows = option_rows(&rows);

    snprintf(word, sizeof word, "%.*s", (int)n, name);
    if (strncmp(word, "--dither ", 9) == 0)
        return exists("dither", word + 9);
    if (strncmp(word, "--", 2) == 0)
        return option_row_of(word + 2, strcspn(word + 2, " "));
    for (size_t i = 0; word[0] == '-' && i < n_rows; i++)
        if (rows[i].letter == word[1] && !word[2])
            return true;
    return word[0] != '-' && exists(place, word);
}

/* Names with ", " or " or " between, and perhaps what else is to be said. */
static bool hints_exist(const char *place, const char *called)
{
    static const char *const asides[] = { ", with ", ", made ", ", or a", ", the " };
    size_t n = strlen(called);

    for (size_t i = 0; i < sizeof asides / sizeof *asides; i++) {
        const char *aside = strstr(called, asides[i]);
        const char *option_of_it = aside ? strstr(aside, "--") : NULL;

        n = aside && (size_t)(aside - called) < n ? (size_t)(aside - called) : n;
        if (option_of_it && !is_hint("option", option_of_it, strcspn(option_of_it, " ,")))
            return false;
    }
    for (const char *end = called + n; called < end;) {
        const char *comma = strstr(called, ", "), *word = strstr(called, " or ");
        const char *stop = comma && (!word || comma < word) ? comma : word;

        stop = stop && stop < end ? stop : end;
        if (!is_hint(place, called, (size_t)(stop - called)))
            return false;
        called = stop + (stop == end ? 0 : stop == comma ? 2 : 4);
    }
    return true;
}

/* With 8 for each '#', or 3 where only few numbers are names. */
static void fill(const char *pattern, char digit, char to[64])
{
    snprintf(to, 64, "%s", pattern);
    for (char *c = to; *c; c++)
        *c = *c == '#' ? digit : *c;
}

static void rows_lead_somewhere(void **state)
{
    const synonym_row *rows;
    const size_t n = synonym_rows(&rows);
    char typed[64], called[160];

    (void)state;
    for (size_t i = 0; i < n; i++) {
        fill(rows[i].typed, strcmp(rows[i].place, "dither") == 0 ? '3' : '8', typed);
        EXPECT(strcmp(rows[i].typed, "#") == 0 || strcmp(rows[i].place, "option") == 0 ||
                   !exists(rows[i].place, typed),
               "%s %s: is a name itself", rows[i].place, typed);
        EXPECT(strcmp(rows[i].place, "format") != 0 || rows[i].kind == SYNONYM_SAME ||
                   !bc_weights.takes(typed),
               "%s: is taken by weights", typed);
        EXPECT(synonym_find(rows[i].place, typed, called, sizeof called) == rows[i].kind,
               "%s %s: another row is found", rows[i].place, typed);
        EXPECT(rows[i].kind != SYNONYM_SAME || exists(rows[i].place, called),
               "%s %s: leads to %s, which is no name", rows[i].place, typed, called);
        EXPECT(rows[i].kind != SYNONYM_NEAR || hints_exist(rows[i].place, called),
               "%s %s: hints at %s, which is no name", rows[i].place, typed, called);
    }
}

/* fp8 once suggested fp4. */
static void numbers_are_no_slips(void **state)
{
    static const struct {
        const char *typed, *name;
        bool is_near;
    } rows[] = {
        { "fp8", "fp4", false },     { "e4m3fn", "e2m3", false },   { "int16", "int6", false },
        { "s24", "f64", false },     { "f32", "e3m2", false },      { "q5_0", "q4_0", false },
        { "byer8", "bayer8", true }, { "bayer8", "bayer4", false }, { "q4km", "q4_k_m", true },
        { "e4m3fn", "e4m3", true },  { "dithre", "dither", true },  { "nf-4", "nf4", true },
        { "q4_", "q4_0", true },     { "itn8", "int8", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT((bc_nearer_name(NULL, rows[i].name, rows[i].typed) != NULL) == rows[i].is_near,
               "%s: %s", rows[i].typed, rows[i].name);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every row is found and leads to a name", rows_lead_somewhere),
        SENTENCE("a name of other numbers is no neighbour", numbers_are_no_slips),
    };
    return cmocka_run_group_tests_name("synonyms", tests, NULL, NULL);
}
