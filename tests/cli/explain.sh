#!/bin/sh
# `bitcrush explain`: the worked examples, with the figures that anyone can compute, and what it
# refuses.
. "${0%/*}/cli.sh"

# A line of the output, blanks squeezed.
line() {
    tr -s ' ' <"$out" | sed 's/^ //; s/ $//' | grep -qxF -e "$1" || fail "no line \"$1\""
}

it '3.1415 as float32 loses 3.8e-9 in 4 bytes, as int8 with step 1 0.1415 in 1'
bitcrush explain 3.1415 float32 int8
exits 0
silent "$err"
narrow
prints '0 10000000 10010010000111001010110'
line 'value (-1)^0 x 2^(128-127) x 1.5707499980926513671875 = 3.141499996185302734375'
line 'lost 3.815e-09 (1.214e-07 %), in 4 bytes; values here are 2.384e-07 apart'
line 'lost 0.1415 (4.504 %), in 1 byte; values here are 1 apart'
line 'range -128 to 127'

it 'without a format there is a line for each usual one'
bitcrush explain 3.1415
exits 0
narrow
line 'float16 0 10000 1001001000 3.140625 0.000875 2 bytes'
line 'e4m3 0 1000 101 3.25 0.1085 1 byte'
line 'bias8 10000010 3 0.1415 1 byte'

it 'names are upper or lower case'
bitcrush explain 1 E4M3 BF16 Float5
exits 0
prints '0 0111 000'
prints '0 01111111 0000000'
prints '0 01 00'

it 'whole numbers, step by step: 200 is 11001000'
bitcrush explain 200 uint8 --steps
exits 0
line 'steps 200 / 2 = 100 remainder 0'
line '25 / 2 = 12 remainder 1'
line '1 / 2 = 0 remainder 1'
line 'remainders from the last to the first: 11001000'

it '-5 in two'\''s complement, sign and magnitude, and with bias'
bitcrush explain --steps -- -5 int8 signmag8 bias8
exits 0
line 'value -128 + 123 = -5'
line 'negative, so each bit turned over: 11111010'
line 'and 1 added: 11111011'
line 'value sign 1, magnitude 5: -5'
line 'value 122 - 127 (the bias) = -5'
line 'steps -5 + 127 (the bias) = 122'
line 'range -127 to 128'

it 'a float, step by step'
bitcrush explain 3.1415 e3m4 --steps
exits 0
line 'steps 3.1415 / 2 = 1.57075'
line 'exponent 1 + 3 (the bias) = 4'
line '0.57075 x 2 = 1.1415: 1'

it 'what has no place is told aloud'
bitcrush explain 300 int8
line 'saturated 300 is beyond the range: its end 127 is stored'
bitcrush explain 70000 float16
line 'overflow 70000 is beyond the last finite value 65504: infinity is stored'
bitcrush explain 1e-9 e4m3
line 'underflow 1e-09 is nearer to zero than to the smallest value 0.001953125'
bitcrush explain nan int8 e4m3
line 'no NaN the format has none: what is nearest to zero is stored'
line 'value exponent 15 is all ones and the mantissa as well: not a number'
bitcrush explain 1e-40 float32
line '= 71362 x 2^-149 = 9.999946101e-41'
prints 'is a subnormal'

it 'scale and zero-point: 0.7 is 0.1 x (10 - 3)'
bitcrush explain 0.7 int8 --step 0.1 --zero 3
exits 0
line 'number 10'
line 'value 0.1 x (10 - 3) = 0.7'
line 'range -13.1 to 12.4'
bitcrush explain 0.7 int4 --step 0.1
line 'value 0.1 x 7 = 0.7'

it 'float5 in full: 16 positive values from 0.5 to 7'
bitcrush explain --all float5
exits 0
narrow
line 'float5: 32 finite values in 5 bits, 16 of them above zero, from 0.5 to 7'
line '00 0.5 0.625 0.75 0.875'
line '11 4 5 6 7'
line '-7 -3.5 0 3.5 7'
bitcrush explain --all int1 pcm1
exits 0
line 'int1: 2 finite values in 1 bit, from -1 to 0'
bitcrush explain --all e4m3 int4 mulaw e5m2 e2m1
exits 0
narrow
line '1111 256 288 320 352 384 416 448 NaN'

it 'a whole number that no double holds is told'
bitcrush explain 9007199254740993 uint8
line '9007199254740993 is read as the nearest 64-bit float, 9007199254740992'

it 'number lines are drawn'
bitcrush explain --all float5 e2m1 --plot line.svg
exits 0
grep -q '<svg' line.svg || fail 'no SVG'
bitcrush explain --all float5 --plot line.svg
exits 6
bitcrush explain 0.3 float5 e2m1 --plot line.svg -f
exits 0
rm line.svg

