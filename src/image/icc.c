/* Knows ICC profiles (ICC.1:2022) as far as needed: the colour space of the samples and the
 * curve from coded values to light. Colours themselves are not converted. */
#include "image/icc.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { HEADER_SIZE = 128, TAG_SIZE = 12, MAX_TAGS = 1000 };

static uint32_t u16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) << 16 | u16(p + 2);
}

static double s15_fixed_16(const uint8_t *p)
{
    return (double)(int32_t)u32(p) / 65536.0;
}

/* The data of a tag and their size, or NULL. */
static const uint8_t *find_tag(const uint8_t *profile, size_t n, const char *name, size_t *size)
{
    if (n < HEADER_SIZE + 4)
        return NULL;
    const size_t said = u32(profile + HEADER_SIZE), room = (n - HEADER_SIZE - 4) / TAG_SIZE;
    const size_t n_tags = said < room ? said : room;

    for (size_t i = 0; i < n_tags && i < MAX_TAGS; i++) {
        const uint8_t *tag = profile + HEADER_SIZE + 4 + i * TAG_SIZE;
        const size_t at = u32(tag + 4);

        if (memcmp(tag, name, 4) != 0)
            continue;
        *size = u32(tag + 8);
        return at <= n && *size <= n - at ? profile + at : NULL;
    }
    return NULL;
}

static bool make_power(double exponent, bc_transfer *out)
{
    if (!(exponent >= BC_MIN_EXPONENT && exponent <= BC_MAX_EXPONENT))
        return false;
    *out = (bc_transfer){ .kind = BC_TRANSFER_POWER, .exponent = exponent };
    return true;
}

/* A curve of n >= 2 samples (10.6) with straight lines between them. None further than 1/500
 * away is what makes it a known one: profiles of several makers differ from sRGB by less, the
 * power 2.2 by more. */
static bool read_samples(const uint8_t *samples, size_t n, bc_transfer *out)
{
    static const bc_transfer known[] = { { BC_TRANSFER_POWER, 1.0 }, { BC_TRANSFER_SRGB, 0.0 } };

    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        double furthest = 0.0;

        for (size_t i = 0; i < n; i++) {
            const double want = bc_transfer_decode(&known[k], (double)i / (double)(n - 1));

            furthest = fmax(furthest, fabs(u16(samples + 2 * i) / 65535.0 - want));
        }
        *out = known[k];
        if (furthest <= 0.002)
            return true;
    }
    return false;
}

/* Parameters g a b c d (10.18), of which all functions but the first are "a power with a
 * straight piece at the foot"; the one in use is that of sRGB. */
static bool is_srgb_curve(const uint8_t *parameters)
{
    static const double want[5] = { 2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045 };

    for (size_t i = 0; i < 5; i++)
        if (fabs(s15_fixed_16(parameters + 4 * i) - want[i]) > 0.001)
            return false;
    return true;
}

static bool read_curve(const uint8_t *curve, size_t n, bc_transfer *out)
{
    if (n >= 12 && memcmp(curve, "curv", 4) == 0) {
        const size_t count = u32(curve + 8);

        if (count == 0)
            return make_power(1.0, out);
        if (count > (n - 12) / 2)
            return false;
        return count == 1 ? make_power(u16(curve + 12) / 256.0, out)
                          : read_samples(curve + 12, count, out);
    }
    if (n >= 16 && memcmp(curve, "para", 4) == 0) {
        const uint32_t function = u16(curve + 8);

        if (function == 0)
            return make_power(s15_fixed_16(curve + 12), out);
        if (function == 3 && n >= 32 && is_srgb_curve(curve + 12)) {
            *out = (bc_transfer){ .kind = BC_TRANSFER_SRGB };
            return true;
        }
    }
    return false;
}

static bool equal_transfers(const bc_transfer *a, const bc_transfer *b)
{
    return a->kind == b->kind && a->exponent == b->exponent;
}

/* The curve that all colours share. */
static bool read_transfer(const uint8_t *profile, size_t n, bci_space space, bc_transfer *out)
{
    static const char *const names[2][3] = { { "kTRC", "kTRC", "kTRC" },
                                             { "rTRC", "gTRC", "bTRC" } };
    bc_transfer found[3];

    for (int i = 0; i < 3; i++) {
        size_t size = 0;
        const uint8_t *curve = find_tag(profile, n, names[space == BCI_RGB_SPACE][i], &size);

        if (!curve || !read_curve(curve, size, &found[i]) || !equal_transfers(&found[i], &found[0]))
            return false;
    }
    *out = found[0];
    return true;
}

bci_profile_facts bci_icc_facts(const uint8_t *profile, size_t n)
{
    bci_profile_facts facts = { .space = BCI_OTHER_SPACE,
                                .transfer_source = "ICC profile, taken as sRGB" };

    if (n < HEADER_SIZE + 4 || memcmp(profile + 36, "acsp", 4) != 0)
        return facts;
    if (memcmp(profile + 16, "RGB ", 4) == 0)
        facts.space = BCI_RGB_SPACE;
    else if (memcmp(profile + 16, "GRAY", 4) == 0)
        facts.space = BCI_GREY_SPACE;
    else
        return facts;
    if (read_transfer(profile, n, facts.space, &facts.transfer))
        facts.transfer_source = "ICC profile";
    return facts;
}
