#!/bin/sh
# Functions stay simple: none has a cyclomatic complexity (McCabe 1976, a switch counts as one branch) above
# the limit, which only falls. Measured by pmccabe; 77 where it is not installed.
#
#   complexity.sh [ROOT]       check the sources under ROOT (default: this repository)
#   complexity.sh --self-test  show that a function above the limit is found
set -eu

limit=20

check() {
    (
        cd "$1"
        find src apps -name '*.[ch]' -type f | LC_ALL=C sort | xargs pmccabe >"$scratch/figures"
        [ -s "$scratch/figures" ] || {
            echo "$1: no functions found"
            exit 1
        }
        awk -v limit="$limit" '
            $1 > limit {
                what = $0
                sub(/^.*\t/, "", what)
                print what ": complexity " $1 ", expected at most " limit
                n++
            }
            END { exit n > 0 }' "$scratch/figures"
    )
}

# A function of the complexity $1.
function_of() {
    echo "int f$1(int x)"
    echo '{'
    i=1
    while [ "$i" -lt "$1" ]; do
        echo "    if (x == $i) x = 0;"
        i=$((i + 1))
    done
    echo '    return x;'
    echo '}'
}

self_test() {
    mkdir -p "$scratch/tree/src" "$scratch/tree/apps"
    function_of "$limit" >"$scratch/tree/src/a.c"
    check "$scratch/tree" || {
        echo "a function at the limit was refused"
        exit 1
    }
    function_of $((limit + 1)) >>"$scratch/tree/src/a.c"
    said=$(check "$scratch/tree") && {
        echo "a function above the limit passed"
        exit 1
    }
    case $said in
    *"f$((limit + 1))"*"complexity $((limit + 1)), expected at most $limit"*) ;;
    *)
        echo "said '$said'"
        exit 1
        ;;
    esac
}

command -v pmccabe >/dev/null 2>&1 || {
    echo "pmccabe is not installed"
    exit 77
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
