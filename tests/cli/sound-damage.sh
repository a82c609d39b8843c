#!/bin/sh
# Sounds that are damaged, or are none: status 4 and a sentence, nothing written.
. "${0%/*}/cli.sh"

"$MAKE_SOUND" noise s16 44100 1 40 good.wav
cp good.wav in.wav

# damaged OFFSET BYTES: good.wav with these (printf) at an offset, as in.wav
damaged() {
    cp good.wav in.wav
    # shellcheck disable=SC2059 # escapes are wanted
    printf "$2" | dd of=in.wav bs=1 seek="$1" conv=notrunc 2>/dev/null
}

refused() {
    bitcrush in.wav 8 -o out.wav
    exits 4
    mentions 'bitcrush: in.wav: '
    silent "$out"
    only good.wav in.wav
}

n=$(size_of good.wav)
length=0
while [ "$length" -lt "$n" ]; do
    it "cut after $length bytes"
    head -c "$length" good.wav >in.wav
    bitcrush in.wav 8 -o out.wav
    # What is too short to be known for a sound is not
    [ "$status" -eq 5 ] && [ "$length" -lt 12 ] || exits 4
    mentions 'in.wav: '
    silent "$out"
    only good.wav in.wav
    length=$((length + 1))
    [ "$length" -gt 48 ] && length=$((length + 9))
done

it 'samples that are missing are counted'
head -c 100 good.wav >in.wav
refused
says 'bitcrush: in.wav: 56 bytes of samples where the header says 80, 24 are missing; --salvage reads what is there'

it 'no channels'
damaged 22 '\0\0'
refused

it 'no rate'
damaged 24 '\0\0\0\0'
refused

it 'no bits'
damaged 34 '\0\0'
bitcrush in.wav 8 -o out.wav
exits 5
only good.wav in.wav

it 'an absurd number of channels'
damaged 22 '\377\377'
bitcrush in.wav 8 -o out.wav
[ "$status" -eq 4 ] || [ "$status" -eq 5 ] || [ "$status" -eq 8 ] || fail "status $status"
only good.wav in.wav

it 'a chunk that is longer than the file'
damaged 40 '\0\0\0\1'
refused

for value in nan inf -inf; do
    for encoding in f32 f64; do
        it "$value in a file of $encoding"
        "$MAKE_SOUND" "$value" "$encoding" 44100 2 50 in.wav
        refused
        name=infinity takes='saturate or zero'
        [ "$value" = nan ] && name=NaN takes=zero
        says "bitcrush: in.wav: $name in frame 5 of channel 2, expected finite samples or --nonfinite $takes"
        bitcrush in.wav 8 -n --nonfinite zero --dither none
        exits 0
        prints 'nan      1 sample of the input, NaN or infinite'
        bitcrush in.wav float32 -o out.wav --nonfinite keep --json
        exits 0
        "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
        grep -qx 'metrics.nonfinite=1' "$base/facts" || fail 'not counted'
        # What is finite beside it lies on the grid and stays.
        grep -qx 'settings.dither=none' "$base/facts" || fail 'the samples beside it are dithered'
        grep -qi '=-\{0,1\}nan$' "$base/facts" && fail 'a figure is NaN'
        bitcrush out.wav 8 -n -q
        exits 4
        mentions "$name in frame 5 of channel 2"
        rm out.wav
        bitcrush compare in.wav in.wav
        exits 0
        grep -qiw 'nan dB' "$out" && fail 'nan in the report'
        bitcrush compare in.wav in.wav --json
        "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
        bitcrush compare in.wav in.wav --min-snr 90 -q
        exits 0
        "$MAKE_SOUND" silence "$encoding" 44100 2 50 zeros.wav
        for files in 'in.wav zeros.wav' 'zeros.wav in.wav'; do
            bitcrush compare $files --json
            exits 0
            prints '"snr_db": "-inf"'
            prints '"max_error": "inf"'
            prints '"lost": 1'
            bitcrush compare $files --min-snr -90
            exits 9
            mentions 'SNR -inf dB (1 lost to NaN or infinity), expected at least -90.00 dB'
        done
        rm zeros.wav
    done
done

it 'a sample that 32-bit floats do not hold'
"$MAKE_SOUND" huge f64 44100 2 50 in.wav
bitcrush in.wav float32 -o out.wav
exits 4
says 'bitcrush: in.wav: 1e+100 in frame 5 of channel 2, more than float32 holds, expected --nonfinite saturate'
[ ! -e out.wav ] || fail 'an output is there'
bitcrush in.wav float32 -o out.wav --nonfinite saturate
exits 0
prints 'limited  1 sample to the largest that the format holds'
prints 'SNR      0.00 dB'
bitcrush compare in.wav out.wav --min-snr 0.01
exits 9
rm out.wav

it 'of noise over silence there is no SNR, and no gate opens'
"$MAKE_SOUND" silence s16 44100 2 50 in.wav
bitcrush in.wav 8 -q -o out.wav --dither tpdf --min-snr -90
exits 9
says 'bitcrush: in.wav: no SNR where there is no signal, expected at least -90.00 dB; no output written'
bitcrush in.wav 8 -q -o out.wav --min-snr 90 # nothing changes
exits 0
rm out.wav
rm in.wav

it 'no sound at all'
echo 'Once upon a time there was a text.' >in.wav
run "$BITCRUSH" audio in.wav 8
exits 5
mentions 'bitcrush: in.wav: '
: >in.wav
run "$BITCRUSH" audio in.wav 8
mentions 'bitcrush: in.wav: '
[ "$status" -eq 4 ] || exits 5
only good.wav in.wav

it 'a key without its end is no text, and nothing behind it is read'
"$MAKE_SOUND" sine s16 44100 1 100 in.wav
bitcrush in.wav 16 -q -f -o good.caf
exits 0
{ cat good.caf && printf 'info\0\0\0\0\0\0\0\14\0\0\0\1abcdefgh'; } >in.caf
bitcrush in.caf 8 -q -f -o out.caf
exits 0
! grep -q abcdefgh out.caf || fail 'the key is in the output'

it 'a format chunk that takes the file is refused'
{ printf 'RIFF\377\377\377\177WAVEfmt \377\377\377\077\1\0\1\0' && tail -c 200 in.wav; } >huge.wav
truncate -s 1200000000 huge.wav
bitcrush huge.wav 8 -n
exits 4
says 'bitcrush: huge.wav: the fmt  chunk has 1073741823 bytes, expected at most 65536'
rm huge.wav

finish
