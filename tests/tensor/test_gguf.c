/* GGUF files made by hand: what they hold is found, and what they get wrong. */
#include "gguf_made.h"
#include "tensor/file.h"

/* Every type of value, and three tensors: F32 3x2 (24 bytes), Q8_0 of 2 rows of 32 (68 bytes), a
 * single BF16. The alignment is the default or said. */
static made make(uint32_t version, uint32_t alignment)
{
    made m = { .n = 0 };
    const uint64_t a = alignment ? alignment : 32;
    const uint64_t second = (24 + a - 1) / a * a, third = second + (68 + a - 1) / a * a;

    put_head(&m, version, 3, alignment ? 16 : 15);
    put_text_pair(&m, "general.architecture", "llama");
    if (alignment)
        put_u32(&m, "general.alignment", alignment);
    put_pair(&m, "a.u8", T_U8, 255, 1);
    put_pair(&m, "a.i8", T_I8, 0x80, 1);
    put_pair(&m, "a.u16", T_U16, 65535, 2);
    put_pair(&m, "a.i16", T_I16, 0xFFFE, 2);
    put_pair(&m, "a.i32", T_I32, 0xFFFFFFFF, 4);
    put_pair(&m, "a.f32", T_F32, 0x3727C5AC, 4); /* 1e-5 */
    put_pair(&m, "a.bool", T_BOOL, 1, 1);
    put_pair(&m, "a.u64", T_U64, UINT64_MAX, 8);
    put_pair(&m, "a.i64", T_I64, UINT64_C(1) << 63, 8);
    put_pair(&m, "a.f64", T_F64, UINT64_C(0x3FB999999999999A), 8); /* 0.1 */
    put_string(&m, "tokens");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_STRING, 4);
    put_le(&m, 40, 8);
    for (int i = 0; i < 40; i++)
        put_string(&m, i == 1 ? "\x1b[1m" : "<token>");
    put_string(&m, "sizes");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_I16, 4);
    put_le(&m, 3, 8);
    put_le(&m, 0xFFFF00020001, 6);
    put_string(&m, "nested");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_ARRAY, 4);
    put_le(&m, 2, 8);
    for (int i = 0; i < 2; i++) {
        put_le(&m, T_STRING, 4);
        put_le(&m, 2, 8);
        put_string(&m, "x");
        put_string(&m, "");
    }
    put_text_pair(&m, "last", "");
    put_tensor(&m, "token_embd.weight", 2, (uint64_t[]){ 2, 3 }, 0, 0);
    put_tensor(&m, "blk.0.ffn.weight", 2, (uint64_t[]){ 32, 2 }, 8, second);
    put_tensor(&m, "scale", 0, NULL, 30, third);
    put_padding(&m, a);
    put_ramp(&m, 24);
    put_padding(&m, a);
    put_ramp(&m, 68);
    put_padding(&m, a);
    put_le(&m, 0x3FC0, 2); /* 1.5 */
    return m;
}

static void contents(void **state)
{
    static const struct {
        uint32_t version, alignment;
    } rows[] = { { 2, 0 }, { 3, 0 }, { 3, 64 }, { 3, 1 }, { 3, 1024 } };
    uint8_t ramp[68];
    float number;

    (void)state;
    for (int i = 0; i < 68; i++)
        ramp[i] = (uint8_t)(i + 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(rows[i].version, rows[i].alignment);
        bc_tensor_file *f = NULL;
        bc_error err = { 0 };

        EXPECT(open_made(&m, "m.gguf", &f, &err) == BC_OK, "row %zu: %s", i, err.text);
        const bc_tensor_summary s = bc_tensor_file_summary(f);

        assert_string_equal(s.format, "gguf");
        assert_int_equal(s.version, rows[i].version);
        assert_int_equal(s.n_parts, 1);
        assert_int_equal(s.file_bytes, m.n);
        assert_int_equal(s.n_elements, 6 + 64 + 1);
        assert_int_equal(s.data_bytes, 24 + 68 + 2);
        assert_int_equal(bc_tensor_count(f), 3);
        assert_string_equal(shape_of(f, "token_embd.weight"), "F32 3x2");
        assert_string_equal(shape_of(f, "blk.0.ffn.weight"), "Q8_0 2x32");
        assert_string_equal(shape_of(f, "scale"), "BF16");
        expect_data(f, "token_embd.weight", ramp, 24);
        expect_data(f, "blk.0.ffn.weight", ramp, 68);
        assert_int_equal(bc_tensor_read_f32(f, 2, 0, 1, &number, &err), BC_OK);
        assert_true(number == 1.5f);
        assert_true(bc_tensor_find(f, "scales") == SIZE_MAX);
        bc_tensor_file_free(f);
    }
}

