/* The program bitcrush-image. */
#include "idle.h"
#include "image_tool.h"

int main(int argc, char **argv)
{
    idle_passively(argv);
    return image_tool("bitcrush-image", argc, argv);
}
