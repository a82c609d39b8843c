/* Knows how the scene is lit: the sky before sunset, the sea that mirrors it,
 * the lamp of the lighthouse, and the paint and shading of everything else. */
#include "coast.h"

static const vec3 sun_dir = { -0.2295, 0.0480, 0.9721 };
static const vec3 sun_colour = { 7.0, 2.9, 0.85 };
static const vec3 glow_dir = { -0.78, 0.50, -0.37 }; /* lit air to the left */

/* Henyey-Greenstein 1941, without its 1/(4 pi), equal to 1 at g = 0. */
static double forward_scatter(double cosine, double g)
{
    const double s = 1.0 + g * g - 2.0 * g * cosine;
    return (1.0 - g * g) / (s * sqrt(s));
}

/* Cover of thin cloud, 0 to 1, low in the sky ahead. */
static double streaks(vec3 dir)
{
    const double lift = dir.y + 0.02;
    const vec3 p = v3(2.2 * dir.x / (fabs(dir.z) + 0.4) + 3.0 * dir.y, 34.0 * lift, 4.0);
    const double cover =
        noise3(scale(p, 1.7)) * 0.6 + noise3(scale(p, 4.1)) * 0.28 + noise3(scale(p, 9.3)) * 0.12;
    return ramp(0.50, 0.80, cover) * ramp(0.005, 0.05, dir.y) * (1.0 - ramp(0.12, 0.24, dir.y)) *
           ramp(0.2, 0.5, dir.z);
}

static vec3 sky(vec3 dir, bool with_sun)
{
    const double up = larger(dir.y, 0.0);
    const double cosine = dot(dir, sun_dir);
    double toward = 0.5 + 0.5 * cosine;
    toward *= toward;
    toward *= toward;
    const double low = decay(up / 0.045), middle = decay(up / 0.11);
    vec3 c = v3(0.004, 0.022, 0.105);
    c = add(c, scale(v3(0.010, 0.120, 0.190), middle));
    c = add(c, scale(v3(0.240, 0.085, 0.020), middle * (0.15 + 0.85 * toward)));
    c = add(c, scale(v3(0.900, 0.190, 0.010), low * (0.14 + 0.86 * toward * toward)));
    c = add(c, scale(v3(0.0120, 0.0042, 0.0004), forward_scatter(cosine, 0.86)));
    c = add(c, scale(v3(0.0040, 0.0021, 0.0006), forward_scatter(cosine, 0.975)));
    const vec3 lit =
        add(scale(v3(1.9, 0.50, 0.12), 0.08 + toward * toward * low * 2.5), v3(0.02, 0.03, 0.06));
    c = mix(c, mix(scale(c, 0.45), lit, 0.4), 0.75 * streaks(dir));
    if (with_sun)
        c = add(c, scale(v3(16.0, 11.0, 5.5), ramp(0.99974, 0.99982, cosine)));
    return c;
}

/* Light from all around, as three broad lamps and the sea below. */
static vec3 ambient(vec3 n)
{
    const double side = clamp01(0.22 + 0.78 * dot(n, glow_dir));
    vec3 c = scale(v3(0.07, 0.115, 0.24), 0.5 + 0.5 * n.y);
    c = add(c, scale(v3(0.80, 0.52, 0.39), side * side));
    c = add(c, scale(v3(0.30, 0.12, 0.04), clamp01(0.5 + 0.5 * n.z)));
    return add(c, scale(v3(0.018, 0.028, 0.034), 0.5 - 0.5 * n.y));
}

/* Brightness of the lamp's two beams where the ray dir, with the lamp at q from
 * its start, passes their axis closest. */
static double lamp_beam(vec3 q, vec3 dir)
{
    const vec3 axis = { -0.8944, 0.0, -0.4472 };
    const double cosine = dot(axis, dir);
    const double out = (cosine * dot(q, dir) - dot(q, axis)) / (1.0 - cosine * cosine);
    const vec3 gap = along(q, axis, out);
    const double miss2 = dot(gap, gap) - dot(gap, dir) * dot(gap, dir);
    const double radius = 0.7 + 0.05 * fabs(out);
    return 0.30 / ((1.0 + fabs(out) / 14.0) * (1.0 + fabs(out) / 14.0)) *
           decay(miss2 / (radius * radius));
}

