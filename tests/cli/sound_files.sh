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

finish
