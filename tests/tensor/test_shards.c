/* Sharded safetensors files: the index leads to the tensors, or says what it misses. */
#include "safetensors_made.h"

static const char first[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                            "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                            "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[2,5]}}";
static const char second[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                             "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                             "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[1,5]}}";

static void save_shards(void)
{
    save_safetensors("m-1.safetensors", first, 5);
    save_safetensors("m-2.safetensors", second, 5);
}

static made make_index(const char *text)
{
    made m = { .n = 0 };

    put_text(&m, text);
    return m;
}

/* Of two tensors of one name it is the index that chooses. */
static void contents(void **state)
{
    const made m = make_index("{\"metadata\": {\"total_size\": 8, \"deep\": {}}, \"weight_map\": {"
                              "\"c\": \"m-2.safetensors\", \"b\": \"m-1.safetensors\","
                              "\"a\": \"m-1.safetensors\"}}");
    bc_tensor_file *f;

    (void)state;
    save_shards();
    save_bytes(path_of("m.safetensors.index.json"), m.data, m.n);
    f = must_open("m.safetensors.index.json");
    const bc_tensor_summary s = bc_tensor_file_summary(f);

    assert_string_equal(s.format, "safetensors-index");
    assert_int_equal(bc_tensor_count(f), 3);
    assert_int_equal(s.n_parts, 3);
    assert_int_equal(s.n_left_out, 1);
    assert_int_equal(s.data_bytes, 6);
    assert_string_equal(shape_of(f, "a"), "U8 2");
    expect_data(f, "b", "\3\4\5", 3);
    expect_data(f, "c", "\1", 1);
    assert_string_equal(bc_tensor_at(f, 2)->name, "c");
    assert_string_equal(pair_of(f, "total_size"), "string 8");
    assert_string_equal(pair_of(f, "format"), "string pt");
    bc_tensor_file_free(f);
}

/* Any shard leads to all of them, where the index stands beside it and names it. */
static void a_shard_opens_the_set(void **state)
{
    const made both = make_index("{\"weight_map\": {\"c\": \"s-00002-of-00002.safetensors\","
                                 "\"b\": \"s-00001-of-00002.safetensors\"}}");
    const made others = make_index("{\"weight_map\": {\"c\": \"s-00002-of-00003.safetensors\"}}");
    bc_tensor_file *f;

    (void)state;
    save_safetensors("s-00001-of-00002.safetensors", first, 5);
    save_safetensors("s-00002-of-00002.safetensors", second, 5);
    f = must_open("s-00002-of-00002.safetensors"); /* no index: said to be one of several */
    assert_string_equal(bc_tensor_file_summary(f).format, "safetensors");
    assert_int_equal(bc_tensor_file_summary(f).shard, 2);
    assert_int_equal(bc_tensor_file_summary(f).n_shards, 2);
    bc_tensor_file_free(f);
    save_bytes(path_of("s.safetensors.index.json"), both.data, both.n);
    for (int i = 0; i < 2; i++) {
        f = must_open(i ? "s-00002-of-00002.safetensors" : "s-00001-of-00002.safetensors");
        const bc_tensor_summary s = bc_tensor_file_summary(f);

        assert_string_equal(s.format, "safetensors-index");
        assert_int_equal(bc_tensor_count(f), 2);
        assert_int_equal(s.n_parts, 3);
        assert_int_equal(s.n_shards, 0);
        expect_data(f, "b", "\3\4\5", 3);
        expect_data(f, "c", "\1", 1);
        bc_tensor_file_free(f);
    }
    save_bytes(path_of("s.safetensors.index.json"), others.data, others.n); /* another set's */
    f = must_open("s-00001-of-00002.safetensors");
    assert_int_equal(bc_tensor_file_summary(f).shard, 1);
    assert_string_equal(pair_of(f, "format"), "string pt");
    bc_tensor_file_free(f);
    save_safetensors("s-00001-of-00001.safetensors", first, 5); /* all there is */
    f = must_open("s-00001-of-00001.safetensors");
    assert_int_equal(bc_tensor_file_summary(f).n_shards, 0);
    bc_tensor_file_free(f);
}

static void faults(void **state)
{
    static const struct {
        const char *text;
        bc_status status;
        const char *words;
    } rows[] = {
        { "{}", BC_E_FORMAT, "weight_map is nothing" },
        { "{\"weight_map\": []}", BC_E_FORMAT, "weight_map is an array" },
        { "{\"weight_map\": {\"a\": 1}}", BC_E_FORMAT, "weight_map has a whole number for a" },
        { "{\"weight_map\": {\"a\": \"\"}}", BC_E_FORMAT, "weight_map has \"\" for a" },
        { "{\"weight_map\": {\"a\": \"../m-1.safetensors\"}}", BC_E_FORMAT,
          "weight_map has \"../m-1.safetensors\" for a, expected the name of a file beside it" },
        { "{\"weight_map\": {\"x\": \"m-1.safetensors\"}}", BC_E_FORMAT,
          "weight_map puts x into m-1.safetensors, which does not hold it" },
        { "{\"weight_map\": {\"a\": \"m-1.safetensors\", \"a\": \"m-2.safetensors\"}}", BC_E_FORMAT,
          "byte 40 of the JSON text: a occurs twice, expected once" },
        { "{\"metadata\": 3, \"weight_map\": {}}", BC_E_FORMAT, "the metadata are a whole number" },
        { "{\"weight_map\": {\"a\": \"m-1.saf", BC_E_FORMAT, "JSON text" },
        { "{", BC_E_FORMAT, "JSON text" },
    };
    const made missing = make_index("{\"weight_map\": {\"a\": \"m-3.safetensors\"}}");
    const made itself = make_index("{\"weight_map\": {\"a\": \"i.json\"}}");
    bc_tensor_file *f;
    bc_error err;

    (void)state;
    save_shards();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make_index(rows[i].text);

        expect_fault(&m, "i.json", rows[i].status, rows[i].words);
    }
    assert_int_equal(open_made(&missing, "i.json", &f, &err), BC_E_OPEN);
    EXPECT(strstr(err.text, "m-3.safetensors: cannot be opened"), "%s", err.text);
    expect_fault(&itself, "i.json", BC_E_FORMAT, "header of");
    /* A shard that is cut. */
    const made cut = make_index("{\"weight_map\": {\"a\": \"m-1.safetensors\"}}");

    save_safetensors("m-1.safetensors", first, 4);
    assert_int_equal(open_made(&cut, "i.json", &f, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "m-1.safetensors: byte 84 of the JSON text: tensor b ends at byte 5"),
           "%s", err.text);
}

static void damage(void **state)
{
    const made m =
        make_index("{\"weight_map\":{\"b\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"}}");

    (void)state;
    save_shards();
    expect_no_prefix(&m, "i.json");
    expect_no_crash(&m, "i.json", m.n);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("an index leads to the tensors that it names", contents),
        SENTENCE("a shard opens the set", a_shard_opens_the_set),
        SENTENCE("what is wrong or missing is named", faults),
        SENTENCE("a cut or damaged index does no harm", damage),
    };

    return cmocka_run_group_tests_name("shards", tests, make_scratch_dir, remove_scratch_dir);
}
