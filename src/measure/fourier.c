/* Knows FFTW, which is under the GPL: without BCI_WITH_FFTW nothing of it is in the program and
 * spectra are unsupported.
 *
 * Plans are estimated, not timed, so that the same one is taken in every run. One real
 * transform at a time, in place: as one complex transform, two take 1.06 to 2 times as long from
 * 2^12 to 2^20. */
#include "measure/fourier.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/room.h"

#ifdef BCI_WITH_FFTW
#include <fftw3.h>
#include <pthread.h>

enum { PLANNER_ROOM = 4 << 20 }; /* of small pieces: more than it takes for any length here */

struct bci_fourier {
    uint32_t length;
    double *values; /* length, and 2 more for the transform in place */
    fftw_plan plan;
};

/* Of FFTW only fftw_execute may be called by two threads at once. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

bc_status bci_fourier_new(uint32_t length, bci_fourier **out, bc_error *err)
{
    bci_fourier *f = calloc(1, sizeof *f);

    if (!f)
        return bci_fail(err, BC_E_LIMIT, "spectrum: out of memory");
    f->length = length;
    f->values = fftw_malloc(((size_t)length + 2) * sizeof *f->values);
    if (f->values && bci_has_room(PLANNER_ROOM)) {
        pthread_mutex_lock(&planner);
        f->plan = fftw_plan_dft_r2c_1d((int)length, f->values, (fftw_complex *)(void *)f->values,
                                       FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner);
    }
    if (!f->plan) {
        bci_fourier_free(f);
        return bci_fail(err, BC_E_LIMIT, "spectrum: out of memory for segments of %u sample(s)",
                        length);
    }
    *out = f;
    return BC_OK;
}

double *bci_fourier_values(const bci_fourier *f)
{
    return f->values;
}

void bci_fourier_add_power(bci_fourier *f, double *power)
{
    const double *x = f->values;

    fftw_execute(f->plan);
    for (size_t k = 0; k <= f->length / 2; k++)
        power[k] += x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1];
}

void bci_fourier_free(bci_fourier *f)
{
    if (!f)
        return;
    if (f->plan) {
        pthread_mutex_lock(&planner);
        fftw_destroy_plan(f->plan);
        pthread_mutex_unlock(&planner);
    }
    fftw_free(f->values);
    free(f);
}
#else
bc_status bci_fourier_new(uint32_t length, bci_fourier **out, bc_error *err)
{
    (void)length;
    (void)out;
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "spectrum: this build has no Fourier transform, expected one with FFTW");
}

double *bci_fourier_values(const bci_fourier *f)
{
    (void)f;
    return NULL;
}

void bci_fourier_add_power(bci_fourier *f, double *power)
{
    (void)f;
    (void)power;
}

void bci_fourier_free(bci_fourier *f)
{
    (void)f;
}
#endif
