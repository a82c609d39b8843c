/* Archives of NumPy put together byte by byte: stored, deflated, with ZIP64, in Fortran order, and
 * everything that can be wrong with them. */
#include "weights.h"

#include "base/crc32.h"
#ifdef WITH_ZLIB
#include <zlib.h>
#endif

/* A member, and what its records say other than is so. */
typedef struct {
    const char *name, *shape;
    size_t n_data;
    bool is_deflated, has_64;
    const char *own_name;         /* in its own head, where it is another */
    unsigned flags, method;       /* added */
    uint32_t crc;                 /* turned */
    uint64_t n, n_packed, offset; /* added */
    const char *bytes;            /* instead of an array */
    const char *descr;            /* instead of '<f4' */
} member;

typedef struct {
    const member *members;
    size_t n;
    bool has_64; /* at the end */
    const char *comment;
    uint64_t n_rows, n_bytes, offset, disk; /* added at the end */
} archive;

/* Bit by bit, as the definition goes. */
static uint32_t crc_of(const uint8_t *p, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

static made array_of(const member *m)
{
    made a = { .n = 0 };
    char text[119];

    if (m->bytes) {
        put_text(&a, m->bytes);
        return a;
    }
    memset(text, ' ', sizeof text);
    text[snprintf(text, sizeof text, "{'descr': %s, 'fortran_order': %s, }",
                  m->descr ? m->descr : "'<f4'", m->shape)] = ' ';
    text[117] = '\n';
    put_bytes(&a, "\x93NUMPY\x01\0v\0", 10);
    put_bytes(&a, text, 118);
    put_ramp(&a, m->n_data);
    return a;
}

/* One block of deflate that is stored, where there is no zlib. */
static made deflated(const made *a)
{
    made out = { .n = 0 };
#ifdef WITH_ZLIB
    z_stream z = { .next_in = (Bytef *)(uintptr_t)a->data,
                   .avail_in = (uInt)a->n,
                   .next_out = out.data,
                   .avail_out = sizeof out.data };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
#else
    put_le(&out, 1, 1);
    put_le(&out, a->n, 2);
    put_le(&out, ~(uint64_t)a->n, 2);
    put_bytes(&out, a->data, a->n);
#endif
    return out;
}

/* The fields that both records of a member have, from flags to the length of the name. */
static void put_common(made *m, const member *e, const made *a, const made *packed, size_t n_name)
{
    put_le(m, e->flags, 2);
    put_le(m, (e->is_deflated ? 8 : 0) + e->method, 2);
    put_le(m, 0x21 << 16, 4);
    put_le(m, crc_of(a->data, a->n) ^ e->crc, 4);
    put_le(m, e->has_64 ? UINT32_MAX : packed->n + e->n_packed, 4);
    put_le(m, e->has_64 ? UINT32_MAX : a->n + e->n, 4);
    put_le(m, n_name, 2);
    put_le(m, e->has_64 ? 20 + 6 : 0, 2);
}

/* An extra field of another program, and that of ZIP64. */
static void put_extra(made *m, const member *e, const made *a, const made *packed)
{
    if (!e->has_64)
        return;
    put_bytes(m, "UX\2\0ab", 6);
    put_le(m, 1, 2);
    put_le(m, 16, 2);
    put_le(m, a->n + e->n, 8);
    put_le(m, packed->n + e->n_packed, 8);
}

static made make(const archive *z)
{
    made m = { .n = 0 };
    size_t heads[8];

    for (size_t i = 0; i < z->n; i++) {
        const member *e = &z->members[i];
        const char *name = e->own_name ? e->own_name : e->name;
        const made a = array_of(e), packed = e->is_deflated ? deflated(&a) : a;

        heads[i] = m.n;
        put_bytes(&m, "PK\3\4\24\0", 6);
        put_common(&m, e, &a, &packed, strlen(name));
        put_text(&m, name);
        put_extra(&m, e, &a, &packed);
        put_bytes(&m, packed.data, packed.n);
    }
    const size_t directory = m.n;

    for (size_t i = 0; i < z->n; i++) {
        const member *e = &z->members[i];
        const made a = array_of(e), packed = e->is_deflated ? deflated(&a) : a;

        put_bytes(&m, "PK\1\2\24\3\24\0", 8);
        put_common(&m, e, &a, &packed, strlen(e->name));
        put_le(&m, 0, 2 + 2 + 2 + 4);
        put_le(&m, heads[i] + e->offset, 4);
        put_text(&m, e->name);
        put_extra(&m, e, &a, &packed);
    }
    const size_t end = m.n;

    if (z->has_64) {
        put_bytes(&m, "PK\6\6", 4);
        put_le(&m, 44, 8);
        put_le(&m, 45 | 45 << 16, 4);
        put_le(&m, z->disk, 4);
        put_le(&m, 0, 4);
        put_le(&m, z->n, 8);
        put_le(&m, z->n + z->n_rows, 8);
        put_le(&m, end - directory + z->n_bytes, 8);
        put_le(&m, directory + z->offset, 8);
        put_bytes(&m, "PK\6\7\0\0\0\0", 8);
        put_le(&m, end, 8);
        put_le(&m, 1, 4);
    }
    put_bytes(&m, "PK\5\6", 4);
    put_le(&m, z->has_64 ? 0 : z->disk, 4);
    put_le(&m, z->has_64 ? UINT16_MAX : z->n + z->n_rows, 2);
    put_le(&m, z->has_64 ? UINT16_MAX : z->n + z->n_rows, 2);
    put_le(&m, z->has_64 ? UINT32_MAX : end - directory + z->n_bytes, 4);
    put_le(&m, z->has_64 ? UINT32_MAX : directory + z->offset, 4);
    put_le(&m, z->comment ? strlen(z->comment) : 0, 2);
    put_text(&m, z->comment ? z->comment : "");
    return m;
}

#define MATRIX "False, 'shape': (2, 3)"
#define ROW    "False, 'shape': (4,)"
#define TURNED "True, 'shape': (2, 3)"
#define LONG   "model.layers.0.self_attn.q_proj.weight.in.a.name.that.goes.on"

static bool can_unpack(void)
{
#ifdef WITH_ZLIB
    return true;
#else
    return false;
#endif
}

/* Each way to write an archive has the same arrays as files of their own have. */
static void same_as_npy(void **state)
{
    static const member plain[] = { { "a.npy", MATRIX, .n_data = 24 },
                                    { LONG ".npy", ROW, .n_data = 16 } };
    static const member wide[] = { { "a.npy", MATRIX, .n_data = 24, .has_64 = true },
                                   { LONG ".npy", ROW, .n_data = 16, .has_64 = true } };
    static const member packed[] = { { "a.npy", MATRIX, .n_data = 24, .is_deflated = true },
                                     { LONG ".npy", ROW, .n_data = 16, .is_deflated = true,
                                       .has_64 = true } };
    static const member mixed[] = { { LONG ".npy", ROW, .n_data = 16, .is_deflated = true },
                                    { "a.npy", MATRIX, .n_data = 24 } };
    static const archive rows[] = {
        { plain, .n = 2 },
        { wide, .n = 2 },
        { plain, .n = 2, .has_64 = true },
        { wide, .n = 2, .has_64 = true },
        { plain, .n = 2, .comment = "PK\5\6 says nothing here" },
        { packed, .n = 2 },
        { mixed, .n = 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(&rows[i]);
        bool is_packed = false;

        for (size_t k = 0; k < rows[i].n; k++)
            is_packed = is_packed || rows[i].members[k].is_deflated;
        if (is_packed && !can_unpack()) {
            expect_fault(&m, "w.npz", BC_E_UNSUPPORTED, "expected one with zlib");
            continue;
        }
        save_bytes(path_of("w.npz"), m.data, m.n);
        bc_tensor_file *f = must_open("w.npz");

        assert_int_equal(bc_tensor_count(f), 2);
        assert_string_equal(bc_tensor_file_summary(f).format, "npz");
        assert_int_equal(bc_tensor_file_summary(f).file_bytes, m.n);
        for (size_t k = 0; k < rows[i].n; k++) {
            const made a = array_of(&rows[i].members[k]);
            char name[100], shape[200];
            uint8_t data[24];

            snprintf(name, sizeof name, "%.*s", (int)strlen(rows[i].members[k].name) - 4,
                     rows[i].members[k].name);
            snprintf(shape, sizeof shape, "%s", shape_of(f, name));
            save_bytes(path_of("one.npy"), a.data, a.n);
            bc_tensor_file *one = must_open("one.npy");

            assert_string_equal(shape, shape_of(one, "one"));
            assert_int_equal(bc_tensor_read(one, 0, 0, data, a.n - 128, NULL), BC_OK);
            expect_data(f, name, data, a.n - 128);
            bc_tensor_file_free(one);
        }
        bc_tensor_file_free(f);
    }
}

/* Two arrays in Fortran order, read in turn, share their bands. */
static void fortran_order(void **state)
{
    static const member turned[] = { { "a.npy", TURNED, .n_data = 24 },
                                     { "b.npy", "True, 'shape': (3, 2)", .n_data = 24 } };
    static const uint8_t of_a[] = { 1, 9, 17, 5, 13, 21 }, of_b[] = { 1, 13, 5, 17, 9, 21 };
    const made m = make(&(archive){ turned, .n = 2 });
    bc_tensor_file *f;

    (void)state;
    save_bytes(path_of("w.npz"), m.data, m.n);
    f = must_open("w.npz");
    for (uint64_t i = 0; i < 6; i++) {
        uint8_t bytes[4];

        assert_int_equal(bc_tensor_read(f, 0, 4 * i, bytes, 4, NULL), BC_OK);
        assert_int_equal(bytes[0], of_a[i]);
        assert_int_equal(bc_tensor_read(f, 1, 4 * i, bytes, 4, NULL), BC_OK);
        assert_int_equal(bytes[0], of_b[i]);
    }
    bc_tensor_file_free(f);
}

/* What holds no numbers is its bytes, whatever its shape says, and stands in the way of no
 * other. */
static void opaque_members(void **state)
{
    static const struct {
        const char *descr;
        const char *type; /* NULL: refused, with the words */
        const char *words;
    } rows[] = {
        { "'<U3'", "TEXT", NULL },
        { "'|S12'", "TEXT", NULL },
        { "'|O'", "OBJECT", NULL },
        { "'|V2'", "OTHER", NULL },
        { "'<M8[ns]'", "OTHER", NULL },
        { "'>f16'", "OTHER", NULL },
        { "[('a', '<f4', (2, 3)), (']\\'', '>i2')]", "RECORD", NULL },
        { "[('a', [('b', '|u1')]), (\"it's ]\", '|u1')]", "RECORD", NULL },
        { "[('a', '<f4')", NULL, "expected ] of a list of fields" },
        { "'|X4'", NULL, "member b.npy: descr is '|X4'" },
        { "'O'", NULL, "member b.npy: descr is 'O'" },
        { "''", NULL, "member b.npy: descr is ''" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const member two[] = { { "b.npy", "True, 'shape': (7, 5)", .n_data = 24,
                                 .descr = rows[i].descr },
                               { "a.npy", MATRIX, .n_data = 24 } };
        const made m = make(&(archive){ two, .n = 2 });
        uint8_t bytes[24];

        if (!rows[i].type) {
            expect_fault(&m, "w.npz", rows[i].descr[0] == '[' ? BC_E_FORMAT : BC_E_UNSUPPORTED,
                         rows[i].words);
            continue;
        }
        save_bytes(path_of("w.npz"), m.data, m.n);
        bc_tensor_file *f = must_open("w.npz");
        const bc_tensor_info *t = bc_tensor_at(f, 0);

        assert_int_equal(bc_tensor_count(f), 2);
        assert_string_equal(t->type->name, rows[i].type);
        assert_int_equal(t->type->kind, BC_ELEMENT_OPAQUE);
        assert_int_equal(t->n_dims, 1);
        assert_int_equal(t->dims[0], 24);
        assert_int_equal(bc_tensor_read(f, 0, 0, bytes, 24, NULL), BC_OK);
        assert_memory_equal(bytes, m.data + m.n - 22 - 2 * 51 - 24 - (30 + 5 + 128) - 24, 24);
        assert_int_equal(bc_tensor_read_f32(f, 0, 0, 1, (float[1]){ 0 }, NULL), BC_E_UNSUPPORTED);
        assert_string_equal(bc_tensor_at(f, 1)->type->name, "F32");
        bc_tensor_file_free(f);
    }
}

static void faults_of_members(void **state)
{
    static const struct {
        member m;
        bc_status status;
        const char *words;
    } rows[] = {
        { { "readme.txt", .bytes = "hello" }, BC_E_UNSUPPORTED, "member readme.txt is no array" },
        { { ".npy", ROW, .n_data = 16 }, BC_E_UNSUPPORTED, "member .npy is no array" },
        { { "b.npy", ROW, .n_data = 16, .flags = 1 },
          BC_E_UNSUPPORTED,
          "member b.npy is encrypted" },
        { { "b.npy", ROW, .n_data = 16, .method = 14 },
          BC_E_UNSUPPORTED,
          "compressed by method 14" },
        { { "b.npy", ROW, .n_data = 16, .crc = 1 },
          BC_E_FORMAT,
          "member b.npy is damaged: its CRC from" },
        { { "b.npy", ROW, .n_data = 16, .n = 1 },
          BC_E_FORMAT,
          "has 145 bytes and is stored in 144" },
        { { "b.npy", ROW, .n_data = 16, .n = 1, .n_packed = 1 },
          BC_E_FORMAT,
          "has 145 bytes from byte 222 on" },
        { { "b.npy", ROW, .n_data = 16, .n = UINT64_MAX / 2, .n_packed = UINT64_MAX / 2,
            .has_64 = true },
          BC_E_FORMAT,
          "member b.npy has 9223372036854775951 bytes" },
        { { "b.npy", ROW, .n_data = 16, .offset = 1 },
          BC_E_FORMAT,
          "begins at byte 188, expected a head" },
        { { "b.npy", ROW, .n_data = 16, .offset = 1000 },
          BC_E_FORMAT,
          "begins at byte 1187, expected" },
        { { "b.npy", ROW, .n_data = 16, .own_name = "c.npy" },
          BC_E_FORMAT,
          "has another name at byte 217" },
        { { "a.npy", ROW, .n_data = 16 }, BC_E_FORMAT, "two tensors are called a" },
        { { "b.npy", ROW, .n_data = 12 },
          BC_E_FORMAT,
          "the array ends at byte 144, the file at 140" },
        { { "b.npy", ROW, .n_data = 20 },
          BC_E_UNSUPPORTED,
          "the array ends at byte 144, the file at 148" },
        { { "b.npy", .bytes = "hello, hello" }, BC_E_FORMAT, "begins with \"hello,\"" },
        { { "b.npy", .bytes = "hello" }, BC_E_FORMAT, "ends at byte 5, expected 10 bytes" },
        { { "\xC3.npy", ROW, .n_data = 16 }, BC_E_FORMAT, "is no UTF-8 text" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const member two[] = { { "a.npy", MATRIX, .n_data = 24 }, rows[i].m };
        const made m = make(&(archive){ two, .n = 2 });

        expect_fault(&m, "w.npz", rows[i].status, rows[i].words);
    }
}

static void faults_of_the_directory(void **state)
{
    static const member one[] = { { "a.npy", MATRIX, .n_data = 24 } };
    static const struct {
        archive z;
        bc_status status;
        const char *words;
    } rows[] = {
        { { one, .n = 1, .disk = 1 }, BC_E_UNSUPPORTED, "one of several files" },
        { { one, .n = 1, .disk = 1, .has_64 = true }, BC_E_UNSUPPORTED, "one of several files" },
        { { one, .n = 1, .n_rows = 1 }, BC_E_FORMAT, "has 2 members in 51 bytes" },
        { { one, .n = 1, .n_bytes = 1 }, BC_E_FORMAT, "in 52 bytes from byte 187 on" },
        { { one, .n = 1, .offset = 1 }, BC_E_FORMAT, "in 51 bytes from byte 188 on" },
        { { one, .n = 1, .offset = UINT64_MAX / 2, .has_64 = true },
          BC_E_FORMAT,
          "expected it to end" },
        { { one, .n = 1, .n_rows = UINT64_MAX / 2, .has_64 = true },
          BC_E_UNSUPPORTED,
          "several files" },
        { { one, .n = 1, .n_bytes = 1, .offset = UINT64_MAX, .has_64 = true },
          BC_E_FORMAT,
          "begins no member" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(&rows[i].z);

        expect_fault(&m, "w.npz", rows[i].status, rows[i].words);
    }
}

/* One byte of data that was turned is seen, stored and deflated. */
static void faults_of_data(void **state)
{
    static const member kinds[] = { { "a.npy", MATRIX, .n_data = 24 },
                                    { "a.npy", MATRIX, .n_data = 24, .is_deflated = true } };
    static const struct {
        uint64_t n, n_packed;
        const char *words;
    } rows[] = {
        { 1, 0, "unpacks to 152 bytes, expected 153" },
        { (uint64_t)-1, 0, "unpacks to more than 151 bytes" },
        { 0, (uint64_t)-1, "the stream goes on" },
        { 1 << 20, 0, "more than deflate can pack" },
    };

    (void)state;
    for (size_t i = 0; i < 1 + (size_t)can_unpack(); i++) {
        made m = make(&(archive){ &kinds[i], .n = 1 });
        const size_t end = m.n - 22 - 51;

        m.data[end - 10] ^= 4;
        expect_fault(&m, "w.npz", BC_E_FORMAT, i ? "member a" : "is damaged: its CRC from byte 35");
    }
    const member inside[] = { { "a.npy", MATRIX, .n_data = 24, .n = 10, .n_packed = 10 },
                              { "b.npy", MATRIX, .n_data = 24 } };
    const made overlapping = make(&(archive){ inside, .n = 2 });

    expect_fault(&overlapping, "w.npz", BC_E_FORMAT,
                 "member a.npy has 162 bytes from byte 35 on, expected their end before byte 187");
    for (size_t i = 0; can_unpack() && i < sizeof rows / sizeof *rows; i++) {
        const member a = { "a.npy",        MATRIX,
                           .n_data = 24,   .is_deflated = true,
                           .n = rows[i].n, .n_packed = rows[i].n_packed };
        const made m = make(&(archive){ &a, .n = 1 });

        expect_fault(&m, "w.npz", BC_E_FORMAT, rows[i].words);
    }
}

static void damage(void **state)
{
    static const member stored[] = { { "a.npy", MATRIX, .n_data = 24 },
                                     { "b.npy", TURNED, .n_data = 24, .has_64 = true } };
    static const member packed[] = { { "a.npy", MATRIX, .n_data = 24, .is_deflated = true } };
    const archive rows[] = { { stored, .n = 2 },
                             { stored, .n = 2, .has_64 = true },
                             { packed, .n = 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make(&rows[i]);

        expect_no_prefix(&m, "w.npz");
        expect_no_crash(&m, "w.npz", m.n);
    }
}

static void check_value(void **state)
{
    uint8_t bytes[100];

    (void)state;
    assert_int_equal(bci_crc32_of(0, "123456789", 9), 0xCBF43926); /* of the catalogue of CRCs */
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i + 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        assert_int_equal(bci_crc32_of(0, bytes, n), crc_of(bytes, n));
        assert_int_equal(bci_crc32_of(bci_crc32_of(0, bytes, n / 3), bytes + n / 3, n - n / 3),
                         crc_of(bytes, n));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the CRC is that of the definition", check_value),
        SENTENCE("members have the bytes of files of their own", same_as_npy),
        SENTENCE("arrays in Fortran order do not get into each other's way", fortran_order),
        SENTENCE("what holds no numbers is bytes beside the others", opaque_members),
        SENTENCE("a member that is wrong is named", faults_of_members),
        SENTENCE("so is a directory", faults_of_the_directory),
        SENTENCE("and data that are not what was written", faults_of_data),
        SENTENCE("cut or damaged archives do no harm", damage),
    };

    return cmocka_run_group_tests_name("npz", tests, make_scratch_dir, remove_scratch_dir);
}
