/* Knows how counts of two stretches of sound become those of both. */
#include "audio/tally.h"

void bci_crush_merge(bci_crush_tally *to, const bci_crush_tally *more)
{
    to->n_clipped += more->n_clipped;
    bc_error_merge(&to->overload, &more->overload);
    to->n_nonfinite += more->n_nonfinite;
    to->n_silent += more->n_silent;
    to->n_saturated += more->n_saturated;
    to->worst = more->worst > to->worst ? more->worst : to->worst;
}
