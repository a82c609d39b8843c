/* Weights beyond what a block can hold. */
#include <math.h>

#include "../core/expect.h"
#include "bitcrush/blocks.h"
#include "tensor/clipped.h"
#include "tensor/encode.h"

enum { ROW = 256 };

/* Errors do not count here. */
static uint64_t count(const bc_element_type *type, const void *blocks, const float *x, size_t n)
{
    bc_error_sums sums = { 0 };

    bci_add_clipped(type, blocks, x, x, n, &sums);
    assert_true(sums.sum_overload_e2 == 0.0);
    return sums.n_clipped;
}

static uint64_t clipped(const char *name, const float *x, size_t n)
{
    static uint8_t blocks[8 * ROW];
    const bc_element_type *type = bc_element_type_named(name);

    bci_encode(type, &(bci_encoding){ 0 }, x, NULL, n, blocks);
    return count(type, blocks, x, n);
}

/* Q4_0 has the values -8 .. 7 times a step of the sign that puts the largest magnitude on -8: as
 * much on the other side lies one step beyond 7. Half a step beyond is not counted. */
static void the_other_side_of_q4_0(void **state)
{
    float x[32] = { 8.0f, -8.0f, -7.6f, -7.4f, 7.9f };

    (void)state;
    assert_int_equal(clipped("Q4_0", x, 32), 2);
    for (size_t i = 0; i < 32; i++)
        x[i] = -x[i];
    assert_int_equal(clipped("Q4_0", x, 32), 2);
    x[1] = x[2] = 0.0f;
    assert_int_equal(clipped("Q4_0", x, 32), 0);
}

/* What lies beyond 7.5 becomes 7, in steps of 1. */
static void overload_of_q4_0(void **state)
{
    const float x[32] = { -8.0f, 8.0f, 7.75f, 7.25f, 0.25f };
    const bc_element_type *type = bc_element_type_named("Q4_0");
    uint8_t block[18];
    float y[32];
    bc_error_sums sums = { 0 };

    (void)state;
    bci_encode(type, &(bci_encoding){ 0 }, x, NULL, 32, block);
    bci_blocks_of(type)->decode(block, 1, y);
    bc_error_add_f32(&sums, x, y, 32);
    bci_add_clipped(type, block, x, y, 32, &sums);
    assert_int_equal(sums.n_clipped, 2);
    EXPECT_NEAR(sums.sum_overload_e2, 1.0 + 0.75 * 0.75, 0.0, "overload");
    EXPECT_NEAR(sums.sum_e2 - sums.sum_overload_e2, 0.25 * 0.25 * 2.0, 0.0, "granular");
}

/* However large, a finite weight is clipped; an infinite one is lost and nothing else, whatever was
 * stored in its place. */
static void infinity_is_lost_not_clipped(void **state)
{
    static const float ends[] = { 3e38f, INFINITY, -INFINITY, NAN };
    const bc_element_type *type = bc_element_type_named("Q4_0");

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const float stored[32] = { -8.0f, 8.0f }, x[32] = { -8.0f, ends[i] };
        uint8_t block[18];
        float y[32];
        bc_error_sums sums = { 0 };

        bci_encode(type, &(bci_encoding){ 0 }, stored, NULL, 32, block);
        bci_blocks_of(type)->decode(block, 1, y);
        bc_error_add_f32(&sums, x, y, 32);
        bci_add_clipped(type, block, x, y, 32, &sums);
        EXPECT(sums.n_clipped == (i == 0) && sums.n_lost == (i > 0), "%g: %llu clipped, %llu lost",
               (double)ends[i], (unsigned long long)sums.n_clipped,
               (unsigned long long)sums.n_lost);
    }
}

/* Formats with a scale by the largest magnitude, and codes up to it on both sides, clip nothing. */
static void symmetric_codes_hold_all(void **state)
{
    static const char *const types[] = { "Q8_0", "TQ1_0", "TQ2_0", "Q2_0", "Q4_1", "Q5_1" };
    float x[ROW];

    (void)state;
    for (size_t i = 0; i < ROW; i++)
        x[i] = (float)(((int)i * 7919) % 513 - 256) / 37.0f;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        EXPECT(clipped(types[i], x, ROW) == 0, "%s", types[i]);
}

/* One bit has -m and m, m the mean magnitude; half a step beyond is 2 m. Here m is 1: 3 is more. */
static void one_bit_lies_far_from_the_largest(void **state)
{
    float x[128];

    (void)state;
    for (size_t i = 0; i < 128; i++)
        x[i] = i % 2 ? 1.0f : -1.0f;
    x[0] = 3.0f;
    x[1] = x[2] = 0.0f;
    assert_int_equal(clipped("Q1_0", x, 128), 1);
    assert_int_equal(clipped("Q1_0", x + 2, 0), 0);
}

/* Every type that blocks are written in has ends, and codes there that lie on both sides of all it
 * makes of data: what a block decodes to is never beyond them. */
static void what_blocks_hold_is_not_beyond(void **state)
{
    static uint8_t blocks[8 * ROW];
    const bc_block_format *rows;
    const size_t n_rows = bc_block_rows(&rows);
    float x[ROW], y[ROW];
    size_t n_checked = 0;

    (void)state;
    for (size_t i = 0; i < ROW; i++)
        x[i] = sinf((float)i) * (float)(1 + i % 7) * (i % 50 ? 1.0f : 20.0f);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        const bc_element_type *type = bc_element_type_named(f->name);

        if (!type || f->ggml_type < 0 || f->block_length == 1)
            continue;
        EXPECT(bci_can_clip(type), "%s", f->name);
        f->encode(x, NULL, ROW / f->block_length, blocks);
        f->decode(blocks, ROW / f->block_length, y);
        EXPECT(count(type, blocks, y, ROW) == 0, "%s", f->name);
        for (size_t i = 0; i < ROW; i++)
            y[i] = i % 2 ? 1e6f : -1e6f;
        EXPECT(count(type, blocks, y, ROW) == ROW, "%s: %d", f->name,
               (int)count(type, blocks, y, ROW));
        n_checked++;
    }
    assert_int_equal(n_checked, 18);
}

/* Halves of the last step of the floats: 16 beyond 65504, 16 beyond 448. */
static void floats_end_too(void **state)
{
    const float halves[] = { 65504.0f, -65519.0f, 65521.0f, 7e4f };
    const float eights[] = { 448.0f, 463.0f, 465.0f, -1000.0f };

    (void)state;
    assert_int_equal(clipped("F16", halves, 4), 2);
    assert_int_equal(clipped("F8_E4M3", eights, 4), 2);
    assert_false(bci_can_clip(bc_element_type_named("F32")));
}

/* A block of zeros has no ends that mean anything. */
static void nothing_is_not_clipped(void **state)
{
    const float x[32] = { 1e-40f };

    (void)state;
    assert_int_equal(clipped("Q8_0", x, 32), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the other side of q4_0 is a step short", the_other_side_of_q4_0),
        SENTENCE("the other side of q4_0 is a step short", overload_of_q4_0),
        SENTENCE("an infinite weight is lost, not clipped", infinity_is_lost_not_clipped),
        SENTENCE("symmetric codes hold all", symmetric_codes_hold_all),
        SENTENCE("one bit lies far from the largest", one_bit_lies_far_from_the_largest),
        SENTENCE("what blocks hold is not beyond their ends", what_blocks_hold_is_not_beyond),
        SENTENCE("floats have ends, too", floats_end_too),
        SENTENCE("nothing is not clipped", nothing_is_not_clipped),
    };

    return cmocka_run_group_tests_name("clipped weights", tests, NULL, NULL);
}
