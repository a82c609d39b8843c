#!/bin/sh
# With little address space every command ends with 0 or 8, and leaves nothing behind: each tool on the
# samples, on a thread for each core and on more of them than there is room for.
tables=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$tables/../cli/cli.sh"

TMPDIR=$base/tmp
export TMPDIR
mkdir "$TMPDIR"
coast=$SAMPLES/coast.png piece=$SAMPLES/piece.wav net=$SAMPLES/coast-net.safetensors

# within MIB ARGUMENT...
within() {
    limit=$1
    shift
    it "$limit MiB: $*"
    (ulimit -v $((limit * 1024)) && run "$BITCRUSH" "$@" && exit "$status")
    status=$?
    case $status in
    0) ;;
    8) [ -s "$err" ] || fail 'no sentence' ;;
    *) fail 'expected status 0 or 8' ;;
    esac
    left=$(find . -name '.?*' -print; find "$TMPDIR" -mindepth 1 -print)
    [ -z "$left" ] || fail "left behind: $left"
}

for limit in 256 64 40; do
    for threads in 2 48; do
        within $limit "$coast" 2 -f -q -o o.png --threads $threads
        within $limit "$SAMPLES/coast.jpg" 1 --dither blue -f -q -o o.png --threads $threads
        within $limit "$coast" --palette 16 -f -q -o o.png --threads $threads
        within $limit "$piece" 8 --shape ath -f -q -o o.wav --threads $threads
        within $limit "$piece" 16 -f -q -o o.flac --threads $threads
        within $limit "$net" q4_0 -f -q -o o.gguf --threads $threads
        within $limit "$net" int4 -f -q -o o.safetensors --threads $threads
    done
    within $limit info "$coast" "$piece"
    within $limit info "$net"
    within $limit compare "$coast" "$SAMPLES/coast.jpg"
    within $limit sweep "$coast" 1..2 -q -f --plot o.svg --sheet o.png
    within $limit report "$net" q4_0 -q -f -o o.html
    within $limit explain 3.14 float16
    within $limit --list
    within $limit --help
done

it 'there is enough in 256 MiB for a picture'
(ulimit -v 262144 && run "$BITCRUSH" "$coast" 2 -f -q -o o.png && exit "$status")
status=$?
exits 0
finish
