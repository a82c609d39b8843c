/* Knows how one block of a file of weights is shown: scales, codes, values, errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/lower_case.h"
#include "base/shown.h"
#include "bitcrush/blocks.h"
#include "bitcrush/measure.h"
#include "bitcrush/tensor.h"
#include "explain/digits.h"
#include "explain/parts.h"

enum { L = BC_BLOCK_MAX_LENGTH, G = BC_BLOCK_MAX_GROUPS, MAX_BYTES = 4 * L };

/* One block, taken apart. */
typedef struct {
    const bc_tensor_info *tensor;
    bci_shown name; /* of the tensor */
    const bc_block_format *format;
    uint64_t place, n_blocks;
    bool is_encoded; /* from weights that are known, so that there are errors */
    float scale_of_tensor;
    uint8_t bytes[MAX_BYTES];
    uint16_t codes[L];
    float weights[L], stored[L], scales[G], minimums[G];
    size_t n_groups;
    bc_error_sums error;
} block;

/* A block format by name, in upper or lower case. */
static bc_status find_format(const char *typed, const bc_block_format **out, bc_error *err)
{
    const bc_block_format *rows;
    const size_t n = bc_block_rows(&rows);
    const char *near = NULL;
    char name[40];

    bci_lower_case(typed, name, sizeof name);
    *out = bc_block_find(name);
    for (size_t i = 0; i < n && !*out; i++)
        near = bc_nearer_name(near, rows[i].name, name);
    return *out ? BC_OK
                : bc_setting_unknown(err, "format", typed, near,
                                     "unknown block format, expected one such as q4_0, q4_k, mxfp4 "
                                     "or nf4");
}

/* The tensor asked for, or the largest. */
static bc_status find_tensor(const bc_explain_request *asked, const bc_tensor_file *f, size_t *out,
                             bc_error *err)
{
    const size_t n = bc_tensor_count(f);
    const char *near = NULL;

    *out = 0;
    for (size_t i = 1; i < n && !asked->tensor; i++)
        if (bc_tensor_at(f, i)->n_elements > bc_tensor_at(f, *out)->n_elements)
            *out = i;
    if (n == 0)
        return bci_fail(err, BC_E_USAGE, "%s: no tensors in it, expected one at least",
                        asked->path);
    if (!asked->tensor)
        return BC_OK;
    *out = bc_tensor_find(f, asked->tensor);
    if (*out != SIZE_MAX)
        return BC_OK;
    for (size_t i = 0; i < n; i++)
        near = bc_nearer_name(near, bc_tensor_at(f, i)->name, asked->tensor);
    return near ? bc_setting_refuse(err, "tensor", asked->tensor,
                                    "not in the file, did you mean %.80s?", near)
                : bc_setting_refuse(err, "tensor", asked->tensor,
                                    "not in the file, expected a name that bitcrush info lists");
}

/* The format that is shown: the one asked for, or that of the file. */
static bc_status choose_format(const bc_explain_request *asked, block *b, bc_error *err)
{
    char own[40];

    bci_lower_case(b->tensor->type->name, own, sizeof own);
    b->format = bc_block_find(own);
    if (asked->format) {
        const bc_block_format *stored = b->format;
        const bc_status st = find_format(asked->format, &b->format, err);

        b->is_encoded = b->format != stored;
        return st;
    }
    if (b->format)
        return BC_OK;
    return bci_fail(err, BC_E_USAGE,
                    "%s: its type %s has no blocks, expected `format` with one, such as q4_0",
                    b->name.text, b->tensor->type->name);
}

static bc_status check_place(const bc_explain_request *asked, block *b, bc_error *err)
{
    const bc_tensor_info *t = b->tensor;
    const uint64_t row = t->n_dims ? t->dims[t->n_dims - 1] : 1;
    const uint32_t length = b->format->block_length;
    char place[32];

    if (row % length != 0)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: rows of %llu weight(s), expected whole blocks of %u for %s",
                        b->name.text, (unsigned long long)row, length, b->format->name);
    b->place = asked->block;
    b->n_blocks = t->n_elements / length;
    if (b->place < b->n_blocks)
        return BC_OK;
    snprintf(place, sizeof place, "%llu", (unsigned long long)b->place);
    return b->n_blocks == 0
               ? bc_setting_refuse(err, "block", place, "%s has no weights", b->name.text)
               : bc_setting_refuse(err, "block", place, "expected 0 to %llu, as %s has them",
                                   (unsigned long long)(b->n_blocks - 1), b->name.text);
}

