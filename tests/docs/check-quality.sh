#!/bin/sh
# A table in docs/quality.md is what the program reaches: runs the benchmark that makes it and
# compares. Pixels and samples are the same everywhere, and so are the figures.
#
#     check-quality.sh ROOT BIN TOOLS NAME BLOCK
#
# ROOT is the repository, BIN the directory of the built programs, TOOLS that of to-grey,
# blurred-psnr and test-signal, NAME the benchmark, whose output is the BLOCKth ```text of the
# page.
set -eu

page=$1/docs/quality.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM

awk -v block="$5" '/^```text/ { on = ++n == block; next } /^```/ { on = 0 } on' \
    "$page" >"$scratch/expected"
BITCRUSH=$2/bitcrush TOOLS=$3 "$1/tests/bench/$4.sh" >"$scratch/printed"
if ! diff "$scratch/expected" "$scratch/printed"; then
    echo "docs/quality.md: its text block $5 (<) is not what ./dev bench $4 prints (>)"
    exit 1
fi
