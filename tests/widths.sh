#!/bin/sh
# Lines of C have 100 columns. clang-format breaks code, but neither comments, nor strings, nor what is
# laid out by hand: so this looks at comments.
#
#   widths.sh [ROOT]       check the sources under ROOT (default: this repository)
#   widths.sh --self-test  show on small trees that the check finds each kind of fault
set -eu

# Reads names of files on standard input, prints a sentence for each fault and fails if there is one.
# A line with a string is as long as the string, and one between "clang-format off" and "on" is laid
# out by hand. Continued bytes of UTF-8 are no columns.
judge() {
    LC_ALL=C awk '
    {
        file = $0
        n_lines = by_hand = 0
        while ((getline line <file) > 0) {
            n_lines++
            if (line ~ /clang-format off/)
                by_hand = 1
            if (line ~ /clang-format on/)
                by_hand = 0
            is_comment = line ~ /^[ \t]*(\/\*|\*|\/\/)/
            gsub(/[\200-\277]/, "", line)
            if (length(line) > 100 && !by_hand && (is_comment || line !~ /"/)) {
                print file ":" n_lines ": " length(line) " columns, expected 100 at most"
                n_faults++
            }
        }
        close(file)
    }
    END { exit n_faults > 0 }'
}

check() {
    (
        cd "$1"
        files=$(find apps include src tests -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort)
        [ "$files" ] || {
            echo "$1: no sources found, expected a tree with src/"
            exit 1
        }
        printf '%s\n' "$files" | judge
    )
}

# ---- self-test

# A row: what it shows | columns of the words put into it | line around them, @ | words of the sentence, or ok.
cases() {
    cat <<'END'
a comment that fits|94|/* @ */|ok
one that does not|95|/* @ */|src/a.c:2: 101 columns
a line of one|98| * @|src/a.c:2: 101 columns
a comment behind code|90|int i; /* @ */|src/a.c:2: 103 columns
a comment with a string|95|/* "@" */|src/a.c:2: 103 columns
a string|110|say("@");|ok
code|98|f(@);|src/a.c:2: 102 columns
END
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    cases >"$scratch/cases"
    while IFS='|' read -r what columns line words; do
        tree=$scratch/$n
        mkdir -p "$tree/src"
        text=$(printf "%${columns}s" '' | tr ' ' x)
        printf '/* A file. */\n%s\n' "${line%@*}$text${line#*@}" >"$tree/src/a.c"
        expect_case "$what" "$words" check "$tree"
    done <"$scratch/cases"
    tree=$scratch/by_hand
    mkdir -p "$tree/src"
    printf '/* clang-format off */\n%120s\n/* clang-format on */\n' x >"$tree/src/a.c"
    expect_case 'laid out by hand' ok check "$tree"
    printf '%120s\n' x >>"$tree/src/a.c"
    expect_case 'no longer so' 'src/a.c:4: 120 columns' check "$tree"
    printf '/* %s */\n' "$(printf '%60s' '' | sed 's/ /\xc3\xa9/g')" >"$tree/src/a.c"
    expect_case 'letters of two bytes' ok check "$tree"
    refuses_nothing check "$scratch/empty"
    sum_up
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
