#!/bin/sh
# Sounds through pipes: the same bytes as from file to file, whether the length is known or not;
# pipes that close early; signals.
# shellcheck disable=SC2002,SC2012 # cat makes the pipe that is tested; ls is for people
. "${0%/*}/cli.sh"

# Longer than a batch
"$MAKE_SOUND" noise s24 44100 2 20000 in.wav
# As a program writes it that cannot go back: both lengths are 0xFFFFFFFF
{
    head -c 4 in.wav
    printf '\377\377\377\377'
    tail -c +9 in.wav | head -c 32
    printf '\377\377\377\377'
    tail -c +45 in.wav
} >"$base/open.wav"

while read -r how; do
    it "to $how: from a file, a pipe, a named pipe, to a pipe"
    # shellcheck disable=SC2086 # words
    {
        bitcrush in.wav $how -q -o want.wav
        exits 0
        cat in.wav | "$BITCRUSH" - $how -q -o - >got.wav 2>"$err" || fail 'a pipe to a pipe'
        same got.wav want.wav
        cat in.wav | "$BITCRUSH" - $how -q -f -o got.wav 2>"$err" || fail 'a pipe to a file'
        same got.wav want.wav
        "$BITCRUSH" in.wav $how -q -o - 2>"$err" | cat >got.wav
        same got.wav want.wav
        mkfifo pipe
        cat in.wav >pipe &
        "$BITCRUSH" pipe $how -q -f -o got.wav 2>"$err" || fail 'a named pipe'
        wait
        same got.wav want.wav
        rm pipe

        # An unknown length: a file has its own, a pipe ends where it ends.
        bitcrush "$base/open.wav" $how -q -f -o got.wav
        same got.wav want.wav
        cat "$base/open.wav" | "$BITCRUSH" - $how -q -f -o got.wav 2>"$err" || fail 'open, to a file'
        bitcrush compare want.wav got.wav
        prints 'SNR      infinite dB'
        cat "$base/open.wav" | "$BITCRUSH" - $how -q -o - >got.wav 2>"$err" || fail 'open, to a pipe'
        bitcrush compare want.wav got.wav
        prints 'SNR      infinite dB'
        rm got.wav want.wav
    }
done <<'ROWS'
8
16 --dither none
12 --shape ath
mulaw
4.5
8 --hold 4
8 --subtractive
ROWS

it 'what lies behind the samples of a pipe is said'
{
    "$MAKE_SOUND" noise s16 44100 1 1001 short.wav
    { cat short.wav && printf 'LIST\016\0\0\0INFOINAM\002\0\0\0x\0'; } >more.wav
    cat more.wav | "$BITCRUSH" - 8 -f -o got.wav >"$out" 2>"$err" || fail 'chunks behind'
    prints '22 bytes behind the samples of a pipe are left out, the first of them "LIST"'
    cat more.wav | "$BITCRUSH" - 16 -f -o got.wav >"$out" 2>"$err" || fail 'chunks behind, passed'
    prints '22 bytes behind the samples of a pipe are left out, the first of them "LIST"'
    cat short.wav | "$BITCRUSH" - 8 -f -o got.wav >"$out" 2>"$err" || fail 'nothing behind'
    if grep -q behind "$out"; then
        fail 'bytes where there are none'
    fi
    rm short.wav more.wav got.wav
}

it 'what lies behind the samples is not waited for'
mkfifo pipe
for kind in wav flac; do
    "$MAKE_SOUND" sine s16 44100 1 30000 long.wav
    bitcrush long.wav 16 --dither none -q -f -o long.$kind
    { cat long.$kind && exec sleep 60; } >pipe &
    writer=$!
    timeout 20 "$BITCRUSH" audio pipe 8 -q -f -o got.wav 2>"$err" || fail "$kind: status $?"
    kill "$writer" 2>/dev/null || fail "$kind: waited for the writer"
    wait
