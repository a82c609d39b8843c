/* A process that is killed while it writes leaves the old file or the new one, and nothing that the
 * next does not remove. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/sink.h"
#include "bitcrush/output.h"
#include "scratch_dir.h"

enum { N_KILLS = 60, N_BYTES = 400000, MOST_TURNS = 1000000 };

/* Write the target again and again until somebody stops it. */
static void write_for_ever(const char *path)
{
    static uint8_t bytes[N_BYTES];

    for (uint8_t turn = 1;; turn++) {
        bci_sink *s = NULL;
        bc_error err;

        memset(bytes, turn, sizeof bytes);
        if (bci_sink_open(path, true, &s, &err) ||
            bci_sink_write(s, bytes, sizeof bytes / 2, &err) ||
            bci_sink_write(s, bytes + sizeof bytes / 2, sizeof bytes / 2, &err) ||
            bci_sink_commit(s, &err))
            _exit(1);
        bci_sink_free(s);
    }
}

/* The file is all of one turn. */
static void expect_whole(const char *path)
{
    size_t n;
    uint8_t *bytes = load_bytes(path, &n);

    EXPECT(n == N_BYTES && memcmp(bytes, bytes + 1, n - 1) == 0, "%zu bytes, or of two turns", n);
    free(bytes);
}

static void kills(void **state)
{
    const char *path = path_of("target");
    int n_left = 0;

    (void)state;
    for (int i = 0; i < N_KILLS; i++) {
        const pid_t writer = fork();

        assert_true(writer >= 0);
        if (writer == 0)
            write_for_ever(path);
        for (int turn = 0; access(path, F_OK) != 0; turn++) { /* until the first turn is over */
            if (turn == MOST_TURNS) {
                (void)kill(writer, SIGKILL);
                fail_msg("nothing was written");
            }
            nanosleep(&(struct timespec){ .tv_nsec = 10000 }, NULL);
        }
        nanosleep(&(struct timespec){ .tv_nsec = 50000L * (i + 1) }, NULL);
        assert_int_equal(kill(writer, SIGKILL), 0);
        int status;

        assert_int_equal(waitpid(writer, &status, 0), writer);
        EXPECT(WIFSIGNALED(status), "the writer ended by itself with %d", WEXITSTATUS(status));
        expect_whole(path);
        EXPECT(count_files(false) <= 2, "%d files: more than the last run left",
               count_files(false));
        n_left += count_files(false) - 1;
    }
    print_message("%d of %d kills left a temporary file\n", n_left, N_KILLS);
    bci_sink *s = NULL;
    bc_error err;

    assert_int_equal(bci_sink_open(path, true, &s, &err), BC_OK);
    assert_int_equal(bci_sink_write(s, "x", 1, &err), BC_OK);
    assert_int_equal(bci_sink_commit(s, &err), BC_OK);
    bci_sink_free(s);
    assert_int_equal(count_files(false), 1);
}

static void on_term(int number)
{
    (void)number;
    bc_output_abandon();
    _exit(7);
}

/* A handler that ends the process takes along what has a name, and only that of outputs that are
 * not in place. */
static void a_handler_leaves_nothing(void **state)
{
    const struct sigaction term = { .sa_handler = on_term };
    int status, ready[2];
    char c;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();

    if (child == 0) {
        bci_sink *sinks[3];
        bc_error err;
        char name[] = "out0";

        sigaction(SIGTERM, &term, NULL);
        for (size_t i = 0; i < 3; i++, name[3]++)
            if (bci_sink_open(path_of(name), true, &sinks[i], &err) ||
                bci_sink_write(sinks[i], "bytes", 5, &err))
                _exit(1);
        if (bci_sink_commit(sinks[1], &err) || write(ready[1], "!", 1) != 1)
            _exit(1);
        bci_sink_free(sinks[1]);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 7, "ended with %d", status);
    assert_int_equal(access(path_of("out1"), R_OK), 0);
    assert_int_equal(count_files(true), 1);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a killed writer leaves a whole file, and what the next one removes", kills,
          empty_scratch_dir, empty_scratch_dir, NULL },
        { "a handler of signals takes along what has a name", a_handler_leaves_nothing, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests_name("kill", tests, make_scratch_dir, remove_scratch_dir);
}
