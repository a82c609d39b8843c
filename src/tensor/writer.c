/* Knows how a file of weights is written: first its head, then tensor by tensor in the order of
 * the format, with zeros up to the alignment after each. */
#include "tensor/writer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/globs.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bc_status check_names(const bci_tensor_writer *w, bc_error *err)
{
    const char **names = malloc((w->n_tensors + 1) * sizeof *names);
    bc_status st = BC_OK;

    if (!names)
        return bci_tensor_short(w->name, err);
    for (size_t i = 0; i < w->n_tensors; i++)
        names[i] = w->tensors[i].name;
    qsort(names, w->n_tensors, sizeof *names, by_text);
    for (size_t i = 1; i < w->n_tensors && !st; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            st = bci_fail(err, BC_E_USAGE, "%s: two tensors are called %s, expected one", w->name,
                          bci_show_name(names[i]).text);
    free(names);
    return st;
}

/* Sizes, and the order as given. */
static bc_status measure(bci_tensor_writer *w, bc_error *err)
{
    const size_t n = w->n_tensors;

    w->sizes = malloc((n + 1) * sizeof *w->sizes);
    w->order = malloc((n + 1) * sizeof *w->order);
    if (!w->sizes || !w->order)
        return bci_tensor_short(w->name, err);
    for (size_t i = 0; i < n; i++) {
        bc_tensor_info info = w->tensors[i];
        const char *why;

        if (!bci_element_measure(&info, &why))
            return bci_fail(err, BC_E_UNSUPPORTED, "%s: tensor %s as %s: %s", w->name,
                            bci_show_name(info.name).text, info.type->name, why);
        w->sizes[i] = info.size_bytes;
        w->order[i] = i;
    }
    return check_names(w, err);
}

static uint64_t padding_of(const bci_tensor_writer *w, size_t tensor)
{
    const uint64_t past = w->sizes[tensor] % w->alignment;

    return past ? w->alignment - past : 0;
}

/* The bytes of the whole file. */
static bc_status add_up(bci_tensor_writer *w, bc_error *err)
{
    uint64_t total = w->head.n;

    if (w->head.is_short)
        return bci_tensor_short(w->name, err);
    for (size_t i = 0; i < w->n_tensors; i++) {
        const uint64_t n = w->sizes[i] + padding_of(w, i);

        if (n > (uint64_t)INT64_MAX - total)
            return bci_fail(err, BC_E_LIMIT,
                            "%s: the file would have more bytes than 63 bits count", w->name);
        total += n;
    }
    w->total_bytes = total;
    return BC_OK;
}

/* Zeros after the tensor that is done, and over empty ones to the next. */
static bc_status end_turn(bci_tensor_writer *w, bc_error *err)
{
    static const uint8_t zeros[4096];
    bc_status st = BC_OK;

    while (w->turn < w->n_tensors && w->turn_done == w->sizes[w->order[w->turn]] && !st) {
        uint64_t n = padding_of(w, w->order[w->turn]);

        for (; n > 0 && !st; n -= n < sizeof zeros ? n : sizeof zeros)
            st = bci_sink_write(w->sink, zeros, n < sizeof zeros ? (size_t)n : sizeof zeros, err);
        w->turn++;
        w->turn_done = 0;
    }
    return st;
}

bci_drop_hint bci_hint_to_drop(const bci_tensor_writer *w, const bc_tensor_info *info)
{
    bci_drop_hint hint;

    if (w->n_tensors > 1)
        snprintf(hint.text, sizeof hint.text, "; `drop=%s` leaves it out",
                 bci_glob_of(info->name).text);
    else
        snprintf(hint.text, sizeof hint.text, ", and there is no other to write");
    return hint;
}

bc_status bci_tensor_writer_open(const bci_tensor_output *output, bci_tensor_writer **out,
                                 bc_error *err)
{
    static const bci_pairs none;
    bci_tensor_writer *w = calloc(1, sizeof *w);
    const char *name = output->path ? output->path : output->name;
    bc_status st;

    if (!w)
        return bci_tensor_short(name, err);
    w->name = strcmp(name, "-") == 0 ? "standard output" : name;
    w->tensors = output->tensors;
    w->n_tensors = output->n_tensors;
    w->pairs = output->pairs ? output->pairs : &none;
    w->file_type = output->file_type;
    w->alignment = 1;
    st = measure(w, err);
    if (!st)
        st = output->format->plan(w, err);
    if (!st)
        st = add_up(w, err);
    if (!st)
        st = bci_sink_open(output->path, output->force, &w->sink, err);
    if (!st && output->is_gated)
        st = bci_sink_hold(w->sink, err);
    if (!st)
        st = bci_sink_write(w->sink, w->head.data, w->head.n, err);
    if (!st)
        st = end_turn(w, err);
    if (st)
        goto done;
    w->name = NULL;
    w->tensors = NULL;
    w->pairs = NULL;
    w->file_type = NULL;
    *out = w;
    w = NULL;
done:
    bci_tensor_writer_free(w);
    return st;
}

size_t bci_tensor_writer_next(const bci_tensor_writer *w)
{
    return w->turn < w->n_tensors ? w->order[w->turn] : SIZE_MAX;
}

bc_status bci_tensor_writer_put(bci_tensor_writer *w, const void *data, size_t n, bc_error *err)
{
    assert(n == 0 || (w->turn < w->n_tensors && n <= w->sizes[w->order[w->turn]] - w->turn_done));

    const bc_status st = bci_sink_write(w->sink, data, n, err);

    if (st)
        return st;
    w->turn_done += n;
    return end_turn(w, err);
}

bc_status bci_tensor_writer_commit(bci_tensor_writer *w, bc_error *err)
{
    assert(w->turn == w->n_tensors && bci_sink_size(w->sink) == w->total_bytes);
    return bci_sink_commit(w->sink, err);
}

void bci_tensor_writer_free(bci_tensor_writer *w)
{
    if (!w)
        return;
    bci_sink_free(w->sink);
    bci_bytes_free(&w->head);
    free(w->order);
    free(w->sizes);
    free(w);
}
