/* Plots are read back: elements by a small parser of XML, places by walking the paths. */
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/plot.h"

static bc_plot *new_plot(const char *title)
{
    bc_plot *p = NULL;

    assert_int_equal(bc_plot_new(title, NULL, &p, NULL), BC_OK);
    return p;
}

/* Draws and releases. */
static char *svg_of(bc_plot *p)
{
    static char *svg; /* static: gcc 12 takes what it points to for a part of this frame */
    bc_error err = { 0 };

    EXPECT(bc_plot_svg(p, &svg, &err) == BC_OK, "%s", err.text);
    bc_plot_free(p);
    return svg;
}

/* A panel whose area is 200 pixels high and shows y from -1 to 1. */
static void add_unit_panel(bc_plot *p)
{
    bc_plot_add_panel(p, &(bc_plot_panel){ .y = { .low = -1.0, .high = 1.0 }, .height_px = 200 });
}

/* --- XML ----------------------------------------------------------------------------- */

static bool is_entity(const char *at)
{
    static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;" };

    for (size_t i = 0; i < 4; i++)
        if (strncmp(at, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* The end of a tag that begins at `at`, or NULL where it is not one. */
static const char *tag_end(const char *at)
{
    bool quoted = false;

    for (at++; *at && (quoted || *at != '>'); at++) {
        if (*at == '<' || (*at == '&' && !is_entity(at)))
            return NULL;
        quoted ^= *at == '"';
    }
    return *at ? at : NULL;
}

/* Tags are closed in order, and no stray < & or control character stands anywhere. */
static bool is_well_formed(const char *xml)
{
    char open[16][16];
    size_t depth = 0;

    for (const char *at = xml; *at; at++) {
        if ((unsigned char)*at < 0x20 && *at != '\n')
            return false;
        if (*at == '&' && !is_entity(at))
            return false;
        if (*at != '<')
            continue;
        const char *end = tag_end(at);
        char name[16] = "";

        if (!end || sscanf(at + 1 + (at[1] == '/'), "%15[a-z]", name) != 1)
            return false;
        if (at[1] == '/' && (depth == 0 || strcmp(open[--depth], name) != 0))
            return false;
        if (at[1] != '/' && end[-1] != '/') {
            if (depth == 16)
                return false;
            strcpy(open[depth++], name);
        }
        at = end;
    }
    return depth == 0;
}

/* Copies the text elements with this class, separated by spaces. */
static char *texts_of(const char *svg, const char *class)
{
    static char out[4096];
    char start[64];

    out[0] = '\0';
    snprintf(start, sizeof start, "<text class=\"%s\"", class);
    for (const char *at = svg; (at = strstr(at, start)); at++) {
        const char *from = strchr(at, '>') + 1;

        if (*out)
            strcat(out, " ");
        strncat(out, from, (size_t)(strchr(from, '<') - from));
    }
    return out;
}

/* What a path visits. */
typedef struct {
    size_t n_moves, n_points;
    double x_low, x_high, y_low, y_high;
} walk;

static const char *number(const char *at, double *value)
{
    char *end;

    while (*at == ' ')
        at++;
    /* ".5.3" is two numbers only after a separator, which is always written here */
    *value = strtod(at, &end);
    return end;
}

/* Walks the first path whose class begins with `class`. */
static walk walk_of(const char *svg, const char *class)
{
    walk w = { .x_low = INFINITY, .x_high = -INFINITY, .y_low = INFINITY, .y_high = -INFINITY };
    double x = 0.0, y = 0.0, dx, dy;
    char start[64], command = 'M';

    snprintf(start, sizeof start, "<path class=\"%s", class);
    const char *at = strstr(svg, start);

    EXPECT(at, "no path of class %s in:\n%s", class, svg);
    for (at = strstr(at, " d=\"") + 4; *at != '"';) {
        if (isalpha((unsigned char)*at))
            command = *at++;
        if (command == 'z')
            continue;
        dx = dy = 0.0;
        if (command != 'v')
            at = number(at, &dx);
        if (command != 'h')
            at = number(at, &dy);
        x = command == 'M' ? dx : x + dx;
        y = command == 'M' ? dy : y + dy;
        w.n_moves += command == 'M';
        w.n_points++;
        w.x_low = fmin(w.x_low, x);
        w.x_high = fmax(w.x_high, x);
        w.y_low = fmin(w.y_low, y);
        w.y_high = fmax(w.y_high, y);
    }
    return w;
}

static void is_xml(void **state)
{
    bc_plot *p = new_plot("a < b & \"c\" > d");
    const double x[] = { 1, 2, 3 };

    (void)state;
    EXPECT(!is_well_formed("<a><b></a>") && !is_well_formed("<a>&</a>") &&
               !is_well_formed("<a b=\"<\"/>"),
           "the parser of this test lets pass what is not XML");
    bc_plot_add_panel(p,
                      &(bc_plot_panel){ .title = "<&\">", .x = { .label = "<x>", .unit = "&" } });
    bc_plot_add(p, &(bc_plot_series){ .n = 3, .x = x, .y = x, .label = "\x01 \xff \xed\xa0\x80" });
    bc_plot_vertical(p, 2.0, "</text>");
    char *svg = svg_of(p);

    EXPECT(is_well_formed(svg), "not well-formed:\n%s", svg);
    EXPECT(strstr(svg, "<title>a &lt; b &amp; &quot;c&quot; &gt; d</title>"), "title:\n%s", svg);
    EXPECT(strstr(svg, "<desc>&lt;&amp;&quot;&gt;</desc>"), "description:\n%s", svg);
    EXPECT(strstr(svg, ">&lt;x&gt; (&amp;)</text>"), "axis:\n%s", svg);
    EXPECT(strstr(svg, ">\xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd</text>"),
           "what is no UTF-8, or not allowed in XML, becomes U+FFFD byte by byte:\n%s", svg);
    EXPECT(strstr(svg, "role=\"img\"") && strstr(svg, "prefers-color-scheme"), "%s", svg);
    free(svg);
}

/* --- ticks --------------------------------------------------------------------------- */

static void ticks(void **state)
{
    /* On 848 pixels, or 838 where numbers stand at the left. */
    static const struct {
        bc_plot_scale scale;
        double low, high;
        const char *numbers;
        bool is_whole;
    } rows[] = {
        { BC_PLOT_LINEAR, 0.5, 3.5, "1 2 3", true },
        { BC_PLOT_LINEAR, 0.75, 1.25, "1", true },
        { BC_PLOT_LINEAR, 0.5, 1.5, "1", true },
        { BC_PLOT_LINEAR, 0.75, 8.25, "1 2 3 4 5 6 7 8", true },
        { BC_PLOT_LINEAR, 0, 40, "0 5 10 15 20 25 30 35 40", true },
        { BC_PLOT_LINEAR, 0, 10, "0 1 2 3 4 5 6 7 8 9 10", false },
        { BC_PLOT_LINEAR, 0, 0.25, "0 0.02 0.04 0.06 0.08 0.1 0.12 0.14 0.16 0.18 0.2 0.22 0.24",
          false },
        { BC_PLOT_LINEAR, -1, 1,
          "\xe2\x88\x92"
          "1 \xe2\x88\x92"
          "0.8 \xe2\x88\x92"
          "0.6 \xe2\x88\x92"
          "0.4 \xe2\x88\x92"
          "0.2 0 0.2 0.4 0.6 0.8 1",
          false },
        { BC_PLOT_LINEAR, 0, 24000, "0 2k 4k 6k 8k 10k 12k 14k 16k 18k 20k 22k 24k", false },
        { BC_PLOT_LINEAR, 1999, 2005,
          "1999 1999.5 2000 2000.5 2001 2001.5 2002 2002.5 2003 "
          "2003.5 2004 2004.5 2005",
          false },
        { BC_PLOT_LINEAR, 0, 5e-5,
          "0 5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb6 10\xe2\x81\xbb\xe2\x81\xb5 1.5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 2\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 2.5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 3\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 3.5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 4\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 4.5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5 5\xc2\xb7"
          "10\xe2\x81\xbb\xe2\x81\xb5",
          false },
        { BC_PLOT_LOG, 20, 20000, "20 50 100 200 500 1k 2k 5k 10k 20k", false },
        { BC_PLOT_LOG, 1, 1e6, "1 10 100 1k 10k 100k 1M", false },
        { BC_PLOT_LOG, 1e-4, 1,
          "10\xe2\x81\xbb\xe2\x81\xb4 10\xe2\x81\xbb\xc2\xb3 10\xe2\x81\xbb\xc2\xb2 "
          "10\xe2\x81\xbb\xc2\xb9 10\xe2\x81\xb0",
          false },
        { BC_PLOT_LOG, 3, 4, "3 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 4", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_plot *p = new_plot(NULL);

        bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .scale = rows[i].scale,
                                                      .low = rows[i].low,
                                                      .high = rows[i].high,
                                                      .is_whole = rows[i].is_whole },
                                               .y = { .scale = BC_PLOT_NONE } });
        char *svg = svg_of(p);

        EXPECT(strcmp(texts_of(svg, "m"), rows[i].numbers) == 0, "%g to %g: %s, expected %s",
               rows[i].low, rows[i].high, texts_of(svg, "m"), rows[i].numbers);
        free(svg);
    }
}

/* Neighbouring ticks are 1, 2 or 5 times a power of ten apart, and the data lie between the
 * first and the last one. */
static void nice_ranges(void **state)
{
    static const double ends[][2] = {
        { 0, 1 },     { -3, 17 },       { 0.013, 0.014 }, { -96.3, -20.1 }, { 5, 5 },
        { 0, 0 },     { -1e-7, 3e-7 },  { 1e9, 1e9 + 7 }, { 0, 255 },       { -1e20, 1e20 },
        { 7e6, 9e6 }, { 1e-30, 2e-30 }, { 0, 5e-324 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        bc_plot *p = new_plot(NULL);
        const double x[] = { 0, 1 };

        bc_plot_add_panel(p, &(bc_plot_panel){ .height_px = 200 });
        bc_plot_add(p, &(bc_plot_series){ .n = 2, .x = x, .y = ends[i] });
        char *svg = svg_of(p);
        const walk w = walk_of(svg, "c1 l");

        EXPECT(w.y_low >= 0.0 && w.y_high <= 200.0, "%g to %g: drawn from %g to %g of 200",
               ends[i][0], ends[i][1], w.y_low, w.y_high);
        EXPECT(w.y_high - w.y_low >= (ends[i][1] - ends[i][0] > 1e-300 ? 50.0 : 0.0),
               "%g to %g: drawn from %g to %g of 200", ends[i][0], ends[i][1], w.y_low, w.y_high);
        EXPECT(is_well_formed(svg) && strlen(texts_of(svg, "e")) >= 3, "%g to %g: ticks '%s'",
               ends[i][0], ends[i][1], texts_of(svg, "e"));
        free(svg);
    }
}

/* --- series -------------------------------------------------------------------------- */

static void extremes(void **state)
{
    static double y[300000];
    bc_plot *p = new_plot(NULL);

    (void)state;
    for (size_t i = 0; i < 300000; i++)
        y[i] = 1e-3 * (double)(i % 7);
    y[123456] = 0.9;
    y[234567] = -0.7;
    add_unit_panel(p);
    bc_plot_add(p, &(bc_plot_series){ .n = 300000, .y = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BAND, .n = 300000, .y = y, .y2 = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BARS, .n = 300000, .y = y });
    char *svg = svg_of(p);
    const walk line = walk_of(svg, "c1"), band = walk_of(svg, "c2"), bars = walk_of(svg, "c3 p");

    EXPECT_NEAR(line.y_low, 10.0, 0.051, "0.9, in pixels from the top");
    EXPECT_NEAR(line.y_high, 170.0, 0.051, "-0.7");
    EXPECT_NEAR(band.y_low, 10.0, 0.051, "0.9");
    EXPECT_NEAR(band.y_high, 170.0, 0.051, "-0.7");
    EXPECT_NEAR(bars.y_low, 10.0, 0.051, "0.9");
    EXPECT_NEAR(bars.y_high, 170.0, 0.051, "-0.7");
    EXPECT(line.n_points <= 2 * 900 && band.n_points <= 2 * 900, "%zu and %zu points",
           line.n_points, band.n_points);
    EXPECT_NEAR(line.x_low, 0.0, 0.0, "left end");
    EXPECT(line.x_high > 700.0, "right end %g", line.x_high);
    free(svg);
}

/* 0 dB and -infinity dB by turns are -3.01 dB of mean power; as means, 1 and 0 are 0.5. */
static void means(void **state)
{
    static double db[100000], y[100000];
    bc_plot *p = new_plot(NULL);

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        db[i] = i % 2 ? 0.0 : -300.0;
        y[i] = (double)(i % 2);
    }
    for (int k = 0; k < 2; k++) {
        bc_plot_add_panel(p, &(bc_plot_panel){ .y = { .low = k ? -1 : -10, .high = k ? 1 : 0 },
                                               .height_px = 200 });
        bc_plot_add(p, &(bc_plot_series){
                           .n = 100000,
                           .y = k ? y : db,
                           .tone = k ? BC_PLOT_QUIET : BC_PLOT_NEXT,
                           .thinning = k ? BC_PLOT_MEAN : BC_PLOT_MEAN_POWER,
                       });
    }
    char *svg = svg_of(p);
    const walk power = walk_of(svg, "c1"), mean = walk_of(svg, "cq");

    /* Columns hold about 120 values: one value more of a kind moves the mean by 1/240. */
    EXPECT_NEAR(0.5 * (power.y_low + power.y_high), 20.0 * 3.0103, 0.8, "mean power");
    EXPECT_NEAR(0.5 * (mean.y_low + mean.y_high), 50.0, 0.8, "mean");
    free(svg);
}

/* Codes of a sound that uses one of four: bars of three codes would be empty by turns. */
static void bars_share_codes_evenly(void **state)
{
    static double counts[2048];
    bc_plot *p = new_plot(NULL);

    (void)state;
    for (size_t i = 0; i < 2048; i += 4)
        counts[i] = 1.0;
    add_unit_panel(p);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BARS, .n = 2048, .y = counts });
    char *svg = svg_of(p);
    const walk bars = walk_of(svg, "c1 f");

    assert_int_equal(bars.n_moves, 1); /* neighbours that touch are one outline */
    EXPECT_NEAR(bars.y_low, 75.0, 0.051, "a mean of 1/4, in pixels from the top");
    free(svg);
}

