#!/bin/sh
# Reports say what was written, in words that are true: fallbacks, containers, packed sizes, silence, what is missing.
. "${0%/*}/cli.sh"

"$MAKE_WEIGHTS" npy 20 96 odd.npy
"$MAKE_WEIGHTS" npy 64 256 w.npy
"$MAKE_PNG" rgb 20 15 a.png

it 'weights that fell back on another format have its bits, and its name'
facts odd.npy q2_k -n
is output.bits 4.5
is output.fallback q4_0
is output.fallback_why 'rows are not whole blocks'
grep -q '^output.levels=' "$base/facts" && fail 'levels of a format that no tensor has'
bitcrush odd.npy q2_k -n
prints '1 of them as q4_0 instead'
prints 'the next format that fits is taken'
facts w.npy q2_k -n
is output.bits 2.625
is output.levels 4

it 'levels and values of one grid are told apart by their container'
facts a.png 7 -n
is settings.container_bits 8
facts a.png uniform7 -n
is settings.container_bits 16

it 'three values take as many bits in a sweep as in the file that is written'
facts w.npy ternary -n
packed=$(sed -n 's/^metrics.packed_bytes=//p' "$base/facts")
bitcrush sweep w.npy 2..2
row=$(grep 'ternary absmean per tensor' "$out" | head -n 1)
case $row in
*" $packed "*) ;;
*) fail "$row, and $packed bytes in the report" ;;
esac

it 'small numbers are printed with digits that tell them'
printf '0.000001\n0.000002\n0.000004\n' >small.txt
bitcrush small.txt 2 -n
prints '1e-06  4e-06'

it 'where something clips and nothing is expected, it says why'
seq 1 1024 | awk '{ printf "%.4f\n", sin($1 / 37) * 5 }' >n.txt
facts n.txt q4_0 -n
sed -n 's/^theory.note=//p' "$base/facts" | grep -q 'no closed form' || fail 'no reason'
bitcrush n.txt q4_0 -n
prints 'no figure is expected: there is no closed form for this grid, scale and dither'

it 'a page of what became silence begins with that'
seq 1 64 | awk '{ print $1 % 7 / 100 }' >quiet.txt
bitcrush quiet.txt --step 1 -o silence.txt --report page.html
exits 0
grep -q 'Everything became 0: the error is the signal itself' page.html || fail "$(grep -o 'What it cost: [^<]*' page.html)"

it 'a comparison says why it has another figure than the report'
printf 'a,b\n1,2\nnan,3\n5,7\n' >nan.csv
bitcrush nan.csv 2 --nonfinite zero -o zeros.csv
bitcrush compare nan.csv zeros.csv
prints 'where NaN or infinity was replaced, a report measures the error from the number that took its place'

it 'a comparison names a column that is text in one of the two'
printf 'a,b\nx,2\ny,3\nz,7\n' >text.csv
printf 'a,b\n4,2\n6,3\n7,7\n' >numbers.csv
bitcrush compare text.csv numbers.csv
prints 'a number in one file and none in the other: 3 cells'
prints 'numbers in the second file, none in the first'
bitcrush compare numbers.csv text.csv
prints 'numbers in the first file, none in the second'

it 'sentences are what one would say'
bitcrush numbers.csv 4 --exclude '*' -n
says 'bitcrush: numbers.csv: --include and --exclude leave out every column of numbers, expected one to reduce'
bitcrush restore n.txt
says 'bitcrush: n.txt: is a table of numbers, expected sound, which is all that restore takes'
printf '1,2\n1,2,3\n' >ragged.csv
bitcrush ragged.csv 3 -n
says 'bitcrush: ragged.csv: the record in line 2 has more than 2 cells, expected 2 as in the first'
bitcrush w.npy uniform3 --exclude '*' -n
prints 'reduced  nothing to uniform3: 1 tensor kept'
bitcrush w.npy uniform3 -n
prints '(packed, 3.00 bits a weight)'
yes 3 | head -n 20 >const.txt
bitcrush report const.txt n.txt -o const.html
grep -q 'numbers, on a ruler of three bits, 1 mark,' const.html || grep -q 'three bits, 1 mark, without' const.html ||
    fail "$(grep -o 'on a ruler of three bits[^<]*' const.html)"

finish
