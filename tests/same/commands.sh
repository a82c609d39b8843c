#!/bin/sh
# Which command lines are tried: all that the programs do, as lines "GROUP: COMMAND". What has a name in
# a list is taken from the list, so that a new dither or format is tried without being told.
#
#   commands.sh      $BITCRUSH gives the names, inputs.sh the inputs, tests/data the $SUITE
# shellcheck disable=SC2016,SC2086 # commands have variables of their own; lists of words
set -eu

lists=$("$BITCRUSH" --list)

# named BEGINNING: the names below each heading of the list that begins so.
named() {
    printf '%s\n' "$lists" | awk -v heading="$1" '
    /^[^ ]/ { inside = index($0, heading) == 1; next }
    inside && !seen[$1]++ { print $1 }'
}

diffusions=$(named 'dithers, error diffusion')
noises=$(named 'dithers, noise')
masks=$(named 'dithers, masks')
palettes=$(named palettes)
shapers=$(named 'noise shapers')
containers=$(named 'audio formats')
formats=$(named 'formats of weights' | tr '[:upper:]' '[:lower:]')
mixes=$(named 'mixes of formats')
grids=$(named 'grids of the library')

pictures='grey.png rgb.png rgba.png rgb16.png interlaced.png noise.png noise16.png hole.png palette.png four.png noted.png
    ramp.jpg ramp-progressive.jpg rgb.ppm grey.pgm bits.pbm rgba.pam deep.ppm'
sounds='sine.wav sine48.wav noise.wav noise24.wav noise32.wav eight.wav noise-f32.wav sine-f64.wav sine.flac sine.aiff
    noise.caf noise.au noise.w64'
weights='w.safetensors w.npy w.gguf w.npz model.gguf int4.safetensors turned.npy w.safetensors.index.json'

# try COMMAND: a line of the group.
group=
try() {
    printf '%s: %s\n' "$group" "$*"
}

# Reports are text and JSON by turns.
turn=0
told() {
    turn=$((1 - turn))
    if [ $turn -eq 0 ]; then
        try "$@" --json
    else
        try "$@"
    fi
}

# ---- pictures

group=image/dither
for dither in $diffusions $noises $masks; do
    told bitcrush rgb.png 2 --dither "$dither" -o o.png
    told bitcrush grey.png 1 --dither "$dither" -o o.pgm
    told bitcrush rgb16.png 9 --dither "$dither" -o o.png
    told bitcrush hole.png 3 --dither "$dither" --light coded -o o.png
    told bitcrush ramp.jpg 1 --gray --dither "$dither" -o o.png
    told bitcrush rgb.png --palette 6 --dither "$dither" -o o.png
done
for dither in $diffusions; do
    told bitcrush rgb.png 2 --dither "$dither+rpdf" --seed 3 -o o.png
    told bitcrush grey.png 1 --dither "$dither+blue" -o o.png
    told bitcrush rgb.png 2 --dither "$dither" --scan raster --strength 0.7 -o o.png
done

group=image/input
for picture in $pictures; do
    for bits in 1 4 12; do
        told bitcrush $picture $bits -f
    done
    told bitcrush $picture 2 --gray --dither ostromoukhov -o o.png
    told bitcrush $picture 3 --rounding truncate -o o.pam
    told bitcrush $picture --palette 5 -o o.png
done

group=image/suite
for picture in "$SUITE"/[bot]*.png "$SUITE"/x*.png; do
    told bitcrush "\$SUITE/${picture##*/}" 3 --dither blue -o o.png
done

group=image/palette
for palette in $palettes 2 16 200 256 colours.txt palette.png; do
    told bitcrush rgb.png --palette $palette -o o.png
    told bitcrush noise.png --palette $palette --dither none -f
    told bitcrush hole.png --palette $palette --dither atkinson+tpdf --strength 0.6 -o o.png
    told bitcrush deep.ppm --palette $palette --dither bayer8 -o o.ppm
done

group=image/channels
for channels in 5,6,5 3,3,2 4,4,4,4 8,8,8,1 5,5,5,1 1 3 2,1 16,1,9; do
    for picture in rgb.png rgba.png grey.png rgb16.png; do
        told bitcrush $picture --channels $channels -f
    done
    told bitcrush rgb.png --channels $channels --dither blue --light coded -o o.ppm
