/* Knows the report for people. A line is a row of the table below: its pattern is cut at '|'
 * into pieces, {section.key} stands for a fact, {section.key:d} for a number with d decimals,
 * {section.key:+d} with its sign, {section.key:de} as a power of ten, {section.key:noun} for a
 * whole number of such things; {?section.key} and {!section.key} stand for nothing and only ask
 * that the fact is there, or is not. A piece that names a fact the report does not have is left
 * out, a line whose first piece is left out too: so one table serves every medium. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "report/buffer.h"
#include "report/facts.h"

static const struct {
    const char *label, *pattern;
} lines[] = {
    { "", "{input.path}| -> {output.path}| ({output.kept})| and {compared.path}" },
    { "picture", "{input.width} x {input.height} {input.colours}, {input.depth_bits:bit} a sample"
                 "|, {input.true_depth_bits} of them real|, {input.format}"
                 "|, {input.transfer} ({input.transfer_source})"
                 "|, {input.palette}|, {input.interlaced}"
                 "|, {input.turned} from orientation {input.orientation}" },
    { "salvaged", "{!input.rate_hz}{input.salvaged}" },
    { "against", "{compared.colours}, {compared.depth_bits:bit} a sample|, {compared.format}"
                 "|; salvaged: {compared.salvaged}" },
    { "reduced", "{?input.width}to {output.depth}|, {output.levels:mark} from black to white"
                 "|; scale {settings.scale}| {settings.percent:2}|, for each {settings.group}"
                 "|; {settings.colours}|; dither {settings.dither}"
                 "|, {settings.scan}|, strength {settings.strength:2}|, {settings.light} light"
                 "|; rounding {settings.rounding}|; seed {settings.seed}" },
    { "reduced",
      "{!input.rate_hz}{!input.tensors}{!output.depth}to {output.bits}-bit samples, {output.levels:level}"
      "|, channels {output.channels}|, {settings.colours}|; dither {settings.dither}"
      "|, {settings.scan}|, strength {settings.strength:2}|, {settings.light} light"
      "|; rounding {settings.rounding}|; seed {settings.seed}" },
    { "reduced", "to {output.colours:colour}, palette {settings.palette}"
                 "|; dither {settings.dither}|, {settings.scan}|, strength {settings.strength:2}"
                 "|, {settings.light} light|; seed {settings.seed}" },
    { "sound", "{input.rate_hz} Hz, {input.channels:channel}, {input.duration_s:2} s"
               "|, {input.encoding}|, {input.valid_bits} of them valid|, {input.used_bits:bit} used"
               "|, {input.format}" },
    { "salvaged", "{?input.rate_hz}{input.salvaged}" },
    { "table", "{input.rows:row}, {input.columns:column}, {input.separator}| {input.header}"
               "|, {input.decimal}|, {input.comments:comment}" },
    { "note", "{input.note}" },
    { "against", "{compared.encoding}|, {compared.format}|; {compared.note}"
                 "|; salvaged: {compared.salvaged}" },
    { "reduced", "{?input.rows}to {output.depth}, {output.reduced:column}|, {settings.codes}"
                 "|; scale {settings.scale}| {settings.range}| {settings.percent:2}"
                 "|, for each {settings.group}"
                 "|; dither {settings.dither}|; rounding {settings.rounding}|; seed {settings.seed}"
                 "|; non-finite {settings.nonfinite}" },
    { "reduced",
      "{?input.rate_hz}to {output.depth}|, {output.levels:level}"
      "|; scale {settings.scale}, for each {settings.group}|, {settings.percent:2} percent|; {settings.exact}"
      "|; dither {settings.dither}|, {settings.subtractive}|; hold {settings.hold}"
      "|; guard {settings.guard_db:1} dB|; silence over {settings.keep_silence_ms:0} ms kept"
      "|, {metrics.silent:sample}|; rounding {settings.rounding}"
      "|; seed {settings.seed}" },
    { "shaped", "by {settings.shape}|, {settings.shape_taps:tap}"
                "|, strength {settings.shape_strength_db:0} dB"
                "|, zeros times {settings.shape_zero_scale:2}| ({settings.shape_lowered})"
                "|; noise {settings.shape_gain_db:+1} dB in all" },
    { "memory", "of {sizes.weights:weight}, scales among them; GB is 1e9 bytes, GiB 2^30" },
    { "weights", "{input.tensors:tensor}, {input.elements:weight}|, {input.format}"
                 "|, version {input.version}|, {input.parts:file}"
                 "|, quantized already as {input.quantized}"
                 "|; the file is {input.shard}, the others are not read" },
    { "reduced",
      "{?input.tensors}{?output.reduced}to {settings.grid}|; scale {settings.scale}| {settings.percent:2}|, for each {settings.group}"
      "|, {settings.zero_point}|, {settings.double_quant}|; {output.reduced:tensor} reduced, {output.kept_tensors} kept"
      "|, {output.dropped_tensors} dropped"
      "|, {output.fallbacks} of them as {output.fallback} instead|; encoder {settings.encoder}"
      "|; dither {settings.dither}|; rounding {settings.rounding}|; seed {settings.seed}"
      "|; non-finite {settings.nonfinite}" },
    { "reduced", "{?input.tensors}{!output.reduced}nothing to {settings.grid}: "
                 "{output.kept_tensors:tensor} kept"
                 "|, {output.dropped_tensors} dropped" },
    { "*", "{output.fallback_why}: the next format that fits is taken" },
    { "weighed", "by {importance.path}|, {importance.chunks:chunk}| of {importance.dataset}"
                 "|: {importance.used:tensor}|, no entry for {importance.missing}"
                 "| ({importance.missing_names})" },
    { "restored", "{settings.restored}|, {metrics.removed_dbfs:1} dBFS of noise" },
    { "SNR",
      "{metrics.snr_db:2} dB|, worst tensor {metrics.worst_snr_db:2} dB"
      "| ({metrics.worst_tensor})|; expected {theory.snr_db:2} dB| {?theory.snr_db}{theory.note}"
      "|{!theory.snr_db}; no figure is expected: {theory.note}"
      "|{!input.rows}; rule of thumb 6.0206 x {output.bits:4} + 1.7609 = {theory.rule_of_thumb_db:2} dB"
      "|; against the {metrics.snr_against} of the input, whose own loss is not known" },
    { "silence", "{?metrics.all_zero}everything became 0" },
    { "error", "{?input.tensors}largest {metrics.max_error:3e}|, RMS {metrics.rmse:3e}" },
    { "error", "{?input.rows}largest {metrics.max_error:3e}|, mean {metrics.mean_error:+2e}"
               "|, RMS {metrics.rmse:3e}|; one step is {settings.step:3e}" },
    { "PSNR",
      "{metrics.psnr_db:2} dB coded|, {metrics.psnr_linear_db:2} dB in linear light"
      "|, {metrics.psnr_blurred_db:2} dB blurred (Gaussian, sigma {metrics.blur_sigma:0} pixels)" },
    { "SSIM", "{metrics.ssim:4}| of luma, at 1/{metrics.ssim_scale} of the size" },
    { "error",
      "{!input.rate_hz}{!input.tensors}{!input.rows}of coded values: largest {metrics.max_error:4}|, mean {metrics.mean_error:+5}"
      "|, RMS {metrics.rmse:4}|; one step is {settings.step:4} of full scale 1" },
    { "noise",
      "{metrics.noise_dbfs:2} dBFS|; expected {theory.noise_dbfs:2}| {?theory.noise_dbfs}{theory.note}"
      "|; A-weighted {metrics.noise_a_dbfs:2}|, ITU-R 468 {metrics.noise_468_dbfs:2}"
      "|, by the threshold of hearing {metrics.noise_ath_dbfs:2}" },
    { "error", "{?input.rate_hz}largest {metrics.max_error:2e}|, mean {metrics.mean_error:+2e}"
               "|, RMS {metrics.rmse:2e}|; one step is {settings.step:2e} of full scale 1" },
    { "level",
      "peak {metrics.peak_dbfs:2} dBFS|, RMS {metrics.rms_dbfs:2} dBFS (a sine from -1 to 1 is 0)"
      "|, DC {metrics.dc:+2e}|, {metrics.used_bits:bit} used" },
    { "tone", "{metrics.tone_hz:2} Hz at {metrics.tone_dbfs:2} dBFS|, SINAD {metrics.sinad_db:2} dB"
              "|, THD {metrics.thd_db:2} dB|, THD+N {metrics.thdn_db:2} dB"
              "| ({metrics.tone_low_hz:0} to {metrics.tone_high_hz:0} Hz)" },
    { "light",
      "mean error {metrics.mean_light_error:+5} in linear light, which is what an eye averages" },
    { "levels", "{metrics.levels_used} of {output.levels} used"
                "|, entropy {metrics.entropy_bits:2} bits a sample" },
    { "colours", "{output.colours_used} of {output.colours} used"
                 "|, entropy {metrics.entropy_bits:2} bits a pixel" },
    { "clipped", "{?input.tensors}{metrics.clipped:weight} more than half a step beyond the ends" },
    { "clipped",
      "{?input.rate_hz}{metrics.clipped:sample}|, the worst at {metrics.overshoot_db:2} dBFS" },
    { "clipped", "{?input.width}{metrics.clipped:sample} more than half a step beyond the ends" },
    { "clipped", "{?input.rows}{metrics.clipped:number} more than half a step beyond the ends" },
    { "alone", "rounding {metrics.granular_db:2} dB SNR|, clipping {metrics.overload_db:2} dB" },
    { "limited",
      "{?input.tensors}{metrics.saturated:weight} to the largest that the format holds" },
    { "limited",
      "{!input.tensors}{metrics.saturated:sample} to the largest that the format holds" },
    { "lost",
      "{?input.tensors}{metrics.lost:weight} with NaN or infinity on one side alone: each is "
      "an infinite error" },
    { "lost",
      "{?input.columns}{metrics.lost:number} on one side alone: each is an infinite error" },
    { "lost",
      "{!input.tensors}{!input.columns}{metrics.lost:sample} with NaN or infinity on one side "
      "alone: each is an infinite error" },
    { "note", "{?compared.path}{?metrics.lost}{!compared.kind_differs}where NaN or infinity was "
              "replaced, a report measures the error from the number that took its place" },
    { "nan", "{?input.tensors}{metrics.nonfinite:weight} of the input, NaN or infinite" },
    { "nan", "{!input.tensors}{metrics.nonfinite:sample} of the input, NaN or infinite" },
    { "sizes",
      "{?input.tensors}data {input.data_bytes}| -> {output.data_bytes:byte}"
      "|{!output.values} ({metrics.bits_per_weight:2} bits a weight)"
      "|{?output.values} (packed, {metrics.bits_per_weight:2} bits a weight)|, file {output.size_bytes:byte}"
      "|, input {input.size_bytes}" },
    { "left out", "{output.left_out:pair} of metadata that the format cannot hold" },
    { "only in", "the first file: {compared.only_first}|, the second: {compared.only_second}"
                 "|, in both but of other shape or no floats: {compared.other_shape}" },
    { "entropy", "{?input.rows}{metrics.entropy_bits:2} bits a number" },
    { "entropy", "{?input.tensors}{metrics.entropy_bits:2} bits a weight, without scales" },
    { "cells", "{metrics.text_cells:cell} of text pass as they are|, {metrics.empty_cells} empty" },
    { "cells", "{!metrics.text_cells}{metrics.empty_cells:cell} empty" },
    { "differ", "cells of text: {compared.text_differs}" },
    { "differ", "a number in one file and none in the other: {compared.kind_differs:cell}" },
    { "differ", "names of columns: {compared.names_differ}" },
    { "sizes", "raw {input.raw_bytes}|, packed {metrics.packed_bytes}"
               "| ({metrics.compression_ratio:2} to 1)|, file {output.size_bytes:byte}"
               "|, input file {input.size_bytes}" },
    { "sizes",
      "{!input.raw_bytes}{!input.data_bytes}packed {metrics.packed_bytes}|, file {output.size_bytes:byte}"
      "|, input file {input.size_bytes}" },
    { "sizes", "{!input.raw_bytes}{!input.data_bytes}{!output.size_bytes}{!metrics.packed_bytes}"
               "input file {input.size_bytes:byte}" },
    { "used", "{used.depth_bits:bit} a sample|, {used.colours:colour}" },
    { "lossless", "{used.note}" },
    { "lossless", "{used.lossless}|: `{used.command}`|, packed {used.packed_bytes:byte}" },
    { "stored", "{output.format}|, {output.encoding}|, {output.container_bits:bit} a sample"
                "|, {output.valid_bits} of them valid"
                "|, {output.layout} {output.depth_bits:bit}"
                "|, {output.palette:colour}" },
    { "kept", "{output.metadata}" },
    { "dropped", "{output.dropped}" },
    { "note", "{output.note}" },
    { "page", "{output.page}" },
    { "time", "{time_s:3} s" },
};

/* Texts come from files: a terminal gets no control characters. */
static void put_text(bci_buffer *b, const char *text)
{
    char piece[BCI_SHOWN_CHARACTER];

    for (size_t n = strlen(text), at = 0; at < n;) {
        at += bci_show_character(text + at, n - at, piece);
        bci_put(b, piece, strlen(piece));
    }
}

