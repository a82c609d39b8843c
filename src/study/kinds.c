/* Knows the first bytes of files that are not read, what they are called, and what makes of them
 * one that is read. */
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "bitcrush/input.h"
#include "bitcrush/study.h"

static const char picture[] = "expected PNG, JPEG or PNM, which `magick IN OUT.png` makes of it";
static const char sound[] = "expected WAV or FLAC, which `ffmpeg -i IN OUT.wav` makes of it";
static const char torch[] =
    "expected safetensors, which safetensors.torch.save_file of Python makes of its tensors";
static const char weights[] = "expected safetensors, GGUF, .npy or .npz";
static const char ggml[] =
    "expected GGUF, which convert_llama_ggml_to_gguf.py of llama.cpp makes of it";
static const char packed[] = "expected what is packed in it";
static const char page[] = "expected the file itself; what was downloaded is a page about it";
static const char lfs[] = "expected the file that it stands for, which `git lfs pull` fetches";
static const char any[] = "expected a format that `list` names";

#define AT(offset, bytes) offset, sizeof bytes - 1, bytes

/* The first row that fits counts; the second pair of bytes, where there is one, is needed too. */
/* clang-format off */
static const struct {
    struct {
        size_t offset, n;
        const char *bytes;
    } first, second;
    const char *name, *remedy;
} rows[] = {
    { { AT(0, "RIFF") },                 { AT(8, "WEBP") },        "a WebP picture", "expected PNG, which `dwebp IN -o OUT.png` makes of it" },
    { { AT(0, "RIFF") },                 { AT(8, "AVI ") },        "an AVI film", sound },
    { { AT(0, "GIF8") },                 { AT(0, "") },            "a GIF picture", picture },
    { { AT(0, "II*\0") },                { AT(0, "") },            "a TIFF picture, or a camera's raw one", picture },
    { { AT(0, "MM\0*") },                { AT(0, "") },            "a TIFF picture, or a camera's raw one", picture },
    { { AT(0, "BM") },                   { AT(6, "\0\0\0\0") },    "a BMP picture", picture },
    { { AT(4, "ftypavif") },             { AT(0, "") },            "an AVIF picture", picture },
    { { AT(4, "ftyphei") },              { AT(0, "") },            "a HEIC picture", picture },
    { { AT(4, "ftypmif1") },             { AT(0, "") },            "a HEIF picture", picture },
    { { AT(0, "\0\0\0\x0CJXL ") },       { AT(0, "") },            "a JPEG XL picture", "expected PNG, which `djxl IN OUT.png` makes of it" },
    { { AT(0, "\xFF\x0A") },             { AT(0, "") },            "a JPEG XL picture", "expected PNG, which `djxl IN OUT.png` makes of it" },
    { { AT(0, "\0\0\0\x0CjP  ") },       { AT(0, "") },            "a JPEG 2000 picture", picture },
    { { AT(0, "\xFF\x4F\xFF\x51") },     { AT(0, "") },            "a JPEG 2000 picture", picture },
    { { AT(0, "\0\0\2\0\0\0\0\0") },   { AT(0, "") },            "a TGA picture", picture },
    { { AT(0, "\0\0\x0A\0\0\0\0\0") }, { AT(0, "") },            "a TGA picture", picture },
    { { AT(0, "8BPS") },                 { AT(0, "") },            "a Photoshop file", picture },
    { { AT(0, "gimp xcf") },             { AT(0, "") },            "a GIMP file", picture },
    { { AT(0, "qoif") },                 { AT(0, "") },            "a QOI picture", picture },
    { { AT(0, "farbfeld") },             { AT(0, "") },            "a farbfeld picture", picture },
    { { AT(0, "\x76\x2F\x31\x01") },     { AT(0, "") },            "an OpenEXR picture", picture },
    { { AT(0, "#?RADIANCE") },           { AT(0, "") },            "a Radiance picture", picture },
    { { AT(0, "DDS ") },                 { AT(0, "") },            "a DDS texture", picture },
    { { AT(0, "\0\0\1\0") },             { AT(5, "\0") },          "a Windows icon", picture },
    { { AT(0, "SIMPLE  =") },            { AT(0, "") },            "a FITS picture", picture },
    { { AT(0, "\x8BJNG") },              { AT(0, "") },            "a JNG picture", picture },
    { { AT(0, "%PDF-") },                { AT(0, "") },            "a PDF document", "expected PNG, which `pdftoppm -png IN OUT` makes of its pages" },
    { { AT(0, "%!PS") },                 { AT(0, "") },            "a PostScript document", picture },
    { { AT(0, "<svg") },                 { AT(0, "") },            "an SVG drawing", "expected PNG, which `rsvg-convert IN -o OUT.png` makes of it" },
    { { AT(0, "<?xml") },                { AT(0, "") },            "an XML file, perhaps an SVG drawing", "expected PNG, which `rsvg-convert IN -o OUT.png` makes of a drawing" },
    { { AT(0, "\x0B\x77") },             { AT(0, "") },            "a file of AC-3 sound", sound },
    { { AT(4, "ftypM4A") },              { AT(0, "") },            "an M4A file of AAC or ALAC sound", sound },
    { { AT(4, "ftyp") },                 { AT(0, "") },            "an MP4 or QuickTime file", sound },
    { { AT(0, "\x1A\x45\xDF\xA3") },     { AT(0, "") },            "a Matroska or WebM file", sound },
    { { AT(0, "ID3") },                  { AT(0, "") },            "an MP3 file", sound },
    { { AT(0, "\xFF\xFB") },             { AT(0, "") },            "an MP3 file", sound },
    { { AT(0, "\xFF\xF3") },             { AT(0, "") },            "an MP3 file", sound },
    { { AT(0, "\xFF\xF1") },             { AT(0, "") },            "an AAC file", sound },
    { { AT(0, "\xFF\xF9") },             { AT(0, "") },            "an AAC file", sound },
    { { AT(0, "OggS") },                 { AT(0, "") },            "an Ogg file of a kind that libsndfile does not know", sound },
    { { AT(0, "\x30\x26\xB2\x75") },     { AT(0, "") },            "a WMA or WMV file", sound },
    { { AT(0, "wvpk") },                 { AT(0, "") },            "a WavPack file", sound },
    { { AT(0, "MAC ") },                 { AT(0, "") },            "a Monkey's Audio file", sound },
    { { AT(0, "DSD ") },                 { AT(0, "") },            "a DSD file", sound },
    { { AT(0, "FRM8") },                 { AT(0, "") },            "a DSDIFF file", sound },
    { { AT(0, "MThd") },                 { AT(0, "") },            "a MIDI file", "expected sound, which a synthesizer makes of its notes" },
    { { AT(0, "FLV\1") },                { AT(0, "") },            "an FLV film", sound },
    { { AT(0, "\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9") }, { AT(0, "") },  "a pickled PyTorch file", torch },
    { { AT(0, "\x80\x02") },             { AT(0, "") },            "a Python pickle", torch },
    { { AT(0, "\x80\x03") },             { AT(0, "") },            "a Python pickle", torch },
    { { AT(0, "\x80\x04\x95") },         { AT(0, "") },            "a Python pickle", torch },
    { { AT(0, "\x80\x05\x95") },         { AT(0, "") },            "a Python pickle", torch },
    { { AT(0, "\x89HDF") },              { AT(0, "") },            "an HDF5 file, as of Keras", weights },
    { { AT(4, "TFL3") },                 { AT(0, "") },            "a TFLite model", weights },
    { { AT(0, "lmgg") },                 { AT(0, "") },            "a GGML file of the time before GGUF", ggml },
    { { AT(0, "tjgg") },                 { AT(0, "") },            "a GGML file of the time before GGUF", ggml },
    { { AT(0, "fmgg") },                 { AT(0, "") },            "a GGML file of the time before GGUF", ggml },
    { { AT(0, "MATLAB 5.0") },           { AT(0, "") },            "a MATLAB file", weights },
    { { AT(0, "PAR1") },                 { AT(0, "") },            "a Parquet file", weights },
    { { AT(0, "ARROW1") },               { AT(0, "") },            "an Arrow file", weights },
    { { AT(0, "SQLite format 3") },      { AT(0, "") },            "an SQLite database", any },
    { { AT(0, "\x1F\x8B") },             { AT(0, "") },            "a gzip file", packed },
    { { AT(0, "BZh") },                  { AT(0, "") },            "a bzip2 file", packed },
    { { AT(0, "\xFD" "7zXZ") },          { AT(0, "") },            "an xz file", packed },
    { { AT(0, "\x28\xB5\x2F\xFD") },     { AT(0, "") },            "a Zstandard file", packed },
    { { AT(0, "7z\xBC\xAF") },           { AT(0, "") },            "a 7-Zip archive", packed },
    { { AT(0, "Rar!") },                 { AT(0, "") },            "a RAR archive", packed },
    { { AT(0, "\x7F" "ELF") },           { AT(0, "") },            "a program", any },
    { { AT(0, "version https://git-lfs") }, { AT(0, "") },         "a pointer of Git LFS", lfs },
    { { AT(0, "<!DOCTYPE html") },       { AT(0, "") },            "an HTML page", page },
    { { AT(0, "<!doctype html") },       { AT(0, "") },            "an HTML page", page },
    { { AT(0, "<html") },                { AT(0, "") },            "an HTML page", page },
};
/* clang-format on */

