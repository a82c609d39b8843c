/* Knows the threshold of hearing, and curves in its place that come from a file. They decide
 * the taps of noise shapers, so they are computed by basic operations (core/elementary.h). */
#include "bitcrush/hearing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/source.h"
#include "core/elementary.h"

enum { MAX_TEXT = 1 << 16 };

static const double max_db = 1000.0;

double bc_hearing_threshold_db(double hz)
{
    const double f = (hz > 20.0 ? hz : 20.0) / 1000.0, from_canal = f - 3.3;

    return 3.64 * bci_exp(-0.8 * bci_ln(f)) - 6.5 * bci_exp(-0.6 * from_canal * from_canal) +
           1e-3 * (f * f) * (f * f);
}

double bc_curve_db(const bc_curve *curve, double hz)
{
    size_t i = 0; /* the first point above hz */

    if (!curve)
        return bc_hearing_threshold_db(hz);
    while (i < curve->n && curve->hz[i] <= hz)
        i++;
    if (i == 0)
        return curve->db[0];
    if (i == curve->n)
        return curve->db[i - 1];
    const double below = bci_ln(curve->hz[i - 1]), above = bci_ln(curve->hz[i]);

    return curve->db[i - 1] +
           (curve->db[i] - curve->db[i - 1]) * ((bci_ln(hz) - below) / (above - below));
}

/* --- files --------------------------------------------------------------------------- */

/* A number at *text, which is moved behind it; NaN where there is none. */
static double number(char **text)
{
    char *end;
    const double v = bci_read_double(*text, &end);

    if (end == *text || !isfinite(v))
        return NAN;
    *text = end;
    return v;
}

static bc_status add_line(bc_curve *c, char *line, const char *path, unsigned number_of_line,
                          bc_error *err)
{
    line[strcspn(line, "#")] = '\0';
    if (line[strspn(line, " \t\r")] == '\0')
        return BC_OK;
    const double hz = number(&line), db = number(&line);

    if (hz != hz || db != db || line[strspn(line, " \t\r")] != '\0')
        return bci_fail(err, BC_E_FORMAT,
                        "%s: line %u is no point, expected frequency in Hz and threshold in dB",
                        path, number_of_line);
    if (!(hz > 0.0) || (c->n > 0 && !(hz > c->hz[c->n - 1])))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: frequency %g in line %u, expected above %g as they rise", path, hz,
                        number_of_line, c->n > 0 ? c->hz[c->n - 1] : 0.0);
    if (fabs(db) > max_db)
        return bci_fail(err, BC_E_FORMAT, "%s: threshold %g in line %u, expected -%g to %g dB",
                        path, db, number_of_line, max_db, max_db);
    if (c->n == BC_CURVE_MAX_POINTS)
        return bci_fail(err, BC_E_LIMIT, "%s: has more than %d point(s)", path,
                        BC_CURVE_MAX_POINTS);
    c->hz[c->n] = hz;
    c->db[c->n++] = db;
    return BC_OK;
}

static bc_status parse(char *text, const char *path, bc_curve *out, bc_error *err)
{
    unsigned number_of_line = 1;
    bc_status st = BC_OK;

    for (char *line = text, *next; !st && line; line = next, number_of_line++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        st = add_line(out, line, path, number_of_line, err);
    }
    if (!st && out->n == 0)
        st =
            bci_fail(err, BC_E_FORMAT, "%s: has no point, expected lines such as '1000 4.2'", path);
    return st;
}

bc_status bc_curve_load(const char *path, bc_curve *out, bc_error *err)
{
    bc_curve curve = { 0 };
    bci_source *source = NULL;
    char *text = NULL;
    bc_status st = bci_source_open(path, NULL, &source, err);

    if (st)
        return st;
    text = malloc(MAX_TEXT + 1);
    if (!text) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory", source->name);
        goto done;
    }
    const size_t n = bci_source_read(source, text, MAX_TEXT + 1);

    st = bci_source_status(source, err);
    if (st) {
        ; /* said already */
    } else if (n > MAX_TEXT) {
        st = bci_fail(err, BC_E_LIMIT, "%s: is larger than %d byte(s), expected a curve",
                      source->name, MAX_TEXT);
    } else if (memchr(text, '\0', n)) {
        st = bci_fail(err, BC_E_FORMAT, "%s: is no text, expected a curve", source->name);
    } else {
        text[n] = '\0';
        st = parse(text, source->name, &curve, err);
    }
    if (!st)
        *out = curve;
done:
    free(text);
    bci_source_free(source);
    return st;
}
