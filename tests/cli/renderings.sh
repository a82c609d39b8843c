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
prints 'usage: bitcrush-image FILE... SPEC'
for medium in image audio tensor numbers; do
    bitcrush "$medium" --help
    exits 0
    prints "usage: bitcrush $medium FILE... SPEC"
    [ "$(wc -l <"$out")" -lt "$(wc -l <"$base/help")" ] || fail 'all options'
done

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
grep -A 1 '^feedback of weights' "$out" | grep -q '^  rows ' || fail 'no rows under feedback of weights'

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

it 'zsh takes the completion'
bitcrush --completion zsh
exits 0
silent "$err"
[ "$(head -n 1 "$out")" = '#compdef bitcrush bitcrush-image bitcrush-audio bitcrush-tensor' ] || fail 'no #compdef'
mkdir "$base/zsh"
cp "$out" "$base/zsh/_bitcrush"
if command -v zsh >/dev/null 2>&1; then
    run zsh -n "$base/zsh/_bitcrush"
    exits 0
    silent "$err"
    # Type a line and the tab key into a shell with an empty home; what its line has become.
    cat >"$base/complete.zsh" <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT= RPROMPT= ZDOTDIR=$1 TERM=dumb fpath=($1 \$fpath); autoload -Uz compinit
compinit -u -D; show() { print -r -- \"<<\$BUFFER>>\"; BUFFER= }; zle -N show; bindkey ^X show; print ready; print go"
while zpty -r shell line; do [[ $line == go* ]] && break; done
zpty -w -n shell "$2"$'\t\C-x'
while zpty -r shell line; do [[ $line == *'<<'*'>>'* ]] && break; done
line=${line#*<<}
print -r -- ${line%%>>*}
END
    it 'zsh completes options, choices and files'
    # Where there are no pseudo terminals, as in a plain chroot, nothing can be typed.
    typing=no
    zsh -f -c 'zmodload zsh/zpty && zpty shell true' >/dev/null 2>&1 && typing=yes
    : >file.png
    while [ "$typing" = yes ] && IFS='|' read -r typed whole; do
        run timeout 20 zsh -f "$base/complete.zsh" "$base/zsh" "$typed"
        [ "$(tr -d '\r' <"$out" | sed 's/ *$//')" = "$whole" ] || fail "$typed became $(cat "$out"), expected $whole"
    done <<'END'
bitcrush --dith|bitcrush --dither=
bitcrush in.png 4 --light=l|bitcrush in.png 4 --light=linear
bitcrush in.png 4 -f --outp|bitcrush in.png 4 -f --output=
bitcrush-audio --pal|bitcrush-audio --pal
bitcrush fi|bitcrush file.png
END
    rm file.png
fi

it 'fish takes the completion'
bitcrush --completion=fish
exits 0
prints 'complete -c bitcrush -l dither'
prints 'complete -c bitcrush-image -l dither'
cp "$out" "$base/bitcrush.fish"
if command -v fish >/dev/null 2>&1; then
    run env HOME="$base" XDG_CONFIG_HOME="$base" fish --no-execute "$base/bitcrush.fish"
    exits 0
    silent "$err"
    it 'fish completes options, choices and files'
    : >file.png
    while IFS='|' read -r typed word; do
        # shellcheck disable=SC2016 # fish's own variables
        run env HOME="$base" XDG_CONFIG_HOME="$base" fish -c 'source $argv[1]; complete -C "$argv[2]"' \
            "$base/bitcrush.fish" "$typed"
        grep -q -e "^$word" "$out" || fail "$typed: $(cat "$out"), expected $word"
    done <<'END'
bitcrush --dith|--dither
bitcrush in.png 4 --light l|linear
bitcrush in.png 4 --encoder e|exact
bitcrush fi|file.png
END
    it 'descriptions reach fish whole'
    # shellcheck disable=SC2016
    run env HOME="$base" XDG_CONFIG_HOME="$base" fish -c 'source $argv[1]; complete -C "bitcrush --enc"' \
        "$base/bitcrush.fish"
    prints "blocks byte for byte as GGML's, or of the least error"
    rm file.png
fi

finish
