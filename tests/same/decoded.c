/* decoded [--write] TABLE: runs each command of a table in the directory that is current, hashes
 * what it leaves in out/, and compares with the table, or writes the hashes into it.
 *
 * A row is HASH | COMMAND. Hashed are the names and what the files hold, which no version of a
 * compressor changes: of PNG the samples or indices as they are stored and all chunks but those of
 * compressed samples, with their texts and profiles inflated; of FLAC the description of the
 * samples with their MD5 and the tags; of other files, which are not compressed, all bytes. Nothing
 * here is of the code under test. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

enum { PATH_ROOM = 4096, MOST_INFLATED = 1 << 26 };

typedef struct {
    uint8_t *at;
    size_t n;
} bytes;

static void die(const char *subject, const char *fact)
{
    fprintf(stderr, "decoded: %s: %s\n", subject, fact);
    exit(2);
}

static void *room_for(size_t n)
{
    void *p = malloc(n ? n : 1);

    if (!p)
        die("memory", strerror(errno));
    return p;
}

static bytes read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat s;

    if (!f || fstat(fileno(f), &s) != 0)
        die(path, strerror(errno));
    bytes b = { room_for((size_t)s.st_size), (size_t)s.st_size };

    if (fread(b.at, 1, b.n, f) != b.n)
        die(path, "cannot be read");
    fclose(f);
    return b;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t n)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}

static const uint64_t hash_start = UINT64_C(14695981039346656037);

static uint32_t big32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t little32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static bytes inflated(const char *path, const uint8_t *from, size_t n)
{
    uLongf n_out = MOST_INFLATED;
    bytes b = { room_for(n_out), 0 };

    if (uncompress(b.at, &n_out, from, n) != Z_OK)
        die(path, "a stream of zlib in it is damaged");
    b.n = n_out;
    return b;
}

/* ---- PNG */

static uint8_t paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* Undo the filter of a row (PNG specification, 9.2); the row above is 0 for the first. */
static void unfilter(uint8_t *row, const uint8_t *above, size_t n, size_t unit, int filter)
{
    for (size_t i = 0; i < n; i++) {
        const int a = i < unit ? 0 : row[i - unit], b = above[i],
                  c = i < unit ? 0 : above[i - unit];
        const int more[] = { 0, a, b, (a + b) / 2, paeth(a, b, c) };

        row[i] = (uint8_t)(row[i] + more[filter]);
    }
}

static uint64_t hash_rows(uint64_t hash, const char *path, const uint8_t *head, bytes packed)
{
    static const uint8_t channels[] = { 1, 0, 3, 1, 2, 0, 4 };
    const uint32_t width = big32(head), height = big32(head + 4);
    const size_t bits = head[9] < sizeof channels ? (size_t)channels[head[9]] * head[8] : 0;
    const size_t n = (width * bits + 7) / 8, unit = bits < 8 ? 1 : bits / 8;
    bytes rows = inflated(path, packed.at, packed.n);
    uint8_t *above = room_for(n);

    if (bits == 0 || head[12] != 0 || rows.n != (n + 1) * height)
        die(path, "it is no PNG without interlacing");
    memset(above, 0, n);
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *row = rows.at + y * (n + 1);

        if (*row > 4)
            die(path, "a row has no filter that is known");
        unfilter(row + 1, above, n, unit, *row);
        hash = hash_bytes(hash, row + 1, n);
        memcpy(above, row + 1, n);
    }
    free(rows.at);
    free(above);
    return hash;
}

/* A chunk; what is compressed in it is hashed as what it holds. */
static uint64_t hash_chunk(uint64_t hash, const char *path, const uint8_t *type,
                           const uint8_t *data, size_t n)
{
    const bool is_packed = memcmp(type, "iCCP", 4) == 0 || memcmp(type, "zTXt", 4) == 0;
    const uint8_t *end = is_packed ? memchr(data, 0, n) : NULL;

    hash = hash_bytes(hash, type, 4);
    if (!end)
        return hash_bytes(hash, data, n);
    const size_t n_name = (size_t)(end - data) + 2; /* with the method */
    bytes text = inflated(path, data + n_name, n - n_name);

    hash = hash_bytes(hash_bytes(hash, data, n_name), text.at, text.n);
    free(text.at);
    return hash;
}

static uint64_t hash_png(uint64_t hash, const char *path, bytes file)
{
    bytes packed = { room_for(file.n), 0 };

    for (size_t at = 8; at + 12 <= file.n;) {
        const uint8_t *chunk = file.at + at;
        const size_t n = big32(chunk);

        if (n > file.n - at - 12)
            die(path, "a chunk ends behind the file");
        if (memcmp(chunk + 4, "IDAT", 4) == 0) {
            memcpy(packed.at + packed.n, chunk + 8, n);
            packed.n += n;
        } else {
            hash = hash_chunk(hash, path, chunk + 4, chunk + 8, n);
        }
        at += n + 12;
    }
    hash = hash_rows(hash, path, file.at + 16, packed);
    free(packed.at);
    return hash;
}

