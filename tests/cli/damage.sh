#!/bin/sh
# A damaged PNG is never taken for a whole one: status 4, a sentence, no output.
. "${0%/*}/cli.sh"

"$MAKE_PNG" noise 90 76 whole.png
size=$(size_of whole.png)
it "the whole file of $size bytes is read"
bitcrush whole.png 4 -o out.png -q
exits 0
rm -f out.png
[ "$size" -gt 20000 ] || fail 'the picture is too small for this test'

# With shell words only where it can: there are hundreds of files.
refused() {
    exits 4
    read -r message <"$err"
    case $message in
    'bitcrush: cut.png: '*', expected an intact PNG'*) ;;
    *) fail 'the message is another one' ;;
    esac
    silent "$out"
    [ ! -e cut-4bit.png ] || fail 'there is an output'
}

at=100
while [ "$at" -lt "$size" ]; do
    it "a PNG cut after $at of $size bytes"
    head -c "$at" whole.png >cut.png
    bitcrush cut.png 4
    refused
    at=$((at + 100))
done

for left in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
    at=$((size - left))
    it "a PNG cut $left bytes before its end, around IEND"
    head -c "$at" whole.png >cut.png
    bitcrush cut.png 4
    refused
done

for at in 8 9 20 33 40; do
    it "a PNG cut after $at bytes, around IHDR"
    head -c "$at" whole.png >cut.png
    bitcrush cut.png 4
    refused
done

# patch OFFSET OCTAL: one byte of cut.png is set.
patch() {
    cp whole.png cut.png
    # the escape is the format
    # shellcheck disable=SC2059
    printf "\\$2" | dd of=cut.png bs=1 seek="$1" conv=notrunc 2>/dev/null
}

it 'a wrong checksum of the last IDAT chunk'
patch $((size - 13)) "$(printf '%o' $((0$(od -An -to1 -j$((size - 13)) -N1 whole.png | tr -d ' ') ^ 1)))"
bitcrush cut.png 4
refused
mentions 'IDAT: CRC error'

it 'a wrong checksum of IEND'
patch $((size - 1)) 203
bitcrush cut.png 4
refused
mentions 'IEND: CRC error'

it 'a wrong checksum of IHDR'
patch 32 "$(printf '%o' $((0$(od -An -to1 -j32 -N1 whole.png | tr -d ' ') ^ 4)))"
bitcrush cut.png 4
refused
mentions 'IHDR: CRC error'

it 'pixels that were changed'
patch 5000 "$(printf '%o' $((0$(od -An -to1 -j5000 -N1 whole.png | tr -d ' ') ^ 16)))"
bitcrush cut.png 4
refused

it 'nothing was left behind'
only cut.png whole.png

it 'a damaged input leaves an old output as it was'
echo 'old' >out.png
bitcrush cut.png 4 -o out.png --force
exits 4
[ "$(cat out.png)" = old ] || fail 'the old output changed'
rm -f out.png

it 'damage on standard input'
head -c 9000 whole.png | "$BITCRUSH" - 4 >"$out" 2>"$err"
status=$?
exits 4
mentions 'bitcrush: standard input: file ends early at byte 9000'
finish
