/* Pages: a report as one HTML file that needs nothing else.
 *
 * A page is a title and sections, filled from the first to the last. Everything given is copied;
 * texts are UTF-8, and what is not, or not allowed in XML, shows as U+FFFD. The page follows light
 * and dark screens, fits narrow ones, is used by keyboard and read aloud; it is well-formed XML
 * too, runs no script but its own, and asks nobody for anything: media are inside as data URIs.
 * What goes wrong on the way is remembered and returned by bc_html_finish. */
#ifndef BITCRUSH_HTML_H
#define BITCRUSH_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/plot.h"
#include "bitcrush/report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bc_html bc_html;

/* An empty page. `lead` is a sentence below the title, or NULL. BC_E_LIMIT when memory is short. */
BC_API BC_NODISCARD bc_status bc_html_new(const char *title, const char *lead, bc_html **out,
                                          bc_error *err);

/* Begin a section; what follows goes into it. */
BC_API void bc_html_section(bc_html *h, const char *heading);

/* A smaller heading inside it. */
BC_API void bc_html_heading(bc_html *h, const char *heading);

BC_API void bc_html_paragraph(bc_html *h, const char *text);

/* A command, to be copied. */
BC_API void bc_html_command(bc_html *h, const char *text);

/* The facts of some sections of a report (NULL behind the last; "" are those without a section),
 * each with its name, its value and one sentence that says what it means. Every value is also
 * there as bc_report_json has it: <data value="...">, in a row with data-fact="section.key". */
BC_API void bc_html_facts(bc_html *h, const bc_report *r, const char *caption,
                          const char *const *sections);

/* The rows of a table of the report as bars of the number `key`, the lowest first or in the order
 * of the table; n_most of them, and how many are left out. Rows without the number are counted,
 * too. The first fact of a row is its name. Nothing for a report without the table. */
BC_API void bc_html_bars(bc_html *h, const bc_report *r, const char *table, const char *caption,
                         const char *key, bool lowest_first, size_t n_most);

/* A table of texts: n_columns heads, and row by row n_rows * n_columns cells (NULL is empty), the
 * first of each row its name. */
BC_API void bc_html_table(bc_html *h, const char *caption, const char *const *heads,
                          size_t n_columns, const char *const *cells, size_t n_rows);

/* A figure, drawn for wide and for narrow screens (its width is set here). */
BC_API void bc_html_plot(bc_html *h, bc_plot *p, const char *caption);

/* A histogram of codes as bars, in a figure: counts[0..n), the first at code `first`. Nothing where
 * *st is not BC_OK, which it becomes otherwise where memory is short. */
BC_API void bc_html_codes(bc_html *h, const char *heading, const uint64_t *counts, size_t n,
                          double first, const char *label, const char *caption, bc_error *err,
                          bc_status *st);

/* Bytes of a picture or sound, and what is said of it. */
typedef struct {
    const char *type; /* "image/png", "audio/wav" */
    const uint8_t *data;
    size_t n;
    uint32_t width, height; /* of a picture, as it is shown */
    bool shows_pixels;      /* a picture whose pixels are to stay squares */
    const char *alt;        /* instead of a picture; the name of a player */
    const char *caption;    /* below it */
} bc_html_media;

BC_API void bc_html_picture(bc_html *h, const bc_html_media *m);

/* Two pictures of one size, one over the other, with a slider between; both of them below each
 * other where no script runs. */
BC_API void bc_html_pair(bc_html *h, const bc_html_media *before, const bc_html_media *after);

BC_API void bc_html_player(bc_html *h, const bc_html_media *m);

/* The page as text, *n bytes, of which *n_media are media. The caller frees *out. Returns the
 * error remembered first, if there is one. h takes nothing more. */
BC_API BC_NODISCARD bc_status bc_html_finish(bc_html *h, char **out, size_t *n, size_t *n_media,
                                             bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_html_free(bc_html *h);

#ifdef __cplusplus
}
#endif
#endif
