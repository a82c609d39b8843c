#!/bin/sh
# The report on sounds: for people, for programs, for sounds that are hardly there.
. "${0%/*}/cli.sh"

lacks() {
    grep -qiE -e "$1" "$out" && fail "standard output has \"$1\""
}

# Keys that every report on a sound has.
always='schema tool input.path input.kind input.format input.encoding input.rate_hz input.channels
input.frames input.duration_s input.container_bits input.size_bytes output.path output.format
output.encoding output.container_bits output.size_bytes output.bits output.depth output.levels
settings.grid settings.scale settings.dither settings.feedback settings.rounding settings.seed
settings.step settings.threads settings.cpu metrics.clipped metrics.packed_bytes
theory.rule_of_thumb_db time_s'
# With samples; with noise as well.
signal='metrics.rmse metrics.max_error metrics.mean_error metrics.dc input.raw_bytes
metrics.compression_ratio metrics.levels_used metrics.entropy_bits'
noise='metrics.snr_db metrics.enob_bits metrics.noise_dbfs metrics.peak_dbfs metrics.rms_dbfs
theory.snr_db theory.noise_dbfs'

has_all() {
    for key; do
        grep -q "^$key=" "$base/facts" || fail "no $key"
    done
}

"$MAKE_SOUND" sine s24 44100 2 20000 in.wav

it 'a sine, with all keys'
facts in.wav 8 -n
# shellcheck disable=SC2086 # words
has_all $always $signal $noise
is schema bitcrush-report/2
is input.kind audio
is input.encoding '24-bit PCM'
is input.channels 2
is input.frames 20000
is input.used_bits 24
is output.bits 8
is output.levels 256
is output.path in-8bit.wav
is settings.dither tpdf
is settings.step 0.0078125
is metrics.clipped 0
is theory.rule_of_thumb_db 49.9257119
absent metrics.overshoot_db metrics.nonfinite settings.exact settings.hold settings.guard_db settings.shape
bitcrush in.wav 8 -n
prints 'in.wav -> in-8bit.wav (dry run, not written)'
prints '44100 Hz, 2 channels, 0.45 s, 24-bit PCM, 24 bits used, WAV'
prints 'to pcm8, 256 levels; dither tpdf; rounding nearest; seed 1651078243'
prints 'clipped  0 samples'
prints 'rule of thumb 6.0206 x 8 + 1.7609 = 49.93 dB'

it 'a depth between whole ones'
facts in.wav 4.5 -n
is output.levels 23
is output.container_bits 16
bitcrush in.wav 4.5 -n
prints 'to levels23, 23 levels'
prints 'rule of thumb 6.0206 x 4.5236 + 1.7609 = 29.00 dB'

it 'no theory for what is not uniform'
facts in.wav mulaw -n
absent theory.snr_db theory.noise_dbfs output.valid_bits

it 'what was done is told, so that it can be done again'
facts in.wav 10 -n --shape ath --hold 2 --guard 3 --seed 9 --dither gaussian
is settings.seed 9
is settings.dither gaussian
is settings.shape ath
is settings.feedback 'noise shaping'
is settings.hold 2
is settings.guard_db 3
facts in.wav 10 -n --subtractive
is settings.dither rpdf
has_all settings.subtractive

it 'floats over full scale: the overshoot is told'
"$MAKE_SOUND" hot f32 44100 1 20000 hot.wav
facts hot.wav 8 -n --dither none
grep -q '^metrics.overshoot_db=3\.52' "$base/facts" || fail "$(grep overshoot "$base/facts")"
grep -q '^metrics.clipped=[1-9]' "$base/facts" || fail 'nothing clipped'
bitcrush hot.wav 8 -n --dither none
grep -Eq '^  clipped  [0-9]+ samples, the worst at 3.52 dBFS$' "$out" || fail 'no overshoot'
facts hot.wav 8 -n --guard 6
is metrics.clipped 0

for encoding in u8 s16 s24 f32; do
    it "silence of $encoding"
    "$MAKE_SOUND" silence "$encoding" 44100 2 30000 silence.wav
    facts silence.wav 8 -n
    # shellcheck disable=SC2086 # words
    has_all $always $signal settings.exact
    absent metrics.snr_db metrics.enob_bits metrics.noise_dbfs metrics.peak_dbfs metrics.tone_hz \
        input.used_bits metrics.used_bits theory.snr_db
    is metrics.levels_used 1
    bitcrush silence.wav 8 -n
    prints 'no bits lost, samples passed as they are; dither none'
    lacks 'nan|inf'
    facts silence.wav 8 -n --dither tpdf
    absent metrics.snr_db theory.snr_db
    has_all metrics.noise_dbfs theory.noise_dbfs
    bitcrush silence.wav 8 -n --dither tpdf
    lacks 'nan|inf'
done

for channels in 1 6; do
    for frames in 0 1; do
        it "$frames frames of $channels channels"
        "$MAKE_SOUND" noise s24 48000 "$channels" "$frames" tiny.wav
        for how in '8' '8 --dither tpdf' '8 --shape ath' mulaw '8 --hold 3' 4.5; do
            # shellcheck disable=SC2086 # words
            facts tiny.wav $how -f -o out.wav
            is input.channels "$channels"
            is input.frames "$frames"
        done
        bitcrush compare out.wav out.wav
        exits 0
        facts tiny.wav 8 -n
        # shellcheck disable=SC2086 # words
        has_all $always
        bitcrush tiny.wav 8 -n
        lacks 'nan'
        [ "$channels" -ne 1 ] || prints '48000 Hz, 1 channel, '
    done
done

it 'SNR as a gate'
bitcrush in.wav 8 -n -q --min-snr 39
exits 0
bitcrush in.wav 8 -n -q --min-snr 40
exits 9
mentions 'bitcrush: in.wav: SNR 39.'
mentions ' dB, expected at least 40.00 dB; no output written'
bitcrush in.wav 8 -o 8.wav --min-snr 40 --json --plot p.svg
exits 9
prints '"snr_db": 39.'
[ ! -e 8.wav ] && [ ! -e p.svg ] || fail 'what the gate refused is there'
bitcrush in.wav 8 -q -o 8.wav
bitcrush compare in.wav 8.wav --min-snr 40
exits 9
mentions 'bitcrush: 8.wav: SNR 39.'
bitcrush compare in.wav in.wav --min-snr 200
exits 0

it 'restoring tells what it did'
bitcrush in.wav 8 --subtractive -q -f -o 8.wav
bitcrush restore 8.wav -o back.wav
exits 0
prints 'restored subtractive dither taken away again'
lacks 'nan'
facts restore 8.wav -n
bitcrush compare in.wav back.wav
prints 'SNR      43.'

it 'a filter that is lowered to nothing has no figures for people, and all keys for programs'
"$MAKE_SOUND" sine s16 44100 1 600 short.wav
bitcrush short.wav 4 --feedback ath -n
exits 0
grep -qx '  shaped   by ath (lowered to nothing: no headroom at this depth)' "$out" || fail 'another line'
lacks '0 taps'
facts short.wav 4 --feedback ath -n
is settings.shape_taps 0
is settings.feedback none

finish
