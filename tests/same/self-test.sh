#!/bin/sh
# What differs between two programs is noticed, and only that; so are rows of `changed` that nothing
# needs. The programs are scripts, one of them wrong on purpose.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../cli/cli.sh"

mkdir -p "$base/tables" "$base/before" "$base/after/tests/same"
cp "$TWINS" "$base/after/tests/same/twins"
TABLES=$base/tables TMPDIR=$base
export TABLES TMPDIR
changed=$TABLES/changed

echo 'echo 1 >in' >"$TABLES/inputs.sh"
cat >"$TABLES/commands.sh" <<'EOT'
cat <<'LINES'
a: bitcrush text
a: bitcrush json in
b: bitcrush page
b: bitcrush slip 2>/dev/null; bitcrush slip
LINES
EOT
cat >"$base/before/bitcrush" <<'EOT'
#!/bin/sh
case $1 in
text)
    printf '  reduced  to 4 levels\n  time     0.%s s\n' $$
    printf '\0\1' >o.png
    ;;
json) printf '{\n  "snr_db": 1.5,\n  "time_s": 3.%se-05\n}\n' $$ ;;
page)
    mkdir small
    printf '<h1>SQNR</h1> <tr data-fact="time_s"><td><data value="0.0%s">0.%s s</data></td>\n' $$ $$ >small/page.html
    ;;
slip)
    echo 'bitcrush: bits 99: expected 1 to 16' >&2
    exit 2
    ;;
esac
EOT
chmod +x "$base/before/bitcrush"

# compared STATUS LAST_LINE SED: the program before, and what SED makes of it
compared() {
    sed -e "$3" "$base/before/bitcrush" >"$base/after/bitcrush"
    chmod +x "$base/after/bitcrush"
    run sh "$here/side-by-side.sh" "$base/before" "$base/after"
    exits "$1"
    [ "$(tail -n 1 "$out")" = "4 commands, $2" ] || fail "ends in \"$(tail -n 1 "$out")\", expected \"$2\""
}

it 'the same program is the same, and its time no difference'
: >"$changed"
compared 0 '0 differ as changed says, 0 otherwise' ''

it 'another word, another digit of JSON, another byte of a page below, another sentence'
compared 1 '0 differ as changed says, 4 otherwise' 's/to 4/to four/; s/1\.5/1.6/; s/SQNR/SNR/; s/99: expected/99: wanted/'
prints 'a: bitcrush text'
prints '    +  reduced  to four levels'
prints '    +  "snr_db": 1.6,'
prints '  small/page.html:'
prints '  stderr:'

it 'a file more, an input that is replaced, a file less, another status'
compared 1 '0 differ as changed says, 4 otherwise' \
    's/ >o.png/ >o.png; : >p.png/; s/^json)/json) echo 2 >out; mv out in;/; s/page\.html/PAGE.html/; s/exit 2/exit 3/'
prints '  p.png: only of the new program'
prints '  in: only of the new program'
prints '  small/page.html: only of the old program'
prints '    +3'

it 'another byte in a file, a death by a signal'
compared 1 '0 differ as changed says, 2 otherwise' 's/\\1/\\2/; s/exit 2/kill -s SEGV $$/'
prints '  o.png: 2 and 2 bytes'
prints '    +139'

it 'an input that is written into'
sed 's/^json)/json) echo 2 >in;/' "$base/before/bitcrush" >"$base/after/bitcrush"
run sh "$here/side-by-side.sh" "$base/before" "$base/after"
exits 2
mentions 'a program changed its input in place'

it 'what is named may differ, in the parts that are named'
printf '%s\n' 'stdout | text | a word' '* | page | a word' '*,stdout,status | slip | a word' >"$changed"
compared 1 '2 differ as changed says, 1 otherwise' 's/to 4/to four/; s/SQNR/SNR/; s/99: expected/99: wanted/'

it 'what a script undoes may differ, and nothing else'
printf '%s\n' 'stdout | text | a | s/four/4/' 'stdout | ^a | b | s/marks/levels/' >"$changed"
compared 0 '1 differ as changed says, 0 otherwise' 's/to 4 levels/to four marks/'
compared 1 '0 differ as changed says, 1 otherwise' 's/to 4 levels/to five marks/'

it 'a row that no command needs is a fault, where all are run'
echo 'stdout | slip | nothing' >>"$changed"
compared 1 '1 differ as changed says, 0 otherwise' 's/to 4 levels/to four marks/'
prints 'changed:3: no command needs this row: stdout | slip | nothing'
run sh "$here/side-by-side.sh" "$base/before" "$base/after" ^a
exits 0
prints '2 commands, 1 differ as changed says, 0 otherwise'

it 'what a script cuts out of both may differ, and nothing else'
printf '%s\n' 'stdout | text | a | s/reduced .*//' >"$changed"
compared 0 '1 differ as changed says, 0 otherwise' 's/to 4 levels/to 5 levels/'
compared 1 '0 differ as changed says, 1 otherwise' 's/to 4 levels/to 5 levels\\n  more/'

it 'another old program is run anew'
: >"$changed"
sed 's/to 4/to 5/' "$base/before/bitcrush" >"$base/program"
cat "$base/program" >"$base/before/bitcrush"
compared 0 '0 differ as changed says, 0 otherwise' ''

it 'a row that is none'
echo 'stdout slip' >"$changed"
run sh "$here/side-by-side.sh" "$base/before" "$base/after"
exits 2
mentions 'expected PARTS | REGEX | WHY [| SED]'

finish
