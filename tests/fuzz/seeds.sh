#!/bin/sh
# Files that a fuzzer begins with.
#
#     seeds.sh image|audio|tensor|numbers|program ROOT DIRECTORY
set -eu

medium=$1 root=$2 to=$3

# A command line and the files A, B and C that it names, as fuzz-program.c reads them. The name
# counts up.
n_seeds=0
seed() {
    n_seeds=$((n_seeds + 1))
    {
        printf '%s\n' "$1"
        shift
        between=
        for file; do
            printf '%s' "$between"
            cat "$file"
            between='
%%
'
        done
    } >"$to/program-$n_seeds"
}

# Zero bytes.
zeros() {
    head -c "$1" /dev/zero
}

case $medium in
image)
    cp "$root"/tests/data/pngsuite/*.png "$to"
    printf 'P5\n2 2\n255\n0123' >"$to/pgm"
    printf 'P3\n1 1\n7\n1 2 3\n' >"$to/ppm"
    printf 'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n0123' >"$to/pam"
    head -c 30000 "$root/samples/coast.jpg" >"$to/jpeg"
    ;;
audio)
    { # 8 samples, 16 bits, mono
        printf 'RIFF\064\0\0\0WAVEfmt \020\0\0\0\001\0\001\0\200\273\0\0\0\167\001\0\002\0\020\0'
        printf 'data\020\0\0\0'
        zeros 16
    } >"$to/wav"
    { # 4 samples of mu-law
        printf '.snd\0\0\0\030\0\0\0\004\0\0\0\001\0\0\037\100\0\0\0\001'
        zeros 4
    } >"$to/au"
    { # 2 samples, 16 bits, mono, 44100 Hz
        printf 'FORM\0\0\0\062AIFFCOMM\0\0\0\022\0\001\0\0\0\002\0\020\100\016\254\104'
        zeros 6
        printf 'SSND\0\0\0\014'
        zeros 12
    } >"$to/aiff"
    ;;
tensor)
    { # one tensor, 32 floats
        printf '\070\0\0\0\0\0\0\0'
        printf '{"a":{"dtype":"F32","shape":[1,32],"data_offsets":[0,128]}}' | head -c 59
    } >"$to/short.safetensors"
    {
        printf '\100\0\0\0\0\0\0\0'
        printf '%-64s' '{"a":{"dtype":"F32","shape":[1,32],"data_offsets":[0,128]}}'
        zeros 128
    } >"$to/safetensors"
    { # codes of 4 bits and their scale
        printf '\330\0\0\0\0\0\0\0'
        printf '%-216s' '{"__metadata__":{"bitcrush.formats":"{\"w\":{\"format\":\"INT4\",\"shape\":[1,8],\"group\":8}}"},"w_scale":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[1,4],"data_offsets":[4,8]}}'
        zeros 8
    } >"$to/codes.safetensors"
    {
        printf '\223NUMPY\001\0\166\0'
        printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
        zeros 16
    } >"$to/npy"
    { # two members that are stored: 2 x 2 floats, and 4 characters
        printf 'PK\003\004\024\000\000\000\000\000\000\000\041\000O\244\074\022\220\000\000\000\220\000\000\000\005\000\000\000a.npy'
        printf '\223NUMPY\001\0\166\0'
        printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
        zeros 16
        printf 'PK\003\004\024\000\000\000\000\000\000\000\041\000P\135\177A\220\000\000\000\220\000\000\000\005\000\000\000t.npy'
        printf '\223NUMPY\001\0\166\0'
        printf "%-117s\n" "{'descr': '<U1', 'fortran_order': False, 'shape': (4,), }"
        zeros 16
        printf 'PK\001\002\024\000\024\000\000\000\000\000\000\000\041\000O\244\074\022\220\000\000\000\220\000\000\000\005\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000a.npy'
        printf 'PK\001\002\024\000\024\000\000\000\000\000\000\000\041\000P\135\177A\220\000\000\000\220\000\000\000\005\000\000\000\000\000\000\000\000\000\000\000\000\000\263\000\000\000t.npy'
        printf 'PK\005\006\000\000\000\000\002\000\002\000f\000\000\000f\001\000\000\000\000'
    } >"$to/npz"
    { # one pair of metadata, one tensor of 32 F32 at offset 0
        printf 'GGUF\003\0\0\0\001\0\0\0\0\0\0\0\001\0\0\0\0\0\0\0'
        printf '\001\0\0\0\0\0\0\0k\004\0\0\0\007\0\0\0'
        printf '\001\0\0\0\0\0\0\0a\001\0\0\0\040\0\0\0\0\0\0\0\0\0\0\0'
        zeros 8
        zeros 14
        zeros 128
    } >"$to/gguf"
    ;;
numbers)
    printf 'time,temp,note\r\n0,21.5,ok\r\n1,-3e-2,"two ""lines"",\nhere"\r\n2,nan,\r\n' >"$to/csv"
    printf '\357\273\277a;b\n1;2.5\n3;1,5\n' >"$to/bom"
    printf '# log\n  1 2\n\n 3 4.25 \n' >"$to/blanks"
    printf '1\n0.30000000000000004\n1e400\n12345678901234567890.5' >"$to/lines"
    printf '"1,234"\t1\n\t"2"\n' >"$to/tsv"
    ;;
program)
    files=$to/../program-files
    mkdir -p "$files"
    for medium in image audio tensor; do
        "$0" "$medium" "$root" "$files"
    done
    for picture in basn0g01 basn2c08 basn3p08 basi6a16; do
        for line in 'A 2 -f' 'A 4 --json --gray' 'A --palette 4 -o o.png' 'A --palette gameboy -o -' 'A --palette B' \
            'A --channels 3,3,2 --dither blue' 'info A' 'sweep A 1..3 --plot p.svg --sheet s.png' \
            'report A 2 -o p.html' 'compare A B --min-snr 30' 'A 1 --dither zhou-fang --report r.html'; do
            seed "$line" "$files/$picture.png" "$files/basn2c08.png"
        done
    done
    printf '#ff0000\n00ff00\n' >"$files/palette"
    seed 'A --palette B -o o.png' "$files/basn2c08.png" "$files/palette"
    for picture in pgm ppm pam jpeg; do
        seed 'A 3 -o o.pam' "$files/$picture"
        seed 'report A B -f' "$files/$picture" "$files/wav"
    done
    for sound in wav au aiff; do
        for line in 'A 4 -f' 'A 8 --shape ath -o o.wav' 'A 6 --subtractive -o o.flac' 'A mulaw -o o.au' \
            'A 12 --dither hptpdf --guard 3 --hold 2 -o o.caf' 'A 16 -o o.aiff' 'info A --json' 'sweep A 1..4' \
            'report A 6 -o p.html' 'compare A B' 'restore A -o o.wav' 'A 5.5 --plot p.svg' 'A e4m3 --rounding truncate'; do
            seed "$line" "$files/$sound" "$files/wav"
        done
    done
    for weights in safetensors codes.safetensors npy npz gguf short.safetensors; do
        for line in 'A q4_0 -o o.gguf' 'A int4 -o o.safetensors --group 8' 'A q2_k -o o.gguf --imatrix B' 'A nf4 --double-quant' \
            'A f16 -o o.npy' 'A q4_k_m --type a=q8_0' 'info A' 'sweep A 2..4' 'report A q4_0 -o p.html' 'compare A B' \
            'explain A --block 0' 'A int3 --zero-point --scale mse --dither rpdf -f' 'A q3_k --encoder best -o o.gguf'; do
            seed "$line" "$files/$weights" "$files/gguf"
        done
    done
    printf '{"metadata":{},"weight_map":{"a":"B"}}' >"$files/index"
    seed 'A q8_0 -o o.gguf' "$files/index" "$files/safetensors"
    for line in 'explain 3.1415 float32 int8 e4m3' 'explain --all e2m1 --plot p.svg' 'explain --range -1 5 --step 0.1' \
        'explain --product 0.1 0.7 --bits 3,4 --terms 9' 'explain --text hello' 'explain -- -7 int4 --steps' '--list' \
        '--help' '--man' '--completion fish' 'info --params 7e9' 'A 4 --dither nonsense --threads 3 --seed 7'; do
        seed "$line" "$files/pgm"
    done
    ;;
esac
