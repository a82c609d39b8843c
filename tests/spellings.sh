#!/bin/sh
# The library has settings, programs have options: a sentence of the library names `key=value`, which
# apps/words.c spells as an option. No text in src or include does so itself.
#
#   spellings.sh [ROOT]       check the sources under ROOT (default: this repository)
#   spellings.sh --self-test  show on small trees that the check finds each kind of fault
set -eu

# A row: file | part of the text | what it is, if no option of ours.
allowed='
src/report/html_style.c|--|variables of a style sheet
src/core/make_blue_noise.c|-std=c17|the command that compiles it
src/audio/soundfile.c|sample_count -i |a command for another program, in a file
src/numbers/table.c|iconv -f |another program
src/study/kinds.c|ffmpeg -i |another program
src/study/kinds.c|dwebp IN -o |another program
src/study/kinds.c|rsvg-convert IN -o |another program
'

# Reads names of files on standard input, prints a sentence for each fault and fails if there is one.
judge() {
    awk -v allowed="$allowed" '
    function is_allowed(text,    i, field) {
        for (i = 1; i <= n_allowed; i++)
            if (split(row[i], field, "|") == 3 && field[1] == file && index(text, field[2]))
                return 1
        return 0
    }
    # One string: an option is two dashes and a word, or one and a letter.
    function judge_text(text,    found) {
        if (!match(text, /(^|[^a-zA-Z0-9_-])(--[a-z][a-z-]*|-[a-z]( |$))/) || is_allowed(text))
            return
        found = substr(text, RSTART, RLENGTH)
        sub(/^[^-]/, "", found)
        sub(/ $/, "", found)
        print file ":" n_lines ": \"" found "\" is an option, expected a setting, `key` or `key=value`"
        n_faults++
    }
    # The strings of a line, without its comments.
    function judge_line(line,    quote, stop, text) {
        while (line != "") {
            if (is_comment) {
                stop = index(line, "*/")
                line = stop ? substr(line, stop + 2) : ""
                is_comment = !stop
                continue
            }
            if (!match(line, /\/\*|\/\/|["\047]/))
                return
            quote = substr(line, RSTART, 1)
            if (quote == "/") {
                is_comment = substr(line, RSTART, 2) == "/*"
                line = is_comment ? substr(line, RSTART + 2) : ""
                continue
            }
            line = substr(line, RSTART + 1)
            if (quote == "\"")
                match(line, /^([^"\\]|\\.)*/)
            else
                match(line, /^([^\047\\]|\\.)*/)
            text = substr(line, 1, RLENGTH)
            line = substr(line, RLENGTH + 2)
            if (quote == "\"")
                judge_text(text)
        }
    }
    BEGIN { n_allowed = split(allowed, row, "\n") }
    {
        file = $0
        is_comment = n_lines = 0
        while ((getline line <file) > 0) {
            n_lines++
            judge_line(line)
        }
        close(file)
    }
    END { exit n_faults > 0 }'
}

check() {
    (
        cd "$1"
        files=$(find src include -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort)
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
    cat <<'END_OF_CASES'
a setting|src/a.c|fail("%s, expected a new name or `force`", path);|ok
an option|src/a.c|fail("%s, expected a new name or --force", path);|src/a.c:2: "--force" is an option, expected a setting
an option in a header|include/a.h|#define A "--drop"|include/a.h:2: "--drop"
in brackets|src/a.c|fail("at most %s (--max-memory)", most);|"--max-memory" is
a letter|src/a.c|fail("expected -o NAME.gguf");|"-o" is
a letter at the end|src/a.c|fail("expected -o");|"-o" is
the second string of a line|src/a.c|put(n ? "none" : ", --drop");|"--drop" is
behind an escaped quote|src/a.c|fail("\"--drop\"");|"--drop" is
two strings and less|src/a.c|x = f("a", --n, "b");|ok
a comment|src/a.c|/* "flac --keep-foreign-metadata" */|ok
a quote in a character|src/a.c|c = '"'; n = --depth; d = '"';|ok
a dash between words|src/a.c|put("error-diffusion a - b, 2--b");|ok
a comment of a page|src/a.c|put("<!-- text -->");|ok
a style sheet|src/report/html_style.c|"--paper:#fff"|ok
the same elsewhere|src/a.c|"--paper:#fff"|"--paper" is
END_OF_CASES
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    cases >"$scratch/cases"
    while IFS='|' read -r what file line words; do
        tree=$scratch/$n
        mkdir -p "$tree/src/report" "$tree/include"
        printf '/* A file. */\n%s\n' "$line" >"$tree/$file"
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
