#!/bin/sh
# Reports for programs are what docs/formats/report.schema.json says, and sweeps what sweep.schema.json does:
# of every tool and verb, every key.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 20 15 a.png
"$MAKE_PNG" rgba 20 15 alpha.png
"$MAKE_PNG" rgb16 20 15 deep.png
"$MAKE_WEIGHTS" npy 2 256 w.npy
"$MAKE_WEIGHTS" safetensors 2 256 w.safetensors
. "${0%/*}/small-inputs.sh"
printf 'time,value\n1,2.5\n2,none\n3,\n4,5.25\n' >t.csv
mkdir -p reports sweeps

# report ARGUMENTS, sweep ARGUMENTS: its JSON, for the check at the end
n=0
report() {
    n=$((n + 1))
    "$BITCRUSH" "$@" --json >"reports/$n" || fail "bitcrush $*: status $?"
}

sweep() {
    n=$((n + 1))
    "$BITCRUSH" sweep "$@" --json >"sweeps/$n" || fail "bitcrush sweep $*: status $?"
}

# The same of several files.
sweeps() {
    n=$((n + 1))
    "$BITCRUSH" report "$@" --json >"sweeps/files-$n" || fail "bitcrush report $*: status $?"
}

it 'pictures'
report a.png 4 -f -o b.png
report a.png 3 --dither none --rounding truncate -n
report deep.png 4.5 --dither bayer8 --gray -n
report a.png e2m1 --scale percentile --percent 99 --group 8 -n
report a.png q4_0 --dither tpdf -n
report alpha.png --channels 5,6,5,4 --light coded -n
report a.png --palette 8 --strength 0.5 --strip -n
report compare a.png b.png
report info a.png
report info alpha.png
sweep a.png
sweep alpha.png 1..3 --dither bayer8 --light coded
sweep deep.png 12..16 --dither none --gray

it 'weights'
report w.safetensors q4_0 -f -o q.gguf
report w.safetensors q4_k_m --imatrix w.dat -n
report w.safetensors int4 --scale percentile --group row --zero-point -n
report w.npy mulaw --group row -n
report w.npy nf4 --double-quant --dither rpdf -n
report w.npy f16 -f -o f16.npy
report q.gguf q8_0 --requantize -n
report w.safetensors q8_0 --drop bias --exclude 'b.*' -n
report compare w.npy f16.npy
report compare w.safetensors q.gguf
report info q.gguf
report info w.safetensors
report info --params 7e9
sweep w.safetensors
sweep w.npy 9..12 --seed 18446744073709551615
sweep w.safetensors 2 --dither none --include a.weight

it 'tables of numbers'
report t.csv 6 -f -o u.csv
report t.csv --step 0.5 -n
report t.csv e4m3 --codes -n
report t.csv 4 --range 0..8 --dither tpdf -n
report compare t.csv u.csv
printf 'name,x\na,1\nb,nan\nc,3\n' >n.csv
report n.csv 4 --nonfinite zero -n
report n.csv 4 --nonfinite keep -n
report compare t.csv t.csv
report info t.csv
sweep n.csv --nonfinite zero
sweep t.csv 1..2 --range 3..4 --dither tpdf
sweep t.csv 16 --scale absmax --group all --dither none

if [ "${SOUND:-}" = ON ]; then
    it 'sound'
    "$MAKE_SOUND" sine s16 44100 2 600 a.wav
    "$MAKE_SOUND" sine f32 48000 1 600 float.wav
    report a.wav 8 -f -o b.wav
    report a.wav 8 --shape ath --shape-strength 10 -n
    report a.wav 4.5 --hold 2 --guard 3 -n
    report a.wav mulaw --dither none -n
    report a.wav 12 --keep-silence -n
    report float.wav e4m3 -n
    report a.wav 6 --subtractive -f -o c.wav
    report restore c.wav -o d.wav
    report compare a.wav b.wav
    report info a.wav
    sweep a.wav
    sweep float.wav 20..24 --dither none
    sweep a.wav 1..2 --dither hptpdf
    sweeps a.png a.wav w.npy t.csv -o all.html -f
fi
sweeps a.png w.npy -o some.html -f

# keeps SCHEMA FILES: all of them are as it says.
keeps() {
    of=$1
    shift
    for i; do
        shift
        set -- "$@" -i "$i"
    done
    jsonschema "$@" "$of" >"$base/faults" 2>&1 || fail "$(head -c 2000 "$base/faults")"
}

# strange SCHEMA FILE WHAT SED: what a change makes of it is not.
strange() {
    sed "$4" "$2" >odd
    cmp -s odd "$2" && fail "the change is none: $3"
    ! jsonschema -i odd "$1" >"$base/faults" 2>&1 || fail "it passes $3"
}

it 'all of them keep to the schemas'
keeps "$SCHEMA" reports/*
keeps "$SWEEP_SCHEMA" sweeps/*

it 'a key that a schema does not know is found, and one that is missing'
for i in sweeps/*; do
    break
done
for schema in "$SCHEMA" "$SWEEP_SCHEMA"; do
    [ "$schema" = "$SCHEMA" ] && file=reports/1 || file=$i
    strange "$schema" "$file" 'with a surprise' '1s/{/{ "surprise": 1,/'
    strange "$schema" "$file" 'without settings.dither' 's/"dither"/"dithering"/'
    strange "$schema" "$file" 'with SNR as a text' 's/"snr_db": [0-9.]*/"snr_db": "much"/'
done
strange "$SWEEP_SCHEMA" "$i" 'without a grid' 's/"grid"/"ruler"/'
strange "$SWEEP_SCHEMA" "$i" 'without a scale' 's/"scale"/"laid"/'

finish
