#!/bin/sh
# What people type who know other programs is taken, or answered with the right word; a kind of file that
# is not read is named; a reader that goes away is no error.
. "${0%/*}/cli.sh"

"$MAKE_PNG" rgb 16 16 in.png
"$MAKE_WEIGHTS" npy 8 64 w.npy
if [ "${SOUND:-}" = ON ]; then
    "$MAKE_SOUND" sine s16 44100 1 800 in.wav
fi

# asked SENTENCE ARGUMENT...
asked() {
    sentence=$1
    shift
    it "bitcrush $*"
    bitcrush "$@"
    exits 2
    says "bitcrush: $sentence"
}

# taken FILE OUTPUT PHRASE ARGUMENT...: OUTPUT is made, and the report has the phrase
taken() {
    file=$1 made=$2 phrase=$3
    shift 3
    it "bitcrush $file $*"
    bitcrush "$file" "$@"
    exits 0
    [ -e "$made" ] || fail "no $made"
    prints "$phrase"
    rm -f "$made"
}

for spec in 4bit 4bits 4-bit 4b u4 U4; do
    taken in.png in-4bit.png 'to 4-bit samples' "$spec"
done
for dither in fs FSD floyd Floyd-Steinberg FloydSteinberg floyd_steinberg; do
    taken in.png in-2bit.png 'dither floyd-steinberg' 2 --dither "$dither"
done
taken in.png in-2bit.png 'dither blue' 2 --dither bluenoise
taken in.png in-2bit.png 'dither blue' 2 --dither Blue-Noise
taken in.png in-2bit.png 'dither bayer8' 2 --dither ordered
taken in.png in-2bit.png 'dither bayer4' 2 --dither o4x4
taken in.png in-2bit.png 'dither tpdf' 2 --dither TPDF
taken in.png in-2bit.png 'dither floyd-steinberg+tpdf' 2 --dither FS+TPDF
taken in.png in-2bit.png 'dither none' 2 --no-dither
taken in.png in-2bit.png 'dither none' 2 --nofs
taken in.png in-2bit.png 'coded light' 2 --light sRGB
taken in.png in-2bit.png 'raster' 2 --scan RASTER
taken in.png in-16colours.png 'palette' --colors 16
taken in.png in-16colours.png 'palette' --colours=16
taken in.png in-gameboy.png 'palette gameboy' --palette GameBoy
taken in.png in-1bit.png 'grey' 1 --grayscale
taken in.png in-1bit.png 'grey' 1 --grey
for spec in fp16 float16 HALF; do
    taken w.npy w-f16.npy 'to f16' "$spec"
done
taken w.npy w-f32.npy 'to f32' float32
taken w.npy w-bf16.safetensors 'to bf16' bfloat
taken w.npy w-8bit.gguf 'Q8_0' 8bit
taken w.npy w-Q4_0.gguf 'to q4_0' Q4_0
taken w.npy w-f8_e4m3.safetensors 'to f8_e4m3' e4m3fn

asked '4: no file of that name; expected the file first, as in in.png 4' 4 in.png
asked 'q4_0: no file of that name; expected the file first, as in w.npy q4_0' q4_0 w.npy
it 'a file that is not there is said to be that, whatever the SPEC'
for spec in 4 q4_0 fp16 99; do
    bitcrush missing "$spec"
    exits 3
    mentions 'missing: cannot be opened'
done

asked '--bits: no option here: stands after the file, as in photo.png 4 or model.gguf q4_k' in.png --bits 4
asked '--quantize: no option here: stands after the file, as in photo.png 4 or model.gguf q4_k' w.npy --quantize q4_0
asked '-b: no option here: stands after the file, as in photo.png 4 or model.gguf q4_k' in.png -b 8
asked '-depth: no option here: stands after the file, as in photo.png 4 or model.gguf q4_k' in.png -depth 8
asked '-colors: unknown option, did you mean --palette?' in.png -colors 16
asked '-dither: unknown option, did you mean --dither?' in.png 4 -dither none
asked '--no-dither: takes no value, expected it alone' in.png 4 --no-dither=yes
asked '--output-format: no option here: the ending of the name after -o chooses the kind of file' in.png 4 --output-format png
asked 'rgb565: expected --channels 5,6,5 for that' in.png rgb565
asked 'fp32: samples of pictures have 16 bits at most, expected 1 to 16 bits or float16' in.png fp32
asked '--dither shibata: shapes noise, expected --shape ath for that' in.png 4 --dither shibata
asked '--rounding stochastic: is a dither here, expected --dither rpdf' in.png 4 --rounding stochastic

