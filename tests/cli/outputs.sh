#!/bin/sh
# Where the output goes, and that nothing is lost when it cannot.
# shellcheck disable=SC2012 # ls shows permissions
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 64 48 in.png
"$MAKE_PNG" noise 400 300 big.png
"$BITCRUSH" in.png 4 -o - >"$base/want.png" 2>/dev/null

it 'the output stands beside the input with the bits in its name'
mkdir dir
cp in.png dir/photo.old.png
cp in.png dir/plain
cp in.png dir/.hidden
bitcrush dir/photo.old.png 4
exits 0
prints 'dir/photo.old.png -> dir/photo.old-4bit.png'
bitcrush dir/plain 12
exits 0
bitcrush dir/.hidden 1
exits 0
cp in.png 'dir/up.case.PNG'
bitcrush dir/up.case.PNG 2
exits 0
(cd dir && only .hidden .hidden-1bit.png photo.old-4bit.png photo.old.png plain plain-12bit.png up.case-2bit.png up.case.PNG)
same dir/photo.old-4bit.png "$base/want.png"
bitcrush ./dir/../in.png 4
[ -e in-4bit.png ] || fail 'a dot in a directory name confuses the output name'
rm -rf dir in-4bit.png

it 'an existing output is not overwritten'
echo 'precious' >out.png
bitcrush in.png 4 -o out.png
exits 6
says 'bitcrush: out.png: exists already, expected a new name or --force to replace it'
silent "$out"
[ "$(cat out.png)" = precious ] || fail 'the old file changed'
only big.png in.png out.png

it 'neither is one with the default name'
cp out.png in-4bit.png
bitcrush in.png 4
exits 6
[ "$(cat in-4bit.png)" = precious ] || fail 'the old file changed'
rm in-4bit.png

it 'with --force it is replaced and keeps its permissions'
chmod 640 out.png
bitcrush in.png 4 -o out.png --force
exits 0
same out.png "$base/want.png"
[ "$(ls -l out.png | cut -c 1-10)" = '-rw-r-----' ] || fail "permissions: $(ls -l out.png)"
only big.png in.png out.png

it 'a symbolic link is followed'
mkdir dir
mv out.png dir/real.png
ln -s dir/real.png out.png
bitcrush in.png 2 -o out.png -f
exits 0
[ -L out.png ] || fail 'the link was replaced'
cmp -s dir/real.png "$base/want.png" && fail 'the target was not replaced'
rm -r out.png dir

it 'a picture may replace itself'
cp in.png self.png
bitcrush self.png 4 -o self.png -f
exits 0
same self.png "$base/want.png"
rm self.png

it 'a missing directory is 7'
bitcrush in.png 4 -o nowhere/out.png
exits 7
says 'bitcrush: nowhere/out.png: cannot be created: No such file or directory'
only big.png in.png

it 'a directory as output takes the file under its usual name'
mkdir dir.png
bitcrush in.png 4 -o dir.png -q
exits 0
[ -s dir.png/in-4bit.png ] || fail 'dir.png/in-4bit.png is not there'
rm -r dir.png

it 'a directory in the place of the file is 7'
mkdir in-4bit.png
bitcrush in.png 4 --force
exits 7
says 'bitcrush: in-4bit.png: is a directory, expected a file to write'
rmdir in-4bit.png

it 'a bad file among several does not stop the rest'
head -c 500 big.png >bad.png
bitcrush in.png bad.png big.png missing.png 2 -o many/ -q
exits 4
mentions 'bitcrush: bad.png: file ends early'
mentions 'bitcrush: missing.png: cannot be opened for reading: No such file or directory'
[ -s many/in-2bit.png ] && [ -s many/big-2bit.png ] || fail 'the good files are not there'
rm -r many bad.png

it 'several files need a directory'
bitcrush in.png big.png 2 -o out.png
exits 2
says 'bitcrush: -o out.png: expected a directory for several files'

it 'a read-only directory is 7'
if [ "$(id -u)" -ne 0 ]; then
    mkdir closed
    cp in.png closed
    chmod 555 closed
    bitcrush closed/in.png 4
    exits 7
    says 'bitcrush: closed/in-4bit.png: cannot be created: Permission denied'
    chmod 755 closed
    (cd closed && only in.png)
    rm -r closed
fi

it 'a full device is 7'
if [ -w /dev/full ]; then
    bitcrush in.png 4 -o /dev/full
    exits 7
    mentions 'bitcrush: /dev/full: writing failed'
    mentions 'No space left on device'
    "$BITCRUSH" in.png 4 -o - >/dev/full 2>"$err"
    status=$?
    exits 7
    mentions 'bitcrush: standard output: writing failed'
    it 'a report that cannot be written is 7'
    "$BITCRUSH" in.png 4 -n >/dev/full 2>"$err"
    status=$?
    exits 7
    says 'bitcrush: the report cannot be written'
    for text in --help --list --man --version '--completion=bash'; do
        it "$text that cannot be written is 7"
        "$BITCRUSH" "$text" >/dev/full 2>"$err"
        status=$?
        exits 7
    done
fi

it 'a full disk leaves the old file and no debris'
echo 'precious' >out.png
[ "${TSAN_OPTIONS-}" ] || for bits in 1 8 16; do # that sanitizer itself dies of small limits
    # 16 blocks: 8 or 16 KiB, less than the picture takes at any depth
    (ulimit -f 16 && exec "$BITCRUSH" big.png "$bits" -o out.png -f) >"$base/small-out" 2>"$base/small-err"
    status=$?
    cp "$base/small-err" "$err"
    : >"$out"
    exits 7
    mentions 'bitcrush: out.png: writing failed'
    mentions 'File too large'
    [ "$(cat out.png)" = precious ] || fail 'the old file changed'
    only big.png in.png out.png
done
rm out.png

it 'a full disk for temporary data is 7 and leaves nothing either'
"$MAKE_PNG" rgba 2000 1600 wide.png # opaque: rows wait for the layout, past 16 MiB on disk
TMPDIR=$base/nowhere run "$BITCRUSH" wide.png 8 -o out.png
exits 7
says 'bitcrush: temporary data: no temporary file can be made: No such file or directory'
only big.png in.png wide.png
rm wide.png

it 'pictures of other formats are chosen by the name'
bitcrush in.png 4 -o out.ppm
exits 0
[ "$(head -c 2 out.ppm)" = P6 ] || fail 'out.ppm is no PPM'
bitcrush in.png 4 -o out.PNG
exits 0
same out.PNG "$base/want.png"
rm out.ppm out.PNG

it '--dry-run writes nothing and predicts the exact size'
for dither in none floyd-steinberg rpdf; do
    for bits in 1 4 7 16; do
        bitcrush in.png "$bits" --dither "$dither" --dry-run --json
        exits 0
        only big.png in.png
        "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
        predicted=$(sed -n 's/^output.size_bytes=//p' "$base/facts")
        snr=$(sed -n 's/^metrics.snr_db=//p' "$base/facts")
        bitcrush in.png "$bits" --dither "$dither" --json -o out.png
        "$READ_JSON" <"$out" >"$base/facts"
        [ "$predicted" = "$(size_of out.png)" ] ||
            fail "$dither, $bits bits: predicted $predicted, wrote $(size_of out.png) bytes"
        [ "$snr" = "$(sed -n 's/^metrics.snr_db=//p' "$base/facts")" ] ||
            fail "$dither, $bits bits: predicted $snr dB"
        rm out.png
    done
done

it 'a dry run says so'
bitcrush in.png 4 -n
exits 0
prints 'in.png -> in-4bit.png (dry run, not written)'
only big.png in.png

finish
