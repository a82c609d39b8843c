#!/bin/sh
# Tables of numbers on the command line: the fourth medium, by every verb.
. "${0%/*}/cli.sh"

# The value of a fact of the last report in JSON.
fact() {
    "$READ_JSON" <"$out" | sed -n "s/^$1=//p"
}

printf 'time,temp,note\n0,20.1,ok\n1,20.4,\n2,21.0,"hot, dry"\n3,19.8,ok\n4,20.0,ok\n' >r.csv

it 'a table is reduced column by column, and text passes as it is'
bitcrush r.csv 3
exits 0
prints 'table    5 rows, 3 columns, commas with names above'
prints 'to 3 bits, 2 columns; scale minmax, for each column'
prints '4 cells of text pass as they are, 1 empty'
prints 'no numbers'
# 3 bits from 0 to 4: marks 4/7 apart; from 19.8 to 21: 1.2/7.
sed 's/,.*//' r-3bit.csv >first
printf 'time\n0\n1.1428571428571428\n2.2857142857142856\n2.857142857142857\n4\n' | cmp - first ||
    fail 'other marks than those of 3 bits from 0 to 4'
grep -q '^2.2857142857142856,21,"hot, dry"$' r-3bit.csv || fail 'a cell in quotes did not pass'

it 'compare gives the figures of the report'
bitcrush r.csv 3 --json -f
snr=$(fact metrics.snr_db)
bitcrush compare r.csv r-3bit.csv --json
exits 0
[ "$(fact metrics.snr_db)" = "$snr" ] || fail "another SNR than $snr"

it 'compare closes the gate, and where a cell of text differs'
bitcrush compare r.csv r-3bit.csv --min-snr 90 -q
exits 9
sed 's/ok/no/' r.csv >other.csv
bitcrush compare r.csv other.csv --min-snr 10 -q
exits 9
rm other.csv r-3bit.csv first

it 'a step takes the place of a SPEC, and its multiples are short'
bitcrush r.csv --step 0.5 -q
exits 0
printf 'time,temp,note\n0,20,ok\n1,20.5,\n2,21,"hot, dry"\n3,20,ok\n4,20,ok\n' | cmp - r-step0.5.csv ||
    fail 'other multiples of 0.5'
rm r-step0.5.csv
bitcrush r.csv 4 --step 0.5
exits 2
mentions 'no SPEC with --palette, --channels or --step'
for spec in e4m3 q4_0 nf4; do
    bitcrush r.csv $spec --step 0.5
    exits 2
    mentions 'no SPEC with --palette, --channels or --step'
    silent "$out"
done

it 'a range is one word or two'
bitcrush r.csv 5 --range 0..31 -q -o one.csv
exits 0
bitcrush r.csv 5 --range 0 31 -q -o two.csv
exits 0
cmp one.csv two.csv || fail '--range 0..31 is not --range 0 31'
grep -q '^1,20,$' one.csv || fail 'marks of 5 bits from 0 to 31 are whole numbers'
bitcrush r.csv 5 --range 3..1
exits 2
mentions '--range 3..1: expected A..B, two numbers, the smaller first'
rm one.csv two.csv

it 'any grid is one for numbers, and codes are whole numbers'
bitcrush r.csv e4m3 --json -n
exits 0
[ "$(fact settings.grid)" = e4m3 ] || fail 'another grid'
bitcrush r.csv 3 --codes -q
exits 0
grep -q '^4,1,ok$' r-3bit.csv && fail 'codes of another row'
grep -q '^7,1,ok$' r-3bit.csv || fail 'codes of 4 and of 20.0 are 7 and 1'
rm r-3bit.csv

it 'a short table that is damaged is said with its line, whatever it is called'
for name in t t.csv t.tsv t.txt; do
    printf 'a,b\n1,2\n3\n' >$name
    bitcrush $name 4
    exits 4
    says "bitcrush: $name: the record in line 3 has 1 cell, expected 2 as in the first"
    printf 'a,b\n1,"2\n3,4\n' >$name
    bitcrush $name 4
    exits 4
    says "bitcrush: $name: the record in line 2 has a quote without an end, expected another quote"
    printf 'Sir\nyes\n' >$name
    bitcrush $name 4
    exits 5
    printf 'a,b\0\1\2' >$name
    bitcrush $name 4
    exits 5
    rm $name
done

