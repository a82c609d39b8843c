#!/bin/sh
# What reducing weights costs. First the exact encoders of GGML's formats on one thread, beside the
# plain C of their definitions; then whole files beside copying them; then peak memory. Started by
# `./dev bench tensor`, which sets BITCRUSH, the program.
#
#   RUNS     how many runs a median is of (default: 5)
#   SIZE_GB  the size of the file whose peak memory is measured, in GiB (default: 2); it is sparse
#   CC       the C compiler (default: cc)
#
# The file of the second table is made once, 1 GiB of F32 in 16 tensors, and kept in bench/ beside
# the program. The first run of each command, which is not counted, brings it into the page cache.
set -eu

rows() {
    cat <<'EOR'
cp|cp "$weights" out.gguf
cp and sync FILE|cp "$weights" out.gguf && sync out.gguf
one thread
bitcrush f16 -q|bitcrush "$weights" f16 --threads 1 -q -f -o out.gguf
bitcrush f16, with report|bitcrush "$weights" f16 --threads 1 -f -o out.gguf >report
bitcrush q8_0 -q|bitcrush "$weights" q8_0 --threads 1 -q -f -o out.gguf
bitcrush q8_0, with report|bitcrush "$weights" q8_0 --threads 1 -f -o out.gguf >report
bitcrush q4_0 -q|bitcrush "$weights" q4_0 --threads 1 -q -f -o out.gguf
bitcrush q4_0, with report|bitcrush "$weights" q4_0 --threads 1 -f -o out.gguf >report
all threads
bitcrush f16 -q|bitcrush "$weights" f16 -q -f -o out.gguf
bitcrush q8_0 -q|bitcrush "$weights" q8_0 -q -f -o out.gguf
bitcrush q4_0 -q|bitcrush "$weights" q4_0 -q -f -o out.gguf
bitcrush q4_0, with report|bitcrush "$weights" q4_0 -f -o out.gguf >report
bitcrush q4_k -q|bitcrush "$weights" q4_k -q -f -o out.gguf
EOR
}

# One tensor of all of the file, in no more address space than a small part of it.
memory_rows() {
    cat <<'EOR'
bitcrush q4_0|bitcrush big.safetensors q4_0 -q -f -o out.gguf
bitcrush q4_0, ulimit -v 512 MiB|ulimit -v 524288 && bitcrush big.safetensors q4_0 -q -f -o out.gguf
EOR
}

bench=tensor
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench tensor sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)
work=$build/bench
mkdir -p "$work"
. "$here/table.sh"

# Plain C is compiled for speed and for any CPU, as most projects do.
${CC:-cc} -std=c17 -O3 -c -o "$work/reference-blocks.o" "$here/reference-blocks.c"
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -I"$here/../../include" -o "$work/block-speed" \
    "$here/block-speed.c" "$work/reference-blocks.o" "$build/libbitcrush.a" -lm
compile measure
compile make-weights

cd "$work"
PATH=$work:$build:$PATH
weights=weights.safetensors
export PATH weights
printf 'exact encoders on one thread, medians of %s runs\n\n' "${RUNS:-5}"
block-speed "${RUNS:-5}"
if [ ! -s "$weights" ]; then
    say "making $weights"
    make-weights unfinished.safetensors 1024 16
    mv unfinished.safetensors "$weights"
fi
printf '\nF32 weights, %s bytes; medians of %s runs\n\n' "$(wc -c <"$weights" | tr -d ' ')" "${RUNS:-5}"
rows | print_table out.gguf
make-weights big.safetensors $((${SIZE_GB:-2} * 1024)) 1 zeros
printf '\none tensor of %s GiB of F32; one run\n\n' "${SIZE_GB:-2}"
memory_rows | (
    RUNS=1
    print_table out.gguf
)
rm -f out.gguf big.safetensors
