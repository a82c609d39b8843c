/* Importance matrices: both files that llama.cpp writes, and the bytes that come of them. */
#include <math.h>

#include "bitcrush/blocks.h"
#include "gguf_made.h"
#include "tensor/importance.h"

enum { ROW = 256, GOLDEN_ROWS = 74, TIMES = 10, LONG_ROW = (1 << 17) + 512 };

static float importance[ROW];
static float golden[TIMES * GOLDEN_ROWS * ROW];

static size_t load_golden(const char *name, const char *ending, void *out, size_t room)
{
    char path[400];

    snprintf(path, sizeof path, "%s/%s%s", BLOCKS_DIR, name, ending);
    FILE *f = fopen(path, "rb");

    EXPECT(f, "%s cannot be opened", path);
    const size_t n = fread(out, 1, room, f);

    fclose(f);
    return n;
}

/* The inputs that GGML was given with importance, in the order of its outputs, ten times over: more
 * than goes through at once. */
static int load_inputs(void **state)
{
    static const char *const weighted[] = { "gauss",    "student3",  "outliers",
                                            "positive", "constants", "zeros",
                                            "sparse",   "ties",      "scales" };
    size_t n = 0;

    for (size_t i = 0; i < sizeof weighted / sizeof *weighted; i++)
        n += load_golden(weighted[i], ".f32", golden + n / 4, sizeof golden - n);
    if (n != GOLDEN_ROWS * ROW * 4 ||
        load_golden("importance", ".f32", importance, sizeof importance) != sizeof importance)
        return -1;
    for (size_t i = 1; i < TIMES; i++)
        memcpy(golden + i * GOLDEN_ROWS * ROW, golden, n);
    return make_scratch_dir(state);
}

/* A safetensors file; `tensors` as its header has them. */
static void save_floats(const char *name, const char *tensors, const float *x, size_t n)
{
    made head = { .n = 0 };
    FILE *f = fopen(path_of(name), "wb");

    assert_non_null(f);
    put_le(&head, strlen(tensors), 8);
    put_text(&head, tensors);
    fwrite(head.data, 1, head.n, f);
    fwrite(x, sizeof *x, n, f);
    assert_int_equal(fclose(f), 0);
}

static void put_float(made *m, float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    put_le(m, bits, 4);
}

/* Importance of column i of expert k: another order for each. */
static float weight_of(size_t i, size_t k)
{
    return importance[(i + 37 * k) % ROW];
}

/* Sums over `count` squares of n columns, for n_matrices experts. */
static made make_gguf(const char *name, size_t n, size_t n_matrices, float count)
{
    made m = { .n = 0 };
    char full[80];

    put_head(&m, 3, 2, 4);
    put_text_pair(&m, "general.type", "imatrix");
    put_string(&m, "imatrix.datasets");
    put_le(&m, T_ARRAY, 4);
    put_le(&m, T_STRING, 4);
    put_le(&m, 1, 8);
    put_string(&m, "calm.txt");
    put_u32(&m, "imatrix.chunk_count", 12);
    put_u32(&m, "imatrix.chunk_size", 512);
    snprintf(full, sizeof full, "%s.in_sum2", name);
    put_tensor(&m, full, 2, (uint64_t[]){ n, n_matrices }, 0, 0);
    snprintf(full, sizeof full, "%s.counts", name);
    put_tensor(&m, full, 2, (uint64_t[]){ 1, n_matrices }, 0, (4 * n * n_matrices + 31) / 32 * 32);
    put_padding(&m, 32);
    for (size_t i = 0; i < n * n_matrices; i++)
        put_float(&m, weight_of(i % n, i / n) * count);
    put_padding(&m, 32);
    for (size_t i = 0; i < n_matrices; i++)
        put_float(&m, count);
    return m;
}

