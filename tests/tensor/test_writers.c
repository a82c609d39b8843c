/* What is written is laid out as each format says, and comes back. */
#include "gguf_made.h"
#include "safetensors_made.h"
#include "tensor/formats.h"
#include "tensor/writer.h"

static const bc_element_type *type(const char *name)
{
    const bc_element_type *t = bc_element_type_named(name);

    EXPECT(t, "%s", name);
    return t;
}

/* Write the tensors with bytes that count up through all of the data, in pieces of `step`; the
 * status of the first call that fails. */
static bc_status write_file(const bci_tensor_output *o, size_t step, bc_error *err)
{
    bci_tensor_writer *w = NULL;
    bc_status st = bci_tensor_writer_open(o, &w, err);
    uint8_t piece[256], next = 0;

    if (st)
        return st;
    while (bci_tensor_writer_next(w) != SIZE_MAX && !st) {
        const uint64_t left = w->sizes[bci_tensor_writer_next(w)] - w->turn_done;
        const size_t n = left < step ? (size_t)left : step;

        for (size_t i = 0; i < n; i++)
            piece[i] = ++next;
        st = bci_tensor_writer_put(w, piece, n, err);
    }
    if (!st)
        st = bci_tensor_writer_commit(w, err);
    bci_tensor_writer_free(w);
    return st;
}

static void must_write(const char *format, const char *name, const bc_tensor_info *tensors,
                       size_t n, const bci_pairs *pairs)
{
    bc_error err = { 0 };
    const bci_tensor_output o = {
        bci_tensor_format_named(format), path_of(name), true, tensors, n, pairs, NULL, NULL, false
    };

    EXPECT(write_file(&o, 7, &err) == BC_OK, "%s", err.text);
}

static void expect_bytes(const char *name, const made *want)
{
    size_t n;
    uint8_t *got = load_bytes(path_of(name), &n);
    size_t same = 0;

    while (same < n && same < want->n && got[same] == want->data[same])
        same++;
    EXPECT(n == want->n && same == n, "%s: %zu bytes, expected %zu, differs at %zu", name, n,
           want->n, same);
    free(got);
}

static void gguf(void **state)
{
    const bc_tensor_info tensors[] = {
        { .name = "a", .type = type("f32"), .n_dims = 1, .dims = { 3 } },
        { .name = "blk.0.w", .type = type("q8_0"), .n_dims = 2, .dims = { 2, 32 } },
        { .name = "s", .type = type("f16"), .n_dims = 0 },
    };
    bci_pairs pairs = { 0 };
    made want = { .n = 0 };

    (void)state;
    assert_true(bci_pairs_set_string(&pairs, "general.architecture", "llama"));
    assert_true(bci_pairs_set_u32(&pairs, "general.file_type", 1));
    assert_true(bci_pairs_set_u32(&pairs, "split.count", 2));
    must_write("gguf", "w.gguf", tensors, 3, &pairs);
    put_head(&want, 3, 3, 3);
    put_text_pair(&want, "general.architecture", "llama");
    put_u32(&want, "general.file_type", 7); /* LLAMA_FTYPE_MOSTLY_Q8_0 */
    put_u32(&want, "general.quantization_version", 2);
    put_tensor(&want, "a", 1, (uint64_t[]){ 3 }, 0, 0);
    put_tensor(&want, "blk.0.w", 2, (uint64_t[]){ 32, 2 }, 8, 32);
    put_tensor(&want, "s", 0, NULL, 1, 32 + 96);
    put_padding(&want, 32);
    put_ramp(&want, 12);
    put_padding(&want, 32);
    for (int i = 0; i < 68; i++)
        put_le(&want, (uint64_t)(i + 13), 1);
    put_padding(&want, 32);
    put_le(&want, 81 | 82 << 8, 2);
    put_padding(&want, 32);
    expect_bytes("w.gguf", &want);

    /* An alignment that the source has is kept; F32 alone needs no version. */
    bci_pairs_free(&pairs);
    assert_true(bci_pairs_set_u32(&pairs, "general.alignment", 64));
    must_write("gguf", "w.gguf", tensors, 1, &pairs);
    want.n = 0;
    put_head(&want, 3, 1, 2);
    put_u32(&want, "general.alignment", 64);
    put_u32(&want, "general.file_type", 0);
    put_tensor(&want, "a", 1, (uint64_t[]){ 3 }, 0, 0);
    put_padding(&want, 64);
    put_ramp(&want, 12);
    put_padding(&want, 64);
    expect_bytes("w.gguf", &want);
    bci_pairs_free(&pairs);
}

