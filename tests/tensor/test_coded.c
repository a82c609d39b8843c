/* Codes and scales: the bytes of every layout against bytes put together from its definition. */
#include "pieces.h"

/* A tensor "in", what it becomes, and some of its pieces. */
typedef struct {
    const char *format, *options; /* of z: zero-point, d: double quantization, r, t: group */
    size_t n_rows, row;
    float x[64];
    struct {
        const char *suffix, *type;
        size_t n;
        uint8_t bytes[40];
    } pieces[4];
} known;

#define F32_1  0x00, 0x00, 0x80, 0x3F /* 1.0 */
#define F32_H5 0x00, 0x00, 0x20, 0x3F /* 0.625 */
#define F32_2  0x00, 0x00, 0x00, 0x40 /* 2.0 */

/* clang-format off */
static const known rows[] = {
    /* 4-bit two's complement, the first code low; 3.5 is a tie and goes to 4. */
    { "int4", "", 1, 8, { 7, -7, 1, 0, 3.5f, -1, 2, -3 },
      { { "", "U8 [1,4]", 4, { 0x97, 0x01, 0xF4, 0xD2 } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* 011 101 001 000 010 111 110 000, the first lowest. */
    { "int3", "", 1, 8, { 3, -3, 1, 0, 2, -1, -2, 0 },
      { { "", "U8 [1,3]", 3, { 0x6B, 0xA0, 0x1B } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* A row of three codes of 3 bits takes two bytes. */
    { "int3", "r", 2, 3, { 3, -3, 1, 6, 6, -6 },
      { { "", "U8 [2,2]", 4, { 0x6B, 0x00, 0x5B, 0x01 } },
        { "_scale", "F32 [2,1]", 8, { F32_1, F32_2 } } } },
    { "int8", "", 1, 4, { 127, -127, 1, -2 },
      { { "", "I8 [1,4]", 4, { 0x7F, 0x81, 0x01, 0xFE } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* -1 to 14 in 15 steps of 1: 0 is code 1. */
    { "int4", "z", 1, 4, { -1, 0, 14, 3 },
      { { "", "U8 [1,2]", 2, { 0x10, 0x4F } }, { "_scale", "F32 [1,1]", 4, { F32_1 } },
        { "_zero_point", "U8 [1,1]", 1, { 1 } } } },
    { "int8", "zt", 2, 2, { -100, 155, 0, 1 },
      { { "", "U8 [2,2]", 4, { 0, 255, 100, 101 } }, { "_scale", "F32 []", 4, { F32_1 } },
        { "_zero_point", "U8 []", 1, { 100 } } } },
    { "int2", "", 1, 4, { 1, -1, 0, 0.25f },
      { { "", "U8 [1,1]", 1, { 0x0D } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* BitNet b1.58: round(x / mean|x|), the mean is 0.625. */
    { "ternary", "", 1, 4, { 1, -1, 0.25f, -0.25f },
      { { "", "U8 [1,1]", 1, { 0x0D } }, { "_scale", "F32 []", 4, { F32_H5 } } } },
    /* XNOR-Net: signs, and the mean magnitude of each row. */
    { "binary", "", 2, 8, { 0.5f, -1.5f, 1, 1, -1, -1, 1, -1,  2, 2, 2, 2, -2, -2, -2, -2 },
      { { "", "U8 [2,1]", 2, { 0x4D, 0x0F } }, { "_scale", "F32 [2,1]", 8, { F32_1, F32_2 } } } },
    /* E2M1: 0 .5 1 1.5 2 3 4 6, sign in bit 3. */
    { "e2m1", "", 1, 4, { 6, -6, 0.5f, 1.5f },
      { { "", "U8 [1,2]", 2, { 0xF7, 0x31 } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* E2M3: 7.5 is 011111, 1 is 001000; E3M2: 28 is 011111, 1 is 001100. */
    { "e2m3", "", 1, 4, { 7.5f, 1, -1, 0 },
      { { "", "U8 [1,3]", 3, { 0x1F, 0x82, 0x02 } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    { "e3m2", "", 1, 4, { 28, 1, -1, 0 },
      { { "", "U8 [1,3]", 3, { 0x1F, 0xC3, 0x02 } }, { "_scale", "F32 [1,1]", 4, { F32_1 } } } },
    /* OCP MX: X = 2^(floor(log2 amax) - emax), E8M0 of it 127 + the exponent. */
    { "mxfp4", "", 1, 32, { 6, -6, 0.5f, 1.5f },
      { { "", "U8 [1,16]", 16, { 0xF7, 0x31 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 127 } } } },
    { "mxfp8", "", 1, 32, { 896, 2, -4 },
      { { "", "U8 [1,32]", 32, { 0x7E, 0x38, 0xC0 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 128 } } } },
    { "mxfp8_e5m2", "", 1, 32, { 57344, 1, -2 },
      { { "", "U8 [1,32]", 32, { 0x7B, 0x3C, 0xC0 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 127 } } } },
    { "mxfp6_e2m3", "", 1, 32, { 7.5f, 1, -1 },
      { { "", "U8 [1,24]", 24, { 0x1F, 0x82, 0x02 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 127 } } } },
    { "mxfp6_e3m2", "", 1, 32, { 28, 1, -1 },
      { { "", "U8 [1,24]", 24, { 0x1F, 0xC3, 0x02 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 127 } } } },
    { "mxint8", "", 1, 32, { 1.984375f, -1, 0.015625f },
      { { "", "U8 [1,32]", 32, { 127, 0xC0, 1 } }, { "_scale", "F8_E8M0 [1,1]", 1, { 127 } } } },
    /* 2688 = 6 * 448: the scale of the tensor is 1, that of the block 448 = 7E. */
    { "nvfp4", "", 1, 16, { 2688, 448, -224, 1344 },
      { { "", "U8 [1,8]", 8, { 0x27, 0x59 } }, { "_scale", "F8_E4M3 [1,1]", 1, { 0x7E } },
        { "_scale_2", "F32 []", 4, { F32_1 } } } },
    /* The first of two codes is high; nf4 code 7 is 0, 15 is 1, and 3 weights are filled up. */
    { "nf4", "", 1, 3, { 2, -2, 0 },
      { { "", "U8 [2,1]", 2, { 0xF0, 0x77 } }, { ".absmax", "F32 [1]", 4, { F32_2 } } } },
    { "nf4", "", 1, 16, { -1, -0.69619280f, -0.52507305f, -0.39491749f, -0.28444138f, -0.18477343f,
                          -0.09105004f, 0, 0.07958030f, 0.16093020f, 0.24611230f, 0.33791524f,
                          0.44070983f, 0.56261700f, 0.72295684f, 1 },
      { { "", "U8 [8,1]", 8, { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF } },
        { ".absmax", "F32 [1]", 4, { F32_1 } } } },
    /* fp4: codes 0 to 7 are 0, 1/16, 8, 12, 4, 6, 2 and 3 twelfths, 8 and more negative. */
    { "fp4", "", 1, 8, { 0, 0.0625f, 8, 12, 4, -6, 2, -3 },
      { { "", "U8 [4,1]", 4, { 0x01, 0x23, 0x4D, 0x6F } } } },
    /* Of one block the mean is its absmax: the difference is 0, code 127 of the dynamic map. */
    { "nf4", "d", 1, 2, { 2, -2 },
      { { "", "U8 [1,1]", 1, { 0xF0 } }, { ".absmax", "U8 [1]", 1, { 127 } },
        { ".nested_absmax", "F32 [1]", 4, { 0 } } } },
};
/* clang-format on */

static bc_tensor_settings settings_of(const known *k)
{
    bc_tensor_settings s = bc_tensor_settings_default(k->format);

    s.zero_point = strchr(k->options, 'z') != NULL;
    s.double_quant = strchr(k->options, 'd') != NULL;
    s.group = strchr(k->options, 'r')   ? BC_TENSOR_GROUP_ROW
              : strchr(k->options, 't') ? BC_TENSOR_GROUP_ALL
                                        : BC_TENSOR_GROUP_USUAL;
    return s;
}

static void expect_pieces(const known *k, size_t i, const whole_file *f)
{
    for (size_t p = 0; p < 4 && k->pieces[p].type; p++) {
        char name[80];

        snprintf(name, sizeof name, "in%s", k->pieces[p].suffix);
        const piece got = piece_of(f, name);

        EXPECT(got.n == k->pieces[p].n && strcmp(got.type, k->pieces[p].type) == 0,
               "row %zu, %s: %s is %s of %zu bytes, expected %s of %zu", i, k->format, name,
               got.type, got.n, k->pieces[p].type, k->pieces[p].n);
        for (size_t b = 0; b < got.n; b++)
            EXPECT(got.data[b] == k->pieces[p].bytes[b],
                   "row %zu, %s: byte %zu of %s is %02X, expected %02X", i, k->format, b, name,
                   got.data[b], k->pieces[p].bytes[b]);
    }
}

static void every_layout_has_its_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *in = save_npy("in.npy", rows[i].n_rows, rows[i].row, rows[i].x);
        const char *out = path_of("out.safetensors");
        bc_tensor_result r = reduce(in, out, settings_of(&rows[i]));
        whole_file f = load_file(out);

        expect_pieces(&rows[i], i, &f);
        bc_tensor_result_free(&r);
        free(f.bytes);
    }
}

/* What data on the marks become is what they were. */
static void marks_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const known *k = &rows[i];
        const char *in = save_npy("in.npy", k->n_rows, k->row, k->x);
        const char *out = path_of("out.safetensors");
        bc_tensor_result r = reduce(in, out, settings_of(k));
        bc_tensor_file *f = must_open("out.safetensors");
        float y[64];
        const size_t n = k->n_rows * k->row, t = bc_tensor_find(f, "in");

        assert_int_equal(bc_tensor_count(f), 1);
        assert_int_equal(bc_tensor_at(f, t)->n_dims, 2);
        assert_int_equal(bc_tensor_at(f, t)->dims[0], k->n_rows);
        assert_int_equal(bc_tensor_at(f, t)->dims[1], k->row);
        assert_int_equal(bc_tensor_read_f32(f, t, 0, n, y, NULL), BC_OK);
        for (size_t j = 0; j < n; j++) {
            const bool is_mark = strcmp(k->format, "binary") != 0 &&
                                 strcmp(k->format, "ternary") != 0 && k->x[j] != 3.5f &&
                                 k->x[j] != 0.25f;
            /* Marks of nf4 and fp4 are written here with 8 digits. */
            if (is_mark)
                EXPECT_NEAR((double)y[j], (double)k->x[j], 1e-6 * fabs((double)k->x[j]) + 1e-8,
                            "row %zu, %s: weight %zu", i, k->format, j);
        }
        bc_tensor_file_free(f);
        bc_tensor_result_free(&r);
    }
}

/* The text that bitsandbytes parses: json.dumps of its QuantState.as_dict. */
static void bitsandbytes_finds_its_state(void **state)
{
    static const float x[] = { 2, -2, 0 };
    static const char plain[] =
        "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [1, 3]}";
    static const char nested[] =
        "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [1, 3], "
        "\"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\": "
        "2.00000000e+00}";
    bc_tensor_settings s = bc_tensor_settings_default("nf4");

    (void)state;
    for (int k = 0; k < 2; k++) {
        const char *want = k ? nested : plain;

        s.double_quant = k;
        bc_tensor_result r = reduce(save_npy("in.npy", 1, 3, x), path_of("out.safetensors"), s);
        whole_file f = load_file(path_of("out.safetensors"));
        const piece text = piece_of(&f, "in.quant_state.bitsandbytes__nf4");
        const piece map = piece_of(&f, "in.quant_map"), wide = piece_of(&f, "in.nested_quant_map");

        EXPECT(text.n == strlen(want) && memcmp(text.data, want, text.n) == 0, "%.*s", (int)text.n,
               (const char *)text.data);
        assert_string_equal(map.type, "F32 [16]");
        EXPECT_NEAR((double)float_at(map.data + 4), -0.6961928009986877, 1e-9, "the map");
        EXPECT_NEAR((double)float_at(map.data + 60), 1.0, 0.0, "the map");
        assert_int_equal(wide.n, k ? 1024 : SIZE_MAX);
        bc_tensor_result_free(&r);
        free(f.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_layout_has_its_bytes, empty_scratch_dir),
        cmocka_unit_test_teardown(marks_come_back, empty_scratch_dir),
        cmocka_unit_test_teardown(bitsandbytes_finds_its_state, empty_scratch_dir),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
