/* Knows sound files by their first bytes, and encodings by name. */
#include <string.h>

#include "bitcrush/audio.h"

const char *bc_audio_encoding_name(bc_audio_encoding encoding)
{
    static const char *const names[BC_AUDIO_ENCODINGS] = {
        [BC_ENCODING_PCM] = "PCM",          [BC_ENCODING_F32] = "32-bit float",
        [BC_ENCODING_F64] = "64-bit float", [BC_ENCODING_MULAW] = "mu-law",
        [BC_ENCODING_ALAW] = "A-law",
    };

    return names[encoding];
}

/* A row: bytes at the start of a file and, where there are some, at another place. */
static const struct {
    const char *first;
    size_t at;
    const char *second;
} magics[] = {
    { "RIFF", 8, "WAVE" },  { "RIFX", 8, "WAVE" },
    { "RF64", 8, "WAVE" },  { "BW64", 8, "WAVE" },
    { "riff", 24, "wave" }, { "FORM", 8, "AIFF" },
    { "FORM", 8, "AIFC" },  { "FORM", 8, "8SVX" },
    { "FORM", 8, "16SV" },  { ".snd", 0, "" },
    { "dns.", 0, "" },      { "caff", 0, "" },
    { "fLaC", 0, "" },      { "OggS", 0, "" },
    { "ID3", 0, "" },       { "Creative Voice File", 0, "" },
    { "NIST_1A", 0, "" },   { " paf", 0, "" },
    { "fap ", 0, "" },      { "PVF1", 0, "" },
    { "2BIT", 0, "" },
};

bool bc_audio_probe(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const size_t n_first = strlen(magics[i].first), n_second = strlen(magics[i].second);

        if (n >= n_first && n >= magics[i].at + n_second &&
            memcmp(head, magics[i].first, n_first) == 0 &&
            memcmp(head + magics[i].at, magics[i].second, n_second) == 0)
            return true;
    }
    /* A frame of MPEG audio: 11 bits of sync, a layer and a bit rate that exist. */
    return n >= 3 && head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x06) != 0 &&
           (head[2] & 0xF0) != 0xF0;
}
