#!/bin/sh
# Neural weights on the command line: a .npy file of floats that grow evenly.
. "${0%/*}/cli.sh"

# 2 rows of 256: the floats whose high bytes count from 3C 00 on, made without any library.
{
    printf '\223NUMPY\001\000\166\000'
    printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 256), }"
    i=0
    while [ $i -lt 512 ]; do
        printf "\\000\\000\\$(printf %03o $((i % 256)))\\$(printf %03o $((60 + i / 256)))"
        i=$((i + 1))
    done
} >w.npy

it 'the tool is chosen by content'
bitcrush w.npy q8_0
exits 0
silent "$err"
prints 'w.npy -> w-q8_0.gguf'
prints '2x256'
prints 'Q8_0'
only w.npy w-q8_0.gguf

it 'info lists tensors'
bitcrush info w-q8_0.gguf
exits 0
prints 'gguf, version 3'
prints '2 x 256  Q8_0         544'

it 'a dry run writes nothing'
bitcrush w.npy q4_k -n
exits 0
prints 'dry run'
only w.npy w-q8_0.gguf

it 'decoded again, nothing changes'
bitcrush w-q8_0.gguf f32 -o back.safetensors
exits 0
bitcrush compare w-q8_0.gguf back.safetensors
exits 0
prints 'infinite dB'

it 'what is quantized already is reduced on demand, and the report names what it was'
bitcrush w-q8_0.gguf q4_0 -o twice.gguf
exits 2
mentions 'tensor w is quantized already, as Q8_0, and Q4_0 would lose more; --requantize does it'
bitcrush w-q8_0.gguf q4_0 -o twice.gguf --requantize
exits 0
prints 'quantized already as Q8_0'
prints 'against the Q8_0 of the input, whose own loss is not known'
bitcrush w.npy q4_0 -o once.gguf
exits 0
grep -q 'own loss' "$out" && fail 'floats are not quantized'
rm twice.gguf once.gguf

it 'patterns choose by parts of names, drop, or are mistakes'
"$MAKE_WEIGHTS" safetensors 2 256 two.safetensors
bitcrush two.safetensors q4_0 --drop '*' -o none.gguf
exits 2
says 'bitcrush: two.safetensors: --drop leaves no tensor, expected some to be kept'
bitcrush two.safetensors q4_0 --type b=q8_0 --drop bias -o two.gguf
exits 0
prints '1 dropped'
prints 'b.weight  2x256  Q8_0'
prints 'bias      256    -'
bitcrush info two.gguf
exits 0
prints '2 tensors'
bitcrush two.safetensors q4_0 --type c=q8_0 -o none.gguf
exits 2
says 'bitcrush: two.safetensors: --type c names no tensor, expected one such as a.weight, b.weight, bias'
for option in include exclude drop type; do
    for globs in 'a=q8_0,,b=q8_0' ',a=q8_0' 'a=q8_0,'; do
        bitcrush two.safetensors q4_0 "--$option" "$globs" -o none.gguf
        exits 2
        says "bitcrush: --$option $globs: a pattern is empty, expected one on either side of a comma"
    done
done
[ ! -e none.gguf ] || fail 'something was written'
bitcrush two.safetensors q4_0 --type b=q8_0 --drop bias -o two.gguf -f --json
prints '"dropped_tensors": 1'
rm two.gguf

it 'one shard without its index is said to be one of several'
mv two.safetensors two-00001-of-00002.safetensors
bitcrush info two-00001-of-00002.safetensors
exits 0
prints 'the file is 1 of 2, the others are not read'
rm two-00001-of-00002.safetensors

it 'a number of bits: GGUF where it has them, else safetensors; of 16 the kind of the input'
bitcrush w.npy 4
exits 0
prints 'w.npy -> w-4bit.gguf'
bitcrush w.npy 4 -o w4.safetensors
exits 0
prints 'INT4'
bitcrush w.npy 7
exits 0
prints 'w.npy -> w-7bit.safetensors'
bitcrush w.npy 16
exits 0
prints 'w.npy -> w-16bit.npy'
bitcrush w.npy 9
exits 0
prints 'w.npy -> w-9bit.npy'
prints "values, since files of weights have no place for these codes: packed they are"
bitcrush w.npy 25
exits 2
says 'bitcrush: 25: 32-bit floats tell 2^24 levels apart, expected at most 24 bits, or 32'
rm -f w-9bit.npy w-4bit.gguf w4.safetensors w-7bit.safetensors w-16bit.npy

