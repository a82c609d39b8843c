/* What the parts of the coast picture share: vectors, the list of things that
 * stand in the scene, and the light that reaches the camera. Metres, y up, sea
 * level at y = 0, the camera looks along +z. Only + - * /, sqrt, floor and fabs
 * are used on real numbers. IEEE 754 fixes the result of each, so the picture
 * does not depend on the maths library. */
#ifndef COAST_H
#define COAST_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    double x, y, z;
} vec3;

static inline vec3 v3(double x, double y, double z)
{
    return (vec3){ x, y, z };
}
static inline vec3 add(vec3 a, vec3 b)
{
    return v3(a.x + b.x, a.y + b.y, a.z + b.z);
}
static inline vec3 sub(vec3 a, vec3 b)
{
    return v3(a.x - b.x, a.y - b.y, a.z - b.z);
}
static inline vec3 mul(vec3 a, vec3 b)
{
    return v3(a.x * b.x, a.y * b.y, a.z * b.z);
}
static inline vec3 scale(vec3 a, double s)
{
    return v3(a.x * s, a.y * s, a.z * s);
}
static inline double dot(vec3 a, vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline double length(vec3 a)
{
    return sqrt(dot(a, a));
}
static inline vec3 unit(vec3 a)
{
    return scale(a, 1.0 / length(a));
}
static inline vec3 along(vec3 o, vec3 d, double t)
{
    return add(o, scale(d, t));
}
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}
static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}
static inline double clamp01(double x)
{
    return larger(0.0, smaller(1.0, x));
}
static inline double lerp(double a, double b, double s)
{
    return a + (b - a) * s;
}
static inline vec3 mix(vec3 a, vec3 b, double s)
{
    return add(scale(a, 1.0 - s), scale(b, s));
}

/* 0 below `from`, 1 above `to`, with flat ends. */
static inline double ramp(double from, double to, double x)
{
    const double s = clamp01((x - from) / (to - from));
    return s * s * (3.0 - 2.0 * s);
}

/* exp(-x) to about 3% for x up to 1, with a longer tail beyond: (1 + x/16)^-16. */
static inline double decay(double x)
{
    double y = 1.0 + x / 16.0;
    y *= y;
    y *= y;
    y *= y;
    return 1.0 / (y * y);
}

enum shape { ROCK, TOWER, BUOY, HULL, RIG };

struct thing {
    enum shape shape;
    vec3 centre;
    vec3 half;     /* half extents; their meaning is the shape's */
    double turn_x; /* local x axis is (turn_x, 0, turn_z), of length 1 */
    double turn_z;
    double bound_radius; /* of a ball around `centre` that holds it */
    vec3 colour;         /* linear light */
};

struct hit {
    double t;
    const struct thing *thing;
};

/* coast-shapes.c */
double noise3(vec3 p);
double fractal3(vec3 p, int octaves);
vec3 to_local(const struct thing *thing, vec3 p);
double clearance(vec3 p, double reach, int octaves);
bool march(vec3 from, vec3 dir, double t_max, struct hit *out);
double sun_reaching(vec3 from, vec3 sun_dir);
vec3 surface_normal(vec3 p, double step);
void hull_lines(vec3 p, vec3 half, double *rail, double *breadth);
extern const vec3 lamp_centre;

/* coast-light.c */
vec3 light_along(vec3 from, vec3 dir);

#endif
