/* Knows how blue_noise.c is written: both masks, as C, to standard output. */
#include <inttypes.h>
#include <stdio.h>

#include "core/void_and_cluster.h"

static const char opening[] =
    "/* Knows the blue-noise masks: the rank of every cell of a tile in the order of\n"
    " * void-and-cluster (Ulichney, SPIE 1913, 1993).\n"
    " *\n"
    " * Made by make_blue_noise.c with seed 0x%" PRIx64 ":\n"
    " *   cc -std=c17 -O2 -Isrc -o make_blue_noise src/core/make_blue_noise.c \\\n"
    " *      src/core/void_and_cluster.c && ./make_blue_noise >src/core/blue_noise.c */\n"
    "#include \"core/blue_noise.h\"\n"
    "\n"
    "/* clang-format off */\n";

enum { PER_LINE = 16 };

static bool print_mask(uint32_t side)
{
    static uint16_t rank[BCI_MASK_SIDE_MAX * BCI_MASK_SIDE_MAX];

    if (!bci_void_and_cluster(side, BCI_BLUE_NOISE_SEED, rank))
        return false;
    printf("const uint16_t bci_blue_noise_%u[%u * %u] = {", side, side, side);
    for (uint32_t i = 0; i < side * side; i++)
        printf("%s%u,", i % PER_LINE == 0 ? "\n    " : "", rank[i]);
    printf("\n};\n");
    return true;
}

int main(void)
{
    printf(opening, BCI_BLUE_NOISE_SEED);
    if (!print_mask(64) || !print_mask(128)) {
        fprintf(stderr, "make_blue_noise: out of memory\n");
        return 1;
    }
    printf("/* clang-format on */\n");
    return fflush(stdout) ? 1 : 0;
}
