/* Whatever a command line and its files hold, the program ends by itself with a status of the
 * table, and one that is not 0 has a sentence. The first line of the input is the command line, the
 * rest the files A, B and C that it may name, with lines of `%%` between them; the seeds are such
 * texts (seeds.sh). It runs in a directory of its own, in memory where there is such a file
 * system. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "bitcrush/status.h"

enum { MAX_WORDS = 24, MAX_LINE = 400, N_FILES = 3 };

int bitcrush_main(int argc, char **argv); /* that of apps/bitcrush.c */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char directory[64];
static int null_fd, messages_fd, stderr_fd, stdout_fd;

static void give_up(const char *what)
{
    (void)dup2(stderr_fd, STDERR_FILENO);
    fprintf(stderr, "fuzz-program: %s\n", what);
    abort();
}

static void clear_directory(void)
{
    DIR *d = opendir(".");

    for (struct dirent *e; d && (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlink(e->d_name) != 0)
            (void)rmdir(e->d_name);
    if (d)
        closedir(d);
}

static void leave(void)
{
    clear_directory();
    (void)rmdir(directory);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snprintf(directory, sizeof directory, "%s/bitcrush-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    null_fd = open("/dev/null", O_RDWR);
    messages_fd = memfd_create("messages", 0);
    stderr_fd = dup(STDERR_FILENO);
    stdout_fd = dup(STDOUT_FILENO);
    if (!mkdtemp(directory) || null_fd < 0 || messages_fd < 0)
        abort();
    __sanitizer_set_report_fd((void *)(intptr_t)stderr_fd); /* not among the messages */
    atexit(leave);
    return 0;
}

static void write_file(const char *name, const uint8_t *data, size_t n)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0)
        give_up("an input cannot be written");
}

/* The pieces of the input between lines of `%%` become the files. */
static void write_files(const uint8_t *data, size_t n)
{
    static const char mark[] = "\n%%\n";

    for (int i = 0; i < N_FILES; i++) {
        const uint8_t *end = n ? memmem(data, n, mark, strlen(mark)) : NULL;
        const size_t length = end ? (size_t)(end - data) : n;

        write_file((const char[]){ (char)('A' + i), '\0' }, data, length);
        if (!end)
            return;
        n -= length + strlen(mark);
        data = end + strlen(mark);
    }
}

/* Does a word lead out of the directory, alone, as `-o..` or as `--output=..`? There are no
 * slashes. */
static bool leads_out(const char *word)
{
    const size_t n = strlen(word);

    return n >= 2 && strcmp(word + n - 2, "..") == 0;
}

/* Words of the line. */
static int split(char *line, char **words)
{
    static char self[] = "bitcrush";
    int n = 0;

    words[n++] = self;
    for (char *word, *rest = line; n < MAX_WORDS && (word = strsep(&rest, " "));) {
        for (char *c = word; *c; c++)
            *c = *c == '/' ? '_' : *c;
        if (*word && !leads_out(word))
            words[n++] = word;
    }
    words[n] = NULL;
    return n;
}

static bool is_known(int status)
{
    return (status >= BC_OK && status <= BC_E_QUALITY && status != 1) || status == BC_E_INTERRUPTED;
}

static int run(char *line)
{
    char *words[MAX_WORDS + 1];
    const int n = split(line, words);

    if (ftruncate(messages_fd, 0) != 0 || lseek(messages_fd, 0, SEEK_SET) != 0)
        give_up("the memory for messages");
    (void)dup2(null_fd, STDIN_FILENO);
    (void)dup2(null_fd, STDOUT_FILENO);
    (void)dup2(messages_fd, STDERR_FILENO);
    const int status = bitcrush_main(n, words);

    fflush(stdout);
    fflush(stderr);
    (void)dup2(stderr_fd, STDERR_FILENO);
    (void)dup2(stdout_fd, STDOUT_FILENO);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
    const size_t length = end ? (size_t)(end - data) : n;
    struct stat messages;
    char line[MAX_LINE], complaint[80];

    if (length >= sizeof line || chdir(directory) != 0)
        return -1;
    memcpy(line, data, length);
    line[length] = '\0';
    if (end)
        write_files(end + 1, n - length - 1);
    const int status = run(line);

    if (!is_known(status)) {
        snprintf(complaint, sizeof complaint, "status %d", status);
        give_up(complaint);
    }
    if (status && (fstat(messages_fd, &messages) != 0 || messages.st_size == 0))
        give_up("a failure without a sentence");
    clear_directory();
    return 0;
}
