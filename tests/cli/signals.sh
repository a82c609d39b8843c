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

for signal in INT TERM HUP; do
    it "SIG$signal at the very beginning"
    (
        unset OMP_WAIT_POLICY
        run "$INTERRUPT" "$signal" begin "$BITCRUSH" large.png 4 -o out.png --threads 1 -q
        echo "$status" >"$base/began"
    )
    status=$(cat "$base/began")
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

it 'several files: what is done is told'
"$MAKE_PNG" rgb 16 16 small.png
mkdir made
mkfifo "$base/late.png"
sleep 5 >"$base/late.png" 2>/dev/null &
run "$INTERRUPT" INT 1000 "$BITCRUSH" small.png "$base/late.png" 4 -o made -q
kill $! 2>/dev/null
wait
ended 'exit 130'
says 'bitcrush: interrupted after 1 of 2 files, no output written for the rest'
[ -e made/small-4bit.png ] || fail 'the first is not there'
rm -r made small.png

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

"$MAKE_PNG" interlaced 4000 3000 whole.png
"$MAKE_WEIGHTS" safetensors 6000 2048 w.safetensors
rm -f in.png

# stops ARGUMENT...: a signal in the middle of it ends it within a second, and leaves nothing. Sooner for a
# run that is over too fast, later for one that the linker still puts together; a program that takes no
# notice ends with 0, or by the signal, every time.
stops() {
    it "SIGTERM in the middle of $*"
    TMPDIR=$base/tmp
    export TMPDIR
    mkdir -p "$TMPDIR"
    delay=200
    for _ in 1 2 3 4 5 6; do
        run "$INTERRUPT" TERM "$delay" "$BITCRUSH" "$@" --threads 1
        case $status/$(tail -n 1 "$out") in
        */'signal 15') delay=$((delay * 3)) ;; # on a busy machine: it had not begun
        1/* | */'exit 0') delay=$((delay / 2)) ;; # it had ended, or while the signal was on its way
        *) break ;;
        esac
        rm -f out.*
    done
    exits 0
    ended 'exit 130'
    mentions 'interrupted, no output written'
    only large.png w.safetensors whole.png
    [ -z "$(ls -A "$TMPDIR")" ] || fail "left in TMPDIR: $(ls -A "$TMPDIR")"
    unset TMPDIR
}

stops large.png 4 -o out.png
stops large.png --palette 200 -o out.png
stops large.png 4 --small -o out.png
stops whole.png 4 -o out.png
stops info large.png
stops info whole.png
stops compare large.png whole.png
stops sweep large.png 1..8
stops report large.png 4 -o out.html
stops report large.png -o out.html
stops w.safetensors q4_k --encoder best -o out.gguf
stops w.safetensors int4 --scale mse --group tensor -o out.safetensors
stops w.safetensors int4 --scale percentile --group tensor -o out.safetensors
stops compare w.safetensors w.safetensors
stops sweep w.safetensors 1..8
stops report w.safetensors iq4_nl -o out.html
rm -f w.safetensors whole.png
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" noise s24 44100 2 4000000 whole.png # the names of the pictures serve once more
    "$MAKE_SOUND" noise s24 44100 2 4000000 w.safetensors
    stops whole.png 8 --shape ath -o out.wav
    stops info whole.png
    stops compare whole.png w.safetensors
    stops sweep whole.png 1..8
    stops report whole.png 8 -o out.html
fi
rm -f w.safetensors whole.png
"$MAKE_PNG" noise 600 400 in.png

it 'a signal that was ignored from the start stays ignored, as nohup wants'
run "$INTERRUPT" ignored-HUP scratch "$BITCRUSH" large.png 4 -o out.png -q
exits 0
ended 'exit 0'
only in.png large.png out.png

finish