asked 'fp8: unknown format, did you mean f8_e4m3 or f8_e5m2?' w.npy fp8
asked 'q4: unknown format, did you mean q4_k_m, q4_k or q4_0?' w.npy q4
asked 'Q8: unknown format, did you mean q8_0?' w.npy Q8
for format in exl2 hqq; do
    asked "$format: is a format of another program that is not here, expected int4 or q4_k_m" w.npy $format
done
asked 'q4km: unknown format, did you mean q4_k_m?' w.npy q4km
asked 'Q4KM: unknown format, did you mean q4_k_m?' w.npy Q4KM
asked 'u8: unknown format, did you mean int8, with --zero-point?' w.npy u8
long=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz
asked "--dither $long: unknown, expected a name that --list shows" in.png 4 --dither "$long"
asked 's16: wide integers of weights are int16 or uint16, expected one of them, f16 or bf16' w.npy s16
asked 'fp8: unknown format, did you mean f8_e4m3 or f8_e5m2?' w.npy q4_0 --type 'x=fp8'
for slip in fp9 e9m3 int61 q9_0; do # numbers are bits: none is a slip of another
    it "no neighbour for $slip"
    bitcrush w.npy "$slip"
    exits 2
    mentions "$slip: "
    case $(cat "$err") in *'did you mean'*) fail 'a neighbour of other bits' ;; esac
done

it 'explain takes the words, too'
for pair in s16:int16 u8:uint8 FP16:float16 e4m3fn:e4m3 float:float32; do
    bitcrush explain 1 "${pair%:*}"
    exits 0
    prints "${pair#*:}:"
done
bitcrush explain 1 fp8
exits 2
says 'bitcrush explain: fp8: unknown format, did you mean e4m3 or e5m2?'
bitcrush explain float32 3.1415
exits 2
says 'bitcrush explain: float32: a format, expected the value first, as in 3.1415 float32'
bitcrush sweep 1..4 in.png
exits 2
says 'bitcrush sweep: 1..4: no file of that name; expected the file first, as in in.png 1..4'

if [ "${SOUND:-}" = ON ]; then
    for spec in s8 8bit int8_t u8 pcm_u8 8-bit; do
        taken in.wav in-8bit.wav 'to pcm8' "$spec"
    done
    taken in.wav in-float32.wav 'float' f32
    taken in.wav in-float32.wav 'float' FLOAT
    taken in.wav in-mulaw.wav 'mu-law' u-law
    taken in.wav in-8bit.wav 'dither hptpdf' 8 --dither triangular_hp
    taken in.wav in-8bit.wav 'by ath' 8 --shape ATH
    taken in.wav in-8bit.wav 'by lipshitz' 8 --noise-shaping lipshitz
    asked '--rate: no option here: the rate stays, and --hold N lets every sample stand for N; resample with SoX or FFmpeg' \
        in.wav 8 --rate 22050
    asked 'fp8: unknown depth, did you mean e4m3 or e5m2?' in.wav fp8
    asked 'double: sound is written with 32 bits at most, expected 32 or float32' in.wav double
fi

# ---- verbs, SPECs of another medium, values that are options
asked 'compar: no file of that name, did you mean bitcrush compare?' compar in.png in.png
asked 'sweeep: no file of that name, did you mean bitcrush sweep?' sweeep in.png
asked 'explian: no file of that name, did you mean bitcrush explain?' explian 3.1 f16
asked 'infoo: no file of that name, did you mean bitcrush info?' infoo in.png
asked 'reprot: no file of that name, did you mean bitcrush report?' reprot in.png
it 'a file that is called like a slip of a verb'
cp in.png infoo
bitcrush infoo 4 -n
exits 0
rm infoo
for mix in q4_k_m Q3_K_S; do
    asked "$mix: in.png is a picture, and a mix chooses formats by the names of weights, expected one format, such as q4_k" in.png $mix
done
printf '1\n2\n' >n.txt
asked 'q4_k_m: n.txt is a table of numbers, and a mix chooses formats by the names of weights, expected one format, such as q4_k' n.txt q4_k_m
rm n.txt
asked 'stucki: is a dither, expected --dither stucki after a format or bits' in.png stucki
asked '--shape: an option for sound, not an option for pictures' in.png 4 --shape ath
asked '--colors: expected N|NAME|FILE after it, -n is an option' in.png --colors -n
asked '-o: expected FILE after it, --force is an option' in.png 4 -o --force
asked '--mono: no option here: black and white is 1 bit and --gray: photo.png 1 --gray; the channels of sound stay' \
    in.png 1 --mono