/* The fact that a placeholder "section.key:style" names. */
static const bci_fact *fact_of(const bc_report *r, const char *name, size_t length)
{
    const size_t mark = length > 0 && (name[0] == '?' || name[0] == '!');
    const char *colon = memchr(name, ':', length);

    return bci_report_find(r, name + mark, (colon ? (size_t)(colon - name) : length) - mark);
}

static void put_fact(bci_buffer *b, const bci_fact *f, const char *name, size_t length)
{
    const char *colon = memchr(name, ':', length);
    const char *style = colon ? colon + 1 : name + length;

    if (f->type == BCI_STRING)
        put_text(b, f->string);
    else
        bci_fact_put(b, f, style, (size_t)(name + length - style));
}

static bool piece_applies(const bc_report *r, const char *piece, size_t length)
{
    const char *end = piece + length;

    for (const char *at = piece; (at = memchr(at, '{', (size_t)(end - at))); at++) {
        const char *close = memchr(at, '}', (size_t)(end - at));

        if (!fact_of(r, at + 1, (size_t)(close - at - 1)) != (at[1] == '!'))
            return false;
    }
    return true;
}

static void put_piece(bci_buffer *b, const bc_report *r, const char *piece, size_t length)
{
    const char *end = piece + length;

    while (piece < end) {
        const char *open = memchr(piece, '{', (size_t)(end - piece));

        bci_put(b, piece, (size_t)((open ? open : end) - piece));
        if (!open)
            return;
        const char *close = memchr(open, '}', (size_t)(end - open));
        const size_t n = (size_t)(close - open - 1);

        if (open[1] != '?' && open[1] != '!')
            put_fact(b, fact_of(r, open + 1, n), open + 1, n);
        piece = close + 1;
    }
}

static void put_line(bci_buffer *b, const bc_report *r, const char *label, const char *pattern,
                     bool colour)
{
    const char *on = colour ? "\033[1m" : "", *off = colour ? "\033[0m" : "";
    bool is_first = true;

    for (const char *piece = pattern; *piece;) {
        const size_t length = strcspn(piece, "|");

        if (piece_applies(r, piece, length)) {
            if (is_first && *label)
                bci_putf(b, "  %s%-8s%s ", on, label, off);
            put_piece(b, r, piece, length);
        } else if (is_first) {
            return;
        }
        is_first = false;
        piece += length + (piece[length] == '|');
    }
    bci_put(b, "\n", 1);
}

bc_status bc_report_text(const bc_report *r, bool colour, char **out, bc_error *err)
{
    bci_buffer b = bci_report_buffer(r);

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        put_line(&b, r, lines[i].label, lines[i].pattern, colour);
    bci_report_put_tables(&b, r, colour ? "\033[1m" : "", colour ? "\033[0m" : "");
    return bci_report_take(r, &b, out, err);
}
