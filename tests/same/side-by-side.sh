#!/bin/sh
# Whether a change keeps what the programs do: an old build and a new one run the same commands on the
# same small files, in twin directories, and every file that they leave, both streams and the status have
# to be the same byte for byte, but for the time that a command took.
#
#   side-by-side.sh OLD NEW [REGEX]     OLD and NEW are build directories, the new one of this tree with
#                                       tests; of the lines of commands.sh those that REGEX (of grep -E)
#                                       fits. $JOBS at a time, 2 without it; of $EVERY lines one
#
# What is to differ is named in the file `changed` beside this script. A row:
#   PARTS | REGEX | WHY [| SED]
# PARTS, with commas between them, are stdout, stderr, status and names of files (patterns of the shell;
# * is all files), which may differ where REGEX (of grep -E) fits a line. With SED only what this script of
# sed undoes may: what it makes of both texts has to be the same. Rows are taken in their order. One that
# no command needs is a fault as well, where all are run.
set -eu
LC_ALL=C
OMP_WAIT_POLICY=passive
export LC_ALL OMP_WAIT_POLICY
unset NO_COLOR BITCRUSH_CPU

die() {
    printf 'same: %s\n' "$*" >&2
    exit 2
}

absolute() {
    (CDPATH='' cd -- "$1" 2>/dev/null && pwd) || die "$1: no such directory, expected one with a build"
}

[ $# -eq 2 ] || [ $# -eq 3 ] || die 'expected OLD NEW [REGEX], two build directories and which commands'
old=$(absolute "$1")
new=$(absolute "$2")
regex=${3-}
here=$(absolute "$(dirname -- "$0")")
tests=${here%/*}
tables=${TABLES:-$here} # others in the self-test
for build in "$old" "$new"; do
    [ -x "$build/bitcrush" ] || die "$build: no bitcrush in it, expected a build directory"
done
[ -x "$new/tests/same/twins" ] || die "$new: no tests/same/twins in it, expected a build with tests"

base=$(mktemp -d "$new/tests/same/run.XXXXXX")
trap 'rm -rf "$base"' EXIT
trap 'exit 1' HUP INT TERM
BITCRUSH=$old/bitcrush SAMPLES=${tests%/*}/samples SUITE=$tests/data/pngsuite
MAKE_PNG=$new/tests/cli/make-png MAKE_SOUND=$new/tests/cli/make-sound MAKE_WEIGHTS=$new/tests/cli/make-weights
export BITCRUSH SAMPLES SUITE MAKE_PNG MAKE_SOUND MAKE_WEIGHTS

mkdir "$base/inputs"
(cd "$base/inputs" && sh "$tables/inputs.sh" "$tests") || die 'the old program does not make the inputs'
(cd "$base/inputs" && cksum ./*) >"$base/sums"
sh "$tables/commands.sh" >"$base/all"
grep -E -e "$regex" "$base/all" | awk -v n="${EVERY:-1}" 'NR % n == 1 % n' >"$base/commands"
[ -s "$base/commands" ] || die "no command fits \`$regex\`"

# Copies: somebody may build or write meanwhile.
mkdir "$base/old" "$base/new"
cp "$tables/changed" "$base/changed"
changed=$base/changed
cp "$old/bitcrush"* "$base/old/"
cp "$new/bitcrush"* "$new/tests/same/twins" "$base/new/"

# What the old programs left is kept as long as they, the inputs and the samples are the same.
before=$new/tests/same/before
sum=$(cat "$base/old/"* "$base/sums" "$SAMPLES/"* "$SUITE/"* | cksum | tr ' ' -)
if [ ! -d "$before/$sum" ]; then
    rm -rf "$before"
    mkdir -p "$before/$sum"
fi

: >"$base/used"
"$base/new/twins" "$base/old" "$base/new" "$base" "$before/$sum" "$changed" "${JOBS:-2}"

(cd "$base/inputs" && cksum ./*) | cmp -s - "$base/sums" || die 'a program changed its input in place'
: >"$base/unused"
[ -n "$regex" ] || [ "${EVERY:-1}" -gt 1 ] || awk -v file="${changed##*/}" '
    NR == FNR { used[$1] = 1; next }
    !/^#/ && NF && !(FNR in used) { printf "%s:%d: no command needs this row: %s\n", file, FNR, $0 }
    ' "$base/used" "$changed" >"$base/unused"
cat "$base/unused"
cat "$base"/job*/count | awk -v n_commands="$(wc -l <"$base/commands")" -v is_rotten="$(wc -l <"$base/unused")" '
    { named += $1; unnamed += $2 }
    END {
        printf "%d commands, %d differ as changed says, %d otherwise\n", n_commands, named, unnamed
        exit unnamed > 0 || is_rotten > 0
    }'