static void metadata(void **state)
{
    static const struct {
        const char *key, *value;
    } rows[] = {
        { "general.architecture", "string llama" },
        { "a.u8", "u8 255" },
        { "a.i8", "i8 -128" },
        { "a.u16", "u16 65535" },
        { "a.i16", "i16 -2" },
        { "a.i32", "i32 -1" },
        { "a.f32", "f32 1e-05" },
        { "a.bool", "bool true" },
        { "a.u64", "u64 18446744073709551615" },
        { "a.i64", "i64 -9223372036854775808" },
        { "a.f64", "f64 0.1" },
        { "sizes", "array of i16 3: 1, 2, -1" },
        { "nested", "array of array 2: ..." },
        { "last", "string " },
        { "missing", "nothing" },
    };
    const made m = make(3, 0);
    bc_tensor_file *f;

    (void)state;
    save_bytes(path_of("m.gguf"), m.data, m.n);
    f = must_open("m.gguf");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(pair_of(f, rows[i].key), rows[i].value);

    const char *tokens = pair_of(f, "tokens");

    EXPECT(strncmp(tokens, "array of string 40: <token>, \\x1b[1m, <token>, ", 47) == 0 &&
               strcmp(tokens + strlen(tokens) - 5, ", ...") == 0,
           "%s", tokens);
    bc_tensor_file_free(f);
}

static void types_are_counted(void **state)
{
    const made m = make(3, 0);
    bc_tensor_type_count counts[3] = { { 0 } };
    bc_tensor_file *f;

    (void)state;
    save_bytes(path_of("m.gguf"), m.data, m.n);
    f = must_open("m.gguf");
    assert_int_equal(bc_tensor_type_counts(f, counts, 3), 3);
    assert_string_equal(counts[0].type->name, "Q8_0");
    assert_string_equal(counts[1].type->name, "F32");
    assert_string_equal(counts[2].type->name, "BF16");
    assert_int_equal(counts[0].n_elements, 64);
    assert_int_equal(counts[0].size_bytes, 68);
    assert_int_equal(counts[1].n_tensors, 1);
    assert_int_equal(bc_tensor_type_counts(f, counts, 0), 3);
    bc_tensor_file_free(f);
}

/* Blocks are decoded whole, wherever a range begins and ends. */
static void ranges_of_blocks(void **state)
{
    enum { N_BLOCKS = 100, N = 32 * N_BLOCKS };
    static const size_t steps[] = { 1, 5, 31, 32, 33, 64, 1000, N };
    static float got[N + 1];
    made m = { .n = 0 };
    bc_tensor_file *f;

    (void)state;
    put_head(&m, 3, 1, 0);
    put_tensor(&m, "w", 2, (uint64_t[]){ 320, 10 }, 8, 0);
    put_padding(&m, 32);
    for (int i = 0; i < N_BLOCKS; i++) {
        put_le(&m, 0x3C00, 2); /* the scale of Q8_0, 1 */
        for (int k = 0; k < 32; k++)
            put_le(&m, (uint64_t)(i + k) & 0x7F, 1);
    }
    save_bytes(path_of("w.gguf"), m.data, m.n);
    f = must_open("w.gguf");
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
        for (size_t start = 0; start < 40; start += 13) {
            memset(got, 0xFF, sizeof got);
            for (size_t at = start; at < N; at += steps[k])
                assert_int_equal(bc_tensor_read_f32(f, 0, at, N - at < steps[k] ? N - at : steps[k],
                                                    got + at, NULL),
                                 BC_OK);
            for (size_t i = start; i < N; i++)
                EXPECT(got[i] == (float)((i / 32 + i % 32) & 0x7F),
                       "element %zu from %zu by %zu: %g", i, start, steps[k], (double)got[i]);
            assert_true(isnan(got[N]));
        }
    bc_tensor_file_free(f);
}

