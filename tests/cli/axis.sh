#!/bin/sh
# One axis: the same SPEC on every medium has the same keys, names, bits and sizes in its report.
. "${0%/*}/cli.sh"

# Rows, runs and columns of whole blocks.
"$MAKE_PNG" rgb 256 16 a.png
"$MAKE_WEIGHTS" npy 64 256 w.npy
seq 1 1024 | awk '{ printf "%.4f\n", sin($1 / 37) * 5 }' >n.txt
all='a.png w.npy n.txt'
if [ "$SOUND" = ON ]; then
    "$MAKE_SOUND" sine s16 48000 1 1024 a.wav
    all="$all a.wav"
fi

# Keys that not all of them have, those that have them, and why.
cat >"$base/own" <<'EOT'
settings.light          | a.png       | light is what pictures are about
settings.colours        | a.png       | only they are made grey
settings.scan           | a.png       | only they have a way over lines
settings.container_bits | a.png     | levels and values of one grid lie in other samples
settings.encoder        | w.npy       | blocks of weights have several
settings.zero_point     | w.npy       | another name for a scale
settings.nonfinite      | a.wav w.npy n.txt | samples of pictures are whole numbers
settings.group          | w.npy n.txt a.png a.wav | of scales that are fitted; pictures and sound have full scale unless asked
settings.step           | a.png a.wav n.txt | weights have as many steps as scales, one a tensor at least
theory.rule_of_thumb_db | a.png a.wav n.txt | is for full scale, which weights have none of; their sweep has bounds
theory.note             | a.png a.wav w.npy n.txt | where values clip, which is up to them
4:theory.snr_db         | a.png a.wav n.txt | 4 is q4_k of weights, whose steps are not even
theory.noise_dbfs       | a.wav       | a level below full scale
output.depth            | a.png a.wav n.txt | the grid in words; weights say it tensor by tensor
output.encoding         | a.wav       | how sound files hold samples
output.container_bits   | a.wav       | how sound files hold samples
output.valid_bits       | a.wav       | how sound files hold samples
output.format           | a.png a.wav w.npy | tables are written as they were read
output.layout           | a.png       | how picture files hold samples
output.depth_bits       | a.png       | how picture files hold samples
output.palette          | a.png       | how picture files hold samples
output.note             | a.png a.wav w.npy | where files have no place for codes; tables have for any number
output.reduced          | w.npy n.txt | tensors, or columns
output.kept_tensors     | w.npy       | tensors
output.data_bytes       | w.npy       | files of weights have heads that count
output.values           | w.npy       | other files hold values of any grid
metrics.file_ratio      | a.png a.wav w.npy | texts of numbers have no size of their own
metrics.bits_per_weight | w.npy       | files keep tensors that are not reduced
metrics.worst_snr_db    | w.npy       | of a tensor
metrics.worst_tensor    | w.npy       | of a tensor
metrics.levels_used     | a.png a.wav | columns have it in their table; tensors are too many
bf16:metrics.entropy_bits | a.png a.wav n.txt | weights as floats of 16 bits have too many codes for a tensor
float16:metrics.entropy_bits | a.png a.wav n.txt | the same
metrics.psnr_db         | a.png       | pictures are compared with white
metrics.psnr_linear_db  | a.png       | light
metrics.psnr_blurred_db | a.png       | eyes
metrics.blur_sigma      | a.png       | eyes
metrics.ssim            | a.png       | eyes
metrics.ssim_scale      | a.png       | eyes
metrics.mean_light_error | a.png      | light
metrics.noise_dbfs      | a.wav       | a level below full scale
metrics.noise_a_dbfs    | a.wav       | ears
metrics.noise_468_dbfs  | a.wav       | ears
metrics.noise_ath_dbfs  | a.wav       | ears
metrics.peak_dbfs       | a.wav       | a level below full scale
metrics.rms_dbfs        | a.wav       | a level below full scale
metrics.overshoot_db    | a.wav       | a level above full scale
metrics.dc              | a.wav       | a level
metrics.used_bits       | a.wav       | of integers
metrics.tone_hz         | a.wav       | a sine
metrics.tone_dbfs       | a.wav       | a sine
metrics.tone_low_hz     | a.wav       | a sine
metrics.tone_high_hz    | a.wav       | a sine
metrics.sinad_db        | a.wav       | a sine
metrics.thd_db          | a.wav       | a sine
metrics.thdn_db         | a.wav       | a sine
metrics.granular_db     | a.png a.wav w.npy n.txt | where values clip, which is up to them
metrics.overload_db     | a.png a.wav w.npy n.txt | where values clip, which is up to them
EOT

facts_files() {
    for file in $all; do
        printf 'facts.%s ' "$file"
    done
}

