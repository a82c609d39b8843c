/* Knows the tensor tool: from options to settings, from files to files. */
#include "tensor_tool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "bitcrush/feedback.h"
#include "bitcrush/tensor.h"
#include "page.h"
#include "progress.h"
#include "report_verb.h"
#include "suggest.h"
#include "sweep_tool.h"
#include "synonyms.h"
#include "tensor_formats.h"
#include "tensor_info.h"
#include "tensor_report.h"

/* Cut "a,b,c" into words, in a copy that *copy keeps. */
static bc_status cut(const char *text, char **copy, const char *words[TENSOR_MAX_GLOBS], size_t *n,
                     bc_error *err)
{
    *n = 0;
    if (!text)
        return BC_OK;
    *copy = strdup(text);
    if (!*copy)
        return tool_fail(err, BC_E_LIMIT, "out of memory for the patterns of tensors");
    for (char *word = *copy; word; (*n)++) {
        char *comma = strchr(word, ',');

        if (*n == TENSOR_MAX_GLOBS)
            return tool_usage(err, "too many globs", text, "expected 64 at most");
        if (comma)
            *comma++ = '\0';
        words[*n] = word;
        word = comma;
    }
    return BC_OK;
}

/* "GLOB=FORMAT", several with commas between. */
static bc_status parse_rules(const char *text, tensor_job *j, bc_error *err)
{
    const char *words[TENSOR_MAX_GLOBS];
    bc_status st = cut(text, &j->texts[2], words, &j->settings.n_rules, err);

    for (size_t i = 0; !st && i < j->settings.n_rules; i++) {
        char *equals = strrchr(words[i], '=');

        if (!equals || equals == words[i] || !equals[1])
            return tool_usage(err, "--type", text, "expected GLOB=FORMAT");
        *equals = '\0';
        j->rules[i] = (bc_tensor_rule){ words[i], equals + 1 };
        st = tensor_format_check(equals + 1, err);
    }
    j->settings.rules = j->rules;
    return st;
}

/* "tensor", "row" or a number. */
static bc_status parse_group(const char *text, uint32_t *group, bc_error *err)
{
    char *end;

    if (!text)
        return BC_OK;
    if (strcmp(text, "tensor") == 0) {
        *group = BC_TENSOR_GROUP_ALL;
    } else if (strcmp(text, "row") == 0) {
        *group = BC_TENSOR_GROUP_ROW;
    } else {
        const unsigned long n = strtoul(text, &end, 10);

        if (*text < '0' || *text > '9' || *end || n < 8 || n > 65536 || n % 8 != 0)
            return tool_usage(err, "--group", text,
                              "expected tensor, row, or a multiple of 8 from 8 to 65536");
        *group = (uint32_t)n;
    }
    return BC_OK;
}

static bc_status make_scale(const options *o, bc_tensor_settings *s, bc_error *err)
{
    static const bc_scale_method methods[] = { BC_SCALE_ABSMAX, BC_SCALE_PERCENTILE, BC_SCALE_MSE };

    s->scale = methods[o->scale];
    s->zero_point = o->zero_point;
    s->double_quant = o->double_quant;
    if (o->percent == o->percent) {
        s->percent = o->percent;
        if (s->scale != BC_SCALE_PERCENTILE)
            return tool_usage(err, "--percent", "", "expected --scale percentile beside it");
    }
    return parse_group(o->group, &s->group, err);
}

static bc_status parse_dither(const char *text, bc_tensor_settings *s, bc_error *err)
{
    const bc_noise *rows;
    const size_t n = bc_noise_rows(&rows);
    const char *near = NULL;

    if (strcmp(text, "auto") == 0)
        return BC_OK;
    s->noise = bc_noise_find(text);
    if (s->noise)
        return BC_OK;
    if (bc_kernel_find(text))
        return tool_usage(err, "--dither", text,
                          "passes errors on in pictures, expected a noise, as rpdf, for weights");
    for (size_t i = 0; i < n; i++)
        near = rows[i].mask_side == 0 ? suggest(near, rows[i].name, text) : near;
    return synonym_unknown(err, "dither", "--dither", text, near,
                           "unknown, expected a noise that --list shows");
}

bc_status tensor_job_make(const options *o, const char *format, tensor_job *j, bc_error *err)
{
    bc_tensor_settings *s = &j->settings;
    bc_status st;

    *s = bc_tensor_settings_default(format);
    st = cut(o->include, &j->texts[0], j->include, &s->n_include, err);
    if (!st)
        st = cut(o->exclude, &j->texts[1], j->exclude, &s->n_exclude, err);
    if (!st)
        st = cut(o->drop, &j->texts[3], j->drop, &s->n_drop, err);
    if (!st)
        st = parse_rules(o->type, j, err);
    if (!st)
        st = make_scale(o, s, err);
    if (!st)
        st = parse_dither(o->dither ? o->dither : "auto", s, err);
    s->seed = o->seed;
    s->encoder = (bc_tensor_encoder)o->encoder;
    s->include = j->include;
    s->exclude = j->exclude;
    s->drop = j->drop;
    s->requantize = o->requantize;
    s->imatrix = o->imatrix;
    s->nonfinite = (bc_nonfinite)o->nonfinite;
    s->n_threads = (int)o->threads;
    s->force = o->force;
    s->dry_run = o->dry_run;
    s->sizes_only = o->sizes_only;
    s->skip_quality = o->quiet && !o->report;
    s->min_snr_db = o->min_snr;
    s->reading = tool_reading(o);
    return st;
}

void tensor_job_free(tensor_job *j)
{
    for (size_t i = 0; i < sizeof j->texts / sizeof *j->texts; i++)
        free(j->texts[i]);
}

