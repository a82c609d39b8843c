#!/bin/sh
# Files that a fuzzer begins with.
#
#     seeds.sh image|audio|tensor ROOT DIRECTORY
set -eu

medium=$1 root=$2 to=$3

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
    { # one pair of metadata, one tensor of 32 F32 at offset 0
        printf 'GGUF\003\0\0\0\001\0\0\0\0\0\0\0\001\0\0\0\0\0\0\0'
        printf '\001\0\0\0\0\0\0\0k\004\0\0\0\007\0\0\0'
        printf '\001\0\0\0\0\0\0\0a\001\0\0\0\040\0\0\0\0\0\0\0\0\0\0\0'
        zeros 8
        zeros 14
        zeros 128
    } >"$to/gguf"
    ;;
esac