static void gaps(void **state)
{
    const double y[] = { NAN, 0, 0.5, NAN, NAN, INFINITY, 0.25, -INFINITY, 0, 0.1, -0.3 };
    bc_plot *p = new_plot(NULL);

    (void)state;
    add_unit_panel(p);
    bc_plot_add(p, &(bc_plot_series){ .n = 11, .y = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BAND, .n = 11, .y = y, .y2 = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_POINTS, .n = 11, .y = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_STEP, .n = 0 });
    bc_plot_horizontal(p, NAN, "nowhere");
    char *svg = svg_of(p);

    assert_int_equal(walk_of(svg, "c1").n_moves, 3); /* runs of 2, 1 and 3 */
    assert_int_equal(walk_of(svg, "c2").n_moves, 3);
    assert_int_equal(walk_of(svg, "c3").n_moves, 6);
    EXPECT(is_well_formed(svg) && !strstr(svg, "nan") && !strstr(svg, "inf"), "%s", svg);
    free(svg);
}

static void log_axes_leave_out_what_is_not_above_0(void **state)
{
    const double v[] = { 0, -1, 1, 10, 100 };
    bc_plot *p = new_plot(NULL);

    (void)state;
    bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .scale = BC_PLOT_LOG },
                                           .y = { .scale = BC_PLOT_LOG },
                                           .height_px = 200 });
    bc_plot_add(p, &(bc_plot_series){ .n = 5, .x = v, .y = v });
    char *svg = svg_of(p);
    const walk w = walk_of(svg, "c1");

    EXPECT(w.n_moves == 1 && w.n_points == 3, "%zu moves, %zu points", w.n_moves, w.n_points);
    EXPECT(w.y_low == 0.0 && w.y_high == 200.0, "drawn from %g to %g", w.y_low, w.y_high);
    free(svg);
}