/* The same in the older form; without its end when n_chunks is negative. */
static made make_dat(const char *name, size_t n, size_t n_matrices, int n_calls, int n_chunks)
{
    made m = { .n = 0 };

    put_le(&m, 1, 4);
    put_le(&m, strlen(name), 4);
    put_text(&m, name);
    put_le(&m, (uint64_t)n_calls, 4);
    put_le(&m, n * n_matrices, 4);
    for (size_t i = 0; i < n * n_matrices; i++)
        put_float(&m, weight_of(i % n, i / n) * (float)(n_calls ? n_calls : 1));
    if (n_chunks < 0)
        return m;
    put_le(&m, (uint64_t)n_chunks, 4);
    put_le(&m, strlen("calm.txt"), 4);
    put_text(&m, "calm.txt");
    return m;
}

static void save_made(const char *name, const made *m)
{
    save_bytes(path_of(name), m->data, m->n);
}

static bc_status try_reduce(const char *in, const char *format, const char *imatrix, int n_threads,
                            bc_tensor_result *r, bc_error *err)
{
    bc_tensor_settings s = bc_tensor_settings_default(format);

    s.force = true;
    s.n_threads = n_threads;
    s.imatrix = path_of(imatrix);
    return bc_tensor_reduce(path_of(in), path_of("out.gguf"), &s, r, err);
}

static bc_tensor_result reduce(const char *in, const char *format, const char *imatrix,
                               int n_threads)
{
    bc_tensor_result r;
    bc_error err = { 0 };

    EXPECT(try_reduce(in, format, imatrix, n_threads, &r, &err) == BC_OK, "%s, %s: %s", format,
           imatrix, err.text);
    return r;
}

/* The bytes of a tensor of out.gguf. */
static uint8_t *bytes_of(const char *name, size_t *n)
{
    bc_tensor_file *f = must_open("out.gguf");
    const size_t i = bc_tensor_find(f, name);

    assert_int_not_equal(i, SIZE_MAX);
    *n = (size_t)bc_tensor_at(f, i)->size_bytes;
    uint8_t *bytes = malloc(*n);

    assert_int_equal(bc_tensor_read(f, i, 0, bytes, *n, NULL), BC_OK);
    bc_tensor_file_free(f);
    return bytes;
}

/* All types that use importance, by either file, on any number of threads. */
static void blocks_are_those_of_ggml(void **state)
{
    static uint8_t expected[GOLDEN_ROWS * ROW];
    const made gguf = make_gguf("w", ROW, 1, 64.0f), dat = make_dat("w", ROW, 1, 4, 12);
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);
    size_t n_checked = 0;

    (void)state;
    save_made("im.gguf", &gguf);
    save_made("im.dat", &dat);
    save_floats("w.safetensors",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[740,256],\"data_offsets\":[0,757760]}}",
                golden, TIMES * GOLDEN_ROWS * ROW);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        if (!f->uses_importance)
            continue;
        const size_t n = load_golden(f->name, ".weighted.bin", expected, sizeof expected);

        for (int run = 0; run < 4; run++) {
            const int n_threads = (int[]){ 1, 2, 7, 2 }[run];
            bc_tensor_result r =
                reduce("w.safetensors", f->name, run < 3 ? "im.gguf" : "im.dat", n_threads);
            size_t n_got;
            uint8_t *got = bytes_of("w", &n_got);

            assert_int_equal(n_got, TIMES * n);
            for (size_t i = 0; i < n_got; i++)
                EXPECT(got[i] == expected[i % n], "%s, %d threads: byte %zu is %02x, expected %02x",
                       f->name, n_threads, i, got[i], expected[i % n]);
            assert_int_equal(r.tensors[0].importance, BC_IMPORTANCE_USED);
            assert_int_equal(r.importance.n_entries, 1);
            assert_int_equal(r.importance.n_chunks, 12);
            assert_string_equal(r.importance.dataset, "calm.txt");
            free(got);
            bc_tensor_result_free(&r);
        }
        n_checked++;
    }
    assert_int_equal(n_checked, 11);
    bc_tensor_file *f = must_open("out.gguf");

    assert_string_equal(pair_of(f, "quantize.imatrix.file"), "string im.dat");
    assert_string_equal(pair_of(f, "quantize.imatrix.dataset"), "string calm.txt");
    assert_string_equal(pair_of(f, "quantize.imatrix.entries_count"), "u32 1");
    assert_string_equal(pair_of(f, "quantize.imatrix.chunks_count"), "u32 12");
    bc_tensor_file_free(f);
}

