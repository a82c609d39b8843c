#!/bin/sh
# What `--encoder best` gains over `exact`: SNR in dB of each block format for Gaussian, Laplace and
# Student-t data, with the gain behind it. Started by `./dev bench encoder-quality`, which sets
# BITCRUSH, the program. How fast it is goes to standard error.
#
#   TOOLS     a directory with best-encoder (default: it is built)
#   CC        the C compiler (default: cc)
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench encoder-quality sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)

if [ -z "${TOOLS-}" ]; then
    TOOLS=$build/bench
    mkdir -p "$TOOLS"
    ${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -I"$here/../../include" \
        -o "$TOOLS/best-encoder" "$here/best-encoder.c" "$build/libbitcrush.a" -fopenmp -lm
fi
"$TOOLS/best-encoder"