/* As the reference sorts them: F32, BF16, F16, F8_E4M3, U8, and by name. */
static void safetensors(void **state)
{
    const bc_tensor_info tensors[] = {
        { .name = "z", .type = type("u8"), .n_dims = 2, .dims = { 1, 3 } },
        { .name = "y", .type = type("f16"), .n_dims = 1, .dims = { 1 } },
        { .name = "x\"\n\x01", .type = type("f32"), .n_dims = 0 },
        { .name = "w", .type = type("f8_e4m3"), .n_dims = 1, .dims = { 2 } },
        { .name = "v", .type = type("f16"), .n_dims = 1, .dims = { 0 } },
        { .name = "u", .type = type("bf16"), .n_dims = 1, .dims = { 1 } },
    };
    static const char text[] =
        "{\"__metadata__\":{\"format\":\"pt\",\"n\":\"5\"},"
        "\"x\\\"\\n\\u0001\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
        "\"u\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
        "\"v\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[6,6]},"
        "\"y\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[6,8]},"
        "\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[8,10]},"
        "\"z\":{\"dtype\":\"U8\",\"shape\":[1,3],\"data_offsets\":[10,13]}}";
    const size_t n_text = (strlen(text) + 7) / 8 * 8;
    bci_pairs pairs = { 0 };
    made want = { .n = 0 };
    bc_tensor_file *f;

    (void)state;
    assert_true(bci_pairs_set_string(&pairs, "format", "pt"));
    assert_true(bci_pairs_set(&pairs, "list", BCI_VALUE_ARRAY, "\0\0\0\0\0\0\0\0\0\0\0\0", 12));
    assert_true(bci_pairs_set_u32(&pairs, "n", 5));
    must_write("safetensors", "w.safetensors", tensors, 6, &pairs);
    put_le(&want, n_text, 8);
    put_text(&want, text);
    for (size_t i = strlen(text); i < n_text; i++)
        put_text(&want, " ");
    put_ramp(&want, 13);
    expect_bytes("w.safetensors", &want);
    f = must_open("w.safetensors");
    assert_string_equal(shape_of(f, "x\"\n\x01"), "F32");
    expect_data(f, "z", "\13\14\15", 3);
    bc_tensor_file_free(f);
    bci_pairs_free(&pairs);

    must_write("safetensors", "w.safetensors", NULL, 0, NULL);
    want.n = 0;
    put_le(&want, 8, 8);
    put_text(&want, "{}      ");
    expect_bytes("w.safetensors", &want);
}

/* The same bytes as numpy.save, of every type and of shapes around the end of a line. */
static void npy(void **state)
{
    static const char *const types[] = { "f8", "f4", "f2", "i8", "i4", "i2", "i1",
                                         "u8", "u4", "u2", "u1", "b1", "c8" };
    static const struct {
        const char *tuple;
        uint32_t n_dims;
        uint64_t dims[8];
    } shapes[] = {
        { "()", 0, { 0 } },
        { "(3,)", 1, { 3 } },
        { "(0,)", 1, { 0 } },
        { "(2, 3)", 2, { 2, 3 } },
        { "(1, 1, 1, 1, 1, 1, 1, 10)", 8, { 1, 1, 1, 1, 1, 1, 1, 10 } },
        { "(100000, 0, 100000, 1000)", 4, { 100000, 0, 100000, 1000 } },
        { "(10, 0, 10000000, 1000000)", 4, { 10, 0, 10000000, 1000000 } },
        { "(10, 0, 100000000, 1000000)", 4, { 10, 0, 100000000, 1000000 } },
        { "(10, 0, 1000000000, 1000000)", 4, { 10, 0, 1000000000, 1000000 } },
        { "(10, 0, 10000000000, 1000000)", 4, { 10, 0, 10000000000, 1000000 } },
    };
    enum { N_SHAPES = sizeof shapes / sizeof *shapes };
    char command[3000];
    size_t at;

    (void)state;
    at = (size_t)snprintf(command, sizeof command,
                          "/usr/bin/python3 -c 'import sys, numpy as np; d = sys.argv[1]\n"
                          "for k, s in enumerate([");
    for (size_t i = 0; i < N_SHAPES; i++)
        at += (size_t)snprintf(command + at, sizeof command - at, "%s, ", shapes[i].tuple);
    snprintf(command + at, sizeof command - at,
             "]):\n    for t in \"f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1 c8\".split():\n"
             "        n = int(np.prod(s, dtype=object)) * np.dtype(t).itemsize\n"
             "        a = np.array([i + 1 for i in range(n)], dtype=\"u1\").tobytes()\n"
             "        np.save(f\"{d}/{k}-{t}.npy\", np.frombuffer(a, dtype=t).reshape(s))\n"
             "' '%s' 2>/dev/null",
             scratch_dir);
    if (system(command) != 0)
        skip(); /* no numpy */
    for (size_t i = 0; i < N_SHAPES; i++)
        for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
            const bc_element_type *rows;
            const size_t n_rows = bc_element_types(&rows);
            bc_tensor_info info = { .name = "a", .n_dims = shapes[i].n_dims };
            char name[32];
            size_t n;
            made want = { .n = 0 };

            for (size_t r = 0; r < n_rows; r++)
                if (rows[r].npy && strcmp(rows[r].npy, types[k]) == 0)
                    info.type = &rows[r];
            memcpy(info.dims, shapes[i].dims, sizeof info.dims);
            snprintf(name, sizeof name, "%zu-%s.npy", i, types[k]);
            uint8_t *bytes = load_bytes(path_of(name), &n);

            put_bytes(&want, bytes, n);
            free(bytes);
            must_write("npy", "w.npy", &info, 1, NULL);
            expect_bytes("w.npy", &want);
        }
}