/* --- faults */

/* One pair and one tensor, with a part of it replaced. */
typedef struct {
    uint32_t version;
    uint64_t n_tensors, n_pairs;
    const char *key;
    uint64_t key_length; /* 0: as it is */
    int value_type;
    uint64_t value;
    int value_bytes;
    const char *name;
    uint64_t name_length; /* 0: as it is */
    uint32_t n_dims;
    uint64_t ne[5];
    uint32_t type;
    uint64_t offset;
    size_t n_data;
} one;

static const one good = { 3, 1, 1, "general.alignment", 0, T_U32, 16, 4, "w", 0, 2, { 4, 2 },
                          0, 0, 32 };

static made make_one(const one *o)
{
    made m = { .n = 0 };

    put_head(&m, o->version, o->n_tensors, o->n_pairs);
    put_le(&m, o->key_length ? o->key_length : strlen(o->key), 8);
    put_text(&m, o->key);
    put_le(&m, (uint64_t)o->value_type, 4);
    put_le(&m, o->value, o->value_bytes);
    put_le(&m, o->name_length ? o->name_length : strlen(o->name), 8);
    put_text(&m, o->name);
    put_le(&m, o->n_dims, 4);
    for (uint32_t i = 0; i < o->n_dims && i < 5; i++)
        put_le(&m, o->ne[i], 8);
    put_le(&m, o->type, 4);
    put_le(&m, o->offset, 8);
    put_padding(&m, 16);
    put_ramp(&m, o->n_data);
    return m;
}

#define WITH(...)                                                                                  \
    do {                                                                                           \
        one o = good;                                                                              \
        __VA_ARGS__;                                                                               \
        m = make_one(&o);                                                                          \
    } while (0)

static void faults(void **state)
{
    made m = make_one(&good);
    bc_tensor_file *f;

    (void)state;
    save_bytes(path_of("m.gguf"), m.data, m.n);
    f = must_open("m.gguf");
    bc_tensor_file_free(f);

    WITH(o.version = 1);
    expect_fault(&m, "m.gguf", BC_E_UNSUPPORTED, "is GGUF version 1, expected 2 or 3");
    WITH(o.version = 4);
    expect_fault(&m, "m.gguf", BC_E_UNSUPPORTED, "is GGUF version 4");
    WITH(o.version = 0x03000000);
    expect_fault(&m, "m.gguf", BC_E_UNSUPPORTED, "is big-endian");
    WITH(o.n_tensors = UINT64_MAX);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "the list of tensors at byte 24 is 18446744073709551615 x 24 bytes long");
    WITH(o.n_tensors = 1 << 24);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "the list of tensors at byte 24 is 16777216 x");
    WITH(o.n_pairs = 1 << 20);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "the list of pairs at byte 24 is 1048576 x");
    WITH(o.n_pairs = 1 << 30);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "the list of pairs at byte 24 is 1073741824 x 14 bytes long");
    WITH(o.key_length = UINT64_MAX);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "a key at byte 24 has 18446744073709551615 bytes");
    WITH(o.key_length = 60000);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "a key at byte 32 is 60000 x 1 bytes long");
    WITH(o.key = "");
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "key \"\" at byte 24");
    WITH(o.key = "a\xFF");
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "key \"a\\xff\"");
    WITH(o.value_type = 13);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "value type 13 at byte 49, expected 0 to 12");
    WITH(o.value_type = T_U64, o.value_bytes = 8);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "general.alignment is u64 16, expected a power of two");
    WITH(o.value = 0);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "general.alignment is u32 0");
    WITH(o.value = 24);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "general.alignment is u32 24");
    WITH(o.value = 1 << 25);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "general.alignment is u32 33554432, expected a power");
    WITH(o.value_type = T_STRING, o.value = UINT64_MAX, o.value_bytes = 8);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "a string at byte 61 is 18446744073709551615 x 1");
    WITH(o.name = "w\xC3");
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "\"w\\xc3\" is no UTF-8");
    WITH(o.name_length = 1u << 31);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "a tensor name at byte 57 has 2147483648 bytes");
    WITH(o.n_dims = 5);
    expect_fault(&m, "m.gguf", BC_E_FORMAT,
                 "tensor w has 5 dimensions at byte 66, expected at most 4");
    WITH(o.n_dims = UINT32_MAX);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "tensor w has 4294967295 dimensions");
    WITH(o.ne[0] = 1u << 31, o.ne[1] = UINT64_C(1) << 32);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "multiply to more than 63 bits");
    WITH(o.ne[0] = UINT64_MAX, o.ne[1] = 1);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "multiply to more than 63 bits");
    WITH(o.ne[0] = 1u << 31, o.ne[1] = 1u << 31);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "more than 63 bits count");
    WITH(o.ne[1] = 3);
    expect_fault(&m, "m.gguf", BC_E_FORMAT,
                 "tensor w has 48 bytes from byte 112 on, but the file ends at 144");
    WITH(o.type = 4);
    expect_fault(&m, "m.gguf", BC_E_FORMAT,
                 "tensor w has GGML type 4 at byte 86, which is unknown");
    WITH(o.type = 8, o.ne[0] = 16);
    expect_fault(&m, "m.gguf", BC_E_FORMAT,
                 "tensor w of type Q8_0 has rows of 16, expected a multiple of 32");
    WITH(o.offset = 16);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "m.gguf: byte 57: tensor w has offset 16, expected 0");
    WITH(o.offset = UINT64_MAX);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "tensor w has offset 18446744073709551615");
}

