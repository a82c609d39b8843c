#!/bin/sh
# Pages of sounds, seen without a browser.
. "${0%/*}/cli.sh"
. "${0%/*}/page-checks.sh"

# The WAV file of player N on a page.
player() {
    sed -n 's|.*src="data:audio/wav;base64,\([A-Za-z0-9+/=]*\)".*|\1|p' "$1" | sed -n "$2p" |
        base64 -d
}

it 'a page of a sound has three players'
"$MAKE_SOUND" sine s16 48000 2 24000 in.wav
bitcrush in.wav 8 --report page.html -o out.wav --json
exits 0
is_page page.html
has_facts page.html
[ "$(grep -c '<audio' page.html)" -eq 3 ] || fail 'not three'
grep -q 'aria-label="Error, amplified"' page.html || fail 'no error'

it 'it shows a few periods, the marks, and the error within half a step'
bitcrush in.wav 3 --dither none --report page3.html -o out3.wav
exits 0
grep -q '>A few periods where it is loudest</text>' page3.html || fail 'all of the sound alone'
grep -q '>marks</text>' page3.html || fail 'no marks'
grep -q '>half a step</text>' page3.html || fail 'no step beside the error'
grep -q 'of 1 bit mid-rise' page3.html || fail 'PCM of 1 bit, which it is not'
grep -q 'A full-scale sine fills a mid-rise ruler' page3.html || fail 'nobody says why'
rm page3.html out3.wav

it 'they play the files as they are'
player page.html 1 >a.wav
player page.html 2 >b.wav
bitcrush compare in.wav a.wav
prints 'infinite dB'
bitcrush compare out.wav b.wav
prints 'infinite dB'

it 'the error is amplified as its caption says'
gain=$(sed -n 's/.*Error alone, \([0-9]*\) times.*/\1/p' page.html)
player page.html 3 >e.wav
bitcrush compare in.wav out.wav --json
error=$("$READ_JSON" <"$out" | sed -n 's/^metrics.rmse=//p')
"$MAKE_SOUND" silence s16 48000 2 24000 s.wav
bitcrush compare s.wav e.wav --json
amplified=$("$READ_JSON" <"$out" | sed -n 's/^metrics.rmse=//p')
# 1 %: the error alone is rounded to 16 bits, a step of 2^-15 beside some 2^-2
awk "BEGIN { q = $amplified / ($error * $gain); exit !(q > 0.99 && q < 1.01) }" ||
    fail "$error times $gain is $amplified"

it 'every way to reduce a sound has meanings for its facts'
for way in '1' '4.5 --hold 3' '16 --shape ath --guard 3' '8 --shape lipshitz --seed 9' 'mulaw' 'e4m3' \
    '8 --rounding truncate' '6 --dither none' '8 --subtractive --dither rpdf' '24'; do
    # shellcheck disable=SC2086
    bitcrush in.wav $way --report page.html -o out.wav -f --json
    exits 0
    is_page page.html
    has_facts page.html
done
grep -q 'Nothing was lost' page.html || fail 'not said'
[ "$(grep -c '<audio' page.html)" -eq 2 ] || fail 'an error of nothing is played'
for input in 'hot f32 44100 1' 'silence s16 8000 1' 'noise s24 96000 6' 'sine f64 22050 2'; do
    # shellcheck disable=SC2086
    "$MAKE_SOUND" $input 5000 other.wav
    bitcrush other.wav 8 --report page.html -o out.wav -f --json
    exits 0
    is_page page.html
    has_facts page.html
done

it 'of a long sound there is an excerpt around its loudest place'
"$MAKE_SOUND" noise s16 8000 1 160000 long.wav
bitcrush report long.wav 8 -o page.html -f
exits 0
is_page page.html
grep -qE 'Seconds [0-9.]+ to [0-9.]+ of 20.00, around the loudest place' page.html || fail 'no word of it'
player page.html 1 >a.wav
[ "$(size_of a.wav)" -eq $((44 + 2 * 8 * 8000)) ] || fail "$(size_of a.wav) bytes"

it 'pictures, sound and weights on one axis'
"$BITCRUSH" report "$SAMPLES/coast.png" "$SAMPLES/piece.wav" "$SAMPLES/coast-net.safetensors" \
    -q -o all.html || fail 'it fails'
is_page all.html
for name in coast.png piece.wav coast-net.safetensors; do
    grep -q "<h3>$name: [a-z]*</h3>" all.html || fail "no $name"
done

it 'a page of no sample says so and draws no axes'
"$MAKE_SOUND" sine s16 48000 1 0 none.wav
bitcrush report none.wav 4 -q -o none.html
exits 0
is_page none.html
grep -q 'There is no sample to play or to draw' none.html || fail 'nothing is said'
grep -q '<audio\|Waveform' none.html && fail 'a player or a waveform of nothing'

finish