static vec3 lamp_halo(vec3 from, vec3 dir, double t)
{
    const vec3 q = sub(lamp_centre, from);
    const double near_t = dot(q, dir);
    if (near_t < 0.0)
        return v3(0.0, 0.0, 0.0);
    const double unhidden = ramp(-14.0, -5.0, t - near_t);
    const double miss2 = dot(q, q) - near_t * near_t;
    const vec3 halo = scale(v3(1.0, 0.72, 0.36), 0.9 / (1.0 + miss2) + 0.05 / (1.0 + 0.02 * miss2));
    return scale(add(halo, scale(v3(1.0, 0.78, 0.46), lamp_beam(q, dir))), unhidden);
}

static vec3 through_air(vec3 colour, vec3 dir, double t)
{
    const vec3 air = sky(unit(v3(dir.x, 0.02, dir.z)), false);
    return mix(air, colour, decay(t / 1100.0));
}

struct paint {
    vec3 colour;    /* share of the light that is scattered back */
    double gloss;   /* 1 is varnish */
    double through; /* share of the sun's light that passes from behind */
    double glow;    /* 1 is the lamp */
};

static struct paint plain(vec3 colour, double gloss)
{
    return (struct paint){ colour, gloss, 0.0, 0.0 };
}

static struct paint paint_tower(const struct thing *tower, vec3 p)
{
    const double r = sqrt(p.x * p.x + p.z * p.z);
    const double above_floor = p.y - floor(p.y / 3.6) * 3.6;
    if (p.y < 0.5)
        return plain(scale(v3(0.10, 0.085, 0.075), 0.4 + 1.2 * fractal3(scale(p, 1.2), 4)), 0.0);
    if (p.y > 13.7 && p.y < 16.4 && r < 1.3)
        return (struct paint){ { 0.0, 0.0, 0.0 }, 0.0, 0.0, 1.0 };
    if (p.y > 12.8 && p.y < 16.4)
        return plain(v3(0.03, 0.03, 0.035), 0.3);
    if (p.y < 12.8 && fabs(p.x + 0.5) < 0.25 && fabs(above_floor - 2.2) < 0.45)
        return plain(v3(0.01, 0.01, 0.012), 0.3);
    if ((p.y > 2.8 && p.y < 6.2) || p.y > 9.6)
        return plain(v3(0.62, 0.025, 0.015), 0.3);
    return plain(tower->colour, 0.3);
}

static struct paint paint_hull(const struct thing *boat, vec3 p)
{
    double rail, breadth;
    hull_lines(p, boat->half, &rail, &breadth);
    const double below_rail = rail - p.y;
    const double plank = below_rail / 0.15 - floor(below_rail / 0.15);
    const double grain = 0.7 + 0.5 * noise3(v3(3.0 * p.x, 40.0 * p.y, 40.0 * p.z));
    if (below_rail > 0.01 && fabs(p.z) < breadth - 0.035)
        return plain(scale(v3(0.50, 0.19, 0.055), grain), 0.3);
    if (below_rail < 0.13)
        return plain(v3(0.80, 0.77, 0.70), 0.5);
    if (p.y < 0.14)
        return plain(v3(0.35, 0.02, 0.015), 0.5);
    return plain(scale(boat->colour, 0.55 + 0.45 * ramp(0.0, 0.35, plank)), 0.5);
}

/* A ball with a leaning white belt, an iron eye on top and weed along the water. */
static struct paint paint_buoy(const struct thing *ball, vec3 p)
{
    const double lean = p.y + 0.12 * p.x;
    if (lean > 1.005 * ball->half.x)
        return plain(v3(0.10, 0.10, 0.11), 0.6);
    if (p.y + ball->centre.y < 0.03 + 0.12 * noise3(scale(p, 9.0)))
        return plain(v3(0.030, 0.034, 0.014), 0.5);
    return plain(lean > 0.22 && lean < 0.42 ? v3(0.82, 0.80, 0.76) : ball->colour, 1.0);
}