static void lists(void **state)
{
    made m = { .n = 0 };

    (void)state;
    put_head(&m, 3, 0, 2);
    put_u32(&m, "twice", 1);
    put_u32(&m, "twice", 1);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "m.gguf: byte 45: key twice occurs twice");

    m.n = 0;
    put_head(&m, 3, 2, 0);
    put_tensor(&m, "w", 1, (uint64_t[]){ 8 }, 0, 0);
    put_tensor(&m, "w", 1, (uint64_t[]){ 8 }, 0, 32);
    put_padding(&m, 32);
    put_ramp(&m, 64);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "m.gguf: byte 57: two tensors are called w");

    m.n = 0; /* the second tensor lies where the first one is */
    put_head(&m, 3, 2, 0);
    put_tensor(&m, "w", 1, (uint64_t[]){ 9 }, 0, 0);
    put_tensor(&m, "v", 1, (uint64_t[]){ 8 }, 0, 32);
    put_padding(&m, 32);
    put_ramp(&m, 128);
    expect_fault(&m, "m.gguf", BC_E_FORMAT,
                 "m.gguf: byte 57: tensor v has offset 32, expected 64 (alignment 32)");

    m.n = 0; /* an array of 2^61 doubles, whose bytes are 2^64 */
    put_head(&m, 3, 0, 1);
    put_string(&m, "a");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_F64, 4);
    put_le(&m, UINT64_C(1) << 61, 8);
    put_ramp(&m, 64);
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "an array at byte 49 is 2305843009213693952 x 8 bytes");

    m.n = 0; /* arrays in arrays, 1000 deep */
    put_head(&m, 3, 0, 1);
    put_string(&m, "a");
    put_le(&m, T_ARRAY, 4);
    for (int i = 0; i < 500; i++) {
        put_le(&m, T_ARRAY, 4);
        put_le(&m, 1, 8);
    }
    expect_fault(&m, "m.gguf", BC_E_FORMAT, "expected at most 8 of them");
}

/* A tensor without elements takes no bytes; no tensor at all is a file of metadata. */
static void nothing(void **state)
{
    made m = { .n = 0 };
    bc_tensor_file *f;

    (void)state;
    put_head(&m, 3, 1, 0);
    put_tensor(&m, "w", 2, (uint64_t[]){ 8, 0 }, 0, 0);
    save_bytes(path_of("e.gguf"), m.data, m.n);
    f = must_open("e.gguf");
    assert_string_equal(shape_of(f, "w"), "F32 0x8");
    expect_data(f, "w", "", 0);
    bc_tensor_file_free(f);
    m.n = 0;
    put_head(&m, 3, 0, 0);
    save_bytes(path_of("n.gguf"), m.data, m.n);
    f = must_open("n.gguf");
    assert_int_equal(bc_tensor_count(f), 0);
    bc_tensor_file_free(f);
}

