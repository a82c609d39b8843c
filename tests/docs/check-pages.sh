#!/bin/sh
# What the pages promise without showing it run: that links lead to files, that the
# words after ./dev are verbs of dev, and that the manual of each tool (and of sweep) has every option,
# dither, noise shaper and file format of the program, and one of them every exit status.
#
#     check-pages.sh ROOT BIN PAGE...
#
# ROOT is the repository, BIN the directory of the built programs, a PAGE is a Markdown
# file below ROOT, named from there. A fault is told with page and line; the exit status
# is then 1.
set -eu

root=$(CDPATH='' cd -P -- "$1" && pwd)
bin=$(CDPATH='' cd -P -- "$2" && pwd)
shift 2

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
worst=0

fault() {
    printf '%s\n' "$*"
    worst=1
}

# "LINE TARGET" of each link and picture that leads to a file, without its #anchor.
links() {
    awk '{
        rest = $0
        while (match(rest, /\]\([^)]*\)/)) {
            target = substr(rest, RSTART + 2, RLENGTH - 3)
            rest = substr(rest, RSTART + RLENGTH)
            sub(/#.*/, "", target)
            if (target != "" && target !~ /^[a-z]+:/)
                print NR, target
        }
    }' "$1"
}

# "LINE VERB" of each ./dev at the beginning of a line or inside `backquotes`.
verbs() {
    awk '{
        rest = $0
        while (match(rest, /(^|`)\.\/dev [a-z]+/)) {
            verb = substr(rest, RSTART, RLENGTH)
            rest = "." substr(rest, RSTART + RLENGTH)
            sub(/.* /, "", verb)
            print NR, verb
        }
    }' "$1"
}

# Everything the manual of a tool has to name, as it stands there.
promised() { # image, audio, tensor, numbers, explain or sweep
    case $1 in
    explain | sweep | numbers) set -- "$1" "$bin/bitcrush" "$1" ;;
    *) set -- "$1" "$bin/bitcrush-$1" ;;
    esac
    of=$1
    shift
    "$@" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/`\2/p'
    case $of in sweep | numbers) return 0 ;; esac
    [ "$of" != image ] || # where the manuals of the others lead to
        "$@" --help | sed -n '/^Exit status:/,/^$/p' | tr ',' '\n' |
            sed -n 's/^\(Exit status:\)* *\([0-9][0-9]*\) [a-z].*/| \2 /p'
    "$@" --list | awk -v formats="^$of formats" '
        /^[^ ]/ { on = /^dithers/ || /^noise shapers/ || /weights/ || $0 ~ formats; next }
        on { print "`" $1 "`" }'
}

"$root/dev" help | awk '/^  [a-z]/ { print $1 }' >"$scratch/verbs"

# Which lines of the file $1 stand nowhere in the file $2.
missing() {
    awk 'NR == FNR { wanted[++n] = $0; next }
    { for (i = 1; i <= n; i++) if (index($0, wanted[i])) has[i] = 1 }
    END { for (i = 1; i <= n; i++) if (!has[i]) print wanted[i] }' "$1" "$2"
}

for page; do
    directory=$root/$(dirname -- "$page")
    links "$root/$page" >"$scratch/found"
    while read -r line target; do
        [ -e "$directory/$target" ] || fault "$page:$line: the link leads to $target, which is not there"
    done <"$scratch/found"
    verbs "$root/$page" >"$scratch/found"
    while read -r line verb; do
        grep -qx -e "$verb" "$scratch/verbs" || fault "$page:$line: ./dev has no verb $verb"
    done <"$scratch/found"
    case $page in
    docs/manual/image.md | docs/manual/audio.md | docs/manual/tensor.md | docs/manual/numbers.md) ;;
    docs/manual/explain.md | docs/manual/sweep.md) ;;
    *) continue ;;
    esac
    promised "$(basename -- "$page" .md)" >"$scratch/promised"
    [ -s "$scratch/promised" ] || fault "$page:1: the program lists nothing to look for"
    missing "$scratch/promised" "$root/$page" >"$scratch/found"
    while IFS= read -r words; do
        fault "$page:1: does not tell of $words"
    done <"$scratch/found"
done
exit "$worst"
