/* What --list prints. */
#ifndef BITCRUSH_LISTS_H
#define BITCRUSH_LISTS_H

/* The rows of every registry that a tool of the mask takes names from, to standard output. */
void print_lists(unsigned tools);

#endif
