#!/bin/sh
# apps is the door: options, verbs, words and lists, and nothing that a library is for. So its sources have
# at most 3500 lines, without those that are texts of options alone; the limit only falls. What outgrows it
# is moved to the room in src where it belongs.
#
#   sizes.sh [ROOT]       check the sources under ROOT (default: this repository)
#   sizes.sh --self-test  show that a line above the limit is found
set -eu

limit=3500
texts='option_table.c option_texts.c programs.c synonyms.c'

check() {
    (
        cd "$1"
        files=$(find apps -name '*.[ch]' -type f 2>/dev/null || true)
        for text in $texts; do
            files=$(printf '%s\n' "$files" | grep -vx "apps/$text" || true)
        done
        [ "$files" ] || {
            echo "$1: no sources found in apps"
            exit 1
        }
        # shellcheck disable=SC2086
        n=$(cat $files | wc -l)
        [ "$n" -le "$limit" ] || {
            echo "apps: $n lines without the texts of options, expected at most $limit"
            exit 1
        }
    )
}

# lines N FILE: a source of so many.
lines() {
    awk -v n="$1" 'BEGIN { while (n-- > 0) print "int x;" }' >"$2"
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    mkdir -p "$scratch/tree/apps"
    lines 10000 "$scratch/tree/apps/programs.c"
    lines $((limit - 100)) "$scratch/tree/apps/a.c"
    lines 100 "$scratch/tree/apps/a.h"
    expect_case 'at the limit, beside texts' ok check "$scratch/tree"
    lines 101 "$scratch/tree/apps/a.h"
    expect_case 'a line more in a header' "apps: $((limit + 1)) lines without" check "$scratch/tree"
    lines 99 "$scratch/tree/apps/a.h"
    lines 2 "$scratch/tree/apps/programs.h"
    expect_case 'a line more beside a text' "apps: $((limit + 1)) lines without" check "$scratch/tree"
    refuses_nothing check "$scratch/empty"
    sum_up
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
