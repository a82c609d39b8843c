#!/bin/sh
# What other programs see in the files, where they are installed: the depth that the report states,
# and samples they can play.
. "${0%/*}/cli.sh"

has() {
    command -v "$1" >/dev/null 2>&1
}

"$MAKE_SOUND" noise s24 44100 2 500 in.wav

# facts ARGUMENT...: the JSON report, a line a value
facts() {
    bitcrush "$@" --json
    exits 0
    "$READ_JSON" <"$out" >"$base/facts" || fail 'the report is no JSON'
}

fact() {
    sed -n "s/^$1=//p" "$base/facts"
}

for kind in wav aiff caf au w64 rf64 flac; do
    for bits in 16 24; do
        it "$kind of $bits bits"
        facts in.wav "$bits" -f -o "x.$kind"
        container=$(fact output.container_bits)
        [ "$container" = "$bits" ] || fail "container of $container bits"
        if has soxi && run soxi -b "x.$kind"; then
            [ "$(cat "$out")" = "$container" ] || fail "SoX sees $(cat "$out") bits"
        elif has soxi; then
            fail 'SoX does not open it'
        fi
        if has ffprobe && [ "$bits" != 16 ]; then
            run ffprobe -v error -show_entries stream=sample_rate,channels,bits_per_sample,bits_per_raw_sample -of default=nw=1 "x.$kind"
            exits 0
            silent "$err"
            prints 'sample_rate=44100'
            prints 'channels=2'
            grep -qx "bits_per_\(raw_\)\{0,1\}sample=$container" "$out" || fail "ffprobe sees no $container bits"
        fi
        if has sndfile-info; then
            run sndfile-info "x.$kind"
            exits 0
            prints 'Frames      : 500'
            grep -qi '\*\*\*' "$out" && fail 'sndfile-info warns'
        fi
    done
done

for bits in 1 4 12 20; do
    it "$bits bits: valid ones of a container"
    facts in.wav "pcm$bits" -f -o x.wav
    container=$(fact output.container_bits)
    [ "$(fact output.valid_bits)" = "$bits" ] || fail "valid_bits $(fact output.valid_bits)"
    if has sndfile-info; then
        run sndfile-info x.wav
        grep -Eq "Bit Width +: $container$" "$out" || fail "sndfile-info sees no $container bits"
        grep -Eq "Valid Bits +: $bits$" "$out" || fail "sndfile-info sees no $bits valid bits"
    fi
    if has ffprobe; then
        run ffprobe -v error -show_entries stream=bits_per_sample -of default=nw=1 x.wav
        prints "bits_per_sample=$container"
    fi

    it "$bits bits with --plain-header, which SoX opens"
    bitcrush in.wav "pcm$bits" -f -o plain.wav --plain-header
    exits 0
    is_are=$([ "$bits" = 1 ] && echo is || echo are)
    prints "the header says $container bits, as asked, of which $bits $is_are used"
    if has soxi; then
        run soxi -b plain.wav
        exits 0
        prints "$container"
    fi
    bitcrush compare x.wav plain.wav
    prints 'SNR      infinite dB'
done

for law in mulaw alaw; do
    for kind in wav au; do # SoX knows no G.711 in AIFF-C
        it "$law in $kind"
        bitcrush in.wav "$law" -q -f -o "x.$kind"
        exits 0
        if has ffprobe && [ "$kind" = wav ]; then
            run ffprobe -v error -show_entries stream=codec_name -of default=nw=1 "x.$kind"
            prints "codec_name=pcm_$law"
        fi
        if has soxi; then
            run soxi -e "x.$kind"
            exits 0
            prints "$(echo "$law" | sed 's/mulaw/u-law/; s/alaw/A-law/')"
        fi
    done
done

it 'flac finds nothing wrong'
bitcrush in.wav 12 -q -f -o x.flac
if has flac; then
    run flac -s -t x.flac
    exits 0
    silent "$err"
fi

finish
