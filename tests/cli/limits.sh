#!/bin/sh
# Limits of what an input may ask for: status 8, and a sentence with size, limit and option.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 60 50 in.png

it 'a picture of more pixels than --max-pixels, by every verb'
message='in.png: 60 x 50 pixels, expected at most 1000000 a side and 2999 in all (--max-pixels)'
for arguments in 'in.png 4' 'compare in.png in.png' 'info in.png' 'sweep in.png 1..2' \
    'sweep in.png 1..2 --sheet s.png' 'report in.png 4' 'report in.png'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-pixels 2999
    exits 8
    mentions "$message"
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-pixels 3000 -f -q
    exits 0
done
rm -f in-4bit.png s.png ./*.html
only in.png

it 'sizes that are none'
for size in 0 -1 1.5G 4X '1 G B' 99999999T; do
    bitcrush in.png 4 "--max-memory=$size"
    exits 2
done
bitcrush in.png 4 --max-memory 1.5G
says 'bitcrush: --max-memory 1.5G: expected a size in bytes, as 512M, 2GiB or 65536'
bitcrush in.png 4 --max-pixels 0
says 'bitcrush: --max-pixels 0: expected a whole number from 1 to 1000000000000000'
exits 2
only in.png

it 'a picture that is read by rows needs nothing of the limit'
bitcrush in.png 4 --max-memory 1 -q
exits 0
rm -f in-4bit.png

it 'an interlaced picture is held whole'
"$MAKE_PNG" interlaced 600 500 whole.png
for arguments in 'whole.png 4' 'info whole.png' 'compare whole.png whole.png' 'sweep whole.png 1..2' \
    'whole.png --palette 4'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory 500K
    exits 8
    silent "$out"
    mentions ': whole.png: an interlaced picture of 600 x 500 pixels takes 879 KiB of memory, expected at most 500 KiB (--max-memory)'
done
only in.png whole.png

it 'the head of a file of weights'
"$MAKE_WEIGHTS" safetensors 4 32 w.safetensors
for arguments in 'info w.safetensors' 'w.safetensors f16' 'compare w.safetensors w.safetensors'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory 200
    exits 8
    mentions 'w.safetensors: the list of tensors takes '
    mentions ' of memory, expected at most 200 bytes (--max-memory)'
done

if [ "$SOUND" = ON ]; then
    it 'a sound: what is held, and the look-ahead for silence'
    "$MAKE_SOUND" silence s16 44100 2 600000 s.wav
    bitcrush s.wav 8 --max-memory 1K
    exits 8
    says 'bitcrush: s.wav: holding 4 times 16384 frames of 2 channels takes 384 KiB of memory, expected at most 1 KiB (--max-memory)'
    bitcrush s.wav 8 --dither tpdf --keep-silence=10000 --max-memory 2M
    exits 8
    mentions 's.wav: looking 441000 frames ahead for silence takes 3.1 MiB of memory, expected at most 2 MiB (--max-memory)'
    bitcrush s.wav 8 --dither tpdf --keep-silence=10000 --max-memory 4M -q
    exits 0
    rm -f s-8bit.wav
fi

it 'weights are not salvaged'
bitcrush w.safetensors f16 --salvage
exits 2
mentions '--salvage: not an option for weights'

finish
