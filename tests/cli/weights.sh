#!/bin/sh
# Neural weights on the command line: a .npy file of floats that grow evenly.
. "${0%/*}/cli.sh"

# 2 rows of 256: the floats whose high bytes count from 3C 00 on, made without any library.
{
    printf '\223NUMPY\001\000\166\000'
    printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 256), }"
    i=0
    while [ $i -lt 512 ]; do
        printf "\\000\\000\\$(printf %03o $((i % 256)))\\$(printf %03o $((60 + i / 256)))"
        i=$((i + 1))
    done
} >w.npy

it 'the tool is chosen by content'
bitcrush w.npy q8_0
exits 0
silent "$err"
prints 'w.npy -> w-q8_0.gguf'
prints '2 x 256'
prints 'Q8_0'
only w.npy w-q8_0.gguf

it 'info lists tensors'
bitcrush info w-q8_0.gguf
exits 0
prints 'gguf, version 3'
prints '2 x 256  Q8_0         544'

it 'a dry run writes nothing'
bitcrush w.npy q4_k -n
exits 0
prints 'dry run'
only w.npy w-q8_0.gguf

it 'decoded again, nothing changes'
bitcrush w-q8_0.gguf f32 -o back.safetensors
exits 0
bitcrush compare w-q8_0.gguf back.safetensors
exits 0
prints 'infinite dB'

it 'the gate'
bitcrush w.npy 4 --min-snr 90
exits 9
mentions 'expected at least 90.00 dB'

it 'wrong formats, options and files'
bitcrush w.npy q9
exits 2
says 'bitcrush: q9: unknown format, expected a number of bits or a name that --list shows'
bitcrush w.npy 4 --gray
exits 2
mentions '--gray'
bitcrush w.npy 4 --type nonsense
exits 2
says 'bitcrush: --type nonsense: expected GLOB=FORMAT'
bitcrush w.npy q8_0
exits 6
bitcrush w.npy q8_0 -o w.safetensors
exits 5
head -c 100 w.npy >cut.npy
bitcrush cut.npy q8_0
exits 4
mentions 'cut.npy'
bitcrush info missing.gguf
exits 3

it 'JSON has a row for each tensor'
bitcrush w.npy q8_0 -f --json
exits 0
prints '"kind": "tensor"'
prints '"tensors": ['
prints '"to": "Q8_0"'

finish
