#!/bin/sh
# Where sounds go, under which names, and that nothing is lost when they cannot.
. "${0%/*}/cli.sh"

"$MAKE_SOUND" sine s24 44100 2 3000 in.wav

it 'the choice is in the name'
mkdir dir
cp in.wav dir/voice.wav
for choice in 8:8bit 4.5:4.5bit mulaw:mulaw e4m3:e4m3 8.0:8.0bit; do
    bitcrush dir/voice.wav "${choice%%:*}" -q
    exits 0
    [ -s "dir/voice-${choice#*:}.wav" ] || fail "dir/voice-${choice#*:}.wav is not there"
done
(cd dir && only voice.wav voice-8bit.wav voice-4.5bit.wav voice-mulaw.wav voice-e4m3.wav voice-8.0bit.wav)
rm -r dir

it 'the kind of the input stays'
for kind in flac aiff au caf w64 rf64; do
    bitcrush in.wav 16 -q -o "x.$kind"
    exits 0
    bitcrush "x.$kind" 8
    exits 0
    prints "x.$kind -> x-8bit.$kind"
    [ -s "x-8bit.$kind" ] || fail "x-8bit.$kind is not there"
    bitcrush compare "x.$kind" "x-8bit.$kind"
    exits 0
    rm "x.$kind" "x-8bit.$kind"
done

it 'but FLAC, which holds no mu-law, becomes WAV, or holds its values'
bitcrush in.wav 16 -q -o x.flac
bitcrush x.flac mulaw -q
exits 0
bitcrush x.flac mulaw -o y.flac
exits 0
prints 'FLAC holds no mu-law: values are stored in 16 bits, which hold them exactly'
bitcrush compare x-mulaw.wav y.flac --min-snr 200
exits 0
rm y.flac
only in.wav x-mulaw.wav x.flac

it 'on standard output, too'
"$BITCRUSH" x.flac 8 -q -o - >y.wav 2>"$err"
status=$?
exits 0
bitcrush x.flac 8 -q -o z.wav
same y.wav z.wav
rm x.flac x-mulaw.wav y.wav z.wav

it 'an existing output is not overwritten'
echo 'precious' >out.wav
bitcrush in.wav 8 -o out.wav
exits 6
says 'bitcrush: out.wav: exists already, expected a new name or --force to replace it'
[ "$(cat out.wav)" = precious ] || fail 'the old file changed'
only in.wav out.wav

it 'neither by what fails'
head -c 2000 in.wav >cut.wav
bitcrush cut.wav 8 -f -o out.wav
exits 4
[ "$(cat out.wav)" = precious ] || fail 'the old file changed'
bitcrush in.wav 4 -f -o out.wav --min-snr 60
exits 9
mentions 'bitcrush: in.wav: SNR 1'
mentions 'dB, expected at least 60.00 dB; no output written'
[ "$(cat out.wav)" = precious ] || fail 'the old file changed'
only cut.wav in.wav out.wav

it 'a sound may replace itself'
cp in.wav self.wav
bitcrush self.wav 8 -o self.wav -f -q
exits 0
bitcrush in.wav 8 -q
same self.wav in-8bit.wav
rm self.wav in-8bit.wav out.wav

it 'a bad file among several does not stop the rest'
"$MAKE_SOUND" noise f32 48000 1 100 other.wav
bitcrush in.wav cut.wav other.wav missing.wav 8 -o many/ -q
exits 4
mentions 'bitcrush: cut.wav: 1956 bytes of samples where the header says 18000, 16044 are missing'
mentions 'bitcrush: missing.wav: cannot be opened for reading: No such file or directory'
(cd many && only in-8bit.wav other-8bit.wav)
rm -r many cut.wav

it 'several files need a directory'
bitcrush in.wav other.wav 8 -o out.wav
exits 2
says 'bitcrush: -o out.wav: expected a directory for several files'

it 'a dry run writes nothing'
bitcrush in.wav 8 -n
exits 0
prints 'dry run, not written'
only in.wav other.wav

it 'a full device is 7'
if [ -w /dev/full ]; then
    for kind in 8 '8 --shape ath' mulaw; do
        # shellcheck disable=SC2086 # words
        bitcrush in.wav $kind -o /dev/full
        exits 7
        mentions 'bitcrush: /dev/full: writing failed after '
        mentions 'No space left on device'
    done
    "$BITCRUSH" in.wav 8 -o - >/dev/full 2>"$err"
    status=$?
    exits 7
    mentions 'bitcrush: standard output: writing failed after '
fi

it 'a full file system is 7, and nothing is left'
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
    "$MAKE_SOUND" noise s24 44100 2 60000 long.wav
    for name in out.wav out.flac; do
        bitcrush long.wav 16 -o "small/$name"
        exits 7
        mentions "No space left on device"
        (cd small && only)
    done
    umount small
    rm long.wav
fi
rmdir small

it 'a file size limit is 7'
if [ -z "${TSAN_OPTIONS-}" ]; then # that sanitizer itself dies of small limits
    (
        ulimit -f 8
        trap '' XFSZ
        "$BITCRUSH" in.wav 24 -o out.wav >"$out" 2>"$err"
    )
    status=$?
    exits 7
    mentions 'bitcrush: out.wav: writing failed after '
fi
only in.wav other.wav

it 'a guess of sound by content, not by name'
cp in.wav misnamed.png
bitcrush misnamed.png 8 -q
exits 0
[ -s misnamed-8bit.wav ] || fail 'misnamed-8bit.wav is not there'

finish