static bool has_bytes(const uint8_t *head, size_t n, size_t offset, size_t n_bytes,
                      const char *bytes)
{
    return offset + n_bytes <= n && memcmp(head + offset, bytes, n_bytes) == 0;
}

/* Is a text among n bytes? */
static bool mentions(const uint8_t *bytes, size_t n, const char *text)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(bytes + i, text, length) == 0)
            return true;
    return false;
}

/* An archive is known by the name of its first member, which stands in the head. NULL of .npz,
 * which is read: what is wrong with one has a sentence of its own. */
static const char *kind_of_zip(const uint8_t *head, size_t n, const char **remedy)
{
    enum { NAME = 30 };
    const uint8_t *name = head + NAME;
    const size_t has = n > NAME ? n - NAME : 0,
                 says = n > NAME ? head[26] | (size_t)head[27] << 8 : 0;
    const size_t n_name = says < has ? says : has;

    if (n_name > 4 && memcmp(name + n_name - 4, ".npy", 4) == 0)
        return NULL;
    const bool is_torch =
        mentions(name, n_name, ".pkl") || mentions(name, n_name, "/.format_version");

    *remedy = is_torch ? torch : packed;
    return is_torch ? "a pickled PyTorch file" : "a ZIP archive";
}

/* A protobuf that begins with a version of ONNX, 3 on, and the name of the program that made it. */
static bool is_onnx(const uint8_t *head, size_t n)
{
    return n > 8 && head[0] == 0x08 && head[1] >= 3 && head[1] <= 16 && head[2] == 0x12 &&
           head[3] > 0 && head[4] >= ' ' && head[4] <= '~';
}