done

group=image/light
for light in linear coded; do
    for dither in floyd-steinberg zhou-fang jarvis+tpdf blue rpdf; do
        for bits in 1 3; do
            told bitcrush rgb.png $bits --light $light --dither $dither --strength 0.5 -o o.png
            told bitcrush grey.png $bits --light $light --dither $dither --scan raster -o o.png
            told bitcrush interlaced.png $bits --light $light --dither $dither -o o.png
        done
    done
done

group=image/options
for bits in 1 2 3 4 5 6 7 8 9 10 11 13 14 15; do
    told bitcrush deep.ppm $bits -o o.png
    told bitcrush rgb16.png $bits --rounding truncate -o o.ppm
done
for option in --strip --fast --small -q -n '--seed 0' '--seed 0xffffffffffffffff' '--min-snr 5' '--min-snr 50' \
    '--max-pixels 100' '--max-memory 1M' '--max-memory 10K' '--progress never' '--color always' '--progress always'; do
    for picture in noted.png '$SUITE/tbbn3p08.png'; do
        told bitcrush "$picture" 2 --dither tpdf $option -o o.png
    done
done
for end in png ppm pgm pnm pam pbm; do
    for picture in grey.png rgb.png rgba.png; do
        told bitcrush $picture 5 -o o.$end
    done
done
for threads in 1 2 7; do
    told bitcrush '$SAMPLES/coast.png' 2 --threads $threads -o o.png
    told bitcrush '$SAMPLES/coast.jpg' 1 --dither blue --threads $threads -o o.png
    try bitcrush '$SAMPLES/coast.png' --palette 16 --fast --threads $threads -q -o o.png
    try bitcrush '$SAMPLES/coast.png' 3 --fast --dither zhou-fang+rpdf --threads $threads -q -o o.png
done
try 'bitcrush image - 2 -o - <rgb.png'
try 'bitcrush-image - 2 --json -o - <deep.ppm'
try 'cat ramp.jpg | bitcrush - 3 -q -o o.ppm'
try 'bitcrush - 4 -o o.png <noise16.png'
try 'bitcrush rgb.png 4 -q -o - | bitcrush - 2 -o o.png'
try 'bitcrush rgb.png grey.png missing.png rgba.png 2 -o small/'
try 'bitcrush rgb.png grey.png 2 --json'
try 'bitcrush rgb.png 2 -f -o rgb.png'
try 'bitcrush rgb.png 3 -q && bitcrush rgb-3bit.png 3 --json && bitcrush rgb-3bit.png 2'
try 'head -c 700 noise.png >cut.png; bitcrush cut.png 2 -o o.png'
try 'head -c 700 noise.png >cut.png; bitcrush cut.png 2 --salvage -o o.png'
try 'head -c 5000 deep.ppm >cut.ppm; bitcrush cut.ppm 2 --salvage --json -o o.png'
try 'head -c 900 ramp.jpg >cut.jpg; bitcrush cut.jpg 2 --salvage -o o.png'

# ---- sound

depths='1 2 4 4.5 8 12.7 16 20 24 levels5 mulaw alaw float32 float16 bfloat16 e5m2 e4m3 e2m1 e5m6'

group=audio/depth
for depth in $depths; do
    for dither in auto none hptpdf gaussian; do
        told bitcrush sine.wav $depth --dither $dither -o o.wav
    done
    told bitcrush noise-f32.wav $depth --nonfinite saturate -o o.aiff
    told bitcrush hot.wav $depth --rounding truncate -o o.wav
    told bitcrush sine.flac $depth --guard 6 --seed 9 -f
    told bitcrush noise.wav $depth --hold 5 --dither none -o o.caf
    told bitcrush gaps.wav $depth --keep-silence=1 -o o.au
    told bitcrush sine.wav $depth --shape ath -o o.wav
    told bitcrush sine.wav $depth --subtractive -o o.wav
    try "bitcrush noise24.wav $depth --subtractive -q -o o.wav && bitcrush restore o.wav -o back.wav"
