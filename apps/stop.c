/* Knows how a program is asked to stop by signals, and that it ends within a second. */
#include "stop.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "bitcrush/output.h"
#include "bitcrush/status.h"

volatile sig_atomic_t tool_stop_asked;

static char sentences[2][160];
static volatile sig_atomic_t current; /* of the two, the other is being written */
static const char *program_name = "bitcrush";
static char scratch_file[4096], scratch_directory[4096];
static volatile sig_atomic_t has_scratch; /* while the two are whole */

/* setitimer is a plain system call on every system that has signals. */
static void ask_stop(int signal_number)
{
    const struct itimerval patience = { .it_value.tv_usec = STOP_PATIENCE_MS * 1000 };

    (void)signal_number;
    if (!tool_stop_asked)
        (void)setitimer(ITIMER_REAL, &patience, NULL);
    __atomic_store_n(&tool_stop_asked, 1, __ATOMIC_RELAXED); /* other threads look at it */
}

static void end_now(int signal_number)
{
    (void)signal_number;
    bc_output_abandon();
    if (has_scratch) {
        (void)unlink(scratch_file);
        (void)rmdir(scratch_directory);
    }
    const char *sentence = sentences[current];

    if (write(STDERR_FILENO, sentence, strlen(sentence)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
        _exit(BC_E_INTERRUPTED); /* nobody listens */
    _exit(BC_E_INTERRUPTED);
}

static int files_done, files_in_all = 1;

static void tell(int n_done, int n_files)
{
    char *next = sentences[!current];

    if (n_done > 0 && n_done == n_files)
        snprintf(next, sizeof sentences[0], "%s: interrupted, all outputs were written before",
                 program_name);
    else if (n_done > 0)
        snprintf(next, sizeof sentences[0],
                 "%s: interrupted after %d of %d files, no output written for the rest",
                 program_name, n_done, n_files);
    else
        snprintf(next, sizeof sentences[0], "%s: interrupted, no output written", program_name);
    current = !current;
}

void stop_begins(int n_files)
{
    files_done = 0;
    files_in_all = n_files;
    tell(files_done, files_in_all);
}

void stop_wrote(void)
{
    files_done++;
    tell(files_done, files_in_all);
}

const char *stop_sentence(void)
{
    return sentences[current] + strlen(program_name) + 2;
}

static const int stops[] = { SIGINT, SIGTERM, SIGHUP };

void stop_mask(int how)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        sigaddset(&set, stops[i]);
    (void)sigprocmask(how, &set, NULL);
}

void stop_on_signals(const char *name)
{
    struct sigaction stop = { .sa_handler = ask_stop }, end = { .sa_handler = end_now }, old;

    program_name = name;
    stop_begins(1);
    sigemptyset(&stop.sa_mask);
    sigemptyset(&end.sa_mask);
    sigaction(SIGALRM, &end, NULL);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(stops[i], &stop, NULL);
    stop_mask(SIG_UNBLOCK);
}

void stop_removes(const char *file, const char *directory)
{
    has_scratch = 0;
    if (!file || !directory || strlen(file) >= sizeof scratch_file ||
        strlen(directory) >= sizeof scratch_directory)
        return;
    memcpy(scratch_file, file, strlen(file) + 1);
    memcpy(scratch_directory, directory, strlen(directory) + 1);
    has_scratch = 1;
}