/* What a file of these first bytes is ("a WebP picture"), and what to do (*remedy: "expected PNG,
 * ..."); NULL where nobody knows. */
static const char *kind_of_head(const uint8_t *head, size_t n, const char **remedy)
{
    if (has_bytes(head, n, AT(0, "PK\3\4")))
        return kind_of_zip(head, n, remedy);
    if (is_onnx(head, n)) {
        *remedy = weights;
        return "an ONNX model";
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (has_bytes(head, n, rows[i].first.offset, rows[i].first.n, rows[i].first.bytes) &&
            has_bytes(head, n, rows[i].second.offset, rows[i].second.n, rows[i].second.bytes)) {
            *remedy = rows[i].remedy;
            return rows[i].name;
        }
    }
    return NULL;
}

/* First bytes tell nothing of a file that is read: a length of 640 begins like a pickle. But what
 * MPEG and Ogg hold begins alike whether libsndfile reads it or not. */
static bool may_be_told(const uint8_t *head, size_t n, const char *remedy)
{
    const bc_medium *medium = bc_medium_of_head(head, n);

    return !medium || (medium == &bc_sound && remedy == sound);
}

bc_status bc_kind_refuse(const char *path, bc_error *err)
{
    const char *remedy, *name = NULL;
    bc_input *input = NULL;
    struct stat info;
    size_t n;

    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && !bc_input_open(path, &input, NULL)) {
        const uint8_t *head = bc_input_head(input, &n);

        name = kind_of_head(head, n, &remedy);
        if (name && !may_be_told(head, n, remedy))
            name = NULL;
    }
    bc_input_free(input);
    return name ? bci_fail(err, BC_E_UNSUPPORTED, "%s: is %s, %s", path, name, remedy) : BC_OK;
}

bc_status bc_medium_unknown(const char *path, bc_error *err)
{
    const bc_status st = bc_kind_refuse(path, err);

    return st ? st
              : bci_fail(err, BC_E_UNSUPPORTED,
                         "%s: holds no picture, sound, weights or numbers that are known here, "
                         "expected a format that `list` names",
                         path);
}
