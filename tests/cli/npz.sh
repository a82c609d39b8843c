#!/bin/sh
# Archives of NumPy on the command line: weights beside arrays that hold no numbers.
. "${0%/*}/cli.sh"

for kind in npz npz-deflated; do
    mkdir $kind
    cd $kind || exit 1
    "$MAKE_WEIGHTS" $kind 2 256 w.npz
    if [ $kind = npz-deflated ] && [ "$ZLIB" != ON ]; then
        it 'without zlib a compressed archive is refused'
        bitcrush info w.npz
        exits 5
        continue
    fi

    it "$kind: info lists every array"
    bitcrush info w.npz
    exits 0
    prints '2 x 256  F32'
    prints 'TEXT'
    prints 'OBJECT'
    prints 'RECORD'
    prints 'OTHER'
    prints 'C128'

    it "$kind: an array that the output cannot hold is named, with the option that leaves it out"
    bitcrush w.npz q8_0 -o w.gguf
    exits 5
    mentions 'tensor labels is TEXT, a type that GGUF lacks'
    mentions '--drop labels'
    bitcrush w.npz f16 -o w.safetensors
    exits 5
    mentions 'tensor labels is TEXT, a type that safetensors lacks; --drop labels leaves it out'
    only w.npz

    it "$kind: without them the weights are reduced"
    others=labels,objects,records,dates,wave
    bitcrush w.npz q8_0 --drop $others -o w.gguf
    exits 0
    prints 'Q8_0'
    bitcrush w.npz q8_0 --drop $others -o w.gguf --sizes-only
    exits 0

    it "$kind: compare, sweep and report read the weights"
    bitcrush compare w.npz w.gguf
    exits 0
    prints 'a.weight'
    bitcrush sweep w.npz 4..5
    exits 0
    bitcrush report w.npz w.gguf -o page.html --progress never
    exits 0
    bitcrush report w.npz q8_0 --drop $others -o one.html
    exits 0
    cd .. || exit 1
done

finish
