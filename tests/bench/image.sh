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

# A row: name|command. The first row is what the others are compared with; a name
# without a command is a heading. A command runs in a scratch directory, by sh; one
# whose first word is not installed is left out with a word. Every command leaves its
# picture in out.png.
rows() {
    cat <<'EOF'
libpng decode|png-decode "$picture"
RGB, 4 bits, error diffusion
bitcrush 4, 1 thread|bitcrush "$picture" 4 --threads 1 -q -f -o out.png
bitcrush 4|bitcrush "$picture" 4 -q -f -o out.png
bitcrush 4 --fast|bitcrush "$picture" 4 --fast -q -f -o out.png
bitcrush 4, with report|bitcrush "$picture" 4 -f -o out.png >report
bitcrush 4 ... jarvis|bitcrush "$picture" 4 --dither jarvis -q -f -o out.png
bitcrush 4 ... ostromoukhov|bitcrush "$picture" 4 --dither ostromoukhov -q -f -o out.png
ImageMagick -remap 4096|"$convert" "$picture" -dither FloydSteinberg -remap colours4096.ppm out.png
RGB, 4 bits, ordered
bitcrush 4 --dither bayer8|bitcrush "$picture" 4 --dither bayer8 -q -f -o out.png
ImageMagick o8x8,16|"$convert" "$picture" -ordered-dither o8x8,16 out.png
ppmdither -dim 3|pngtopnm "$picture" | ppmdither -dim 3 -red 16 -green 16 -blue 16 | pnmtopng >out.png
RGB, 4 bits, not dithered
bitcrush 4 --dither none|bitcrush "$picture" 4 --dither none -q -f -o out.png
vips maplut|vips maplut "$picture" out.png levels16.pgm
palette of 16 colours
bitcrush --palette 16, 1 thread|bitcrush "$picture" --palette 16 --threads 1 -q -f -o out.png
bitcrush --palette 16|bitcrush "$picture" --palette 16 -q -f -o out.png
pngquant --speed 10|pngquant --speed 10 --force --output out.png 16 "$picture"
pngquant --speed 3|pngquant --speed 3 --force --output out.png 16 "$picture"
grey, 1 bit, from PNG
bitcrush 1 --gray, 1 thread|bitcrush "$picture" 1 --gray --threads 1 -q -f -o out.png
bitcrush 1 --gray|bitcrush "$picture" 1 --gray -q -f -o out.png
bitcrush 1 --gray --fast|bitcrush "$picture" 1 --gray --fast -q -f -o out.png
Pillow convert('1')|"$python" -c "$pillow" "$picture"
ImageMagick -monochrome|"$convert" "$picture" -monochrome out.png
ImageMagick gray50|"$convert" "$picture" -dither FloydSteinberg -remap pattern:gray50 out.png
ffmpeg ed monob|ffmpeg -v error -nostdin -y -i "$picture" -sws_dither ed -pix_fmt monob out.png
grey, 1 bit, from JPEG
bitcrush 1 --gray, 1 thread|bitcrush "$jpeg" 1 --gray --threads 1 -q -f -o out.png
bitcrush 1 --gray|bitcrush "$jpeg" 1 --gray -q -f -o out.png
Pillow convert('1')|"$python" -c "$pillow" "$jpeg"
ImageMagick -monochrome|"$convert" "$jpeg" -monochrome out.png
ImageMagick gray50|"$convert" "$jpeg" -dither FloydSteinberg -remap pattern:gray50 out.png
ffmpeg ed monob|ffmpeg -v error -nostdin -y -i "$jpeg" -sws_dither ed -pix_fmt monob out.png
EOF
}
pillow="import sys
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
Image.open(sys.argv[1]).convert('1').save('out.png')"

bench=image
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
: "${BITCRUSH:?is not set, expected the program, as ./dev bench image sets it}"
build=$(CDPATH='' cd -P -- "$(dirname -- "$BITCRUSH")" && pwd)
work=$build/bench
mkdir -p "$work"
. "$here/table.sh"

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

# Pillow belongs to one Python of several.
python=
for candidate in python3 /usr/bin/python3; do
    if [ -z "$python" ] && "$candidate" -c 'import PIL' 2>/dev/null; then
        python=$candidate
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

jpeg=${picture%.png}.jpg
if [ ! -s "$work/$jpeg" ] && [ -n "$convert" ]; then
    "$convert" "$work/$picture" -quality 90 "$work/unfinished.jpg"
    mv "$work/unfinished.jpg" "$work/$jpeg"
fi

# What others need to know of 4 bits: all colours of 16 levels, and the level of a sample.
awk 'BEGIN { print "P3 64 64 255"
             for (i = 0; i < 4096; i++)
                 print i % 16 * 17, int(i / 16) % 16 * 17, int(i / 256) * 17 }' >"$work/colours4096.ppm"
awk 'BEGIN { print "P2 256 1 255"
             for (i = 0; i < 256; i++)
                 print int(i / 17 + 0.5) * 17 }' >"$work/levels16.pgm"

# ---- the tools

compile measure
compile png-decode libpng

# ---- the table

cd "$work"
PATH=$work:$build:$PATH
export PATH picture jpeg convert python pillow
printf '%s, 6000 x 4000, %s bytes; medians of %s runs\n\n' "$name" \
    "$(wc -c <"$picture" | tr -d ' ')" "${RUNS:-5}"
rows | print_table out.png
