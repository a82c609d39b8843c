/* The program bitcrush-image. */
#include "image_tool.h"

int main(int argc, char **argv)
{
    return image_tool("bitcrush-image", argc, argv);
}
