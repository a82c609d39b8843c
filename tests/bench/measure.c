/* Knows what a command costs: runs it N times, after one run that is not counted, and prints the
 * medians of processor time (user and system), wall-clock time and peak memory, as
 *     cpu_s wall_s max_rss_kib
 * Of a command that starts others, processor time is the sum and peak memory the largest of them.
 * Its standard output goes to /dev/null.
 *
 *     measure N COMMAND [ARGUMENT...] */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 1000 };

typedef struct {
    double cpu_s, wall_s, max_rss_kib;
} cost;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* Replaces this process; 127 as a shell would. */
_Noreturn static void become(char **command)
{
    const int nowhere = open("/dev/null", O_WRONLY);

    if (nowhere >= 0)
        dup2(nowhere, STDOUT_FILENO);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* Run once. False when the command failed. */
static int run(char **command, cost *out)
{
    struct rusage used;
    int status;
    const double start = now_s();
    const pid_t child = fork();

    if (child < 0) {
        perror("fork");
        return 0;
    }
    if (child == 0)
        become(command);
    if (wait4(child, &status, 0, &used) < 0) {
        perror("wait4");
        return 0;
    }
    *out = (cost){ .cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime),
                   .wall_s = now_s() - start,
                   .max_rss_kib = (double)used.ru_maxrss };
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The middle of n numbers, which it sorts. */
static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_size);
    return 0.5 * (v[(n - 1) / 2] + v[n / 2]);
}

int main(int argc, char **argv)
{
    static double cpu_s[MAX_RUNS], wall_s[MAX_RUNS], max_rss_kib[MAX_RUNS];
    const int n = argc > 2 ? atoi(argv[1]) : 0;
    cost c;

    if (n < 1 || n > MAX_RUNS) {
        fprintf(stderr, "usage: measure N COMMAND [ARGUMENT...], N from 1 to %d\n", MAX_RUNS);
        return 2;
    }
    for (int i = -1; i < n; i++) {
        if (!run(argv + 2, &c)) {
            fprintf(stderr, "measure: %s failed\n", argv[2]);
            return 1;
        }
        if (i >= 0) {
            cpu_s[i] = c.cpu_s;
            wall_s[i] = c.wall_s;
            max_rss_kib[i] = c.max_rss_kib;
        }
    }
    printf("%.3f %.3f %.0f\n", median(cpu_s, (size_t)n), median(wall_s, (size_t)n),
           median(max_rss_kib, (size_t)n));
    return 0;
}
