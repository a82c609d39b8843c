#!/bin/sh
# The table in docs/quality.md is what the program reaches: runs the benchmark that makes
# it and compares. Pixels are the same everywhere, and so are the figures.
#
#     check-quality.sh ROOT BIN TOOLS
#
# ROOT is the repository, BIN the directory of the built programs, TOOLS that of to-grey
# and blurred-psnr.
set -eu

page=$1/docs/quality.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM

awk '/^```text/ && !n { on = n = 1; next } /^```/ { on = 0 } on' "$page" >"$scratch/expected"
BITCRUSH=$2/bitcrush TOOLS=$3 "$1/tests/bench/quality.sh" >"$scratch/printed"
if ! diff "$scratch/expected" "$scratch/printed"; then
    echo "docs/quality.md: its first table (<) is not what ./dev bench quality prints (>)"
    exit 1
fi
