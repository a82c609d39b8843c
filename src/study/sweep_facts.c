/* Knows what sweeps say to programs: rows under keys, and one table of several files. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bitcrush/study.h"
#include "study/sweep_lines.h"

static const char schema[] = "bitcrush-sweep/2", rows_name[] = "rows";

/* The figures of one series; keys are what stands before the dot in JSON. */
static const struct {
    const char *plain, *dithered;
    size_t field;
    bool is_whole;
} facts[] = {
#define FACT(section, key, field, is_whole)                                                        \
    {                                                                                              \
        section "." key, "dithered." section "." key, offsetof(bc_depth_row, field), is_whole      \
    }
    FACT("metrics", "snr_db", snr_db, false),
    FACT("metrics", "psnr_db", psnr_db, false),
    FACT("metrics", "psnr_blurred_db", psnr_blurred_db, false),
    FACT("metrics", "ssim", ssim, false),
    FACT("metrics", "rmse", rmse, false),
    FACT("metrics", "noise_dbfs", noise_dbfs, false),
    FACT("metrics", "noise_a_dbfs", noise_a_dbfs, false),
    FACT("metrics", "clipped", n_clipped, true),
    FACT("metrics", "granular_db", granular_db, false),
    FACT("metrics", "overload_db", overload_db, false),
    FACT("metrics", "entropy_bits", entropy_bits, false),
    FACT("metrics", "packed_bytes", size_bytes, true),
    FACT("metrics", "compression_ratio", ratio, false),
    FACT("metrics", "file_bytes", file_bytes, true),
    FACT("theory", "snr_db", theory_snr_db, false),
    FACT("theory", "rule_of_thumb_db", rule_of_thumb_db, false),
#undef FACT
};

static void add_series(bc_report *r, const bc_depth_row *row, bool is_dithered)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *key = is_dithered ? facts[i].dithered : facts[i].plain;
        const char *field = (const char *)row + facts[i].field;
        const uint64_t whole = facts[i].is_whole ? *(const uint64_t *)(const void *)field : 0;

        if (!facts[i].is_whole)
            bc_report_number(r, rows_name, key, *(const double *)(const void *)field);
        else if (whole > 0 || facts[i].field == offsetof(bc_depth_row, n_clipped))
            bc_report_integer(r, rows_name, key, whole);
    }
    if (row->is_silent)
        bc_report_flag(r, rows_name, is_dithered ? "dithered.metrics.all_zero" : "metrics.all_zero",
                       true);
}

/* A whole number of bits as one. */
static void add_ruler(bc_report *r, const bc_depth_row *row)
{
    if (row->bits == floor(row->bits))
        bc_report_integer(r, rows_name, "bits", (uint64_t)row->bits);
    else
        bc_report_number(r, rows_name, "bits", row->bits);
    bc_report_number(r, rows_name, "bits_per_weight", row->bits_per_value);
    bc_report_string(r, rows_name, "grid", row->grid);
    bc_report_string(r, rows_name, "scale", row->scale);
    bc_report_string(r, rows_name, "group", *row->group ? row->group : NULL);
}

/* A row with both series. */
static void add_row(bc_report *r, const bc_sweep *s, int i)
{
    add_ruler(r, &s->plain[i]);
    add_series(r, &s->plain[i], false);
    if (strcmp(s->dither, "none") != 0)
        add_series(r, &s->dithered[i], true);
}

static void add_bounds(const bc_sweep *s, bc_report *r)
{
    static const char bounds[] = "bounds";

    for (int bits = s->first; s->law != BC_LAW_NONE && bits <= s->last; bits++) {
        bc_report_row(r, bounds);
        bc_report_integer(r, bounds, "bits", (uint64_t)bits);
        bc_report_number(r, bounds, "lloyd_max_db", bc_theory_lloyd_max_db(s->law, bits));
        bc_report_number(r, bounds, "rate_db", bc_theory_rate_db(s->law, bits));
    }
}

void bc_sweep_facts(const bc_sweep *s, bc_report *r)
{
    bc_report_string(r, "", "schema", schema);
    bc_report_string(r, "settings", "dither", s->dither);
    bc_report_string(r, "settings", "light", s->light);
    bc_report_integer(r, "settings", "seed", s->seed);
    bc_report_string(r, "theory", "law", bc_law_name(s->law));
    for (int i = 0; i < s->n_rows; i++) {
        bc_report_row(r, rows_name);
        add_row(r, s, i);
    }
    add_bounds(s, r);
}

void bc_page_facts(const bc_sweep *sweeps, size_t n, const char *path, bc_report *r)
{
    bc_report_string(r, "", "schema", schema);
    bc_report_string(r, "", "tool", "bitcrush " BC_VERSION);
    bc_report_string(r, "output", "page", path);
    for (size_t f = 0; f < n; f++) {
        for (int i = 0; i < sweeps[f].n_rows; i++) {
            bc_report_row(r, rows_name);
            bc_report_string(r, rows_name, "path", sweeps[f].path);
            bc_report_string(r, rows_name, "dither", sweeps[f].dither);
            add_row(r, &sweeps[f], i);
        }
    }
}

void bc_page_table(const bc_sweep *sweeps, size_t n, const char *path, bc_report *r)
{
    char scale[64];

    bc_report_string(r, "output", "page", path);
    for (size_t f = 0; f < n; f++) {
        for (int i = 0; i < sweeps[f].n_rows; i++) {
            const bc_depth_row *row = &sweeps[f].plain[i];

            bci_show_scale(row, scale, sizeof scale);
            bc_report_row(r, rows_name);
            bc_report_string(r, rows_name, "path", sweeps[f].path);
            if (isnan(row->bits_per_value))
                bc_report_integer(r, rows_name, "bits", (uint64_t)row->bits);
            else
                bc_report_number(r, rows_name, "bits", row->bits_per_value);
            bc_report_string(r, rows_name, "grid", row->grid);
            bc_report_string(r, rows_name, "scale", scale);
            bc_report_number(r, rows_name, "SNR dB", row->snr_db);
            bc_report_number(r, rows_name, "expected", row->theory_snr_db);
            bc_report_number(r, rows_name, "dithered", sweeps[f].dithered[i].snr_db);
        }
    }
}
