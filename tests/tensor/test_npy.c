/* Arrays of NumPy: headers made by hand, files that NumPy made, and everything that is wrong. */
#include "weights.h"

typedef struct {
    int version;
    const char *text; /* without the end */
    size_t n_data;
} array;

static made make(const array *a)
{
    const size_t n_length = a->version == 1 ? 2 : 4;
    made m = { .n = 0 };
    size_t n = strlen(a->text) + 1;

    while ((8 + n_length + n) % 64 != 0)
        n++;
    put_bytes(&m, "\x93NUMPY", 6);
    put_le(&m, (uint64_t)a->version, 1);
    put_le(&m, 0, 1);
    put_le(&m, n, (int)n_length);
    put_text(&m, a->text);
    for (size_t i = strlen(a->text); i + 1 < n; i++)
        put_text(&m, " ");
    put_text(&m, "\n");
    put_ramp(&m, a->n_data);
    return m;
}

#define HEADER(descr, shape) "{'descr': '" descr "', 'fortran_order': False, 'shape': " shape ", }"

/* In Fortran order the first index runs fastest; what is read is in C order, at any place. */
static void fortran_order(void **state)
{
    static const array turned = { 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
                                  6 };
    static const array cube = { 1, "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3, 2), }",
                                24 };
    uint8_t expected[24];
    made m = make(&turned);
    bc_tensor_file *f = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(open_made(&m, "w.npy", &f, &err), BC_OK);
    assert_string_equal(shape_of(f, "w"), "U8 2x3");
    expect_data(f, "w", "\1\3\5\2\4\6", 6);
    for (size_t i = 0; i < 6; i++) {
        uint8_t byte = 0;

        assert_int_equal(bc_tensor_read(f, 0, i, &byte, 1, &err), BC_OK);
        assert_int_equal(byte, "\1\3\5\2\4\6"[i]);
    }
    bc_tensor_file_free(f);
    /* Element (i, j, k) is number i + 2 j + 6 k of the file, of bytes 2 n + 1 and 2 n + 2. */
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 3; j++)
            for (size_t k = 0; k < 2; k++) {
                const size_t n = i + 2 * j + 6 * k, at = 2 * (6 * i + 2 * j + k);

                expected[at] = (uint8_t)(2 * n + 2); /* little-endian */
                expected[at + 1] = (uint8_t)(2 * n + 1);
            }
    m = make(&cube);
    assert_int_equal(open_made(&m, "w.npy", &f, &err), BC_OK);
    expect_data(f, "w", expected, 24);
    bc_tensor_file_free(f);
    expect_no_prefix(&m, "w.npy");
}

/* Exact in 32 bits, and another for each element of the shapes below. */
static float value_at(uint64_t i, uint64_t j, uint64_t k, const uint64_t *d)
{
    return (float)((i * d[1] + j) * d[2] + k);
}

/* Bands end somewhere, with many short rows and with few that are longer than a band. Rows that
 * follow each other lie far apart in the last: read one by one they took half a minute. */