done
for depth in 5 7 9 11 13 14 15 17 19 22 23 28 31 32; do
    told bitcrush sine-f64.wav $depth -o o.wav
    told bitcrush noise24.wav $depth --dither none -o o.w64
done

group=audio/shape
for shape in none $shapers curve.txt; do
    for depth in 4 8 12 16; do
        told bitcrush sine.wav $depth --shape $shape -o o.wav
        told bitcrush sine48.wav $depth --shape $shape --dither rpdf -o o.wav
        told bitcrush noise.wav $depth --shape $shape --dither none -o o.flac
    done
    told bitcrush fast.wav 8 --shape $shape -o o.wav
    told bitcrush noise24.wav 8 --shape $shape --hold 3 --guard 1.5 -o o.wav
done
for taps in 1 2 9 32 64; do
    told bitcrush sine48.wav 12 --shape ath --shape-taps $taps --shape-strength $taps -o o.wav
    told bitcrush fast.wav 16 --shape curve.txt --shape-taps $taps -o o.wav
done

group=audio/container
for sound in $sounds; do
    for container in $containers; do
        told bitcrush $sound 14 --dither rpdf -o o.$container
    done
    told bitcrush $sound 12 -f
    told bitcrush $sound 20 --plain-header -f
done
for container in $containers; do
    for depth in 8 16 24 32 4.5 mulaw alaw float32 e4m3; do
        told bitcrush noise24.wav $depth -o o.$container
    done
done

group=audio/options
for option in --strip -q -n '--seed 0' '--min-snr 5' '--min-snr 90' '--max-memory 10K' '--plot plot.svg' '--color always' \
    '--report page.html' --keep-silence '--nonfinite zero' '--plain-header' '--guard 0.5' '--hold 1'; do
    for sound in sine.wav noted.wav silence.wav; do
        told bitcrush $sound 10 $option -o o.wav
    done
done
for nonfinite in error saturate zero keep; do
    for sound in nan.wav inf.wav huge.wav hot-f32.wav; do
        for depth in 8 e4m3 e5m2; do
            told bitcrush $sound $depth --nonfinite $nonfinite -o o.wav
        done
    done
done
for threads in 1 2 7; do
    try bitcrush '$SAMPLES/piece.wav' 8 --threads $threads -q -o o.wav
    told bitcrush '$SAMPLES/piece.wav' 12 --shape ath --threads $threads -o o.flac
    told bitcrush '$SAMPLES/piece.wav' e4m3 --dither gaussian --threads $threads -o o.aiff
done
try 'bitcrush audio - 8 -o - <sine.wav'
try 'bitcrush-audio - 16 --json -o - <noise24.wav'
try 'cat sine.flac | bitcrush - 8 -q -o o.wav'
try 'cat noise-f32.wav | bitcrush - mulaw -o o.au'
try 'bitcrush sine.wav 12 -q -o - | bitcrush - 6 --dither none -o - >o.wav'
try 'bitcrush sine.wav noise.wav missing.wav sine.flac 8 -o small/'
try 'bitcrush sine.wav 4 --json && bitcrush sine-4bit.wav 4 --json && bitcrush sine-4bit.wav 12'
try 'bitcrush sine.wav 8 -f -o sine.wav'
try 'head -c 1500 sine.wav >cut.wav; bitcrush cut.wav 8 -o o.wav'
try 'head -c 1500 sine.wav >cut.wav; bitcrush cut.wav 8 --salvage -o o.wav'
try 'head -c 1500 sine.flac >cut.flac; bitcrush cut.flac 8 --salvage --json -o o.wav'

group=audio/restore
for depth in 1 3 5.5 8 16 levels10; do
    for sound in sine.wav noise24.wav sine.flac noise-f32.wav sine.aiff; do
        try "bitcrush $sound $depth --subtractive --seed 4 -q -f && bitcrush restore *-$depth*.* -o back.wav && bitcrush compare $sound back.wav"
    done
done
try bitcrush restore noted.wav
try bitcrush restore noted.wav --json
try bitcrush restore noted.wav -q -o back.flac
try bitcrush restore sine.wav
try bitcrush restore noted.wav rgb.png missing.wav