/* Every format looks at the mean square of a whole row, also of one that is longer than what goes
 * through at once. */
static void long_rows_stay_whole(void **state)
{
    static float x[3 * LONG_ROW], weights[LONG_ROW];
    const bc_block_format *format = bc_block_find("q4_0");
    const size_t row_bytes = LONG_ROW / format->block_length * format->block_bytes;
    uint8_t *expected = malloc(3 * row_bytes);
    FILE *f = fopen(path_of("im.dat"), "wb");
    made head = { .n = 0 };
    size_t n;

    (void)state;
    for (size_t i = 0; i < 3 * LONG_ROW; i++)
        x[i] = golden[i % (GOLDEN_ROWS * ROW)];
    for (size_t i = 0; i < LONG_ROW; i++)
        weights[i] = importance[i % ROW] * (float)(1 + i % 5);
    for (size_t i = 0; i < 3; i++)
        format->encode(x + i * LONG_ROW, weights, LONG_ROW / format->block_length,
                       expected + i * row_bytes);
    put_le(&head, 1, 4);
    put_le(&head, 1, 4);
    put_text(&head, "w");
    put_le(&head, 0, 4); /* no calls: the values are what they are */
    put_le(&head, LONG_ROW, 4);
    fwrite(head.data, 1, head.n, f);
    fwrite(weights, sizeof *weights, LONG_ROW, f);
    assert_int_equal(fclose(f), 0);
    save_floats("w.safetensors",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[3,131584],\"data_offsets\":[0,1579008]}}", x,
                3 * LONG_ROW);
    for (int threads = 1; threads <= 7; threads += 3) {
        bc_tensor_result r = reduce("w.safetensors", "q4_0", "im.dat", threads);
        uint8_t *got = bytes_of("w", &n);

        assert_int_equal(n, 3 * row_bytes);
        assert_memory_equal(got, expected, n);
        free(got);
        bc_tensor_result_free(&r);
    }
    free(expected);
}

/* Experts have a row of importance each, whether they are one tensor or several. */
static void experts_have_importance_of_their_own(void **state)
{
    const bc_block_format *format = bc_block_find("q4_k");
    const made gguf = make_gguf("blk.2.ffn_down_exps.weight", ROW, 3, 8.0f);
    float weights[ROW];
    uint8_t expected[6][144];
    size_t n;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < ROW; k++)
            weights[k] = weight_of(k, i / 2);
        format->encode(golden + i * ROW, weights, 1, expected[i]);
    }
    save_made("im.gguf", &gguf);
    save_floats("one.safetensors",
                "{\"blk.2.ffn_down_exps.weight\":{\"dtype\":\"F32\",\"shape\":[3,2,256],"
                "\"data_offsets\":[0,6144]}}",
                golden, 6 * ROW);
    bc_tensor_result r = reduce("one.safetensors", "q4_k", "im.gguf", 2);
    uint8_t *got = bytes_of("blk.2.ffn_down_exps.weight", &n);

    assert_int_equal(n, sizeof expected);
    assert_memory_equal(got, expected, n);
    free(got);
    bc_tensor_result_free(&r);
    save_floats(
        "two.safetensors",
        "{\"model.layers.2.mlp.experts.0.down_proj.weight\":{\"dtype\":\"F32\",\"shape\":[2,"
        "256],\"data_offsets\":[0,2048]},"
        "\"model.layers.2.mlp.experts.2.down_proj.weight\":{\"dtype\":\"F32\",\"shape\":[2,256]"
        ",\"data_offsets\":[2048,4096]}}",
        golden, 4 * ROW);
    r = reduce("two.safetensors", "q4_k", "im.gguf", 2);
    got = bytes_of("model.layers.2.mlp.experts.0.down_proj.weight", &n);
    assert_memory_equal(got, expected, 288);
    free(got);
    for (size_t k = 0; k < ROW; k++)
        weights[k] = weight_of(k, 2);
    for (size_t i = 2; i < 4; i++)
        format->encode(golden + i * ROW, weights, 1, expected[i]);
    got = bytes_of("model.layers.2.mlp.experts.2.down_proj.weight", &n);
    assert_memory_equal(got, expected[2], 288);
    free(got);
    bc_tensor_result_free(&r);
}

