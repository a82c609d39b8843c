/* Knows the palettes of some devices. */
#include <strings.h>

#include "base/fail.h"
#include "bitcrush/palette.h"

#define ROW(name, doc, source, ...)                                                                \
    {                                                                                              \
        name, doc, source, sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t),                 \
            (const uint32_t[])                                                                     \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/* clang-format off */
static const bc_palette_row rows[] = {
    ROW("bw", "black and white", "", 0x000000, 0xFFFFFF),
    ROW("bw-red", "e-paper of three inks, black, white, red; pure colours, paper shows them duller",
        "E Ink Spectra, controllers' order", 0x000000, 0xFFFFFF, 0xFF0000),
    ROW("bw-yellow", "e-paper of three inks, black, white, yellow; pure colours",
        "E Ink Spectra, controllers' order", 0x000000, 0xFFFFFF, 0xFFFF00),
    ROW("7-colour", "e-paper of seven colours; pure colours, paper shows them duller",
        "E Ink ACeP and Gallery, controllers' order",
        0x000000, 0xFFFFFF, 0x00FF00, 0x0000FF, 0xFF0000, 0xFFFF00, 0xFF8000),
    ROW("gameboy", "the four greens of the DMG-01 screen, as emulators show them",
        "Nintendo Game Boy, 1989; customary values", 0x0F380F, 0x306230, 0x8BAC0F, 0x9BBC0F),
    ROW("cga4", "CGA 320 x 200, palette 1 at high intensity", "IBM CGA, 1981",
        0x000000, 0x55FFFF, 0xFF55FF, 0xFFFFFF),
    ROW("cga16", "CGA text colours, with the brown of the 5153 monitor", "IBM CGA, 1981",
        0x000000, 0x0000AA, 0x00AA00, 0x00AAAA, 0xAA0000, 0xAA00AA, 0xAA5500, 0xAAAAAA,
        0x555555, 0x5555FF, 0x55FF55, 0x55FFFF, 0xFF5555, 0xFF55FF, 0xFFFF55, 0xFFFFFF),
    ROW("spectrum", "ZX Spectrum, normal (85 %) and bright, black once", "Sinclair, 1982; levels of the video voltage",
        0x000000, 0x0000D8, 0xD80000, 0xD800D8, 0x00D800, 0x00D8D8, 0xD8D800, 0xD8D8D8,
        0x0000FF, 0xFF0000, 0xFF00FF, 0x00FF00, 0x00FFFF, 0xFFFF00, 0xFFFFFF),
    ROW("web16", "the 16 named colours of HTML 4", "W3C HTML 4.01, 6.5",
        0x000000, 0xC0C0C0, 0x808080, 0xFFFFFF, 0x800000, 0xFF0000, 0x800080, 0xFF00FF,
        0x008000, 0x00FF00, 0x808000, 0xFFFF00, 0x000080, 0x0000FF, 0x008080, 0x00FFFF),
};
/* clang-format on */

enum { N_ROWS = sizeof rows / sizeof *rows };

size_t bc_palette_rows(const bc_palette_row **out)
{
    *out = rows;
    return N_ROWS;
}

bc_status bc_palette_named(const char *name, bc_palette *out, bc_error *err)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcasecmp(rows[i].name, name) != 0)
            continue;
        *out = (bc_palette){ .n_colours = rows[i].n_colours };
        for (uint32_t k = 0; k < rows[i].n_colours; k++)
            for (int c = 0; c < 3; c++)
                out->colours[k][c] = (uint8_t)(rows[i].colours[k] >> (16 - 8 * c));
        return BC_OK;
    }
    return bci_fail(err, BC_E_USAGE, "palette %s: unknown, expected a name that `list` shows",
                    name);
}