it 'aaaabbbaababaa: 112 bits, 14 without and 30 with the dictionary'
bitcrush explain --text aaaabbbaababaa
exits 0
narrow
line '0 = 01100001 a, 9 times'
line '0 0 0 0 1 1 1 0 0 1 0 1 0 0'
line 'without the dictionary 112 / 14 = 8:1'
line 'with the dictionary 112 / 30 = 3.73:1'
prints '0.9403 bits a character'

it '-10 to 40: 501 values and 9 bits by 0.1, 51 and 6 by 1'
bitcrush explain --range -10 40 --step 0.1
exits 0
line 'levels 50 / 0.1 + 1 = 501'
prints 'bits      9:'
bitcrush explain --range=-10 40 --step 1
line 'levels 50 / 1 + 1 = 51'
prints 'bits      6:'

it 'a product of rounded factors, by hand: 1.25 x 0.5'
bitcrush explain --product 1.23112332 0.521341232 --bits 4,e4m3 --terms 100
exits 0
narrow
line '1.23112332 x 0.521341232 = 0.641835348393'
line '4 bits 0.25 1.25 0.5 0.625 -0.01684 2.623 %'
line 'e4m3 varies 1.25 0.5 0.625 -0.01684 2.623 %'
cp "$out" "$base/first"
bitcrush explain --product 1.23112332 0.521341232 --bits 4,e4m3 --terms 100
same "$out" "$base/first"

# A row of 32 floats, 0 to 31 / 2 - 8 by halves: exactly what q4_0 of scale 1 does not have.
{
    printf '\223NUMPY\001\000\166\000'
    printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 32), }"
    i=0
    while [ $i -lt 64 ]; do
        case $((i % 4)) in # -8, 7, 0.5, 1
        0) printf '\000\000\000\301' ;;
        1) printf '\000\000\340\100' ;;
        2) printf '\000\000\000\077' ;;
        3) printf '\000\000\200\077' ;;
        esac
        i=$((i + 1))
    done
} >w.npy

it 'a block of a file: its scale is that which puts -8 on code 0'
bitcrush explain w.npy --block 1 --format q4_0
exits 0
narrow
prints 'block 1 of 0 to 1'
line 'weights 0 to 31: scale 1'
line '0 0000 -8 -8 -8 +0'
line '1 1111 7 7 7 +0'
line '3 1001 1 1 1 +0'
"$BITCRUSH" w.npy q4_0 -q
bitcrush explain w-q4_0.gguf --block 0
exits 0
prints 'as the file has them'
line '1 1111 7 7'

it 'the same as JSON'
for what in '3.1415 float32' '--all e2m1' '--text ab' '--range 0 1 --step 0.5' \
    '--product 1 2 --bits 4 --terms 10' 'w.npy --block 0 --format q4_0'; do
    # shellcheck disable=SC2086
    bitcrush explain $what --json
    exits 0
    prints '"schema": "bitcrush-explain/1"'
done
bitcrush explain --range -10 40 --step 0.1 --json
"$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
for fact in levels=501 bits=9 step=0.1; do
    grep -qx "$fact" "$base/facts" || fail "no $fact"
done
bitcrush explain 3.1415 float32 --json
prints '"stored": "01000000010010010000111001010110"'
prints '"exact": "3.141499996185302734375"'

it 'bad input: a sentence and exit 2'
refuses() { # SENTENCE ARGUMENT...
    sentence=$1
    shift
    what="explain $*"
    bitcrush explain "$@"
    exits 2
    silent "$out"
    says "bitcrush explain: $sentence"
}
refuses 'itn8: unknown format, did you mean int8?' 3 itn8
refuses 'flot16: unknown format, did you mean float16?' 3 flot16
refuses 'xyz: unknown format, expected one such as int8, uint4, float16 or e4m3' 3 xyz
refuses 'int33: 33 bits, expected 1 to 32' 3 int33
refuses 'e9m2: 9 exponent and 2 mantissa bits, expected 1 to 8 and 0 to 23' 3 e9m2
refuses 'abc: not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan' abc
refuses '3x: not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan' 3x int8
refuses '-5: unknown option, expected one of those that --help lists, or -- before a negative number' \
    -5 int8
