#!/bin/sh
# Inputs that cannot be read: each has its status and its sentence, and leaves no output.
. "${0%/*}/cli.sh"

it 'a missing file is 3'
bitcrush missing.png 4
exits 3
says 'bitcrush: missing.png: cannot be opened for reading: No such file or directory'
only

it 'a directory is 3'
mkdir dir
bitcrush dir 4
exits 3
says 'bitcrush: dir: is a directory, expected a file'
only dir
rmdir dir

it 'an empty file is 4'
: >empty.png
bitcrush empty.png 4
exits 4
says 'bitcrush: empty.png: is empty, expected at least a file header'
only empty.png

it 'empty standard input is 4'
bitcrush - 4
exits 4
says 'bitcrush: standard input: is empty, expected at least a file header'
silent "$out"

it 'a file without a name is 3'
bitcrush '' 4
exits 3
mentions 'cannot be opened for reading: No such file or directory'
clean

it 'another kind of file is 5'
echo 'a text' >text.png
bitcrush text.png 4
exits 5
says 'bitcrush: text.png: holds no picture, sound, weights or numbers that are known here, expected a format that --list names'
bitcrush info text.png
exits 5
mentions 'text.png: holds no picture, sound, weights or numbers'
bitcrush report text.png text.png
exits 5
mentions 'text.png: holds no picture, sound, weights or numbers'
only text.png
clean

it 'an unreadable file is 3'
if [ "$(id -u)" -ne 0 ]; then
    "$MAKE_PNG" rgb 8 8 secret.png
    chmod 000 secret.png
    bitcrush secret.png 4
    exits 3
    says 'bitcrush: secret.png: cannot be opened for reading: Permission denied'
    only secret.png
    clean
fi

it 'a file that is too large is 8, without reading or allocating it'
for size in '1000000 1000000' '100001 100000' '4 1000001' '2147483647 2147483647'; do
    # two words
    # shellcheck disable=SC2086
    "$MAKE_PNG" claim $size huge.png
    bitcrush huge.png 4
    exits 8
    says "bitcrush: huge.png: ${size% *} x ${size#* } pixels, expected at most 1000000 a side and 10000000000 in all (--max-pixels)"
    only huge.png
done

it 'a size within the limits that the file does not fill is 4'
"$MAKE_PNG" claim 1000000 10000 huge.png
bitcrush huge.png 4
exits 4
mentions 'bitcrush: huge.png: '
only huge.png

it 'sizes of 0 or past 31 bits are 4'
for size in '0 5' '5 0' '4294967295 1'; do
    # shellcheck disable=SC2086
    "$MAKE_PNG" claim $size bad.png
    bitcrush bad.png 4 -o out.png
    exits 4
    only bad.png huge.png
done
clean

it 'trailing bytes after a picture do not matter'
"$MAKE_PNG" rgb 20 20 in.png
cp in.png longer.png
echo 'more' >>longer.png
bitcrush in.png 3 -q
exits 0
bitcrush longer.png 3 -q
exits 0
same in-3bit.png longer-3bit.png

finish
