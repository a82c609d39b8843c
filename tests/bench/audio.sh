#!/bin/sh
# What the reduction of ten minutes of 96 kHz, 24-bit stereo to 16 bits costs: medians of
# whole-process runs of each row of the table below, beside copying the file. Started by
# `./dev bench audio`, which sets BITCRUSH, the program.
#
#   RUNS    how many runs a median is of (default: 5)
#   CC      the C compiler (default: cc)
#
# The sound is pink noise and tones, made once by sox and kept in bench/ beside the program. The
# same samples in a file that says 44.1 kHz serve for noise shaping: sox and ffmpeg have filters
# for that rate and fall back on white noise at 96 kHz.
set -eu

rows() {
    cat <<'EOR'
cp|cp "$sound" out.wav
TPDF dither, 96 kHz
bitcrush 16, 1 thread|bitcrush "$sound" 16 --threads 1 -q -f -o out.wav
bitcrush 16|bitcrush "$sound" 16 -q -f -o out.wav
bitcrush 16, with report|bitcrush "$sound" 16 -f -o out.wav >report
sox dither|sox "$sound" -b 16 out.wav dither
ffmpeg triangular|ffmpeg -v error -nostdin -y -i "$sound" -c:a pcm_s16le -af aresample=osf=s16:dither_method=triangular out.wav
5 and 9 taps, 44.1 kHz
bitcrush --shape f-weighted|bitcrush "$sound44" 16 --shape f-weighted --threads 1 -q -f -o out.wav
bitcrush --shape improved-e|bitcrush "$sound44" 16 --shape improved-e --threads 1 -q -f -o out.wav
bitcrush --shape ath, 9 taps|bitcrush "$sound44" 16 --shape ath --shape-taps 9 --threads 1 -q -f -o out.wav
sox -f f-weighted|sox "$sound44" -b 16 out.wav dither -f f-weighted
sox -f improved-e-weighted|sox "$sound44" -b 16 out.wav dither -f improved-e-weighted
ffmpeg f_weighted|ffmpeg -v error -nostdin -y -i "$sound44" -c:a pcm_s16le -af aresample=osf=s16:dither_method=f_weighted out.wav
15 to 20 taps, 44.1 kHz
bitcrush --shape ath, 16 taps|bitcrush "$sound44" 16 --shape ath --threads 1 -q -f -o out.wav
bitcrush --shape ath, 20 taps|bitcrush "$sound44" 16 --shape ath --shape-taps 20 --threads 1 -q -f -o out.wav
sox -f shibata, 20 taps|sox "$sound44" -b 16 out.wav dither -f shibata
ffmpeg shibata, 20 taps|ffmpeg -v error -nostdin -y -i "$sound44" -c:a pcm_s16le -af aresample=osf=s16:dither_method=shibata out.wav
shaped at 96 kHz
bitcrush --shape ath, 16 taps|bitcrush "$sound" 16 --shape ath --threads 1 -q -f -o out.wav
EOR
}

bench=audio
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench audio sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)
work=$build/bench
mkdir -p "$work"
. "$here/table.sh"

sound=ten-minutes.wav
sound44=ten-minutes-44k.wav
if [ ! -s "$work/$sound44" ]; then
    if ! command -v sox >/dev/null; then
        say "making ten minutes of sound needs sox: please install it (\`apt-get install sox\`)"
        exit 2
    fi
    say "making $sound"
    sox -R -n -r 96000 -b 24 -c 2 "$work/unfinished.wav" synth 600 pinknoise sine 997 gain -12
    mv "$work/unfinished.wav" "$work/$sound"
    sox "$work/$sound" -t raw - | sox -r 44100 -t raw -e signed -b 24 -c 2 - "$work/unfinished.wav"
    mv "$work/unfinished.wav" "$work/$sound44"
fi
compile measure
cd "$work"
PATH=$work:$build:$PATH
export PATH sound sound44
printf 'ten minutes of 96 kHz, 24-bit stereo, %s bytes; medians of %s runs\n\n' \
    "$(wc -c <"$sound" | tr -d ' ')" "${RUNS:-5}"
rows | print_table out.wav
rm -f out.wav
