/* Knows the layouts of sound samples by name and size, and the way to their kernels. */
#include "bitcrush/pcm.h"

#include <assert.h>

#include "core/kernels.h"

static const struct {
    const char *name;
    size_t size;
} layouts[BC_SAMPLE_LAYOUTS] = {
    [BC_SAMPLE_U8] = { "u8", 1 },       [BC_SAMPLE_S8] = { "s8", 1 },
    [BC_SAMPLE_S16LE] = { "s16le", 2 }, [BC_SAMPLE_S16BE] = { "s16be", 2 },
    [BC_SAMPLE_S24LE] = { "s24le", 3 }, [BC_SAMPLE_S24BE] = { "s24be", 3 },
    [BC_SAMPLE_S32LE] = { "s32le", 4 }, [BC_SAMPLE_S32BE] = { "s32be", 4 },
    [BC_SAMPLE_F32LE] = { "f32le", 4 }, [BC_SAMPLE_F32BE] = { "f32be", 4 },
    [BC_SAMPLE_F64LE] = { "f64le", 8 }, [BC_SAMPLE_F64BE] = { "f64be", 8 },
    [BC_SAMPLE_MULAW] = { "mulaw", 1 }, [BC_SAMPLE_ALAW] = { "alaw", 1 },
};

size_t bc_sample_size(bc_sample_layout layout)
{
    return layouts[layout].size;
}

const char *bc_sample_layout_name(bc_sample_layout layout)
{
    return layouts[layout].name;
}

bc_sample_layout bc_sample_native_s32(void)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? BC_SAMPLE_S32LE : BC_SAMPLE_S32BE;
}

bc_sample_layout bc_sample_native_f64(void)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? BC_SAMPLE_F64LE : BC_SAMPLE_F64BE;
}

void bc_pcm_unpack(bc_sample_layout layout, const void *interleaved, size_t n_frames,
                   size_t n_channels, double *const *planes)
{
    bci_kernels_get()->pcm_unpack(layout, interleaved, n_frames, n_channels, planes);
}

void bc_pcm_pack(bc_sample_layout layout, const int32_t *const *codes, int shift, size_t n_frames,
                 size_t n_channels, void *interleaved)
{
    assert(layout < BC_SAMPLE_F32LE || layout > BC_SAMPLE_F64BE);
    assert(shift >= 0 && shift < 32);
    bci_kernels_get()->pcm_pack(layout, codes, shift, n_frames, n_channels, interleaved);
}

void bc_pcm_pack_values(bc_sample_layout layout, const double *const *planes, size_t n_frames,
                        size_t n_channels, void *interleaved)
{
    assert(layout >= BC_SAMPLE_F32LE && layout <= BC_SAMPLE_F64BE);
    bci_kernels_get()->pcm_pack_values(layout, planes, n_frames, n_channels, interleaved);
}