it 'the gate'
bitcrush w.npy 4 --min-snr 90 --json
exits 9
mentions 'expected at least 90.00 dB'
prints '"snr_db"'

it 'wrong formats, options and files'
bitcrush w.npy q9
exits 2
says 'bitcrush: q9: unknown format, expected a number of bits, or a name that --list shows'
bitcrush w.npy Q4K
exits 2
says 'bitcrush: Q4K: unknown format, did you mean q4_k?'
bitcrush w.npy q8_0 --type '*=nf3'
exits 2
says 'bitcrush: nf3: unknown format, did you mean nf4?'
bitcrush w.npy 4 --gray
exits 2
mentions '--gray'
bitcrush w.npy 4 --type nonsense
exits 2
says 'bitcrush: --type nonsense: expected GLOB=FORMAT'
bitcrush w.npy q8_0
exits 6
bitcrush w.npy q8_0 -o w.safetensors
exits 5
head -c 100 w.npy >cut.npy
bitcrush cut.npy q8_0
exits 4
mentions 'cut.npy'
bitcrush info missing.gguf
exits 3

it 'codes and scales go into safetensors, and come back'
bitcrush w.npy nf4
exits 0
prints 'w.npy -> w-nf4.safetensors'
bitcrush info w-nf4.safetensors
exits 0
prints '2 x 256  NF4'
bitcrush w-nf4.safetensors f32 -o back.safetensors -f
exits 0
bitcrush compare w-nf4.safetensors back.safetensors
exits 0
prints 'infinite dB'
bitcrush compare w.npy w-nf4.safetensors
exits 0
prints '2x256  NF4'
for format in int4 e2m1 ternary binary mxfp8; do
    bitcrush w.npy $format -q
    exits 0
    [ -f w-$format.safetensors ] || fail "no w-$format.safetensors"
done

it 'mxfp4 and nvfp4 are those of the kind of file'
for format in mxfp4 nvfp4; do
    bitcrush w.npy $format -q -o both.gguf -f
    exits 0
    bitcrush w.npy $format -q -o both.safetensors -f
    exits 0
    bitcrush compare both.gguf both.safetensors
    exits 0
done

it 'a dry run knows the size of codes and scales'
bitcrush w.npy int4 --group 32 --zero-point -n
exits 0
prints 'scale zero-point, for each 32 weights'
# 512 codes of 4 bits, 16 scales of 4 bytes, 16 zero-points of a byte
prints 'data 2048 -> 336 bytes'

it 'formats that the file has not are refused with what would do'
bitcrush w.npy q4_0 -o w.safetensors
exits 5
says 'bitcrush: Q4_0 is a format of gguf files, expected -o NAME.gguf, or for safetensors a format such as nf4, int4, mxfp4 or f16'
bitcrush w.npy nf4 -o w.gguf
exits 5
says 'bitcrush: NF4 is a format of safetensors files, expected -o NAME.safetensors, or for gguf a format such as q4_k, iq4_nl or f16'

it 'options of codes and scales are checked'
bitcrush w.npy nf4 --zero-point -f
exits 2
says 'bitcrush: --zero-point: no tensor becomes a format that takes it, expected int2 to int8'
for options in --zero-point '--scale zero-point'; do
    # shellcheck disable=SC2086
    bitcrush w.npy int4 --group 32 $options -q -f -o "zeros$options.safetensors"
    exits 0
done
cmp -s 'zeros--zero-point.safetensors' 'zeros--scale zero-point.safetensors' || fail 'two ways to a zero-point'
rm zeros*.safetensors
bitcrush w.npy ternary --scale absmean -n
exits 0
bitcrush w.npy int4 --group 12 -f
exits 2
says 'bitcrush: --group 12: expected all, tensor, row, or a number of weights from 8 to 65536, a multiple of 8'
bitcrush w.npy int4 --scale best -f
exits 2
bitcrush w.npy int4 --percent 99 -f
exits 2
says 'bitcrush: --percent: expected --scale percentile beside it'
bitcrush w.npy int4 --double-quant -f
exits 2
mentions '--double-quant'

