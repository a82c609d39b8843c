#!/bin/sh
# The report: for people, for programs, as a gate.
. "${0%/*}/cli.sh"

cp "$SAMPLES/coast.png" in.png

it 'the report for people'
bitcrush in.png 4
exits 0
silent "$err"
prints 'in.png -> in-4bit.png'
prints '768 x 512 RGB, 8 bits a sample'
prints 'to 4-bit samples, 16 levels; dither floyd-steinberg, serpentine, linear light; rounding nearest'
prints 'seed 1651078243'
prints "file $(size_of in-4bit.png) bytes"
prints "input file $(size_of in.png)"
rm in-4bit.png

# Keys that every report on a picture has.
keys='schema tool input.path input.kind input.format input.width input.height input.colours
input.depth_bits input.size_bytes input.raw_bytes output.path output.format output.layout
output.bits output.levels output.depth_bits output.size_bytes settings.grid settings.scale
settings.dither settings.feedback settings.rounding settings.light settings.seed settings.step
settings.threads settings.cpu metrics.snr_db metrics.psnr_db metrics.psnr_linear_db metrics.rmse
metrics.max_error metrics.mean_error metrics.mean_light_error metrics.levels_used
metrics.entropy_bits metrics.packed_bytes metrics.compression_ratio metrics.file_ratio
theory.rule_of_thumb_db time_s'

for dither in floyd-steinberg none tpdf bayer8; do
    it "--json with --dither $dither has all keys"
    facts in.png 3 -n --dither "$dither"
    for key in $keys metrics.enob_bits; do
        grep -q "^$key=" "$base/facts" || fail "no $key"
    done
    is settings.dither "$dither"
done

it '--json tells what was done'
facts in.png 4 --dither rpdf --light coded --seed 7 --threads 2 -o out.png
is schema bitcrush-report/2
is input.path in.png
is input.kind image
is input.format png
is input.width 768
is input.height 512
is input.colours RGB
is input.depth_bits 8
is input.size_bytes "$(size_of in.png)"
is input.raw_bytes $((768 * 512 * 3))
is output.path out.png
is output.bits 4
is output.levels 16
is output.size_bytes "$(size_of out.png)"
is settings.grid uniform4
is settings.dither rpdf
is settings.feedback none
is settings.rounding nearest
is settings.light coded
is settings.seed 7
grep -qE '^settings.threads=[12]$' "$base/facts" || fail 'threads: 2, or 1 without OpenMP'
is metrics.packed_bytes $((768 * 512 * 3 / 2))
is metrics.compression_ratio 2
absent settings.scan settings.strength output.kept output.palette input.true_depth_bits
grep -q '^theory.snr_db=' "$base/facts" || fail 'no theory.snr_db'

it 'a run can be repeated from its report'
seed=$(sed -n 's/^settings.seed=//p' "$base/facts")
bitcrush in.png 4 --dither rpdf --light coded --seed "$seed" -o again.png -q
exits 0
same out.png again.png
facts in.png 2 -o a.png --dither tpdf --seed 18446744073709551615
seed=$(sed -n 's/^settings.seed=//p' "$base/facts")
bitcrush in.png 2 -o b.png -q --dither tpdf --seed "$seed"
exits 0
same a.png b.png
rm -f a.png b.png out.png again.png

it 'a fitted palette passes on half of the error unless told otherwise'
facts in.png --palette 16 -n
is settings.strength 0.5
facts in.png --palette 16 -n --strength 0.25
is settings.strength 0.25
facts in.png --palette 16 -n --strength 1
absent settings.strength
facts in.png --palette bw -n
absent settings.strength

it 'figures that do not apply are absent, an exact copy has infinite SNR'
facts in.png 8 -n
is metrics.snr_db inf
is metrics.psnr_db inf
is metrics.rmse 0
is metrics.max_error 0
absent metrics.enob_bits theory.snr_db
facts in.png 4 -n
absent theory.snr_db
is settings.scan serpentine
is settings.feedback 'error diffusion'

it 'a black picture has no signal, hence no SNR'
printf 'P5 4 4 255 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >black.pgm
facts black.pgm 4 -n
is metrics.rmse 0
is metrics.levels_used 1
is metrics.entropy_bits 0
bitcrush black.pgm 4 -n
exits 0
grep -qi nan "$out" && fail 'the report for people says NaN'
rm black.pgm

it 'truncation shows its mean error'
facts in.png 4 -n --rounding truncate
is settings.rounding truncate
is settings.dither none
case $(sed -n 's/^metrics.mean_error=//p' "$base/facts") in
-0.0[0-9]*) ;;
*) fail 'the mean error of truncation is not negative' ;;
esac

it '--min-snr passes, with a report and an output'
bitcrush in.png 4 --min-snr 20 -o out.png
exits 0
prints 'SNR'
rm out.png

it '--min-snr fails with 9 and no output'
bitcrush in.png 4 --min-snr 40.5 -o out.png
exits 9
prints 'refused by --min-snr, not written'
mentions 'bitcrush: in.png: SNR 2'
mentions ' dB, expected at least 40.50 dB; no output written'
only in.png
echo 'precious' >out.png
bitcrush in.png 4 --min-snr 40 -o out.png --force
exits 9
[ "$(cat out.png)" = precious ] || fail 'the old file changed'
rm out.png
for made in out.png page.html; do
    [ ! -e $made ] || fail "$made is there"
done
bitcrush in.png 4 --min-snr 40.5 -o other.png --json --report page.html
exits 9
prints '"snr_db"'
prints '"kept": "refused by --min-snr, not written"'
bitcrush in.png 4 --min-snr 40.5 -o other.png -q
exits 9
silent "$out"
only in.png
it '--min-snr works in a dry run, an exact copy passes any gate'
bitcrush in.png 4 --min-snr 40 -n
exits 9
bitcrush in.png 8 --min-snr 1000 -n
exits 0

it '--quiet prints nothing, not even with --json'
bitcrush in.png 4 -q -n
exits 0
silent "$out" "$err"
bitcrush in.png 4 --quiet --json -n
exits 0
silent "$out" "$err"
it '--quiet does not hide a failure'
bitcrush missing.png 4 -q
exits 3
mentions 'missing.png'

escape=$(printf '\033')
coloured() {
    grep -q "$escape" "$out"
}

it 'no colour where no terminal is'
bitcrush in.png 4 -n
coloured && fail 'colour on a pipe'
it '--color always is colour, NO_COLOR or not'
bitcrush in.png 4 -n --color always
coloured || fail 'no colour'
NO_COLOR=1 run "$BITCRUSH" in.png 4 -n --color always
coloured || fail 'no colour under NO_COLOR'
bitcrush in.png 4 -n --color never
coloured && fail 'colour in spite of --color never'
bitcrush in.png 4 -n --color always --json
coloured && fail 'colour in JSON'

# script(1) of util-linux gives a terminal to write to
if script -qec true /dev/null >/dev/null 2>&1; then
    it 'colour on a terminal, unless NO_COLOR'
    run script -qec "'$BITCRUSH' in.png 4 -n --progress never" /dev/null
    coloured || fail 'no colour on a terminal'
    NO_COLOR=1 run script -qec "'$BITCRUSH' in.png 4 -n --progress never" /dev/null
    coloured && fail 'colour under NO_COLOR'
    NO_COLOR='' run script -qec "'$BITCRUSH' in.png 4 -n --progress never" /dev/null
    coloured || fail 'an empty NO_COLOR counts as one'
fi

it 'no progress line where no terminal is'
bitcrush in.png 4 -n
silent "$err"

finish
