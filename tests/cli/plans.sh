#!/bin/sh
# No output of a run is another file of it: every pair of roles, by every way to name a file.
. "${0%/*}/cli.sh"

mkdir dir
"$MAKE_PNG" rgb 40 30 a.png
cp a.png dir/a.png
cp a.png b.png
printf '000000\nffffff\n' >pal.txt
"$MAKE_WEIGHTS" safetensors 64 64 w.safetensors
printf 'not read\n' >im.dat
if [ -n "$SOUND" ]; then
    "$MAKE_SOUND" sine s16 44100 1 4000 a.wav
    cp a.wav b.wav
    printf '20 60\n1000 4\n4000 -5\n20000 60\n' >curve.txt
fi
ln -s a.png soft.png
ln a.png hard.png
ln -s dir way

state_of_files() {
    find . -type f -exec cksum {} + | sort
}

# refused ONE OTHER ARGUMENT...: status 2, a sentence that names both, and no file was touched
refused() {
    one=$1 other=$2
    shift 2
    state_of_files >"$base/before"
    bitcrush "$@" -f -q
    exits 2
    mentions "the $one"
    mentions "is the same file as the $other"
    mentions 'expected a name of its own'
    state_of_files >"$base/after"
    cmp -s "$base/before" "$base/after" || fail "$*: files changed: $(diff "$base/before" "$base/after")"
}

it 'two inputs with one derived name'
"$MAKE_PNG" rgb 40 30 a.ppm
refused 'output of a.ppm' 'output of a.png' a.png a.ppm 2
refused 'output of a.png' 'output of a.png' a.png a.png 2
refused 'output of dir/a.png' 'output of a.png' a.png dir/a.png 2 -o new/
refused 'output of ./a.png' 'output of a.png' a.png ./a.png 2 -o dir
refused 'output of way/a.png' 'output of dir/a.png' dir/a.png way/a.png 2
refused 'output of a.ppm' 'output of a.png' a.png a.ppm 2 -n
[ ! -e new ] || fail 'the directory was made'

it 'an output that is an input, whatever it is called there'
refused 'output of a.png' 'input a-2bit.png' a.png a-2bit.png 2
cp a.png a-2bit.png
refused 'output of a.png' 'input a-2bit.png' a.png a-2bit.png 2
refused 'output of a.png' 'input ./dir/../a-2bit.png' a.png ./dir/../a-2bit.png 2
ln -sf a.png a-2bit.png
refused 'output of a.png' 'input a.png' a.png b.png 2
rm a-2bit.png
refused 'output pal.txt' 'palette pal.txt' a.png --palette pal.txt -o pal.txt
refused 'output ./pal.txt' 'palette pal.txt' a.png --palette pal.txt -o ./pal.txt

it 'a page that is another file of the run'
refused 'page a.png' 'input a.png' a.png 4 --report a.png
refused 'page soft.png' 'input a.png' a.png 4 --report soft.png
refused 'page hard.png' 'input a.png' a.png 4 --report hard.png
refused 'page o.png' 'output o.png' a.png 4 -o o.png --report o.png
refused 'page way/o.png' 'output dir/o.png' a.png 4 -o dir/o.png --report way/o.png
refused 'page dir//./o.png' 'output dir/o.png' a.png 4 -o dir/o.png --report dir//./o.png
refused 'page pal.txt' 'palette pal.txt' a.png --palette pal.txt --report pal.txt

# Before they are read, whatever is wrong with them: what makes no sense as a palette, a curve or a matrix.
head -c 2000000 /dev/zero >zeros
refused 'output zeros' 'palette zeros' a.png --palette zeros -o zeros
refused 'output zeros' 'palette zeros' a.png b.png --palette zeros -o zeros
refused 'output zeros' 'importance matrix zeros' w.safetensors q4_0 --imatrix zeros -o zeros
refused 'output a.png' 'palette a.png' b.png --palette a.png -o a.png
if [ "$SOUND" = ON ]; then
    refused 'output zeros' 'curve of --shape zeros' a.wav 8 --shape zeros -o zeros
    refused 'output zeros' 'curve of --feedback zeros' a.wav 8 --feedback zeros -o zeros
fi
rm zeros
refused 'page a.png' 'input a.png' report a.png 4 -o a.png
refused 'page b.png' 'input b.png' report a.png b.png -o b.png
refused 'page of a.ppm' 'page of a.png' report a.png a.ppm 2

it 'sheets and plots of a sweep'
refused 'plot a.png' 'input a.png' sweep a.png 1..2 --plot a.png
refused 'sheet soft.png' 'input a.png' sweep a.png 1..2 --sheet soft.png
refused 'sheet same.png' 'plot same.png' sweep a.png 1..2 --plot same.png --sheet same.png
refused 'sheet -' 'plot -' sweep a.png 1..2 --plot - --sheet -

