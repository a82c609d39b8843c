#!/bin/sh
# --feedback says of every medium where errors go: it equals the older spellings byte for byte, and what another
# medium has is refused in one sentence.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 60 40 in.png
seq 0 0.1 10 >in.txt
"$MAKE_WEIGHTS" safetensors 2 256 in.safetensors
inputs='in.png in.safetensors in.txt'
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" sine s16 44100 1 500 in.wav
    inputs="$inputs in.wav"
fi

# same FILE 'OPTIONS' 'OPTIONS': one output.
same() {
    it "bitcrush $1 $2, and $3"
    for options in "$2" "$3"; do
        # shellcheck disable=SC2086
        bitcrush "$1" $options -q -f -o "$base/made-$1"
        exits 0
        silent "$err"
        if [ "$options" = "$2" ]; then mv "$base/made-$1" "$base/first-$1"; fi
    done
    cmp -s "$base/first-$1" "$base/made-$1" || fail 'other bytes'
}

# other FILE 'OPTIONS' 'OPTIONS': two outputs.
other() {
    it "bitcrush $1 $2, but $3"
    # shellcheck disable=SC2086
    bitcrush "$1" $2 -q -f -o "$base/first-$1"
    # shellcheck disable=SC2086
    bitcrush "$1" $3 -q -f -o "$base/made-$1"
    exits 0
    cmp -s "$base/first-$1" "$base/made-$1" && fail 'the same bytes'
}

# refused STATUS SENTENCE ARGUMENT...
refused() {
    expected=$1 sentence=$2
    shift 2
    it "bitcrush $*"
    bitcrush "$@"
    exits "$expected"
    says "bitcrush: $sentence"
    silent "$out"
    # shellcheck disable=SC2086
    only $inputs
}

# Pictures.
same in.png '1 --feedback jarvis' '1 --dither jarvis'
same in.png '1 --feedback jarvis --dither none' '1 --dither jarvis'
same in.png '1 --feedback jarvis --dither jarvis+blue' '1 --dither blue+jarvis'
same in.png '1 --feedback floyd-steinberg --dither blue' '1 --dither floyd-steinberg+blue'
same in.png '1 --feedback none' '1 --dither none'
same in.png '1 --feedback none --dither auto' '1 --dither none'
same in.png '1 --feedback none --dither blue' '1 --dither blue'
same in.png '1 --feedback fs' '1'
same in.png '1 --feedback Jarvis' '1 --dither jarvis'
same in.png 'e2m1 --feedback burkes' 'e2m1 --dither burkes'
other in.png '1 --feedback jarvis' '1'
refused 2 '--dither jarvis --feedback burkes: expected one of them' \
    in.png 1 --dither jarvis --feedback burkes
refused 2 '--dither jarvis --feedback none: error diffusion feeds errors back, expected one without the other' in.png 1 --dither jarvis --feedback none
refused 2 '--feedback jarvs: unknown, did you mean jarvis?' in.png 1 --feedback jarvs
refused 2 '--feedback xyzzy: unknown, expected none or an error diffusion, such as floyd-steinberg' \
    in.png 1 --feedback xyzzy
refused 2 '--feedback blue: adds noise and passes no errors on, expected --dither blue' \
    in.png 1 --feedback blue
refused 2 '--feedback on: unknown, did you mean floyd-steinberg or ath?' in.png 1 --feedback on

# What another medium has.
time='shapes noise from sample to sample in time, which only sound has'
plane='passes errors on to neighbours in the plane, which only pictures have'
rows='passes errors on along the rows of a layer, which only weights have'
on_picture='none or an error diffusion, such as floyd-steinberg'
for shaper in ath lipshitz; do
    refused 2 "--feedback $shaper: $time, expected $on_picture" in.png 1 --feedback $shaper
    refused 2 "--feedback $shaper: $time, expected none" in.txt 4 --feedback $shaper
    refused 2 "--feedback $shaper: $time, expected none" in.safetensors int4 --feedback $shaper
