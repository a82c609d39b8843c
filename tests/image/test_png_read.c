/* PNG files of every kind, as libpng writes them, come back sample for sample. */
#include "decode.h"
#include "picture.h"

static const uint32_t sizes[][2] = { { 1, 1 }, { 1, 9 },   { 9, 1 },   { 3, 5 },
                                     { 8, 8 }, { 33, 17 }, { 64, 70 }, { 257, 3 } };
enum { N_SIZES = sizeof sizes / sizeof *sizes };

static const struct {
    int colour_type, depth;
} kinds[] = {
    { GREY, 1 },    { GREY, 2 },       { GREY, 4 },        { GREY, 8 },      { GREY, 16 },
    { RGB, 8 },     { RGB, 16 },       { INDEXED, 1 },     { INDEXED, 2 },   { INDEXED, 4 },
    { INDEXED, 8 }, { GREY_ALPHA, 8 }, { GREY_ALPHA, 16 }, { RGB_ALPHA, 8 }, { RGB_ALPHA, 16 },
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static void describe(const picture *p, char *text, size_t size)
{
    snprintf(text, size, "%u x %u, colour type %d, depth %d%s%s", p->width, p->height,
             p->colour_type, p->depth, p->is_interlaced ? ", interlaced" : "",
             p->has_key ? ", transparent colour" : "");
}

/* Save, decode, compare with the picture that was saved. */
static bc_image_info check(const picture *p, uint32_t step)
{
    char what[128];
    bc_image_info info = { 0 };
    bc_status st;
    bc_error err = { 0 };

    describe(p, what, sizeof what);
    picture_save(p, path_of("x.png"));

    uint16_t *got = decode_rgba(path_of("x.png"), step, &info, &st, &err);
    uint16_t *want = picture_rgba(p);

    EXPECT(st == BC_OK, "%s, %u rows at a time: status %d, %s", what, step, (int)st, err.text);
    EXPECT(info.width == p->width && info.height == p->height &&
               info.is_interlaced == p->is_interlaced && strcmp(info.format, "png") == 0 &&
               info.is_indexed == (p->colour_type == INDEXED),
           "%s: described as %u x %u, interlaced %d, indexed %d, %s", what, info.width, info.height,
           info.is_interlaced, info.is_indexed, info.format);
    for (size_t i = 0; i < (size_t)p->width * p->height * 4; i++)
        EXPECT(got[i] == want[i], "%s, %u rows at a time: %c of pixel %zu is %u, expected %u", what,
               step, "RGBA"[i % 4], i / 4, got[i], want[i]);
    free(got);
    free(want);
    return info;
}

static void every_kind(void **state)
{
    static const uint32_t steps[] = { 0, 1, 7 };

    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        for (size_t i = 0; i < N_SIZES * 2; i++) {
            picture p = picture_random(sizes[i / 2][0], sizes[i / 2][1], kinds[k].colour_type,
                                       kinds[k].depth, 100 * k + i);

            p.is_interlaced = i % 2;
            const bc_image_info info = check(&p, steps[i % 3]);
            const bool has_alpha = p.colour_type == GREY_ALPHA || p.colour_type == RGB_ALPHA;
            const uint32_t n = p.colour_type == INDEXED ? 3 : picture_channels(&p);
            const int depth = p.colour_type == INDEXED ? 8 : p.depth;

            EXPECT(info.n_channels == n && info.has_alpha == has_alpha && info.depth == depth &&
                       info.true_depth == depth && info.maxval == (1u << depth) - 1,
                   "colour type %d, depth %d: %u channels, alpha %d, depth %d, true depth %d, "
                   "samples up to %u",
                   p.colour_type, p.depth, info.n_channels, info.has_alpha, info.depth,
                   info.true_depth, info.maxval);
            picture_free(&p);
        }
    }
}

static void every_filter(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        for (int filter = 1; filter <= 5; filter++) {
            picture p = picture_random(37, 11, kinds[k].colour_type, kinds[k].depth, k);

            p.filter = filter;
            (void)check(&p, 2);
            picture_free(&p);
        }
    }
}

static void transparent_colours(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        const int type = kinds[k].colour_type;

        for (int interlaced = 0; interlaced < 2 && type != GREY_ALPHA && type != RGB_ALPHA;
             interlaced++) {
            picture p = picture_random(33, 17, type, kinds[k].depth, k);

            p.is_interlaced = interlaced;
            p.has_key = type != INDEXED;
            if (type == INDEXED)
                for (uint32_t i = 0; i < p.n_palette; i++)
                    p.palette[i][3] = (uint8_t)(i * 3);
            memcpy(p.key, p.samples + 10 * picture_channels(&p), sizeof p.key);
            /* One that differs in a single low bit stays opaque. */
            if (type == RGB) {
                memcpy(p.samples + 33, p.key, sizeof p.key);
                p.samples[35] ^= 1;
            }

            const bc_image_info info = check(&p, 5);

            EXPECT(info.has_alpha && info.n_channels == (type == GREY ? 2 : 4),
                   "colour type %d, depth %d with tRNS: %u channels", type, p.depth,
                   info.n_channels);
            picture_free(&p);
        }
    }
}