done
timeout 20 "$BITCRUSH" audio - 8 -f -o got.wav >"$out" 2>"$err" <pipe &
reader=$!
cat long.wav /dev/zero >pipe 2>/dev/null
wait "$reader" || fail "no end: status $?"
prints 'note     at least 1048'
rm pipe long.wav long.flac got.wav

it 'the report goes to standard error when the sound goes to standard output'
cat in.wav | "$BITCRUSH" - 8 >got.wav 2>"$err"
status=$?
exits 0
mentions '- -> -'
mentions 'SNR'
cat in.wav | "$BITCRUSH" - 8 --json >got.wav 2>"$err"
"$READ_JSON" <"$err" >"$base/facts" || fail 'the report is no JSON'
grep -q '^input.size_bytes=' "$base/facts" && fail 'a pipe has no size'

# While the output waits, batches are read ahead: the last, short one into the place of a long one
# that is still to be written. Of a length that is not known nobody would miss what gets lost.
for batches in 9; do
    it "a slow reader gets all of $batches batches and a bit"
    "$MAKE_SOUND" noise s16 44100 1 $((batches * 32768 + 100)) slow.wav
    {
        head -c 4 slow.wav
        printf '\377\377\377\377'
        tail -c +9 slow.wav | head -c 32
        printf '\377\377\377\377'
        tail -c +45 slow.wav
    } >"$base/slow-open.wav"
    bitcrush slow.wav 8 -q -f -o want.wav --threads 1
    "$BITCRUSH" slow.wav 8 -q -o - --threads 2 2>"$err" | {
        sleep 0.1
        cat
    } >got.wav
    silent "$err"
    same got.wav want.wav
    cat "$base/slow-open.wav" | "$BITCRUSH" - 8 -q -o - --threads 2 2>"$err" | {
        sleep 0.1
        cat
    } >got.wav
    silent "$err"
    bitcrush compare want.wav got.wav
    exits 0
    prints 'SNR      infinite dB'
    rm want.wav
done

it 'programs in a row'
"$BITCRUSH" in.wav 16 -q -o - | "$BITCRUSH" - 8 -q --dither none | "$BITCRUSH" - 8 -q >got.wav
"$BITCRUSH" in.wav 16 -q -o 16.wav
"$BITCRUSH" 16.wav 8 -q --dither none -o want.wav
same got.wav want.wav

it 'a pipe that closes early ends a run quietly, as of a text'
for kind in 24 '8 --shape ath'; do
    {
        # shellcheck disable=SC2086 # words
        "$BITCRUSH" in.wav $kind --dither none -o - 2>"$err"
        echo $? >"$base/status"
    } | head -c 1000 >/dev/null
    status=$(cat "$base/status")
    exits 0
    grep -q 'standard output' "$err" && fail 'says what nobody waits for'
done

it 'a pipe that ends early is 4'
head -c 30000 in.wav | "$BITCRUSH" - 8 -o cut.wav >"$out" 2>"$err"
status=$?
exits 4
says 'bitcrush: standard input: ends after 4992 frames where the header says 20000'
[ ! -e cut.wav ] || fail 'cut.wav is there'
clean

ended() {
    [ "$(cat "$out")" = "$1" ] || fail "ended with \"$(cat "$out")\", expected \"$1\""
}

# A sound that is hours long, made as it is read
mkfifo "$base/endless"
for signal in INT TERM; do
    for how in 8 '8 --shape ath' '8 --threads 1'; do
        it "SIG$signal during a run to $how"
        echo 'precious' >out.wav
        "$MAKE_SOUND" sine s16 44100 2 500000000 "$base/endless" 2>/dev/null &
        # shellcheck disable=SC2086 # words
        "$INTERRUPT" "$signal" scratch "$BITCRUSH" "$base/endless" $how -f -o out.wav -q >"$out" 2>"$err"
        status=$?
        kill $! 2>/dev/null
        wait
        exits 0
        ended 'exit 130'
        says 'bitcrush: interrupted, no output written'
        [ "$(cat out.wav)" = precious ] || fail 'the old file changed'
        only out.wav
    done
done

finish
