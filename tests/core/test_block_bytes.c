/* Block formats beside the bytes of GGML: tests/golden/blocks, whose README says how they were
 * made. */
#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "expect.h"

enum { MAX_NUMBERS = 4096, ROW = 256 };

typedef enum { ALL, POWERS, BITS } takers;

/* In the order of the files of outputs. */
static const struct input_row {
    const char *name;
    size_t n;
    bool weighted;
    takers who;
} inputs[] = {
    { "gauss", 4096, true, ALL },      { "student3", 4096, true, ALL },
    { "uniform", 2048, false, ALL },   { "laplace", 2048, false, ALL },
    { "outliers", 2048, true, ALL },   { "positive", 1024, true, ALL },
    { "negative", 1024, false, ALL },  { "constants", 2048, true, ALL },
    { "zeros", 512, true, ALL },       { "sparse", 1024, true, ALL },
    { "ties", 2048, true, ALL },       { "ternary", 2048, false, ALL },
    { "small", 1024, false, ALL },     { "tiny", 1024, false, ALL },
    { "large", 1024, false, ALL },     { "scales", 2048, true, ALL },
    { "ramp", 1024, false, ALL },      { "sixteens", 2048, false, ALL },
    { "powers", 2048, false, POWERS }, { "bits", 256, false, BITS },
};

enum { N_INPUTS = sizeof inputs / sizeof *inputs };

/* f16, bf16, mxfp4 had inputs of their own. */
static bool takes(const bc_block_format *f, takers who)
{
    return who == ALL || f->block_length == 1 || (who == POWERS && f->ggml_type == 39);
}

/* The whole file of a name and an ending, at most `room` bytes. */
static size_t load(const char *name, const char *ending, void *out, size_t room)
{
    char path[400];

    snprintf(path, sizeof path, "%s/%s%s", BLOCKS_DIR, name, ending);

    FILE *file = fopen(path, "rb");

    EXPECT(file, "%s cannot be opened", path);

    const size_t n = fread(out, 1, room, file);

    EXPECT(n < room && feof(file), "%s is larger than %zu bytes", path, room);
    fclose(file);
    return n;
}

static float x[N_INPUTS][MAX_NUMBERS + 1], importance[ROW + 1];
static uint8_t expected[1 << 18], got[1 << 18];

static int load_inputs(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_INPUTS; i++)
        if (load(inputs[i].name, ".f32", x[i], sizeof x[i]) != 4 * inputs[i].n)
            return -1;
    return load("importance", ".f32", importance, sizeof importance) != 4 * ROW;
}

/* Encodes n numbers row by row. */
static void encode(const bc_block_format *f, const float *numbers, size_t n, const float *weights,
                   uint8_t *out)
{
    const size_t n_blocks = ROW / f->block_length;

    for (size_t i = 0; i < n; i += ROW, out += n_blocks * f->block_bytes)
        f->encode(numbers + i, weights, n_blocks, out);
}

static void compare(const bc_block_format *f, const struct input_row *input, const char *how,
                    const uint8_t *want, size_t size)
{
    for (size_t i = 0; i < size; i++)
        EXPECT(got[i] == want[i], "%s of %s%s: byte %zu of block %zu is %02x, expected %02x",
               f->name, input->name, how, i % f->block_bytes, i / f->block_bytes, got[i], want[i]);
}

static void check_bytes(bool weighted)
{
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);
    size_t n_checked = 0;

    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        if (f->ggml_type < 0 || (weighted && !f->uses_importance))
            continue;

        const size_t size =
            load(f->name, weighted ? ".weighted.bin" : ".bin", expected, sizeof expected);
        size_t place = 0;

        for (size_t i = 0; i < N_INPUTS; i++) {
            const size_t bytes = inputs[i].n / f->block_length * f->block_bytes;

            if (!takes(f, inputs[i].who) || (weighted && !inputs[i].weighted))
                continue;
            encode(f, x[i], inputs[i].n, weighted ? importance : NULL, got);
            compare(f, &inputs[i], weighted ? " with importance" : "", expected + place, bytes);
            place += bytes;
        }
        EXPECT(place == size, "%s: %zu bytes checked of %zu", f->name, place, size);
        n_checked++;
    }
    assert_int_equal(n_checked, weighted ? 11 : 20);
}

static void plain_bytes(void **state)
{
    (void)state;
    check_bytes(false);
}

static void weighted_bytes(void **state)
{
    (void)state;
    check_bytes(true);
}

/* Formats that do not use importance may be given some. */
static void ignored_importance(void **state)
{
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);

    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        if (f->uses_importance)
            continue;
        encode(f, x[0], inputs[0].n, NULL, expected);
        encode(f, x[0], inputs[0].n, importance, got);
        compare(f, &inputs[0], " with importance", expected,
                inputs[0].n / f->block_length * f->block_bytes);
    }
}

static void decoded_values(void **state)
{
    static float want[1024 + 1], y[1024];
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);

    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        if (f->ggml_type < 0)
            continue;
        load(f->name, ".bin", expected, sizeof expected);
        assert_int_equal(load(f->name, ".decoded.f32", want, sizeof want), 4096);
        f->decode(expected, 1024 / f->block_length, y);
        for (size_t i = 0; i < 1024; i++)
            EXPECT(memcmp(&y[i], &want[i], 4) == 0, "%s: value %zu is %a, expected %a", f->name, i,
                   (double)y[i], (double)want[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("blocks are those of GGML", plain_bytes),
        SENTENCE("blocks with importance are those of GGML", weighted_bytes),
        SENTENCE("formats without searches ignore importance", ignored_importance),
        SENTENCE("values of blocks are those of GGML", decoded_values),
    };

    return cmocka_run_group_tests_name("bytes of block formats", tests, load_inputs, NULL);
}