# ---- weights

group=tensor/format
for format in $formats; do
    told bitcrush w.npy $format -f
    told bitcrush model.gguf $format -f
    told bitcrush w.safetensors $format --dither rpdf -f
    told bitcrush w.safetensors $format --encoder best -f
    told bitcrush w.safetensors $format --imatrix w.dat -f
    told bitcrush w.safetensors $format --imatrix w.dat --encoder best --dither rpdf --seed 5 -f
    told bitcrush big.npy $format --nonfinite saturate -f
    try "bitcrush w.safetensors $format -q -o o.safetensors && bitcrush o.safetensors f32 --json -o back.safetensors"
    try "bitcrush w.safetensors $format -q -o o.gguf && bitcrush o.gguf f32 -o back.gguf && bitcrush info o.gguf"
done
for format in q4_0 f16 f8_e4m3 int4; do
    for file in nan.npy inf.npy big.npy; do
        for nonfinite in error saturate zero keep; do
            try bitcrush $file $format --nonfinite $nonfinite -f
        done
    done
    for dither in $noises auto; do
        told bitcrush turned.npy $format --dither $dither -f
    done
    try "bitcrush w.npy $format -q -f -o o.gguf && bitcrush o.gguf q4_1 -o twice.gguf"
    try "bitcrush w.npy $format -q -f -o o.gguf && bitcrush o.gguf q4_1 --requantize -o twice.gguf"
done
for spec in 1 1.58 2 3 4 5 6 7 8 16 32; do
    told bitcrush w.safetensors $spec -o o.safetensors
    told bitcrush model.gguf $spec -f
done

group=tensor/scale
for format in int8 int3 e3m2 e2m1 ternary binary; do
    for grouping in tensor row 8 200; do
        for scale in absmax percentile mse; do
            told bitcrush w.safetensors $format --group $grouping --scale $scale -f
        done
        told bitcrush w.npy $format --group $grouping --scale percentile --percent 90 -f
    done
done
for format in int8 int7 int5 int4 int2; do
    for grouping in tensor row 8 200; do
        told bitcrush w.npy $format --group $grouping --zero-point --scale mse -f
        told bitcrush w.safetensors $format --group $grouping --zero-point --dither rpdf -f
    done
done
for format in nf4 fp4 int4; do
    told bitcrush w.safetensors $format --double-quant -f
    told bitcrush w.safetensors $format --double-quant --encoder best --dither rpdf -f
done

group=tensor/mix
for mix in $mixes; do
    told bitcrush model.safetensors $mix -f
    told bitcrush model.gguf $mix -f
    told bitcrush model.safetensors $mix --type v_proj=q8_0 --encoder best -f
    try bitcrush model.safetensors $mix --sizes-only --json
    try bitcrush w.npy $mix
done

group=tensor/options
for option in '--include a.weight' '--exclude a.weight' '--exclude *.weight' '--drop bias' '--type b.weight=q4_0' '--type b=f16,a=q5_1' \
    '--include bias' '--min-snr 10' '--min-snr 90' '-n' '-q' '--report page.html' '--requantize' '--max-memory 10K' '--sizes-only' \
    '--include nothing' '--type a=nonsense' '--type a' '--imatrix w.npy' '--imatrix missing' '--color always'; do
    for file in w.safetensors w.safetensors.index.json; do
        told bitcrush $file q8_0 "$(printf '%s' "$option" | sed "s/\\*/'*'/")" -o o.gguf
    done
done
for threads in 1 2 7; do
    told bitcrush '$SAMPLES/coast-net.safetensors' q4_k --threads $threads -o o.gguf
    told bitcrush '$SAMPLES/coast-net.safetensors' int4 --dither rpdf --threads $threads -o o.safetensors
    told bitcrush '$SAMPLES/coast-net-ternary.gguf' q8_0 --requantize --threads $threads -o o.gguf
