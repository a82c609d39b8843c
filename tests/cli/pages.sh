#!/bin/sh
# Pages: what `bitcrush report` and --report write, seen without a browser (for that there is
# `dev pages`).
. "${0%/*}/cli.sh"

. "${0%/*}/page-checks.sh"

"$MAKE_PNG" rgb 40 30 in.png

it 'report makes a page beside the input, and keeps nothing else'
bitcrush report in.png 3
exits 0
silent "$err"
prints 'in.png -> in-3bit.png (for the page, not kept)'
prints 'page     in-3bit.html'
only in-3bit.html in.png
is_page in-3bit.html
[ "$(ls -A "$base/tmp")" = '' ] || fail "left behind: $(ls -A "$base/tmp")"
[ "$(grep -c '<img' in-3bit.html)" -eq 3 ] || fail 'not three pictures'

it 'the pictures on the page are those of the files'
bitcrush in.png 3 -o kept.png
bitcrush compare in.png kept.png --json
snr=$("$READ_JSON" <"$out" | sed -n 's/^metrics.snr_db=//p')
sed -n 's|.*src="data:image/png;base64,\([A-Za-z0-9+/=]*\)".*|\1|p' in-3bit.html >"$base/pictures"
sed -n 1p "$base/pictures" | base64 -d >"$base/a.png"
sed -n 2p "$base/pictures" | base64 -d >"$base/b.png"
bitcrush compare in.png "$base/a.png"
prints 'infinite dB'
bitcrush compare kept.png "$base/b.png"
prints 'infinite dB'

it 'the command on the page makes the same bytes'
rm -f again.png
sed -n 's|.*<pre><code>bitcrush \(.*\)</code></pre>.*|\1|p' in-3bit.html |
    sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' >"$base/arguments"
grep -q -- '--seed [0-9]' "$base/arguments" || fail 'no seed'
run sh -c "\"\$BITCRUSH\" $(cat "$base/arguments")"
exits 0
same in-3bit.png kept.png
rm -f in-3bit.png

it 'a page that is there is kept, unless it is forced'
bitcrush report in.png 3
exits 6
says 'bitcrush: in-3bit.html: exists already, expected a new name or --force to replace it'
bitcrush report in.png 3 -f -q
exits 0
silent "$out" "$err"

it '-o names the page, - is standard output'
bitcrush report in.png 3 -o -
exits 0
cp "$out" page.html
is_page page.html
mentions 'in.png -> in-3bit.png'
clean
"$MAKE_PNG" rgb 40 30 in.png

it '--report beside an output, with the facts of --json'
bitcrush in.png 4 --report page.html --json --dither bayer4 --seed 7
exits 0
only in-4bit.png in.png page.html
is_page page.html
has_facts page.html
grep -q -- '--dither bayer4 --seed 7 --output in-4bit.png' page.html || fail 'no command'

it 'every way to reduce a picture has meanings for its facts'
"$MAKE_PNG" rgb16 40 30 deep.png
"$MAKE_PNG" hole 40 30 hole.png
for way in '1 --dither atkinson --strength 0.5' '--palette 8' '--palette gameboy' '--channels 5,6,5' \
    '2 --gray' '3 --rounding truncate' '6 --light coded --dither floyd-steinberg+rpdf'; do
    for file in in.png deep.png hole.png; do
        # shellcheck disable=SC2086
        bitcrush $file $way --report page.html -o out.png -f --json
        exits 0
        is_page page.html
        has_facts page.html
    done
done

it 'a large picture is made smaller, with a detail as it is'
"$MAKE_PNG" rgb 2000 500 large.png
bitcrush report large.png 1 -o page.html -f
exits 0
is_page page.html
grep -q 'have 2000 x 500 pixels; here they are 1/3 as wide' page.html || fail 'no word of it'
[ "$(grep -c '<img width="666" height="166"' page.html)" -eq 2 ] || fail 'not smaller'
[ "$(grep -c '<img width="480" height="320" class="pixels"' page.html)" -eq 3 ] || fail 'no detail'

it 'nothing lost is said, and there is no error to see'
bitcrush report in.png 8 --dither none -o page.html -f
exits 0
is_page page.html
grep -q 'Nothing was lost' page.html || fail 'not said'
[ "$(grep -c '<img' page.html)" -eq 2 ] || fail 'a picture of no error'

it 'the codes of any grid have a bar each, as high as they are often'
{
    printf 'P5\n256 1\n255\n'
    i=0
    while [ $i -lt 256 ]; do
        # shellcheck disable=SC2059
        printf "\\$(printf %03o $i)"
        i=$((i + 1))
    done
} >ramp.pgm
bitcrush report ramp.pgm e2m1 --dither none -o page.html -f
exits 0
# Half way between the marks 0, 1, 2, 3, 4, 6, 8 and 12 of 12, the 256 greys part into 11, 21, 22,
# 21, 32, 42, 64 and 43; 190 pixels are 80 of them.
grep -q 'd="M0 190v-26.1h102.3v26.1M[0-9.]* 190v-49.9h[0-9.]*v49.9M[0-9.]* 190v-52.2h[0-9.]*v52.2M[0-9.]* 190v-49.9h[0-9.]*v49.9M[0-9.]* 190v-76h[0-9.]*v76M[0-9.]* 190v-99.7h[0-9.]*v99.7M[0-9.]* 190v-152h[0-9.]*v152M[0-9.]* 190v-102.1h[0-9.]*v102.1"' page.html ||
    fail "bars $(grep -m 1 'class="c1 f"' page.html)"
