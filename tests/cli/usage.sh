#!/bin/sh
# What is asked for wrongly is status 2, with a sentence on standard error that says what was
# expected, and nothing done.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 16 16 in.png

# refused SENTENCE ARGUMENT...
refused() {
    sentence=$1
    shift
    it "bitcrush $*"
    bitcrush "$@"
    exits 2
    says "bitcrush: $sentence"
    silent "$out"
    only in.png
}

for bits in 0 17 0.9 16.1 '' 99999999999999999999 1..2; do
    refused "bits${bits:+ $bits}: expected a number from 1 to 16" in.png "$bits"
done
for word in x +4 4x ' 4' 1e1 0x4; do
    refused "$word: unknown, expected a number of bits, or a grid or format that --list shows" \
        in.png "$word"
done
refused '-4: unknown, expected a number of bits, or a grid or format that --list shows' -- in.png -4

refused 'too few arguments: expected FILE SPEC, for example photo.png 4 (see --help)'
refused 'too few arguments: expected FILE SPEC, for example photo.png 4 (see --help)' in.png
refused '4: no file of that name; expected the file first, as in in.png 4' 4 in.png
refused 'convert: no file and no verb of that name, expected FILE... SPEC [-o OUTPUT] or a verb that --help names' \
    convert in.png out.png
refused 'magick: no file and no verb of that name, expected FILE... SPEC [-o OUTPUT] or a verb that --help names' \
    magick in.png 4
refused 'out.png: looks like a file, expected a number of bits or a format, and -o out.png where it is the output' \
    in.png out.png
refused 'out.png: looks like a file, expected a number of bits or a format, and -o out.png where it is the output' \
    in.png 4 out.png
refused 'conver: no file and no verb of that name, expected FILE... SPEC [-o OUTPUT] or a verb that --help names' conver in.png
refused 'too few arguments: expected compare A B, two of a kind: pictures, sounds, weights or tables' compare
refused 'too few arguments: expected compare A B, two pictures of one size' compare in.png
refused 'GameBoy: a palette, expected --palette gameboy' in.png GameBoy
refused '565: expected --channels 5,6,5 for that' in.png 565
# What would do nothing is said.
diffusion='expected one, such as --dither floyd-steinberg'
for dither in none bayer8 tpdf; do
    refused "--strength: is the share of errors that a diffusion passes on, $diffusion" \
        in.png 4 --strength 0.5 --dither $dither
    refused "--scan: is the way of an error diffusion over the lines, $diffusion" \
        in.png 4 --scan raster --dither $dither
done

refused '--channels 5,,5: expected 1 to 4 numbers from 1 to 16, such as 5,6,5' in.png --channels 5,,5
refused '--channels 5,6,17: expected 1 to 4 numbers from 1 to 16, such as 5,6,5' in.png --channels 5,6,17
refused '--fast --small: expected one of them' in.png 4 --fast --small
refused '--dither bayer8+rpdf: expected one error diffusion, one noise or mask, or one of each' \
    in.png 4 --dither bayer8+rpdf

refused '--dithre: unknown option, did you mean --dither?' in.png 4 --dithre none
refused '--dithre: unknown option, did you mean --dither?' in.png 4 --dithre=none
refused '--outptu: unknown option, did you mean --output?' in.png 4 --outptu x.png
refused '--xyzzy-plugh: unknown option, expected one of those that --help lists' in.png 4 --xyzzy-plugh
refused '-x: unknown option, expected one of those that --help lists' in.png 4 -x
refused '-x: unknown option, expected one of those that --help lists' in.png 4 -fx
refused '-4: unknown option, expected one of those that --help lists, or -- before a negative number' in.png -4

refused '-o: expected FILE after it' in.png 4 -o
refused '--output: expected FILE after it' in.png 4 --output
refused '--seed: expected N after it' in.png 4 --seed
refused '--light: expected linear|coded after it' in.png 4 --light
refused '--force: takes no value, expected it alone' in.png 4 --force=yes

