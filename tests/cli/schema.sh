#!/bin/sh
# Reports for programs are what docs/formats/report.schema.json says: of every tool and verb, every key.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 20 15 a.png
"$MAKE_PNG" rgba 20 15 alpha.png
"$MAKE_PNG" rgb16 20 15 deep.png
"$MAKE_WEIGHTS" npy 2 256 w.npy
"$MAKE_WEIGHTS" safetensors 2 256 w.safetensors
. "${0%/*}/small-inputs.sh"
printf 'time,value\n1,2.5\n2,none\n3,\n4,5.25\n' >t.csv
mkdir -p reports

# report ARGUMENTS: its JSON, for the check at the end
n=0
report() {
    n=$((n + 1))
    "$BITCRUSH" "$@" --json >"reports/$n" || fail "bitcrush $*: status $?"
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

if [ "${SOUND:-}" = ON ]; then
    it 'sound'
    "$MAKE_SOUND" sine s16 44100 2 600 a.wav
    "$MAKE_SOUND" sine f32 48000 1 600 float.wav
    report a.wav 8 -f -o b.wav
    report a.wav 8 --shape improved-e --shape-strength 10 -n
    report a.wav 4.5 --hold 2 --guard 3 -n
    report a.wav mulaw --dither none -n
    report a.wav 12 --keep-silence -n
    report float.wav e4m3 -n
    report a.wav 6 --subtractive -f -o c.wav
    report restore c.wav -o d.wav
    report compare a.wav b.wav
    report info a.wav
fi

it 'all of them keep to the schema'
for i in reports/*; do
    set -- "$@" -i "$i"
done
jsonschema "$@" "$SCHEMA" >"$base/faults" 2>&1 || fail "$(head -c 2000 "$base/faults")"

it 'a key that the schema does not know is found'
sed '1s/{/{ "surprise": 1,/' reports/1 >odd
! jsonschema -i odd "$SCHEMA" >"$base/faults" 2>&1 || fail 'it passes'
sed 's/"dither"/"dithered"/' reports/1 >odd
! jsonschema -i odd "$SCHEMA" >"$base/faults" 2>&1 || fail 'it passes without settings.dither'
