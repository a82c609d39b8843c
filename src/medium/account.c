/* Knows what all media tell and ask alike. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "bitcrush/medium.h"

void bc_account_output(const bc_account *a, bc_report *r)
{
    bc_report_string(r, "output", "path", a->shown_out);
    bc_report_string(r, "output", "kept", a->kept);
    bc_report_string(r, "output", "page", a->page);
}

void bc_account_input_size(const bc_account *a, bc_report *r)
{
    struct stat s;

    if (strcmp(a->in, "-") != 0 && stat(a->in, &s) == 0 && S_ISREG(s.st_mode))
        bc_report_integer(r, "input", "size_bytes", (uint64_t)s.st_size);
}

void bc_account_error(const bc_account *a, bc_report *r, const bc_error_sums *error,
                      bool knows_ends)
{
    const double snr_db = bc_error_snr_db(error);

    if (knows_ends && (error->n_clipped > 0 || a->is_for_programs))
        bc_report_integer(r, "metrics", "clipped", error->n_clipped);
    if (error->n == 0)
        return;
    bc_report_number(r, "metrics", "snr_db", snr_db);
    bc_report_number(r, "metrics", "rmse", bc_error_rmse(error));
    bc_report_number(r, "metrics", "max_error", error->max_abs_e);
    bc_report_number(r, "metrics", "mean_error", bc_error_mean(error));
    if (isfinite(snr_db))
        bc_report_number(r, "metrics", "enob_bits", bc_enob_bits(snr_db));
    if (error->n_lost)
        bc_report_integer(r, "metrics", "lost", error->n_lost);
    /* Where errors are fed back, that of a sample that clips goes on in others. */
    if (error->n_clipped > 0 && !isinf(bc_error_overload_db(error))) {
        bc_report_number(r, "metrics", "granular_db", bc_error_granular_db(error));
        bc_report_number(r, "metrics", "overload_db", bc_error_overload_db(error));
    }
    if (bc_error_is_silent(error))
        bc_report_flag(r, "metrics", "all_zero", true);
}

void bc_account_depth(const bc_account *a, bc_report *r, double bits, uint64_t n_levels)
{
    if (bits == floor(bits))
        bc_report_integer(r, "output", "bits", (uint64_t)bits);
    else
        bc_report_number(r, "output", "bits", bits);
    if (n_levels > 0 && a->is_for_programs)
        bc_report_integer(r, "output", "levels", n_levels);
}

void bc_account_packed(bc_report *r, uint64_t raw_bytes, uint64_t packed_bytes)
{
    bc_report_integer(r, "metrics", "packed_bytes", packed_bytes);
    if (raw_bytes > 0 && packed_bytes > 0)
        bc_report_number(r, "metrics", "compression_ratio",
                         (double)raw_bytes / (double)packed_bytes);
}

void bc_account_expected(bc_report *r, double snr_db, uint64_t n_clipped)
{
    bc_report_number(r, "theory", "snr_db", snr_db);
    bc_report_string(r, "theory", "note",
                     n_clipped == 0  ? NULL
                     : isnan(snr_db) ? "there is no closed form for this grid, scale and dither"
                                     : "without clipping");
}

void bc_account_lossless(const bc_account *a, bc_report *r, bool is_lossy, const char *what,
                         int bits, const bc_settings *settings)
{
    const bool has_less = *what && !is_lossy, has_command = has_less && bits > 0 && a->command;
    char spec[16];

    snprintf(spec, sizeof spec, "%d", bits);
    char *command = has_command ? a->command(a->in, spec, settings) : NULL;

    if (has_command && !command)
        bc_report_fact_lost(r);
    bc_report_string(r, "used", "lossless", has_less ? what : NULL);
    bc_report_string(r, "used", "command", command);
    free(command);
    bc_report_string(r, "used", "note",
                     is_lossy   ? "nothing, it is compressed with loss already"
                     : has_less ? NULL
                                : "nothing, every bit of it is used");
}

bc_depth_row bc_depth_row_empty(double bits)
{
    return (bc_depth_row){ .bits = bits,
                           .bits_per_value = NAN,
                           .snr_db = NAN,
                           .granular_db = NAN,
                           .overload_db = NAN,
                           .theory_snr_db = NAN,
                           .rule_of_thumb_db = bc_theory_rule_of_thumb_db(bits),
                           .rmse = NAN,
                           .psnr_db = NAN,
                           .psnr_blurred_db = NAN,
                           .ssim = NAN,
                           .noise_dbfs = NAN,
                           .noise_a_dbfs = NAN,
                           .entropy_bits = NAN,
                           .ratio = NAN };
}

void bc_depth_row_error(bc_depth_row *row, const bc_error_sums *error)
{
    row->snr_db = bc_error_snr_db(error);
    row->rmse = bc_error_rmse(error);
    row->n_clipped = error->n_clipped;
    row->is_silent = bc_error_is_silent(error);
    if (error->n_clipped > 0) {
        row->granular_db = bc_error_granular_db(error);
        row->overload_db = bc_error_overload_db(error);
    }
}

void bc_depth_row_sizes(bc_depth_row *row, uint64_t raw_bytes, uint64_t packed_bytes)
{
    row->size_bytes = packed_bytes;
    if (raw_bytes && packed_bytes)
        row->ratio = (double)raw_bytes / (double)packed_bytes;
}