/* ---- FLAC */

static uint64_t hash_flac(uint64_t hash, const char *path, bytes file)
{
    enum { STREAMINFO = 0, PADDING = 1, SEEKTABLE = 3, TAGS = 4 };
    bool is_last = false;

    for (size_t at = 4; !is_last;) {
        const uint8_t *block = file.at + at;
        const size_t n = at + 4 <= file.n ? big32(block) & 0xFFFFFF : file.n;
        size_t skipped = 0;

        if (n > file.n - at - 4)
            die(path, "a block ends behind the file");
        is_last = block[0] >> 7;
        if ((block[0] & 127) == STREAMINFO)
            skipped = 10; /* sizes of blocks and frames, which are the encoder's */
        else if ((block[0] & 127) == TAGS)
            skipped = 4 + (size_t)little32(block + 4); /* the name of the encoder */
        else if ((block[0] & 127) == PADDING || (block[0] & 127) == SEEKTABLE)
            skipped = n;
        if (skipped < n)
            hash = hash_bytes(hash, block + 4 + skipped, n - skipped);
        at += n + 4;
    }
    return hash;
}

/* ---- what a command left */

static uint64_t hash_file(uint64_t hash, const char *path)
{
    bytes file = read_file(path);

    hash = hash_bytes(hash, path, strlen(path) + 1);
    if (file.n > 33 && memcmp(file.at, "\x89PNG\r\n\x1a\n", 8) == 0)
        hash = hash_png(hash, path, file);
    else if (file.n > 42 && memcmp(file.at, "fLaC", 4) == 0)
        hash = hash_flac(hash, path, file);
    else
        hash = hash_bytes(hash, file.at, file.n);
    free(file.at);
    return hash;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Of all files in out/, which go; 0 where there are none. */
static uint64_t hash_left(void)
{
    struct dirent **entries;
    const int n = scandir("out", &entries, is_shown, alphasort);
    uint64_t hash = n > 0 ? hash_start : 0;

    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];

        snprintf(path, sizeof path, "out/%s", entries[i]->d_name);
        hash = hash_file(hash, path);
        if (remove(path) != 0)
            die(path, strerror(errno));
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return hash;
}

/* ---- the table */

/* The levels that this machine has: commands take them by turns, for none may change a byte. */
static const char *levels[4];
static unsigned n_levels;

static void find_levels(void)
{
    static const char *const names[] = { "baseline", "v2", "v3", "v4" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("BITCRUSH_CPU", names[i], 1);
        if (system("bitcrush explain 1 >/dev/null 2>&1") == 0)
            levels[n_levels++] = names[i];
    }
    if (n_levels == 0)
        die("bitcrush", "it does not run");
}

typedef struct {
    unsigned n, n_wrong;
    FILE *to; /* the new table, or NULL */
} run;

static void try_row(run *r, const char *row)
{
    const char *bar = strstr(row, " | ");
    const char *level = levels[r->n++ % n_levels];

    if (!bar)
        die(row, "expected HASH | COMMAND");
    setenv("BITCRUSH_CPU", level, 1);
    const int status = system(bar + 3);
    const uint64_t hash = hash_left();

    if (status != 0 || hash == 0) {
        printf("%s: status %d at level %s, expected 0 and files in out/\n", bar + 3,
               WEXITSTATUS(status), level);
        r->n_wrong++;
    } else if (r->to) {
        fprintf(r->to, "%016" PRIx64 "%s\n", hash, bar);
    } else if (strtoull(row, NULL, 16) != hash) {
        printf("%s: decodes to %016" PRIx64 " at level %s, expected %.*s\n", bar + 3, hash, level,
               (int)(bar - row), row);
        r->n_wrong++;
    }
}

/* Every row of the table at `path`, with its comments into r->to. */
static void try_table(run *r, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;

    if (!f)
        die(path, strerror(errno));
    while (getline(&line, &room, f) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line != '#' && *line != '\0')
            try_row(r, line);
        else if (r->to)
            fprintf(r->to, "%s\n", line);
    }
    free(line);
    fclose(f);
}

static void write_table(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "w");

    if (!f || fwrite(text, 1, n, f) != n || fclose(f) != 0)
        die(path, strerror(errno));
}

int main(int argc, char **argv)
{
    const bool writes = argc == 3 && strcmp(argv[1], "--write") == 0;
    char *made = NULL;
    size_t n_made = 0;
    run r = { 0 };

    if (argc != 2 && !writes)
        die("usage", "decoded [--write] TABLE");
    if (mkdir("out", 0777) != 0 && errno != EEXIST)
        die("out", strerror(errno));
    find_levels();
    r.to = writes ? open_memstream(&made, &n_made) : NULL;
    try_table(&r, argv[argc - 1]);
    if (r.to && fclose(r.to) == 0 && r.n_wrong == 0)
        write_table(argv[2], made, n_made);
    free(made);
    printf("%u commands, %u wrong\n", r.n, r.n_wrong);
    return r.n_wrong > 0;
}
