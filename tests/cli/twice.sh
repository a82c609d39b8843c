#!/bin/sh
# What a reduction cost is what compare says of its two files: the same figures, by the same functions.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 64 48 a.png
"$MAKE_PNG" rgba 64 48 alpha.png
"$MAKE_PNG" rgb16 64 48 deep.png
"$MAKE_WEIGHTS" npy 8 256 w.npy
seq 1 500 | awk '{ printf "%.4f,%.3f\n", sin($1 / 37) * 5, $1 }' >n.csv

# Figures that two files do not tell, and why.
cat >"$base/untold" <<'EOT'
clipped granular_db overload_db overshoot_db: where a ruler ended is in no file
entropy_bits levels_used packed_bytes compression_ratio bits_per_weight: codes are in few files
file_ratio: compare has no input and output, but two files
saturated silent: what was done on the way is in no file
text_cells empty_cells: compare tells where these differ
EOT

# The figures of the report in $out, a line each.
figures() {
    awk '/^  "metrics": \{/ { inside = 1; next } /^  }/ { inside = 0 }
        inside { gsub(/[",:]/, " "); print $1, $2 }' "$out"
}

# alike IN OUT SPEC OPTION...: reduced, then compared.
alike() {
    in=$1 to=$2
    shift 2
    bitcrush "$in" "$@" -f -o "$to" --json
    exits 0
    figures >"$base/reported"
    bitcrush compare "$in" "$to" --json
    exits 0
    figures >"$base/compared"
    [ -s "$base/compared" ] || fail "$in $*: no figures"
    # Sums of pictures are made in another order; structure (SSIM) is measured in single precision.
    awk -v untold="$(sed 's/:.*//' "$base/untold" | tr '\n' ' ')" -v picture="${in##*.}" '
        function size(v) { return v < 0 ? -v : v }
        NR == FNR { compared[$1] = $2; next }
        !($1 in compared) { if (index(" " untold " ", " " $1 " ") == 0) print $1 " is missing"; next }
        $2 != compared[$1] {
            near = picture != "png" ? 0 : $1 == "ssim" ? 1e-6 : 1e-10 * size($2) + 1e-15
            if (size($2 - compared[$1]) > near) print $1 " is " $2 " and " compared[$1]
        }' "$base/compared" "$base/reported" >"$base/faults"
    [ ! -s "$base/faults" ] || fail "$in $*: $(cat "$base/faults")"
    awk 'NR == FNR { reported[$1]; next } !($1 in reported) { print $1 }' "$base/reported" "$base/compared" \
        >"$base/faults"
    [ ! -s "$base/faults" ] || fail "$in $*: compare alone has $(cat "$base/faults")"
}

it 'pictures'
for spec in 1 4 7 4.5 e2m1 mulaw midrise3 nf4 q4_0; do
    alike a.png o.png $spec
done
alike a.png o.png 4 --dither none
alike a.png o.png 4.5 --scale absmax --group channel --dither none
alike a.png o.png 4 --scale minmax --group row
alike alpha.png o.png 3
alike alpha.png o.png 4.5 --dither tpdf
for spec in 4 12 4.5 e4m3 q8_0; do
    alike deep.png o.png $spec
done
alike a.png o.png --palette 8
alike deep.png o.png --palette 16 --dither none

it 'weights'
for spec in nf4 mxfp4 int4 mulaw 4.5 f16 e4m3; do
    alike w.npy o.safetensors $spec
done
for spec in 4 q4_0 q6_k; do
    alike w.npy o.gguf $spec
done
alike "$SAMPLES/coast-net.safetensors" o.gguf q4_0 # biases are kept

it 'numbers'
for spec in 1 4 4.5 e4m3 mulaw nf4 q8_0 midrise3; do
    alike n.csv o.csv $spec
done
alike n.csv o.csv 4 --range 0..100
alike n.csv o.csv --step 0.25

if [ "$SOUND" = ON ]; then
    it 'sound'
    "$MAKE_SOUND" sine s16 44100 2 2000 a.wav
    for spec in 1 8 4.5 mulaw e4m3 nf4 q4_0 midrise3; do
        alike a.wav o.wav $spec
    done
    alike a.wav o.wav 6 --shape improved-e
    alike a.wav o.wav 6 --scale absmax --group 64
fi

finish
