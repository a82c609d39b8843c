/* Knows what a result says of its files. */
#include "audio/describe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/fitted.h"
#include "base/decimal.h"
#include "bitcrush/quantize.h"

void bci_audio_describe(bc_audio_result *result, const bci_sound *in, const bci_sound_writer *out,
                        const bc_audio_settings *settings)
{
    const bc_audio_depth *depth = &settings->depth;
    const bc_audio_info *info = bci_sound_info(in);
    const bci_sound_plan *plan = bci_sound_writer_plan(out);
    const uint64_t n_samples = result->n_frames * info->n_channels;
    const int used = result->quality.x.used_bits; /* 0: not looked at */
    const bool lies = info->valid_bits && used > info->valid_bits;
    const int had = info->valid_bits && !lies ? info->valid_bits : info->container_bits;

    result->input = *info;
    result->input_size_bytes = bci_sound_size(in);
    result->output_container = plan->container;
    result->output_encoding = bc_audio_encoding_name(depth->encoding);
    result->output_container_bits = plan->container_bits;
    result->output_size_bytes = bci_sound_writer_size(out);
    result->raw_bytes = (n_samples * (uint64_t)had + 7) / 8;
    result->packed_bytes = bci_audio_packed_bytes(settings, result->n_frames, info->n_channels);
    snprintf(result->input_note, sizeof result->input_note, "%s", bci_sound_note(in));
    snprintf(result->salvaged, sizeof result->salvaged, "%s", bci_sound_salvaged(in));
    if (lies)
        bci_format(result->input_note + strlen(result->input_note),
                   sizeof result->input_note - strlen(result->input_note),
                   "%sthe header says %d valid bit(s), the samples use %d",
                   *result->input_note ? "; " : "", info->valid_bits, used);
    memcpy(result->carried, plan->carried, sizeof result->carried);
    memcpy(result->dropped, plan->dropped, sizeof result->dropped);
    memcpy(result->note, plan->note, sizeof result->note);
    result->cpu_level = bc_cpu_level();
}