/* Rows of 96 times this number are 2^64 + 32: past the end of any entry, and not row 32 / 96 of
 * one. */
static void an_expert_past_the_end_of_its_entry_is_refused(void **state)
{
    const made gguf = make_gguf("blk.2.ffn_down_exps.weight", 96, 1, 1.0f);
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    save_made("im.gguf", &gguf);
    save_floats("w.safetensors",
                "{\"model.layers.2.mlp.experts.192153584101141163.down_proj.weight\":{\"dtype\":"
                "\"F32\",\"shape\":[2,96],\"data_offsets\":[0,768]}}",
                golden, 192);
    assert_int_equal(try_reduce("w.safetensors", "q4_0", "im.gguf", 1, &r, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "has 96 values (1 count), but tensor model.layers.2"), "%s", err.text);
}

/* What no text has reached counts 1 everywhere, as llama-quantize has it. */
static void counts_of_zero_weigh_all_the_same(void **state)
{
    const made gguf = make_gguf("blk.0.ffn_up.weight", ROW, 1, 0.0f);
    const bc_block_format *format = bc_block_find("q4_0");
    float ones[ROW];
    uint8_t expected[144];
    size_t n;

    (void)state;
    for (size_t k = 0; k < ROW; k++)
        ones[k] = 1.0f;
    format->encode(golden, ones, ROW / 32, expected);
    save_made("im.gguf", &gguf);
    save_floats(
        "w.safetensors",
        "{\"model.layers.0.mlp.up_proj.weight\":{\"dtype\":\"F32\",\"shape\":[1,256],\"data_"
        "offsets\":[0,1024]}}",
        golden, ROW);
    bc_tensor_result r = reduce("w.safetensors", "q4_0", "im.gguf", 1);
    uint8_t *got = bytes_of("model.layers.0.mlp.up_proj.weight", &n);

    assert_memory_equal(got, expected, n);
    free(got);
    bc_tensor_result_free(&r);
}

static void tensors_without_an_entry_are_told(void **state)
{
    const made gguf = make_gguf("a", ROW, 1, 1.0f);
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    save_made("im.gguf", &gguf);
    save_floats("w.safetensors",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,256],\"data_offsets\":[0,2048]},"
                "\"b\":{\"dtype\":\"F32\",\"shape\":[2,256],\"data_offsets\":[2048,4096]}}",
                golden, 4 * ROW);
    r = reduce("w.safetensors", "q4_0", "im.gguf", 1);
    assert_int_equal(r.tensors[0].importance, BC_IMPORTANCE_USED);
    assert_int_equal(r.tensors[1].importance, BC_IMPORTANCE_MISSING);
    bc_tensor_result_free(&r);
    r = reduce("w.safetensors", "q8_0", "im.gguf", 1); /* which looks at none */
    assert_int_equal(r.tensors[0].importance, BC_IMPORTANCE_UNUSED);
    bc_tensor_result_free(&r);
    save_floats("w.safetensors",
                "{\"b\":{\"dtype\":\"F32\",\"shape\":[2,256],\"data_offsets\":[0,2048]}}", golden,
                2 * ROW);
    assert_int_equal(try_reduce("w.safetensors", "q4_0", "im.gguf", 1, &r, &err), BC_E_USAGE);
    assert_non_null(strstr(err.text, "it has a, but not b"));
}

/* A file that cannot be right for these weights, whose tensor w has 2 rows of 256. */
static void expect_refused(const made *m, const char *name, const char *words)
{
    bc_tensor_result r;
    bc_error err = { 0 };

    save_made(name, m);
    const bc_status st = try_reduce("w.safetensors", "q4_0", name, 1, &r, &err);

    EXPECT(st == BC_E_FORMAT && strstr(err.text, words) && strstr(err.text, name),
           "status %d, \"%s\", expected \"%s\"", (int)st, err.text, words);
}