done
try 'bitcrush w.safetensors w.npy missing.npy f16 -o small/'
try 'bitcrush tensor - q8_0 -o - <w.npy >o.gguf'
try 'bitcrush-tensor w.npy q8_0 -o - >o.gguf'
try 'bitcrush w.safetensors f16 -o - >o.safetensors'
try 'head -c 1000 w.safetensors >cut.safetensors; bitcrush cut.safetensors q8_0'
try 'head -c 1000 model.gguf >cut.gguf; bitcrush cut.gguf q8_0 --salvage'

# ---- what is seen of files

group=views/info
for file in $pictures $sounds $weights noted.wav gaps.wav nan.wav '$SAMPLES/coast.png' '$SAMPLES/piece.wav' '$SAMPLES/coast-net.safetensors' missing.png colours.txt; do
    try bitcrush info "$file"
    try bitcrush info "$file" --json
done
try 'bitcrush info "$SUITE"/*.png'
try 'bitcrush info "$SUITE"/*.png --json'
try bitcrush info --params 7e9
try bitcrush info --params 12345 --json
try 'bitcrush info - <sine.wav'
try 'bitcrush info --threads 7 "$SAMPLES/coast.png"'

group=views/compare
for pair in 'rgb.png rgb.ppm' 'rgb.png noise.png' 'rgb.png interlaced.png' 'rgb16.png deep.ppm' 'rgb.png rgba.png' 'rgb.png grey.png' \
    'ramp.jpg ramp-progressive.jpg' 'hole.png rgba.png' '$SAMPLES/coast.png $SAMPLES/coast.jpg' 'grey.png grey.pgm' 'grey.pgm bits.pbm' \
    'sine.wav sine.flac' 'sine.wav noted.wav' 'sine.wav noise.wav' 'noise24.wav noise-f32.wav' 'sine.wav sine48.wav' 'sine.wav nan.wav' \
    'sine.wav silence.wav' 'silence.wav silence.wav' 'sine.wav sine.wav' 'w.npy turned.npy' 'w.safetensors int4.safetensors' \
    'w.safetensors w.gguf' 'model.safetensors model.gguf' 'w.npy nan.npy' 'w.npy w.npz' 'w.npy w.npy' 'rgb.png sine.wav' 'rgb.png missing.png' \
    'w.npy rgb.png' 'w.safetensors w.safetensors.index.json'; do
    for option in '' --json '--min-snr 20'; do
        try bitcrush compare $pair $option
    done
done
try bitcrush compare sine.wav noted.wav --plot plot.svg
try bitcrush compare rgb.png bits.pbm --threads 7

group=views/sweep
for file in grey.png rgb.png rgb16.png hole.png ramp.jpg deep.ppm sine.wav noise24.wav noise-f32.wav silence.wav sine.flac w.safetensors w.npy model.gguf; do
    try bitcrush sweep $file
    try bitcrush sweep $file 2..5 --json
    try bitcrush sweep $file 1..3 -q --plot plot.svg
    told bitcrush sweep $file 4 --threads 7 --seed 8
    told bitcrush sweep $file 1..2 --dither none
    told bitcrush sweep $file 3..4 --dither rpdf
    try bitcrush sweep $file 3..1
    try bitcrush sweep $file 1..40
done
for dither in $diffusions $masks; do
    told bitcrush sweep rgb.png 1..3 --dither "$dither"
done
for dither in $noises; do
    told bitcrush sweep rgb.png 1..3 --dither "$dither"
    told bitcrush sweep sine.wav 2..3 --dither "$dither"
    told bitcrush sweep w.npy 3..4 --dither "$dither"
done
for options in '--sheet sheet.png' '--sheet sheet.png --plot plot.svg --json' '--light coded --gray' '--scan raster --strength 0.5' '--fast --sheet sheet.png'; do
    for file in rgb.png grey.png rgba.png sine.wav w.npy; do
        try bitcrush sweep $file 1..4 $options
    done
done
try bitcrush sweep w.safetensors 4 --include a.weight
try bitcrush sweep w.safetensors 4 --exclude b.weight --json
try bitcrush sweep nan.wav 4
try bitcrush sweep nan.npy 4 --nonfinite zero