/* The 15 values of a 4-bit float (sign, 2, 1): each of its marks is drawn once, on its row. */
static void number_lines(void **state)
{
    const double e2m1[] = { -6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6 };
    const double int3[] = { -4, -3, -2, -1, 0, 1, 2, 3 };
    bc_plot *p = new_plot(NULL);

    (void)state;
    bc_plot_add_panel(p, &(bc_plot_panel){ .y = { .scale = BC_PLOT_NONE }, .height_px = 80 });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_MARKS, .n = 15, .x = e2m1, .label = "e2m1" });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_MARKS, .n = 8, .x = int3, .label = "int3" });
    char *svg = svg_of(p);
    const walk one = walk_of(svg, "c1"), other = walk_of(svg, "c2");

    EXPECT(one.n_moves == 15 && other.n_moves == 8, "%zu and %zu marks", one.n_moves,
           other.n_moves);
    EXPECT(one.y_high < 40.0 && other.y_low > 40.0, "rows to %g and from %g", one.y_high,
           other.y_low);
    /* -4 to 3 is 7 parts of the 12 from -6 to 6 */
    EXPECT_NEAR((other.x_high - other.x_low) / (one.x_high - one.x_low), 7.0 / 12.0, 2e-4, "width");
    free(svg);
}

/* --- labels -------------------------------------------------------------------------- */

