#!/bin/sh
# The sweep: the law of uniform noise on pictures, sound and weights; ranges, files, wrong words.
. "${0%/*}/cli.sh"

# law FIRST LAST SERIES FORMULA: what is measured at n bits from FIRST to LAST lies within 0.1 dB
# of the closed form, an awk expression of n, and so does what the program says it expects. SERIES
# is "" or "dithered."; a second FORMULA is that of what is measured. The noise has 65536 values and
# more: the power of so many errors spreads by 0.4 %, 0.02 dB, and that of the signal as much.
law() {
    awk -F '[.=]' -v first="$1" -v last="$2" -v series="$3" '
        function log10(x) { return log(x) / log(10) }
        $1 == "rows" && $3 == "bits" { row_of[$4] = $2 }
        $1 == "rows" { value[substr($0, 1, index($0, "=") - 1)] = substr($0, index($0, "=") + 1) }
        END {
            for (n = first; n <= last; n++) {
                for (i = 0; i < 2; i++) {
                    expected = i ? '"$4"' : '"${5:-$4}"'
                    key = "rows." row_of[n] "." series (i ? "theory" : "metrics") ".snr_db"
                    found = key in value ? value[key] : "nothing"
                    if (!(key in value) || found - expected > 0.1 || expected - found > 0.1) {
                        printf "%d bits: %s is %s, expected %.3f within 0.1\n", n, key, found, expected
                        failed = 1
                    }
                }
            }
            exit failed
        }' "$base/facts" >"$base/law" || fail "$(cat "$base/law")"
}

"$MAKE_PNG" noise16 320 240 noise.png
"$MAKE_WEIGHTS" npy 300 500 noise.npy
"$MAKE_WEIGHTS" safetensors 300 500 noise.safetensors

# alike FILE DEPTH OPTIONS: the row of a sweep has the SNR and the scale of the report.
alike() {
    alike_file=$1 depth=$2
    shift 2
    facts "$alike_file" "$depth" "$@" -n --dither none
    grep -E '^(metrics.(snr_db|clipped|packed_bytes)|settings.(scale|group))=' "$base/facts" |
        sed 's/^settings\.//' | sort >"$base/alike-report"
    facts sweep "$alike_file" "$depth" "$@" --dither none
    sed -n 's/^rows\.0\.//p' "$base/facts" |
        grep -E '^(metrics.(snr_db|clipped|packed_bytes)|scale|group)=' | sort >"$base/alike-sweep"
    cmp -s "$base/alike-report" "$base/alike-sweep" ||
        fail "$alike_file $*: $(diff "$base/alike-report" "$base/alike-sweep")"
}

# Values from 0 to 1 have a mean square of 1/3; the step is 1 / (2^n - 1) and its error 1/12. Levels
# of 6 and 7 bits are rounded to samples of 8 in the file, steps of 1/255, and that is measured.
it 'pictures of uniform noise lie on the closed form'
facts sweep noise.png 1..12
is schema bitcrush-sweep/2
is input.kind image
is settings.dither floyd-steinberg
is rows.0.bits 1
is rows.0.grid uniform1
is rows.0.scale full
absent rows.0.bits_per_weight rows.0.group theory.law bounds.0.bits
is rows.11.bits 12
is rows.0.metrics.packed_bytes 9600
is rows.0.metrics.compression_ratio 16
absent rows.12.bits rows.3.dithered.theory.snr_db
law 1 5 '' '10 * log10(4 * (2 ^ n - 1) ^ 2)'
law 6 7 '' '10 * log10(4 * (2 ^ n - 1) ^ 2)' '10 * log10(4 / ((2 ^ n - 1) ^ -2 + 255 ^ -2))'
law 8 12 '' '10 * log10(4 * (2 ^ n - 1) ^ 2)'

# RPDF doubles the power of the error and never leaves the step; both ends are marks.
it 'and so they do with dither that is added in coded values'
facts sweep noise.png 1..12 --dither rpdf --light coded
law 1 5 dithered. '10 * log10(2 * (2 ^ n - 1) ^ 2)'
law 6 7 dithered. '10 * log10(2 * (2 ^ n - 1) ^ 2)' \
    '10 * log10(4 / (2 * (2 ^ n - 1) ^ -2 + 255 ^ -2))'
