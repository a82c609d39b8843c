/* interrupt SIGNAL WHEN PROGRAM [ARGUMENT...]: run a program and send it a signal; say how it
 * ended, "exit 130" or "signal 2", and "late" where a signal that counts took more than LATE_MS.
 * The program starts with all signals at their default, or with this one ignored when SIGNAL begins
 * with "ignored-". WHEN is a time in milliseconds, or "scratch": 0.1 s after a temporary file shows
 * in the directory, or without a name among the files that the program has open; or "begin": before
 * the first instruction of the program, or where it starts itself again, of that one. Fails when
 * the program had ended before. */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A second is promised, and the machine may have other work. */
enum { LATE_MS = 1500 };

static const struct {
    const char *name;
    int number;
} signals[] = { { "INT", SIGINT }, { "TERM", SIGTERM }, { "HUP", SIGHUP } };

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Let a child that is traced go on until it has started itself again, or has ended. */
static void await_begin(pid_t child)
{
    int status = 0;

    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return;
    (void)ptrace(PTRACE_CONT, child, NULL, NULL);
    (void)waitpid(child, &status, 0);
}

/* Linux calls it "/directory/#123 (deleted)". */
static bool has_nameless_file(pid_t child)
{
    char path[64], here[4096], file[4096 + 64];
    bool found = false;

    snprintf(path, sizeof path, "/proc/%ld/fd", (long)child);
    DIR *dir = getcwd(here, sizeof here) ? opendir(path) : NULL;

    for (const struct dirent *e; dir && (e = readdir(dir));) {
        const ssize_t n = readlinkat(dirfd(dir), e->d_name, file, sizeof file - 1);

        file[n > 0 ? n : 0] = '\0';
        found = found || (strncmp(file, here, strlen(here)) == 0 && strstr(file, "/#"));
    }
    if (dir)
        closedir(dir);
    return found;
}

static bool has_scratch_file(pid_t child)
{
    DIR *dir = opendir(".");
    bool found = has_nameless_file(child);

    for (const struct dirent *e; dir && (e = readdir(dir));)
        found = found || (e->d_name[0] == '.' && strcmp(e->d_name, ".") != 0 &&
                          strcmp(e->d_name, "..") != 0);
    if (dir)
        closedir(dir);
    return found;
}

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int say_how_it_ended(pid_t child, bool is_prompt)
{
    const long asked = now_ms();
    int status;

    if (waitpid(child, &status, 0) != child)
        return 1;
    if (is_prompt && now_ms() - asked > LATE_MS)
        printf("late, after %ld ms: ", now_ms() - asked);
    if (WIFEXITED(status))
        printf("exit %d\n", WEXITSTATUS(status));
    else
        printf("signal %d\n", WTERMSIG(status));
    return 0;
}

int main(int argc, char **argv)
{
    static const char prefix[] = "ignored-";
    const bool is_ignored = argc > 1 && strncmp(argv[1], prefix, sizeof prefix - 1) == 0;
    const char *name = argc > 1 ? argv[1] + (is_ignored ? sizeof prefix - 1 : 0) : "";
    const bool is_begin = argc > 2 && strcmp(argv[2], "begin") == 0;
    int number = 0;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(signals[i].name, name) == 0)
            number = signals[i].number;
    if (argc < 4 || !number) {
        fprintf(stderr,
                "usage: interrupt [ignored-]INT|TERM|HUP MILLISECONDS|scratch|begin PROGRAM "
                "[ARGUMENT...]\n");
        return 2;
    }
    const pid_t child = fork();

    if (child == 0) {
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            signal(signals[i].number, SIG_DFL);
        signal(number, is_ignored ? SIG_IGN : SIG_DFL);
        if (is_begin)
            (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(argv[3], argv + 3);
        _exit(127);
    }
    if (is_begin)
        await_begin(child);
    else if (strcmp(argv[2], "scratch") != 0)
        sleep_ms(strtol(argv[2], NULL, 10));
    for (int i = 0; i < 5000 && strcmp(argv[2], "scratch") == 0 && !has_scratch_file(child); i++)
        sleep_ms(1);
    if (strcmp(argv[2], "scratch") == 0)
        sleep_ms(100);
    siginfo_t info = { 0 };

    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0) {
        fprintf(stderr, "interrupt: the program had ended\n");
        (void)say_how_it_ended(child, false);
        return 1;
    }
    kill(child, number);
    if (is_begin)
        (void)ptrace(PTRACE_DETACH, child, NULL, NULL);
    return say_how_it_ended(child, !is_ignored);
}