/* ModelOpt divides data by the scale of their tensor first: its largest magnitude / (6 * 448). */
static bc_status read_scale_of_tensor(const bc_tensor_file *f, size_t i, block *b, bc_error *err)
{
    float x[L], largest = 0.0f;
    bc_status st = BC_OK;

    b->scale_of_tensor = 1.0f;
    if (!b->is_encoded || strcmp(b->format->name, "nvfp4_modelopt") != 0)
        return BC_OK;
    for (uint64_t at = 0; !st && at < b->tensor->n_elements; at += L) {
        const uint64_t left = b->tensor->n_elements - at;
        const size_t n = left < L ? (size_t)left : L;

        st = bc_tensor_read_f32(f, i, at, n, x, err);
        for (size_t k = 0; !st && k < n; k++)
            largest = fabsf(x[k]) > largest ? fabsf(x[k]) : largest;
    }
    if (largest > 0.0f)
        b->scale_of_tensor = largest / (6.0f * 448.0f);
    return st;
}

/* The bytes: out of the file, or encoded from the weights that it has there. */
static bc_status read_bytes(const bc_tensor_file *f, size_t i, block *b, bc_error *err)
{
    const bc_block_format *format = b->format;
    float x[L];
    bc_status st;

    if (!b->is_encoded)
        return bc_tensor_read(f, i, b->place * format->block_bytes, b->bytes, format->block_bytes,
                              err);
    st = bc_tensor_read_f32(f, i, b->place * format->block_length, format->block_length, b->weights,
                            err);
    if (st)
        return st;
    for (uint32_t k = 0; k < format->block_length; k++)
        x[k] = b->weights[k] / b->scale_of_tensor;
    format->encode(x, NULL, 1, b->bytes);
    return BC_OK;
}

static void take_apart(block *b)
{
    const bc_block_format *format = b->format;

    format->decode(b->bytes, 1, b->stored);
    format->codes->unpack(b->bytes, b->codes);
    b->n_groups = bc_block_scales(format, b->bytes, b->scales, b->minimums);
    for (size_t g = 0; g < b->n_groups; g++)
        b->scales[g] *= b->scale_of_tensor;
    for (uint32_t k = 0; k < format->block_length; k++)
        b->stored[k] *= b->scale_of_tensor;
    if (b->is_encoded)
        bc_error_add_f32(&b->error, b->weights, b->stored, format->block_length);
}

/* A path of any length, without what a terminal would obey. */
static void put_path(bci_buffer *out, const char *path)
{
    char one[BCI_SHOWN_CHARACTER];

    for (size_t left = strlen(path); left > 0;) {
        const size_t n = bci_show_character(path, left, one);

        bci_put(out, one, strlen(one));
        path += n;
        left -= n;
    }
}

static void put_heading(bci_buffer *out, const bc_explain_request *asked, const block *b)
{
    const bc_tensor_info *t = b->tensor;
    const bc_block_format *format = b->format;
    const uint64_t row = t->n_dims ? t->dims[t->n_dims - 1] : 1;
    const uint64_t first = b->place * format->block_length;
    char bytes[40], weights[40];

    put_path(out, asked->path);
    bci_putf(out, ", %s (", b->name.text);
    for (uint32_t i = 0; i < t->n_dims; i++)
        bci_putf(out, "%s%llu", i ? " x " : "", (unsigned long long)t->dims[i]);
    bci_putf(out, "%s%s), block %llu of 0 to %llu\n", t->n_dims ? ", " : "", t->type->name,
             (unsigned long long)b->place, (unsigned long long)(b->n_blocks - 1));
    bci_putf(out, "row %llu, weights %llu to %llu%s\n", (unsigned long long)(first / row),
             (unsigned long long)(first % row),
             (unsigned long long)(first % row + format->block_length - 1),
             b->is_encoded ? ", encoded" : ", as the file has them");
    bci_putf(out, "%s: %s\n%s for %s, %.4g bits each:", format->name, format->doc,
             bci_digits_count(bytes, sizeof bytes, format->block_bytes, "byte"),
             bci_digits_count(weights, sizeof weights, format->block_length, "weight"),
             format->bits_per_weight);
    for (uint32_t i = 0; i < format->block_bytes; i++)
        bci_putf(out, "%s%02X", i % 32 == 0 ? "\n  " : " ", b->bytes[i]);
    bci_putf(out, "\n");
    if (b->scale_of_tensor != 1.0f)
        bci_putf(out, "scales below are those of the blocks times that of the tensor, %.6g\n",
                 (double)b->scale_of_tensor);
}

static int bits_of(uint32_t n_codes)
{
    int bits = 1;

    while (1u << bits < n_codes)
        bits++;
    return bits;
}

