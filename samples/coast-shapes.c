/* Knows where things are: the list of rocks, lighthouse, buoys and boats, their
 * distance functions, and how a ray finds them (sphere tracing, Hart 1996). */
#include "coast.h"

#define N_THINGS   (sizeof things / sizeof things[0])
#define TOWER_X    29.0
#define TOWER_Z    92.0
#define TOWER_BASE 10.0

const vec3 lamp_centre = { TOWER_X, TOWER_BASE + 15.0, TOWER_Z };

static const struct thing things[] = {
    /* shape  centre                    half             turn_x turn_z bound  colour */
    { ROCK, { 44.0, -2.0, 104.0 }, { 30.0, 12.5, 22.0 }, 1.0, 0.0, 37.0, { 0.115, 0.090, 0.075 } },
    { ROCK, { 21.0, -1.0, 90.0 }, { 12.0, 8.0, 10.0 }, 1.0, 0.0, 16.0, { 0.115, 0.090, 0.075 } },
    { ROCK, { 9.0, -1.0, 88.0 }, { 5.0, 3.2, 4.0 }, 1.0, 0.0, 8.0, { 0.10, 0.080, 0.070 } },
    { ROCK, { 28.0, -0.5, 62.0 }, { 9.0, 5.0, 8.0 }, 1.0, 0.0, 12.0, { 0.10, 0.080, 0.070 } },
    { ROCK, { 17.0, -0.4, 38.0 }, { 5.0, 3.0, 7.0 }, 0.96, 0.28, 9.5, { 0.075, 0.062, 0.056 } },
    { ROCK, { 8.4, -0.4, 15.5 }, { 3.2, 2.0, 3.4 }, 0.96, 0.28, 5.2, { 0.042, 0.037, 0.036 } },
    { ROCK, { 4.9, -0.4, 10.3 }, { 1.9, 1.0, 1.2 }, 0.8, 0.6, 3.0, { 0.030, 0.027, 0.027 } },
    { ROCK, { -5.8, -0.4, 10.2 }, { 2.4, 1.5, 1.6 }, 0.96, -0.28, 3.6, { 0.030, 0.027, 0.027 } },
    { ROCK, { -3.1, -0.4, 9.0 }, { 1.2, 0.75, 0.8 }, 1.0, 0.0, 2.2, { 0.030, 0.027, 0.027 } },
    { TOWER,
      { TOWER_X, TOWER_BASE, TOWER_Z },
      { 2.5, 13.0, 1.7 },
      1.0,
      0.0,
      19.5,
      { 0.78, 0.76, 0.72 } },
    { BUOY, { 0.75, 0.42, 13.0 }, { 0.88, 0.88, 0.88 }, 0.96, 0.28, 1.5, { 0.80, 0.035, 0.012 } },
    { BUOY, { 4.3, 0.38, 21.0 }, { 0.85, 0.85, 0.85 }, 0.8, -0.6, 1.5, { 0.02, 0.42, 0.05 } },
    { BUOY, { -0.9, 0.36, 30.0 }, { 0.85, 0.85, 0.85 }, 0.8, 0.6, 1.5, { 0.90, 0.42, 0.01 } },
    { HULL, { -4.6, 0.0, 19.0 }, { 2.5, 0.62, 0.85 }, 0.8, -0.6, 3.0, { 0.000, 0.170, 0.80 } },
    { HULL, { -7.0, 0.0, 135.0 }, { 5.0, 1.2, 1.4 }, 0.96, 0.28, 6.0, { 0.02, 0.02, 0.03 } },
    { RIG, { -7.0, 1.2, 135.0 }, { 3.9, 11.5, 2.8 }, 0.96, 0.28, 13.0, { 0.85, 0.085, 0.012 } },
};