refused '--dither floyd-steinburg: unknown, did you mean floyd-steinberg?' in.png 4 --dither floyd-steinburg
refused '--dither byer8: unknown, did you mean bayer8?' in.png 4 --dither byer8
refused '--light linaer: unknown, expected linear|coded' in.png 4 --light linaer
refused '--light: unknown, expected linear|coded' in.png 4 --light=
refused '--min-snr: not an option of info' info in.png --min-snr 90
refused '--dither: not an option of compare' compare in.png in.png --dither none
refused '--output: not an option of compare' compare in.png in.png -o out.png
refused '--rounding up: unknown, expected nearest|truncate' in.png 4 --rounding up
refused '--color sometimes: unknown, expected auto|always|never' in.png 4 --color sometimes
refused '--scan snail: unknown, expected serpentine|raster' in.png 4 --scan snail
refused '--strength 2: expected a number from 0 to 1' in.png 4 --strength 2
refused '--strength x: expected a number from 0 to 1' in.png 4 --strength x
refused '--strength nan: expected a number from 0 to 1' in.png 4 --strength nan
refused '--strength -0.1: expected a number from 0 to 1' in.png 4 --strength -0.1
refused '--min-snr loud: expected a number from -1000 to 1000' in.png 4 --min-snr loud
refused '--threads -1: expected a whole number from 0 to 1024' in.png 4 --threads -1
refused '--threads 1025: expected a whole number from 0 to 1024' in.png 4 --threads 1025
refused '--threads 2.5: expected a whole number from 0 to 1024' in.png 4 --threads 2.5
refused '--seed 18446744073709551616: expected a whole number of 64 bits' in.png 4 --seed 18446744073709551616
refused '--seed -1: expected a whole number of 64 bits' in.png 4 --seed -1
refused '--completion tcsh: unknown shell, expected bash, zsh or fish' --completion tcsh
refused '--rounding truncate is the bare bit shift and takes no dither, expected --dither none' in.png 4 --rounding truncate --dither bayer8
refused '--rounding truncate is the bare bit shift, expected --rounding nearest with a palette' in.png --palette bw --rounding truncate
refused 'q4_0: blocks are encoded as their format says, expected --rounding nearest' in.png q4_0 --rounding truncate
refused '--group: full scale is the same for all samples, expected a --scale that is fitted, such as --scale absmax' in.png 4 --group row
refused '--output: expected FILE after it' in.png 4 --output ''
refused '--output: expected FILE after it' in.png 4 --output=
refused '--dither: expected NAME after it' in.png 4 --dither ''
refused '--threads 08x: expected a whole number from 0 to 1024' in.png 4 --threads 08x

it 'a name that does not say a format is 2'
bitcrush in.png 4 -o out.jpg
exits 2
mentions 'bitcrush: out.jpg: the name does not end in a format that can be written, expected .png'
only in.png

it 'an unknown CPU level is 2'
BITCRUSH_CPU=v9 run "$BITCRUSH" in.png 4
exits 2
says 'bitcrush: BITCRUSH_CPU=v9: unknown level, expected baseline, v2, v3 or v4'
only in.png

it 'options may stand before, between and after the arguments'
bitcrush -f in.png --dither none 4 -q
exits 0
silent "$out" "$err"
only in-4bit.png in.png

it 'short options may be joined, with the value in or after the last'
rm in-4bit.png
bitcrush -fqoout.png in.png 4
exits 0
silent "$out" "$err"
bitcrush -fqo again.png in.png 4
exits 0
same out.png again.png
bitcrush --output=third.png in.png 4 --quiet
same out.png third.png

it 'whole numbers are decimal, or hexadecimal with 0x'
for seed in 010 10 0xa 0XA; do
    bitcrush in.png 4 -n --dither rpdf --seed "$seed"
    exits 0
    prints 'seed 10'
done

it 'the last of two equal options counts'
bitcrush in.png 4 -q -o one.png -o two.png --dither bayer8 --dither=floyd-steinberg
exits 0
same two.png out.png
[ ! -e one.png ] || fail 'one.png was written'

it 'standard input is one of the inputs, or none'
for line in 'compare - -' 'sweep - -' 'report - -' 'info - -' 'info in.png - out.png -' '- - 4 -o .' \
    'in.png - - 4' '- --palette -'; do
    # shellcheck disable=SC2086
    bitcrush $line
    exits 2
    mentions ': -: standard input can be read once, expected it once'
done

finish
