#!/bin/sh
# The core stands alone: base, core and measure compile and link with libc and libm only.
# Usage: alone.sh SOURCE_DIR; the compiler is $CC or cc.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/main.c" <<'END'
#include "bitcrush/quantize.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/spectrum.h"

int main(void)
{
    const float x[2] = { 0.3f, 0.8f };
    float noise[2], y[2];
    bc_error_sums sums = { 0 };
    bc_grid g;
    bc_spectrum *spectrum;

    if (bc_grid_uniform(1, &g, NULL) != BC_OK)
        return 1;
    if (bc_spectrum_new(48e3, 1024, &spectrum, NULL) != BC_E_UNSUPPORTED)
        return 1;
    bc_noise_fill(bc_noise_find("none"), 1, 1, 0, noise, 2);
    bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, noise, 2, y, NULL);
    bc_error_add_f32(&sums, x, y, 2);
    return y[0] == 0.0f && y[1] == 1.0f && sums.n == 2 ? 0 : 1;
}
END
# A list of files without spaces: a checkout in a path with spaces is compiled from a link.
ln -s "$root" "$work/root"
sources=
for f in "$work"/root/src/base/*.c "$work"/root/src/core/*.c "$work"/root/src/measure/*.c; do
    if grep -q '^int main(' "$f"; then # a program that makes tables
        continue
    fi
    sources="$sources $f"
done
# shellcheck disable=SC2086
"${CC:-cc}" -std=c17 -O0 -ffp-contract=off -Wno-unknown-pragmas -Wno-psabi -D_POSIX_C_SOURCE=200809L \
    -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 -DBCI_LEVEL=baseline -I"$work/root/include" -I"$work/root/src" \
    "$work/main.c" $sources -lm -o "$work/alone"
"$work/alone"
