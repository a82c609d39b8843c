#!/bin/sh
# What many commands leave is what the table `decoded` says, and every name of the lists is in it.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../cli/cli.sh"

export SAMPLES
PATH=$(dirname -- "$BITCRUSH"):$PATH
export PATH
it 'the inputs are made'
run sh "$here/inputs.sh" "${here%/*}"
exits 0

# With $SAME_WRITE the table is written.
"$DECODED" ${SAME_WRITE:+--write} "$here/decoded" || failures=$((failures + 1))

it 'every name of the lists is in the table'
"$BITCRUSH" --list | awk '
    /^[^ ]/ { inside = /^(dithers|palettes|noise shapers|audio formats|formats of weights|mixes)/; next }
    inside && !/^  none / { print tolower($1) }' | sort -u >names
tr -s ' +./' '\n' <"$here/decoded" | sort -u | comm -23 names - >missing
[ ! -s missing ] || fail "not in the table: $(tr '\n' ' ' <missing)"
[ "$(wc -l <names)" -gt 80 ] || fail 'there are hardly any names'
finish