bitcrush report ramp.pgm q4_0 --dither none -o page.html -f --json
exits 0
used=$("$READ_JSON" <"$out" | sed -n 's/^metrics.levels_used=//p')
bars=$(grep -m 1 'class="c1 f"' page.html | grep -o 'M' | wc -l)
[ "$bars" = "$used" ] || fail "$bars bars of $used codes"
rm ramp.pgm

it 'names of files are text'
odd="<script>alert('1')&\"x\".png"
cp in.png "$odd"
bitcrush "$odd" 2 --report page.html -o odd-out.png -f --json
exits 0
is_page page.html
has_facts page.html
[ "$(grep -c '<script>' page.html)" -eq 1 ] || fail 'a script that is not ours'
sed -n 's|.*<pre><code>bitcrush \(.*\)</code></pre>.*|\1|p' page.html |
    sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' >"$base/arguments"
cp odd-out.png first.png
rm odd-out.png
run sh -c "\"\$BITCRUSH\" $(cat "$base/arguments")"
exits 0
same first.png odd-out.png
printf 'x' >"$base/name"
bad=$(printf 'bad\377.png')
if cp in.png "$bad" 2>/dev/null; then
    bitcrush report "$bad" 2 -o page.html -f
    exits 0
    is_page page.html
fi
clean
"$MAKE_PNG" rgb 40 30 in.png

it 'the command of weights with noise has the seed that made it'
head='{"w":{"dtype":"F32","shape":[2,32],"data_offsets":[0,256]}}'
{
    printf '\073\000\000\000\000\000\000\000%s' "$head"
    for byte in 1 2 3 4 5 6 7 8; do printf '%032d' $byte; done
} >w.safetensors
bitcrush w.safetensors q4_0 --dither rpdf --seed 5 --report page.html -o w.gguf -f --json
exits 0
grep -q -- '--dither rpdf --seed 5 --output w.gguf' page.html || fail 'no seed in the command'
rm -f page.html w.safetensors w.gguf

it 'names of tensors are text'
name='<script>alert(1)</script>&amp;\"'
head="{\"$name\":{\"dtype\":\"F32\",\"shape\":[2,32],\"data_offsets\":[0,256]}}"
{
    # shellcheck disable=SC2059
    printf "\\$(printf %03o ${#head})\\000\\000\\000\\000\\000\\000\\000"
    printf '%s' "$head"
    i=0
    while [ $i -lt 64 ]; do
        printf "\\000\\000\\$(printf %03o $((i * 4)))\\075"
        i=$((i + 1))
    done
} >odd.safetensors
bitcrush odd.safetensors q4_0 --report page.html --json
exits 0
is_page page.html
has_facts page.html
[ "$(grep -c '<script>' page.html)" -eq 1 ] || fail 'a script that is not ours'
grep -q '&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&quot;' page.html || fail 'no name'
grep -q 'levels of Q4_0' page.html || fail 'no levels'

it 'every format of weights has its page'
for format in q8_0 q5_1 q2_0 mxfp4 f16 bf16 1; do
    bitcrush odd.safetensors $format --report page.html -o w.gguf -f --json
    exits 0
    is_page page.html
    has_facts page.html
done

it 'weights that stay as they are have a page, too'
bitcrush odd.safetensors q4_0 --exclude '*' --report page.html -o w.gguf -f
exits 0
is_page page.html
rm -f w.gguf odd-q4_0.gguf page.html odd.safetensors

it 'a table begins with its numbers and what they became, and knows no weights'
awk 'BEGIN { print "t,v"; for (i = 0; i < 40; i++) printf "%d,%.2f\n", i, i % 7 }' >t.csv
for way in 3 'e2m1 --codes' q4_0; do
    # shellcheck disable=SC2086
    bitcrush t.csv $way --report page.html -o t-out.csv -f --json
    exits 0
    is_page page.html
    has_facts page.html
    [ "$(grep -m 1 '<h2' page.html | sed 's/<[^>]*>//g')" = 'Before and after' ] || fail 'not first'
    [ "$(grep -c '<h3>' page.html)" -eq 2 ] || fail 'not two columns'
    [ "$(grep -c '>rounded</text>' page.html)" -eq 4 ] || fail 'no rounded line, wide and narrow'
    bare page.html | grep -iE 'weight|tensor|sample' | grep -v 'font-weight' >"$base/words" &&
        fail "words of other media: $(cat "$base/words")"
done
rm -f t.csv t-out.csv page.html