asked '--quality: no option here: PNG is exact; --palette N says how many colours, --min-snr DB refuses what is worse' \
    in.png 4 --quality 80
if [ "${SOUND:-}" = ON ]; then
    asked '--keep-silence 50: expected --keep-silence=50' in.wav 8 --keep-silence 50
    asked '--keep-silence 50: expected --keep-silence=50' --keep-silence 50 in.wav 8
    taken in.wav in-8bit.wav 'silence over 20 ms kept' --keep-silence 8
fi

# ---- kinds of files
# other_medium PROGRAM FILE SENTENCE: status 5, whatever the tool
other_medium() {
    it "$1 $2"
    run "$1" "$2" 4
    exits 5
    mentions "$2: $3"
}
other_medium "${BITCRUSH_IMAGE%image}tensor" in.png 'is a PNG picture, expected weights; use bitcrush or bitcrush-image'
other_medium "$BITCRUSH_IMAGE" w.npy 'is an NPY file of weights, expected pictures; use bitcrush or bitcrush-tensor'
if [ "${SOUND:-}" = ON ]; then
    other_medium "$BITCRUSH_IMAGE" in.wav 'is a WAV sound, expected pictures; use bitcrush or bitcrush-audio'
    other_medium "${BITCRUSH_IMAGE%image}audio" in.png 'is a PNG picture, expected sound; use bitcrush or bitcrush-image'
    it 'two of different kinds are not compared'
    bitcrush compare in.png in.wav
    exits 5
    says 'bitcrush: in.png is a PNG picture and in.wav is a WAV sound, expected two of a kind'
fi
it 'another medium among several files'
mkdir made
cp w.npy w.png
bitcrush in.png w.png 4 -o made -q
exits 5
mentions 'w.png: is an NPY file of weights, expected pictures'
[ -e made/in-4bit.png ] || fail 'the first is not there'
rm -r made w.png

# named BYTES WORDS: as printf has them
named() {
    it "a file that is $2"
    printf "$1" >other
    for program in "$BITCRUSH" "$BITCRUSH_IMAGE"; do
        run "$program" other 4
        exits 5
        mentions "other: is $2, expected "
    done
}
rest='00000000000000000000000000000000000000000000000000000000000000'
named "RIFF\\200\\000\\000\\000WEBPVP8 $rest" 'a WebP picture'
named "GIF89a$rest" 'a GIF picture'
named "II*\\000$rest" "a TIFF picture, or a camera's raw one"
named "BM\\066\\000\\000\\000\\000\\000\\000\\000$rest" 'a BMP picture'
named "\\000\\000\\000\\034ftypavif$rest" 'an AVIF picture'
named "\\000\\000\\000\\034ftypheic$rest" 'a HEIC picture'
named "\\377\\012$rest" 'a JPEG XL picture'
named "\\000\\000\\002\\000\\000\\000\\000\\000\\000\\000\\000\\000\\010\\000\\010\\000\\030\\000$rest" 'a TGA picture'
named "\\013\\167$rest" 'a file of AC-3 sound'
named "8BPS$rest" 'a Photoshop file'
named "%%PDF-1.7$rest" 'a PDF document'
named "<svg xmlns=$rest" 'an SVG drawing'
named "\\000\\000\\000\\034ftypM4A $rest" 'an M4A file of AAC or ALAC sound'
named "\\000\\000\\000\\034ftypisom$rest" 'an MP4 or QuickTime file'
named "\\032\\105\\337\\243$rest" 'a Matroska or WebM file'
named "PK\\003\\004\\000\\000\\010\\010\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\020\\000\\000\\000archive/data.pkl$rest" 'a pickled PyTorch file'
named "PK\\003\\004\\000\\000\\010\\010\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\020\\000\\000\\000some/other.thing$rest" 'a ZIP archive'
named "\\200\\002\\212\\012\\154\\374\\234\\106\\371\\040\\152\\250\\120\\031$rest" 'a pickled PyTorch file'
named "\\200\\004\\225$rest" 'a Python pickle'
named "\\211HDF\\015\\012\\032\\012$rest" 'an HDF5 file, as of Keras'
named "\\034\\000\\000\\000TFL3$rest" 'a TFLite model'
named "\\010\\010\\022\\007pytorch\\032$rest" 'an ONNX model'
named "\\037\\213\\010$rest" 'a gzip file'
named "version https://git-lfs.github.com/spec/v1 oid sha256:$rest" 'a pointer of Git LFS'
named "<!DOCTYPE html><html>$rest" 'an HTML page'
# A head of 640 or 896 bytes, which are 80 02 and 80 03, of a checkpoint that is refused.
for length in 640 896; do
    it "a safetensors file with a head of $length bytes is no pickle"
    {
        printf "\\$(printf %03o $((length % 256)))\\$(printf %03o $((length / 256)))\\000\\000\\000\\000\\000\\000"
        printf "%-${length}s" '{"l.qweight":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},"l.qzeros":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"l.scales":{"dtype":"F16","shape":[2],"data_offsets":[12,16]}}'
        printf 0123456789abcdef
    } >other
    bitcrush other q8_0
    exits 5
    mentions 'codes of GPTQ or AWQ'
    bitcrush info other
    exits 0
