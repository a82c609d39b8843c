#!/bin/sh
# What a file is and how much of it is used: files made to use less than they say.
. "${0%/*}/cli.sh"

it 'eight bits in sixteen, and the command that says so loses nothing'
"$MAKE_PNG" rgb 60 40 ramp.png
bitcrush ramp.png 16 -q -o wide.png
exits 0
facts info wide.png
is schema bitcrush-report/2
is input.kind image
is input.depth_bits 16
is input.raw_bytes 14400
is used.depth_bits 8
is used.packed_bytes 7200
is used.command 'bitcrush wide.png 8 --dither none'
PATH=${BITCRUSH%/*}:$PATH sh -c "$(sed -n 's/^used.command=//p' "$base/facts") -q -o again.png"
bitcrush compare wide.png again.png
prints 'infinite dB'
mv wide.png "it's wide.png"
facts info "it's wide.png"
PATH=${BITCRUSH%/*}:$PATH sh -c "$(sed -n 's/^used.command=//p' "$base/facts") -q -f -o again.png"
bitcrush compare "it's wide.png" again.png
prints 'infinite dB'

# 3 of 8 bits: levels round(255 k / 7).
it 'levels between the bits of a byte'
printf 'P5\n8 1\n255\n\000\044\111\155\222\266\333\377' >three.pgm
facts info three.pgm
is used.depth_bits 3
is used.colours 8
is channels.0.channel grey
is channels.0.levels 8
is channels.0.at_0_percent 12.5
is channels.0.at_top_percent 12.5
printf 'P5\n8 1\n255\n\000\044\111\155\222\266\334\377' >eight.pgm
facts info eight.pgm
is used.depth_bits 8
is used.lossless 'a palette of 8 holds all'
is used.packed_bytes 3

# 100 is no multiple of a level of a PNG: there 13 of 100 would be 33 of 255.
it 'samples that no PNG holds as they are can spare nothing'
printf 'P2 8 1 100\n0 13 22 33 54 75 86 100\n' >hundred.pgm
facts info hundred.pgm
is used.depth_bits 7
absent used.lossless used.command
printf 'P3 2 1 100\n13 13 13 86 86 86\n' >grey100.ppm
facts info grey100.ppm
is used.lossless 'all is grey'
absent used.command
printf 'P2 3 1 100\n0 20 100\n' >fifth.pgm
facts info fifth.pgm
is used.depth_bits 4
PATH=${BITCRUSH%/*}:$PATH sh -c "$(sed -n 's/^used.command=//p' "$base/facts") -q -o fifth.png"
bitcrush compare fifth.pgm fifth.png
prints 'infinite dB'

it 'colours that are grey, alpha that hides nothing'
printf 'P6\n2 1\n255\n\000\000\000\377\377\377' >grey.ppm
facts info grey.ppm
is used.grey true
is used.depth_bits 1
is used.packed_bytes 1
is used.lossless '1 of 8 bits a sample is enough, all is grey'
"$MAKE_PNG" rgba 60 40 opaque.png
facts info opaque.png
is used.opaque true
is used.lossless 'alpha is opaque everywhere'
is channels.3.channel alpha
is channels.3.levels 1
"$MAKE_PNG" hole 60 40 hole.png
facts info hole.png
is used.opaque false
is channels.3.levels 2

it 'what JPEG threw away is not to be had without loss'
facts info "$SAMPLES/coast.jpg"
is used.note 'nothing, it is compressed with loss already'
absent used.lossless used.command

it 'several files are an object of JSON each, one after the other'
bitcrush info opaque.png hole.png --json
exits 0
sed -n '/^}$/q;p' "$out" | sed '$a}' | "$READ_JSON" >"$base/one" || fail 'the first is no object'
sed '1,/^}$/d' "$out" | "$READ_JSON" >"$base/two" || fail 'the second is no object'
grep -qx 'input.path=opaque.png' "$base/one" && grep -qx 'input.path=hole.png' "$base/two" ||
    fail 'not the two files'

it 'noise uses all'
"$MAKE_PNG" noise 60 40 noise.png
facts info noise.png
is used.depth_bits 8
is used.grey false
absent used.colours used.lossless
is used.note 'nothing, every bit of it is used'

if [ "$SOUND" = ON ]; then
    it 'bits of sound that are always 0, integers in floats'
    # Multiples of 1/256: 9 bits with the sign.
    "$MAKE_SOUND" high8 s24 48000 2 3000 high8.wav
    facts info high8.wav
    is input.kind audio
    is input.encoding '24-bit PCM'
    is input.raw_bytes 18000
    is used.depth_bits 9
    is used.same_channels false
    is used.packed_bytes 6750
    is used.command 'bitcrush high8.wav 9'
    "$MAKE_SOUND" high8 f32 48000 1 3000 float.wav
    facts info float.wav
    is used.depth_bits 9
    is used.lossless '9 of 32 bits a sample are enough'

    it 'silence, and what is clipped'
    "$MAKE_SOUND" silence s16 48000 2 3000 silence.wav
    facts info silence.wav
    is used.lossless 'it is silence, all channels are the same'
    is channels.0.levels 1
    absent used.command channels.0.peak_dbfs
    # A sine of 1.5 is beyond 1 for a share of acos(1/1.5) 2 / pi of the time, 53.5 %, in whole periods.
    "$MAKE_SOUND" hot s16 48000 1 48000 hot.wav
    facts info hot.wav
    is used.depth_bits 16
    n=$(sed -n 's/^channels.0.at_full_scale=//p' "$base/facts")
    [ "$n" -gt 25500 ] && [ "$n" -lt 25900 ] || fail "$n samples at the ends, expected 53.5 % of 48000"

    it 'NaN is counted, and a sound through a pipe read'
    "$MAKE_SOUND" nan f32 48000 1 100 nan.wav
    facts info nan.wav
    is channels.0.nonfinite 1
    run sh -c 'cat high8.wav | "$1" info -' sh "$BITCRUSH"
    exits 0
    prints '24-bit PCM'
fi

it 'weights are listed'
"$MAKE_WEIGHTS" safetensors 2 32 w.safetensors
bitcrush info w.safetensors
exits 0
prints 'a.weight'

it 'several files of several kinds, one of which is not there'
bitcrush info w.safetensors missing.png ramp.png
exits 3
prints 'a.weight'
prints '60 x 40 RGB'
says 'bitcrush: missing.png: cannot be opened for reading: No such file or directory'
bitcrush info ramp.png missing.png
exits 3
says 'bitcrush: missing.png: cannot be opened for reading: No such file or directory'

it 'wrong files'
bitcrush info
exits 2
bitcrush info "$SAMPLES/README.md"
exits 5
head -c 200 noise.png >cut.png
bitcrush info cut.png
exits 4
mentions cut.png

finish