# one SPEC OPTION...: reports of all media, and their keys against each other.
one() {
    for file in $all; do
        facts $file "$@" --dither none -n
        sed -n 's/^\(settings\|theory\|output\|metrics\)\.[a-z0-9_]*=/&/p' "$base/facts" >"$base/facts.$file"
    done
    # shellcheck disable=SC2086
    (cd "$base" && awk -v all="$all" -v spec="$1" -v needed="$base/needed" '
        FILENAME == "own" { split($0, part, " *[|] *"); own[part[1]] = " " part[2] " "; next }
        {
            sub(/=.*/, "")
            has[$0] = has[$0] " " substr(FILENAME, 7)
        }
        END {
            n = split(all, files, " ")
            for (key in has) {
                who = (spec ":" key) in own ? own[spec ":" key] : own[key]
                for (i = 1; i <= n; i++) {
                    if (index(has[key] " ", " " files[i] " "))
                        if (who == "" || index(who, " " files[i] " ")) continue
                        else print key " is there of " files[i]
                    else if (who != "") print key >needed ".new"
                    else print key " is missing of " files[i]
                }
            }
        }' own $(facts_files)) >"$base/faults" || fail 'awk fails'
    [ ! -e "$base/needed.new" ] || cat "$base/needed.new" >>"$base/needed"
    [ ! -s "$base/faults" ] || fail "$* $(cat "$base/faults")"
}

# alike KEY...: the value of each is the same in all media.
alike() {
    # shellcheck disable=SC2046
    (cd "$base" && awk -v keys=" $* " '
        {
            at = index($0, "=")
            key = substr($0, 1, at - 1)
            value[FILENAME, key] = substr($0, at + 1)
        }
        END {
            n = split(keys, name, " ")
            for (k = 1; k <= n; k++)
                for (i = 1; i < ARGC; i++)
                    if (value[ARGV[i], name[k]] != value["facts.n.txt", name[k]])
                        print name[k] " is " value[ARGV[i], name[k]] " in " ARGV[i] " and " \
                              value["facts.n.txt", name[k]] " in facts.n.txt"
        }' $(facts_files)) >"$base/faults" || fail 'awk fails'
    [ ! -s "$base/faults" ] || fail "$spec: $(cat "$base/faults")"
}

# packed: whole bits a value, and a scale more, are the same.
packed() {
    # shellcheck disable=SC2046
    (cd "$base" && awk '
        sub(/^metrics[.]packed_bytes=/, "") {
            n = FILENAME == "facts.a.png" ? 12288 : FILENAME == "facts.w.npy" ? 16384 : 1024
            bits[FILENAME] = int($0 * 8 / n)
        }
        END {
            for (i = 1; i < ARGC; i++)
                if (bits[ARGV[i]] == "" || bits[ARGV[i]] != bits["facts.a.png"])
                    print bits[ARGV[i]] " bits a value in " ARGV[i] ", and " bits["facts.a.png"] " in facts.a.png"
        }' $(facts_files)) >"$base/faults" || fail 'awk fails'
    [ ! -s "$base/faults" ] || fail "$spec: $(cat "$base/faults")"
}

: >"$base/needed"
it 'the same SPEC has the same keys, names, bits and packed size on every medium'
for spec in 4.5 e2m1 e4m3 mulaw midrise3 pcm8 int4 nf4 q4_0 q4_k mxfp4 bf16 float16; do
    one $spec
    case $spec in
    bfloat16 | float16) ;; # files of weights call them BF16 and F16
    *) alike settings.grid ;;
    esac
    alike settings.rounding settings.seed settings.feedback settings.dither output.bits
    packed
done

it 'and so has a number of bits, whose marks each medium has laid out in its own way'
one 4
alike output.levels

it 'and so it has under a fitted scale'
for spec in levels23 mulaw; do
    one $spec --scale absmax
    alike settings.scale settings.grid
    packed
done

it 'no key is called special that is not'
while IFS=' |' read -r key who; do
    case $key in # of other files and options
    settings.colours | settings.scan | settings.zero_point | output.palette | metrics.overshoot_db) continue ;;
    esac
    grep -qx "${key#*:}" "$base/needed" || [ "$SOUND" != ON ] || fail "$key is in all of them, or in none"
done <"$base/own"

# The definition: 2^n cells of one size from end to end, and a mark in the middle of each; none lies at 0.
it 'mid-rise has 2^n marks, none at 0, on every medium and at every depth'
i=0
{
    printf 'P2\n256 1\n255\n'
    while [ $i -lt 256 ]; do
        echo $i
        i=$((i + 1))
    done
} >ramp.pgm
seq -1 0.001953125 1 >ramp.txt
for n in 1 2 3 4 5 6 7 8; do
    levels=$((1 << n))
    spec=midrise$n
    for file in ramp.pgm w.npy ramp.txt ${SOUND:+a.wav}; do
        [ $file = a.wav ] && [ "$SOUND" != ON ] && continue
        facts $file $spec -n --dither none
        is output.levels $levels
        is output.bits $n
    done
    bitcrush ramp.pgm $spec --dither none -f -o o.pgm
    prints "$levels marks from black to white"
    tail -c 512 o.pgm | od -An -v -tu1 -w2 | awk '{ print $1 * 256 + $2 }' | sort -nu >"$base/marks"
    awk -v n=$levels 'BEGIN { for (k = 0; k < n; k++) printf "%.0f\n", (k + 0.5) / n * 65535 }' >"$base/expected"
    same "$base/marks" "$base/expected"
    bitcrush ramp.txt $spec --scale absmax -f -o o.txt
    sort -nu o.txt >"$base/marks"
    [ "$(wc -l <"$base/marks")" -eq $levels ] || fail "$spec: $(wc -l <"$base/marks") numbers"
    grep -qx '[-0.]*' "$base/marks" && fail "$spec: 0 is a mark"
    if [ "$SOUND" = ON ]; then
        bitcrush a.wav $spec -n --dither none
        prints "$levels levels"
    fi
done

finish
