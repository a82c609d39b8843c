/* Safetensors files made by hand: what they hold is found, and what they get wrong. */
#include <stdio.h>
#include <sys/resource.h>

#include "../base/sanitized.h"
#include "safetensors_made.h"

/* Tensors not in the order of their data, an empty one and a single number among them. */
static const char good[] =
    "{\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,16]},"
    "\"__metadata__\":{\"format\":\"pt\",\"a \\\"note\\\"\":\"\\u00e9\"},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
    "\"none\":{\"dtype\":\"I64\",\"shape\":[0,5],\"data_offsets\":[16,16]},"
    "\"d\":{\"data_offsets\":[16,19],\"shape\":[4],\"dtype\":\"F6_E2M3\"}}     ";

static void contents(void **state)
{
    uint8_t ramp[19];
    bc_tensor_file *f;
    bc_error err = { 0 };
    float out[4];

    (void)state;
    for (int i = 0; i < 19; i++)
        ramp[i] = (uint8_t)(i + 1);
    save_safetensors("m.safetensors", good, 19);
    f = must_open("m.safetensors");
    assert_int_equal(bc_tensor_count(f), 4);
    assert_string_equal(bc_tensor_at(f, 0)->name, "a");
    assert_string_equal(bc_tensor_at(f, 1)->name, "b");
    assert_string_equal(bc_tensor_at(f, 2)->name, "none");
    assert_string_equal(shape_of(f, "a"), "F32");
    assert_string_equal(shape_of(f, "b"), "F16 2x3");
    assert_string_equal(shape_of(f, "none"), "I64 0x5");
    assert_string_equal(shape_of(f, "d"), "F6_E2M3 4");
    expect_data(f, "a", ramp, 4);
    expect_data(f, "b", ramp + 4, 12);
    expect_data(f, "d", ramp + 16, 3);
    assert_string_equal(pair_of(f, "format"), "string pt");
    assert_string_equal(pair_of(f, "a \"note\""), "string \xC3\xA9");
    assert_int_equal(bc_tensor_read_f32(f, 3, 0, 4, out, &err), BC_E_UNSUPPORTED);
    EXPECT(strstr(err.text, "tensor d holds F6_E2M3"), "%s", err.text);
    assert_int_equal(bc_tensor_read_f32(f, 2, 0, 0, out, &err), BC_E_UNSUPPORTED);
    bc_tensor_file_free(f);
}

/* Several that are empty begin at one place: by name, wherever they stand in the head. */
static void empty_ones(void **state)
{
#define EMPTY(name) "\"" name "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
    static const char text[] = "{" EMPTY("c") EMPTY("a")
        EMPTY("b") "\"A\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    static const char *const names[] = { "a", "b", "c", "A" };

    (void)state;
    save_safetensors("e.safetensors", text, 8);
    bc_tensor_file *f = must_open("e.safetensors");

    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(bc_tensor_at(f, i)->name, names[i]);
        assert_int_equal(bc_tensor_find(f, names[i]), i);
    }
    bc_tensor_file_free(f);
}

static long most_memory(void)
{
    struct rusage used;

    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    return used.ru_maxrss;
}

/* A head is read through a window: 48 MiB of it, of which nothing has to be kept, take next to
 * none. */
static void long_heads(void **state)
{
    enum { MIB = 48, BLOCK = 1 << 20, ROOM_KIB = IS_SANITIZED ? 64 << 10 : 16 << 10 };
    static char blanks[BLOCK];
    const uint64_t n = (uint64_t)MIB * BLOCK;
    const char *path = path_of("long.safetensors");
    FILE *f = fopen(path, "wb");
    bc_tensor_file *opened = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_non_null(f);
    memset(blanks, ' ', sizeof blanks);
    for (int i = 0; i < 8; i++)
        putc((int)(n >> 8 * i & 0xFF), f);
    for (int i = 0; i < MIB; i++) {
        blanks[0] = i ? ' ' : '{';
        blanks[BLOCK - 1] = i < MIB - 1 ? ' ' : '}';
        assert_int_equal(fwrite(blanks, 1, BLOCK, f), BLOCK);
    }
    assert_int_equal(fclose(f), 0);

    const long before = most_memory();

    EXPECT(bc_tensor_file_open(path, &opened, &err) == BC_OK, "%s", err.text);
    bc_tensor_file_free(opened);
    EXPECT(most_memory() - before < ROOM_KIB, "%ld KiB, expected less than %d",
           most_memory() - before, ROOM_KIB);
    assert_int_equal(remove(path), 0);
}

