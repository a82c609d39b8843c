/* Knows the iCCP chunk (PNG specification, 11.3.2.3): a name, a zero, the compression method 0
 * and the profile as a zlib stream. */
#include "image/iccp.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/deflate.h"

static const char profile_name[] = "ICC profile"; /* with its zero */

bc_status bci_iccp_look(bci_metadata *m, const char *source_name, bc_error *err)
{
    bci_chunk *chunk = NULL;
    uint8_t *profile = NULL;
    size_t n;
    bc_error why = { 0 };
    bc_status st = BC_E_FORMAT;

    for (size_t i = 0; i < m->early.n && !chunk; i++)
        if (strcmp(m->early.chunks[i].name, "iCCP") == 0 && !m->early.chunks[i].is_dropped)
            chunk = &m->early.chunks[i];
    if (!chunk)
        return BC_OK;
    const uint8_t *zero = memchr(chunk->data, 0, chunk->n);
    const size_t start = zero ? (size_t)(zero - chunk->data) + 2 : chunk->n;

    if (start < chunk->n && chunk->data[start - 1] == 0)
        st = bci_zlib_unpack(chunk->data + start, chunk->n - start, BCI_MAX_METADATA, &profile, &n,
                             &why);
    if (st == BC_E_LIMIT)
        return bci_fail(err, st, "%s: the ICC profile %s", source_name, why.text);
    chunk->is_dropped = st != BC_OK;
    if (!st) {
        m->has_profile = true;
        m->profile = bci_icc_facts(profile, n);
    }
    free(profile);
    return BC_OK;
}

bc_status bci_iccp_pack(const bci_chunk *bare, uint8_t **data, size_t *n, bc_error *err)
{
    const size_t head = sizeof profile_name + 1;
    uint8_t *packed = NULL, *all = NULL;
    size_t n_packed;
    bc_status st = bci_zlib_pack(bare->data, bare->n, &packed, &n_packed, err);

    if (st)
        return st;
    all = malloc(head + n_packed);
    if (!all) {
        st = bci_fail(err, BC_E_LIMIT, "PNG: out of memory for an ICC profile");
        goto done;
    }
    memcpy(all, profile_name, sizeof profile_name);
    all[head - 1] = 0;
    memcpy(all + head, packed, n_packed);
    *data = all;
    *n = head + n_packed;
done:
    free(packed);
    return st;
}
