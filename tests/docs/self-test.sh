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
expect 'a picture of other pixels' run-docs.sh 'docs/pictures/a.png is not' <<'EOF'
```console
$ bitcrush samples/coast.png 1 --dither bayer2 -q -f -o docs/pictures/a.png
```
EOF

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