static void large_arrays_in_fortran_order(void **state)
{
    static const uint64_t dims[][3] = {
        { 130001, 1, 37 }, { 3, 1111, 1300 }, { 1, 1, 4300000 },
        { 2, 1, 4300000 }, { 512, 512, 27 },
    };

    (void)state;
    for (size_t s = 0; s < sizeof dims / sizeof *dims; s++) {
        const uint64_t *d = dims[s], n = d[0] * d[1] * d[2], half = n / 2;
        float *x = malloc(n * sizeof *x);
        char head[129];
        bc_tensor_file *f;
        bc_error err = { 0 };
        FILE *out = fopen(path_of("large.npy"), "wb");

        assert_true(x && out);
        memset(head, ' ', 128);
        memcpy(head, "\x93NUMPY\x01\0v\0", 10);
        head[10 + snprintf(head + 10, 118,
                           "{'descr': '<f4', 'fortran_order': True, 'shape': (%u, %u, %u), }",
                           (unsigned)d[0], (unsigned)d[1], (unsigned)d[2])] = ' ';
        head[127] = '\n';
        for (uint64_t k = 0, at = 0; k < d[2]; k++)
            for (uint64_t j = 0; j < d[1]; j++)
                for (uint64_t i = 0; i < d[0]; i++)
                    x[at++] = value_at(i, j, k, d);
        assert_int_equal(fwrite(head, 1, 128, out), 128);
        assert_int_equal(fwrite(x, sizeof *x, n, out), n);
        assert_int_equal(fclose(out), 0);
        f = must_open("large.npy"); /* the end before the beginning */
        assert_int_equal(bc_tensor_read_f32(f, 0, half, n - half, x + half, &err), BC_OK);
        assert_int_equal(bc_tensor_read_f32(f, 0, 0, half, x, &err), BC_OK);
        for (uint64_t at = 0; at < n; at++)
            if (x[at] < (float)at || x[at] > (float)at)
                fail_msg("shape %zu: element %llu is %.0f", s, (unsigned long long)at, x[at]);
        bc_tensor_file_free(f);
        free(x);
    }
}