static void refusals(void **state)
{
    static const bc_tensor_info good = { .name = "w", .n_dims = 2, .dims = { 4, 64 } };
    static const char long_name[] =
        "sixty-four bytes are one more than ggml has room for, and so it is";
    static const struct {
        const char *format, *type, *name;
        uint32_t n_dims;
        uint64_t first;
        bc_status status;
        const char *words;
    } rows[] = {
        { "gguf", "f8_e4m3", "w", 2, 4, BC_E_UNSUPPORTED, "w is F8_E4M3, a type that GGUF lacks" },
        { "gguf", "f32", "w", 5, 4, BC_E_UNSUPPORTED, "5 dimensions, GGUF takes at most 4" },
        { "gguf", "f32", long_name, 2, 4, BC_E_UNSUPPORTED, "GGUF takes at most 63" },
        { "gguf", "q4_k", "w", 2, 4, BC_E_UNSUPPORTED,
          "rows of 64, but Q4_K takes multiples of 256" },
        { "gguf", "f32", "w", 2, 0, BC_E_UNSUPPORTED, "tensor w is empty" },
        { "safetensors", "q8_0", "w", 2, 4, BC_E_UNSUPPORTED,
          "Q8_0, a type that safetensors lacks" },
        { "safetensors", "f32", "__metadata__", 2, 4, BC_E_UNSUPPORTED, "called __metadata__" },
        { "npy", "bf16", "w", 2, 4, BC_E_UNSUPPORTED, "BF16, a type that .npy lacks" },
        { "npy", "f64", "w", 2, UINT64_MAX / 64, BC_E_UNSUPPORTED,
          "multiply to more than 63 bits" },
        { "gguf", "i8", "w", 2, INT64_MAX / 64, BC_E_LIMIT, "more bytes than 63 bits count" },
    };
    const bc_tensor_info twins[] = { { .name = "w", .type = type("u8"), .n_dims = 0 },
                                     { .name = "w", .type = type("u8"), .n_dims = 0 } };
    bci_tensor_output o = {
        bci_tensor_format_named("npy"), path_of("x"), false, twins, 2, NULL, NULL, NULL, false
    };
    bc_error err;

    (void)state;
    (void)count_files(true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_info info = good;

        info.type = type(rows[i].type);
        info.name = rows[i].name;
        info.n_dims = rows[i].n_dims;
        info.dims[0] = rows[i].first;
        for (uint32_t k = 2; k < 8; k++)
            info.dims[k] = 1;
        const bci_tensor_output one = { bci_tensor_format_named(rows[i].format),
                                        path_of("x"),
                                        false,
                                        &info,
                                        1,
                                        NULL,
                                        NULL,
                                        NULL,
                                        false };
        bci_tensor_writer *w = NULL;
        const bc_status st = bci_tensor_writer_open(&one, &w, &err);

        bci_tensor_writer_free(w);

        EXPECT(st == rows[i].status && strstr(err.text, rows[i].words),
               "row %zu: status %d, \"%s\"", i, (int)st, err.text);
    }
    assert_int_equal(write_file(&o, 1, &err), BC_E_USAGE);
    EXPECT(strstr(err.text, "two tensors are called w"), "%s", err.text);
    o.n_tensors = 1;
    o.tensors = twins;
    assert_int_equal(write_file(&o, 1, &err), BC_OK);
    assert_int_equal(write_file(&o, 1, &err), BC_E_EXISTS);
    assert_int_equal(count_files(true), 1);
}

