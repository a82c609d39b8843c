/* What is asked of files around a run: what they are, what they are called, and that none is one of
 * the others. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/expect.h"
#include "bitcrush/file_plan.h"
#include "bitcrush/output.h"
#include "bitcrush/study.h"

static const char *as_txt(const void *job, const char *in)
{
    (void)job;
    (void)in;
    return ".txt";
}

static void outputs_are_called_by_input_choice_and_ending(void **state)
{
    static const struct {
        const char *in, *directory, *out;
    } rows[] = {
        { "photo.jpg", NULL, "photo-4bit.txt" },
        { "dir/photo.jpg", NULL, "dir/photo-4bit.txt" },
        { "dir/photo.jpg", "out", "out/photo-4bit.txt" },
        { "dir/photo.jpg", "out/", "out/photo-4bit.txt" },
        { "a.b/c", NULL, "a.b/c-4bit.txt" },
        { ".hidden", NULL, ".hidden-4bit.txt" },
        { "-", NULL, "-" },
        { "-", "out", "out/--4bit.txt" },
    };
    const bc_medium m = { .ending = as_txt };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *out = bc_output_name(&m, NULL, rows[i].in, "4bit", rows[i].directory);

        EXPECT(out && strcmp(out, rows[i].out) == 0, "%s: called %s", rows[i].in, out);
        free(out);
    }
}

/* A plan of an input and an output. */
static bc_status plan(const char *in, const char *out, bc_error *err)
{
    const bc_reading reading = { 0 };
    bc_file_plan p = { 0 };

    bc_file_plan_add(&p, BC_PLAN_READ, "input", in, NULL);
    bc_file_plan_add(&p, BC_PLAN_WRITE, "output", out, in);
    return bc_file_plan_check(&p, &reading, err);
}

static void one_file_under_two_names_is_found(void **state)
{
    bc_error err;

    (void)state;
    assert_int_equal(bc_output_write("one", true, "x", 1, NULL), BC_OK);
    assert_int_equal(link("one", "two"), 0);
    assert_int_equal(symlink("one", "three"), 0);
    assert_int_equal(plan("one", "./two", &err), BC_E_USAGE);
    assert_string_equal(err.text, "./two: the output of one is the same file as the input one, "
                                  "expected a name of its own");
    assert_int_equal(plan("three", "two", NULL), BC_E_USAGE);
    assert_int_equal(plan("one", "four", NULL), BC_OK);
    assert_int_equal(plan("four", ".//four", NULL), BC_E_USAGE); /* that is not there */
    assert_int_equal(plan("/dev/null", "/dev/null", NULL), BC_OK);
    (void)unlink("one");
    (void)unlink("two");
    (void)unlink("three");
}

static void kinds_that_are_not_read_have_a_name(void **state)
{
    static const char webp[] = "RIFF\x10\0\0\0WEBPVP8 ";
    bc_error err;
    const bc_medium *m;

    (void)state;
    assert_int_equal(bc_output_write("a.webp", true, webp, sizeof webp, NULL), BC_OK);
    assert_int_equal(bc_kind_refuse("a.webp", &err), BC_E_UNSUPPORTED);
    assert_non_null(strstr(err.text, "a.webp: is a WebP picture, expected PNG"));
    assert_int_equal(bc_medium_of_rereadable("a.webp", &m, &err), BC_E_UNSUPPORTED);
    assert_int_equal(bc_medium_of_rereadable(".", &m, &err), BC_E_OPEN);
    assert_int_equal(bc_file_rereadable("-", &err), BC_E_UNSUPPORTED);
    assert_int_equal(bc_kind_refuse("missing", NULL), BC_OK);
    (void)unlink("a.webp");
}

static void outputs_are_checked_before_any_work(void **state)
{
    (void)state;
    assert_int_equal(bc_output_write("there", true, "x", 1, NULL), BC_OK);
    assert_int_equal(bc_output_check("there", false, NULL), BC_E_EXISTS);
    assert_int_equal(bc_output_check("there", true, NULL), BC_OK);
    assert_int_equal(bc_output_check("not there", false, NULL), BC_OK);
    assert_int_equal(bc_output_check(".", true, NULL), BC_E_WRITE);
    assert_int_equal(bc_output_check("-", false, NULL), BC_OK);
    (void)unlink("there");
}

static void a_scratch_directory_goes_with_its_files(void **state)
{
    bc_scratch_directory *first, *second;
    char path[4200];
    struct stat s;

    (void)state;
    assert_int_equal(bc_scratch_directory_new(&first, NULL), BC_OK);
    assert_int_equal(bc_scratch_directory_new(&second, NULL), BC_OK); /* leaves what is in use */
    snprintf(path, sizeof path, "%s/file", bc_scratch_directory_path(first));
    assert_int_equal(bc_output_write(path, false, "x", 1, NULL), BC_OK);
    snprintf(path, sizeof path, "%s", bc_scratch_directory_path(first));
    bc_scratch_directory_free(first);
    assert_int_equal(stat(path, &s), -1);
    bc_scratch_directory_free(second);
    bc_scratch_directory_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("outputs are called by input, choice and ending",
                 outputs_are_called_by_input_choice_and_ending),
        SENTENCE("one file under two names is found", one_file_under_two_names_is_found),
        SENTENCE("kinds that are not read have a name", kinds_that_are_not_read_have_a_name),
        SENTENCE("outputs are checked before any work", outputs_are_checked_before_any_work),
        SENTENCE("a scratch directory goes with its files",
                 a_scratch_directory_goes_with_its_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
