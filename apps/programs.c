/* Knows what the programs say of themselves. */
#include "programs.h"

#include "options.h"

static const char *const image_usages[] = {
    "FILE... BITS [OPTION...]",
    "FILE... --palette N|NAME|FILE [OPTION...]",
    NULL,
};

static const char about_images[] =
    "Reduce the bit depth of pictures and say what it cost. FILE is PNG, JPEG, PNM or\n"
    "PAM, - is standard input; BITS is 1 to 16 a sample. The output is FILE-BITSbit.png\n"
    "(of a palette FILE-Ncolours.png or FILE-NAME.png) beside the input unless -o names\n"
    "another, or a directory for several files.";

static const char about_compare[] =
    "`bitcrush compare A B` reports the same figures for any two pictures of one size.";

static const char *const image_abouts[] = { about_images, about_compare, NULL };

const program program_bitcrush = { "bitcrush", TOOL_IMAGE, image_usages, image_abouts };
const program program_image = { "bitcrush-image", TOOL_IMAGE, image_usages, image_abouts };

size_t programs(const program *const **out)
{
    static const program *const all[] = { &program_bitcrush, &program_image };

    *out = all;
    return sizeof all / sizeof *all;
}
