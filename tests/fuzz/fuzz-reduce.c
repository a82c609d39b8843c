/* Whatever a file holds, reducing it ends with a status that blames the file and a sentence, or
 * succeeds. Compiled once per medium; libFuzzer makes up the files, sanitizers look on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bitcrush/audio.h"
#include "bitcrush/image.h"
#include "bitcrush/numbers.h"
#include "bitcrush/tensor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#if defined FUZZ_IMAGE
static bc_status reduce(const char *path, bc_error *err)
{
    bc_image_settings settings = bc_image_settings_default(2);
    bc_image_result result;

    settings.dry_run = true;
    settings.n_threads = 1;
    return bc_image_reduce(path, "out.png", &settings, &result, err);
}
#elif defined FUZZ_AUDIO
static bc_status reduce(const char *path, bc_error *err)
{
    bc_audio_settings settings = bc_audio_settings_default();
    bc_audio_result result;
    bc_status st = bc_audio_depth_named("6", &settings.depth, err);

    settings.dry_run = true;
    settings.n_threads = 1;
    if (!st)
        st = bc_audio_reduce(path, "out.wav", &settings, &result, err);
    return st;
}
#elif defined FUZZ_TENSOR
/* The first numbers of every tensor too: a dry run looks at heads alone. */
static bc_status read_all(const char *path, bc_error *err)
{
    enum { ROOM = 4096 };
    static float x[ROOM];
    bc_tensor_file *f;
    bc_status st = bc_tensor_file_open(path, &f, err);

    if (st)
        return st;
    for (size_t i = 0; !st && i < bc_tensor_count(f); i++) {
        const bc_tensor_info *t = bc_tensor_at(f, i);
        const uint64_t whole = t->n_elements < ROOM ? t->n_elements : ROOM;

        st = bc_tensor_read_f32(
            f, i, 0, (size_t)whole / t->type->block_length * t->type->block_length, x, err);
        if (st == BC_E_UNSUPPORTED)
            st = BC_OK;
    }
    bc_tensor_file_free(f);
    return st;
}

static bc_status reduce(const char *path, bc_error *err)
{
    bc_tensor_settings settings = bc_tensor_settings_default("q4_0");
    bc_tensor_result result;
    bc_status st = read_all(path, err);

    settings.dry_run = true;
    settings.n_threads = 1;
    if (!st)
        st = bc_tensor_reduce(path, "out.gguf", &settings, &result, err);
    if (!st)
        bc_tensor_result_free(&result);
    return st;
}
#elif defined FUZZ_NUMBERS
/* Looked at as well, and compared with itself, where nothing may differ. */
static bc_status look(const char *path, bc_error *err)
{
    bc_numbers_info info;
    bc_numbers_comparison c;
    bc_status st = bc_numbers_get_info(path, NULL, NULL, &info, err);

    if (st)
        return st;
    bc_numbers_info_free(&info);
    st = bc_numbers_compare(path, path, NULL, NULL, &c, err);
    if (st)
        return st;
    if (c.n_text_differs + c.n_kind_differs + c.n_names_differ + c.error.n_lost > 0 ||
        c.error.sum_e2 != 0.0)
        abort();
    bc_numbers_comparison_free(&c);
    return BC_OK;
}

static bc_status reduce(const char *path, bc_error *err)
{
    bc_numbers_settings settings = bc_numbers_settings_default();
    bc_numbers_result result;
    const bc_status st = look(path, err);

    settings.dry_run = true;
    settings.n_threads = 1;
    settings.nonfinite = BC_NONFINITE_KEEP;
    if (st)
        return st;
    const bc_status reduced = bc_numbers_reduce(path, "out.csv", &settings, &result, err);

    if (!reduced)
        bc_numbers_result_free(&result);
    return reduced;
}
#endif

static void give_up(const char *what, bc_status st, const bc_error *err)
{
    fprintf(stderr, "%s: status %d, `%s`\n", what, (int)st, err->text);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int fd = memfd_create("input", 0);
    bc_error err = { 0 };
    char path[40];

    if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);

    const bc_status st = reduce(path, &err);

    close(fd);
    if (st && st != BC_E_FORMAT && st != BC_E_UNSUPPORTED && st != BC_E_LIMIT)
        give_up("a file cannot cause this", st, &err);
    if (st && (err.status != st || !err.text[0]))
        give_up("no sentence", st, &err);
    return 0;
}
