/* Noise shapers: filters for error feedback in time (bc_quantize_fir_f64) that move noise to
 * where it is heard least.
 *
 * The taps are c_1 .. c_n of v = x - sum c_k e[i-k], e = value - v, so that the noise is shaped
 * by G = 1 - sum c_k z^-k. The mean of log |G| over frequency cannot be below 0, and is 0 when
 * all zeros lie inside the unit circle (Gerzon and Craven, AES 87th convention, 1989): what is
 * gained in one band is lost in another. Every filter that is handed out has passed that
 * test; one that does not is BC_E_INTERNAL. */
#ifndef BITCRUSH_SHAPER_H
#define BITCRUSH_SHAPER_H

#include <stdint.h>

#include "bitcrush/feedback.h"
#include "bitcrush/hearing.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_SHAPER_TAPS            16 /* taps and strength that suit most rates and depths */
#define BC_SHAPER_STRENGTH_DB     40.0
#define BC_SHAPER_MAX_STRENGTH_DB 80.0

/* A published filter, made for rates of min_rate_hz to max_rate_hz. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    uint32_t min_rate_hz, max_rate_hz;
    uint32_t n_taps;
    const double *taps;
} bc_shaper_row;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_shaper_rows(const bc_shaper_row **out);

/* The row of that name, or NULL. */
BC_API const bc_shaper_row *bc_shaper_find(const char *name);

typedef struct {
    uint32_t n_taps; /* 0: no shaping */
    double taps[BC_FIR_MAX_TAPS];
    double total_gain_db;    /* power of all noise against white: 10 log10(1 + sum c^2) */
    double gerzon_craven_db; /* mean of 20 log10 |G| over frequency, within 0.01 of 0 */
    double peak_gain_db;     /* of |G| */
    double excursion_steps;  /* TPDF dither: |v - x| and noise stay below 1.5 (1 + sum |c|) */
    double strength_db;      /* of a designed filter; 0 for a published one */
    double zero_scale;       /* of a published filter: its zeros were multiplied by this */
} bc_shaper;

/* A published filter. BC_E_USAGE at a rate that it is not made for: its shape would move
 * along the frequency axis. */
BC_API BC_NODISCARD bc_status bc_shaper_published(const bc_shaper_row *row, double rate_hz,
                                                  bc_shaper *out, bc_error *err);

/* The filter of n_taps (1..BC_FIR_MAX_TAPS) that makes noise least audible at rate_hz (1000 to
 * 10^7): it minimises the noise power weighted by 10^(-T/10), where T is `curve` (NULL:
 * threshold of hearing) above its least value below rate_hz / 2, and at most strength_db (0 to
 * BC_SHAPER_MAX_STRENGTH_DB). Strength is how much less audible the weight takes the
 * noise at high frequencies to be, and so how much it piles up there; 0 gives no taps. The
 * filter is the linear predictor of a signal with that spectrum (Levinson and Durbin; Verhelst
 * and De Koning, "Least squares theory and design of optimal noise shaping filters", AES 22nd
 * conference, 2002). Arguments out of range are BC_E_USAGE. */
BC_API BC_NODISCARD bc_status bc_shaper_design(const bc_curve *curve, double rate_hz,
                                               uint32_t n_taps, double strength_db, bc_shaper *out,
                                               bc_error *err);

/* The same for a grid of `levels` marks over full scale: the excursion may be at most
 * bc_shaper_headroom_steps(levels). A designed filter (row NULL) has at most
 * bc_shaper_max_strength_db(levels), and loses strength by 1 dB at a time until it fits;
 * out->strength_db tells what is left. A published one (curve, n_taps and
 * strength_db are ignored) has its zeros moved toward 0, by 1/64 at a time: taps c_k g^k,
 * out->zero_scale = g, which flattens it and keeps its place on the frequency axis. Where
 * nothing fits, no taps are left. */
BC_API BC_NODISCARD bc_status bc_shaper_fit(const bc_shaper_row *row, const bc_curve *curve,
                                            double rate_hz, uint32_t n_taps, double strength_db,
                                            uint64_t levels, bc_shaper *out, bc_error *err);

/* Room for the excursion on a grid of so many marks over full scale: levels / 32. What goes
 * beyond the ends clips, and the error of clipping is not shaped. */
BC_API double bc_shaper_headroom_steps(uint64_t levels);

/* The strength that such a grid bears: 12 dB and 2 per bit (whole bits, rounded down), which is
 * 28 dB at 8 bits and 40 from 14 bits on. With 16 taps at 44.1 kHz a sine up to the top mark then
 * raises the audible noise above that of the filter by less than 1 dB at 7 to 10 bits and by less
 * than 3 dB at more; one that leaves room for the excursion does not. Other rates clip less. */
BC_API double bc_shaper_max_strength_db(uint64_t levels);

/* 20 log10 |G| at a frequency. */
BC_API double bc_shaper_gain_db(const bc_shaper *s, double hz, double rate_hz);

#ifdef __cplusplus
}
#endif
#endif
