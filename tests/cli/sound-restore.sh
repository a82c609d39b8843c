#!/bin/sh
# Subtractive dither is taken away once, and from nothing else than the samples it was added to.
. "${0%/*}/cli.sh"

"$MAKE_SOUND" noise s24 44100 2 20000 in.wav

# What is left of 8 bits is a twelfth of a step squared: -55.9 dBFS, the noise of in.wav is -13.8
for kind in wav aiff au caf rf64 flac; do
    it "restored from $kind"
    bitcrush in.wav 8 --subtractive -q -f -o "sub.$kind"
    exits 0
    bitcrush restore "sub.$kind" -q -f -o back.wav
    exits 0
    bitcrush compare in.wav back.wav
    prints 'SNR      42.1'
done

it 'Wave64 has no room for the note'
bitcrush in.wav 8 --subtractive -o sub.w64
exits 5
says 'bitcrush: sub.w64: W64 holds no comment, which subtractive dither is noted in, expected another format'
[ ! -e sub.w64 ] || fail 'sub.w64 is there'

it 'from a pipe to a pipe'
cat sub.wav | "$BITCRUSH" restore - -q -o - >back.wav 2>"$err"
silent "$err"
bitcrush compare in.wav back.wav
prints 'SNR      42.1'

it 'what passes exactly can still be restored'
bitcrush sub.wav 8 -q -f -o same.wav
bitcrush restore same.wav -q -f -o back.wav
exits 0
bitcrush compare in.wav back.wav
prints 'SNR      42.1'

for kind in wav aiff au caf flac; do
    it "$kind is not restored twice"
    bitcrush restore "sub.$kind" -q -f -o "back.$kind"
    bitcrush restore "back.$kind" -o twice.wav
    exits 5
    mentions "back.$kind: nothing in its comment about subtractive dither"

    it "nor from $kind that was reduced once more"
    bitcrush "sub.$kind" 4 -q -f -o "four.$kind"
    bitcrush restore "four.$kind" -o twice.wav
    exits 5

    it "but from $kind that was reduced so once more"
    bitcrush "sub.$kind" 4 --subtractive -q -f -o "four.$kind"
    bitcrush restore "four.$kind" -q -f -o back.wav
    exits 0
    bitcrush compare "sub.$kind" back.wav
    prints 'SNR      18.'
done

finish
