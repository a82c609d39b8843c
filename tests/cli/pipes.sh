#!/bin/sh
# Standard input and output, pipes that close early, named pipes.
# shellcheck disable=SC2002 # cat makes the pipe that is tested
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 300 200 in.png
"$MAKE_PNG" noise 1500 1000 big.png
"$BITCRUSH" in.png 4 -q -o want.png

it 'from standard input to standard output, the report on standard error'
cat in.png | "$BITCRUSH" - 4 >got.png 2>"$err"
status=$?
exits 0
same got.png want.png
mentions '- -> -'
mentions 'SNR'
: >"$out"

it 'the JSON report goes to standard error too'
cat in.png | "$BITCRUSH" - 4 --json >got.png 2>"$err"
status=$?
exits 0
same got.png want.png
"$READ_JSON" <"$err" >"$base/facts" || fail 'the report is no JSON'
grep -q '^input.size_bytes=' "$base/facts" && fail 'a pipe has no size'
grep -q '^metrics.file_ratio=' "$base/facts" && fail 'a pipe has no size to compare with'

it 'with --quiet nothing but the picture'
"$BITCRUSH" - 4 -q <in.png >got.png 2>"$err"
status=$?
exits 0
same got.png want.png
silent "$err"

it 'a file to standard output, standard input to a file'
"$BITCRUSH" in.png 4 -q -o - >got.png
same got.png want.png
cat in.png | "$BITCRUSH" - 4 -o named.png >"$out" 2>"$err"
status=$?
exits 0
same named.png want.png
prints '- -> named.png'
silent "$err"

it 'standard output needs no --force'
echo 'old' >got.png
"$BITCRUSH" in.png 4 -q -o - >got.png
same got.png want.png

it 'programs in a row'
"$BITCRUSH" in.png 8 -q --dither none -o - | "$BITCRUSH" - 4 -q | "$BITCRUSH" - 4 -q >got.png
same got.png want.png

it 'a pipe that closes early ends a run quietly, as of a text'
{
    "$BITCRUSH" big.png 8 --dither none -o - 2>"$err"
    echo $? >"$base/status"
} | head -c 1000 >/dev/null
status=$(cat "$base/status")
exits 0
silent "$err"

it 'a pipe that was never read is one too'
{
    sleep 0.2
    "$BITCRUSH" in.png 4 -o - 2>"$err"
    echo $? >"$base/status"
} | :
status=$(cat "$base/status")
exits 0
silent "$err"

it 'what is no pipe and takes no more is a failed write'
if [ -c /dev/full ]; then
    "$BITCRUSH" in.png 4 -o - >/dev/full 2>"$err"
    status=$?
    exits 7
    mentions 'bitcrush: standard output: '
fi

it 'a closed standard output is a failed write'
"$BITCRUSH" in.png 4 -o - >&- 2>"$err"
status=$?
exits 7
mentions 'bitcrush: standard output: '

it 'a closed standard input cannot be read'
"$BITCRUSH" - 4 -o none.png <&- >"$out" 2>"$err"
status=$?
exits 3
mentions 'bitcrush: standard input: cannot be read'

it 'messages to a closed standard error never land in the output'
"$BITCRUSH" big.png 4 -q -o want-big.png
{
    head -c 2000000 big.png
    sleep 0.8 # a progress line is due after half a second
    tail -c +2000001 big.png
} | "$BITCRUSH" - 4 --progress always -o closed.png >/dev/null 2>&-
same closed.png want-big.png
"$BITCRUSH" in.png 4 -f -o closed.png <&- >&- 2>&-
same closed.png want.png

it 'named pipes are read and written'
mkfifo from to
cat in.png >from &
cat to >got.png &
"$BITCRUSH" from 4 -o to >"$out" 2>"$err"
status=$?
wait
exits 0
same got.png want.png
[ -p to ] || fail 'the pipe was replaced'

it 'a gate on a pipe lets all pass, or nothing'
"$MAKE_WEIGHTS" safetensors 4 100000 weights.safetensors
cp big.png picture.png
files='picture.png weights.safetensors'
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" noise s16 44100 2 700000 sound.wav
    files="$files sound.wav"
fi
for file in $files; do
    to=to.${file##*.} # weights have no format on standard output
    mkfifo "$to"
    cat "$to" >got.bin &
    timeout 60 "$BITCRUSH" "$file" 4 --min-snr 90 -q -o "$to" 2>"$err"
    status=$?
    exits 9
    wait
    [ -s got.bin ] && fail "$file: $(size_of got.bin) bytes passed a named pipe"
    cat "$to" >got.bin &
    timeout 60 "$BITCRUSH" "$file" 4 --min-snr -900 -q -o "$to" 2>"$err"
    status=$?
    exits 0
    wait
    rm "$to"
    bitcrush "$file" 4 -q -o "$to"
    same got.bin "$to"
    rm "$to"
done
bitcrush picture.png 4 --min-snr 90 -o -
exits 9
silent "$out"
mentions 'refused by --min-snr, not written'
TMPDIR=/nowhere bitcrush picture.png 4 --min-snr -900 -q -o -
exits 7
mentions 'temporary data'
[ -s "$out" ] && fail 'half a picture'
rm -f picture.png weights.safetensors sound.wav got.bin want.bin

it 'the end of a picture is enough, whoever writes it need not close the pipe'
for picture in in.png "$SAMPLES/coast.jpg"; do
    { cat "$picture" && exec sleep 60; } >from &
    writer=$!
    timeout 20 "$BITCRUSH" from 4 -q -f -o got.png 2>"$err" || fail "$picture: status $?"
    kill "$writer" 2>/dev/null || fail "$picture: waited for the writer"
    wait
done

finish
