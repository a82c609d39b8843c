/* Knows what JPEG files say in application markers, and its form in PNG: EXIF (CIPA DC-008,
 * 4.5.4: APP1 "Exif"), XMP (ISO 16684-3: APP1 with a URL), ICC profiles (ICC.1:2022, annex B:
 * APP2 "ICC_PROFILE" in numbered parts) and the density of JFIF (ITU-T T.871, 10.1). */
#include "image/app_markers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { COMMENT = 0xfe, APP0 = 0xe0, APP1 = 0xe1, APP2 = 0xe2, ADOBE = 0xee };

#define SIGNATURE(literal) literal, sizeof literal /* with its zero */

static bool begins_with(const uint8_t *data, size_t n, const char *signature, size_t length)
{
    return n >= length && memcmp(data, signature, length) == 0;
}

static bc_status take_profile_part(bci_profile_parts *p, const uint8_t *data, size_t n,
                                   const char *source_name, bc_error *err)
{
    const unsigned number = data[0], n_parts = data[1];

    if (number == 0 || number > n_parts || (p->n_parts != 0 && p->n_parts != n_parts) ||
        p->parts[number - 1].data) {
        p->is_broken = true;
        return BC_OK;
    }
    p->n_parts = n_parts;
    p->parts[number - 1].data = malloc(n - 2 + 1);
    if (!p->parts[number - 1].data)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for an ICC profile", source_name);
    memcpy(p->parts[number - 1].data, data + 2, n - 2);
    p->parts[number - 1].n = n - 2;
    return BC_OK;
}

/* XMP as the iTXt chunk that is reserved for it: keyword, no compression (2 zeros), no language
 * and no translated keyword (a zero each), text. */
static bc_status take_xmp(bci_metadata *m, const uint8_t *xmp, size_t n, const char *source_name,
                          bc_error *err)
{
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0"; /* and the zero of the literal */
    uint8_t *text = malloc(sizeof head + n);
    bc_status st;

    if (!text)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for metadata", source_name);
    memcpy(text, head, sizeof head);
    memcpy(text + sizeof head, xmp, n);
    st = bci_metadata_add(m, "iTXt", text, sizeof head + n, false, source_name, err);
    free(text);
    return st;
}

bc_status bci_app_marker(bci_metadata *m, bci_profile_parts *p, int code, const uint8_t *data,
                         size_t n, const char *source_name, bc_error *err)
{
    char name[8];

    if (code == APP1 && begins_with(data, n, SIGNATURE("Exif\0")))
        return bci_metadata_add(m, "eXIf", data + 6, n - 6, false, source_name, err);
    if (code == APP1 && begins_with(data, n, SIGNATURE("http://ns.adobe.com/xap/1.0/")))
        return take_xmp(m, data + 29, n - 29, source_name, err);
    if (code == APP2 && n >= 14 && begins_with(data, n, SIGNATURE("ICC_PROFILE")))
        return take_profile_part(p, data + 12, n - 12, source_name, err);
    /* JFIF's other field is a thumbnail, and Adobe's marker speaks of the coding. */
    if (code == APP0 || code == ADOBE)
        return BC_OK;
    if (code == COMMENT)
        snprintf(name, sizeof name, "COM");
    else
        snprintf(name, sizeof name, "APP%d", (code - APP0) & 15);
    return bci_metadata_add(m, name, data, n, false, source_name, err);
}

void bci_profile_parts_free(bci_profile_parts *p)
{
    for (size_t i = 0; i < BCI_MAX_PROFILE_PARTS; i++)
        free(p->parts[i].data);
    *p = (bci_profile_parts){ 0 };
}

bc_status bci_app_markers_end(bci_metadata *m, bci_profile_parts *p, const char *source_name,
                              bc_error *err)
{
    uint8_t *profile = NULL;
    size_t n = 0;
    bc_status st = BC_OK;

    for (size_t i = 0; i < p->n_parts; i++) {
        p->is_broken = p->is_broken || !p->parts[i].data;
        n += p->parts[i].n;
    }
    if (p->is_broken) {
        st = bci_metadata_add(m, "iCCP", NULL, 0, false, source_name, err);
        goto done;
    }
    if (p->n_parts == 0)
        goto done;
    profile = malloc(n + 1);
    if (!profile) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory for an ICC profile", source_name);
        goto done;
    }
    n = 0;
    for (size_t i = 0; i < p->n_parts; i++) {
        memcpy(profile + n, p->parts[i].data, p->parts[i].n);
        n += p->parts[i].n;
    }
    st = bci_metadata_add_profile(m, profile, n, source_name, err);
done:
    free(profile);
    bci_profile_parts_free(p);
    return st;
}

static void put_u32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

bc_status bci_jfif_density(bci_metadata *m, int unit, uint32_t x, uint32_t y,
                           const char *source_name, bc_error *err)
{
    uint8_t phys[9];

    if (unit > 2 || x == 0 || y == 0 || (unit == 0 && x == y))
        return BC_OK;
    if (unit == 1) { /* 1 inch = 0.0254 m; to the nearest */
        x = (x * 10000 + 127) / 254;
        y = (y * 10000 + 127) / 254;
    } else if (unit == 2) {
        x *= 100;
        y *= 100;
    }
    put_u32(phys, x);
    put_u32(phys + 4, y);
    phys[8] = unit != 0;
    return bci_metadata_add(m, "pHYs", phys, sizeof phys, false, source_name, err);
}