it 'stochastic rounding: the seed decides, threads do not'
bitcrush w.npy q4_0 --dither rpdf -o one.gguf --threads 1
exits 0
prints 'encoder exact; dither rpdf; seed 1651078243'
bitcrush w.npy q4_0 --dither rpdf -o two.gguf --threads 7 -q
exits 0
same one.gguf two.gguf
bitcrush w.npy q4_0 --dither rpdf --seed 7 -o seven.gguf -q
exits 0
cmp -s one.gguf seven.gguf && fail 'another seed gives the same bytes'
bitcrush w.npy q4_0 --dither none -o none.gguf -q
exits 0
cmp -s one.gguf none.gguf && fail 'noise changes nothing'
bitcrush w.npy q4_0 --dither rpdf --json -o json.gguf
exits 0
prints '"dither": "rpdf"'
prints '"seed": 1651078243'
bitcrush w.npy f16 --dither tpdf -o half.npy
exits 0
prints 'dither tpdf'

it 'dithers that weights do not take'
bitcrush w.npy q4_0 --dither bayer8 -n
exits 2
says 'bitcrush: --dither bayer8 is a mask for pictures, expected none, rpdf, tpdf, hptpdf or gaussian'
bitcrush w.npy q4_0 --dither atkinson -n
exits 2
says 'bitcrush: --dither atkinson: passes errors on in pictures, expected a noise, such as rpdf, for weights'
bitcrush w.npy q4_0 --dither rpfd -n
exits 2
says 'bitcrush: --dither rpfd: unknown, did you mean rpdf?'
bitcrush w.npy q4_0 --rounding truncate
exits 2
says 'bitcrush: --rounding truncate: Q4_0 blocks are encoded as their format says, expected --rounding nearest'

it 'the encoder that looks for the least error'
bitcrush w.npy q4_0 --encoder best -o best.gguf --threads 1
exits 0
prints 'encoder best; dither none'
bitcrush w.npy q4_0 --encoder best -o best7.gguf --threads 7 -q
exits 0
same best.gguf best7.gguf
bitcrush w.npy q4_0 --encoder exact -o exact.gguf --json
exits 0
prints '"encoder": "exact"'
same exact.gguf none.gguf
[ "$(size_of best.gguf)" = "$(size_of exact.gguf)" ] || fail 'another size'
bitcrush compare w.npy exact.gguf --json
exact=$(sed -n 's/.*"snr_db": \([0-9]*\)\..*/\1/p' "$out" | head -1)
bitcrush compare w.npy best.gguf --min-snr "$exact"
exits 0
cmp -s best.gguf exact.gguf && fail 'the best is the exact'
bitcrush w.npy q4_0 --encoder worst
exits 2
says 'bitcrush: --encoder worst: unknown, expected exact|best'
rm one.gguf two.gguf seven.gguf none.gguf json.gguf half.npy best.gguf best7.gguf exact.gguf

it 'JSON has a row for each tensor'
bitcrush w.npy q8_0 -f --json
exits 0
prints '"kind": "tensor"'
prints '"tensors": ['
prints '"to": "Q8_0"'
prints '"rmse": '
prints '"max_error": '
prints '"clipped": 0'
prints '"groups": ['

it 'the table fits 100 columns, in any locale, with a bar of where the bytes are'
bitcrush w.npy q4_0 -f
exits 0
prints '100.0 %  ##############################'
[ -z "$(grep -v -e '->' "$out" | awk 'length > 100')" ] || fail 'a line is longer than 100'
[ -z "$(tr -d '\000-\177' <"$out")" ] || fail 'the report is no ASCII'

it 'info names metadata and types'
bitcrush info w-q4_0.gguf
exits 0
prints 'general.file_type             u32   2'
prints 'Q4_0        1      512    288  4.50'
bitcrush info w-q4_0.gguf --json
prints '"metadata": ['
prints '"types": ['

