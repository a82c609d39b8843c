#!/bin/sh
# What the reduction of a 24-megapixel photograph costs: medians of whole-process
# runs of each row of the table below, beside a plain libpng decode of the same
# file. Started by `./dev bench image`, which sets BITCRUSH, the program.
#
#   PHOTO   the photograph to use (default: one of Debian's mate-backgrounds,
#           else samples/coast.png, which is no photograph)
#   RUNS    how many runs a median is of (default: 5)
#   CC      the C compiler (default: cc)
#
# The picture is the photograph at its own size, mirrored at its edges until
# 6000 x 4000 pixels are full: enlarging it would make it smoother than photographs
# are. It is made once and kept in bench/ beside the program.
set -eu

# A row: name|command. The first row is what the others are compared with. A
# command runs in a scratch directory, by sh; one that is not installed is left
# out with a word.
rows() {
    cat <<'EOF'
libpng decode|png-decode "$picture"
bitcrush 4, 1 thread|bitcrush "$picture" 4 --threads 1 -q -f -o out.png
bitcrush 4|bitcrush "$picture" 4 -q -f -o out.png
bitcrush 4 --dither none|bitcrush "$picture" 4 --dither none -q -f -o out.png
bitcrush 4 --dither bayer8|bitcrush "$picture" 4 --dither bayer8 -q -f -o out.png
EOF
}

say() {
    printf 'bench image: %s\n' "$*" >&2
}

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench image sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)
work=$build/bench
mkdir -p "$work"

# ---- the picture

photo=${PHOTO-}
for candidate in /usr/share/backgrounds/mate/nature/Dune.jpg "$here/../../samples/coast.png"; do
    if [ -z "$photo" ] && [ -r "$candidate" ]; then
        photo=$candidate
    fi
done
name=${photo##*/}
picture=${name%.*}-24mp.png

# ImageMagick by its versioned names first: `convert` may be another program.
convert=
for candidate in convert-im7.q16 convert-im6.q16 magick /usr/bin/convert convert; do
    if [ -z "$convert" ] && command -v "$candidate" >/dev/null; then
        convert=$candidate
    fi
done

if [ ! -s "$work/$picture" ]; then
    if [ -z "$convert" ]; then
        say "making a picture of 24 megapixels needs ImageMagick: please install it" \
            "(\`apt-get install imagemagick\`)"
        exit 2
    fi
    say "making $picture from $photo"
    "$convert" "$photo" -virtual-pixel mirror -set option:distort:viewport 6000x4000+0+0 \
        -filter point -distort SRT 0 -strip -depth 8 "PNG24:$work/unfinished.png"
    mv "$work/unfinished.png" "$work/$picture"
fi

# ---- the tools

for tool in measure png-decode; do
    # Lists of words.
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -O2 -o "$work/$tool" \
        "$here/$tool.c" $(pkg-config --cflags --libs libpng)
done

# ---- the table

cd "$work"
PATH=$work:$build:$PATH
export PATH picture
printf '%s, 6000 x 4000, %s bytes; medians of %s runs\n\n' "$name" \
    "$(wc -c <"$picture" | tr -d ' ')" "${RUNS:-5}"
printf '%-30s %7s %7s %9s %10s\n' '' 'CPU s' 'wall s' 'peak MiB' 'CPU ratio'
rows | while IFS='|' read -r name command; do
    if ! command -v "${command%% *}" >/dev/null; then
        printf '%-30s not installed\n' "$name"
        continue
    fi
    measure "${RUNS:-5}" sh -c "$command" >cost
    read -r cpu_s wall_s rss_kib <cost
    : "${decode_s:=$cpu_s}"
    echo "$cpu_s $wall_s $rss_kib $decode_s" | awk -v name="$name" '{
        printf "%-30s %7.2f %7.2f %9.1f %9.1fx\n", name, $1, $2, $3 / 1024, $1 / $4 }'
done
