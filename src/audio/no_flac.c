/* Knows what a build without libFLAC answers: that FLAC is not written. */
#include "audio/flac.h"
#include "base/fail.h"

const char *bci_flac_vendor(void)
{
    return "";
}

bc_status bci_flac_open(bci_sink *sink, const char *name, const bci_flac_settings *settings,
                        bci_flac **out, bc_error *err)
{
    (void)sink, (void)settings, (void)out;
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "%s: FLAC is not written by this build, expected one with libFLAC", name);
}

bc_status bci_flac_write(bci_flac *f, const void *raw, size_t n_frames, bc_error *err)
{
    (void)f, (void)raw, (void)n_frames, (void)err;
    return BC_E_UNSUPPORTED;
}

bc_status bci_flac_close(bci_flac *f, bc_error *err)
{
    (void)f, (void)err;
    return BC_E_UNSUPPORTED;
}

void bci_flac_free(bci_flac *f)
{
    (void)f;
}