/* Any range of floats is the same as the whole. */
static void ranges(void **state)
{
    enum { N = 30000 };
    static const size_t steps[] = { 1, 7, 4096, 16384, N };
    static uint8_t bytes[8 + 200 + 2 * N];
    static float part[N];
    const char text[] =
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[300,100],\"data_offsets\":[0,60000]}}";
    size_t n = 8 + strlen(text);
    bc_tensor_file *f;

    (void)state;
    bytes[0] = (uint8_t)strlen(text);
    memcpy(bytes + 8, text, strlen(text));
    for (size_t i = 0; i < N; i++) { /* small whole numbers: the high half of a float */
        const float x = (float)(i % 200);
        uint32_t bits;

        memcpy(&bits, &x, sizeof bits);
        bytes[n++] = (uint8_t)(bits >> 16);
        bytes[n++] = (uint8_t)(bits >> 24);
    }
    save_bytes(path_of("r.safetensors"), bytes, n);
    f = must_open("r.safetensors");
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        for (size_t at = 0; at < N; at += steps[k])
            assert_int_equal(bc_tensor_read_f32(f, 0, at, N - at < steps[k] ? N - at : steps[k],
                                                part + at, NULL),
                             BC_OK);
        for (size_t i = 0; i < N; i++)
            EXPECT(part[i] == (float)(i % 200), "element %zu in steps of %zu: %g", i, steps[k],
                   (double)part[i]);
    }
    bc_tensor_file_free(f);
}

#define W "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"

static void faults(void **state)
{
    static const struct {
        const char *text;
        size_t n_data;
        bc_status status;
        const char *words;
    } rows[] = {
        { W, 7, BC_E_FORMAT, "tensor w ends at byte 8 of the data, expected at most 7" },
        { W, 9, BC_E_FORMAT, "the last tensor ends at byte 70, expected 71" },
        { "{}", 1, BC_E_FORMAT, "the last tensor ends at byte 10, expected 11" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, BC_E_FORMAT,
          "tensor w begins at byte 4 of the data, expected 0" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          "\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
          12, BC_E_FORMAT, "tensor v begins at byte 4 of the data, expected 8" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          "\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}",
          20, BC_E_FORMAT, "tensor v begins at byte 12 of the data, expected 8" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "tensor w has 12 bytes" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "tensor w has 8 bytes by data_offsets, expected 4" },
        { "{\"w\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "byte 1 of the JSON text: tensor w has dtype \"F33\"" },
        { "{\"w\":{\"dtype\":\"Q4_0\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "dtype \"Q4_0\"" },
        { "{\"w\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, BC_E_FORMAT,
          "no whole number of blocks" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, BC_E_FORMAT,
          "no two rising whole numbers" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8, BC_E_FORMAT,
          "no two rising whole numbers" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.0]}}", 8, BC_E_FORMAT,
          "no two rising whole numbers" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "shape holds something else" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8,
          BC_E_FORMAT, "multiply to more than 63 bits" },
        { "{\"w\":{\"dtype\":\"F64\",\"shape\":[4294967296,1073741824],\"data_offsets\":[0,0]}}", 0,
          BC_E_FORMAT, "more than 63 bits count" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}", 8,
          BC_E_FORMAT, "a whole number of more than 64 bits" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
          BC_E_LIMIT, "tensor w has 9 dimensions" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "shape a whole number" },
        { "{\"w\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "dtype is a whole number" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, BC_E_FORMAT, "data_offsets nothing" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8,
          BC_E_FORMAT, "of 4 members" },
        { "{\"w\":[]}", 0, BC_E_FORMAT, "tensor w: dtype is nothing" },
        { "{\"__metadata__\":[]}", 0, BC_E_FORMAT, "the metadata are an array" },
        { "{\"__metadata__\":{\"x\":1}}", 0, BC_E_FORMAT,
          "x in __metadata__ is a whole number, expected a string" },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
          "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
          8, BC_E_FORMAT, "m.safetensors: byte 62: two tensors are called w, expected one" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, BC_E_FORMAT,
          "byte 19 of the JSON text: __metadata__ occurs twice, expected once" },
        { "{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}}", 0, BC_E_FORMAT,
          "byte 25 of the JSON text: x occurs twice, expected once" },
        { "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8,
          BC_E_FORMAT, "byte 20 of the JSON text: dtype occurs twice, expected once" },
        { "{\"w\xFF\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "JSON text" },
        { "{\"w\\u0000\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, BC_E_FORMAT,
          "JSON text" },
        { "{\"w\":}", 0, BC_E_FORMAT, "byte 5 of the JSON text: expected a value" },
        { "{} {}", 0, BC_E_FORMAT, "byte 3 of the JSON text: expected the end of the text" },
        { "{,}", 0, BC_E_FORMAT, "byte 1 of the JSON text: expected a name in double quotes" },
        { "{1:{}}", 0, BC_E_FORMAT, "byte 1 of the JSON text: expected a name" },
        { "{\"w\" {}}", 0, BC_E_FORMAT, "byte 5 of the JSON text: expected :" },
        { "{\"__metadata__\":{},}", 0, BC_E_FORMAT,
          "byte 19 of the JSON text: expected a name in double quotes" },
        { "{\"__metadata__\":{} \"w\":{}}", 0, BC_E_FORMAT,
          "byte 19 of the JSON text: expected , or }" },
        { "{\"__metadata__\":{}", 0, BC_E_FORMAT, "byte 18 of the JSON text: expected , or }" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make_safetensors(rows[i].text, rows[i].n_data);

        expect_fault(&m, "m.safetensors", rows[i].status, rows[i].words);
    }
}

