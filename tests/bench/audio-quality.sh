#!/bin/sh
# What dithers and noise shapers do to sound: the moments of the error where a signal stands
# still, the noise beside a sine at several depths and in theory, and what shaping
# takes from the audible noise and adds to all of it. Started by `./dev bench audio-quality`,
# which sets BITCRUSH, the program.
#
#   TOOLS     a directory with test-signal (default: it is built)
#   CC        the C compiler (default: cc)
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench audio-quality sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)

if [ -z "${TOOLS-}" ]; then
    TOOLS=$build/bench
    mkdir -p "$TOOLS"
    # A list of words.
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c17 -O2 -o "$TOOLS/test-signal" "$here/test-signal.c" -lm
fi
PATH=$TOOLS:$build:$PATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
sound=$scratch/sound.wav
dithers='none rpdf tpdf hptpdf gaussian'

# Figures of a reduction, by their keys in the report: "-" where there is none.
measure() { # keys, arguments of bitcrush
    keys=$1
    shift
    bitcrush "$@" -n --json >"$scratch/report"
    for key in $keys; do
        sed -n "s/^ *\"$key\": \\([-+0-9.e]*\\),*$/\\1/p" "$scratch/report" | grep . || echo -
    done | tr '\n' ' '
}

# The error at a value that stands between two levels.
moments() {
    printf 'a constant so far above a level, 8 bits: mean of the error in steps, its power in steps^2\n\n'
    printf '%-10s %17s %17s %17s\n' dither '0' '1/4 step' '1/2 step'
    printf '%-10s %8s %8s %8s %8s %8s %8s\n' '' mean power mean power mean power
    for dither in $dithers; do
        printf '%-10s' "$dither"
        for value in 0.25 0.251953125 0.25390625; do # 32, 32 1/4 and 32 1/2 steps of 1/128
            test-signal 44100 5 constant "$value" >"$sound"
            measure 'mean_error rmse' "$sound" 8 --dither "$dither" |
                awk '{ printf " %8.2f %8.2f", $1 * 128, ($2 * 128) ^ 2 }' |
                sed 's/-0\.00/ 0.00/g'
        done
        printf '\n'
    done
}

sine() {
    test-signal 44100 5 sine 997 0.5 >"$sound"
    printf 'sine of 997 Hz at -6.02 dBFS: noise and what theory expects, in dBFS\n\n'
    printf '%-10s %15s %15s %15s %15s\n' dither '4 bits' '8 bits' '12 bits' '16 bits'
    for dither in $dithers; do
        printf '%-10s' "$dither"
        for bits in 4 8 12 16; do
            # The second is that of the theory.
            measure noise_dbfs "$sound" "$bits" --dither "$dither" |
                awk '{ printf " %7.2f %7.2f", $1, $2 }'
        done
        printf '\n'
    done
}

# A row: rate, what to call it, options.
shaping_rows() {
    cat <<'EOR'
44100|lipshitz|--shape lipshitz
44100|modified-e|--shape modified-e
44100|improved-e|--shape improved-e
44100|f-weighted|--shape f-weighted
44100|ath, strength 20|--shape ath --shape-strength 20
44100|ath, strength 30|--shape ath --shape-strength 30
44100|ath|--shape ath
44100|ath, strength 44|--shape ath --shape-strength 44
44100|ath, 5 taps|--shape ath --shape-taps 5
44100|ath, 9 taps|--shape ath --shape-taps 9
44100|ath, 32 taps|--shape ath --shape-taps 32
8000|ath|--shape ath
22050|ath|--shape ath
48000|ath|--shape ath
96000|ath|--shape ath
192000|ath|--shape ath
EOR
}

shaping() {
    last=
    printf 'white noise to 16 bits, dither tpdf: noise less that without shaping, in dB\n\n'
    printf '%-18s %8s %8s %8s %8s %8s\n' shaper Hz audible A 468 all
    shaping_rows | while IFS='|' read -r rate name options; do
        if [ "$rate" != "$last" ]; then
            test-signal "$rate" 5 white 0.5 >"$sound"
            measure 'noise_ath_dbfs noise_a_dbfs noise_468_dbfs noise_dbfs' \
                "$sound" 16 --dither tpdf >"$scratch/plain"
            last=$rate
        fi
        # shellcheck disable=SC2086 # a list of words
        measure 'noise_ath_dbfs noise_a_dbfs noise_468_dbfs noise_dbfs' \
            "$sound" 16 --dither tpdf $options | cat "$scratch/plain" - |
            awk -v name="$name" -v rate="$rate" '
                { printf "%-18s %8d %+8.1f %+8.1f %+8.1f %+8.1f\n", name, rate,
                    $6 - $1, $7 - $2, $8 - $3, $9 - $4 }'
    done
}

moments
printf '\n'
sine
printf '\n'
shaping