law 8 12 dithered. '10 * log10(2 * (2 ^ n - 1) ^ 2)'

it 'a ruler that is laid on a picture'
for options in '--scale percentile --percent 90' '--scale minmax --group row' '--scale absmax --group 7'; do
    # shellcheck disable=SC2086 # a list of words
    alike noise.png 3 $options
done

it 'rows with rulers of their own pass no errors on, which a sweep knows'
facts sweep noise.png 2..3 --scale minmax --group row
is settings.dither none
is rows.0.group 'row of a channel'
absent rows.0.dithered.metrics.snr_db settings.light
bitcrush report noise.png noise.png --scale minmax --group row -f -o rows.html
exits 0
grep -q dithered "$out" && fail 'a table says dithered of what is not'
grep -q 'with dither' rows.html && fail 'a page says with dither of what is not'
bitcrush sweep noise.png 2..3 --scale minmax --group row -q -f --plot rows.svg
grep -q 'dither none' rows.svg && fail 'a plot has a curve of no dither'
rm -f rows.html rows.svg

# Values from -1/2 to 1/2: at any depth they fill whole steps, or halves of them at the ends, and
# the highest mark is at 1/2 or above, or half a step below it (1 bit).
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" noise f32 48000 2 65536 noise.wav

    it 'sound of uniform noise lies on the closed form'
    facts sweep noise.wav 1..12
    is input.kind audio
    is settings.dither tpdf
    law 1 12 '' '20 * log10(2 ^ (n - 1))'

    # TPDF makes three times the error; from 3 bits on the ends of the grid are far enough.
    it 'and so it does with dither'
    law 3 12 dithered. '20 * log10(2 ^ (n - 1)) - 10 * log10(3)'

    # Marks from -1/2 to 1/2 then: 2^n - 1 steps.
    it 'a ruler that is laid on the sound takes a bit more from it'
    facts sweep noise.wav 2..12 --scale minmax --group all
    is rows.0.scale minmax
    is rows.0.group all
    law 2 12 '' '20 * log10(2 ^ n - 1)'
    for options in '--scale absmax' '--scale percentile --percent 90 --group 512' '--scale absmax --group 64'; do
        # shellcheck disable=SC2086 # a list of words
        alike noise.wav 4 $options
    done

    it 'errors that are fed back have their name beside the noise'
    facts sweep noise.wav 8 --feedback f-weighted
    is settings.dither f-weighted+tpdf
    facts sweep noise.wav 8 --feedback f-weighted --dither none
    is settings.dither f-weighted
    facts sweep noise.wav 8 --feedback none
    is settings.dither tpdf
    facts noise.wav 8 --feedback f-weighted -n
    value=$(sed -n 's/^metrics.snr_db=//p' "$base/facts")
    facts sweep noise.wav 8 --feedback f-weighted
    is rows.0.dithered.metrics.snr_db "$value"

    # Past 20 bits the steps come near to those of the noise itself, a float of 24.
    it 'sound goes to 24 bits'
    facts sweep noise.wav 13..24
    law 13 20 '' '20 * log10(2 ^ (n - 1))'
    bitcrush sweep noise.wav 25
    exits 2
    says 'bitcrush sweep: range 25: expected A..B or one depth, 1 to 24 bits here'
    bitcrush sweep noise.wav --gray
    exits 2
    says 'bitcrush sweep: --gray: an option for a sweep of pictures, not an option for a sweep of sound'
fi

# Values from -1 to 1 between marks at both ends, an odd number of them: 1/3 over (2 / (2^n - 2))^2 / 12.
# Rows of integers per tensor come first, after signs and three values, which take two bits.
for file in noise.npy noise.safetensors; do
    it "weights of uniform noise lie on the closed form, $file"
    facts sweep $file 2..12
    is input.kind tensor
    is settings.dither rpdf
    is theory.law uniform
    is rows.0.grid ternary
    is rows.1.grid int2
    is rows.1.scale absmax
    is rows.1.group tensor
    is rows.11.grid int12
    is rows.12.group row
    absent rows.0.theory.rule_of_thumb_db
    grep -E '^rows\.([1-9]|1[01])\.' "$base/facts" >"$base/tensor" && mv "$base/tensor" "$base/facts"
    law 2 12 '' '20 * log10(2 ^ n - 2)'
    law 2 12 dithered. '20 * log10(2 ^ n - 2) - 10 * log10(2)'