/* Lines that all end at one point have labels one below the other, all within the picture. */
static void labels(void **state)
{
    bc_plot *p = new_plot(NULL);
    const double y[] = { 0, -0.99 };
    double before = -INFINITY, height;

    (void)state;
    bc_plot_add_panel(p, &(bc_plot_panel){ .y = { .low = -1, .high = 1 }, .height_px = 60 });
    for (int i = 0; i < 9; i++)
        bc_plot_add(p, &(bc_plot_series){ .n = 2, .y = y, .label = "a line" });
    char *svg = svg_of(p);
    int n = 0;

    height = strtod(strstr(svg, " height=\"") + 9, NULL);
    for (const char *at = svg; (at = strstr(at, ">a line<")); at++, n++) {
        const char *from = at;
        double y_px;

        while (strncmp(from, " y=\"", 4) != 0)
            from--;
        y_px = strtod(from + 4, NULL);
        EXPECT(y_px >= before + 12.0, "label %d at %g, the one before at %g", n, y_px, before);
        EXPECT(y_px < height - 8.0, "label %d at %g of %g", n, y_px, height);
        before = y_px;
    }
    assert_int_equal(n, 9);
    free(svg);
}

/* A line from 0 to 1, and its label as the text element that holds it. */
static void in_narrow_plots_labels_stand_above(void **state)
{
    static const double y[] = { 0.0, 1.0 };

    (void)state;
    for (unsigned width = 300; width <= 1200; width += 50) {
        bc_plot *p = new_plot(NULL);
        double x_px, y_px;

        bc_plot_width(p, width);
        add_unit_panel(p);
        bc_plot_add(p, &(bc_plot_series){ .n = 2, .y = y, .label = "a long label of a line" });
        char *svg = svg_of(p), expected[64];
        const walk line = walk_of(svg, "c1 l");
        const char *at = strstr(svg, ">a long"); /* the first line of it, where it is broken */

        snprintf(expected, sizeof expected, "viewBox=\"0 0 %u ", width);
        EXPECT(strstr(svg, expected), "no %s", expected);
        while (strncmp(at, " x=\"", 4) != 0)
            at--;
        x_px = strtod(at + 4, NULL);
        y_px = strtod(strstr(at, " y=\"") + 4, NULL);
        if (width < 600)
            EXPECT(y_px < 0.0 && line.x_high > 0.7 * width, "%u: label at %g, line to %g", width,
                   y_px, line.x_high);
        else
            EXPECT(x_px > line.x_high && y_px >= 0.0, "%u: label at %g, %g", width, x_px, y_px);
        free(svg);
    }
}