done
it 'a file of no kind that is known'
printf 'what is this, and what may it be good for? nobody knows' >other
bitcrush other 4
exits 5
mentions 'other: holds no picture, sound, weights or numbers that are known here'
it 'one among several files'
printf 'GIF89a%s' "$rest" >other
bitcrush in.png other 4 -q
exits 5
mentions 'other: is a GIF picture'
[ -e in-4bit.png ] || fail 'the other file was left out'
bitcrush compare in.png other
exits 5
mentions 'other: is a GIF picture'
rm -f in-4bit.png

# ---- words that are files, too
it 'a file or directory that is called like the SPEC changes nothing'
"$MAKE_WEIGHTS" npy 2 256 v.npy
mkdir fp16
bitcrush v.npy fp16 -o v16.npy
exits 0
bitcrush report v.npy fp16 -o v.html
exits 0
rmdir fp16
: >fp16
bitcrush v.npy fp16 -o v16.npy -f
exits 0
rm -rf fp16 v16.npy v.html

it 'squares that are masks, and others by the word that was typed'
for word in o4x4 bayer4x4 ordered4 bayer-4; do
    bitcrush in.png 1 --dither $word -o 4.png -f
    exits 0
    bitcrush in.png 1 --dither bayer4 -o same.png -f -q
    same 4.png same.png
done
rm 4.png same.png
for word in o3x3 bayer4x2 bayer3 ordered32 bayer-5; do
    bitcrush in.png 1 --dither $word -n
    exits 2
    says "bitcrush: --dither $word: squares have 2, 4, 8 or 16 marks a side, expected bayer2, bayer4, bayer8 or bayer16"
done

it 'nf4 is the only one of its family'
bitcrush v.npy nf3
exits 2
says 'bitcrush: nf3: unknown format, did you mean nf4?'
rm v.npy

it 'long options with one dash are no name of an output'
for words in '-ordered-dither o4x4' '-output x.png' '-out x.png' -nofs; do
    bitcrush in.png 1 $words
    exits 2
    mentions "${words%% *}: unknown option, did you mean --"
done
ls | grep -q '^rdered\|^ut\|^fs' && fail 'a file was written'

# ---- names
it 'no sentence carries a control character'
bitcrush "$(printf 'no\033[31mne\n.png')" 4
exits 3
mentions 'no\x1b[31mne'
[ "$(wc -l <"$err")" -eq 1 ] || fail 'more than a line'
bitcrush in.png "$(printf '4\033')"
exits 2
mentions '4\x1b'
LC_ALL=C grep -q "$(printf '\033')" "$err" && fail 'an escape'

# ---- readers that go away
# gone ARGUMENT...: into a pipe that nobody reads any more
gone() {
    it "bitcrush $* | true"
    # The sleep lets the reader be gone before the first word.
    { sleep 0.2; "$BITCRUSH" "$@" 2>"$err"; echo $? >"$base/status"; } | true
    status=$(cat "$base/status")
    exits 0
    silent "$err"
}
gone --list
gone --help
gone --man
gone --completion bash
gone explain 3.1415 float32 int8
gone explain 3.1415 --json
gone info in.png w.npy
gone in.png 4
[ -e in-4bit.png ] || fail 'the work was not done'
gone in.png 4 -n --json
it 'data into a pipe that nobody reads end the run quietly, too'
{ sleep 0.2; "$BITCRUSH" in.png 4 -o - 2>"$err"; echo $? >"$base/status"; } | true
status=$(cat "$base/status")
exits 0
silent "$err"
if [ -e /dev/full ]; then
    it 'a full disk is no reader that went away'
    "$BITCRUSH" --list >/dev/full 2>"$err"
    status=$?
    exits 7
    says 'bitcrush: standard output: cannot be written'
fi

finish