done

it 'weights: no row stands without its scale, and bounds stand beside them'
facts sweep noise.npy 4
is rows.0.grid int4
is rows.0.group tensor
is rows.1.group row
is rows.2.grid int3
is rows.2.group 32
is rows.2.bits_per_weight 4.00010667
is rows.4.grid q4_0
is rows.4.scale own
is rows.4.bits 4
is bounds.0.bits 4
bitcrush sweep noise.npy 1..4 --dither none
narrow
prints ' absmean per tensor  '
prints ' absmax per row  '
prints ' own per 256  '
prints 'bounds, for values of the law nearest to these, uniform'
[ "$(grep -cE ' (binary|ternary|int[0-9]) .*(absmean|absmax) per (tensor|row|32) ' "$out")" -eq \
    "$(grep -cE ' (binary|ternary|int[0-9]) ' "$out")" ] || fail 'a grid without its scale'
bitcrush sweep noise.npy 1..4 -q -f --plot weights.svg
exits 0
for word in 'per tensor' 'per row' 'per 32' formats 'Lloyd-Max, uniform' 'rate: 6.02 n' \
    'bits a weight' 'rounding alone' 'clipping alone'; do
    grep -q "$word" weights.svg || fail "the plot does not say $word"
done

it 'weights: every tensor has a scale of its own, and what is not reduced is not measured'
bitcrush sweep noise.safetensors 4
prints 'measured 2 tensors, 300000 weights'
facts sweep noise.safetensors 4 --include bias
is rows.0.metrics.packed_bytes 254
facts sweep noise.safetensors 4 --exclude '[b]*'
is rows.0.metrics.packed_bytes 75004
bitcrush sweep noise.safetensors 4 --exclude '*'
exits 5
mentions 'has 3 tensors, none of which is reduced'

it 'the number of threads changes nothing'
for file in noise.png noise.npy; do
    facts sweep $file 1..4 --threads 1
    cp "$base/facts" "$base/alone"
    for n in 2 7; do
        facts sweep $file 1..4 --threads $n
        same "$base/facts" "$base/alone"
    done
done

it 'without a range there are 1 to 8 bits, and nothing is written'
facts sweep noise.png
is rows.7.bits 8
absent rows.8.bits
bitcrush sweep noise.png 5
exits 0
prints '   5 '
[ "$(grep -c '^  *[0-9]' "$out")" -eq 2 ] || fail 'one depth is more than one line in each table'
bitcrush sweep noise.png 2..3 --dither none
[ "$(grep -c '^  *[0-9]' "$out")" -eq 2 ] || fail 'without dither there is more than one table'

it 'an exact copy is no number'
"$MAKE_PNG" rgb 60 40 ramp.png
facts sweep ramp.png 8
is rows.0.metrics.snr_db inf
absent rows.0.theory.snr_db
bitcrush sweep ramp.png 8
prints 'exact'

it 'a plot and a sheet'
bitcrush sweep ramp.png 1..3 -q --plot plot.svg --sheet sheet.png
exits 0
silent "$out" "$err"
grep -q '<svg' plot.svg || fail 'plot.svg is no SVG'
grep -q 'floyd-steinberg' plot.svg || fail 'the plot does not name the dither'
# Three cells as wide as "16 bits", 7 letters of 12, with gaps of 12; five rows of a caption, a tile of 40
# and a label, lines of 18 + 6, and a gap.
bitcrush info sheet.png
prints '300 x 512 RGB'
bitcrush sweep ramp.png 1..3 --plot plot.svg
exits 6
mentions 'plot.svg'
bitcrush sweep ramp.png 1..3 --sheet sheet.png
exits 6
bitcrush sweep ramp.png 1..3 -f --sheet sheet.png --plot plot.svg
exits 0
bitcrush sweep noise.npy --sheet no.png
exits 2
mentions '--sheet: an option for a sweep of pictures, not an option for a sweep of weights'