it 'decimal commas in quotes are read where they are said'
printf '"1,5","2,5"\n"3,5","4,5"\n"3,2","4"\n' >q.csv
bitcrush q.csv 1
exits 4
says 'bitcrush: q.csv: numbers of column 1 have a decimal comma, first in line 1, expected --decimal comma or numbers with a point'
for point in , comma; do
    bitcrush q.csv 1 --decimal $point -q -o -
    exits 0
    printf '"1,5","2,5"\n"3,5","4,5"\n"3,5","4,5"\n' | cmp - "$out" || fail 'other numbers'
done
rm q.csv

it 'a pipe is reduced as a file is'
seq 0 0.1 10 >s.txt
seq 0 0.1 10 | "$BITCRUSH" - 4 -q -o - >piped || fail 'a pipe is refused'
bitcrush s.txt 4 -q
cmp piped s-4bit.txt || fail 'a pipe gives another table'
rm piped s-4bit.txt

it 'a sweep, a page and info go by the row'
bitcrush sweep s.txt 1..3 --json
exits 0
[ "$(fact rows.1.bits)" = 2 ] || fail 'no row of 2 bits'
bitcrush report r.csv 4 -q
exits 0
grep -q 'settings.scale' r-4bit.html || fail 'the page says no scale'
bitcrush info r.csv
exits 0
prints '0.10      13     4'
rm r-4bit.html

it 'what is not finite, or not held, is told with the option that takes it'
printf 'a,b\n1,nan\n2,3\n' >n.csv
bitcrush n.csv 4
exits 4
says 'bitcrush: n.csv: nan in line 2, column b, expected finite numbers, or --nonfinite keep or zero'
printf '1\n1e30\n' >n.csv
bitcrush n.csv float16 --scale full
exits 4
says 'bitcrush: n.csv: 1e+30 in line 2, column 1, more than the grid holds, expected --nonfinite saturate'
for grid in e4m3 e2m1; do # without an infinity that it would become
    bitcrush n.csv $grid --scale full
    exits 4
    says 'bitcrush: n.csv: 1e+30 in line 2, column 1, more than the grid holds, expected --nonfinite saturate'
done
bitcrush n.csv e4m3 --scale full --nonfinite saturate -f -o held.csv
exits 0
[ "$(tail -n 1 held.csv)" = 448 ] || fail "$(tail -n 1 held.csv) is not the largest of e4m3"
prints 'limited  1 sample'
rm held.csv
# 1e40 under the scale of a block: what it is lowered to is written, and measured from 1e40.
printf '1\n1e40\n-2\n1e38\n' >n.csv
for grid in q8_0 mxfp4 nvfp4 nf4 q4_k; do
    bitcrush n.csv $grid -n
    exits 4
    says 'bitcrush: n.csv: 1e+40 in line 2, column 1, more than the scale of a block holds, expected --nonfinite saturate'
    bitcrush n.csv $grid --nonfinite saturate -f -o held.csv --json
    exits 0
    [ "$(fact metrics.saturated)" -ge 1 ] || fail "$grid: nothing was lowered"
    paste -d ' ' n.csv held.csv | awk -v printed="$(fact metrics.snr_db)" '
        { x += ($1 / 1e40) ^ 2; e += (($1 - $2) / 1e40) ^ 2 }
        END { db = 10 * log(x / e) / log(10); exit !(db - printed < 0.01 && printed - db < 0.01) }' ||
        fail "$grid: another SNR than $(fact metrics.snr_db)"
done
rm held.csv
bitcrush n.csv 4 --group 16 --codes --scale absmax
exits 2
says 'bitcrush: --codes: they mean nothing without the scale of each group, expected no --group'
bitcrush sweep n.csv 1..3 --group 16 --scale absmax
exits 2
says 'bitcrush sweep: --group: a sweep is about rulers of whole columns, expected column or all'
rm n.csv

it 'what is wrong is told with its line'
printf 'a,b\n1,2\n3\n' >ragged.csv
bitcrush numbers ragged.csv 4
exits 4
mentions 'line 3'
rm ragged.csv

it 'options and SPECs of other media are told so'
bitcrush r.csv 4 --palette 4
exits 2
mentions '--palette: an option for pictures, not an option for numbers'
bitcrush r.csv q4_00
exits 2
mentions 'q4_00: unknown'
bitcrush r.csv q4_0 --codes
exits 2
mentions 'q4_0: a block is codes and scales together'
bitcrush r.csv 4 --scale mse
exits 2
mentions '--scale mse: needs all numbers at once'
only r.csv s.txt

finish