static void lengths(void **state)
{
    made m = make_safetensors(W, 8);

    (void)state;
    m.data[1] = 1;
    expect_fault(&m, "m.safetensors", BC_E_FORMAT, "header of 310 bytes, but the file ends after");
    m.data[3] = 6;
    expect_fault(&m, "m.safetensors", BC_E_FORMAT, "header of 100663606 bytes, expected at most");
    m.data[6] = 1;
    expect_fault(&m, "m.safetensors", BC_E_FORMAT, "holds no weights that are known here");
    /* 5000 arrays in one another. */
    m.n = 0;
    put_le(&m, 5005, 8);
    put_text(&m, "{\"w\":");
    for (int i = 0; i < 5000; i++)
        put_text(&m, "[");
    expect_fault(&m, "m.safetensors", BC_E_FORMAT, "JSON text");
}

static void damage(void **state)
{
    const made m = make_safetensors(good, 19);

    (void)state;
    expect_no_prefix(&m, "m.safetensors");
    expect_no_crash(&m, "m.safetensors", m.n - 19);
}

/* The probes do not take each other's files. */
static void probes(void **state)
{
    static const struct {
        const char *head;
        size_t n;
        bool is_weights;
    } rows[] = {
        { "GGUF\3\0\0\0", 8, true },
        { "\x93NUMPY\1\0", 8, true },
        { "\x10\0\0\0\0\0\0\0{\"", 10, true },
        { "{\n  \"metadata\"", 14, true },
        { "\x10\0\0\0\0\0\0\0[\"", 10, false },
        { "\x10\0\0\0\0\0\0\1{\"", 10, false },
        { "\x89PNG\r\n\x1a\n", 8, false },
        { "RIFF\0\0\0\0WAVE", 12, false },
        { "GGU", 3, false },
        { "", 0, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT(bc_tensor_probe((const uint8_t *)rows[i].head, rows[i].n) == rows[i].is_weights,
               "row %zu", i);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("tensors are found, in the order of their data", contents),
        SENTENCE("empty ones of one place lie by name", empty_ones),
        SENTENCE("a long head takes little memory", long_heads),
        SENTENCE("floats come in any steps", ranges),
        SENTENCE("every wrong entry is named", faults),
        SENTENCE("a header of a wrong length is refused", lengths),
        SENTENCE("cut or damaged files do no harm", damage),
        SENTENCE("files are told by their first bytes", probes),
    };

    return cmocka_run_group_tests_name("safetensors", tests, make_scratch_dir, remove_scratch_dir);
}