static void damage(void **state)
{
    const made m = make(3, 0);

    (void)state;
    expect_no_prefix(&m, "m.gguf");
    expect_no_crash(&m, "m.gguf", m.n - 24 - 68 - 2);
}

/* --- parts */

static made make_part(int no, int count, int n_all, const char *tensor)
{
    made m = { .n = 0 };

    put_head(&m, 3, 1, no ? 3 : 4);
    put_pair(&m, "split.no", T_U16, (uint64_t)no, 2);
    put_pair(&m, "split.count", T_U16, (uint64_t)count, 2);
    put_pair(&m, "split.tensors.count", T_I32, (uint64_t)n_all, 4);
    if (no == 0)
        put_text_pair(&m, "general.name", "three");
    put_tensor(&m, tensor, 1, (uint64_t[]){ 4 }, 24, 0);
    put_padding(&m, 32);
    put_le(&m, (uint64_t)no, 4);
    return m;
}

static void save_part(const char *name, int no, int count, int n_all, const char *tensor)
{
    const made m = make_part(no, count, n_all, tensor);

    save_bytes(path_of(name), m.data, m.n);
}

static void split(void **state)
{
    static const char *const names[] = { "s-00001-of-00003.gguf", "s-00002-of-00003.gguf",
                                         "s-00003-of-00003.gguf" };
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };

    (void)state;
    save_part(names[0], 0, 3, 3, "a");
    save_part(names[1], 1, 3, 3, "b");
    save_part(names[2], 2, 3, 3, "c");
    for (int i = 0; i < 3; i++) {
        f = must_open(names[i]);
        assert_int_equal(bc_tensor_count(f), 3);
        assert_int_equal(bc_tensor_file_summary(f).n_parts, 3);
        assert_string_equal(bc_tensor_at(f, 1)->name, "b");
        assert_string_equal(pair_of(f, "general.name"), "string three");
        expect_data(f, "a", "\0\0\0\0", 4);
        expect_data(f, "c", "\2\0\0\0", 4);
        bc_tensor_file_free(f);
        f = NULL;
    }
    save_part(names[2], 1, 3, 3, "c");
    assert_int_equal(bc_tensor_file_open(path_of(names[0]), &f, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "split.no and split.count, expected 2 and 3"), "%s", err.text);
    save_part(names[2], 2, 3, 3, "b");
    assert_int_equal(bc_tensor_file_open(path_of(names[0]), &f, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "two tensors are called b"), "%s", err.text);
    save_part(names[2], 2, 3, 3, "c");
    save_part(names[0], 0, 3, 4, "a");
    assert_int_equal(bc_tensor_file_open(path_of(names[0]), &f, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "3 tensors in all parts, but split.tensors.count is 4"), "%s",
           err.text);
    assert_int_equal(remove(path_of(names[1])), 0);
    assert_int_equal(bc_tensor_file_open(path_of(names[0]), &f, &err), BC_E_OPEN);
    EXPECT(strstr(err.text, names[1]), "%s", err.text);

    const made m = make_part(0, 3, 3, "a");

    expect_fault(&m, "renamed.gguf", BC_E_FORMAT,
                 "is one of 3 parts, expected its name to end in "
                 "-00001-of-00003.gguf");
    const made many = make_part(0, 60000, 3, "a");

    expect_fault(&many, "renamed.gguf", BC_E_LIMIT, "split.count is 60000, expected at most 1000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("tensors are found in both versions, with any alignment", contents),
        SENTENCE("values of every type are shown", metadata),
        SENTENCE("types are counted, most bytes first", types_are_counted),
        SENTENCE("blocks are decoded from any element to any", ranges_of_blocks),
        SENTENCE("every wrong field is named", faults),
        SENTENCE("wrong lists are named", lists),
        SENTENCE("a file without data is one", nothing),
        SENTENCE("cut or damaged files do no harm", damage),
        SENTENCE("a split file is opened by any of its parts", split),
    };

    return cmocka_run_group_tests_name("gguf", tests, make_scratch_dir, remove_scratch_dir);
}