static void put_group(bci_buffer *out, const block *b, size_t g)
{
    const bc_block_codes *codes = b->format->codes;
    const uint32_t first = (uint32_t)g * codes->group_length;

    bci_putf(out, "\nweights %u to %u: scale %.6g", first, first + codes->group_length - 1,
             (double)b->scales[g]);
    if (codes->has_minimum)
        bci_putf(out, ", minimum %.6g", (double)b->minimums[g]);
    bci_putf(out, "\n");
}

static void put_weights(bci_buffer *out, const block *b)
{
    const bc_block_codes *codes = b->format->codes;
    const int bits = bits_of(codes->n_codes);
    char code[40], value[40];

    bci_putf(out, "stored = value x scale%s\n", codes->has_minimum ? " - minimum" : "");
    for (uint32_t k = 0; k < b->format->block_length; k++) {
        if (k % codes->group_length == 0) {
            put_group(out, b, k / codes->group_length);
            bci_putf(out, "%6s  %*s  %10s  %12s", "", bits > 4 ? bits : 4, "code", "value",
                     "stored");
            bci_putf(out, b->is_encoded ? "  %12s  %10s\n" : "\n", "weight", "error");
        }
        bci_putf(out, "%6u  %*s  %10s  %12.6g", k, bits > 4 ? bits : 4,
                 bci_digits_binary(code, sizeof code, b->codes[k], bits),
                 bci_digits_short(value, sizeof value, (double)codes->value(b->codes[k]), 10),
                 (double)b->stored[k]);
        if (b->is_encoded)
            bci_putf(out, "  %12.6g  %+10.2g", (double)b->weights[k],
                     (double)(b->stored[k] - b->weights[k]));
        bci_putf(out, "\n");
    }
    if (b->is_encoded && b->error.n > 0)
        bci_putf(out, "\nerror of the block: root mean square %.3g, largest %.3g, SNR %.2f dB\n",
                 bc_error_rmse(&b->error), b->error.max_abs_e, bc_error_snr_db(&b->error));
}

static void report(bc_report *r, const bc_explain_request *asked, const block *b)
{
    static const char table[] = "weights";
    const bc_block_codes *codes = b->format->codes;

    bc_report_string(r, "", "path", asked->path);
    bc_report_string(r, "", "tensor", b->tensor->name);
    bc_report_string(r, "", "type", b->tensor->type->name);
    bc_report_string(r, "", "format", b->format->name);
    bc_report_integer(r, "", "block", b->place);
    bc_report_integer(r, "", "block_bytes", b->format->block_bytes);
    bc_report_integer(r, "", "group_length", codes->group_length);
    bc_report_number(r, "", "rmse", b->is_encoded ? bc_error_rmse(&b->error) : NAN);
    bc_report_number(r, "", "snr_db", b->is_encoded ? bc_error_snr_db(&b->error) : NAN);
    for (uint32_t k = 0; k < b->format->block_length; k++) {
        const size_t g = k / codes->group_length;

        bc_report_row(r, table);
        bc_report_integer(r, table, "code", b->codes[k]);
        bc_report_number(r, table, "code_value", (double)codes->value(b->codes[k]));
        bc_report_number(r, table, "scale", (double)b->scales[g]);
        bc_report_number(r, table, "minimum", codes->has_minimum ? (double)b->minimums[g] : NAN);
        bc_report_number(r, table, "stored", (double)b->stored[k]);
        if (b->is_encoded) {
            bc_report_number(r, table, "weight", (double)b->weights[k]);
            bc_report_number(r, table, "error", (double)(b->stored[k] - b->weights[k]));
        }
    }
}

static bc_status show(const bc_explain_request *asked, const bc_tensor_file *f,
                      const bci_telling *to, bc_error *err)
{
    block b = { .is_encoded = false };
    size_t i;
    bc_status st = find_tensor(asked, f, &i, err);

    if (st)
        return st;
    b.tensor = bc_tensor_at(f, i);
    b.name = bci_show_name(b.tensor->name);
    st = choose_format(asked, &b, err);
    if (!st)
        st = check_place(asked, &b, err);
    if (!st)
        st = read_scale_of_tensor(f, i, &b, err);
    if (!st)
        st = read_bytes(f, i, &b, err);
    if (st)
        return st;
    take_apart(&b);
    if (to->report)
        report(to->report, asked, &b);
    if (to->text) {
        put_heading(to->text, asked, &b);
        put_weights(to->text, &b);
    }
    return BC_OK;
}

bc_status bci_explain_block(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    bc_tensor_file *f;
    bc_status st = bc_tensor_file_open_with(asked->path, &asked->reading, &f, err);

    if (st)
        return st;
    st = show(asked, f, to, err);
    bc_tensor_file_free(f);
    return st;
}
