#!/bin/sh
# A run that is killed leaves nothing: no output by half, and what it must leave the next run removes.
. "${0%/*}/cli.sh"

"$MAKE_PNG" noise 300 200 in.png
"$MAKE_WEIGHTS" safetensors 256 256 w.safetensors
[ -z "$SOUND" ] || "$MAKE_SOUND" sine s16 44100 1 40000 in.wav
mkdir "$base/tmp"
TMPDIR=$base/tmp
export TMPDIR

# killed MILLISECONDS ARGUMENT...: bitcrush, and SIGKILL after so long
killed() {
    delay=$(printf '0.%03d' "$1")
    shift
    "$BITCRUSH" "$@" >/dev/null 2>&1 </dev/null &
    sleep "$delay"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
}

# Kills at 1, 3, 5 ... 39 ms: some before the work begins, some after its end.
kills() {
    name=$1 ending=$2
    shift 2
    bitcrush "$@" -q -o "want.$ending"
    exits 0
    n=0
    while [ "$n" -lt 20 ]; do
        killed $((2 * n + 1)) "$@" -q -o "new.$ending"
        [ ! -e "new.$ending" ] || same "new.$ending" "want.$ending"
        [ -e "$1" ] || fail "the input is gone"
        rm -f "new.$ending"
        for left in .*.bitcrush-*; do
            [ ! -e "$left" ] || fail "$name: $left is left of a new target"
        done
        cp "$1" "old.$ending"
        killed $((2 * n + 1)) "$@" -q -f -o "old.$ending"
        cmp -s "old.$ending" "$1" || same "old.$ending" "want.$ending"
        n=$((n + 1))
    done
    bitcrush "$@" -q -f -o "old.$ending"
    exits 0
    for left in .*.bitcrush-*; do
        [ ! -e "$left" ] || fail "$name: $left outlived the next run"
    done
    rm -f "old.$ending" "want.$ending"
}

it 'pictures'
kills pictures png in.png 3
it 'weights'
kills weights gguf w.safetensors q4_0
if [ -n "$SOUND" ]; then
    it 'sound'
    kills sound wav in.wav 8
fi

it 'reports without an output that stays'
n=0
while [ "$n" -lt 10 ]; do
    killed $((12 * n + 5)) report in.png 2 -q -f
    n=$((n + 1))
done
mkdir "$base/tmp/bitcrush-scratch-000000" "$base/tmp/bitcrush-output" # left by nobody who lives; a person's
echo x >"$base/tmp/bitcrush-scratch-000000/in-2bit.png"
bitcrush report in.png 2 -q -f
exits 0
[ "$(ls "$base/tmp")" = bitcrush-output ] || fail "left in TMPDIR: $(ls "$base/tmp")"

finish