it 'memory for any number of weights'
bitcrush info --params 7e9
exits 0
silent "$err"
prints 'F32          32.00  28000000000  28.00  26.08'
prints 'F16          16.00  14000000000  14.00  13.04'
prints 'Q8_0          8.50   7437500000   7.44   6.93'
prints 'I8            8.00   7000000000   7.00   6.52'
prints 'F4            4.00   3500000000   3.50   3.26'
[ "$(awk '$2 + 0 > 0 { print $2 }' "$out" | sort -rnc 2>&1)" = '' ] || fail 'the sizes are not sorted'
bitcrush info --params 7e9 --json
exits 0
prints '"size_bytes": 28000000000'
bitcrush info --params 7e9 w.npy
exits 2
bitcrush w.npy q4_0 --params 7e9
exits 2
mentions 'expected with info'
bitcrush info --params 0
exits 2

# An importance matrix in the older form: 1 entry, a name of $1 bytes, $1, 1 call, 256 values of 1.
matrix() {
    printf "\\001\\000\\000\\000\\$(printf %03o ${#1})\\000\\000\\000%s" "$1"
    printf '\001\000\000\000\000\001\000\000'
    i=0
    while [ $i -lt 256 ]; do
        printf '\000\000\200\077'
        i=$((i + 1))
    done
}

it 'importance'
matrix other >other.dat
bitcrush info w.npy --json
tensor=$(sed -n 's/.*"name": "\(.*\)".*/\1/p' "$out")
matrix "$tensor" >im.dat
bitcrush w.npy q4_0 -f --imatrix im.dat
exits 0
prints 'weighed  by im.dat: 1 tensor'
bitcrush w.npy q4_0 -f --imatrix other.dat
exits 2
says "bitcrush: other.dat: no entry for any tensor that would use one: it has other, but not $tensor"
bitcrush w.npy q8_0 -f --imatrix other.dat
exits 0
prints 'weighed  by other.dat: 0 tensors'
head -c 700 im.dat >cut.dat
bitcrush w.npy q4_0 -f --imatrix cut.dat
exits 4
mentions 'cut.dat: ends at byte 700, but the values of an entry at byte'
bitcrush w.npy q4_0 -f --imatrix missing.dat
exits 3
bitcrush w.npy q4_0 -f --imatrix w.npy
exits 4

it 'an array of .npy has no name that could be another'
bitcrush w.npy mulaw -f -o companded.npy --json
exits 0
snr=$(grep '"snr_db"' "$out" | head -1)
bitcrush compare w.npy companded.npy --json
exits 0
[ "$(grep '"snr_db"' "$out" | head -1)" = "$snr" ] || fail "another SNR than $snr"
bitcrush compare w.npy companded.npy --min-snr 90
exits 9
rm companded.npy

it 'files without a tensor in common are not compared'
sed 's/(2, 256)/(1, 512)/' w.npy >v.npy
bitcrush compare w.npy v.npy
exits 2
mentions "v.npy: has 1 tensor, none with the name and shape of a tensor of floats in w.npy"

# Zeros lie in the middle of an axis from -0.5 to 0.5, and not in the first of bins of width 1.
it 'weights that are all the same are a histogram of one bar in the middle'
head -c 128 w.npy >zero.npy && head -c 2048 /dev/zero >>zero.npy
bitcrush report zero.npy q8_0 -q -o zero.html
exits 0
grep -q '>0.4<' zero.html || fail 'no axis around 0'

it 'a weight that its format cannot hold is refused by name, and nothing is written'
"$MAKE_WEIGHTS" npy 8 256 big.npy 1e6
for format in f16 q4_0 q3_k tq1_0 nvfp4; do
    bitcrush big.npy $format -f -q -o big.out.gguf
    case $format in
    q3_k) exits 0 ;; # 32 * 31 times 65504 is more
    *)
        exits 4
        mentions 'tensor big: 1000000 at index 77, more than '
        mentions 'holds, expected --nonfinite saturate'
        [ ! -e big.out.gguf ] || fail 'an output is there'
        ;;
    esac
    rm -f big.out.gguf
done

it 'kept is what the format has: infinity, which E4M3 has not'
bitcrush big.npy f16 -f -q --nonfinite keep -o big.gguf
exits 0
bitcrush big.npy f8_e4m3 -f -q --nonfinite keep -o kept.safetensors
exits 4
mentions 'tensor big: 1000000 at index 77, more than F8_E4M3 holds'
[ ! -e kept.safetensors ] || fail 'an output is there'

