#!/bin/sh
# Damaged sounds with --salvage, and headers that lie about valid bits.
. "${0%/*}/cli.sh"

"$MAKE_SOUND" sine s24 48000 1 4801 good.wav
head -c 7447 good.wav >cut.wav
"$MAKE_SOUND" sine s24 48000 1 2467 short.wav
warning='damaged, what is there is taken: 7000 of 14403 bytes of samples are missing'

it 'without the option a cut file is refused'
bitcrush cut.wav 16 -o out.wav
exits 4
[ -e out.wav ] && fail 'something was written'

it 'with it what is there is taken, with a warning'
bitcrush short.wav 16 -q -o short-out.wav
bitcrush cut.wav 16 --salvage -q -o out.wav
exits 0
says "bitcrush: cut.wav: $warning"
cmp -s short-out.wav out.wav || fail 'another output'
bitcrush cut.wav 16 --salvage -n
exits 0
prints 'salvaged 7000 of 14403 bytes of samples are missing'
bitcrush cut.wav 16 --salvage -n --json
"$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
grep -qxF 'input.salvaged=7000 of 14403 bytes of samples are missing' "$base/facts" || fail 'JSON'
grep -qx 'input.frames=2467' "$base/facts" || fail 'frames'
run "$BITCRUSH" info cut.wav --salvage
exits 0
prints 'salvaged 7000 of 14403 bytes of samples are missing'
run "$BITCRUSH" compare short.wav cut.wav --salvage
exits 0
mentions 'are missing'

it 'nothing is no sound, with it or without'
head -c 44 good.wav >nothing.wav
bitcrush nothing.wav 16 --salvage -o none.wav
exits 4
mentions 'none is left to salvage'
[ -e none.wav ] && fail 'something was written'

it 'nor is what has a head and no frame that can be decoded, from a file or a pipe'
"$MAKE_SOUND" noise s16 48000 2 48000 long.wav
bitcrush long.wav 16 -q -o long.flac
for n in 42 60; do
    head -c $n long.flac >nothing.flac
    bitcrush nothing.flac 16 --salvage -o none.wav
    exits 4
    mentions 'nothing.flac: 48000 of 48000 frames are missing, none is left to salvage'
    cat nothing.flac | "$BITCRUSH" audio - 16 --salvage -o none.wav 2>"$err" && fail 'of a pipe'
    mentions 'none is left to salvage'
done
cat nothing.wav | "$BITCRUSH" audio - 16 --salvage -o none.wav 2>"$err" && fail 'WAV of a pipe'
mentions '4801 of 4801 frames are missing, none is left to salvage'
[ -e none.wav ] && fail 'something was written'

it 'a pipe that breaks off'
cat cut.wav | "$BITCRUSH" audio - 16 --salvage -q -f -o out.wav 2>"$err" || fail "status $?"
mentions '2334 of 4801 frames are missing'
bitcrush compare short-out.wav out.wav
prints 'SNR      infinite dB'

it 'FLAC that is cut'
head -c 100000 long.flac >cut.flac
bitcrush cut.flac 16 -n
exits 4
bitcrush cut.flac 16 --salvage -q -f -o out.wav
exits 0
mentions ': flac decoder lost sync; '
mentions 'of 48000 frames are missing'
bitcrush out.wav 16 -n --json
"$READ_JSON" <"$out" >"$base/facts"
frames=$(sed -n 's/^input.frames=//p' "$base/facts")
[ "$frames" -gt 20000 ] && [ "$frames" -lt 48000 ] || fail "$frames frames"

it 'a whole file is as without the option'
bitcrush good.wav 16 -q -f -o good-out.wav
bitcrush good.wav 16 --salvage -q -f -o out.wav
exits 0
silent "$err"
cmp -s good-out.wav out.wav || fail 'another output'

it 'weights are not salvaged'
run "$BITCRUSH" tensor good.wav q4_0 --salvage
exits 2

it 'valid bits that lie: samples of 24 bits under a header that says 16'
{
    printf 'RIFF\202\70\0\0WAVEfmt \50\0\0\0\376\377\1\0\200\273\0\0\200\62\2\0\3\0\30\0\26\0\20\0\4\0\0\0'
    printf '\1\0\0\0\0\0\20\0\200\0\0\252\0\70\233\161'
    tail -c +37 good.wav
} >lie.wav
bitcrush lie.wav 16 -n --json
exits 0
"$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
grep -qx 'settings.dither=tpdf' "$base/facts" || fail 'not dithered'
# RMS of the sine -6.02 dBFS, of TPDF in 16 bits -93.32: 87.30 dB
snr=$(sed -n 's/^metrics.snr_db=\([0-9]*\).*/\1/p' "$base/facts")
[ "$snr" = 87 ] || fail "SNR $snr"
grep -q 'input.note=the header says 16 valid bits, the samples use 24' "$base/facts" || fail 'no note'
cat lie.wav | "$BITCRUSH" audio - 16 -q -f -o out.wav 2>"$err" && fail 'a pipe passed on'
mentions 'the header says 16 valid bits and samples use more'
cat lie.wav | "$BITCRUSH" audio - 16 --dither tpdf -q -f -o out.wav || fail 'a dither by name'

finish