it 'what a sweep does not take it refuses with the reason'
refuses() {
    sentence=$1
    shift
    bitcrush sweep "$@"
    exits 2
    says "bitcrush sweep: $sentence"
}
refuses '--output: no option here: a sweep writes no output' ramp.png -o out.png
refuses '--palette: no option here: a sweep goes through depths of plain rulers, expected no other' \
    ramp.png --palette 4
refuses '--group: no option here: a sweep of weights has rows for each scale and group, expected none' \
    noise.npy --group row
refuses '--rounding: no option here: blocks know no other rounding, so that a sweep of weights takes the nearest' \
    noise.npy --rounding truncate
refuses '--type: no option here: a sweep of weights measures formats as they are, expected it with a reduction' \
    noise.npy --type a=q4_0
refuses '--type: not an option for a sweep of pictures, expected one of those that bitcrush sweep --help lists' \
    ramp.png --type a=q4_0
refuses '--shape: not an option for a sweep of weights, expected one of those that bitcrush sweep --help lists' \
    noise.npy --shape ath
refuses '--salvage: an option for a sweep of pictures and sound, not an option for a sweep of weights' \
    noise.npy --salvage

# 32 of 255 is nearer to 0 than to half, and at 2 bits to a third.
it 'where everything became 0 a line says so'
{ printf 'P5\n8 8\n255\n' && head -c 64 /dev/zero | tr '\0' '\040'; } >dark.pgm
bitcrush sweep dark.pgm 1..3 --dither none
prints 'uniform1: everything became 0'
prints 'uniform2: everything became 0'
[ "$(grep -c 'everything became 0' "$out")" -eq 2 ] || fail 'it is said of 3 bits, too'
facts sweep dark.pgm 2..4 --dither none
is rows.0.metrics.all_zero true
is rows.0.metrics.snr_db 0
absent rows.1.metrics.all_zero rows.2.metrics.all_zero
bitcrush dark.pgm 1 -n --dither none
prints '  silence  everything became 0'
bitcrush dark.pgm 3 -n --dither none
grep -q 'everything became 0' "$out" && fail 'a mark that is not 0 is no silence'

# 10 log10 of the mean square of 1, -1/4, 1/4, 1/8 over the overload, (1 - 1/2)^2 / 4.
it 'what clips is told apart, and expected figures say that they leave it out'
printf '1\n-0.25\n0.25\n0.125\n' >hot.txt
facts hot.txt 3 -n --range -0.5..0.5
is metrics.clipped 1
is theory.note 'without clipping'
grep -q '^metrics.overload_db=6\.592' "$base/facts" || fail "overload is not 6.592 dB"
bitcrush hot.txt 3 -n --range -0.5..0.5
prints ' dB without clipping'
prints '  alone    rounding '
prints 'clipping 6.59 dB'
facts sweep hot.txt 3 --range -0.5..0.5 --dither none
grep -q '^rows.0.metrics.overload_db=6\.592' "$base/facts" || fail 'a sweep has another overload'
facts hot.txt 3 -n --range -2..2
absent metrics.granular_db metrics.overload_db theory.note

it 'wrong ranges'
for range in 8..1 0 0..3 40 1..40 1..17 abc 1..x ..4 4.. 1..2..3 4.5 +3 1e1; do
    bitcrush sweep ramp.png "$range"
    exits 2
    mentions "range $range"
    silent "$out"
done
bitcrush sweep ramp.png 8..1
says 'bitcrush sweep: range 8..1: expected A..B with the smaller depth first'