it 'limited, it counts in the SNR'
bitcrush big.npy f16 -f -o big.gguf --nonfinite saturate
exits 0
prints 'non-finite saturate'
prints 'limited  1 weight to the largest that the format holds'
prints 'SNR      0.59 dB' # 10 log10 of (1e6 / (1e6 - 65504))^2
bitcrush compare big.npy big.gguf
exits 0
prints 'SNR      0.59 dB'
bitcrush big.npy f16 -f -q -o big.gguf --nonfinite saturate --report big.html
exits 0
grep -q 'saturate' big.html || fail 'no page of what was limited'
rm big.html
bitcrush big.npy f16 -f -q -o big.gguf --nonfinite saturate --min-snr 1
exits 9

it 'a comparison with NaN in one file finds no small error, and no gate opens'
"$MAKE_WEIGHTS" npy 8 256 nan.npy nan
"$MAKE_WEIGHTS" npy 8 256 one.npy 0.5
mkdir nan
cp nan.npy nan/one.npy
for files in 'one.npy nan/one.npy' 'nan/one.npy one.npy'; do
    bitcrush compare $files --json
    exits 0
    prints '"snr_db": "-inf"'
    prints '"max_error": "inf"'
    prints '"lost": 1'
    bitcrush compare $files --min-snr -90
    exits 9
    mentions 'SNR -inf dB (1 lost to NaN or infinity), expected at least -90.00 dB'
done
bitcrush compare nan/one.npy nan/one.npy --min-snr 90
exits 0
rm -r nan

it 'a dry run measures, is judged, and writes nothing'
bitcrush one.npy q4_0 -n
exits 0
prints 'dry run, not written'
prints '  SNR '
dry=$(grep '  SNR' "$out")
bitcrush one.npy q4_0 -f -o one.gguf
grep -qF "$dry" "$out" || fail "not $dry"
rm one.gguf
bitcrush one.npy q4_0 -n --min-snr 90 -o one.gguf
exits 9
mentions 'expected at least 90.00 dB'
bitcrush one.npy q4_0 -n -q --min-snr 10 -o one.gguf
exits 0
[ ! -e one.gguf ] || fail 'an output is there'

it '--sizes-only reads no weights'
bitcrush nan.npy q4_0 --sizes-only
exits 0
prints 'file 1312 bytes'
! grep -q '  SNR' "$out" || fail 'an SNR'
bitcrush one.npy q4_0 --sizes-only --min-snr 90
exits 2
mentions 'nothing is measured with --sizes-only'
bitcrush one.npy q4_0 --sizes-only -q -o one.gguf
exits 0
[ ! -e one.gguf ] || fail 'an output is there'

it 'a sweep refuses NaN, or counts it as 0'
bitcrush sweep nan.npy 2..3
exits 4
mentions 'tensor nan: NaN at index 77, expected finite weights or --nonfinite zero'
bitcrush sweep nan.npy 2..3 --nonfinite zero
exits 0
bitcrush sweep nan.npy 2..3 --nonfinite keep
exits 2

# ---- what nobody loads, and gates over what is missing
it 'a GGUF of a transformer without its architecture is no model, and the report says so'
json='{"model.layers.0.mlp.up_proj.weight":{"dtype":"F32","shape":[2,256],"data_offsets":[0,2048]}}'
printf "\\$(printf %o ${#json})\\000\\000\\000\\000\\000\\000\\000%s" "$json" >hf.safetensors
head -c 2048 /dev/zero >>hf.safetensors
bitcrush hf.safetensors q8_0
exits 0
prints 'no general.architecture in the metadata: llama.cpp does not load it'
rm hf-q8_0.gguf
bitcrush hf.safetensors int8
exits 0
! grep -q 'llama.cpp' "$out" || fail 'safetensors is no GGUF'
rm hf*

it 'a gate over two files that do not hold the same tensors is not met'
"$MAKE_WEIGHTS" safetensors 2 256 two.safetensors
bitcrush two.safetensors f16 --drop b.weight -q -o less.safetensors
exits 0
bitcrush compare two.safetensors less.safetensors --min-snr 10
exits 9
mentions 'less.safetensors: lacks 1 tensor of two.safetensors and has 0 that are not there'
prints 'the first file: 1'
bitcrush compare two.safetensors less.safetensors
exits 0
rm less.safetensors

