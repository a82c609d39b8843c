/* Knows how any grid is laid on the samples of a picture: by full scale, or by a scale that is
 * fitted to how often each sample occurs. */
#include "image/ruler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "medium/shared_settings.h"

enum { MOST_MARKS = 1 << 16, PLAIN_FLOAT_BITS = 16 };

bool bci_image_is_ruled(const bc_image_settings *s)
{
    return *s->spec.name != '\0';
}

bool bci_image_has_runs(const bc_image_settings *s)
{
    return bci_image_is_ruled(s) &&
           (s->spec.kind == BC_SPEC_BLOCKS || s->per == BC_PER_ROW || s->per == BC_PER_BLOCK);
}

/* Marks k / (levels - 1). */
static bc_grid even(double levels)
{
    const int32_t hi = (int32_t)levels - 1;

    return (bc_grid){ .family = BC_GRID_AFFINE,
                      .hi = hi,
                      .den = hi,
                      .shift_gain = levels / hi,
                      .bits = (int)ceil(log2(levels)) };
}

/* Mid-rise marks count from black, as samples do: (k + 1/2) / 2^n, the middles of as many steps. */
static bc_grid above_black(bc_grid g)
{
    g.hi -= g.lo;
    g.lo = 0;
    g.den = g.hi + 1.0;
    return g;
}

/* Floats end at numbers: no sample is infinite, and noise beyond the last mark clips there. */
static bc_grid grid_of(const bc_image_settings *s)
{
    bc_grid g = s->spec.grid;

    if (s->spec.kind == BC_SPEC_EVEN)
        return even(s->spec.levels);
    if (g.rise != 0.0)
        return above_black(g);
    if (g.family == BC_GRID_FLOAT && g.flavour == BC_FLOAT_IEEE) {
        g.flavour = BC_FLOAT_FINITE;
        g.lo++;
        g.hi--;
    }
    return g;
}

bci_laying bci_image_laying(const bc_image_settings *s)
{
    const bool has_blocks = s->spec.kind == BC_SPEC_BLOCKS;

    return (bci_laying){ .blocks = s->spec.blocks,
                         .grid = has_blocks ? (bc_grid){ 0 } : grid_of(s),
                         .scale = s->scale,
                         .percent = s->percent,
                         .group = s->per == BC_PER_BLOCK ? s->group : 0,
                         .rounding = s->rounding };
}

bc_status bci_image_check_ruler(const bc_image_settings *s, bc_error *err)
{
    const char *name = s->spec.name;

    if (!bci_image_is_ruled(s))
        return BC_OK;
    if (s->spec.kind == BC_SPEC_EVEN && s->spec.levels > MOST_MARKS)
        return bci_fail(err, BC_E_USAGE, "%s: samples of pictures have 16 bits at most", name);
    if (s->palette || s->n_colours)
        return bci_fail(err, BC_E_USAGE, "%s: a palette is a grid of its own, expected one of them",
                        name);
    if (s->channel_bits[0])
        return bci_fail(err, BC_E_USAGE,
                        "%s: `channels` are bits of even levels, expected one of them", name);
    if (s->spec.kind == BC_SPEC_BLOCKS && s->scale != BC_SCALE_FULL)
        return bci_refuse_beside_blocks(s->spec.blocks, "scale", err);
    if (s->spec.kind == BC_SPEC_BLOCKS && s->per != BC_PER_WHOLE)
        return bci_refuse_beside_blocks(s->spec.blocks, "group", err);
    if (s->per != BC_PER_WHOLE && s->scale == BC_SCALE_FULL)
        return bci_fail(
            err, BC_E_USAGE,
            "`group`: full scale is the same for all samples, expected a `scale` that is "
            "fitted, such as `scale=absmax`");
    if (s->kernel && bci_image_has_runs(s))
        return bci_fail(
            err, BC_E_USAGE,
            "`dither=%s`: errors are passed on between samples that share a ruler, and here "
            "each run has its own; expected none or a noise, such as tpdf",
            s->kernel->name);
    if (s->rounding == BC_ROUND_TRUNCATE && s->spec.kind == BC_SPEC_BLOCKS)
        return bci_fail(err, BC_E_USAGE,
                        "%s: blocks are encoded as their format says, expected `rounding=nearest`",
                        name);
    return BC_OK;
}

/* ---- what is in a picture */

