/* The same bytes come out for any number of threads, from a file and from a pipe, whether records
 * end where batches do or not. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tables.h"

/* Some hundred batches' worth of rows of every kind; the caller frees it. */
static char *large_table(size_t *n)
{
    enum { ROWS = 30000, ROOM = 96 };
    char *text = malloc(ROWS * ROOM);
    char *at = text;

    assert_non_null(text);
    at += sprintf(at, "time;\"temp \"\"in\"\"\";note;wide\n");
    for (unsigned i = 0; i < ROWS; i++) {
        const unsigned kind = i * 2654435761u >> 28;

        at += sprintf(at, "%u;%s%.3f%s;%s;%.17g\n", i, kind == 1 ? "\"" : "",
                      20.0 + sin(i * 0.01) * kind, kind == 1 ? "\"" : "",
                      kind == 2   ? "\"two\nlines; and \"\"quotes\"\"\""
                      : kind == 3 ? ""
                                  : "ok",
                      i / 7.0);
        if (kind == 4)
            at += sprintf(at, "# comment %u\n\n", i);
    }
    *n = (size_t)(at - text);
    return text;
}

static uint8_t *reduced_bytes(const char *in, bc_numbers_settings s, size_t *n, bc_error_sums *sums)
{
    const char *out = path_of("threads.csv");
    bc_numbers_result r;
    bc_error err = { 0 };

    if (bc_numbers_reduce(in, out, &s, &r, &err))
        fail_msg("%s", err.text);
    *sums = r.error;
    bc_numbers_result_free(&r);
    return load_bytes(out, n);
}

/* From a pipe that a child writes to, in pieces that end anywhere. */
static uint8_t *reduced_from_pipe(const char *text, size_t n_text, bc_numbers_settings s, size_t *n,
                                  bc_error_sums *sums)
{
    const char *path = path_of("pipe");

    assert_int_equal(mkfifo(path, 0600), 0);
    const pid_t child = fork();

    if (child == 0) {
        const int fd = open(path, O_WRONLY);

        for (size_t at = 0; at < n_text;) {
            const size_t m = n_text - at < 7777 ? n_text - at : 7777;
            const ssize_t put = write(fd, text + at, m);

            if (put <= 0)
                _exit(1);
            at += (size_t)put;
        }
        _exit(0);
    }
    uint8_t *bytes = reduced_bytes(path, s, n, sums);
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static void same_bytes(void **state)
{
    static const int threads[] = { 1, 2, 7 };
    size_t n_text, n_expected, n;
    char *text = large_table(&n_text);

    (void)state;
    save_bytes(path_of("large.csv"), text, n_text);
    for (int once = 0; once < 2; once++) {
        bc_numbers_settings s = settings_for("6");
        bc_error_sums first, sums;

        s.noise = bc_noise_find("tpdf");
        s.has_range = once;
        s.high = 30000.0;
        s.n_threads = 1;
        uint8_t *expected = reduced_bytes(path_of("large.csv"), s, &n_expected, &first);

        for (size_t i = 0; i < 3; i++)
            for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
                s.n_threads = threads[i];
                uint8_t *got = from_pipe ? reduced_from_pipe(text, n_text, s, &n, &sums)
                                         : reduced_bytes(path_of("large.csv"), s, &n, &sums);

                EXPECT(n == n_expected && memcmp(got, expected, n) == 0,
                       "%d threads, pipe %d, once %d: other bytes", threads[i], from_pipe, once);
                EXPECT(memcmp(&sums, &first, sizeof sums) == 0, "%d threads, pipe %d: other errors",
                       threads[i], from_pipe);
                free(got);
            }
        free(expected);
    }
    free(text);
}

/* Lines of every length around the size of a batch, 64 KiB, with a quote over its end. */
static void ends_of_batches(void **state)
{
    enum { BATCH = 1 << 16 };
    char *text = malloc(2 * BATCH), *expected = malloc(2 * BATCH);

    (void)state;
    assert_true(text && expected);
    for (size_t filled = BATCH - 12; filled <= BATCH + 2; filled++) {
        size_t n = 0;

        while (n < filled)
            n += (size_t)sprintf(text + n, "%.*s", (int)(filled - n < 8 ? filled - n : 8),
                                 "ab,1.00\n");
        if (filled % 8 != 0)
            n = filled - filled % 8;
        n += (size_t)sprintf(text + n, "\"a\n%0*d\",1.00\r\n", (int)(filled % 8), 0);
        sprintf(text + n, "x,2.00\nx,1.25");
        bc_numbers_result r;
        char *got = reduced_text(text, settings_for("1"), &r);

        EXPECT(r.error.n == r.input.n_rows && strcmp(got + strlen(got) - 8, "\nx,2\nx,1") == 0,
               "%zu bytes: %llu numbers in %llu rows, ends in `%s`", filled,
               (unsigned long long)r.error.n, (unsigned long long)r.input.n_rows,
               got + strlen(got) - 12);
        bc_numbers_result_free(&r);
        free(got);
    }
    free(expected);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(ends_of_batches),
    };

    return cmocka_run_group_tests_name("numbers: threads", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
