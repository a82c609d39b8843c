#!/bin/sh
# Shows that the tests of the pages can fail: each row below is a page with one fault,
# which has to be told with its line, or a page without, which has to pass.
#
#     self-test.sh ROOT BIN
set -eu

root=$(CDPATH='' cd -P -- "$1" && pwd)
bin=$2
here=$root/tests/docs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
mkdir -p "$scratch/docs/manual" "$scratch/docs/pictures"
cp -R "$root/samples" "$scratch/samples"
cp "$root/dev" "$scratch/dev"
touch "$scratch/samples/coast-4bit.png" "$scratch/samples/piece-8bit.wav" # somebody has tried the program

# The page comes in on standard input, as $page.
page=page.md
expect() { # name script "pass" or what is told
    cat >"$scratch/$page"
    status=0
    told=$("$here/$2" "$scratch" "$bin" "$page" 2>&1) || status=$?
    if [ "$3" = pass ]; then
        [ "$status" -eq 0 ] && return
    else
        [ "$status" -eq 1 ] && printf '%s\n' "$told" | grep -qF -e "$3" && return
    fi
    printf '%s: expected %s, found status %s and\n%s\n' "$1" "$3" "$status" "$told"
    exit 1
}

expect 'a true page' run-docs.sh pass <<'EOF'
```console
$ echo one; echo 100 200 >&2
one
100 201
$ seq 5
1
...
5
$ echo two \
    three
two three
$ false
$ echo $?
1
$ ls samples/coast.png
samples/coast.png
```
```sh
this is not run
```
EOF
expect 'a page that makes what somebody has made before' run-docs.sh pass <<'EOF'
```console
$ bitcrush samples/coast.png 4 -q
$ bitcrush samples/piece.wav 8 -q
```
EOF
expect 'a wrong word' run-docs.sh 'page.md:4: expected' <<'EOF'
text
```console
$ echo right
wrong
```
EOF
expect 'a number that is 3 % off' run-docs.sh 'page.md:3: expected' <<'EOF'
```console
$ echo 100 dB
103 dB
```
EOF
expect 'a number that is not exact' run-docs.sh 'page.md:3: expected' <<'EOF'
```console exact
$ echo 1000 dB
1001 dB
```
EOF
expect 'a number within the share that the block allows' run-docs.sh pass <<'EOF'
```console 5%
$ echo 100 dB
104 dB
```
EOF
expect 'a number outside of it' run-docs.sh 'page.md:3: expected' <<'EOF'
```console 5%
$ echo 100 dB
106 dB
```
EOF
expect 'a sign' run-docs.sh 'page.md:3: expected' <<'EOF'
```console
$ echo +0.5
-0.5
```
EOF
expect 'a line too few' run-docs.sh 'page.md:4: expected' <<'EOF'
```console
$ seq 2
1
```
EOF
expect 'a line too many' run-docs.sh 'page.md:4: expected' <<'EOF'
```console
$ echo 1
1
2
```
EOF
expect 'nothing after any lines' run-docs.sh 'page.md:' <<'EOF'
```console
$ seq 3
...
4
```
EOF
expect 'a command that fails' run-docs.sh 'page.md:2: the command failed' <<'EOF'
```console
$ sh -c 'exit 3'
```
EOF
expect 'another exit status' run-docs.sh 'page.md:4: expected' <<'EOF'
```console exact
$ sh -c 'exit 3'
$ echo $?
4
```
EOF
expect 'a program that is not there' run-docs.sh 'page.md:2: the command failed' <<'EOF'
```console
$ bitcrush-nothing
...
```
EOF
expect 'a block without an end' run-docs.sh 'page.md:1: this block is not closed' <<'EOF'
```console
$ echo 1
1
EOF
expect 'output without a command' run-docs.sh 'page.md:2: output without' <<'EOF'
```console
1
```
EOF

"$bin/bitcrush" "$root/samples/coast.png" 1 --dither none -q -o "$scratch/docs/pictures/a.png"
expect 'a picture that is what the page makes' run-docs.sh pass <<'EOF'
```console
$ bitcrush samples/coast.png 1 --dither none -q -f -o docs/pictures/a.png
```
EOF
expect 'the same pixels in other bytes' run-docs.sh pass <<'EOF'
```console
$ bitcrush samples/coast.png 1 --dither none --fast -q -f -o docs/pictures/a.png
```
EOF
expect 'a picture of other pixels' run-docs.sh 'docs/pictures/a.png is not' <<'EOF'
```console
$ bitcrush samples/coast.png 1 --dither bayer2 -q -f -o docs/pictures/a.png
```
EOF

near() { # dB
    printf '<!-- pictures within %s dB: noise -->\n```console\n' "$1"
    printf '$ bitcrush samples/coast.png 7 --dither rpdf --seed %d -q -f -o docs/pictures/c.png\n' "$2"
    printf '```\n'
}
"$bin/bitcrush" "$root/samples/coast.png" 7 --dither rpdf -q -o "$scratch/docs/pictures/c.png"
near 30 1 | expect 'a picture that is near enough' run-docs.sh pass
near 60 1 | expect 'a picture that is not near enough' run-docs.sh 'docs/pictures/c.png is not'

