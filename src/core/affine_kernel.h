/* The affine kernel as a pattern: included by kernels.c once for float and once for double,
 * with REAL, AFFINE, QUANTIZE, QUANTIZE_AS and ROUNDER (1.5 * 2^(mantissa bits)) defined.
 *
 * Adding and subtracting ROUNDER rounds to the nearest integer, ties to even, for the
 * magnitudes that can occur here (positions are clamped first, and the callers keep codes
 * below 2^22 in float); unlike rint() it vectorizes on every CPU level. */
static inline __attribute__((always_inline)) void QUANTIZE_AS(const AFFINE *a, const REAL *x,
                                                              const REAL *noise, size_t n,
                                                              const bool has_values, REAL *y,
                                                              int32_t *codes)
{
    const AFFINE g = *a;
    const REAL slack = g.truncate ? 1 : 0;

    for (size_t i = 0; i < n; i++) {
        REAL p = (x[i] - g.offset) * g.inv + g.zero + noise[i];

        p = p == p ? p : g.zero; /* NaN */
        p = p < g.lo ? g.lo : p;
        p = p > g.hi ? g.hi : p;
        REAL k = (p + ROUNDER) - ROUNDER;

        k -= k > p ? slack : 0; /* truncation is floor */
        codes[i] = (int32_t)k;
        if (has_values)
            y[i] = (k - g.origin) / g.den * g.gain + g.offset;
    }
}

static void QUANTIZE(const AFFINE *a, const REAL *x, const REAL *noise, size_t n, REAL *y,
                     int32_t *codes)
{
    if (y)
        QUANTIZE_AS(a, x, noise, n, true, y, codes);
    else
        QUANTIZE_AS(a, x, noise, n, false, NULL, codes);
}
