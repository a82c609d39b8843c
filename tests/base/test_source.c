/* Inputs are read whole, from files and pipes alike, and peeked at without loss. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/source.h"
#include "scratch_dir.h"

static uint8_t bytes[200000];

static void fill(void)
{
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i >> 5 ^ i);
}

/* Read to the end in calls of `step` bytes: what comes is bytes[0..n). */
static void check_content(bci_source *s, const char *what, size_t n, size_t step)
{
    static uint8_t got[sizeof bytes + 1];
    size_t at = 0;

    EXPECT(s->n_peeked == (n < BCI_PEEK_SIZE ? n : BCI_PEEK_SIZE) &&
               memcmp(s->peeked, bytes, s->n_peeked) == 0,
           "%s of %zu bytes: peeked at %zu, or others", what, n, s->n_peeked);
    for (;;) {
        const size_t now =
            bci_source_read(s, got + at, at + step > sizeof got ? sizeof got - at : step);

        at += now;
        EXPECT(s->offset == at, "%s of %zu bytes: offset %llu after %zu", what, n,
               (unsigned long long)s->offset, at);
        if (now < step)
            break;
    }
    EXPECT(at == n && memcmp(got, bytes, n) == 0 && bci_source_status(s, NULL) == BC_OK,
           "%s of %zu bytes in calls of %zu: %zu came, or others", what, n, step, at);
}

static const size_t lengths[] = { 1, 63, 64, 65, 128, 4095, 100000 };
static const size_t steps[] = { 1, 7, 64, 65, 4096, 200000 };

static void files(void **state)
{
    const char *path = path_of("x");

    (void)state;
    fill();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        save_bytes(path, bytes, lengths[i]);
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
            bci_source *s = NULL;
            bc_error err = { 0 };

            EXPECT(bci_source_open(path, NULL, &s, &err) == BC_OK, "%s", err.text);
            assert_string_equal(s->name, path);
            assert_int_equal(s->size_bytes, lengths[i]);
            check_content(s, "file", lengths[i], steps[k]);
            bci_source_free(s);
        }
    }
    bci_source_free(NULL);
}

/* A child writes in small pieces; the source sees one stream. */
static void standard_input(void **state)
{
    const int before = dup(STDIN_FILENO);
    const size_t n = 3000;
    bci_source *s = NULL;
    bc_error err = { 0 };
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();

    if (child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < n; at += 30) {
            if (write(ends[1], bytes + at, 30) != 30)
                _exit(1);
            if (at < 300)
                usleep(1000);
        }
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    EXPECT(bci_source_open("-", NULL, &s, &err) == BC_OK, "%s", err.text);
    assert_string_equal(s->name, "standard input");
    assert_true(s->size_bytes == UINT64_MAX);
    check_content(s, "pipe", n, 77);
    bci_source_free(s);
    assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
    close(before);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* What was looked at loses nothing, whoever else opens other inputs meanwhile. */
static void looked_at(void **state)
{
    const char *one = path_of("one"), *two = path_of("two");
    const uint8_t *head;
    bc_error err = { 0 };
    size_t n;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *path = i ? two : one;

        assert_int_equal(mkfifo(path, 0600), 0);
        if (fork() == 0) {
            const int fd = open(path, O_WRONLY);

            _exit(write(fd, bytes + i, 1000) != 1000);
        }
    }
    bc_input *a = NULL, *b = NULL, *unread = NULL;
    bci_source *s = NULL, *t = NULL;

    EXPECT(bc_input_open(one, &a, &err) == BC_OK, "%s", err.text);
    EXPECT(bc_input_open(two, &b, &err) == BC_OK, "%s", err.text);
    head = bc_input_head(a, &n);
    assert_int_equal(n, BC_HEAD_SIZE);
    assert_memory_equal(head, bytes, n);
    assert_memory_equal(bc_input_head(b, &n), bytes + 1, BC_HEAD_SIZE);
    save_bytes(path_of("file"), bytes, BC_HEAD_SIZE + 36);
    EXPECT(bci_source_open(path_of("file"), &(bc_reading){ .input = a }, &t, &err) == BC_OK, "%s",
           err.text);
    bci_source_free(t); /* of another path */
    EXPECT(bci_source_open(one, &(bc_reading){ .input = a }, &s, &err) == BC_OK, "%s", err.text);
    bc_input_free(a);
    check_content(s, "looked at", 1000, 77);
    bci_source_free(s);
    bc_input_free(b);
    EXPECT(bc_input_open(path_of("file"), &unread, &err) == BC_OK, "%s", err.text);
    (void)bc_input_head(unread, &n);
    assert_int_equal(n, BC_HEAD_SIZE);
    bc_input_free(unread);
    bc_input_free(NULL);
    assert_int_equal(bc_input_open(path_of("missing"), &unread, &err), BC_E_OPEN);
    while (wait(NULL) > 0)
        ;
}

static void refusals(void **state)
{
    const struct {
        const char *path;
        bc_status status;
        const char *fact;
    } rows[] = {
        { path_of("missing"), BC_E_OPEN, "No such file" },
        { path_of("missing/x"), BC_E_OPEN, "No such file" },
        { path_of("dir"), BC_E_OPEN, "is a directory" },
        { path_of("empty"), BC_E_FORMAT, "is empty" },
        { "/dev/null", BC_E_FORMAT, "is empty" },
        { "", BC_E_OPEN, "No such file" },
    };

    (void)state;
    assert_int_equal(mkdir(path_of("dir"), 0700), 0);
    save_bytes(path_of("empty"), "", 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bci_source *s = NULL;
        bc_error err = { 0 };
        const bc_status st = bci_source_open(rows[i].path, NULL, &s, &err);

        EXPECT(st == rows[i].status && err.status == st && !s, "row %zu: status %d, expected %d", i,
               (int)st, (int)rows[i].status);
        EXPECT(strncmp(err.text, rows[i].path, strlen(rows[i].path)) == 0 &&
                   strstr(err.text, rows[i].fact),
               "row %zu: \"%s\" does not say \"%s\"", i, err.text, rows[i].fact);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("files come whole, in reads of any size", files),
        SENTENCE("standard input comes whole, however it trickles in", standard_input),
        SENTENCE("what was looked at is handed on whole, and nothing else is", looked_at),
        SENTENCE("what cannot be read is refused with a sentence", refusals),
    };

    return cmocka_run_group_tests_name("source", tests, make_scratch_dir, remove_scratch_dir);
}