bc_status bci_image_seen_new(const bc_image_info *info, bci_image_seen *out, bc_error *err)
{
    bci_image_seen s = { .info = info };

    for (uint32_t c = 0; c < info->n_channels - info->has_alpha; c++) {
        s.counts[c] = calloc((size_t)info->maxval + 1, sizeof *s.counts[c]);
        if (!s.counts[c]) {
            bci_image_seen_free(&s);
            return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
        }
    }
    *out = s;
    return BC_OK;
}

void bci_image_see(void *seen, const void *rows, uint32_t n)
{
    const bci_image_seen *s = seen;
    const uint32_t channels = s->info->n_channels, n_colours = channels - s->info->has_alpha;
    const size_t n_pixels = (size_t)s->info->width * n;
    const uint8_t *bytes = rows;
    const uint16_t *words = rows;

    for (size_t i = 0; i < n_pixels; i++)
        for (uint32_t c = 0; c < n_colours; c++) {
            const size_t at = i * channels + c;

            s->counts[c][s->info->maxval > 255 ? words[at] : bytes[at]]++;
        }
}

void bci_image_seen_free(bci_image_seen *seen)
{
    for (int c = 0; c < 3; c++)
        free(seen->counts[c]);
    *seen = (bci_image_seen){ 0 };
}

/* Samples of one channel, or of all. */
typedef struct {
    const bci_image_seen *seen;
    int channel; /* -1: all */
} samples;

static uint64_t count_of(const samples *of, uint32_t v)
{
    uint64_t n = 0;

    for (int c = 0; c < 3; c++)
        if (of->seen->counts[c] && (of->channel < 0 || of->channel == c))
            n += of->seen->counts[c][v];
    return n;
}

static double value_of(const samples *of, uint32_t v)
{
    return v / (double)of->seen->info->maxval;
}

typedef struct {
    double min, max, mean;
    double most; /* the smallest that `percent` of the samples do not exceed */
} extent;

static extent extent_of(const samples *of, double percent)
{
    extent e = { .min = -1.0 };
    double n = 0.0, sum = 0.0, so_far = 0.0;

    for (uint32_t v = 0; v <= of->seen->info->maxval; v++) {
        const double count = (double)count_of(of, v);

        n += count;
        sum += count * value_of(of, v);
        if (count > 0.0)
            e.max = value_of(of, v);
        if (count > 0.0 && e.min < 0.0)
            e.min = e.max;
    }
    e.mean = sum / n;
    for (uint32_t v = 0; v <= of->seen->info->maxval; v++) {
        so_far += (double)count_of(of, v);
        e.most = value_of(of, v);
        if (so_far >= percent / 100.0 * n)
            break;
    }
    return e;
}

static bc_scale_moments moments_of(const bc_grid *grid, const bc_scale *scale, const samples *of)
{
    bc_scale_moments sum = { 0 };

    for (uint32_t v = 0; v <= of->seen->info->maxval; v++) {
        const double count = (double)count_of(of, v);
        const float x = (float)value_of(of, v);
        bc_scale_moments m = { 0 };

        if (count == 0.0)
            continue;
        bc_scale_add_moments(grid, scale, &x, 1, &m);
        sum.error += count * m.error;
        sum.xy += count * m.xy;
        sum.yy += count * m.yy;
    }
    return sum;
}

/* See BC_SCALE_TRIES. */
static bc_scale least_error(const bc_grid *grid, const bc_scale *whole, const samples *of)
{
    bc_scale best = *whole;
    double least = INFINITY;

    for (int i = 0; i < BC_SCALE_TRIES; i++) {
        const bc_scale tried = bc_scale_shrunk(whole, i);
        const double error = moments_of(grid, &tried, of).error;

        if (error < least) {
            least = error;
            best = tried;
        }
    }
    for (int i = 0; i < BC_SCALE_ROUNDS; i++) {
        const bc_scale_moments m = moments_of(grid, &best, of);

        best = bc_scale_refined(&best, &m);
    }
    return best;
}

/* ---- laying */

static bc_status fit_full(const bc_grid *grid, bc_scale *out, bc_error *err)
{
    const double white = 1.0;
    const bool is_plain = grid->family == BC_GRID_FLOAT && grid->bits >= PLAIN_FLOAT_BITS;

    *out = BC_SCALE_IDENTITY;
    if (is_plain || grid->rise != 0.0)
        return BC_OK;
    return bc_scale_fit_f64(BC_SCALE_ABSMAX, 100.0, grid, &white, 1, 1, NULL, out, err);
}