static uint32_t hash3(int32_t x, int32_t y, int32_t z)
{
    uint32_t h = (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u ^ (uint32_t)z * 0xcb1ab31fu;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    return h ^ h >> 16;
}

static double corner(int32_t x, int32_t y, int32_t z)
{
    return (double)hash3(x, y, z) * (1.0 / 4294967296.0);
}

/* Value noise in [0, 1), with the quintic fade of Perlin 2002. */
double noise3(vec3 p)
{
    const double fx = floor(p.x), fy = floor(p.y), fz = floor(p.z);
    const int32_t i = (int32_t)fx, j = (int32_t)fy, k = (int32_t)fz;
    const double a = p.x - fx, b = p.y - fy, c = p.z - fz;
    const double u = a * a * a * (a * (a * 6.0 - 15.0) + 10.0);
    const double v = b * b * b * (b * (b * 6.0 - 15.0) + 10.0);
    const double w = c * c * c * (c * (c * 6.0 - 15.0) + 10.0);
    double slab[2];
    for (int32_t s = 0; s < 2; s++) {
        const double near = lerp(corner(i, j, k + s), corner(i + 1, j, k + s), u);
        const double far = lerp(corner(i, j + 1, k + s), corner(i + 1, j + 1, k + s), u);
        slab[s] = lerp(near, far, v);
    }
    return lerp(slab[0], slab[1], w);
}

/* Ridged noise in [0, 1]; each octave is turned, so that no lattice shows. */
double fractal3(vec3 p, int octaves)
{
    double sum = 0.0, weight = 0.5;
    for (int i = 0; i < octaves; i++) {
        sum += weight * fabs(2.0 * noise3(p) - 1.0);
        weight *= 0.5;
        p = v3(1.60 * p.y + 1.20 * p.z + 7.3, -1.60 * p.x + 0.72 * p.y - 0.96 * p.z + 3.1,
               -1.20 * p.x - 0.96 * p.y + 1.28 * p.z + 1.7);
    }
    return sum;
}

vec3 to_local(const struct thing *thing, vec3 p)
{
    const vec3 q = sub(p, thing->centre);
    return v3(q.x * thing->turn_x + q.z * thing->turn_z, q.y,
              q.z * thing->turn_x - q.x * thing->turn_z);
}

/* Distance to an ellipsoid to first order: f / |grad f|. */
static double ellipsoid(vec3 p, vec3 half)
{
    const vec3 a = v3(p.x / half.x, p.y / half.y, p.z / half.z);
    const vec3 b = v3(a.x / half.x, a.y / half.y, a.z / half.z);
    const double k = length(a);
    return k * (k - 1.0) / larger(length(b), 1e-9);
}

static double box2(double x, double y, double half_x, double half_y)
{
    const double dx = fabs(x) - half_x, dy = fabs(y) - half_y;
    const double ox = larger(dx, 0.0), oy = larger(dy, 0.0);
    return smaller(larger(dx, dy), 0.0) + sqrt(ox * ox + oy * oy);
}

static double rock(const struct thing *thing, vec3 p, int octaves)
{
    const double size = thing->half.y;
    const double depth = 0.55 * size;
    const double d = ellipsoid(to_local(thing, p), thing->half);
    if (d > depth + 1.0)
        return d - depth;
    const vec3 q = scale(v3(p.x + 0.25 * p.y, 1.3 * p.y - 0.3 * p.x, p.z), 0.9 / size);
    return d - depth + 2.0 * depth * fractal3(q, octaves);
}

static double tower(vec3 p, vec3 half)
{
    const double r = sqrt(p.x * p.x + p.z * p.z);
    const double slope = (half.x - half.z) / half.y;
    double d = larger(r - (half.x - slope * p.y), box2(0.0, p.y - 6.0, 1.0, 7.0));
    d = smaller(d, box2(r, p.y - 13.1, 2.35, 0.16));
    d = smaller(d, box2(r, p.y + 2.0, 3.6, 2.3));
    d = smaller(d, fabs(box2(r, p.y - 13.9, 2.25, 0.06) - 0.01));
    d = smaller(d, box2(r, p.y - 15.0, 1.25, 1.6));
    d = smaller(d, larger(length(v3(r, p.y - 16.2, 0.0)) - 1.65, 16.5 - p.y));
    return smaller(d, box2(r, p.y - 18.3, 0.07, 0.8));
}

static double buoy(vec3 p, vec3 half)
{
    const double ball = length(p) - half.x;
    const double collar = box2(sqrt(p.x * p.x + p.z * p.z), p.y - half.x, 0.16, 0.07) - 0.02;
    const double rx = sqrt(p.x * p.x + (p.y - half.x - 0.2) * (p.y - half.x - 0.2)) - 0.14;
    const double ring = sqrt(rx * rx + p.z * p.z) - 0.035;
    return smaller(ball, smaller(collar, ring));
}

/* Height of the rail and half breadth of an open boat at (x along, y up). */
void hull_lines(vec3 p, vec3 half, double *rail, double *breadth)
{
    const double rise = clamp01((p.y + 0.5 * half.y) / (2.0 * half.y));
    const double u = p.x / (half.x * (0.82 + 0.18 * rise));
    *rail = half.y * (1.0 + 0.55 * p.x * p.x / (half.x * half.x));
    *breadth = half.z * (1.0 - u * u) * (0.40 + 0.60 * sqrt(rise + 0.01));
}

static double hull(vec3 p, vec3 half)
{
    double rail, breadth;
    hull_lines(p, half, &rail, &breadth);
    const double side = 0.6 * (fabs(p.z) - breadth);
    const double bench =
        larger(fabs(fabs(p.x + 0.1) - 0.32 * half.x) - 0.14, fabs(p.y - 0.68 * half.y) - 0.03);
    const double hollow = larger(side + 0.045, 0.25 * half.y - p.y);
    const double shell = larger(larger(side, p.y - rail), -hollow);
    return smaller(shell, larger(bench, side));
}

/* Mast at x = 0; mainsail to -x, jib to +x, both bellied to one side. */
static double rig(vec3 p, vec3 half)
{
    const double belly = p.z + 0.030 * p.x * (half.y - p.y);
    const double up = p.y / half.y;
    const double main_leech = -p.x - half.x * (1.0 - up);
    const double main_edge = larger(larger(p.x + 0.12, main_leech), 0.8 - p.y);
    const double jib_luff = p.x - half.z * (0.86 - up) / 0.86;
    const double jib_edge = larger(larger(0.25 - p.x, jib_luff), 0.5 - p.y);
    const double sails = larger(fabs(belly) - 0.05, smaller(main_edge, jib_edge));
    const double r = sqrt(p.x * p.x + p.z * p.z);
    return smaller(0.8 * sails, box2(r, p.y - 0.5 * half.y, 0.09, 0.5 * half.y));
}

static double distance_to(const struct thing *thing, vec3 p, int octaves)
{
    const vec3 q = to_local(thing, p);
    switch (thing->shape) {
    case ROCK: return rock(thing, p, octaves);
    case TOWER: return tower(q, thing->half);
    case BUOY: return buoy(q, thing->half);
    case HULL: return hull(q, thing->half);
    case RIG: return rig(q, thing->half);
    }
    return 1e9;
}

/* Distance from p to the nearest thing, at most `reach`. */
double clearance(vec3 p, double reach, int octaves)
{
    double nearest = reach;
    for (size_t i = 0; i < N_THINGS; i++) {
        const vec3 q = sub(p, things[i].centre);
        const double r = things[i].bound_radius + nearest;
        if (dot(q, q) < r * r)
            nearest = smaller(nearest, distance_to(&things[i], p, octaves));
    }
    return nearest;
}

/* The things whose bounds the ray meets before t_max, as bits; narrows the span of t. */
static uint32_t met_by(vec3 from, vec3 dir, double *t_min, double *t_max)
{
    uint32_t met = 0;
    double first = *t_max, last = *t_min;
    for (size_t i = 0; i < N_THINGS; i++) {
        const vec3 q = sub(from, things[i].centre);
        const double b = dot(q, dir);
        const double r = things[i].bound_radius;
        const double disc = b * b - dot(q, q) + r * r;
        if (disc < 0.0)
            continue;
        const double half_chord = sqrt(disc);
        if (half_chord - b < *t_min || -b - half_chord > *t_max)
            continue;
        met |= 1u << i;
        first = smaller(first, larger(*t_min, -b - half_chord));
        last = larger(last, half_chord - b);
    }
    *t_min = first;
    *t_max = smaller(*t_max, last);
    return met;
}

static double nearest_of(uint32_t met, vec3 p, int octaves, const struct thing **which)
{
    double nearest = 1e9;
    for (size_t i = 0; i < N_THINGS; i++) {
        if (!(met >> i & 1u))
            continue;
        const double d = distance_to(&things[i], p, octaves);
        if (d < nearest) {
            nearest = d;
            *which = &things[i];
        }
    }
    return nearest;
}

/* First thing the ray meets before t_max. `out` is written only when there is one. */
bool march(vec3 from, vec3 dir, double t_max, struct hit *out)
{
    double t = 0.01;
    const uint32_t met = met_by(from, dir, &t, &t_max);
    for (int i = 0; met && i < 200 && t < t_max; i++) {
        const struct thing *which = NULL;
        const double d = nearest_of(met, along(from, dir, t), 5, &which);
        if (d < 0.0002 * t + 0.0003) {
            *out = (struct hit){ t, which };
            return true;
        }
        t += 0.7 * d;
    }
    return false;
}

/* How much of the sun is not hidden, 0 to 1; softened over its width. */
double sun_reaching(vec3 from, vec3 sun_dir)
{
    double t = 0.03, t_max = 120.0, open = 1.0;
    const uint32_t met = met_by(from, sun_dir, &t, &t_max);
    for (int i = 0; met && i < 60 && t < t_max; i++) {
        const struct thing *which = NULL;
        const double d = nearest_of(met, along(from, sun_dir, t), 3, &which);
        open = smaller(open, 20.0 * d / t);
        if (open < 0.01)
            return 0.0;
        t += larger(0.02, 0.8 * d);
    }
    return open;
}

/* Gradient over the corners of a tetrahedron. */
vec3 surface_normal(vec3 p, double step)
{
    static const vec3 corners[4] = { { 1, -1, -1 }, { -1, -1, 1 }, { -1, 1, -1 }, { 1, 1, 1 } };
    vec3 n = { 0.0, 0.0, 0.0 };
    for (int i = 0; i < 4; i++)
        n = add(n, scale(corners[i], clearance(along(p, corners[i], step), 3.0, 8)));
    return unit(add(n, v3(0.0, 1e-12, 0.0)));
}
