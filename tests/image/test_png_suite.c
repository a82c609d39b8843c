/* The PNG suite of Willem van Schaik, in ../data/pngsuite: another program's files. Its x*.png
 * are corrupt. */
#include "decode.h"
#include "picture.h"
#include "reduce.h"

/* Run `check` on every file of the suite that is corrupt, or not; returns how many. */
static int for_files(bool corrupt, void (*check)(const char *name, const char *path))
{
    DIR *dir = opendir(PNGSUITE_DIR);
    int n = 0;

    EXPECT(dir, "%s cannot be opened", PNGSUITE_DIR);
    for (const struct dirent *e; (e = readdir(dir));) {
        const size_t length = strlen(e->d_name);
        char path[4096];

        if (length < 4 || strcmp(e->d_name + length - 4, ".png") != 0 ||
            (e->d_name[0] == 'x') != corrupt)
            continue;
        snprintf(path, sizeof path, "%s/%s", PNGSUITE_DIR, e->d_name);
        check(e->d_name, path);
        n++;
    }
    closedir(dir);
    return n;
}

/* Pixels as libpng decodes them, and as the code under test does. */
static void decodes_equal(const char *name, const char *path)
{
    picture p = picture_load(path);
    uint16_t *want = picture_rgba(&p);
    bc_image_info info;
    bc_error err = { 0 };
    bc_status st;
    uint16_t *got = decode_rgba(path, 3, &info, &st, &err);

    EXPECT(st == BC_OK, "%s: status %d, %s", name, (int)st, err.text);
    EXPECT(info.width == p.width && info.height == p.height, "%s: %u x %u, expected %u x %u", name,
           info.width, info.height, p.width, p.height);
    for (size_t i = 0; i < (size_t)p.width * p.height * 4; i++)
        EXPECT(got[i] == want[i], "%s: %c of pixel %zu is %u, expected %u", name, "RGBA"[i % 4],
               i / 4, got[i], want[i]);
    free(got);
    free(want);
    picture_free(&p);
}

/* A reduction to the depth that a picture has is a copy, in whatever layout. */
static void copies_equal(const char *name, const char *path)
{
    picture p = picture_load(path);
    const bc_image_settings s =
        settings_of("floyd-steinberg", p.colour_type == INDEXED ? 8 : p.depth);
    const bc_image_result r = reduce_file(path, path_of("out.png"), &s);
    picture out = picture_load(path_of("out.png"));

    EXPECT(picture_sum(&out) == picture_sum(&p) && r.coded.sum_e2 == 0.0,
           "%s: the copy in layout %s, %d bits differs", name, r.output_layout, r.output_depth);
    picture_free(&p);
    picture_free(&out);
}

static void is_refused(const char *name, const char *path)
{
    bc_image_info info;
    bc_error err = { 0 };
    bc_status st;
    uint16_t *got = decode_rgba(path, 0, &info, &st, &err);

    EXPECT(!got && st == BC_E_FORMAT && err.status == BC_E_FORMAT, "%s: status %d, \"%s\"", name,
           (int)st, err.text);
    EXPECT(strstr(err.text, name) && strstr(err.text, ": ") && strlen(err.text) > strlen(path) + 20,
           "%s: \"%s\" is no sentence about the file", name, err.text);
}

static void valid_files(void **state)
{
    (void)state;
    assert_true(for_files(false, decodes_equal) >= 100);
}

static void valid_copies(void **state)
{
    (void)state;
    assert_true(for_files(false, copies_equal) >= 100);
}

static void corrupt_files(void **state)
{
    (void)state;
    assert_int_equal(for_files(true, is_refused), 14);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("valid files of the PNG suite decode as with libpng", valid_files),
        SENTENCE("valid files of the PNG suite are copied exactly at their own depth",
                 valid_copies),
        SENTENCE("corrupt files of the PNG suite are refused with a sentence", corrupt_files),
    };

    return cmocka_run_group_tests_name("PNG suite", tests, make_scratch_dir, remove_scratch_dir);
}
