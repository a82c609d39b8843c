#!/bin/sh
# bitcrush compare: the figures of a reduction for any two pictures.
. "${0%/*}/cli.sh"

cp "$SAMPLES/coast.png" in.png

it 'comparing finds what the reduction reported'
bitcrush in.png 3 -o out.png
exits 0
grep -E '^  (SNR|PSNR|SSIM)' "$out" | sed 's/; rule.*//' >"$base/reported"
bitcrush compare in.png out.png
exits 0
silent "$err"
prints 'in.png and out.png'
grep -E '^  (SNR|PSNR|SSIM)' "$out" >"$base/compared"
# PNG stores the levels as 8-bit samples: the last digits may differ by a few units.
awk 'NR == FNR { a[FNR] = $2 + 0; next }
     { d = a[FNR] - $2; if (d < 0) d = -d; if (d > 0.02) bad = 1 }
     END { exit bad || FNR != 3 }' "$base/reported" "$base/compared" ||
    fail "$(cat "$base/reported" "$base/compared")"

it 'a picture against itself, in another format, is infinite'
bitcrush in.png 8 -o same.ppm -q
bitcrush compare in.png same.ppm --json
exits 0
prints '"psnr_db": "inf"'
prints '"ssim": 1.0'

it 'other sizes are an error that says so'
"$MAKE_PNG" rgb 40 30 small.png
bitcrush compare in.png small.png
exits 2
says 'bitcrush: small.png: 40 x 30 pixels, expected 768 x 512 as in.png has'

it 'a missing file is 3, one file alone 2, a gate 9'
bitcrush compare in.png nowhere.png
exits 3
bitcrush compare in.png
exits 2
says 'bitcrush: too few arguments: expected compare A B, two pictures of one size'
bitcrush compare in.png out.png --min-snr 60
exits 9
prints 'PSNR' # the report comes all the same
bitcrush compare in.png out.png --min-snr 60 --json
exits 9
prints '"snr_db"'

it 'without a signal no gate opens, unless nothing differs'
printf 'P5 2 2 255 \0\0\0\0' >black.pgm
printf 'P5 2 2 255 \377\377\377\377' >white.pgm
bitcrush compare black.pgm white.pgm --min-snr 90
exits 9
says 'bitcrush: white.pgm: no SNR where there is no signal, expected at least 90.00 dB'
bitcrush compare white.pgm black.pgm --min-snr 90
exits 9
says 'bitcrush: black.pgm: SNR 0.00 dB, expected at least 90.00 dB'
bitcrush compare black.pgm black.pgm --min-snr 90
exits 0

finish
