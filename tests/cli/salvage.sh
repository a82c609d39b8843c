#!/bin/sh
# Damaged pictures: refused, and with --salvage taken as far as they are there, with a warning, a note in
# the report, and status 0.
. "${0%/*}/cli.sh"

"$MAKE_PNG" noise 60 50 whole.png
size=$(size_of whole.png)
head -c $((size / 2)) whole.png >cut.png
head -c $((size - 12)) whole.png >no-iend.png

it 'without the option a damaged picture is corrupt'
for file in cut.png no-iend.png; do
    bitcrush "$file" 4
    exits 4
done
only cut.png no-iend.png whole.png

it 'what it would read, the refusal says'
bitcrush cut.png 2 -o hint.png
exits 4
mentions '; --salvage reads what is there'
head -c 20 cut.png >nothing.png
bitcrush nothing.png 2 -o hint.png
exits 4
case $(cat "$err") in *--salvage*) fail 'nothing is there to be read' ;; esac
rm nothing.png

it 'a head without samples is no picture, with it or without'
printf 'P6 60 50 255\n' >head.ppm
bitcrush head.ppm 2 --salvage -o hint.png
exits 4
mentions 'head.ppm: ends in row 1 of 50'
rm head.ppm

it 'a size whose checksum is wrong is not believed'
{ # a width of 61 instead of 60
    head -c 19 whole.png
    printf '\075'
    tail -c +21 whole.png
} >wide.png
for option in --salvage ''; do
    # shellcheck disable=SC2086
    bitcrush wide.png 4 $option -o hint.png
    exits 4
    mentions 'IHDR'
    case $(cat "$err") in *--salvage*) fail 'it would not read it' ;; esac
done
rm wide.png

it 'a name in the warning is shown without what a terminal obeys'
name=$(printf 'a\033[31m\tb.png')
cp no-iend.png "$name"
bitcrush "$name" 4 --salvage -q -o out.png
exits 0
mentions 'bitcrush: a\x1b[31m\x09b.png: damaged, what is there is taken: '
rm "$name" out.png

it 'with it the rows that are there are taken'
bitcrush cut.png 4 --salvage -o out.png
exits 0
mentions 'bitcrush: cut.png: damaged, what is there is taken: file ends early at byte '
mentions ' of 50 on are blank'
prints 'salvaged'
grep -q '^ *salvaged *file ends early' "$out" || fail 'the report does not say so'

it 'the warning is there with -q, too'
bitcrush cut.png 4 --salvage -q -f -o out.png
exits 0
silent "$out"
mentions 'rows from '

it 'a picture that lacks its IEND lacks nothing'
bitcrush no-iend.png 4 --salvage -q -o a.png
exits 0
mentions 'file ends early at byte '
mentions 'after the last row'
bitcrush whole.png 4 --salvage -q -o b.png
exits 0
silent "$err" "$out"
same a.png b.png

it 'a picture that lacks a part of the checksum of its samples lacks nothing, and no row is guessed'
for less in 17 18 19; do # IEND and a checksum have 16 bytes
    head -c $((size - less)) whole.png >no-end.png
    bitcrush no-end.png 4
    exits 4
    says "bitcrush: no-end.png: file ends early at byte $((size - less)), expected an intact PNG; --salvage reads what is there"
    bitcrush no-end.png 4 --salvage -q -f -o a.png
    exits 0
    mentions 'after the last row'
    same a.png b.png
done
rm no-end.png

salvaged_fact() {
    bitcrush "$@" --json
    exits 0
    "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no valid JSON'
    grep -q '^input.salvaged=file ends early at byte ' "$base/facts" || fail 'no input.salvaged'
}
it 'JSON says it: reduce, info, compare'
salvaged_fact cut.png 4 --salvage -f -o out.png
salvaged_fact info cut.png --salvage
salvaged_fact compare cut.png whole.png --salvage
bitcrush compare whole.png cut.png --salvage --json
"$READ_JSON" <"$out" >"$base/facts"
grep -q '^compared.salvaged=file ends early' "$base/facts" || fail 'no compared.salvaged'
grep -q '^input.salvaged=' "$base/facts" && fail 'the whole picture was not salvaged'

it 'palettes, which read twice, sweeps and pages take it, too'
bitcrush cut.png --palette 4 --salvage -q -f -o out.png
exits 0
bitcrush sweep cut.png 1..2 --salvage -q
exits 0
bitcrush report cut.png 2 --salvage -q -o page.html
exits 0
grep -q 'salvaged' page.html || fail 'the page does not say so'

it 'a picture that is not there at all is no picture'
head -c 20 whole.png >head.png
bitcrush head.png 4 --salvage
exits 4

finish
