#!/bin/sh
# What is rendered from the tables: help, lists, manual page, completions.
. "${0%/*}/cli.sh"

options='output force dry-run quiet json dither light scan strength rounding seed threads min-snr
list progress color help version man completion all steps scale zero-point text range step product
bits terms block format tensor'

it '--help is on standard output, with every option and exit status'
bitcrush --help
exits 0
silent "$err"
prints 'usage: bitcrush FILE... SPEC [OPTION...]'
for option in $options; do
    prints "--$option"
done
for exit in '0 ok' '2 usage' '3 cannot open' '4 corrupt input' '5 unsupported' \
    '6 refuses to overwrite' '7 write failed' '8 over a limit' '9 quality gate not met' \
    '70 internal error' '130 interrupted'; do
    tr '\n' ' ' <"$out" | grep -qF "$exit" || fail "no \"$exit\""
done
cp "$out" "$base/help"
[ "$(awk 'length > 100' "$out")" = '' ] || fail 'lines of more than 100 columns'

it '-h is --help, wherever it stands'
bitcrush missing.png -h 99
exits 0
same "$out" "$base/help"
run "$BITCRUSH_IMAGE" --help
exits 0
prints 'usage: bitcrush-image FILE... BITS'

it '--version names the program and its version'
bitcrush --version
exits 0
silent "$err"
grep -qE '^bitcrush [0-9]+\.[0-9]+\.[0-9]+' "$out" || fail 'no version'
[ "$(wc -l <"$out")" -eq 1 ] || fail 'more than a line'

it '--list shows every dither and format'
bitcrush --list
exits 0
silent "$err"
for name in none rpdf tpdf hptpdf gaussian bayer2 bayer4 bayer8 bayer16 floyd-steinberg png pnm; do
    grep -qE "^ +$name " "$out" || fail "no $name"
done
sed -n '/^dithers/,/^\(noise shapers\|grids\)/s/^  \([a-z0-9-]*\) .*/\1/p' "$out" >"$base/dithers"
[ "$(sort "$base/dithers" | uniq -d)" = '' ] || fail 'a dither is listed twice'

it 'every dither of --list works'
"$MAKE_PNG" rgb 40 30 in.png
while read -r dither; do
    bitcrush in.png 2 --dither "$dither" -o out.png -f
    exits 0
    prints "dither $dither"
done <"$base/dithers"
rm -f in.png out.png

it '--man is a page in man(7) form'
bitcrush --man
exits 0
silent "$err"
[ "$(head -c 13 "$out")" = '.TH bitcrush ' ] || fail 'it does not start with .TH bitcrush'
for section in NAME SYNOPSIS OPTIONS 'EXIT STATUS'; do
    grep -qx "\.SH $section" "$out" || fail "no section $section"
done
for option in $options; do
    grep -qF -e "\\-\\-$(printf '%s' "$option" | sed 's/-/\\-/g')" "$out" || fail "no --$option"
done
grep -qE "^[.'][^A-Z]" "$out" && fail 'a line of text begins like a request'
if command -v groff >/dev/null 2>&1; then
    groff -man -Tascii -ww "$out" >"$base/page" 2>"$err" || fail 'groff fails'
    silent "$err"
fi

it 'bash takes the completion'
bitcrush --completion bash
exits 0
silent "$err"
for option in $options; do
    prints "--$option"
done
cp "$out" "$base/bitcrush.bash"
if command -v bash >/dev/null 2>&1; then
    run bash -n "$base/bitcrush.bash"
    exits 0
    silent "$err"
    # complete WORD...: what bash offers for the last word
    cat >"$base/complete.bash" <<'EOF'
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_bitcrush
printf '%s\n' "${COMPREPLY[@]}"
EOF
    it 'bash completes options, choices and files'
    run bash "$base/complete.bash" "$base/bitcrush.bash" bitcrush --dit
    prints --dither
    run bash "$base/complete.bash" "$base/bitcrush.bash" bitcrush in.png 4 --light l
    [ "$(cat "$out")" = linear ] || fail 'no choice'
    : >file.png
    run bash "$base/complete.bash" "$base/bitcrush.bash" bitcrush 'fi'
    [ "$(cat "$out")" = file.png ] || fail 'no file'
    rm file.png
fi

it 'zsh and fish get theirs'
bitcrush --completion zsh
exits 0
[ "$(head -n 1 "$out")" = '#compdef bitcrush bitcrush-image bitcrush-audio bitcrush-tensor' ] || fail 'no #compdef'
cp "$out" "$base/_bitcrush"
command -v zsh >/dev/null 2>&1 && { run zsh -n "$base/_bitcrush"; exits 0; }
bitcrush --completion=fish
exits 0
prints 'complete -c bitcrush -l dither'
prints 'complete -c bitcrush-image -l dither'
cp "$out" "$base/bitcrush.fish"
command -v fish >/dev/null 2>&1 && { run fish -n "$base/bitcrush.fish"; exits 0; }

finish