/* --- the whole ----------------------------------------------------------------------- */

/* The three panels of a report on sound, from a fixed generator. */
static bc_plot *of_sound(void)
{
    static double bins[60000];
    double counts[256], wave[1000];
    uint32_t random = 1;
    bc_envelope *e = NULL;
    bc_plot *p = new_plot("sound");

    assert_int_equal(bc_envelope_new(0, 1600, &e, NULL), BC_OK);
    for (int i = 0; i < 500; i++) {
        for (int k = 0; k < 1000; k++)
            wave[k] = (double)(random = random * 1664525u + 1013904223u) / 4294967296.0 - 0.5;
        bc_envelope_add(e, wave, 1000, 1);
    }
    for (int i = 0; i < 60000; i++)
        bins[i] = -90.0 - (double)((random = random * 1664525u + 1013904223u) >> 24) / 8.0;
    for (int i = 0; i < 256; i++)
        counts[i] = (double)(i * (255 - i));
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "waveform",
                                           .x = { .label = "time", .unit = "s" },
                                           .y = { .label = "value" } });
    bc_plot_add_envelope(p, e, 1.0 / 48000.0, "left");
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "error",
                                           .x = { .label = "frequency",
                                                  .unit = "Hz",
                                                  .scale = BC_PLOT_LOG,
                                                  .low = 20,
                                                  .high = 24000 },
                                           .y = { .label = "level" } });
    bc_plot_add(p, &(bc_plot_series){ .n = 60000, .y = bins, .x_step = 0.4, .label = "each" });
    bc_plot_add(p, &(bc_plot_series){ .thinning = BC_PLOT_MEAN_POWER,
                                      .n = 60000,
                                      .y = bins,
                                      .x_step = 0.4,
                                      .label = "mean" });
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "codes",
                                           .x = { .label = "code" },
                                           .y = { .label = "samples" } });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BARS, .n = 256, .y = counts });
    bc_envelope_free(e);
    return p;
}