it 'wrong words and files'
bitcrush sweep
exits 2
bitcrush sweep ramp.png 1 2
exits 2
bitcrush sweep missing.png
exits 3
mentions missing.png
bitcrush sweep - 4
exits 5
says 'bitcrush sweep: -: is read several times, expected a file, not a pipe'
bitcrush sweep /dev/null
exits 5
bitcrush sweep .
exits 3
says 'bitcrush sweep: .: is a directory, expected a file'
bitcrush sweep "$SAMPLES/README.md"
exits 5
bitcrush sweep ramp.png --dither atkinsen
exits 2
mentions 'did you mean atkinson?'
bitcrush sweep noise.npy --dither tdpf
exits 2
says 'bitcrush sweep: --dither tdpf: unknown, did you mean tpdf?'
bitcrush sweep ramp.png --min-snr 3
exits 2
head -c 200 noise.png >cut.png
bitcrush sweep cut.png
exits 4
mentions cut.png

it 'names that cannot be written are refused before anything is measured'
bitcrush sweep ramp.png 1..2 --sheet sheet.jpg
exits 2
says 'bitcrush sweep: --sheet sheet.jpg: is written as PNG, expected a name in .png'
echo old >old.svg
bitcrush sweep ramp.png 1..2 --plot old.svg --sheet new.png
exits 6
[ ! -e new.png ] && [ "$(cat old.svg)" = old ] || fail 'something was written'
silent "$out"
bitcrush sweep ramp.png 1..2 -q --plot /dev/null
exits 0

it 'lines fit 100 columns, with every column that there is'
bitcrush sweep "$SAMPLES/coast.png" 7..9
narrow
prints 'SSIM'
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" hot s16 48000 1 48000 hot.wav
    bitcrush sweep hot.wav 1..3
    narrow
    prints 'clipped'
    bitcrush sweep hot.wav 1..3 -q --plot hot.svg
    for label in 'rounding alone' 'clipping alone' 'rounding alone, dithered'; do
        grep -q ">${label%%,*}" hot.svg || fail "the plot does not say $label"
    done
    rm hot.svg
fi

# What is black is exact at every depth: no point, so no panel, and depths are whole numbers.
it 'a plot has no panel of nothing, and no ticks between depths'
printf 'P5\n8 8\n255\n' >black.pgm && head -c 64 /dev/zero >>black.pgm
bitcrush sweep black.pgm 1..3 -q --plot black.svg
exits 0
grep -q 'blurred' black.svg && fail 'a panel without a point'
grep -q '>1.2<' black.svg && fail 'a depth of 1.2 bits'
grep -q '>2<' black.svg || fail 'no depth of 2 bits'

it 'the bare cut is swept, without dither; weights have none in a sweep'
printf 'P5\n64 4\n255\n' >ramp.pgm
awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", 33 + i % 90 }' >>ramp.pgm
seq 0 0.1 10 >ramp.txt
for file in ramp.pgm ramp.txt; do
    bitcrush sweep $file 2..4 --rounding truncate --json
    exits 0
    cp "$out" "$base/cut"
    bitcrush sweep $file 2..4 --dither none --json
    cmp -s "$out" "$base/cut" && fail "$file: rounded"
    bitcrush sweep $file 2..4 --rounding truncate
    grep -q '^dither' "$out" && fail "$file: a dithered series"
    bitcrush sweep $file 2..4 --rounding truncate --dither rpdf
    exits 2
done
rm ramp.pgm ramp.txt

# Noise comes after the ends are looked at, in weights and numbers: what lies beyond them is the same.
it 'dither does not change what clips in weights and numbers'
seq -2 0.0625 2 >ramp.txt
for row in 'noise.npy 1..4' 'ramp.txt 1..4 --range=-1..1'; do
    # shellcheck disable=SC2086 # words
    facts sweep $row --dither tpdf
    sed -n 's/^\(rows[.0-9]*\)\(dithered[.]\)\{0,1\}metrics[.]clipped=/\2\1 /p' "$base/facts" >"$base/clips"
    awk -v row="$row" '
        sub(/^dithered[.]/, "") { dithered[$1] = $2; n++; next }
        { plain[$1] = $2; some += $2 > 0 }
        END {
            for (k in plain) if (plain[k] != dithered[k]) { print row ": " k plain[k] ", dithered " dithered[k]; bad = 1 }
            if (!n || !some) print row ": nothing clips"
            exit bad || !n || !some
        }' "$base/clips" >"$base/faults" || fail "$(cat "$base/faults")"
done

finish
