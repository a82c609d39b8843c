/* Knows what is said of files and SPECs that are of another medium, or of none. */
#include "media.h"

#include <stdio.h>
#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/noise.h"
#include "bitcrush/spec.h"
#include "synonyms.h"
#include "tool.h"

unsigned media_bit(const bc_medium *m)
{
    const bc_medium *const *media;
    const size_t n = bc_media(&media);

    for (size_t i = 0; i < n; i++)
        if (media[i] == m)
            return TOOL_OF(i);
    return 0;
}

bool media_replaces_spec(const bc_medium *m, const options *o)
{
    bc_setting rows[OPTION_ROOM];
    const bc_settings s = { rows, options_settings(o, rows) };

    return m->replaces_spec && m->replaces_spec(&s);
}

static bool salvages(const char *path, const options *o)
{
    char what[48];
    const bc_medium *m = bc_medium_of_file(path, what);
    bc_reading reading = tool_reading(o);

    reading.input = NULL;
    reading.salvage = true;
    return m && m->salvages && m->salvages(path, &reading);
}

void media_explain(const char *path, const bc_medium *m, const options *o, bc_error *err)
{
    static const char hint[] = "; --salvage reads what is there";
    const size_t n = strlen(path);
    char said[sizeof err->text];

    if ((err->status != BC_E_UNSUPPORTED && err->status != BC_E_FORMAT) ||
        strncmp(err->text, path, n) != 0 || err->text[n] != ':')
        return;
    if (m && bc_medium_refuse(path, m, NULL, err))
        return;
    if (err->status == BC_E_UNSUPPORTED) {
        (void)bc_kind_refuse(path, err);
        return;
    }
    snprintf(said, sizeof said, "%s", err->text);
    if (!options_given(o, "salvage") && !strstr(said, hint) && salvages(path, o))
        (void)tool_fail(err, BC_E_FORMAT, "%.450s%s", said, hint);
}

/* Does a medium have a SPEC, by its name here or elsewhere? */
static bool takes(const bc_medium *m, const char *spec)
{
    char called[160];

    return m->takes(spec) || synonym_find(m->spec, spec, called, sizeof called) == SYNONYM_SAME;
}

/* Another medium that takes a SPEC of letters, where this one does not; else NULL. Grids and blocks
 * are for all media: one that does not take them says why. */
static const bc_medium *of_spec(const char *spec, const bc_medium *own)
{
    const bc_medium *const *media;
    const size_t n = bc_media(&media);
    bc_spec of_all;

    if (takes(own, spec) || spec[strspn(spec, "0123456789.")] == '\0' ||
        bc_spec_named(spec, &of_all, NULL) == BC_OK)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (media[i] != own && takes(media[i], spec))
            return media[i];
    return NULL;
}

/* A SPEC that another medium has, or no medium. */
static bc_status refuse_spec(const bc_medium *m, const char *path, const char *spec, bc_error *err)
{
    const bc_medium *other = of_spec(spec, m);

    if (bc_diffusion_find(spec) || bc_noise_find(spec))
        return tool_fail(err, BC_E_USAGE,
                         "%s: is a dither, expected --dither %s after a format or bits", spec,
                         spec);
    return other && other->only_here ? tool_fail(err, BC_E_USAGE, "%s: %s is a %s, and %s", spec,
                                                 path, m->thing, other->only_here(spec))
                                     : BC_OK;
}

bc_status media_settle_spec(const bc_medium *m, const char *path, const char **spec, char word[160],
                            bc_error *err)
{
    switch (synonym_find(m->spec, *spec, word, 160)) {
    case SYNONYM_NONE: return refuse_spec(m, path, *spec, err);
    case SYNONYM_SAME: *spec = word; break;
    case SYNONYM_NEAR:
    case SYNONYM_SAID: return synonym_unknown(err, m->spec, "", *spec, NULL, "");
    }
    return BC_OK;
}
