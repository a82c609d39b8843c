/* Knows how several tensors of a file become one: its pieces, once they are known to be that. */
#include "tensor/coded_join.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"

const char *bci_joiner_path(const bci_joiner *j)
{
    return j->file->parts[0]->name;
}

static bool fits(const bc_tensor_info *got, const bc_tensor_info *want, bci_role role)
{
    if (got->type != want->type)
        return false;
    if (role == BCI_STATE) /* texts of other writers have other lengths */
        return got->n_dims == 1;
    if (want->n_dims == 0)
        return got->n_elements == 1;
    return got->n_dims == want->n_dims &&
           memcmp(got->dims, want->dims, got->n_dims * sizeof *got->dims) == 0;
}

static void describe(const bc_tensor_info *t, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room, "%s [", t->type->name);

    for (uint32_t i = 0; i < t->n_dims && n < room; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%" PRIu64, i ? ", " : "", t->dims[i]);
    if (n < room)
        snprintf(to + n, room - n, "]");
}

/* Find the pieces; the sentence is of the first that is not there or is something else. */
static bc_status find_pieces(const bci_joiner *j, bci_coding *c, bci_tensor *found[BCI_MAX_PIECES],
                             bc_error *err)
{
    for (size_t i = 0; i < c->n_pieces; i++) {
        const bc_tensor_info *want = &c->pieces[i].info;
        const bci_shown name = bci_show_name(want->name);
        char wanted[200], got[200];

        describe(want, wanted, sizeof wanted);
        found[i] = bci_tensor_file_find(j->file, want->name);
        if (!found[i])
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s is missing, expected %s for %s",
                            bci_joiner_path(j), name.text, wanted, c->format->name);
        if (found[i]->coding || j->is_taken[found[i] - j->file->tensors])
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s belongs to two others, expected one",
                            bci_joiner_path(j), name.text);
        describe(&found[i]->info, got, sizeof got);
        if (!fits(&found[i]->info, want, c->roles[i]))
            return bci_fail(err, BC_E_FORMAT, "%s: tensor %s is %s, expected %s for %s",
                            bci_joiner_path(j), name.text, got, wanted, c->format->name);
    }
    return BC_OK;
}

/* Make one tensor of the pieces, in the place of the codes. */
static bc_status take(bci_joiner *j, bci_coding *c, bci_tensor *found[BCI_MAX_PIECES],
                      uint32_t n_dims, const uint64_t *dims, bc_error *err)
{
    const bci_layout *layout = c->format->layout;
    bc_tensor_info *info = &found[0]->info;

    for (size_t i = 0; i < c->n_pieces; i++) {
        const char *name = c->pieces[i].info.name;

        c->pieces[i] = *found[i];
        c->pieces[i].info.name = name;
        j->is_taken[found[i] - j->file->tensors] = i > 0;
    }
    info->type = bci_element_for(c->format->name, true);
    info->n_dims = n_dims;
    memcpy(info->dims, dims, sizeof info->dims);
    info->n_elements = 1;
    for (uint32_t i = 0; i < n_dims; i++)
        info->n_elements *= dims[i];
    info->size_bytes = bci_coding_bytes(c);
    found[0]->coding = c;
    j->n_joined++;
    return layout->read_constants ? layout->read_constants(j->file, c, err) : BC_OK;
}

bc_status bci_join(bci_joiner *j, const bci_coded_format *format, const bc_tensor_info *info,
                   const bci_coding_choice *choice, bc_error *err)
{
    bci_tensor *found[BCI_MAX_PIECES] = { 0 };
    bci_coding *c = NULL;
    bc_tensor_info bytes = *info;
    const char *why;
    bc_status st = BC_OK;

    bytes.type = bc_element_type_named("U8");
    if (!bci_element_measure(&bytes, &why))
        st = bci_fail(err, BC_E_FORMAT, "%s: tensor %s of format %s: %s", bci_joiner_path(j),
                      bci_show_name(info->name).text, format->name, why);
    if (!st)
        st = bci_coding_new(format, info, choice, &c, err);
    if (!st)
        st = find_pieces(j, c, found, err);
    if (st) {
        bci_coding_free(c);
        return st;
    }
    return take(j, c, found, info->n_dims, info->dims, err);
}