done
refused 2 "--feedback rows: $rows, expected $on_picture" in.png 1 --feedback rows
refused 2 "--feedback rows: $rows, expected none" in.txt 4 --feedback rows
refused 2 "--feedback atkinson: $plane, expected none" in.txt 4 --feedback atkinson
refused 2 "--feedback atkinson: $plane, expected none" in.safetensors int4 --feedback atkinson
refused 2 '--feedback rpdf: adds noise and passes no errors on, expected --dither rpdf' \
    in.txt 4 --feedback rpdf
refused 2 '--feedback bayer8: adds noise and passes no errors on, expected none' \
    in.txt 4 --feedback bayer8
refused 5 '--feedback rows: needs the second moments of the inputs that each row meets, which no file gives yet, expected none' \
    in.safetensors int4 --feedback gptq
same in.txt '4 --feedback none' '4'
same in.safetensors 'int4 --feedback none' 'int4'

# A sweep of pictures.
it 'a sweep has the diffusion in its second series'
bitcrush sweep in.png 1..2 --feedback burkes --json
exits 0
cp "$out" "$base/by_feedback"
bitcrush sweep in.png 1..2 --dither burkes --json
exits 0
cmp -s "$out" "$base/by_feedback" || fail 'other figures'
it 'a sweep with a diffusion and a noise is called by both'
bitcrush sweep in.png 1..2 --feedback burkes --dither blue --sheet "$base/sheet.png"
exits 0
prints 'dither burkes+blue, linear light'
it 'a sweep without feedback has one series'
bitcrush sweep in.png 1..2 --feedback none
exits 0
grep -q '^dither' "$out" && fail 'a second series'
bitcrush sweep in.png 1..2 --feedback burkes --dither jarvis
exits 2
mentions '--dither jarvis --feedback burkes: expected one of them'

it 'a page has the setting in its command'
bitcrush in.png 1 --feedback burkes -q -o "$base/page.png" --report "$base/page.html"
exits 0
grep -q 'bitcrush in.png 1 --feedback burkes --seed' "$base/page.html" || fail 'another command'

# Sound.
if [ "$SOUND" = ON ]; then
    same in.wav '8 --feedback ath' '8 --shape ath'
    same in.wav '8 --feedback ath --shape ath --shape-taps 4' '8 --shape ath --shape-taps 4'
    same in.wav '8 --feedback lipshitz' '8 --shape lipshitz'
    same in.wav '8 --feedback none' '8'
    same in.wav '8 --feedback f_weighted' '8 --shape f-weighted'
    other in.wav '8 --feedback ath' '8'
    refused 2 '--shape ath --feedback lipshitz: expected one of them' \
        in.wav 8 --shape ath --feedback lipshitz
    refused 2 '--shape ath --feedback none: a shape feeds errors back, expected one without the other' in.wav 8 --shape ath --feedback none
    refused 2 "--feedback jarvis: $plane, expected none or a noise shaper, such as ath" in.wav 8 --feedback jarvis
    refused 2 "--feedback rows: $rows, expected none or a noise shaper, such as ath" in.wav 8 --feedback rows
    refused 2 '--feedback nosuch: unknown and no file, expected none or a noise shaper, such as ath' \
        in.wav 8 --feedback nosuch
    refused 2 '--feedback bayer8: adds noise and passes no errors on, expected none or a noise shaper, such as ath' \
        in.wav 8 --feedback bayer8
    printf '100 20\n3000 0\n16000 60\n' >Curve.txt
    inputs="Curve.txt $inputs"
    same in.wav '8 --feedback Curve.txt' '8 --shape Curve.txt'
    refused 2 'Curve.txt: the output Curve.txt is the same file as the curve of --feedback Curve.txt, expected a name of its own' \
        in.wav 8 --feedback Curve.txt -o Curve.txt
fi

finish