svg='<svg><path d="M1,100 L7.5,20"/><text>0.5 step</text></svg>'
printf '%s\n' "$svg" >"$scratch/docs/pictures/b.svg"
draws() { # what sed makes of the plot
    printf '```console\n$ echo '"'%s' | sed 's/%s/' >docs/pictures/b.svg\n"'```\n' "$svg" "$1"
}
draws 'L7.5,20/L7.1,20.3' | expect 'a plot that is off by less than half a pixel' run-docs.sh pass
draws '20/23' | expect 'a plot of another curve' run-docs.sh 'docs/pictures/b.svg is not'
draws '0.5/0.6' | expect 'a plot with another number in it' run-docs.sh 'docs/pictures/b.svg is not'
draws 'step/bit' | expect 'a plot with another word in it' run-docs.sh 'docs/pictures/b.svg is not'
draws 'L7.5,20/L7.5,20L9,9' | expect 'a plot of a longer curve' run-docs.sh 'docs/pictures/b.svg is not'
cp "$scratch/docs/pictures/a.png" "$scratch/docs/pictures/page-a.png"
expect 'a picture of the page that the page does not make' run-docs.sh 'page-a.png is not made' </dev/null
rm "$scratch/docs/pictures/page-a.png"

numbers='```console
$ echo 26.28 dB, -3.5, 0.286, 7e9
26.28 dB, -3.5, 0.286, 7e9
```
'
tells() { # prose, and what belongs on the list of numbers
    printf '%s%s\n\n<!-- numbers\n%s-->\n' "$numbers" "$1" "${2-}"
}
# shellcheck disable=SC2016
tells '26.3 dB, 26 dB, -3.5, 28.6 %, 3 bits, `q8_0` and float32' |
    expect 'numbers that are printed, rounded, or words' check-numbers.sh pass
tells 'In 1948 the mean was 13.14.' '1948: a year
13.14 = 26.28 / 2
' | expect 'numbers that the list gives' check-numbers.sh pass
tells 'about 26.4' | expect 'a number that is not printed' check-numbers.sh 'page.md:5: no command prints 26.4'
tells 'about 5 dB' | expect 'a small number with a unit' check-numbers.sh 'page.md:5: no command prints 5'
tells 'about -26.28' | expect 'a number of the other sign' check-numbers.sh 'page.md:5: no command prints -26.28'
tells 'about 700000000' | expect 'a power of ten too few' check-numbers.sh 'page.md:5: no command prints 7'
tells 'half is 13.2' '13.2 = 26.28 / 2
' | expect 'a derivation that is wrong' check-numbers.sh 'page.md:8: 13.2 is not 13.14'
tells 'half is 14.5' '14.5 = 29 / 2
' | expect 'a derivation of nothing' check-numbers.sh 'page.md:8: no command prints 29'
tells 'no number' '1948: a year
' | expect 'a list that is too long' check-numbers.sh 'page.md:8: the list gives 1948'

expect 'links and verbs that are there' check-pages.sh pass <<'EOF'
[sample](samples/coast.png), [place](#place), [elsewhere](https://example.org/nothing)
```sh
./dev run samples/coast.png 4
```
EOF
expect 'a dead link' check-pages.sh 'page.md:2: the link leads to docs/none.md' <<'EOF'
text
[a](samples/coast.png) and [b](docs/none.md#part)
EOF
expect 'a verb that dev has not' check-pages.sh 'page.md:2: ./dev has no verb paint' <<'EOF'
```sh
./dev paint
```
EOF
page=docs/manual/image.md
expect 'a manual of nothing' check-pages.sh 'does not tell of `--dither' </dev/null
page=docs/manual/audio.md
for words in '`--shape-taps' '`hptpdf`' '`improved-e`' '`flac`'; do
    expect 'a manual of no sound' check-pages.sh "does not tell of $words" </dev/null
done
