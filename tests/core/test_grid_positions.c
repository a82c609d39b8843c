/* The law of every grid: position is k exactly at value(k), and linear in between. */
#include <float.h>

#include "bits.h"
#include "every_grid.h"

/* All codes of grids up to 2^17 codes; a spread of some 2^17 with both ends otherwise. */
static int64_t next_code(const bc_grid *g, int64_t k)
{
    const int64_t levels = (int64_t)bc_grid_levels(g);
    const int64_t stride = levels <= 1 << 17 ? 1 : (levels >> 17) + 1;

    return k < g->hi && k + stride > g->hi ? g->hi : k + stride;
}

static bool finite_code(const bc_grid *g, int64_t k)
{
    return isfinite(bc_grid_value(g, (int32_t)k));
}

static void exact_at_marks(const char *name, const bc_grid *g)
{
    for (int64_t k = g->lo; k <= g->hi; k = next_code(g, k)) {
        if (!finite_code(g, k))
            continue;
        const bc_position p = bc_grid_position(g, bc_grid_value(g, (int32_t)k));

        EXPECT(p.base % 2 == 0, "%s: base %d at code %d is odd", name, p.base, (int)k);
        EXPECT(fabs(p.rest) <= 2.0, "%s: rest %g at code %d", name, p.rest, (int)k);
        EXPECT((double)p.base + p.rest == (double)k, "%s: position %d + %.17g at code %d", name,
               p.base, p.rest, (int)k);
    }
}

static void marks_have_their_codes(void **state)
{
    (void)state;
    on_every_grid(exact_at_marks);
}

static void linear_between(const char *name, const bc_grid *g)
{
    for (int64_t k = g->lo; k < g->hi; k = next_code(g, k)) {
        if (k == g->hi || !finite_code(g, k) || !finite_code(g, k + 1))
            continue;
        const double below = bc_grid_value(g, (int32_t)k);
        const double above = bc_grid_value(g, (int32_t)k + 1);

        for (double t = 0.125; t < 1.0; t += 0.125) {
            const double x = below + t * (above - below);
            const bc_position p = bc_grid_position(g, x);

            /* x itself is rounded: half a unit of 2^-53 in |x| <= 2^31 steps. */
            EXPECT_NEAR((double)(p.base - k) + p.rest, t, 1e-6,
                        "%s: position at %g of the way from code %d to %d", name, t, (int)k,
                        (int)k + 1);
        }
    }
}

static void positions_are_linear(void **state)
{
    (void)state;
    on_every_grid(linear_between);
}

static void beyond_ends(const char *name, const bc_grid *g)
{
    const int32_t top = top_finite_code(g);
    const double high = bc_grid_value(g, top), low = bc_grid_value(g, low_finite_code(g));
    const double far[] = { 1.5, 16.0, 1e6, 1e300 };

    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        const double above = fmin(fmax(high, 1e-9) * far[i], DBL_MAX);
        const double below = fmax(fmin(low, -1e-9) * far[i], -DBL_MAX);
        const bc_position a = bc_grid_position(g, above), b = bc_grid_position(g, below);

        EXPECT((double)a.base + a.rest > top, "%s: position of %g is %d + %g", name, above, a.base,
               a.rest);
        EXPECT((double)b.base + b.rest < g->lo + 1, "%s: position of %g is %d + %g", name, below,
               b.base, b.rest);
        EXPECT(a.base <= g->hi && b.base >= (int64_t)g->lo - 1, "%s: bases %d and %d", name, a.base,
               b.base);
    }
}

static void ends_are_passed(void **state)
{
    (void)state;
    on_every_grid(beyond_ends);
}

/* Where x rises, so does its position; x runs over the span and half as far beyond. */
static void rising(const char *name, const bc_grid *g)
{
    const double high = bc_grid_value(g, top_finite_code(g));
    const double low = bc_grid_value(g, low_finite_code(g));
    const int n = 20011;
    double last = -INFINITY;

    for (int i = 0; i <= n; i++) {
        const double x = low + (high - low) * (2.0 * i / n - 0.5);
        const bc_position p = bc_grid_position(g, x);
        const double at = (double)p.base + p.rest;

        EXPECT(at >= last, "%s: position falls to %.17g at %.17g", name, at, x);
        last = at;
    }
}

static void positions_rise(void **state)
{
    (void)state;
    on_every_grid(rising);
}

static void tiny_numbers(const char *name, const bc_grid *g)
{
    const double tiny[] = { 0.0, -0.0, 0x1p-1074, -0x1p-1074, 0x1p-1030, -0x1p-1030 };
    const bc_position zero = bc_grid_position(g, 0.0);

    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++) {
        const bc_position p = bc_grid_position(g, tiny[i]);

        /* 2^-1030 is far below 1e-9 of any step but of the codebook's between +-2^-140. */
        EXPECT_NEAR((double)p.base + p.rest, (double)zero.base + zero.rest, 1e-9,
                    "%s: position of %g", name, tiny[i]);
    }
}

static void denormals_lie_at_zero(void **state)
{
    (void)state;
    on_every_grid(tiny_numbers);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the position of value(k) is k exactly, on an even base", marks_have_their_codes),
        SENTENCE("positions are linear between neighbouring marks", positions_are_linear),
        SENTENCE("positions beyond the ends lie beyond the end codes", ends_are_passed),
        SENTENCE("positions rise with the value", positions_rise),
        SENTENCE("denormals and -0 lie where 0 lies", denormals_lie_at_zero),
    };

    return cmocka_run_group_tests_name("grid positions", tests, NULL, NULL);
}