static void save_small(void)
{
    save_floats("w.safetensors",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,256],\"data_offsets\":[0,2048]}}", golden,
                2 * ROW);
}

static void wrong_numbers_are_named(void **state)
{
    made m = make_gguf("w", 128, 1, 1.0f);
    const float saved = importance[7];

    (void)state;
    save_small();
    expect_refused(&m, "im.gguf", "w has 128 values (1 count), but tensor w has rows of 256 in 1");
    m = make_dat("w", 128, 4, 1, 1);
    expect_refused(&m, "im.dat", "w has 512 values (1 count), but tensor w has rows of 256 in 1");
    importance[7] = NAN;
    m = make_gguf("w", ROW, 1, 1.0f);
    expect_refused(&m, "im.gguf", "value 7 of w is nan, expected a finite number from 0 on");
    m = make_dat("w", ROW, 1, 1, 1);
    expect_refused(&m, "im.dat", "value 7 of w is nan");
    importance[7] = -1.0f;
    m = make_dat("w", ROW, 1, 1, 1);
    expect_refused(&m, "im.dat", "value 7 of w is -1");
    importance[7] = INFINITY;
    m = make_gguf("w", ROW, 1, 1.0f);
    expect_refused(&m, "im.gguf", "value 7 of w is inf");
    importance[7] = saved;
    m = make_gguf("w", ROW, 1, -2.0f);
    expect_refused(&m, "im.gguf", "count 0 of w is -2");
    m = make_gguf("w", ROW, 1, NAN);
    expect_refused(&m, "im.gguf", "count 0 of w is nan");
}

static void set_le(made *m, size_t at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        m->data[at + (size_t)i] = (uint8_t)(v >> 8 * i);
}

/* Fields of the older form: entries at byte 0, the length of a name at 4, the name at 8, calls at
 * 9, values at 13, the sums at 17 to 1041, chunks there, the length of the dataset's name at
 * 1045. */
static void wrong_fields_are_named(void **state)
{
    static const struct {
        size_t at;
        uint32_t value;
        const char *words;
    } rows[] = {
        { 0, 0, "the number of entries at byte 0 is 0, expected 1 to" },
        { 0, 0xFFFFFFFF, "the number of entries at byte 0 is -1" },
        { 0, 2, "at byte 1045, expected UTF-8 text" }, /* chunks read as a length */
        { 4, 0, "the length of a name at byte 4 is 0, expected 1 to 1024" },
        { 4, 0x80000000, "the length of a name at byte 4 is -2147483648" },
        { 4, 0x7FFFFFFF, "the length of a name at byte 4 is 2147483647" },
        { 9, 0xFFFFFFFE, "the calls of an entry at byte 9 is -2" },
        { 13, 0, "the values of an entry at byte 13 is 0" },
        { 13, 0x7FFFFFFF, "the values of an entry at byte 17 is 2147483647 x 4 bytes long" },
        { 1041, 0xFFFFFFFF, "the number of chunks at byte 1041 is -1" },
        { 1045, 0xFFFFFFFF, "the length of the dataset's name at byte 1045 is -1" },
        { 1045, 9, "the dataset's name at byte 1049 is 9 x 1 bytes long" },
        { 1045, 7, "goes on past its end at byte 1056" },
    };
    made m = make_dat("w", ROW, 1, 1, 12);

    (void)state;
    save_small();
    assert_int_equal(m.n, 1057);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        made changed = m;

        set_le(&changed, rows[i].at, rows[i].value);
        expect_refused(&changed, "im.dat", rows[i].words);
    }
    m = make_dat("\xff", ROW, 1, 1, 12);
    expect_refused(&m, "im.dat", "name \"\\xff\" at byte 8, expected UTF-8 text");
}

