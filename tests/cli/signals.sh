#!/bin/sh
# Signals end a run in order: status 130, a sentence, the old output as it was, no debris.
. "${0%/*}/cli.sh"

# Large enough to be busy for more than half a second
"$MAKE_PNG" rgb16 4000 3000 large.png
"$MAKE_PNG" noise 600 400 in.png

ended() {
    [ "$(cat "$out")" = "$1" ] || fail "ended with \"$(cat "$out")\", expected \"$1\""
}

for signal in INT TERM HUP; do
    it "SIG$signal during a run"
    run "$INTERRUPT" "$signal" scratch "$BITCRUSH" large.png 4 -o out.png --threads 1 -q
    exits 0
    ended 'exit 130'
    says 'bitcrush: interrupted, no output written'
    only in.png large.png
done

it 'an old output stays'
echo 'precious' >out.png
run "$INTERRUPT" INT scratch "$BITCRUSH" large.png 4 -o out.png -f -q
ended 'exit 130'
[ "$(cat out.png)" = precious ] || fail 'the old file changed'
only in.png large.png out.png
rm out.png

it 'a signal while standard input is awaited'
mkfifo "$base/pipe"
sleep 5 >"$base/pipe" 2>/dev/null &
"$INTERRUPT" INT 300 "$BITCRUSH" - 4 -o out.png <"$base/pipe" >"$out" 2>"$err"
status=$?
kill $! 2>/dev/null
wait
exits 0
ended 'exit 130'
says 'bitcrush: interrupted, no output written'
only in.png large.png

it 'a signal while rows are awaited'
{
    head -c 300000 in.png
    exec sleep 5
} >"$base/pipe" 2>/dev/null &
"$INTERRUPT" TERM scratch "$BITCRUSH" - 4 -o out.png --threads 1 <"$base/pipe" >"$out" 2>"$err"
status=$?
kill $! 2>/dev/null
wait
exits 0
ended 'exit 130'
says 'bitcrush: interrupted, no output written'
only in.png large.png

it 'a signal that was ignored from the start stays ignored, as nohup wants'
run "$INTERRUPT" ignored-HUP scratch "$BITCRUSH" large.png 4 -o out.png -q
exits 0
ended 'exit 0'
only in.png large.png out.png

finish