it 'several files have a ruler on a piece of each, and curves'
"$MAKE_WEIGHTS" npy 2 256 w.npy
seq 0 0.1 10 >n.txt
bitcrush report in.png w.npy n.txt -o all.html
exits 0
is_page all.html
for what in 'neighbouring pixels, half way down' 'weights at the beginning of w' 'numbers at the beginning of column 1'; do
    grep -q "$what[a-z0-9 ]*, on a ruler of three bits, [78] marks, without dither" all.html ||
        fail "no $what"
done
for heading in 'in.png: picture' 'w.npy: weights' 'n.txt: numbers'; do
    grep -q "<h3>$heading</h3>" all.html || fail "no heading $heading over its ruler"
done
# Of each, wide and narrow: a line from each value to its mark, and marks that the axis names.
[ "$(grep -c 'class="c2 k" d="M' all.html)" -eq 6 ] || fail 'values go nowhere'
[ "$(grep -c '>0.857</text>' all.html)" -ge 2 ] || fail 'no mark at 6/7 on the axis'
for label in 'w.npy, per tensor' 'w.npy, per row' 'w.npy, per 32' 'w.npy, formats'; do
    grep -q ">$label</text>" all.html || fail "no curve $label"
done
grep -q '<th scope="col"[^>]*>w.<wbr/>npy, per tensor</th>' all.html || fail 'which row of weights?'
grep -q 'clipping alone, w.npy' all.html || fail 'clipping is not drawn apart'
rm all.html w.npy n.txt

it 'of several files into one page, of pipes and of nothing there is none'
cp in.png in2.png
bitcrush in.png in2.png 4 --report page.html
exits 2
says 'bitcrush: --report page.html: expected one file to report'
bitcrush report in.png in2.png 4 -o page.html
exits 2
says 'bitcrush: -o page.html: expected one file to report'
run sh -c '"$BITCRUSH" - 4 --report page.html <in.png'
exits 5
says 'bitcrush: -: is read several times, expected a file, not a pipe'
bitcrush report . 4
exits 3
says 'bitcrush: .: is a directory, expected a file'
bitcrush report in.png typo.wav
exits 2
says 'bitcrush: typo.wav: no file of that name, nor a SPEC: typo.wav: looks like a file, expected a number of bits or a format, and -o typo.wav where it is the output'
mkfifo pipe.png
cat in.png >pipe.png 2>"$base/cat" &
bitcrush report pipe.png 4
wait
exits 5
says 'bitcrush: pipe.png: is read several times, expected a file, not a pipe'
rm pipe.png
bitcrush in.png 4 -o - --report page.html
exits 2
bitcrush in.png 4 -n --report page.html
exits 2
mentions 'expected bitcrush report, which keeps none'
bitcrush compare in.png in2.png --report page.html
exits 2
says 'bitcrush: --report page.html: expected with a reduction'
bitcrush report
exits 2
bitcrush report in.png 4 -o in.png -f
exits 2
says 'bitcrush: in.png: the page in.png is the same file as the input in.png, expected a name of its own'
only in.png in2.png

it 'several files have a page each'
bitcrush report in.png in2.png 2 -q
exits 0
only in-2bit.html in.png in2-2bit.html in2.png
rm -f ./*.html

it 'a gate that is not met leaves no page and no rest'
bitcrush report in.png 1 --min-snr 90
exits 9
bitcrush report missing.png 1
exits 3
only in.png in2.png
[ "$(ls -A "$base/tmp")" = '' ] || fail "left behind: $(ls -A "$base/tmp")"

it 'a page that cannot be written says so'
bitcrush report in.png 1 -o no/such/page.html
exits 7
mentions 'no/such/page.html'
[ "$(ls -A "$base/tmp")" = '' ] || fail "left behind: $(ls -A "$base/tmp")"

it 'several files without SPEC are put on one axis'
bitcrush report in.png in2.png --json
exits 0
only in.png in2.png report.html
is_page report.html
"$READ_JSON" <"$out" >"$base/json"
[ "$(grep -c '^rows.*snr_db=' "$base/json")" -ge 32 ] || fail 'few rows'
for key in rows.4 rows.12; do
    snr=$(sed -n "s/^$key.metrics.snr_db=//p" "$base/json")
    grep -q "<td>$(printf %.2f "$snr")</td>" report.html || fail "$key: no $snr on the page"
done
bitcrush report in.png in2.png
exits 6
printf 'P5\n8 8\n255\n' >black.pgm && head -c 64 /dev/zero >>black.pgm
bitcrush report in.png black.pgm -o black.html -q
exits 0
is_page black.html
grep -q 'No point of black.pgm' black.html || fail 'black has no SNR, and nobody says so'
[ "$(grep -c '<text[^>]*>black.pgm<' black.html)" = 0 ] || fail 'a label without a line'
rm black.html
bitcrush report black.pgm 2 -o black.html -q
exits 0
grep -q 'No point of black.pgm' black.html || fail 'a page of black draws no line and does not say so'
rm black.pgm black.html
bitcrush report in.png nothing.wav -o other.html
exits 2
rm report.html

finish