it 'patterns that take away what others ask for are a mistake, whatever the format'
set -f # patterns are no names of files
while read -r options; do
    for format in q8_0 q4_k_m; do
        # shellcheck disable=SC2086 # a list of words
        bitcrush two.safetensors $format $options -o two.gguf
        exits 2
        mentions 'two.safetensors: no tensor is left to reduce by the patterns of '
        [ -e two.gguf ] && fail "$options: something was written"
    done
done <<'END'
--include a.weight --exclude a.weight
--include a.weight --drop a.weight
END
bitcrush two.safetensors q4_k_m --exclude * -q -o two.gguf
set +f
exits 0
bitcrush info two.gguf
! grep -q 'file_type  u32   15' "$out" || fail 'a copy has the label of a mix'
rm two.gguf
bitcrush two.safetensors f32 --drop bias -q -o same.safetensors # each is one already
exits 0
bitcrush two.safetensors q8_0 --exclude a.weight -q -o two.gguf
exits 0
rm same.safetensors two.gguf two.safetensors

it 'where nothing is reduced the label is that of what a file holds, not of the mix'
"$MAKE_WEIGHTS" npy 8 256 one.npy
bitcrush one.npy q4_k_m --type 'one=f32' -q -o one.gguf
exits 0
bitcrush info one.gguf
prints 'general.file_type  u32   0'

it 'what cannot be written and is alone is not told to be left out'
head -c 128 one.npy | sed "s/'<f4'/'<c8'/; s/(8, 256)/(8, 128)/" >one-c.npy
tail -c +129 one.npy >>one-c.npy
bitcrush one-c.npy q8_0 -o c.gguf
exits 5
mentions 'and there is no other to write'
grep -q -e '--drop' "$err" && fail 'an impossible hint'
rm one*

it 'weights whose squares are beyond double have a signal'
# 1, -2, 3 and -4 times 1e-170, which float32 does not hold.
{
    printf '\223NUMPY\1\0\166\0%-117s\n' "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}"
    printf '\257\236\321\247\233\122\243\034\257\236\321\247\233\122\263\234\007\156\272\173\351\373\274\034\257\236\321\247\233\122\303\234'
} >faint.npy
mkdir zeros
bitcrush faint.npy f32 -q -o zeros/faint.npy
exits 0
bitcrush compare faint.npy zeros/faint.npy
prints 'SNR      0.00 dB'
bitcrush compare faint.npy zeros/faint.npy --min-snr 1
exits 9
mentions 'SNR 0.00 dB, expected at least 1.00 dB'
printf '1e200\n-2e200\n3e200\n' >large.txt
printf '1.1e200\n-2.2e200\n3.3e200\n' >larger.txt
bitcrush compare large.txt larger.txt
prints '20.00 dB'
rm -r faint.npy zeros large.txt larger.txt

it 'options that no tensor takes, and patterns that want two things of one'
"$MAKE_WEIGHTS" safetensors 2 256 idle.safetensors
# says_of SENTENCE ARGUMENT...
says_of() {
    sentence=$1
    shift
    bitcrush idle.safetensors "$@" -n
    exits 2
    says "bitcrush: $sentence"
    silent "$out"
}
taken='no tensor becomes a format that takes it, expected int2 to int8, e3m2, e2m3, e2m1, or another grid, such as uniform4'
says_of "--scale: $taken" q4_0 --scale absmax
says_of "--scale: $taken" f16 --scale absmax
best='no tensor becomes blocks, which alone have more than one encoding, expected a format such as q4_k, or no --encoder'
says_of "--encoder best: $best" f16 --encoder best
says_of "--encoder best: $best" uniform4 --encoder best
two='expected patterns of which one fits it'
says_of "tensor a.weight is for --drop and for --type a*=q4_0, $two" q8_0 --type 'a*=q4_0' --drop 'a.weight'
for taken in 'int4 --scale absmax' 'nf4 --scale absmax' 'uniform4 --scale absmax' 'q4_0 --encoder best' \
    'nf4 --encoder best' 'q8_0 --type a.weight=q4_0 --exclude a.weight'; do
    # shellcheck disable=SC2086 # words
    bitcrush idle.safetensors $taken -n -q
    exits 0
done
rm idle.safetensors

finish