static void small_and_the_same(void **state)
{
    static const char *const commas[] = { "de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "nl_NL.UTF-8" };
    char *svg = svg_of(of_sound());

    (void)state;
    EXPECT(is_well_formed(svg), "not well-formed:\n%s", svg);
    EXPECT(strlen(svg) < 60000, "%zu bytes", strlen(svg));
    for (size_t i = 0; i < 4 && !setlocale(LC_ALL, commas[i]); i++)
        ;
    char *again = svg_of(of_sound()); /* under a comma, where this system has one */

    setlocale(LC_ALL, "C");
    assert_string_equal(svg, again);
    free(svg);
    free(again);
}

static void faults(void **state)
{
    static const bc_plot_axis bad[] = {
        { "f", "Hz", BC_PLOT_LOG, 0, 20000, false, NULL, 0 },
        { "f", "Hz", BC_PLOT_LOG, -1, 1, false, NULL, 0 },
        { "t", "s", BC_PLOT_LINEAR, 2, 1, false, NULL, 0 },
        { "t", "s", BC_PLOT_LINEAR, 0, NAN, false, NULL, 0 },
        { "t", "s", BC_PLOT_LINEAR, 0, INFINITY, false, NULL, 0 },
        { "t", "s", BC_PLOT_LINEAR, 0, 5e-324, false, NULL, 0 }, /* no step divides these */
        { "t", "s", BC_PLOT_LINEAR, 1, 1 + 1e-15, false, NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bc_plot *p = new_plot("x");
        bc_error err = { 0 };
        char *svg = NULL;

        bc_plot_add_panel(p, &(bc_plot_panel){ .x = bad[i] });
        bc_plot_add_panel(p, &(bc_plot_panel){ .title = "a good one" });
        EXPECT(bc_plot_svg(p, &svg, &err) == BC_E_USAGE && !svg && strstr(err.text, bad[i].label),
               "row %zu: %s", i, err.text);
        bc_plot_free(p);
    }
    char *svg = svg_of(new_plot(NULL)); /* nothing at all is a picture, too */

    assert_true(is_well_formed(svg));
    free(svg);
    bc_plot_free(NULL);
}

/* --- envelope ------------------------------------------------------------------------ */

static void envelope_cuts(void **state)
{
    static const size_t cuts[] = { 1, 7, 4096, 50000 };
    static const uint64_t expected[] = { 0, 1, 999, 50000, 50001, 1000000 };
    static double x[2 * 50000];
    double low = INFINITY, high = -INFINITY, power = 0.0;

    (void)state;
    for (size_t i = 0; i < 50000; i++) {
        x[2 * i] = sin((double)i * 0.37) * (double)i; /* every second value: stride 2 */
        x[2 * i + 1] = 1e9;
        if (i % 1000 == 17)
            x[2 * i] = NAN;
        else
            power += x[2 * i] * x[2 * i];
        low = fmin(low, x[2 * i]);
        high = fmax(high, x[2 * i]);
    }
    for (size_t k = 0; k < 6; k++) {
        bc_envelope *one = NULL;
        const bc_envelope_column *a, *b;
        uint64_t width;

        assert_int_equal(bc_envelope_new(expected[k], 100, &one, NULL), BC_OK);
        bc_envelope_add(one, x, 50000, 2);
        const size_t n = bc_envelope_columns(one, &a, &width);
        bc_envelope_column all = { INFINITY, -INFINITY, 0.0, 0 };

        EXPECT(n <= 100 && n == (50000 + width - 1) / width, "%zu columns of %llu", n,
               (unsigned long long)width);
        EXPECT(n >= 50 || expected[k] > 100000, "%zu columns", n);
        for (size_t i = 0; i < n; i++) {
            all.low = fmin(all.low, a[i].low);
            all.high = fmax(all.high, a[i].high);
            all.sum_squares += a[i].sum_squares;
            all.n += a[i].n;
        }
        EXPECT(all.low == low && all.high == high && all.n == 49950, "extremes");
        EXPECT_NEAR(all.sum_squares / power, 1.0, 1e-12, "sum of squares");
        for (size_t c = 0; c < 4; c++) {
            bc_envelope *other = NULL;

            assert_int_equal(bc_envelope_new(expected[k], 100, &other, NULL), BC_OK);
            for (size_t i = 0; i < 50000; i += cuts[c])
                bc_envelope_add(other, x + 2 * i, 50000 - i < cuts[c] ? 50000 - i : cuts[c], 2);
            EXPECT(bc_envelope_columns(other, &b, NULL) == n && memcmp(a, b, n * sizeof *a) == 0,
                   "%llu expected, cut at %zu", (unsigned long long)expected[k], cuts[c]);
            bc_envelope_free(other);
        }
        bc_envelope_free(one);
    }
}

static void envelope_limits(void **state)
{
    bc_envelope *e = NULL;
    const bc_envelope_column *columns;
    const double nothing[] = { NAN, INFINITY, -INFINITY };

    (void)state;
    assert_int_equal(bc_envelope_new(0, 1, &e, NULL), BC_E_USAGE);
    assert_int_equal(bc_envelope_new(0, SIZE_MAX, &e, NULL), BC_E_USAGE);
    assert_int_equal(bc_envelope_new(UINT64_MAX, 3, &e, NULL), BC_OK);
    assert_int_equal(bc_envelope_columns(e, &columns, NULL), 0);
    bc_envelope_add(e, nothing, 3, 1);
    assert_int_equal(bc_envelope_columns(e, &columns, NULL), 1);
    EXPECT(columns[0].n == 0 && isnan(columns[0].low) && isnan(columns[0].high), "%g to %g",
           columns[0].low, columns[0].high);
    bc_plot *p = new_plot(NULL);

    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "nothing" });
    bc_plot_add_envelope(p, e, 1.0, NULL);
    char *svg = svg_of(p);

    EXPECT(is_well_formed(svg), "%s", svg);
    free(svg);
    bc_envelope_free(e);
    bc_envelope_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a plot is well-formed XML whatever its texts contain", is_xml),
        SENTENCE("ticks stand at 1, 2 or 5 times powers of ten", ticks),
        SENTENCE("ranges are widened to hold the data", nice_ranges),
        SENTENCE("thinning keeps the lowest and the highest value", extremes),
        SENTENCE("thinning to means gives the mean, or the mean power", means),
        SENTENCE("bars of many codes stand for as many codes each", bars_share_codes_evenly),
        SENTENCE("values that are not finite are gaps", gaps),
        SENTENCE("values that are not above 0 are gaps on log axes",
                 log_axes_leave_out_what_is_not_above_0),
        SENTENCE("number lines have a mark for each value", number_lines),
        SENTENCE("labels of lines that end together do not touch", labels),
        SENTENCE("labels stand above the panels of narrow plots",
                 in_narrow_plots_labels_stand_above),
        SENTENCE("a plot of sound is small and has the same bytes again", small_and_the_same),
        SENTENCE("an axis that cannot be is remembered", faults),
        SENTENCE("an envelope does not depend on how the signal is cut", envelope_cuts),
        SENTENCE("an envelope of nothing is nothing", envelope_limits),
    };

    return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
