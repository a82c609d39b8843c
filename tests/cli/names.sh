#!/bin/sh
# Names of files and of the programs.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 32 32 in.png
"$BITCRUSH" in.png 4 -q -o want.png

it 'bitcrush, bitcrush image and bitcrush-image do the same'
bitcrush image in.png 4 -o a.png
exits 0
same a.png want.png
sed -e 's/a\.png/X/' -e '/ time /d' "$out" >"$base/image"
run "$BITCRUSH_IMAGE" in.png 4 -o b.png
exits 0
same b.png want.png
sed -e 's/b\.png/X/' -e '/ time /d' "$out" >"$base/bitcrush-image"
bitcrush in.png 4 -o c.png
exits 0
same c.png want.png
sed -e 's/c\.png/X/' -e '/ time /d' "$out" >"$base/bitcrush"
same "$base/image" "$base/bitcrush"
same "$base/image" "$base/bitcrush-image"

it 'messages begin with the name of the program'
run "$BITCRUSH_IMAGE" missing.png 4
exits 3
says 'bitcrush-image: missing.png: cannot be opened for reading: No such file or directory'
bitcrush image missing.png 4
exits 3
says 'bitcrush: missing.png: cannot be opened for reading: No such file or directory'

it 'a file may be called like a verb'
cp in.png image
bitcrush ./image 4 -o d.png
exits 0
same d.png want.png
rm -f ./*.png image

for name in 'two words.png' '-dash.png' '--help' "quote's.png" 'tab	in.png' '*.png' 'été.png' \
    '%s%n.png' '{x|y}.png' 'new
line.png' "$(printf 'x\342\200\256gnp.png')" "$(printf 'x\342\201\246y.png')"; do
    it "a file named \"$name\""
    "$MAKE_PNG" rgb 32 32 "./$name"
    bitcrush -- "$name" 4
    exits 0
    expected=${name%.png}-4bit.png
    only "$name" "$expected"
    # A terminal gets no control characters.
    prints "$(printf '%s' "$name" | sed -e 's/\t/\\x09/g' -e 's/\xe2\x80\xae/\\xe2\\x80\\xae/g' -e 's/\xe2\x81\xa6/\\xe2\\x81\\xa6/g' | sed -e ':a' -e 'N;$!ba' -e 's/\n/\\x0a/g')"
    bitcrush -q -- "$name" 4
    exits 6
    bitcrush -f --json -- "$name" 4
    exits 0
    "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
    grep -qF "input.path=$(printf '%s' "$name" | head -n 1)" "$base/facts" || fail 'another name in the report'
    clean
done

it 'a name that is not UTF-8'
name=$(printf 'caf\351.png')
"$MAKE_PNG" rgb 32 32 "$name"
bitcrush "$name" 4 --json
exits 0
"$READ_JSON" <"$out" >/dev/null || fail 'the report is no JSON'
only "$name" "$(printf 'caf\351-4bit.png')"
clean

it 'an output named with -- and a leading dash'
"$MAKE_PNG" rgb 32 32 in.png
bitcrush -q -o -out.png in.png 4
exits 0
only -out.png in.png
bitcrush -q --output=--force.png in.png 4
exits 0
only --force.png -out.png in.png
finish