static bc_status fit(const bc_image_settings *s, const samples *of, const bc_grid *grid,
                     bc_scale *out, bc_error *err)
{
    const extent e = extent_of(of, s->percent);
    const bool is_unsigned = grid->family == BC_GRID_AFFINE && grid->lo == 0 && grid->rise == 0.0;
    const bc_scale_method whole = is_unsigned ? BC_SCALE_ZERO_POINT : BC_SCALE_ABSMAX;
    double ends[2] = { e.min, e.max };
    bc_scale_method method = s->scale;
    bc_status st;

    if (method == BC_SCALE_PERCENTILE || method == BC_SCALE_MSE)
        method = whole;
    if (s->scale == BC_SCALE_PERCENTILE)
        ends[1] = e.most;
    if (method == BC_SCALE_ABSMEAN)
        ends[0] = ends[1] = e.mean;
    st = bc_scale_fit_f64(method, 100.0, grid, ends, 2, 1, NULL, out, err);
    if (!st && s->scale == BC_SCALE_MSE)
        *out = least_error(grid, out, of);
    return st;
}

static double mark(const bci_image_ruler *r, int32_t code)
{
    double y;

    bc_dequantize_f64(&r->grid, &r->scale, &code, 1, &y);
    return y;
}

/* The last code of lo..hi whose mark is not above x, or lo. */
static int32_t code_below(const bci_image_ruler *r, int32_t lo, int32_t hi, double x)
{
    while (lo < hi) {
        const int32_t middle = (int32_t)(lo + ((int64_t)hi - lo + 1) / 2);

        if (mark(r, middle) <= x)
            lo = middle;
        else
            hi = middle - 1;
    }
    return lo;
}

static bc_status lay(const bc_image_settings *s, const bci_image_seen *seen, int c,
                     bci_image_ruler *out, bc_error *err)
{
    const samples of = { .seen = seen, .channel = c };
    bci_image_ruler r = { .grid = grid_of(s) };
    const int32_t lo = r.grid.lo, hi = r.grid.hi;
    const bc_status st = s->scale == BC_SCALE_FULL ? fit_full(&r.grid, &r.scale, err)
                                                   : fit(s, &of, &r.grid, &r.scale, err);

    if (st)
        return st;
    if (r.scale.gain == 0.0) {
        r.first = lo;
        r.n = 2;
        *out = r;
        return BC_OK;
    }
    r.first = code_below(&r, lo, hi, 0.0);
    const int32_t below = code_below(&r, lo, hi, 1.0);
    const int32_t last = below < hi && mark(&r, below) < 1.0 ? below + 1 : below;
    const int64_t n = (int64_t)last - r.first + 1;

    if (n > MOST_MARKS)
        return bci_fail(
            err, BC_E_USAGE,
            "%s has %lld mark(s) from black to white, and samples of 16 bits tell 65536 "
            "apart, expected a grid of fewer, such as float16",
            s->spec.name, (long long)n);
    r.n = (uint32_t)n;
    *out = r;
    return BC_OK;
}

bc_status bci_image_rulers_lay(const bc_image_settings *s, const bci_image_seen *seen,
                               bci_image_rulers *out, bc_error *err)
{
    const bool is_each = seen && s->per == BC_PER_CHANNEL && seen->counts[1];
    bci_image_rulers r = { .n = is_each ? 3 : 1 };
    bc_status st = BC_OK;

    for (uint32_t c = 0; !st && c < r.n; c++)
        st = lay(s, seen, is_each ? (int)c : -1, &r.of[c], err);
    if (!st)
        *out = r;
    return st;
}

double bci_image_ruler_mark(const bci_image_ruler *r, uint32_t k)
{
    return r->scale.gain == 0.0 ? r->scale.offset + k : mark(r, r->first + (int32_t)k);
}

double bci_image_ruler_value(const bci_image_ruler *r, uint32_t k)
{
    return fmin(fmax(bci_image_ruler_mark(r, k), 0.0), 1.0);
}

static bool is_of_8_bits(const bci_image_ruler *r)
{
    for (uint32_t k = 0; k < r->n; k++) {
        const double v = bci_image_ruler_value(r, k) * 255.0;

        if (fabs(v - rint(v)) > 1e-9)
            return false;
    }
    return true;
}

int bci_image_rulers_container(const bci_image_rulers *r)
{
    for (uint32_t c = 0; c < r->n; c++)
        if (!is_of_8_bits(&r->of[c]))
            return 16;
    return 8;
}
