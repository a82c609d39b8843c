#!/bin/sh
# Which file a reduced sound becomes.
. "${0%/*}/cli.sh"

cp "$SAMPLES/piece.wav" in.wav

# Encoding falls behind reading, so that slots are read into again before they are written.
it 'a slow writer gets the same frames as a fast one'
bitcrush in.wav 16 -q -o out.wav
exits 0
for threads in 1 2 3; do
    bitcrush in.wav 16 -q -f -o out.flac --threads "$threads"
    exits 0
    bitcrush compare out.wav out.flac
    exits 0
    prints '6.00 s'
    prints 'SNR      infinite dB'
done

it 'a name that promises another format is refused'
bitcrush in.wav 16 -o out.mp3
exits 2
[ ! -e out.mp3 ] || fail 'out.mp3 was written'

it 'subtractive dither is refused where nothing could say how to undo it'
bitcrush in.wav 8 --subtractive -q -o out.w64
exits 5
[ ! -e out.w64 ] || fail 'out.w64 was written'
for ending in wav aiff caf au flac; do
    bitcrush in.wav 8 --subtractive -q -f -o "dithered.$ending"
    exits 0
    bitcrush restore "dithered.$ending" -q -f -o restored.wav
    exits 0
    bitcrush compare in.wav restored.wav
    prints 'noise    -49.93 dBFS' # rounding alone: 1/12 of a step^2, 8 bits
done

# Two's complement of 1 bit ends at 0, so most of what clips lies below full scale.
it 'what clips below full scale is not said to lie over it'
bitcrush in.wav pcm1 --dither none -n
prints 'clipped  426 samples'
grep -q 'over full scale' "$out" && fail 'it is'

finish