/* Strata and patches; wet and dark near the water, grass on high ledges. */
static struct paint paint_rock(const struct thing *stone, vec3 p, vec3 n)
{
    const double wet = 1.0 - ramp(0.1, 0.5 + 0.12 * stone->half.y, p.y);
    const double grain = noise3(scale(p, 23.0 / stone->half.y));
    const double patch = fractal3(scale(p, 4.0 / stone->half.y), 4);
    const double layer = noise3(v3(0.3 * p.x, 5.0 * p.y + p.x, 0.3 * p.z));
    const double grass = ramp(0.75, 0.9, n.y + 0.25 * patch) * ramp(5.5, 8.0, p.y);
    const vec3 dry = scale(stone->colour, 0.20 + 1.7 * patch * patch + 0.35 * (grain + layer));
    return plain(scale(mix(dry, v3(0.045, 0.085, 0.016), grass), 1.0 - 0.7 * wet), 0.9 * wet);
}

/* Cloth with seams lets part of the sun through; the mast does not. */
static struct paint paint_sail(const struct thing *rig, vec3 p)
{
    const double panel = 1.3 * p.y - 0.25 * p.x;
    const double to_seam = 0.5 - fabs(panel - floor(panel) - 0.5);
    if (fabs(p.x) < 0.11)
        return plain(v3(0.08, 0.04, 0.02), 0.0);
    return (struct paint){ scale(rig->colour, 0.70 + 0.30 * ramp(0.02, 0.12, to_seam)), 0.0,
                           0.16 + 0.015 * p.y, 0.0 };
}

static struct paint paint_at(const struct thing *thing, vec3 p, vec3 n)
{
    const vec3 local = to_local(thing, p);
    switch (thing->shape) {
    case ROCK: return paint_rock(thing, p, n);
    case TOWER: return paint_tower(thing, local);
    case BUOY: return paint_buoy(thing, local);
    case HULL: return paint_hull(thing, local);
    case RIG: return paint_sail(thing, local);
    }
    return (struct paint){ { 0.0, 0.0, 0.0 }, 0.0, 0.0, 0.0 };
}

/* How much of the surroundings a point sees, from the clearance at three distances
 * along its normal (Evans 2006). */
static double openness(vec3 p, vec3 n, double size)
{
    const double fine = 0.06 * size, medium = 0.3 * size;
    const double a = clamp01(clearance(along(p, n, fine), 1.0, 8) / fine);
    const double b = clamp01(clearance(along(p, n, medium), 1.0, 5) / medium);
    const double c = clamp01(clearance(along(p, n, size), 2.0, 4) / size);
    return a * b * (0.4 + 0.6 * c);
}

static vec3 reflected(vec3 dir, vec3 n)
{
    return along(dir, n, -2.0 * dot(dir, n));
}

/* (1 - cos)^5, the angle's part of Schlick 1994. */
static double grazing(vec3 dir, vec3 n)
{
    const double g = 1.0 - clamp01(-dot(dir, n));
    return g * g * g * g * g;
}

/* The sky and the bright air to the left, mirrored in varnish or water film. */
static vec3 varnish(vec3 dir, vec3 n)
{
    const vec3 mirror = reflected(dir, n);
    const vec3 image = sky(unit(v3(mirror.x, fabs(mirror.y), mirror.z)), false);
    double lobe = clamp01(dot(mirror, glow_dir) / length(glow_dir));
    lobe *= lobe * lobe * lobe;
    lobe *= lobe * lobe * lobe;
    return add(scale(image, 0.04 + 0.5 * grazing(dir, n)),
               scale(v3(0.50, 0.40, 0.33), lobe * lobe));
}

