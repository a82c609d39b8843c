#!/bin/sh
# Runs the commands that the pages show and compares what they print with what the
# pages say.
#
#     run-docs.sh ROOT BIN PAGE...
#
# ROOT is the repository, BIN the directory of the built programs, a PAGE is a
# Markdown file below ROOT, named from there. Only fenced blocks that begin with
# ```console are looked at:
#
#   - A line that begins with "$ " is a command for sh; while it ends in a backslash
#     the next line belongs to it. The commands of a page run one after the other in
#     one scratch directory, which holds copies of samples/ and docs/pictures/, and
#     BIN as build/.
#   - The lines up to the next command are what it prints, standard error included.
#     A line "..." stands for any number of lines.
#   - Numbers may be off by 2 %, because sizes of files depend on the versions of
#     libraries; in a block that begins with ```console exact they may not, in one that
#     begins with ```console 5% by 5 %. What depends on the machine is not compared:
#     seconds, threads, the CPU level.
#   - A command fails only where the page goes on with `$ echo $?`.
#
# Pictures below docs/pictures that a page makes again have to be those of the
# repository: a PNG in its pixels, an SVG in its words and, within 2 % or half a pixel,
# its numbers. A page whose PNGs depend on more than the program says so in a line
# `<!-- pictures within 30 dB: why -->`; their difference may then be that much below
# them. The picture NAME-....png or .svg belongs to the page NAME.md, which has to make
# it.
#
# A difference is told with page and line; the exit status is then 1.
set -eu

root=$(CDPATH='' cd -P -- "$1" && pwd)
bin=$(CDPATH='' cd -P -- "$2" && pwd)
shift 2

PATH=$bin:$PATH
LC_ALL=C
export PATH LC_ALL
unset NO_COLOR BITCRUSH_CPU CDPATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM

# Cut a page into steps: files N.command, N.expected and N.place, the last with the
# line of the first expected line, by what share numbers may be off, and whether the
# page shows the exit status next.
cut_page() {
    awk -v page="$1" -v to="$2" '
        /^```/ && !in_block {
            in_block = 1
            is_console = $0 ~ /^```console( exact| [0-9.]+%)? *$/
            tolerance = $0 ~ /%/ ? $2 / 100 : $2 == "exact" ? 0 : 0.02
            opened = NR
            has_command = is_continued = 0
            next
        }
        /^```/ {
            in_block = 0
            next
        }
        !in_block || !is_console { next }
        is_continued {
            command[n] = command[n] $0 "\n"
            line[n] = NR + 1
            is_continued = $0 ~ /\\$/
            next
        }
        /^\$ / {
            command[++n] = substr($0, 3) "\n"
            line[n] = NR + 1
            allowed[n] = tolerance
            has_command = 1
            is_continued = $0 ~ /\\$/
            next
        }
        !has_command {
            printf "%s:%d: output without a command before it\n", page, NR
            failed = 1
            exit
        }
        { expected[n] = expected[n] $0 "\n" }
        function put(text, kind, i) {
            printf "%s", text > (to "/" i "." kind)
            close(to "/" i "." kind)
        }
        END {
            if (in_block && !failed) {
                printf "%s:%d: this block is not closed\n", page, opened
                failed = 1
            }
            for (i = 1; i <= n; i++) {
                put(command[i], "command", i)
                put(expected[i], "expected", i)
                put(line[i] " " allowed[i] " " (command[i + 1] == "echo $?\n") "\n", "place", i)
            }
            exit failed
        }' "$root/$1"
}

# Compare two files of lines; tell the first expected line that nothing printed fits.
compare() { # page line tolerance expected printed
    awk -v page="$1" -v first_line="$2" -v tolerance="$3" '
        # What depends on the machine, and spaces, which depend on the width of numbers.
        function even(s) {
            gsub(/[0-9]+(\.[0-9]+)?(e-[0-9]+)? s$/, "# s", s)
            gsub(/"time_s": [0-9.e-]+/, "\"time_s\": #", s)
            gsub(/"threads": [0-9]+/, "\"threads\": #", s)
            gsub(/"cpu": "[a-z0-9]+"/, "\"cpu\": #", s)
            gsub(/kernels at level [a-z0-9]+/, "kernels at level #", s)
            gsub(/[ \t]+/, " ", s)
            sub(/ $/, "", s)
            return s
        }
        function number_at(s) { return match(s, /[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) }
        function fits(a, b,    at_a, length_a, at_b, length_b, x, y, slack) {
            slack = a ~ /^</ ? 0.5 : 0 # a tag: places in pixels
            a = even(a)
            b = even(b)
            for (;;) {
                at_a = number_at(a); length_a = RLENGTH
                at_b = number_at(b); length_b = RLENGTH
                if (!at_a || !at_b)
                    return a == b
                if (substr(a, 1, at_a - 1) != substr(b, 1, at_b - 1))
                    return 0
                x = substr(a, at_a, length_a) + 0
                y = substr(b, at_b, length_b) + 0
                if ((x > y ? x - y : y - x) > tolerance * x + slack)
                    return 0
                a = substr(a, at_a + length_a)
                b = substr(b, at_b + length_b)
            }
        }
        # Do the expected lines from i on fit the printed ones from j on?
        function rest_fits(i, j) {
            for (; i <= n_expected && expected[i] != "..."; i++) {
                if (i > furthest)
                    furthest = i
                if (j > n_printed || !fits(expected[i], printed[j++]))
                    return 0
            }
            if (i > furthest)
                furthest = i
            if (i > n_expected)
                return j > n_printed
            return rest_fits(i + 1, j) || (j <= n_printed && rest_fits(i, j + 1))
        }
        FILENAME == ARGV[1] { expected[++n_expected] = $0; next }
        { printed[++n_printed] = $0 }
        END {
            furthest = 1
            if (rest_fits(1, 1))
                exit 0
            printf "%s:%d: expected\n", page, first_line + furthest - 1
            print "    " (furthest <= n_expected ? expected[furthest] : "no more lines")
            print "  but the command printed"
            for (j = 1; j <= n_printed; j++)
                print "    " printed[j]
            if (!n_printed)
                print "    nothing"
            exit 1
        }' "$4" "$5"
}

# Run the commands of a page. The exit status of one is seen by the next as $?.
run_page() { # page steps
    page=$1 steps=$2 status=0 result=0 i=1
    while [ -e "$steps/$i.place" ]; do
        read -r line tolerance shows_status <"$steps/$i.place"
        {
            printf '(exit %s)\n' "$status"
            cat "$steps/$i.command"
        } >"$steps/script"
        status=0
        (cd "$steps/tree" && exec sh "$steps/script") </dev/null >"$steps/printed" 2>&1 ||
            status=$?
        compare "$page" "$line" "$tolerance" "$steps/$i.expected" "$steps/printed" || result=1
        if [ "$status" -ne 0 ] && [ "$shows_status" -eq 0 ]; then
            printf '%s:%d: the command failed with status %d\n' "$page" $((line - 1)) "$status"
            result=1
        fi
        i=$((i + 1))
    done
    return "$result"
}

# The pixels of a picture, as PAM.
pixels() {
    bitcrush "$1" 8 --dither none -q -f -o "$2"
}

# An SVG with each tag and each text on a line of its own.
tags_and_texts() {
    awk '{ gsub(/</, "\n<"); gsub(/>/, ">\n"); print }'
}

# Is the first picture what the second is?
same_picture() { # made kept scratch, and the dB that are enough
    case $1 in
    *.svg)
        tags_and_texts <"$1" >"$3.made"
        tags_and_texts <"$2" >"$3.kept"
        compare "$2" 1 0.02 "$3.kept" "$3.made" >"$3.told"
        ;;
    *)
        pixels "$1" "$3-made.pam" && pixels "$2" "$3-kept.pam" || return 1
        cmp -s "$3-made.pam" "$3-kept.pam" || { [ "$4" ] &&
            bitcrush compare "$3-kept.pam" "$3-made.pam" | awk -v least="$4" '
                $1 == "SNR" { near = $2 >= least } END { exit !near }'; }
        ;;
    esac
}

compare_pictures() { # page steps
    result=0
    enough=$(sed -n 's/^<!-- pictures within \([0-9][0-9]*\) dB: .*/\1/p' "$root/$1")
    for made in "$2"/tree/docs/pictures/*.png "$2"/tree/docs/pictures/*.svg; do
        name=docs/pictures/${made##*/}
        if [ ! -e "$made" ] || cmp -s "$made" "$root/$name"; then
            continue
        fi
        if ! { [ -e "$root/$name" ] && same_picture "$made" "$root/$name" "$2/picture" "$enough"; }; then
            printf '%s: %s is not what the commands make\n' "$1" "$name"
            result=1
        fi
    done
    for kept in "$root/docs/pictures/$(basename -- "$1" .md)"-*; do
        if [ -e "$kept" ] && [ ! -e "$2/tree/docs/pictures/${kept##*/}" ]; then
            printf '%s: docs/pictures/%s is not made by the commands\n' "$1" "${kept##*/}"
            result=1
        fi
    done
    return "$result"
}

worst=0
n=0
for page; do
    n=$((n + 1))
    steps=$scratch/$n
    mkdir -p "$steps/tree/docs"
    cp -R "$root/samples" "$steps/tree/samples"
    # Whoever has tried the program has left its outputs beside the samples.
    rm -f "$steps"/tree/samples/*-*bit.* "$steps"/tree/samples/*-q4_k.gguf
    [ ! -d "$root/docs/formats" ] || cp -R "$root/docs/formats" "$steps/tree/docs/formats"
    if [ -d "$root/docs/pictures" ]; then
        cp -R "$root/docs/pictures" "$steps/tree/docs/pictures"
        rm -f "$steps/tree/docs/pictures/$(basename -- "$page" .md)"-*
    fi
    ln -s "$bin" "$steps/tree/build"
    cut_page "$page" "$steps" && run_page "$page" "$steps" && compare_pictures "$page" "$steps" ||
        worst=1
done
exit "$worst"
