#!/bin/sh
# Sounds with mistakes that leave all samples in their place: read, and the mistake is said.
. "${0%/*}/cli.sh"

# forged FILE OFFSET BYTES: overwrite these (printf)
forged() {
    # shellcheck disable=SC2059 # escapes are wanted
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# same NOTE: in.wav gives the output of good.wav, and the note in text and JSON
same() {
    for bits in 16 6; do
        bitcrush good.wav "$bits" -q -f -o good-out.wav
        exits 0
        bitcrush in.wav "$bits" -q -f -o out.wav
        exits 0
        silent "$err"
        cmp -s good-out.wav out.wav || fail "$bits bits: another output"
    done
    bitcrush in.wav 16 -n
    exits 0
    prints "note     $1"
    bitcrush in.wav 16 -n --json
    "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
    grep -qxF "input.note=$1" "$base/facts" || fail "no note in JSON: $(grep note "$base/facts")"
    grep -qx 'input.frames=4801' "$base/facts" || fail 'frames'
    run "$BITCRUSH" info in.wav
    prints "note     $1"
    run "$BITCRUSH" compare good.wav in.wav
    exits 0
    mentions_out "$1"
}

mentions_out() {
    grep -qF -- "$1" "$out" || fail "no \"$1\" in the output"
}

"$MAKE_SOUND" sine s24 48000 1 4801 good.wav

it 'a note is not there without a reason'
bitcrush good.wav 16 -n
exits 0
grep -q '^  note' "$out" && fail 'a note'

it 'the outer size is too large'
cp good.wav in.wav
forged in.wav 4 '\0\312\232\73'
same 'RIFF size says 999985560 bytes more than there are'

it 'a size near 2^31 is a placeholder'
cp good.wav in.wav
forged in.wav 4 '\377\377\377\177'
forged in.wav 40 '\333\377\377\177'
same 'the size 2147483611 of the samples was left open, they are read to the end'

it 'bytes of a last frame'
{ cat good.wav && printf '\2\3'; } >in.wav
forged in.wav 40 '\105\70\0\0'
forged in.wav 4 '\151\70\0\0'
same '2 bytes of a last frame of 3 are left out'

it 'a pad byte is missing and a title follows'
{ head -c 14447 good.wav && printf 'LIST\24\0\0\0INFOINAM\10\0\0\0the name'; } >in.wav
forged in.wav 4 '\203\70\0\0'
bitcrush in.wav 16 -o out.wav -f
exits 0
prints 'note     chunk data lacks its pad byte'
prints 'kept     INFO'
grep -q 'the name' out.wav || fail 'the title is lost'

it 'a pipe is as forgiving as a file'
cp good.wav in.wav
forged in.wav 4 '\0\312\232\73'
bitcrush good.wav 16 -q -f -o good-out.wav
cat in.wav | "$BITCRUSH" audio - 16 -q -f -o out.wav || fail "status $?"
cmp -s good-out.wav out.wav || fail 'another output'

finish
