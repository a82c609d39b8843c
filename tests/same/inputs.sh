#!/bin/sh
# Small inputs of every kind, into the directory that is current: what is read as it was made by the test
# programs, and what the program itself makes of it.
#
#   inputs.sh TESTS     TESTS is this tree's tests/; $BITCRUSH, $MAKE_PNG, $MAKE_SOUND and $MAKE_WEIGHTS
#                       name the programs
set -eu

"$MAKE_PNG" grey 61 43 grey.png
"$MAKE_PNG" rgb 61 43 rgb.png
"$MAKE_PNG" rgba 40 33 rgba.png
"$MAKE_PNG" rgb16 45 31 rgb16.png
"$MAKE_PNG" interlaced 61 43 interlaced.png
"$MAKE_PNG" noise 52 37 noise.png
"$MAKE_PNG" noise16 64 40 noise16.png
"$MAKE_PNG" noted 61 43 noted.png
"$MAKE_PNG" hole 40 33 hole.png
cp "$1/failures/ramp.jpg" "$1/failures/ramp-progressive.jpg" .

"$MAKE_SOUND" sine s16 44100 2 900 sine.wav
"$MAKE_SOUND" sine s16 48000 1 900 sine48.wav
"$MAKE_SOUND" noise s24 96000 1 900 fast.wav
"$MAKE_SOUND" noise s16 44100 1 900 noise.wav
"$MAKE_SOUND" noise s24 44100 2 700 noise24.wav
"$MAKE_SOUND" noise s32 44100 1 700 noise32.wav
"$MAKE_SOUND" high8 u8 22050 1 700 eight.wav
"$MAKE_SOUND" hot s16 44100 1 700 hot.wav
"$MAKE_SOUND" noise f32 48000 2 700 noise-f32.wav
"$MAKE_SOUND" hot f32 44100 1 700 hot-f32.wav
"$MAKE_SOUND" sine f64 44100 1 700 sine-f64.wav
"$MAKE_SOUND" silence s16 44100 2 700 silence.wav
for kind in nan inf huge; do
    "$MAKE_SOUND" $kind f64 44100 1 300 $kind.wav
done
"$MAKE_WEIGHTS" npy 4 256 w.npy
"$MAKE_WEIGHTS" npy 2 256 nan.npy nan
"$MAKE_WEIGHTS" npy 2 256 inf.npy inf
"$MAKE_WEIGHTS" npy 2 256 big.npy 1e9
"$MAKE_WEIGHTS" safetensors 3 256 w.safetensors
"$MAKE_WEIGHTS" npz 2 256 w.npz

. "$1/cli/small-inputs.sh"

# Sound with 200 frames of silence between two of noise.
{
    head -c 44 noise.wav
    tail -c +45 noise.wav | head -c 600
    head -c 600 /dev/zero
    tail -c 600 noise.wav
} >gaps.wav

# A model of transformers: the names that mixes go by, all with the same weights.
names='model.embed_tokens lm_head'
for layer in 0 1 2; do
    for name in self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj mlp.gate_proj mlp.up_proj mlp.down_proj; do
        names="$names model.layers.$layer.$name"
    done
done
head='' at=0
for name in $names; do
    head="$head,\"$name.weight\":{\"dtype\":\"F32\",\"shape\":[4,256],\"data_offsets\":[$at,$((at + 4096))]}"
    at=$((at + 4096))
done
head="{${head#,}}"
while [ $((${#head} % 256)) -ne 0 ]; do
    head="$head "
done
{
    # the length in eight bytes, of which the first is 0
    printf "\\000\\$(printf %03o $((${#head} / 256)))\\000\\000\\000\\000\\000\\000%s" "$head"
    for name in $names; do
        tail -c 4096 w.npy
    done
} >model.safetensors

# make MADE INPUT SPEC...: by the program itself
make() {
    made=$1
    shift
    "$BITCRUSH" "$@" -q -o "$made"
}
make grey.pgm grey.png 8
make bits.pbm grey.png 1
make rgb.ppm rgb.png 8
make rgba.pam rgba.png 8
make deep.ppm rgb16.png 16
make palette.png rgb.png --palette 16
make four.png noise16.png 4
make sine.flac sine.wav 16
make sine.aiff sine.wav 16
make noise.caf noise24.wav 24
make noise.au noise.wav mulaw
make noise.w64 noise24.wav 20
make noted.wav sine.wav 6 --subtractive
make w.gguf w.safetensors q8_0
make model.gguf model.safetensors f16
make int4.safetensors w.safetensors int4