group=views/page
for command in 'rgb.png 2' 'grey.png 1 --dither blue' 'rgba.png --palette 5' 'ramp.jpg --channels 5,6,5' 'deep.ppm 9' 'noise16.png 4 --json' \
    'sine.wav 8' 'noise24.wav 12 --shape ath' 'noise-f32.wav mulaw' 'sine.flac 4.5 --hold 2' 'sine.wav e4m3' 'silence.wav 8' 'w.npy q4_0' \
    'w.safetensors int4' 'w.safetensors nf4 --double-quant' 'model.safetensors q4_k_m' 'w.npy f16 --json' 'model.gguf q2_k --encoder best' \
    'w.safetensors ternary' 'nan.npy q8_0' 'missing.png 2' 'rgb.png' 'sine.wav' 'w.npy' 'rgb.png sine.wav w.npy' 'rgb.png grey.png ramp.jpg' \
    'sine.wav noise24.wav' 'w.safetensors model.gguf' 'rgb.png sine.wav w.npy --json' 'rgb.png missing.wav'; do
    try bitcrush report $command
    try bitcrush report $command -q -o page.html
done
try bitcrush rgb.png 2 --report page.html
try bitcrush sine.wav 8 --report page.html --plot plot.svg -q
try bitcrush w.npy q4_0 --report page.html --json
try bitcrush report '$SAMPLES/coast.png' 2 -o page.html --threads 7

# ---- words

group=words/explain
explained=$(printf '%s\n' $grids | grep -vx -e uniform -e pcm -e int -e uint | tr '\n' ' ')
explained="${explained}int8 uint8 signmag8 bias8 int4 uniform4 pcm8 e5m10"
for value in 0 1 -1 0.1 3.1415 -5 200 70000 1e-9 nan inf; do
    try bitcrush explain -- $value $explained
    try bitcrush explain -- $value
    try bitcrush explain --json -- $value float16 e4m3 int8
    try bitcrush explain --steps -- $value float16 int8
    try bitcrush explain --step 0.1 --zero 3 --json -- $value int8
done
for format in e2m1 e4m3 float5 int4 mulaw uniform3 'e2m1 float5' float32; do
    try bitcrush explain --all $format
    try bitcrush explain --all $format --json
    try bitcrush explain --all $format --plot plot.svg
done
for format in $formats; do
    try bitcrush explain w.npy --block 0 --format $format
done
for file in w.npy model.gguf w.gguf int4.safetensors; do
    try bitcrush explain $file --block 0
    try bitcrush explain $file --block 1 --json
    try bitcrush explain $file --block 99999
done
for command in '--text hello' '--text "" --json' '--text aaaabbba --json' '--range -10 40 --step 0.1' '--range 0 2 --json' '--range 0 1 --step 0.3' \
    '--product 1.5 2.5' '--product 70000 -3 --bits float16,8 --json' '--product 1.23 0.52 --bits 4,e4m3 --terms 100' '--product 1 2 --bits 1' \
    '--block 0' '--all' '--text' '1 fp8' '1 nf5' '1 2 3' '--list' '--range 1 0' 'w.npy --block x' 'x.gguf --block 0'; do
    try bitcrush explain $command
done

group=words/help
for program in bitcrush bitcrush-image bitcrush-audio bitcrush-tensor 'bitcrush image' 'bitcrush audio' 'bitcrush tensor' 'bitcrush sweep' \
    'bitcrush compare' 'bitcrush restore' 'bitcrush info' 'bitcrush report' 'bitcrush explain'; do
    for option in '' --help --list --man --version --nonsense; do
        try $program $option
    done
done
for program in bitcrush bitcrush-image bitcrush-audio bitcrush-tensor; do
    for shell in bash zsh fish; do
        try $program --completion $shell
    done
done

group=words/errors
while IFS= read -r arguments; do
    try "bitcrush $arguments"
done <"$(dirname -- "$0")/mistakes"

# Any grid on any medium, before and after.
group=words/elsewhere
for spec in $grids 4 4.5 levels10 9 17 33 q4_0 q4_k iq4_nl tq2_0 mxfp4 nvfp4 int4 nf4 ternary binary f16 bf16 f8_e4m3 q4_k_m; do
    for file in rgb.png sine.wav w.npy; do
        told bitcrush $file $spec -n
    done
done
