#!/bin/sh
# No call that fails ends a program in another way than it should: inputs for the table of
# commands, and the program that refuses their calls one by one.
#
#   failures.sh GROUP [NAME]     the commands of the table of this group, and this name
#
# $FAILURES_MOST: how many calls of a command and a kind are refused, evenly spread, 10 without it; 0 is
# all of them, which takes a quarter of an hour. $FAILURES_SHOW: how many of their faults are shown, 3
# without it.
tables=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$tables/../cli/cli.sh"

"$MAKE_PNG" rgb 20 15 a.png
"$MAKE_PNG" rgba 20 15 alpha.png
"$MAKE_PNG" rgb16 20 15 deep.png
cp "$tables/ramp.jpg" "$tables/ramp-progressive.jpg" .
"$MAKE_SOUND" sine s16 44100 2 600 a.wav
"$MAKE_SOUND" sine f32 48000 1 600 float.wav
"$MAKE_WEIGHTS" npy 2 256 w.npy
"$MAKE_WEIGHTS" safetensors 2 256 w.safetensors
. "$tables/../cli/small-inputs.sh"
{
    echo time,warm,name
    i=0
    while [ $i -lt 96 ]; do
        echo "$i,$((i * 7 % 40)).$((i % 10)),\"row $i\""
        i=$((i + 1))
    done
} >readings.csv

# make MADE INPUT SPEC...: one of the inputs, by the program itself
make() {
    made=$1
    shift
    "$BITCRUSH" "$@" -q -o "$made" || exit 1
}
make a.ppm a.png 8
make a.flac a.wav 12
make a.aiff a.wav 16
make noted.wav a.wav 6 --subtractive
make w.gguf w.safetensors f16
make coarse.csv readings.csv 4
make int4.safetensors w.safetensors int4
head -c 600 a.png >cut.png
head -c 1000 a.wav >cut.wav

PATH=$(dirname -- "$BITCRUSH"):$PATH
export PATH
grep "^${1-image}/${2-[^ ]*} " "$tables/commands" >../commands
cp "$LIBREFUSE" ../librefuse.so # LD_PRELOAD takes no path with a space
idle= # kinds that the commands may do without
[ "${1-}" != words ] || idle=thread
[ -z "${2-}" ] || idle=all
"$EVERY_CALL" "$base/librefuse.so" ../commands "${FAILURES_MOST:-10}" $idle || failures=1
finish