/* sBIT says how many bits of a sample are real. */
static void significant_bits(void **state)
{
    static const struct {
        int colour_type, depth;
        uint8_t sbit[4];
        int true_depth;
    } rows[] = {
        { GREY, 8, { 5 }, 5 },          { GREY, 16, { 10 }, 10 },
        { GREY, 16, { 16 }, 16 },       { RGB, 8, { 5, 6, 5 }, 6 },
        { RGB, 16, { 1, 1, 1 }, 1 },    { RGB, 16, { 8, 9, 12 }, 12 },
        { GREY_ALPHA, 8, { 3, 8 }, 3 }, { RGB_ALPHA, 16, { 4, 4, 4, 16 }, 4 },
        { INDEXED, 4, { 5, 6, 7 }, 7 }, { GREY, 4, { 2 }, 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        picture p = picture_random(9, 4, rows[i].colour_type, rows[i].depth, i);

        p.has_sbit = true;
        memcpy(p.sbit, rows[i].sbit, sizeof p.sbit);

        const bc_image_info info = check(&p, 0);

        EXPECT(info.true_depth == rows[i].true_depth, "row %zu: true depth %d, expected %d", i,
               info.true_depth, rows[i].true_depth);
        picture_free(&p);
    }
}

/* A file cut anywhere, or with any one byte changed, is refused or, where the change means
 * nothing (a bit of an ancillary chunk's name, the zlib header's hints), decoded; never more
 * rows than it has, never a crash. Cut files are always refused. */
static void damage(void **state)
{
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        picture p = picture_random(13, 7, RGB, 8, 5);
        size_t n;
        bc_image_info info;
        bc_status st;

        p.is_interlaced = interlaced;
        picture_save(&p, path_of("x.png"));
        uint8_t *bytes = load_bytes(path_of("x.png"), &n);
        uint16_t *want = picture_rgba(&p);

        for (size_t cut = 1; cut < n; cut++) {
            bc_error err = { 0 };

            save_bytes(path_of("cut.png"), bytes, cut);
            uint16_t *got = decode_rgba(path_of("cut.png"), 1, &info, &st, &err);

            EXPECT(!got && st == (cut < 4 ? BC_E_UNSUPPORTED : BC_E_FORMAT) && err.status == st &&
                       strstr(err.text, "cut.png"),
                   "cut after %zu of %zu bytes%s: status %d, \"%s\"", cut, n,
                   interlaced ? ", interlaced" : "", (int)st, err.text);
        }
        for (size_t at = 8; at < n; at++) {
            bc_error err = { 0 };

            bytes[at] ^= 0x10;
            save_bytes(path_of("cut.png"), bytes, n);
            bytes[at] ^= 0x10;
            uint16_t *got = decode_rgba(path_of("cut.png"), 3, &info, &st, &err);

            EXPECT(!got && st == BC_E_FORMAT && *err.text,
                   "byte %zu of %zu changed: status %d, "
                   "\"%s\"",
                   at, n, (int)st, err.text);
        }
        free(bytes);
        free(want);
        picture_free(&p);
    }
}

/* Signatures that were altered on the way, as the PNG specification's clause 5.2 foresees. */
static void damaged_signatures(void **state)
{
    static const char signatures[][9] = {
        "\x09PNG\r\n\x1a\n", /* high bits lost */
        "\x89PNG\n\x1a\n",   /* CR LF became LF; one byte short */
        "\x89PNG\r\r\n\x1a", /* LF became CR LF */
        "\x89PNG\r\r\x1a\r", /* LF became CR */
        "\x89PNG\n\n\x1a\n", /* CR became LF */
        "\x89PNG\r\n \n",    /* a control character was replaced */
        "\x89QNG\r\n\x1a\n", /* a letter was */
    };

    (void)state;
    picture p = picture_random(3, 3, GREY, 8, 1);
    size_t n;

    picture_save(&p, path_of("x.png"));
    uint8_t *bytes = load_bytes(path_of("x.png"), &n);

    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        bc_image_info info;
        bc_error err = { 0 };
        bc_status st;

        memcpy(bytes, signatures[i], 8);
        save_bytes(path_of("cut.png"), bytes, n);
        (void)decode_rgba(path_of("cut.png"), 0, &info, &st, &err);
        EXPECT(st == BC_E_FORMAT && strstr(err.text, "cut.png"), "signature %zu: status %d, \"%s\"",
               i, (int)st, err.text);
    }
    free(bytes);
    picture_free(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every colour type, depth and size comes back, interlaced or not", every_kind),
        SENTENCE("every row filter is undone", every_filter),
        SENTENCE("tRNS makes alpha", transparent_colours),
        SENTENCE("sBIT gives the true depth", significant_bits),
        SENTENCE("a cut or altered file is refused with a sentence", damage),
        SENTENCE("an altered signature is told from another kind of file", damaged_signatures),
    };

    return cmocka_run_group_tests_name("PNG reading", tests, make_scratch_dir, remove_scratch_dir);
}
