#!/bin/sh
# Limits of what an input may ask for: status 8, and a sentence with size, limit and option.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 60 50 in.png

it 'a picture of more pixels than --max-pixels, by every verb'
message='in.png: 60 x 50 pixels, expected at most 1000000 a side and 2999 in all (--max-pixels)'
for arguments in 'in.png 4' 'compare in.png in.png' 'info in.png' 'sweep in.png 1..2' \
    'sweep in.png 1..2 --sheet s.png' 'report in.png 4' 'report in.png'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-pixels 2999
    exits 8
    mentions "$message"
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-pixels 3000 -f -q
    exits 0
done
rm -f in-4bit.png s.png ./*.html
only in.png

it 'sizes that are none'
for size in 0 -1 1.5G 4X '1 G B' 99999999T; do
    bitcrush in.png 4 "--max-memory=$size"
    exits 2
done
bitcrush in.png 4 --max-memory 1.5G
says 'bitcrush: --max-memory 1.5G: expected a size in bytes, such as 512M, 2GiB or 65536'
bitcrush in.png 4 --max-pixels 0
says 'bitcrush: --max-pixels 0: expected a whole number from 1 to 1000000000000000'
exits 2
only in.png

# limited LIMIT SENTENCE ENOUGH ARGUMENT...: status 8 and the sentence under one limit, 0 under the other
limited() {
    limit=$1 sentence=$2 enough=$3
    shift 3
    bitcrush "$@" -f -q --max-memory "$limit"
    exits 8
    mentions "$sentence"
    mentions '(--max-memory)'
    only in.png
    bitcrush "$@" -f -q --max-memory "$enough"
    exits 0
    find . -type f ! -name in.png -exec rm -f {} +
}

it 'pictures: rows, palettes, pages and sheets'
limited 1K 'in.png: reading rows of 60 x 50 pixels takes 1.4 KiB of memory, expected at most 1 KiB' 2M in.png 4
limited 1K 'in.png: reading rows of 60 x 50 pixels' 2M info in.png
limited 1K 'in.png: reading rows of 60 x 50 pixels' 2M compare in.png in.png
limited 20K 'in.png: measuring the errors of 60 x 50 pixels takes ' 2M compare in.png in.png
limited 20K 'in.png: reducing rows of 60 x 50 pixels takes ' 2M in.png 2
limited 1M 'in.png: fitting a palette to the colours of 60 x 50 pixels takes 8 MiB of memory' 10M in.png --palette 16
limited 30M 'r.html: a page takes up to 32 MiB of memory, expected at most 30 MiB' 40M in.png 4 --report r.html
limited 16M 'r.html: a page takes up to 32 MiB of memory' 40M report in.png -o r.html
limited 16M 's.png: a sheet takes up to 32 MiB of memory' 40M sweep in.png 1..2 --sheet s.png

it 'a wide picture, whose errors are blurred and compared by structure'
"$MAKE_PNG" rgb 20000 20 wide.png
for arguments in 'wide.png 4 -n' 'compare wide.png wide.png'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory 15M
    exits 8
    mentions 'wide.png: measuring the errors of 20000 x 20 pixels takes '
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory 64M
    exits 0
done
rm wide.png

it 'an interlaced picture is held whole'
"$MAKE_PNG" interlaced 600 500 whole.png
while read -r limit arguments; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory "$limit" </dev/null
    exits 8
    silent "$out"
    mentions ': whole.png: an interlaced picture of 600 x 500 pixels takes '
    mentions '(--max-memory)'
done <<EOT
4200K whole.png 4
500K info whole.png
800K compare whole.png whole.png
4200K sweep whole.png 1..2
9M whole.png --palette 4
EOT
only in.png whole.png

it 'the head of a file of weights'
"$MAKE_WEIGHTS" safetensors 4 32 w.safetensors
for arguments in 'info w.safetensors' 'w.safetensors f16' 'compare w.safetensors w.safetensors'; do
    # shellcheck disable=SC2086 # a list of words
    bitcrush $arguments --max-memory 200
    exits 8
    mentions 'w.safetensors: the list of tensors takes '
    mentions ' of memory, expected at most 200 bytes (--max-memory)'
done
bitcrush w.safetensors f16 --max-memory 1M
exits 8
mentions ': w.safetensors: reducing weights batch by batch takes '
bitcrush w.safetensors f16 --threads 2 --max-memory 64M -q
exits 0
rm -f w-f16.safetensors

it 'a long head with little in it takes no more than the piece of it that is held'
# head_of FILE: a length, and that many bytes of FILE
head_of() {
    n=$(size_of "$1")
    for i in 0 8 16 24; do
        # shellcheck disable=SC2059 # the byte is the format
        printf "\\$(printf '%03o' $((n >> i & 255)))"
    done
    printf '\0\0\0\0'
    cat "$1"
}
{
    printf '{"a.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
    head -c 3000000 /dev/zero | tr '\0' ' '
} >head.txt
{ head_of head.txt && printf '0123456789abcdef'; } >blanks.safetensors
for memory in 8M 12M 20M; do
    bitcrush blanks.safetensors f16 -n -q --threads 1 --max-memory $memory
    exits 0
done

it 'lists of tensors, their index, and what is kept to compare them'
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "%s\"layers.%d.weight\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[%d,%d]}", i ? "," : "{", i, 16 * i, 16 * i + 16; print "}" }' >head.txt
{ head_of head.txt && head -c 320000 /dev/zero; } >many.safetensors
for limit in 1M 4M; do
    bitcrush info many.safetensors --max-memory $limit
    exits 8
    mentions 'many.safetensors: the list of tensors takes '
done
bitcrush compare many.safetensors many.safetensors --max-memory 16M
exits 8
mentions 'many.safetensors: comparing 20000 tensors takes '
bitcrush compare many.safetensors many.safetensors --max-memory 64M -q
exits 0
bitcrush compare many.safetensors many.safetensors --max-memory 20M -q
exits 0
bitcrush compare many.safetensors many.safetensors --max-memory 20M --json
exits 8
mentions 'the report takes '
bitcrush compare many.safetensors many.safetensors --max-memory 64M --json
exits 0
rm -f ./*.safetensors head.txt
"$MAKE_WEIGHTS" safetensors 4 32 w.safetensors

it 'arrays in Fortran order: with less memory in smaller bands, and the same bytes'
"$MAKE_WEIGHTS" npy 300 700 plain.npy
{
    head -c 128 plain.npy | sed 's/False/True /'
    tail -c +129 plain.npy
} >turned.npy
bitcrush turned.npy f16 -q --max-memory 1M
exits 8
mentions ': turned.npy: turning arrays in Fortran order takes '
bitcrush turned.npy f16 -q -o want.npy
exits 0
bitcrush turned.npy f16 -q --threads 1 --max-memory 20M -o small.npy
exits 0
same small.npy want.npy
rm -f ./*.npy

if [ "$SOUND" = ON ]; then
    it 'a sound: what is held, and the look-ahead for silence'
    "$MAKE_SOUND" silence s16 44100 2 600000 s.wav
    bitcrush s.wav 8 --max-memory 1K
    exits 8
    says 'bitcrush: s.wav: holding 4 times 16384 frames of 2 channels takes 384 KiB of memory, expected at most 1 KiB (--max-memory)'
    bitcrush s.wav 8 --dither tpdf --keep-silence=10000 --max-memory 2M
    exits 8
    mentions 's.wav: looking 441000 frames ahead for silence takes 3.1 MiB of memory, expected at most 2 MiB (--max-memory)'
    bitcrush s.wav 8 --dither tpdf --keep-silence=10000 --max-memory 4M -q
    exits 0
    rm -f s-8bit.wav

    it 'a sound of many channels'
    "$MAKE_SOUND" noise s16 8000 200 2000 s.wav
    for arguments in 's.wav 8 -n' 'compare s.wav s.wav'; do
        # shellcheck disable=SC2086 # a list of words
        bitcrush $arguments --max-memory 12M
        exits 8
        mentions 's.wav: measuring 200 channels takes '
        # shellcheck disable=SC2086 # a list of words
        bitcrush $arguments --max-memory 64M
        exits 0
    done
    bitcrush compare s.wav s.wav --max-memory 24M
    exits 8
    mentions 's.wav: comparing 4096 frames of 200 channels at a time takes '
fi

it 'weights are not salvaged'
bitcrush w.safetensors f16 --salvage
exits 2
mentions '--salvage: an option for pictures and sound, not an option for weights'

finish
