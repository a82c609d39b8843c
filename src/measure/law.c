/* Knows what the best quantizers make of values that follow a law: Lloyd-Max, rate and
 * distortion. */
#include <math.h>
#include <stdbool.h>

#include "bitcrush/measure.h"

enum { MAX_HALF = 1 << (BC_LLOYD_MAX_BITS - 1), ROUNDS = 2000 };

static const double pi = 3.14159265358979323846;

/* Of unit variance, symmetric. share and moment: of values from 0 to x, probability and mean of x;
 * beyond: both from x on, where the first lose digits. */
typedef struct {
    double (*tail)(double x);        /* probability beyond x */
    double (*tail_moment)(double x); /* integral of x over it */
    double stretch;  /* of values whose density is the cube root of the law's: where levels lie */
    double shape;    /* mean magnitude over the root of the mean square */
    double above_db; /* what the Shannon bound has beyond 6.02 n */
    const char *name;
} law;

static double gaussian_tail(double x)
{
    return 0.5 * erfc(x / sqrt(2.0));
}

static double gaussian_tail_moment(double x)
{
    return exp(-0.5 * x * x) / sqrt(2.0 * pi);
}

static double laplacian_tail(double x)
{
    return 0.5 * exp(-sqrt(2.0) * x);
}

static double laplacian_tail_moment(double x)
{
    return 0.5 * (x + 1.0 / sqrt(2.0)) * exp(-sqrt(2.0) * x);
}

static double uniform_tail(double x)
{
    return x < sqrt(3.0) ? 0.5 - x / sqrt(12.0) : 0.0;
}

static double uniform_tail_moment(double x)
{
    return x < sqrt(3.0) ? (3.0 - x * x) / sqrt(48.0) : 0.0;
}

static const law *find(bc_law l)
{
    static const law laws[] = {
        [BC_LAW_UNIFORM] = { uniform_tail, uniform_tail_moment, 1.0, 0.8660254037844386, 1.5329310,
                             "uniform" },
        [BC_LAW_GAUSSIAN] = { gaussian_tail, gaussian_tail_moment, 1.7320508075688772,
                              0.7978845608028654, 0.0, "Gaussian" },
        [BC_LAW_LAPLACIAN] = { laplacian_tail, laplacian_tail_moment, 3.0, 0.7071067811865476,
                               0.6285539, "Laplacian" },
    };

    return l > BC_LAW_NONE && l <= BC_LAW_LAPLACIAN ? &laws[l] : NULL;
}

const char *bc_law_name(bc_law l)
{
    const law *of = find(l);

    return of ? of->name : NULL;
}

bc_law bc_law_of(double mean_magnitude, double rms)
{
    bc_law nearest = BC_LAW_NONE;
    double least = INFINITY;

    for (bc_law l = BC_LAW_UNIFORM; rms > 0.0 && l <= BC_LAW_LAPLACIAN; l++) {
        const double off = fabs(mean_magnitude / rms - find(l)->shape);

        if (off < least) {
            least = off;
            nearest = l;
        }
    }
    return nearest;
}

double bc_theory_rate_db(bc_law l, double bits)
{
    const law *of = find(l);

    return of ? 20.0 * log10(2.0) * bits + of->above_db : NAN;
}

/* The x beyond which `share` of the values above 0 lie, on the stretched law. */
static double start_at(const law *of, double share)
{
    double low = 0.0, high = 64.0;

    for (int i = 0; i < 64; i++) {
        const double middle = 0.5 * (low + high);

        *(of->tail(middle) > 0.5 * share ? &low : &high) = middle;
    }
    return low * of->stretch;
}

/* Levels to the means of their cells; the mean square of what is left. */
static double improve(const law *of, double *levels, int n)
{
    double tail = of->tail(0.0), moment = of->tail_moment(0.0), kept = 0.0;

    for (int i = 0; i < n; i++) {
        const bool is_last = i == n - 1;
        const double edge = is_last ? 0.0 : 0.5 * (levels[i] + levels[i + 1]);
        const double next_tail = is_last ? 0.0 : of->tail(edge);
        const double next_moment = is_last ? 0.0 : of->tail_moment(edge);

        if (tail > next_tail)
            levels[i] = (moment - next_moment) / (tail - next_tail);
        kept += levels[i] * (moment - next_moment);
        tail = next_tail;
        moment = next_moment;
    }
    return 1.0 - 2.0 * kept;
}

double bc_theory_lloyd_max_db(bc_law l, int bits)
{
    const law *of = find(l);
    double levels[MAX_HALF], left = 1.0, last = INFINITY;

    if (!of || bits < 1 || bits > BC_LLOYD_MAX_BITS)
        return NAN;
    const int n = 1 << (bits - 1); /* above 0 */

    for (int i = 0; i < n; i++)
        levels[i] = start_at(of, 1.0 - (i + 0.5) / n);
    for (int i = 0; i < ROUNDS && last - left > 1e-10 * left; i++) {
        last = i ? left : INFINITY;
        left = improve(of, levels, n);
    }
    return -10.0 * log10(left);
}