refuses '--steps: not a format, expected options before --' -- -5 --steps
refuses 'too few arguments: expected VALUE FORMAT..., for example 3.1415 float32 int8; -- before a negative value'
refuses 'too few arguments: expected --all FORMAT..., for example --all float5' --all
refuses 'float32: 32 bits, expected at most 16 to show all values' --all float32
refuses 'int8: zero-point 300, expected -128 to 127' 3 int8 --zero 300
refuses '--zero: expected a whole number' 3 int8 --zero 0.5
refuses 'e4m3: only integers have a zero-point' 3 e4m3 --zero 1
refuses '--terms: does not go with VALUE FORMAT..., see explain --help' 3 int8 --terms 2
refuses '--steps: does not go with --text, see explain --help' --text abc --steps
refuses '1e400: beyond any 64-bit float, expected at most 1.79e+308, or inf' 1e400
refuses '1e300/1e-300: beyond any 64-bit float, expected at most 1.79e+308, or inf' 1e300/1e-300
refuses '1e-400: nearer to 0 than any 64-bit float, expected at least 4.95e-324, or 0' 1e-400
refuses 'w.npy: a file, expected a number, or --block K for a block of its weights' w.npy
refuses 'signmag1: 1 bit, expected 2 to 32' 3 signmag1
refuses 'step 1e-300: more than 2^53 levels, expected a larger step' --range 0 1e300 --step 1e-300
refuses '--product 1e-200 1: expected factors that are 0, or 1e-100 and more' --product 1e-200 1
refuses '--zero 1e300: expected a number from -4294967296 to 4294967296' 3 int8 --zero 1e300
refuses '--block -1: expected a whole number of 64 bits' w.npy --block -1
refuses 'range 5 to 1, expected two numbers, the lower first' --range 5 1
refuses 'step 9, expected above 0 and at most 4, the whole range' --range 1 5 --step 9
refuses '--range: expected A B after it' --range 1
refuses 'too many arguments: expected nothing beside --range A B --step S' --range 1 2 3
refuses '--bits 40: expected 1 to 32 bits, or a format' --product 1 2 --bits 40
refuses 'e4m9x: unknown format, expected one such as int8, uint4, float16 or e4m3' --product 1 2 --bits 4,e4m9x
refuses "text: byte 2 (FF) is not UTF-8, expected text that is" --text "$(printf 'a\377')"
refuses '--block 2: expected 0 to 1, as w has them' w.npy --block 2 --format q4_0
refuses '--format q40: unknown, did you mean q4_0?' w.npy --block 0 --format q40
refuses '--gray: not an option for explain, expected one of those that bitcrush explain --help lists' \
    3 int8 --gray

it 'NaN has no sign, whatever was typed'
bitcrush explain -- -nan e2m1 float32
exits 0
line 'bits 0 00 0 (0 in hexadecimal)'

it 'zero takes one division'
bitcrush explain 0 uint8 --steps
exits 0
line 'steps 0 / 2 = 0 remainder 0'

# 0 to 1 in steps of 0.35: 0, 0.35, 0.7, and 1 is 0.3 away from the last.
it 'a step that does not divide the range leaves its end farther off than half a step'
bitcrush explain --range 0 1 --step 0.35
exits 0
line 'step 0.35: no value is off by more than 0.3'
line 'levels 1 / 0.35 + 1 = 3, rounded down: the last is 0.7'
bitcrush explain --range 0 1 --step 0.3
line 'step 0.3: no value is off by more than 0.15'
line 'levels 1 / 0.3 + 1 = 4, rounded down: the last is 0.9'

it 'one of a thing is said in the singular'
bitcrush explain --text a
line '1 character, as ASCII, 8 bits (1 byte):'
line 'with these codes, 1 bit:'
bitcrush explain --range 0 2
line 'unused 1 code'
bitcrush explain --product 1 2 --bits 1
grep -q '^1 bit ' "$out" || fail 'no row "1 bit"'

# Of 70000 float16 makes infinity, and of zeros a step that is wider than both factors nothing.
it 'a product that overflows has no error, and no figure that is none'
bitcrush explain --product 70000 -3 --bits float16,8
exits 0
grep -qiE 'nan|inf %|-0 ' "$out" && fail "figures that are none: $(grep -iE 'nan|inf %' "$out")"
line 'float16 varies inf -3 -inf - -'
line 'float16 - +0 -'
line 'float16 measured - - - -'
[ "$(grep -c expected "$out")" = 1 ] || fail 'an expectation for a step that is wider than B'

it 'lines end where their text does'
bitcrush explain --all e2m0
grep -q ' $' "$out" && fail 'blanks at the end of a line'
line 'exponent value'

it 'a plot shows where a number went, if that is farther off than the number is large'
bitcrush explain 0.1 float5 --plot far.svg
exits 0
grep -q '>0.5<' far.svg || fail 'the axis ends before 0.5'
rm far.svg

it 'a format without blocks has one weight in each'
bitcrush explain w.npy --block 0 --format f16
line '2 bytes for 1 weight, 16 bits each:'

it 'files that are none'
bitcrush explain missing.gguf --block 0 --format q4_0
exits 3
bitcrush explain w.npy --block 0 --format q4_k
exits 5

it 'help, man page and lists know it'
bitcrush explain --help
exits 0
prints 'usage: bitcrush explain VALUE [FORMAT...]'
prints '--range A B'
narrow
bitcrush explain --man
[ "$(head -c 21 "$out")" = '.TH bitcrush-explain ' ] || fail 'the page has another name'
bitcrush explain --list
prints 'signmag2..32'
bitcrush --list
prints 'signmag2..32'

finish