static vec3 shade(struct hit hit, vec3 from, vec3 dir)
{
    const vec3 p = along(from, dir, hit.t);
    const vec3 n = surface_normal(p, 0.0004 * hit.t + 0.0005);
    const struct paint paint = paint_at(hit.thing, p, n);
    const double open = openness(p, n, smaller(1.0, 0.3 * hit.thing->bound_radius));
    const double facing = dot(n, sun_dir);
    vec3 light = scale(ambient(n), open);
    if (facing > 0.0)
        light = add(light, scale(sun_colour, facing * sun_reaching(along(p, n, 0.02), sun_dir)));
    else
        light = add(light, scale(sun_colour, -facing * paint.through));
    vec3 c = mul(light, paint.colour);
    c = add(c, scale(varnish(dir, n), paint.gloss * open));
    c = add(c, scale(v3(9.0, 7.0, 4.0), paint.glow));
    return through_air(c, dir, hit.t);
}

/* Height of the sea in metres; waves finer than `finest` are left out. */
static double swell(double x, double z, double finest)
{
    double sum = 0.0, length_m = 3.2, height = 0.20;
    for (int i = 0; i < 7; i++) {
        const double seen = ramp(0.5, 1.5, length_m / finest);
        if (seen <= 0.0)
            break;
        const double wave = noise3(v3(0.6 * x / length_m, z / length_m, (double)i));
        const double crest = 1.0 - fabs(2.0 * wave - 1.0);
        sum += seen * height * crest * crest;
        const double turned = 0.88 * x - 0.47 * z;
        z = 0.47 * x + 0.88 * z;
        x = turned + 17.0;
        length_m *= 0.55;
        height *= 0.50;
    }
    return sum;
}

static vec3 sea_normal(vec3 p, double finest, double steepness)
{
    const double step = 0.02 + 0.3 * finest;
    const double h = swell(p.x, p.z, finest);
    return unit(v3(steepness * (h - swell(p.x + step, p.z, finest)) / step, 1.0,
                   steepness * (h - swell(p.x, p.z + step, finest)) / step));
}

static double foam(vec3 p)
{
    const double edge = clearance(v3(p.x, 0.05, p.z), 2.0, 4);
    const double lace = fractal3(v3(3.0 * p.x, 0.0, 3.0 * p.z), 5);
    return (1.0 - ramp(0.0, 0.6, edge)) * (1.0 - ramp(0.14, 0.42, lace + 0.4 * edge));
}

/* Far waves are smaller than a pixel. They are flattened, and their mirror image
 * is lifted, because the slopes that face the eye are the ones it sees. */
static vec3 sea(vec3 from, vec3 dir, double t)
{
    const vec3 p = along(from, dir, t);
    const double resolved = 1.0 / (1.0 + t / 120.0);
    const vec3 n = sea_normal(p, 0.00035 * t * t / larger(from.y, 0.5), resolved);
    vec3 mirror = reflected(dir, n);
    mirror.y = fabs(mirror.y) + 0.10 * (1.0 - resolved);
    mirror = unit(mirror);
    const vec3 start = v3(p.x, 0.0, p.z);
    struct hit hit;
    vec3 image;
    if (march(start, mirror, 300.0, &hit))
        image = shade(hit, start, mirror);
    else
        image = add(sky(mirror, true),
                    scale(sun_colour, 0.0022 * forward_scatter(dot(mirror, sun_dir), 0.965)));
    vec3 c = mix(v3(0.006, 0.030, 0.040), image, 0.02 + 0.90 * grazing(dir, n));
    c = mix(c, v3(0.46, 0.42, 0.45), 0.75 * foam(p));
    return through_air(c, dir, t);
}

vec3 light_along(vec3 from, vec3 dir)
{
    const double t_sea = dir.y < -1e-6 ? -from.y / dir.y : 1e5;
    struct hit hit = { smaller(t_sea, 1e5), NULL };
    vec3 c;
    if (march(from, dir, smaller(t_sea, 400.0), &hit))
        c = shade(hit, from, dir);
    else if (t_sea < 1e5)
        c = sea(from, dir, t_sea);
    else
        c = sky(dir, true);
    return add(c, lamp_halo(from, dir, hit.t));
}