/* The size is known before any data, and nothing appears without a commit. */
static void plans(void **state)
{
    const bc_tensor_info tensors[] = {
        { .name = "a", .type = type("q6_k"), .n_dims = 2, .dims = { 1u << 20, 1u << 20 } },
        { .name = "b", .type = type("f32"), .n_dims = 1, .dims = { 1 } },
    };
    bci_tensor_output o = {
        bci_tensor_format_named("gguf"), NULL, false, tensors, 2, NULL, NULL, "x", false
    };
    bci_tensor_writer *w;
    bc_error err;

    (void)state;
    (void)count_files(true);
    assert_int_equal(bci_tensor_writer_open(&o, &w, &err), BC_OK);
    const uint64_t head = (24 + (8 + 17 + 4 + 4) + (8 + 28 + 4 + 4) + (8 + 1 + 4 + 16 + 4 + 8) +
                           (8 + 1 + 4 + 8 + 4 + 8) + 31) /
                          32 * 32;

    /* 2^40 elements in blocks of 256 in 210 bytes, then 4 bytes in 32. */
    assert_int_equal(w->total_bytes, head + (UINT64_C(210) << 32) + 32);
    bci_tensor_writer_free(w);
    o.path = path_of("x.gguf");
    assert_int_equal(bci_tensor_writer_open(&o, &w, &err), BC_OK);
    assert_int_equal(bci_tensor_writer_put(w, "data", 4, &err), BC_OK);
    bci_tensor_writer_free(w);
    assert_int_equal(count_files(false), 0);
    bci_tensor_writer_free(NULL);
}

/* Metadata of a GGUF file, whatever they are, and all data come through unchanged. */
static void copies(void **state)
{
    made m = { .n = 0 };
    bc_tensor_info infos[2];
    bc_tensor_file *f;

    (void)state;
    put_head(&m, 3, 2, 3);
    put_string(&m, "nested");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_ARRAY, 4);
    put_le(&m, 1, 8);
    put_le(&m, T_STRING, 4);
    put_le(&m, 2, 8);
    put_string(&m, "\xFF"); /* texts of metadata may be any bytes */
    put_string(&m, "");
    put_pair(&m, "x", T_F64, 1, 8);
    put_u32(&m, "general.file_type", 0);
    put_tensor(&m, "a", 1, (uint64_t[]){ 8 }, 0, 0);
    put_tensor(&m, "b", 2, (uint64_t[]){ 2, 3 }, 24, 32);
    put_padding(&m, 32);
    put_ramp(&m, 32);
    for (int i = 0; i < 6; i++)
        put_le(&m, (uint64_t)(i + 33), 1);
    put_padding(&m, 32);
    save_bytes(path_of("m.gguf"), m.data, m.n);
    f = must_open("m.gguf");
    infos[0] = *bc_tensor_at(f, 0);
    infos[1] = *bc_tensor_at(f, 1);
    must_write("gguf", "copy.gguf", infos, 2, &f->pairs);
    expect_bytes("copy.gguf", &m);
    bc_tensor_file_free(f);
}

static void names(void **state)
{
    (void)state;
    assert_ptr_equal(bci_tensor_format_for_path("a/b.GGUF"), &bci_gguf);
    assert_ptr_equal(bci_tensor_format_for_path("b.safetensors"), &bci_safetensors);
    assert_ptr_equal(bci_tensor_format_for_path("b.npy"), &bci_npy);
    assert_null(bci_tensor_format_for_path("b.safetensors.index.json"));
    assert_null(bci_tensor_format_for_path(".npy"));
    assert_null(bci_tensor_format_for_path("b.bin"));
    assert_null(bci_tensor_format_named("onnx"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("GGUF is written byte for byte as specified", gguf),
        SENTENCE("safetensors is written byte for byte as the reference does", safetensors),
        SENTENCE("npy is written byte for byte as NumPy does", npy),
        SENTENCE("what a format has not is refused, and no file appears", refusals),
        SENTENCE("the size is known first, and only a commit makes a file", plans),
        SENTENCE("a GGUF file copied is the same file", copies),
        SENTENCE("formats are found by name and ending", names),
    };

    return cmocka_run_group_tests_name("writers", tests, make_scratch_dir, remove_scratch_dir);
}