/* Block formats of GGML need GGUF, codes and scales safetensors; floats stay what they are. */
static const char *ending(const void *context, const char *in)
{
    const tensor_job *j = context;
    const bc_element_type *type = bc_tensor_spec_type(j->settings.format);
    const char *dot = strrchr(in, '.');
    const bool is_float = type && type->kind == BC_ELEMENT_FLOAT;

    if (type && type->kind == BC_ELEMENT_CODES)
        return ".safetensors";
    if (is_float && type->npy && dot && strcmp(dot, ".npy") == 0)
        return ".npy";
    if (is_float && type->ggml_type < 0)
        return ".safetensors";
    return is_float && dot && strcmp(dot, ".gguf") != 0 ? ".safetensors" : ".gguf";
}

/* One file, and its report. */
static bc_status reduce_file(const options *o, void *context, const char *in, const char *out,
                             bc_error *err)
{
    bc_tensor_settings *s = &((tensor_job *)context)->settings;
    bc_tensor_result result;
    bc_status st = page_may_be_written(o, in, out, err);

    if (st)
        return st;
    progress shown = progress_begin(in, o->progress);

    s->progress = progress_show;
    s->context = &shown;
    st = bc_tensor_reduce(in, out, s, &result, err);
    progress_end(&shown);
    if (st && st != BC_E_QUALITY)
        return st;
    const options refused = tool_refused(o), *as = st ? &refused : o;
    const bool is_silent = as->quiet && !as->report;
    const bc_status said = is_silent ? BC_OK : tensor_report(as, s, in, out, &result, err);

    bc_tensor_result_free(&result);
    return said ? said : st;
}

/* `FILE... FORMAT`. */
static bc_status reduce(const char *name, const options *o, bc_error *err)
{
    tensor_job j = { 0 };
    char choice[64];

    if (o->params > 0.0)
        return tool_usage(err, "--params", "", "expected with info: bitcrush info --params 7e9");
    if (o->n_operands < 2)
        return tool_usage(err, "too few arguments", "",
                          "expected FILE FORMAT, for example model.safetensors q4_k (see --help)");
    const char *format = o->operands[o->n_operands - 1];
    bc_status st = tensor_format_check(format, err);

    if (!st)
        st = tensor_job_make(o, format, &j, err);
    batch_name_choice(format, choice, sizeof choice);
    if (!st)
        st = page_check(o, o->n_operands - 1, err);
    if (!st)
        st = batch_run(&(batch){ .program = name,
                                 .tool = TOOL_TENSOR,
                                 .n_files = o->n_operands - 1,
                                 .choice = choice,
                                 .ending = ending,
                                 .file = reduce_file,
                                 .settings = &j },
                       o, err);
    tensor_job_free(&j);
    return st;
}

/* `report FILE... SPEC` or `report FILE...`. */
static bc_status report(const char *name, const options *o, bc_error *err)
{
    return report_verb(name, o, reduce, err);
}

/* --min-snr of a comparison: a tensor that one file alone has was compared with nothing. */
static bc_status gate(const options *o, const bc_tensor_comparison *c, bc_error *err)
{
    const char *a = o->operands[0], *b = o->operands[1];

    if (o->min_snr > -INFINITY && c->n_only_a + c->n_only_b > 0)
        return tool_fail(err, BC_E_QUALITY,
                         "%.200s: lacks %zu tensor(s) of %.200s and has %zu that are not there, "
                         "expected at least %.2f dB of each",
                         b, c->n_only_a, a, c->n_only_b, o->min_snr);
    return bc_error_gate(&c->error, o->min_snr, b, "SQNR", "", err);
}

/* `compare A B`. */
static bc_status compare(const char *name, const options *o, bc_error *err)
{
    bc_tensor_comparison result;
    bc_status st;

    const bc_reading reading = tool_reading(o);

    (void)name;
    if (o->n_operands != 2)
        return tool_usage(err, o->n_operands < 2 ? "too few arguments" : "too many arguments", "",
                          "expected compare A B, two files of weights");
    st = bc_tensor_compare(o->operands[0], o->operands[1], &reading, &result, err);
    if (st)
        return st;
    if (!o->quiet)
        st = tensor_comparison_report(o, o->operands[0], o->operands[1], &result, err);
    if (!st)
        st = gate(o, &result, err);
    bc_tensor_comparison_free(&result);
    return st;
}

/* `info FILE` or `info --params N`. */
static bc_status info(const char *name, const options *o, bc_error *err)
{
    const bc_reading reading = tool_reading(o);
    bc_tensor_file *f;
    bc_status st;

    (void)name;
    if (o->params > 0.0 && o->n_operands == 0)
        return o->quiet ? BC_OK : tensor_sizes_report(o, err);
    if (o->params > 0.0)
        return tool_usage(err, "--params", "",
                          "expected without a file: it asks for any N weights");
    if (o->n_operands != 1)
        return tool_usage(err, o->n_operands < 1 ? "too few arguments" : "too many arguments", "",
                          "expected info FILE, a file of weights, or info --params N");
    st = bc_tensor_file_open_with(o->operands[0], &reading, &f, err);
    if (st)
        return st;
    if (!o->quiet)
        st = tensor_info_report(o, o->operands[0], f, err);
    bc_tensor_file_free(f);
    return st;
}

const tool tensor_tool = {
    .bit = TOOL_TENSOR,
    .medium = "weights",
    .spec = "format",
    .knows = bc_tensor_probe,
    .verbs = { [VERB_REDUCE] = reduce,
               [VERB_REPORT] = report,
               [VERB_COMPARE] = compare,
               [VERB_INFO] = info,
               [VERB_SWEEP] = sweep_verb },
};
