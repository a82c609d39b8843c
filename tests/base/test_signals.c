/* In a program whose signals restart nothing, reading and writing go on; the one that asks to stop
 * is obeyed at once. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/sink.h"
#include "base/source.h"
#include "scratch_dir.h"

enum { SIZE = 3000, PIECE = 100, PAUSE_US = 3000 };

static volatile sig_atomic_t n_signals, stop, stop_at;

static void on_alarm(int number)
{
    (void)number;
    n_signals++;
    if (stop_at > 0 && n_signals >= stop_at)
        stop = 1;
}

/* A timer of the host's, every millisecond, without SA_RESTART; 0: no more. */
static void tick(int every_us)
{
    const struct sigaction a = { .sa_handler = on_alarm };
    const struct itimerval t = { .it_interval.tv_usec = every_us, .it_value.tv_usec = every_us };

    n_signals = stop = 0;
    assert_int_equal(sigaction(SIGALRM, &a, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &t, NULL), 0);
}

/* A child, where this is 0. */
static pid_t child(void)
{
    const pid_t pid = fork(); /* timers are not inherited */

    if (pid == 0)
        usleep(20 * PAUSE_US);
    return pid;
}

static int exit_of(pid_t pid)
{
    int status = -1;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Opening waits for the writer, and every read for its next piece. */
static void a_slow_pipe_is_read_whole(void **state)
{
    const char *path = path_of("in");
    static uint8_t got[SIZE + 1];
    bci_source *s = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    const pid_t writer = child();

    if (writer == 0) {
        const int fd = open(path, O_WRONLY);
        uint8_t piece[PIECE];

        memset(piece, 'x', sizeof piece);
        for (int i = 0; i < SIZE / PIECE; i++, usleep(PAUSE_US))
            if (write(fd, piece, sizeof piece) != PIECE)
                _exit(1);
        _exit(0);
    }
    tick(1000);
    const bc_status st = bci_source_open(path, NULL, &s, &err);
    const size_t n = st ? 0 : bci_source_read(s, got, sizeof got);

    EXPECT(st == BC_OK && n == SIZE && bci_source_status(s, &err) == BC_OK, "%zu bytes, \"%s\"", n,
           err.text);
    EXPECT(n_signals > 5, "%d signals: nothing was broken off", (int)n_signals);
    tick(0);
    bci_source_free(s);
    assert_int_equal(exit_of(writer), 0);
}

/* The same to the other side. */
static void a_slow_pipe_is_written_whole(void **state)
{
    enum { MUCH = 1 << 18 }; /* more than a pipe holds */
    static uint8_t data[MUCH];
    const char *path = path_of("out");
    bci_sink *s = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    const pid_t reader = child();

    if (reader == 0) {
        const int fd = open(path, O_RDONLY);
        static uint8_t piece[MUCH / 16];
        size_t got = 0;

        for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0; usleep(PAUSE_US))
            got += (size_t)n;
        _exit(got != MUCH);
    }
    tick(1000);
    bc_status st = bci_sink_open(path, true, &s, &err);

    if (!st)
        st = bci_sink_write(s, data, sizeof data, &err);
    if (!st)
        st = bci_sink_commit(s, &err);
    EXPECT(st == BC_OK, "\"%s\"", err.text);
    EXPECT(n_signals > 5, "%d signals: nothing was broken off", (int)n_signals);
    tick(0);
    bci_sink_free(s);
    assert_int_equal(exit_of(reader), 0);
}

/* Nobody writes: without the stop it would wait for ever, in opening (0) and in reading (1). */
static void a_stop_ends_the_wait(void **state)
{
    (void)state;
    for (int place = 0; place < 2; place++) {
        const bc_reading reading = { .stop = &stop };
        const char *path = path_of(place ? "read" : "open");
        uint8_t got[1000];
        bci_source *s = NULL;
        bc_error err = { 0 };

        assert_int_equal(mkfifo(path, 0600), 0);
        const int fd = place ? open(path, O_RDWR) : -1;

        EXPECT(!place || write(fd, got, 200) == 200, "no bytes to begin with");
        stop_at = 20;
        tick(1000);
        bc_status st = bci_source_open(path, &reading, &s, &err);

        if (!st) {
            (void)bci_source_read(s, got, sizeof got);
            st = bci_source_status(s, &err);
        }
        EXPECT(st == BC_E_INTERRUPTED && n_signals >= 20, "place %d: %d after %d signals, \"%s\"",
               place, (int)st, (int)n_signals, err.text);
        tick(0);
        stop_at = 0;
        bci_source_free(s);
        if (place)
            close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_pipe_is_read_whole),
        cmocka_unit_test(a_slow_pipe_is_written_whole),
        cmocka_unit_test(a_stop_ends_the_wait),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
