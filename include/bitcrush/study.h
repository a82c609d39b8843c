/* Studies: what is done with a file of any medium beside reducing it. A sweep over depths, as
 * figures and as a plot, and pages about one file or several.
 *
 * All of it goes by the rows of the media and knows none of them. */
#ifndef BITCRUSH_STUDY_H
#define BITCRUSH_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/medium.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All media, the first of which says what is wrong with a file that none knows. */
BC_API size_t bc_media(const bc_medium *const **out);

/* The medium whose files begin so, or NULL. */
BC_API const bc_medium *bc_medium_of_head(const uint8_t *head, size_t n);

/* The same, and by the name of the file where nobody knows its first bytes. */
BC_API const bc_medium *bc_medium_named(const char *path, const uint8_t *head, size_t n);

/* The medium of a regular file, and what it is, as "a WAV sound"; NULL where nobody knows. */
BC_API const bc_medium *bc_medium_of_file(const char *path, char what[48]);

/* BC_E_UNSUPPORTED for a regular file that no medium reads but whose kind is known by its first
 * bytes: the sentence says what it is and what makes a file of it that is read, "in.webp: is a WebP
 * picture, expected PNG, ...". BC_OK for others. */
BC_API bc_status bc_kind_refuse(const char *path, bc_error *err);

/* BC_E_UNSUPPORTED, for a file that no medium knows: as bc_kind_refuse, or that nobody knows it. */
BC_API bc_status bc_medium_unknown(const char *path, bc_error *err);

/* Can a file be read more than once? BC_E_OPEN of a directory, BC_E_UNSUPPORTED of a pipe. What is
 * not there is left to whoever opens it. */
BC_API BC_NODISCARD bc_status bc_file_rereadable(const char *path, bc_error *err);

/* The medium of a file that is read more than once. BC_E_OPEN, BC_E_UNSUPPORTED. */
BC_API BC_NODISCARD bc_status bc_medium_of_rereadable(const char *path, const bc_medium **m,
                                                      bc_error *err);

/* BC_E_UNSUPPORTED, with what the file is and which program takes it, where it is of another medium
 * than `m`; with a deed that no other has ("restore"; else NULL), that this takes `m` alone. */
BC_API BC_NODISCARD bc_status bc_medium_refuse(const char *path, const bc_medium *m,
                                               const char *deed, bc_error *err);

/* BC_E_UNSUPPORTED for two files of different media. */
BC_API BC_NODISCARD bc_status bc_media_check_pair(const char *a, const char *b, bc_error *err);

/* What file the value of a setting names ("palette"), by the first medium that knows; or NULL. */
BC_API const char *bc_file_of_setting(const bc_setting *s);

/* What an output is called where nobody says: "photo-4bit.png" for "dir/photo.jpg", beside it or in
 * `directory` (NULL: beside); standard output, "-", of standard input that goes to no directory.
 * `choice` is what bc_medium.choice, or a deed, says of it. The caller frees it; NULL: out of
 * memory. */
BC_API char *bc_output_name(const bc_medium *m, const void *job, const char *in, const char *choice,
                            const char *directory);

/* --- sweeping */

enum { BC_SWEEP_MAX_BITS = 24 };

/* A file at several depths: undithered, and with dither. */
typedef struct {
    const bc_medium *medium;
    const char *path;
    char dither[64]; /* the name; "none": the rows of `dithered` are empty */
    const char *light;
    uint64_t seed;
    char measured[160]; /* see bc_series */
    int first, last;    /* bits that were asked for */
    bc_law law;         /* see bc_series */
    int n_rows;         /* the same in both: one at each depth, or family by family */
    bc_depth_row plain[BC_SWEEP_MAX_ROWS], dithered[BC_SWEEP_MAX_ROWS];
} bc_sweep;

/* What is measured. SNR, closed form, RMSE and sizes always are. */
enum {
    BC_SWEEP_DITHERED = 1, /* with dither, too */
    BC_SWEEP_FIGURES = 2,  /* what takes time, see bc_series */
};

/* The row of so many bits a code in the first family, of `plain` or `dithered`; NULL: none. */
BC_API const bc_depth_row *bc_sweep_at(const bc_sweep *s, const bc_depth_row *rows, int bits);

/* Reduce a file to each of `first` .. `last` bits and keep nothing but the figures: 1 <= first <=
 * last <= medium->most_bits. Of the request the settings that medium->swept names, stop and
 * progress; `what` of BC_SWEEP_*. input: a report that gets the facts of the input, or NULL. The
 * file is read several times. */
BC_API BC_NODISCARD bc_status bc_sweep_measure(const bc_medium *medium, const char *path, int first,
                                               int last, unsigned what, const bc_request *request,
                                               bc_report *input, bc_sweep *out, bc_error *err);

/* Its figures for programs: settings, bounds, and rows, schema "bitcrush-sweep/2". */
BC_API void bc_sweep_facts(const bc_sweep *s, bc_report *r);

/* The same as tables for people, headings in bold with `bold`. The caller frees *out. */
BC_API BC_NODISCARD bc_status bc_sweep_text(const bc_sweep *s, bool bold, char **out,
                                            bc_error *err);

/* A plot of it, which the caller releases also where this fails. */
BC_API BC_NODISCARD bc_status bc_sweep_draw(const bc_sweep *s, bc_plot **out, bc_error *err);

/* Every depth of it without dither and, where it has one, with, as a PNG file that the caller
 * frees. The request is that of the sweep, whose medium has a sheet. */
BC_API BC_NODISCARD bc_status bc_sweep_sheet(const bc_sweep *s, const bc_request *request,
                                             uint8_t **png, size_t *size, bc_error *err);

/* --- pages */

/* One file and what became of it. */
typedef struct {
    const bc_medium *medium;
    const bc_request *request;
    const void *job;
    const bc_outcome *outcome;
    const bc_account *account; /* with facts */
    const char *command;       /* that does it again, or NULL */
} bc_page;

/* BC_E_LIMIT where reading->max_memory leaves no room for making `what`, "a page" or "a sheet", of
 * that path: it takes a few views of a fixed size, whatever the input is. */
BC_API BC_NODISCARD bc_status bc_page_has_memory(const bc_reading *reading, const char *path,
                                                 const char *what, bc_error *err);

/* The page of one reduced file. The caller releases *out also where this fails. */
BC_API BC_NODISCARD bc_status bc_page_of_one(const bc_page *p, bc_html **out, bc_error *err);

enum { BC_PAGE_DEPTHS = 8, BC_PAGE_MAX_FILES = 6 };

/* A page with the curves of several files on one axis, of BC_PAGE_DEPTHS rows each. The caller
 * releases *out also where this fails. */
BC_API BC_NODISCARD bc_status bc_page_of_all(const bc_sweep *sweeps, size_t n, bc_html **out,
                                             bc_error *err);

/* The figures of that page, `path`: a row for each file and depth, for programs as those of a sweep
 * are, each with its file, and for people fewer. */
BC_API void bc_page_facts(const bc_sweep *sweeps, size_t n, const char *path, bc_report *r);
BC_API void bc_page_table(const bc_sweep *sweeps, size_t n, const char *path, bc_report *r);

/* The request whose sweep stands on a page: NaN and infinity count as 0 where they do not end the
 * run, for the curve is of integers, which hold neither. `room` has place for one setting more than
 * the request has. */
BC_API bc_request bc_page_request(const bc_medium *medium, const bc_request *request,
                                  bc_setting *room);

#ifdef __cplusplus
}
#endif
#endif