if [ -n "$SOUND" ]; then
    it 'plots of sound'
    refused 'plot a.wav' 'input a.wav' a.wav 8 -o o.wav --plot a.wav
    refused 'plot o.wav' 'output o.wav' a.wav 8 -o o.wav --plot o.wav
    refused 'plot -' 'output -' a.wav 8 -o - --plot -
    refused 'page o.svg' 'plot o.svg' a.wav 8 --plot o.svg --report o.svg
    refused 'page a.wav' 'input a.wav' a.wav 8 --plot o.svg --report a.wav
    refused 'plot curve.txt' 'curve of --shape curve.txt' a.wav 8 --shape curve.txt --plot curve.txt
    refused 'output curve.txt' 'curve of --shape curve.txt' a.wav 8 --shape curve.txt -o curve.txt
    refused 'plot a.wav' 'input a.wav' compare a.wav b.wav --plot a.wav
    refused 'plot b.wav' 'input b.wav' compare a.wav b.wav --plot b.wav
    it 'sound that is restored'
    cp a.wav a.copy.wav
    refused 'output of a.wav' 'output of a.wav' restore a.wav a.wav
    cp a.wav a-restored.wav
    refused 'output of a.wav' 'input a-restored.wav' restore a.wav a-restored.wav
    rm a-restored.wav a.copy.wav
    it 'a sound may replace itself'
    cp a.wav self.wav
    bitcrush a.wav 8 -q -o want.wav
    exits 0
    bitcrush self.wav 8 -q -f -o self.wav
    exits 0
    same self.wav want.wav
    rm self.wav want.wav
fi

it 'weights are never written onto themselves, nor onto a part of them'
refused 'output w.safetensors' 'input w.safetensors' w.safetensors f16 -o w.safetensors
refused 'output im.dat' 'importance matrix im.dat' w.safetensors q4_0 --imatrix im.dat -o im.dat
refused 'page w.safetensors' 'input w.safetensors' w.safetensors q4_0 --report w.safetensors
printf '{"weight_map": {"a.weight": "w.safetensors", "b.weight": "w.safetensors"}}' >w.safetensors.index.json
refused 'output w.safetensors' 'part w.safetensors' w.safetensors.index.json f16 -o w.safetensors
refused 'output w.safetensors.index.json' 'input w.safetensors.index.json' w.safetensors.index.json f16 \
    -o w.safetensors.index.json
ln w.safetensors linked.safetensors
refused 'output linked.safetensors' 'part w.safetensors' w.safetensors.index.json f16 -o linked.safetensors

it 'a part of a set, or a curve, is no place for a page or a plot'
refused 'plot w.safetensors' 'part w.safetensors' sweep w.safetensors.index.json 2..3 --plot w.safetensors
refused 'page w.safetensors' 'part w.safetensors' report w.safetensors.index.json -o w.safetensors
refused 'page w.safetensors' 'part w.safetensors' report w.safetensors.index.json f16 -o w.safetensors
cp w.safetensors s-00001-of-00002.safetensors
cp w.safetensors s-00002-of-00002.safetensors
printf '{"weight_map": {"a.weight": "s-00001-of-00002.safetensors", "b.weight": "s-00002-of-00002.safetensors"}}' \
    >s.safetensors.index.json
refused 'plot s-00002-of-00002.safetensors' 'part s-00002-of-00002.safetensors' \
    sweep s-00001-of-00002.safetensors 2..3 --plot s-00002-of-00002.safetensors
if [ -n "$SOUND" ]; then
    refused 'page curve.txt' 'curve of --shape curve.txt' report a.wav a.png --shape curve.txt -o curve.txt
fi

it 'two files of one set are the whole set twice'
bitcrush s-00001-of-00002.safetensors s-00002-of-00002.safetensors f16 -q
exits 2
mentions 's-00002-of-00002.safetensors: is of one set with s-00001-of-00002.safetensors, which is read whole'

it 'pictures that are called like a set are files by themselves'
cp a.png n-00001-of-00002.png
cp a.png n-00002-of-00002.png
bitcrush n-00001-of-00002.png n-00002-of-00002.png 4 -q
exits 0
bitcrush compare n-00001-of-00002.png n-00002-of-00002.png
exits 0

it 'shards without an index are files by themselves'
mkdir alone
cp w.safetensors alone/q-00001-of-00002.safetensors
cp w.safetensors alone/q-00002-of-00002.safetensors
bitcrush alone/q-00001-of-00002.safetensors alone/q-00002-of-00002.safetensors f16 -q
exits 0

it 'directories that are called like sets are none'
mkdir first-of-two third-of-two
cp w.safetensors first-of-two/m.safetensors
cp w.safetensors third-of-two/m.safetensors
bitcrush first-of-two/m.safetensors third-of-two/m.safetensors f16 -q
exits 0

it 'what is no collision'
cp a.png self.png
bitcrush a.png 4 -q -o want.png
bitcrush self.png 4 -q -f -o self.png
exits 0
same self.png want.png
cp a.png self.png
ln -s self.png link.png
bitcrush link.png 4 -q -f -o self.png
exits 0
same self.png want.png
cp a.png self.png
run sh -c '"$BITCRUSH" - 4 -q -f -o self.png <self.png'
exits 0
same self.png want.png
bitcrush a.png dir/a.png 4 -q -f
exits 0
bitcrush compare a.png a.png -q
exits 0
bitcrush sweep a.png 1..2 -q --plot /dev/null --sheet /dev/null
exits 0
bitcrush a.png 4 -q -o /dev/null
exits 0
echo 'an old one' >gameboy
bitcrush a.png --palette gameboy -q -f -o gameboy
exits 0
bitcrush self.png 4 -o self.png
exits 6

it 'a plot on standard output has the report beside it'
bitcrush sweep a.png 1..2 --plot - --json
exits 0
[ "$(head -c 4 "$out")" = '<svg' ] || fail 'no plot on standard output'
[ "$(tail -n 1 "$out")" = '</svg>' ] || fail 'something follows the plot'
mentions 'bitcrush-sweep/'

finish
