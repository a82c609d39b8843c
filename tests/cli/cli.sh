# Read by the tests of the command line: a directory to work in, and sentences about how a
# program ended. $BITCRUSH, $MAKE_PNG, $MAKE_SOUND, $MAKE_WEIGHTS, $READ_JSON, $INTERRUPT and $SAMPLES come from ctest.
# shellcheck shell=sh disable=SC2034

set -u
unset NO_COLOR BITCRUSH_CPU
export LC_ALL=C
in_memory=/tmp
[ -w /dev/shm ] && in_memory=/dev/shm
base=$(mktemp -d "${TMPDIR:-$in_memory}/bitcrush-cli.XXXXXX") || exit 1
is_finished=''
trap 'chmod -R u+w "$base"; rm -rf "$base"; [ "$is_finished" ] || { echo "FAILED: ends without finish"; exit 1; }' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$base/work"
cd "$base/work" || exit 1
out=$base/out err=$base/err
failures=0
what='nothing yet'
status=0

# What the next lines are about: a sentence.
it() {
    what=$1
}

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s: %s\n' "$what" "$*"
    printf '  status %s\n' "$status"
    for stream in "$out" "$err"; do
        [ -s "$stream" ] && head -c 1000 "$stream" | sed "s|^|  ${stream##*/}: |"
    done
}

# Run a command; its streams go to $out and $err, its status to $status.
run() {
    "$@" >"$out" 2>"$err" </dev/null
    status=$?
}

bitcrush() {
    run "$BITCRUSH" "$@"
}

exits() {
    [ "$status" -eq "$1" ] || fail "status $status, expected $1"
}

# The message on standard error, all of it.
says() {
    [ "$(cat "$err")" = "$1" ] || fail "said \"$(head -c 1000 "$err")\", expected \"$1\""
}

# A part of it.
mentions() {
    case $(cat "$err") in
    *"$1"*) ;;
    *) fail "standard error does not mention \"$1\"" ;;
    esac
}

prints() {
    grep -qF -e "$1" "$out" || fail "standard output does not have \"$1\""
}

silent() {
    for stream; do
        [ ! -s "$stream" ] || fail "${stream##*/} is not empty"
    done
}

# The working directory holds these files and no others, hidden ones neither.
only() {
    for entry in * .*; do
        case $entry in
        . | ..) ;;
        *) [ ! -e "./$entry" ] || printf '%s\n' "$entry" ;;
        esac
    done | sort >"$base/found"
    for entry; do
        printf '%s\n' "$entry"
    done | sort >"$base/expected"
    cmp -s "$base/found" "$base/expected" ||
        fail "files: $(tr '\n' ' ' <"$base/found"), expected: $*"
}

same() {
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

clean() {
    rm -rf "$base/work"
    mkdir "$base/work"
    cd "$base/work" || exit 1
}

size_of() {
    wc -c <"$1" | tr -d ' '
}

finish() {
    is_finished=yes
    [ "$failures" -eq 0 ] || printf '%d failed\n' "$failures"
    [ "$failures" -eq 0 ]
    exit
}

# facts ARGUMENT...: the JSON report, a line a value
facts() {
    bitcrush "$@" --json
    exits 0
    silent "$err"
    "$READ_JSON" <"$out" >"$base/facts" 2>"$err" || fail 'the report is no valid JSON'
    grep -qi '=-\{0,1\}nan$' "$base/facts" && fail 'a figure is NaN'
}

# is KEY VALUE
is() {
    grep -qxF -e "$1=$2" "$base/facts" ||
        fail "$(grep -e "^$1=" "$base/facts" || echo "no $1"), expected $2"
}

absent() {
    for key; do
        grep -q "^$key=" "$base/facts" && fail "$key is there and does not apply"
    done
}

narrow() {
    [ "$(awk 'length > 100' "$out")" = '' ] || fail 'lines of more than 100 columns'
}
