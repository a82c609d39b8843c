#!/bin/sh
# One of a thing is singular: a format that counts things writes "%d byte(s)", which the sentences of
# errors and notes settle by the number (src/base/decimal.h), or the noun and its "s" apart, "%d byte%s".
#
#   plurals.sh [ROOT]       check the sources under ROOT (default: this repository)
#   plurals.sh --self-test  show on small trees that the check finds each kind of fault
set -eu

# A row: file | part of the format | why its number is never 1.
allowed='
src/audio/sound_writer.c|the header says %d bits|a header says 8 at least
src/tensor/importance.c|more than %d entries|a limit
src/audio/census.c|of %d bits a sample|a file has 8 at least
src/image/census.c|of %d bits a sample|more than are enough
src/study/curve.c|at 1 to %d bits|the deepest of a sweep
apps/stop.c|%d of %d files|told of several
apps/sweep_verb.c|1 to %d bits here|the deepest of a sweep
src/study/sweep_plot.c|from %d to %d bits|the deeper of two
src/image/sheet.c|%d bits|stands beside %d bit
src/image/show.c|each of the %u colours|histograms of one colour are not drawn
src/image/show.c|each of the %u codes|a bit has two
src/tensor/show.c|each of the %u levels|a type has two at least
src/explain/lines.c|values of %zu formats|two at least
src/explain/lines.c|%d bits, expected at most|more than can be drawn
src/explain/all.c|%d bits, expected at most|more than can be shown
src/explain/all.c|%zu finite values|a format has two at least
src/explain/steps.c|with zeros in front, %d bits|wider than a number that has one
src/explain/steps.c|and so on, %d times|more than are shown
src/explain/range.c|= %llu codes are enough|two at least
apps/lists.c|%u colours|a palette has two at least
src/base/limits.c|"%.*f %s"|units that have no plural
apps/option_texts.c|"  %3d %s|a status and what it means
src/explain/range.c|2^%d = %llu %s not|a verb
'

# Reads names of files on standard input, prints a sentence for each fault and fails if there is one.
judge() {
    awk -v allowed="$allowed" '
    # Is the number of this format never 1?
    function is_allowed(line,    i, field) {
        for (i = 1; i <= n_allowed; i++)
            if (split(row[i], field, "|") == 3 && field[1] == file && index(line, field[2]))
                return 1
        return 0
    }
    # A noun that is an argument: "%d %s". An "s" of its own behind it goes by the number.
    function judge_argument(line,    found) {
        if (!match(line, /%[-+#0-9]*(\.[0-9*]+)?(ll|l|z|j|t|hh|h)?[diufg] %s($|[^%])/) || is_allowed(line))
            return
        found = substr(line, RSTART, RLENGTH)
        sub(/%s.*/, "%s", found)
        print file ":" n_lines ": \"" found "\" hides a noun, expected it in the format, with (s) for its s"
        n_faults++
    }
    # A number and up to two words, the last of which ends in s. Sizes, "%u x %u pixels", have no singular.
    function judge_line(line,    rest, found, words, n) {
        gsub(/"[ \t]*PRI[a-zA-Z0-9]+[ \t]*"/, "u", line)
        rest = line
        gsub(/%[a-z]+ x %[a-z]+ [a-z]+/, "", rest)
        while (match(rest, /%[-+#0-9]*(ll|l|z|j|t|hh|h)?[diu]( [a-z-]+)+/)) {
            found = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART + RLENGTH)
            n = split(found, words, " ")
            if (n > 2 && words[2] !~ /s$/ && words[2] !~ /^(of|to|in|on|at|and|or|is|as|has|was|for|from)$/)
                words[2] = words[3]
            if (words[2] ~ /[a-z][^s]s$/ && words[2] !~ /^(has|was|this|its|takes|holds|says)$/ &&
                !is_allowed(line)) {
                print file ":" n_lines ": \"" found "\" of 1 is wrong, expected (s) for its s"
                n_faults++
            }
        }
    }
    BEGIN { n_allowed = split(allowed, row, "\n") }
    {
        file = $0
        n_lines = 0
        begun = ""
        while ((getline line <file) > 0) {
            n_lines++
            if (begun)
                sub(/^[ \t]*"/, begun, line)
            if (line ~ /"/) {
                judge_line(line)
                judge_argument(line)
            }
            begun = match(line, /(%[a-z]+ x )?%[-+#0-9]*(ll|l|z)?[diu] "$/) ? substr(line, RSTART, RLENGTH - 1) : ""
            if (begun)
                sub(/^/, "\"", begun)
        }
        close(file)
    }
    END { exit n_faults > 0 }'
}

check() {
    (
        cd "$1"
        files=$(find src apps -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort)
        [ "$files" ] || {
            echo "$1: no sources found, expected a tree with src/"
            exit 1
        }
        printf '%s\n' "$files" | judge
    )
}

# ---- self-test

# A row: what it shows | file | line put into it | words of the sentence, or ok.
cases() {
    cat <<'END'
a count that is settled|src/a.c|fail("%s: %zu byte(s), expected %d", n);|ok
an s apart|src/a.c|fail("%llu byte%s", n, n == 1 ? "" : "s");|ok
a count that is not|src/a.c|fail("%s: ends after %llu bytes, expected more", n);|src/a.c:2: "%llu bytes" of 1 is wrong
a count in a program|apps/a.c|printf("%d files\n", n);|"%d files" of 1
a word between|src/a.c|fail("%d valid bits", n);|"%d valid bits" of 1
a verb behind|src/a.c|fail("%zu tensors has names", n);|of 1 is wrong
the second of a line|src/a.c|fail("%u pair(s) and %u names", n);|"%u names" of 1
a type of its own|src/a.c|fail("%" PRIu64 " bytes", n);|"%u bytes" of 1
a noun that is an argument|src/a.c|fail("at most %.*f %s", n, units[i]);|src/a.c:2: "%.*f %s" hides a noun
an argument with an s apart|src/a.c|fail("%llu %s%s", n, noun, n == 1 ? "" : "s");|ok
a unit in its file|src/base/limits.c|show("%.*f %s", n, units[i]);|ok
a noun in the next line|src/a.c|fail("of %u "@    "channels", n);|src/a.c:3:
a size of two sides|src/a.c|fail("%u x %u pixels", w, h);|ok
a verb|src/a.c|fail("byte %llu has no %u of %s", n);|ok
an ordinal|src/a.c|fail("line %u is no colour", n);|ok
a unit that has no plural|src/a.c|fail("at %u Hz, %d dB of loss", n);|ok
a limit that is listed|src/tensor/importance.c|fail("%s: more than %d entries", n);|ok
the same elsewhere|src/a.c|fail("%s: more than %d entries", n);|"%d entries" of 1
END
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    cases >"$scratch/cases"
    while IFS='|' read -r what file line words; do
        tree=$scratch/$n
        mkdir -p "$tree/src/tensor" "$tree/src/base" "$tree/apps"
        printf '/* A file. */\n%s\n' "$line" | tr '@' '\n' >"$tree/$file"
        expect_case "$what" "$words" check "$tree"
    done <"$scratch/cases"
    refuses_nothing check "$scratch/empty"
    sum_up
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
