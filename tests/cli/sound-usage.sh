#!/bin/sh
# What is asked of a sound wrongly is status 2, with a sentence that says what was expected, and
# nothing done.
. "${0%/*}/cli.sh"

"$MAKE_SOUND" sine s16 44100 1 500 in.wav
"$MAKE_SOUND" sine s16 96000 1 500 fast.wav

# refused SENTENCE ARGUMENT...
refused() {
    sentence=$1
    shift
    it "bitcrush $*"
    bitcrush "$@"
    exits 2
    says "bitcrush: $sentence"
    silent "$out"
    only fast.wav in.wav
}

# What would do nothing is said.
design='expected --shape ath or a file of thresholds'
for shape in '' '--shape none' '--shape lipshitz' '--feedback improved-e'; do
    # shellcheck disable=SC2086 # words
    refused "--shape-taps: is the length of a filter that is designed, $design" in.wav 8 $shape --shape-taps 5
    # shellcheck disable=SC2086 # words
    refused "--shape-strength: bounds a filter that is designed, $design" in.wav 8 $shape --shape-strength 5
done
refused '--shape-taps 0: expected a whole number from 1 to 64' in.wav 8 --shape ath --shape-taps 0
refused '--shape-strength: is 0, which shapes nothing, expected more, or --shape none' \
    in.wav 8 --shape ath --shape-strength 0
refused '--hold 0: expected a whole number from 1 to 1000000' in.wav 8 --hold 0
refused '--subtractive: is for dither that is taken away again, expected no --dither none' \
    in.wav 8 --subtractive --dither none
refused '--keep-silence: keeps noise out of silence, and there is neither dither nor shaping, expected one of them' \
    in.wav 8 --keep-silence --dither none

expected='unknown, expected a number of bits, or a grid or format that --list shows'
for bits in 0 33 99 0.5; do
    refused "bits $bits: expected a number from 1 to 32" in.wav "$bits"
done
refused "\"\": $expected" in.wav ''
for depth in x 8x 4,5 int8x; do
    refused "$depth: $expected" in.wav "$depth"
done
refused 'bits 24.5: expected a whole number from 24 on' in.wav 24.5
refused "mulw: $expected; nearest: mulaw" in.wav mulw
refused "flaot16: $expected; nearest: float16" in.wav flaot16
refused 'too few arguments: expected FILE SPEC, for example voice.wav 8 (see --help)' in.wav
refused 'too few arguments: expected restore FILE' restore

refused '--dither tpfd: unknown, did you mean tpdf?' in.wav 8 --dither tpfd
refused '--dither xyzzy: unknown, expected a noise that --list shows' in.wav 8 --dither xyzzy
refused '--dither bayer8 is a mask for pictures, expected none, rpdf, tpdf, hptpdf or gaussian' \
    in.wav 8 --dither bayer8
refused '--dither floyd-steinberg: passes errors on in pictures, expected a noise, and --shape for what passes errors on in time' \
    in.wav 8 --dither floyd-steinberg
refused '--keep-silence 0: expected a number from 1 to 60000' in.wav 8 --keep-silence=0
refused '--keep-silence x: expected a number from 1 to 60000' in.wav 8 --keep-silence=x
refused '--keep-silence: alaw has no level at 0, expected a depth that has one' in.wav alaw --keep-silence
refused '--shape aht: unknown, did you mean ath?' in.wav 8 --shape aht
refused '--shape E-Weighted: unknown, did you mean modified-e or improved-e?' in.wav 8 --shape E-Weighted
refused '--hold: marks move from group to group, expected --scale full, or one scale for the whole sound' \
    in.wav 8 --scale absmax --group 64 --hold 2
refused '--shape f-wieghted: unknown, did you mean f-weighted?' in.wav 8 --shape f-wieghted
refused '--shape xyzzy: unknown and no file, expected ath or another that --list shows' in.wav 8 --shape xyzzy

it 'an option whose value may be left out takes no other word for it'
bitcrush in.wav --keep-silence 8 -n
exits 0
prints 'to pcm8'
prints 'silence over 20 ms kept'
bitcrush --help
prints '--keep-silence[=MS] '
bitcrush --completion zsh
prints "'--keep-silence=-[no noise where a channel is 0 for longer, at first 20 ms]::MS:'"
bitcrush --completion fish
prints "complete -c bitcrush -l keep-silence -d '"

for shape in lipshitz modified-e improved-e f-weighted; do
    it "$shape is refused at another rate than its own"
    bitcrush fast.wav 8 --shape "$shape"
    exits 2
    mentions "'$shape': rate 96000 Hz, expected"
    mentions "'ath' is made for any rate"
    only fast.wav in.wav
done

for option in '--palette 4' '--light linear' '--gray' '--scan raster' '--strength 0.5' '--fast'; do
    # shellcheck disable=SC2086 # two words
    refused "${option%% *}: an option for pictures, not an option for sound" \
        in.wav 8 $option
done
"$MAKE_PNG" rgb 16 16 "$base/in.png"
refused '--shape: an option for sound, not an option for pictures' \
    "$base/in.png" 4 --shape ath

refused '--rounding truncate is the bare bit shift and takes no dither, expected --dither none' \
    in.wav 8 --rounding truncate --dither tpdf
refused '--rounding truncate is the bare bit shift and takes no shaping, expected --shape none' \
    in.wav 8 --rounding truncate --shape ath
refused 'subtractive dither is rpdf, expected that instead of --dither tpdf' in.wav 8 --subtractive --dither tpdf
refused 'subtractive dither needs even steps and nothing but its noise, expected bits, no shaping, no --hold and --rounding nearest' \
    in.wav mulaw --subtractive
refused '--group 4096: full scale is one for all, expected a --scale that is fitted, such as absmax' \
    in.wav 8 --group 4096
refused '--group 32: q4_0 has blocks of 32 frames, expected none' in.wav q4_0 --group 32
refused '--group row: is for pictures and weights, expected all, channel, or a number of frames from 1 to 65536' \
    in.wav 8 --scale absmax --group row
refused '--percent: expected --scale percentile beside it' in.wav 8 --percent 99
refused 'uint8 has no mark below 0, expected --scale minmax or zero-point' in.wav uint8
for depth in 8 mulaw e2m1 e4m3; do
    name=$depth
    [ "$depth" = 8 ] && name=pcm8
    refused "--nonfinite keep: $name does not hold both NaN and infinity, expected error, saturate or zero, or a format that does, such as float32" \
        in.wav "$depth" --nonfinite keep
done

it 'sounds of other rate, channels or length are not compared'
"$MAKE_SOUND" sine s16 44100 2 500 "$base/stereo.wav"
"$MAKE_SOUND" sine s16 44100 1 499 "$base/short.wav"
bitcrush compare in.wav fast.wav
exits 2
says 'bitcrush: fast.wav: 96000 Hz, expected 44100 Hz as in in.wav'
bitcrush compare in.wav "$base/stereo.wav"
exits 2
says "bitcrush: $base/stereo.wav: 2 channels, expected 1 as in in.wav"
bitcrush compare in.wav "$base/short.wav"
exits 2
says "bitcrush: $base/short.wav: 499 frames, expected 500 as in in.wav"

it 'a file that was not made so is not restored'
bitcrush restore in.wav
exits 5
says 'bitcrush: in.wav: nothing in its comment about subtractive dither, expected a file made with --subtractive'
only fast.wav in.wav

finish
