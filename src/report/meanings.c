/* Knows what facts mean: a row for each, of every medium. */
#include "report/meanings.h"

#include <math.h>
#include <string.h>

static const bci_meaning rows[] = {
    { ".tool", "program", "", "", "The program that made this page, and its version." },
    { ".time_s", "time", "3", "s", "How long the reduction took, by the clock." },

    { "input.path", "input", "", "", "The file that was read; it was not changed." },
    { "input.kind", "kind", "", "", "Which of the three tools took the file." },
    { "input.format", "format", "", "", "The format of the input, told from its content." },
    { "input.width", "width", "", "pixels", "Columns of the picture, upright." },
    { "input.height", "height", "", "pixels", "Rows of the picture, upright." },
    { "input.colours", "colours", "", "", "What a pixel is made of." },
    { "input.depth_bits", "depth", "", "bits", "Bits of a sample in the input." },
    { "input.true_depth_bits", "real depth", "", "bits",
      "So many of them are real, as the file says." },
    { "input.size_bytes", "size", "", "bytes", "Size of the input on disk." },
    { "input.raw_bytes", "raw", "", "bytes",
      "Its samples at their depth, packed without gaps and without compression." },
    { "input.transfer", "coding of light", "", "",
      "How coded values stand for light: equal steps of the code look about equal." },
    { "input.transfer_source", "said by", "", "", "Where the coding of light is said." },
    { "input.orientation", "orientation", "", "",
      "How the camera was held, by EXIF; 1 is upright." },
    { "input.turned", "turned", "", "", "The picture was turned before anything else." },
    { "input.encoding", "encoding", "", "", "How the input holds a sample." },
    { "input.rate_hz", "rate", "", "Hz", "Frames a second; half of it is the highest frequency." },
    { "input.channels", "channels", "", "", "Samples in a frame, one for each loudspeaker." },
    { "input.frames", "frames", "", "", "Points in time that were sampled." },
    { "input.duration_s", "duration", "2", "s", "Frames over rate." },
    { "input.container_bits", "container", "", "bits", "Bits that a sample takes in the input." },
    { "input.valid_bits", "valid", "", "bits", "So many of them are real, as the file says." },
    { "input.used_bits", "used", "", "bits",
      "The least whole depth that holds every sample of the input exactly." },
    { "input.version", "version", "", "", "Version of the file's format." },
    { "input.parts", "files", "", "", "The weights are spread over so many." },
    { "input.tensors", "tensors", "", "", "Named arrays of weights." },
    { "input.elements", "weights", "", "", "Numbers in all of them." },
    { "input.data_bytes", "data", "", "bytes", "What the weights take without names and headers." },

    { "output.path", "output", "", "", "The file that the reduction makes." },
    { "output.kept", "kept", "", "", "What became of that file." },
    { "output.page", "page", "", "", "This page." },
    { "output.format", "format", "", "", "The format of the output." },
    { "output.layout", "layout", "", "",
      "How the file holds pixels: the smallest way without loss." },
    { "output.bits", "bits", "", "bits",
      "Bits that a sample is reduced to: n bits have 2^n levels." },
    { "output.channels", "channels", "", "", "Bits of each channel." },
    { "output.levels", "levels", "", "", "Values that a sample can take." },
    { "output.colours", "palette", "", "colours", "Colours that a pixel can take." },
    { "output.colours_used", "colours used", "", "", "Those of them that occur." },
    { "output.depth", "depth", "", "", "The grid of values that samples are reduced to." },
    { "output.depth_bits", "depth", "", "bits", "Bits of a sample or index in the output file." },
    { "output.palette", "colours in the file", "", "", "Entries of the file's palette." },
    { "output.encoding", "encoding", "", "", "How the output holds a sample." },
    { "output.container_bits", "container", "", "bits",
      "Bits that a sample takes in the output; the low ones may be zero." },
    { "output.valid_bits", "valid", "", "bits", "So many of them are real." },
    { "output.size_bytes", "size", "", "bytes", "Size of the output on disk." },
    { "output.metadata", "carried over", "", "",
      "What the input says beside its samples, and the output too." },
    { "output.dropped", "dropped", "", "", "What the input says and the output does not." },
    { "output.note", "note", "", "", "What the output's header cannot say." },
    { "output.reduced", "reduced", "", "", "Tensors whose format changed." },
    { "output.kept_tensors", "left alone", "", "", "Tensors that stay as they are." },
    { "output.fallbacks", "another way", "", "",
      "Reduced tensors that could not take the format that was asked for." },
    { "output.fallback_why", "because of", "", "", "Why they became another format." },
    { "output.data_bytes", "data", "", "bytes",
      "What the weights take without names and headers." },
    { "output.left_out", "left out", "", "", "Pairs of metadata that the output cannot hold." },

    { "settings.grid", "grid", "", "", "The ruler: which values may be stored." },
    { "settings.scale", "scale", "", "", "How the ruler is laid on the data." },
    { "settings.palette", "palette", "", "", "The colours that were asked for." },
    { "settings.dither", "dither", "", "",
      "What is added or passed on before rounding, so that the error does not follow the signal." },
    { "settings.colours", "grey", "", "", "How colours were turned into grey." },
    { "settings.feedback", "feedback", "", "", "Where the error of a sample goes." },
    { "settings.scan", "scan", "", "", "The way over the lines: serpentine turns at their ends." },
    { "settings.strength", "strength", "2", "", "The share of the error that is passed on." },
    { "settings.light", "errors summed in", "", "",
      "Linear light is what eyes and screens average; coded values are what files hold." },
    { "settings.exact", "exact", "", "", "Whether there was anything to do." },
    { "settings.subtractive", "subtractive", "", "", "The dither can be taken away again." },
    { "settings.shape", "noise shaping", "", "",
      "The filter that moves the error to where it is heard least." },
    { "settings.shape_taps", "taps", "", "", "Past errors that the filter looks at." },
    { "settings.shape_strength_db", "strength", "0", "dB",
      "How far noise may pile up where it is not heard." },
    { "settings.shape_zero_scale", "zeros", "2", "", "The filter was weakened by this factor." },
    { "settings.shape_gain_db", "noise gain", "+1", "dB",
      "What shaping adds to the power of the error in all, in exchange for where it lies." },
    { "settings.shape_lowered", "lowered", "", "", "Why the filter is weaker than asked for." },
    { "settings.hold", "hold", "", "samples", "Every sample stands for so many." },
    { "settings.guard_db", "guard", "1", "dB", "The level was lowered by so much first." },
    { "settings.rounding", "rounding", "", "",
      "Nearest takes the closest level; truncate cuts the low bits off." },
    { "settings.seed", "seed", "", "", "The same seed gives the same noise, and the same bytes." },
    { "settings.step", "step", "3e", "", "From one level to the next; full scale is 1." },
    { "settings.format", "format", "", "", "What weights become." },
    { "settings.nonfinite", "NaN, infinity", "", "",
      "What becomes of weights that are no numbers." },
    { "settings.encoder", "encoder", "", "", "How the scales of blocks are found." },
    { "settings.group", "group", "", "", "Weights that share a scale." },
    { "settings.percent", "percentile", "2", "%", "So many weights are not clipped by the scale." },
    { "settings.zero_point", "zero-point", "", "",
      "The least and the greatest weight of a group stand on the end codes." },
    { "settings.double_quant", "double quantization", "", "", "The scales are quantized, too." },
    { "settings.threads", "threads", "", "", "Never changes the result." },
    { "settings.cpu", "CPU level", "", "", "Never changes the result." },

    { "metrics.snr_db", "SNR", "2", "dB",
      "Power of the signal over power of the error; 6 dB more are half the error." },
    { "metrics.sqnr_db", "SQNR", "2", "dB",
      "Power of the weights over power of their errors, over all reduced tensors." },
    { "metrics.worst_sqnr_db", "worst", "2", "dB", "The lowest SQNR of a tensor." },
    { "metrics.worst_tensor", "worst tensor", "", "", "The tensor that it belongs to." },
    { "metrics.psnr_db", "PSNR", "2", "dB",
      "Full scale over the error: as SNR, but for a picture as bright as it can be." },
    { "metrics.psnr_linear_db", "PSNR, light", "2", "dB", "The same in linear light." },
    { "metrics.psnr_blurred_db", "PSNR, blurred", "2", "dB",
      "The same after both pictures were blurred, as an eye far away does; dither is for this." },
    { "metrics.blur_sigma", "blur", "0", "pixels", "The radius (sigma) of that blur." },
    { "metrics.ssim", "SSIM", "4", "", "Likeness of local structure, 1 for equal pictures." },
    { "metrics.ssim_scale", "SSIM at 1/", "", "",
      "Both pictures were made smaller by this factor first, as SSIM wants it." },
    { "metrics.rmse", "RMS error", "3e", "",
      "The root of the mean square of the error; samples are of full scale 1, weights as they are." },
    { "metrics.max_error", "largest error", "3e", "",
      "The error of the sample that was hit worst." },
    { "metrics.mean_error", "mean error", "+2e", "",
      "What the error averages to: away from 0 everything is shifted." },
    { "metrics.mean_light_error", "mean error, light", "+2e", "",
      "The same in linear light: above 0 the picture became brighter." },
    { "metrics.enob_bits", "effective bits", "2", "bits",
      "The depth that would cost a full-scale sine as much without dither: (SNR - 1.76) / 6.02." },
    { "metrics.levels_used", "levels used", "", "", "Levels that occur in the output." },
    { "metrics.entropy_bits", "entropy", "2", "bits",
      "What a sample of the output is worth: the least that any code for single samples needs." },
    { "metrics.packed_bytes", "packed", "", "bytes",
      "The codes of the output at their bits each." },
    { "metrics.compression_ratio", "ratio", "2", "to 1", "Raw over packed." },
    { "metrics.file_ratio", "ratio of files", "2", "to 1",
      "Size of the input over that of the output." },
    { "metrics.bits_per_weight", "bits a weight", "2", "bits",
      "Data of the output over its weights, scales and tensors left alone included." },
    { "metrics.noise_dbfs", "noise", "2", "dBFS", "RMS of the error; a sine of full scale is 0." },
    { "metrics.noise_a_dbfs", "noise, A-weighted", "2", "dBFS",
      "The same, each frequency counted by how loud soft sounds seem there (IEC 61672)." },
    { "metrics.noise_468_dbfs", "noise, ITU-R 468", "2", "dBFS",
      "The same, weighted as noise is heard in broadcasting." },
    { "metrics.noise_ath_dbfs", "noise, by threshold", "2", "dBFS",
      "The same, weighted by the threshold of hearing." },
    { "metrics.peak_dbfs", "peak", "2", "dBFS", "Largest magnitude of the output." },
    { "metrics.rms_dbfs", "level", "2", "dBFS", "RMS of the output; a sine of full scale is 0." },
    { "metrics.dc", "DC", "+2e", "", "Mean of the output." },
    { "metrics.used_bits", "used", "", "bits",
      "The least whole depth that holds every sample of the output exactly." },
    { "metrics.tone_hz", "tone", "2", "Hz", "The sound is a tone of this frequency." },
    { "metrics.tone_dbfs", "its level", "2", "dBFS", "A sine of full scale is 0." },
    { "metrics.sinad_db", "SINAD", "2", "dB", "The tone over everything else." },
    { "metrics.thd_db", "THD", "2", "dB", "Its harmonics over the tone." },
    { "metrics.thdn_db", "THD+N", "2", "dB", "Harmonics and noise over the tone." },
    { "metrics.tone_low_hz", "measured from", "0", "Hz", "The band of these figures." },
    { "metrics.tone_high_hz", "to", "0", "Hz", "Its end." },
    { "metrics.clipped", "clipped", "", "",
      "Samples or weights beyond the ends of the ruler, which took its end." },
    { "metrics.overshoot_db", "overshoot", "2", "dBFS", "The worst of them." },
    { "metrics.lost", "lost", "", "",
      "Places that differ by NaN or infinity: an infinite error each." },
    { "metrics.nonfinite", "no numbers", "", "", "NaN and infinity in the input." },
    { "theory.snr_db", "SNR expected", "2", "dB",
      "The closed form for this signal, grid and dither: errors even over a step and independent." },
    { "theory.noise_dbfs", "noise expected", "2", "dBFS", "The same closed form as a level." },
    { "theory.rule_of_thumb_db", "rule of thumb", "2", "dB",
      "6.02 n + 1.76: a sine of full scale on n bits." },

    { "importance.path", "importance", "", "",
      "The matrix that says how much an error in each column matters." },
    { "importance.entries", "entries", "", "", "Tensors that the matrix knows." },
    { "importance.chunks", "chunks", "", "", "Pieces of text that it was measured with." },
    { "importance.dataset", "dataset", "", "", "The text that it was measured with." },
    { "importance.used", "used", "", "tensors", "Tensors whose scales were chosen by it." },
    { "importance.missing", "missing", "", "tensors",
      "Tensors that would have used it and have no entry." },
    { "importance.missing_names", "namely", "", "", "Some of them." },

    { "tensors.name", "tensor", "", "", "" },
    { "tensors.shape", "", "", "", "" },
    { "tensors.from", "from", "", "", "" },
    { "tensors.to", "to", "", "", "" },
    { "tensors.size_bytes", "", "", "bytes", "" },
    { "tensors.bits_per_weight", "", "2", "bits a weight", "" },
    { "tensors.sqnr_db", "SQNR", "2", "dB", "" },
    { "tensors.rmse", "RMSE", "3e", "", "" },
    { "tensors.max_error", "largest error", "3e", "", "" },
    { "tensors.clipped", "clipped", "", "", "" },
    { "tensors.lost", "", "", "lost", "" },
    { "tensors.importance", "importance", "", "", "" },
    { "tensors.nonfinite", "", "", "no numbers", "" },
    { "tensors.why", "", "", "", "" },
    { "groups.group", "tensors", "", "", "" },
    { "groups.tensors", "", "", "tensors", "" },
    { "groups.size_bytes", "", "", "bytes", "" },
    { "groups.share", "share of the bytes", "3", "", "" },
};

const bci_meaning *bci_meaning_of(const bci_fact *f)
{
    const size_t n = strlen(f->section);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(rows[i].name, f->section, n) == 0 && rows[i].name[n] == '.' &&
            strcmp(rows[i].name + n + 1, f->key) == 0)
            return &rows[i];
    return NULL;
}

void bci_meaning_put(bci_buffer *b, const bci_fact *f, const bci_meaning *m)
{
    const char *style = m ? m->style : "";

    bci_fact_put(b, f, style, strlen(style));
    if (m && *m->unit)
        bci_putf(b, " %s", m->unit);
}

void bci_fact_put_exact(bci_buffer *b, const bci_fact *f)
{
    switch (f->type) {
    case BCI_NUMBER:
        if (isinf(f->number))
            bci_putf(b, "%s", f->number > 0 ? "inf" : "-inf");
        else
            bci_putf(b, "%.12g", f->number);
        return;
    case BCI_INTEGER: bci_putf(b, "%llu", (unsigned long long)f->integer); return;
    case BCI_FLAG: bci_putf(b, "%s", f->integer ? "true" : "false"); return;
    case BCI_STRING: bci_put(b, f->string, strlen(f->string)); return;
    }
}
