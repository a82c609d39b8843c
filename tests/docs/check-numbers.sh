#!/bin/sh
# Every number that a page tells in its prose has to stand in one of its ```console blocks,
# whose commands and outputs run-docs.sh checks, or in the list at its end:
#
#     <!-- numbers
#     1948: the year of the paper
#     6.02, 1.76: the rule of thumb
#     28 = 7 * 32 / 8
#     -->
#
# A line of the list gives numbers and says where they come from, or derives one: the sum
# is worked out (as awk does), and its numbers, but for powers of ten, need an origin too.
# An entry that the page does not use is a fault.
#
#   - A number in prose may be rounded: 26.3 and 26 stand for a printed 26.28. Before %
#     it may be a printed share of 1. One with a minus needs a printed one with a minus.
#   - Whole numbers up to 12 without a unit are words, and numbers inside of names
#     (q8_0, float32) are names.
#   - Prose is everything but ```console and ```sh blocks, targets of links, and tags.
#
#     check-numbers.sh ROOT BIN PAGE...
#
# ROOT is the repository, BIN is not looked at, a PAGE is a Markdown file below ROOT,
# named from there. A fault is told with page and line; the exit status is then 1.
set -eu

root=$(CDPATH='' cd -P -- "$1" && pwd)
shift 2
LC_ALL=C
export LC_ALL

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM

# "LINE NUMBER VALUE" of each number that the list of a page derives, as an awk program.
derivations() {
    awk '/^<!-- numbers$/ { on = 1; next } /^-->$/ { on = 0 }
        on && /=/ {
            n = sum = $0
            sub(/ *=.*/, "", n)
            sub(/^[^=]*= */, "", sum)
            rest = sum
            gsub(/sqrt|log|exp/, "", rest)
            if (rest ~ /^[-+*\/^().0-9e ]+$/ && n ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/)
                printf "BEGIN { printf \"%%d %%s %%.15g\\n\", %d, \"%s\", %s }\n", NR, n, sum
            else
                printf "BEGIN { print %d, \"%s\", \"none\" }\n", NR, n
        }' "$1"
}

check() { # page derived
    awk -v page="$1" '
        function size(x) { return x + 0 < 0 ? -x : x + 0 }
        # Is the number written as `text` what x is when rounded so?
        function says(text, x,    digits, unit) {
            digits = text
            unit = 1
            if (match(digits, /e.*/)) {
                unit = 10 ^ substr(digits, RSTART + 1)
                digits = substr(digits, 1, RSTART - 1)
            }
            if (match(digits, /\..*/))
                unit /= 10 ^ (RLENGTH - 1)
            return size(text - x) <= 0.5 * unit * (1 + 1e-9)
        }
        function fault(line, words) {
            printf "%s:%d: %s\n", page, line, words
            failed = 1
        }
        # Note the numbers in s: those that are printed, told, or parts of a sum.
        function each_number(s, line, what,    before, after, text) {
            while (match(s, /[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/)) {
                before = substr(s, 1, RSTART - 1)
                text = substr(s, RSTART, RLENGTH)
                after = substr(s, RSTART + RLENGTH)
                s = after
                if (before ~ /[A-Za-z_]$/ || (after ~ /^[A-Za-z_]/ && after !~ /^(dB|Hz|kHz)/)) {
                    sub(/^[A-Za-z_0-9]*/, "", s) # a name, to its end
                    continue
                }
                if (before ~ /(^|[^A-Za-z0-9_)\]])-$/)
                    text = "-" text
                if (what == "printed") {
                    if (!((text) in is_printed))
                        printed[++n_printed] = text
                    is_printed[text]
                } else if (what == "told" || text !~ /^10*(e[0-9]+)?$/) {
                    told[++n_told] = text
                    place[n_told] = line
                    is_share[n_told] = after ~ /^ ?%/
                    has_unit[n_told] = after ~ /^ ?(%|dB|dBFS|k?Hz|bytes?|[kMG]i?B)([^A-Za-z]|$)/
                }
            }
        }
        function origin(i,    j, text, scale) {
            text = told[i]
            if (text ~ /^-?[0-9]+$/ && size(text) <= 12 && !has_unit[i])
                return 1
            for (j = 1; j <= n_given; j++)
                if (given[j] == text) {
                    is_used[j] = 1
                    return 1
                }
            for (j = 1; j <= n_printed; j++)
                for (scale = 1; scale <= (is_share[i] ? 100 : 1); scale *= 100)
                    if (says(text, (text ~ /^-/ ? printed[j] : size(printed[j])) * scale))
                        return 1
            return 0
        }
        function give(text, line) {
            gsub(/ /, "", text)
            given[++n_given] = text
            given_at[n_given] = line
        }
        FILENAME == ARGV[1] {
            if ($3 == "none" || !says($2, $3))
                fault($1, $2 " is not " $3 ", which its sum gives")
            next
        }
        in_list && /^-->$/ { in_list = 0; next }
        in_list && /=/ {
            give(substr($0, 1, index($0, "=") - 1), FNR)
            each_number(substr($0, index($0, "=") + 1), FNR, "summed")
            next
        }
        in_list {
            n = split(substr($0, 1, index($0, ":") - 1), entries, ",")
            if (!n)
                fault(FNR, "an entry of the list has no reason")
            for (k = 1; k <= n; k++)
                give(entries[k], FNR)
            next
        }
        /^<!-- numbers$/ && !fence { in_list = 1; next }
        /^```/ { fence = fence ? "" : $0; next }
        fence ~ /^```console/ { each_number($0, FNR, "printed"); next }
        fence ~ /^```sh/ { next }
        {
            gsub(/\]\([^)]*\)/, "]")
            gsub(/<[^>]*>/, "")
            sub(/^#+ [0-9]+\. /, "")
            sub(/^[0-9]+\. /, "")
            each_number($0, FNR, "told")
        }
        END {
            for (i = 1; i <= n_told; i++)
                if (!origin(i))
                    fault(place[i], "no command prints " told[i] ", and the list does not give it")
            for (j = 1; j <= n_given; j++)
                if (!is_used[j])
                    fault(given_at[j], "the list gives " given[j] ", which the page does not tell")
            exit failed
        }' "$2" "$root/$1"
}

worst=0
for page; do
    derivations "$root/$page" >"$scratch/sums"
    echo 'BEGIN { exit }' >>"$scratch/sums"
    awk -f "$scratch/sums" >"$scratch/derived"
    check "$page" "$scratch/derived" || worst=1
done
exit "$worst"