static void headers(void **state)
{
    static const struct {
        array a;
        const char *shape;
    } rows[] = {
        { { 1, HEADER("<f4", "(2, 3)"), 24 }, "F32 2x3" },
        { { 2, HEADER("<f4", "(2, 3)"), 24 }, "F32 2x3" },
        { { 3, HEADER("<f8", "(3,)"), 24 }, "F64 3" },
        { { 1, HEADER("<f2", "()"), 2 }, "F16" },
        { { 1, HEADER("|u1", "(0, 7)"), 0 }, "U8 0x7" },
        { { 1, HEADER("<i8", "(1, 1, 1, 1, 1, 1, 1, 2)"), 16 }, "I64 1x1x1x1x1x1x1x2" },
        { { 1, HEADER("|b1", "(4,)"), 4 }, "BOOL 4" },
        { { 1, HEADER("<c8", "(1,)"), 8 }, "C64 1" },
        { { 1, HEADER(">i2", "(3,)"), 6 }, "I16 3" },
        /* Other ways to write the literal: Python 2, other order, double quotes, no last comma. */
        { { 1, "{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"|i1\"}", 2 }, "I8 2" },
        { { 1, "{'descr': '<u2', 'fortran_order': True, 'shape': (5,), }", 10 }, "U16 5" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(&rows[i].a);
        bc_tensor_file *f = NULL;
        bc_error err = { 0 };

        EXPECT(open_made(&m, "w.npy", &f, &err) == BC_OK, "row %zu: %s", i, err.text);
        assert_int_equal(bc_tensor_count(f), 1);
        assert_string_equal(shape_of(f, "w"), rows[i].shape);
        assert_int_equal(bc_tensor_file_summary(f).version, rows[i].a.version);
        if (rows[i].a.text[11] != '>')
            expect_data(f, "w", m.data + m.n - rows[i].a.n_data, rows[i].a.n_data);
        bc_tensor_file_free(f);
    }
}

/* Whatever its order in the file, an array is handed out with the low byte first. */
static void big_endian(void **state)
{
    static const uint8_t doubles[] = { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0,   /* 1.5 */
                                       0xC0, 0x00, 0, 0, 0, 0, 0, 0 }; /* -2 */
    made m = make(&(array){ 1, HEADER(">f8", "(2,)"), 0 });
    const uint8_t swapped[] = { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0x00, 0xC0 };
    float got[2];
    bc_tensor_file *f;

    (void)state;
    put_bytes(&m, doubles, sizeof doubles);
    save_bytes(path_of("b.npy"), m.data, m.n);
    f = must_open("b.npy");
    expect_data(f, "b", swapped, sizeof swapped);
    assert_int_equal(bc_tensor_read_f32(f, 0, 0, 2, got, NULL), BC_OK);
    assert_true(got[0] == 1.5f && got[1] == -2);
    bc_tensor_file_free(f);
    m = make(&(array){ 1, HEADER(">c8", "(1,)"), 8 });
    save_bytes(path_of("c.npy"), m.data, m.n);
    f = must_open("c.npy");
    expect_data(f, "c", "\4\3\2\1\10\7\6\5", 8);
    bc_tensor_file_free(f);
}

static void faults(void **state)
{
    static const struct {
        array a;
        bc_status status;
        const char *words;
    } rows[] = {
        { { 4, HEADER("<f4", "(2,)"), 8 }, BC_E_UNSUPPORTED, "version 4.0" },
        { { 1, HEADER("|O", "(2,)"), 8 }, BC_E_UNSUPPORTED, "descr is '|O'" },
        { { 1, HEADER("|V2", "(2,)"), 4 },
          BC_E_UNSUPPORTED,
          "bfloat16 and float8 lose their names" },
        { { 1, HEADER("<U4", "(2,)"), 32 }, BC_E_UNSUPPORTED, "descr is '<U4'" },
        { { 1, HEADER("|f4", "(2,)"), 8 }, BC_E_UNSUPPORTED, "descr is '|f4'" },
        { { 1, HEADER("f4", "(2,)"), 8 }, BC_E_UNSUPPORTED, "descr is 'f4'" },
        { { 1, HEADER("", "(2,)"), 8 }, BC_E_UNSUPPORTED, "descr is ''" },
        { { 1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8 },
          BC_E_UNSUPPORTED,
          "array of records" },
        { { 1, HEADER("<f4", "(2, 3)"), 23 }, BC_E_FORMAT, "but the file ends at 151" },
        { { 1, HEADER("<f4", "(2, 3)"), 25 }, BC_E_UNSUPPORTED, "one array in a file" },
        { { 1, HEADER("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 4 },
          BC_E_LIMIT,
          "more than 8 dimensions" },
        { { 1, HEADER("<f4", "(2)"), 8 }, BC_E_FORMAT, "a tuple" },
        { { 1, HEADER("<f4", "(-2,)"), 8 }, BC_E_FORMAT, "a whole number" },
        { { 1, HEADER("<f4", "(2 3)"), 8 }, BC_E_FORMAT, "expected , or )" },
        { { 1, HEADER("<f4", "(2,"), 8 }, BC_E_FORMAT, "a whole number" },
        { { 1, HEADER("<f4", "(9223372036854775808, 4)"), 8 }, BC_E_FORMAT, "a number of at most" },
        { { 1, HEADER("<f4", "(3037000500, 3037000500)"), 8 }, BC_E_FORMAT, "multiply to more" },
        { { 1, HEADER("<f8", "(900000000000000000, 2)"), 8 }, BC_E_FORMAT, "more than 63 bits" },
        { { 1, "{'descr': '<f4', 'fortran_order': False, }", 8 },
          BC_E_FORMAT,
          "expected descr, fortran_order and shape" },
        { { 1, "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 8 },
          BC_E_FORMAT,
          "once each" },
        { { 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", 8 },
          BC_E_FORMAT,
          "once each" },
        { { 1, "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", 8 },
          BC_E_FORMAT,
          "True or False" },
        { { 1, "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", 8 },
          BC_E_FORMAT,
          ", or }" },
        { { 1, "{'descr' '<f4', 'fortran_order': False, 'shape': (2,)}", 8 },
          BC_E_FORMAT,
          "expected :" },
        { { 1, "{'descr': '<f\\x34', 'fortran_order': False, 'shape': (2,)}", 8 },
          BC_E_FORMAT,
          "a short string" },
        { { 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", 8 },
          BC_E_FORMAT,
          "spaces to the end" },
        { { 1, "[]", 8 }, BC_E_FORMAT, "expected {" },
        { { 1, "", 8 }, BC_E_FORMAT, "expected {" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(&rows[i].a);

        expect_fault(&m, "w.npy", rows[i].status, rows[i].words);
    }
    made m = make(&(array){ 2, HEADER("<f4", "(2,)"), 8 });

    m.data[11] = 0x7F; /* a header of 2 GiB */
    expect_fault(&m, "w.npy", BC_E_LIMIT, "header of 21307");
    m = make(&(array){ 1, HEADER("<f4", "(2,)"), 8 });
    m.data[20] = 0;
    expect_fault(&m, "w.npy", BC_E_FORMAT, "byte 10 of the header is 0");
}

static void damage(void **state)
{
    const made m = make(&(array){ 1, HEADER("<f4", "(2, 3)"), 24 });

    (void)state;
    expect_no_prefix(&m, "w.npy");
    expect_no_crash(&m, "w.npy", m.n - 24);
}

/* numpy.save has the last word. */
static void from_numpy(void **state)
{
    static const char script[] =
        "/usr/bin/python3 -c 'import sys, numpy as np; d = sys.argv[1] + \"/\"\n"
        "for t in \"f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1 c8\".split():\n"
        "    a = (np.arange(30) * 1.5).reshape(2, 3, 5)\n"
        "    np.save(d + t, a.astype(\"<\" + t)); np.save(d + \"big-\" + t, a.astype(\">\" + t))\n"
        "    a.astype(\"<\" + t).tofile(d + t + \".raw\")\n"
        "np.save(d + \"scalar\", np.float32(3)); np.save(d + \"empty\", np.zeros((0, 4), \"f4\"))\n"
        "np.save(d + \"turned\", np.zeros((3, 4)).T)\n"
        "np.save(d + \"objects\", np.array([None]), allow_pickle=True)\n"
        "' '%s' 2>/dev/null";
    static const char *const types[] = { "f8", "f4", "f2", "i8", "i4", "i2", "i1",
                                         "u8", "u4", "u2", "u1", "b1", "c8" };
    char command[2000];

    (void)state;
    snprintf(command, sizeof command, script, scratch_dir);
    if (system(command) != 0)
        skip(); /* no numpy */
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (int big = 0; big < 2; big++) {
            char name[32], file[40], raw[32];
            size_t n;

            snprintf(name, sizeof name, "%s%s", big ? "big-" : "", types[i]);
            snprintf(file, sizeof file, "%s.npy", name);
            snprintf(raw, sizeof raw, "%s.raw", types[i]);
            bc_tensor_file *f = must_open(file);
            uint8_t *bytes = load_bytes(path_of(raw), &n);

            EXPECT(strstr(shape_of(f, name), " 2x3x5"), "%s", shape_of(f, name));
            EXPECT(strcmp(bc_tensor_at(f, 0)->type->npy, types[i]) == 0, "%s", name);
            expect_data(f, name, bytes, n);
            free(bytes);
            bc_tensor_file_free(f);
        }
    bc_tensor_file *f = must_open("scalar.npy");

    expect_data(f, "scalar", "\0\0\x40\x40", 4);
    bc_tensor_file_free(f);
    f = must_open("empty.npy");
    assert_string_equal(shape_of(f, "empty"), "F32 0x4");
    bc_tensor_file_free(f);
    f = must_open("turned.npy");
    bc_tensor_file_free(f);
    assert_int_equal(bc_tensor_file_open(path_of("objects.npy"), &f, NULL), BC_E_UNSUPPORTED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("headers of every version and spelling are understood", headers),
        SENTENCE("big-endian arrays come little-endian", big_endian),
        SENTENCE("what is wrong or not a plain array is refused and named", faults),
        SENTENCE("Fortran order is read as C order", fortran_order),
        SENTENCE("so are large arrays, by bands", large_arrays_in_fortran_order),
        SENTENCE("cut or damaged files do no harm", damage),
        SENTENCE("arrays are those that NumPy wrote", from_numpy),
    };

    return cmocka_run_group_tests_name("npy", tests, make_scratch_dir, remove_scratch_dir);
}