static void gguf_of_something_else_is_refused(void **state)
{
    made m = { .n = 0 };

    (void)state;
    save_small();
    put_head(&m, 3, 0, 1);
    put_text_pair(&m, "general.type", "model");
    put_padding(&m, 32);
    expect_refused(&m, "im.gguf", "general.type is model, expected imatrix");
    m = (made){ .n = 0 };
    put_head(&m, 3, 0, 0);
    put_padding(&m, 32);
    expect_refused(&m, "im.gguf", "general.type is not there, expected imatrix");
    m = (made){ .n = 0 };
    put_head(&m, 3, 1, 1);
    put_text_pair(&m, "general.type", "imatrix");
    put_tensor(&m, "w.in_sum2", 1, (uint64_t[]){ 1 }, 0, 0);
    put_padding(&m, 32);
    put_padding(&m, 32);
    put_float(&m, 1.0f);
    put_padding(&m, 32);
    expect_refused(&m, "im.gguf", "w.in_sum2 without w.counts, expected both");
}

/* Two entries of one name. */
static void names_occur_once(void **state)
{
    made m = { .n = 0 };

    (void)state;
    save_small();
    put_le(&m, 2, 4);
    for (int i = 0; i < 2; i++) {
        put_le(&m, 1, 4);
        put_text(&m, "w");
        put_le(&m, 1, 4);
        put_le(&m, 1, 4);
        put_float(&m, 1.0f);
    }
    expect_refused(&m, "im.dat", "two entries are called w, expected one");
}

/* Cut after every byte, and with every bit of it turned. */
static void damaged_files_are_refused(void **state)
{
    const made whole[] = { make_gguf("w", 8, 1, 1.0f), make_dat("w", 8, 1, 1, 12) };
    const size_t old_end = make_dat("w", 8, 1, 1, -1).n;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (size_t n = 0; n < whole[k].n; n++) {
            bci_importance *im = NULL;
            bc_error err = { 0 };

            save_bytes(path_of("im"), whole[k].data, n);
            const bc_status st = bci_importance_open(path_of("im"), NULL, &im, &err);

            if (k == 1 && n == old_end) { /* as the oldest of its kind end */
                assert_int_equal(st, BC_OK);
                bci_importance_free(im);
                continue;
            }
            EXPECT(st == BC_E_FORMAT && err.text[0] && !im, "%zu: cut at %zu: status %d, \"%s\"", k,
                   n, (int)st, err.text);
        }
        for (size_t bit = 0; bit < 8 * whole[k].n; bit++) {
            const bc_tensor_info tensor = {
                .name = "w", .n_dims = 2, .dims = { 2, 8 }, .n_elements = 16
            };
            made changed = whole[k];
            bci_importance *im = NULL;
            bci_weighting w = { 0 };
            bc_error err = { 0 };
            float row[8];

            changed.data[bit / 8] = (uint8_t)(changed.data[bit / 8] ^ 1u << bit % 8);
            save_made("im", &changed);
            if (bci_importance_open(path_of("im"), NULL, &im, &err) != BC_OK)
                EXPECT(err.text[0], "bit %zu: no sentence", bit);
            else if (bci_importance_find(im, &tensor, &w, &err) == BC_OK && w.is_known)
                assert_int_equal(bci_importance_read(im, &w, 0, row, &err), BC_OK);
            bci_importance_free(im);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(blocks_are_those_of_ggml, empty_scratch_dir),
        cmocka_unit_test_teardown(long_rows_stay_whole, empty_scratch_dir),
        cmocka_unit_test_teardown(experts_have_importance_of_their_own, empty_scratch_dir),
        cmocka_unit_test_teardown(an_expert_past_the_end_of_its_entry_is_refused,
                                  empty_scratch_dir),
        cmocka_unit_test_teardown(counts_of_zero_weigh_all_the_same, empty_scratch_dir),
        cmocka_unit_test_teardown(tensors_without_an_entry_are_told, empty_scratch_dir),
        cmocka_unit_test_teardown(wrong_numbers_are_named, empty_scratch_dir),
        cmocka_unit_test_teardown(wrong_fields_are_named, empty_scratch_dir),
        cmocka_unit_test_teardown(gguf_of_something_else_is_refused, empty_scratch_dir),
        cmocka_unit_test_teardown(names_occur_once, empty_scratch_dir),
        cmocka_unit_test_teardown(damaged_files_are_refused, empty_scratch_dir),
    };

    return cmocka_run_group_tests(tests, load_inputs, remove_scratch_dir);
}
