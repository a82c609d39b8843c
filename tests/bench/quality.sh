#!/bin/sh
# How near a dithered picture comes to the original from where single pixels are
# no longer seen: PSNR in linear light after a Gaussian blur, for every dither that
# the program lists, at 1, 2 and 4 bits, with errors in linear light and in coded
# values; and the shift of the mean. Started by `./dev bench quality`, which sets
# BITCRUSH, the program.
#
#   PICTURE   the picture, turned to grey first (default: samples/coast.png)
#   SIGMA     of the blur, in pixels (default: 2)
#   TOOLS     a directory with to-grey and blurred-psnr (default: they are built)
#   CC        the C compiler (default: cc)
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
root=$here/../..
: "${BITCRUSH:?is not set, expected the program, as ./dev bench quality sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)
picture=${PICTURE:-$root/samples/coast.png}

if [ -z "${TOOLS-}" ]; then
    TOOLS=$build/bench
    mkdir -p "$TOOLS"
    for tool in to-grey blurred-psnr; do
        # Lists of words.
        # shellcheck disable=SC2046,SC2086
        ${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -O2 -I"$root/include" \
            -o "$TOOLS/$tool" "$here/$tool.c" "$build/libbitcrush.a" \
            $(pkg-config --libs libpng zlib libjpeg libdeflate jansson) -fopenmp -lm
    done
fi
PATH=$TOOLS:$build:$PATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
grey=$scratch/grey.pgm

# Reduce to each depth and compare.
measure_light() { # light
    for bits in 1 2 4; do
        reduced=$scratch/$1.pgm
        # shellcheck disable=SC2046 # without dither no errors are summed, in no light
        bitcrush "$grey" "$bits" --dither "$dither" $([ "$dither" = none ] || echo "--light $1") -q -f -o "$reduced"
        blurred-psnr "$grey" "$reduced" "${SIGMA:-2}"
    done
}

to-grey "$picture" >"$grey"
dithers=$(bitcrush --list | awk '/^[^ ]/ { on = /^dithers/; next } on { print $1 }')

printf '%s as grey, PSNR in dB after a blur of sigma %s, in linear light\n\n' \
    "${picture##*/}" "${SIGMA:-2}"
printf '%-22s %-20s %-20s %s\n' '' '--light linear' '--light coded' 'shift of the mean, 1 bit'
printf '%-22s %6s %6s %6s %6s %6s %6s %9s %9s\n' dither '1 bit' 2 4 '1 bit' 2 4 linear coded
for dither in $dithers; do
    measure_light coded >"$scratch/coded" &
    measure_light linear >"$scratch/linear"
    wait "$!"
    cat "$scratch/linear" "$scratch/coded" | awk -v dither="$dither" '{ db[NR] = $1; mean[NR] = $4 }
        END { printf "%-22s", dither
              for (i = 1; i <= 6; i++) printf " %6.1f", db[i]
              printf " %+9.4f %+9.4f\n", mean[1], mean[4] }'
done
